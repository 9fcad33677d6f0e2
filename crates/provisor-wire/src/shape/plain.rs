//! Texts, numbers, truth values and lists as members.

use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::at::At;
use super::read::Shape;
use crate::json::{Object, Value};

/// It is another kind of value. What it is, but not its text: it may be a secret in the wrong place.
pub(super) fn other_type(value: &Value, expected: &'static str, at: &At<'_>) -> Rejection {
    let rejection = at.rejects(Code::WireMemberType);
    rejection.expected(expected).found(value.kind())
}

impl Shape for Value {
    fn read(value: Value, _: &At<'_>) -> Result<Self, Rejection> {
        Ok(value)
    }

    fn write(&self) -> Value {
        self.clone()
    }
}

impl Shape for Object {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        match value {
            Value::Object(object) => Ok(object),
            other => Err(other_type(&other, "an object", at)),
        }
    }

    fn write(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl Shape for String {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(other_type(&other, "a text", at)),
        }
    }

    fn write(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Shape for bool {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        match value {
            Value::Bool(value) => Ok(value),
            other => Err(other_type(&other, "true or false", at)),
        }
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Shape for i32 {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        match &value {
            Value::Number(number) => number
                .as_i64()
                .and_then(|number| Self::try_from(number).ok())
                .ok_or_else(|| {
                    let rejection = at.rejects(Code::WireMemberValue);
                    rejection
                        .expected("a whole number of 32 bits")
                        .found(String::from(number.as_str()))
                }),
            other => Err(other_type(other, "a number", at)),
        }
    }

    fn write(&self) -> Value {
        Value::from(i64::from(*self))
    }
}

impl Shape for i64 {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        match &value {
            Value::Number(number) => number.as_i64().ok_or_else(|| {
                let rejection = at.rejects(Code::WireMemberValue);
                rejection
                    .expected("a whole number of 64 bits")
                    .found(String::from(number.as_str()))
            }),
            other => Err(other_type(other, "a number", at)),
        }
    }

    fn write(&self) -> Value {
        Value::from(*self)
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        match value {
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| T::read(item, &at.item(index)))
                .collect(),
            other => Err(other_type(&other, "an array", at)),
        }
    }

    fn write(&self) -> Value {
        Value::Array(self.iter().map(T::write).collect())
    }
}
