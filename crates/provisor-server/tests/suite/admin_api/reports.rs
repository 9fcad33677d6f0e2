//! Quotas, metering, the audit log, events.

use std::net::IpAddr;

use provisor::{Code, Rejection, Subject};
use provisor_server::app::journal::{End, Event};
use provisor_server::ask::Transport;

use crate::service_api::stand::{Stand, enrollment, json};

#[tokio::test]
async fn what_was_done_is_counted_and_written_down() {
    let stand = Stand::new().await;
    for id in ["a", "b"] {
        stand
            .ask("PUT", &format!("/enrollments/{id}"), &[], &enrollment(id))
            .await;
    }
    stand.ask("DELETE", "/enrollments/a", &[], "").await;
    stand.ask("DELETE", "/enrollments/absent", &[], "").await;
    let quotas = json(&stand.ask("GET", "/admin/quotas", &[], "").await);
    let of = |name: &str| {
        let rows = quotas.as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap()["used"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(
        (
            of("individual enrollments"),
            of("linked hubs"),
            of("registrations")
        ),
        (1, 2, 0)
    );

    let metering = json(&stand.ask("GET", "/admin/metering", &[], "").await);
    let rows = metering["rows"].as_array().unwrap();
    let count = |what: &str| {
        let of = rows.iter().filter(|row| row["instruction"] == what);
        of.map(|row| row["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(
        (
            count("enrollmentWrite"),
            count("enrollmentDelete"),
            count("hubWrite")
        ),
        (2, 1, 2)
    );
    let past = stand
        .ask(
            "GET",
            "/admin/metering?from=2020-01-01&to=2020-12-31",
            &[],
            "",
        )
        .await;
    assert_eq!(json(&past)["total"], 0);
    for bad in ["from=yesterday", "to=2020-13-01", "from=2020-1-1", "to="] {
        let refused = stand
            .ask("GET", &format!("/admin/metering?{bad}"), &[], "")
            .await;
        assert_eq!(
            refused.status,
            if bad == "to=" { 200 } else { 400 },
            "{bad}"
        );
    }

    let mut after = 0;
    let mut found = Vec::new();
    loop {
        let page = stand
            .ask(
                "GET",
                &format!("/admin/audit?after={after}&most=3"),
                &[],
                "",
            )
            .await;
        let rows = json(&page).as_array().unwrap().clone();
        assert!(rows.len() <= 3);
        let Some(last) = rows.last() else { break };
        after = last["number"].as_u64().unwrap();
        found.extend(rows);
    }
    let refused = found
        .iter()
        .find(|row| row["finding"] == "refused")
        .unwrap();
    assert_eq!(
        (&refused["id"], &refused["verb"]),
        (&"absent".into(), &"delete".into())
    );
    assert_eq!(refused["code"], "SERVICE_NOT_FOUND");
    assert_eq!(refused["who"], "provisioningserviceowner");
}

#[tokio::test]
async fn an_event_is_found_by_its_registration_or_its_tracking_id() {
    let stand = Stand::new().await;
    for (tracking, id) in [("T1", "line-7"), ("T2", "line-8"), ("T3", "line-7")] {
        stand.app.journal.record(Event {
            at: stand.app.clock.now(),
            tracking: tracking.to_owned(),
            registration_id: id.to_owned(),
            transport: Transport::Mqtt,
            address: IpAddr::from([127, 0, 0, 1]),
            end: End::Refused(Box::new(Rejection::new(
                Code::AttestDisabled,
                Subject::field("enrollment"),
            ))),
        });
    }
    for (query, wanted) in [
        ("?registrationId=LINE-7", &["T3", "T1"][..]),
        ("?trackingId=t2", &["T2"]),
        ("?most=1", &["T3"]),
        ("?registrationId=other", &[]),
        ("", &["T3", "T2", "T1"]),
    ] {
        let rows = json(
            &stand
                .ask("GET", &format!("/admin/events{query}"), &[], "")
                .await,
        );
        let found: Vec<_> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["trackingId"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, wanted, "{query}");
        for row in rows.as_array().unwrap() {
            assert_eq!(row["code"], "ATTEST_DISABLED");
            assert_eq!(row["transport"], "mqtt");
        }
    }
}
