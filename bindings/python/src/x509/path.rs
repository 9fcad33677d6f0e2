//! The proof that a path was accepted.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

/// A path that was judged and accepted.
///
/// Only ``verify`` makes one, so whoever holds it need not check again; for the same reason it
/// cannot be pickled.
#[pyclass(module = "provisor.x509", frozen, eq, hash)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct VerifiedPath {
    leaf: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    subjects: Vec<String>,
    anchor: String,
}

impl VerifiedPath {
    pub(crate) fn new(path: &provisor::x509::VerifiedPath<'_>) -> Self {
        Self {
            leaf: path.leaf().der().to_vec(),
            certificates: path.certificates().map(|it| it.der().to_vec()).collect(),
            subjects: path
                .certificates()
                .map(|it| it.subject().to_string())
                .collect(),
            anchor: path.anchor().name().to_string(),
        }
    }
}

#[pymethods]
impl VerifiedPath {
    /// The DER of the certificate that was judged.
    #[getter]
    fn leaf<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.leaf)
    }

    /// The DER of the leaf, then of each issuer, up to the one below the anchor.
    #[getter]
    fn certificates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(
            py,
            self.certificates.iter().map(|der| PyBytes::new(py, der)),
        )
    }

    /// The subject of the leaf as RFC 4514 text.
    #[getter]
    fn subject(&self) -> &str {
        self.subjects.first().map_or("", String::as_str)
    }

    /// The subjects of the certificates, in their order.
    #[getter]
    fn subjects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.subjects)
    }

    /// The name of the trust anchor as RFC 4514 text.
    #[getter]
    fn anchor(&self) -> &str {
        &self.anchor
    }

    fn __repr__(&self) -> String {
        format!(
            "<VerifiedPath of {} certificates from {:?} to {:?}>",
            self.certificates.len(),
            self.subject(),
            self.anchor
        )
    }
}
