//! The members of an object: known ones are taken out, what is left is kept.

use provisor_report::{Code, Rejection};

use super::at::At;
use super::plain::other_type;
use super::read::Shape;
use crate::json::{Object, Value};

/// What holds for a member of a request besides its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// It may be absent.
    Optional,
    /// It must be there.
    Required,
    /// The service sets it. What a request says is not looked at: clients send back what they got.
    ReadOnly,
    /// The service sets it, and a request that sends it back says something by it. What cannot be
    /// read is not looked at.
    Echoed,
}

/// An object whose known members are taken out one by one.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    left: Object,
    at: &'a At<'a>,
}

impl<'a> Members<'a> {
    /// # Errors
    ///
    /// It is no object, or a request has a member that is almost a known one.
    pub(crate) fn open(value: Value, at: &'a At<'a>, known: &[&str]) -> Result<Self, Rejection> {
        let Value::Object(left) = value else {
            return Err(other_type(&value, "an object", at));
        };
        if at.is_request() {
            for (name, _) in left.iter().filter(|(name, _)| !known.contains(name)) {
                if let Some(meant) = known.iter().find(|known| alike(known, name)) {
                    let rejection = at.member(name).rejects(Code::WireMemberName);
                    return Err(rejection.expected(alloc::format!("{meant:?}")));
                }
            }
        }
        Ok(Self { left, at })
    }

    /// Takes the member of that name. `null` is as good as nothing.
    pub(crate) fn take<T: Shape>(
        &mut self,
        name: &str,
        rule: Rule,
    ) -> Result<Option<T>, Rejection> {
        let at = self.at.member(name);
        let value = self.left.remove(name).filter(|value| !value.is_null());
        match (value, rule) {
            (_, Rule::ReadOnly) if at.is_request() => Ok(None),
            (Some(value), Rule::Echoed) if at.is_request() => Ok(T::read(value, &at).ok()),
            (Some(value), _) => T::read(value, &at).map(Some),
            (None, Rule::Required) if at.is_request() => {
                Err(at.rejects(Code::WireMemberMissing).expected("a value"))
            }
            (None, _) => Ok(None),
        }
    }

    /// What was not taken.
    pub(crate) fn rest(self) -> Object {
        self.left
    }
}

/// Sets the member, if there is a value.
pub(crate) fn put<T: Shape>(out: &mut Object, name: &str, value: Option<&T>) {
    if let Some(value) = value {
        out.insert(name, value.write());
    }
}

/// The two names differ in nothing but case, hyphens and underscores.
fn alike(a: &str, b: &str) -> bool {
    letters(a).eq(letters(b))
}

/// The letters and digits of a name, in lower case.
fn letters(name: &str) -> impl Iterator<Item = u8> + '_ {
    let bytes = name.bytes().filter(|b| !matches!(b, b'-' | b'_'));
    bytes.map(|b| b.to_ascii_lowercase())
}
