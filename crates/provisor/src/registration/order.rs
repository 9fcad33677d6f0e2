//! The order of effects, and what is left when a caller stops between two of them, as a table.
//!
//! ```
//! println!("{}", provisor::registration::order::table());
//! ```
//!
//! A caller stops when its process ends, when an effect fails, and when its lease is over: then the
//! store refuses what it still prepares or saves ([`Precondition`](super::Precondition)) and the hubs what it still
//! writes ([`OwnerTag`](super::OwnerTag)). Whatever of it is under way can arrive late or twice.
//!
//! None of the rows has two live devices for one registration once the notes were looked after, loses
//! a record, or counts twice. The model of this crate's tests (`tests/model`) stops and goes on in every
//! row, in orders that nobody thought of.

use core::fmt;

/// What was carried out last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum After {
    /// Nothing: the lease was taken, and the facts were read.
    Lease,
    /// [`StoreChallenge`](super::Effect::StoreChallenge).
    StoreChallenge,
    /// The challenge was taken out of its store to be judged.
    TakeChallenge,
    /// [`RetireChallenge`](super::Effect::RetireChallenge).
    RetireChallenge,
    /// [`Prepare`](super::Effect::Prepare).
    Prepare,
    /// [`PutDevice`](super::Effect::PutDevice).
    PutDevice,
    /// [`SaveRecord`](super::Effect::SaveRecord).
    SaveRecord,
    /// [`RemoveDevice`](super::Effect::RemoveDevice), and the note was not forgotten yet.
    RemoveDevice,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Row {
    /// Where it stopped.
    pub after: After,
    /// What the store has.
    pub store: &'static str,
    /// What the hubs have.
    pub hubs: &'static str,
    /// What puts it right.
    pub repair: &'static str,
}

const fn row(after: After, store: &'static str, hubs: &'static str, repair: &'static str) -> Row {
    Row {
        after,
        store,
        hubs,
        repair,
    }
}

/// Every place to stop, in order. In none of them was the device told anything.
pub const STOPS: [Row; 8] = [
    row(
        After::Lease,
        "a lease that runs out",
        "as before",
        "the device comes again; a later lease has a higher fence",
    ),
    row(
        After::StoreChallenge,
        "an open challenge",
        "as before",
        "the device asks again; the new challenge takes the place of the old one",
    ),
    row(
        After::TakeChallenge,
        "no challenge",
        "as before",
        "the device asks again",
    ),
    row(
        After::RetireChallenge,
        "a used challenge",
        "as before",
        "the device asks again",
    ),
    row(
        After::Prepare,
        "the old record; a note of the new place, if it is another",
        "as before",
        "the next registration decides anew; the note finds nothing to remove, or is cancelled by a save",
    ),
    row(
        After::PutDevice,
        "the old record; a note of the new place, if it is another",
        "the device in its old place and the new one, by a key nobody was told or a thumbprint",
        "the next registration decides anew; the note removes the device from where it did not go",
    ),
    row(
        After::SaveRecord,
        "the new record, counted; a note of the old place",
        "the device in both places",
        "the device comes again, or its poll is answered from the record; the note removes it from the old place",
    ),
    row(
        After::RemoveDevice,
        "the new record, counted; a note of the old place",
        "the device in the new place",
        "the note finds nothing to remove",
    ),
];

/// The table, to print.
#[must_use]
pub const fn table() -> impl fmt::Display {
    Table
}

struct Table;

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| it stops after | the store has | the hubs have | what puts it right |"
        )?;
        writeln!(f, "|---|---|---|---|")?;
        for row in &STOPS {
            writeln!(
                f,
                "| {} | {} | {} | {} |",
                row.after, row.store, row.hubs, row.repair
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lease => "the lease was taken",
            Self::StoreChallenge => "StoreChallenge",
            Self::TakeChallenge => "the challenge was taken out",
            Self::RetireChallenge => "RetireChallenge",
            Self::Prepare => "Prepare",
            Self::PutDevice => "PutDevice",
            Self::SaveRecord => "SaveRecord",
            Self::RemoveDevice => "RemoveDevice",
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn the_table_prints_and_the_page_has_it() {
        let table = table().to_string();
        assert_eq!(table.lines().count(), 2 + STOPS.len());
        let page = include_str!("../../../../docs/registration.md");
        assert!(page.contains(&table), "docs/registration.md:\n{table}");
    }
}
