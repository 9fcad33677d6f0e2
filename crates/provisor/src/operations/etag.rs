//! Versions: which one is stored, and which one a request is for.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::Random;

use super::kind::Kind;
use super::transaction::Expected;
use crate::enrollment::Etag;

/// Which stored version a write is for: the `If-Match` of the request.
///
/// | `If-Match` | it is stored | it is not |
/// |---|---|---|
/// | absent | replaced | made |
/// | `*` | replaced | refused, 412 |
/// | a tag | replaced if it is that version, else refused, 412 | refused, 412 |
///
/// The header field is read by `provisor-wire`; tags are compared here without the quotation marks that
/// clients and older versions put around them.
///
/// So RFC 9110 section 13.1.1 has it. For a deletion, which would be refused without any condition
/// (section 13.2.1), what is not stored is not found, 404.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// Any, or none.
    #[default]
    Any,
    /// Any that exists: `*`.
    Exists,
    /// That one.
    Tag(Etag),
}

impl IfMatch {
    /// Which version the store must have when it writes.
    pub(super) fn for_put(
        &self,
        kind: Kind,
        id: &str,
        stored: Option<&Etag>,
    ) -> Result<Expected, Rejection> {
        match (stored, self) {
            (None, Self::Any) => Ok(Expected::Absent),
            (None, Self::Exists | Self::Tag(_)) => Err(refused(Code::ServiceEtagAbsent, kind)
                .expected(format!("a stored version of {id}"))),
            (Some(stored), wanted) => wanted.for_stored(kind, id, stored),
        }
    }

    /// Which version of what is stored the store must have.
    pub(super) fn for_stored(
        &self,
        kind: Kind,
        id: &str,
        stored: &Etag,
    ) -> Result<Expected, Rejection> {
        match self {
            Self::Tag(wanted) if bare(wanted.as_str()) != bare(stored.as_str()) => {
                Err(refused(Code::ServiceEtag, kind)
                    .expected(format!("the version {wanted} of {id}"))
                    .found(format!("the version {stored}")))
            }
            Self::Any | Self::Exists | Self::Tag(_) => Ok(Expected::Tag(stored.clone())),
        }
    }
}

/// Draws the tag of a new version. Drawn and not counted, so that what is deleted and made anew
/// never has a version that somebody read before.
pub(super) fn draw(random: &mut dyn Random) -> Result<Etag, Rejection> {
    let mut drawn = [0; 16];
    random.fill(&mut drawn)?;
    Ok(Etag::of_bytes(&drawn))
}

/// The tag itself: without white space, the mark of a weak one, and quotation marks. One official client
/// adds a pair to what it read, which had one in older versions.
pub(super) fn bare(text: &str) -> &str {
    let mut text = text;
    loop {
        let less = text.trim();
        let less = less.strip_prefix("W/").unwrap_or(less);
        let inner = less
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let less = inner.unwrap_or(less);
        // Each time round it is shorter, or done.
        if less.len() == text.len() {
            return less;
        }
        text = less;
    }
}

fn refused(code: Code, kind: Kind) -> Rejection {
    Rejection::new(code, Subject::field(format!("{kind}.etag")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(if_match: Option<&str>, stored: Option<&str>) -> Result<Expected, Code> {
        let stored = stored.map(|tag| Etag::parse(tag).unwrap());
        let wanted = match if_match {
            None => IfMatch::Any,
            Some("*") => IfMatch::Exists,
            Some(tag) => IfMatch::Tag(Etag::parse(tag).unwrap()),
        };
        wanted
            .for_put(Kind::LinkedHub, "x", stored.as_ref())
            .map_err(|rejection| rejection.code())
    }

    #[test]
    fn c3_etag_every_form_of_if_match() {
        let tag = |text| Ok(Expected::Tag(Etag::parse(text).unwrap()));
        for (if_match, stored, expected) in [
            (None, None, Ok(Expected::Absent)),
            (None, Some("a"), tag("a")),
            (Some("*"), None, Err(Code::ServiceEtagAbsent)),
            (Some("*"), Some("a"), tag("a")),
            (Some("a"), None, Err(Code::ServiceEtagAbsent)),
            (Some("a"), Some("a"), tag("a")),
            (Some("\"a\""), Some("a"), tag("a")),
            (Some("W/\"a\""), Some("\"a\""), tag("\"a\"")),
            (Some("a"), Some("\"a\""), tag("\"a\"")),
            (Some("\"\"a\"\""), Some("\"a\""), tag("\"a\"")),
            (Some("b"), Some("a"), Err(Code::ServiceEtag)),
            (Some("A"), Some("a"), Err(Code::ServiceEtag)),
            (Some("\"a"), Some("a"), Err(Code::ServiceEtag)),
        ] {
            assert_eq!(judge(if_match, stored), expected, "{if_match:?} {stored:?}");
        }
    }
}
