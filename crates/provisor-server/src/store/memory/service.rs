//! What all devices share, and transactions of the service's operations.

use std::collections::BTreeMap;

use provisor::enrollment::{CaStatus, EnrollmentGroup, GroupAttestation};
use provisor::operations::{Change, Condition, Expected, Resource, Stored, Write};
use provisor::quota::{Counted, Counts};
use provisor::registration::Entry;
use provisor::{Code, GroupId, Rejection, Subject};

use super::super::{Committed, Result, Shared};
use super::devices::Devices;

/// What all devices share, by kind and ID: with the version in which it became so.
#[derive(Debug, Default)]
pub(super) struct Things {
    version: u64,
    kept: BTreeMap<(Kind, String), (u64, Shared)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Ca,
    Group,
    Hub,
    Policy,
    Service,
}

impl Things {
    pub(super) fn put_all(&mut self, shared: impl IntoIterator<Item = Shared>) {
        self.version += 1;
        for shared in shared {
            let (kind, key) = match &shared {
                Shared::Ca(Ok(ca)) => (Kind::Ca, ca.value.certificate.name().as_ref()),
                Shared::Group(Ok(group)) => (Kind::Group, group.value.id().normal_form()),
                Shared::Hub(Ok(hub)) => (Kind::Hub, hub.value.name.normal_form()),
                Shared::Policy(Ok(policy)) => (Kind::Policy, policy.value.name.as_str()),
                Shared::Service(settings) => (Kind::Service, settings.value.scope.normal_form()),
                Shared::Ca(Err(name)) => (Kind::Ca, name.as_ref()),
                Shared::Group(Err(id)) => (Kind::Group, id.normal_form()),
                Shared::Hub(Err(name)) => (Kind::Hub, name.normal_form()),
                Shared::Policy(Err(name)) => (Kind::Policy, name.as_str()),
            };
            let key = key.to_owned();
            self.put(kind, &key, shared);
        }
    }

    pub(super) fn newer_than(&self, version: u64) -> (u64, Vec<Shared>) {
        let rows = self
            .kept
            .values()
            .filter(|(at, shared)| *at > version && (version > 0 || !shared.is_deletion()));
        (
            self.version,
            rows.map(|(_, shared)| shared.clone()).collect(),
        )
    }

    pub(super) fn count(&self, counts: Counts) -> Counts {
        Counted::ALL
            .into_iter()
            .fold(counts, |counts, what| match self.number(what) {
                Some(number) => counts.with(what, number),
                None => counts,
            })
    }

    /// How many of these there are; none for what is a device's.
    fn number(&self, what: Counted) -> Option<u64> {
        let is = |shared: &&Shared| match (what, shared) {
            (Counted::CaCertificates, Shared::Ca(Ok(_)))
            | (Counted::LinkedHubs, Shared::Hub(Ok(_))) => true,
            (Counted::KeyGroups, Shared::Group(Ok(group))) => is_keyed(group.value.attestation()),
            (Counted::X509Groups, Shared::Group(Ok(group))) => !is_keyed(group.value.attestation()),
            _ => false,
        };
        match what {
            Counted::IndividualEnrollments | Counted::Registrations => None,
            _ => {
                let number = self
                    .kept
                    .values()
                    .map(|(_, shared)| shared)
                    .filter(is)
                    .count();
                Some(u64::try_from(number).unwrap_or(u64::MAX))
            }
        }
    }

    /// The group of that name.
    pub(super) fn group(&self, id: Option<&GroupId>) -> Option<&EnrollmentGroup> {
        let shared = self.get(Kind::Group, id?.normal_form())?;
        shared.group().map(|group| &group.value)
    }

    fn get(&self, kind: Kind, key: &str) -> Option<&Shared> {
        self.kept
            .get(&(kind, key.to_owned()))
            .map(|(_, shared)| shared)
    }

    fn put(&mut self, kind: Kind, key: &str, shared: Shared) {
        self.kept
            .insert((kind, key.to_owned()), (self.version, shared));
    }
}

const fn is_keyed(attestation: &GroupAttestation) -> bool {
    matches!(attestation, GroupAttestation::SymmetricKey(_))
}

/// What a transaction says, all of it or nothing.
pub(super) fn transact(
    things: &mut Things,
    devices: &mut Devices,
    writes: Vec<Write>,
    conditions: &[Condition],
) -> Result<Committed> {
    for write in &writes {
        if !is_expected(things, devices, write)? {
            return Ok(Committed::Changed);
        }
    }
    for condition in conditions {
        if !holds(things, devices, condition)? {
            return Ok(Committed::Changed);
        }
    }
    if writes.iter().any(is_shared) {
        things.version += 1;
    }
    for write in writes {
        carry_out(things, devices, write);
    }
    Ok(Committed::Done(things.version))
}

const fn is_shared(write: &Write) -> bool {
    !matches!(write, Write::Individual(_) | Write::Record(_))
}

fn is_expected(things: &Things, devices: &Devices, write: &Write) -> Result<bool> {
    Ok(match write {
        Write::Ca(change) => matches_of(
            change,
            match things.get(Kind::Ca, change.key()) {
                Some(Shared::Ca(Ok(stored))) => Some(stored),
                _ => None,
            },
        ),
        Write::Group(change) => matches_of(
            change,
            match things.get(Kind::Group, change.key()) {
                Some(Shared::Group(Ok(stored))) => Some(stored),
                _ => None,
            },
        ),
        Write::Hub(change) => matches_of(
            change,
            match things.get(Kind::Hub, change.key()) {
                Some(Shared::Hub(Ok(stored))) => Some(stored),
                _ => None,
            },
        ),
        Write::Policy(change) => matches_of(
            change,
            match things.get(Kind::Policy, change.key()) {
                Some(Shared::Policy(Ok(stored))) => Some(stored),
                _ => None,
            },
        ),
        Write::Service(change) => matches_of(
            change,
            match things.get(Kind::Service, change.key()) {
                Some(Shared::Service(stored)) => Some(stored),
                _ => None,
            },
        ),
        Write::Individual(change) => {
            let row = devices.get(&change.id);
            matches_of(change, row.and_then(|row| row.individual.as_ref()))
        }
        Write::Record(change) => {
            let row = devices.get(&change.id);
            change.is_expected(row.and_then(|row| row.entry.as_ref()).map(Entry::known))
        }
        _ => return Err(unknown("write")),
    })
}

fn matches_of<T: Resource>(change: &Change<T>, stored: Option<&Stored<T>>) -> bool {
    match (&change.expected, stored) {
        (Expected::Absent, None) => true,
        (Expected::Tag(tag), Some(stored)) => *tag == stored.etag,
        (Expected::Absent, Some(_)) | (Expected::Tag(_), None) => false,
    }
}

fn holds(things: &Things, devices: &Devices, condition: &Condition) -> Result<bool> {
    Ok(match condition {
        Condition::FewerThan(what, most) => {
            let counts = things.count(devices.count(Counts::NOT_COUNTED));
            counts.of(*what).is_some_and(|number| number < *most)
        }
        Condition::CaUnused(name) => {
            let groups = things.kept.values().map(|(_, shared)| shared);
            let used = groups
                .filter_map(Shared::group)
                .any(|group| group.value.refers_to(name));
            let individuals = devices.rows().filter_map(|row| row.individual.as_ref());
            !used
                && !individuals
                    .into_iter()
                    .any(|stored| stored.value.refers_to(name))
        }
        Condition::CaVerified(name) => match things.get(Kind::Ca, name.as_ref()) {
            Some(Shared::Ca(Ok(ca))) => ca.value.certificate.status() == CaStatus::Verified,
            _ => false,
        },
        Condition::HubLinked(name) => {
            matches!(
                things.get(Kind::Hub, name.normal_form()),
                Some(Shared::Hub(Ok(_)))
            )
        }
        Condition::PolicyStands(name, tag) => match things.get(Kind::Policy, name.as_str()) {
            Some(Shared::Policy(Ok(policy))) => policy.etag == *tag,
            _ => false,
        },
        Condition::RecordStands(id, version) => {
            let entry = devices.get(id).and_then(|row| row.entry.as_ref());
            let record = entry.and_then(Entry::record);
            record.map(|record| (record.revision, record.fence)) == *version
        }
        _ => return Err(unknown("condition")),
    })
}

fn carry_out(things: &mut Things, devices: &mut Devices, write: Write) {
    match write {
        Write::Ca(change) => {
            let key = change.key().to_owned();
            let shared = Shared::Ca(change.becomes.map(|stored| *stored).ok_or(change.id));
            things.put(Kind::Ca, &key, shared);
        }
        Write::Group(change) => {
            let key = change.key().to_owned();
            let shared = Shared::Group(change.becomes.map(|stored| *stored).ok_or(change.id));
            things.put(Kind::Group, &key, shared);
        }
        Write::Hub(change) => {
            let key = change.key().to_owned();
            let shared = Shared::Hub(change.becomes.map(|stored| *stored).ok_or(change.id));
            things.put(Kind::Hub, &key, shared);
        }
        Write::Policy(change) => {
            let key = change.key().to_owned();
            let shared = Shared::Policy(change.becomes.map(|stored| *stored).ok_or(change.id));
            things.put(Kind::Policy, &key, shared);
        }
        Write::Service(change) => {
            let key = change.key().to_owned();
            if let Some(stored) = change.becomes {
                things.put(Kind::Service, &key, Shared::Service(*stored));
            }
        }
        Write::Individual(change) => {
            devices.row(&change.id).individual = change.becomes.map(|stored| *stored);
        }
        Write::Record(change) => {
            devices.row(&change.id).entry = Some(Entry::Tombstone(change.becomes));
        }
        // Refused before.
        _ => {}
    }
}

/// A store that does not know what it is asked must not say that it is done.
fn unknown(what: &'static str) -> Box<Rejection> {
    Box::new(
        Rejection::new(Code::RegEffectUnknown, Subject::field(what))
            .expected("what this store knows")
            .found("something newer"),
    )
}

trait Keyed {
    fn key(&self) -> &str;
}

impl<T: Resource> Keyed for Change<T> {
    fn key(&self) -> &str {
        T::key(&self.id)
    }
}

impl Shared {
    const fn is_deletion(&self) -> bool {
        matches!(
            self,
            Self::Ca(Err(_)) | Self::Group(Err(_)) | Self::Hub(Err(_)) | Self::Policy(Err(_))
        )
    }

    const fn group(&self) -> Option<&Stored<EnrollmentGroup>> {
        match self {
            Self::Group(Ok(group)) => Some(group),
            _ => None,
        }
    }
}
