//! Public areas of storage keys, by the templates, and bent away from them.

use super::reader::sized;
use super::suite::Suite;
use crate::pki::{KeyKind, KeyPair};

/// What a storage key is for: it decides attributes and policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Ek,
    Srk,
}

/// The public half of a key as a public area says it.
#[derive(Clone, Debug)]
pub(super) struct ShownKey {
    kind: KeyKind,
    /// Bits of an RSA key, or the curve.
    shape: u16,
    /// The modulus, or the two coordinates.
    unique: Vec<Vec<u8>>,
}

impl ShownKey {
    /// # Panics
    /// When no template has keys of that kind.
    pub(super) fn of(key: &KeyPair) -> Self {
        let (shape, unique) = if let Some(rsa) = key.as_rsa() {
            use rsa::traits::PublicKeyParts as _;
            (2048, vec![rsa.n_bytes().to_vec()])
        } else {
            let point = key.public_key_bits();
            let (x, y) = point[1..].split_at(point.len() / 2);
            let curve = match key.kind() {
                KeyKind::P256 => CURVE_P256,
                KeyKind::P384 => CURVE_P384,
                other => panic!("no storage key of kind {}", other.name()),
            };
            (curve, vec![x.to_vec(), y.to_vec()])
        };
        Self {
            kind: key.kind(),
            shape,
            unique,
        }
    }

    /// The algorithms that go with keys of that kind.
    pub(super) const fn suite(kind: KeyKind) -> Suite {
        match kind {
            KeyKind::P384 => Suite::Sha384,
            KeyKind::Ed25519 | KeyKind::P256 | KeyKind::Rsa2048 => Suite::Sha256,
        }
    }

    pub(super) fn broken(mut self) -> Self {
        if let Some(last) = self.unique.last_mut().and_then(|number| number.last_mut()) {
            *last ^= 1;
        }
        self
    }

    pub(super) fn misstated(mut self) -> Self {
        self.shape = match self.shape {
            CURVE_P256 => CURVE_P384,
            CURVE_P384 => CURVE_P256,
            _ => 3072,
        };
        self
    }

    pub(super) fn stripped(mut self) -> Self {
        self.unique[0].remove(0);
        self
    }

    pub(super) fn swapped(mut self) -> Self {
        self.unique.reverse();
        self
    }

    pub(super) fn zeroed(mut self) -> Self {
        for number in &mut self.unique {
            number.fill(0);
        }
        self
    }

    /// TPM2B_PUBLIC by the template of that role.
    pub(super) fn public(&self, role: Role) -> Vec<u8> {
        let suite = Self::suite(self.kind);
        let (attributes, policy): (_, &[u8]) = match (role, suite) {
            (Role::Ek, Suite::Sha256) => (EK_ATTRIBUTES, &POLICY_A),
            (Role::Ek, Suite::Sha384) => (EK_HIGH_ATTRIBUTES, &POLICY_B_SHA384),
            (Role::Srk, _) => (SRK_ATTRIBUTES, &[]),
        };
        let kind = match self.kind {
            KeyKind::Rsa2048 => ALG_RSA,
            _ => ALG_ECC,
        };
        let mut out = Vec::new();
        let words = |out: &mut Vec<u8>, words: &[u16]| {
            out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        };
        words(&mut out, &[kind, suite.hash_id()]);
        out.extend_from_slice(&attributes.to_be_bytes());
        out.extend_from_slice(&sized(policy));
        words(&mut out, &[ALG_AES, suite.key_bits(), ALG_CFB, ALG_NULL]);
        words(&mut out, &[self.shape]);
        match kind {
            // Exponent 0 stands for 65537 (Part 2 section 12.2.3.5).
            ALG_RSA => words(&mut out, &[0, 0]),
            _ => words(&mut out, &[ALG_NULL]),
        }
        for number in &self.unique {
            out.extend_from_slice(&sized(number));
        }
        sized(&out)
    }
}

/// The same public area with those attribute bits changed: size, type and nameAlg come before them.
pub(super) fn with_attributes(public: &[u8], bits: u32) -> Vec<u8> {
    let mut out = public.to_vec();
    for (byte, change) in out[6..10].iter_mut().zip(bits.to_be_bytes()) {
        *byte ^= change;
    }
    out
}

/// fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt: templates L-1
/// and L-2 (TCG EK Credential Profile 2.5, annex B.3).
const EK_ATTRIBUTES: u32 = 0x0003_00b2;

/// The same and userWithAuth: the templates of the high range (annex B.4).
const EK_HIGH_ATTRIBUTES: u32 = 0x0003_00f2;

/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, decrypt (TCG TPM v2.0
/// Provisioning Guidance section 7.5.1).
const SRK_ATTRIBUTES: u32 = 0x0003_0472;

/// PolicySecret(TPM_RH_ENDORSEMENT) under SHA-256, policy A of the EK profile.
const POLICY_A: [u8; 32] = [
    0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24,
    0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa,
];

/// Policy B of the EK profile under SHA-384: policy A, or one that the owner writes into the TPM.
const POLICY_B_SHA384: [u8; 48] = [
    0xb2, 0x6e, 0x7d, 0x28, 0xd1, 0x1a, 0x50, 0xbc, 0x53, 0xd8, 0x82, 0xbc, 0xf5, 0xfd, 0x3a, 0x1a,
    0x07, 0x41, 0x48, 0xbb, 0x35, 0xd3, 0xb4, 0xe4, 0xcb, 0x1c, 0x0a, 0xd9, 0xbd, 0xe4, 0x19, 0xca,
    0xcb, 0x47, 0xba, 0x09, 0x69, 0x96, 0x46, 0x15, 0x0f, 0x9f, 0xc0, 0x00, 0xf3, 0xf8, 0x0e, 0x12,
];

const ALG_RSA: u16 = 0x0001;
const ALG_AES: u16 = 0x0006;
const ALG_NULL: u16 = 0x0010;
const ALG_ECC: u16 = 0x0023;
const ALG_CFB: u16 = 0x0043;
const CURVE_P256: u16 = 0x0003;
const CURVE_P384: u16 = 0x0004;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_templates() {
        let ek = |key: &KeyPair| ShownKey::of(key).public(Role::Ek);
        assert_eq!(ek(&KeyPair::rsa(1, 0)).len(), 2 + 314);
        let p256 = ek(&KeyPair::new(KeyKind::P256, 1, "ek"));
        assert_eq!(p256.len(), 2 + 122);
        assert_eq!(p256[..2], [0, 122]);
        assert_eq!(ek(&KeyPair::new(KeyKind::P384, 1, "ek")).len(), 2 + 170);
    }

    #[test]
    fn the_policy_is_policy_secret_of_the_endorsement_hierarchy() {
        let policy_a = |suite: Suite| {
            let zero = vec![0; suite.digest_bytes()];
            let command = [0, 0, 1, 0x51, 0x40, 0, 0, 0x0b];
            suite.hash(&[&suite.hash(&[&zero, &command])])
        };
        assert_eq!(policy_a(Suite::Sha256), POLICY_A);
        // Policy C names NV indices; it is in the profile's table only.
        let policy_c = crate::vectors::hex(
            "d6032ce61f2fb3c240eb3cf6a33237ef2b6a16f4293c22b455e261cffd217ad5b4947c2d73e63005eed2dc2b3593d165",
        );
        let zero = [0; 48];
        let both = [
            &zero[..],
            &[0, 0, 1, 0x71],
            &policy_a(Suite::Sha384),
            &policy_c,
        ];
        assert_eq!(Suite::Sha384.hash(&both), POLICY_B_SHA384);
    }
}
