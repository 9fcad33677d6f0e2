//! Certificates and anchors that own their bytes: read once, and never again.

use alloc::boxed::Box;
use core::fmt;

use provisor_report::Rejection;

use crate::anchor::TrustAnchor;
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::crl::index::Index;
use crate::spans::Spans;

/// A [`Certificate`] with its bytes, for whoever keeps it longer than those it was read from. To a
/// certificate it is what a `String` is to a `str`; the view costs no reading.
///
/// ```
/// use provisor_x509::CertificateBuf;
/// # let der = provisor_testkit::pki::ToyPki::new(7).root.certificate.der().to_vec();
///
/// let kept = CertificateBuf::from_der(&der)?;
/// drop(der);
/// assert!(kept.view().is_ca());
/// # Ok::<(), provisor_x509::Rejection>(())
/// ```
#[derive(Clone)]
pub struct CertificateBuf {
    der: Box<[u8]>,
    certificate: Certificate<'static>,
    spans: Spans,
}

impl CertificateBuf {
    /// Reads one certificate that fills `der`, and keeps a copy.
    ///
    /// # Errors
    ///
    /// As [`Certificate::from_der`].
    pub fn from_der(der: &[u8]) -> Result<Self, Rejection> {
        Ok(Self::of(&Certificate::from_der(der)?))
    }

    /// A copy of a certificate that was read.
    #[must_use]
    pub fn of(certificate: &Certificate<'_>) -> Self {
        let der = certificate.der;
        let mut spans = Spans::default();
        let certificate = certificate.over(&mut |part| {
            spans.note(part, der);
            &[]
        });
        Self {
            der: der.into(),
            certificate,
            spans,
        }
    }

    /// The bytes.
    #[must_use]
    pub const fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate.
    #[must_use]
    pub fn view(&self) -> Certificate<'_> {
        self.certificate.over(&mut self.spans.bytes(&self.der))
    }
}

impl PartialEq for CertificateBuf {
    /// The same bytes.
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for CertificateBuf {}

impl fmt::Debug for CertificateBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.view().subject();
        f.debug_tuple("CertificateBuf").field(&name).finish()
    }
}

/// A [`TrustAnchor`] with the certificate that it was made from, judged once: for services that
/// trust many.
///
/// ```
/// use provisor_x509::{PathVerifier, TrustAnchorBuf, profile};
/// # let der = provisor_testkit::pki::ToyPki::new(7).root.certificate.der().to_vec();
///
/// let kept = TrustAnchorBuf::from_der(&der)?;
/// drop(der);
/// let anchors = [kept.view()];
/// let verifier = PathVerifier::new(&profile::DEVICE, &anchors);
/// # let _ = verifier;
/// # Ok::<(), provisor_x509::Rejection>(())
/// ```
#[derive(Clone)]
pub struct TrustAnchorBuf {
    der: Box<[u8]>,
    anchor: TrustAnchor<'static>,
    spans: Spans,
    name_hash: u64,
}

impl TrustAnchorBuf {
    /// Reads one certificate that fills `der`, which must be usable as a trust anchor, and keeps a
    /// copy.
    ///
    /// # Errors
    ///
    /// As [`Certificate::from_der`] and [`TrustAnchor::from_certificate`].
    pub fn from_der(der: &[u8]) -> Result<Self, Rejection> {
        let anchor = TrustAnchor::from_certificate(&Certificate::from_der(der)?)?;
        let name_hash = anchor.name().lookup_hash();
        let mut spans = Spans::default();
        let anchor = anchor.over(&mut |part| {
            spans.note(part, der);
            &[]
        });
        Ok(Self {
            der: der.into(),
            anchor,
            spans,
            name_hash,
        })
    }

    /// The bytes of the certificate.
    #[must_use]
    pub const fn der(&self) -> &[u8] {
        &self.der
    }

    /// [`Name::lookup_hash`](crate::Name::lookup_hash) of its name.
    #[must_use]
    pub const fn name_hash(&self) -> u64 {
        self.name_hash
    }

    /// The anchor.
    #[must_use]
    pub fn view(&self) -> TrustAnchor<'_> {
        self.anchor.over(&mut self.spans.bytes(&self.der))
    }
}

impl PartialEq for TrustAnchorBuf {
    /// The same bytes.
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for TrustAnchorBuf {}

impl fmt::Debug for TrustAnchorBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.view().name();
        f.debug_tuple("TrustAnchorBuf").field(&name).finish()
    }
}

/// A [`Crl`] with its bytes, read once, and its entries found by serial number and not by looking
/// through them. Lists with entries of other issuers are looked through all the same.
///
/// ```
/// use provisor_x509::CrlBuf;
/// # let root = provisor_testkit::pki::ToyPki::new(7).root;
/// # let der = provisor_testkit::pki::CrlBuilder::new().signed_by(&root).der().to_vec();
///
/// let kept = CrlBuf::from_der(&der)?;
/// drop(der);
/// assert!(!kept.view().is_delta());
/// # Ok::<(), provisor_x509::Rejection>(())
/// ```
#[derive(Clone)]
pub struct CrlBuf {
    der: Box<[u8]>,
    list: Crl<'static>,
    spans: Spans,
    index: Index,
}

impl CrlBuf {
    /// Reads one list that fills `der`, and keeps a copy.
    ///
    /// # Errors
    ///
    /// As [`Crl::from_der`].
    pub fn from_der(der: &[u8]) -> Result<Self, Rejection> {
        let list = Crl::from_der(der)?;
        let index = Index::new(list.entries);
        let mut spans = Spans::default();
        let list = list.over(&mut |part| {
            spans.note(part, der);
            &[]
        });
        Ok(Self {
            der: der.into(),
            list,
            spans,
            index,
        })
    }

    /// The list.
    #[must_use]
    pub fn view(&self) -> Crl<'_> {
        Crl {
            index: Some(&self.index),
            ..self.list.over(&mut self.spans.bytes(&self.der))
        }
    }
}

impl fmt::Debug for CrlBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issuer = self.view().issuer();
        f.debug_tuple("CrlBuf").field(&issuer).finish()
    }
}
