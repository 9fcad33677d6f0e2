//! What another service has, copied through its REST API.
//!
//! Groups before individual enrollments, ten at once, and only what is not here yet: what is there stays as it is, so that
//! an import that stopped is done again. What cannot come along is said, each with its reason.

mod certificates;
mod copy;
mod hubs;

use provisor_server::outgoing::Roots;
use provisor_wire::service::{
    AttestationMechanism, AttestationType, BulkEnrollmentGroupOperation, BulkEnrollmentOperation,
    BulkError, BulkMode, BulkResult, Collection, EnrollmentGroup, IndividualEnrollment,
    ServiceClient,
};
use provisor_wire::{Body as _, Word};

use self::certificates::Certificates;
use self::copy::Copied;
use self::hubs::Renamed;
use super::command::Import;
use super::connection::text;
use super::enrollment::pages;
use super::session::{Session, Stop};
use crate::answer::{Answer, Verdict};
use crate::input;

/// What became of everything.
#[derive(Debug, Default)]
struct Tally {
    copied: usize,
    there: usize,
    refused: Vec<String>,
    registered: usize,
}

pub(super) async fn run(here: &Session, import: &Import) -> Result<Answer, Stop> {
    let from = text(import.from.as_ref(), import.from_file.as_deref(), None)?;
    let roots = match &import.from_ca {
        Some(file) => Roots::Pem(input::bytes(file)?),
        None => Roots::System,
    };
    let there = Session::with(&from, &roots)?;
    let certificates = Certificates::read(import.certificates.as_deref())?;
    let renamed = Renamed::read(&import.hubs)?;
    let query = "SELECT * FROM enrollments";

    let mut listed: Vec<EnrollmentGroup> = Vec::new();
    pages(&there, query, |items| listed.extend(items)).await?;
    let mut groups = Tally::default();
    for ten in listed.chunks(BULK) {
        let mut sent = Vec::new();
        for group in ten {
            let id = group.enrollment_group_id.clone().unwrap_or_default();
            match with_keys(
                &there,
                Collection::EnrollmentGroups,
                &id,
                group.attestation.clone(),
            )
            .await
            {
                Err(stop) => groups.refused.push(format!("group {id}: {}", stop.words())),
                Ok(attestation) => {
                    let mut copy = group.clone();
                    copy.attestation = attestation;
                    match copy::group(copy, &certificates, &renamed) {
                        Copied::Whole(copy) => sent.push(*copy),
                        Copied::Not(why) => groups.refused.push(format!("group {id}: {why}")),
                    }
                }
            }
        }
        let (number, body) = (
            sent.len(),
            BulkEnrollmentGroupOperation::default().mode(BulkMode::Create),
        );
        let request = ServiceClient::new().bulk_groups(&body.enrollment_groups(sent));
        send(here, import.dry_run, number, request, &mut groups).await?;
    }

    let mut listed: Vec<IndividualEnrollment> = Vec::new();
    pages(&there, query, |items| listed.extend(items)).await?;
    let mut individuals = Tally::default();
    for ten in listed.chunks(BULK) {
        let mut sent = Vec::new();
        for one in ten {
            let id = one.registration_id.clone().unwrap_or_default();
            individuals.registered += usize::from(one.registration_state.is_some());
            match with_keys(
                &there,
                Collection::Enrollments,
                &id,
                one.attestation.clone(),
            )
            .await
            {
                Err(stop) => individuals
                    .refused
                    .push(format!("enrollment {id}: {}", stop.words())),
                Ok(attestation) => {
                    let mut copy = one.clone();
                    copy.attestation = attestation;
                    match copy::individual(copy, &certificates, &renamed) {
                        Copied::Whole(copy) => sent.push(*copy),
                        Copied::Not(why) => {
                            individuals.refused.push(format!("enrollment {id}: {why}"))
                        }
                    }
                }
            }
        }
        let (number, body) = (
            sent.len(),
            BulkEnrollmentOperation::default().mode(BulkMode::Create),
        );
        let request = ServiceClient::new().bulk(&body.enrollments(sent));
        send(here, import.dry_run, number, request, &mut individuals).await?;
    }
    Ok(told(
        import.dry_run,
        (here.host(), there.host()),
        &groups,
        &individuals,
    ))
}

/// As many as a bulk operation takes.
const BULK: usize = provisor_wire::limits::BULK_ITEMS;

/// A mechanism by symmetric keys, with them: lists do not show them.
async fn with_keys(
    there: &Session,
    of: Collection,
    id: &str,
    attestation: Option<AttestationMechanism>,
) -> Result<Option<AttestationMechanism>, Stop> {
    let kind = attestation.as_ref().and_then(|one| one.kind.as_ref());
    if kind.and_then(Word::known) != Some(AttestationType::SymmetricKey) {
        return Ok(attestation);
    }
    let reply = there
        .ask(ServiceClient::new().attestation_mechanism(of, id))
        .await?;
    let read = AttestationMechanism::from_answer(&reply.body)
        .map_err(|why| Stop::unusable(format!("the answer: {why}")))?;
    Ok(Some(read))
}

async fn send(
    here: &Session,
    dry_run: bool,
    number: usize,
    request: provisor_wire::http::Request,
    tally: &mut Tally,
) -> Result<(), Stop> {
    if number == 0 {
        return Ok(());
    }
    if dry_run {
        tally.copied += number;
        return Ok(());
    }
    let reply = here.ask(request).await?;
    let result = BulkResult::from_answer(&reply.body)
        .map_err(|why| Stop::unusable(format!("the answer: {why}")))?;
    let errors = result.errors.unwrap_or_default();
    tally.copied += number.saturating_sub(errors.len());
    for error in errors {
        if error.error_code.is_some_and(|code| code / 1000 == 409) {
            tally.there += 1;
        } else {
            tally.refused.push(words(&error));
        }
    }
    Ok(())
}

fn words(error: &BulkError) -> String {
    let why = error.error_status.as_deref().unwrap_or_default();
    match (&error.registration_id, &error.enrollment_group_id) {
        (Some(id), _) => format!("enrollment {id}: {why}"),
        (None, Some(id)) => format!("group {id}: {why}"),
        (None, None) => why.to_owned(),
    }
}

fn told(dry_run: bool, (here, there): (&str, &str), groups: &Tally, individuals: &Tally) -> Answer {
    let verb = if dry_run { "would be copied" } else { "copied" };
    let mut text = format!("from {there} to {here}\n");
    for (what, tally) in [("groups", groups), ("individual enrollments", individuals)] {
        text.push_str(&format!(
            "{what}: {} {verb}, {} here already, {} cannot come along\n",
            tally.copied,
            tally.there,
            tally.refused.len()
        ));
    }
    let refused = groups.refused.iter().chain(&individuals.refused);
    for line in refused.clone() {
        text.push_str(&format!("  {line}\n"));
    }
    text.push_str(
        "\nWhat stays in any case: CA certificates (upload them and prove possession anew, before what refers to them), linked \
         hubs and their keys,\nshared access policies, registrations: each device registers anew, once",
    );
    if individuals.registered > 0 {
        text.push_str(&format!(
            " ({} of the individual enrollments have one)",
            individuals.registered
        ));
    }
    text.push_str(
        ". It keeps its name and its keys;\nthe hub that it gets is this service's to say.\n",
    );
    let verdict = match refused.count() {
        0 => Verdict::Accepted,
        _ => Verdict::Rejected,
    };
    Answer::new(text, verdict)
}
