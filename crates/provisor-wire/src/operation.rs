//! Operation IDs.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::guid::Guid;
use crate::json::Value;
use crate::limits;
use crate::shape::{At, Shape};

/// The ID of an operation: opaque, of characters that need no encoding in a path or a topic.
///
/// Clients put it into paths and topics as it is, so only the unreserved characters of RFC 3986 section
/// 2.3 are legal.
///
/// ```
/// use provisor_wire::OperationId;
///
/// let id = OperationId::from_random([0xab; 24]);
/// assert_eq!(id.as_str(), "5.abababababababab.abababab-abab-4bab-abab-abababababab");
/// assert_eq!(OperationId::parse(id.as_str())?, id);
/// assert!(OperationId::parse("5/../x").is_err());
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperationId(String);

impl OperationId {
    /// An ID of the usual shape. It is no secret, but nobody should be able to guess another's: the
    /// bytes are random.
    #[must_use]
    pub fn from_random(random: [u8; 24]) -> Self {
        let (head, tail) = random.split_at(8);
        let head: String = head.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(tail);
        Self(format!("5.{head}.{}", Guid::from_random(bytes)))
    }

    /// Reads an ID, which may be of another shape.
    ///
    /// # Errors
    ///
    /// `WIRE_OPERATION_ID`: it is empty, too long, or has a character that is not unreserved.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        match fault(text) {
            None => Ok(Self(text.into())),
            Some(found) => Err(refuse(
                Rejection::new(Code::WireOperationId, Subject::field("operationId")),
                found,
            )),
        }
    }

    /// The ID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn fault(text: &str) -> Option<String> {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if text.is_empty() {
        return Some("nothing".into());
    }
    if text.len() > limits::OPERATION_ID_BYTES {
        return Some(format!("{} bytes", text.len()));
    }
    let other = text.chars().find(|c| !unreserved(*c))?;
    Some(format!("{other:?}"))
}

fn refuse(rejection: Rejection, found: String) -> Rejection {
    rejection
        .expected(format!(
            "1 to {} of a-z, A-Z, 0-9, '-', '.', '_' and '~'",
            limits::OPERATION_ID_BYTES
        ))
        .found(found)
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Shape for OperationId {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        let text = String::read(value, at)?;
        match fault(&text) {
            None => Ok(Self(text)),
            Some(found) => Err(refuse(at.rejects(Code::WireOperationId), found)),
        }
    }

    fn write(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn older_shapes_are_read_and_what_a_path_would_change_is_not() {
        for good in [
            "4.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550",
            "a",
            "~",
        ] {
            assert_eq!(OperationId::parse(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(limits::OPERATION_ID_BYTES + 1);
        for bad in [
            "", "a/b", "a b", "a%20", "a&b", "a=b", "a#b", "a+b", "$a", "\u{e9}", &long,
        ] {
            let refused = OperationId::parse(bad).unwrap_err();
            assert_eq!(refused.code(), Code::WireOperationId, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_made_is_legal(random: [u8; 24]) {
            let id = OperationId::from_random(random);
            prop_assert_eq!(id.as_str().len(), 55);
            prop_assert_eq!(OperationId::parse(id.as_str()).unwrap(), id);
        }
    }
}
