//! One interpreter of a process.

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Refuses all interpreters but the first one that loads the module.
///
/// The classes of an extension module for the stable ABI are the process's, and so are the
/// exceptions and enums that this crate looks up once: in a second interpreter `except Rejection`
/// would not catch what is raised, since it would be the first one's `Rejection`. A refusal says so
/// at the import and not when a certificate is bad.
pub(crate) fn only_the_first(py: Python<'_>) -> PyResult<()> {
    /// Its `sys`: every interpreter has one of its own, and it lives as long as this.
    static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import("sys")?;
    if FIRST.get_or_init(py, || sys.clone().unbind()).is(&sys) {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "provisor is loaded in another interpreter of this process already, and serves one only: \
         use it from the main interpreter, or from a process of its own",
    ))
}
