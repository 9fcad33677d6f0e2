//! The lines around a block (RFC 7468 section 2): exact, or damaged.

use super::label::{Class, speaks_of_either};

const HYPHENS: &str = "-----";

/// A part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// `-----BEGIN label-----`
    Begin(&'t str),
    /// `-----END label-----`
    End(&'t str),
    /// Anything else.
    Text(&'t str),
}

/// The parts of a line, in their order.
#[derive(Clone, Debug)]
pub(super) struct Pieces<'t> {
    rest: &'t str,
    next: Option<Piece<'t>>,
}

impl<'t> Pieces<'t> {
    pub(super) const fn of(line: &'t str) -> Self {
        Self {
            rest: line,
            next: None,
        }
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        if let Some(piece) = self.next.take() {
            return Some(piece);
        }
        if self.rest.is_empty() {
            return None;
        }
        let Some((before, piece, after)) = exact(self.rest) else {
            let text = core::mem::take(&mut self.rest);
            return Some(Piece::Text(text));
        };
        self.rest = after;
        if before.is_empty() {
            return Some(piece);
        }
        self.next = Some(piece);
        Some(Piece::Text(before))
    }
}

/// The first exact armour of a text, with what stands before and after it.
fn exact(text: &str) -> Option<(&str, Piece<'_>, &str)> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find(HYPHENS)?;
        let (before, after) = (text.get(..at)?, text.get(at..)?.strip_prefix(HYPHENS)?);
        let begin = after.strip_prefix("BEGIN ").map(|rest| (rest, true));
        let found = begin.or_else(|| after.strip_prefix("END ").map(|rest| (rest, false)));
        if let Some((label, begin)) = found {
            let (label, after) = label.split_once(HYPHENS)?;
            let piece = match begin {
                true => Piece::Begin(label),
                false => Piece::End(label),
            };
            return Some((before, piece, after));
        }
        at += 1;
    }
}

/// What is wrong with a text that is not exactly the armour of a certificate or list, but was meant
/// as it; `None` for any other text.
pub(super) fn damaged(text: &str) -> Option<&'static str> {
    let is_mark = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
    if is_cut(text) {
        return Some("no five hyphens behind the label on its line");
    }
    ["BEGIN", "END"].iter().find_map(|word| {
        // Few lines have a word that many times.
        positions(text, word).take(4).find_map(|at| {
            let before = text.get(..at)?.trim_end();
            let after = text.get(at..)?.get(word.len()..)?;
            let after = after.trim_start_matches(|c: char| !c.is_alphanumeric());
            let end = after
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '\u{a0}')))
                .unwrap_or(after.len());
            let (label, rest) = after.split_at_checked(end)?;
            let rest = rest.trim_start();
            let fenced = is_fence_end(before) || is_fence_start(rest);
            let alone = before.chars().chain(rest.chars()).all(is_mark);
            let first = label.split_whitespace().take(2).any(speaks_of_either);
            let short = label.split_whitespace().count() <= if fenced { 4 } else { 2 };
            (first && short && (fenced || alone)).then(|| what(text, before, label, rest))
        })
    })
}

/// The first half of an armour line, as where a line was broken, unless it is that of a key.
fn is_cut(text: &str) -> bool {
    ["-----BEGIN", "-----END"].iter().any(|start| {
        text.split_once(start).is_some_and(|(_, label)| {
            let label = label.trim_matches(|c: char| c == '-' || c.is_whitespace());
            let word = label.is_empty() || text.contains(&alloc::format!("{start} "));
            word && !matches!(Class::of(label), Class::Silent(Some(_)))
        })
    })
}

/// Where a word stands by itself or at the start of one, whatever its case.
fn positions<'t>(text: &'t str, word: &'static str) -> impl Iterator<Item = usize> + use<'t> {
    text.char_indices().filter_map(move |(at, _)| {
        let same = text
            .get(at..)?
            .get(..word.len())?
            .eq_ignore_ascii_case(word);
        let free = !text.get(..at)?.ends_with(|c: char| c.is_alphanumeric());
        (same && free).then_some(at)
    })
}

/// What word processors make of hyphens, or two marks of one kind. One hyphen can be a part of a name.
fn is_fence_end(text: &str) -> bool {
    let mut last = text.chars().rev();
    match (last.next(), last.next()) {
        (Some(a), _) if is_dash(a) && a != '-' => true,
        (Some(a), Some(b)) => a == b && a.is_ascii_punctuation(),
        _ => false,
    }
}

fn is_fence_start(text: &str) -> bool {
    let mut first = text.chars();
    match (first.next(), first.next()) {
        (Some(a), _) if is_dash(a) && a != '-' => true,
        (Some(a), Some(b)) => a == b && a.is_ascii_punctuation(),
        _ => false,
    }
}

/// A hyphen, or what word processors make of it.
pub(super) fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{ad}' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

fn what(text: &str, before: &str, label: &str, rest: &str) -> &'static str {
    let dashes = |text: &str| text.chars().filter(|c| is_dash(*c)).count();
    let strange = |text: &str| text.chars().any(|c| is_dash(c) && c != '-');
    if strange(before) || strange(rest) {
        "dashes of a word processor in place of hyphens"
    } else if text.chars().any(|c| c.is_ascii_lowercase()) {
        "small letters"
    } else if dashes(before) < 5 || dashes(rest) < 5 {
        "fewer than five hyphens on a side"
    } else if dashes(before) > 5 || dashes(rest) > 5 {
        "more than five hyphens on a side"
    } else if label.trim() != label || text.contains("- ") || text.contains(" -") {
        "spaces inside"
    } else {
        "other characters than it should have"
    }
}
