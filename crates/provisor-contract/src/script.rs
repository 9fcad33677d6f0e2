//! A test that asks one thing after the other, although nobody waits in it.
//!
//! It is played from its beginning each time: what was answered before is there, and at the first
//! question without an answer it stops. So it reads like a program that calls and waits, and whoever
//! drives it may take as long as he likes, in whatever way he waits.

use provisor::Rejection;

/// A test that is being played.
#[derive(Debug)]
pub(crate) struct Script<'l, Answer> {
    answers: core::slice::Iter<'l, Answer>,
}

/// Why a test does not go on.
#[derive(Debug)]
pub(crate) enum Stop<Call> {
    /// This has no answer yet.
    Ask(Box<Call>),
    /// An answer breaks the promise.
    Broken(String),
}

impl<'l, Answer> Script<'l, Answer> {
    pub(crate) fn new(answers: &'l [Answer]) -> Self {
        Self {
            answers: answers.iter(),
        }
    }

    /// The answer to that.
    pub(crate) fn ask<Call>(&mut self, call: Call) -> Result<&'l Answer, Stop<Call>> {
        match self.answers.next() {
            Some(answer) => Ok(answer),
            None => Err(Stop::Ask(Box::new(call))),
        }
    }
}

impl<Call> Stop<Call> {
    pub(crate) fn broken<T>(how: impl Into<String>) -> Result<T, Self> {
        Err(Self::Broken(how.into()))
    }
}

/// What cannot be made cannot be tested with.
impl<Call> From<Rejection> for Stop<Call> {
    fn from(rejection: Rejection) -> Self {
        Self::Broken(format!("the test cannot go on: {rejection}"))
    }
}
