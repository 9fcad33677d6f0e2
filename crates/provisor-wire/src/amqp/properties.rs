//! The application properties of messages, and those of links.

use alloc::format;
use alloc::string::{String, ToString as _};

use provisor_report::{Code, Rejection, Subject};

use crate::operation::OperationId;
use crate::retry_after::RetryAfter;
use crate::version::ApiVersion;

/// The value of a property, as far as clients use it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PropertyValue {
    /// A truth value.
    Bool(bool),
    /// A whole number, of whatever size and sign.
    Int(i64),
    /// A text, or a symbol.
    Text(String),
}

const TYPE: &str = "iotdps-operation-type";
const ID: &str = "iotdps-operation-id";
const FORCE: &str = "iotdps-forceRegistration";
const REGISTER: &str = "iotdps-register";
const STATUS: &str = "iotdps-get-operationstatus";
const LOOKUP: &str = "iotdps-get-registration";

/// What the application properties of a message ask for.
///
/// ```
/// use provisor_wire::amqp::{AmqpOperation, PropertyValue};
///
/// let properties = [("iotdps-operation-type", PropertyValue::Text("iotdps-register".into()))];
/// assert_eq!(AmqpOperation::parse(&properties)?, AmqpOperation::Register { force: false });
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmqpOperation {
    /// To be registered: the body is a
    /// [`DeviceRegistration`](crate::device::DeviceRegistration), perhaps empty.
    Register {
        /// Whether the assignment is to be thought over now.
        force: bool,
    },
    /// Where an operation stands; the body is passed over.
    OperationStatus(OperationId),
    /// Where the registration stands.
    Lookup,
}

impl AmqpOperation {
    /// Reads the application properties of a message; others are passed over.
    ///
    /// # Errors
    ///
    /// `WIRE_PROPERTY`, `WIRE_OPERATION_ID`.
    pub fn parse<K: AsRef<str>>(properties: &[(K, PropertyValue)]) -> Result<Self, Rejection> {
        let get = |name: &str| {
            let mut all = properties.iter();
            all.find_map(|(known, value)| (known.as_ref() == name).then_some(value))
        };
        match get(TYPE) {
            Some(PropertyValue::Text(text)) if text == REGISTER => Ok(Self::Register {
                force: flag(get(FORCE))?,
            }),
            Some(PropertyValue::Text(text)) if text == STATUS => match get(ID) {
                Some(PropertyValue::Text(id)) => OperationId::parse(id).map(Self::OperationStatus),
                other => Err(refused(ID, "the operation ID as a text", other)),
            },
            Some(PropertyValue::Text(text)) if text == LOOKUP => Ok(Self::Lookup),
            other => Err(refused(
                TYPE,
                "iotdps-register, iotdps-get-operationstatus or iotdps-get-registration",
                other,
            )),
        }
    }

    /// The application properties of a message.
    #[must_use]
    pub fn to_properties(&self) -> alloc::vec::Vec<(&'static str, PropertyValue)> {
        let text = |text: &str| PropertyValue::Text(text.into());
        match self {
            Self::Register { force: false } => alloc::vec![(TYPE, text(REGISTER))],
            Self::Register { force: true } => {
                alloc::vec![(TYPE, text(REGISTER)), (FORCE, PropertyValue::Bool(true))]
            }
            Self::OperationStatus(id) => alloc::vec![(TYPE, text(STATUS)), (ID, text(id.as_str()))],
            Self::Lookup => alloc::vec![(TYPE, text(LOOKUP))],
        }
    }
}

/// A truth value, or one of its words.
fn flag(value: Option<&PropertyValue>) -> Result<bool, Rejection> {
    match value {
        None => Ok(false),
        Some(PropertyValue::Bool(value)) => Ok(*value),
        Some(PropertyValue::Text(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(PropertyValue::Text(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
        other => Err(refused(FORCE, "true or false", other)),
    }
}

fn refused(name: &'static str, expected: &'static str, found: Option<&PropertyValue>) -> Rejection {
    let found = match found {
        None => "nothing".into(),
        Some(PropertyValue::Bool(value)) => value.to_string(),
        Some(PropertyValue::Int(value)) => value.to_string(),
        Some(PropertyValue::Text(text)) => format!("{text:?}"),
    };
    Rejection::new(Code::WireProperty, Subject::field(name))
        .expected(expected)
        .found(found)
}

/// The application properties of an answer: the time to wait by the two names by which clients look for
/// it, both as numbers.
#[must_use]
pub fn response_properties(wait: RetryAfter) -> [(&'static str, PropertyValue); 2] {
    let seconds = PropertyValue::Int(i64::from(wait.seconds()));
    [("retry-after", seconds.clone()), ("Retry-After", seconds)]
}

/// What the properties of an attached link say: the version, and the client's own words.
///
/// # Errors
///
/// `WIRE_VERSION_MISSING`, `WIRE_VERSION`.
pub fn client<K: AsRef<str>>(
    properties: &[(K, PropertyValue)],
) -> Result<(ApiVersion, Option<&str>), Rejection> {
    let text = |name: &str| {
        properties.iter().find_map(|(known, value)| match value {
            PropertyValue::Text(text) if known.as_ref() == name => Some(text.as_str()),
            _ => None,
        })
    };
    let version = text("com.microsoft:api-version").ok_or_else(|| {
        Rejection::new(
            Code::WireVersionMissing,
            Subject::field("com.microsoft:api-version"),
        )
    })?;
    Ok((version.parse()?, text("com.microsoft:client-version")))
}
