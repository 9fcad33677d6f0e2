//! The storage root key: the parent under which a service's key is imported.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::attributes::{check_resident, check_storage, require};
use super::role::{self, Place};
use super::template::{describe_scheme, has_no_scheme};
use super::{Template, WellKnownPolicy};
use crate::key::{StorageKey, refuse};
use crate::{HashAlg, Name, ObjectAttributes, Public, PublicKey};

/// The public area of a storage root key that was accepted.
///
/// Its attributes are the security boundary: a key that a program loads from outside cannot claim
/// fixedTPM or restricted, and whatever claims neither can be a key in a file (trap 43). The
/// template is not prescribed: any resident storage key with a sound key and a cipher will do.
#[derive(Clone, Debug)]
pub struct SrkPublic {
    tpm2b: Vec<u8>,
    name: Name,
    key: StorageKey,
}

impl SrkPublic {
    /// Reads a `TPM2B_PUBLIC` and checks it (traps 43, 48 and 49).
    ///
    /// # Errors
    ///
    /// One of the codes 3001 to 3016 for the encoding, 3019 to 3027 where it is known what was given
    /// instead; 3101 to 3122 for the key.
    pub fn from_tpm2b(bytes: &[u8]) -> Result<Self, Rejection> {
        Self::read(bytes).map_err(|rejection| Place::StorageRoot.name(rejection))
    }

    fn read(bytes: &[u8]) -> Result<Self, Rejection> {
        let public = Public::from_tpm2b(bytes)?;
        let key = check(&public)
            .map_err(|rejection| role::explain(rejection, &public, Place::StorageRoot))?;
        Ok(Self {
            tpm2b: bytes.to_vec(),
            name: public.name(),
            key,
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

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// The key that seeds of duplicated objects are sealed to.
    #[must_use]
    pub const fn storage_key(&self) -> &StorageKey {
        &self.key
    }

    /// The usual template that the key was made from, if it was.
    #[must_use]
    pub fn template(&self) -> Option<&'static Template> {
        let public = Public::from_tpm2b(&self.tpm2b).ok()?;
        Template::SRK
            .iter()
            .find(|template| template.deviations(&public).is_empty())
    }
}

impl PartialEq for SrkPublic {
    fn eq(&self, other: &Self) -> bool {
        self.tpm2b == other.tpm2b
    }
}

impl Eq for SrkPublic {}

fn check(public: &Public<'_>) -> Result<StorageKey, Rejection> {
    check_resident(public)?;
    check_storage(public)?;
    check_not_an_ek(public)?;
    // Clients authorise with the empty password; without this attribute every use of the key
    // answers TPM_RC_AUTH_UNAVAILABLE.
    require(
        public,
        ObjectAttributes::USER_WITH_AUTH,
        Code::TpmAttributes,
    )?;
    check_name_alg(public)?;
    let key = StorageKey::checked(public)?;
    check_no_scheme(public)?;
    Ok(key)
}

/// An EK in the SRK's place activates itself, and imports under it need its policy (trap 49).
fn check_not_an_ek(public: &Public<'_>) -> Result<(), Rejection> {
    let ek_policy = [WellKnownPolicy::A, WellKnownPolicy::B, WellKnownPolicy::C]
        .into_iter()
        .find(|policy| policy.matches(public.name_alg(), public.auth_policy()));
    let admin = ObjectAttributes::ADMIN_WITH_POLICY;
    if let Some(policy) = ek_policy {
        return Err(refuse(Code::TpmEkAsSrk, "authPolicy")
            .expected("no policy")
            .found(policy.label()));
    }
    if public.attributes().contains(admin) {
        return Err(refuse(Code::TpmEkAsSrk, "objectAttributes")
            .expected(format!("{admin} clear"))
            .found(format!("{}", public.attributes())));
    }
    Ok(())
}

/// A Name under SHA-1 can be given to two objects (NIST SP 800-131A revision 2 section 9).
pub(super) fn check_name_alg(public: &Public<'_>) -> Result<(), Rejection> {
    match public.name_alg() {
        HashAlg::Sha256 | HashAlg::Sha384 | HashAlg::Sha512 => Ok(()),
        HashAlg::Sha1 => Err(refuse(Code::TpmWeakName, "nameAlg")
            .expected("SHA-256, SHA-384 or SHA-512")
            .found("SHA-1")),
    }
}

/// A storage key has neither scheme nor key derivation (Part 2 section 12.2.3.5).
fn check_no_scheme(public: &Public<'_>) -> Result<(), Rejection> {
    if has_no_scheme(public) {
        return Ok(());
    }
    Err(refuse(Code::TpmSchemeSet, "scheme")
        .expected("no scheme and no key derivation")
        .found(describe_scheme(public)))
}
