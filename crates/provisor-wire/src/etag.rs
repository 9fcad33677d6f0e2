//! Entity tags, and the header that names them.

use alloc::format;
use alloc::string::String;
use core::fmt;

use data_encoding::BASE64;
use provisor_report::{Code, Rejection, Subject};

use crate::header;
use crate::http::Headers;
use crate::json::Value;
use crate::shape::{At, Shape};

/// An entity tag: any text to whoever reads it.
///
/// Those of the service are the base64 of a text in quotation marks, as [`of`](Self::of) makes them.
///
/// ```
/// use provisor_wire::EntityTag;
///
/// let tag = EntityTag::of("69003552-0000-0300-0000-630fda8a0000");
/// assert_eq!(tag.as_str(), "IjY5MDAzNTUyLTAwMDAtMDMwMC0wMDAwLTYzMGZkYThhMDAwMCI=");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntityTag(String);

impl EntityTag {
    /// The tag for a version of an entity, in the service's form.
    #[must_use]
    pub fn of(version: &str) -> Self {
        Self(BASE64.encode(format!("\"{version}\"").as_bytes()))
    }

    /// The tag as it stands in a body.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The version that [`of`](Self::of) made the tag for; none for a tag of another form.
    ///
    /// ```
    /// # use provisor_wire::EntityTag;
    /// assert_eq!(EntityTag::of("v1").version().as_deref(), Some("v1"));
    /// assert_eq!(EntityTag::from("v1").version(), None);
    /// ```
    #[must_use]
    pub fn version(&self) -> Option<String> {
        let bytes = BASE64.decode(self.core().as_bytes()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let inside = text.strip_prefix('"')?.strip_suffix('"')?;
        Some(inside.into())
    }

    /// The tag without what clients put around it.
    fn core(&self) -> &str {
        core_of(&self.0)
    }
}

/// Clients send the tag bare, in quotation marks, or as a weak one (RFC 9110 section 8.8.3), and tags of older
/// versions have quotation marks of their own: what is compared is what is inside all of them.
fn core_of(text: &str) -> &str {
    let mut core = text.trim();
    loop {
        let bare = core.strip_prefix("W/").unwrap_or(core);
        let inside = bare.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        let next = inside.unwrap_or(bare).trim();
        // Until nothing is left to take off: each round takes a byte at least.
        if next.len() == core.len() {
            return core;
        }
        core = next;
    }
}

/// Several tags, each in quotation marks, or a star among them. A bare tag with a comma in it is one tag.
fn is_list(value: &str) -> bool {
    let mut parts = value.split(',').map(str::trim);
    let tag = |part: &str| {
        let opaque = part.strip_prefix("W/").unwrap_or(part);
        part == "*" || opaque.len() > 1 && opaque.starts_with('"') && opaque.ends_with('"')
    };
    value.contains(',') && parts.all(tag)
}

impl From<String> for EntityTag {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for EntityTag {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Shape for EntityTag {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        String::read(value, at).map(Self)
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }
}

/// The header `if-match`: which version of an entity the request is for.
///
/// ```
/// use provisor_wire::{EntityTag, IfMatch};
///
/// let tag = EntityTag::of("v1");
/// for header in [tag.as_str(), "\"InYxIg==\"", " W/\"InYxIg==\" ", "*"] {
///     assert!(IfMatch::parse(header).is_some_and(|wanted| wanted.allows(&tag)), "{header}");
/// }
/// assert!(IfMatch::parse("\"other\"").is_some_and(|wanted| !wanted.allows(&tag)));
/// assert_eq!(IfMatch::parse("  "), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IfMatch {
    /// Any, but there has to be one.
    Any,
    /// This one.
    Tag(EntityTag),
}

impl IfMatch {
    /// Reads the condition of a request.
    ///
    /// ```
    /// use provisor_wire::IfMatch;
    ///
    /// assert_eq!(IfMatch::from_headers(&[("If-Match", "*")])?, Some(IfMatch::Any));
    /// assert_eq!(IfMatch::from_headers(&[("accept", "*")])?, None);
    /// for twice in [&[("if-match", "\"a\""), ("If-Match", "\"b\"")][..], &[("if-match", "\"a\", \"b\"")]] {
    ///     let refused = IfMatch::from_headers(twice).unwrap_err();
    ///     assert_eq!(refused.code().name(), "WIRE_HEADER_TWICE");
    /// }
    /// # Ok::<(), provisor_wire::Rejection>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `WIRE_HEADER_TWICE` for two headers, and for the list that a proxy makes of them (RFC 9110 section
    /// 13.1.1 has one): clients send the version that they read, and whoever took the first of two would
    /// overwrite what the second was meant to guard.
    pub fn from_headers(headers: &(impl Headers + ?Sized)) -> Result<Option<Self>, Rejection> {
        let Some(value) = headers.only(header::IF_MATCH)? else {
            return Ok(None);
        };
        if is_list(value) {
            let subject = Subject::field(header::IF_MATCH);
            return Err(Rejection::new(Code::WireHeaderTwice, subject)
                .expected("one entity tag")
                .found("a list of them"));
        }
        Ok(Self::parse(value))
    }

    /// Reads the header's value; a blank one is as good as none. A tag in which nothing is stands for a
    /// version that there never was (RFC 9110 section 8.8.3 allows it): it is a condition, and none
    /// that any entity meets.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        if header.trim().is_empty() {
            return None;
        }
        Some(match core_of(header) {
            "*" => Self::Any,
            core => Self::Tag(EntityTag(core.into())),
        })
    }

    /// True when an entity with that tag is one that the request is for.
    #[must_use]
    pub fn allows(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Any => true,
            Self::Tag(wanted) => wanted.core() == tag.core(),
        }
    }

    /// The header's value: the tag in quotation marks, as RFC 9110 has it.
    #[must_use]
    pub fn to_header(&self) -> String {
        match self {
            Self::Any => "*".into(),
            Self::Tag(tag) => format!("\"{}\"", tag.core()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_older_versions_have_quotation_marks_of_their_own() {
        let old = EntityTag::from("\"6d00\"");
        for header in ["6d00", "\"6d00\"", "W/\"6d00\""] {
            assert!(IfMatch::parse(header).unwrap().allows(&old), "{header}");
        }
        assert!(!IfMatch::parse("6D00").unwrap().allows(&old));
        assert!(!IfMatch::parse("\"6d0").unwrap().allows(&old));
        // Found by fuzzing: what was normalized was normalized again to something else.
        for odd in [
            "W/\" a\"",
            "\"W/\"a\"\"",
            "W/a",
            "W/W/\"a\"",
            "\"",
            "\"\"\"",
        ] {
            if let Some(wanted) = IfMatch::parse(odd) {
                assert_eq!(IfMatch::parse(&wanted.to_header()), Some(wanted), "{odd}");
            }
        }
    }

    /// A client whose variable was empty must not delete whatever there is.
    #[test]
    fn an_empty_tag_is_a_condition_that_nothing_meets() {
        for header in ["\"\"", "W/\"\"", " \"\" ", "W/", "\" \"", "\"\"\"\""] {
            let wanted = IfMatch::parse(header).unwrap();
            assert!(!wanted.allows(&EntityTag::of("v1")), "{header}");
            assert_eq!(
                IfMatch::parse(&wanted.to_header()),
                Some(wanted),
                "{header}"
            );
        }
        assert_eq!(IfMatch::parse(" \t"), None);
    }

    #[test]
    fn a_condition_that_is_sent_twice_is_refused_and_a_comma_is_no_list() {
        for value in ["\"a\",\"b\"", "W/\"a\" , \"a\"", "*, \"a\"", "\"a\", *"] {
            let refused = IfMatch::from_headers(&[("if-match", value)]).unwrap_err();
            assert_eq!(refused.code(), Code::WireHeaderTwice, "{value}");
        }
        // The same twice is two as well: who sends it is not known.
        let refused = IfMatch::from_headers(&[("if-match", "*"), ("IF-MATCH", "*")]);
        assert_eq!(refused.unwrap_err().code(), Code::WireHeaderTwice);
        for value in ["a,b", "\"a,b\"", "\"a\",b", ",", "IjYsMCI="] {
            let read = IfMatch::from_headers(&[("if-match", value)]);
            assert_eq!(read, Ok(IfMatch::parse(value)), "{value}");
        }
        assert_eq!(IfMatch::from_headers(&[("if-match", "  ")]), Ok(None));
    }

    #[test]
    fn what_is_sent_is_understood() {
        for wanted in [IfMatch::Any, IfMatch::Tag(EntityTag::of("x"))] {
            assert_eq!(IfMatch::parse(&wanted.to_header()), Some(wanted));
        }
    }
}
