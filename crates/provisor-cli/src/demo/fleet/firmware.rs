//! How a device registers: by the machine of `provisor-device`, in the bytes of HTTP or of MQTT.

use provisor::{Code, DeviceId, HubName};
use provisor_contract::{HubAnswer, HubCall};
use provisor_device::message::http::Head;
use provisor_device::registration::{
    Registration, Request, RequestKind, Settings, Step, Transport,
};
use provisor_device::{Error, Key, Reason, Writer};

use super::door::Conversation;
use super::unit::{Proof, Unit};

/// What came of it.
pub(super) enum Registered {
    /// The device has its hub.
    Assigned,
    /// The service does not want it; it keeps what it had.
    Refused(Code),
}

/// More steps than a registration has.
const STEPS: usize = 64;

/// Registers the device. An error is a fault of the demo: a device that should have been served, and
/// ended otherwise.
pub(super) fn register(
    unit: &mut Unit,
    door: &mut Conversation<'_>,
    seed: u64,
) -> Result<Registered, String> {
    let scope = door.desk.scope().to_string();
    let settings = Settings::new(&scope, &unit.name, unit.credential(), unit.transport());
    let mut machine = Registration::begin(&settings, 0, seed).map_err(own)?;
    let (mut now, mut body) = (0_u64, String::new());
    for _ in 0..STEPS {
        match machine.step(now) {
            Step::Send(send) => body = exchange(unit, &mut machine, send, door, now)?,
            Step::Wait(ms) => now += u64::from(ms),
            Step::Activate => {
                let mut blob = [0; 2048];
                let blob = machine.sealed(body.as_bytes(), &mut blob).map_err(own)?;
                let Proof::Tpm(tpm) = &mut unit.proof else {
                    return Err("a challenge without a TPM".to_owned());
                };
                unit.identity.lose_key();
                let import = tpm.import_activation_blob(blob);
                import.map_err(|refused| refused.to_string())?;
                machine.activated(now).map_err(own)?;
            }
            Step::Confirm => {
                // The hub knows the device before it comes.
                let found = machine.assignment().ok_or("no assignment")?;
                if !is_in(door, found.hub, found.device_id)? {
                    return Err(format!("{} does not know it", found.hub));
                }
                machine.confirmed(now).map_err(own)?;
            }
            Step::Done => {
                machine.commit(&mut unit.identity).map_err(own)?;
                return Ok(Registered::Assigned);
            }
            Step::Ended => {
                let reason = machine.end().map(|end| end.reason);
                return match (reason, door.refused) {
                    (Some(Reason::Refused), Some(code)) => Ok(Registered::Refused(code)),
                    (reason, code) => Err(format!("ended: {reason:?}, {code:?}")),
                };
            }
        }
    }
    Err(format!("no end in {STEPS} steps"))
}

/// Whether that hub knows a device of that name.
pub(super) fn is_in(
    door: &mut Conversation<'_>,
    hub: &str,
    device_id: &str,
) -> Result<bool, String> {
    let hub = HubName::parse(hub).map_err(|rejection| rejection.to_string())?;
    let device_id = DeviceId::parse(device_id).map_err(|rejection| rejection.to_string())?;
    let look = HubCall::Look { hub, device_id };
    Ok(matches!(
        door.server.hub.call(look),
        HubAnswer::Device(Some(_))
    ))
}

fn exchange(
    unit: &Unit,
    machine: &mut Registration,
    send: Request,
    door: &mut Conversation<'_>,
    now: u64,
) -> Result<String, String> {
    let expires = door.desk.now.seconds() + 3600;
    let token = token(unit, machine, send, expires).map_err(own)?;
    let mut body = machine.body();
    if let Proof::Tpm(tpm) = &unit.proof {
        body = body.with_tpm(tpm.ek_public(), tpm.srk_public());
    }
    let fault = |rejection: provisor::Rejection| rejection.to_string();
    if unit.transport() == Transport::Mqtt {
        let mut buffers = [[0; 512]; 3];
        let [user, topic, payload] = &mut buffers;
        let (mut user, mut topic) = (Writer::new(user), Writer::new(topic));
        let mut payload = Writer::new(payload);
        machine.write_username(Some("demo/1.0"), &mut user);
        machine.write_topic(send, &mut topic).map_err(own)?;
        machine
            .write_payload(send, &body, &mut payload)
            .map_err(own)?;
        let user = user.finish().map_err(own)?;
        let message = (topic.finish().map_err(own)?, payload.finish().map_err(own)?);
        let (topic, answer) = door.mqtt(user, token.as_deref(), message).map_err(fault)?;
        machine
            .mqtt_message(&topic, answer.as_bytes(), now)
            .map_err(own)?;
        return Ok(answer);
    }
    let mut head = Head::new("dps.example.net").with_user_agent("demo/1.0");
    if let Some(token) = &token {
        head = head.with_authorization(token);
    }
    let mut buffer = [0; 4096];
    let mut writer = Writer::new(&mut buffer);
    machine
        .write_http(send, &head, &body, &mut writer)
        .map_err(own)?;
    let (status, retry, answer) = door.http(writer.finish().map_err(own)?).map_err(fault)?;
    let retry = retry.as_deref().map(str::as_bytes);
    let response = machine.http_response(send, status, retry, answer.as_bytes(), now);
    response.map_err(own)?;
    Ok(answer)
}

/// The token of the request, signed by the device's key or inside its TPM.
fn token(
    unit: &Unit,
    machine: &Registration,
    send: Request,
    expires: i64,
) -> Result<Option<String>, Error> {
    let token = machine.token(expires);
    let mut buffer = [0; 512];
    let text = match &unit.proof {
        Proof::None | Proof::Certificate(_) => return Ok(None),
        Proof::Key(key) => token.sign(&Key::from_bytes(key.expose())?, &mut buffer)?,
        Proof::Tpm(_) if send.kind() == RequestKind::Register => return Ok(None),
        Proof::Tpm(tpm) => {
            let sign = |message: &[u8]| {
                let mac = tpm.sign_with_identity(message);
                mac.map_err(|_| Error::from(Reason::SignerFailed))
            };
            token.sign_by(sign, &mut buffer)?
        }
    };
    Ok(Some(text.to_owned()))
}

fn own(error: Error) -> String {
    format!("the device: {error}")
}
