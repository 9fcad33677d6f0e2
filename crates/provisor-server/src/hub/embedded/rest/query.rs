//! Queries over the devices of a hub.
//!
//! ```text
//! query      = SELECT ( * | COUNT() AS name ) FROM devices [ WHERE any ]
//! any        = all *( OR all )
//! all        = one *( AND one )
//! one        = NOT one | ( any ) | is_defined(path) | path operator value | path IN [ value, .. ]
//! operator   = "=" | "!=" | "<>" | "<" | "<=" | ">" | ">="
//! value      = 'text' | number | true | false | null
//! ```
//!
//! A path goes through the twin as it is shown: `deviceId`, `status`, `tags.line`,
//! `properties.reported.version`.

use core::cmp::Ordering;

use provisor::{Code, Rejection, Subject};
use serde_json::Value;

use crate::store::Result;

/// Bytes of a query.
const BYTES: usize = 4096;

/// How deep conditions may be nested.
const DEPTH: usize = 16;

/// A query.
#[derive(Debug)]
pub(crate) struct Query {
    /// The name of the one member of the answer, if devices are counted only.
    pub(crate) count_as: Option<String>,
    filter: Option<Condition>,
}

#[derive(Debug)]
enum Condition {
    Any(Vec<Self>),
    All(Vec<Self>),
    Not(Box<Self>),
    Defined(Vec<String>),
    Compare(Vec<String>, Operator, Value),
    In(Vec<String>, Vec<Value>),
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// [`WireQuery`](Code::WireQuery), with the position.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.len() > BYTES {
            return Err(refused(0, "a shorter query"));
        }
        let mut reader = Reader { text, at: 0 };
        reader.word("SELECT")?;
        let count_as = if reader.sign("*") {
            None
        } else {
            reader.word("COUNT")?;
            reader.must("(")?;
            reader.must(")")?;
            reader.word("AS")?;
            Some(reader.name()?)
        };
        reader.word("FROM")?;
        reader.word("devices")?;
        let filter = if reader.is_word("WHERE") {
            Some(reader.any(DEPTH)?)
        } else {
            None
        };
        reader.skip();
        if reader.at < text.len() {
            return Err(reader.expected("the end, or WHERE and conditions"));
        }
        Ok(Self { count_as, filter })
    }

    /// Whether a twin, as it is shown, is asked for.
    pub(crate) fn is_met(&self, twin: &Value) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| filter.is_met(twin))
    }
}

impl Condition {
    fn is_met(&self, twin: &Value) -> bool {
        match self {
            Self::Any(all) => all.iter().any(|it| it.is_met(twin)),
            Self::All(all) => all.iter().all(|it| it.is_met(twin)),
            Self::Not(it) => !it.is_met(twin),
            Self::Defined(path) => found(twin, path).is_some(),
            Self::Compare(path, operator, wanted) => {
                found(twin, path).is_some_and(|it| operator.holds(it, wanted))
            }
            Self::In(path, wanted) => found(twin, path).is_some_and(|it| {
                wanted
                    .iter()
                    .any(|wanted| Operator::Equal.holds(it, wanted))
            }),
        }
    }
}

impl Operator {
    fn holds(self, found: &Value, wanted: &Value) -> bool {
        let order = match (found, wanted) {
            (Value::String(found), Value::String(wanted)) => Some(found.cmp(wanted)),
            (Value::Number(found), Value::Number(wanted)) => found
                .as_f64()
                .zip(wanted.as_f64())
                .and_then(|(a, b)| a.partial_cmp(&b)),
            (found, wanted) => (found == wanted).then_some(Ordering::Equal),
        };
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        }
    }
}

fn found<'t>(twin: &'t Value, path: &[String]) -> Option<&'t Value> {
    path.iter().try_fold(twin, |value, name| value.get(name))
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.skip();
        let is_there = self.rest().starts_with(sign);
        if is_there {
            self.at += sign.len();
        }
        is_there
    }

    fn must(&mut self, sign: &'static str) -> Result<()> {
        if self.sign(sign) {
            return Ok(());
        }
        Err(self.expected(sign))
    }

    /// A name that is there, without going on.
    fn peek(&mut self) -> &'t str {
        self.skip();
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$' || c == '-'));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    fn is_word(&mut self, word: &str) -> bool {
        let found = self.peek();
        let is_it = found.eq_ignore_ascii_case(word);
        if is_it {
            self.at += found.len();
        }
        is_it
    }

    fn word(&mut self, word: &'static str) -> Result<()> {
        if self.is_word(word) {
            return Ok(());
        }
        Err(self.expected(word))
    }

    fn name(&mut self) -> Result<String> {
        let name = self.peek();
        if name.is_empty() {
            return Err(self.expected("a name"));
        }
        self.at += name.len();
        Ok(name.to_owned())
    }

    fn path(&mut self) -> Result<Vec<String>> {
        let mut path = vec![self.name()?];
        while self.sign(".") {
            path.push(self.name()?);
        }
        // `devices.` is the collection itself.
        if path.len() > 1
            && path
                .first()
                .is_some_and(|it| it.eq_ignore_ascii_case("devices"))
        {
            path.remove(0);
        }
        Ok(path)
    }

    fn any(&mut self, depth: usize) -> Result<Condition> {
        let mut all = vec![self.all(depth)?];
        while self.is_word("OR") {
            all.push(self.all(depth)?);
        }
        Ok(Condition::Any(all))
    }

    fn all(&mut self, depth: usize) -> Result<Condition> {
        let mut all = vec![self.one(depth)?];
        while self.is_word("AND") {
            all.push(self.one(depth)?);
        }
        Ok(Condition::All(all))
    }

    fn one(&mut self, depth: usize) -> Result<Condition> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.expected("conditions that are nested less"));
        };
        if self.is_word("NOT") {
            return Ok(Condition::Not(Box::new(self.one(depth)?)));
        }
        if self.sign("(") {
            let condition = self.any(depth)?;
            self.must(")")?;
            return Ok(condition);
        }
        if self.is_word("is_defined") {
            self.must("(")?;
            let path = self.path()?;
            self.must(")")?;
            return Ok(Condition::Defined(path));
        }
        let path = self.path()?;
        if self.is_word("IN") {
            self.must("[")?;
            let mut values = vec![self.value()?];
            while self.sign(",") {
                values.push(self.value()?);
            }
            self.must("]")?;
            return Ok(Condition::In(path, values));
        }
        let operator = self.operator()?;
        Ok(Condition::Compare(path, operator, self.value()?))
    }

    fn operator(&mut self) -> Result<Operator> {
        for (sign, operator) in [
            ("!=", Operator::NotEqual),
            ("<>", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ] {
            if self.sign(sign) {
                return Ok(operator);
            }
        }
        Err(self.expected("a comparison"))
    }

    fn value(&mut self) -> Result<Value> {
        for quote in ["'", "\""] {
            if self.sign(quote) {
                let rest = self.rest();
                let Some(end) = rest.find(quote) else {
                    return Err(self.expected("the end of the text"));
                };
                self.at += end + 1;
                return Ok(rest.get(..end).unwrap_or_default().into());
            }
        }
        for (word, value) in [
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("null", Value::Null),
        ] {
            if self.is_word(word) {
                return Ok(value);
            }
        }
        self.skip();
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c)));
        let number = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        match serde_json::from_str::<Value>(number) {
            Ok(value @ Value::Number(_)) => {
                self.at += number.len();
                Ok(value)
            }
            _ => Err(self.expected("a text in quotation marks, a number, true, false or null")),
        }
    }

    fn expected(&self, what: &'static str) -> Box<Rejection> {
        refused(self.at, what)
    }
}

fn refused(at: usize, expected: &'static str) -> Box<Rejection> {
    Rejection::new(Code::WireQuery, Subject::field("query"))
        .at(at)
        .expected(expected)
        .into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_hold_or_do_not() {
        let twin = json!({
            "deviceId": "press-7", "status": "enabled",
            "tags": {"line": 7, "site": "A"},
            "properties": {"reported": {"ok": true}},
        });
        for (filter, expected) in [
            ("", true),
            ("WHERE deviceId = 'press-7'", true),
            ("where devices.deviceId='other'", false),
            ("WHERE tags.line >= 7 AND tags.line < 7.5", true),
            ("WHERE tags.line = 8 OR tags.site IN ['B', 'A']", true),
            (
                "WHERE NOT (status = 'disabled') AND properties.reported.ok = true",
                true,
            ),
            (
                "WHERE is_defined(tags.line) AND NOT is_defined(tags.other)",
                true,
            ),
            ("WHERE tags.other != 1", false),
            ("WHERE tags.line <> 1 AND tags.site > 'B'", false),
            ("WHERE tags.line = '7'", false),
        ] {
            let query = Query::parse(&format!("SELECT * FROM devices {filter}")).unwrap();
            assert_eq!(query.is_met(&twin), expected, "{filter}");
        }
        let counted = Query::parse("SELECT COUNT() AS total FROM devices").unwrap();
        assert_eq!(counted.count_as.as_deref(), Some("total"));
    }

    #[test]
    fn what_cannot_be_read_is_refused_where_it_stands() {
        for (text, at) in [
            ("", 0),
            ("SELECT deviceId FROM devices", 7),
            ("SELECT * FROM devices.modules", 21),
            ("SELECT * FROM devices WHERE", 27),
            ("SELECT * FROM devices WHERE a = ", 32),
            ("SELECT * FROM devices WHERE a = 'b", 33),
            ("SELECT * FROM devices WHERE (a = 1", 34),
            ("SELECT * FROM devices WHERE a ~ 1", 30),
            ("SELECT * FROM devices GROUP BY a", 22),
        ] {
            let refused = Query::parse(text).unwrap_err();
            assert_eq!(
                (refused.code(), refused.position()),
                (Code::WireQuery, Some(at)),
                "{text}"
            );
        }
        let deep = format!("SELECT * FROM devices WHERE {}a=1", "(".repeat(100));
        assert!(Query::parse(&deep).is_err());
        assert!(Query::parse(&" ".repeat(BYTES + 1)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,80}", words in "(SELECT|\\*|FROM|devices|WHERE|a|=|'|1|\\(|\\)|NOT|AND| ){0,24}") {
            let _ = Query::parse(&text);
            let _ = Query::parse(&format!("SELECT * FROM devices WHERE {words}"));
        }
    }
}
