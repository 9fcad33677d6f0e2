//! SAS tokens.

use provisor::sas::{Resource, SasKey, SasToken};
use provisor::{IdScope, RegistrationId, UnixTime};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

/// Any text as a token. Nobody knows the key, so nothing may verify; what we sign ourselves must.
pub fn sas_token(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let scope = IdScope::parse("0ne0A1B2C3D").expect("legal");
    let id = RegistrationId::try_from("line-7-0001").expect("legal");
    let resource = Resource::registration(&scope, &id);
    let key = SasKey::from_bytes(&[0x5a; 32]).expect("long enough");
    match SasToken::parse(text) {
        Ok(token) => {
            let claims = token.check_claims(&resource, NOW);
            if token.verify(&resource, &[&key], NOW).is_ok() {
                assert!(claims.is_ok());
                let ours = key.sign(&resource, token.expires());
                let ours = SasToken::parse(ours.as_str()).expect("our own token");
                assert_eq!(token.signature(), ours.signature());
            }
            let _ = (token.resource(), token.key_name(), token.signed_text());
        }
        Err(rejection) => assert!(!rejection.to_string().contains('\n')),
    }
}
