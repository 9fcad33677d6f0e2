//! What a public area is for, read from its attributes: so that a key that is sound and in the wrong place
//! is called what it is, and the remedy does not mend the wrong key.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::policy::WellKnownPolicy;
use super::template::KeyShape;
use crate::public::Parameters;
use crate::{ObjectAttributes, Public};

/// The place that a key was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Endorsement,
    StorageRoot,
    Attestation,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Nothing yet: zeros stand where the key will be.
    Template,
    Endorsement,
    /// A primary or other storage key without a policy, as `tpm2_createprimary` makes by default.
    Storage,
    Attestation,
    Signing,
    Decryption,
    SigningAndDecryption,
    Hmac,
    Sealed,
    Symmetric,
    Unknown,
}

/// The refusal of a key that is meant for another place: by the same code, in words that say so.
pub(super) fn explain(rejection: Rejection, public: &Public<'_>, place: Place) -> Rejection {
    let role = Role::of(public);
    if role.fits(place) || !is_about_the_role(rejection.code(), role) {
        return rejection;
    }
    let found = match (rejection.found_text(), role.name()) {
        ("", name) => format!("{name}, {}", place.not()),
        (found, name) => format!("{found}: {name}, {}", place.not()),
    };
    rejection.found(found).remedy(place.remedy(public))
}

/// Other faults are those of a key that may well be in its place.
const fn is_about_the_role(code: Code, role: Role) -> bool {
    match code {
        Code::TpmNotRestricted
        | Code::TpmNotDecrypt
        | Code::TpmStorageKeySigns
        | Code::TpmAttributes
        | Code::TpmAuthPolicy
        | Code::TpmKeyKind
        | Code::TpmNotSign
        | Code::TpmSigningKeyDecrypts
        | Code::TpmNotFixedTpm
        | Code::TpmNotFixedParent
        | Code::TpmExternalOrigin => true,
        // All of them are faults of zeros.
        Code::TpmRsaModulus | Code::TpmPoint | Code::TpmPointPadding => {
            matches!(role, Role::Template)
        }
        _ => false,
    }
}

impl Role {
    fn of(public: &Public<'_>) -> Self {
        let attributes = public.attributes();
        let has = |attribute| attributes.contains(attribute);
        let (sign, decrypt) = (has(ObjectAttributes::SIGN), has(ObjectAttributes::DECRYPT));
        let zeros = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
        match public.parameters() {
            Parameters::KeyedHash(_) if sign => return Self::Hmac,
            Parameters::KeyedHash(_) => return Self::Sealed,
            Parameters::SymCipher { .. } => return Self::Symmetric,
            Parameters::Rsa(rsa) if zeros(rsa.modulus) => return Self::Template,
            Parameters::Ecc(ecc) if zeros(ecc.x) && zeros(ecc.y) => return Self::Template,
            Parameters::Rsa(_) | Parameters::Ecc(_) => {}
        }
        match (has(ObjectAttributes::RESTRICTED), sign, decrypt) {
            (true, false, true) if has_endorsement_policy(public) => Self::Endorsement,
            (true, false, true) if public.auth_policy().is_empty() => Self::Storage,
            (true, true, false) => Self::Attestation,
            (false, true, false) => Self::Signing,
            (false, false, true) => Self::Decryption,
            (_, true, true) => Self::SigningAndDecryption,
            (true, false, true) | (_, false, false) => Self::Unknown,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Template => "a template, in which zeros stand where the key will be",
            Self::Endorsement => "an endorsement key",
            Self::Storage => {
                "a storage key without a policy, as a storage root key (SRK) and the default primary key of tpm2_createprimary are"
            }
            Self::Attestation => "a restricted signing key, as attestation keys are",
            Self::Signing => "a signing key",
            Self::Decryption => "a decryption key",
            Self::SigningAndDecryption => "a key that both signs and decrypts",
            Self::Hmac => "an HMAC key",
            Self::Sealed => "sealed data",
            Self::Symmetric => "a symmetric key",
            Self::Unknown => "a key for something else",
        }
    }

    const fn fits(self, place: Place) -> bool {
        matches!(
            (self, place),
            (Self::Endorsement | Self::Unknown, Place::Endorsement)
                | (
                    Self::Storage | Self::Endorsement | Self::Unknown,
                    Place::StorageRoot
                )
                | (Self::Attestation | Self::Unknown, Place::Attestation)
        )
    }
}

impl Place {
    /// The same refusal, which says which argument it is about: by the wire's name for it.
    pub(super) fn name(self, rejection: Rejection) -> Rejection {
        let argument = match self {
            Self::Endorsement => "endorsementKey",
            Self::StorageRoot => "storageRootKey",
            Self::Attestation => "attestationKey",
        };
        let subject = Subject::field(format!("{argument}: {}", rejection.subject()));
        rejection.about(subject)
    }

    const fn not(self) -> &'static str {
        match self {
            Self::Endorsement => "not an endorsement key (EK)",
            Self::StorageRoot => "not a storage root key (SRK)",
            Self::Attestation => "not an attestation key (AK)",
        }
    }

    /// The command that makes the key of this place, of the same kind where there is one.
    fn remedy(self, public: &Public<'_>) -> &'static str {
        match (self, KeyShape::of(public)) {
            (Self::Endorsement, Some(KeyShape::Ecc(_))) => {
                "make the endorsement key with its TCG template, here L-2 (tpm2_createek -c ek.ctx -G ecc -u ek.pub), or read the one that is there (tpm2_readpublic -c 0x81010001 -o ek.pub), and send ek.pub"
            }
            (Self::Endorsement, _) => {
                "make the endorsement key with its TCG template, here L-1 (tpm2_createek -c ek.ctx -G rsa -u ek.pub), or read the one that is there (tpm2_readpublic -c 0x81010001 -o ek.pub), and send ek.pub"
            }
            (Self::StorageRoot, _) => {
                "read the storage root key (tpm2_readpublic -c 0x81000001 -o srk.pub), or make it (tpm2_createprimary -C o -c srk.ctx), and send srk.pub"
            }
            (Self::Attestation, _) => {
                "make an attestation key under the endorsement key (tpm2_createak -C ek.ctx -c ak.ctx -u ak.pub), and send ak.pub"
            }
        }
    }
}

/// A policy of the profile, or at least the attribute that only it has a use for.
fn has_endorsement_policy(public: &Public<'_>) -> bool {
    let known = [WellKnownPolicy::A, WellKnownPolicy::B, WellKnownPolicy::C]
        .into_iter()
        .any(|policy| policy.matches(public.name_alg(), public.auth_policy()));
    known
        || (!public.auth_policy().is_empty()
            && public
                .attributes()
                .contains(ObjectAttributes::ADMIN_WITH_POLICY))
}
