//! The caller's randomness.

use provisor_report::{Code, Rejection, Subject};

/// A cryptographic source of randomness that the caller hands in.
///
/// Everything that this crate seals is as secret as these bytes. Repeated bytes repeat key
/// streams; predictable bytes give the secret away to anyone who reads the wire. Hand in the
/// operating system's generator, or a generator seeded from it.
///
/// ```
/// use provisor_tpm::{Random, Rejection};
///
/// /// The kernel's generator, for services on Unix.
/// struct Kernel(std::fs::File);
///
/// impl Random for Kernel {
///     fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
///         use std::io::Read as _;
///         self.0.read_exact(out).map_err(|e| provisor_tpm::random_failed(e.to_string()))
///     }
/// }
/// ```
pub trait Random {
    /// Fills `out` with fresh random bytes, all of it.
    ///
    /// # Errors
    ///
    /// [`Code::TpmRandom`] when the source fails; nothing is sealed then. Make it with
    /// [`random_failed`].
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection>;
}

/// The rejection for a source of randomness that failed; `why` goes into `found`.
pub fn random_failed(why: impl Into<alloc::borrow::Cow<'static, str>>) -> Rejection {
    Rejection::new(Code::TpmRandom, Subject::field("random")).found(why)
}

/// Randomness written down beforehand, handed out in order, for known-answer tests only.
pub(crate) struct Verbatim<'a>(pub(crate) &'a [u8]);

impl Random for Verbatim<'_> {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        let Some((head, rest)) = self.0.split_at_checked(out.len()) else {
            return Err(random_failed("the listed randomness is used up"));
        };
        out.copy_from_slice(head);
        self.0 = rest;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_randomness_runs_out_loudly() {
        let mut random = Verbatim(&[1, 2, 3]);
        let mut two = [0; 2];
        assert!(random.fill(&mut two).is_ok());
        assert_eq!(two, [1, 2]);
        assert_eq!(random.fill(&mut two).unwrap_err().code(), Code::TpmRandom);
    }
}
