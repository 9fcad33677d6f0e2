//! Attestations, signed by a key that the target has, so that everything behind the signature is
//! judged.

use std::sync::OnceLock;

use provisor::tpm::attest::{
    Attest, Attested, Nonce, PcrSelection, Signature, verify_certify, verify_creation, verify_quote,
};
use provisor::tpm::marshal::Writer;
use provisor::tpm::{AkPublic, HashAlg, Name};
use provisor_testkit::pki::{KeyKind, KeyPair, SignatureAlgorithm};

use crate::bytes::Bytes;

/// A byte of flags, then attestation, signature, nonce, Name and data (creation data, or values of
/// PCRs), each with a 16-bit length. Without a signature the attestation is signed rightly.
///
/// What is accepted says what was asked for, and nothing is accepted as two things.
pub fn tpm_attest(data: &[u8]) {
    assert!(accepted(data) <= 1, "one attestation as two");
}

/// As how many things it is accepted.
fn accepted(data: &[u8]) -> usize {
    let mut bytes = Bytes::new(data);
    let flags = bytes.u8();
    let (attest, given) = (bytes.chunk(), bytes.chunk());
    let (nonce, name, data) = (bytes.chunk(), bytes.chunk(), bytes.chunk());
    let World { key, ak } = world();
    let signature = match given {
        [] => sign(key, attest),
        given => given.to_vec(),
    };
    let nonce = Nonce::danger_any(nonce);
    let selection = PcrSelection::new(HashAlg::Sha256, &pcrs(flags)).expect("PCRs");
    let values: Vec<&[u8]> = data.chunks(32).collect();
    let quoted = verify_quote(ak, attest, &signature, &nonce, selection, &values);
    let mut accepted = usize::from(quoted.is_ok());
    if quoted.is_ok() {
        let parsed = signed(attest, &signature, &nonce);
        let Attested::Quote { pcr_digest, .. } = parsed.attested else {
            panic!("no quote");
        };
        assert_eq!(pcr_digest, HashAlg::Sha256.digest(&values).as_ref());
        assert_eq!(values.len(), pcrs(flags).len());
    }
    if let Ok(name) = Name::from_bytes(name) {
        let certified = verify_certify(ak, attest, &signature, &nonce, &name);
        let created = verify_creation(ak, attest, &signature, &nonce, &name, data);
        accepted += usize::from(certified.is_ok()) + usize::from(created.is_ok());
        if certified.is_ok() || created.is_ok() {
            match signed(attest, &signature, &nonce).attested {
                Attested::Certify { name: of, .. } => assert_eq!(of, name.as_bytes()),
                Attested::Creation {
                    name: of,
                    creation_hash,
                } => {
                    assert_eq!(of, name.as_bytes());
                    assert_eq!(creation_hash, name.algorithm().digest(&[data]).as_ref());
                }
                _ => panic!("another kind"),
            }
        }
        for rejection in [certified.err(), created.err()].into_iter().flatten() {
            assert!(!rejection.to_string().contains('\n'));
        }
    }
    accepted
}

/// What any accepted attestation is.
fn signed<'a>(attest: &'a [u8], signature: &[u8], nonce: &Nonce<'_>) -> Attest<'a> {
    assert!(Signature::parse(signature).is_ok());
    let parsed = Attest::parse(attest).expect("it was accepted");
    assert_eq!(parsed.extra_data, nonce.as_bytes());
    parsed
}

/// Which PCRs are asked for: at least one, at most eight.
fn pcrs(flags: u8) -> Vec<u8> {
    (0..8)
        .filter(|pcr| *pcr == 0 || flags >> pcr & 1 == 1)
        .collect()
}

struct World {
    key: KeyPair,
    ak: AkPublic,
}

/// The same in every run, and the same as the seeds are made for.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let key = KeyPair::new(KeyKind::P256, 1, "attestation key");
        let point = key.public_key_bits();
        let (x, y) = point[1..].split_at(32);
        let mut public = Writer::new();
        // ECC, SHA-256; fixed, with sensitiveDataOrigin, userWithAuth, restricted, sign; no policy,
        // no cipher, ECDSA with SHA-256 on P-256, no key derivation.
        public.u16(0x23).u16(0x0b).u32(0x0005_0072).u16(0).u16(0x10);
        public.u16(0x18).u16(0x0b).u16(3).u16(0x10);
        let public = public.sized(x).and_then(|public| public.sized(y));
        let public = public.expect("short").clone().finish();
        let mut tpm2b = Writer::new();
        let tpm2b = tpm2b.sized(&public).expect("short").clone().finish();
        let ak = AkPublic::from_tpm2b(&tpm2b).expect("a good AK");
        World { key, ak }
    })
}

/// The `TPMT_SIGNATURE` that a TPM would give.
fn sign(key: &KeyPair, attest: &[u8]) -> Vec<u8> {
    let der = key.sign(SignatureAlgorithm::EcdsaSha256, attest);
    let tree = crate::mutate::tlv::Node::parse(&der).expect("ECDSA-Sig-Value");
    let mut out = Writer::new();
    out.u16(0x18).u16(0x0b);
    for number in tree.children() {
        let digits = number.value();
        let start = digits.iter().take_while(|byte| **byte == 0).count();
        out.sized(&digits[start..]).expect("short");
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_are_accepted() {
        for seed in [
            &include_bytes!("../seeds/tpm_attest/certify")[..],
            include_bytes!("../seeds/tpm_attest/creation"),
            include_bytes!("../seeds/tpm_attest/quote"),
        ] {
            assert_eq!(accepted(seed), 1);
        }
    }
}
