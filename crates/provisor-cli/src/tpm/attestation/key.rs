//! The key that attests, in the forms that tpm2-tools write it in.

use std::path::PathBuf;

use clap::ValueEnum;
use provisor::Rejection;
use provisor::tpm::attest::{BareKey, Nonce, PcrSelection, Signature};
use provisor::tpm::attest::{
    danger_verify_attestation_by, danger_verify_certify_by, danger_verify_quote_by,
    verify_attestation, verify_certify, verify_quote_of_banks,
};
use provisor::tpm::{AkPublic, HashAlg, Name, PublicKey, SignatureScheme};

use super::report::Findings;
use crate::tpm::public_area::{self, PublicFile};
use crate::tpm::stop::{Stop, named};

#[derive(Debug, clap::Args)]
pub(in crate::tpm) struct KeyArguments {
    /// The attestation key: its public area as tpm2_createak -u or tpm2_readpublic -o write it (TPM2B_PUBLIC or TPMT_PUBLIC, raw or base64), or the bare key in PEM or DER, of which less can be said.
    #[arg(long, short = 'u', visible_alias = "public", value_name = "F")]
    ak: PathBuf,
    /// Accept an attestation key that signs with SHA-1, as old TPMs have.
    #[arg(long)]
    lenient_sha1: bool,
    /// How a bare key signs; without it, as the signature says.
    #[arg(long, value_enum)]
    scheme: Option<Scheme>,
    /// The hash that a bare key signs with; without it, that of the signature, or SHA-256 where it names none.
    #[arg(long, short = 'g', value_enum)]
    hash: Option<Hash>,
}

/// The schemes as tpm2-tools spell them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Scheme {
    Ecdsa,
    Rsapss,
    Rsassa,
}

/// The hashes as tpm2-tools spell them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// Who signed, and how much is known of it.
pub(in crate::tpm) enum AttestationKey {
    /// By its public area: a restricted signing key of a TPM.
    Whole(AkPublic),
    /// The key alone.
    Bare(BareKey),
}

impl KeyArguments {
    /// Reads the key; `signature` says how a bare one signs where the options do not.
    pub(super) fn read(
        &self,
        signature: Option<&Signature<'_>>,
        findings: &mut Findings,
    ) -> Result<AttestationKey, Stop> {
        let bytes = match public_area::read(&self.ak)? {
            PublicFile::Tpm2b(bytes) => bytes,
            PublicFile::Tpmt(bytes) => {
                findings.read_as(&self.ak, "a TPMT_PUBLIC without its size field".to_owned());
                bytes
            }
            PublicFile::Bare(der) => {
                let key = named(&self.ak, self.bare(&der, signature))?;
                return Ok(AttestationKey::Bare(key));
            }
            PublicFile::Other(bytes) => bytes,
        };
        let key = match self.lenient_sha1 {
            true => AkPublic::lenient_sha1_from_tpm2b(&bytes),
            false => AkPublic::from_tpm2b(&bytes),
        };
        named(&self.ak, key).map(AttestationKey::Whole)
    }

    fn bare(&self, der: &[u8], signature: Option<&Signature<'_>>) -> Result<BareKey, Rejection> {
        let scheme = match (self.scheme, PublicKey::from_spki(der)?) {
            (Some(scheme), _) => scheme.into(),
            (None, PublicKey::Ecc(_)) => SignatureScheme::Ecdsa,
            (None, PublicKey::Rsa(_)) => match signature.map(Signature::scheme) {
                Some(id) if id == SignatureScheme::Rsapss.id() => SignatureScheme::Rsapss,
                _ => SignatureScheme::Rsassa,
            },
        };
        let hash = match (self.hash, signature) {
            (Some(hash), _) => hash.into(),
            (None, Some(signature)) => signature.hash(),
            (None, None) => HashAlg::Sha256,
        };
        BareKey::from_spki(der, scheme, hash)
    }
}

impl AttestationKey {
    pub(super) const fn scheme(&self) -> SignatureScheme {
        match self {
            Self::Whole(ak) => ak.scheme(),
            Self::Bare(key) => key.scheme(),
        }
    }

    pub(super) const fn hash(&self) -> HashAlg {
        match self {
            Self::Whole(ak) => ak.hash(),
            Self::Bare(key) => key.hash(),
        }
    }

    /// That it signed an attestation, of whatever kind.
    pub(in crate::tpm) fn verify(
        &self,
        attest: &[u8],
        signature: &[u8],
        nonce: &Nonce<'_>,
    ) -> Result<(), Rejection> {
        match self {
            Self::Whole(ak) => verify_attestation(ak, attest, signature, nonce).map(drop),
            Self::Bare(key) => {
                danger_verify_attestation_by(key, attest, signature, nonce).map(drop)
            }
        }
    }

    pub(in crate::tpm) fn verify_quote(
        &self,
        attest: &[u8],
        signature: &[u8],
        nonce: &Nonce<'_>,
        selections: &[PcrSelection],
        values: &[&[u8]],
    ) -> Result<(), Rejection> {
        match self {
            Self::Whole(ak) => {
                verify_quote_of_banks(ak, attest, signature, nonce, selections, values).map(drop)
            }
            Self::Bare(key) => {
                danger_verify_quote_by(key, attest, signature, nonce, selections, values).map(drop)
            }
        }
    }

    pub(in crate::tpm) fn verify_certify(
        &self,
        attest: &[u8],
        signature: &[u8],
        nonce: &Nonce<'_>,
        object: &Name,
    ) -> Result<(), Rejection> {
        match self {
            Self::Whole(ak) => verify_certify(ak, attest, signature, nonce, object).map(drop),
            Self::Bare(key) => {
                danger_verify_certify_by(key, attest, signature, nonce, object).map(drop)
            }
        }
    }
}

impl From<Scheme> for SignatureScheme {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Ecdsa => Self::Ecdsa,
            Scheme::Rsapss => Self::Rsapss,
            Scheme::Rsassa => Self::Rsassa,
        }
    }
}

impl From<Hash> for HashAlg {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::Sha1,
            Hash::Sha256 => Self::Sha256,
            Hash::Sha384 => Self::Sha384,
            Hash::Sha512 => Self::Sha512,
        }
    }
}
