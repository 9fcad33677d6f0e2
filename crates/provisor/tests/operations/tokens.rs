//! Who calls: the tokens of the service's own operations.

use proptest::prelude::*;
use provisor::enrollment::SymmetricKeys;
use provisor::operations::{
    AccessPolicy, Caller, CertificateDraft, Field, Kind, PolicyName, Right, Rights, Target,
    authorize,
};
use provisor::sas::SasKey;
use provisor::{Code, Rejection, UnixTime};
use provisor_testkit::random::SeededRandom;

const NOW: UnixTime = UnixTime::new(1_790_000_000);
const HOST: &str = "dps.example.net";

fn policies() -> Vec<AccessPolicy> {
    let mut random = SeededRandom::new(1, "policies");
    [
        ("owner", Rights::ALL),
        ("reader", Rights::NONE.with(Right::EnrollmentRead)),
    ]
    .map(|(name, rights)| {
        let keys = SymmetricKeys::generate(&mut random).unwrap();
        AccessPolicy::new(PolicyName::parse(name).unwrap(), keys, rights)
    })
    .into()
}

fn judge(header: &str) -> Result<Caller, Rejection> {
    let target = Target::new(HOST, "/enrollments/line-7");
    authorize(Some(header), &target, &policies(), NOW)
}

fn signed(key: &SasKey, host: &str, name: &str) -> String {
    key.sign_for_service(host, name, NOW.saturating_add(3600))
        .to_string()
}

#[test]
fn c9_either_key_of_a_policy_opens_what_its_rights_say() {
    for policy in policies() {
        for key in [policy.keys.primary(), policy.keys.secondary()] {
            for host in [
                HOST,
                "DPS.example.net",
                "https://dps.example.net",
                "dps.example.net/enrollments",
            ] {
                let caller = judge(&signed(key, host, policy.name.as_str())).unwrap();
                assert_eq!(
                    (caller.name(), caller.rights()),
                    (policy.name.as_str(), policy.rights)
                );
            }
        }
    }
}

#[test]
fn c9_what_is_wrong_with_a_token_is_told_by_its_code() {
    let all = policies();
    let (owner, reader) = (&all[0], &all[1]);
    let key = owner.keys.primary();
    let stranger = SasKey::from_bytes(&[9; 32]).unwrap();
    let expired = key
        .sign_for_service(HOST, "owner", NOW.saturating_add(-1000))
        .to_string();
    let far = key
        .sign_for_service(HOST, "owner", NOW.saturating_add(1 << 40))
        .to_string();
    let nameless = signed(key, HOST, "").replace("&skn=", "");
    for (header, code) in [
        (
            signed(key, "other.example.net", "owner"),
            Code::ServiceTokenResource,
        ),
        (
            signed(key, "dps.example.net/registrations", "owner"),
            Code::ServiceTokenResource,
        ),
        (signed(key, HOST, ""), Code::ServiceTokenPolicy),
        (nameless, Code::ServiceTokenPolicy),
        (signed(&stranger, HOST, "nobody"), Code::ServiceTokenPolicy),
        (
            signed(&stranger, HOST, "owner"),
            Code::ServiceTokenSignature,
        ),
        (signed(key, HOST, "Owner"), Code::ServiceTokenOtherPolicy),
        (
            signed(reader.keys.secondary(), HOST, "owner"),
            Code::ServiceTokenOtherPolicy,
        ),
        (expired, Code::SasExpired),
        (far, Code::SasExpiryFar),
        ("Bearer eyJhbGciOi".to_owned(), Code::ServiceBearer),
        ("bearer".to_owned(), Code::ServiceBearer),
        ("Basic abc".to_owned(), Code::SasScheme),
        (String::new(), Code::SasScheme),
    ] {
        assert_eq!(judge(&header).unwrap_err().code(), code, "{header}");
    }
    let target = Target::new(HOST, "/");
    let none = authorize(None, &target, &all, NOW).unwrap_err();
    assert_eq!(none.code(), Code::ServiceUnauthenticated);
}

#[test]
fn c10_bearer_tokens_have_a_code_of_their_own() {
    let refused = judge("Bearer eyJhbGciOi").unwrap_err();
    assert_eq!(refused.code(), Code::ServiceBearer);
    assert!(!refused.to_string().contains("eyJ"));
}

#[test]
fn c9_a_stranger_is_told_the_same_whether_the_policy_exists() {
    let stranger = SasKey::from_bytes(&[9; 32]).unwrap();
    let there = judge(&signed(&stranger, HOST, "owner")).unwrap_err();
    let not_there = judge(&signed(&stranger, HOST, "nobody")).unwrap_err();
    assert_ne!(there, not_there);
    assert_eq!(there.public(), not_there.public());
    assert_eq!(there.public().code(), Code::ServiceNotAdmitted);
    // The key of nobody, which everybody knows, opens nothing.
    let nobodys = SasKey::from_bytes(&[0; 64]).unwrap();
    assert!(judge(&signed(&nobodys, HOST, "nobody")).is_err());
}

#[test]
fn c9_a_changed_token_is_refused() {
    let all = policies();
    let header = signed(all[0].keys.primary(), HOST, "owner");
    let later = header.replace("se=1790003600", "se=1790003601");
    assert_ne!(header, later);
    assert_eq!(
        judge(&later).unwrap_err().code(),
        Code::ServiceTokenSignature
    );
    let elsewhere = header.replace("sr=dps", "sr=DPS");
    assert_ne!(header, elsewhere);
    assert_eq!(
        judge(&elsewhere).unwrap_err().code(),
        Code::ServiceTokenSignature
    );
}

#[test]
fn d4_a_replaced_key_opens_nothing_and_the_other_goes_on() {
    let before = policies();
    let mut random = SeededRandom::new(2, "rotated");
    let mut after = before.clone();
    let drawn = SasKey::generate(&mut random).unwrap();
    after[0].keys = SymmetricKeys::new(drawn, before[0].keys.secondary().clone());
    let target = Target::new(HOST, "/enrollments/line-7");
    let old = signed(before[0].keys.primary(), HOST, "owner");
    let refused = authorize(Some(&old), &target, &after, NOW).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceTokenSignature);
    let kept = signed(before[0].keys.secondary(), HOST, "owner");
    assert!(authorize(Some(&kept), &target, &after, NOW).is_ok());
}

proptest! {
    #[test]
    fn whatever_a_stranger_sends_is_refused(
        header in ".{0,80}",
        fields in "(s[rigekn]{1,2}=[%a-zA-Z0-9&=/.:]{0,40}&){0,5}",
        host in ".{0,20}",
        path in "[a-zA-Z0-9/.%]{0,30}",
    ) {
        let target = Target::new(&host, &path);
        for header in [header, format!("SharedAccessSignature {fields}")] {
            prop_assert!(authorize(Some(&header), &target, &policies(), NOW).is_err());
        }
        let _ = PolicyName::parse(&host);
        let _ = Field::from_name(Kind::IndividualEnrollment, &host);
        let _ = CertificateDraft::from_text(&host);
    }
}

/// Keys of every length, in both places of a token, with what people copy along.
#[test]
fn c9_no_key_of_any_length_is_shown_wherever_it_was_put() {
    let all = policies();
    let signer = all[0].keys.primary();
    let bytes: Vec<u8> = (0..64_u8).map(|n| n.wrapping_mul(37) ^ 0x5b).collect();
    for length in 16..=64 {
        let key = SasKey::from_bytes(&bytes[..length]).unwrap();
        let base64 = key.expose_base64().to_string();
        let encoded = base64
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        for around in ["{}", "%22{}%22", "%20{}", "{}%0A"] {
            let text = around.replace("{}", &encoded);
            let right = signed(signer, HOST, "owner");
            for header in [
                right.replace("skn=owner", &format!("skn={text}")),
                right.replace(&format!("sr={HOST}"), &format!("sr={text}")),
            ] {
                let refused = judge(&header).unwrap_err();
                for part in [&base64[..12], &base64[base64.len() - 12..]] {
                    assert!(!refused.to_string().contains(part), "{length} {refused}");
                    assert!(!format!("{refused:?}").contains(part), "{length}");
                }
            }
        }
    }
}

#[test]
fn c9_a_key_in_place_of_a_name_is_not_shown() {
    let all = policies();
    let key = all[0].keys.primary();
    let shown = key.expose_base64().to_string();
    let text = shown.replace('+', "%2B").replace('=', "%3D");
    let header = signed(key, HOST, "owner").replace("skn=owner", &format!("skn={text}"));
    let refused = judge(&header).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceTokenOtherPolicy);
    assert!(!refused.to_string().contains(&shown[..20]), "{refused}");
}
