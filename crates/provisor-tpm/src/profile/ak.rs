//! The attestation key: signs what the TPM itself says.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::attributes::{check_attestation, check_resident};
use super::role::{self, Place};
use super::srk::check_name_alg;
use super::template::describe_scheme;
use crate::key::refuse;
use crate::public::{AsymScheme, Parameters};
use crate::{AlgId, HashAlg, Name, Public, PublicKey, SignatureScheme};

/// The public area of an attestation key that was accepted.
///
/// Restricted: it signs only digests that the TPM computed, so that no one can have it sign a
/// forged attestation (trap 44). Resident: it exists in no file (traps 45 and 46). That it lives in
/// the *same* TPM as an endorsement key is shown by an answered [`crate::Challenge`] for both.
#[derive(Clone, Debug)]
pub struct AkPublic {
    tpm2b: Vec<u8>,
    name: Name,
    key: PublicKey,
    scheme: SignatureScheme,
    hash: HashAlg,
}

impl AkPublic {
    /// Reads a `TPM2B_PUBLIC` and checks it (traps 44 to 47).
    ///
    /// # Errors
    ///
    /// One of the codes 3001 to 3016 for the encoding, 3019 to 3027 where it is known what was given
    /// instead; 3101 to 3125 for the key.
    pub fn from_tpm2b(bytes: &[u8]) -> Result<Self, Rejection> {
        Self::read(bytes, |hash| hash != HashAlg::Sha1)
    }

    /// As [`AkPublic::from_tpm2b`], but a signing scheme with SHA-1 passes too.
    ///
    /// Old TPMs know nothing better. Whoever can find collisions in SHA-1, and has a say in what
    /// the TPM signs, can make one signature stand for two attestations; the TPM's own counters in
    /// front of the data make that hard, not impossible. Everything else is checked as strictly.
    ///
    /// # Errors
    ///
    /// As [`AkPublic::from_tpm2b`].
    pub fn lenient_sha1_from_tpm2b(bytes: &[u8]) -> Result<Self, Rejection> {
        Self::read(bytes, |_| true)
    }

    fn read(bytes: &[u8], accepts: impl FnOnce(HashAlg) -> bool) -> Result<Self, Rejection> {
        let read = || {
            let public = Public::from_tpm2b(bytes)?;
            let (scheme, hash) = check(&public)?;
            if !accepts(hash) {
                return Err(refuse_scheme(&public));
            }
            Self::build(&public, bytes, scheme, hash)
        };
        read().map_err(|rejection| Place::Attestation.name(rejection))
    }

    /// The Name.
    #[must_use]
    pub const fn name(&self) -> &Name {
        &self.name
    }

    /// The bytes as they were received, size field included.
    #[must_use]
    pub fn tpm2b(&self) -> &[u8] {
        &self.tpm2b
    }

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// How it signs.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// The hash that it signs with.
    #[must_use]
    pub const fn hash(&self) -> HashAlg {
        self.hash
    }

    fn build(
        public: &Public<'_>,
        bytes: &[u8],
        scheme: SignatureScheme,
        hash: HashAlg,
    ) -> Result<Self, Rejection> {
        Ok(Self {
            tpm2b: bytes.to_vec(),
            name: public.name(),
            key: PublicKey::checked(public)?,
            scheme,
            hash,
        })
    }
}

impl PartialEq for AkPublic {
    fn eq(&self, other: &Self) -> bool {
        self.tpm2b == other.tpm2b
    }
}

impl Eq for AkPublic {}

fn check(public: &Public<'_>) -> Result<(SignatureScheme, HashAlg), Rejection> {
    check_rules(public).map_err(|rejection| role::explain(rejection, public, Place::Attestation))
}

fn check_rules(public: &Public<'_>) -> Result<(SignatureScheme, HashAlg), Rejection> {
    check_resident(public)?;
    check_attestation(public)?;
    check_name_alg(public)?;
    check_no_cipher(public)?;
    read_scheme(public)
}

/// A cipher belongs to storage keys.
fn check_no_cipher(public: &Public<'_>) -> Result<(), Rejection> {
    let cipher = match public.parameters() {
        Parameters::Rsa(rsa) => rsa.cipher,
        Parameters::Ecc(ecc) => ecc.cipher,
        Parameters::KeyedHash(_) | Parameters::SymCipher { .. } => None,
    };
    match cipher {
        None => Ok(()),
        Some(cipher) => Err(refuse(Code::TpmSigningKeyDecrypts, "symmetric")
            .expected("TPM_ALG_NULL")
            .found(format!("{cipher}"))),
    }
}

/// A fixed scheme, so that the signer cannot choose another one afterwards (trap 47).
fn read_scheme(public: &Public<'_>) -> Result<(SignatureScheme, HashAlg), Rejection> {
    let scheme = match public.parameters() {
        Parameters::Rsa(rsa) => rsa.scheme,
        Parameters::Ecc(ecc) => ecc.scheme,
        Parameters::KeyedHash(_) | Parameters::SymCipher { .. } => {
            return Err(refuse(Code::TpmKeyKind, "type")
                .expected("TPM_ALG_RSA or TPM_ALG_ECC")
                .found(format!("{}", public.parameters().type_id())));
        }
    };
    match scheme {
        AsymScheme::Hashed { scheme, hash } => match scheme {
            AlgId::RSASSA => Ok((SignatureScheme::Rsassa, hash)),
            AlgId::RSAPSS => Ok((SignatureScheme::Rsapss, hash)),
            AlgId::ECDSA => Ok((SignatureScheme::Ecdsa, hash)),
            _ => Err(refuse_scheme(public)),
        },
        AsymScheme::Null | AsymScheme::Rsaes | AsymScheme::Ecdaa { .. } => {
            Err(refuse_scheme(public))
        }
    }
}

fn refuse_scheme(public: &Public<'_>) -> Rejection {
    refuse(Code::TpmSigningScheme, "scheme")
        .expected("RSASSA, RSAPSS or ECDSA with SHA-256, SHA-384 or SHA-512")
        .found(describe_scheme(public))
}
