//! Seeds of the target `crl`: lists alone, and chains judged with them.

use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, CrlEntry, DistinguishedName, Extension, IssuedCrl,
    IssuingPoint, KeyKind, KeyPair, KeyUsage, PointName, ToyPki,
};

use super::bag::{Bag, Kind};
use super::made::Seeds;

/// As `fuzz/src/crl.rs` reads them: a bag, or one list.
pub(super) fn lists(seeds: &mut Seeds) {
    let pki = ToyPki::new(1);
    let device = pki.device("line-7-0001", KeyKind::P256).certificate;
    let (ca, root) = (&pki.intermediate, &pki.root);
    let clean = CrlBuilder::new().signed_by(ca);
    let held = CrlBuilder::new().revoke(&device, 6).signed_by(ca);
    let released = CrlBuilder::new()
        .number(2)
        .delta_of(1)
        .revoke(&device, 8)
        .signed_by(ca);
    let indirect = IssuingPoint {
        name: Some(PointName::uri("http://crl.example.net/1.crl")),
        reasons: Some(vec![1, 2]),
        indirect: true,
        ..IssuingPoint::default()
    };
    let rich = CrlBuilder::new()
        .issuing_point(&indirect)
        .entry(CrlEntry::new(&[7]).reason(1))
        .entry(CrlEntry::new(&[8]).certificate_issuer(root))
        .signed_by(ca);
    seeds.add("crl", "clean", clean.der());
    seeds.add("crl", "delta", released.der());
    seeds.add("crl", "indirect", rich.der());
    seeds.add("crl", "pem", clean.pem().as_bytes());
    seeds.add("crl", "cut-short", rich.der().get(..90).unwrap_or_default());

    let root_list = CrlBuilder::new().signed_by(root);
    let mut judged = |name: &str, leaf: &[u8], signer: Option<&Authority>, lists: &[&IssuedCrl]| {
        let mut bag = Bag::of(leaf).with(Kind::Sent, ca.certificate.der());
        bag = bag.with(Kind::Anchor, root.certificate.der());
        if let Some(signer) = signer {
            bag = bag.with(Kind::Sent, signer.certificate.der());
        }
        for list in lists {
            bag = bag.with(Kind::List, list.der());
        }
        seeds.add("crl", name, &bag.write());
    };
    let leaf = device.der();
    judged("judged-clean", leaf, None, &[&root_list, &clean]);
    judged("judged-on-hold", leaf, None, &[&root_list, &held]);
    judged(
        "judged-released",
        leaf,
        None,
        &[&root_list, &held, &released],
    );
    judged("judged-without-list", leaf, None, &[&root_list]);
    // The list names the device, but its signer may not sign lists.
    let mute = CertificateBuilder::ca(ca.name.clone(), &ca.key, None)
        .extension(Extension::key_usage(&[KeyUsage::KeyCertSign]))
        .issued_by(root);
    let bag = Bag::of(leaf)
        .with(Kind::Sent, mute.der())
        .with(Kind::Anchor, root.certificate.der())
        .with(Kind::List, root_list.der())
        .with(Kind::List, held.der());
    // A device whose status another office lists.
    let (name, key) = (
        DistinguishedName::cn("List Office"),
        KeyPair::new(KeyKind::P256, 1, "List Office"),
    );
    let office = CertificateBuilder::new(name.clone(), &key)
        .extension(Extension::key_usage(&[KeyUsage::CrlSign]))
        .into_authority(name, key, root);
    let point = Extension::crl_point(None, None, Some(&office));
    let leaf = CertificateBuilder::device(
        DistinguishedName::cn("line-7-0002"),
        &KeyPair::new(KeyKind::P256, 1, "line-7-0002"),
    )
    .extension(Extension::crl_distribution_points(&[point]))
    .issued_by(ca);
    let everything = IssuingPoint {
        indirect: true,
        ..IssuingPoint::default()
    };
    let list = CrlBuilder::new()
        .issuing_point(&everything)
        .signed_by(&office);
    judged(
        "judged-indirect",
        leaf.der(),
        Some(&office),
        &[&root_list, &list],
    );
    seeds.add("crl", "judged-by-a-mute-ca", &bag.write());
}
