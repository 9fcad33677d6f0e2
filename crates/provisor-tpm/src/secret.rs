//! Bytes that must not be seen.

use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{Random, limits, random_failed};

/// A secret of 1 to 64 bytes: erased when dropped, compared in constant time, never printed.
///
/// ```
/// use provisor_tpm::Secret;
///
/// let secret = Secret::new(b"sixteen bytes...")?;
/// assert_eq!(format!("{secret:?}"), "Secret(16 bytes)");
/// assert!(secret.equals(b"sixteen bytes..."));
/// assert!(Secret::new(b"").is_err());
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Keeps a copy of these bytes.
    ///
    /// # Errors
    ///
    /// [`Code::TpmSecretEmpty`] or, above 64 bytes, [`Code::TpmSecretTooLong`].
    pub fn new(bytes: &[u8]) -> Result<Self, Rejection> {
        check_length(bytes.len(), limits::SECRET)?;
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// Draws `length` bytes, 1 to 64.
    ///
    /// # Errors
    ///
    /// As [`Secret::new`], and whatever the randomness answers; [`Code::TpmRandom`] also when it
    /// gave one byte over and over, as a generator does that was never started.
    pub fn random(length: usize, random: &mut dyn Random) -> Result<Self, Rejection> {
        check_length(length, limits::SECRET)?;
        let mut bytes = Zeroizing::new(alloc::vec![0; length]);
        random.fill(&mut bytes)?;
        check_not_stuck(&bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes themselves. Whoever calls this is responsible for them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether these are the same bytes; the time taken depends on the lengths only.
    #[must_use]
    pub fn equals(&self, other: &[u8]) -> bool {
        self.0.as_slice().ct_eq(other).into()
    }

    /// How many bytes there are, never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a secret is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// Secret bytes of any length: erased when dropped, never printed. Keys, seeds, sensitive areas.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes these bytes over. Their memory must not have been copied before: growing a vector
    /// leaves its old memory behind.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl core::ops::Deref for SecretBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl core::ops::DerefMut for SecretBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.0.len())
    }
}

/// TPMs accept an empty secret; the proof of it is then a constant (traps 54 and 59).
pub(crate) fn check_length(length: usize, longest: usize) -> Result<(), Rejection> {
    let subject = || Subject::field("secret");
    if length == 0 {
        return Err(Rejection::new(Code::TpmSecretEmpty, subject()).expected("at least 1 byte"));
    }
    if length > longest {
        return Err(Rejection::new(Code::TpmSecretTooLong, subject())
            .expected(alloc::format!("at most {longest} bytes"))
            .found(alloc::format!("{length} bytes")));
    }
    Ok(())
}

/// Trap 58. Of 16 random bytes all are alike once in 2^120 draws; of a dead source, always. It says
/// nothing about any other weakness.
fn check_not_stuck(bytes: &[u8]) -> Result<(), Rejection> {
    match bytes {
        [first, rest @ ..] if rest.len() >= 15 && rest.iter().all(|byte| byte == first) => {
            Err(random_failed("the same byte over and over"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Verbatim;

    #[test]
    fn lengths_are_checked_and_nothing_is_printed() {
        assert_eq!(Secret::new(&[]).unwrap_err().code(), Code::TpmSecretEmpty);
        assert_eq!(
            Secret::new(&[1; 65]).unwrap_err().code(),
            Code::TpmSecretTooLong
        );
        let secret = Secret::random(3, &mut Verbatim(b"xyz")).unwrap();
        assert_eq!(secret.expose(), b"xyz");
        assert!(!alloc::format!("{secret:?}").contains("xyz"));
    }

    #[test]
    fn a_dead_source_of_randomness_is_noticed() {
        for byte in [0, 0xFF, 7] {
            let drawn = Secret::random(16, &mut Verbatim(&[byte; 16]));
            assert_eq!(drawn.unwrap_err().code(), Code::TpmRandom);
        }
        assert!(Secret::random(15, &mut Verbatim(&[0; 15])).is_ok());
        let mut alive = [0; 16];
        alive[15] = 1;
        assert!(Secret::random(16, &mut Verbatim(&alive)).is_ok());
    }

    #[test]
    fn equality_needs_every_byte() {
        let secret = Secret::new(&[7; 32]).unwrap();
        assert!(secret.equals(&[7; 32]));
        assert!(!secret.equals(&[7; 31]));
        assert!(!secret.equals(&[7; 33]));
        assert!(!secret.equals(&[]));
    }
}
