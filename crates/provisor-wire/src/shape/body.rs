//! Bodies: objects with known members.

use alloc::string::{String, ToString as _};

use provisor_report::Rejection;

use super::at::{At, Side};
use super::read::Shape;
use crate::{json, limits};

/// What stands alone in a request or an answer: read from its bytes, written as its text.
///
/// | | in a request ([`from_request`](Self::from_request)) | in an answer ([`from_answer`](Self::from_answer)) |
/// |---|---|---|
/// | a member that is not known | kept | kept |
/// | one that is almost known (`registrationid`) | refused, with the name that was meant | kept |
/// | a member that the service sets | not looked at | read |
/// | a member that is needed | refused without it | absent |
/// | a word that is not known | refused | kept ([`Word::Other`](crate::Word::Other)) |
/// | `null` | as if it were absent | the same |
/// | two members of one name | refused | refused |
///
/// The trait is sealed.
pub trait Body: Shape {
    /// Reads a request's body, as a service does.
    ///
    /// # Errors
    ///
    /// The codes of [`json::Value::parse`] and `WIRE_MEMBER_*`, `WIRE_WORD` and those of the body, with the place in it
    /// as a JSON pointer.
    fn from_request(bytes: &[u8]) -> Result<Self, Rejection> {
        let value = json::parse(bytes, limits::REQUEST_BYTES)?;
        let at = At::root(Side::Service);
        let body = Self::read(value, &at)?;
        body.complete(&at)?;
        Ok(body)
    }

    /// Reads an answer's body, as a client does.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Self::from_request), but for what a client keeps.
    fn from_answer(bytes: &[u8]) -> Result<Self, Rejection> {
        let value = json::parse(bytes, limits::ANSWER_BYTES)?;
        Self::read(value, &At::root(Side::Client))
    }

    /// The JSON text, without blanks, for either direction.
    fn to_json(&self) -> String {
        self.write().to_string()
    }

    /// The same as a JSON value.
    fn to_value(&self) -> json::Value {
        self.write()
    }

    /// What a request that is this body has to hold besides what each member has to.
    #[doc(hidden)]
    fn complete(&self, _: &At<'_>) -> Result<(), Rejection> {
        Ok(())
    }
}

/// A body: its struct, with a field and a setter for each member, and both directions of its JSON.
///
/// After the name of a member may stand `required`, `read_only` or `echoed` (see `Rule`); after all of them `check
/// FUNCTION`, which judges the members of a request together.
macro_rules! body {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$about:meta])* $field:ident: $type:ty = $wire:literal $($rule:ident)?; )*
        }
        $(check $check:path)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$about])*
                #[doc = concat!("\n\nOn the wire `", $wire, "`.")]
                pub $field: Option<$type>,
            )*
            /// Members that are not known here, in the order in which they came.
            pub other: $crate::json::Object,
        }

        impl $name {
            /// The names of the members that are known, as they are on the wire.
            pub const MEMBERS: &'static [&'static str] = &[$($wire),*];

            $(
                #[doc = concat!("The same with `", $wire, "`.")]
                #[must_use]
                pub fn $field(mut self, value: impl Into<$type>) -> Self {
                    self.$field = Some(value.into());
                    self
                }
            )*
        }

        impl $crate::shape::Shape for $name {
            fn read(
                value: $crate::json::Value,
                at: &$crate::shape::At<'_>,
            ) -> Result<Self, provisor_report::Rejection> {
                let mut members = $crate::shape::Members::open(value, at, Self::MEMBERS)?;
                let body = Self {
                    $( $field: members.take($wire, $crate::shape::body!(@rule $($rule)?))?, )*
                    other: members.rest(),
                };
                $( if at.is_request() { $check(&body, at)?; } )?
                Ok(body)
            }

            fn others(
                &self,
                at: &str,
                out: &mut alloc::vec::Vec<(alloc::string::String, $crate::json::Value)>,
            ) {
                $(
                    if let Some(member) = &self.$field {
                        let at = alloc::format!("{at}/{}", $wire);
                        $crate::shape::Shape::others(member, &at, out);
                    }
                )*
                for (name, value) in self.other.iter() {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    out.push((alloc::format!("{at}/{name}"), value.clone()));
                }
            }

            fn write(&self) -> $crate::json::Value {
                let mut out = $crate::json::Object::new();
                $( $crate::shape::put(&mut out, $wire, self.$field.as_ref()); )*
                for (name, value) in self.other.iter() {
                    // What is known stands in its field.
                    if !Self::MEMBERS.contains(&name) {
                        out.append(name, value.clone());
                    }
                }
                $crate::json::Value::Object(out)
            }
        }
    };
    (@rule) => { $crate::shape::Rule::Optional };
    (@rule required) => { $crate::shape::Rule::Required };
    (@rule echoed) => { $crate::shape::Rule::Echoed };
    (@rule read_only) => { $crate::shape::Rule::ReadOnly };
}
pub(crate) use body;
