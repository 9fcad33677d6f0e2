//! Templates of public areas, and objects made from them.

use provisor_tpm::{AlgId, ObjectAttributes};

use super::wire::{Failed, PASSWORD, Tpm2, Wire, sized};

/// A template: every field of `TPMT_PUBLIC`, the parameters as they are on the wire.
#[derive(Clone, Debug)]
pub(super) struct Area {
    pub(super) label: String,
    pub(super) kind: AlgId,
    pub(super) name_alg: AlgId,
    pub(super) attributes: ObjectAttributes,
    pub(super) policy: Vec<u8>,
    pub(super) parameters: Vec<u8>,
    pub(super) unique: Vec<u8>,
}

/// What `TPM2_CreatePrimary` answers.
pub(super) struct Made {
    pub(super) handle: u32,
    /// `TPM2B_PUBLIC`.
    pub(super) public: Vec<u8>,
    /// `TPMS_CREATION_DATA`.
    pub(super) creation_data: Vec<u8>,
    pub(super) creation_hash: Vec<u8>,
    /// `TPMT_TK_CREATION`.
    pub(super) ticket: Vec<u8>,
    pub(super) name: Vec<u8>,
}

/// Made inside, and never leaving; used by the empty password.
pub(super) const RESIDENT: ObjectAttributes = ObjectAttributes::FIXED_TPM
    .union(ObjectAttributes::FIXED_PARENT)
    .union(ObjectAttributes::SENSITIVE_DATA_ORIGIN)
    .union(ObjectAttributes::USER_WITH_AUTH);
pub(super) const SIGNS: ObjectAttributes = RESIDENT.union(ObjectAttributes::SIGN);
pub(super) const DECRYPTS: ObjectAttributes = RESIDENT.union(ObjectAttributes::DECRYPT);
pub(super) const ATTESTS: ObjectAttributes = SIGNS.union(ObjectAttributes::RESTRICTED);
pub(super) const STORES: ObjectAttributes = DECRYPTS.union(ObjectAttributes::RESTRICTED);

/// Curves by their `TPM_ECC_CURVE`.
pub(super) const CURVES: [(u16, &str); 3] = [(3, "P-256"), (4, "P-384"), (5, "P-521")];
/// Hashes of Names and schemes.
pub(super) const HASHES: [AlgId; 3] = [AlgId::SHA256, AlgId::SHA384, AlgId::SHA512];

/// What the creator has noted in the creation data.
pub(super) const OUTSIDE: &[u8] = b"outside";

impl Area {
    /// An RSA key: cipher, scheme, bits, and the exponent that 0 stands for.
    pub(super) fn rsa(
        label: impl Into<String>,
        attributes: ObjectAttributes,
        cipher: &[AlgId],
        scheme: &[AlgId],
        bits: u16,
    ) -> Self {
        let size = [&bits.to_be_bytes()[..], &[0; 4]].concat();
        let parameters = [symmetric(cipher), ids(scheme), size].concat();
        Self::new(label, AlgId::RSA, attributes, parameters, sized(&[]))
    }

    /// An elliptic-curve key: cipher, scheme, curve, no key derivation.
    pub(super) fn ecc(
        label: impl Into<String>,
        attributes: ObjectAttributes,
        cipher: &[AlgId],
        scheme: &[AlgId],
        curve: u16,
    ) -> Self {
        let curve = curve.to_be_bytes().to_vec();
        let parameters = [symmetric(cipher), ids(scheme), curve, ids(&[AlgId::NULL])].concat();
        let unique = [sized(&[]), sized(&[])].concat();
        Self::new(label, AlgId::ECC, attributes, parameters, unique)
    }

    /// An HMAC key, or sealed data.
    pub(super) fn keyed_hash(
        label: impl Into<String>,
        attributes: ObjectAttributes,
        scheme: &[AlgId],
    ) -> Self {
        let parameters = ids(scheme);
        Self::new(label, AlgId::KEYEDHASH, attributes, parameters, sized(&[]))
    }

    /// A symmetric key.
    pub(super) fn cipher(
        label: impl Into<String>,
        attributes: ObjectAttributes,
        cipher: &[AlgId],
    ) -> Self {
        let parameters = symmetric(cipher);
        Self::new(label, AlgId::SYMCIPHER, attributes, parameters, sized(&[]))
    }

    pub(super) fn named_by(self, name_alg: AlgId) -> Self {
        Self { name_alg, ..self }
    }

    pub(super) fn with_policy(self, policy: Vec<u8>) -> Self {
        Self { policy, ..self }
    }

    /// As `TPM2B_PUBLIC`.
    pub(super) fn tpm2b(&self) -> Vec<u8> {
        sized(
            &[
                ids(&[self.kind, self.name_alg]),
                self.attributes.bits().to_be_bytes().to_vec(),
                sized(&self.policy),
                self.parameters.clone(),
                self.unique.clone(),
            ]
            .concat(),
        )
    }

    /// Made by the TPM in that hierarchy; `data` is what is sealed, empty for keys.
    pub(super) fn make(
        &self,
        wire: &mut Wire,
        hierarchy: u32,
        data: &[u8],
    ) -> Result<Made, Failed> {
        let sensitive = sized(&[sized(&[]), sized(data)].concat());
        // outsideInfo, and no PCRs in the creation data.
        let rest = [sized(OUTSIDE), vec![0; 4]].concat();
        let parameters = [sensitive, self.tpm2b(), rest].concat();
        let answer = wire.run(Tpm2::CreatePrimary, &[hierarchy], &[PASSWORD], &parameters)?;
        let mut reader = answer.reader();
        let public = sized(reader.sized()?);
        let creation_data = reader.sized()?.to_vec();
        let creation_hash = reader.sized()?.to_vec();
        let tag_and_hierarchy = reader.take(6)?.to_vec();
        let ticket = [tag_and_hierarchy, sized(reader.sized()?)].concat();
        Ok(Made {
            handle: answer.handle,
            public,
            creation_data,
            creation_hash,
            ticket,
            name: reader.sized()?.to_vec(),
        })
    }

    fn new(
        label: impl Into<String>,
        kind: AlgId,
        attributes: ObjectAttributes,
        parameters: Vec<u8>,
        unique: Vec<u8>,
    ) -> Self {
        Self {
            label: label.into(),
            kind,
            name_alg: AlgId::SHA256,
            attributes,
            policy: Vec::new(),
            parameters,
            unique,
        }
    }
}

/// AES of that many bits in that mode.
pub(super) const fn aes(bits: u16, mode: AlgId) -> [AlgId; 3] {
    [AlgId::AES, AlgId::new(bits), mode]
}

pub(super) fn ids(ids: &[AlgId]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.value().to_be_bytes()).collect()
}

/// `TPMT_SYM_DEF_OBJECT`; none is `TPM_ALG_NULL`.
fn symmetric(cipher: &[AlgId]) -> Vec<u8> {
    if cipher.is_empty() {
        ids(&[AlgId::NULL])
    } else {
        ids(cipher)
    }
}
