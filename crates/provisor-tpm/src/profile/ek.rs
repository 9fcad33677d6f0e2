//! The endorsement key: the identity of a TPM.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::attributes::{check_resident, check_storage};
use super::role::{self, Place};
use super::srk::check_name_alg;
use super::{KeyShape, Template};
use crate::key::{StorageKey, refuse};
use crate::{Name, ObjectAttributes, Public, PublicKey};

/// The public area of an endorsement key that was accepted.
///
/// Accepted means: resident in a TPM, a restricted storage key, made from a template of the TCG EK
/// Credential Profile, and with a sound key. It does *not* mean that a genuine TPM made it: anyone
/// can write such bytes. That is what a certificate of the TPM's maker says, or an enrollment that
/// names this very key; and only an answered [`crate::Challenge`] shows that the other side holds
/// the private key.
///
/// ```
/// # fn main() -> Result<(), provisor_tpm::Rejection> {
/// # let bytes = [];
/// let refused = provisor_tpm::EkPublic::from_tpm2b(&bytes).unwrap_err();
/// assert_eq!(refused.code().name(), "TPM_TRUNCATED");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EkPublic {
    tpm2b: Vec<u8>,
    name: Name,
    template: &'static Template,
    key: StorageKey,
}

impl EkPublic {
    /// Reads a `TPM2B_PUBLIC` and checks it against the profile (traps 1 to 28).
    ///
    /// # Errors
    ///
    /// One of the codes 3001 to 3016 for the encoding, 3019 to 3027 where it is known what was given
    /// instead; 3101 to 3121 for the key.
    pub fn from_tpm2b(bytes: &[u8]) -> Result<Self, Rejection> {
        Self::read(bytes).map_err(|rejection| Place::Endorsement.name(rejection))
    }

    fn read(bytes: &[u8]) -> Result<Self, Rejection> {
        let public = Public::from_tpm2b(bytes)?;
        let (template, key) = check_profile(&public)
            .map_err(|rejection| role::explain(rejection, &public, Place::Endorsement))?;
        Ok(Self {
            tpm2b: bytes.to_vec(),
            name: public.name(),
            template,
            key: StorageKey {
                hash: template.name_alg(),
                cipher: template.cipher(),
                key,
            },
        })
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

    /// The template that the key was made from.
    #[must_use]
    pub const fn template(&self) -> &'static Template {
        self.template
    }

    /// The public key, for comparison with a certificate.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// The longest secret that a credential for this key can carry: one digest of its nameAlg
    /// (Part 3 section 12.6; trap 55).
    #[must_use]
    pub const fn longest_secret(&self) -> usize {
        self.key.hash.digest_bytes()
    }

    /// The key that credentials are sealed to.
    #[must_use]
    pub const fn storage_key(&self) -> &StorageKey {
        &self.key
    }
}

impl PartialEq for EkPublic {
    fn eq(&self, other: &Self) -> bool {
        self.tpm2b == other.tpm2b
    }
}

impl Eq for EkPublic {}

/// The rules in the order in which a technician would want to hear of them.
fn check_profile(public: &Public<'_>) -> Result<(&'static Template, PublicKey), Rejection> {
    let Some(shape) = KeyShape::of(public) else {
        return Err(refuse(Code::TpmKeyKind, "type")
            .expected("TPM_ALG_RSA or TPM_ALG_ECC")
            .found(format!("{}", public.parameters().type_id())));
    };
    check_resident(public)?;
    check_storage(public)?;
    check_name_alg(public)?;
    // Sizes, exponent and point come before the template: they say more.
    let key = PublicKey::checked(public)?;
    let template = find_template(shape, public)?;
    match template.deviations(public).into_iter().next() {
        Some(deviation) => Err(deviation.into_rejection()),
        None => Ok((template, key)),
    }
}

/// userWithAuth tells the ranges apart: the low range has it clear, the high range set. There is no
/// low-range template for P-384, P-521, RSA-3072 and RSA-4096 (trap 27).
fn find_template(shape: KeyShape, public: &Public<'_>) -> Result<&'static Template, Rejection> {
    let high = public
        .attributes()
        .contains(ObjectAttributes::USER_WITH_AUTH);
    let of_shape = || Template::EK.iter().filter(move |row| row.shape() == shape);
    of_shape()
        .find(|row| row.attributes().contains(ObjectAttributes::USER_WITH_AUTH) == high)
        .or_else(|| of_shape().next())
        .ok_or_else(|| {
            refuse(Code::TpmTemplate, "type")
                .expected("a key of the templates L-1, L-2, H-1 to H-4, H-6 or H-7")
                .found(format!("{shape}"))
        })
}
