//! The promises of a store, and the run through them.

use super::call::{StoreAnswer, StoreCall};
use super::{challenge, lease, precondition, removal, save};
use crate::report::Report;
use crate::setting::Setting;
use crate::test::{Case, Test};

type StoreCase = Case<StoreCall, StoreAnswer>;

const fn case(
    promise: &'static str,
    play: fn(&Setting, &mut super::story::Script<'_>) -> Result<(), super::story::Stop>,
) -> StoreCase {
    Case { promise, play }
}

static CASES: [StoreCase; 23] = [
    case("one lease at a time, until its end", lease::one_at_a_time),
    case(
        "the number of a lease grows, also after it was given back, ran out, or the store was restarted",
        lease::grows,
    ),
    case(
        "the number of a lease does not fall when the record is deleted",
        lease::outlives_the_record,
    ),
    case(
        "giving back a lease that is over does not end the next one",
        lease::late_release,
    ),
    case(
        "what was saved is there, also after a restart, under the ID in any case",
        save::is_there,
    ),
    case(
        "a save that does not follow what is there is refused",
        save::must_follow,
    ),
    case(
        "a save by a lease that a later one has overtaken is refused",
        save::must_not_be_overtaken,
    ),
    case(
        "a save of before a deletion is refused after it",
        save::must_not_undo_a_deletion,
    ),
    case(
        "record, count and removal are saved in one step, or not at all",
        save::is_one_step,
    ),
    case(
        "a save that comes again is done, and counts once",
        save::counts_once,
    ),
    case(
        "a deletion leaves a tombstone, which the next record follows",
        save::deletion_leaves_a_tombstone,
    ),
    case(
        "a preparation that was decided from another record is refused, and notes nothing",
        precondition::another_record,
    ),
    case(
        "a preparation by a lease that is over is refused, and notes nothing",
        precondition::another_lease,
    ),
    case(
        "nothing is prepared or saved when the individual enrollment was changed, disabled or deleted since",
        precondition::individual,
    ),
    case(
        "nothing is prepared or saved when the group was changed, disabled or deleted since, or has an individual enrollment before it",
        precondition::group,
    ),
    case(
        "no first registration is saved beyond the quota",
        precondition::quota,
    ),
    case("a challenge is taken once", challenge::is_taken_once),
    case(
        "a challenge that is put back is there for the next answer",
        challenge::is_put_back,
    ),
    case(
        "a later challenge takes the place of an earlier one, and a late one does not",
        challenge::the_latest_counts,
    ),
    case(
        "a challenge that was answered is remembered, and one of another registration is not touched",
        challenge::is_retired,
    ),
    case(
        "a removal is noted until it is done, also after a restart",
        removal::is_noted,
    ),
    case(
        "a save cancels the removal from the place that it assigns (A, B, A)",
        removal::is_cancelled,
    ),
    case(
        "a note of a later lease is not forgotten by an earlier one",
        removal::late_forgetting,
    ),
];

/// The test of a store. See the [crate](crate).
#[derive(Debug)]
pub struct StoreTest(Test<StoreCall, StoreAnswer>);

impl StoreTest {
    /// A run.
    #[must_use]
    pub fn new(setting: Setting) -> Self {
        Self(Test::new(setting, &CASES))
    }

    /// What a store promises, in the order of the tests.
    #[must_use]
    pub fn promises() -> impl ExactSizeIterator<Item = &'static str> {
        CASES.iter().map(|case| case.promise)
    }

    /// What the store is asked next; `None` at the end. Asks the same again until it is
    /// [answered](Self::answer).
    pub fn ask(&mut self) -> Option<StoreCall> {
        self.0.ask()
    }

    /// What the store answered.
    pub fn answer(&mut self, answer: StoreAnswer) {
        self.0.answer(answer);
    }

    /// What was found so far.
    pub fn report(&self) -> Report {
        self.0.report()
    }

    /// All of it, for a store that answers at once.
    pub fn run(mut self, mut store: impl FnMut(StoreCall) -> StoreAnswer) -> Report {
        while let Some(call) = self.ask() {
            self.answer(store(call));
        }
        self.report()
    }
}
