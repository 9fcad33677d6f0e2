//! A verified path, owned.

use core::ffi::c_char;
use core::ptr;

use provisor::x509::{Certificate, VerifiedPath};

use crate::boundary;
use crate::input::{self, Object};
use crate::output::{Borrowed, Out, lend_bytes};

/// A path that was verified: the leaf, then each issuer, up to the one below the anchor.
///
/// Only `provisor_verifier_verify` makes one, so whoever holds it need not check again. It owns
/// copies of everything; several threads may read one path at a time.
#[derive(Debug)]
pub struct provisor_path {
    /// Leaf first; never empty.
    certificates: Vec<Owned>,
    anchor: Borrowed,
}

#[derive(Debug)]
struct Owned {
    der: Box<[u8]>,
    subject: Borrowed,
}

impl provisor_path {
    pub(crate) fn new(path: &VerifiedPath<'_>) -> Self {
        Self {
            certificates: path.certificates().map(Owned::new).collect(),
            anchor: Borrowed::new(&path.anchor().name().to_string()),
        }
    }
}

impl Owned {
    fn new(certificate: &Certificate<'_>) -> Self {
        Self {
            der: certificate.der().into(),
            subject: Borrowed::new(&certificate.subject().to_string()),
        }
    }
}

/// Frees a path. NULL is fine.
///
/// # Safety
///
/// `path` is NULL or came from `provisor_verifier_verify`, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_path_free(path: *mut provisor_path) {
    // SAFETY: the caller's word, as above.
    unsafe { input::free(path) }
}

/// The number of certificates; 0 for NULL.
///
/// # Safety
///
/// `path` is NULL or a path that is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_path_length(path: *const provisor_path) -> usize {
    // SAFETY: the caller's word, as above.
    let path = unsafe { Object::new(path) };
    boundary::answer(0, || path.get().map_or(0, |path| path.certificates.len()))
}

/// The certificate (DER) at `depth` from the leaf, which is at 0; valid until the path is freed.
/// NULL with the length 0 beyond the end.
///
/// # Safety
///
/// `path` is NULL or a path that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_path_certificate(
    path: *const provisor_path,
    depth: usize,
    len: *mut usize,
) -> *const u8 {
    // SAFETY: the caller's word, as above.
    let (path, len) = unsafe { (Object::new(path), Out::new(len, "len")) };
    boundary::answer(ptr::null(), || {
        match path.get().and_then(|path| path.certificates.get(depth)) {
            Some(certificate) => lend_bytes(&certificate.der, len),
            None => {
                len.set(0);
                ptr::null()
            }
        }
    })
}

/// The subject (RFC 4514 text) of the certificate at `depth`; empty beyond the end.
///
/// Ends with a NUL; valid until the path is freed.
///
/// # Safety
///
/// `path` is NULL or a path that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_path_subject(
    path: *const provisor_path,
    depth: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (path, len) = unsafe { (Object::new(path), Out::new(len, "len")) };
    boundary::answer(c"".as_ptr(), || {
        let certificate = path.get().and_then(|path| path.certificates.get(depth));
        Borrowed::lend(certificate.map(|owned| &owned.subject), len)
    })
}

/// The name (RFC 4514 text) of the trust anchor that the path ends in; empty for NULL.
///
/// Ends with a NUL; valid until the path is freed.
///
/// # Safety
///
/// `path` is NULL or a path that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_path_anchor(
    path: *const provisor_path,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (path, len) = unsafe { (Object::new(path), Out::new(len, "len")) };
    boundary::answer(c"".as_ptr(), || {
        Borrowed::lend(path.get().map(|path| &path.anchor), len)
    })
}
