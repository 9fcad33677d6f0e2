//! What is spoken over a WebSocket.

/// The protocol inside a WebSocket. It is told by the subprotocol alone: official clients use several
/// paths, and one of them a query that says the wrong thing.
///
/// ```
/// use provisor_wire::Subprotocol;
///
/// assert_eq!(Subprotocol::choose("MQTT"), Some((Subprotocol::Mqtt, "MQTT")));
/// assert_eq!(Subprotocol::choose("chat, AMQPWSB10"), Some((Subprotocol::Amqp, "AMQPWSB10")));
/// assert_eq!(Subprotocol::choose("chat"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subprotocol {
    /// MQTT 3.1.1.
    Mqtt,
    /// AMQP 1.0.
    Amqp,
}

impl Subprotocol {
    /// Chooses from the value of `sec-websocket-protocol`: what is spoken, and the word as it came, which
    /// is to be echoed.
    #[must_use]
    pub fn choose(offered: &str) -> Option<(Self, &str)> {
        offered.split(',').map(str::trim).find_map(|word| {
            let known = [("mqtt", Self::Mqtt), ("AMQPWSB10", Self::Amqp)];
            let mut known = known.iter();
            known
                .find_map(|(name, which)| word.eq_ignore_ascii_case(name).then_some((*which, word)))
        })
    }
}
