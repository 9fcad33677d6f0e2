//! Public areas put together field by field, so that a test can bend one of them.

use provisor::tpm::{AkPublic, EkPublic, HashAlg, Public, Rejection, SrkPublic};
use provisor::{Code, tpm};
use provisor_testkit::pki::{KeyKind, KeyPair};

pub(crate) const EK_ATTRIBUTES: u32 = 0x0003_00B2;
pub(crate) const SRK_ATTRIBUTES: u32 = 0x0003_0472;
pub(crate) const AK_ATTRIBUTES: u32 = 0x0005_0072;

/// AES-128-CFB, as three words.
const AES: [u16; 3] = [0x0006, 128, 0x0043];
pub(crate) const NULL: u16 = 0x0010;

/// A `TPMT_PUBLIC`, with every length free to be wrong.
#[derive(Clone, Debug)]
pub(crate) struct Area {
    pub(crate) kind: u16,
    pub(crate) name_alg: u16,
    pub(crate) attributes: u32,
    pub(crate) policy: Vec<u8>,
    pub(crate) symmetric: Vec<u16>,
    pub(crate) scheme: Vec<u16>,
    /// Bits of an RSA key, or the curve of an ECC key.
    pub(crate) shape: u16,
    /// The exponent of an RSA key, or the key derivation of an ECC key.
    pub(crate) rest: Vec<u8>,
    pub(crate) unique: Vec<Vec<u8>>,
}

impl Area {
    pub(crate) fn rsa(attributes: u32, policy: &[u8]) -> Self {
        let key = KeyPair::rsa(7, 0).public_key_bits();
        // RSAPublicKey of 2048 bits: nine bytes of lengths and a zero, the modulus, the exponent.
        Self {
            kind: 0x0001,
            name_alg: 0x000B,
            attributes,
            policy: policy.to_vec(),
            symmetric: AES.to_vec(),
            scheme: vec![NULL],
            shape: 2048,
            rest: vec![0; 4],
            unique: vec![key[9..265].to_vec()],
        }
    }

    pub(crate) fn ecc(attributes: u32, policy: &[u8]) -> Self {
        let point = KeyPair::new(KeyKind::P256, 7, "trap").public_key_bits();
        Self {
            kind: 0x0023,
            name_alg: 0x000B,
            attributes,
            policy: policy.to_vec(),
            symmetric: AES.to_vec(),
            scheme: vec![NULL],
            shape: 0x0003,
            rest: NULL.to_be_bytes().to_vec(),
            unique: vec![point[1..33].to_vec(), point[33..].to_vec()],
        }
    }

    pub(crate) fn ek_rsa() -> Self {
        Self::rsa(EK_ATTRIBUTES, &policy_a(HashAlg::Sha256))
    }

    pub(crate) fn ek_ecc() -> Self {
        Self::ecc(EK_ATTRIBUTES, &policy_a(HashAlg::Sha256))
    }

    pub(crate) fn srk() -> Self {
        Self::ecc(SRK_ATTRIBUTES, &[])
    }

    /// ECDSA with SHA-256.
    pub(crate) fn ak() -> Self {
        Self {
            symmetric: vec![NULL],
            scheme: vec![0x0018, 0x000B],
            ..Self::ecc(AK_ATTRIBUTES, &[])
        }
    }

    /// RSASSA with SHA-256.
    pub(crate) fn ak_rsa() -> Self {
        Self {
            symmetric: vec![NULL],
            scheme: vec![0x0014, 0x000B],
            ..Self::rsa(AK_ATTRIBUTES, &[])
        }
    }

    /// An HMAC key.
    pub(crate) fn hmac() -> Vec<u8> {
        let mut out = vec![
            0, 0x30, 0, 8, 0, 0x0B, 0, 4, 4, 0x40, 0, 0, 0, 5, 0, 0x0B, 0, 0x20,
        ];
        out.extend([0x5A; 32]);
        out
    }

    /// A symmetric key.
    pub(crate) fn symmetric() -> Vec<u8> {
        let mut out = vec![
            0, 0x32, 0, 0x25, 0, 0x0B, 0, 6, 4, 0x40, 0, 0, 0, 6, 1, 0, 0, 0x43, 0, 0x20,
        ];
        out.extend([0x5A; 32]);
        out
    }

    pub(crate) fn tpmt(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let words = |out: &mut Vec<u8>, words: &[u16]| {
            out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        };
        words(&mut out, &[self.kind, self.name_alg]);
        out.extend(self.attributes.to_be_bytes());
        out.extend(sized(&self.policy));
        words(&mut out, &self.symmetric);
        words(&mut out, &self.scheme);
        words(&mut out, &[self.shape]);
        out.extend(&self.rest);
        for value in &self.unique {
            out.extend(sized(value));
        }
        out
    }

    pub(crate) fn tpm2b(&self) -> Vec<u8> {
        sized(&self.tpmt())
    }

    pub(crate) fn with(mut self, bend: impl FnOnce(&mut Self)) -> Self {
        bend(&mut self);
        self
    }
}

pub(crate) fn sized(bytes: &[u8]) -> Vec<u8> {
    let mut out = u16::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
    out.extend(bytes);
    out
}

/// PolicyA: PolicySecret of the endorsement hierarchy (TCG EK Credential Profile).
pub(crate) fn policy_a(hash: HashAlg) -> Vec<u8> {
    let zero = vec![0; hash.digest_bytes()];
    let command = [0, 0, 1, 0x51, 0x40, 0, 0, 0x0B];
    let first = hash.digest(&[&zero, &command]);
    hash.digest(&[first.as_ref()]).as_ref().to_vec()
}

/// PolicyB under SHA-256, as the profile prints it.
pub(crate) const POLICY_B: &str =
    "ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0";

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[track_caller]
pub(crate) fn parse(bytes: &[u8]) -> Code {
    Public::from_tpm2b(bytes).unwrap_err().code()
}

#[track_caller]
pub(crate) fn ek(area: &Area) -> Code {
    EkPublic::from_tpm2b(&area.tpm2b()).unwrap_err().code()
}

#[track_caller]
pub(crate) fn srk(area: &Area) -> Code {
    SrkPublic::from_tpm2b(&area.tpm2b()).unwrap_err().code()
}

#[track_caller]
pub(crate) fn ak(area: &Area) -> Code {
    AkPublic::from_tpm2b(&area.tpm2b()).unwrap_err().code()
}

/// Randomness that fails: nothing may be sealed with it.
pub(crate) struct Broken;

impl tpm::Random for Broken {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), Rejection> {
        Err(tpm::random_failed("broken on purpose"))
    }
}
