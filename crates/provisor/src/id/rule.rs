//! The rule of one kind of identifier, as data, and the one function that applies it.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};

use provisor_report::{Code, Rejection, Subject};

/// What one kind of identifier may look like. All sets are ASCII, so bytes count as characters.
pub(crate) struct Rule {
    /// The field's name in the DPS protocol.
    pub(crate) field: &'static str,
    /// The characters that may stand anywhere.
    pub(crate) allowed: fn(char) -> bool,
    /// The same set, for people.
    pub(crate) allowed_text: &'static str,
    /// Of those, the characters that may stand last.
    pub(crate) may_end: fn(char) -> bool,
    /// The same set, for people.
    pub(crate) may_end_text: &'static str,
    /// The greatest number of characters.
    pub(crate) longest: usize,
}

impl Rule {
    /// Accepts `text` or says at which byte it breaks the rule.
    ///
    /// Looks at no more than `longest + 1` characters, however long the text is.
    pub(crate) fn check(&self, text: &str) -> Result<(), Rejection> {
        self.first_fault(text)
            .map_err(|rejection| match self.legal_spelling(text) {
                Some(legal) => rejection.remedy(format!("write it as `{legal}`")),
                None => rejection,
            })
    }

    /// True when the rule accepts the text.
    pub(crate) fn accepts(&self, text: &str) -> bool {
        self.first_fault(text).is_ok()
    }

    fn first_fault(&self, text: &str) -> Result<(), Rejection> {
        let mut last = None;
        for (count, (position, found)) in text.char_indices().enumerate() {
            if count == self.longest {
                return Err(self.too_long(text, position));
            }
            if !(self.allowed)(found) {
                return Err(self.bad(Code::IdCharacter, position, found, self.allowed_text));
            }
            last = Some((position, found));
        }
        match last {
            None => Err(Rejection::new(Code::IdEmpty, self.subject())
                .at(0)
                .expected(format!("1 to {} characters", self.longest))
                .found("nothing")),
            Some((position, found)) if !(self.may_end)(found) => {
                Err(self.bad(Code::IdLastCharacter, position, found, self.may_end_text))
            }
            Some(_) => Ok(()),
        }
    }

    /// The likeliest legal spelling: without white space around it, in lower case, or both.
    fn legal_spelling(&self, text: &str) -> Option<String> {
        if text.len() > 2 * self.longest {
            return None;
        }
        let trimmed = text.trim();
        let candidates = [
            Cow::Borrowed(trimmed),
            Cow::Owned(text.to_ascii_lowercase()),
            Cow::Owned(trimmed.to_ascii_lowercase()),
        ];
        let legal = candidates.iter().find(|spelling| self.accepts(spelling));
        legal.map(ToString::to_string)
    }

    fn subject(&self) -> Subject {
        Subject::field(self.field)
    }

    fn bad(&self, code: Code, position: usize, found: char, expected: &'static str) -> Rejection {
        Rejection::new(code, self.subject())
            .at(position)
            .expected(expected)
            .found(shown(found))
    }

    fn too_long(&self, text: &str, position: usize) -> Rejection {
        Rejection::new(Code::IdTooLong, self.subject())
            .at(position)
            .expected(format!("at most {} characters", self.longest))
            .found(format!("{} bytes", text.len()))
    }
}

/// A character as a rejection shows it: quoted, control and invisible characters escaped, and the
/// code point of everything that might be mistaken for something else.
pub(crate) fn shown(c: char) -> String {
    if c.is_ascii_graphic() {
        format!("'{c}'")
    } else {
        format!("'{}' (U+{:04X})", c.escape_default(), u32::from(c))
    }
}

/// ASCII letters and digits: what "alphanumeric" means in every rule here.
pub(crate) const fn alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOWER: Rule = Rule {
        field: "test",
        allowed: |c| c.is_ascii_lowercase() || c == '.',
        allowed_text: "a-z or '.'",
        may_end: |c| c.is_ascii_lowercase(),
        may_end_text: "a-z",
        longest: 4,
    };

    fn fault(text: &str) -> (Code, Option<usize>) {
        let rejection = LOWER.check(text).unwrap_err();
        (rejection.code(), rejection.position())
    }

    #[test]
    fn each_fault_has_its_code_and_position() {
        assert!(LOWER.check("a.bc").is_ok());
        assert_eq!(fault(""), (Code::IdEmpty, Some(0)));
        assert_eq!(fault("abcde"), (Code::IdTooLong, Some(4)));
        assert_eq!(fault("ab-"), (Code::IdCharacter, Some(2)));
        assert_eq!(fault("abc."), (Code::IdLastCharacter, Some(3)));
        assert_eq!(fault("aé"), (Code::IdCharacter, Some(1)));
        assert_eq!(fault("éb-"), (Code::IdCharacter, Some(0)));
    }

    #[test]
    fn control_and_invisible_characters_are_escaped() {
        for (text, shown) in [
            ("a\n", "'\\n' (U+000A)"),
            ("a\u{0}", "'\\u{0}' (U+0000)"),
            ("a\u{1b}[2J", "'\\u{1b}' (U+001B)"),
            ("a\u{202e}", "'\\u{202e}' (U+202E)"),
            ("a b", "' ' (U+0020)"),
            ("a$", "'$'"),
        ] {
            assert_eq!(LOWER.check(text).unwrap_err().found_text(), shown);
        }
    }

    #[test]
    fn the_remedy_names_a_legal_spelling_when_there_is_one() {
        for text in ["ABC", " abc\n", " aBc"] {
            let rejection = LOWER.check(text).unwrap_err();
            assert_eq!(rejection.remedy_text(), "write it as `abc`");
        }
        let hopeless = LOWER.check("a-b").unwrap_err();
        assert_eq!(hopeless.remedy_text(), Code::IdCharacter.remedy());
    }

    #[test]
    fn a_huge_text_is_refused_after_a_few_characters() {
        let huge = "a".repeat(1 << 20);
        assert_eq!(
            LOWER.check(&huge).unwrap_err().found_text(),
            "1048576 bytes"
        );
    }
}
