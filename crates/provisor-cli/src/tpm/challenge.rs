//! `provisor tpm challenge`: what a service answers to the keys of a TPM.

use data_encoding::BASE64;
use provisor::allocation::LinkedHubs;
use provisor::registration::{Evidence, Response, Sealed};
use provisor::tpm::keyring::Epoch;
use serde_json::{Value, json};

use super::device::{self, Device};
use super::report;
use super::stop::Stop;
use crate::answer::{Answer, Unusable};

/// What the body says to whoever reads it in a log.
const MESSAGE: &str =
    "import the key in authenticationKey and register again with a token signed by it";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: device::DeviceArguments,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let json = arguments.device.json;
    challenge(&arguments.device).or_else(|stop| report::stopped(stop, json))
}

fn challenge(arguments: &device::DeviceArguments) -> Result<Answer, Stop> {
    let device = Device::read(arguments)?;
    // No hub is asked for before the TPM has answered.
    let no_hubs = LinkedHubs::new(device.scope(), [])?;
    let decision = device.decide(Evidence::TpmKeys(device.keys()), &no_hubs)?;
    let sealed = match decision.carry_out(|effect| Err(effect.unknown())) {
        Response::Challenge(sealed) => sealed,
        Response::Refused(rejection) => return Err(rejection.into()),
        Response::Failed(failure) => return Err(failure.cause().clone().into()),
        _ => return Err(Unusable::new("the engine did not challenge").into()),
    };
    let epoch = device.ring.issuing(device.now)?;
    let body = body(&sealed)?;
    Ok(Answer::accepted(if arguments.json {
        object(&device, epoch, &body)
    } else {
        text(&device, epoch, &sealed, &body)
    }))
}

/// What goes over the wire with status 401 (DPS protocol), or what a command line tool takes.
fn body(sealed: &Sealed) -> Result<Value, Unusable> {
    match sealed {
        Sealed::ActivationBlob(blob) => Ok(json!({
            "message": MESSAGE,
            "authenticationKey": BASE64.encode(blob.as_bytes()),
            "unencryptedAuthenticationKey": null,
            "keyName": "registration",
        })),
        Sealed::Credential(credential) => Ok(json!({
            "idObject": BASE64.encode(&credential.id_object),
            "encryptedSecret": BASE64.encode(&credential.encrypted_secret),
        })),
        _ => Err(Unusable::new("a form of sealing that is not known here")),
    }
}

fn object(device: &Device, epoch: &Epoch, body: &Value) -> String {
    let object = json!({
        "verdict": "accepted",
        "rejection": null,
        "registrationId": device.id.as_str(),
        "registrations": device.registrations(),
        "epoch": epoch.number(),
        "acceptsUntil": epoch.times().accepts_until.to_string(),
        "status": 401,
        "body": body,
    });
    format!("{object}\n")
}

fn text(device: &Device, epoch: &Epoch, sealed: &Sealed, body: &Value) -> String {
    let what = match sealed {
        Sealed::ActivationBlob(blob) => {
            format!("activation blob of {} bytes", blob.as_bytes().len())
        }
        _ => "credential".to_owned(),
    };
    format!(
        "CHALLENGED  {}: {what}, by epoch {}\n  \
         answer:   until {}, to any process with this keyring, until the next registration\n  \
         body:     {body}\n\n{}",
        device.id,
        epoch.number(),
        epoch.times().accepts_until,
        report::judged(device)
    )
}
