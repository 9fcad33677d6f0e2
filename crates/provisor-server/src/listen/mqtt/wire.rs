//! MQTT 3.1.1 as this server speaks it: the one place that knows the library.
//!
//! No input or output, no clock. The library reads and writes packets, holds the state of a connection,
//! and hands out packet identifiers. What a general one cannot know is added here: only the packets that
//! a device sends here are taken, each with a limit of its own, and what is on the way to a client that
//! does not acknowledge is bounded.

use mqtt_protocol_core::mqtt::common::Cursor;
use mqtt_protocol_core::mqtt::connection::{Connection, ConnectionOptions, Event, Version, role};
use mqtt_protocol_core::mqtt::packet::{
    GenericPacketTrait as _, Packet as LibraryPacket, Qos as LibraryQos, v3_1_1,
};
use mqtt_protocol_core::mqtt::result_code::{ConnectReturnCode, MqttError, SubackReturnCode};

use super::limits::{self, FILTERS};
use super::packet::{Connect, Fault, Packet, Publish, Qos, Refusal};

/// One connection, from CONNECT on.
#[allow(missing_debug_implementations, reason = "the library's has none")]
pub struct Wire {
    connection: Connection<role::Server>,
    /// Whether a CONNECT was answered with yes.
    open: bool,
    /// What the packet in progress began with, and how many of its bytes were seen.
    progress: Option<(u8, usize)>,
    /// How long a PUBLISH may be.
    most: usize,
    /// How many messages the client has not acknowledged.
    unacknowledged: usize,
}

impl Default for Wire {
    fn default() -> Self {
        Self::new()
    }
}

impl Wire {
    /// A connection on which nothing was said.
    #[must_use]
    pub fn new() -> Self {
        let most = u32::try_from(limits::HUB_PACKET_BYTES).unwrap_or(u32::MAX);
        let options = ConnectionOptions::new().maximum_packet_size_recv(most);
        Self {
            connection: Connection::with_options(Version::V3_1_1, options),
            open: false,
            progress: None,
            most: limits::CONTROL_BYTES,
            unacknowledged: 0,
        }
    }

    /// True when the client was taken in.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// True while a packet has begun and is not there as a whole.
    #[must_use]
    pub const fn is_within_a_packet(&self) -> bool {
        self.progress.is_some()
    }

    /// Takes bytes, up to the end of one packet: how many, and the packet if it is complete.
    ///
    /// # Errors
    /// What closes the connection.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(usize, Option<Packet>), Fault> {
        let Some(first) = bytes.first() else {
            return Ok((0, None));
        };
        let (first, seen) = match self.progress {
            Some(progress) => progress,
            None => (self.expected(*first)?, 0),
        };
        let most = match first {
            0x30..=0x3f => self.most,
            _ => limits::CONTROL_BYTES,
        };
        let room = bytes.len().min(most.saturating_sub(seen));
        let mut cursor = Cursor::new(bytes.get(..room).unwrap_or_default());
        let events = self.connection.recv(&mut cursor);
        let taken = usize::try_from(cursor.position()).unwrap_or(room);
        // The library answers every complete packet with an event, and nothing else.
        if events.is_empty() {
            let seen = seen.saturating_add(taken);
            self.progress = Some((first, seen));
            return match seen < most {
                true => Ok((taken, None)),
                false => Err(Fault::Long { most }),
            };
        }
        self.progress = None;
        Ok((taken, Some(self.packet(first, events)?)))
    }

    /// What a packet may begin with: those of MQTT 3.1.1 section 2.2 that a device sends, with the flags
    /// that they have there, and no PUBLISH at QoS 2, which no client of this protocol uses.
    fn expected(&self, first: u8) -> Result<u8, Fault> {
        let known = match first {
            // CONNECT, once: section 3.1.
            0x10 => !self.open,
            // PUBLISH at QoS 0 and 1, the latter perhaps again; RETAIN is passed over. PUBACK. SUBSCRIBE,
            // UNSUBSCRIBE. PINGREQ. DISCONNECT.
            0x30 | 0x31 | 0x32 | 0x33 | 0x3a | 0x3b | 0x40 | 0x82 | 0xa2 | 0xc0 | 0xe0 => self.open,
            _ => false,
        };
        match known {
            true => Ok(first),
            false => Err(Fault::Unexpected { first }),
        }
    }

    fn packet(&mut self, first: u8, events: Vec<Event>) -> Result<Packet, Fault> {
        let mut packet = None;
        let mut error = None;
        for event in events {
            match event {
                Event::NotifyPacketReceived(received) => packet = Some(received),
                Event::NotifyError(found) => error = Some(found),
                Event::NotifyPacketIdReleased(_) => {
                    self.unacknowledged = self.unacknowledged.saturating_sub(1);
                }
                // What the library would send of itself is a CONNACK, whose code is ours to choose. Timers
                // are the transport's, and a request to close comes with its error.
                _ => {}
            }
        }
        match (packet, error) {
            // An acknowledgement of nothing: a client that comes back may send one of its last connection,
            // and one acknowledges messages at QoS 0.
            (None, Some(MqttError::ProtocolError)) if first == 0x40 => Ok(Packet::Acknowledged),
            (_, Some(MqttError::UnsupportedProtocolVersion)) => Err(Fault::Version),
            (_, Some(MqttError::PacketTooLarge)) => Err(Fault::Long {
                most: limits::HUB_PACKET_BYTES,
            }),
            (_, Some(error)) => Err(Fault::Malformed {
                first,
                what: error.to_string(),
            }),
            (Some(packet), None) => read(first, packet),
            (None, None) => Err(malformed(first, "nothing that can be read")),
        }
    }

    /// Takes the client in: what it may publish from now on is so long.
    ///
    /// # Errors
    /// There was no CONNECT that waits for it.
    pub fn accept(&mut self, session_present: bool, most: usize) -> Result<Vec<u8>, Fault> {
        let connack = v3_1_1::Connack::builder()
            .return_code(ConnectReturnCode::Accepted)
            .session_present(session_present)
            .build();
        self.open = true;
        self.most = most;
        let events = self.connection.checked_send(connack.map_err(own)?);
        self.bytes(events)
    }

    /// Refuses the client; the connection is closed after it.
    ///
    /// # Errors
    /// The answer cannot be written.
    pub fn refuse(&self, refusal: Refusal) -> Result<Vec<u8>, Fault> {
        let code = match refusal {
            Refusal::Version => ConnectReturnCode::UnacceptableProtocolVersion,
            Refusal::Identifier => ConnectReturnCode::IdentifierRejected,
            Refusal::Unavailable => ConnectReturnCode::ServerUnavailable,
            Refusal::UserName => ConnectReturnCode::BadUserNameOrPassword,
            Refusal::NotAuthorized => ConnectReturnCode::NotAuthorized,
        };
        let connack = v3_1_1::Connack::builder()
            .return_code(code)
            .session_present(false)
            .build();
        // Not by the connection: it may have refused by itself already.
        Ok(connack.map_err(own)?.to_continuous_buffer())
    }

    /// Acknowledges a message.
    ///
    /// # Errors
    /// The identifier is 0, or the client is not connected.
    pub fn acknowledge(&mut self, id: u16) -> Result<Vec<u8>, Fault> {
        let puback = v3_1_1::Puback::builder().packet_id(id).build();
        let events = self.connection.checked_send(puback.map_err(own)?);
        self.bytes(events)
    }

    /// Answers a SUBSCRIBE, filter by filter: what is granted, or nothing.
    ///
    /// # Errors
    /// As [`acknowledge`](Self::acknowledge).
    pub fn subscribed(&mut self, id: u16, granted: &[Option<Qos>]) -> Result<Vec<u8>, Fault> {
        let codes = granted.iter().map(|granted| match granted {
            Some(Qos::AtMostOnce) => SubackReturnCode::SuccessMaximumQos0,
            Some(Qos::AtLeastOnce) => SubackReturnCode::SuccessMaximumQos1,
            None => SubackReturnCode::Failure,
        });
        let suback = v3_1_1::Suback::builder()
            .packet_id(id)
            .return_codes(codes.collect())
            .build();
        let events = self.connection.checked_send(suback.map_err(own)?);
        self.bytes(events)
    }

    /// Answers an UNSUBSCRIBE.
    ///
    /// # Errors
    /// As [`acknowledge`](Self::acknowledge).
    pub fn unsubscribed(&mut self, id: u16) -> Result<Vec<u8>, Fault> {
        let unsuback = v3_1_1::Unsuback::builder().packet_id(id).build();
        let events = self.connection.checked_send(unsuback.map_err(own)?);
        self.bytes(events)
    }

    /// Answers a PINGREQ.
    ///
    /// # Errors
    /// The client is not connected.
    pub fn pong(&mut self) -> Result<Vec<u8>, Fault> {
        let events = self.connection.checked_send(v3_1_1::Pingresp::new());
        self.bytes(events)
    }

    /// Publishes to the client.
    ///
    /// # Errors
    /// [`Fault::Unacknowledged`]: it left too many messages without an answer.
    pub fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Vec<u8>, Fault> {
        let mut publish = v3_1_1::Publish::builder()
            .topic_name(topic)
            .map_err(own)?
            .payload(payload.to_vec());
        if qos == Qos::AtLeastOnce {
            if self.unacknowledged >= limits::UNACKNOWLEDGED {
                return Err(Fault::Unacknowledged);
            }
            let id = self.connection.acquire_packet_id().map_err(own)?;
            self.unacknowledged = self.unacknowledged.saturating_add(1);
            publish = publish.qos(LibraryQos::AtLeastOnce).packet_id(id);
        }
        let events = self.connection.checked_send(publish.build().map_err(own)?);
        self.bytes(events)
    }

    /// What the library wants sent.
    fn bytes(&mut self, events: Vec<Event>) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        for event in events {
            match event {
                Event::RequestSendPacket { packet, .. } => {
                    bytes.extend(packet.to_continuous_buffer());
                }
                Event::NotifyError(error) => return Err(own(error)),
                _ => {}
            }
        }
        Ok(bytes)
    }
}

/// The packet in our words.
fn read(first: u8, packet: LibraryPacket) -> Result<Packet, Fault> {
    Ok(match packet {
        LibraryPacket::V3_1_1Connect(connect) => {
            check_flags(&connect)?;
            Packet::Connect(Connect {
                client_id: connect.client_id().to_owned(),
                user_name: connect.user_name().map(str::to_owned),
                password: connect.password().map(<[u8]>::to_vec),
                clean_session: connect.clean_session(),
                keep_alive: connect.keep_alive(),
            })
        }
        LibraryPacket::V3_1_1Publish(publish) => Packet::Publish(Publish {
            topic: publish.topic_name().to_owned(),
            payload: publish.payload().as_slice().to_vec(),
            id: publish
                .packet_id()
                .map(|id| nonzero(first, id))
                .transpose()?,
        }),
        LibraryPacket::V3_1_1Subscribe(subscribe) if subscribe.entries().len() > FILTERS => {
            return Err(malformed(first, &format!("more than {FILTERS} filters")));
        }
        LibraryPacket::V3_1_1Unsubscribe(gone) if gone.entries().len() > FILTERS => {
            return Err(malformed(first, &format!("more than {FILTERS} filters")));
        }
        LibraryPacket::V3_1_1Subscribe(subscribe) => Packet::Subscribe {
            id: nonzero(first, subscribe.packet_id())?,
            filters: subscribe
                .entries()
                .iter()
                .map(|entry| {
                    // QoS 2 is granted as QoS 1: section 3.9.3 lets a server grant less.
                    let qos = match entry.sub_opts().qos() {
                        LibraryQos::AtMostOnce => Qos::AtMostOnce,
                        LibraryQos::AtLeastOnce | LibraryQos::ExactlyOnce => Qos::AtLeastOnce,
                    };
                    (entry.topic_filter().to_owned(), qos)
                })
                .collect(),
        },
        LibraryPacket::V3_1_1Unsubscribe(unsubscribe) => Packet::Unsubscribe {
            id: nonzero(first, unsubscribe.packet_id())?,
            filters: unsubscribe
                .entries()
                .iter()
                .map(|filter| filter.as_str().to_owned())
                .collect(),
        },
        LibraryPacket::V3_1_1Puback(_) => Packet::Acknowledged,
        LibraryPacket::V3_1_1Pingreq(_) => Packet::Ping,
        LibraryPacket::V3_1_1Disconnect(_) => Packet::Disconnect,
        _ => return Err(Fault::Unexpected { first }),
    })
}

/// Section 3.1.2.3: the reserved flag is 0; sections 3.1.2.6 and 3.1.2.7: without a will there is neither a
/// QoS of it nor its RETAIN, and none has QoS 3.
fn check_flags(connect: &v3_1_1::Connect) -> Result<(), Fault> {
    let bytes = connect.to_continuous_buffer();
    // Behind the first byte and the remaining length: the protocol's name (6), its level (1), the flags.
    let mut body = bytes.iter().skip(1).skip_while(|byte| **byte >= 0x80);
    let flags = body.nth(8).copied().unwrap_or(0xff);
    let will = flags & 0b0000_0100 != 0;
    let (qos, retain) = (flags >> 3 & 0b11, flags & 0b0010_0000 != 0);
    let wrong = flags & 1 != 0 || qos == 3 || !will && (qos != 0 || retain);
    match wrong {
        true => Err(malformed(0x10, &format!("connect flags {flags:#010b}"))),
        false => Ok(()),
    }
}

/// Section 2.3.1: an identifier is not 0.
fn nonzero(first: u8, id: u16) -> Result<u16, Fault> {
    match id {
        0 => Err(malformed(first, "packet identifier 0")),
        id => Ok(id),
    }
}

fn malformed(first: u8, what: &str) -> Fault {
    Fault::Malformed {
        first,
        what: what.to_owned(),
    }
}

/// The library refuses what we want to send: ours is the fault.
fn own(error: MqttError) -> Fault {
    Fault::Own {
        what: error.to_string(),
    }
}
