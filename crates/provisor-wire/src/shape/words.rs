//! Choices that are words on the wire.

use alloc::string::String;

use provisor_report::{Code, Rejection};

use super::at::At;
use super::plain::other_type;
use super::read::Shape;
use crate::json::Value;

/// A choice: its words, and which is which.
pub trait Choice: Copy + 'static {
    /// Every choice.
    #[doc(hidden)]
    const ALL: &'static [Self];

    /// What a rejection says was expected.
    #[doc(hidden)]
    const EXPECTED: &'static str;

    /// The word on the wire.
    #[doc(hidden)]
    fn word(self) -> &'static str;
}

/// A word of the wire: a choice that is known here, or one that a newer service made.
///
/// A service refuses what it does not know (`WIRE_WORD`); a client keeps it and goes on.
///
/// ```
/// use provisor_wire::Word;
/// use provisor_wire::device::Substatus;
///
/// let word: Word<Substatus> = Substatus::InitialAssignment.into();
/// assert_eq!(word.as_str(), "initialAssignment");
/// assert_eq!(word.known(), Some(Substatus::InitialAssignment));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word<T> {
    /// One of the choices.
    Known(T),
    /// Another word, as it came.
    Other(String),
}

impl<T: Choice> Word<T> {
    /// The choice, if it is one that is known here.
    #[must_use]
    pub const fn known(&self) -> Option<T> {
        match self {
            Self::Known(choice) => Some(*choice),
            Self::Other(_) => None,
        }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(choice) => choice.word(),
            Self::Other(word) => word,
        }
    }

    /// The choice of that word, in any case: one official client compares so, and there are no two
    /// that differ in case alone.
    pub(crate) fn find(word: &str) -> Option<T> {
        T::ALL
            .iter()
            .copied()
            .find(|choice| choice.word().eq_ignore_ascii_case(word))
    }
}

impl<T> From<T> for Word<T> {
    fn from(choice: T) -> Self {
        Self::Known(choice)
    }
}

impl<T: Choice> Shape for Word<T> {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        let Value::String(word) = value else {
            return Err(other_type(&value, T::EXPECTED, at));
        };
        match Self::find(&word) {
            Some(choice) => Ok(Self::Known(choice)),
            None if at.is_request() => Err(at
                .rejects(Code::WireWord)
                .expected(T::EXPECTED)
                .found(alloc::format!("{word:?}"))),
            None => Ok(Self::Other(word)),
        }
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }
}

/// An enum of the words of one choice.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident: $expected:literal {
            $( $(#[$about:meta])* $variant:ident = $word:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$about])* $variant, )*
        }

        impl $name {
            /// Every choice that is known here.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The choice of that word, in any case.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                $crate::Word::<Self>::find(word)
            }
        }

        impl $crate::shape::Choice for $name {
            const ALL: &'static [Self] = Self::ALL;
            const EXPECTED: &'static str = $expected;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    };
}
pub(crate) use words;
