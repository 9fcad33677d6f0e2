//! Texts of a bounded length: the one place where what is foreign is cut to what people read.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::{self, Write as _};

/// Shows a value in so many bytes at most, and says how many are missing. Of what would be much longer,
/// no more is made than a thousand bytes.
///
/// Whatever a stranger can make long is shown through this, so that no message and no report grows with
/// what was sent. The cut is between two characters. Nothing is allocated.
///
/// ```
/// use provisor_report::Shortened;
///
/// assert_eq!(Shortened("0123456789", 20).to_string(), "0123456789");
/// assert_eq!(Shortened("0123456789", 4).to_string(), "0123... (6 more bytes)");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Shortened<T>(pub T, pub usize);

impl<T: fmt::Display> fmt::Display for Shortened<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cut = Cut {
            out: f,
            left: self.1,
            missing: 0,
            given_up: false,
        };
        let result = write!(cut, "{}", self.0);
        match (cut.missing, cut.given_up) {
            (_, true) => write!(f, "... (more than {ENOUGH} more bytes)"),
            (0, _) => result,
            (missing, _) => write!(f, "... ({missing} more bytes)"),
        }
    }
}

/// Passes on what there is room for, and counts the rest.
struct Cut<'f, 'o> {
    out: &'f mut fmt::Formatter<'o>,
    left: usize,
    missing: usize,
    given_up: bool,
}

/// Bytes that are made to be counted.
const ENOUGH: usize = 1_000;

impl fmt::Write for Cut<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.missing > ENOUGH {
            self.given_up = true;
            return Err(fmt::Error);
        }
        let room = match self.missing {
            0 => boundary(text, self.left),
            _ => 0,
        };
        let (shown, rest) = text.split_at_checked(room).unwrap_or(("", text));
        self.left = self.left.saturating_sub(shown.len());
        self.missing = self.missing.saturating_add(rest.len());
        self.out.write_str(shown)
    }
}

/// The last place between two characters that is not beyond `bytes`.
fn boundary(text: &str, bytes: usize) -> usize {
    let end = bytes.min(text.len());
    // A character has four bytes at most.
    (end.saturating_sub(3)..=end)
        .rev()
        .find(|place| text.is_char_boundary(*place))
        .unwrap_or_default()
}

/// A text that may be foreign, where it was made at run time; those of the program stay as they are.
pub(crate) fn shorten(text: Cow<'static, str>, bytes: usize) -> Cow<'static, str> {
    match text {
        Cow::Owned(text) => Cow::Owned(shorten_string(text, bytes)),
        text @ Cow::Borrowed(_) => text,
    }
}

pub(crate) fn shorten_string(text: String, bytes: usize) -> String {
    // Room for what is said of the rest, so that a text that was cut is not cut again.
    if text.len() <= bytes.saturating_add(MARK) {
        return text;
    }
    let mut short = String::with_capacity(bytes.saturating_add(MARK));
    // Writing to a String cannot fail.
    let _ = write!(short, "{}", Shortened(&*text, bytes));
    short
}

/// The longest note on what is missing: a number of twenty digits with its words.
const MARK: usize = 40;

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_whole_or_cut_between_characters(text in "\\PC{0,40}", bytes in 0_usize..100) {
            let short = Shortened(&*text, bytes).to_string();
            if text.len() <= bytes {
                prop_assert_eq!(&short, &text);
            } else {
                let (shown, note) = short.rsplit_once("... (").unwrap();
                prop_assert!(shown.len() <= bytes && text.starts_with(shown));
                let missing: usize = note.strip_suffix(" more bytes)").unwrap().parse().unwrap();
                prop_assert_eq!(shown.len() + missing, text.len());
            }
            let twice = shorten_string(shorten_string(text.clone(), bytes), bytes);
            prop_assert_eq!(shorten_string(text, bytes), twice);
        }
    }

    #[test]
    fn texts_of_the_program_stay_and_foreign_ones_do_not() {
        let own = "x".repeat(1_000).leak();
        assert_eq!(shorten(Cow::Borrowed(own), 8).len(), 1_000);
        assert!(shorten(Cow::Owned(String::from(&*own)), 8).len() <= 48);
    }
}
