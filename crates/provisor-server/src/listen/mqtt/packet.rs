//! The packets of MQTT 3.1.1 that devices send here, and what is wrong with others.

use provisor_wire::{Code, Rejection, Subject};

/// How surely a message arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Qos {
    /// QoS 0.
    AtMostOnce,
    /// QoS 1.
    AtLeastOnce,
}

/// What came.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "it may have a password")]
pub enum Packet {
    /// CONNECT.
    Connect(Connect),
    /// PUBLISH.
    Publish(Publish),
    /// SUBSCRIBE.
    Subscribe {
        /// What its answer bears.
        id: u16,
        /// Topic filters, with what is wanted at most.
        filters: Vec<(String, Qos)>,
    },
    /// UNSUBSCRIBE.
    Unsubscribe {
        /// What its answer bears.
        id: u16,
        /// Topic filters.
        filters: Vec<String>,
    },
    /// PUBACK.
    Acknowledged,
    /// PINGREQ.
    Ping,
    /// DISCONNECT.
    Disconnect,
}

/// CONNECT. A will is passed over: there is nobody to whom it would be told.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "it may have a password")]
pub struct Connect {
    /// Who it says it is.
    pub client_id: String,
    /// Who it says it is, in more words.
    pub user_name: Option<String>,
    /// A SAS token.
    pub password: Option<Vec<u8>>,
    /// Whether it wants nothing of what was before.
    pub clean_session: bool,
    /// How many seconds it may say nothing; 0: as many as it likes.
    pub keep_alive: u16,
}

/// PUBLISH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// What its acknowledgement bears; none at QoS 0.
    pub id: Option<u16>,
}

/// Why a CONNECT is answered with no: the return codes of MQTT 3.1.1 section 3.2.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 1: another version of the protocol.
    Version,
    /// 2: the client identifier.
    Identifier,
    /// 3: not now.
    Unavailable,
    /// 4: the user name or the password cannot be read.
    UserName,
    /// 5: they are not right.
    NotAuthorized,
}

/// Why a connection is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What came is no packet of MQTT 3.1.1.
    Malformed {
        /// What it began with.
        first: u8,
        /// What is wrong.
        what: String,
    },
    /// A packet that is not expected here.
    Unexpected {
        /// What it began with.
        first: u8,
    },
    /// CONNECT of another version.
    Version,
    /// A message to a topic on which nothing can be answered.
    Topic {
        /// The topic.
        topic: String,
    },
    /// A packet that is too long.
    Long {
        /// How many bytes it may have.
        most: usize,
    },
    /// Messages that the client does not acknowledge.
    Unacknowledged,
    /// Nothing came for too long.
    Silent {
        /// How many seconds were given.
        seconds: u64,
    },
    /// The client does not read.
    Stuck,
    /// The connection broke.
    Broken {
        /// How.
        what: String,
    },
    /// The hub cannot serve the device any longer.
    Refused(Box<Rejection>),
    /// What was to be sent cannot be.
    Own {
        /// Why.
        what: String,
    },
}

impl Fault {
    /// The fault for the log: code, expected, found.
    #[must_use]
    pub fn rejection(&self) -> Rejection {
        let of = |code, field| Rejection::new(code, Subject::field(field));
        match self {
            Self::Malformed { first, what } => of(Code::ServerMqttPacket, name(*first))
                .expected("a packet of MQTT 3.1.1")
                .found(what.clone()),
            Self::Unexpected { first } => of(Code::ServerMqttUnexpected, name(*first))
                .expected("CONNECT once, then PUBLISH at QoS 0 or 1, SUBSCRIBE, UNSUBSCRIBE, PUBACK, PINGREQ or DISCONNECT")
                .found(format!("a packet that begins with {first:#04x}")),
            Self::Version => of(Code::ServerMqttPacket, "CONNECT")
                .expected("protocol level 4")
                .found("another one"),
            Self::Topic { topic } => of(Code::WireTopic, "topic").found(format!("{topic:?}")),
            Self::Long { most } => of(Code::ServerMqttLong, "packet")
                .expected(format!("at most {most} bytes"))
                .found("more"),
            Self::Unacknowledged => of(Code::ServerMqttSlow, "PUBACK")
                .expected("messages that are acknowledged")
                .found(format!("{} that are not", super::limits::UNACKNOWLEDGED)),
            Self::Silent { seconds } => of(Code::ServerMqttSilent, "packet")
                .expected(format!("one within {seconds} s"))
                .found("none"),
            Self::Stuck => of(Code::ServerMqttSlow, "connection")
                .expected(format!(
                    "a client that reads within {} s",
                    crate::limits::WRITE.as_secs()
                ))
                .found("one that does not"),
            Self::Broken { what } => of(Code::ServerMqttBroken, "connection")
                .expected("DISCONNECT")
                .found(what.clone()),
            Self::Refused(why) => (**why).clone(),
            Self::Own { what } => of(Code::ServerMqttOwn, "packet").found(what.clone()),
        }
    }
}

/// The name of a packet by its first byte: section 2.2.1.
const fn name(first: u8) -> &'static str {
    match first >> 4 {
        1 => "CONNECT",
        2 => "CONNACK",
        3 => "PUBLISH",
        4 => "PUBACK",
        5 => "PUBREC",
        6 => "PUBREL",
        7 => "PUBCOMP",
        8 => "SUBSCRIBE",
        9 => "SUBACK",
        10 => "UNSUBSCRIBE",
        11 => "UNSUBACK",
        12 => "PINGREQ",
        13 => "PINGRESP",
        14 => "DISCONNECT",
        _ => "packet",
    }
}
