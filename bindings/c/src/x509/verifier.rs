//! The verifier: a profile and trust anchors, kept together.

use provisor::x509::{Certificate, PathVerifier, Profile, TrustAnchor, profile};
use provisor::{Code, Rejection, Subject, UnixTime};

use super::{provisor_explanation, provisor_path};
use crate::boundary;
use crate::input::{self, Array, Bytes, Object, provisor_bytes};
use crate::output::{Out, RejectionOut};
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// What a certificate is verified as: one of the constants `PROVISOR_PROFILE_...`.
pub type provisor_profile = u32;

/// A device's own certificate, for TLS client authentication.
pub const PROVISOR_PROFILE_DEVICE: provisor_profile = 1;
/// The certificate of a CA that issues device certificates.
pub const PROVISOR_PROFILE_ISSUING_CA: provisor_profile = 2;
/// An initial device identity (IEEE 802.1AR).
pub const PROVISOR_PROFILE_IDEVID: provisor_profile = 3;
/// A TPM's endorsement key certificate.
pub const PROVISOR_PROFILE_EK: provisor_profile = 4;
/// A TPM's attestation key certificate.
pub const PROVISOR_PROFILE_AK: provisor_profile = 5;

/// A profile and trust anchors, against which any number of chains is verified.
///
/// Never changes once made: several threads may use one verifier at a time.
#[derive(Debug)]
pub struct provisor_verifier {
    profile: Profile,
    /// DER, each one read successfully when the verifier was made.
    anchors: Vec<Box<[u8]>>,
}

/// Makes a verifier. `anchors` are the DER certificates that are trusted; they are copied.
///
/// # Safety
///
/// `anchors` has `anchors_len` elements, or is NULL when that is 0, and each element's `data` has
/// its `len` readable bytes; `verifier` is writable; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_verifier_new(
    profile: provisor_profile,
    anchors: *const provisor_bytes,
    anchors_len: usize,
    verifier: *mut *mut provisor_verifier,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (anchors, verifier, rejection) = unsafe {
        (
            Chain(Array::new(anchors, anchors_len, "anchors")),
            Out::new(verifier, "verifier"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let out = verifier.required()?;
        let profile = *profile_of(profile)?;
        let anchors = anchors.read("anchors")?;
        for (anchor, place) in anchors.iter().zip(0..) {
            TrustAnchor::from_certificate(anchor)
                .map_err(|rejection| of_element(&rejection, "anchors", place))?;
        }
        let anchors = anchors.iter().map(|anchor| anchor.der().into()).collect();
        out.give(provisor_verifier { profile, anchors });
        Ok(())
    })
}

/// Frees a verifier. NULL is fine.
///
/// # Safety
///
/// `verifier` is NULL or came from `provisor_verifier_new`, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_verifier_free(verifier: *mut provisor_verifier) {
    // SAFETY: the caller's word, as above.
    unsafe { input::free(verifier) }
}

/// Verifies `leaf` (DER) at the time `now`, in seconds since 1970-01-01T00:00:00Z.
///
/// `intermediates` are the DER certificates that came with it, in any order. When the leaf is
/// accepted, `path` receives the path that was found, as a new object; it may be NULL.
///
/// An anchor ends with its certificate, as an operator's signing certificate does in a service; under
/// the profiles EK and AK it does not, as TPMs outlive the roots of their vendors.
///
/// # Safety
///
/// `verifier` is not freed; `leaf` has `leaf_len` readable bytes, or is NULL when that is 0;
/// `intermediates` has `intermediates_len` elements, or is NULL when that is 0, and each element's
/// `data` has its `len` readable bytes; `path` and `rejection` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_verifier_verify(
    verifier: *const provisor_verifier,
    leaf: *const u8,
    leaf_len: usize,
    intermediates: *const provisor_bytes,
    intermediates_len: usize,
    now: i64,
    path: *mut *mut provisor_path,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (verifier, leaf, sent, path, rejection) = unsafe {
        (
            Object::new(verifier),
            Bytes::new(leaf, leaf_len, "leaf"),
            Chain(Array::new(
                intermediates,
                intermediates_len,
                "intermediates",
            )),
            Out::new(path, "path"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let verifier = verifier.read("verifier")?;
        let leaf = Certificate::from_der(leaf.read()?)?;
        let sent = sent.read("intermediates")?;
        let anchors = verifier.anchors()?;
        let verified = PathVerifier::new(&verifier.profile, &anchors)
            .anchor_validity(verifier.profile.anchor_validity())
            .intermediates(&sent)
            .verify(&leaf, UnixTime::new(now))?;
        path.give_with(|| provisor_path::new(&verified));
        Ok(())
    })
}

/// Verifies like `provisor_verifier_verify`, and reports every candidate path and every rule that
/// was tried, as a new object.
///
/// The status says whether there is a report; `provisor_explanation_verdict` says what it says.
///
/// # Safety
///
/// `verifier` is not freed; `leaf` has `leaf_len` readable bytes, or is NULL when that is 0;
/// `intermediates` has `intermediates_len` elements, or is NULL when that is 0, and each element's
/// `data` has its `len` readable bytes; `explanation` is writable; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_verifier_explain(
    verifier: *const provisor_verifier,
    leaf: *const u8,
    leaf_len: usize,
    intermediates: *const provisor_bytes,
    intermediates_len: usize,
    now: i64,
    explanation: *mut *mut provisor_explanation,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (verifier, leaf, sent, explanation, rejection) = unsafe {
        (
            Object::new(verifier),
            Bytes::new(leaf, leaf_len, "leaf"),
            Chain(Array::new(
                intermediates,
                intermediates_len,
                "intermediates",
            )),
            Out::new(explanation, "explanation"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let out = explanation.required()?;
        let verifier = verifier.read("verifier")?;
        let leaf = Certificate::from_der(leaf.read()?)?;
        let sent = sent.read("intermediates")?;
        let anchors = verifier.anchors()?;
        let report = PathVerifier::new(&verifier.profile, &anchors)
            .anchor_validity(verifier.profile.anchor_validity())
            .intermediates(&sent)
            .explain(&leaf, UnixTime::new(now));
        out.give(provisor_explanation::new(&report));
        Ok(())
    })
}

impl provisor_verifier {
    /// The anchors as the core borrows them. They are read anew for each chain, which costs little
    /// beside one signature check; keeping them would take a structure that borrows from itself.
    fn anchors(&self) -> Result<Vec<TrustAnchor<'_>>, Rejection> {
        self.anchors
            .iter()
            .map(|der| TrustAnchor::from_certificate(&Certificate::from_der(der)?))
            .collect()
    }
}

/// An array of certificates, with the caller's word for each element.
#[derive(Clone, Copy)]
struct Chain<'a>(Array<'a, provisor_bytes>);

impl<'a> Chain<'a> {
    fn read(self, name: &'static str) -> Result<Vec<Certificate<'a>>, Rejection> {
        let elements = self.0.read()?.iter().zip(0..);
        elements
            .map(|(element, place)| {
                // SAFETY: callers of functions with such an array promise that each element's
                // `data` has its `len` readable bytes.
                let der = unsafe { element.read(name) }?;
                Certificate::from_der(der).map_err(|r| of_element(&r, name, place))
            })
            .collect()
    }
}

/// Says which element of an array was refused.
fn of_element(rejection: &Rejection, name: &str, place: usize) -> Rejection {
    let subject = format!("{name}[{place}]: {}", rejection.subject());
    rejection.clone().about(Subject::field(subject))
}

fn profile_of(number: provisor_profile) -> Result<&'static Profile, Rejection> {
    match number {
        PROVISOR_PROFILE_DEVICE => Ok(&profile::DEVICE),
        PROVISOR_PROFILE_ISSUING_CA => Ok(&profile::ISSUING_CA),
        PROVISOR_PROFILE_IDEVID => Ok(&profile::IDEVID),
        PROVISOR_PROFILE_EK => Ok(&profile::EK),
        PROVISOR_PROFILE_AK => Ok(&profile::AK),
        other => Err(Rejection::new(Code::ArgValue, Subject::field("profile"))
            .expected("one of PROVISOR_PROFILE_...")
            .found(other.to_string())),
    }
}
