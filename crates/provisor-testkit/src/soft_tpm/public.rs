//! Public areas of storage keys, by the templates.

use super::reader::sized;
use crate::pki::{KeyKind, KeyPair};

/// fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt: templates L-1
/// and L-2 (TCG EK Credential Profile 2.5, annex B.3).
pub(super) const EK_ATTRIBUTES: u32 = 0x0003_00b2;

/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, decrypt (TCG TPM v2.0
/// Provisioning Guidance section 7.5.1).
pub(super) const SRK_ATTRIBUTES: u32 = 0x0003_0472;

/// PolicySecret(TPM_RH_ENDORSEMENT) under SHA-256, policy A of the EK profile.
pub(super) const EK_POLICY: [u8; 32] = [
    0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24,
    0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa,
];

/// TPM2B_PUBLIC of a storage key: nameAlg SHA-256, AES-128-CFB, no scheme.
pub(super) fn storage_public(key: &KeyPair, attributes: u32, policy: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let words = |out: &mut Vec<u8>, words: &[u16]| {
        out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    };
    let kind = match key.kind() {
        KeyKind::Rsa2048 => ALG_RSA,
        KeyKind::P256 => ALG_ECC,
        other => panic!("no storage key of kind {}", other.name()),
    };
    words(&mut out, &[kind, ALG_SHA256]);
    out.extend_from_slice(&attributes.to_be_bytes());
    out.extend_from_slice(&sized(policy));
    words(&mut out, &[ALG_AES, 128, ALG_CFB, ALG_NULL]);
    if let Some(rsa) = key.as_rsa() {
        use rsa::traits::PublicKeyParts as _;
        // Exponent 0 stands for 65537 (Part 2 section 12.2.3.5).
        words(&mut out, &[2048, 0, 0]);
        out.extend_from_slice(&sized(&rsa.n_bytes()));
    } else {
        words(&mut out, &[CURVE_P256, ALG_NULL]);
        let point = key.public_key_bits();
        out.extend_from_slice(&sized(&point[1..33]));
        out.extend_from_slice(&sized(&point[33..65]));
    }
    sized(&out)
}

const ALG_RSA: u16 = 0x0001;
const ALG_AES: u16 = 0x0006;
pub(super) const ALG_SHA256: u16 = 0x000b;
const ALG_NULL: u16 = 0x0010;
const ALG_ECC: u16 = 0x0023;
const ALG_CFB: u16 = 0x0043;
const CURVE_P256: u16 = 0x0003;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_templates() {
        let rsa = storage_public(&KeyPair::rsa(1, 0), EK_ATTRIBUTES, &EK_POLICY);
        assert_eq!(rsa.len(), 2 + 314);
        let ecc = storage_public(
            &KeyPair::new(KeyKind::P256, 1, "ek"),
            EK_ATTRIBUTES,
            &EK_POLICY,
        );
        assert_eq!(ecc.len(), 2 + 122);
        assert_eq!(ecc[..2], [0, 122]);
    }

    #[test]
    fn the_policy_is_policy_secret_of_the_endorsement_hierarchy() {
        use sha2::{Digest as _, Sha256};
        let mut first = vec![0; 32];
        first.extend_from_slice(&[0, 0, 1, 0x51, 0x40, 0, 0, 0x0b]);
        assert_eq!(Sha256::digest(Sha256::digest(first))[..], EK_POLICY);
    }
}
