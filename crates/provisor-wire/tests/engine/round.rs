//! What was read of an enrollment can be written back, with no change of meaning.

use provisor::allocation::{AllocationPolicy, LinkedHubs, Weight};
use provisor::attestation::EkPolicy;
use provisor::enrollment::{
    CaReferences, Capabilities, CustomAllocation, EnrollmentGroup as Group, Etag, Generation,
    GroupAttestation, IndividualAttestation, IndividualEnrollment as Individual, InitialTwin,
    Leaves, ProvisioningStatus, ReprovisionPolicy, Settings, SigningCertificates, SymmetricKeys,
    Thumbprint, TrustedCertificate,
};
use provisor::operations::{
    Call, Caller, CertificateInfo, GroupView, IfMatch, IndividualView, Rights, ServiceFacts,
    Stored, Write, group, individual,
};
use provisor::quota::{Counts, Quotas};
use provisor::sas::SasKey;
use provisor::tpm::EkPublic;
use provisor::{CaName, DeviceId, GroupId, HubName, IdScope, RegistrationId};
use provisor_testkit::pki::{KeyKind, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use provisor_wire::service::{EnrollmentGroup, IndividualEnrollment, entity};
use provisor_wire::{Body as _, Rejection, UnixTime};

const NOW: UnixTime = UnixTime::new(1_790_000_000);
const ID: &str = "line-7";

fn hub(name: &str) -> HubName {
    HubName::parse(name).unwrap()
}

fn generation() -> Generation {
    Generation::draw(&mut SeededRandom::new(1, "generation")).unwrap()
}

fn keys() -> SymmetricKeys {
    let key = |byte| SasKey::from_bytes(&[byte; 32]).unwrap();
    SymmetricKeys::new(key(1), key(2))
}

/// Every setting in every state that the engine knows, one after the other.
fn settings() -> Vec<Settings> {
    let plain = Settings::new;
    let listed = || plain().with_iot_hubs([hub("hub2.example.net"), hub("hub1.example.net")]);
    let webhook = CustomAllocation::new("https://f.example.net/api?code=x", "2021-10-01").unwrap();
    let mut named = plain().with_allocation_policy(AllocationPolicy::Custom);
    named.custom_allocation = Some(webhook);
    let twin = r#"{"tags":{"a":1.50},"properties":{"desired":{"b":[null]}}}"#;
    let fixed = AllocationPolicy::Static(hub("hub2.example.net"));
    let mut all = vec![
        plain(),
        plain().with_provisioning_status(ProvisioningStatus::Disabled),
        plain().with_initial_twin(InitialTwin::parse(twin).unwrap()),
        listed(),
        listed().with_allocation_policy(fixed),
        named,
        // By the service's own function, which names nothing.
        plain().with_allocation_policy(AllocationPolicy::Custom),
    ];
    for policy in [
        AllocationPolicy::EvenlyWeighted,
        AllocationPolicy::LowestLatency,
        AllocationPolicy::Weighted,
    ] {
        all.push(plain().with_allocation_policy(policy));
    }
    for policy in [
        ReprovisionPolicy::MigrateData,
        ReprovisionPolicy::Never,
        ReprovisionPolicy::ResetData,
    ] {
        all.push(plain().with_reprovision_policy(policy));
    }
    let mut edge = plain();
    edge.capabilities = Capabilities::new(true);
    all.push(edge);
    all
}

fn individuals() -> Vec<(IndividualAttestation, Vec<CertificateInfo>)> {
    let leaf = ToyPki::new(7).device(ID, KeyKind::P256).certificate;
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let info = CertificateInfo::of_der(leaf.der()).unwrap();
    let leaves = Leaves::new(Thumbprint::of_der(leaf.der()), None).unwrap();
    let leaves = leaves.with_sha1(Some(info.sha1), None);
    let leaves = IndividualAttestation::X509Leaf(leaves);
    vec![
        (IndividualAttestation::SymmetricKey(keys()), Vec::new()),
        (IndividualAttestation::Tpm(Box::new(ek)), Vec::new()),
        (IndividualAttestation::TpmAny, Vec::new()),
        (IndividualAttestation::X509Ca(references()), Vec::new()),
        (leaves, vec![info]),
    ]
}

fn references() -> CaReferences {
    CaReferences::new(CaName::parse("factory").unwrap(), None).unwrap()
}

fn groups() -> Vec<(GroupAttestation, Vec<CertificateInfo>)> {
    let pki = ToyPki::new(7);
    let ca = pki.intermediate.certificate.der();
    let signing = SigningCertificates::new(TrustedCertificate::from_der(ca).unwrap(), None);
    vec![
        (GroupAttestation::SymmetricKey(keys()), Vec::new()),
        (GroupAttestation::Ca(references()), Vec::new()),
        (
            GroupAttestation::Signing(signing.unwrap()),
            vec![CertificateInfo::of_der(ca).unwrap()],
        ),
    ]
}

/// By an operator who changes nothing, in a service with that policy for endorsement keys, with no
/// function of its own and with its CAs gone.
fn by_operator<A>(
    ek_policy: &EkPolicy,
    write: impl FnOnce(&mut Call<'_>, &ServiceFacts<'_>) -> A,
) -> A {
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let linked = ["hub1.example.net", "hub2.example.net"].map(|name| (hub(name), Weight::ONE));
    let hubs = LinkedHubs::new(&scope, linked).unwrap();
    let caller = Caller::new("owner", Rights::ALL);
    let facts = ServiceFacts::new(&hubs, ek_policy, &Quotas::NONE, &Counts::NOT_COUNTED);
    let mut random = SeededRandom::new(1, "round");
    write(&mut Call::new(&scope, &caller, NOW, &mut random), &facts)
}

fn individual_back(
    stored: &Stored<Individual>,
    ek_policy: &EkPolicy,
) -> Result<Individual, Rejection> {
    let read = entity(&IndividualEnrollment::of_view(&IndividualView::of(
        stored, None,
    ))?);
    let draft = IndividualEnrollment::from_request(read.body.as_bytes())?.to_draft()?;
    let id = RegistrationId::try_from(ID).unwrap();
    by_operator(ek_policy, |call, facts| {
        let outcome = individual::put(call, &id, draft, &IfMatch::Any, Some(stored), facts);
        let (transaction, pending) = outcome.begin();
        pending.committed()?;
        let mut written = transaction
            .writes
            .into_iter()
            .filter_map(|write| match write {
                Write::Individual(change) => change.becomes,
                _ => None,
            });
        Ok(written.next().unwrap().value)
    })
}

fn group_back(stored: &Stored<Group>) -> Result<Group, Rejection> {
    let read = entity(&EnrollmentGroup::of_view(&GroupView::of(stored))?);
    let draft = EnrollmentGroup::from_request(read.body.as_bytes())?.to_draft()?;
    let id = GroupId::parse(ID).unwrap();
    by_operator(&EkPolicy::AllowList, |call, facts| {
        let outcome = group::put(call, &id, draft, &IfMatch::Any, Some(stored), facts);
        let (transaction, pending) = outcome.begin();
        pending.committed()?;
        let mut written = transaction
            .writes
            .into_iter()
            .filter_map(|write| match write {
                Write::Group(change) => change.becomes,
                _ => None,
            });
        Ok(written.next().unwrap().value)
    })
}

#[test]
fn an_individual_enrollment_is_what_it_was() {
    let policies = [
        EkPolicy::AllowList,
        EkPolicy::CertificateRequired,
        EkPolicy::DangerFirstUse,
    ];
    for (attestation, certificates) in individuals() {
        for settings in settings() {
            for (policy, device_id) in policies.iter().zip([None, Some("Pump#1"), None]) {
                let id = RegistrationId::try_from(ID).unwrap();
                let mut made = Individual::new(id, attestation.clone(), generation())
                    .with_settings(settings.clone());
                if let Some(device_id) = device_id {
                    made = made.with_device_id(DeviceId::parse(device_id).unwrap());
                }
                let stored = Stored::new(made.clone(), Etag::parse("tag").unwrap(), NOW)
                    .with_certificates(certificates.clone());
                let back = individual_back(&stored, policy);
                let back = back.unwrap_or_else(|refused| panic!("{refused}\n{made:?}"));
                assert_eq!(format!("{back:?}"), format!("{made:?}"));
                assert_eq!(back.settings(), made.settings());
            }
        }
    }
}

#[test]
fn a_group_is_what_it_was() {
    for (attestation, certificates) in groups() {
        for settings in settings() {
            let made = Group::new(
                GroupId::parse(ID).unwrap(),
                attestation.clone(),
                generation(),
            )
            .with_settings(settings);
            let stored = Stored::new(made.clone(), Etag::parse("tag").unwrap(), NOW)
                .with_certificates(certificates.clone());
            let back = group_back(&stored);
            let back = back.unwrap_or_else(|refused| panic!("{refused}\n{made:?}"));
            assert_eq!(format!("{back:?}"), format!("{made:?}"));
            assert_eq!(back.settings(), made.settings());
        }
    }
}

#[test]
fn what_is_not_stored_already_is_no_way_around_a_rule() {
    let id = || RegistrationId::try_from(ID).unwrap();
    let keyed = || {
        let attestation = IndividualAttestation::SymmetricKey(keys());
        let made = Individual::new(id(), attestation, generation());
        Stored::new(made, Etag::parse("tag").unwrap(), NOW)
    };
    for (members, code) in [
        (r#""type":"tpm","tpm":{}}"#, "SERVICE_EK_MISSING"),
        (r#""type":"tpm"}"#, "WIRE_MEMBER_MISSING"),
        (
            r#""type":"symmetricKey"},"allocationPolicy":"evenlyWeighted""#,
            "ALLOC_POLICY",
        ),
        (
            r#""type":"symmetricKey"},"allocationPolicy":"custom""#,
            "SERVICE_CUSTOM",
        ),
    ] {
        let body = format!(r#"{{"registrationId":"{ID}","attestation":{{{members}}}"#);
        let stored = keyed();
        let put = |stored: Option<&Stored<Individual>>| {
            let draft = IndividualEnrollment::from_request(body.as_bytes())?.to_draft()?;
            by_operator(&EkPolicy::AllowList, |call, facts| {
                individual::put(call, &id(), draft, &IfMatch::Any, stored, facts)
                    .begin()
                    .1
                    .committed()
            })
        };
        for stored in [None, Some(&stored)] {
            let refused = put(stored).unwrap_err();
            assert_eq!(refused.code().name(), code, "{body}");
        }
    }
}
