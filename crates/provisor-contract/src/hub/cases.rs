//! The promises of a hub, and the run through them.

use super::call::{HubAnswer, HubCall};
use super::{put, remove, twin};
use crate::report::Report;
use crate::setting::Setting;
use crate::test::{Case, Test};

type HubCase = Case<HubCall, HubAnswer>;

const fn case(
    promise: &'static str,
    play: fn(&Setting, &mut super::story::Script<'_>) -> Result<(), super::story::Stop>,
) -> HubCase {
    Case { promise, play }
}

static CASES: [HubCase; 11] = [
    case(
        "a device is put with its owner, and may be put again",
        put::is_there,
    ),
    case(
        "a name of another registration, or of another scope, is left alone",
        put::owner_is_checked,
    ),
    case("a put that comes late loses", put::late_put_loses),
    case(
        "a put that comes later than a removal by a later lease loses",
        put::late_put_after_a_removal_loses,
    ),
    case(
        "hubs are apart, and device names regard case",
        put::places_are_apart,
    ),
    case("a device is removed by its owner", remove::is_gone),
    case(
        "a device of another owner is not removed, and that is no fault",
        remove::owner_is_checked,
    ),
    case(
        "a device that a later lease put is not removed by an earlier one",
        remove::late_removal_loses,
    ),
    case("a device that stays keeps its twin", twin::stays),
    case(
        "a device that begins again begins with the initial twin",
        twin::begins,
    ),
    case(
        "a device that moves takes its twin along, or begins with the initial twin",
        twin::moves,
    ),
];

/// The test of a hub, or of what connects to some. See the [crate](crate).
#[derive(Debug)]
pub struct HubTest(Test<HubCall, HubAnswer>);

impl HubTest {
    /// A run.
    #[must_use]
    pub fn new(setting: Setting) -> Self {
        Self(Test::new(setting, &CASES))
    }

    /// What a hub promises, in the order of the tests.
    #[must_use]
    pub fn promises() -> impl ExactSizeIterator<Item = &'static str> {
        CASES.iter().map(|case| case.promise)
    }

    /// What the hub is asked next; `None` at the end. Asks the same again until it is
    /// [answered](Self::answer).
    pub fn ask(&mut self) -> Option<HubCall> {
        self.0.ask()
    }

    /// What the hub answered.
    pub fn answer(&mut self, answer: HubAnswer) {
        self.0.answer(answer);
    }

    /// What was found so far.
    pub fn report(&self) -> Report {
        self.0.report()
    }

    /// All of it, for a hub that answers at once.
    pub fn run(mut self, mut hub: impl FnMut(HubCall) -> HubAnswer) -> Report {
        while let Some(call) = self.ask() {
            self.answer(hub(call));
        }
        self.report()
    }
}
