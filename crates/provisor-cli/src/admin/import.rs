//! What another service has, copied through its REST API.
//!
//! Groups before individual enrollments, page by page, ten at once, and only what is not here yet: what is there stays as it
//! is, so that an import that stopped is done again. What cannot come along is said, each with its reason.

mod certificates;
mod copy;
mod hubs;
mod thing;

use provisor_server::outgoing::Roots;
use provisor_wire::service::{
    AttestationMechanism, AttestationType, BulkError, BulkResult, EnrollmentGroup,
    IndividualEnrollment, ServiceClient,
};
use provisor_wire::{Body as _, Word};

use self::certificates::Certificates;
use self::copy::Copied;
use self::hubs::Renamed;
use self::thing::Thing;
use super::command::Import;
use super::connection::text;
use super::enrollment::Pages;
use super::session::{Session, Stop};
use crate::answer::{Answer, Verdict};
use crate::input;

/// From where to where, and with what.
struct Way<'a> {
    there: &'a Session,
    here: &'a Session,
    certificates: Certificates,
    renamed: Renamed,
    dry_run: bool,
}

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
    let way = Way {
        there: &there,
        here,
        certificates: Certificates::read(import.certificates.as_deref())?,
        renamed: Renamed::read(&import.hubs)?,
        dry_run: import.dry_run,
    };
    let groups = way.all::<EnrollmentGroup>().await?;
    let individuals = way.all::<IndividualEnrollment>().await?;
    Ok(told(&way, &groups, &individuals))
}

/// As many as a bulk operation takes.
const BULK: usize = provisor_wire::limits::BULK_ITEMS;

impl Way<'_> {
    /// All of that kind.
    async fn all<T: Thing>(&self) -> Result<Tally, Stop> {
        let (mut tally, mut pages) = (Tally::default(), Pages::default());
        while let Some(items) = pages
            .next::<T>(self.there, "SELECT * FROM enrollments")
            .await?
        {
            for ten in items.chunks(BULK) {
                let mut sent = Vec::new();
                for one in ten {
                    tally.registered += usize::from(one.is_registered());
                    match self.copy(one).await? {
                        Copied::Whole(copy) => sent.push(*copy),
                        Copied::Not(why) => self.left_behind(one, &why, &mut tally).await?,
                    }
                }
                self.send(sent, &mut tally).await?;
            }
        }
        Ok(tally)
    }

    async fn copy<T: Thing>(&self, one: &T) -> Result<Copied<T>, Stop> {
        match self.with_keys(one).await {
            Ok(whole) => Ok(whole.copied(&self.certificates, &self.renamed)),
            Err(stop @ Stop::Refused { .. }) => Ok(Copied::Not(stop.words())),
            Err(stop) => Err(stop),
        }
    }

    /// A mechanism by symmetric keys, with them: lists do not show them.
    async fn with_keys<T: Thing>(&self, one: &T) -> Result<T, Stop> {
        let kind = one.attestation().and_then(|one| one.kind.as_ref());
        if kind.and_then(Word::known) != Some(AttestationType::SymmetricKey) {
            return Ok(one.clone());
        }
        let request = ServiceClient::new().attestation_mechanism(T::LIST, &one.id());
        let reply = self.there.ask(request).await?;
        let read = AttestationMechanism::from_answer(&reply.body)
            .map_err(|why| Stop::unusable(format!("the answer: {why}")))?;
        Ok(one.clone().with_attestation(read))
    }

    /// What cannot come along may be here by other means.
    async fn left_behind<T: Thing>(
        &self,
        one: &T,
        why: &str,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        let request = ServiceClient::new().get(T::LIST, &one.id());
        match self.here.ask(request).await {
            Ok(_) => tally.there += 1,
            Err(Stop::Refused { .. }) => {
                tally
                    .refused
                    .push(format!("{} {}: {why}", T::WORD, one.id()));
            }
            Err(stop) => return Err(stop),
        }
        Ok(())
    }

    async fn send<T: Thing>(&self, sent: Vec<T>, tally: &mut Tally) -> Result<(), Stop> {
        let number = sent.len();
        if number == 0 {
            return Ok(());
        }
        if self.dry_run {
            tally.copied += number;
            return Ok(());
        }
        let reply = self.here.ask(T::made(sent)).await?;
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
}

fn words(error: &BulkError) -> String {
    let why = error.error_status.as_deref().unwrap_or_default();
    match (&error.registration_id, &error.enrollment_group_id) {
        (Some(id), _) => format!("enrollment {id}: {why}"),
        (None, Some(id)) => format!("group {id}: {why}"),
        (None, None) => why.to_owned(),
    }
}

fn told(way: &Way<'_>, groups: &Tally, individuals: &Tally) -> Answer {
    let verb = match way.dry_run {
        true => "would be copied, but for what is here already",
        false => "copied",
    };
    let mut text = format!("from {} to {}\n", way.there.host(), way.here.host());
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
