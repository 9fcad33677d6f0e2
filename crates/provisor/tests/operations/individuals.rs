//! Individual enrollments.

use provisor::allocation::AllocationPolicy;
use provisor::attestation::{EkPolicy, EnrollmentRef};
use provisor::enrollment::{
    Capabilities, CustomAllocation, Etag, InitialTwin, ProvisioningStatus, ReprovisionPolicy,
    Sha1Thumbprint, Thumbprint,
};
use provisor::operations::{
    AttestationDraft, CertificateDraft, IfMatch, IndividualDraft, MechanismKind, MechanismView,
    Members, Pair, PolicyDraft, ReprovisionDraft, SettingsDraft, TpmDraft, X509Draft,
};
use provisor::quota::{Counted, Quotas};
use provisor::tpm::EkPublic;
use provisor::{CaName, Code, DeviceId, UnixTime, limits};
use provisor_testkit::pki::{KeyKind, ToyPki};

use crate::store::{Store, device, ek, hub, tag, tpm};

fn put_code(store: &mut Store, draft: IndividualDraft) -> Code {
    let before = store.counted.len();
    let refused = store.put(draft, &IfMatch::Any).unwrap_err();
    assert_eq!(store.counted.len(), before, "a refusal is not counted");
    refused.code()
}

fn with(settings: SettingsDraft) -> IndividualDraft {
    tpm("line-7").with_settings(settings)
}

fn settings(change: impl FnOnce(&mut SettingsDraft)) -> SettingsDraft {
    let mut settings = SettingsDraft::default();
    change(&mut settings);
    settings
}

fn certificates() -> [Vec<u8>; 3] {
    let pki = ToyPki::new(7);
    ["line-7", "line-7-b", "line-7-c"]
        .map(|name| pki.device(name, KeyKind::P256).certificate.der().to_vec())
}

fn clients(primary: CertificateDraft, secondary: Option<CertificateDraft>) -> IndividualDraft {
    let draft = X509Draft::clients(Pair::new(primary, secondary));
    IndividualDraft::new(device("line-7"), AttestationDraft::x509(draft))
}

#[test]
fn c1_an_enrollment_is_made_read_replaced_and_deleted() {
    let mut store = Store::new();
    let made = store.put(tpm("Line-7"), &IfMatch::Any).unwrap();
    assert_eq!((made.created, made.updated), (store.now, store.now));
    assert_eq!(made.registration_id.as_str(), "Line-7");
    assert!(made.device_id.is_none() && made.registration.is_none());

    store.now = store.now.saturating_add(60);
    let draft = tpm("line-7").with_device_id(DeviceId::parse("Press").unwrap());
    let replaced = store.put(draft, &IfMatch::Any).unwrap();
    assert_eq!(replaced.created, made.created);
    assert_eq!(replaced.updated, store.now);
    assert_ne!(replaced.etag, made.etag);

    let read = store.read("LINE-7").unwrap();
    assert_eq!(read.etag, replaced.etag);
    assert_eq!(read.device_id.unwrap().as_str(), "Press");
    store.delete("line-7", &IfMatch::Any).unwrap();
    assert_eq!(
        store.read("line-7").unwrap_err().code(),
        Code::ServiceNotFound
    );
    let again = store.delete("line-7", &IfMatch::Any).unwrap_err();
    assert_eq!(again.code(), Code::ServiceNotFound);
}

#[test]
fn what_a_device_would_be_refused_with_is_told_when_it_is_enrolled() {
    let mut store = Store::new();
    let [own, other, third] = certificates().map(CertificateDraft::from_der);
    let right = store.put(clients(own.clone(), None), &IfMatch::Any);
    assert!(right.unwrap().warnings.is_empty());
    let wrong = clients(other, Some(third));
    let view = store.put(wrong, &IfMatch::Any).unwrap();
    let told: Vec<_> = view
        .warnings
        .iter()
        .map(|warning| (warning.code(), warning.subject().to_string()))
        .collect();
    let mismatch = Code::AttestIdMismatch;
    assert_eq!(
        told,
        [
            (mismatch, "clientCertificates.primary".to_owned()),
            (mismatch, "clientCertificates.secondary".to_owned()),
        ]
    );
    assert!(view.warnings[0].to_string().contains("CN=line-7-b"));
    // A reader is not told again, and what is kept is not read again.
    assert!(store.read("line-7").unwrap().warnings.is_empty());
    let half = clients(own, Some(CertificateDraft::from_der([0x30, 0x00])));
    assert!(store.put(half, &IfMatch::Any).is_err());
}

#[test]
fn an_endorsement_key_that_two_enrollments_have_is_told_to_whoever_enrolls_it() {
    let mut store = Store::new();
    assert!(
        store
            .put(tpm("line-7"), &IfMatch::Any)
            .unwrap()
            .warnings
            .is_empty()
    );
    // The same one again is an edit.
    assert!(
        store
            .put(tpm("LINE-7"), &IfMatch::Any)
            .unwrap()
            .warnings
            .is_empty()
    );
    let twice = store.put(tpm("line-8"), &IfMatch::Any).unwrap();
    let [warning] = &*twice.warnings else {
        panic!("{:?}", twice.warnings);
    };
    assert_eq!(warning.code(), Code::ServiceEkTwice);
    assert!(warning.to_string().contains("LINE-7"), "{warning}");
    // However many have it.
    for number in 0..2 * limits::WARNINGS {
        store
            .put(tpm(&format!("pool-{number}")), &IfMatch::Any)
            .unwrap();
    }
    let pool = store.put(tpm("line-9"), &IfMatch::Any).unwrap();
    assert_eq!(pool.warnings.len(), limits::WARNINGS);
}

#[test]
fn c1_the_body_is_about_the_id_of_the_path() {
    let mut store = Store::new();
    let refused = store
        .put_at(&device("line-8"), tpm("line-7"), &IfMatch::Any)
        .unwrap_err();
    assert_eq!(refused.code(), Code::ServiceIdMismatch);
    assert_eq!(
        (refused.expected_text(), refused.found_text()),
        ("line-8", "line-7")
    );
    // IDs disregard case.
    assert!(
        store
            .put_at(&device("LINE-7"), tpm("line-7"), &IfMatch::Any)
            .is_ok()
    );
}

#[test]
fn c3_etag_a_write_is_for_the_version_that_was_read() {
    let mut store = Store::new();
    for absent in [IfMatch::Exists, IfMatch::Tag(Etag::parse("abc").unwrap())] {
        let refused = store.put(tpm("line-7"), &absent).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceEtagAbsent);
        let refused = store.delete("line-7", &absent).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceNotFound);
    }
    let first = store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    let second = store.put(tpm("line-7"), &tag(&first.etag)).unwrap();
    for result in [
        store.put(tpm("line-7"), &tag(&first.etag)).map(drop),
        store.delete("line-7", &tag(&first.etag)),
    ] {
        let refused = result.unwrap_err();
        assert_eq!(refused.code(), Code::ServiceEtag);
        assert!(
            refused.found_text().contains(second.etag.as_str()),
            "{refused}"
        );
    }
    store.put(tpm("line-7"), &IfMatch::Exists).unwrap();
    store.delete("line-7", &IfMatch::Exists).unwrap();
    // Made anew, and no version of it was ever read before.
    let anew = store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    assert!(anew.etag != first.etag && anew.etag != second.etag);
}

#[test]
fn a_replacement_is_the_same_enrollment_and_one_made_anew_is_not() {
    let mut store = Store::new();
    let generation = |store: &Store| store.individuals[&device("line-7")].value.generation();
    store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    let made = generation(&store);
    let other = IndividualDraft::new(device("line-7"), AttestationDraft::tpm(ek(2)));
    store.put(other, &IfMatch::Any).unwrap();
    let [leaf, ..] = certificates();
    store
        .put(
            clients(CertificateDraft::from_der(leaf), None),
            &IfMatch::Any,
        )
        .unwrap();
    assert_eq!(generation(&store), made);
    store.delete("line-7", &IfMatch::Any).unwrap();
    store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    assert_ne!(generation(&store), made);
}

#[test]
fn e2_deleting_an_enrollment_deletes_the_record_made_through_it() {
    let group = EnrollmentRef::Group(provisor::GroupId::parse("line").unwrap());
    for (through, stays) in [(EnrollmentRef::Individual, false), (group, true)] {
        let mut store = Store::new();
        store.put(tpm("line-7"), &IfMatch::Any).unwrap();
        store.register("line-7", through);
        assert!(store.read("line-7").unwrap().registration.is_some());
        store.delete("line-7", &IfMatch::Any).unwrap();
        assert_eq!(store.record("line-7").is_some(), stays);
        // What is left says where the device still is.
        assert!(store.records.contains_key(&device("line-7")));
        assert_eq!(
            store.counted.len(),
            2,
            "one instruction, whatever goes with it"
        );
    }
}

#[test]
fn c12_certificate_info_is_computed_and_the_certificate_may_stay_away_afterwards() {
    let mut store = Store::new();
    let [a, b, c] = certificates();
    let draft = clients(
        CertificateDraft::from_der(a.clone()),
        Some(CertificateDraft::from_der(b.clone())),
    );
    let view = store.put(draft, &IfMatch::Any).unwrap();
    let MechanismView::X509Clients(infos) = &view.attestation else {
        panic!("{view:?}");
    };
    assert_eq!(infos[0].sha256, Thumbprint::of_der(&a));
    assert_eq!(infos[0].sha1, Sha1Thumbprint::of_der(&a));
    assert_eq!((&*infos[0].subject, infos[0].version), ("CN=line-7", 3));
    assert!(!infos[0].issuer.is_empty() && !infos[0].serial_number.is_empty());
    assert!(infos[0].not_before < infos[0].not_after);

    // What was read is sent back: the infos in place of the certificates; one of them is rolled over.
    let kept = CertificateDraft::stored(infos[1].sha256);
    let draft = clients(kept, Some(CertificateDraft::from_der(c.clone())));
    let view = store.put(draft, &IfMatch::Any).unwrap();
    let MechanismView::X509Clients(infos) = &view.attestation else {
        panic!("{view:?}");
    };
    let subjects: Vec<&str> = infos.iter().map(|info| &*info.subject).collect();
    assert_eq!(subjects, ["CN=line-7-b", "CN=line-7-c"]);

    // The first one is not stored any more.
    for gone in [
        CertificateDraft::stored(Thumbprint::of_der(&a)),
        CertificateDraft::default(),
    ] {
        assert_eq!(
            put_code(&mut store, clients(gone, None)),
            Code::ServiceCertificateMissing
        );
    }
    let twice = clients(
        CertificateDraft::from_der(a.clone()),
        Some(CertificateDraft::from_der(a)),
    );
    assert_eq!(put_code(&mut store, twice), Code::AttestSameTwice);
    let bad = clients(CertificateDraft::from_der(b"certificate".as_slice()), None);
    let refused = store.put(bad, &IfMatch::Any).unwrap_err();
    assert!((2000..3000).contains(&refused.code().number()), "{refused}");
    assert_eq!(refused.subject().to_string(), "clientCertificates.primary");
}

#[test]
fn c12_the_text_of_a_certificate_is_pem_or_base64() {
    let pki = ToyPki::new(7);
    let certificate = pki.device("line-7", KeyKind::P256).certificate;
    let der = CertificateDraft::from_der(certificate.der());
    assert_eq!(
        CertificateDraft::from_text(&certificate.pem()).unwrap(),
        der
    );
    let base64: String = certificate
        .pem()
        .lines()
        .filter(|l| !l.starts_with("---"))
        .collect();
    assert_eq!(CertificateDraft::from_text(&base64).unwrap(), der);
    let two = certificate.pem().repeat(2);
    assert_eq!(
        CertificateDraft::from_text(&two).unwrap_err().code(),
        Code::X509Pem
    );
    for bad in ["", "MIIB", "certificate"] {
        let refused = CertificateDraft::from_text(bad);
        let broken = refused.and_then(|draft| {
            Store::new()
                .put(clients(draft, None), &IfMatch::Any)
                .map(drop)
        });
        assert!(broken.is_err(), "{bad}");
    }
}

#[test]
fn c1_the_attestation_says_one_thing() {
    let mut store = Store::new();
    let [leaf, ..] = certificates();
    let certificate = || CertificateDraft::from_der(leaf.clone());
    let pair = || Pair::new(certificate(), None);
    let enroll = |draft| IndividualDraft::new(device("line-7"), draft);
    let tpm_and = |kind, x509| {
        let mut draft = AttestationDraft::tpm(ek(1));
        (draft.kind, draft.x509) = (kind, x509);
        draft
    };
    let kind = |kind| {
        let mut draft = AttestationDraft::default();
        draft.kind = Some(kind);
        draft
    };
    let both = |pair: Pair<CertificateDraft>| {
        let mut draft = X509Draft::clients(pair.clone());
        draft.signing_certificates = Some(pair);
        draft
    };
    let without_primary = Pair {
        primary: None,
        secondary: Some(certificate()),
    };
    let a_ca = Pair::new(CaName::parse("root").unwrap(), None);
    let x509 = AttestationDraft::x509;
    for (draft, code) in [
        (AttestationDraft::default(), Code::ServiceAttestationMissing),
        (kind(MechanismKind::None), Code::ServiceAttestationMissing),
        (kind(MechanismKind::Tpm), Code::ServiceAttestationType),
        (
            tpm_and(Some(MechanismKind::X509), None),
            Code::ServiceAttestationType,
        ),
        (
            tpm_and(Some(MechanismKind::Tpm), Some(X509Draft::clients(pair()))),
            Code::ServiceAttestationType,
        ),
        (
            tpm_and(None, Some(X509Draft::clients(pair()))),
            Code::ServiceAttestationType,
        ),
        (x509(X509Draft::default()), Code::ServiceX509Member),
        (x509(both(pair())), Code::ServiceX509Member),
        (
            x509(X509Draft::signing(pair())),
            Code::ServiceAttestationPlace,
        ),
        (
            x509(X509Draft::clients(without_primary)),
            Code::ServicePrimaryMissing,
        ),
        (x509(X509Draft::cas(a_ca)), Code::ServiceCaUnknown),
        (AttestationDraft::any_tpm(), Code::ServiceEkMissing),
        (AttestationDraft::tpm(vec![0, 9, 1, 2]), Code::TpmTruncated),
    ] {
        let shown = format!("{draft:?}");
        assert_eq!(put_code(&mut store, enroll(draft)), code, "{shown}");
    }
    // The type may be left out.
    store
        .put(enroll(tpm_and(None, None)), &IfMatch::Any)
        .unwrap();
    store.ek_policy = EkPolicy::CertificateRequired;
    store
        .put(enroll(AttestationDraft::any_tpm()), &IfMatch::Any)
        .unwrap();
}

#[test]
fn c1_an_endorsement_key_may_come_without_its_size_field() {
    let mut store = Store::new();
    let whole = ek(1);
    let enroll = |key: &[u8]| {
        let mut draft = AttestationDraft::any_tpm();
        let mut tpm = TpmDraft::default();
        tpm.endorsement_key = Some(key.to_vec());
        draft.tpm = Some(tpm);
        IndividualDraft::new(device("line-7"), draft)
    };
    let name = *EkPublic::from_tpm2b(&whole).unwrap().name();
    for key in [&whole[..], &whole[2..]] {
        let view = store.put(enroll(key), &IfMatch::Any).unwrap();
        let MechanismView::Tpm(ek) = view.attestation else {
            panic!("a TPM");
        };
        assert_eq!(*ek.name(), name);
    }
    assert!(store.put(enroll(&whole[1..]), &IfMatch::Any).is_err());
}

#[test]
fn c13_twin_and_unread_members_come_back() {
    let mut store = Store::new();
    let twin = InitialTwin::parse("{\"tags\":{\"line\":7}}").unwrap();
    let mut members = Members::new();
    members
        .insert("optionalDeviceInformation", "{\"colour\":\"red\"}")
        .unwrap();
    members
        .insert("attestation/tpm/storageRootKey", "\"AAA=\"")
        .unwrap();
    let draft = with(settings(|s| {
        s.initial_twin = Some(twin.clone());
        s.capabilities = Some(Capabilities::new(true));
    }));
    store
        .put(draft.with_members(members.clone()), &IfMatch::Any)
        .unwrap();
    let read = store.read("line-7").unwrap();
    assert!(read.settings.capabilities.iot_edge);
    assert_eq!(
        (read.settings.initial_twin, read.members),
        (Some(twin), members)
    );
    // A replacement replaces the whole.
    store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    let read = store.read("line-7").unwrap();
    assert!(read.settings.initial_twin.is_none() && read.members.is_empty());
}

#[test]
fn c14_the_reprovisioning_policy_is_whole() {
    use ReprovisionPolicy::{MigrateData, Never, ResetData};
    let mut store = Store::new();
    for (update, migrate, policy) in [
        (Some(true), Some(true), Ok(MigrateData)),
        (Some(true), Some(false), Ok(ResetData)),
        (Some(false), Some(true), Ok(Never)),
        (Some(false), Some(false), Ok(Never)),
        (None, Some(true), Err("updateHubAssignment")),
        (Some(true), None, Err("migrateDeviceData")),
        (None, None, Err("updateHubAssignment")),
    ] {
        let draft = ReprovisionDraft::new(update, migrate);
        let draft = with(settings(|s| s.reprovision_policy = Some(draft)));
        match (store.put(draft, &IfMatch::Any), policy) {
            (Ok(view), Ok(policy)) => assert_eq!(view.settings.reprovision_policy, Some(policy)),
            (Err(refused), Err(member)) => {
                assert_eq!(refused.code(), Code::ServiceReprovision);
                assert!(refused.expected_text().contains(member));
            }
            (result, policy) => panic!("{result:?} {policy:?}"),
        }
    }
    let view = store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    assert_eq!(view.settings.reprovision_policy, None);
    assert_eq!(view.settings.reprovision(false), MigrateData);
}

#[test]
fn c15_hubs_are_linked_named_once_and_enough_for_the_policy() {
    let mut store = Store::new();
    let hubs = |names: &[&str]| names.iter().map(|name| hub(name)).collect::<Vec<_>>();
    let listed = |names: &[&str]| settings(|s| s.iot_hubs = hubs(names));
    for (settings, code) in [
        (listed(&["hub-x"]), Code::ServiceHubNotLinked),
        (listed(&["hub-a", "hub-b", "HUB-A"]), Code::ServiceHubs),
        (
            settings(|s| {
                s.iot_hubs = hubs(&["hub-a"]);
                s.iot_hub_host_name = Some(hub("hub-b"));
            }),
            Code::ServiceHubs,
        ),
        (
            settings(|s| s.allocation_policy = Some(PolicyDraft::Static)),
            Code::AllocStaticHub,
        ),
    ] {
        assert_eq!(put_code(&mut store, with(settings)), code);
    }
    let legacy = settings(|s| s.iot_hub_host_name = Some(hub("Hub-B")));
    let view = store.put(with(legacy), &IfMatch::Any).unwrap();
    assert_eq!(view.settings.iot_hubs, [hub("hub-b")]);
    let both = settings(|s| {
        s.iot_hubs = hubs(&["hub-a", "hub-b"]);
        s.iot_hub_host_name = Some(hub("hub-b"));
        s.allocation_policy = Some(PolicyDraft::Static);
    });
    let view = store.put(with(both), &IfMatch::Any).unwrap();
    assert_eq!(view.settings.iot_hubs, hubs(&["hub-a", "hub-b"]));
}

#[test]
fn c18_an_id_in_another_case_is_the_same_thing_and_keeps_its_spelling() {
    let mut store = Store::new();
    store.put(tpm("Line-7"), &IfMatch::Any).unwrap();
    store.put(tpm("LINE-7"), &IfMatch::Any).unwrap();
    assert_eq!(store.individuals.len(), 1);
    assert_eq!(
        store.read("line-7").unwrap().registration_id.as_str(),
        "LINE-7"
    );
    let subjects: Vec<&str> = store.counted.iter().map(|e| e.key().subject()).collect();
    assert_eq!(subjects, ["line-7", "line-7"]);
    store.delete("lIne-7", &IfMatch::Any).unwrap();
    assert!(store.individuals.is_empty());
}

#[test]
fn c19_who_disables_an_enrollment_is_not_kept_from_it_by_an_unlinked_hub() {
    let mut store = Store::new();
    let listed = |status| {
        settings(|s| {
            s.iot_hubs = vec![hub("hub-a")];
            s.provisioning_status = status;
        })
    };
    let view = store.put(with(listed(None)), &IfMatch::Any).unwrap();
    assert_eq!(
        view.settings.provisioning_status,
        ProvisioningStatus::Enabled
    );
    store.hubs = provisor::allocation::LinkedHubs::new(&store.scope, []).unwrap();
    let disabled = listed(Some(ProvisioningStatus::Disabled));
    let view = store.put(with(disabled), &IfMatch::Any).unwrap();
    assert_eq!(
        view.settings.provisioning_status,
        ProvisioningStatus::Disabled
    );
    let other = settings(|s| s.iot_hubs = vec![hub("hub-b")]);
    assert_eq!(put_code(&mut store, with(other)), Code::ServiceHubNotLinked);
}

#[test]
fn c16_the_custom_policy_and_whom_it_asks_go_together() {
    let mut store = Store::new();
    let asked = CustomAllocation::new("https://fn.example.net/api/hub", "2021-10-01").unwrap();
    let draft = |policy, asked: Option<&CustomAllocation>| {
        with(settings(|s| {
            s.allocation_policy = policy;
            s.custom_allocation = asked.cloned();
        }))
    };
    let custom = Some(PolicyDraft::Custom);
    for (policy, asked) in [
        (custom, None),
        (None, Some(&asked)),
        (Some(PolicyDraft::Hashed), Some(&asked)),
    ] {
        assert_eq!(
            put_code(&mut store, draft(policy, asked)),
            Code::ServiceCustom
        );
    }
    let view = store
        .put(draft(custom, Some(&asked)), &IfMatch::Any)
        .unwrap();
    assert_eq!(
        view.settings.allocation_policy,
        Some(AllocationPolicy::Custom)
    );
    assert_eq!(view.settings.custom_allocation, Some(asked));
}

#[test]
fn c17_credential_policies_have_a_code_of_their_own() {
    let mut store = Store::new();
    let mut members = Members::new();
    members
        .insert("credentialPolicyName", "\"default\"")
        .unwrap();
    let draft = tpm("line-7").with_members(members.clone());
    assert_eq!(put_code(&mut store, draft), Code::ServiceCredentialPolicy);
    members.insert("credentialPolicyName", "null").unwrap();
    store
        .put(tpm("line-7").with_members(members), &IfMatch::Any)
        .unwrap();
}

#[test]
fn d5_a_quota_stops_what_is_made_and_not_what_is_replaced() {
    let mut store = Store::new();
    store.quotas = Quotas::NONE.with(Counted::IndividualEnrollments, Some(2));
    store.put(tpm("line-1"), &IfMatch::Any).unwrap();
    store.put(tpm("line-2"), &IfMatch::Any).unwrap();
    assert_eq!(put_code(&mut store, tpm("line-3")), Code::ServiceQuota);
    store.put(tpm("line-2"), &IfMatch::Any).unwrap();
    store.delete("line-1", &IfMatch::Any).unwrap();
    store.put(tpm("line-3"), &IfMatch::Any).unwrap();
}

#[test]
fn a_clock_that_was_set_back_makes_nothing_younger_than_its_making() {
    let mut store = Store::new();
    let made = store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    store.now = UnixTime::new(0);
    let replaced = store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    assert_eq!(
        (replaced.created, replaced.updated),
        (made.created, made.created)
    );
}

#[test]
fn facts_about_another_device_are_refused() {
    use provisor::operations::{Call, individual};
    let mut store = Store::new();
    store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    let stored = store.individuals[&device("line-7")].clone();
    let mut call = Call::new(&store.scope, &store.caller, store.now, &mut store.random);
    let outcome = individual::read(&mut call, &device("line-8"), Some(&stored), None);
    assert_eq!(outcome.refused().unwrap().code(), Code::ServiceFacts);
    let outcome = individual::delete(
        &mut call,
        &device("line-8"),
        &IfMatch::Any,
        Some(&stored),
        None,
    );
    assert_eq!(outcome.refused().unwrap().code(), Code::ServiceFacts);
}
