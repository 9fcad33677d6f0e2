//! A store that keeps records by itself, and one check of it after the other left out.

use std::collections::BTreeMap;

use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    SymmetricKeys,
};
use provisor::quota::{self, Counts, Quotas, RecordQuota};
use provisor::registration::{Current, Entry, Fence, Precondition, Removal};
use provisor::sas::SasKey;
use provisor::{Code, GroupId, RegistrationId};
use provisor_contract::{Counted, MemoryStore, Report, StoreAnswer, StoreCall};

use super::{breaks, broken_store, fenced};

/// One that keeps records by itself, with one check less.
#[derive(Default)]
struct Records {
    individuals: BTreeMap<RegistrationId, IndividualEnrollment>,
    groups: BTreeMap<GroupId, EnrollmentGroup>,
    /// Not in the normal form: as they were told.
    leases: BTreeMap<RegistrationId, Fence>,
    entries: BTreeMap<String, Entry>,
    counted: Counted,
    removals: BTreeMap<String, Vec<Removal>>,
}

#[derive(Clone, Copy, Default)]
struct Without {
    fence: bool,
    revision: bool,
    repetition: bool,
    count: bool,
    removal: bool,
    cancelling: bool,
    tombstone: bool,
    folding: bool,
    refused_counts: bool,
    /// Of preparations: what was decided from, the lease, and that nothing is noted else.
    preparing: bool,
    preparing_lease: bool,
    note_first: bool,
    /// The enrollments of groups, individual ones, and those that go before a group.
    individuals: bool,
    groups: bool,
    before_groups: bool,
    quota: bool,
}

impl Records {
    fn records(&self) -> u64 {
        let records = self.entries.values().filter_map(Entry::record);
        u64::try_from(records.count()).unwrap()
    }

    /// What there is, or for want of a look what was there when it was decided.
    fn current(&self, without: Without, of: &Precondition) -> Current<'_> {
        let id = of.registration_id();
        let key = match without.folding {
            true => id.as_str(),
            false => id.normal_form(),
        };
        let by_group = of.group().is_some();
        let individual = self.individuals.get(id);
        let individual = match (by_group, individual) {
            (true, Some(_)) if without.before_groups => None,
            (false, _) if without.individuals => Some(enrolled(id)),
            (_, individual) => individual,
        };
        let group = of.group().and_then(|group| match without.groups {
            true => Some(ours(group)),
            false => self.groups.get(group),
        });
        let records = match without.quota {
            true => 0,
            false => self.records(),
        };
        let counts = Counts::NOT_COUNTED.with(quota::Counted::Registrations, records);
        Current::new(
            self.entries.get(key).map(Entry::known),
            individual,
            group,
            RecordQuota::new(&Quotas::NONE, &counts),
        )
    }

    fn call(&mut self, without: Without, call: StoreCall, memory: &mut MemoryStore) -> StoreAnswer {
        let key = |id: &RegistrationId| match without.folding {
            true => id.as_str().to_owned(),
            false => id.normal_form().to_owned(),
        };
        match call {
            StoreCall::Save(save) => {
                let id = key(&save.record.registration_id);
                let known = self.entries.get(&id).map(Entry::known);
                if save.is_done(known) && !without.repetition {
                    return StoreAnswer::Done;
                }
                let checked = save.check(&self.current(without, &save.precondition));
                if let Err(cause) = checked {
                    let passes = match cause.code() {
                        Code::RegFenced => without.fence,
                        Code::RegSaveLost => {
                            without.revision || without.repetition && save.is_done(known)
                        }
                        _ => false,
                    };
                    if without.refused_counts {
                        self.counted.reregistrations += 1;
                    }
                    if !passes {
                        return StoreAnswer::Refused(cause);
                    }
                }
                let removals = self.removals.entry(id.clone()).or_default();
                if !without.cancelling {
                    removals.retain(|noted| !save.cancels(noted));
                }
                if let Some(removal) = save.removal.clone().filter(|_| !without.removal) {
                    removals.retain(|noted| noted.place() != removal.place());
                    removals.push(removal);
                }
                if !without.count {
                    match save.record.revision {
                        1 => self.counted.registrations += 1,
                        _ => self.counted.reregistrations += 1,
                    }
                }
                self.entries.insert(id, Entry::Record(save.record));
                StoreAnswer::Done
            }
            StoreCall::Delete { id, now } => {
                let id = key(&id);
                let left = match self.entries.remove(&id) {
                    Some(Entry::Record(record)) if !without.tombstone => Some(Entry::Tombstone(
                        provisor::registration::Tombstone::of(&record, now),
                    )),
                    _ => None,
                };
                self.entries.extend(left.map(|left| (id, left)));
                StoreAnswer::Done
            }
            StoreCall::Known { id } => {
                StoreAnswer::Known(self.entries.get(&key(&id)).cloned().map(Box::new))
            }
            StoreCall::Prepare(preparation) => {
                let of = &preparation.precondition;
                let id = key(of.registration_id());
                let over = self.leases.get(of.registration_id()) > Some(&of.fence());
                let checked = match preparation.check(&self.current(without, of)) {
                    _ if over && !without.preparing_lease => return fenced(),
                    Err(_) if without.preparing => Ok(()),
                    checked => checked,
                };
                if let Some(removal) = preparation.removal
                    && (checked.is_ok() || without.note_first)
                {
                    let removals = self.removals.entry(id).or_default();
                    removals.retain(|noted| noted.place() != removal.place());
                    removals.push(removal);
                }
                checked.into()
            }
            StoreCall::Lease { id, now, until } => {
                let answer = memory.call(StoreCall::Lease {
                    id: id.clone(),
                    now,
                    until,
                });
                if let StoreAnswer::Leased(fence) = &answer {
                    self.leases.insert(id, *fence);
                }
                answer
            }
            StoreCall::Enroll(enrollment) => {
                let id = enrollment.registration_id().clone();
                self.individuals.insert(id, *enrollment);
                StoreAnswer::Done
            }
            StoreCall::Expel { id } => {
                self.individuals.remove(&id);
                StoreAnswer::Done
            }
            StoreCall::EnrollGroup(group) => {
                self.groups.insert(group.id().clone(), *group);
                StoreAnswer::Done
            }
            StoreCall::DeleteGroup { id } => {
                self.groups.remove(&id);
                StoreAnswer::Done
            }
            StoreCall::CountRecords => StoreAnswer::Records(self.records()),
            StoreCall::ForgetRemoval(removal) => {
                let id = key(&removal.owner.registration_id);
                let fence = removal.owner.fence;
                self.removals
                    .entry(id)
                    .or_default()
                    .retain(|noted| noted.place() != removal.place() || fence < noted.owner.fence);
                StoreAnswer::Done
            }
            StoreCall::Removals { id } => {
                StoreAnswer::Removals(self.removals.get(&key(&id)).cloned().unwrap_or_default())
            }
            StoreCall::Count => StoreAnswer::Counted(self.counted),
            call => memory.call(call),
        }
    }
}

/// The enrollments that the tests decide from, whatever was done to them.
fn enrolled(id: &RegistrationId) -> &'static IndividualEnrollment {
    let generation = Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap();
    let made = IndividualEnrollment::new(id.clone(), IndividualAttestation::TpmAny, generation);
    Box::leak(Box::new(made))
}

fn ours(id: &GroupId) -> &'static EnrollmentGroup {
    let generation = Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap();
    let [first, second] = [7, 8].map(|byte| SasKey::from_bytes(&[byte; 32]).unwrap());
    let attestation = GroupAttestation::SymmetricKey(SymmetricKeys::new(first, second));
    let made = EnrollmentGroup::new(id.clone(), attestation, generation);
    Box::leak(Box::new(made))
}

fn without(without: Without) -> Report {
    let mut records = Records::default();
    broken_store(|call, memory| records.call(without, call, memory))
}

#[test]
fn a_store_that_checks_all_but_one_thing() {
    let report = without(Without::default());
    assert!(report.is_kept(), "{report}");
    let of = |change: fn(&mut Without)| {
        let mut lost = Without::default();
        change(&mut lost);
        without(lost)
    };
    breaks(
        &of(|lost| lost.fence = true),
        &["a later one has overtaken"],
    );
    breaks(
        &of(|lost| lost.revision = true),
        &[
            "does not follow what is there",
            "before a deletion",
            "in one step",
        ],
    );
    breaks(&of(|lost| lost.repetition = true), &["comes again is done"]);
    breaks(
        &of(|lost| lost.count = true),
        &["in one step", "comes again is done"],
    );
    breaks(
        &of(|lost| lost.removal = true),
        &["in one step", "cancels the removal"],
    );
    breaks(&of(|lost| lost.cancelling = true), &["cancels the removal"]);
    breaks(
        &of(|lost| lost.tombstone = true),
        &["before a deletion", "leaves a tombstone"],
    );
    breaks(
        &of(|lost| lost.folding = true),
        &["under the ID in any case"],
    );
    breaks(&of(|lost| lost.refused_counts = true), &["in one step"]);
    let [individual, group, quota] = [
        "the individual enrollment was changed",
        "the group was changed",
        "beyond the quota",
    ];
    let record = "decided from another record";
    breaks(
        &of(|lost| lost.preparing = true),
        &[record, individual, group, quota],
    );
    breaks(
        &of(|lost| lost.preparing_lease = true),
        &["a preparation by a lease that is over"],
    );
    breaks(&of(|lost| lost.note_first = true), &[record, individual]);
    breaks(&of(|lost| lost.individuals = true), &[individual]);
    breaks(&of(|lost| lost.groups = true), &[group]);
    breaks(&of(|lost| lost.before_groups = true), &[group]);
    breaks(&of(|lost| lost.quota = true), &[quota]);
}
