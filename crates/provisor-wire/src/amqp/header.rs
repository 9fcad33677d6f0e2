//! The first bytes of a connection.

/// The port, which is fixed in every client.
pub const PORT: u16 = 5671;

/// With what a connection begins (AMQP 1.0 section 2.2 and 5.3.2).
///
/// ```
/// use provisor_wire::amqp::ProtocolHeader;
///
/// assert_eq!(ProtocolHeader::parse(*b"AMQP\x03\x01\0\0"), Some(ProtocolHeader::Sasl));
/// // Devices that show a certificate begin without SASL: the certificate says who they are.
/// assert_eq!(ProtocolHeader::parse(*b"AMQP\0\x01\0\0"), Some(ProtocolHeader::Amqp));
/// assert_eq!(ProtocolHeader::parse(*b"GET / HT"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProtocolHeader {
    /// AMQP itself.
    Amqp,
    /// SASL first.
    Sasl,
}

impl ProtocolHeader {
    /// Reads the eight bytes; nothing for another protocol or version.
    #[must_use]
    pub const fn parse(bytes: [u8; 8]) -> Option<Self> {
        match &bytes {
            b"AMQP\0\x01\0\0" => Some(Self::Amqp),
            b"AMQP\x03\x01\0\0" => Some(Self::Sasl),
            _ => None,
        }
    }

    /// The eight bytes, which are answered as they came.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        match self {
            Self::Amqp => *b"AMQP\0\x01\0\0",
            Self::Sasl => *b"AMQP\x03\x01\0\0",
        }
    }
}
