//! What a port speaks.

/// What a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Speaks {
    /// HTTP, and over WebSocket MQTT and AMQP.
    Https,
    /// MQTT.
    Mqtts,
    /// AMQP.
    Amqps,
}

impl Speaks {
    /// Its name in settings and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Mqtts => "mqtts",
            Self::Amqps => "amqps",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Https, Self::Mqtts, Self::Amqps];
        all.into_iter().find(|speaks| speaks.name() == name)
    }
}
