//! Pages, by the key of the last row.

use provisor::attestation::EnrollmentRef;

use crate::store::desk::{Desk, group_id, keys, slice};

fn id(number: usize) -> String {
    // Upper case in the odd ones: the order is that of the normal forms.
    match number % 2 {
        0 => format!("device-{number:02}"),
        _ => format!("DEVICE-{number:02}"),
    }
}

pub(crate) async fn of_individuals_in_both_orders(desk: Desk) {
    for number in [7, 3, 0, 12, 5, 9, 1, 11, 2, 10, 4, 8, 6] {
        desk.done(desk.put_individual(&id(number), keys()).await)
            .await;
    }
    for number in [3, 4] {
        desk.register(&id(number), "hub-a", EnrollmentRef::Individual)
            .await;
    }
    // A registration without an enrollment of its own is no row.
    desk.register("device-03b", "hub-a", EnrollmentRef::Group(group_id("g")))
        .await;
    for most in [1, 4, 13, 20] {
        for descending in [false, true] {
            let (mut found, mut after) = (Vec::new(), None::<String>);
            loop {
                let part = slice(after.as_deref(), descending, most);
                let page = desk.store.individuals(part).await.unwrap();
                let Some((last, _)) = page.last() else { break };
                after = Some(last.value.registration_id().normal_form().to_owned());
                for (stored, record) in page {
                    let key = stored.value.registration_id().normal_form().to_owned();
                    let registered = ["device-03", "device-04"].contains(&&*key);
                    assert_eq!(record.is_some(), registered, "{key}");
                    found.push(key);
                }
            }
            let mut expected: Vec<_> = (0..13)
                .map(|number| format!("device-{number:02}"))
                .collect();
            if descending {
                expected.reverse();
            }
            assert_eq!(found, expected, "{most} {descending}");
        }
    }
    // The last row of a page may be gone by now.
    let part = slice(Some("device-05x"), false, 1);
    let page = desk.store.individuals(part).await.unwrap();
    assert_eq!(page[0].0.value.registration_id().normal_form(), "device-06");
    let part = slice(Some("device-05x"), true, 1);
    let page = desk.store.individuals(part).await.unwrap();
    assert_eq!(page[0].0.value.registration_id().normal_form(), "device-05");
}

async fn ids(desk: &Desk, of: Option<&str>, descending: bool) -> Vec<String> {
    let of = of.map(group_id);
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let part = slice(after.as_deref(), descending, 2);
        let page = desk.store.records(of.as_ref(), part).await.unwrap();
        let Some(last) = page.last() else {
            return found;
        };
        after = Some(last.registration_id.normal_form().to_owned());
        for record in page {
            if let Some(of) = &of {
                assert_eq!(record.enrollment, EnrollmentRef::Group(of.clone()));
            }
            found.push(record.registration_id.normal_form().to_owned());
        }
    }
}

pub(crate) async fn of_records_of_a_group(desk: Desk) {
    let group = |id: &str| EnrollmentRef::Group(group_id(id));
    for (id, through) in [
        ("A1", group("Line")),
        ("b1", group("line2")),
        ("a2", group("LINE")),
        ("a3", EnrollmentRef::Individual),
        ("a4", group("line")),
        ("a5", group("lin")),
    ] {
        desk.register(id, "hub-a", through).await;
    }
    assert_eq!(ids(&desk, Some("line"), false).await, ["a1", "a2", "a4"]);
    assert_eq!(ids(&desk, Some("Line"), true).await, ["a4", "a2", "a1"]);
    assert_eq!(ids(&desk, Some("line2"), false).await, ["b1"]);
    assert_eq!(ids(&desk, Some("lin"), true).await, ["a5"]);
    assert!(ids(&desk, Some("li"), false).await.is_empty());
    assert_eq!(
        ids(&desk, None, false).await,
        ["a1", "a2", "a3", "a4", "a5", "b1"]
    );
    // Admitted by another one, and deleted.
    desk.register("a2", "hub-b", group("line2")).await;
    desk.done(desk.delete_record("a4").await).await;
    assert_eq!(ids(&desk, Some("line"), false).await, ["a1"]);
    assert_eq!(ids(&desk, Some("line2"), true).await, ["b1", "a2"]);
    assert_eq!(ids(&desk, None, true).await, ["b1", "a5", "a3", "a2", "a1"]);
    // It registers again after the deletion.
    desk.register("a4", "hub-a", group("line")).await;
    assert_eq!(ids(&desk, Some("line"), false).await, ["a1", "a4"]);
}
