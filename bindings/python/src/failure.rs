//! From a rejection to an exception with its facts.

use provisor::Rejection;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// What a function of this crate fails with.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The core said no.
    Refused(Rejection),
    /// The caller's argument or callback failed in Python's own terms.
    Python(PyErr),
}

/// The result of a function that Python calls.
pub(crate) type Answer<T> = Result<T, Failure>;

impl Failure {
    /// The argument has the right type and no sense.
    pub(crate) fn value(text: impl Into<String>) -> Self {
        Self::Python(PyValueError::new_err(text.into()))
    }

    /// The argument has the wrong type.
    pub(crate) fn wrong_type(text: impl Into<String>) -> Self {
        Self::Python(PyTypeError::new_err(text.into()))
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(rejection) => Python::attach(|py| match exception(py, &rejection) {
                Ok(exception) => Self::from_value(exception),
                Err(error) => error,
            }),
            Failure::Python(error) => error,
        }
    }
}

/// The exception that stands for a rejection. The classes are Python's own, in
/// `provisor/_errors.py`: an extension module for the stable ABI of 3.11 cannot give an exception
/// fields.
pub(crate) fn exception<'py>(
    py: Python<'py>,
    rejection: &Rejection,
) -> PyResult<Bound<'py, PyAny>> {
    static REFUSAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let code = rejection.code();
    REFUSAL.import(py, "provisor._errors", "refusal")?.call1((
        rejection.to_string(),
        code.number(),
        rejection.subject().to_string(),
        rejection.expected_text(),
        rejection.found_text(),
        rejection.remedy_text(),
        code.spec(),
        rejection.position(),
    ))
}
