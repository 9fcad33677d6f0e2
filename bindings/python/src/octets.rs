//! Bytes as Python has them.

use core::ops::Deref;

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyString};

use crate::failure::Failure;

/// A bytes-like argument. `bytes` are borrowed; everything that can change under our hands
/// (`bytearray`, `memoryview`, other buffers) is copied first.
#[derive(Debug)]
pub(crate) enum Octets {
    Borrowed(PyBackedBytes),
    Copied(Vec<u8>),
}

impl Octets {
    /// As `bytes`; the borrowed ones are handed back as they came.
    pub(crate) fn into_pyobject(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        match self {
            Self::Borrowed(bytes) => Ok(bytes.into_pyobject(py)?.into_any()),
            Self::Copied(bytes) => Ok(PyBytes::new(py, &bytes).into_any()),
        }
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Copied(bytes) => bytes,
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Octets {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        if object.is_instance_of::<PyBytes>() {
            return object
                .extract()
                .map(Self::Borrowed)
                .map_err(|error| PyErr::from(error).into());
        }
        if object.is_instance_of::<PyString>() {
            return Err(Failure::wrong_type(
                "expected a bytes-like object, not str (provisor.x509.pem_to_der reads PEM text)",
            ));
        }
        match PyBuffer::<u8>::get(&object) {
            Ok(buffer) => Ok(Self::Copied(buffer.to_vec(object.py())?)),
            Err(_) => Err(Failure::wrong_type(format!(
                "expected a bytes-like object, not {}",
                object.get_type().name()?
            ))),
        }
    }
}
