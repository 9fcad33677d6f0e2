//! The fuzz seeds: small inputs of every kind that a target reads, made by the test kit.
//!
//! File names say what a seed is; a seed that stopped being made is removed by hand.

pub(super) mod bag;
mod crl;
mod device;
mod file;
mod firmware;
pub(super) mod made;
mod tpm;
mod wire;

use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, GeneralName, KeyKind, KeyPair,
    ToyPki, TpmVendor,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use provisor::sas::{Resource, SasKey};
use provisor::{IdScope, RegistrationId, Rejection, UnixTime};

use super::Generated;
use bag::Bag;
use made::Seeds;

/// All seeds of all targets.
///
/// # Errors
///
/// The core refuses what a seed is made of.
pub(crate) fn generate() -> Result<Vec<Generated>, String> {
    let mut seeds = Seeds(Vec::new());
    certificates(&mut seeds);
    paths(&mut seeds);
    crl::lists(&mut seeds);
    file::files(&mut seeds);
    tpm::generate(&mut seeds).map_err(|rejection| rejection.to_string())?;
    device::generate(&mut seeds).map_err(|rejection| rejection.to_string())?;
    wire::generate(&mut seeds);
    texts(&mut seeds).map_err(|rejection| rejection.to_string())?;
    operations(&mut seeds);
    firmware::firmware(&mut seeds);
    Ok(seeds.0)
}

fn certificates(seeds: &mut Seeds) {
    let pki = ToyPki::new(1);
    let device = pki.device("line-7-0001", KeyKind::P256);
    seeds.add("certificate", "root-p384", pki.root.certificate.der());
    seeds.add(
        "certificate",
        "issuing-p256",
        pki.intermediate.certificate.der(),
    );
    seeds.add("certificate", "device-p256", device.certificate.der());
    seeds.add(
        "certificate",
        "device-pem",
        device.certificate.pem().as_bytes(),
    );
    for kind in [KeyKind::Ed25519, KeyKind::Rsa2048] {
        let device = pki.device("line-7-0001", kind);
        let name = format!("device-{}", kind.name().to_lowercase());
        seeds.add("certificate", &name, device.certificate.der());
    }
    let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
    let ek = TpmVendor::new(1).ek_certificate(&tpm);
    seeds.add("certificate", "ek", ek.der());
    let key = KeyPair::new(KeyKind::P256, 1, "constrained");
    let constrained = CertificateBuilder::ca(DistinguishedName::cn("Constrained CA"), &key, None)
        .extension(Extension::name_constraints(
            &[GeneralName::Dns("example.net".into())],
            &[GeneralName::Dns("bad.example.net".into())],
        ))
        .issued_by(&pki.root);
    seeds.add("certificate", "name-constraints", constrained.der());
    // Found by fuzzing: any structure passed for an algorithm identifier.
    let none = [0x30, 2, 0x04, 0];
    let odd = CertificateBuilder::device(DistinguishedName::cn("line-7-0001"), &key)
        .inner_algorithm(&none)
        .outer_algorithm(&none)
        .issued_by(&pki.intermediate);
    seeds.add("certificate", "no-algorithm", odd.der());
    seeds.add(
        "certificate",
        "cut-short",
        device.certificate.der().get(..100).unwrap_or_default(),
    );
}

fn paths(seeds: &mut Seeds) {
    const SENT: bag::Kind = bag::Kind::Sent;
    const ANCHOR: bag::Kind = bag::Kind::Anchor;
    let pki = ToyPki::new(1);
    let device = pki.device("line-7-0001", KeyKind::P256);
    let (root, issuing) = (
        pki.root.certificate.der(),
        pki.intermediate.certificate.der(),
    );
    let leaf = device.certificate.der();
    let mut add = |name: &str, bag: Bag| seeds.add("path", name, &bag.write());
    let good = || Bag::of(leaf).with(SENT, issuing).with(ANCHOR, root);
    add("good", good());
    add("no-intermediate", Bag::of(leaf).with(ANCHOR, root));
    add(
        "no-anchor",
        Bag::of(leaf).with(SENT, issuing).with(SENT, root),
    );
    add("too-late", good().at(UnixTime::new(2_100_000_000)));
    add("issuing-ca", Bag::of(issuing).profile(1).with(ANCHOR, root));
    add("policy-required", good().flags(0b1_1110));
    add("strict", good().flags(0b10_0001));
    add(
        "name-and-key",
        Bag::of(leaf)
            .with(SENT, issuing)
            .with(bag::Kind::NameAndKey, root),
    );
    let again = Authority::root("Toy Issuing CA", KeyKind::P256, 2);
    let impostor = Bag::of(leaf).with(SENT, again.certificate.der());
    add("impostor", impostor.with(SENT, issuing).with(ANCHOR, root));
    add("look-alikes", look_alikes(&pki).with(ANCHOR, root));
    let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
    let vendor = TpmVendor::new(1);
    let ek = vendor.ek_certificate(&tpm);
    let ek = || Bag::of(ek.der()).profile(3);
    add("ek-without-its-root", ek().with(ANCHOR, root));
    add(
        "ek",
        ek().with(SENT, vendor.issuing.certificate.der())
            .with(ANCHOR, vendor.root.certificate.der()),
    );
}

/// Twenty issuers of one name, each certified by the next: at every step one of twenty keys is the
/// right one, which takes more signatures than a verdict may cost.
fn look_alikes(pki: &ToyPki) -> Bag {
    let name = &pki.intermediate.name;
    let key = |number| KeyPair::new(KeyKind::P256, number, "look-alike");
    let authority = |number| Authority {
        key: key(number),
        ..pki.intermediate.clone()
    };
    let device = DistinguishedName::cn("line-7-0001");
    let leaf = CertificateBuilder::device(device, &key(99))
        .without_authority_key_id()
        .issued_by(&authority(0));
    (0..20).fold(Bag::of(leaf.der()), |bag, number| {
        let ca = CertificateBuilder::ca(name.clone(), &key(number), None)
            .without_extension("2.5.29.14")
            .without_authority_key_id()
            .issued_by(&authority(number + 1));
        bag.with(bag::Kind::Sent, ca.der())
    })
}

fn texts(seeds: &mut Seeds) -> Result<(), Rejection> {
    for (name, text) in [
        ("plain", "line-7-0001"),
        ("current", "Line.7_0001:a"),
        ("hub", "hub-1.example.net"),
        ("scope", "0ne0A1B2C3D"),
        ("foreign", "a\u{200b}é"),
        ("end", "line-7."),
    ] {
        seeds.add("registration_id", name, text.as_bytes());
    }
    let scope = IdScope::parse("0ne0A1B2C3D")?;
    let id = RegistrationId::try_from("line-7-0001")?;
    let resource = Resource::registration(&scope, &id);
    // The key that the target checks with, then another.
    for (name, byte) in [("ours", 0x5a), ("another-key", 0x5b)] {
        let key = SasKey::from_bytes(&[byte; 32])?;
        let token = key.sign(&resource, UnixTime::new(1_790_000_600));
        seeds.add("sas_token", name, token.as_str().as_bytes());
    }
    seeds.add(
        "sas_token",
        "bare",
        b"SharedAccessSignature sr=a&sig=b&se=1",
    );
    Ok(())
}

/// As `fuzz/src/allocation.rs` and `fuzz/src/engine.rs` read them.
fn operations(seeds: &mut Seeds) {
    seeds.add("allocation", "no-hub", &[0, 1, 0, 2]);
    seeds.add("allocation", "two-hubs", &[0, 1, 0, 2, 1, 0, 1, 2, 0, 3]);
    let many: Vec<u8> = (0..64).flat_map(|hub| [hub, 0, hub]).collect();
    seeds.add(
        "allocation",
        "many-hubs",
        &[&[0, 1, 0, 2][..], &many].concat(),
    );

    seeds.add("engine", "certificate-registers-twice", &[0, 0, 0, 0]);
    seeds.add("engine", "by-its-group", &[0, 0b101, 4, 1, 0, 0b101]);
    seeds.add("engine", "with-anothers-certificate", &[0, 0b100]);
    seeds.add("engine", "tpm", &[0, 0b1010, 2, 0b110]);
    seeds.add(
        "engine",
        "tpm-answers-twice",
        &[0, 0b1010, 2, 0b110, 2, 0b110],
    );
    seeds.add(
        "engine",
        "tpm-answers-wrongly",
        &[0, 0b1010, 2, 0b10, 2, 0b110],
    );
    seeds.add(
        "engine",
        "tpm-answers-late",
        &[0, 0b1010, 6, 255, 6, 255, 2, 0b110],
    );
    seeds.add(
        "engine",
        "disabled-between",
        &[0, 0b1010, 3, 0b110, 2, 0b110],
    );
    seeds.add("engine", "hubs-move", &[0, 0, 5, 0b1100, 5, 1, 5, 2, 0, 0]);
    seeds.add("engine", "record-removed", &[0, 0, 7, 0, 0, 0]);
    keyed(seeds);
}

/// As `fuzz/src/keyed.rs` reads them: what is enrolled, the token, the payload, the answer.
fn keyed(seeds: &mut Seeds) {
    let own = [1, 0, 0, 0, 0, 0];
    let asked = [0x81, 0, 0, 0, 0, 0];
    let chunk = |text: &str| {
        let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
        [&[0, length], text.as_bytes()].concat()
    };
    let answer = |flags: u8, parts: &[&str]| {
        let parts: Vec<u8> = parts.iter().flat_map(|part| chunk(part)).collect();
        [&asked[..], &chunk("[12]"), &[flags], &parts].concat()
    };
    let mut add = |name, bytes: &[u8]| seeds.add("symmetric_keys", name, bytes);
    add("individual", &own);
    add("group", &[0b10, 1, 1, 2, 0, 0]);
    add("group-as-received", &[0b110, 2, 3, 3, 5, 1, 0]);
    add("group-key-itself", &[0b10, 1, 1, 0, 0, 0]);
    add("expired", &[1, 0, 0, 0, 2, 0]);
    add("disabled", &[1, 0x80, 0, 0, 0, 0]);
    add("stranger", &[0b11, 0, 1, 4, 0, 0, 0]);
    add("changed", &[1, 0, 0, 0, 0, 1, 0, 40, b'%']);
    let text =
        "SharedAccessSignature sr=0ne0A1B2C3D%2Fregistrations%2FLine-7&sig=AA%3D%3D&se=1790000060";
    add("text", &[&[1, 0, 0x80][..], &chunk(text)].concat());
    add("custom", &answer(0x0a, &["HUB-b", "true"]));
    add(
        "custom-twin",
        &answer(0x0e, &["hub-c", "{\"tags\":{}}", "null"]),
    );
    add("custom-elsewhere", &answer(2, &["hub-x"]));
    add("custom-late", &answer(0xb2, &["hub-a"]));
    add("custom-lost", &answer(1, &[]));
}
