//! A device of the embedded hub, as it is stored.

use data_encoding::BASE64;
use provisor::enrollment::{Capabilities, SymmetricKeys, Thumbprint};
use provisor::registration::{HubAuthentication, OwnerTag};
use provisor::sas::SasKey;
use provisor::{Code, Rejection, Subject, UnixTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::twin::Twin;
use crate::store::Result;

/// The form in which places are written. A reader refuses a later one.
const FORM: u32 = 1;

/// What is kept under the name of a device, also after it was removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Place {
    form: u32,
    /// Whose it is; none: whoever writes to the registry made it. Stays when the device is removed, so
    /// that a put which comes late loses.
    pub(crate) owner: Option<OwnerTag>,
    /// The second in which the device was removed.
    pub(crate) removed: Option<i64>,
    /// The device.
    pub(crate) device: Option<Device>,
}

/// A device.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Device {
    /// Which making of the name it is.
    pub(crate) generation: String,
    /// Counts changes of the identity: what the entity tag is made of.
    pub(crate) writes: u64,
    /// How it proves itself.
    pub(crate) authentication: Authentication,
    /// Whether it may connect.
    pub(crate) enabled: bool,
    /// Why, in words of whoever said so.
    pub(crate) status_reason: Option<String>,
    /// When.
    pub(crate) status_changed: Option<i64>,
    /// Whether it is an IoT Edge device.
    pub(crate) iot_edge: bool,
    /// What it subscribed to, for connections to come.
    pub(crate) subscriptions: Vec<String>,
    /// Its twin.
    pub(crate) twin: Twin,
}

/// How a device proves itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Authentication {
    /// By a token that one of these keys signed. Secret.
    #[serde(rename_all = "camelCase")]
    Sas {
        /// The first.
        #[serde(serialize_with = "write_key", deserialize_with = "read_key")]
        primary: SasKey,
        /// The one for rolling over.
        #[serde(serialize_with = "write_key", deserialize_with = "read_key")]
        secondary: SasKey,
    },
    /// By one of these certificates.
    #[serde(rename_all = "camelCase")]
    SelfSigned {
        /// The first.
        primary: Option<Thumbprint>,
        /// The one for rolling over.
        secondary: Option<Thumbprint>,
    },
    /// By a certificate of a CA that the hub trusts. This hub trusts none.
    CertificateAuthority,
}

impl Place {
    /// A place with a device.
    pub(crate) const fn with(owner: Option<OwnerTag>, device: Device) -> Self {
        Self {
            form: FORM,
            owner,
            removed: None,
            device: Some(device),
        }
    }

    /// A place whose device was removed then.
    pub(crate) const fn without(owner: Option<OwnerTag>, now: UnixTime) -> Self {
        Self {
            form: FORM,
            owner,
            removed: Some(now.seconds()),
            device: None,
        }
    }

    /// The owner that a put has to be compared with: that of the device; of one that was removed only if it
    /// was the same registration's, since the name is free by now.
    pub(crate) fn known_to(&self, owner: &OwnerTag) -> Option<&OwnerTag> {
        let present = self.owner.as_ref();
        present.filter(|present| self.device.is_some() || present.is_of(owner))
    }

    /// # Errors
    /// [`HubStored`](Code::HubStored).
    pub(crate) fn read(bytes: &[u8]) -> Result<Self> {
        let refused = |found: String| {
            Box::new(Rejection::new(Code::HubStored, Subject::field("device")).found(found))
        };
        // What is wrong with it is told by its place: the text may have keys.
        let place: Self = serde_json::from_slice(bytes).map_err(|fault| {
            refused(format!("line {}, column {}", fault.line(), fault.column()))
        })?;
        if place.form > FORM {
            return Err(refused(format!("form {}", place.form)));
        }
        Ok(place)
    }

    /// # Errors
    /// [`HubStored`](Code::HubStored).
    pub(crate) fn write(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|_| {
            Rejection::new(Code::HubStored, Subject::field("device"))
                .expected("a device that can be written")
                .into()
        })
    }
}

impl Device {
    /// The entity tag of the identity: a later making of the name never has the tag of an earlier one.
    pub(crate) fn etag(&self) -> String {
        BASE64.encode(format!("{}-{}", self.generation, self.writes).as_bytes())
    }

    /// Another state of the identity.
    pub(crate) const fn count(&mut self) {
        self.writes = self.writes.saturating_add(1);
    }

    /// What kind of device it is.
    pub(crate) const fn capabilities(&self) -> Capabilities {
        Capabilities::new(self.iot_edge)
    }
}

impl Authentication {
    /// As the effect says it.
    ///
    /// # Errors
    /// [`SasKey`](Code::SasKey) when a key is shorter or longer than keys are;
    /// [`RegEffectUnknown`](Code::RegEffectUnknown) for what this hub cannot do.
    pub(crate) fn of_effect(authentication: &HubAuthentication) -> Result<Self> {
        match authentication {
            HubAuthentication::SymmetricKey(secret) => {
                let key = SasKey::from_bytes(secret.expose())?;
                Ok(Self::Sas {
                    primary: key.clone(),
                    secondary: key,
                })
            }
            HubAuthentication::SymmetricKeys(keys) => Ok(Self::of_keys(keys)),
            HubAuthentication::X509Thumbprint(thumbprint) => Ok(Self::SelfSigned {
                primary: Some(*thumbprint),
                secondary: None,
            }),
            _ => Err(
                Rejection::new(Code::RegEffectUnknown, Subject::field("authentication"))
                    .expected("a key, two keys or a thumbprint")
                    .into(),
            ),
        }
    }

    pub(crate) fn of_keys(keys: &SymmetricKeys) -> Self {
        Self::Sas {
            primary: keys.primary().clone(),
            secondary: keys.secondary().clone(),
        }
    }

    /// The word of the registry.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Sas { .. } => "sas",
            Self::SelfSigned { .. } => "selfSigned",
            Self::CertificateAuthority => "certificateAuthority",
        }
    }
}

fn write_key<S: Serializer>(key: &SasKey, to: S) -> core::result::Result<S::Ok, S::Error> {
    let text = Zeroizing::new(key.expose_base64().to_string());
    to.serialize_str(&text)
}

fn read_key<'de, D: Deserializer<'de>>(from: D) -> core::result::Result<SasKey, D::Error> {
    let text = Zeroizing::new(String::deserialize(from)?);
    SasKey::from_base64(&text).map_err(|_| serde::de::Error::custom("a key"))
}
