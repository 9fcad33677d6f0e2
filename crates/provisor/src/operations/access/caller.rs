//! Who calls.

use alloc::boxed::Box;
use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::right::{Right, Rights};

/// Who calls, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    name: Box<str>,
    rights: Rights,
}

impl Caller {
    /// A caller whom the server knows by other means: the administrator on the command line, or
    /// somebody whom an identity provider vouched for. The name goes into the audit log.
    #[must_use]
    pub fn new(name: impl Into<Box<str>>, rights: Rights) -> Self {
        Self {
            name: name.into(),
            rights,
        }
    }

    /// The name, for a shared access policy the policy's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What they may do.
    #[must_use]
    pub const fn rights(&self) -> Rights {
        self.rights
    }

    /// Whether they have each of those rights: nobody hands out, or takes hold of, more than they have.
    pub(crate) fn permit_all(&self, rights: Rights) -> Result<(), Rejection> {
        rights.iter().try_for_each(|right| self.permit(right))
    }

    /// Whether they have that right.
    pub(crate) fn permit(&self, right: Right) -> Result<(), Rejection> {
        if self.rights.has(right) {
            return Ok(());
        }
        Err(
            Rejection::new(Code::ServiceRight, Subject::field("authorization"))
                .expected(format!("a policy with {right}"))
                .found(format!("{} with {}", self.name, self.rights)),
        )
    }
}
