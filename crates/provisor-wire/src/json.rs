//! JSON as it came: members in their order, numbers in their own digits.
//!
//! What a client adds of its own is kept and given back unchanged, so the values here lose nothing:
//! a number is its text, an object is a list. Two members of one name are refused, as readers differ in which
//! they take; depth and length have [limits](crate::limits).
//!
//! ```
//! use provisor_wire::json::Value;
//!
//! let value = Value::parse(br#"{"b":1.10,"a":[true,null]}"#)?;
//! assert_eq!(value.to_string(), r#"{"b":1.10,"a":[true,null]}"#);
//! assert!(Value::parse(br#"{"a":1,"a":2}"#).is_err());
//! # Ok::<(), provisor_wire::Rejection>(())
//! ```

mod number;
mod reader;
mod value;
mod writer;

pub use number::Number;
pub use value::{Object, Value};

pub(crate) use reader::parse;
