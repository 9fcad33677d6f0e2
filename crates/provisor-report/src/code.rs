//! The mechanism behind the one table of stable codes; the rows are in `code/table.rs`.

mod class;
mod rows;
mod table;

pub use class::Class;
pub use table::Code;

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
                7000..=7499 => "SERVICE_",
                7500..=7999 => "SERVER_",
                8000..=8999 => "WIRE_",
                9000..=9049 => "ARG_",
                // The server's rooms, each with its own.
                9150..=9199 => "STORE_",
                9250..=9279 => "HUB_",
                9280..=9299 => "OUT_",
                9050..=9999 => "",
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
