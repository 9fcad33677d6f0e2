//! What becomes of the rows of the table.

/// Turns the rows of the table into the `Code` enum, its documentation and its look-ups.
macro_rules! codes {
    ($( $variant:ident = $number:literal $name:literal {
        class: $class:ident, meaning: $meaning:literal, remedy: $remedy:literal, spec: $spec:literal $(,)?
    } )*) => {
        /// A stable reason code.
        ///
        /// Numbers and names never change their meaning and are never reused. Ranges: 1000
        /// identifiers, 2000 X.509, 3000 TPM, 3500 SAS tokens, 4000 enrollment and attestation,
        /// 5000 allocation, 6000 registration, 7000 operations of the service, 7500 server, 8000 the
        /// wire, 9000 misuse of a binding, 9100 the server.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Code {
            $(
                #[doc = concat!("`", $name, "`: ", $meaning, ".")]
                #[doc = ""]
                #[doc = concat!("Class: ", stringify!($class), ". What to do: ", $remedy, ".")]
                #[doc = ""]
                #[doc = concat!("Source: ", $spec, ".")]
                $variant = $number,
            )*
        }

        impl Code {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name, for example `X509_EXPIRED`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Who has to do something about it.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class,)* }
            }

            /// One sentence without its full stop: what is wrong.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// What the person who reads it can do, without a full stop.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }

            /// The clause that the check enforces.
            #[must_use]
            pub const fn spec(self) -> &'static str {
                match self { $(Self::$variant => $spec,)* }
            }

            /// The code of that number, if there is one.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(super) use codes;
