//! Whose record is it? What the device and its enrollment have to do with the one on record.

use alloc::vec::Vec;
use core::fmt;

use provisor_report::Code;

use super::record::RegistrationRecord;
use super::succession::Succession;
use crate::attestation::{Attested, EnrollmentRef};
use crate::enrollment::{Generation, Mark, MarkKind, ReprovisionPolicy};
use crate::limits;

/// What a device that registers has to do with the one on record under its ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lineage {
    /// It comes through the enrollment that made the record; or through one of the same name that
    /// has a CA or key in common with it, as when a script makes everything anew.
    Own,
    /// A group admitted it before. Now an individual enrollment does that is for the same
    /// certificate or key, or for a CA that vouches for both.
    TakenOut,
    /// The operator states that the devices of the one enrollment may go on under the other
    /// ([`Succession`]).
    Heir,
    /// An individual enrollment for this very ID admits it, by another key than the one on record.
    OtherKey,
    /// The group was deleted, and another one without any of its CAs or keys bears its name.
    Remade,
    /// Another enrollment admitted it before, and nothing says that this is the same device.
    Stranger,
}

/// What a lineage gives a right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Inheritance {
    /// To the device and its data: what happens is what the hubs say.
    GoOn,
    /// To the name. The device begins again with the initial twin, wherever its hub is.
    BeginAgain,
    /// To nothing: the device is refused with that code, whatever the hubs are.
    Refused(Code),
}

/// One row of the table of lineages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LineageRow {
    /// The enrollment's policy.
    pub policy: ReprovisionPolicy,
    /// What the device has to do with the one on record.
    pub lineage: Lineage,
    /// What that gives a right to.
    pub inheritance: Inheritance,
}

const fn row(policy: ReprovisionPolicy, lineage: Lineage, inheritance: Inheritance) -> LineageRow {
    LineageRow {
        policy,
        lineage,
        inheritance,
    }
}

/// Every policy for every lineage.
///
/// `ResetData` is the policy of those who want a device to begin again where its place changes, and
/// leaving a group is such a change. Under `Never` it stays where it is, with what it has.
pub const LINEAGES: [LineageRow; 18] = {
    use Inheritance::{BeginAgain, GoOn};
    use Lineage::{Heir, OtherKey, Own, Remade, Stranger, TakenOut};
    use ReprovisionPolicy::{MigrateData, Never, ResetData};
    const REMADE: Inheritance = Inheritance::Refused(Code::RegEnrollmentRemade);
    const STRANGER: Inheritance = Inheritance::Refused(Code::RegOtherEnrollment);
    [
        row(MigrateData, Own, GoOn),
        row(MigrateData, TakenOut, GoOn),
        row(MigrateData, Heir, GoOn),
        row(MigrateData, OtherKey, BeginAgain),
        row(MigrateData, Remade, REMADE),
        row(MigrateData, Stranger, STRANGER),
        row(ResetData, Own, GoOn),
        row(ResetData, TakenOut, BeginAgain),
        row(ResetData, Heir, GoOn),
        row(ResetData, OtherKey, BeginAgain),
        row(ResetData, Remade, REMADE),
        row(ResetData, Stranger, STRANGER),
        row(Never, Own, GoOn),
        row(Never, TakenOut, GoOn),
        row(Never, Heir, GoOn),
        row(Never, OtherKey, BeginAgain),
        row(Never, Remade, REMADE),
        row(Never, Stranger, STRANGER),
    ]
};

/// What a lineage gives a right to, from [`LINEAGES`].
#[must_use]
pub fn inheritance(policy: ReprovisionPolicy, lineage: Lineage) -> Inheritance {
    row_of(policy, lineage).inheritance
}

/// The row of [`LINEAGES`] for them.
pub(super) fn row_of(policy: ReprovisionPolicy, lineage: Lineage) -> LineageRow {
    let mut rows = LINEAGES.iter();
    let found = rows.find(|row| row.policy == policy && row.lineage == lineage);
    // The table is complete (a test goes through it); refusing is what does no harm.
    let refused = Inheritance::Refused(Code::RegOtherEnrollment);
    found.copied().unwrap_or(row(policy, lineage, refused))
}

/// A device that registers, as far as a record is concerned.
pub(super) struct Comer<'a> {
    pub(super) attested: &'a Attested,
    pub(super) generation: Generation,
    /// What its enrollment accepts.
    pub(super) accepted: &'a [Mark],
}

impl Comer<'_> {
    /// What it has to do with the device on record.
    pub(super) fn lineage(
        &self,
        before: &RegistrationRecord,
        successions: &[Succession],
    ) -> Lineage {
        use EnrollmentRef::{Group, Individual};
        let now = self.attested.enrollment();
        // No `_` arm: a new kind of enrollment must not inherit devices by accident.
        let lineage = match (&before.enrollment, now) {
            (Group(before_id), Group(id)) if before_id == id => {
                let same = before.generation == self.generation || self.shares_issuer(before);
                if same { Lineage::Own } else { Lineage::Remade }
            }
            (Individual, Individual) => {
                let same = before.generation == self.generation || self.shares_mark(before);
                if same {
                    Lineage::Own
                } else {
                    Lineage::OtherKey
                }
            }
            (Group(_), Individual) if self.shares_mark(before) => Lineage::TakenOut,
            (Group(_), Individual) => Lineage::OtherKey,
            (Group(_) | Individual, Group(_)) => Lineage::Stranger,
        };
        match lineage {
            Lineage::Own | Lineage::TakenOut | Lineage::Heir => lineage,
            Lineage::OtherKey | Lineage::Remade | Lineage::Stranger => {
                let before = (&before.enrollment, before.generation);
                match Succession::leading(successions, before, (now, self.generation)) {
                    Some(_) => Lineage::Heir,
                    None => lineage,
                }
            }
        }
    }

    /// A group is the same again by its CAs alone, or by its symmetric keys: what it derives for this
    /// device is what another one derives only if it has the same key. That this device has the key of the one on record
    /// says nothing about the group: its next CA could be anybody's.
    fn shares_issuer(&self, before: &RegistrationRecord) -> bool {
        let mut known = known(before).filter(|mark| match mark.kind() {
            MarkKind::Ca | MarkKind::SymmetricKey => true,
            MarkKind::EndorsementKey | MarkKind::Leaf | MarkKind::LeafKey => false,
        });
        known.any(|mark| self.accepted.contains(mark))
    }

    /// An individual enrollment is for one device: a certificate, a key or a CA in common says that
    /// it is this one.
    fn shares_mark(&self, before: &RegistrationRecord) -> bool {
        let shown = self.attested.marks();
        known(before).any(|mark| self.accepted.contains(mark) || shown.contains(mark))
    }

    /// What the next record knows the device by: what its enrollment accepts and what it proved
    /// itself by, but not the CAs in between, which the enrollment did not name.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let shown = self.attested.marks().iter();
        let own = shown.filter(|mark| !matches!(mark.kind(), MarkKind::Ca));
        let mut marks = self.accepted.to_vec();
        marks.extend(own);
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

fn known(before: &RegistrationRecord) -> impl Iterator<Item = &Mark> {
    before.marks.iter().take(limits::RECORD_MARKS)
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Own => "its own",
            Self::TakenOut => "taken out of its group",
            Self::Heir => "stated heir",
            Self::OtherKey => "individual, another key",
            Self::Remade => "group made anew, other CAs or keys",
            Self::Stranger => "another enrollment",
        })
    }
}

impl fmt::Display for Inheritance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GoOn => f.write_str("go on"),
            Self::BeginAgain => f.write_str("begin again"),
            Self::Refused(code) => write!(f, "{code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Lineage; 6] = [
        Lineage::Own,
        Lineage::TakenOut,
        Lineage::Heir,
        Lineage::OtherKey,
        Lineage::Remade,
        Lineage::Stranger,
    ];
    const POLICIES: [ReprovisionPolicy; 3] = [
        ReprovisionPolicy::MigrateData,
        ReprovisionPolicy::Never,
        ReprovisionPolicy::ResetData,
    ];

    #[test]
    fn every_lineage_has_exactly_one_row() {
        for policy in POLICIES {
            for lineage in ALL {
                let rows = LINEAGES
                    .iter()
                    .filter(|row| row.policy == policy && row.lineage == lineage);
                assert_eq!(rows.count(), 1, "{policy:?} {lineage:?}");
            }
        }
        assert_eq!(LINEAGES.len(), POLICIES.len() * ALL.len());
    }

    #[test]
    fn what_holds_whatever_the_policy() {
        for policy in POLICIES {
            let of = |lineage| inheritance(policy, lineage);
            assert_eq!(of(Lineage::Own), Inheritance::GoOn);
            assert_eq!(of(Lineage::Heir), Inheritance::GoOn);
            assert_eq!(of(Lineage::OtherKey), Inheritance::BeginAgain);
            assert_eq!(
                of(Lineage::Remade),
                Inheritance::Refused(Code::RegEnrollmentRemade)
            );
            assert_eq!(
                of(Lineage::Stranger),
                Inheritance::Refused(Code::RegOtherEnrollment)
            );
        }
    }

    #[test]
    fn a_device_taken_out_of_its_group_keeps_its_data_unless_the_policy_resets() {
        let of = |policy| inheritance(policy, Lineage::TakenOut);
        assert_eq!(of(ReprovisionPolicy::MigrateData), Inheritance::GoOn);
        assert_eq!(of(ReprovisionPolicy::Never), Inheritance::GoOn);
        assert_eq!(of(ReprovisionPolicy::ResetData), Inheritance::BeginAgain);
    }
}
