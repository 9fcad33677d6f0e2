//! The judgement of a token.

mod claims;
mod mismatch;
mod spellings;

use alloc::vec::Vec;

use provisor_report::{Rejection, UnixTime};

use super::key::SasKey;
use super::resource::Resource;
use super::token::SasToken;
use crate::id::RegistrationId;
pub(crate) use claims::shown;
pub(crate) use spellings::spellings;

/// A token that was signed with the right key, for this very registration, and has not expired.
///
/// Only [`SasToken::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedToken {
    id: RegistrationId,
    expires: UnixTime,
    key: usize,
}

impl VerifiedToken {
    /// The device that holds the key.
    #[must_use]
    pub const fn registration_id(&self) -> &RegistrationId {
        &self.id
    }

    /// The second after which the token is no longer good.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }

    /// Which of the keys that were given the token was signed with, counted from 0.
    #[must_use]
    pub const fn key_index(&self) -> usize {
        self.key
    }
}

impl SasToken<'_> {
    /// Judges the token: the resource, the key's name, the expiry, then the signature against each
    /// of the keys (an enrollment's primary and secondary).
    ///
    /// The signature comes last so that a right signature over a wrong resource is told apart from
    /// a wrong key. A forger learns nothing by it that the token does not say.
    ///
    /// A signature that fits no key is refused, whatever follows. Then some more HMACs with the first
    /// [`limits::SAS_DIAGNOSED_KEYS`](crate::limits::SAS_DIAGNOSED_KEYS) keys say what its maker did, if it is one of the usual
    /// mistakes. Such an answer is given only for a signature that a holder of the key made.
    ///
    /// ```
    /// # use provisor::sas::{Resource, SasKey, SasToken};
    /// # use provisor::{IdScope, RegistrationId, UnixTime};
    /// # let (scope, id) = (IdScope::parse("0ne0A1B2C3D")?, RegistrationId::try_from("line-7")?);
    /// # let (resource, now) = (Resource::registration(&scope, &id), UnixTime::new(1_790_000_000));
    /// let text = "c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==";
    /// let (right, wrong) = (SasKey::from_base64(text)?, SasKey::from_bytes(text.as_bytes())?);
    /// let token = wrong.sign(&resource, now.saturating_add(60)).to_string();
    /// let refused = SasToken::parse(&token)?.verify(&resource, &[&right], now).unwrap_err();
    /// assert_eq!(refused.code().name(), "SAS_KEY_NOT_DECODED");
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`check_claims`](Self::check_claims); [`SasSignature`](provisor_report::Code::SasSignature), or one of
    /// the codes 3516 to 3519, 3521 and 3524 where the mistake is known.
    pub fn verify(
        &self,
        expected: &Resource<'_>,
        keys: &[&SasKey],
        now: UnixTime,
    ) -> Result<VerifiedToken, Rejection> {
        self.check_claims(expected, now)?;
        match self.fitting(keys.iter().copied().enumerate()) {
            Some(key) => Ok(self.verified(expected, key)),
            None => Err(mismatch::of_keys(self, expected, keys)),
        }
    }

    /// Judges the token of a device of a symmetric key group, as [`verify`](Self::verify) does: by
    /// the keys that are derived from these group keys (primary and secondary, of as many groups as
    /// are asked at once).
    ///
    /// The device's key is derived from the registration ID as it was received and, failing that, from
    /// its lower case: the documentation asks for the latter, and tools do the former.
    ///
    /// ```
    /// # use provisor::sas::{Resource, SasKey, SasToken};
    /// # use provisor::{IdScope, RegistrationId, UnixTime};
    /// # let (scope, id) = (IdScope::parse("0ne0A1B2C3D")?, RegistrationId::try_from("Line-7")?);
    /// # let (resource, now) = (Resource::registration(&scope, &id), UnixTime::new(1_790_000_000));
    /// let group = SasKey::from_base64("c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==")?;
    /// let token = group.derive(&id).sign(&resource, now.saturating_add(60)).to_string();
    /// let verified = SasToken::parse(&token)?.verify_group(&resource, &[&group], now)?;
    /// assert_eq!(verified.key_index(), 0);
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    ///
    /// # Errors
    /// As [`verify`](Self::verify); also [`SasGroupKey`](provisor_report::Code::SasGroupKey) and
    /// [`SasDerivedCase`](provisor_report::Code::SasDerivedCase).
    pub fn verify_group(
        &self,
        expected: &Resource<'_>,
        group_keys: &[&SasKey],
        now: UnixTime,
    ) -> Result<VerifiedToken, Rejection> {
        self.check_claims(expected, now)?;
        let derived: Vec<_> = group_keys
            .iter()
            .enumerate()
            .flat_map(|(index, key)| {
                spellings(expected.id()).map(move |id| (index, key.derive_from(id)))
            })
            .collect();
        match self.fitting(derived.iter().map(|(index, key)| (*index, key))) {
            Some(key) => Ok(self.verified(expected, key)),
            None => Err(mismatch::of_group(self, expected, group_keys)),
        }
    }

    /// Everything but the signature, for callers whose key is held elsewhere.
    ///
    /// # Errors
    /// [`SasResource`](provisor_report::Code::SasResource), [`SasEncodedTwice`](provisor_report::Code::SasEncodedTwice),
    /// [`SasKeyName`](provisor_report::Code::SasKeyName), [`SasExpired`](provisor_report::Code::SasExpired),
    /// [`SasExpiryFar`](provisor_report::Code::SasExpiryFar) or [`SasExpiryUnit`](provisor_report::Code::SasExpiryUnit).
    pub fn check_claims(&self, expected: &Resource<'_>, now: UnixTime) -> Result<(), Rejection> {
        claims::check_resource(self, expected)?;
        claims::check_key_name(self)?;
        claims::check_expiry(self, now)
    }

    /// Why the token fits none of these keys of an individual enrollment.
    pub(crate) fn explain_keys(&self, expected: &Resource<'_>, keys: &[&SasKey]) -> Rejection {
        mismatch::of_keys(self, expected, keys)
    }

    /// Why the token fits nothing that is derived from these keys of groups.
    pub(crate) fn explain_group(&self, expected: &Resource<'_>, keys: &[&SasKey]) -> Rejection {
        mismatch::of_group(self, expected, keys)
    }

    /// The expiry alone, for tokens of other resources: those of a hub's devices and services.
    ///
    /// # Errors
    /// [`SasExpired`](provisor_report::Code::SasExpired), [`SasExpiryFar`](provisor_report::Code::SasExpiryFar) or
    /// [`SasExpiryUnit`](provisor_report::Code::SasExpiryUnit).
    pub fn check_expiry(&self, now: UnixTime) -> Result<(), Rejection> {
        claims::check_expiry(self, now)
    }

    /// The signature alone: true when one of these keys made it. All are tried, so that the time does not
    /// tell which.
    ///
    /// It proves what the token says and no more: compare the [resource](Self::resource), and
    /// [the expiry](Self::check_expiry).
    ///
    /// ```
    /// # use provisor::sas::{SasKey, SasToken};
    /// # use provisor::UnixTime;
    /// # let [key, other] = [[7; 32], [8; 32]].map(|bytes| SasKey::from_bytes(&bytes).unwrap());
    /// let text = key.sign_for_service("hub-a.example.net", "service", UnixTime::new(1_790_000_000));
    /// let token = SasToken::parse(text.as_str())?;
    /// assert!(token.is_signed_by(&[&other, &key]) && !token.is_signed_by(&[&other]));
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    #[must_use]
    pub fn is_signed_by(&self, keys: &[&SasKey]) -> bool {
        self.fitting(keys.iter().copied().enumerate()).is_some()
    }

    /// What a signature covers whose maker signed the resource before it was encoded.
    pub(crate) fn text_with_plain_resource(&self) -> alloc::string::String {
        alloc::format!("{}\n{}", self.resource(), self.raw_expiry())
    }

    /// Which key fits. All are tried, so that the time does not tell.
    fn fitting<'k>(&self, keys: impl Iterator<Item = (usize, &'k SasKey)>) -> Option<usize> {
        let message = self.signed_text();
        keys.fold(None, |fits, (index, key)| {
            let this = key.verifies(message.as_bytes(), self.signature());
            fits.or_else(|| this.then_some(index))
        })
    }

    fn verified(&self, expected: &Resource<'_>, key: usize) -> VerifiedToken {
        VerifiedToken {
            id: expected.id().clone(),
            expires: self.expires(),
            key,
        }
    }
}

#[cfg(test)]
mod tests;
