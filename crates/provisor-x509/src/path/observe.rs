//! Who watches the search: nobody on the accepting path, the recorder of a report otherwise.

use super::place::Place;
use super::rank::Failure;
use crate::fault::Fault;
use crate::report::Rule;

/// Is told what the search does. Nothing it does can change the verdict.
pub(crate) trait Observer<'a> {
    /// Whether rules after the first failed one are tried as well, for the report's sake.
    const THOROUGH: bool;

    /// A certificate or an anchor is put onto the candidate path.
    fn enter(&mut self, place: Place<'a>);

    /// The last one is taken off.
    fn leave(&mut self);

    /// A rule was tried.
    fn tried(&mut self, rule: Rule, place: Place<'a>, outcome: &Result<(), Fault<'a>>);

    /// The leaf's own rules are done.
    fn leaf_judged(&mut self);

    /// The candidate path came to an end: accepted, or failed.
    fn ended(&mut self, failure: Option<&Failure<'a>>);
}

/// Sees nothing and costs nothing.
#[derive(Debug)]
pub(crate) struct Silent;

impl<'a> Observer<'a> for Silent {
    const THOROUGH: bool = false;

    #[inline]
    fn enter(&mut self, _: Place<'a>) {}
    #[inline]
    fn leave(&mut self) {}
    #[inline]
    fn tried(&mut self, _: Rule, _: Place<'a>, _: &Result<(), Fault<'a>>) {}
    #[inline]
    fn leaf_judged(&mut self) {}
    #[inline]
    fn ended(&mut self, _: Option<&Failure<'a>>) {}
}
