//! Where in a path something was judged.

use provisor_report::Subject;

use crate::fault::shown;
use crate::name::Name;

/// Where in a path something was judged.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    Certificate { depth: u8, name: Name<'a> },
    Anchor { name: Name<'a> },
}

impl Place<'_> {
    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::Certificate { depth, name } => {
                Subject::certificate(*depth, alloc::format!("{}", shown(name)))
            }
            Self::Anchor { name } => Subject::trust_anchor(alloc::format!("{}", shown(name))),
        }
    }
}
