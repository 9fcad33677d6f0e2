//! Names: how a TPM calls an object (TPM 2.0 Part 1 section 16).

use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::{AlgId, HashAlg, algorithm::Digest};

/// The Name of an object: the identifier of its name algorithm, then the digest of its public area.
///
/// Two objects with one Name are the same object. A Name is computed from the exact bytes that
/// were received ([`crate::Public::name`]); a Name that the other side only claims can be read
/// with [`Name::from_bytes`], and proves nothing.
///
/// ```
/// use provisor_tpm::{HashAlg, Name};
///
/// let name = Name::from_bytes(&[&[0x00, 0x0B][..], &[0xAA; 32]].concat())?;
/// assert_eq!(name.algorithm(), HashAlg::Sha256);
/// assert!(name.to_string().starts_with("000baaaa"));
/// assert!(Name::from_bytes(&[0x00, 0x0B, 0xAA]).is_err());
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
#[derive(Clone, Copy)]
pub struct Name {
    algorithm: HashAlg,
    /// Two bytes of identifier and up to 64 of digest; zero beyond.
    bytes: [u8; 66],
}

impl Name {
    /// Reads a Name: two bytes of algorithm, then exactly one digest of it.
    ///
    /// # Errors
    ///
    /// [`Code::TpmNameAlgorithm`] for a hash that is not computed here, [`Code::TpmNameForm`] when
    /// the length does not fit it: a handle, for instance, which is the Name of what has no public
    /// area.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rejection> {
        let subject = || Subject::field("TPM2B_NAME");
        let Some((id, digest)) = bytes.split_first_chunk::<2>() else {
            return Err(Rejection::new(Code::TpmNameForm, subject())
                .expected("at least 2 bytes")
                .found(alloc::format!("{}", bytes.len())));
        };
        let id = AlgId::new(u16::from_be_bytes(*id));
        let Some(algorithm) = HashAlg::from_id(id) else {
            return Err(Rejection::new(Code::TpmNameAlgorithm, subject())
                .at(0)
                .expected("SHA-1, SHA-256, SHA-384 or SHA-512")
                .found(alloc::format!("{id}")));
        };
        if digest.len() != algorithm.digest_bytes() {
            return Err(Rejection::new(Code::TpmNameForm, subject())
                .at(2)
                .expected(alloc::format!(
                    "{} bytes of {algorithm}",
                    algorithm.digest_bytes()
                ))
                .found(alloc::format!("{} bytes", digest.len())));
        }
        Ok(Self::from_parts(algorithm, digest))
    }

    /// The Name of the object whose `TPMT_PUBLIC` is exactly these bytes.
    pub(crate) fn of(algorithm: HashAlg, tpmt_public: &[u8]) -> Self {
        let digest: Digest = algorithm.digest(&[tpmt_public]);
        Self::from_parts(algorithm, digest.as_ref())
    }

    /// The hash that the Name is made with.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlg {
        self.algorithm
    }

    /// The bytes: identifier and digest, without a size field.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let length = self.algorithm.digest_bytes() + 2;
        self.bytes.get(..length).unwrap_or(&self.bytes)
    }

    /// `digest` is as long as `algorithm` says; both callers see to it.
    fn from_parts(algorithm: HashAlg, digest: &[u8]) -> Self {
        let id = algorithm.id().value().to_be_bytes();
        let mut bytes = [0; 66];
        for (to, from) in bytes.iter_mut().zip(id.iter().chain(digest)) {
            *to = *from;
        }
        Self { algorithm, bytes }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl core::hash::Hash for Name {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl AsRef<[u8]> for Name {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for Name {
    /// Lowercase hexadecimal, as the TPM tools print it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.as_bytes() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_as_long_as_its_algorithm_says() {
        for (id, length) in [(0x04, 20), (0x0B, 32), (0x0C, 48), (0x0D, 64)] {
            let bytes = [&[0, id][..], &alloc::vec![0x5A; length]].concat();
            assert_eq!(Name::from_bytes(&bytes).unwrap().as_bytes(), &bytes[..]);
            for wrong in [0, 1, 2, 4, bytes.len() - 1] {
                assert!(Name::from_bytes(&bytes[..wrong]).is_err(), "{id} {wrong}");
            }
            assert!(Name::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        }
        let handle = Name::from_bytes(&0x8100_0001_u32.to_be_bytes()).unwrap_err();
        assert_eq!(handle.code(), Code::TpmNameAlgorithm);
    }

    #[test]
    fn another_algorithm_is_another_name() {
        let a = Name::of(HashAlg::Sha256, b"x");
        let b = Name::of(HashAlg::Sha384, b"x");
        assert_ne!(a, b);
        assert_eq!(a, Name::of(HashAlg::Sha256, b"x"));
    }
}
