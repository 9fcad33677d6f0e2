//! The dry run, for people and for programs.

use std::fmt::Write as _;

use provisor::enrollment::ProvisioningStatus;
use provisor::registration::dry_run::{Candidate, Course, DryRun, Placement};
use provisor::registration::{Operation, reprovision};
use provisor::{RegistrationId, Rejection, UnixTime};
use serde_json::{Map, Value, json};

use crate::answer::{Verdict, refusal_block, rejection_block};
use crate::remarks::Remarks;

/// Reports that are shown of a device that nobody admits: the first ones.
const REPORTS: usize = 3;

/// The exit status: a device that would be challenged or asked about was not refused. One for whose
/// record there is no room would be.
pub(super) fn verdict(run: &DryRun<'_>) -> Verdict {
    match run.course() {
        Course::Refused(_) | Course::Failed(_) => Verdict::Rejected,
        _ if no_room(run).is_some() => Verdict::Rejected,
        _ => Verdict::Accepted,
    }
}

/// Why there is no room for the record of a device that the engine would assign.
fn no_room<'a>(run: &'a DryRun<'_>) -> Option<&'a Rejection> {
    run.quota()?.as_ref().err()
}

pub(super) fn text(
    run: &DryRun<'_>,
    id: &RegistrationId,
    now: UnixTime,
    remarks: &Remarks,
) -> String {
    let mut out = first_lines(run, id);
    let _ = writeln!(out, "\nwhat was asked, at {now}: {id}");
    out.push_str("\ncandidates among the enrollments:\n");
    if run.candidates().is_empty() {
        out.push_str("  none\n");
    }
    for candidate in run.candidates() {
        out.push_str(&line(candidate));
    }
    if run.groups_beyond() > 0 {
        let _ = writeln!(out, "  and {} more groups", run.groups_beyond());
    }
    if let Some(admitted) = run.admitted() {
        let _ = writeln!(out, "  admitted by the {admitted}");
    }
    if let Some(placement) = run.placement() {
        out.push_str(&placed(placement, run));
    }
    if !run.steps().is_empty() {
        out.push_str("\nwhat would be done, in this order:\n");
    }
    for (step, number) in run.steps().iter().zip(1..) {
        let _ = writeln!(out, "  {number}. {}: {}", step.effect, step.what);
    }
    match run.quota() {
        Some(Ok(())) => out.push_str("  quota: there is room for the record\n"),
        Some(Err(cause)) => {
            let _ = writeln!(out, "  quota: {cause}");
        }
        None => {}
    }
    for candidate in reported(run) {
        if let Some(report) = candidate.report() {
            let _ = write!(
                out,
                "\nthe certificates, for the {}:\n{report}",
                candidate.enrollment()
            );
        }
    }
    let remarks = remarks.to_string();
    if !remarks.is_empty() {
        let _ = write!(out, "\nfiles:\n{remarks}");
    }
    out
}

fn first_lines(run: &DryRun<'_>, id: &RegistrationId) -> String {
    match run.course() {
        Course::Assigned { .. } | Course::Asked { .. } if no_room(run).is_some() => {
            no_room(run).map_or_else(String::new, refusal_block)
        }
        Course::Assigned { record, action } => format!(
            "ACCEPTED  {id}: would be assigned to {} ({action})\n",
            record.assigned_hub
        ),
        Course::Asked { webhook, hubs } => {
            let hubs: Vec<&str> = hubs.iter().map(|hub| hub.as_str()).collect();
            // Without the secrets in its URL.
            let whom = webhook
                .as_ref()
                .map_or_else(|| "nobody".to_owned(), ToString::to_string);
            format!(
                "ACCEPTED  {id}: the custom allocation would be asked ({whom}), for one of {}\n",
                hubs.join(", ")
            )
        }
        Course::Challenged => format!("ACCEPTED  {id}: the TPM would be challenged\n"),
        Course::Refused(cause) => refusal_block(cause),
        Course::Failed(cause) => format!("FAILED: the service itself\n{}", refusal_block(cause)),
        _ => "another course, which is not known here\n".to_owned(),
    }
}

fn line(candidate: &Candidate<'_>) -> String {
    let status = match candidate.settings().provisioning_status {
        ProvisioningStatus::Enabled => "enabled",
        ProvisioningStatus::Disabled => "disabled",
    };
    let mut out = format!(
        "  {}, {status}, by {}, generation {}: ",
        candidate.enrollment(),
        candidate.mechanism(),
        candidate.generation()
    );
    match candidate.verdict() {
        Ok(()) => out.push_str("would admit the device\n"),
        Err(cause) => {
            let _ = write!(out, "would not\n{}", rejection_block(cause, "      "));
        }
    }
    out
}

fn placed(placement: &Placement<'_>, run: &DryRun<'_>) -> String {
    let mut out = format!("\nallocation ({}):\n", placement.allocation());
    match placement.trace() {
        Some(Ok(trace)) => {
            let _ = write!(out, "{trace}");
        }
        Some(Err(cause)) => out.push_str(&rejection_block(cause, "    ")),
        None => out.push_str("    the custom allocation says\n"),
    }
    let row = reprovision::action(placement.policy(), placement.situation());
    let _ = writeln!(
        out,
        "\nre-provisioning ({:?}):\n    {} -> {row}",
        placement.policy(),
        placement.situation()
    );
    if let Course::Assigned { action, .. } = run.course()
        && *action != row
    {
        let _ = writeln!(
            out,
            "    the device does not go on with what is on record, and begins again: {action}"
        );
    }
    out
}

/// The one that admits; or the first ones that do not.
fn reported<'r>(run: &'r DryRun<'_>) -> impl Iterator<Item = &'r Candidate<'r>> {
    let admitted = run.admitted();
    run.candidates()
        .iter()
        .filter(move |candidate| admitted.is_none_or(|admitted| candidate.enrollment() == admitted))
        .filter(|candidate| candidate.report().is_some())
        .take(REPORTS)
}

pub(super) fn object(
    run: &DryRun<'_>,
    id: &RegistrationId,
    now: UnixTime,
    remarks: &Remarks,
) -> String {
    let mut object = Map::new();
    let (word, rejection): (&str, Option<&Rejection>) = match run.course() {
        Course::Refused(cause) => ("rejected", Some(cause)),
        Course::Failed(cause) => ("failed", Some(cause)),
        _ => match no_room(run) {
            Some(cause) => ("rejected", Some(cause)),
            None => ("accepted", None),
        },
    };
    object.insert("verdict".to_owned(), json!(word));
    object.insert("rejection".to_owned(), json!(rejection));
    object.insert("registrationId".to_owned(), json!(id.as_str()));
    object.insert("at".to_owned(), json!(now.to_string()));
    object.insert(
        "course".to_owned(),
        match run.course() {
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
        },
    );
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
    object.insert(
        "admittedBy".to_owned(),
        json!(run.admitted().map(ToString::to_string)),
    );
    object.insert(
        "placement".to_owned(),
        run.placement().map_or(Value::Null, placement),
    );
    let steps = run
        .steps()
        .iter()
        .map(|step| json!({ "effect": step.effect, "what": step.what }));
    object.insert("steps".to_owned(), steps.collect());
    object.insert(
        "counted".to_owned(),
        json!(run.counted().map(|counted| match counted {
            Operation::Registration => "registration",
            _ => "reregistration",
        })),
    );
    object.insert(
        "roomForRecord".to_owned(),
        json!(run.quota().map(Result::is_ok)),
    );
    remarks.add_to(&mut object);
    format!("{}\n", Value::Object(object))
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
