//! `provisor tpm answer`: the verdict on what a TPM answered.

use std::io::Read as _;
use std::path::PathBuf;

use data_encoding::BASE64;
use provisor::allocation::{LinkedHubs, Weight};
use provisor::registration::{Assigned, Effect, Evidence, Outcome, Response, Sealed, TpmAnswer};
use provisor::sas::SasToken;
use provisor::tpm::{ChallengeAnswer, SecretBytes};
use provisor::{Code, HubName, IdScope, Rejection, Subject, UnixTime, limits};
use serde_json::json;

use super::device::{self, Device};
use super::stop::Stop;
use super::{record, report};
use crate::answer::{Answer, Unusable, Verdict, refusal_block};
use crate::policy::PolicyArguments;
use crate::store::Lock;
use crate::{allocate, input};

/// A hub that cannot be (RFC 2606 section 2), for verdicts that put nobody anywhere.
const NO_HUB: &str = "hub.invalid";

/// More than a token may have: a mistyped pipe must not fill the memory.
const LONGEST_TOKEN: u64 = 2 * limits::SAS_TOKEN_BYTES as u64;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: device::DeviceArguments,
    /// The device's token, "SharedAccessSignature sr=..."; "-" reads it from standard input, where other users do not see it.
    #[arg(long, value_name = "TEXT", required_unless_present = "secret")]
    token: Option<String>,
    /// A file with the secret that the device activated, for challenges in the form of a credential.
    #[arg(long, value_name = "F", conflicts_with = "token")]
    secret: Option<PathBuf>,
    /// The linked hubs, JSON as for `allocate`: the device gets one of them.
    #[arg(long, value_name = "F.json")]
    hubs: Option<PathBuf>,
    #[command(flatten)]
    policy: PolicyArguments,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let json = arguments.device.json;
    judge(arguments).or_else(|stop| report::stopped(stop, json))
}

fn judge(arguments: &Arguments) -> Result<Answer, Stop> {
    // Taken before the record is read: of two processes with one answer, one registers the device.
    let lock = match (&arguments.device.record, &arguments.hubs) {
        (Some(record), Some(_)) => Some(Lock::take(record)?),
        (Some(_), None) => {
            let why = "--record needs --hubs: a record says which hub the device has";
            return Err(Unusable::new(why).into());
        }
        (None, _) => None,
    };
    let given = Given::read(arguments)?;
    let device = Device::read(&arguments.device)?;
    let (device, hubs) = match &arguments.hubs {
        Some(path) => {
            let hubs = allocate::linked_hubs(path, device.scope())?;
            (device.with_policy(arguments.policy.policy.clone())?, hubs)
        }
        // Nobody goes anywhere: there is nothing to spread.
        None => {
            let hubs = no_hub(device.scope())?;
            (device, hubs)
        }
    };
    let answer = given.answer();
    let evidence = Evidence::TpmAnswer {
        answer,
        keys: Some(device.keys()),
    };
    let decision = device.decide(evidence, &hubs)?;
    let about = match decision.outcome() {
        Outcome::Assigned => Some((epoch(&device, answer)?, counts_until(&device, answer)?)),
        _ => None,
    };
    // Last of all that can fail: once it is recorded, the same answer is refused.
    let mut unwritten = None;
    let response = decision.carry_out(|effect| match (effect, &lock) {
        (Effect::SaveRecord(save), Some(lock)) => {
            record::write(lock, &save.record).map_err(|stop| {
                unwritten = Some(stop);
                Rejection::new(Code::RegEffect, Subject::field("record"))
            })
        }
        // No hub is called, and nothing else is kept.
        (
            Effect::SaveRecord(_)
            | Effect::Prepare(_)
            | Effect::PutDevice { .. }
            | Effect::RemoveDevice(_),
            _,
        ) => Ok(()),
        (other, _) => Err(other.unknown()),
    });
    if let Some(stop) = unwritten {
        return Err(stop.into());
    }
    let (assigned, (epoch, counts_until)) = match (response, about) {
        (Response::Assigned(assigned), Some(about)) => (assigned, about),
        (Response::Refused(rejection), _) => {
            return Ok(rejected(&device, &rejection, answer, arguments.device.json));
        }
        (Response::Failed(failure), _) => {
            return Ok(rejected(
                &device,
                failure.cause(),
                answer,
                arguments.device.json,
            ));
        }
        _ => return Err(Unusable::new("the engine gave no verdict").into()),
    };
    let accepted = Accepted {
        epoch,
        counts_until,
        recorded: lock.is_some(),
        assigned: arguments.hubs.is_some().then_some(&*assigned),
        device: &device,
    };
    Ok(Answer::accepted(if arguments.device.json {
        accepted.object()
    } else {
        accepted.text()
    }))
}

/// The answer as it came.
enum Given {
    Token(String),
    Secret(SecretBytes),
}

impl Given {
    fn read(arguments: &Arguments) -> Result<Self, Unusable> {
        if let Some(path) = &arguments.secret {
            return Ok(Self::Secret(SecretBytes::new(input::bytes(path)?)));
        }
        match arguments.token.as_deref() {
            Some("-") => {
                let mut text = String::new();
                std::io::stdin()
                    .take(LONGEST_TOKEN)
                    .read_to_string(&mut text)
                    .map_err(|error| Unusable::new(format!("standard input: {error}")))?;
                Ok(Self::Token(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
            token => Ok(Self::Token(token.unwrap_or_default().to_owned())),
        }
    }

    fn answer(&self) -> TpmAnswer<'_> {
        match self {
            Self::Token(text) => TpmAnswer::Token(text),
            Self::Secret(secret) => TpmAnswer::Secret(secret),
        }
    }
}

/// What there is to say of an answer that was accepted.
struct Accepted<'a> {
    device: &'a Device,
    /// The number of the epoch that asked.
    epoch: u32,
    /// The last second in which the same answer would count again, if nothing were recorded.
    counts_until: UnixTime,
    recorded: bool,
    assigned: Option<&'a Assigned>,
}

impl Accepted<'_> {
    fn text(&self) -> String {
        let device = self.device;
        let mut out = format!(
            "ACCEPTED  {}: answered by the TPM with the endorsement key {}\n  \
             epoch:    {}\n",
            device.id,
            device.ek.name(),
            self.epoch
        );
        let registration = device.registrations().saturating_add(1);
        out.push_str(&if self.recorded {
            format!(
                "  counts:   no more: registration {registration} is recorded, the same answer is refused from now on\n"
            )
        } else {
            format!(
                "  counts:   nothing was recorded (--record): the same answer counts again until the device's next \
                 registration is, until {} at the latest\n",
                self.counts_until
            )
        });
        if let Some(assigned) = self.assigned {
            out.push_str(&format!("  hub:      {}\n", assigned.record.assigned_hub));
        }
        if let Some(key) = self.hub_key() {
            out.push_str(&format!("  key:      {key}\n"));
        }
        out.push('\n');
        out.push_str(&report::judged(device));
        out
    }

    fn object(&self) -> String {
        let device = self.device;
        let object = json!({
            "verdict": "accepted",
            "rejection": null,
            "registrationId": device.id.as_str(),
            "endorsementKey": device.ek.name().to_string(),
            "storageRootKey": device.srk.name().to_string(),
            "registrations": device.registrations(),
            "epoch": self.epoch,
            "recorded": self.recorded,
            "countsUntil": (!self.recorded).then(|| self.counts_until.to_string()),
            "record": self.assigned.map(|assigned| &assigned.record),
            "authenticationKey": self.hub_key(),
        });
        format!("{object}\n")
    }

    /// The key for the hub, sealed to the TPM: the second blob of a registration.
    fn hub_key(&self) -> Option<String> {
        match self.assigned?.hub_key.as_ref()? {
            Sealed::ActivationBlob(blob) => Some(BASE64.encode(blob.as_bytes())),
            _ => None,
        }
    }
}

fn rejected(device: &Device, rejection: &Rejection, answer: TpmAnswer<'_>, json: bool) -> Answer {
    if json {
        let object = json!({
            "verdict": "rejected",
            "rejection": rejection,
            "registrationId": device.id.as_str(),
            "registrations": device.registrations(),
        });
        return Answer::new(format!("{object}\n"), Verdict::Rejected);
    }
    let mut out = refusal_block(rejection);
    out.push('\n');
    out.push_str(&report::judged(device));
    // What the token claims; its signature stays out of logs.
    if let TpmAnswer::Token(text) = answer
        && let Ok(token) = SasToken::parse(text)
    {
        out.push_str(&format!(
            "  token    for {}, good until {}\n",
            token.resource().escape_default(),
            token.expires()
        ));
    }
    Answer::new(out, Verdict::Rejected)
}

/// Which epoch asked: the ring says so of a right answer.
fn epoch(device: &Device, answer: TpmAnswer<'_>) -> Result<u32, Rejection> {
    let binding = device.binding();
    let number = |answer| {
        let judged = device.ring.judge(&binding, answer, device.now)?;
        Ok(judged.epoch().number())
    };
    match answer {
        TpmAnswer::Secret(secret) => number(ChallengeAnswer::Secret(secret)),
        TpmAnswer::Token(text) => {
            let token = SasToken::parse(text)?;
            let message = token.signed_text();
            number(ChallengeAnswer::Hmac {
                message: message.as_bytes(),
                mac: token.signature(),
            })
        }
    }
}

/// The end of the epoch or of the token, whichever is first.
fn counts_until(device: &Device, answer: TpmAnswer<'_>) -> Result<UnixTime, Rejection> {
    let number = epoch(device, answer)?;
    let epoch = device
        .ring
        .epochs()
        .iter()
        .find(|epoch| epoch.number() == number);
    let accepts = epoch.map_or(device.now, |epoch| epoch.times().accepts_until);
    match answer {
        TpmAnswer::Secret(_) => Ok(accepts),
        TpmAnswer::Token(text) => {
            let expires = SasToken::parse(text)?.expires();
            Ok(accepts.min(expires.saturating_add(limits::SAS_CLOCK_SKEW_SECONDS)))
        }
    }
}

fn no_hub(scope: &IdScope) -> Result<LinkedHubs, Rejection> {
    LinkedHubs::new(scope, [(HubName::parse(NO_HUB)?, Weight::new(1)?)])
}
