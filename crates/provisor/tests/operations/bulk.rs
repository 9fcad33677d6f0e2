//! Many writes in one request.

use provisor::Code;
use provisor::enrollment::Etag;
use provisor::metering::Instruction;
use provisor::operations::{
    AttestationDraft, BulkMode, Caller, GroupDraft, IfMatch, Right, Rights,
};
use provisor::quota::{Counted, Quotas};

use crate::store::{Store, named, tag, tpm};

fn codes<I>(answer: &provisor::operations::BulkAnswer<I>) -> Vec<Code> {
    answer
        .errors()
        .iter()
        .map(|(_, refused)| refused.code())
        .collect()
}

#[test]
fn c5_bulk_each_mode_and_each_item_for_itself() {
    use BulkMode::{Create, Delete, Update, UpdateIfMatchEtag};
    let other = Etag::parse("another").unwrap();
    // What is stored, the mode, the tag of the item: the code, or none.
    for (stored, mode, etag, code) in [
        (false, Create, None, None),
        (true, Create, None, Some(Code::ServiceExists)),
        (false, Update, None, Some(Code::ServiceNotFound)),
        (true, Update, None, None),
        (true, Update, Some("another"), None),
        (
            false,
            UpdateIfMatchEtag,
            Some("own"),
            Some(Code::ServiceEtagAbsent),
        ),
        (true, UpdateIfMatchEtag, Some("own"), None),
        (
            true,
            UpdateIfMatchEtag,
            Some("another"),
            Some(Code::ServiceEtag),
        ),
        (
            true,
            UpdateIfMatchEtag,
            None,
            Some(Code::ServiceEtagMissing),
        ),
        (false, Delete, None, Some(Code::ServiceNotFound)),
        (true, Delete, None, None),
        (true, Delete, Some("own"), None),
        (true, Delete, Some("another"), Some(Code::ServiceEtag)),
    ] {
        let mut store = Store::new();
        let own = match stored {
            true => store.put(tpm("line-7"), &IfMatch::Any).unwrap().etag,
            false => other.clone(),
        };
        let etag = etag.map(|etag| if etag == "own" { own } else { other.clone() });
        let before = store.counted.len();
        // A neighbour, whose own end is another one: it is made where the first is not.
        let answer = store
            .bulk(mode, vec![(tpm("line-7"), etag), (tpm("line-8"), None)])
            .unwrap();
        let of_first: Vec<Code> = answer
            .errors()
            .iter()
            .filter(|(id, _)| id.as_str() == "line-7")
            .map(|(_, refused)| refused.code())
            .collect();
        assert_eq!(of_first, Vec::from_iter(code), "{stored} {mode:?}");
        let second_done = mode == Create;
        assert_eq!(
            answer.errors().len(),
            of_first.len() + usize::from(!second_done)
        );
        let done = usize::from(code.is_none()) + usize::from(second_done);
        assert_eq!(store.counted.len() - before, done, "each item counts once");
    }
}

#[test]
fn c5_bulk_has_one_to_ten_items_with_ids_of_their_own() {
    let mut store = Store::new();
    let items = |number: usize| {
        (0..number)
            .map(|n| (tpm(&format!("line-{n}")), None))
            .collect()
    };
    for bad in [0, 11] {
        let refused = store.bulk(BulkMode::Create, items(bad)).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceBulkSize);
    }
    assert!(store.individuals.is_empty() && store.counted.is_empty());
    assert!(
        store
            .bulk(BulkMode::Create, items(10))
            .unwrap()
            .is_successful()
    );
    assert_eq!(store.individuals.len(), 10);
    let twice = vec![
        (tpm("press"), None),
        (tpm("Press"), None),
        (tpm("PRESS"), None),
    ];
    let answer = store.bulk(BulkMode::Create, twice).unwrap();
    assert_eq!(codes(&answer), [Code::ServiceBulkTwice; 2]);
    assert_eq!(store.individuals.len(), 11);
    store.caller = Caller::new("reader", Rights::NONE.with(Right::EnrollmentRead));
    let refused = store.bulk(BulkMode::Create, items(1)).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceRight);
}

#[test]
fn d5_the_items_of_one_bulk_share_the_room_that_is_left() {
    let mut store = Store::new();
    store.quotas = Quotas::NONE.with(Counted::IndividualEnrollments, Some(2));
    let items = (0..4).map(|n| (tpm(&format!("line-{n}")), None)).collect();
    let answer = store.bulk(BulkMode::Create, items).unwrap();
    assert_eq!(codes(&answer), [Code::ServiceQuota; 2]);
    assert_eq!(store.individuals.len(), 2);
}

#[test]
fn c6_groups_in_bulk() {
    let mut store = Store::new();
    let draft = |id: &str| GroupDraft::new(named(id), AttestationDraft::symmetric_key(None, None));
    let both = || vec![draft("a"), draft("b")];
    assert!(
        store
            .bulk_groups(BulkMode::Create, both())
            .unwrap()
            .is_successful()
    );
    let answer = store.bulk_groups(BulkMode::Create, both()).unwrap();
    assert_eq!(codes(&answer), [Code::ServiceExists; 2]);
    let etag = store.read_group("a").unwrap().etag;
    assert!(
        store
            .bulk_groups(BulkMode::Update, both())
            .unwrap()
            .is_successful()
    );
    let stale = store.put_group(draft("a"), &tag(&etag)).unwrap_err();
    assert_eq!(stale.code(), Code::ServiceEtag);
    assert!(
        store
            .bulk_groups(BulkMode::Delete, both())
            .unwrap()
            .is_successful()
    );
    assert!(store.groups.is_empty());
    let kinds: Vec<_> = store
        .counted
        .iter()
        .map(|entry| entry.instruction())
        .collect();
    let (write, delete) = (Instruction::GroupWrite, Instruction::GroupDelete);
    assert_eq!(kinds, [write, write, write, write, delete, delete]);
}
