//! The policy digests of the TCG EK Credential Profile.

use crate::HashAlg;
use crate::algorithm::Digest;

/// A policy of the TCG EK Credential Profile (section B.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WellKnownPolicy {
    /// PolicyA: `TPM2_PolicySecret` with the endorsement hierarchy. Low-range templates.
    A,
    /// PolicyB: PolicyA or PolicyC. High-range templates.
    B,
    /// PolicyC: `TPM2_PolicyAuthorizeNV` with the index of the hash.
    C,
}

const TPM_CC_POLICY_SECRET: [u8; 4] = [0, 0, 0x01, 0x51];
const TPM_CC_POLICY_OR: [u8; 4] = [0, 0, 0x01, 0x71];
const TPM_RH_ENDORSEMENT: [u8; 4] = [0x40, 0, 0, 0x0B];

impl WellKnownPolicy {
    /// The digest under `hash`; `None` for SHA-1, which the profile does not define.
    ///
    /// A and B are computed from their commands (Part 3 sections 23.4 and 23.6); C names NV
    /// indices that only the profile's table gives.
    pub(crate) fn digest(self, hash: HashAlg) -> Option<Digest> {
        let policy_c = policy_c(hash)?;
        let zero = [0; 64];
        let zero = zero.get(..hash.digest_bytes())?;
        match self {
            Self::A => {
                let command = hash.digest(&[zero, &TPM_CC_POLICY_SECRET, &TPM_RH_ENDORSEMENT]);
                // The second step takes policyRef in, which is empty here.
                Some(hash.digest(&[command.as_ref()]))
            }
            Self::B => {
                let policy_a = Self::A.digest(hash)?;
                Some(hash.digest(&[zero, &TPM_CC_POLICY_OR, policy_a.as_ref(), policy_c]))
            }
            Self::C => Some(Digest::new(policy_c)),
        }
    }

    /// Whether `digest` is this policy under `hash`.
    #[must_use]
    pub fn matches(self, hash: HashAlg, digest: &[u8]) -> bool {
        self.digest(hash)
            .is_some_and(|expected| expected.as_ref() == digest)
    }

    /// How the specification calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::A => "PolicyA",
            Self::B => "PolicyB",
            Self::C => "PolicyC",
        }
    }
}

/// PolicyC (TCG EK Credential Profile, table of policy digests).
const fn policy_c(hash: HashAlg) -> Option<&'static [u8]> {
    match hash {
        HashAlg::Sha1 => None,
        HashAlg::Sha256 => Some(&[
            0x37, 0x67, 0xe2, 0xed, 0xd4, 0x3f, 0xf4, 0x5a, 0x3a, 0x7e, 0x1e, 0xae, 0xfc, 0xef,
            0x78, 0x64, 0x3d, 0xca, 0x96, 0x46, 0x32, 0xe7, 0xaa, 0xd8, 0x2c, 0x67, 0x3a, 0x30,
            0xd8, 0x63, 0x3f, 0xde,
        ]),
        HashAlg::Sha384 => Some(&[
            0xd6, 0x03, 0x2c, 0xe6, 0x1f, 0x2f, 0xb3, 0xc2, 0x40, 0xeb, 0x3c, 0xf6, 0xa3, 0x32,
            0x37, 0xef, 0x2b, 0x6a, 0x16, 0xf4, 0x29, 0x3c, 0x22, 0xb4, 0x55, 0xe2, 0x61, 0xcf,
            0xfd, 0x21, 0x7a, 0xd5, 0xb4, 0x94, 0x7c, 0x2d, 0x73, 0xe6, 0x30, 0x05, 0xee, 0xd2,
            0xdc, 0x2b, 0x35, 0x93, 0xd1, 0x65,
        ]),
        HashAlg::Sha512 => Some(&[
            0x58, 0x9e, 0xe1, 0xe1, 0x46, 0x54, 0x47, 0x16, 0xe8, 0xde, 0xaf, 0xe6, 0xdb, 0x24,
            0x7b, 0x01, 0xb8, 0x1e, 0x9f, 0x9c, 0x7d, 0xd1, 0x6b, 0x81, 0x4a, 0xa1, 0x59, 0x13,
            0x87, 0x49, 0x10, 0x5f, 0xba, 0x53, 0x88, 0xdd, 0x1d, 0xea, 0x70, 0x2f, 0x35, 0x24,
            0x0c, 0x18, 0x49, 0x33, 0x12, 0x1e, 0x2c, 0x61, 0xb8, 0xf5, 0x0d, 0x3e, 0xf9, 0x13,
            0x93, 0xa4, 0x9a, 0x38, 0xc3, 0xf7, 0x3f, 0xc8,
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hex;

    /// PolicyB as the profile prints it: wrong constants or a wrong rule cannot give it.
    #[test]
    fn policy_b_is_a_or_c() {
        for (hash, expected) in [
            (
                HashAlg::Sha256,
                "ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0",
            ),
            (
                HashAlg::Sha384,
                "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e12",
            ),
            (
                HashAlg::Sha512,
                "b8221ca69e8550a4914de3faa6a18c072cc01208073a928d5d66d59ef79e49a429c41a6b269571d57edb25fbdb1838425608b413cd616a5f6db5b6071af99bea",
            ),
        ] {
            assert!(WellKnownPolicy::B.matches(hash, &hex(expected)), "{hash}");
            assert!(!WellKnownPolicy::A.matches(hash, &hex(expected)), "{hash}");
        }
    }

    #[test]
    fn policy_a_is_the_one_of_template_l_1() {
        let expected = hex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");
        assert!(WellKnownPolicy::A.matches(HashAlg::Sha256, &expected));
        assert!(!WellKnownPolicy::A.matches(HashAlg::Sha1, &expected));
    }
}
