//! What is kept for the caller, unread.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::limits;

/// Members of the wire that nothing here makes use of, by name, each with the text of its JSON value:
/// what is sent is returned. `optionalDeviceInformation` is one, the storage root key of a TPM's
/// enrollment another, and whatever a newer client sends.
///
/// For a member inside another the name is its path, with slashes: `attestation/tpm/storageRootKey`.
/// In the order of their names, so that what is stored is the same whatever order was sent.
///
/// ```
/// use provisor::operations::Members;
///
/// let mut members = Members::new();
/// members.insert("optionalDeviceInformation", "{\"line\":7}")?;
/// assert_eq!(members.get("optionalDeviceInformation"), Some("{\"line\":7}"));
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Members(BTreeMap<Box<str>, Box<str>>);

impl Members {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Keeps a member; one of the same name is replaced.
    ///
    /// # Errors
    /// [`ServiceMembers`](Code::ServiceMembers) for an empty name, beyond [`limits::MEMBERS`] or
    /// beyond [`limits::MEMBERS_BYTES`]. What was there is there still.
    pub fn insert(&mut self, name: &str, json: &str) -> Result<(), Rejection> {
        let refused = || Rejection::new(Code::ServiceMembers, Subject::field(name.to_owned()));
        if name.is_empty() {
            return Err(
                Rejection::new(Code::ServiceMembers, Subject::field("members"))
                    .found("a member without a name"),
            );
        }
        let replaced = self.0.get(name).map_or(0, |old| name.len() + old.len());
        if replaced == 0 && self.0.len() >= limits::MEMBERS {
            return Err(refused().expected(format!("at most {} members", limits::MEMBERS)));
        }
        let bytes = (self.bytes() - replaced)
            .saturating_add(name.len())
            .saturating_add(json.len());
        if bytes > limits::MEMBERS_BYTES {
            return Err(refused()
                .expected(format!("at most {} bytes", limits::MEMBERS_BYTES))
                .found(format!("{bytes} bytes")));
        }
        self.0.insert(
            name.to_owned().into_boxed_str(),
            json.to_owned().into_boxed_str(),
        );
        Ok(())
    }

    /// The JSON text of that member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|json| &**json)
    }

    /// The members in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, json)| (&**name, &**json))
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn bytes(&self) -> usize {
        self.iter()
            .map(|(name, json)| name.len() + json.len())
            .sum()
    }
}

impl fmt::Debug for Members {
    /// The names: what somebody keeps here is theirs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c13_members_come_back_and_are_bounded() {
        let mut members = Members::new();
        members.insert("b", "[1, 2]").unwrap();
        members.insert("a/c", "null").unwrap();
        members.insert("b", "3").unwrap();
        let kept: alloc::vec::Vec<_> = members.iter().collect();
        assert_eq!(kept, [("a/c", "null"), ("b", "3")]);
        assert_eq!(format!("{members:?}"), "{\"a/c\", \"b\"}");
        let long = "x".repeat(limits::MEMBERS_BYTES);
        for (name, json) in [("", "1"), ("long", &*long)] {
            let refused = members.insert(name, json).unwrap_err();
            assert_eq!(refused.code(), Code::ServiceMembers, "{name}");
        }
        for number in members.0.len()..limits::MEMBERS {
            members.insert(&format!("m{number}"), "0").unwrap();
        }
        assert!(members.insert("b", "4").is_ok());
        assert!(members.insert("another", "0").is_err());
    }
}
