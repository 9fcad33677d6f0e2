//! Queries.

use provisor_wire::http::Headers as _;

use super::stand::{Stand, enrollment, group, json};

#[tokio::test]
async fn a_query_is_read_to_its_end_page_by_page() {
    let stand = Stand::new().await;
    for number in 0..7 {
        let id = format!("dev-{number}");
        stand
            .ask("PUT", &format!("/enrollments/{id}"), &[], &enrollment(&id))
            .await;
        stand
            .ask("PUT", &format!("/enrollmentGroups/{id}"), &[], &group(&id))
            .await;
    }
    for (target, kind, member) in [
        ("/enrollments/query", "Enrollment", "registrationId"),
        (
            "/enrollmentgroups/query",
            "EnrollmentGroup",
            "enrollmentGroupId",
        ),
    ] {
        for descending in [false, true] {
            let order = if descending { " DESC" } else { "" };
            let text = format!(r#"{{"query":"SELECT * FROM all ORDER BY {member}{order}"}}"#);
            let (mut found, mut next, mut pages) = (Vec::new(), None::<String>, 0);
            loop {
                let mut headers = vec![("x-ms-max-item-count", "3")];
                if let Some(next) = &next {
                    headers.push(("x-ms-continuation", next));
                }
                let page = stand.ask("POST", target, &headers, &text).await;
                assert_eq!(page.status, 200, "{}", page.body);
                assert_eq!(page.header("x-ms-item-type"), Some(kind));
                let items = json(&page).as_array().unwrap().clone();
                assert!(items.len() <= 3);
                found.extend(
                    items
                        .iter()
                        .map(|item| item[member].as_str().unwrap().to_owned()),
                );
                pages += 1;
                next = page.header("x-ms-continuation").map(str::to_owned);
                if next.is_none() {
                    break;
                }
            }
            let mut wanted: Vec<_> = (0..7).map(|number| format!("dev-{number}")).collect();
            if descending {
                wanted.reverse();
            }
            assert_eq!((found, pages), (wanted, 3));
        }
    }
}

#[tokio::test]
async fn what_is_not_a_query_is_refused() {
    let stand = Stand::new().await;
    for id in ["a", "b"] {
        stand
            .ask("PUT", &format!("/enrollments/{id}"), &[], &enrollment(id))
            .await;
    }
    let one = [("x-ms-max-item-count", "1")];
    let page = stand.ask("POST", "/enrollments/query", &one, "{}").await;
    let token = page.header("x-ms-continuation").unwrap();
    let going_on = [("x-ms-continuation", token)];
    for (target, headers, body) in [
        (
            "/enrollments/query",
            &[("x-ms-max-item-count", "0")][..],
            "{}",
        ),
        (
            "/enrollments/query",
            &[("x-ms-max-item-count", "many")][..],
            "{}",
        ),
        (
            "/enrollments/query",
            &[("x-ms-continuation", "AAAA")][..],
            "{}",
        ),
        // A token is good for its query alone.
        ("/enrollmentGroups/query", &going_on[..], "{}"),
        (
            "/enrollments/query",
            &going_on[..],
            r#"{"query":"SELECT * FROM enrollments WHERE registrationId = 'a'"}"#,
        ),
        (
            "/enrollments/query",
            &[][..],
            r#"{"query":"DROP TABLE enrollments"}"#,
        ),
        (
            "/enrollments/query",
            &[][..],
            r#"{"query":"SELECT * FROM enrollments WHERE shoeSize = 'a'"}"#,
        ),
    ] {
        let answer = stand.ask("POST", target, headers, body).await;
        assert_eq!(
            answer.status, 400,
            "{target} {headers:?} {body}: {}",
            answer.body
        );
    }
    let last = stand
        .ask("POST", "/enrollments/query", &going_on, "{}")
        .await;
    assert_eq!(json(&last)[0]["registrationId"], "b");
}

#[tokio::test]
async fn a_condition_selects() {
    let stand = Stand::new().await;
    for id in ["a", "b", "c"] {
        stand
            .ask("PUT", &format!("/enrollments/{id}"), &[], &enrollment(id))
            .await;
    }
    let text = r#"{"query":"SELECT * FROM enrollments WHERE registrationId = 'B' OR registrationId > 'b'"}"#;
    let page = stand.ask("POST", "/enrollments/query", &[], text).await;
    let found = json(&page);
    assert_eq!(found.as_array().unwrap().len(), 2);
    assert_eq!(found[0]["registrationId"], "b");
}
