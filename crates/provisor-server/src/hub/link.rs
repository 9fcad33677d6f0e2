//! What a hub is linked by.
//!
//! The credential of a link is a connection string, as hubs and their clients have it:
//!
//! ```text
//! HostName=hub1.example.net;SharedAccessKeyName=iothubowner;SharedAccessKey={base64}[;Kind=embedded][;Adopt=true]
//! ```
//!
//! `Kind=embedded` says that the hub lies in the server's own store, and then the key is that of its own
//! registry. Without it the hub is an IoT hub elsewhere. `Adopt=true` lets the service take over devices that
//! such a hub has already and that bear no owner's tag.

use provisor::enrollment::SymmetricKeys;
use provisor::operations::{HubCredential, HubLink, PolicyName};
use provisor::sas::SasKey;
use provisor::tpm::Random;
use provisor::{Code, HubName, Rejection, Subject};
use zeroize::Zeroizing;

use crate::store::Result;

/// Where a linked hub is, and how the service proves itself there.
#[derive(Clone)]
pub enum HubConnection {
    /// In the server's own store.
    Embedded(HubAccess),
    /// Elsewhere, reached by its registry's REST.
    Remote {
        /// What the service proves itself by.
        access: HubAccess,
        /// Whether devices without an owner's tag are taken over.
        adopt: bool,
    },
}

/// A policy of a hub, and its key. Secret.
#[derive(Clone)]
pub struct HubAccess {
    /// The name of the policy.
    pub policy: String,
    /// Its key.
    pub key: SasKey,
}

/// The policy of a hub that may do everything, as hubs call it.
const OWNER: &str = "iothubowner";

/// Bytes of a connection string: names of 253 and 64 characters, a key of 88, and the words.
const BYTES: usize = 1024;

impl HubConnection {
    /// What a link says.
    ///
    /// # Errors
    /// [`HubLinkCredential`](Code::HubLinkCredential), which says what is wrong and nothing of the key.
    pub fn of(link: &HubLink) -> Result<Self> {
        let refused = |found: &'static str| {
            Box::new(
                Rejection::new(Code::HubLinkCredential, Subject::field("connectionString"))
                    .expected(format!("the connection string of {}", link.name))
                    .found(found),
            )
        };
        let Some(credential) = &link.credential else {
            return Err(refused("a link without one"));
        };
        let text = credential.expose().trim();
        if text.len() > BYTES {
            return Err(refused("a text that is too long"));
        }
        let (mut host, mut policy, mut key, mut kind, mut adopt) = (None, None, None, None, None);
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            // A key ends in signs of equality: only the first one counts.
            let Some((name, value)) = part.split_once('=') else {
                return Err(refused("a part without a sign of equality"));
            };
            let slot = match name.trim().to_ascii_lowercase().as_str() {
                "hostname" => &mut host,
                "sharedaccesskeyname" => &mut policy,
                "sharedaccesskey" => &mut key,
                "kind" => &mut kind,
                "adopt" => &mut adopt,
                "deviceid" => return Err(refused("the connection string of a device")),
                _ => return Err(refused("a part that is not known")),
            };
            if slot.replace(value.trim()).is_some() {
                return Err(refused("a part twice"));
            }
        }
        if host.is_some_and(|host| !host.eq_ignore_ascii_case(link.name.normal_form())) {
            return Err(refused("that of another host"));
        }
        let policy = policy.filter(|policy| PolicyName::parse(policy).is_ok());
        let Some(policy) = policy else {
            return Err(refused("no SharedAccessKeyName"));
        };
        let Some(key) = key.and_then(|key| SasKey::from_base64(key).ok()) else {
            return Err(refused("no SharedAccessKey that is a key"));
        };
        let access = HubAccess {
            policy: policy.to_owned(),
            key,
        };
        let adopt = match adopt {
            None => false,
            Some(word) if word.eq_ignore_ascii_case("true") => true,
            Some(word) if word.eq_ignore_ascii_case("false") => false,
            Some(_) => return Err(refused("Adopt that is neither true nor false")),
        };
        match kind {
            Some(kind) if kind.eq_ignore_ascii_case("embedded") => Ok(Self::Embedded(access)),
            None => Ok(Self::Remote { access, adopt }),
            Some(_) => Err(refused("a Kind that is not known")),
        }
    }

    /// The credential of an embedded hub that is made, with a key that is drawn.
    ///
    /// # Errors
    /// What `random` refuses with.
    pub fn make_embedded(hub: &HubName, random: &mut dyn Random) -> Result<HubCredential> {
        Ok(Self::embedded(hub, &SymmetricKeys::generate(random)?))
    }

    /// The credential of an embedded hub with that primary key.
    #[must_use]
    pub fn embedded(hub: &HubName, keys: &SymmetricKeys) -> HubCredential {
        let text = connection_string(hub, OWNER, keys.primary());
        HubCredential::new(format!("{};Kind=embedded", &*text))
    }

    /// The connection string for services that use the hub's registry. Secret.
    #[must_use]
    pub fn connection_string(&self, hub: &HubName) -> Zeroizing<String> {
        let (Self::Embedded(access) | Self::Remote { access, .. }) = self;
        connection_string(hub, &access.policy, &access.key)
    }

    /// True when the hub lies in the server's own store.
    #[must_use]
    pub const fn is_embedded(&self) -> bool {
        matches!(self, Self::Embedded(_))
    }

    /// The failure of what is to be done at a hub that is not linked.
    pub(crate) fn not_linked(hub: &HubName) -> Box<Rejection> {
        Rejection::new(Code::HubLinkCredential, Subject::field("iotHubHostName"))
            .expected("a hub that is linked, and can be reached here")
            .found(format!("{hub}"))
            .into()
    }
}

impl core::fmt::Debug for HubConnection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Embedded(_) => "Embedded([redacted])",
            Self::Remote { .. } => "Remote([redacted])",
        })
    }
}

impl core::fmt::Debug for HubAccess {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HubAccess")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

fn connection_string(hub: &HubName, policy: &str, key: &SasKey) -> Zeroizing<String> {
    let key = Zeroizing::new(key.expose_base64().to_string());
    Zeroizing::new(format!(
        "HostName={hub};SharedAccessKeyName={policy};SharedAccessKey={}",
        &*key
    ))
}

#[cfg(test)]
mod tests {
    use provisor::system::SystemRandom;

    use super::*;

    const KEY: &str = "c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==";

    fn link(credential: Option<&str>) -> HubLink {
        let mut link = HubLink::new(HubName::parse("hub1.example.net").unwrap());
        link.credential = credential.map(HubCredential::new);
        link
    }

    #[test]
    fn each_kind_of_hub_has_its_connection_string() {
        let given =
            format!("HostName=HUB1.example.net;SharedAccessKeyName=o;SharedAccessKey={KEY}");
        let remote = HubConnection::of(&link(Some(&format!("{given};Adopt=true;")))).unwrap();
        assert!(matches!(remote, HubConnection::Remote { adopt: true, .. }));
        let text = remote.connection_string(&link(None).name);
        assert_eq!(text.to_lowercase(), given.to_lowercase());

        let mut made = link(None);
        let random = &mut SystemRandom::new();
        made.credential = Some(HubConnection::make_embedded(&made.name, random).unwrap());
        let embedded = HubConnection::of(&made).unwrap();
        assert!(embedded.is_embedded());
        assert!(!embedded.connection_string(&made.name).contains("Kind"));
        assert!(!format!("{embedded:?}{remote:?}").contains("c2l4"));
    }

    #[test]
    fn what_is_wrong_is_told_without_the_key() {
        for bad in [
            "".to_owned(),
            KEY.to_owned(),
            format!("HostName=hub2.example.net;SharedAccessKeyName=o;SharedAccessKey={KEY}"),
            format!("HostName=hub1.example.net;SharedAccessKey={KEY}"),
            "HostName=hub1.example.net;SharedAccessKeyName=o;SharedAccessKey=short".to_owned(),
            format!("HostName=hub1.example.net;DeviceId=o;SharedAccessKey={KEY}"),
            format!("SharedAccessKeyName=o;SharedAccessKey={KEY};Kind=other"),
            format!("SharedAccessKeyName=o;SharedAccessKey={KEY};SharedAccessKey={KEY}"),
            format!("SharedAccessKeyName=o;SharedAccessKey={KEY};Adopt=maybe"),
            format!("SharedAccessKeyName=o;SharedAccessKey={KEY};x=y"),
            format!("SharedAccessKeyName=o;SharedAccessKey={}", "A".repeat(2000)),
        ] {
            let refused = HubConnection::of(&link(Some(&bad))).unwrap_err();
            assert_eq!(refused.code(), Code::HubLinkCredential, "{bad}");
            assert!(!format!("{refused:?} {refused}").contains("c2l4"), "{bad}");
        }
        assert!(HubConnection::of(&link(None)).is_err());
    }
}
