//! Certifications: that an object is in the TPM, and how it came there.

use alloc::format;

use provisor_report::{Code, Rejection};

use super::bare_key::BareKey;
use super::nonce::Nonce;
use super::signed::{refuse, verify_signed, wrong_kind};
use super::signer::Signer;
use super::structure::{Attest, Attested, Kind};
use crate::marshal::check_input;
use crate::{AkPublic, Name, limits};

/// A certification that was verified: the object of this Name was loaded in the signer's TPM.
///
/// The attributes of the object are in its public area, of which the Name is the digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCertification {
    ak: Name,
    object: Name,
}

/// A creation that was verified: the signer's TPM made the object of this Name, and these were the
/// circumstances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCreation {
    ak: Name,
    object: Name,
}

impl VerifiedCertification {
    /// The Name of the attestation key that signed.
    #[must_use]
    pub const fn ak_name(&self) -> &Name {
        &self.ak
    }

    /// The Name of the object.
    #[must_use]
    pub const fn object_name(&self) -> &Name {
        &self.object
    }
}

impl VerifiedCreation {
    /// The Name of the attestation key that signed.
    #[must_use]
    pub const fn ak_name(&self) -> &Name {
        &self.ak
    }

    /// The Name of the object.
    #[must_use]
    pub const fn object_name(&self) -> &Name {
        &self.object
    }
}

/// Verifies the result of `TPM2_Certify`: signed by `ak`, answering `nonce`, about `object`.
///
/// # Errors
///
/// [`Code::TpmCertifiedName`] when another object was certified; otherwise one of the codes 3301
/// to 3308, or of 3001 to 3004 for the encoding.
pub fn verify_certify(
    ak: &AkPublic,
    attest: &[u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
    object: &Name,
) -> Result<VerifiedCertification, Rejection> {
    judge(ak.into(), attest, signature, nonce, object)?;
    Ok(VerifiedCertification {
        ak: *ak.name(),
        object: *object,
    })
}

/// As [`verify_certify`], by a key of which nobody has shown that it is in a TPM: whoever holds it can
/// certify what does not exist.
///
/// # Errors
///
/// As [`verify_certify`].
pub fn danger_verify_certify_by<'a>(
    key: &BareKey,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
    object: &Name,
) -> Result<Attest<'a>, Rejection> {
    judge(key.signer(), attest, signature, nonce, object)
}

fn judge<'a>(
    signer: Signer<'_>,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
    object: &Name,
) -> Result<Attest<'a>, Rejection> {
    let parsed = verify_signed(signer, Kind::Certify, attest, signature, nonce)?;
    let Attested::Certify { name, .. } = parsed.attested else {
        return Err(wrong_kind("TPM_ST_ATTEST_CERTIFY", &parsed));
    };
    check_name(object, name)?;
    Ok(parsed)
}

/// Verifies the result of `TPM2_CertifyCreation`: signed by `ak`, answering `nonce`, about `object`
/// and its creation data (`TPMS_CREATION_DATA` without size field, which
/// [`CreationData`](super::CreationData) reads).
///
/// # Errors
///
/// [`Code::TpmCertifiedName`] when another object was certified, [`Code::TpmCreationData`] when
/// the data is not what was certified; otherwise as [`verify_certify`].
pub fn verify_creation(
    ak: &AkPublic,
    attest: &[u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
    object: &Name,
    creation_data: &[u8],
) -> Result<VerifiedCreation, Rejection> {
    check_input("TPMS_CREATION_DATA", creation_data, limits::CREATION_DATA)?;
    let parsed = verify_signed(ak.into(), Kind::Creation, attest, signature, nonce)?;
    let Attested::Creation {
        name,
        creation_hash,
    } = parsed.attested
    else {
        return Err(wrong_kind("TPM_ST_ATTEST_CREATION", &parsed));
    };
    check_name(object, name)?;
    check_creation_hash(object, creation_data, creation_hash)?;
    Ok(VerifiedCreation {
        ak: *ak.name(),
        object: *object,
    })
}

/// The whole Name: a cut one, a handle or another algorithm is another object (trap 80).
fn check_name(object: &Name, certified: &[u8]) -> Result<(), Rejection> {
    if object.as_bytes() == certified {
        return Ok(());
    }
    Err(refuse(Code::TpmCertifiedName, "attested.name")
        .expected(format!("{object}"))
        .found(match Name::from_bytes(certified) {
            Ok(other) => format!("{other}"),
            Err(_) if object.as_bytes().get(2..) == Some(certified) => {
                "the digest of that Name without the two bytes of its algorithm".into()
            }
            Err(_) if certified.len() == 4 => "a handle, which is no Name of an object".into(),
            Err(_) => format!("{} bytes that are no Name", certified.len()),
        }))
}

/// The creation hash is made with the object's nameAlg (Part 3 section 12.1; trap 82).
fn check_creation_hash(object: &Name, data: &[u8], certified: &[u8]) -> Result<(), Rejection> {
    if object.algorithm().digest(&[data]).as_ref() == certified {
        return Ok(());
    }
    Err(refuse(Code::TpmCreationData, "creation.creationHash")
        .expected(format!(
            "the {} digest of the creation data",
            object.algorithm()
        ))
        .found("another digest"))
}
