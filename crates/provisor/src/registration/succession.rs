//! Which enrollment's devices may go on under which other: the operator's word.

use crate::attestation::EnrollmentRef;
use crate::enrollment::Generation;
use crate::id::GroupId;
use crate::limits;

/// That the devices of one enrollment may go on under another one: how a fleet moves to a new group
/// after a change of its CA.
///
/// ```
/// # use provisor::{GroupId, IdScope};
/// use provisor::registration::{EnrollmentSelector as Of, Service, Succession};
///
/// # fn main() -> Result<(), provisor::Rejection> {
/// # let scope = IdScope::parse("0ne0A1B2C3D")?;
/// let [old, new] = [GroupId::parse("line-7")?, GroupId::parse("line-7-2027")?];
/// let moved = Succession::new(Of::Group(old), Of::Group(new));
/// let service = Service::new(scope).with_successions([moved])?;
/// # Ok(())
/// # }
/// ```
///
/// It is one step: that a first one's may go on under a second one, and that one's under a third,
/// leads no device from the first to the third, unless it registered under the second in between.
///
/// Risk: whoever holds a CA of the second one can take every device of the first one, with its
/// data. Take it out again when all of them have registered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct Succession {
    /// Whose devices.
    pub from: EnrollmentSelector,
    /// Under which enrollment they may go on.
    pub to: EnrollmentSelector,
}

/// One enrollment, or all of one name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum EnrollmentSelector {
    /// The enrollment of that generation, a group or an individual one.
    Generation(Generation),
    /// Any group of that name, whenever it was made and whatever its CAs.
    Group(GroupId),
}

impl Succession {
    /// The devices of `from` may go on under `to`.
    #[must_use]
    pub const fn new(from: EnrollmentSelector, to: EnrollmentSelector) -> Self {
        Self { from, to }
    }
}

impl Succession {
    /// The first one of these that leads from the one enrollment to the other.
    pub(super) fn leading<'s>(
        stated: &'s [Self],
        (before, before_generation): (&EnrollmentRef, Generation),
        (now, generation): (&EnrollmentRef, Generation),
    ) -> Option<&'s Self> {
        stated.iter().take(limits::SUCCESSIONS).find(|stated| {
            stated.from.selects(before, before_generation) && stated.to.selects(now, generation)
        })
    }
}

impl EnrollmentSelector {
    /// True when it selects the enrollment of that name and generation.
    #[must_use]
    pub fn selects(&self, enrollment: &EnrollmentRef, generation: Generation) -> bool {
        match (self, enrollment) {
            (Self::Generation(selected), _) => *selected == generation,
            (Self::Group(selected), EnrollmentRef::Group(id)) => selected == id,
            (Self::Group(_), EnrollmentRef::Individual) => false,
        }
    }
}
