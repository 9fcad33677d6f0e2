//! The text of a query: the part of the hub's query language that enrollments need.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Rejection, Subject};

use crate::limits;

/// A query that was read: `SELECT * [FROM ..] [WHERE ..] [ORDER BY ..]`.
///
/// The collection is that of the path, so what stands after `FROM` is passed over. Words are read in any case,
/// texts stand in either kind of quotation marks and double the one that is in them.
///
/// ```
/// use provisor_wire::service::{Comparison, Condition, Literal, Select};
///
/// let select = Select::parse("select * from enrollments where provisioningStatus = 'disabled'")?;
/// assert_eq!(select.condition, Some(Condition::Compare {
///     member: "provisioningStatus".into(),
///     comparison: Comparison::Equal,
///     value: Literal::Text("disabled".into()),
/// }));
/// let wrong = Select::parse("SELECT * WHERE deviceId LIKE 'a'").unwrap_err();
/// assert_eq!((wrong.code().name(), wrong.position()), ("WIRE_QUERY_PART", Some(24)));
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Select {
    /// Which items; absent, all.
    pub condition: Option<Condition>,
    /// The member by which they are ordered.
    pub order_by: Option<String>,
    /// The greatest first.
    pub descending: bool,
}

/// Which items a query selects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// What both select.
    And(Box<Self>, Box<Self>),
    /// What one of them selects.
    Or(Box<Self>, Box<Self>),
    /// What it does not select.
    Not(Box<Self>),
    /// What has the member.
    Defined(String),
    /// What has a member that compares so.
    Compare {
        /// Its name, with dots between its steps.
        member: String,
        /// How.
        comparison: Comparison,
        /// With what.
        value: Literal,
    },
}

/// How a member is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=` or `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// With what a member is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Literal {
    /// True or false.
    Bool(bool),
    /// A text.
    Text(String),
}

impl Select {
    /// Reads the text of a query. One that is empty selects everything, as does `SELECT *`.
    ///
    /// # Errors
    ///
    /// `WIRE_QUERY`, with the position of what cannot stand there; `WIRE_QUERY_PART` where that is a part of
    /// the query language which is not answered: a choice of members, TOP, GROUP BY, functions, IN, numbers.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let mut reader = Reader { text, at: 0 };
        if text.len() > limits::QUERY_BYTES {
            let most = limits::QUERY_BYTES;
            return Err(reader.refused(format!("at most {most} bytes")));
        }
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut select = Self::default();
        reader.expect_word("SELECT")?;
        reader.everything()?;
        if reader.word("FROM") {
            reader.name("the name of the collection")?;
        }
        if reader.word("WHERE") {
            select.condition = Some(reader.or(limits::QUERY_DEPTH)?);
        }
        if reader.word("ORDER") {
            reader.expect_word("BY")?;
            select.order_by = Some(reader.name("the name of a member")?);
            select.descending = reader.word("DESC");
            if !select.descending {
                reader.word("ASC");
            }
        }
        reader.blanks();
        match reader.rest() {
            "" => Ok(select),
            _ => Err(reader.refused("FROM, WHERE, ORDER BY or the end")),
        }
    }
}

/// Words of the hub's query language, and of SQL, that ask for what is not answered here.
const OTHER_WORDS: [&str; 15] = [
    "AS", "BETWEEN", "COUNT", "DISTINCT", "GROUP", "HAVING", "IN", "IS", "JOIN", "LIKE", "LIMIT",
    "NIN", "NULL", "TOP", "VALUE",
];

/// Its functions.
const FUNCTIONS: [&str; 16] = [
    "ABS",
    "AVG",
    "CONCAT",
    "CONTAINS",
    "ENDSWITH",
    "INDEX_OF",
    "IS_ARRAY",
    "IS_BOOL",
    "IS_NULL",
    "IS_NUMBER",
    "IS_STRING",
    "LENGTH",
    "LOWER",
    "STARTSWITH",
    "SUBSTRING",
    "SUM",
];

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn refused(&self, expected: impl Into<alloc::borrow::Cow<'static, str>>) -> Rejection {
        let code = match self.is_other_part() {
            true => Code::WireQueryPart,
            false => Code::WireQuery,
        };
        self.refused_as(code, expected)
    }

    fn refused_as(
        &self,
        code: Code,
        expected: impl Into<alloc::borrow::Cow<'static, str>>,
    ) -> Rejection {
        let found = match self.rest().chars().next() {
            None => "the end".into(),
            Some(c) => format!("{c:?}"),
        };
        Rejection::new(code, Subject::field("query"))
            .at(self.at)
            .expected(expected)
            .found(found)
    }

    /// Whether what cannot stand here is a part of the query language, or of SQL, that is not answered.
    fn is_other_part(&self) -> bool {
        let rest = self.rest().trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        // A member may be called so: a function is one by its parenthesis.
        let called = after.trim_start().starts_with('(');
        let is = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        let number = word.starts_with(|c: char| c.is_ascii_digit())
            || rest.starts_with(['-', '[', '+', ',']);
        is(&OTHER_WORDS) || called && is(&FUNCTIONS) || number
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// The characters of a name that stand here.
    fn ahead(&mut self) -> &'a str {
        self.blanks();
        let rest = self.rest();
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$');
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// Passes the word, if it stands here, in whatever case.
    fn word(&mut self, word: &str) -> bool {
        let is = self.ahead().eq_ignore_ascii_case(word);
        if is {
            self.at += word.len();
        }
        is
    }

    fn expect_word(&mut self, word: &'static str) -> Result<(), Rejection> {
        if self.word(word) {
            return Ok(());
        }
        Err(self.refused(word))
    }

    /// Passes the sign, if it stands here.
    fn sign(&mut self, sign: &str) -> bool {
        self.blanks();
        let is = self.rest().starts_with(sign);
        if is {
            self.at += sign.len();
        }
        is
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Rejection> {
        if self.sign(sign) {
            return Ok(());
        }
        Err(self.refused(sign))
    }

    /// Passes the star. Members in its place are a choice of them, which is a part of the language.
    fn everything(&mut self) -> Result<(), Rejection> {
        if self.sign("*") {
            return Ok(());
        }
        let code = match self.ahead() {
            "" => Code::WireQuery,
            _ => Code::WireQueryPart,
        };
        Err(self.refused_as(code, "*"))
    }

    fn name(&mut self, expected: &'static str) -> Result<String, Rejection> {
        let name = self.ahead();
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !begins || name.ends_with('.') || name.contains("..") {
            return Err(self.refused(expected));
        }
        self.at += name.len();
        Ok(name.into())
    }

    fn or(&mut self, levels: usize) -> Result<Condition, Rejection> {
        let mut left = self.and(levels)?;
        while self.word("OR") {
            left = Condition::Or(Box::new(left), Box::new(self.and(levels)?));
        }
        Ok(left)
    }

    fn and(&mut self, levels: usize) -> Result<Condition, Rejection> {
        let mut left = self.not(levels)?;
        while self.word("AND") {
            left = Condition::And(Box::new(left), Box::new(self.not(levels)?));
        }
        Ok(left)
    }

    fn not(&mut self, levels: usize) -> Result<Condition, Rejection> {
        let too_deep = || self.refused(format!("at most {} levels", limits::QUERY_DEPTH));
        let levels = levels.checked_sub(1).ok_or_else(too_deep)?;
        if self.word("NOT") {
            return Ok(Condition::Not(Box::new(self.not(levels)?)));
        }
        if self.sign("(") {
            let inner = self.or(levels)?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.word("IS_DEFINED") {
            self.expect("(")?;
            let member = self.name("the name of a member")?;
            self.expect(")")?;
            return Ok(Condition::Defined(member));
        }
        self.blanks();
        if self.is_other_part() {
            return Err(self.refused("the name of a member, NOT, IS_DEFINED or a parenthesis"));
        }
        let member = self.name("the name of a member, NOT, IS_DEFINED or a parenthesis")?;
        Ok(Condition::Compare {
            member,
            comparison: self.comparison()?,
            value: self.literal()?,
        })
    }

    fn comparison(&mut self) -> Result<Comparison, Rejection> {
        // The longer ones first.
        let signs = [
            ("!=", Comparison::NotEqual),
            ("<>", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("=", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        let found = signs.iter().find(|(sign, _)| self.sign(sign));
        found
            .map(|(_, comparison)| *comparison)
            .ok_or_else(|| self.refused("=, !=, <, <=, > or >="))
    }

    fn literal(&mut self) -> Result<Literal, Rejection> {
        for (word, value) in [("true", true), ("false", false)] {
            if self.word(word) {
                return Ok(Literal::Bool(value));
            }
        }
        let Some(mark @ ('\'' | '"')) = self.rest().chars().next() else {
            return Err(self.refused("a text in quotation marks, true or false"));
        };
        self.at += 1;
        let mut out = String::new();
        loop {
            let Some((part, _)) = self.rest().split_once(mark) else {
                self.at = self.text.len();
                return Err(self.refused("a quotation mark"));
            };
            out.push_str(part);
            self.at += part.len() + 1;
            // Two of them are one.
            if !self.rest().starts_with(mark) {
                return Ok(Literal::Text(out));
            }
            out.push(mark);
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn condition(text: &str) -> Condition {
        Select::parse(&format!("SELECT * FROM enrollments WHERE {text}"))
            .unwrap()
            .condition
            .unwrap()
    }

    fn is(member: &str, value: &str) -> Condition {
        Condition::Compare {
            member: member.into(),
            comparison: Comparison::Equal,
            value: Literal::Text(value.into()),
        }
    }

    #[test]
    fn what_clients_send_selects_everything() {
        for text in [
            "",
            " ",
            "SELECT *",
            "select * from enrollments",
            "SELECT * FROM enrollmentGroups ",
            "SELECT * FROM devices",
        ] {
            assert_eq!(Select::parse(text).unwrap(), Select::default(), "{text}");
        }
        let ordered = Select::parse("SELECT * ORDER BY registrationId DESC").unwrap();
        assert_eq!(ordered.order_by.as_deref(), Some("registrationId"));
        assert!(ordered.descending);
        assert!(!Select::parse("SELECT * ORDER BY a asc").unwrap().descending);
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closest() {
        let (a, b, c) = (is("a", "1"), is("b", "2"), is("c", "3"));
        let boxed = |condition: &Condition| Box::new(condition.clone());
        let and = Condition::And(boxed(&b), boxed(&c));
        assert_eq!(
            condition("a='1' OR b='2' AND c='3'"),
            Condition::Or(boxed(&a), boxed(&and))
        );
        let or = Condition::Or(boxed(&a), boxed(&b));
        assert_eq!(
            condition("(a='1' or b='2') and c='3'"),
            Condition::And(boxed(&or), boxed(&c))
        );
        let not = Condition::Not(boxed(&a));
        assert_eq!(
            condition("NOT a = '1' AND b = \"2\""),
            Condition::And(boxed(&not), boxed(&b))
        );
        assert_eq!(
            condition("is_defined( a.b )"),
            Condition::Defined("a.b".into())
        );
        assert_eq!(condition("a='it''s \"x\"'"), is("a", "it's \"x\""));
        for (sign, comparison) in [
            ("!=", Comparison::NotEqual),
            ("<>", Comparison::NotEqual),
            ("<", Comparison::Less),
            ("<=", Comparison::LessOrEqual),
            (">", Comparison::Greater),
            (">=", Comparison::GreaterOrEqual),
        ] {
            let expected = Condition::Compare {
                member: "capabilities.iotEdge".into(),
                comparison,
                value: Literal::Bool(true),
            };
            assert_eq!(
                condition(&format!("capabilities.iotEdge {sign} TRUE")),
                expected
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_where_it_stands() {
        let deep = format!("SELECT * WHERE {}", "(".repeat(limits::QUERY_DEPTH + 1));
        let long = format!("SELECT * WHERE a = '{}'", "x".repeat(limits::QUERY_BYTES));
        for (text, position) in [
            ("DELETE *", 0),
            ("SELECT", 6),
            ("SELECT * FROM", 13),
            ("SELECT * FROM enrollments x", 26),
            ("SELECT * WHERE", 14),
            ("SELECT * WHERE a", 16),
            ("SELECT * WHERE a =", 18),
            ("SELECT * WHERE a = 'x", 21),
            ("SELECT * WHERE a. = 'x'", 15),
            ("SELECT * WHERE a..b = 'x'", 15),
            ("SELECT * WHERE (a = 'x'", 23),
            ("SELECT * WHERE a = 'x' b", 23),
            ("SELECT * ORDER a", 15),
            ("SELECT", 6),
            ("SELECT (a)", 7),
            ("SELECT * WHERE foo(a) = 'x'", 18),
            ("SELECT * WHERE \u{e9} = 'x'", 15),
            (&deep, 15 + limits::QUERY_DEPTH),
            (&long, 0),
        ] {
            let refused = Select::parse(text).unwrap_err();
            assert_eq!(refused.code(), Code::WireQuery, "{text}");
            assert_eq!(refused.position(), Some(position), "{text}: {refused}");
        }
    }

    #[test]
    fn c4_parts_of_the_language_that_are_not_answered_have_a_code_of_their_own() {
        for (text, position) in [
            ("SELECT deviceId", 7),
            ("SELECT deviceId, etag FROM enrollments", 7),
            ("SELECT TOP 5 * FROM enrollments", 7),
            ("SELECT COUNT() FROM enrollments", 7),
            ("SELECT * FROM enrollments JOIN x", 26),
            ("select * from enrollments group by provisioningStatus", 26),
            ("SELECT * FROM enrollments LIMIT 5", 26),
            ("SELECT * WHERE a = 1", 19),
            ("SELECT * WHERE a = -1.5", 19),
            ("SELECT * WHERE a = null", 19),
            ("SELECT * WHERE a LIKE 'x'", 17),
            ("SELECT * WHERE a IN ['x', 'y']", 17),
            ("SELECT * WHERE a IS NULL", 17),
            ("SELECT * WHERE startswith(deviceId, 'a')", 15),
            ("SELECT * WHERE a = 'x' AND ENDSWITH (deviceId, 'a')", 27),
            ("SELECT * WHERE IS_STRING(a)", 15),
            ("SELECT * ORDER BY a, b", 19),
        ] {
            let refused = Select::parse(text).unwrap_err();
            assert_eq!(refused.code(), Code::WireQueryPart, "{text}");
            assert_eq!(refused.position(), Some(position), "{text}: {refused}");
        }
        // Members may be called as functions are.
        assert_eq!(condition("length = 'x'"), is("length", "x"));
        assert_eq!(condition("contains = 'x'"), is("contains", "x"));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(SELECT \\* )?(WHERE )?[a-zANDORT()='\"<>! .\u{e9}]{0,60}") {
            if let Err(refused) = Select::parse(&text) {
                prop_assert!(refused.position().is_some_and(|at| text.is_char_boundary(at)));
            }
        }
    }
}
