//! The tests of one list, one after the other.

use crate::report::Report;
use crate::script::{Script, Stop};
use crate::setting::Setting;

/// A promise and its test.
#[derive(Debug)]
pub(crate) struct Case<Call, Answer> {
    pub(crate) promise: &'static str,
    pub(crate) play: fn(&Setting, &mut Script<'_, Answer>) -> Result<(), Stop<Call>>,
}

#[derive(Debug)]
pub(crate) struct Test<Call: 'static, Answer: 'static> {
    setting: Setting,
    cases: core::slice::Iter<'static, Case<Call, Answer>>,
    current: Option<&'static Case<Call, Answer>>,
    answers: Vec<Answer>,
    report: Report,
}

impl<Call, Answer> Test<Call, Answer> {
    pub(crate) fn new(setting: Setting, cases: &'static [Case<Call, Answer>]) -> Self {
        let mut cases = cases.iter();
        Self {
            setting,
            current: cases.next(),
            cases,
            answers: Vec::new(),
            report: Report::default(),
        }
    }

    /// What is asked next; `None` at the end.
    pub(crate) fn ask(&mut self) -> Option<Call> {
        while let Some(case) = self.current {
            match (case.play)(&self.setting, &mut Script::new(&self.answers)) {
                Err(Stop::Ask(call)) => return Some(*call),
                Err(Stop::Broken(how)) => self.report.break_off(case.promise, how),
                Ok(()) => self.report.keep(case.promise),
            }
            self.answers.clear();
            self.current = self.cases.next();
        }
        None
    }

    pub(crate) fn answer(&mut self, answer: Answer) {
        self.answers.push(answer);
    }

    pub(crate) fn report(&self) -> Report {
        self.report.clone()
    }
}
