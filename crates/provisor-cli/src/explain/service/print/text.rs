//! The dry run, for people.

use std::fmt::Write as _;

use provisor::enrollment::ProvisioningStatus;
use provisor::registration::dry_run::{
    Candidate, Consequences, Course, DryRun, Heritage, Placement,
};
use provisor::registration::{EnrollmentSelector, Known, reprovision};
use provisor::{RegistrationId, UnixTime};

use super::verdict::refused;
use crate::answer::{refusal_block, rejection_block};
use crate::remarks::Remarks;

/// Reports that are shown of a device that nobody admits: the first ones.
const REPORTS: usize = 3;

pub(in crate::explain::service) fn text(
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
        out.push_str(&line(candidate, run.if_answered().is_some()));
    }
    if run.groups_beyond() > 0 {
        let _ = writeln!(out, "  and {} more groups", run.groups_beyond());
    }
    out.push_str(&followed(run.consequences()));
    if let Some(answered) = run.if_answered() {
        out.push_str("\nIF THE TPM ANSWERS THE CHALLENGE RIGHTLY:\n");
        let _ = writeln!(out, "  {}", end(answered));
        out.push_str(&followed(answered));
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
    match (run.course(), run.if_answered()) {
        (Course::Failed(cause), _) => {
            format!("FAILED: the service itself\n{}", refusal_block(cause))
        }
        (Course::Challenged, Some(answered)) => match refused(answered) {
            Some(cause) => format!(
                "{}the TPM would be challenged, and this is what its right answer comes to\n",
                refusal_block(cause)
            ),
            None => format!(
                "ACCEPTED  {id}: the TPM would be challenged; if it answers rightly: {}\n",
                end(answered)
            ),
        },
        _ => match refused(run.consequences()) {
            Some(cause) => refusal_block(cause),
            None => format!("ACCEPTED  {id}: {}\n", end(run.consequences())),
        },
    }
}

/// What it comes to, in one line.
fn end(then: &Consequences<'_>) -> String {
    match then.course() {
        Course::Assigned { record, action } => {
            format!("would be assigned to {} ({action})", record.assigned_hub)
        }
        Course::Asked { webhook, hubs } => {
            let hubs: Vec<&str> = hubs.iter().map(|hub| hub.as_str()).collect();
            // Without the secrets in its URL.
            let whom = webhook
                .as_ref()
                .map_or_else(|| "nobody".to_owned(), ToString::to_string);
            format!(
                "the custom allocation would be asked ({whom}), for one of {}",
                hubs.join(", ")
            )
        }
        Course::Challenged => "the TPM would be challenged".to_owned(),
        Course::Refused(cause) => format!("would be refused: {cause}"),
        Course::Failed(cause) => format!("the service itself would fail: {cause}"),
        _ => "another course, which is not known here".to_owned(),
    }
}

/// Who admits, who goes on with the record, where the device goes and what is done.
fn followed(then: &Consequences<'_>) -> String {
    let mut out = String::new();
    if let Some(admitted) = then.admitted() {
        let how = match then.course() {
            Course::Challenged => "would be challenged for",
            _ => "admitted by",
        };
        let _ = writeln!(out, "  {how} the {admitted}");
    }
    if let Some(heritage) = then.heritage() {
        out.push_str(&inherited(heritage));
    }
    if let Some(placement) = then.placement() {
        out.push_str(&placed(placement, then));
    }
    if !then.steps().is_empty() {
        out.push_str("\nwhat would be done, in this order:\n");
    }
    for (step, number) in then.steps().iter().zip(1..) {
        let _ = writeln!(out, "  {number}. {}: {}", step.effect, step.what);
    }
    match then.quota() {
        Some(Ok(())) => out.push_str("  quota: there is room for the record\n"),
        Some(Err(cause)) => {
            let _ = writeln!(out, "  quota: {cause}");
        }
        None => {}
    }
    out
}

/// Whose record there is, and who goes on with it.
fn inherited(heritage: &Heritage<'_>) -> String {
    let mut out = "\nthe record (who goes on with it):\n".to_owned();
    let (hub, device) = heritage.known().place();
    match heritage.known() {
        Known::Record(record) => {
            let _ = writeln!(
                out,
                "    of the {}, generation {}: {device} in {hub}",
                record.enrollment, record.generation
            );
        }
        Known::Tombstone(_) => {
            let _ = writeln!(
                out,
                "    deleted; nobody goes on with it, and {device} in {hub} begins again or is removed"
            );
        }
    }
    if let Some(row) = heritage.row() {
        let _ = writeln!(out, "    {} -> {}", row.lineage, row.inheritance);
    }
    if let Some(stated) = heritage.succession() {
        let _ = writeln!(
            out,
            "    as stated: the devices of {} may go on under {}",
            selected(&stated.from),
            selected(&stated.to)
        );
    }
    out
}

fn selected(selector: &EnrollmentSelector) -> String {
    match selector {
        EnrollmentSelector::Generation(generation) => format!("generation {generation}"),
        EnrollmentSelector::Group(id) => format!("the group {id}"),
        _ => "another selection".to_owned(),
    }
}

fn line(candidate: &Candidate<'_>, challenged: bool) -> String {
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
        Ok(()) if challenged => out.push_str("would challenge the TPM\n"),
        Ok(()) => out.push_str("would admit the device\n"),
        Err(cause) => {
            let _ = write!(out, "would not\n{}", rejection_block(cause, "      "));
        }
    }
    out
}

fn placed(placement: &Placement<'_>, then: &Consequences<'_>) -> String {
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
    if let Course::Assigned { action, .. } = then.course()
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
