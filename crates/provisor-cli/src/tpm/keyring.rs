//! `provisor tpm keyring`: made, rotated, shown. Its secrets are never printed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use provisor::UnixTime;
use provisor::tpm::Keyring;
use provisor::tpm::keyring::{Epoch, EpochTimes};
use serde_json::json;

use super::stop::Stop;
use super::{keyring_file, report};
use crate::answer::{Answer, Unusable};
use crate::random::OsRandom;
use crate::time::time;
use crate::{input, store};

const DAY: i64 = 86_400;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a keyring with one epoch that begins now. The file must not be there yet.
    New {
        /// The file; its owner alone may read it.
        file: PathBuf,
        #[command(flatten)]
        life: Life,
    },
    /// Add the next epoch. Give the file to all processes before that epoch begins.
    Rotate {
        /// The file; it is replaced in one step.
        file: PathBuf,
        #[command(flatten)]
        life: Life,
        /// The keyring leaked: the new epoch begins now, and all others are erased. No challenge that is open can be answered.
        #[arg(long, conflicts_with = "begins")]
        revoke: bool,
        /// Erase epochs that accepted their last answer so many days ago. Until then a late answer is told from a wrong one.
        #[arg(long, value_name = "DAYS", default_value_t = 7)]
        keep_days: u16,
    },
    /// Show the epochs, what each is good for now, and a fingerprint to compare files by.
    Show {
        /// The file.
        file: PathBuf,
        /// The time to show it for; without it, now.
        #[arg(long, value_name = "RFC3339", value_parser = time)]
        at: Option<UnixTime>,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
}

/// The life of a new epoch.
#[derive(Debug, clap::Args)]
pub(crate) struct Life {
    /// Days for which it issues challenges.
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    issue_days: u16,
    /// Days beyond, for which it accepts answers; 32 days altogether at most.
    #[arg(long, value_name = "DAYS", default_value_t = 1)]
    accept_days: u16,
    /// When it begins; without it, one day before the newest epoch stops issuing, or now if there is none.
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    begins: Option<UnixTime>,
    /// What time it is; without it, the clock of this machine.
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    at: Option<UnixTime>,
}

pub(super) fn run(command: &Command) -> Result<Answer, Unusable> {
    let made = match command {
        Command::New { file, life } => new(file, life),
        Command::Rotate {
            file,
            life,
            revoke,
            keep_days,
        } => rotate(file, life, *revoke, *keep_days),
        Command::Show { file, at, json } => show(file, *at, *json),
    };
    match made {
        Ok(answer) => Ok(answer),
        Err(Stop::Refused(rejection)) => Ok(report::refused(&rejection)),
        Err(Stop::File(fault)) => Ok(report::of_file(&fault)),
        Err(Stop::Unusable(unusable)) => Err(unusable),
    }
}

fn new(file: &Path, life: &Life) -> Result<Answer, Stop> {
    let now = life.now()?;
    let begins = life.begins.unwrap_or(now);
    let epoch = Epoch::generate(1, life.times(begins), &mut OsRandom::new())?;
    let ring = Keyring::new([epoch])?;
    store::create(file, &keyring_file::to_text(&ring)?)?;
    described(file, &ring, now)
}

fn rotate(file: &Path, life: &Life, revoke: bool, keep_days: u16) -> Result<Answer, Stop> {
    let now = life.now()?;
    let lock = store::Lock::take(file)?;
    let mut ring = keyring_file::read(file)?;
    let newest = ring
        .epochs()
        .last()
        .map(|epoch| (epoch.number(), epoch.times()));
    let (number, times) = newest.ok_or_else(|| Unusable::file(file, "no epoch"))?;
    let begins = match life.begins {
        Some(begins) => begins,
        None if revoke => now,
        None => overlapping(&times, now),
    };
    let next = Epoch::generate(
        number.saturating_add(1),
        life.times(begins),
        &mut OsRandom::new(),
    )?;
    if revoke {
        ring = Keyring::new([next])?;
    } else {
        ring.erase_before(now.saturating_add(-DAY * i64::from(keep_days)));
        ring.insert(next)?;
    }
    lock.replace(&keyring_file::to_text(&ring)?)?;
    let mut answer = described(file, &ring, now)?;
    if begins <= now {
        answer
            .notes
            .push_str("the new epoch has begun: until another process has this file, it refuses what this one asks\n");
    }
    Ok(answer)
}

/// One day before the newest epoch stops issuing: each of the two can stand in for the other.
fn overlapping(newest: &EpochTimes, now: UnixTime) -> UnixTime {
    let early = newest.issues_until.saturating_add(-DAY);
    // Epochs begin one after the other, also when they are shorter than a day.
    early.max(newest.begins.saturating_add(1)).max(now)
}

fn show(file: &Path, at: Option<UnixTime>, json: bool) -> Result<Answer, Stop> {
    let now = at.map_or_else(input::now, Ok)?;
    let ring = keyring_file::read(file)?;
    if !json {
        return described(file, &ring, now);
    }
    let epochs: Vec<_> = ring
        .epochs()
        .iter()
        .map(|epoch| {
            let times = epoch.times();
            json!({
                "number": epoch.number(),
                "begins": times.begins.to_string(),
                "issuesUntil": times.issues_until.to_string(),
                "acceptsUntil": times.accepts_until.to_string(),
                "state": report::state(&ring, epoch, now),
            })
        })
        .collect();
    let object = json!({
        "fingerprint": keyring_file::fingerprint(&ring)?,
        "at": now.to_string(),
        "epochs": epochs,
    });
    Ok(Answer::accepted(format!("{object}\n")))
}

fn described(file: &Path, ring: &Keyring, now: UnixTime) -> Result<Answer, Stop> {
    let mut answer = Answer::accepted(format!(
        "{}: fingerprint {}, at {now}\n{}",
        file.display(),
        keyring_file::fingerprint(ring)?,
        report::epochs(ring, now)
    ));
    let last = ring.epochs().last().map(Epoch::times);
    match (ring.issuing(now), last) {
        (Err(rejection), _) => {
            let _ = writeln!(answer.notes, "no challenge can be made: {rejection}");
        }
        (Ok(_), Some(last)) => {
            let _ = writeln!(answer.text, "  rotate before {}", last.issues_until);
        }
        (Ok(_), None) => {}
    }
    Ok(answer)
}

impl Life {
    fn now(&self) -> Result<UnixTime, Unusable> {
        self.at.map_or_else(input::now, Ok)
    }

    const fn times(&self, begins: UnixTime) -> EpochTimes {
        EpochTimes::days(begins, self.issue_days, self.accept_days)
    }
}
