//! Values with their types, so that a statement goes out unnamed in one trip: poolers that give each
//! transaction another connection know no prepared statements.

use tokio_postgres::types::{ToSql, Type};

/// A value for a statement.
pub(super) struct Arg<'a>(Value<'a>);

enum Value<'a> {
    Text(Option<&'a str>),
    Number(i64),
    Bytes(Option<&'a [u8]>),
    Flag(bool),
}

impl<'a> Arg<'a> {
    fn parts(&self) -> (&(dyn ToSql + Sync), Type) {
        match &self.0 {
            Value::Text(text) => (text, Type::TEXT),
            Value::Number(number) => (number, Type::INT8),
            Value::Bytes(bytes) => (bytes, Type::BYTEA),
            Value::Flag(flag) => (flag, Type::BOOL),
        }
    }

    /// As the client takes them.
    pub(super) fn typed<'b>(args: &'b [Self]) -> Vec<(&'b (dyn ToSql + Sync), Type)>
    where
        'a: 'b,
    {
        args.iter().map(Arg::parts).collect()
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self(Value::Text(Some(text)))
    }
}

impl<'a> From<Option<&'a str>> for Arg<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self(Value::Text(text))
    }
}

impl<'a> From<&'a [u8]> for Arg<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(Value::Bytes(Some(bytes)))
    }
}

impl<'a> From<Option<&'a [u8]>> for Arg<'a> {
    fn from(bytes: Option<&'a [u8]>) -> Self {
        Self(Value::Bytes(bytes))
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self(Value::Number(number))
    }
}

impl From<bool> for Arg<'_> {
    fn from(flag: bool) -> Self {
        Self(Value::Flag(flag))
    }
}

/// Several of them.
macro_rules! args {
    ($($arg:expr),* $(,)?) => { [$( $crate::store::postgres::args::Arg::from($arg) ),*] };
}
pub(super) use args;
