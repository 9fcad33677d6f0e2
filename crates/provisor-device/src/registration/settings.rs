//! Who registers, with what, over what.

use super::pace::Pace;

/// What a device proves itself by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A certificate: the TLS client's. Nothing about it is in the messages.
    Certificate,
    /// A symmetric key: each request has a SAS token, over MQTT the connection.
    Key,
    /// A TPM: a challenge first, then SAS tokens by the key that it sealed. Over HTTP only.
    Tpm,
}

/// What the messages go over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// HTTP/1.1.
    Http,
    /// MQTT 3.1.1, also over WebSocket.
    Mqtt,
}

/// What a registration begins with.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    pub(super) scope: &'a str,
    pub(super) registration_id: &'a str,
    pub(super) credential: Credential,
    pub(super) transport: Transport,
    pub(super) pace: Pace,
}

impl<'a> Settings<'a> {
    /// In the default [`Pace`].
    #[must_use]
    pub fn new(
        scope: &'a str,
        registration_id: &'a str,
        credential: Credential,
        transport: Transport,
    ) -> Self {
        Self {
            scope,
            registration_id,
            credential,
            transport,
            pace: Pace::default(),
        }
    }

    /// In another pace.
    #[must_use]
    pub const fn with_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }
}
