//! An identity as the registry reads and shows it.

use provisor::enrollment::{SymmetricKeys, Thumbprint};
use provisor::sas::SasKey;
use provisor::system::SystemRandom;
use provisor::{Code, DeviceId, Rejection, Subject, UnixTime};
use provisor_wire::Timestamp;
use serde_json::{Value, json};

use super::super::super::limits;
use super::super::device::{Authentication, Device};
use super::super::twin::Twin;
use crate::store::Result;

/// An identity that is sent.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    enabled: bool,
    status_reason: Option<String>,
    authentication: Option<Said>,
    iot_edge: bool,
}

/// How the device shall prove itself.
#[derive(Debug)]
enum Said {
    Keys(Option<SasKey>, Option<SasKey>),
    Thumbprints(Option<Thumbprint>, Option<Thumbprint>),
    Authority,
}

impl Draft {
    /// Reads what is sent for that device. Members that are not known are passed over: clients send back
    /// what they read.
    ///
    /// # Errors
    /// [`HubRequest`](Code::HubRequest); the codes of keys and thumbprints.
    pub(crate) fn read(body: &Value, device_id: &DeviceId) -> Result<Self> {
        let Some(body) = body.as_object() else {
            return Err(refused("body", "a JSON object"));
        };
        for name in ["deviceId", "id"] {
            if let Some(named) = text(body.get(name), name)?
                && named != device_id.as_str()
            {
                return Err(refused("deviceId", "the device that the path names"));
            }
        }
        let enabled = match text(body.get("status"), "status")? {
            None => true,
            Some(status) if status.eq_ignore_ascii_case("enabled") => true,
            Some(status) if status.eq_ignore_ascii_case("disabled") => false,
            Some(_) => return Err(refused("status", "enabled or disabled")),
        };
        let status_reason = text(body.get("statusReason"), "statusReason")?;
        if status_reason.is_some_and(|reason| reason.chars().count() > limits::REASON_BYTES) {
            return Err(refused("statusReason", "at most 128 characters"));
        }
        let edge = body.get("capabilities").and_then(|it| it.get("iotEdge"));
        Ok(Self {
            enabled,
            status_reason: status_reason.map(str::to_owned),
            authentication: match body.get("authentication") {
                None | Some(Value::Null) => None,
                Some(said) => Said::read(said)?,
            },
            iot_edge: edge.and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// The device that is made of it, with keys that are drawn where none are given.
    pub(crate) fn begin(&self, generation: String, twin: Twin, now: UnixTime) -> Result<Device> {
        let mut device = Device {
            generation,
            writes: 0,
            authentication: Authentication::CertificateAuthority,
            enabled: true,
            status_reason: None,
            status_changed: None,
            iot_edge: false,
            subscriptions: Vec::new(),
            twin,
        };
        device.authentication = self.settled(None)?;
        self.write(&mut device, now)?;
        Ok(device)
    }

    /// The device as it becomes.
    pub(crate) fn update(&self, device: &mut Device, now: UnixTime) -> Result<()> {
        device.authentication = self.settled(Some(&device.authentication))?;
        self.write(device, now)
    }

    fn write(&self, device: &mut Device, now: UnixTime) -> Result<()> {
        device.count();
        if device.enabled != self.enabled {
            device.status_changed = Some(now.seconds());
        }
        device.enabled = self.enabled;
        device.status_reason.clone_from(&self.status_reason);
        device.iot_edge = self.iot_edge;
        Ok(())
    }

    fn settled(&self, present: Option<&Authentication>) -> Result<Authentication> {
        let (primary, secondary) = match &self.authentication {
            None => match present {
                Some(present) => return Ok(present.clone()),
                None => (None, None),
            },
            Some(Said::Authority) => return Ok(Authentication::CertificateAuthority),
            Some(Said::Thumbprints(primary, secondary)) => {
                return Ok(Authentication::SelfSigned {
                    primary: *primary,
                    secondary: *secondary,
                });
            }
            Some(Said::Keys(primary, secondary)) => (primary.clone(), secondary.clone()),
        };
        // Those that are left out stay, or are drawn.
        let (primary, secondary) = match present {
            Some(Authentication::Sas {
                primary: first,
                secondary: second,
            }) => (
                primary.or_else(|| Some(first.clone())),
                secondary.or_else(|| Some(second.clone())),
            ),
            _ => (primary, secondary),
        };
        let keys = SymmetricKeys::complete(primary, secondary, &mut SystemRandom::new())?;
        Ok(Authentication::of_keys(&keys))
    }
}

impl Said {
    fn read(said: &Value) -> Result<Option<Self>> {
        let member = |outer: &str, inner: &'static str| -> Result<Option<&str>> {
            text(said.get(outer).and_then(|it| it.get(inner)), inner)
        };
        let keys = || -> Result<Self> {
            let key = |name| -> Result<Option<SasKey>> {
                let given = member("symmetricKey", name)?.filter(|text| !text.is_empty());
                given
                    .map(|text| SasKey::from_base64(text).map_err(Box::new))
                    .transpose()
            };
            Ok(Self::Keys(key("primaryKey")?, key("secondaryKey")?))
        };
        let thumbprints = || -> Result<Self> {
            let thumbprint = |name| -> Result<Option<Thumbprint>> {
                let given = member("x509Thumbprint", name)?.filter(|text| !text.is_empty());
                given
                    .map(|text| {
                        Thumbprint::parse(text).map_err(|refused| {
                            // Two certificates with one SHA-1 digest can be made.
                            Box::new(refused.remedy(
                                "give the SHA-256 thumbprint; this hub knows no device by SHA-1",
                            ))
                        })
                    })
                    .transpose()
            };
            let [primary, secondary] = [
                thumbprint("primaryThumbprint")?,
                thumbprint("secondaryThumbprint")?,
            ];
            if primary.is_none() && secondary.is_none() {
                return Err(refused("x509Thumbprint", "a thumbprint"));
            }
            Ok(Self::Thumbprints(primary, secondary))
        };
        Ok(Some(match text(said.get("type"), "type")? {
            Some("sas") => keys()?,
            Some("selfSigned") => thumbprints()?,
            Some("certificateAuthority") => Self::Authority,
            None | Some("none") => match thumbprints() {
                Ok(said) => said,
                Err(_) => keys()?,
            },
            Some(_) => {
                return Err(refused("type", "sas, selfSigned or certificateAuthority"));
            }
        }))
    }
}

/// The identity as it is shown to whoever may read keys.
pub(crate) fn show(device_id: &DeviceId, device: &Device, since: Option<UnixTime>) -> Value {
    let key = |key: &SasKey| key.expose_base64().to_string();
    let print = |it: &Option<Thumbprint>| it.map(|it| it.to_string());
    let (keys, prints) = match &device.authentication {
        Authentication::Sas { primary, secondary } => {
            ((Some(key(primary)), Some(key(secondary))), (None, None))
        }
        Authentication::SelfSigned { primary, secondary } => {
            ((None, None), (print(primary), print(secondary)))
        }
        Authentication::CertificateAuthority => ((None, None), (None, None)),
    };
    json!({
        "deviceId": device_id.as_str(),
        "generationId": device.generation,
        "etag": device.etag(),
        "connectionState": state(since),
        "status": status(device.enabled),
        "statusReason": device.status_reason,
        "connectionStateUpdatedTime": time(since.map(UnixTime::seconds)),
        "statusUpdatedTime": time(device.status_changed),
        "lastActivityTime": time(since.map(UnixTime::seconds)),
        "cloudToDeviceMessageCount": 0,
        "authentication": {
            "symmetricKey": {"primaryKey": keys.0, "secondaryKey": keys.1},
            "x509Thumbprint": {"primaryThumbprint": prints.0, "secondaryThumbprint": prints.1},
            "type": device.authentication.word(),
        },
        "capabilities": {"iotEdge": device.iot_edge},
    })
}

/// The twin as a service reads it.
pub(crate) fn show_twin(device_id: &DeviceId, device: &Device, since: Option<UnixTime>) -> Value {
    let print = |it: &Option<Thumbprint>| it.map(|it| it.to_string());
    let prints = match &device.authentication {
        Authentication::SelfSigned { primary, secondary } => (print(primary), print(secondary)),
        _ => (None, None),
    };
    json!({
        "deviceId": device_id.as_str(),
        "etag": device.twin.etag(),
        "deviceEtag": device.etag(),
        "status": status(device.enabled),
        "statusReason": device.status_reason,
        "statusUpdateTime": time(device.status_changed),
        "connectionState": state(since),
        "lastActivityTime": time(since.map(UnixTime::seconds)),
        "cloudToDeviceMessageCount": 0,
        "authenticationType": device.authentication.word(),
        "x509Thumbprint": {"primaryThumbprint": prints.0, "secondaryThumbprint": prints.1},
        "modelId": "",
        "version": device.twin.version,
        "tags": device.twin.tags,
        "properties": {
            "desired": device.twin.desired.for_service(),
            "reported": device.twin.reported.for_service(),
        },
        "capabilities": {"iotEdge": device.iot_edge},
    })
}

const fn state(since: Option<UnixTime>) -> &'static str {
    match since {
        Some(_) => "Connected",
        None => "Disconnected",
    }
}

const fn status(is_enabled: bool) -> &'static str {
    if is_enabled { "enabled" } else { "disabled" }
}

/// What was never has the first second of the calendar, as hubs say it.
fn time(seconds: Option<i64>) -> String {
    const NEVER: i64 = -62_135_596_800;
    Timestamp::from(UnixTime::new(seconds.unwrap_or(NEVER))).to_string()
}

fn text<'a>(value: Option<&'a Value>, field: &'static str) -> Result<Option<&'a str>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(refused(field, "a text")),
    }
}

pub(super) fn refused(field: &'static str, expected: &'static str) -> Box<Rejection> {
    Rejection::new(Code::HubRequest, Subject::field(field))
        .expected(expected)
        .into()
}
