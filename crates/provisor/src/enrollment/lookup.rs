//! Which enrollment answers for a device, as a table.
//!
//! ```
//! println!("{}", provisor::enrollment::lookup::table());
//! ```

use core::fmt;

use provisor_report::Code;

use super::settings::ProvisioningStatus;

/// What is known of the individual enrollment under the device's registration ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Individual {
    /// There is none.
    Absent,
    /// There is one, and it is disabled, whatever its mechanism.
    Disabled,
    /// There is one, enabled, and it expects the kind of evidence that came.
    Fits,
    /// There is one, enabled, but it expects another kind of evidence.
    OtherMechanism,
}

/// What is known of the group nearest to the device: the one that trusts the issuer closest to the
/// leaf, or that the device's key is derived from. Groups further up, or with the same key, do not
/// count, whatever their status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NearestGroup {
    /// No group trusts any issuer of the device, and its key is derived from none's.
    Absent,
    /// There is one, and it is disabled.
    Disabled,
    /// There is one, and it is enabled.
    Enabled,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The nearest group.
    Group,
    /// The individual enrollment.
    Individual,
    /// Nobody: the device is refused with that code.
    Nobody(Code),
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Row {
    /// What is known of the individual enrollment.
    pub individual: Individual,
    /// What is known of the nearest group; `None`: any of the three, and no group is looked for.
    pub group: Option<NearestGroup>,
    /// Who answers then.
    pub answer: Answer,
}

/// The individual enrollment goes before the group, and what is disabled stops: nothing falls
/// through to an enrollment further away (DPS, "How to disenroll a device").
pub const RULES: [Row; 6] = [
    row(Individual::Fits, None, Answer::Individual),
    row(
        Individual::Disabled,
        None,
        Answer::Nobody(Code::AttestDisabled),
    ),
    row(
        Individual::OtherMechanism,
        None,
        Answer::Nobody(Code::AttestMechanism),
    ),
    row(
        Individual::Absent,
        Some(NearestGroup::Enabled),
        Answer::Group,
    ),
    row(
        Individual::Absent,
        Some(NearestGroup::Disabled),
        Answer::Nobody(Code::AttestGroupDisabled),
    ),
    row(
        Individual::Absent,
        Some(NearestGroup::Absent),
        Answer::Nobody(Code::AttestNotEnrolled),
    ),
];

/// Who answers, from [`RULES`]. `group` is asked only when the table needs it.
pub fn answer(individual: Individual, group: impl FnOnce() -> NearestGroup) -> Answer {
    let mut rows = RULES.iter().filter(|row| row.individual == individual);
    let Some(first) = rows.next() else {
        return Answer::Nobody(Code::AttestNotEnrolled);
    };
    if first.group.is_none() {
        return first.answer;
    }
    let group = Some(group());
    core::iter::once(first)
        .chain(rows)
        .find(|row| row.group == group)
        .map_or(Answer::Nobody(Code::AttestNotEnrolled), |row| row.answer)
}

/// The table as text.
#[must_use]
pub fn table() -> impl fmt::Display {
    struct Table;

    impl fmt::Display for Table {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            writeln!(
                f,
                "| individual | nearest group | who answers |\n|---|---|---|"
            )?;
            for row in RULES {
                let group = match row.group {
                    None => "any",
                    Some(NearestGroup::Absent) => "none",
                    Some(NearestGroup::Disabled) => "disabled",
                    Some(NearestGroup::Enabled) => "enabled",
                };
                let individual = match row.individual {
                    Individual::Absent => "none",
                    Individual::Disabled => "disabled",
                    Individual::Fits => "enabled",
                    Individual::OtherMechanism => "enabled, other mechanism",
                };
                match row.answer {
                    Answer::Group => writeln!(f, "| {individual} | {group} | the group |"),
                    Answer::Individual => {
                        writeln!(f, "| {individual} | {group} | the individual |")
                    }
                    Answer::Nobody(code) => writeln!(f, "| {individual} | {group} | {code} |"),
                }?;
            }
            Ok(())
        }
    }

    Table
}

impl From<ProvisioningStatus> for NearestGroup {
    fn from(status: ProvisioningStatus) -> Self {
        match status {
            ProvisioningStatus::Disabled => Self::Disabled,
            ProvisioningStatus::Enabled => Self::Enabled,
        }
    }
}

const fn row(individual: Individual, group: Option<NearestGroup>, answer: Answer) -> Row {
    Row {
        individual,
        group,
        answer,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    const INDIVIDUALS: [Individual; 4] = [
        Individual::Absent,
        Individual::Disabled,
        Individual::Fits,
        Individual::OtherMechanism,
    ];
    const GROUPS: [NearestGroup; 3] = [
        NearestGroup::Absent,
        NearestGroup::Disabled,
        NearestGroup::Enabled,
    ];

    #[test]
    fn every_case_has_exactly_one_row() {
        for individual in INDIVIDUALS {
            for group in GROUPS {
                let rows = RULES.iter().filter(|row| {
                    row.individual == individual && row.group.is_none_or(|of| of == group)
                });
                assert_eq!(rows.count(), 1, "{individual:?} {group:?}");
            }
        }
    }

    #[test]
    fn row_by_row() {
        use NearestGroup as G;
        for group in GROUPS {
            let answer_to = |individual| answer(individual, || panic!("no group is to be asked"));
            assert_eq!(answer_to(Individual::Fits), Answer::Individual);
            assert_eq!(
                answer_to(Individual::Disabled),
                Answer::Nobody(Code::AttestDisabled)
            );
            assert_eq!(
                answer_to(Individual::OtherMechanism),
                Answer::Nobody(Code::AttestMechanism)
            );
            let expected = match group {
                G::Absent => Answer::Nobody(Code::AttestNotEnrolled),
                G::Disabled => Answer::Nobody(Code::AttestGroupDisabled),
                G::Enabled => Answer::Group,
            };
            assert_eq!(answer(Individual::Absent, || group), expected);
        }
    }

    #[test]
    fn the_table_prints() {
        assert_eq!(table().to_string().lines().count(), 2 + RULES.len());
    }
}
