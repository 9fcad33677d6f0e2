//! A fixed part of the fleet, with a store and hubs and randomness of its own.

use std::collections::BTreeMap;

use provisor::enrollment::{IndividualAttestation, IndividualEnrollment};
use provisor::limits::BULK_ITEMS;
use provisor::metering::Instruction;
use provisor::operations::{
    AttestationDraft, BulkItem, BulkMode, CertificateDraft, IfMatch, IndividualDraft, Pair, Write,
    X509Draft, individual, record,
};
use provisor::registration::{Entry, Known};
use provisor::sas::SasKey;
use provisor::{Code, Rejection};
use provisor_contract::{StoreAnswer, StoreCall};
use sha2::{Digest as _, Sha256};

use super::desk::{Desk, is_barred, missing};
use super::door::Conversation;
use super::firmware::{self, Registered};
use super::kind::Kind;
use super::movement::Moves;
use super::plant::Plant;
use super::server::{Mishap, Server};
use super::settings::Settings;
use super::sums::Acknowledged;
use super::unit::{Proof, Unit};

/// How many parts there are, whatever the number of threads.
pub(super) const SHARDS: usize = 64;

pub(super) struct Shard {
    number: usize,
    pub(super) units: Vec<Unit>,
    pub(super) server: Server,
    pub(super) acknowledged: Acknowledged,
    /// Over all decisions of the shard, in order.
    pub(super) digest: Sha256,
    pub(super) stage: Stage,
    /// What was enrolled and is not in the index yet.
    pub(super) enrolled: Vec<IndividualEnrollment>,
    /// The service's own operations were refused: a fault of the demo.
    pub(super) fault: Option<Rejection>,
}

/// What came of one stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Stage {
    pub(super) assigned: u64,
    pub(super) refused: BTreeMap<&'static str, u64>,
    pub(super) moves: Moves,
    /// What should not have happened, by registration ID.
    pub(super) wrong: Vec<(String, String)>,
}

/// Where the devices of a shard are in the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) devices: BTreeMap<String, u64>,
    /// In more than one linked hub.
    pub(super) twice: u64,
    /// Not in the hub that the device was told.
    pub(super) astray: u64,
    /// In a hub that is no longer linked.
    pub(super) unlinked: u64,
}

/// The change before a stage.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) number: usize,
    pub(super) disabled: bool,
}

impl Stage {
    pub(super) fn merge(&mut self, other: Self) {
        self.assigned += other.assigned;
        for (code, number) in other.refused {
            *self.refused.entry(code).or_default() += number;
        }
        self.moves.merge(&other.moves);
        self.wrong.extend(other.wrong);
    }
}

impl Places {
    pub(super) fn merge(&mut self, other: Self) {
        for (hub, number) in other.devices {
            *self.devices.entry(hub).or_default() += number;
        }
        self.twice += other.twice;
        self.astray += other.astray;
        self.unlinked += other.unlinked;
    }
}

impl Shard {
    pub(super) fn new(number: usize, seed: u64) -> Self {
        Self {
            number,
            units: Vec::new(),
            server: Server::new(seed, number),
            acknowledged: Acknowledged::default(),
            digest: Sha256::new(),
            stage: Stage::default(),
            enrolled: Vec::new(),
            fault: None,
        }
    }

    /// Makes the devices of this shard and enrolls those that have an enrollment of their own.
    pub(super) fn fill(&mut self, settings: &Settings, plant: &Plant, desk: &Desk, key: &SasKey) {
        let all = (self.number..settings.devices as usize).step_by(SHARDS);
        let made = all.map(|number| plant.unit(number, key)).collect();
        self.fault = match made {
            Ok(units) => {
                self.units = units;
                self.enroll(desk).err()
            }
            Err(fault) => Some(fault),
        };
    }

    /// In bulk, as many at a time as the service takes.
    fn enroll(&mut self, desk: &Desk) -> Result<(), Rejection> {
        let individuals = self.units.iter().filter(|unit| unit.kind.is_individual());
        let drafts = individuals.map(draft).collect::<Result<Vec<_>, _>>()?;
        let mut drafts = drafts.into_iter().peekable();
        while drafts.peek().is_some() {
            let items = drafts.by_ref().take(BULK_ITEMS);
            let items = items.map(|draft| BulkItem::new(draft, None)).collect();
            let bulk = desk.enroll(&mut self.server.random, |call, facts| {
                individual::bulk(call, BulkMode::Create, items, facts)
            });
            let bulk = bulk.map_err(|whole| whole.refused().cloned());
            let bulk = bulk.map_err(|cause| cause.unwrap_or_else(|| missing("a bulk")))?;
            for (_, part) in bulk.into_parts() {
                let (transaction, pending) = part.begin();
                for write in transaction.writes {
                    if let Write::Individual(change) = write {
                        let stored = change.becomes.ok_or_else(|| missing("an enrollment"))?;
                        self.enrolled.push(stored.value);
                    }
                }
                self.server.ledger.extend(transaction.count);
                pending.committed()?;
                self.acknowledged.add(Instruction::EnrollmentWrite);
            }
        }
        self.hand_out_keys();
        Ok(())
    }

    /// The keys that the service generated are put into their devices.
    fn hand_out_keys(&mut self) {
        let keys: BTreeMap<_, _> = self
            .enrolled
            .iter()
            .filter_map(|enrollment| match enrollment.attestation() {
                IndividualAttestation::SymmetricKey(keys) => {
                    Some((enrollment.registration_id(), keys.primary()))
                }
                _ => None,
            })
            .collect();
        for unit in &mut self.units {
            if let (Kind::OwnKey, Some(key)) = (unit.kind, keys.get(&unit.id)) {
                unit.proof = Proof::Key((*key).clone());
            }
        }
    }

    /// All devices of the shard register, one after the other.
    pub(super) fn register(
        &mut self,
        settings: &Settings,
        plant: &Plant,
        desk: &Desk,
        change: Change,
    ) {
        let mut stage = Stage::default();
        for unit in &mut self.units {
            let before = unit.identity.hub().map(str::to_owned);
            let mishap = Mishap {
                saved_twice: unit.is_saved_twice(),
                hub_down: unit.finds_its_hub_down(),
                uncounted: settings.lose_a_count && change.number == 0 && unit.number == 0,
            };
            let result = serve(unit, plant, desk, &mut self.server, (mishap, settings.seed));
            let barred = is_barred(change.disabled, unit.line, unit.kind.is_individual());
            let outcome = match result {
                Ok(Registered::Assigned) => {
                    stage.assigned += 1;
                    let what = match before {
                        Some(_) if !unit.forgotten => Instruction::Reregistration,
                        _ => Instruction::Registration,
                    };
                    unit.forgotten = false;
                    self.acknowledged.add(what);
                    let hub = unit.identity.hub().unwrap_or_default();
                    if let (Some(before), true) = (&before, unit.kind.goes_by_weights()) {
                        stage.moves.add(before, hub);
                    }
                    if barred {
                        let why = "served, though its group is disabled".to_owned();
                        stage.wrong.push((unit.name.clone(), why));
                    }
                    hub.to_owned()
                }
                Ok(Registered::Refused(code)) => {
                    *stage.refused.entry(code.name()).or_default() += 1;
                    if !(barred && is_of_disabled(code)) {
                        let why = format!("refused: {}", code.name());
                        stage.wrong.push((unit.name.clone(), why));
                    }
                    code.name().to_owned()
                }
                Err(why) => {
                    stage.wrong.push((unit.name.clone(), why.clone()));
                    why
                }
            };
            let line = format!("{}\t{}\t{outcome}\n", change.number, unit.name);
            self.digest.update(line);
        }
        self.stage = stage;
    }

    /// Deletes some records, as an operator does who wants these devices to begin anew.
    pub(super) fn forget(&mut self, desk: &Desk) {
        let Self {
            units,
            server,
            acknowledged,
            ..
        } = self;
        let forgotten = units.iter_mut().filter(|unit| unit.is_forgotten_half_way());
        for unit in forgotten {
            match delete_record(unit, desk, server) {
                Ok(()) => {
                    unit.forgotten = true;
                    acknowledged.add(Instruction::RecordDelete);
                }
                Err(fault) => self.fault = Some(fault),
            }
        }
    }

    /// Looks each device up in each hub that ever was.
    pub(super) fn look_around(&mut self, desk: &Desk, ever: &[String]) -> Places {
        let mut places = Places::default();
        let linked = desk.weights();
        for unit in &self.units {
            let own = unit.identity.hub().unwrap_or_default();
            let name = unit.identity.device_id().unwrap_or(&unit.name);
            let mut door = Conversation::new(desk, &mut self.server, None, Mishap::default());
            let mut there = ever.to_vec();
            there.retain(|hub| firmware::is_in(&mut door, hub, name).unwrap_or_default());
            places.astray += u64::from(!there.iter().any(|hub| hub == own));
            let live = there.iter().filter(|hub| linked.contains_key(*hub));
            places.twice += u64::from(live.count() > 1);
            for hub in there {
                places.unlinked += u64::from(!linked.contains_key(&hub));
                *places.devices.entry(hub).or_default() += 1;
            }
        }
        places
    }

    /// What the store counted with its records.
    pub(super) fn stored(&mut self) -> (u64, u64) {
        match self.server.store.call(StoreCall::Count) {
            StoreAnswer::Counted(counted) => (counted.registrations, counted.reregistrations),
            _ => (0, 0),
        }
    }
}

/// What the service says of a device whose group is disabled.
const fn is_of_disabled(code: Code) -> bool {
    matches!(code, Code::AttestGroupDisabled)
}

fn serve(
    unit: &mut Unit,
    plant: &Plant,
    desk: &Desk,
    server: &mut Server,
    (mishap, seed): (Mishap, u64),
) -> Result<Registered, String> {
    let leaf = match &unit.proof {
        Proof::Certificate(leaf) => Some(leaf.clone()),
        _ => None,
    };
    let chain = leaf.as_deref().zip(plant.ca(unit.line));
    let mut door = Conversation::new(desk, server, chain, mishap);
    let seed = seed.wrapping_add(unit.number as u64);
    firmware::register(unit, &mut door, seed)
}

fn delete_record(unit: &Unit, desk: &Desk, server: &mut Server) -> Result<(), Rejection> {
    let id = unit.id.clone();
    let StoreAnswer::Known(known) = server.store.call(StoreCall::Known { id }) else {
        return Err(missing("what is known"));
    };
    let known = known.as_deref().map(Entry::known);
    let stored = known.and_then(Known::record);
    let outcome = desk.enroll(&mut server.random, |call, _| {
        record::delete(call, &unit.id, &IfMatch::Any, stored)
    });
    let (transaction, pending) = outcome.begin();
    for write in transaction.writes {
        if let Write::Record(change) = write {
            if !change.is_expected(known) {
                return Err(missing("the record that was read"));
            }
            let (id, now) = (change.id, desk.now);
            server
                .store
                .call(StoreCall::Delete { id, now })
                .into_result()?;
        }
    }
    server.ledger.extend(transaction.count);
    pending.committed()
}

/// How an operator enrolls that device.
fn draft(unit: &Unit) -> Result<IndividualDraft, Rejection> {
    let attestation = match (&unit.proof, unit.kind) {
        (Proof::Tpm(tpm), _) => AttestationDraft::tpm(tpm.ek_public().to_vec()),
        (_, Kind::OwnRoot) => Desk::root_draft()?,
        (Proof::Certificate(leaf), _) => {
            let certificates = Pair::new(CertificateDraft::from_der(leaf.clone()), None);
            AttestationDraft::x509(X509Draft::clients(certificates))
        }
        // The service generates the keys.
        _ => AttestationDraft::symmetric_key(None, None),
    };
    Ok(IndividualDraft::new(unit.id.clone(), attestation))
}
