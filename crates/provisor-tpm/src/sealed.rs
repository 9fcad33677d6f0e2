//! What travels sealed, cut into its fields: credentials, seeds, wrapped objects; and what is inside.
//!
//! These are views: nothing is opened and nothing is proven. [`crate::make_credential`] and
//! [`crate::duplicate::duplicate`] make such structures, a TPM or [`crate::credential`] opens them.

use alloc::vec::Vec;
use core::fmt;

use provisor_report::Rejection;

use crate::marshal::{Reader, Writer, check_input, tpm2b};
use crate::{AlgId, PublicKey, limits};

/// The content of a `TPM2B_ID_OBJECT`, or of the `TPM2B_PRIVATE` of an object that was wrapped for a
/// parent: both are an HMAC and what it covers (Part 2 sections 12.3 and 12.4).
///
/// ```
/// use provisor_tpm::sealed::Sealed;
///
/// let id_object = [&[0, 38, 0, 32][..], &[0x5A; 32], b"iv.."].concat();
/// let sealed = Sealed::id_object(&id_object)?;
/// assert_eq!(sealed.integrity, [0x5A; 32]);
/// assert_eq!(sealed.encrypted, b"iv..");
/// assert_eq!(sealed.to_tpm2b()?, id_object);
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
///
/// The specification fixes the fields (`TPMS_ID_OBJECT` and `_PRIVATE`), so they stay open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed<'a> {
    /// The HMAC of the outer wrapper.
    pub integrity: &'a [u8],
    /// What is encrypted; its own size is encrypted with it.
    pub encrypted: &'a [u8],
}

/// A seed on its way to a storage key: the content of a `TPM2B_ENCRYPTED_SECRET`
/// (Part 2 section 11.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptedSecret<'a> {
    /// For an RSA key: the OAEP ciphertext, as long as the modulus.
    Rsa(&'a [u8]),
    /// For an elliptic-curve key: the ephemeral point. Some senders strip leading zeros.
    Ecc {
        /// The x coordinate.
        x: &'a [u8],
        /// The y coordinate.
        y: &'a [u8],
    },
}

/// The secret half of an object: `TPMT_SENSITIVE` (Part 2 section 12.3.2.4). Its values are secret
/// and never printed. The specification fixes the fields, so they stay open.
#[derive(Clone, Copy)]
pub struct Sensitive<'a> {
    /// The type of the object.
    pub object_type: AlgId,
    /// Its password.
    pub auth_value: &'a [u8],
    /// The obfuscation value, or the seed of a storage key.
    pub seed_value: &'a [u8],
    /// The key, the sealed data, one prime, or the scalar.
    pub secret: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Cuts a `TPM2B_ID_OBJECT`.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES` or `TPM_TOO_LONG`.
    pub fn id_object(bytes: &'a [u8]) -> Result<Self, Rejection> {
        Self::parse("TPM2B_ID_OBJECT", bytes)
    }

    /// Cuts the `TPM2B_PRIVATE` that `TPM2_Import` takes. What `TPM2_Create` returns is for its own
    /// TPM only, and has another form in each.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES` or `TPM_TOO_LONG`.
    pub fn duplicate(bytes: &'a [u8]) -> Result<Self, Rejection> {
        Self::parse("TPM2B_PRIVATE", bytes)
    }

    /// Puts both parts together: the same bytes as were read.
    ///
    /// # Errors
    ///
    /// None for a value that was read; the signature allows for `TPM_TOO_LONG`.
    pub fn to_tpm2b(&self) -> Result<Vec<u8>, Rejection> {
        let mut writer = Writer::new();
        writer.sized(self.integrity)?.bytes(self.encrypted);
        tpm2b(&writer.finish())
    }

    fn parse(what: &'static str, bytes: &'a [u8]) -> Result<Self, Rejection> {
        check_input(what, bytes, limits::SEALED_OBJECT)?;
        let mut outer = Reader::new(what, bytes);
        let mut inner = outer.sized_reader(what)?;
        outer.end()?;
        let integrity = inner.sized_up_to(limits::DIGEST)?;
        // Inside is at least a size.
        inner.clone().take(2)?;
        Ok(Self {
            integrity,
            encrypted: inner.rest(),
        })
    }
}

impl<'a> EncryptedSecret<'a> {
    /// Reads a `TPM2B_ENCRYPTED_SECRET` that was sent to `key`.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES` or `TPM_TOO_LONG`: also for a ciphertext that is not as
    /// long as the modulus, and for a coordinate longer than the field.
    pub fn parse(bytes: &'a [u8], key: &PublicKey) -> Result<Self, Rejection> {
        let what = "TPM2B_ENCRYPTED_SECRET";
        check_input(what, bytes, limits::SEALED_OBJECT)?;
        let mut outer = Reader::new(what, bytes);
        let mut inner = outer.sized_reader(what)?;
        outer.end()?;
        let secret = match key {
            PublicKey::Rsa(rsa) => Self::Rsa(inner.take(rsa.modulus().len())?),
            PublicKey::Ecc(ecc) => {
                let field = ecc.curve().field_bytes();
                Self::Ecc {
                    x: inner.sized_up_to(field)?,
                    y: inner.sized_up_to(field)?,
                }
            }
        };
        inner.end()?;
        Ok(secret)
    }

    /// Writes it with its size field: the same bytes as were read.
    ///
    /// # Errors
    ///
    /// None for a value that was read; the signature allows for `TPM_TOO_LONG`.
    pub fn to_tpm2b(&self) -> Result<Vec<u8>, Rejection> {
        match self {
            Self::Rsa(bytes) => tpm2b(bytes),
            Self::Ecc { x, y } => {
                let mut point = Writer::new();
                point.sized(x)?.sized(y)?;
                tpm2b(&point.finish())
            }
        }
    }
}

impl<'a> Sensitive<'a> {
    /// Reads a `TPMT_SENSITIVE`, without a size field, and nothing after it.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES` or `TPM_TOO_LONG`.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let what = "TPMT_SENSITIVE";
        check_input(what, bytes, limits::PUBLIC)?;
        let mut reader = Reader::new(what, bytes);
        let sensitive = Self {
            object_type: AlgId::new(reader.u16()?),
            auth_value: reader.sized()?,
            seed_value: reader.sized()?,
            secret: reader.sized()?,
        };
        reader.end()?;
        Ok(sensitive)
    }
}

impl fmt::Debug for Sensitive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sensitive({}, ..)", self.object_type)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use provisor_report::Code;

    use super::*;
    use crate::testing::{Counter, Fixture};
    use crate::{EkPublic, Secret, make_credential};

    #[test]
    fn what_we_seal_is_cut_and_put_together_again() {
        for bytes in [Fixture::ek_ecc(), Fixture::ek_rsa()] {
            let ek = EkPublic::from_tpm2b(&bytes).unwrap();
            let secret = Secret::new(&[5; 20]).unwrap();
            let made = make_credential(&ek, ek.name(), &secret, &mut Counter(0)).unwrap();
            let sealed = Sealed::id_object(&made.id_object).unwrap();
            assert_eq!((sealed.integrity.len(), sealed.encrypted.len()), (32, 22));
            assert_eq!(sealed.to_tpm2b().unwrap(), made.id_object);
            let key = ek.public_key();
            let seed = EncryptedSecret::parse(&made.encrypted_secret, key).unwrap();
            assert_eq!(seed.to_tpm2b().unwrap(), made.encrypted_secret);
            for length in 0..made.id_object.len() {
                let cut = &made.id_object[..length];
                assert_eq!(
                    Sealed::id_object(cut).unwrap_err().code(),
                    Code::TpmTruncated
                );
            }
            for length in 0..made.encrypted_secret.len() {
                let cut = &made.encrypted_secret[..length];
                let refused = EncryptedSecret::parse(cut, key).unwrap_err();
                assert_eq!(refused.code(), Code::TpmTruncated);
            }
            let longer = [&made.encrypted_secret[..], &[0]].concat();
            let refused = EncryptedSecret::parse(&longer, key).unwrap_err();
            assert_eq!(refused.code(), Code::TpmTrailingBytes);
            // The byte after the point, inside, that a TPM lets pass (trap 64).
            let inside = tpm2b(&longer[2..]).unwrap();
            let refused = EncryptedSecret::parse(&inside, key).unwrap_err();
            assert_eq!(refused.code(), Code::TpmTrailingBytes);
        }
    }

    #[test]
    fn an_hmac_is_no_longer_than_a_digest_and_covers_something() {
        let long = [&[0, 69, 0, 65][..], &[0; 65], &[1, 2]].concat();
        assert_eq!(
            Sealed::duplicate(&long).unwrap_err().code(),
            Code::TpmTooLong
        );
        let nothing = [&[0, 34, 0, 32][..], &[0; 32]].concat();
        assert_eq!(
            Sealed::duplicate(&nothing).unwrap_err().code(),
            Code::TpmTruncated
        );
    }

    #[test]
    fn sensitive_areas_are_read_and_not_shown() {
        let bytes = [0, 8, 0, 1, 7, 0, 2, 8, 8, 0, 3, 9, 9, 9];
        let sensitive = Sensitive::parse(&bytes).unwrap();
        assert_eq!(sensitive.object_type, AlgId::KEYEDHASH);
        assert_eq!(sensitive.auth_value, [7]);
        assert_eq!(sensitive.seed_value, [8, 8]);
        assert_eq!(sensitive.secret, [9, 9, 9]);
        assert_eq!(
            format!("{sensitive:?}"),
            "Sensitive(TPM_ALG_KEYEDHASH (0x0008), ..)"
        );
        for length in 0..bytes.len() {
            assert!(Sensitive::parse(&bytes[..length]).is_err());
        }
        assert!(Sensitive::parse(&[&bytes[..], &[0]].concat()).is_err());
    }
}
