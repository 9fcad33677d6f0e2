//! What is counted, and what was done.

use alloc::string::String;
use alloc::vec::Vec;

use crate::shape::{Body, body};
use crate::time::Timestamp;

body! {
    /// How many of something there are, and how many there may be.
    Quota {
        /// Of what.
        name: String = "name";
        /// How many there are.
        used: i64 = "used";
        /// How many there may be; absent, as many as the store holds.
        most: i64 = "most";
    }
}

impl Body for Quota {}

body! {
    /// How many instructions succeeded on one day.
    MeteringRow {
        /// The day in UTC, `YYYY-MM-DD`.
        day: String = "day";
        /// What was done.
        instruction: String = "instruction";
        /// How often.
        count: i64 = "count";
    }
}

impl Body for MeteringRow {}

body! {
    /// What was counted, by day and kind.
    MeteringReport {
        /// The first day.
        from: String = "from";
        /// The last day.
        to: String = "to";
        /// How much in all.
        total: i64 = "total";
        /// The rows that are not zero.
        rows: Vec<MeteringRow> = "rows";
    }
}

impl Body for MeteringReport {}

body! {
    /// An entry of the audit log: who did, or tried, what. No key, token or certificate is in it.
    AuditRow {
        /// Its number, for `after`.
        number: i64 = "number";
        /// When.
        timestamp_utc: Timestamp = "timestampUtc";
        /// Who: the name of a policy.
        who: String = "who";
        /// What was done.
        verb: String = "verb";
        /// To which kind of thing.
        kind: String = "kind";
        /// To which of them.
        id: String = "id";
        /// How it ended: `done`, `challenged`, `refused` or `failed`.
        finding: String = "finding";
        /// Why it was refused or failed.
        code: String = "code";
    }
}

impl Body for AuditRow {}
