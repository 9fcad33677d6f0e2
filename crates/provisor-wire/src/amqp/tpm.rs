//! The SASL mechanism `TPM`.
//!
//! | from | bytes | here |
//! |---|---|---|
//! | client | `00` scope `00` registration ID `00` EK | [`SaslTpmInit`] |
//! | server | `00` | one byte |
//! | client | `00` SRK | [`SaslTpmMessage`] |
//! | server | `80` the first half of the blob | [`segments`] |
//! | client | `00` | passed over |
//! | server | `C1` the other half | [`segments`] |
//! | client | `00` the SAS token | [`SaslTpmMessage`] |
//!
//! The blob always goes in two halves: one official client takes nothing else. Of a client's message that
//! comes in parts, with a control byte before each, [`SaslTpmMessage`] makes one.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use super::address::Address;
use crate::limits;

/// There are data.
const DATA: u8 = 0x80;
/// They are the last ones.
const LAST: u8 = 0x40;
/// Which part it is, from 0 on; never more than four.
const SEQUENCE: u8 = 0x03;

fn refused(expected: &'static str, found: impl Into<String>) -> Rejection {
    Rejection::new(Code::WireSasl, Subject::field("TPM"))
        .expected(expected)
        .found(found.into())
}

/// The initial response.
///
/// ```
/// use provisor_wire::amqp::{Address, SaslTpmInit};
///
/// let init = SaslTpmInit { device: Address::of("0ne000ABCDE", "dev-1"), endorsement_key: vec![1, 0x3a, 0, 1] };
/// let bytes = init.to_bytes();
/// assert_eq!(bytes, b"\00ne000ABCDE\0dev-1\0\x01\x3a\0\x01");
/// assert_eq!(SaslTpmInit::parse(&bytes)?, init);
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaslTpmInit {
    /// Who the device is.
    pub device: Address,
    /// `TPM2B_PUBLIC` of its endorsement key.
    pub endorsement_key: Vec<u8>,
}

impl SaslTpmInit {
    /// Reads the bytes.
    ///
    /// # Errors
    ///
    /// `WIRE_SASL`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        let refused = |found: &'static str| {
            refused(
                "00, the ID scope, 00, the registration ID, 00, the endorsement key",
                found,
            )
        };
        if bytes.len() > limits::SASL_TPM_BYTES {
            return Err(refused("more bytes"));
        }
        let mut parts = bytes.splitn(4, |b| *b == 0);
        let (Some([]), Some(scope), Some(id), Some(key)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused("other parts"));
        };
        let text = |bytes| str::from_utf8(bytes).map_err(|_| refused("names that are no UTF-8"));
        if scope.is_empty() || id.is_empty() || key.is_empty() {
            return Err(refused("an empty part"));
        }
        Ok(Self {
            device: Address::of(text(scope)?, text(id)?),
            endorsement_key: key.into(),
        })
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (scope, id) = (&self.device.id_scope, &self.device.registration_id);
        let mut bytes = format!("\0{scope}\0{id}\0").into_bytes();
        bytes.extend_from_slice(&self.endorsement_key);
        bytes
    }
}

/// The two challenges that carry an activation blob.
///
/// ```
/// use provisor_wire::amqp::segments;
///
/// let [first, last] = segments(&[7; 766])?;
/// assert_eq!((first[0], first.len(), last[0], last.len()), (0x80, 384, 0xc1, 384));
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
///
/// # Errors
///
/// `WIRE_SASL`: a half is longer than a frame.
pub fn segments(blob: &[u8]) -> Result<[Vec<u8>; 2], Rejection> {
    let (first, last) = blob.split_at(blob.len().div_ceil(2));
    if first.len() > limits::SASL_TPM_SEGMENT {
        return Err(refused(
            "a blob that fits two frames",
            format!("{} bytes", blob.len()),
        ));
    }
    let segment = |control: u8, half: &[u8]| {
        let mut bytes = Vec::with_capacity(1 + half.len());
        bytes.push(control);
        bytes.extend_from_slice(half);
        bytes
    };
    Ok([segment(DATA, first), segment(DATA | LAST | 1, last)])
}

/// A client's message, put together from the parts in which it comes.
///
/// Most clients send one part that begins with `00`. One sends parts of their own with a control byte
/// each, when a message is longer than 470 bytes; each but the last is answered with one byte `00`.
///
/// ```
/// use provisor_wire::amqp::SaslTpmMessage;
///
/// let mut message = SaslTpmMessage::new();
/// assert_eq!(message.push(b"\x80abc")?, None);
/// assert_eq!(message.push(b"\xc1de")?, Some(b"abcde".to_vec()));
/// assert_eq!(SaslTpmMessage::new().push(b"\0abc")?, Some(b"abc".to_vec()));
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Default)]
pub struct SaslTpmMessage {
    bytes: Vec<u8>,
    parts: u8,
}

impl SaslTpmMessage {
    /// Before its first part.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            parts: 0,
        }
    }

    /// Takes a part; answers the message when it was the last one.
    ///
    /// # Errors
    ///
    /// `WIRE_SASL`: it has no control byte, another number than the next, or is too long.
    pub fn push(&mut self, part: &[u8]) -> Result<Option<Vec<u8>>, Rejection> {
        let (control, data) = part
            .split_first()
            .ok_or_else(|| refused("a control byte", "nothing"))?;
        if self.bytes.len() + data.len() > limits::SASL_TPM_BYTES {
            return Err(refused("a shorter message", "more bytes"));
        }
        if *control == 0 && self.parts == 0 {
            return Ok(Some(data.into()));
        }
        if control & DATA == 0 || control & !(DATA | LAST | SEQUENCE) != 0 {
            return Err(refused(
                "00, or 80 to 83, or C0 to C3",
                format!("{control:02X}"),
            ));
        }
        if control & SEQUENCE != self.parts || self.parts > SEQUENCE {
            return Err(refused(
                "the number of the next part",
                format!("{control:02X}"),
            ));
        }
        self.bytes.extend_from_slice(data);
        self.parts += 1;
        let last = control & LAST != 0;
        Ok(last.then(|| core::mem::take(self).bytes))
    }
}

impl fmt::Debug for SaslTpmMessage {
    /// Not the bytes: the last message is a SAS token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaslTpmMessage")
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}

/// A blob, put together by a client from the challenges in which it comes.
///
/// ```
/// use provisor_wire::amqp::{SaslTpmBlob, segments};
///
/// let mut blob = SaslTpmBlob::new();
/// let [first, last] = segments(b"blob")?;
/// assert_eq!(blob.push(&first)?, None);
/// assert_eq!(blob.push(&last)?.as_deref(), Some(&b"blob"[..]));
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct SaslTpmBlob(SaslTpmMessage);

impl SaslTpmBlob {
    /// Before its first challenge.
    #[must_use]
    pub const fn new() -> Self {
        Self(SaslTpmMessage::new())
    }

    /// Takes a challenge with data; answers the blob when it was the last one. To any other the answer is one
    /// byte `00`.
    ///
    /// # Errors
    ///
    /// As [`SaslTpmMessage::push`]; and a challenge without data.
    pub fn push(&mut self, challenge: &[u8]) -> Result<Option<Vec<u8>>, Rejection> {
        match challenge.first() {
            Some(control) if control & DATA != 0 => self.0.push(challenge),
            _ => Err(refused("80 and data", "no data")),
        }
    }
}
