//! The judgement of a token.

use alloc::format;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::key::SasKey;
use super::resource::Resource;
use super::sign::KEY_NAME;
use super::token::SasToken;
use crate::id::RegistrationId;
use crate::limits;

/// A token that was signed with the right key, for this very registration, and has not expired.
///
/// Only [`SasToken::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedToken {
    id: RegistrationId,
    expires: UnixTime,
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
}

impl SasToken<'_> {
    /// Judges the token: the resource, the key's name, the expiry, then the signature against each
    /// of the keys (an enrollment's primary and secondary).
    ///
    /// The signature comes last so that a right signature over a wrong resource is told apart from
    /// a wrong key. A forger learns nothing by it that the token does not say.
    ///
    /// # Errors
    /// [`SasResource`](Code::SasResource), [`SasKeyName`](Code::SasKeyName),
    /// [`SasExpired`](Code::SasExpired) or [`SasSignature`](Code::SasSignature).
    pub fn verify(
        &self,
        expected: &Resource<'_>,
        keys: &[&SasKey],
        now: UnixTime,
    ) -> Result<VerifiedToken, Rejection> {
        self.check_claims(expected, now)?;
        let message = self.signed_text();
        // All keys are tried, so that the time does not tell which one fitted.
        let fits = keys.iter().fold(false, |fits, key| {
            key.verifies(message.as_bytes(), self.signature()) | fits
        });
        if !fits {
            return Err(Rejection::new(Code::SasSignature, Subject::field("sig")));
        }
        Ok(VerifiedToken {
            id: expected.id().clone(),
            expires: self.expires(),
        })
    }

    /// Everything but the signature, for callers whose key is held elsewhere.
    ///
    /// # Errors
    /// [`SasResource`](Code::SasResource), [`SasKeyName`](Code::SasKeyName) or
    /// [`SasExpired`](Code::SasExpired).
    pub fn check_claims(&self, expected: &Resource<'_>, now: UnixTime) -> Result<(), Rejection> {
        self.check_resource(expected)?;
        self.check_key_name()?;
        self.check_expiry(now)
    }

    fn check_resource(&self, expected: &Resource<'_>) -> Result<(), Rejection> {
        if expected.is_named_by(self.resource()) {
            return Ok(());
        }
        Err(Rejection::new(Code::SasResource, Subject::field("sr"))
            .expected(format!("{expected}"))
            .found(format!("\"{}\"", self.resource().escape_default())))
    }

    fn check_key_name(&self) -> Result<(), Rejection> {
        match self.key_name() {
            None | Some(KEY_NAME) => Ok(()),
            Some(other) => Err(Rejection::new(Code::SasKeyName, Subject::field("skn"))
                .expected(KEY_NAME)
                .found(format!("\"{}\"", other.escape_default()))),
        }
    }

    /// Good up to and including the second `se`, and [`limits::SAS_CLOCK_SKEW_SECONDS`] beyond it.
    fn check_expiry(&self, now: UnixTime) -> Result<(), Rejection> {
        let end = self
            .expires()
            .saturating_add(limits::SAS_CLOCK_SKEW_SECONDS);
        if now <= end {
            return Ok(());
        }
        Err(Rejection::new(Code::SasExpired, Subject::field("se"))
            .expected(format!(
                "{now} or later ({} s of clock difference allowed)",
                limits::SAS_CLOCK_SKEW_SECONDS
            ))
            .found(format!("{}", self.expires())))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString as _};

    use proptest::prelude::*;

    use super::*;
    use crate::id::IdScope;

    const NOW: UnixTime = UnixTime::new(1_790_000_000);

    struct World {
        scope: IdScope,
        id: RegistrationId,
        key: SasKey,
        other: SasKey,
    }

    impl World {
        fn new() -> Self {
            Self {
                scope: IdScope::parse("0ne0A1B2C3D").unwrap(),
                id: RegistrationId::try_from("Line-7").unwrap(),
                key: SasKey::from_bytes(&[1; 32]).unwrap(),
                other: SasKey::from_bytes(&[2; 32]).unwrap(),
            }
        }

        fn resource(&self) -> Resource<'_> {
            Resource::registration(&self.scope, &self.id)
        }

        fn token(&self, seconds: i64) -> String {
            self.key
                .sign(&self.resource(), NOW.saturating_add(seconds))
                .to_string()
        }

        fn judge(&self, text: &str) -> Result<VerifiedToken, Code> {
            let token = SasToken::parse(text).map_err(|rejection| rejection.code())?;
            let keys = [&self.other, &self.key];
            token
                .verify(&self.resource(), &keys, NOW)
                .map_err(|rejection| rejection.code())
        }
    }

    #[test]
    fn a_good_token_is_verified_by_any_of_the_keys() {
        let world = World::new();
        let verified = world.judge(&world.token(60)).unwrap();
        assert_eq!(verified.registration_id(), &world.id);
        assert_eq!(verified.expires(), NOW.saturating_add(60));
        let text = world.token(60);
        let token = SasToken::parse(&text).unwrap();
        for keys in [&[][..], &[&world.other][..]] {
            let refused = token.verify(&world.resource(), keys, NOW).unwrap_err();
            assert_eq!(refused.code(), Code::SasSignature);
        }
    }

    #[test]
    fn the_clock_may_differ_by_five_minutes_and_no_second_more() {
        let world = World::new();
        assert!(world.judge(&world.token(-300)).is_ok());
        assert_eq!(world.judge(&world.token(-301)), Err(Code::SasExpired));
    }

    #[test]
    fn a_token_for_another_device_scope_or_collection_is_refused() {
        let world = World::new();
        for resource in [
            "0ne0A1B2C3D%2Fregistrations%2Fline-8",
            "0ne0A1B2C3E%2Fregistrations%2Fline-7",
            "0ne0A1B2C3D%2Fenrollments%2Fline-7",
            "0ne0A1B2C3D%2Fregistrations%2Fline-7%2F",
            "0ne0A1B2C3D%2Fregistrations",
            "0ne0A1B2C3D%252Fregistrations%252Fline-7",
        ] {
            let text = world
                .token(60)
                .replace("0ne0A1B2C3D%2Fregistrations%2FLine-7", resource);
            assert_eq!(world.judge(&text), Err(Code::SasResource), "{resource}");
        }
    }

    #[test]
    fn the_whole_resource_in_lower_case_is_the_same_resource() {
        let world = World::new();
        let lower = RegistrationId::try_from("line-7").unwrap();
        let scope = IdScope::parse("0ne0a1b2c3d").unwrap();
        let resource = Resource::registration(&scope, &lower);
        let text = world.key.sign(&resource, NOW).to_string();
        assert!(world.judge(&text).is_ok());
    }

    #[test]
    fn a_foreign_key_name_is_refused() {
        let world = World::new();
        let text = world
            .token(60)
            .replace("skn=registration", "skn=iothubowner");
        assert_eq!(world.judge(&text), Err(Code::SasKeyName));
        assert!(
            world
                .judge(&world.token(60).replace("&skn=registration", ""))
                .is_ok()
        );
    }

    proptest! {
        #[test]
        fn a_changed_character_is_never_accepted(position in 0_usize..200, with in "[ -~]") {
            let world = World::new();
            let good = world.token(60);
            let position = position % good.len();
            let mut bad = good.clone();
            bad.replace_range(position..=position, &with);
            // Case of scheme and field names is free; a hexadecimal digit of `sig` has two cases.
            let same = bad.eq_ignore_ascii_case(&good);
            prop_assert!(world.judge(&bad).is_err() || same, "{}", bad);
        }
    }
}
