//! Operators and devices together: what an operation does to the next registration, and what both
//! count.

use std::collections::BTreeMap;

use proptest::prelude::*;
use provisor::enrollment::{CaCertificate, EnrollmentGroup, Etag, Generation, ProvisioningStatus};
use provisor::metering::{Day, Entry, Instruction, Ledger};
use provisor::operations::{
    AttestationDraft, AuditEntry, CertificateDraft, Finding, GroupDraft, IfMatch, IndividualDraft,
    Pair, Query, SettingsDraft, Verb, X509Draft, record,
};
use provisor::quota::RecordQuota;
use provisor::registration::{
    Current, Effect, Entry as Left, Evidence, Facts, Fence, Known, OwnerTag, Precondition,
    RegistrationRequest, Response, SasText, Save, Service, Substatus,
};
use provisor::sas::{Resource, SasKey};
use provisor::{Code, DeviceId, HubName, RegistrationId, Rejection};
use provisor_testkit::pki::{Device, KeyKind, ToyPki};

use crate::store::{Store, device, hub, named, tpm};

/// A store, a service that decides by what is in it, and hubs that know whose device is whose.
struct Plant {
    store: Store,
    leases: u64,
    devices: BTreeMap<(HubName, DeviceId), OwnerTag>,
    saves: Vec<Save>,
}

impl Plant {
    fn new() -> Self {
        Self {
            store: Store::new(),
            leases: 0,
            devices: BTreeMap::new(),
            saves: Vec::new(),
        }
    }

    fn registers(&mut self, id: &RegistrationId, evidence: Evidence<'_>) -> Response {
        self.leases += 1;
        let store = &self.store;
        let service = Service::new(store.scope.clone());
        let request = RegistrationRequest::new(store.scope.clone(), id.clone(), evidence);
        let groups: Vec<EnrollmentGroup> = store.groups.values().map(|g| g.value.clone()).collect();
        let cas: Vec<CaCertificate> = store.cas.clone();
        let individual = store.individuals.get(id).map(|stored| &stored.value);
        let known = store.records.get(id).map(Left::known);
        let facts = Facts::new(
            &store.hubs,
            individual,
            known,
            Fence::new(self.leases),
            RecordQuota::NONE,
        )
        .with_groups(&groups, &cas)
        .with_symmetric_key_groups(&groups)
        .with_latencies(&[])
        .with_challenge(provisor::registration::ChallengeFact::None);
        let mut random = store.random.clone();
        let decision = service.decide(&request, facts, store.now, &mut random);
        self.store.random = random;
        let response = decision.carry_out(|effect| self.carry_out(effect));
        let (scope, at) = (self.store.scope.clone(), self.store.now);
        let entry = AuditEntry::of_registration(&scope, id, &response, at);
        self.store.audit.push(entry);
        response
    }

    /// What the store has of what a decision was made from.
    fn current(&self, of: &Precondition) -> Current<'_> {
        let store = &self.store;
        let individual = store.individuals.get(of.registration_id());
        let group = of.group().and_then(|group| store.groups.get(group));
        Current::new(
            store.records.get(of.registration_id()).map(Left::known),
            individual.map(|stored| &stored.value),
            group.map(|stored| &stored.value),
            RecordQuota::NONE,
        )
    }

    fn carry_out(&mut self, effect: Effect) -> Result<(), Rejection> {
        match effect {
            Effect::Prepare(preparation) => {
                preparation.check(&self.current(&preparation.precondition))?;
            }
            Effect::PutDevice {
                owner,
                hub,
                device_id,
                ..
            } => {
                let key = (hub.clone(), device_id.clone());
                owner.may_put(self.devices.get(&key), &hub, &device_id)?;
                self.devices.insert(key, owner);
            }
            Effect::SaveRecord(save) => {
                let id = save.record.registration_id.clone();
                save.check(&self.current(&save.precondition))?;
                // In one step: the record and its count.
                self.store
                    .counted
                    .push(Entry::of_registration(&save.record, save.operation));
                self.store
                    .records
                    .insert(id, Left::Record(save.record.clone()));
                self.saves.push(*save);
            }
            Effect::RemoveDevice(removal) => {
                let key = (removal.hub.clone(), removal.device_id.clone());
                if removal.owner.may_remove(self.devices.get(&key)) {
                    self.devices.remove(&key);
                }
            }
            other => return Err(other.unknown()),
        }
        Ok(())
    }

    fn with_certificate(&mut self, device: &Device) -> Response {
        let id = crate::store::device("line-7");
        let sent = [ToyPki::new(7).intermediate.certificate.der().to_vec()];
        let sent: Vec<&[u8]> = sent.iter().map(Vec::as_slice).collect();
        let leaf = device.certificate.der().to_vec();
        let evidence = Evidence::X509 {
            leaf: &leaf,
            sent: &sent,
        };
        self.registers(&id, evidence)
    }

    fn with_key(&mut self, id: &str, key: &SasKey) -> Response {
        let id = device(id);
        let resource = Resource::registration(&self.store.scope, &id);
        let token = key
            .sign(&resource, self.store.now.saturating_add(600))
            .to_string();
        self.registers(&id, Evidence::Sas(SasText::new(&token)))
    }

    fn devices_of(&self, id: &str) -> usize {
        let id = device(id);
        self.devices
            .values()
            .filter(|owner| owner.registration_id == id)
            .count()
    }
}

fn line_7() -> Device {
    ToyPki::new(7).device("line-7", KeyKind::P256)
}

/// The group of everything that the factory's issuing CA signs.
fn line(status: ProvisioningStatus) -> GroupDraft {
    let ca = ToyPki::new(7).intermediate.certificate.der().to_vec();
    let signing = X509Draft::signing(Pair::new(CertificateDraft::from_der(ca), None));
    let mut settings = SettingsDraft::default();
    settings.provisioning_status = Some(status);
    GroupDraft::new(named("line"), AttestationDraft::x509(signing)).with_settings(settings)
}

fn refused(response: &Response) -> Code {
    response.refused().expect("a refusal").code()
}

fn record_of(response: &Response) -> &provisor::registration::RegistrationRecord {
    &response
        .assigned()
        .unwrap_or_else(|| panic!("{response:?}"))
        .record
}

#[test]
fn e9_a_disabled_individual_enrollment_blocks_a_device_of_a_group_until_it_is_deleted() {
    let mut plant = Plant::new();
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    let mine = line_7();
    record_of(&plant.with_certificate(&mine));
    // Made only to block: whatever its mechanism.
    let mut settings = SettingsDraft::default();
    settings.provisioning_status = Some(ProvisioningStatus::Disabled);
    plant
        .store
        .put(tpm("line-7").with_settings(settings), &IfMatch::Any)
        .unwrap();
    assert_eq!(
        refused(&plant.with_certificate(&mine)),
        Code::AttestDisabled
    );
    // The device in its hub is not touched.
    assert_eq!(plant.devices_of("line-7"), 1);
    plant.store.delete("line-7", &IfMatch::Any).unwrap();
    let back = plant.with_certificate(&mine);
    assert_eq!(
        record_of(&back).revision,
        2,
        "the record was the group's, and stayed"
    );
}

#[test]
fn e9_a_disabled_group_stops_registrations_and_touches_nothing_else() {
    let mut plant = Plant::new();
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    let mine = line_7();
    record_of(&plant.with_certificate(&mine));
    plant
        .store
        .put_group(line(ProvisioningStatus::Disabled), &IfMatch::Any)
        .unwrap();
    assert_eq!(
        refused(&plant.with_certificate(&mine)),
        Code::AttestGroupDisabled
    );
    assert_eq!(plant.devices_of("line-7"), 1);
    assert!(plant.store.record("line-7").is_some());
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    assert_eq!(record_of(&plant.with_certificate(&mine)).revision, 2);
}

#[test]
fn e9_who_was_enrolled_alone_comes_back_through_a_group_as_a_new_device() {
    let mut plant = Plant::new();
    let mine = line_7();
    let leaf = CertificateDraft::from_der(mine.certificate.der().to_vec());
    let draft = AttestationDraft::x509(X509Draft::clients(Pair::new(leaf, None)));
    plant
        .store
        .put(IndividualDraft::new(device("line-7"), draft), &IfMatch::Any)
        .unwrap();
    record_of(&plant.with_certificate(&mine));
    plant.store.delete("line-7", &IfMatch::Any).unwrap();
    assert!(plant.with_certificate(&mine).refused().is_some());
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    let back = plant.with_certificate(&mine);
    let record = record_of(&back);
    assert_eq!(record.substatus, Substatus::InitialAssignment);
    assert_eq!(record.created, record.updated);
    assert_eq!(
        plant.devices_of("line-7"),
        1,
        "never two live devices of one registration"
    );
}

#[test]
fn e2_a_device_whose_record_was_deleted_is_new_and_leaves_no_second_one_behind() {
    let mut plant = Plant::new();
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    let mine = line_7();
    let first = record_of(&plant.with_certificate(&mine))
        .assigned_hub
        .clone();
    plant.store.delete_record("line-7", &IfMatch::Any).unwrap();
    assert_eq!(
        plant.devices_of("line-7"),
        1,
        "deleting a record touches no hub"
    );
    // It would go to another hub now.
    let other = if first == hub("hub-a") {
        "hub-b"
    } else {
        "hub-a"
    };
    let mut settings = SettingsDraft::default();
    settings.iot_hubs = vec![hub(other)];
    let draft = line(ProvisioningStatus::Enabled).with_settings(settings);
    plant.store.put_group(draft, &IfMatch::Any).unwrap();
    let again = plant.with_certificate(&mine);
    assert_eq!(record_of(&again).assigned_hub, hub(other));
    assert_eq!(record_of(&again).substatus, Substatus::InitialAssignment);
    assert_eq!(plant.devices_of("line-7"), 1);
}

#[test]
fn e2_the_records_of_a_deleted_group_stay_and_bar_their_ids_for_strangers() {
    let mut plant = Plant::new();
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    let mine = line_7();
    record_of(&plant.with_certificate(&mine));
    plant.store.delete_group("line", &IfMatch::Any).unwrap();
    let page = plant.store.query_records("line", &Query::all()).unwrap();
    assert_eq!(page.items.len(), 1);
    assert!(plant.with_certificate(&mine).refused().is_some());
    // Somebody else's group of that name, by keys.
    let key = SasKey::from_bytes(&[7; 32]).unwrap();
    let keys = AttestationDraft::symmetric_key(Some(key.clone()), None);
    plant
        .store
        .put_group(GroupDraft::new(named("line"), keys), &IfMatch::Any)
        .unwrap();
    let stranger = plant.with_key("line-7", &key.derive(&device("line-7")));
    assert!(stranger.refused().is_some(), "{stranger:?}");
    // Who has the records deleted opens the ID.
    plant.store.delete_record("line-7", &IfMatch::Any).unwrap();
    let new = plant.with_key("line-7", &key.derive(&device("line-7")));
    assert_eq!(record_of(&new).substatus, Substatus::InitialAssignment);
    assert_eq!(plant.devices_of("line-7"), 1);
}

#[test]
fn c11_a_device_registers_by_a_key_that_was_drawn_and_not_by_one_that_was_rolled_over() {
    let mut plant = Plant::new();
    let draft = AttestationDraft::symmetric_key(None, None);
    let draft = IndividualDraft::new(device("line-7"), draft);
    plant.store.put(draft.clone(), &IfMatch::Any).unwrap();
    let keys = plant.store.mechanism("line-7").unwrap().keys.unwrap();
    record_of(&plant.with_key("line-7", keys.secondary()));
    let mut rolled = draft;
    let new = SasKey::from_bytes(&[9; 32]).unwrap();
    rolled.attestation = AttestationDraft::symmetric_key(Some(new.clone()), None);
    plant.store.put(rolled, &IfMatch::Any).unwrap();
    assert!(plant.with_key("line-7", keys.primary()).refused().is_some());
    let again = plant.with_key("line-7", &new);
    assert_eq!(record_of(&again).revision, 2);
}

#[test]
fn d6_registrations_are_written_down_with_their_end() {
    let mut plant = Plant::new();
    let mine = line_7();
    plant.with_certificate(&mine);
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    plant.with_certificate(&mine);
    let ends: Vec<_> = plant
        .store
        .audit
        .iter()
        .filter(|entry| entry.verb == Verb::Register)
        .map(|entry| (&*entry.id, entry.finding))
        .collect();
    assert!(
        matches!(ends[0], ("line-7", Finding::Refused(_))),
        "{ends:?}"
    );
    assert_eq!(ends[1], ("line-7", Finding::Done));
}

#[test]
fn what_is_metered_adds_up_however_often_it_is_delivered() {
    let mut plant = Plant::new();
    let mine = line_7();
    plant.with_certificate(&mine); // refused: no count
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap(); // unchanged
    plant.store.read_group("line").unwrap();
    plant.with_certificate(&mine);
    plant.with_certificate(&mine);
    plant.store.read_record("line-7").unwrap();
    plant.store.delete_record("line-7", &IfMatch::Any).unwrap();
    plant.store.now = plant.store.now.saturating_add(86_400);
    plant.with_certificate(&mine);
    plant.store.delete_group("line", &IfMatch::Any).unwrap();
    plant.store.delete_group("line", &IfMatch::Any).unwrap_err();

    let mut ledger = Ledger::new();
    ledger.extend(plant.store.counted.iter().cloned());
    // The outbox delivers some of it again.
    ledger.extend(plant.store.counted.iter().rev().cloned());
    let again = plant.saves.iter();
    ledger.extend(again.map(|save| Entry::of_registration(&save.record, save.operation)));
    let report = ledger.report(&plant.store.scope);
    for (what, number) in [
        (Instruction::GroupWrite, 2),
        (Instruction::GroupDelete, 1),
        (Instruction::Registration, 2),
        (Instruction::Reregistration, 1),
        (Instruction::RecordDelete, 1),
    ] {
        assert_eq!(report.of(what), number, "{what}");
    }
    assert_eq!(report.total(), 7);
    let today = Day::of(plant.store.now);
    assert_eq!((report.on(today), report.rows().count()), (2, 6));
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, Option<bool>),
    Delete(u8, bool),
    Register(u8),
    DeleteRecord(u8),
    Read(u8),
}

fn steps() -> impl Strategy<Value = Step> {
    let id = 0_u8..3;
    prop_oneof![
        (id.clone(), proptest::option::of(any::<bool>())).prop_map(|(id, tag)| Step::Put(id, tag)),
        (id.clone(), any::<bool>()).prop_map(|(id, tag)| Step::Delete(id, tag)),
        id.clone().prop_map(Step::Register),
        id.clone().prop_map(Step::DeleteRecord),
        id.prop_map(Step::Read),
    ]
}

proptest! {
    /// Whatever operators and devices do: each success counts once and nothing else does, no version
    /// comes back, a generation lasts from making to deletion, no device has two places.
    #[test]
    fn sequences_of_operations_and_registrations(steps in proptest::collection::vec(steps(), 0..40)) {
        let mut plant = Plant::new();
        let key = SasKey::from_bytes(&[7; 32]).unwrap();
        let mut tags: Vec<Etag> = Vec::new();
        let mut making: BTreeMap<u8, Generation> = BTreeMap::new();
        let mut done = 0;
        for step in steps {
            plant.store.now = plant.store.now.saturating_add(1);
            let audited = plant.store.audit.len();
            let name = |id: u8| format!("line-{id}");
            match step {
                Step::Put(id, tag) => {
                    let attestation = AttestationDraft::symmetric_key(Some(key.clone()), None);
                    let draft = IndividualDraft::new(device(&name(id)), attestation);
                    let stored = plant.store.individuals.get(&device(&name(id))).cloned();
                    // Without a tag, with the one that is stored, or with one that was once.
                    let if_match = match (tag, &stored) {
                        (None, _) => IfMatch::Any,
                        (Some(true), Some(stored)) => IfMatch::Tag(stored.etag.clone()),
                        _ => tags.first().cloned().map_or(IfMatch::Exists, IfMatch::Tag),
                    };
                    let fits = match (&if_match, &stored) {
                        (IfMatch::Any, _) => true,
                        (IfMatch::Exists, stored) => stored.is_some(),
                        (IfMatch::Tag(tag), stored) => stored.as_ref().is_some_and(|s| s.etag == *tag),
                    };
                    let result = plant.store.put(draft, &if_match);
                    prop_assert_eq!(result.is_ok(), fits);
                    if let Ok(view) = result {
                        done += 1;
                        prop_assert!(!tags.contains(&view.etag));
                        tags.push(view.etag);
                        let generation = plant.store.individuals[&device(&name(id))].value.generation();
                        prop_assert_eq!(*making.entry(id).or_insert(generation), generation);
                    }
                }
                Step::Delete(id, stale) => {
                    let stored = plant.store.individuals.get(&device(&name(id))).cloned();
                    let if_match = match tags.first() {
                        Some(tag) if stale => IfMatch::Tag(tag.clone()),
                        _ => IfMatch::Any,
                    };
                    let fits = stored.is_some_and(|stored| match &if_match {
                        IfMatch::Tag(tag) => *tag == stored.etag,
                        _ => true,
                    });
                    let result = plant.store.delete(&name(id), &if_match);
                    prop_assert_eq!(result.is_ok(), fits);
                    if fits {
                        done += 1;
                        making.remove(&id);
                        prop_assert!(plant.store.record(&name(id)).is_none());
                    }
                }
                Step::Register(id) => {
                    let enrolled = plant.store.individuals.contains_key(&device(&name(id)));
                    let response = plant.with_key(&name(id), &key);
                    prop_assert_eq!(response.assigned().is_some(), enrolled, "{:?}", response);
                    done += usize::from(enrolled);
                }
                Step::DeleteRecord(id) => {
                    let there = plant.store.record(&name(id)).is_some();
                    prop_assert_eq!(plant.store.delete_record(&name(id), &IfMatch::Any).is_ok(), there);
                    done += usize::from(there);
                }
                Step::Read(id) => {
                    let there = plant.store.individuals.contains_key(&device(&name(id)));
                    prop_assert_eq!(plant.store.read(&name(id)).is_ok(), there);
                }
            }
            prop_assert_eq!(plant.store.audit.len(), audited + 1);
            prop_assert_eq!(plant.store.counted.len(), done);
            for id in 0..3 {
                prop_assert!(plant.devices_of(&name(id)) <= 1);
            }
        }
        let mut ledger = Ledger::new();
        ledger.extend(plant.store.counted.iter().cloned());
        prop_assert_eq!(ledger.len(), done, "no two have one key");
    }
}

#[test]
fn c8_a_deletion_that_was_decided_before_a_registration_does_not_delete_it() {
    use provisor::operations::Call;
    let mut plant = Plant::new();
    plant
        .store
        .put_group(line(ProvisioningStatus::Enabled), &IfMatch::Any)
        .unwrap();
    let mine = line_7();
    plant.with_certificate(&mine);
    let before = plant.store.records[&device("line-7")].clone();
    let mut random = plant.store.random.clone();
    let mut call = Call::new(
        &plant.store.scope,
        &plant.store.caller,
        plant.store.now,
        &mut random,
    );
    let (transaction, _) =
        record::delete(&mut call, &device("line-7"), &IfMatch::Any, before.record()).begin();
    record_of(&plant.with_certificate(&mine));
    assert!(plant.store.commit(transaction).is_err());
    assert!(matches!(
        plant.store.records[&device("line-7")].known(),
        Known::Record(_)
    ));
}
