//! What is written down about operations.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;

use provisor_report::{Code, UnixTime};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::IdScope;
use crate::operations::audit::{AuditEntry, Finding};
use crate::operations::kind::{Kind, Verb};
use crate::stored::Version;

#[derive(Serialize)]
struct Write<'a> {
    version: Version<1>,
    scope: &'a IdScope,
    at: i64,
    who: &'a str,
    verb: &'static str,
    kind: &'static str,
    id: &'a str,
    finding: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<'a> {
    #[serde(rename = "version")]
    _version: Version<1>,
    scope: IdScope,
    at: i64,
    who: Box<str>,
    #[serde(borrow)]
    verb: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    id: Box<str>,
    #[serde(borrow)]
    finding: Cow<'a, str>,
    code: Option<u16>,
}

impl Serialize for AuditEntry {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (finding, code) = match self.finding {
            Finding::Challenged => ("challenged", None),
            Finding::Done => ("done", None),
            Finding::Failed(code) => ("failed", Some(code)),
            Finding::Refused(code) => ("refused", Some(code)),
        };
        let write = Write {
            version: Version,
            scope: &self.scope,
            at: self.at.seconds(),
            who: &self.who,
            verb: self.verb.as_str(),
            kind: self.kind.as_str(),
            id: &self.id,
            finding,
            code: code.map(Code::number),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for AuditEntry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        let unknown = |what: &str| D::Error::custom(format!("{what:?} is not known"));
        let mut verbs = Verb::ALL.into_iter();
        let verb = verbs.find(|verb| verb.as_str() == read.verb);
        let mut kinds = Kind::ALL.into_iter();
        let kind = kinds.find(|kind| kind.as_str() == read.kind);
        let code = match read.code {
            None => None,
            Some(number) => Some(
                Code::from_number(number)
                    .ok_or_else(|| D::Error::custom(format!("{number} is no code")))?,
            ),
        };
        let finding = match (&*read.finding, code) {
            ("challenged", None) => Finding::Challenged,
            ("done", None) => Finding::Done,
            ("failed", Some(code)) => Finding::Failed(code),
            ("refused", Some(code)) => Finding::Refused(code),
            (other, _) => return Err(unknown(other)),
        };
        let done = (
            verb.ok_or_else(|| unknown(&read.verb))?,
            kind.ok_or_else(|| unknown(&read.kind))?,
            &*read.id,
        );
        let at = UnixTime::new(read.at);
        Ok(Self::new(&read.scope, at, &read.who, done, finding))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn an_entry_comes_back_and_nothing_else_does() {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        for verb in Verb::ALL {
            for kind in Kind::ALL {
                for finding in [
                    Finding::Challenged,
                    Finding::Done,
                    Finding::Failed(Code::RegUnavailable),
                    Finding::Refused(Code::ServiceRight),
                ] {
                    let done = (verb, kind, "line \"7\"");
                    let entry = AuditEntry::new(&scope, UnixTime::new(7), "who\n", done, finding);
                    let json = serde_json::to_string(&entry).unwrap();
                    assert_eq!(serde_json::from_str::<AuditEntry>(&json).unwrap(), entry);
                }
            }
        }
        let done = (Verb::Put, Kind::LinkedHub, "h");
        let code = Finding::Refused(Code::ServiceRight);
        let entry = AuditEntry::new(&scope, UnixTime::new(7), "w", done, code);
        let json = serde_json::to_string(&entry).unwrap();
        for (from, to, says) in [
            ("\"put\"", "\"push\"", "push"),
            ("\"linkedHub\"", "\"hub\"", "hub"),
            ("\"refused\"", "\"done\"", "done"),
            ("\"code\":", "\"code\":5", "no code"),
            ("\"version\":1", "\"version\":2", "version"),
            ("\"who\":", "\"whose\":", "whose"),
        ] {
            let other = json.replace(from, to);
            assert_ne!(other, json);
            let refused = serde_json::from_str::<AuditEntry>(&other).unwrap_err();
            assert!(refused.to_string().contains(says), "{other}: {refused}");
        }
    }
}
