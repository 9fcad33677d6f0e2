//! Names: how a TPM calls an object.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::failure::Answer;
use crate::octets::Octets;

/// The Name of a TPM object: the identifier of its name algorithm, then the digest of its public
/// area. Two objects with one Name are the same object.
///
/// ``str()`` is lowercase hexadecimal, as the TPM tools print it; ``bytes()`` has no size field.
///
/// >>> from provisor.tpm import Name
/// >>> name = Name(bytes([0x00, 0x0B]) + bytes(32))
/// >>> name.algorithm, str(name)[:8], len(bytes(name))
/// ('SHA-256', '000b0000', 34)
#[pyclass(module = "provisor.tpm", frozen, eq, ord, hash, str = "{0}")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(pub(crate) provisor::tpm::Name);

#[pymethods]
impl Name {
    /// Reads a Name that somebody claims; it proves nothing.
    #[new]
    #[pyo3(signature = (name, /))]
    fn new(name: Octets) -> Answer<Self> {
        Ok(Self(provisor::tpm::Name::from_bytes(&name)?))
    }

    /// The Name of the object with this ``TPM2B_PUBLIC``. The encoding is judged, the key is not.
    #[staticmethod]
    #[pyo3(signature = (tpm2b_public, /))]
    fn of(tpm2b_public: Octets) -> Answer<Self> {
        let public = provisor::tpm::Public::from_tpm2b(&tpm2b_public)?;
        Ok(Self(public.name()))
    }

    /// The hash that the Name is made with, for example ``SHA-256``.
    #[getter]
    fn algorithm(&self) -> String {
        self.0.algorithm().to_string()
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.as_bytes())
    }

    fn __repr__(&self) -> String {
        format!("Name(bytes.fromhex('{}'))", self.0)
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyBytes>,) {
        (self.__bytes__(py),)
    }
}
