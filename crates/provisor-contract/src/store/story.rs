//! What the tests of a store say to it.

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::{EnrollmentGroup, IndividualAttestation, IndividualEnrollment};
use provisor::registration::{
    Admitting, ChallengeFact, Entry, Fence, Known, Operation, OwnerTag, Precondition, Preparation,
    RegistrationRecord, Removal, Save,
};
use provisor::{Code, DeviceId, HubName, RegistrationId};

use super::call::{Counted, StoreAnswer, StoreCall};
use crate::keys;
use crate::script;
use crate::setting::Setting;

pub(super) type Script<'l> = script::Script<'l, StoreAnswer>;
pub(super) type Stop = script::Stop<StoreCall>;
pub(super) type Told<T = ()> = Result<T, Stop>;

/// One registration in a test.
pub(super) struct Story<'s, 'l> {
    setting: &'s Setting,
    script: &'s mut Script<'l>,
    id: RegistrationId,
}

impl<'s, 'l> Story<'s, 'l> {
    pub(super) fn new(setting: &'s Setting, script: &'s mut Script<'l>, name: &str) -> Told<Self> {
        let id = setting.id(name)?;
        let mut story = Self {
            setting,
            script,
            id,
        };
        story.enroll(story.individual())?;
        Ok(story)
    }

    /// The enrollment that admits the device.
    pub(super) fn individual(&self) -> IndividualEnrollment {
        let generation = self.setting.generation;
        IndividualEnrollment::new(self.id.clone(), IndividualAttestation::TpmAny, generation)
    }

    pub(super) fn enroll(&mut self, enrollment: IndividualEnrollment) -> Told {
        self.done(StoreCall::Enroll(Box::new(enrollment)))
    }

    pub(super) fn expel(&mut self) -> Told {
        let id = self.id.clone();
        self.done(StoreCall::Expel { id })
    }

    pub(super) fn enroll_group(&mut self, group: &EnrollmentGroup) -> Told {
        self.done(StoreCall::EnrollGroup(Box::new(group.clone())))
    }

    pub(super) fn delete_group(&mut self, group: &EnrollmentGroup) -> Told {
        let id = group.id().clone();
        self.done(StoreCall::DeleteGroup { id })
    }

    /// The same test about another registration.
    pub(super) fn about<'t>(&'t mut self, name: &str) -> Told<Story<'t, 'l>> {
        Story::new(self.setting, self.script, name)
    }

    /// The same registration in the other case.
    pub(super) fn shouted(&mut self) -> Told<Story<'_, 'l>> {
        let id = self.id.as_str().to_ascii_uppercase();
        Ok(Story {
            id: RegistrationId::try_from(&*id)?,
            setting: self.setting,
            script: self.script,
        })
    }

    pub(super) const fn hub_a(&self) -> &'s HubName {
        self.setting.hub_a()
    }

    pub(super) const fn hub_b(&self) -> &'s HubName {
        self.setting.hub_b()
    }

    /// The lease from a second on for a minute, which must be free.
    pub(super) fn lease(&mut self, from: i64) -> Told<Fence> {
        match self.try_lease(from)? {
            Some(fence) => Ok(fence),
            None => Stop::broken("the lease is free, and was answered to be busy"),
        }
    }

    pub(super) fn try_lease(&mut self, from: i64) -> Told<Option<Fence>> {
        let call = StoreCall::Lease {
            id: self.id.clone(),
            now: Setting::at(from),
            until: Setting::at(from + 60),
        };
        match self.script.ask(call)? {
            StoreAnswer::Leased(fence) => Ok(Some(*fence)),
            StoreAnswer::Busy => Ok(None),
            other => strange("a lease, or that it is busy", other),
        }
    }

    pub(super) fn release(&mut self, fence: Fence) -> Told {
        let id = self.id.clone();
        self.done(StoreCall::Release { id, fence })
    }

    pub(super) fn restart(&mut self) -> Told {
        self.done(StoreCall::Restart)
    }

    pub(super) fn known(&mut self) -> Told<Option<&'l Entry>> {
        let id = self.id.clone();
        match self.script.ask(StoreCall::Known { id })? {
            StoreAnswer::Known(entry) => Ok(entry.as_deref()),
            other => strange("what is known", other),
        }
    }

    /// That the record is there and no other.
    pub(super) fn has(&mut self, expected: &RegistrationRecord) -> Told {
        match self.known()? {
            Some(Entry::Record(found)) if found == expected => Ok(()),
            found => Stop::broken(format!("expected the record {expected:?}, found {found:?}")),
        }
    }

    /// A record of this registration in that hub.
    pub(super) fn record(&self, hub: &HubName, fence: Fence, revision: u64) -> RegistrationRecord {
        let mut record = RegistrationRecord::new(
            self.setting.scope.clone(),
            self.id.clone(),
            hub.clone(),
            EnrollmentRef::Individual,
            self.setting.generation,
            Setting::at(0),
        );
        record.fence = fence;
        record.revision = revision;
        record
    }

    /// The removal of this registration's device from that hub.
    pub(super) fn removal(&self, hub: &HubName, fence: Fence) -> Removal {
        let owner = OwnerTag::new(self.setting.scope.clone(), self.id.clone(), fence);
        Removal::new(owner, hub.clone(), DeviceId::from(&self.id))
    }

    /// What a record was decided from, if the device is admitted by its own enrollment: the one before
    /// it, of the same lease.
    pub(super) fn before(&self, record: &RegistrationRecord) -> Precondition {
        self.decided(record.fence, record.revision.saturating_sub(1))
    }

    /// That something is decided under a lease from the record of that revision; 0 is none.
    pub(super) fn decided(&self, fence: Fence, revision: u64) -> Precondition {
        self.decided_by(fence, revision, Admitting::Individual(&self.individual()))
    }

    pub(super) fn decided_by(
        &self,
        fence: Fence,
        revision: u64,
        by: Admitting<'_>,
    ) -> Precondition {
        let before = self.record(self.hub_a(), fence, revision);
        let known = (revision > 0).then_some(Known::Record(&before));
        let (scope, id) = (self.setting.scope.clone(), self.id.clone());
        Precondition::new(scope, id, fence, known, by)
    }

    fn saved(&self, record: &RegistrationRecord) -> Save {
        saved(record, self.before(record))
    }

    pub(super) fn save(&mut self, record: &RegistrationRecord) -> Told {
        let save = self.saved(record);
        self.done(StoreCall::Save(Box::new(save)))
    }

    pub(super) fn save_leaving(&mut self, record: &RegistrationRecord, removal: &Removal) -> Told {
        let save = self.saved(record).with_removal(removal.clone());
        self.done(StoreCall::Save(Box::new(save)))
    }

    /// Saves what was decided from that.
    pub(super) fn save_if(&mut self, record: &RegistrationRecord, of: Precondition) -> Told {
        let save = saved(record, of);
        self.done(StoreCall::Save(Box::new(save)))
    }

    /// That a save is refused that was decided from that.
    pub(super) fn refuses_if(
        &mut self,
        record: &RegistrationRecord,
        of: Precondition,
        code: Code,
    ) -> Told {
        let save = saved(record, of);
        self.refused(StoreCall::Save(Box::new(save)), &[code])
    }

    pub(super) fn prepare(&mut self, preparation: Preparation) -> Told {
        self.done(StoreCall::Prepare(Box::new(preparation)))
    }

    /// That a preparation is refused, with one of these codes.
    pub(super) fn refuses_preparation(&mut self, preparation: Preparation, codes: &[Code]) -> Told {
        self.refused(StoreCall::Prepare(Box::new(preparation)), codes)
    }

    /// How many records there are.
    pub(super) fn records(&mut self) -> Told<u64> {
        match self.script.ask(StoreCall::CountRecords)? {
            StoreAnswer::Records(number) => Ok(*number),
            other => strange("how many records there are", other),
        }
    }

    /// That a save is refused, with one of these codes.
    pub(super) fn refuses(
        &mut self,
        record: &RegistrationRecord,
        removal: Option<&Removal>,
        codes: &[Code],
    ) -> Told {
        let mut save = self.saved(record);
        if let Some(removal) = removal {
            save = save.with_removal(removal.clone());
        }
        self.refused(StoreCall::Save(Box::new(save)), codes)
    }

    fn refused(&mut self, call: StoreCall, codes: &[Code]) -> Told {
        let what = format!("{call:?}");
        match self.script.ask(call)? {
            StoreAnswer::Refused(cause) if codes.contains(&cause.code()) => Ok(()),
            StoreAnswer::Refused(cause) => {
                let names: Vec<_> = codes.iter().map(|code| code.name()).collect();
                Stop::broken(format!(
                    "it was refused, as it should be, but with {} and not with {}: {what}",
                    cause.code().name(),
                    names.join(" or ")
                ))
            }
            StoreAnswer::Done => Stop::broken(format!("it was carried out: {what}")),
            other => strange("a refusal", other),
        }
    }

    pub(super) fn delete(&mut self) -> Told {
        let (id, now) = (self.id.clone(), Setting::at(30));
        self.done(StoreCall::Delete { id, now })
    }

    /// Keeps the challenge of that number.
    pub(super) fn keep_challenge(&mut self, fence: Fence, number: i64) -> Told {
        let call = self.challenge(fence, number)?;
        self.done(call)
    }

    /// That a challenge is not kept, because a later lease wrote one.
    pub(super) fn refuses_challenge(&mut self, fence: Fence, number: i64) -> Told {
        let call = self.challenge(fence, number)?;
        match self.script.ask(call)? {
            StoreAnswer::Refused(cause) if cause.code() == Code::RegFenced => Ok(()),
            other => strange("a refusal with REG_FENCED", other),
        }
    }

    fn challenge(&self, fence: Fence, number: i64) -> Told<StoreCall> {
        let expires = Setting::at(100 + number);
        let open = keys::challenge(&self.id, self.setting.generation, expires)?;
        Ok(StoreCall::KeepChallenge {
            id: self.id.clone(),
            fence,
            open: Box::new(open),
        })
    }

    /// That the challenge taken out is that one.
    pub(super) fn takes_challenge(&mut self, fence: Fence, number: i64) -> Told {
        let expected = Setting::at(100 + number);
        match self.take_challenge(fence)? {
            ChallengeFact::Open(open)
                if open.expires() == expected && *open.registration_id() == self.id =>
            {
                Ok(())
            }
            other => Stop::broken(format!(
                "expected the challenge that expires at {expected}, found {other:?}"
            )),
        }
    }

    pub(super) fn take_challenge(&mut self, fence: Fence) -> Told<&'l ChallengeFact> {
        let id = self.id.clone();
        match self.script.ask(StoreCall::TakeChallenge { id, fence })? {
            StoreAnswer::Challenge(fact) => Ok(fact),
            other => strange("a challenge, or that there is none", other),
        }
    }

    pub(super) fn retire_challenge(&mut self, fence: Fence) -> Told {
        let (id, until) = (self.id.clone(), Setting::at(500));
        self.done(StoreCall::RetireChallenge { id, fence, until })
    }

    /// Notes a removal, before anything is put there: decided from the record of that revision.
    pub(super) fn note(&mut self, removal: &Removal, revision: u64) -> Told {
        let of = self.decided(removal.owner.fence, revision);
        self.prepare(Preparation::new(of).with_removal(removal.clone()))
    }

    pub(super) fn forget(&mut self, removal: &Removal) -> Told {
        self.done(StoreCall::ForgetRemoval(removal.clone()))
    }

    /// That these removals are noted, and no others.
    pub(super) fn noted(&mut self, expected: &[&Removal]) -> Told {
        let id = self.id.clone();
        match self.script.ask(StoreCall::Removals { id })? {
            StoreAnswer::Removals(found) => {
                let same = found.len() == expected.len()
                    && expected.iter().all(|removal| found.contains(removal));
                match same {
                    true => Ok(()),
                    false => Stop::broken(format!(
                        "expected the removals {expected:?}, found {found:?}"
                    )),
                }
            }
            other => strange("the removals that are noted", other),
        }
    }

    pub(super) fn counted(&mut self) -> Told<Counted> {
        match self.script.ask(StoreCall::Count)? {
            StoreAnswer::Counted(counted) => Ok(*counted),
            other => strange("the counts", other),
        }
    }

    /// That so many were counted since.
    pub(super) fn counts(&mut self, before: Counted, registrations: u64, later: u64) -> Told {
        let now = self.counted()?;
        let expected = Counted::new(
            before.registrations + registrations,
            before.reregistrations + later,
        );
        match now == expected {
            true => Ok(()),
            false => Stop::broken(format!("expected {expected:?}, counted {now:?}")),
        }
    }

    fn done(&mut self, call: StoreCall) -> Told {
        let what = format!("{call:?}");
        match self.script.ask(call)? {
            StoreAnswer::Done => Ok(()),
            StoreAnswer::Refused(cause) => {
                Stop::broken(format!("{what} was refused: {}", cause.code().name()))
            }
            other => strange("that it is done", other),
        }
    }
}

fn saved(record: &RegistrationRecord, of: Precondition) -> Save {
    let operation = match record.revision {
        1 => Operation::Registration,
        _ => Operation::Reregistration,
    };
    Save::new(record.clone(), operation, of)
}

fn strange<T>(expected: &str, found: &StoreAnswer) -> Told<T> {
    Stop::broken(format!("expected {expected}, answered {found:?}"))
}
