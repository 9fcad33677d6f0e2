//! The mechanism behind the one table of stable codes; the rows are in `code/table.rs`.

mod table;

pub use table::Code;

/// Turns the rows of the table into the [`Code`] enum, its documentation and its look-ups.
macro_rules! codes {
    ($( $variant:ident = $number:literal $name:literal {
        meaning: $meaning:literal, remedy: $remedy:literal, spec: $spec:literal $(,)?
    } )*) => {
        /// A stable reason code.
        ///
        /// Numbers and names never change their meaning and are never reused. Ranges: 1000
        /// identifiers, 2000 X.509, 3000 TPM, 3500 SAS tokens, 4000 enrollment and attestation,
        /// 5000 allocation, 6000 registration, 7000 server, 9000 misuse of a binding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Code {
            $(
                #[doc = concat!("`", $name, "`: ", $meaning, ".")]
                #[doc = ""]
                #[doc = concat!("What to do: ", $remedy, ".")]
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
use codes;

impl Code {
    /// The stable number, for example 2103.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }
}

impl core::fmt::Display for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({})", self.name(), self.number())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    /// The stable name.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn the_table_is_sorted_and_unique() {
        for pair in Code::ALL.windows(2) {
            assert!(
                pair[0].number() < pair[1].number(),
                "{} then {}",
                pair[0],
                pair[1]
            );
        }
        for (i, a) in Code::ALL.iter().enumerate() {
            assert!(
                Code::ALL[i + 1..].iter().all(|b| a.name() != b.name()),
                "{a} twice"
            );
            assert_eq!(Code::from_number(a.number()), Some(*a));
        }
        assert_eq!(Code::from_number(0), None);
    }

    #[test]
    fn every_row_reads_as_a_sentence_part() {
        for code in Code::ALL {
            for text in [code.meaning(), code.remedy(), code.spec()] {
                assert!(text.len() >= 4, "{code}: {text:?} says too little");
                assert!(
                    !text.ends_with('.') && text.trim() == text,
                    "{code}: {text:?}"
                );
            }
            let prefix = match code.number() {
                1000..=1999 => "ID_",
                2000..=2999 => "X509_",
                3000..=3499 => "TPM_",
                3500..=3999 => "SAS_",
                4000..=4999 => "ATTEST_",
                5000..=5999 => "ALLOC_",
                6000..=6999 => "REG_",
                7000..=7999 => "SERVER_",
                9000..=9999 => "ARG_",
                other => panic!("{other} is in no range"),
            };
            assert!(
                code.name().starts_with(prefix),
                "{code} should start with {prefix}"
            );
            assert!(
                code.name()
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'),
                "{code}"
            );
        }
    }
}
