//! Text as people have it, made into lines.

use alloc::borrow::Cow;
use alloc::string::String;

use provisor_report::Form;

use super::armour::is_dash;
use super::contents::{Contents, ReadAs};

/// The mark that Windows programs put before text (RFC 3629 section 6).
const MARK: char = '\u{feff}';

/// The text without quotation marks around it and with line breaks where `\n` was written; what was
/// done is noted.
pub(super) fn prepare<'t>(text: &'t str, contents: &mut Contents) -> Cow<'t, str> {
    match Form::of(text.as_bytes()) {
        Some(Form::Quoted) if text.contains("-----BEGIN ") => {
            contents.note(ReadAs::Quoted);
            let marks = |c: char| c.is_whitespace() || matches!(c, MARK | '"' | '\'' | '`' | 'b');
            let inside = text.trim_matches(marks);
            if inside.contains('\\') {
                contents.note(ReadAs::Escaped);
            }
            Cow::Owned(without_quotes(&unescaped(inside)))
        }
        Some(Form::Escaped) => {
            contents.note(ReadAs::Escaped);
            Cow::Owned(without_quotes(&unescaped(text)))
        }
        _ => Cow::Borrowed(text),
    }
}

/// Lines from 1, whatever ends them, without byte order marks and the white space around them.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, bool, &str)> {
    text.split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
        .zip(1..)
        .map(|(line, number)| {
            let bare = line.trim_start_matches(|c: char| c == MARK || c.is_whitespace());
            // Zeros end the strings of C programs, Ctrl-Z the texts of DOS.
            let whole =
                bare.trim_end_matches(|c: char| matches!(c, '\0' | '\u{1a}') || c.is_whitespace());
            let marked = line.len() > bare.len() && line.contains(MARK);
            (number, marked, whole)
        })
}

/// Without white space and byte order marks at its ends.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c == MARK || c.is_whitespace())
}

/// The line without what is no printable ASCII, where it has some that armour may hide in: the zeros
/// of UTF-16, and characters that do not show. `None` for the usual line.
pub(super) fn bare(line: &str) -> Option<String> {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    let line = trimmed(line);
    if line
        .chars()
        .all(|c| plain(c) || matches!(c, '\t' | MARK) || is_dash(c))
    {
        return None;
    }
    Some(line.chars().filter(|c| plain(*c)).collect())
}

/// Backslash sequences as the characters that they stand for, however often the backslashes were
/// doubled on the way.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('\\');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let mut rest = part.chars();
        match rest.next() {
            // Two backslashes: the next part decides.
            None => continue,
            Some('n') => out.push('\n'),
            Some('r') => {}
            Some('t') => out.push(' '),
            Some('u') => match ascii(rest.as_str()) {
                Some(c) => {
                    out.push(c);
                    rest.nth(3);
                }
                None => out.push('u'),
            },
            Some(other) => out.push(other),
        }
        out.push_str(rest.as_str());
    }
    out
}

/// Lines without the quotation marks of source text, where each line of a block is a literal of its own.
fn without_quotes(text: &str) -> String {
    let mark = |c: char| c.is_whitespace() || matches!(c, '"' | '\'');
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        // `;`, `,` and `+` end or join literals; base64 ends in no `+` that is behind a mark.
        let end = line
            .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '+' | '\\'));
        let line = if end.ends_with(mark) { end } else { line };
        out.push_str(line.trim_matches(mark));
        out.push('\n');
    }
    out
}

/// The character of four hexadecimal digits, as JSON writers have for `=`.
fn ascii(digits: &str) -> Option<char> {
    let number = u8::from_str_radix(digits.get(..4)?, 16).ok()?;
    number.is_ascii_graphic().then_some(char::from(number))
}
