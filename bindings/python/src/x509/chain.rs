//! Several certificates as one argument.

use provisor::x509::{Certificate, TrustAnchor, limits};
use provisor::{Rejection, Subject};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString, PyTuple};

use crate::failure::{Answer, Failure};
use crate::octets::Octets;

/// Certificates in DER, from any iterable.
#[derive(Debug, Default)]
pub(crate) struct Chain(Vec<Octets>);

/// One element of a chain that could be read.
pub(crate) struct Parsed<'a> {
    pub(crate) certificate: Certificate<'a>,
}

impl Chain {
    /// Reads every element, and says which one is at fault.
    pub(crate) fn read<'a, T>(
        &'a self,
        argument: &str,
        take: impl Fn(Parsed<'a>) -> Result<T, Rejection>,
    ) -> Answer<Vec<T>> {
        let read = |(place, der): (usize, &'a Octets)| {
            Certificate::from_der(der)
                .and_then(|certificate| take(Parsed { certificate }))
                .map_err(|rejection| {
                    let subject = format!("{argument}[{place}]: {}", rejection.subject());
                    Failure::Refused(rejection.about(Subject::field(subject)))
                })
        };
        self.0.iter().enumerate().map(read).collect()
    }

    /// The same certificates as a tuple of bytes.
    pub(crate) fn into_pyobject(self, py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        let items: PyResult<Vec<_>> = self
            .0
            .into_iter()
            .map(|octets| octets.into_pyobject(py))
            .collect();
        PyTuple::new(py, items?)
    }
}

impl<'a> Parsed<'a> {
    pub(crate) fn anchor(self) -> Result<TrustAnchor<'a>, Rejection> {
        TrustAnchor::from_certificate(&self.certificate)
    }
}

impl<'py> FromPyObject<'_, 'py> for Chain {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        // Bytes are iterable, too, but one certificate is not a chain of numbers.
        if object.is_instance_of::<PyBytes>()
            || object.is_instance_of::<PyByteArray>()
            || object.is_instance_of::<PyMemoryView>()
            || object.is_instance_of::<PyString>()
        {
            return Err(Failure::wrong_type(format!(
                "expected an iterable of certificates, not {}: put a single one into a list",
                object.get_type().name()?
            )));
        }
        let mut chain = Vec::new();
        for item in object.try_iter()? {
            // The search never looks at more, and an endless iterable has to end somewhere.
            if chain.len() >= limits::CANDIDATES as usize {
                return Err(Failure::value(format!(
                    "more than {} certificates",
                    limits::CANDIDATES
                )));
            }
            chain.push(item?.extract()?);
        }
        Ok(Self(chain))
    }
}
