//! Cutting a blob into its six fields: the first thing that a device does.

use provisor_report::{Code, Rejection, Subject};

use crate::limits;
use crate::marshal::{Reader, check_input};

/// The six sized fields of an activation blob, each with its size field, borrowed. The protocol fixes them, so they
/// stay open.
///
/// ```
/// use provisor_tpm::activation::ActivationFields;
///
/// let blob = [0, 1, 0xA1, 0, 1, 0xA2, 0, 1, 0xA3, 0, 1, 0xA4, 0, 1, 0xA5, 0, 0];
/// let fields = ActivationFields::split(&blob)?;
/// assert_eq!(fields.in_sym_seed, [0, 1, 0xA4]);
/// assert_eq!(fields.enc_uri_data, [0, 0]);
/// assert!(ActivationFields::split(&blob[..15]).is_err(), "field 6 must be there, even if empty");
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivationFields<'a> {
    /// `TPM2B_ID_OBJECT`: the key of the inner wrapper, for `TPM2_ActivateCredential`.
    pub credential_blob: &'a [u8],
    /// `TPM2B_ENCRYPTED_SECRET`: the seed of field 1, sealed to the endorsement key.
    pub encrypted_secret: &'a [u8],
    /// `TPM2B_PRIVATE`: the identity key, wrapped twice, for `TPM2_Import`.
    pub duplicate: &'a [u8],
    /// `TPM2B_ENCRYPTED_SECRET`: the seed of field 3, sealed to the storage root key.
    pub in_sym_seed: &'a [u8],
    /// `TPM2B_PUBLIC` of the identity key.
    pub id_key_public: &'a [u8],
    /// `TPM2B_DATA` in name: application data under the key of the inner wrapper; may be empty.
    pub enc_uri_data: &'a [u8],
}

impl<'a> ActivationFields<'a> {
    /// Cuts a blob. All six fields must be there, and nothing after them.
    ///
    /// # Errors
    ///
    /// [`Code::TpmBlobFields`] with the position of the field that does not fit, or
    /// [`Code::TpmTooLong`].
    pub fn split(blob: &'a [u8]) -> Result<Self, Rejection> {
        check_input("authenticationKey", blob, limits::ACTIVATION_BLOB)?;
        let mut reader = Reader::new("authenticationKey", blob);
        let mut next = || field(&mut reader);
        let fields = Self {
            credential_blob: next()?,
            encrypted_secret: next()?,
            duplicate: next()?,
            in_sym_seed: next()?,
            id_key_public: next()?,
            enc_uri_data: next()?,
        };
        reader
            .end()
            .map_err(|_| refuse(reader.position()).found("bytes after field 6"))?;
        Ok(fields)
    }
}

/// One field with its size field in front.
fn field<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Rejection> {
    let (start, at) = (reader.rest(), reader.position());
    let content = reader
        .sized()
        .map_err(|_| refuse(at).found("a field that ends beyond the blob"))?;
    Ok(start.get(..content.len() + 2).unwrap_or_default())
}

fn refuse(position: usize) -> Rejection {
    Rejection::new(Code::TpmBlobFields, Subject::field("authenticationKey"))
        .at(position)
        .expected("six sized fields and nothing after them")
}
