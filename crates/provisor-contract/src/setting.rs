//! Where a run writes.

use provisor::enrollment::Generation;
use provisor::{GroupId, HubName, IdScope, RegistrationId, Rejection, UnixTime};

/// The scope that a run writes in, and the beginning of every registration ID that it uses.
///
/// A store that keeps what it has needs another label for each run.
#[derive(Clone, Debug)]
pub struct Setting {
    pub(crate) scope: IdScope,
    pub(crate) generation: Generation,
    label: String,
    hubs: [HubName; 2],
}

/// When everything happens, in seconds: a moment of 2026.
const NOW: i64 = 1_790_000_000;

impl Setting {
    /// That scope, and a label of letters, digits and hyphens of at most 64 characters. Hubs are called
    /// `hub-a` and `hub-b`.
    ///
    /// # Errors
    /// Codes of 1000 to 1999 when one of them is illegal.
    pub fn new(scope: &str, label: &str) -> Result<Self, Rejection> {
        RegistrationId::try_from(&*format!("{label}-{}", "x".repeat(60)))?;
        Ok(Self {
            scope: IdScope::parse(scope)?,
            generation: Generation::parse("000102030405060708090a0b0c0d0e0f")?,
            label: label.to_owned(),
            hubs: [HubName::parse("hub-a")?, HubName::parse("hub-b")?],
        })
    }

    /// Other hubs.
    #[must_use]
    pub fn with_hubs(mut self, first: HubName, second: HubName) -> Self {
        self.hubs = [first, second];
        self
    }

    /// The registration ID of that name in this run.
    pub(crate) fn id(&self, name: &str) -> Result<RegistrationId, Rejection> {
        RegistrationId::try_from(&*format!("{}-{name}", self.label))
    }

    /// The group of that name in this run.
    pub(crate) fn group(&self, name: &str) -> Result<GroupId, Rejection> {
        GroupId::parse(&format!("{}-{name}", self.label))
    }

    /// The text of an ID, for names that regard case.
    pub(crate) fn text(&self, name: &str) -> String {
        format!("{}-{name}", self.label)
    }

    pub(crate) const fn hub_a(&self) -> &HubName {
        let [first, _] = &self.hubs;
        first
    }

    pub(crate) const fn hub_b(&self) -> &HubName {
        let [_, second] = &self.hubs;
        second
    }

    /// So many seconds after the run began.
    pub(crate) const fn at(seconds: i64) -> UnixTime {
        UnixTime::new(NOW + seconds)
    }
}
