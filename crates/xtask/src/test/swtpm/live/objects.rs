//! Objects of every type and parameter: what the TPM says of them, our code says too.

use provisor_tpm::{AkPublic, AlgId, Public, SrkPublic};

use super::area::{ATTESTS, Area, CURVES, DECRYPTS, HASHES, Made, SIGNS, STORES, aes};
use super::wire::{Failed, NULL_HIERARCHY, Wire};

/// Reads, names and writes back one object of each kind, and puts it where it belongs.
pub(super) fn run(wire: &mut Wire) -> Result<(), String> {
    let (mut read, mut unknown) = (0, 0);
    for area in templates() {
        let sealed = area.label.starts_with("sealed");
        let data: &[u8] = if sealed { b"sealed" } else { &[] };
        match area.make(wire, NULL_HIERARCHY, data) {
            Ok(made) => {
                check(&area, &made)?;
                wire.flush(made.handle)?;
                read += 1;
            }
            // Which algorithms a TPM has is its maker's choice.
            Err(Failed::Refused(..)) => unknown += 1,
            Err(broken) => return Err(broken.into()),
        }
    }
    if read < 60 {
        return Err(format!("only {read} kinds of objects could be made"));
    }
    println!("  {read} kinds of objects: read, named, written back ({unknown} not of this TPM)");
    Ok(())
}

fn templates() -> Vec<Area> {
    let mut all = Vec::new();
    for hash in HASHES {
        let named = |label: &str| format!("{label} {hash}");
        for scheme in [AlgId::RSASSA, AlgId::RSAPSS] {
            let (signing, attesting) = (format!("{scheme} {hash}"), format!("AK {scheme} {hash}"));
            all.push(Area::rsa(signing, SIGNS, &[], &[scheme, hash], 2048));
            all.push(Area::rsa(attesting, ATTESTS, &[], &[scheme, hash], 2048));
        }
        all.push(Area::rsa(
            named("OAEP"),
            DECRYPTS,
            &[],
            &[AlgId::OAEP, hash],
            2048,
        ));
        for (curve, name) in CURVES {
            for scheme in [AlgId::ECDSA, AlgId::SM2, AlgId::ECSCHNORR] {
                let label = format!("{name} {scheme} {hash}");
                all.push(Area::ecc(label, SIGNS, &[], &[scheme, hash], curve));
            }
            let count = AlgId::new(1);
            let label = format!("{name} ECDAA {hash}");
            all.push(Area::ecc(
                label,
                SIGNS,
                &[],
                &[AlgId::ECDAA, hash, count],
                curve,
            ));
            let label = format!("{name} ECDH {hash}");
            all.push(Area::ecc(label, DECRYPTS, &[], &[AlgId::ECDH, hash], curve));
            let label = format!("AK {name} {hash}");
            let attesting = Area::ecc(label, ATTESTS, &[], &[AlgId::ECDSA, hash], curve);
            all.push(attesting.clone());
            all.push(attesting.named_by(hash));
            let storage = Area::ecc(format!("SRK {name} {hash}"), STORES, &CFB_128, &NULL, curve);
            all.push(storage.named_by(hash));
        }
        all.push(Area::keyed_hash(named("HMAC"), SIGNS, &[AlgId::HMAC, hash]).named_by(hash));
        let xor = [AlgId::XOR, hash, AlgId::KDF1_SP800_108];
        all.push(Area::keyed_hash(named("XOR"), DECRYPTS, &xor).named_by(hash));
        let movable = SIGNS
            .without(SIGNS)
            .union(provisor_tpm::ObjectAttributes::USER_WITH_AUTH);
        all.push(Area::keyed_hash(named("sealed"), movable, &NULL).named_by(hash));
    }
    all.push(Area::rsa("RSAES", DECRYPTS, &[], &[AlgId::RSAES], 2048));
    all.push(Area::rsa("RSA-3072", SIGNS, &[], &NULL, 3072));
    all.push(Area::rsa("SRK RSA-2048", STORES, &CFB_128, &NULL, 2048));
    all.push(Area::rsa(
        "SRK RSA-3072",
        STORES,
        &aes(256, AlgId::CFB),
        &NULL,
        3072,
    ));
    for mode in [
        AlgId::CTR,
        AlgId::OFB,
        AlgId::CBC,
        AlgId::CFB,
        AlgId::ECB,
        AlgId::NULL,
    ] {
        for bits in [128, 192, 256] {
            let label = format!("AES-{bits} {mode}");
            all.push(Area::cipher(label, SIGNS.union(DECRYPTS), &aes(bits, mode)));
        }
        let camellia = [AlgId::CAMELLIA, AlgId::new(128), mode];
        all.push(Area::cipher(
            format!("Camellia {mode}"),
            DECRYPTS,
            &camellia,
        ));
    }
    all
}

const NULL: [AlgId; 1] = [AlgId::NULL];
const CFB_128: [AlgId; 3] = aes(128, AlgId::CFB);

fn check(area: &Area, made: &Made) -> Result<(), String> {
    let label = &area.label;
    let refused = |rejection: provisor_tpm::Rejection| format!("{label}: {rejection}");
    let public = Public::from_tpm2b(&made.public).map_err(refused)?;
    if public.name().as_bytes() != made.name {
        return Err(format!("{label}: another Name than the TPM's"));
    }
    if public.to_tpm2b().map_err(refused)? != made.public {
        return Err(format!("{label}: not written back to the same bytes"));
    }
    if label.starts_with("AK") {
        AkPublic::from_tpm2b(&made.public).map_err(refused)?;
    }
    if label.starts_with("SRK") {
        SrkPublic::from_tpm2b(&made.public).map_err(refused)?;
    }
    check_twins(label, &made.public)
}

/// Cut anywhere, or one byte longer, it is refused.
fn check_twins(label: &str, public: &[u8]) -> Result<(), String> {
    let longer = [public, &[0]].concat();
    let cut = (0..public.len()).filter_map(|length| public.get(..length));
    for twin in cut.chain([&longer[..]]) {
        if Public::from_tpm2b(twin).is_ok() {
            return Err(format!("{label}: read from {} bytes", twin.len()));
        }
    }
    Ok(())
}
