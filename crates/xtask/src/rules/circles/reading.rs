//! What one file declares, defines, imports and names by a path.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{Token, tokens};

/// A module as its file has it; the modules written out inside it are parts of it.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// `mod x;`
    pub(super) files: Vec<String>,
    /// `mod x { … }`
    pub(super) inline: BTreeMap<String, Self>,
    /// Names of the items that stand here.
    pub(super) defined: BTreeSet<String>,
    pub(super) imports: Vec<Import>,
    /// Paths of two parts and more that stand in the code.
    pub(super) paths: Vec<Vec<String>>,
    /// Every word, for what is imported by a star.
    pub(super) words: BTreeSet<String>,
    /// There is something beside declarations of modules and imports.
    pub(super) has_code: bool,
}

/// One leaf of a `use`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// `None` for a star, `_` for a trait without a name.
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
}

/// Keywords that a name of an item follows.
const ITEMS: [&str; 9] = [
    "fn",
    "struct",
    "enum",
    "union",
    "trait",
    "type",
    "const",
    "static",
    "macro_rules",
];

/// Reads source whose comments, literals and tests are blank.
pub(super) fn read(code: &str) -> Reading {
    let tokens = tokens(code);
    let mut cursor = Cursor { rest: &tokens };
    cursor.module()
}

struct Cursor<'t, 'a> {
    rest: &'t [Token<'a>],
}

impl<'a> Cursor<'_, 'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn peek(&self) -> Option<Token<'a>> {
        self.rest.first().copied()
    }

    fn take(&mut self, wanted: Token<'_>) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    /// Up to the brace that closes it, or to the end of the file.
    fn module(&mut self) -> Reading {
        let mut module = Reading::default();
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            match token {
                Token::Sign('#') => self.attribute(),
                Token::Word("pub") => self.visibility(),
                Token::Word("mod") => self.declaration(&mut module),
                Token::Word("extern") if self.take(Token::Word("crate")) => self.skip_to(';'),
                Token::Word("use") if self.peek() != Some(Token::Sign('<')) => {
                    self.tree(&mut Vec::new(), &mut module.imports);
                    self.skip_to(';');
                }
                Token::Sign('}') if depth == 0 => break,
                token => {
                    module.has_code = true;
                    match token {
                        Token::Sign('{') => depth += 1,
                        Token::Sign('}') => depth = depth.saturating_sub(1),
                        Token::Word(word) => self.word(word, depth, &mut module),
                        Token::Path => self.skip_path(),
                        Token::Sign(_) => {}
                    }
                }
            }
        }
        module
    }

    /// What follows a `#`: in brackets. A derive or a helper may name a path, but no import.
    fn attribute(&mut self) {
        self.take(Token::Sign('!'));
        if self.take(Token::Sign('[')) {
            self.close('[', ']');
        }
    }

    /// `(crate)`, `(super)`, `(self)`, `(in …)`: who may see an item is no import.
    fn visibility(&mut self) {
        let [
            Token::Sign('('),
            Token::Word("crate" | "super" | "self" | "in"),
            ..,
        ] = self.rest
        else {
            return;
        };
        self.next();
        self.close('(', ')');
    }

    fn close(&mut self, open: char, close: char) {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next() {
                Some(Token::Sign(sign)) if sign == open => depth += 1,
                Some(Token::Sign(sign)) if sign == close => depth -= 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    fn skip_to(&mut self, end: char) {
        while let Some(token) = self.next() {
            if token == Token::Sign(end) {
                return;
            }
        }
    }

    fn declaration(&mut self, module: &mut Reading) {
        let Some(Token::Word(name)) = self.next() else {
            return;
        };
        if self.take(Token::Sign('{')) {
            let inside = self.module();
            module.has_code |= inside.has_code;
            module.inline.insert(name.to_owned(), inside);
        } else {
            self.take(Token::Sign(';'));
            module.files.push(name.to_owned());
        }
    }

    /// A word outside of imports: the name of an item, the beginning of a path, or neither.
    fn word(&mut self, word: &str, depth: usize, module: &mut Reading) {
        module.words.insert(word.to_owned());
        if depth == 0 && ITEMS.contains(&word) {
            self.take(Token::Sign('!'));
            if let Some(Token::Word(name)) = self.peek() {
                module.defined.insert(name.to_owned());
            }
        }
        let mut path = vec![word.to_owned()];
        while let [Token::Path, Token::Word(next), rest @ ..] = self.rest {
            module.words.insert((*next).to_owned());
            path.push((*next).to_owned());
            self.rest = rest;
        }
        if path.len() > 1 {
            module.paths.push(path);
        }
    }

    /// What follows a `::` that no word stands before: `::core::fmt`, `<T>::x`.
    fn skip_path(&mut self) {
        while let [Token::Word(_), Token::Path, rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// One tree of a `use`, behind `before`.
    fn tree(&mut self, before: &mut Vec<String>, imports: &mut Vec<Import>) {
        let height = before.len();
        self.take(Token::Path);
        loop {
            match self.peek() {
                Some(Token::Word(word)) => {
                    self.next();
                    before.push(word.to_owned());
                    if self.take(Token::Path) {
                        continue;
                    }
                    imports.push(self.leaf(before));
                }
                Some(Token::Sign('*')) => {
                    self.next();
                    imports.push(Import {
                        name: None,
                        path: before.clone(),
                    });
                }
                Some(Token::Sign('{')) => {
                    self.next();
                    while !matches!(self.peek(), None | Some(Token::Sign('}' | ';'))) {
                        self.tree(before, imports);
                        self.take(Token::Sign(','));
                    }
                    self.take(Token::Sign('}'));
                }
                _ => {
                    // Half-finished code: never stay at one place.
                    if !matches!(self.peek(), None | Some(Token::Sign('}' | ';' | ','))) {
                        self.next();
                    }
                }
            }
            break;
        }
        before.truncate(height);
    }

    /// The end of a branch, with the name that it gets.
    fn leaf(&mut self, path: &[String]) -> Import {
        let mut path = path.to_vec();
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let mut name = path.last().cloned();
        if self.take(Token::Word("as"))
            && let Some(Token::Word(alias)) = self.next()
        {
            name = Some(alias.to_owned());
        }
        Import { name, path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(code: &str) -> Vec<String> {
        read(code)
            .imports
            .into_iter()
            .map(|import| {
                let name = import.name.unwrap_or_else(|| "*".to_owned());
                format!("{}={}", name, import.path.join("::"))
            })
            .collect()
    }

    #[test]
    fn nested_groups_aliases_and_stars() {
        assert_eq!(
            imports("pub(crate) use crate::{a::{self, B as C, d::*}, e}; use ::x::Y as _;"),
            [
                "a=crate::a",
                "C=crate::a::B",
                "*=crate::a::d",
                "e=crate::e",
                "_=x::Y"
            ]
        );
    }

    #[test]
    fn modules_items_and_paths() {
        let reading = read(
            "mod a; pub(in crate::b) mod c { fn inside() { super::x() } }\n\
             pub(super) fn outside() -> impl Sized + use<'_> { crate::d::e::<T>(); ::core::f() }",
        );
        assert_eq!(reading.files, ["a"]);
        assert!(reading.defined.contains("outside") && !reading.defined.contains("inside"));
        assert_eq!(reading.paths, [["crate", "d", "e"]]);
        let inside = reading.inline.get("c").unwrap();
        assert_eq!(inside.paths, [["super", "x"]]);
    }

    #[test]
    fn a_file_of_declarations_and_imports_has_no_code() {
        assert!(!read("#![allow(x)] mod a; extern crate b; pub use a::{B, C};").has_code);
        assert!(read("mod a; const X: u8 = 1;").has_code);
        assert!(read("mod a { struct B; }").has_code);
    }

    #[test]
    fn half_finished_code_ends() {
        for code in [
            "use a::{b, ",
            "use (",
            "mod",
            "use a::{%};",
            "pub(in ",
            "#[",
        ] {
            read(code);
        }
    }
}
