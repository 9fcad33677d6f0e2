//! Big-endian structures, cut up.

use super::refused::Refused;

/// The bytes that are left.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Refused> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(Refused)?;
        self.0 = tail;
        Ok(head)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Refused> {
        let bytes = self.take(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    pub(super) fn u32(&mut self) -> Result<u32, Refused> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    /// A TPM2B: 16-bit size, then that many bytes.
    pub(super) fn sized(&mut self) -> Result<&'a [u8], Refused> {
        let size = self.u16()?;
        self.take(usize::from(size))
    }

    pub(super) const fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(super) const fn finish(self) -> Result<(), Refused> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Refused)
        }
    }
}

/// A TPM2B of those bytes.
pub(super) fn sized(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).unwrap();
    [&size.to_be_bytes()[..], bytes].concat()
}
