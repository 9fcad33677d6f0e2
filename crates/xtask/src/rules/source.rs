//! Rust source without what a rule must not look at: comments, literals, tests.
//!
//! No parser, on purpose: blanking keeps every line and column, and half-finished code is read too.

/// The source with comments, string and character literals and everything that only tests see
/// blanked; the line breaks stay.
pub(crate) fn code_only(text: &str) -> String {
    without_tests(&without_literals(text))
}

/// Blanks comments and the insides of literals.
fn without_literals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skip = literal_length(rest, out.chars().next_back());
        if skip == 0 {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        } else {
            let (gone, kept) = rest.split_at_checked(skip).unwrap_or((rest, ""));
            out.extend(gone.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = kept;
        }
    }
    out
}

/// How many bytes of a comment or literal `rest` begins with; 0 when it begins with code.
fn literal_length(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment_length(rest);
    }
    if rest.starts_with('"') {
        return quoted_length(rest, 0);
    }
    if !in_word {
        for prefix in ["br", "cr", "r"] {
            if let Some(length) = rest.strip_prefix(prefix).and_then(raw_length) {
                return prefix.len() + length;
            }
        }
        for prefix in ["b\"", "c\""] {
            if rest.starts_with(prefix) {
                return quoted_length(rest, 1);
            }
        }
    }
    if rest.starts_with('\'') {
        return char_length(rest);
    }
    0
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(tail) = rest.get(at..) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            let Some(next) = tail.chars().next() else {
                break;
            };
            at += next.len_utf8();
        }
    }
    rest.len()
}

/// A `"…"` that opens at byte `open`.
fn quoted_length(rest: &str, open: usize) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip_while(|(at, _)| *at <= open) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The `#…"…"#…` of a raw string, after its `r`.
fn raw_length(rest: &str) -> Option<usize> {
    let hashes = rest.bytes().take_while(|b| *b == b'#').count();
    let body = rest.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(hashes + 1 + length)
}

/// A character literal; 0 for a lifetime.
fn char_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => chars
            .find(|(_, c)| *c == '\'')
            .map_or(rest.len(), |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

/// What an item begins with that only tests see.
pub(crate) const TEST_MARKS: [&str; 2] = ["#[cfg(test)]", "#[cfg(all(test,"];

/// Blanks the items behind a mark.
fn without_tests(code: &str) -> String {
    let next = |rest: &str| TEST_MARKS.iter().filter_map(|mark| rest.find(mark)).min();
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = next(rest) {
        let (kept, item) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(kept);
        let (gone, tail) = item
            .split_at_checked(item_length(item))
            .unwrap_or((item, ""));
        out.extend(gone.chars().filter(|c| *c == '\n'));
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Up to the `;` or the closing brace of the item that `code` begins with.
fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blank() {
        let text = "a // unsafe\nb /* x /* unsafe */ y */ c \"uns\\\"afe\" r#\"a\"unsafe\"# 'u' b\"unsafe\" d";
        let code = code_only(text);
        assert!(!code.contains("unsafe"), "{code}");
        for kept in ["a ", "b ", " c ", " d"] {
            assert!(code.contains(kept), "{kept:?} in {code:?}");
        }
        assert_eq!(code.lines().count(), 2);
    }

    #[test]
    fn lifetimes_and_raw_identifiers_are_code() {
        let text = "fn f<'a>(x: &'a str, c: char) -> bool { c == '\\'' && unsafe_name(r#type) }";
        let code = code_only(text);
        assert!(
            code.contains("&'a str") && code.contains("unsafe_name(r#type)"),
            "{code}"
        );
    }

    #[test]
    fn tests_of_a_feature_are_tests_and_test_kits_are_not() {
        let code = code_only("#[cfg(all(test, feature = \"a\"))] mod t { x.unwrap() } fn a() {}");
        assert!(
            !code.contains("unwrap") && code.contains("fn a()"),
            "{code}"
        );
        let code = code_only("#[cfg(any(test, feature = \"a\"))] mod t { x.unwrap() }");
        assert!(code.contains("unwrap"), "{code}");
    }

    #[test]
    fn tests_are_left_out_and_what_follows_is_not() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { x.unwrap() }\n}\nfn c() { y.unwrap() }\n#[cfg(test)]\nmod more;\nfn d() {}";
        let code = code_only(text);
        assert!(
            !code.contains("x.unwrap()") && !code.contains("more"),
            "{code}"
        );
        assert!(
            code.contains("y.unwrap()") && code.contains("fn d()"),
            "{code}"
        );
        assert_eq!(code.lines().nth(5), Some("fn c() { y.unwrap() }"));
    }
}
