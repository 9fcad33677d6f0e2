//! Randomness as Python has it: a function from a number to that many bytes.

use provisor::Rejection;
use provisor::tpm::{Random, random_failed};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::failure::{Answer, Failure};
use crate::octets::Octets;

/// The caller's function, or `os.urandom`. This package is an edge, so it may know the operating
/// system; the core may not.
pub(crate) struct Source<'py> {
    draw: Bound<'py, PyAny>,
    /// What the function raised: the caller sees that, not our words about it.
    raised: Option<PyErr>,
}

impl<'py> Source<'py> {
    pub(crate) fn new(py: Python<'py>, draw: Option<Bound<'py, PyAny>>) -> PyResult<Self> {
        let draw = match draw {
            Some(draw) => draw,
            None => py.import("os")?.getattr("urandom")?,
        };
        Ok(Self { draw, raised: None })
    }

    /// The answer of what used the source, unless the source is to blame.
    pub(crate) fn judge<T>(self, result: Result<T, Rejection>) -> Answer<T> {
        match (result, self.raised) {
            (Ok(value), _) => Ok(value),
            (Err(_), Some(error)) => Err(Failure::Python(error)),
            (Err(rejection), None) => Err(rejection.into()),
        }
    }

    fn draw(&self, out: &mut [u8]) -> PyResult<()> {
        let drawn: Octets = self.draw.call1((out.len(),))?.extract()?;
        if drawn.len() != out.len() {
            return Err(PyValueError::new_err(format!(
                "random({}) returned {} bytes",
                out.len(),
                drawn.len()
            )));
        }
        out.copy_from_slice(&drawn);
        Ok(())
    }
}

impl Random for Source<'_> {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        self.draw(out).map_err(|error| {
            self.raised = Some(error);
            random_failed("an exception")
        })
    }
}
