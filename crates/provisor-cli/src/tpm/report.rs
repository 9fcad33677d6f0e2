//! What was looked at, for people.

use std::fmt::Write as _;

use provisor::tpm::Keyring;
use provisor::tpm::keyring::Epoch;
use provisor::{Rejection, UnixTime};
use serde_json::json;

use super::device::Device;
use super::stop::Stop;
use crate::answer::{Answer, Unusable, Verdict, refusal_block, verdict_block};
use crate::place::Fault;

/// A refusal of something that is no device's request.
pub(super) fn refused(rejection: &Rejection) -> Answer {
    Answer::new(refusal_block(rejection), Verdict::Rejected)
}

/// A refusal of what is in a file.
pub(super) fn of_file(fault: &Fault) -> Answer {
    let about = format!("file:     {}", fault.place);
    let text = verdict_block("REJECTED", &fault.rejection, &about);
    Answer::new(text, Verdict::Rejected)
}

/// A refusal, in the form that was asked for.
pub(super) fn stopped(stop: Stop, json: bool) -> Result<Answer, Unusable> {
    match stop {
        Stop::Unusable(unusable) => Err(unusable),
        Stop::Refused(rejection) if json => {
            let object = json!({ "verdict": "rejected", "rejection": rejection });
            Ok(Answer::new(format!("{object}\n"), Verdict::Rejected))
        }
        Stop::Refused(rejection) => Ok(refused(&rejection)),
        Stop::File(Fault { place, rejection }) if json => {
            let object = json!({
                "verdict": "rejected",
                "at": place.json(),
                "rejection": rejection,
            });
            Ok(Answer::new(format!("{object}\n"), Verdict::Rejected))
        }
        Stop::File(fault) => Ok(of_file(&fault)),
    }
}

/// Who asks whom, and by which secrets.
pub(super) fn judged(device: &Device) -> String {
    let mut out = format!("what was judged, at {}:\n", device.now);
    let registered = match device.registrations() {
        0 => "never registered".to_owned(),
        1 => "registered once".to_owned(),
        count => format!("registered {count} times"),
    };
    let _ = writeln!(out, "  scope    {}", device.scope());
    let _ = writeln!(out, "  device   {}, {registered}", device.id);
    let _ = writeln!(out, "  EK       {}", device.ek.name());
    let _ = writeln!(out, "  SRK      {}", device.srk.name());
    out.push_str(&epochs(&device.ring, device.now));
    out
}

/// A line for each epoch.
pub(super) fn epochs(ring: &Keyring, now: UnixTime) -> String {
    let mut out = String::new();
    for epoch in ring.epochs() {
        let times = epoch.times();
        let _ = writeln!(
            out,
            "  epoch {}  {}: issues {} to {}, accepts until {}",
            epoch.number(),
            state(ring, epoch, now),
            times.begins,
            times.issues_until,
            times.accepts_until
        );
    }
    out
}

/// What an epoch is good for, in one word.
pub(super) fn state(ring: &Keyring, epoch: &Epoch, now: UnixTime) -> &'static str {
    let times = epoch.times();
    let issuing = ring.issuing(now).map(Epoch::number).ok();
    if issuing == Some(epoch.number()) {
        "issuing"
    } else if now < times.begins {
        "coming"
    } else if now <= times.accepts_until {
        "accepting"
    } else {
        "over"
    }
}
