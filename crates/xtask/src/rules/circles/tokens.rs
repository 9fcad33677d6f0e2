//! Rust source as the few kinds of tokens that tell what a file imports.

/// A piece of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A word: a name or a keyword, a raw one without its mark.
    Word(&'a str),
    /// `::`
    Path,
    /// Any other character.
    Sign(char),
}

/// The tokens of source whose comments, literals and tests are blank. Lifetimes are left out.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let word = word_length(rest);
        let length = if word > 0 {
            let (text, _) = rest.split_at_checked(word).unwrap_or((rest, ""));
            tokens.push(Token::Word(text));
            word
        } else if rest.starts_with("::") {
            tokens.push(Token::Path);
            2
        } else if let Some(raw) = rest.strip_prefix("r#") {
            // The word itself comes next.
            rest.len() - raw.len()
        } else if first == '\'' {
            1 + rest.strip_prefix('\'').map_or(0, word_length)
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Sign(first));
            }
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// The length of the word that `rest` begins with; 0 when it begins with none.
fn word_length(rest: &str) -> usize {
    if rest.starts_with("r#") {
        return 0;
    }
    rest.find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_paths_and_signs() {
        assert_eq!(
            tokens("use<'a> r#crate::x;"),
            [
                Token::Word("use"),
                Token::Sign('<'),
                Token::Sign('>'),
                Token::Word("crate"),
                Token::Path,
                Token::Word("x"),
                Token::Sign(';'),
            ]
        );
    }
}
