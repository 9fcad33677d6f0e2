//! Certificates and paths: verified, or explained.

mod chain;
mod path;
mod report;

use provisor::x509::{Certificate, PathVerifier, TrustAnchor, certificates_from_pem};
use provisor::{Rejection, UnixTime};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::enums::LeafProfile;
use crate::failure::{Answer, Failure, exception};
use crate::octets::Octets;
use crate::time::Moment;
use chain::{Chain, Parsed};
pub(crate) use path::VerifiedPath;
pub(crate) use report::Report;

/// Judges the path from a leaf certificate to a trust anchor.
///
/// ``leaf`` and each of ``intermediates`` (in any order; more than needed does no harm) and
/// ``anchors`` is the DER of a certificate. ``at`` is the time of the verdict. Nothing is fetched
/// and no clock is read.
///
/// An anchor ends with its certificate, as an operator's signing certificate does in a service;
/// under the profiles EK and AK it does not, as TPMs outlive the roots of their vendors.
///
/// Raises PathError with the most useful reason; its ``report`` has all of them.
#[pyfunction]
#[pyo3(signature = (leaf, intermediates = Chain::default(), *, anchors, profile = LeafProfile::default(), at))]
#[pyo3(text_signature = "(leaf, intermediates=(), *, anchors, profile=..., at)")]
pub(crate) fn verify(
    py: Python<'_>,
    leaf: Octets,
    intermediates: Chain,
    anchors: Chain,
    profile: LeafProfile,
    at: Moment,
) -> Answer<VerifiedPath> {
    let judged = py.detach(|| {
        judge(&leaf, &intermediates, &anchors, |leaf, sent, trusted| {
            PathVerifier::new(profile.0, trusted)
                .anchor_validity(profile.0.anchor_validity())
                .intermediates(sent)
                .verify(leaf, at.0)
                .map(|path| VerifiedPath::new(&path))
        })
    })?;
    judged.map_err(|rejection| {
        let refused = Refused {
            leaf,
            intermediates,
            anchors,
            profile,
            at: at.0,
        };
        match refused.into_exception(py, &rejection) {
            Ok(error) | Err(error) => Failure::Python(error),
        }
    })
}

/// Judges as ``verify`` does, and reports every candidate path and every rule that was tried.
///
/// Raises PathError only when a certificate cannot be read or an anchor cannot be one; a path that
/// is refused is a report, too.
#[pyfunction]
#[pyo3(signature = (leaf, intermediates = Chain::default(), *, anchors, profile = LeafProfile::default(), at))]
#[pyo3(text_signature = "(leaf, intermediates=(), *, anchors, profile=..., at)")]
pub(crate) fn explain(
    py: Python<'_>,
    leaf: Octets,
    intermediates: Chain,
    anchors: Chain,
    profile: LeafProfile,
    at: Moment,
) -> Answer<Report> {
    py.detach(|| {
        judge(&leaf, &intermediates, &anchors, |leaf, sent, trusted| {
            let verifier = PathVerifier::new(profile.0, trusted)
                .anchor_validity(profile.0.anchor_validity())
                .intermediates(sent);
            Report::new(verifier.explain(leaf, at.0))
        })
    })
}

/// The DER of every certificate in a PEM text, in its order.
///
/// Keys and the text between the blocks are passed over; whatever else speaks of certificates refuses the text.
///
/// Raises PathError when there is no certificate or a damaged one (X509_PEM, X509_ARMOUR, ...), with the line.
///
/// >>> from provisor.x509 import pem_to_der
/// >>> pem_to_der("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")
/// [b'0\x00']
#[pyfunction]
#[pyo3(signature = (pem, /))]
pub(crate) fn pem_to_der<'py>(
    py: Python<'py>,
    pem: &Bound<'py, PyAny>,
) -> Answer<Vec<Bound<'py, PyBytes>>> {
    let certificates = if let Ok(text) = pem.cast::<PyString>() {
        certificates_from_pem(&text.to_cow()?)?
    } else {
        // The text between the blocks may be in any encoding; the blocks are ASCII.
        let bytes: Octets = pem.extract()?;
        certificates_from_pem(&String::from_utf8_lossy(&bytes))?
    };
    Ok(certificates
        .iter()
        .map(|der| PyBytes::new(py, der))
        .collect())
}

/// Reads all certificates and hands them to `then`: they borrow from one another's lifetimes, so
/// they live here.
fn judge<T>(
    leaf: &Octets,
    intermediates: &Chain,
    anchors: &Chain,
    then: impl FnOnce(&Certificate<'_>, &[Certificate<'_>], &[TrustAnchor<'_>]) -> T,
) -> Answer<T> {
    let leaf = Certificate::from_der(leaf)?;
    let sent = intermediates.read("intermediates", |parsed| Ok(parsed.certificate))?;
    let trusted = anchors.read("anchors", Parsed::anchor)?;
    Ok(then(&leaf, &sent, &trusted))
}

/// A call that ended in a refusal, kept to be explained if anyone asks.
struct Refused {
    leaf: Octets,
    intermediates: Chain,
    anchors: Chain,
    profile: LeafProfile,
    at: UnixTime,
}

impl Refused {
    /// The exception, with `functools.partial(explain, ...)` inside: explaining costs as much as
    /// verifying, and a service that only logs the code should not pay twice.
    fn into_exception(self, py: Python<'_>, rejection: &Rejection) -> PyResult<PyErr> {
        let exception = exception(py, rejection)?;
        let later = PyDict::new(py);
        later.set_item("anchors", self.anchors.into_pyobject(py)?)?;
        later.set_item("profile", self.profile.into_pyobject(py)?)?;
        later.set_item("at", self.at.seconds())?;
        let explain = py.import("functools")?.getattr("partial")?.call(
            (
                py.import("provisor._provisor")?.getattr("explain")?,
                self.leaf.into_pyobject(py)?,
                self.intermediates.into_pyobject(py)?,
            ),
            Some(&later),
        )?;
        exception.setattr("_explain", explain)?;
        Ok(PyErr::from_value(exception))
    }
}
