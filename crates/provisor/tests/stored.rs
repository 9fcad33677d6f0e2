//! The stored forms: everything comes back, and nothing half understood does.
#![cfg(all(feature = "serde", feature = "x509"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests may panic"
)]

use provisor::allocation::{AllocationBasis, LinkedHubs, Salt, Weight, allocate};
use provisor::attestation::{EkPolicy, EkVouched, EnrollmentRef};
use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, Generation, GroupAttestation,
    IndividualAttestation, IndividualEnrollment, InitialTwin, Leaves, Mark, Settings,
    Sha1Thumbprint, SigningCertificates, SymmetricKeys, Thumbprint, TrustedCertificate,
};
use provisor::registration::{
    ChallengeMode, ChallengedKeys, EnrollmentSelector, Entry, Fence, OwnerTag, Payload,
    RegistrationRecord, Removal, Service, Succession, Tombstone,
};
use provisor::sas::SasKey;
use provisor::tpm::EkPublic;
use provisor::{CaName, DeviceId, GroupId, HubName, IdScope, RegistrationId, UnixTime};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const GENERATION: &str = "000102030405060708090a0b0c0d0e0f";

fn generation() -> Generation {
    Generation::parse(GENERATION).unwrap()
}

fn settings() -> Settings {
    Settings::new().with_initial_twin(InitialTwin::parse("{\"tags\":{\"line\":7}}").unwrap())
}

fn trusted(der: &[u8]) -> TrustedCertificate {
    TrustedCertificate::from_der(der).unwrap()
}

fn references() -> CaReferences {
    let name = |text| CaName::parse(text).unwrap();
    CaReferences::new(name("root"), Some(name("next"))).unwrap()
}

fn keys() -> SymmetricKeys {
    let key = |bytes: &[u8]| SasKey::from_bytes(bytes).unwrap();
    SymmetricKeys::new(key(&[1; 16]), key(&[2; 64]))
}

fn individuals() -> Vec<IndividualEnrollment> {
    let tpm = SoftTpm::new(TpmKind::P256, 1, 1);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let [a, b] = [b"a", b"b"].map(|der| Thumbprint::of_der(der));
    let leaves = Leaves::new(a, Some(b))
        .unwrap()
        .with_sha1(None, Some(Sha1Thumbprint::of_der(b"b")));
    let of = |attestation| {
        let id = RegistrationId::try_from("Line-7").unwrap();
        IndividualEnrollment::new(id, attestation, generation())
    };
    vec![
        of(IndividualAttestation::SymmetricKey(keys())),
        IndividualEnrollment::for_tpm(ek, generation()),
        of(IndividualAttestation::TpmAny),
        of(IndividualAttestation::X509Ca(references())),
        of(IndividualAttestation::X509Leaf(leaves))
            .with_settings(settings())
            .with_device_id(DeviceId::parse("Press#7").unwrap()),
    ]
}

fn groups() -> Vec<EnrollmentGroup> {
    let pki = ToyPki::new(7);
    let signing = SigningCertificates::new(
        trusted(pki.intermediate.certificate.der()),
        Some(trusted(pki.root.certificate.der())),
    );
    let of = |attestation| {
        EnrollmentGroup::new(GroupId::parse("Line").unwrap(), attestation, generation())
            .with_settings(settings())
    };
    vec![
        of(GroupAttestation::Signing(signing.unwrap())),
        of(GroupAttestation::Ca(references())),
        of(GroupAttestation::SymmetricKey(keys())),
    ]
}

fn cas() -> Vec<CaCertificate> {
    let root = trusted(ToyPki::new(7).root.certificate.der());
    let name = CaName::parse("root").unwrap();
    [CaStatus::Unverified, CaStatus::Verified]
        .map(|status| CaCertificate::from_store(name.clone(), root.clone(), status))
        .into()
}

/// Comes back, from text and from a value, and in no other spelling.
fn kept<T: Serialize + DeserializeOwned + std::fmt::Debug>(stored: &T) -> Value {
    let json = serde_json::to_value(stored).unwrap();
    let text = json.to_string();
    for again in [
        serde_json::from_str::<T>(&text).unwrap(),
        serde_json::from_value::<T>(json.clone()).unwrap(),
    ] {
        assert_eq!(serde_json::to_value(&again).unwrap(), json);
        assert_eq!(format!("{again:?}"), format!("{stored:?}"));
    }
    refused_when_changed::<T>(&json);
    json
}

/// Without any one of its members but those that may be missing, with one more anywhere, with any
/// other version.
fn refused_when_changed<T: DeserializeOwned>(json: &Value) {
    let optional = [
        "deviceId",
        "secondary",
        "sha1Thumbprint",
        "settings",
        "endorsementKey",
        "payload",
        "salt",
    ];
    let read = |value: &Value| serde_json::from_value::<T>(value.clone());
    for pointer in objects(json, String::new()) {
        let within_settings = pointer.contains("/settings");
        let members = |value: &Value| match value.pointer(&pointer) {
            Some(Value::Object(members)) => members.keys().cloned().collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        if !pointer.contains("initialTwin") && !pointer.contains("payload") {
            let mut more = json.clone();
            more.pointer_mut(&pointer).unwrap()["unknown"] = json!(1);
            assert!(read(&more).is_err(), "one more in {pointer:?}: {more}");
        }
        if pointer.contains("payload") || pointer.contains("enrollment") {
            continue;
        }
        for member in members(json) {
            let mut fewer = json.clone();
            let object = fewer
                .pointer_mut(&pointer)
                .unwrap()
                .as_object_mut()
                .unwrap();
            object.remove(&member);
            let may = within_settings || optional.contains(&&*member) && !is_needed(json, &member);
            assert_eq!(read(&fewer).is_ok(), may, "without {member} in {pointer:?}");
        }
    }
    for version in [json!(0), json!(2), json!("1"), json!(null)] {
        let mut other = json.clone();
        other["version"] = version;
        assert!(read(&other).is_err(), "{other}");
    }
}

/// What one form may do without, and this one not: an enrollment a device ID, a record an endorsement
/// key.
fn is_needed(json: &Value, member: &str) -> bool {
    match member {
        "settings" => true,
        "endorsementKey" => json.get("assignedHub").is_none(),
        "deviceId" => json.get("attestation").is_none(),
        _ => false,
    }
}

/// The places of all objects within a value.
fn objects(value: &Value, at: String) -> Vec<String> {
    let Value::Object(members) = value else {
        return Vec::new();
    };
    let below = members
        .iter()
        .flat_map(|(name, value)| objects(value, format!("{at}/{name}")));
    let below: Vec<String> = below.collect();
    std::iter::once(at).chain(below).collect()
}

#[test]
fn individual_enrollments_come_back() {
    let stored: Vec<Value> = individuals().iter().map(kept).collect();
    assert_eq!(stored[2]["attestation"], json!("tpmAny"));
    assert_eq!(
        stored[4],
        json!({
            "version": 1,
            "registrationId": "Line-7",
            "generation": GENERATION,
            "attestation": {"x509Leaf": {
                "primary": {"sha256Thumbprint": Thumbprint::of_der(b"a").to_string()},
                "secondary": {
                    "sha256Thumbprint": Thumbprint::of_der(b"b").to_string(),
                    "sha1Thumbprint": Sha1Thumbprint::of_der(b"b").to_string(),
                },
            }},
            "deviceId": "Press#7",
            "settings": serde_json::to_value(settings()).unwrap(),
        })
    );
    // The keys are there, in clear.
    let first = "AQEBAQEBAQEBAQEBAQEBAQ==";
    let pointer = "/attestation/symmetricKey/primaryKey";
    assert_eq!(stored[0].pointer(pointer), Some(&json!(first)));
    // The twin is JSON, and no text in JSON.
    assert_eq!(
        stored[4]["settings"]["initialTwin"],
        json!({"tags": {"line": 7}})
    );
}

#[test]
fn groups_and_cas_come_back() {
    for group in groups() {
        kept(&group);
    }
    for (ca, status) in cas().iter().zip(["unverified", "verified"]) {
        assert_eq!(kept(ca)["status"], json!(status));
    }
}

/// What is read goes through the doors that it was made through.
#[test]
fn illegal_contents_are_refused_with_their_code() {
    let device = serde_json::to_value(&individuals()[4]).unwrap();
    let group = serde_json::to_value(&groups()[0]).unwrap();
    let ca = serde_json::to_value(&cas()[0]).unwrap();
    let refused = |code: &str, of: &Value, pointer: &str, value: Value| {
        let mut changed = of.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let error = match of.get("registrationId").or_else(|| of.get("groupId")) {
            Some(_) if of.get("groupId").is_some() => {
                serde_json::from_value::<EnrollmentGroup>(changed).unwrap_err()
            }
            Some(_) => serde_json::from_value::<IndividualEnrollment>(changed).unwrap_err(),
            None => serde_json::from_value::<CaCertificate>(changed).unwrap_err(),
        };
        assert!(error.to_string().contains(code), "{error}");
    };
    refused("ID_CHARACTER", &device, "/registrationId", json!("line 7"));
    refused("ATTEST_GENERATION", &device, "/generation", json!("00"));
    refused("ATTEST_STORED_VERSION", &device, "/version", json!(2));
    let primary = device["attestation"]["x509Leaf"]["primary"].clone();
    let secondary = "/attestation/x509Leaf/secondary";
    refused("ATTEST_SAME_TWICE", &device, secondary, primary);
    let anchor = group["attestation"]["signing"]["primary"].clone();
    let secondary = "/attestation/signing/secondary";
    refused("ATTEST_SAME_TWICE", &group, secondary, anchor);
    refused("X509_", &ca, "/certificate", json!("AAAA"));
    refused("symbol", &ca, "/certificate", json!("%%%%"));
    refused("unknown variant", &ca, "/status", json!("Verified"));
}

fn record() -> RegistrationRecord {
    let mut record = RegistrationRecord::new(
        IdScope::parse("0ne0A1B2C3D").unwrap(),
        RegistrationId::try_from("Line-7").unwrap(),
        HubName::parse("hub-a").unwrap(),
        EnrollmentRef::Group(GroupId::parse("line").unwrap()),
        generation(),
        UnixTime::new(7),
    );
    record.marks = vec![Mark::leaf_key(b"key")];
    record.payload = Payload::parse("{\"a\":1}").unwrap();
    record.fence = Fence::new(9);
    record
}

#[test]
fn records_and_what_is_left_of_them_come_back() {
    let stored = kept(&record());
    assert_eq!(stored["version"], json!(1));
    assert_eq!(stored["payload"], json!({"a": 1}));
    let tombstone = Tombstone::of(&record(), UnixTime::new(8));
    assert_eq!(kept(&tombstone)["deleted"], json!(8));
    let owner = OwnerTag::new(record().scope, record().registration_id, Fence::new(9));
    let removal = Removal::new(owner, record().assigned_hub, record().device_id);
    kept(&removal);
    for entry in [Entry::Record(record()), Entry::Tombstone(tombstone)] {
        let json = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry);
        let other = json.replace("\"version\":1", "\"version\":2");
        assert!(serde_json::from_str::<Entry>(&other).is_err());
    }
}

#[test]
fn settings_hubs_and_challenges_come_back() {
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let basis = AllocationBasis::new(Salt::new(&[7; 16]).unwrap());
    let name = |text| HubName::parse(text).unwrap();
    let hubs = [(name("hub-a"), Weight::ONE), (name("hub-b"), Weight::ZERO)];
    let hubs = LinkedHubs::with_basis(&scope, &basis, hubs).unwrap();
    let stored = kept(&hubs);
    assert_eq!(stored["hubs"][1], json!({"name": "hub-b", "weight": 0}));
    // The same hubs, and the same allocation.
    let again: LinkedHubs = serde_json::from_value(stored.clone()).unwrap();
    for number in 0..50 {
        let id = RegistrationId::try_from(&*format!("device-{number}")).unwrap();
        assert_eq!(
            allocate(&again, &id).unwrap(),
            allocate(&hubs, &id).unwrap()
        );
    }
    let mut twice = stored.clone();
    twice["hubs"][1]["name"] = json!("HUB-A");
    let refused = serde_json::from_value::<LinkedHubs>(twice).unwrap_err();
    assert!(
        refused.to_string().contains("ALLOC_DUPLICATE_HUB"),
        "{refused}"
    );

    let moved = Succession::new(
        EnrollmentSelector::Group(GroupId::parse("old").unwrap()),
        EnrollmentSelector::Generation(generation()),
    );
    let service = Service::new(scope)
        .with_allocation_basis(basis)
        .with_ek_policy(EkPolicy::CertificateRequired)
        .with_challenge_mode(ChallengeMode::Stateless)
        .with_successions([moved])
        .unwrap();
    let stored = kept(&service);
    assert_eq!(stored["ekPolicy"], json!("certificateRequired"));
    for (member, value) in [
        ("challengeSeconds", json!(3601)),
        ("allocationPolicy", json!("custom")),
        ("ekPolicy", json!("anything")),
        ("idScope", json!("0ne 1")),
        ("successions", json!(vec![&stored["successions"][0]; 65])),
    ] {
        let mut other = stored.clone();
        other[member] = value;
        let refused = serde_json::from_value::<Service>(other);
        assert!(refused.is_err(), "{member}");
    }

    let tpm = SoftTpm::new(TpmKind::P256, 1, 1);
    let keys = ChallengedKeys::new(
        RegistrationId::try_from("line-7").unwrap(),
        generation(),
        tpm.ek_public().to_vec(),
        tpm.srk_public().to_vec(),
        EkVouched::Enrolled,
    );
    let mut other = kept(&keys);
    other["storageRootKey"] = other["endorsementKey"].clone();
    assert!(serde_json::from_value::<ChallengedKeys>(other).is_err());
}
