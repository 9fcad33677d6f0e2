//! A value in whatever format it stands: as JSON within JSON, as a table within TOML.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::Rejection;
use serde::de::{
    Deserialize as _, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::read::read;
use super::tree::{Json, Number};
use crate::limits;

/// Writes a value that stands in JSON text: as a value for people, as its text for machines.
pub(crate) fn to_any<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
    if !to.is_human_readable() {
        return to.serialize_str(text);
    }
    // What was written by this module is read by it.
    read(text)
        .map_err(|flaw| serde::ser::Error::custom(flaw.expected))?
        .serialize(to)
}

/// The other way, by the door for a value or the one for its text.
pub(crate) fn from_any<'de, D: Deserializer<'de>, T>(
    from: D,
    value: impl FnOnce(&Json) -> Result<T, Rejection>,
    text: impl FnOnce(&str) -> Result<T, Rejection>,
) -> Result<T, D::Error> {
    let read = if from.is_human_readable() {
        value(&Transfer::new().deserialize(from)?)
    } else {
        text(&<Cow<'_, str>>::deserialize(from)?)
    };
    read.map_err(D::Error::custom)
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(truth) => to.serialize_bool(*truth),
            Self::Number(Number::Negative(integer)) => to.serialize_i64(*integer),
            Self::Number(Number::Natural(natural)) => to.serialize_u64(*natural),
            Self::Number(Number::Real(real)) => to.serialize_f64(*real),
            Self::String(text) => to.serialize_str(text),
            Self::Array(values) => to.collect_seq(values),
            Self::Object(members) => {
                let mut map = to.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// Reads one value, so deep at most.
#[derive(Clone, Copy)]
struct Transfer(usize);

impl Transfer {
    const fn new() -> Self {
        Self(limits::TWIN_DEPTH)
    }

    fn below<E: Error>(self) -> Result<Self, E> {
        self.0
            .checked_sub(1)
            .map(Self)
            .ok_or_else(|| E::custom("nested too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Transfer {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Json, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transfer {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Json, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Bool(truth))
    }

    fn visit_i64<E: Error>(self, integer: i64) -> Result<Json, E> {
        Ok(Json::Number(Number::integer(integer)))
    }

    fn visit_u64<E: Error>(self, natural: u64) -> Result<Json, E> {
        Ok(Json::Number(Number::Natural(natural)))
    }

    fn visit_f64<E: Error>(self, real: f64) -> Result<Json, E> {
        Number::real(real)
            .map(Json::Number)
            .ok_or_else(|| E::custom("a number that is none"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = from.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut members = Vec::new();
        let mut names = BTreeSet::new();
        while let Some(name) = from.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom("a name that stands twice"));
            }
            members.push((name, from.next_value_seed(below)?));
        }
        Ok(Json::Object(members))
    }
}
