//! Identifiers.

use provisor::{DeviceId, GroupId, HubName, IdRules, IdScope, RegistrationId, Rejection};

/// Any text as every kind of identifier. A legal one is printed as it was written, its normal form
/// is legal and its own normal form; a refusal points into the text.
pub fn registration_id(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    check(text, |text| {
        RegistrationId::parse(text, IdRules::Current)
            .map(|id| (id.to_string(), id.normal_form().to_owned()))
    });
    check(text, |text| {
        RegistrationId::parse(text, IdRules::V2017)
            .map(|id| (id.to_string(), id.normal_form().to_owned()))
    });
    check(text, |text| {
        IdScope::parse(text).map(|id| (id.to_string(), id.normal_form().to_owned()))
    });
    check(text, |text| {
        GroupId::parse(text).map(|id| (id.to_string(), id.normal_form().to_owned()))
    });
    check(text, |text| {
        HubName::parse(text).map(|id| (id.to_string(), id.normal_form().to_owned()))
    });
    check(text, |text| {
        DeviceId::parse(text).map(|id| (id.to_string(), id.as_str().to_owned()))
    });
    // The rules of 2017 are the narrower ones.
    if RegistrationId::parse(text, IdRules::V2017).is_ok() {
        assert!(RegistrationId::parse(text, IdRules::Current).is_ok());
    }
}

/// `parse` gives the text as it is printed, and its normal form.
fn check(text: &str, parse: impl Fn(&str) -> Result<(String, String), Rejection>) {
    match parse(text) {
        Ok((printed, normal)) => {
            assert_eq!(printed, text);
            let again = parse(&normal).expect("a normal form is legal");
            assert_eq!(again.1, normal);
        }
        Err(rejection) => {
            let position = rejection.position().expect("a refused text has a position");
            assert!(position <= text.len() && text.is_char_boundary(position));
            assert!(!rejection.to_string().contains('\n'));
        }
    }
}
