//! What a store keeps comes back as it was, and nothing that is half understood.

use provisor::allocation::{AllocationBasis, Salt};
use provisor::attestation::VerificationCode;
use provisor::enrollment::{
    CaCertificate, IndividualEnrollment, SymmetricKeys, TrustedCertificate,
};
use provisor::metering::Entry;
use provisor::operations::{
    AccessPolicy, AttestationDraft, CertificateDraft, HubCredential, HubLink, IfMatch,
    IndividualDraft, Members, Pair, PolicyName, RegisteredCa, Right, Rights, ServiceSettings,
    Stored, X509Draft,
};
use provisor::{CaName, limits};
use provisor_testkit::pki::{KeyKind, ToyPki};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::{Store, device, hub};

/// There and back: the same text, and whatever is added or taken is refused.
fn comes_back<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let json = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&json).unwrap_or_else(|refused| panic!("{refused}: {json}"));
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
    let more = json.replacen('{', "{\"unknown\":1,", 1);
    assert!(serde_json::from_str::<T>(&more).is_err(), "{more}");
    back
}

#[test]
fn members_that_are_stored_twice_are_refused() {
    let read = |json: &str| serde_json::from_str::<Members>(json);
    let members = read(r#"{"a": "1", "A": "2"}"#).unwrap();
    assert_eq!((members.get("a"), members.get("A")), (Some("1"), Some("2")));
    for twice in [
        r#"{"a": "1", "a": "2"}"#,
        r#"{"a": "1", "b": "", "a": "1"}"#,
        r#"{"a": "1", "\u0061": "2"}"#,
    ] {
        let refused = read(twice).unwrap_err().to_string();
        assert!(refused.contains("SERVICE_MEMBERS"), "{refused}");
        assert!(refused.contains("two members of that name"), "{refused}");
    }
    assert!(read(r#"["a"]"#).is_err() && read(r#"{"": "1"}"#).is_err());
    let many: Vec<String> = (0..=limits::MEMBERS)
        .map(|number| format!("\"m{number}\": \"0\""))
        .collect();
    assert!(read(&format!("{{{}}}", many.join(","))).is_err());
}

#[test]
fn e2_a_stored_enrollment_comes_back_with_all_that_is_beside_it() {
    let pki = ToyPki::new(7);
    let leaf = pki.device("line-7", KeyKind::P256).certificate;
    let clients = X509Draft::clients(Pair::new(CertificateDraft::from_der(leaf.der()), None));
    let mut members = Members::new();
    members
        .insert(
            "optionalDeviceInformation",
            "{\"huge\": 123456789012345678901234567890}",
        )
        .unwrap();
    let draft = IndividualDraft::new(device("Line-7"), AttestationDraft::x509(clients));
    let mut store = Store::new();
    store
        .put(draft.with_members(members), &IfMatch::Any)
        .unwrap();
    let stored = &store.individuals[&device("line-7")];
    let back: Stored<IndividualEnrollment> = comes_back(stored);
    assert_eq!((&back.etag, &back.members), (&stored.etag, &stored.members));
    assert_eq!(back.certificates, stored.certificates);
    assert_eq!(
        (back.created, back.updated),
        (stored.created, stored.updated)
    );
    let json = serde_json::to_string(stored).unwrap();
    for bad in [
        json.replacen("\"version\":1", "\"version\":2", 1),
        json.replacen("\"version\":1,", "", 1),
        json.replace(stored.etag.as_str(), ""),
    ] {
        assert!(
            serde_json::from_str::<Stored<IndividualEnrollment>>(&bad).is_err(),
            "{bad}"
        );
    }
    let entry: Entry = comes_back(&store.counted[0]);
    assert_eq!(entry, store.counted[0]);
}

#[test]
fn policies_links_cas_and_the_service_come_back() {
    let mut store = Store::new();
    let keys = SymmetricKeys::generate(&mut store.random).unwrap();
    let rights = Rights::NONE
        .with(Right::EnrollmentRead)
        .with(Right::ServiceConfig);
    let policy = AccessPolicy::new(PolicyName::parse("owner").unwrap(), keys, rights);
    let back = comes_back(&policy);
    assert!(back.keys.primary().equals(policy.keys.primary()) && back.rights == rights);
    let json = serde_json::to_string(&policy).unwrap();
    for bad in [
        json.replace("ServiceConfig", "serviceConfig"),
        json.replace("ServiceConfig", "Everything"),
        json.replace("\"owner\"", "\"an owner\""),
    ] {
        assert!(serde_json::from_str::<AccessPolicy>(&bad).is_err(), "{bad}");
    }
    let mut link = HubLink::new(hub("hub-a"));
    link.credential = Some(HubCredential::new("s3cret"));
    link.apply_allocation_policy = false;
    let back = comes_back(&link);
    assert_eq!(back.credential.unwrap().expose(), "s3cret");
    assert!(!back.apply_allocation_policy);
    let basis = AllocationBasis::new(Salt::new(&[7; 16]).unwrap());
    let settings = ServiceSettings::new(store.scope.clone(), basis);
    assert_eq!(comes_back(&settings), settings);
    let certificate = TrustedCertificate::from_der(ToyPki::new(7).root.certificate.der()).unwrap();
    let code = VerificationCode::generate(&mut store.random).unwrap();
    let ca = CaCertificate::new(CaName::parse("root").unwrap(), certificate);
    let ca = RegisteredCa::new(ca, Some(code));
    assert_eq!(comes_back(&ca), ca);
}
