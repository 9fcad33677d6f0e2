//! The explanation of a verdict.

use provisor::x509::Verdict;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::failure::exception;

/// Why a path was accepted or refused: every candidate path, every rule that was tried.
///
/// ``str()`` is a text for technicians.
#[pyclass(module = "provisor.x509", frozen, str = "{0}")]
#[derive(Debug)]
pub(crate) struct Report(provisor::x509::Report);

impl Report {
    pub(crate) const fn new(report: provisor::x509::Report) -> Self {
        Self(report)
    }
}

#[pymethods]
impl Report {
    /// True when ``verify`` accepts.
    #[getter]
    fn accepted(&self) -> bool {
        match self.0.verdict() {
            Verdict::Accepted => true,
            Verdict::Rejected => false,
        }
    }

    /// The most useful reason, as ``verify`` raises it (without its report, which is this one);
    /// None when the path is accepted.
    #[getter]
    fn rejection<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0
            .rejection()
            .map(|rejection| exception(py, rejection))
            .transpose()
    }

    /// The report for people, as ``str()`` gives it.
    #[getter]
    fn text(&self) -> String {
        self.0.to_string()
    }

    /// The report as plain dicts, lists and strings; ``provisor explain --json`` prints the same.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let json = serde_json::to_string(&self.0)
            .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        py.import("json")?.call_method1("loads", (json,))
    }

    fn __repr__(&self) -> String {
        let verdict = self.0.rejection().map_or_else(
            || "accepted".to_owned(),
            |rejection| rejection.code().to_string(),
        );
        format!("<Report on {:?}: {verdict}>", self.0.leaf())
    }
}
