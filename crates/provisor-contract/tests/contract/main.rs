//! The memory store and hub keep every promise; one that loses a promise is found out by that one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test reports by panicking"
)]

mod records;

use std::collections::BTreeMap;

use provisor::registration::{
    ChallengeFact, Fence, HubAuthentication, OwnerTag, Removal, TwinSource,
};
use provisor::{Code, RegistrationId, Rejection, Subject};
use provisor_contract::{
    HubAnswer, HubCall, HubDevice, HubTest, MemoryHub, MemoryStore, Report, Setting, StoreAnswer,
    StoreCall, StoreTest,
};

fn setting() -> Setting {
    Setting::new("0ne0A1B2C3D", "run-1").unwrap()
}

fn store(mut store: impl FnMut(StoreCall) -> StoreAnswer) -> Report {
    StoreTest::new(setting()).run(&mut store)
}

fn hub(mut hub: impl FnMut(HubCall) -> HubAnswer) -> Report {
    HubTest::new(setting()).run(&mut hub)
}

#[test]
fn the_memory_store_and_the_memory_hub_keep_every_promise() {
    let mut memory = MemoryStore::new();
    let report = store(|call| memory.call(call));
    assert!(report.is_kept(), "{report}");
    assert_eq!(report.kept().len(), StoreTest::promises().len());
    // And again, under another label.
    let again = Setting::new("0ne0A1B2C3D", "run-2").unwrap();
    let report = StoreTest::new(again).run(|call| memory.call(call));
    assert!(report.is_kept(), "{report}");

    let mut memory = MemoryHub::new();
    let report = hub(|call| memory.call(call));
    assert!(report.is_kept(), "{report}");
    assert_eq!(report.kept().len(), HubTest::promises().len());
}

#[test]
fn a_run_asks_the_same_until_it_is_answered() {
    let mut test = StoreTest::new(setting());
    let [first, second] = [test.ask(), test.ask()].map(|call| format!("{call:?}"));
    assert_eq!(first, second);
    test.answer(StoreAnswer::Done);
    assert!(matches!(test.ask(), Some(StoreCall::Lease { .. })));
    test.answer(StoreAnswer::Leased(Fence::new(1)));
    assert!(test.ask().is_some());
    test.answer(StoreAnswer::Busy);
    assert_ne!(format!("{:?}", test.ask()), first);
}

/// That a report names exactly these promises, by some of their words.
fn breaks(report: &Report, words: &[&str]) {
    let broken: Vec<_> = report
        .broken()
        .iter()
        .map(|broken| broken.promise)
        .collect();
    let named = |word: &&str| broken.iter().any(|promise| promise.contains(*word));
    assert!(words.iter().all(named), "{words:?} are missing: {report}");
    let expected = |promise: &&&str| words.iter().any(|word| promise.contains(*word));
    assert_eq!(
        broken.iter().filter(expected).count(),
        broken.len(),
        "{report}"
    );
}

/// A store that does one thing wrong, and everything else as the memory store does.
fn broken_store(mut wrong: impl FnMut(StoreCall, &mut MemoryStore) -> StoreAnswer) -> Report {
    let mut memory = MemoryStore::new();
    store(|call| wrong(call, &mut memory))
}

fn fenced() -> StoreAnswer {
    StoreAnswer::Refused(Rejection::new(Code::RegFenced, Subject::field("fence")))
}

#[test]
fn a_store_whose_leases_are_for_everybody() {
    let report = broken_store(|call, memory| match call {
        StoreCall::Lease { id, now, until } => {
            // It ends whatever is there first.
            for fence in 0..200 {
                let id = id.clone();
                memory.call(StoreCall::Release {
                    id,
                    fence: Fence::new(fence),
                });
            }
            memory.call(StoreCall::Lease { id, now, until })
        }
        call => memory.call(call),
    });
    breaks(&report, &["one lease at a time", "giving back"]);
}

#[test]
fn a_store_whose_fence_falls_when_the_record_is_deleted() {
    let mut falls: BTreeMap<RegistrationId, u64> = BTreeMap::new();
    let report = broken_store(|call, memory| match call {
        StoreCall::Delete { id, now } => {
            falls.insert(id.clone(), 1);
            memory.call(StoreCall::Delete { id, now })
        }
        StoreCall::Lease { id, now, until } => {
            let down = falls.get(&id).copied().unwrap_or(0);
            match memory.call(StoreCall::Lease { id, now, until }) {
                StoreAnswer::Leased(fence) => {
                    StoreAnswer::Leased(Fence::new(fence.number().saturating_sub(down)))
                }
                other => other,
            }
        }
        call => memory.call(call),
    });
    breaks(&report, &["does not fall when the record is deleted"]);
}

#[test]
fn a_store_whose_fence_begins_anew_with_each_start() {
    let mut start = 0;
    let report = broken_store(|call, memory| match call {
        StoreCall::Restart => {
            start = 100;
            memory.call(StoreCall::Restart)
        }
        StoreCall::Lease { id, now, until } => {
            match memory.call(StoreCall::Lease { id, now, until }) {
                StoreAnswer::Leased(fence) if start > 0 => {
                    let number = fence.number().saturating_sub(3);
                    StoreAnswer::Leased(Fence::new(number + u64::from(number == 0)))
                }
                other => other,
            }
        }
        call => memory.call(call),
    });
    assert!(!report.is_kept());
    let broken: Vec<_> = report
        .broken()
        .iter()
        .map(|broken| broken.promise)
        .collect();
    assert!(
        broken
            .iter()
            .any(|promise| promise.contains("the number of a lease grows")),
        "{report}"
    );
}

#[test]
fn a_store_that_lets_anybody_give_a_lease_back() {
    let report = broken_store(|call, memory| match call {
        StoreCall::Release { id, .. } => {
            for fence in 0..200 {
                let id = id.clone();
                memory.call(StoreCall::Release {
                    id,
                    fence: Fence::new(fence),
                });
            }
            StoreAnswer::Done
        }
        call => memory.call(call),
    });
    breaks(&report, &["giving back a lease"]);
}

#[test]
fn a_store_that_hands_a_challenge_out_more_than_once() {
    // It answers every question with the memory of the first answer.
    let report = broken_store(|call, memory| match call {
        StoreCall::TakeChallenge { id, fence } => {
            let taken = memory.call(StoreCall::TakeChallenge {
                id: id.clone(),
                fence,
            });
            if let StoreAnswer::Challenge(ChallengeFact::Open(open)) = taken {
                let (pending, keys) = open.into_parts();
                let stored = pending.into_stored().unwrap();
                let copy = || {
                    let pending = provisor::tpm::PendingChallenge::from_stored(&stored);
                    let open =
                        provisor::registration::OpenChallenge::from_parts(pending.unwrap(), &keys);
                    Box::new(open.unwrap())
                };
                let fence = Fence::new(u64::MAX);
                memory.call(StoreCall::KeepChallenge {
                    id,
                    fence,
                    open: copy(),
                });
                return StoreAnswer::Challenge(ChallengeFact::Open(copy()));
            }
            taken
        }
        call => memory.call(call),
    });
    breaks(&report, &["a challenge is taken once"]);
}

#[test]
fn a_store_that_spends_a_challenge_on_its_first_answer() {
    let mut taken = BTreeMap::new();
    let report = broken_store(|call, memory| match call {
        StoreCall::TakeChallenge { id, fence } => {
            taken.insert(id.clone(), fence);
            memory.call(StoreCall::TakeChallenge { id, fence })
        }
        // Who took it out is not to put it back.
        StoreCall::KeepChallenge { id, fence, .. } if taken.get(&id) == Some(&fence) => {
            StoreAnswer::Done
        }
        call => memory.call(call),
    });
    breaks(&report, &["put back", "is remembered"]);
}

#[test]
fn a_store_that_forgets_or_does_not_retire_or_takes_late_challenges() {
    let report = broken_store(|call, memory| match call {
        StoreCall::RetireChallenge { .. } => StoreAnswer::Done,
        call => memory.call(call),
    });
    breaks(&report, &["a challenge that was answered is remembered"]);
    let report = broken_store(|call, memory| match call {
        StoreCall::KeepChallenge { id, open, .. } => {
            let fence = Fence::new(u64::MAX);
            memory.call(StoreCall::KeepChallenge { id, fence, open })
        }
        call => memory.call(call),
    });
    breaks(&report, &["a late one does not"]);
    let report = broken_store(|call, memory| match call {
        StoreCall::KeepChallenge { .. } => fenced(),
        call => memory.call(call),
    });
    breaks(
        &report,
        &[
            "taken once",
            "put back",
            "a late one does not",
            "is remembered",
        ],
    );
}

#[test]
fn a_store_that_notes_nothing_or_forgets_too_much() {
    let report = broken_store(|call, memory| match call {
        StoreCall::Prepare(mut preparation) => {
            preparation.removal = None;
            memory.call(StoreCall::Prepare(preparation))
        }
        call => memory.call(call),
    });
    breaks(
        &report,
        &[
            "decided from another record",
            "noted until it is done",
            "is not forgotten",
        ],
    );
    let report = broken_store(|call, memory| match call {
        StoreCall::ForgetRemoval(mut removal) => {
            removal.owner.fence = Fence::new(u64::MAX);
            memory.call(StoreCall::ForgetRemoval(removal))
        }
        call => memory.call(call),
    });
    breaks(&report, &["is not forgotten by an earlier one"]);
}

#[test]
fn a_store_that_loses_what_is_in_memory() {
    let mut lost = Vec::new();
    let report = broken_store(|call, memory| match call {
        StoreCall::Restart => {
            lost.push(());
            *memory = MemoryStore::new();
            StoreAnswer::Done
        }
        call => memory.call(call),
    });
    assert!(!lost.is_empty());
    breaks(
        &report,
        &[
            "the number of a lease grows",
            "what was saved is there",
            "in one step",
            "leaves a tombstone",
            "noted until it is done",
        ],
    );
}

#[test]
fn a_store_that_answers_something_else() {
    let report = broken_store(|call, memory| match call {
        StoreCall::Known { .. } => StoreAnswer::Done,
        call => memory.call(call),
    });
    assert!(!report.is_kept());
    let text = report.to_string();
    assert!(
        text.contains("expected what is known, answered Done"),
        "{text}"
    );
}

/// A hub that does one thing wrong.
fn broken_hub(mut wrong: impl FnMut(HubCall, &mut MemoryHub) -> HubAnswer) -> Report {
    let mut memory = MemoryHub::new();
    hub(|call| wrong(call, &mut memory))
}

fn look(memory: &mut MemoryHub, of: &HubCall) -> Option<HubDevice> {
    let (hub, device_id) = match of {
        HubCall::Put { hub, device_id, .. } => (hub, device_id),
        HubCall::Remove(removal) => (&removal.hub, &removal.device_id),
        _ => return None,
    };
    let (hub, device_id) = (hub.clone(), device_id.clone());
    match memory.call(HubCall::Look { hub, device_id }) {
        HubAnswer::Device(device) => device,
        other => panic!("{other:?}"),
    }
}

/// Removes whatever is there.
fn clear(memory: &mut MemoryHub, call: &HubCall, present: &HubDevice) {
    let HubCall::Put { hub, device_id, .. } = call else {
        return;
    };
    let removal = Removal::new(present.owner.clone(), hub.clone(), device_id.clone());
    memory.call(HubCall::Remove(removal));
}

#[test]
fn a_hub_that_does_not_ask_whose_a_name_is() {
    let report = broken_hub(|call, memory| {
        if let Some(present) = look(memory, &call)
            && let HubCall::Put { owner, .. } = &call
            && !owner.is_of(&present.owner)
        {
            clear(memory, &call, &present);
        }
        memory.call(call)
    });
    breaks(&report, &["of another registration"]);
}

#[test]
fn a_hub_that_lets_a_late_put_win() {
    let mut highest = 100;
    let report = broken_hub(|mut call, memory| {
        let late = look(memory, &call).is_some_and(|present| match &call {
            HubCall::Put { owner, .. } => {
                owner.is_of(&present.owner) && owner.fence < present.owner.fence
            }
            _ => false,
        });
        if let HubCall::Put { owner, .. } = &mut call
            && late
        {
            highest += 1;
            owner.fence = Fence::new(highest);
        }
        memory.call(call)
    });
    breaks(&report, &["comes late loses"]);
}

#[test]
fn a_hub_that_forgets_whom_it_removed() {
    let mut hubs: BTreeMap<String, MemoryHub> = BTreeMap::new();
    let report = hub(|call| {
        // One hub for each place, thrown away with its device.
        let place = match &call {
            HubCall::Put { hub, device_id, .. }
            | HubCall::Look { hub, device_id }
            | HubCall::ChangeTwin { hub, device_id, .. } => format!("{hub}/{device_id}"),
            HubCall::Remove(removal) => format!("{}/{}", removal.hub, removal.device_id),
            other => panic!("{other:?}"),
        };
        let memory = hubs.entry(place.clone()).or_default();
        let removes = matches!(call, HubCall::Remove(_));
        let answer = memory.call(call);
        let empty = ["hub-a", "hub-b"]
            .iter()
            .all(|name| memory.device_count(&provisor::HubName::parse(name).unwrap()) == 0);
        if removes && empty {
            hubs.remove(&place);
        }
        answer
    });
    breaks(&report, &["later than a removal", "takes its twin along"]);
}

#[test]
fn a_hub_that_removes_what_is_not_the_owners() {
    let report = broken_hub(|mut call, memory| {
        let present = look(memory, &call);
        if let (HubCall::Remove(removal), Some(present)) = (&mut call, present)
            && !removal.owner.is_of(&present.owner)
        {
            removal.owner = OwnerTag::clone(&present.owner);
        }
        memory.call(call)
    });
    breaks(&report, &["of another owner is not removed"]);
    let report = broken_hub(|mut call, memory| {
        if let HubCall::Remove(removal) = &mut call {
            let fence = removal.owner.fence.number();
            removal.owner.fence = Fence::new(fence + 50);
        }
        memory.call(call)
    });
    // Its tombstones are of the future, too.
    breaks(
        &report,
        &[
            "a later lease put is not removed",
            "later than a removal",
            "takes its twin along",
        ],
    );
}

#[test]
fn a_hub_that_leaves_or_resets_every_twin() {
    let report = broken_hub(|mut call, memory| {
        if let HubCall::Put { twin, .. } = &mut call
            && let TwinSource::Existing(initial) = twin
        {
            *twin = TwinSource::Initial(initial.take());
        }
        memory.call(call)
    });
    breaks(&report, &["a device that stays keeps its twin"]);
    let report = broken_hub(|mut call, memory| {
        if let HubCall::Put { twin, .. } = &mut call
            && let TwinSource::Initial(initial) = twin
        {
            *twin = TwinSource::Existing(initial.take());
        }
        memory.call(call)
    });
    breaks(&report, &["begins again begins with the initial twin"]);
    let report = broken_hub(|mut call, memory| {
        if let HubCall::Put { twin, .. } = &mut call
            && let TwinSource::CopyFrom { otherwise, .. } = twin
        {
            *twin = TwinSource::Initial(otherwise.take());
        }
        memory.call(call)
    });
    breaks(&report, &["takes its twin along"]);
}

#[test]
fn a_hub_that_keeps_the_first_key() {
    let mut first: BTreeMap<String, provisor::enrollment::Thumbprint> = BTreeMap::new();
    let report = broken_hub(|mut call, memory| {
        if let HubCall::Put {
            hub,
            device_id,
            authentication,
            ..
        } = &mut call
            && let HubAuthentication::X509Thumbprint(thumbprint) = authentication
        {
            let place = format!("{hub}/{device_id}");
            *thumbprint = *first.entry(place).or_insert(*thumbprint);
        }
        memory.call(call)
    });
    assert!(!report.is_kept());
    let named = |broken: &provisor_contract::Broken| broken.promise.contains("may be put again");
    assert!(report.broken().iter().any(named), "{report}");
}

#[test]
fn hubs_that_are_one_or_names_without_case() {
    let one = provisor::HubName::parse("hub-a").unwrap();
    let report = broken_hub(|mut call, memory| {
        match &mut call {
            HubCall::Put { hub, .. }
            | HubCall::Look { hub, .. }
            | HubCall::ChangeTwin { hub, .. } => *hub = one.clone(),
            HubCall::Remove(removal) => removal.hub = one.clone(),
            other => panic!("{other:?}"),
        }
        memory.call(call)
    });
    assert!(
        report
            .broken()
            .iter()
            .any(|broken| broken.promise.contains("hubs are apart")),
        "{report}"
    );
}
