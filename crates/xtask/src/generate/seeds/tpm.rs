//! Seeds of the targets that read TPM structures.

use provisor::tpm::activation::IdentityKey;
use provisor::tpm::duplicate::duplicate;
use provisor::tpm::keyring::{Epoch, EpochTimes};
use provisor::tpm::marshal::Writer;
use provisor::tpm::{
    ActivationBlob, Challenge, EkPublic, HashAlg, Keyring, Public, Secret, SrkPublic,
};
use provisor::{Rejection, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::made::{Seeds, chunk};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

pub(super) fn generate(seeds: &mut Seeds) -> Result<(), Rejection> {
    for (kind, name) in [(TpmKind::P256, "p256"), (TpmKind::Rsa2048, "rsa2048")] {
        let tpm = SoftTpm::new(kind, 1, 0);
        seeds.add("tpm_public", &format!("ek-{name}"), tpm.ek_public());
        seeds.add("tpm_public", &format!("srk-{name}"), tpm.srk_public());
        seeds.add("tpm_structures", &format!("name-{name}"), &tpm.ek_name());
    }
    let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
    let name = tpm.srk_name();
    for (label, name, secret) in [
        ("right-name", name.as_slice(), &[7_u8; 32][..]),
        ("longest-secret", &name, &[7; 33]),
        ("no-name", &[], &[7; 16]),
    ] {
        let bytes = [chunk(name), chunk(secret), chunk(&[7; 32])].concat();
        seeds.add("credential", label, &bytes);
    }
    let ek = EkPublic::from_tpm2b(tpm.ek_public())?;
    let srk = SrkPublic::from_tpm2b(tpm.srk_public())?;
    let mut random = SeededRandom::new(1, "seeds");
    let (_, pending) = Challenge::new(&ek, &srk, NOW, &mut random)?;
    seeds.add(
        "tpm_structures",
        "stored-challenge",
        &pending.into_stored()?,
    );
    let (blob, _) = ActivationBlob::challenge(&ek, &srk, NOW, &mut random)?;
    seeds.add("tpm_structures", "activation-blob", blob.as_bytes());
    let epoch = Epoch::new(1, &[0x5a; 32], EpochTimes::days(NOW, 7, 1))?;
    let ring = Keyring::new([epoch])?;
    seeds.add("tpm_structures", "keyring", &ring.to_stored()?);
    publics(seeds)?;
    signatures(seeds)?;
    attestations(seeds, &tpm)?;
    sealed(seeds, &tpm)
}

/// Public areas of the other types: an HMAC key, sealed data, a cipher's key, a key for signing.
fn publics(seeds: &mut Seeds) -> Result<(), Rejection> {
    let head = |kind: u16, attributes: u32| {
        let mut writer = Writer::new();
        writer.u16(kind).u16(0x000b).u32(attributes).u16(0);
        writer
    };
    let mut hmac = head(0x0008, 0x0004_0440);
    hmac.u16(0x0005).u16(0x000b).sized(&[0x11; 32])?;
    let mut data = head(0x0008, 0x0000_0052);
    data.u16(0x0010).sized(&[0x11; 32])?;
    let mut cipher = head(0x0025, 0x0006_0040);
    cipher.u16(0x0006).u16(128).u16(0x0043).sized(&[0x11; 32])?;
    let mut rsa = head(0x0001, 0x0004_0072);
    rsa.u16(0x0010).u16(0x0016).u16(0x000b).u16(2048).u32(0);
    rsa.sized(&[0xd1; 256])?;
    for (name, area) in [
        ("hmac", hmac),
        ("sealed-data", data),
        ("cipher", cipher),
        ("rsa-signing", rsa),
    ] {
        let area = area.finish();
        seeds.add("tpm_structures", &format!("tpmt-{name}"), &area);
        seeds.add("tpm_public", name, &chunk(&area));
    }
    Ok(())
}

fn signatures(seeds: &mut Seeds) -> Result<(), Rejection> {
    let mut signature = Writer::new();
    signature.u16(0x0018).u16(0x000b);
    signature.sized(&[1; 32])?.sized(&[2; 32])?;
    seeds.add("tpm_structures", "signature-ecdsa", &signature.finish());
    for (name, scheme) in [("rsassa", 0x0014), ("rsapss", 0x0016)] {
        let mut signature = Writer::new();
        signature.u16(scheme).u16(0x000b).sized(&[1; 256])?;
        let name = format!("signature-{name}");
        seeds.add("tpm_structures", &name, &signature.finish());
    }
    Ok(())
}

/// Every kind of attestation; those that are verified also as `fuzz/src/attest.rs` reads them.
fn attestations(seeds: &mut Seeds, tpm: &SoftTpm) -> Result<(), Rejection> {
    let nonce = [0x4e; 16];
    let name = tpm.srk_name();
    let head = |kind: u16| -> Result<Writer, Rejection> {
        let mut writer = Writer::new();
        writer.bytes(b"\xffTCG").u16(kind);
        writer.sized(&tpm.ek_name())?.sized(&nonce)?;
        // Clock, counters, safe; firmware version.
        writer.bytes(&[0; 16]).u8(1).u64(1);
        Ok(writer)
    };
    let sha256 = |bytes: &[u8]| HashAlg::Sha256.digest(&[bytes]).as_ref().to_vec();
    let mut creation = Writer::new();
    // No PCRs; their digest; locality 0; parent; outside information.
    creation.u32(0).sized(&sha256(&[]))?.u8(1).u16(0x000b);
    creation.sized(&tpm.srk_name())?.sized(&tpm.srk_name())?;
    let creation = creation.sized(b"")?.clone().finish();
    seeds.add("tpm_structures", "creation-data", &creation);
    let values = [0x5a; 64];

    let mut nv = head(0x8014)?;
    nv.sized(&name)?.u16(0).sized(b"contents")?;
    let mut commands = head(0x8015)?;
    commands.u64(1).u16(0x000b);
    commands.sized(&[1; 32])?.sized(&[2; 32])?;
    let mut session = head(0x8016)?;
    session.u8(1).sized(&[1; 32])?;
    let mut certify = head(0x8017)?;
    certify.sized(&name)?.sized(&name)?;
    // One bank, SHA-256, PCRs 0 and 1.
    let mut quote = head(0x8018)?;
    quote.u32(1).u16(0x000b).bytes(&[4, 3, 0, 0, 0]);
    quote.sized(&sha256(&values))?;
    let mut time = head(0x8019)?;
    time.u64(1).bytes(&[0; 16]).u8(1).u64(1);
    let mut created = head(0x801a)?;
    created.sized(&name)?.sized(&sha256(&creation))?;
    let mut digest = head(0x801c)?;
    digest.sized(&name)?.sized(&[1; 32])?;

    for (label, attest, data) in [
        ("nv", nv, None),
        ("command-audit", commands, None),
        ("session-audit", session, None),
        ("certify", certify, Some(&[][..])),
        ("quote", quote, Some(&values[..])),
        ("time", time, None),
        ("creation", created, Some(&creation)),
        ("nv-digest", digest, None),
    ] {
        let attest = attest.finish();
        seeds.add("tpm_structures", label, &attest);
        if let Some(data) = data {
            let fields = [&attest[..], &[], &nonce, &name, data].map(chunk);
            let bytes = [&[3][..], &fields.concat()].concat();
            seeds.add("tpm_attest", label, &bytes);
        }
    }
    Ok(())
}

/// As `fuzz/src/sealed.rs` reads them.
fn sealed(seeds: &mut Seeds, tpm: &SoftTpm) -> Result<(), Rejection> {
    let key = Secret::new(&[7; 32])?;
    let identity = IdentityKey::danger_new(&key, &[9; 32])?;
    let srk = SrkPublic::from_tpm2b(tpm.srk_public())?;
    let object = Public::from_tpm2b(identity.tpm2b())?;
    let mut random = SeededRandom::new(1, "sealed seeds");
    let inner = Secret::new(&[3; 16])?;
    let made = duplicate(
        srk.storage_key(),
        &object,
        identity.sensitive(),
        Some(&inner),
        &mut random,
    )?;
    for (name, structure) in [
        ("sensitive", identity.sensitive()),
        ("private", &made.duplicate),
        ("encrypted-secret-p256", &made.in_sym_seed),
        ("encrypted-secret-rsa2048", &chunk(&[0x5a; 256])),
    ] {
        seeds.add("tpm_structures", name, structure);
    }
    for (name, flags, inner, wrapped, seed) in [
        ("identity-key", 0, &[3; 16][..], &[][..], &[][..]),
        ("without-inner-key", 1, &[], &[], &[]),
        (
            "for-another",
            0,
            &[3; 16],
            &made.duplicate,
            &made.in_sym_seed,
        ),
    ] {
        let fields = [
            identity.tpm2b(),
            identity.sensitive(),
            inner,
            &tpm.srk_name(),
            wrapped,
            seed,
        ];
        let bytes = [&[flags][..], &fields.map(chunk).concat()].concat();
        seeds.add("tpm_sealed", name, &bytes);
    }
    Ok(())
}
