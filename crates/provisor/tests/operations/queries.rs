//! Queries over enrollments and groups.

use proptest::prelude::*;
use provisor::enrollment::ProvisioningStatus;
use provisor::limits;
use provisor::operations::{
    AttestationDraft, Caller, Comparison, ContinuationKey, Field, Filter, GroupDraft, IfMatch,
    Kind, Literal, Order, Query, Right, Rights, SettingsDraft,
};
use provisor::{Code, IdScope, Rejection};

use crate::store::{Store, hub, named, tpm};

fn filled(ids: &[&str]) -> Store {
    let mut store = Store::new();
    for id in ids {
        store.put(tpm(id), &IfMatch::Any).unwrap();
    }
    store
}

/// All pages, in order.
fn all(store: &mut Store, mut query: Query) -> Result<(Vec<String>, usize), Rejection> {
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let page = store.query(&query)?;
        pages += 1;
        found.extend(
            page.items
                .into_iter()
                .map(|view| view.registration_id.to_string()),
        );
        match page.continuation {
            None => return Ok((found, pages)),
            Some(token) => query = query.with_continuation(token),
        }
    }
}

fn text(field: Field, comparison: Comparison, text: &str) -> Filter {
    Filter::compare(field, comparison, Literal::text(text).unwrap()).unwrap()
}

#[test]
fn c4_pages_go_by_the_key_and_end_without_a_token() {
    let mut store = filled(&["C", "a", "b", "e", "D"]);
    for (most, pages) in [(1, 5), (2, 3), (3, 2), (5, 1), (9, 1)] {
        let query = Query::all().with_max_items(most);
        let found = all(&mut store, query.clone()).unwrap();
        assert_eq!(
            found,
            (["a", "b", "C", "D", "e"].map(str::to_owned).to_vec(), pages)
        );
        let back = all(&mut store, query.with_order(Order::Descending)).unwrap();
        assert_eq!(back.0, ["e", "D", "C", "b", "a"]);
    }
    assert_eq!(
        store.query(&Query::all()).unwrap().max_items,
        limits::QUERY_ITEMS_DEFAULT
    );
    let most = Query::all().with_max_items(u32::MAX);
    assert_eq!(store.query(&most).unwrap().max_items, limits::QUERY_ITEMS);
    let none = store.query(&Query::all().with_max_items(0)).unwrap_err();
    assert_eq!(none.code(), Code::ServiceQueryPage);
    assert!(
        Store::new()
            .query(&Query::all())
            .unwrap()
            .continuation
            .is_none()
    );
}

#[test]
fn c4_what_is_made_or_deleted_between_two_pages_moves_nothing() {
    let mut store = filled(&["a", "c", "e", "g"]);
    let query = Query::all().with_max_items(2);
    let page = store.query(&query).unwrap();
    // The last row that was seen goes, one comes before it, one after.
    store.delete("c", &IfMatch::Any).unwrap();
    store.put(tpm("b"), &IfMatch::Any).unwrap();
    store.put(tpm("f"), &IfMatch::Any).unwrap();
    let rest = all(
        &mut store,
        query.with_continuation(page.continuation.unwrap()),
    )
    .unwrap();
    assert_eq!(rest.0, ["e", "f", "g"]);
}

#[test]
fn c4_a_token_is_good_for_its_service_query_and_order_alone() {
    let mut store = filled(&["a", "b", "c"]);
    let query = Query::all().with_max_items(1);
    let token = store.query(&query).unwrap().continuation.unwrap();
    let go_on = query.with_continuation(&*token);
    assert!(store.query(&go_on).is_ok());
    // A page may have another length.
    assert!(store.query(&go_on.clone().with_max_items(2)).is_ok());
    let filtered = go_on
        .clone()
        .with_filter(text(Field::Id, Comparison::NotEqual, "b"));
    let changed = format!("{}A", &token[..token.len() - 1]);
    for other in [
        go_on.clone().with_order(Order::Descending),
        filtered,
        go_on.clone().with_continuation(changed),
        go_on.clone().with_continuation(""),
        go_on.clone().with_continuation("line-7"),
    ] {
        assert_eq!(
            store.query(&other).unwrap_err().code(),
            Code::ServiceContinuation
        );
    }
    // Another collection, another service, another key.
    assert_eq!(
        store.query_groups(&go_on).unwrap_err().code(),
        Code::ServiceContinuation
    );
    let scope = core::mem::replace(&mut store.scope, IdScope::parse("0ne0000000F").unwrap());
    assert_eq!(
        store.query(&go_on).unwrap_err().code(),
        Code::ServiceContinuation
    );
    store.scope = scope;
    store.key = ContinuationKey::new([8; 32]);
    assert_eq!(
        store.query(&go_on).unwrap_err().code(),
        Code::ServiceContinuation
    );
}

#[test]
fn c4_conditions_over_members() {
    let mut store = Store::new();
    for (id, status, hubs) in [
        ("a", ProvisioningStatus::Enabled, &[][..]),
        ("B", ProvisioningStatus::Disabled, &["hub-a"]),
        ("c", ProvisioningStatus::Disabled, &["hub-a", "hub-b"]),
    ] {
        let mut settings = SettingsDraft::default();
        settings.provisioning_status = Some(status);
        settings.iot_hubs = hubs.iter().map(|name| hub(name)).collect();
        store
            .put(tpm(id).with_settings(settings), &IfMatch::Any)
            .unwrap();
        store.now = store.now.saturating_add(60);
    }
    use Comparison::{Equal, Greater, Less, NotEqual};
    let not = |filter: Filter| filter.negated().unwrap();
    let disabled = text(Field::ProvisioningStatus, Equal, "Disabled");
    let made = store.now.saturating_add(-90).to_string();
    for (filter, expected) in [
        (Filter::ALL, &["a", "B", "c"][..]),
        (disabled.clone(), &["B", "c"]),
        (not(disabled.clone()), &["a"]),
        (text(Field::Id, Equal, "b"), &["B"]),
        (text(Field::Id, Greater, "A"), &["B", "c"]),
        (text(Field::AttestationType, Equal, "TPM"), &["a", "B", "c"]),
        (text(Field::IotHub, Equal, "hub-b"), &["c"]),
        (text(Field::IotHub, NotEqual, "hub-b"), &["B"]),
        // Whose member is missing is known not to have it, and compares with nothing.
        (not(text(Field::IotHub, Equal, "hub-b")), &["B"]),
        (not(Filter::defined(Field::IotHub)), &["a"]),
        (text(Field::Created, Less, &made), &["a", "B"]),
        (
            disabled
                .clone()
                .and(text(Field::Id, NotEqual, "c"))
                .unwrap(),
            &["B"],
        ),
        (
            text(Field::Id, Equal, "a")
                .or(text(Field::IotHub, Equal, "hub-b"))
                .unwrap(),
            &["a", "c"],
        ),
        (
            Filter::compare(Field::IotEdge, Equal, Literal::Bool(true)).unwrap(),
            &[],
        ),
    ] {
        let query = Query::all().with_filter(filter.clone()).with_max_items(1);
        assert_eq!(all(&mut store, query).unwrap().0, expected, "{filter}");
    }
}

#[test]
fn c4_a_condition_is_about_members_that_there_are() {
    let mut store = Store::new();
    for filter in [
        text(Field::AssignedHub, Comparison::Equal, "hub-a"),
        Filter::defined(Field::Substatus),
    ] {
        let refused = store.query(&Query::all().with_filter(filter)).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceFilter);
    }
    let refused = Field::from_name(Kind::IndividualEnrollment, "colour").unwrap_err();
    assert!(
        refused.expected_text().contains("provisioningStatus"),
        "{refused}"
    );
    for (field, literal) in [
        (Field::IotEdge, Literal::text("true").unwrap()),
        (Field::Id, Literal::Bool(true)),
        (Field::Created, Literal::text("yesterday").unwrap()),
    ] {
        let refused = Filter::compare(field, Comparison::Equal, literal).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceFilter);
    }
    assert!(Literal::text("x".repeat(limits::FILTER_TEXT_BYTES + 1)).is_err());
    let mut filter = Filter::ALL;
    let refused = loop {
        match filter.negated() {
            Ok(longer) => filter = longer,
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused.code(), Code::ServiceFilter);
}

#[test]
fn c4_few_that_fit_among_many_are_found_in_bounded_steps() {
    let ids: Vec<String> = (0..limits::QUERY_ROWS + 10)
        .map(|n| format!("d{n:05}"))
        .collect();
    let mut store = Store::new();
    store.put(tpm("d"), &IfMatch::Any).unwrap();
    let one = store.individuals.values().next().unwrap().clone();
    store.individuals.clear();
    for id in &ids {
        let id = crate::store::device(id);
        let mut stored = one.clone();
        stored.value = provisor::enrollment::IndividualEnrollment::new(
            id.clone(),
            stored.value.attestation().clone(),
            stored.value.generation(),
        );
        store.individuals.insert(id, stored);
    }
    let last = ids.last().unwrap();
    let query = Query::all().with_filter(text(Field::Id, Comparison::Equal, last));
    let page = store.query(&query).unwrap();
    assert!(page.items.is_empty() && page.continuation.is_some());
    assert_eq!(all(&mut store, query).unwrap(), (vec![last.clone()], 2));
}

#[test]
fn c4_groups_are_searched_alike() {
    let mut store = Store::new();
    for id in ["b", "A", "c"] {
        let attestation = AttestationDraft::symmetric_key(None, None);
        store
            .put_group(GroupDraft::new(named(id), attestation), &IfMatch::Any)
            .unwrap();
    }
    let page = store.query_groups(&Query::all().with_max_items(2)).unwrap();
    let ids: Vec<_> = page.items.iter().map(|view| view.id.as_str()).collect();
    assert_eq!(ids, ["A", "b"]);
    assert!(page.continuation.is_some());
    let keys = text(Field::AttestationType, Comparison::Equal, "symmetrickey");
    assert_eq!(
        store
            .query_groups(&Query::all().with_filter(keys))
            .unwrap()
            .items
            .len(),
        3
    );
    store.caller = Caller::new("writer", Rights::NONE.with(Right::EnrollmentWrite));
    for refused in [
        store.query_groups(&Query::all()).map(drop),
        store.query(&Query::all()).map(drop),
    ] {
        assert_eq!(refused.unwrap_err().code(), Code::ServiceRight);
    }
}

#[test]
fn rows_that_were_not_asked_for_are_refused() {
    use provisor::operations::{Call, individual};
    let store = filled(&["a", "b", "c"]);
    let rows: Vec<_> = store
        .individuals
        .values()
        .map(|stored| (stored, None))
        .collect();
    let mut random = store.random.clone();
    let mut call = Call::new(&store.scope, &store.caller, store.now, &mut random);
    let query = Query::all().with_max_items(1);
    let scan = individual::query(&mut call, &query, &store.key).unwrap();
    let (_, pending) = individual::page(&mut call, &scan, &store.key, &rows).begin();
    let query = query.with_continuation(pending.committed().unwrap().continuation.unwrap());
    let scan = individual::query(&mut call, &query, &store.key).unwrap();
    assert_eq!(scan.after(), Some("a"));
    // From the beginning again; in the wrong order.
    let wrong = [rows[2], rows[1]];
    let query = Query::all();
    let whole = individual::query(&mut call, &query, &store.key).unwrap();
    for outcome in [
        individual::page(&mut call, &scan, &store.key, &rows),
        individual::page(&mut call, &whole, &store.key, &wrong),
    ] {
        assert_eq!(outcome.refused().unwrap().code(), Code::ServiceFacts);
    }
}

/// A page that is made of another query's scan would hand out a token that goes on in that one.
#[test]
fn a_scan_is_good_for_what_it_was_made_for_alone() {
    use provisor::attestation::EnrollmentRef;
    use provisor::operations::{Call, group, individual, record};
    use provisor::registration::Entry;
    let mut store = filled(&["a", "b"]);
    store.register("c", EnrollmentRef::Group(named("line-7")));
    let foreign = IdScope::parse("0ne0FFFFFFF").unwrap();
    let rows: Vec<_> = store
        .individuals
        .values()
        .map(|stored| (stored, None))
        .collect();
    let mut random = store.random.clone();
    let query = Query::all();
    let [seven, eight] = ["line-7", "line-8"].map(named);
    let mut call = Call::new(&store.scope, &store.caller, store.now, &mut random);
    let of_groups = group::query(&mut call, &query, &store.key).unwrap();
    let of_individuals = individual::query(&mut call, &query, &store.key).unwrap();
    let of_seven = record::query(&mut call, &seven, &query, &store.key).unwrap();
    let mut record = store
        .records
        .values()
        .find_map(Entry::record)
        .unwrap()
        .clone();
    let page = record::page(&mut call, &seven, &of_seven, &store.key, &[&record]);
    assert!(page.refused().is_none());
    let code = |refused: Option<&Rejection>| refused.map(Rejection::code);
    for refused in [
        individual::page(&mut call, &of_groups, &store.key, &rows).refused(),
        group::page(&mut call, &of_individuals, &store.key, &[]).refused(),
        record::page(&mut call, &seven, &of_individuals, &store.key, &[]).refused(),
        record::page(&mut call, &eight, &of_seven, &store.key, &[]).refused(),
    ] {
        assert_eq!(code(refused), Some(Code::ServiceFacts));
    }
    // Another scope's scan, and another scope's record.
    record.scope = foreign.clone();
    let page = record::page(&mut call, &seven, &of_seven, &store.key, &[&record]);
    assert_eq!(code(page.refused()), Some(Code::ServiceFacts));
    let mut random = store.random.clone();
    let mut call = Call::new(&foreign, &store.caller, store.now, &mut random);
    let page = individual::page(&mut call, &of_individuals, &store.key, &rows);
    assert_eq!(code(page.refused()), Some(Code::ServiceFacts));
}

proptest! {
    #[test]
    fn c4_every_item_is_on_exactly_one_page(
        ids in proptest::collection::btree_set("[a-cA-C]{1,3}", 0..20),
        most in 1_u32..6,
        descending: bool,
    ) {
        let mut store = Store::new();
        let mut normal: Vec<String> = Vec::new();
        for id in &ids {
            store.put(tpm(id), &IfMatch::Any).unwrap();
            normal.push(id.to_lowercase());
        }
        normal.sort();
        normal.dedup();
        let mut query = Query::all().with_max_items(most);
        if descending {
            normal.reverse();
            query = query.with_order(Order::Descending);
        }
        let (found, pages) = all(&mut store, query).unwrap();
        let found: Vec<String> = found.iter().map(|id| id.to_lowercase()).collect();
        prop_assert_eq!(pages, normal.len().div_ceil(most as usize).max(1));
        prop_assert_eq!(found, normal);
    }
}
