//! `provisor tpm challenge`: what a service answers to the keys of a TPM.

use std::path::PathBuf;

use data_encoding::BASE64;
use provisor::allocation::LinkedHubs;
use provisor::registration::{Evidence, Response, Sealed};
use provisor::tpm::keyring::Epoch;
use serde_json::{Value, json};

use super::device::{self, Device, Form};
use super::report;
use super::stop::Stop;
use crate::answer::{Answer, Unusable};
use crate::store;

/// What the body says to whoever reads it in a log.
const MESSAGE: &str =
    "import the key in authenticationKey and register again with a token signed by it";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: device::DeviceArguments,
    /// With --form tpm2-tools: the file to write, for tpm2_activatecredential -i. It must not be there yet.
    #[arg(long, value_name = "F")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let json = arguments.device.json;
    challenge(arguments).or_else(|stop| report::stopped(stop, json))
}

fn challenge(arguments: &Arguments) -> Result<Answer, Stop> {
    let out = match (&arguments.out, arguments.device.form) {
        (Some(out), Form::Tpm2Tools) => Some(out),
        (None, Form::Tpm2Tools) => {
            return Err(Unusable::new("--form tpm2-tools writes a file: give --out F").into());
        }
        (Some(_), _) => return Err(Unusable::new("--out goes with --form tpm2-tools").into()),
        (None, _) => None,
    };
    let device = Device::read(&arguments.device)?;
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
    let body = match (out, &sealed) {
        (Some(path), Sealed::Credential(credential)) => {
            store::create(path, &credential.to_tpm2_tools())?;
            json!({ "file": path.display().to_string() })
        }
        _ => body(&sealed)?,
    };
    Ok(Answer::accepted(if arguments.device.json {
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
