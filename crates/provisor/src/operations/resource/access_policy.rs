//! A shared access policy.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::enrollment::SymmetricKeys;
use crate::operations::access::Rights;

/// A shared access policy: a name, two keys, rights (DPS, how to control access). Secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessPolicy {
    /// What tokens name it by.
    pub name: PolicyName,
    /// The keys that they are signed with: two, so that one can be replaced while the other is in use.
    pub keys: SymmetricKeys,
    /// What its holders may do.
    pub rights: Rights,
}

/// The name of a policy, the `skn` of tokens: case counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyName(Box<str>);

impl AccessPolicy {
    /// The name that the first policy of a service has, by convention of connection strings.
    pub const OWNER: &'static str = "provisioningserviceowner";

    /// A policy as it was stored, or the first one of a service that is made.
    #[must_use]
    pub const fn new(name: PolicyName, keys: SymmetricKeys, rights: Rights) -> Self {
        Self { name, keys, rights }
    }
}

impl PolicyName {
    /// Accepts 1 to 64 letters, digits, `-`, `.` and `_`.
    ///
    /// # Errors
    /// [`ServicePolicyName`](Code::ServicePolicyName).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(legal) {
            return Ok(Self(text.to_owned().into_boxed_str()));
        }
        Err(Rejection::new(
            Code::ServicePolicyName,
            Subject::field("keyName"),
        ))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for PolicyName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
