//! The dry run, for programs.

use provisor::registration::dry_run::{Consequences, Course, DryRun, Heritage, Placement};
use provisor::registration::{Operation, reprovision};
use provisor::{RegistrationId, UnixTime};
use serde_json::{Map, Value, json};

use super::verdict::{refusal, refused};
use crate::remarks::Remarks;

pub(in crate::explain::service) fn object(
    run: &DryRun<'_>,
    id: &RegistrationId,
    now: UnixTime,
    remarks: &Remarks,
) -> String {
    let mut object = Map::new();
    let word = match (run.course(), refusal(run)) {
        (Course::Failed(_), _) => "failed",
        (_, Some(_)) => "rejected",
        (_, None) => "accepted",
    };
    object.insert("verdict".to_owned(), json!(word));
    object.insert("rejection".to_owned(), json!(refusal(run)));
    object.insert("registrationId".to_owned(), json!(id.as_str()));
    object.insert("at".to_owned(), json!(now.to_string()));
    let candidates = run.candidates().iter().map(|candidate| {
        json!({
            "enrollment": candidate.enrollment().to_string(),
            "generation": candidate.generation().to_string(),
            "provisioningStatus": candidate.settings().provisioning_status,
            "mechanism": candidate.mechanism(),
            "rejection": candidate.verdict().err(),
            "report": candidate.report(),
        })
    });
    object.insert("candidates".to_owned(), candidates.collect());
    object.insert("groupsBeyond".to_owned(), json!(run.groups_beyond()));
    add_consequences(run.consequences(), &mut object);
    let answered = run.if_answered().map(|answered| {
        let mut object = Map::new();
        object.insert("rejection".to_owned(), json!(refused(answered)));
        add_consequences(answered, &mut object);
        Value::Object(object)
    });
    object.insert("ifAnswered".to_owned(), answered.unwrap_or(Value::Null));
    remarks.add_to(&mut object);
    format!("{}\n", Value::Object(object))
}

fn add_consequences(then: &Consequences<'_>, object: &mut Map<String, Value>) {
    object.insert("course".to_owned(), course(then.course()));
    object.insert(
        "admittedBy".to_owned(),
        json!(then.admitted().map(ToString::to_string)),
    );
    object.insert(
        "lineage".to_owned(),
        then.heritage().map_or(Value::Null, heritage),
    );
    object.insert(
        "placement".to_owned(),
        then.placement().map_or(Value::Null, placement),
    );
    let steps = then
        .steps()
        .iter()
        .map(|step| json!({ "effect": step.effect, "what": step.what }));
    object.insert("steps".to_owned(), steps.collect());
    object.insert(
        "counted".to_owned(),
        json!(then.counted().map(|counted| match counted {
            Operation::Registration => "registration",
            _ => "reregistration",
        })),
    );
    object.insert(
        "roomForRecord".to_owned(),
        json!(then.quota().map(Result::is_ok)),
    );
}

fn course(course: &Course) -> Value {
    match course {
        Course::Assigned { record, action } => json!({
            "kind": "assigned",
            "hub": record.assigned_hub,
            "action": action.to_string(),
            "record": record,
        }),
        Course::Asked { webhook, hubs } => json!({
            "kind": "asked",
            "webhook": webhook.as_ref().map(ToString::to_string),
            "hubs": hubs,
        }),
        Course::Challenged => json!({ "kind": "challenged" }),
        Course::Refused(_) => json!({ "kind": "refused" }),
        _ => json!({ "kind": "failed" }),
    }
}

/// The row of the table, and what it is about.
fn heritage(heritage: &Heritage<'_>) -> Value {
    let (hub, device) = heritage.known().place();
    let row = heritage.row();
    let record = heritage.known().record();
    json!({
        "known": if record.is_some() { "record" } else { "tombstone" },
        "hub": hub,
        "deviceId": device,
        "enrollment": record.map(|record| record.enrollment.to_string()),
        "generation": record.map(|record| record.generation.to_string()),
        "policy": row.map(|row| row.policy),
        "lineage": row.map(|row| row.lineage.to_string()),
        "inheritance": row.map(|row| row.inheritance.to_string()),
        "succession": heritage.succession(),
    })
}

fn placement(placement: &Placement<'_>) -> Value {
    let (hubs, rejection) = match placement.trace() {
        Some(Ok(trace)) => {
            let rows = trace.rows().iter().map(|row| {
                json!({
                    "hub": row.hub(),
                    "weight": row.weight(),
                    "cost": row.cost().to_string(),
                    "standing": format!("{:?}", row.standing()),
                })
            });
            (Some(rows.collect::<Value>()), None)
        }
        Some(Err(cause)) => (None, Some(cause)),
        None => (None, None),
    };
    json!({
        "allocation": placement.allocation().to_string(),
        "hubs": hubs,
        "rejection": rejection,
        "policy": placement.policy(),
        "situation": placement.situation().to_string(),
        "action": reprovision::action(placement.policy(), placement.situation()).to_string(),
    })
}
