use alloc::format;
use alloc::string::{String, ToString as _};

use proptest::prelude::*;
use provisor_report::Code;

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

#[test]
fn a_resource_that_was_encoded_more_than_once_is_named() {
    let world = World::new();
    let once = "0ne0A1B2C3D%2Fregistrations%2FLine-7";
    let twice = once.replace('%', "%25");
    for (sr, code) in [
        (twice.clone(), Code::SasEncodedTwice),
        (twice.replace('%', "%25"), Code::SasEncodedTwice),
        (twice.to_lowercase(), Code::SasEncodedTwice),
        (twice.replace("Line-7", "Line-8"), Code::SasResource),
        (format!("{once}%2525"), Code::SasResource),
    ] {
        let text = world.token(60).replace(once, &sr);
        assert_eq!(world.judge(&text), Err(code), "{sr}");
    }
}

#[test]
fn an_expiry_far_ahead_is_refused_and_another_unit_named() {
    let world = World::new();
    let life = crate::limits::SAS_LIFE_SECONDS;
    assert!(world.judge(&world.token(life + 300)).is_ok());
    let far = world.token(life + 301);
    assert_eq!(world.judge(&far), Err(Code::SasExpiryFar));
    let soon = NOW.seconds() + 3600;
    for (number, unit) in [
        (soon * 1_000, "milliseconds"),
        (soon * 1_000_000, "microseconds"),
        (soon * 1_000_000_000, "nanoseconds"),
        ((soon + 62_135_596_800) * 10_000_000, "ticks of 100 ns"),
    ] {
        let text = world.token(number - NOW.seconds());
        let token = SasToken::parse(&text).unwrap();
        let refused = token
            .verify(&world.resource(), &[&world.key], NOW)
            .unwrap_err();
        assert_eq!(refused.code(), Code::SasExpiryUnit, "{refused}");
        assert!(refused.found_text().contains(unit), "{refused}");
        assert!(
            refused.expected_text().contains(&soon.to_string()),
            "{refused}"
        );
    }
    let max = world.token(i64::MAX);
    assert_eq!(world.judge(&max), Err(Code::SasExpiryFar));
}

#[test]
fn the_longest_life_is_the_callers() {
    let world = World::new();
    let judge = |text: &str| {
        let token = SasToken::parse(text).unwrap().with_longest_life(3600);
        let verified = token.verify(&world.resource(), &[&world.key], NOW);
        verified.map(drop).map_err(|rejection| rejection.code())
    };
    assert_eq!(judge(&world.token(3900)), Ok(()));
    assert_eq!(judge(&world.token(3901)), Err(Code::SasExpiryFar));
    let forever = SasToken::parse(&world.token(i64::MAX)).map(|_| ());
    assert!(forever.is_ok());
}

#[test]
fn a_length_of_time_in_place_of_a_time_is_named() {
    let world = World::new();
    let text = world.token(3600 - NOW.seconds());
    let token = SasToken::parse(&text).unwrap();
    let refused = token
        .verify(&world.resource(), &[&world.key], NOW)
        .unwrap_err();
    assert_eq!(refused.code(), Code::SasExpired);
    assert!(refused.found_text().contains("length of time"), "{refused}");
}

#[test]
fn a_key_in_place_of_its_name_is_not_shown() {
    let world = World::new();
    let key = "N3YUmPTQG756CwgmD1gz9AArNlKfcJZFX9V+b4e8xTI=";
    let (token, shown) = (world.token(60), |text: String| {
        let token = SasToken::parse(&text).unwrap();
        token
            .verify(&world.resource(), &[&world.key], NOW)
            .unwrap_err()
            .to_string()
    });
    for secret in [key.to_string(), format!("SharedAccessKey={key}")] {
        let encoded = super::super::percent::encode(&secret);
        for text in [
            token.replace("skn=registration", &format!("skn={encoded}")),
            format!(
                "SharedAccessSignature sr={encoded}{}",
                token.split_at(token.find("&sig").unwrap()).1
            ),
        ] {
            let refused = shown(text);
            assert!(
                refused.contains("can be a key") && !refused.contains("N3YU"),
                "{refused}"
            );
        }
    }
    for name in [
        "iothubowner",
        "provisioningserviceowner",
        "registryReadWrite",
    ] {
        let refused = shown(token.replace("skn=registration", &format!("skn={name}")));
        assert!(refused.contains(name), "{refused}");
    }
    let refused = shown(format!("{token}\n"));
    assert!(refused.contains("without a line break"), "{refused}");
    let hub = "my-hub.azure-devices.net%2Fdevices%2FA-Device-Of-Line-0007";
    let refused = shown(format!(
        "SharedAccessSignature sr={hub}&sig={}",
        token.split_once("&sig=").unwrap().1
    ));
    assert!(refused.contains("A-Device-Of-Line-0007"), "{refused}");
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
