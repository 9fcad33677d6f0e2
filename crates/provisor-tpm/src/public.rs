//! Public areas of TPM objects: `TPM2B_PUBLIC` and `TPMT_PUBLIC`, read strictly.
//!
//! Strict means: every length fits exactly, nothing follows, every selector is known, reserved
//! attribute bits are clear, and what is read can be written back to the same bytes. Whether the
//! object is *acceptable* for a purpose is the business of [`crate::EkPublic`],
//! [`crate::SrkPublic`] and [`crate::AkPublic`].

mod cipher;
mod object_type;
mod parameters;
mod scheme;

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

pub use cipher::SymmetricCipher;
pub use parameters::{EccParameters, KeyedHash, KeyedHashScheme, Parameters, RsaParameters};
pub use scheme::{AesCfb, AsymScheme, Kdf};

use object_type::read_type;

use crate::form::{self, Wanted};
use crate::marshal::{Reader, Writer, check_input, tpm2b};
use crate::{AlgId, HashAlg, Name, ObjectAttributes, limits};

const TPM2B: &str = "TPM2B_PUBLIC";
const TPMT: &str = "TPMT_PUBLIC";

/// What to do to have one, when something else was given.
const REMEDY: &str = "write the public area with tpm2_readpublic -c KEY.ctx -o FILE (when an endorsement key is made: tpm2_createek -u FILE)";

const SIZED: Wanted = Wanted {
    what: TPM2B,
    remedy: REMEDY,
    reads: |bytes| Public::read_tpm2b(bytes).is_ok(),
    reads_without_size: |bytes| Public::read_tpmt(bytes).is_ok(),
};

const BARE: Wanted = Wanted {
    what: TPMT,
    remedy: REMEDY,
    reads: |bytes| Public::read_tpmt(bytes).is_ok(),
    reads_without_size: |_| false,
};

/// The public area of an object, borrowed from the bytes it was read from.
///
/// ```
/// use provisor_tpm::{Parameters, Public};
///
/// // An HMAC key as a provisioning service sends it to a device.
/// let bytes = [
///     &[0x00, 0x30, 0x00, 0x08, 0x00, 0x0B, 0x00, 0x04, 0x04, 0x40][..], // size, type, nameAlg, attributes
///     &[0x00, 0x00, 0x00, 0x05, 0x00, 0x0B, 0x00, 0x20],                 // no policy, HMAC, SHA-256, unique
///     &[0x11; 32],
/// ]
/// .concat();
/// let public = Public::from_tpm2b(&bytes)?;
/// assert!(matches!(public.parameters(), Parameters::KeyedHash(_)));
/// assert_eq!(public.to_tpm2b()?, bytes);
/// assert_eq!(public.name().as_bytes().len(), 34);
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public<'a> {
    tpmt: &'a [u8],
    name_alg: HashAlg,
    attributes: ObjectAttributes,
    auth_policy: &'a [u8],
    parameters: Parameters<'a>,
}

impl<'a> Public<'a> {
    /// Reads a `TPM2B_PUBLIC`: two size bytes, then a public area of exactly that size, and nothing
    /// after it. This is what a TPM returns and what a device sends.
    ///
    /// # Errors
    ///
    /// One of the codes 3001 to 3016, with the position of the byte that does not fit; one of 3019 to
    /// 3027 where it is known what was given instead.
    pub fn from_tpm2b(bytes: &'a [u8]) -> Result<Self, Rejection> {
        Self::read_tpm2b(bytes).map_err(|rejection| form::explain(rejection, bytes, &SIZED))
    }

    /// Reads a bare `TPMT_PUBLIC`, without a size field, and nothing after it.
    ///
    /// # Errors
    ///
    /// As [`Public::from_tpm2b`].
    pub fn from_tpmt(bytes: &'a [u8]) -> Result<Self, Rejection> {
        Self::read_tpmt(bytes).map_err(|rejection| form::explain(rejection, bytes, &BARE))
    }

    fn read_tpm2b(bytes: &'a [u8]) -> Result<Self, Rejection> {
        check_input(TPM2B, bytes, limits::PUBLIC)?;
        let mut outer = Reader::new(TPM2B, bytes);
        let inner = outer.sized_reader(TPMT)?;
        outer.end()?;
        if inner.rest().is_empty() {
            return Err(outer.refuse(Code::TpmEmpty).expected("a TPMT_PUBLIC"));
        }
        Self::read(inner)
    }

    fn read_tpmt(bytes: &'a [u8]) -> Result<Self, Rejection> {
        check_input(TPMT, bytes, limits::PUBLIC)?;
        Self::read(Reader::new(TPMT, bytes))
    }

    /// The Name: over the exact bytes received, never over a re-encoding (trap 14).
    #[must_use]
    pub fn name(&self) -> Name {
        Name::of(self.name_alg, self.tpmt)
    }

    /// The exact bytes of the `TPMT_PUBLIC`, without a size field.
    #[must_use]
    pub const fn tpmt(&self) -> &'a [u8] {
        self.tpmt
    }

    /// The hash of the Name, of the policy, and of what is protected under the key.
    #[must_use]
    pub const fn name_alg(&self) -> HashAlg {
        self.name_alg
    }

    /// The attributes.
    #[must_use]
    pub const fn attributes(&self) -> ObjectAttributes {
        self.attributes
    }

    /// The policy digest; empty when there is no policy.
    #[must_use]
    pub const fn auth_policy(&self) -> &'a [u8] {
        self.auth_policy
    }

    /// What kind of object it is, and the key.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters<'a> {
        &self.parameters
    }

    /// Writes the public area from its fields, with a size field: the same bytes as were read.
    ///
    /// # Errors
    ///
    /// None for a value that was read; the signature allows for [`Code::TpmTooLong`].
    pub fn to_tpm2b(&self) -> Result<Vec<u8>, Rejection> {
        let mut writer = Writer::new();
        writer
            .u16(self.parameters.type_id().value())
            .u16(self.name_alg.id().value())
            .u32(self.attributes.bits())
            .sized(self.auth_policy)?;
        self.parameters.write(&mut writer)?;
        tpm2b(&writer.finish())
    }

    fn read(mut reader: Reader<'a>) -> Result<Self, Rejection> {
        let tpmt = reader.rest();
        let object_type = read_type(&mut reader)?;
        let name_alg = read_name_alg(&mut reader)?;
        let attributes = read_attributes(&mut reader)?;
        let auth_policy = read_auth_policy(&mut reader, name_alg)?;
        let parameters = Parameters::read(&mut reader, object_type, name_alg)?;
        reader.end()?;
        Ok(Self {
            tpmt,
            name_alg,
            attributes,
            auth_policy,
            parameters,
        })
    }
}

/// Without a hash there is no Name, and nothing can be bound to the object (trap 8).
fn read_name_alg(reader: &mut Reader<'_>) -> Result<HashAlg, Rejection> {
    let at = reader.position();
    let id = AlgId::new(reader.u16()?);
    HashAlg::from_id(id).ok_or_else(|| {
        reader
            .refuse_at(Code::TpmNameAlgorithm, at)
            .expected("SHA-256, SHA-384, SHA-512 or SHA-1")
            .found(format!("{id}"))
    })
}

/// A TPM answers `TPM_RC_RESERVED_BITS`; a reader that drops them computes another Name (trap 9).
fn read_attributes(reader: &mut Reader<'_>) -> Result<ObjectAttributes, Rejection> {
    let at = reader.position();
    let bits = reader.u32()?;
    ObjectAttributes::from_bits(bits).ok_or_else(|| {
        reader
            .refuse_at(Code::TpmReservedAttributes, at)
            .found(format!("0x{bits:08x}"))
    })
}

/// Any other length can never be satisfied, and hides data (trap 10).
fn read_auth_policy<'a>(reader: &mut Reader<'a>, name_alg: HashAlg) -> Result<&'a [u8], Rejection> {
    let at = reader.position();
    let policy = reader.sized()?;
    if policy.is_empty() || policy.len() == name_alg.digest_bytes() {
        return Ok(policy);
    }
    Err(reader
        .refuse_at(Code::TpmAuthPolicySize, at)
        .expected(format!("0 or {} bytes", name_alg.digest_bytes()))
        .found(format!("{} bytes", policy.len())))
}

#[cfg(test)]
mod tests;
