//! `TPMT_SIGNATURE`, read strictly (TPM 2.0 Part 2 section 11.3.4).

mod plain;

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Form, Rejection, Subject};

use super::signer::Signer;
use crate::crypto::SignatureValue;
use crate::form::{self, Wanted};
use crate::marshal::{Reader, Writer, check_input};
use crate::{AkPublic, AlgId, HashAlg, PublicKey, SignatureScheme, limits};

const WHAT: &str = "TPMT_SIGNATURE";

const WANTED: Wanted = Wanted {
    what: WHAT,
    remedy: REMEDY,
    reads: |bytes| Signature::read(bytes).is_ok(),
    reads_without_size: |_| false,
};

const REMEDY: &str = "send the TPMT_SIGNATURE that the TPM returned (tpm2_quote -s and tpm2_certify -s without --format=plain)";

/// A signature as a TPM returned it, borrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature<'a> {
    scheme: AlgId,
    hash: HashAlg,
    value: SignatureValue<'a>,
}

impl<'a> Signature<'a> {
    /// Reads a signature of an asymmetric key, and nothing after it.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES` or `TPM_TOO_LONG` for the encoding;
    /// [`Code::TpmSignatureAlgorithm`] for an HMAC, for `TPM_ALG_NULL`, which anyone can make
    /// (trap 78), and for what is not known here; `TPM_HASH_ALGORITHM` for its hash;
    /// [`Code::TpmBareSignature`] for the values alone, and one of 3019 to 3027 where it is known what
    /// else was given.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        Self::read(bytes).map_err(|rejection| explain(rejection, bytes))
    }

    fn read(bytes: &'a [u8]) -> Result<Self, Rejection> {
        check_input(WHAT, bytes, limits::SIGNATURE)?;
        let mut reader = Reader::new(WHAT, bytes);
        let scheme = AlgId::new(reader.u16()?);
        let ecdsa = match scheme {
            AlgId::RSASSA | AlgId::RSAPSS => false,
            AlgId::ECDSA => true,
            other => {
                return Err(refuse(Code::TpmSignatureAlgorithm, "sigAlg")
                    .expected("RSASSA, RSAPSS or ECDSA")
                    .found(format!("{other}")));
            }
        };
        let hash = read_hash(&mut reader)?;
        let value = if ecdsa {
            SignatureValue::Ecdsa {
                r: reader.sized()?,
                s: reader.sized()?,
            }
        } else {
            SignatureValue::Rsa(reader.sized()?)
        };
        reader.end()?;
        Ok(Self {
            scheme,
            hash,
            value,
        })
    }

    /// Writes the signature from its fields: the same bytes as were read.
    ///
    /// # Errors
    ///
    /// None for a value that was read; the signature allows for [`Code::TpmTooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, Rejection> {
        let mut writer = Writer::new();
        writer.u16(self.scheme.value()).u16(self.hash.id().value());
        match self.value {
            SignatureValue::Rsa(bytes) => writer.sized(bytes)?,
            SignatureValue::Ecdsa { r, s } => writer.sized(r)?.sized(s)?,
        };
        Ok(writer.finish())
    }

    /// The scheme.
    #[must_use]
    pub const fn scheme(&self) -> AlgId {
        self.scheme
    }

    /// The hash.
    #[must_use]
    pub const fn hash(&self) -> HashAlg {
        self.hash
    }

    /// The values, after checking that scheme, hash and sizes are those of the key.
    ///
    /// # Errors
    ///
    /// [`Code::TpmSignatureAlgorithm`] when the signature names another scheme or hash than the
    /// key's own (traps 74 and 75), [`Code::TpmSignatureForm`] for values that no such key gives
    /// (trap 77).
    pub fn value_for(&self, ak: &AkPublic) -> Result<SignatureValue<'a>, Rejection> {
        self.value_by(ak.into())
    }

    pub(super) fn value_by(&self, signer: Signer<'_>) -> Result<SignatureValue<'a>, Rejection> {
        // The key has one scheme with one hash; the signer does not choose (traps 74 and 75).
        if self.scheme != signer.scheme.id() || self.hash != signer.hash {
            return Err(self.other_algorithm(signer));
        }
        match (self.value, signer.key) {
            (SignatureValue::Rsa(bytes), PublicKey::Rsa(key)) => {
                check_rsa_length(bytes, key.modulus().len())?;
            }
            (SignatureValue::Ecdsa { r, s }, PublicKey::Ecc(key)) => {
                check_scalar("r", r, key.curve().field_bytes())?;
                check_scalar("s", s, key.curve().field_bytes())?;
            }
            (SignatureValue::Rsa(_), PublicKey::Ecc(_))
            | (SignatureValue::Ecdsa { .. }, PublicKey::Rsa(_)) => {
                return Err(self.other_algorithm(signer));
            }
        }
        Ok(self.value)
    }

    /// Reads the values alone, as `tpm2_quote -f plain` and `tpm2_certify -f plain` write them: an RSA
    /// signature as long as its modulus, or an `ECDSA-Sig-Value` in DER (RFC 3279 section 2.2.3). The
    /// scheme and the hash are the key's.
    ///
    /// Such a file is read only by who asks for it: [`parse`](Self::parse) refuses it by name.
    ///
    /// # Errors
    ///
    /// [`Code::TpmSignatureForm`] for anything else, padded or negative INTEGERs among it.
    pub fn from_plain(
        bytes: &'a [u8],
        scheme: SignatureScheme,
        hash: HashAlg,
    ) -> Result<Self, Rejection> {
        let value = match scheme {
            SignatureScheme::Ecdsa => plain::ecdsa(bytes)?,
            SignatureScheme::Rsassa | SignatureScheme::Rsapss => plain::rsa(bytes)?,
        };
        Ok(Self {
            scheme: scheme.id(),
            hash,
            value,
        })
    }

    fn other_algorithm(&self, signer: Signer<'_>) -> Rejection {
        refuse(Code::TpmSignatureAlgorithm, "sigAlg")
            .expected(format!("{} with {}", signer.scheme.id(), signer.hash))
            .found(format!("{} with {}", self.scheme, self.hash))
    }
}

/// `tpm2_quote -f plain` and `tpm2_certify -f plain` leave scheme and hash out; so do most libraries.
fn explain(rejection: Rejection, bytes: &[u8]) -> Rejection {
    // The lengths are those of some texts, too.
    let bare = match bytes.len() {
        _ if Form::of(bytes).is_some() => None,
        _ if form::is_ecdsa_der(bytes) => Some("an ECDSA signature in DER"),
        // It begins with a scheme that was read: it is what it should be, and broken.
        _ if rejection.code() != Code::TpmSignatureAlgorithm => None,
        256 => Some("256 bytes, as an RSA-2048 signature has alone"),
        384 => Some("384 bytes, as an RSA-3072 signature has alone"),
        512 => Some("512 bytes, as an RSA-4096 signature has alone"),
        64 => Some("64 bytes, as r and s on P-256 have alone"),
        96 => Some("96 bytes, as r and s on P-384 have alone"),
        132 => Some("132 bytes, as r and s on P-521 have alone"),
        _ => None,
    };
    match bare {
        Some(found) => Rejection::new(Code::TpmBareSignature, Subject::field(WHAT))
            .expected(format!(
                "the bytes of a {WHAT}: scheme, hash, and sized values"
            ))
            .found(found)
            .remedy(REMEDY),
        None => form::explain(rejection, bytes, &WANTED),
    }
}

fn read_hash(reader: &mut Reader<'_>) -> Result<HashAlg, Rejection> {
    let at = reader.position();
    let id = AlgId::new(reader.u16()?);
    HashAlg::from_id(id).ok_or_else(|| {
        reader
            .refuse_at(Code::TpmHashAlgorithm, at)
            .expected("SHA-256, SHA-384, SHA-512 or SHA-1")
            .found(format!("{id}"))
    })
}

/// An RSA signature is exactly as long as the modulus (RFC 8017 sections 8.1.2 and 8.2.2).
fn check_rsa_length(bytes: &[u8], modulus: usize) -> Result<(), Rejection> {
    if bytes.len() == modulus {
        return Ok(());
    }
    Err(refuse(Code::TpmSignatureForm, "sig")
        .expected(format!("{modulus} bytes"))
        .found(format!("{} bytes", bytes.len())))
}

/// r and s are between 1 and the group order (FIPS 186-5 section 6.4.2).
fn check_scalar(field: &str, value: &[u8], size: usize) -> Result<(), Rejection> {
    let found = if value.is_empty() {
        "no bytes".into()
    } else if value.len() > size {
        format!("{} bytes", value.len())
    } else if value.iter().all(|byte| *byte == 0) {
        "zero".into()
    } else {
        return Ok(());
    };
    Err(refuse(Code::TpmSignatureForm, field)
        .expected(format!("a number above 0 of 1 to {size} bytes"))
        .found(found))
}

fn refuse(code: Code, field: &str) -> Rejection {
    Rejection::new(code, Subject::field(format!("{WHAT}.{field}")))
}
