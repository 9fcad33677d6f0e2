//! Reading and writing the TPM's wire format: big-endian integers and sized fields.
//!
//! TPM 2.0 Part 2 section 4: every integer is big-endian; a `TPM2B` is a 16-bit length and that
//! many bytes. The reader borrows, never allocates, and every refusal says at which byte of the
//! outermost input it stopped.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

/// A cursor over foreign bytes.
///
/// ```
/// use provisor_tpm::marshal::Reader;
///
/// let mut reader = Reader::new("TPM2B_DIGEST", &[0, 2, 0xAB, 0xCD]);
/// assert_eq!(reader.sized()?, [0xAB, 0xCD]);
/// reader.end()?;
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    /// The structure's name in the specification, for rejections.
    what: &'static str,
    rest: &'a [u8],
    /// Bytes of the outermost input before `rest`.
    position: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte of `bytes`, which should hold a structure named `what`.
    #[must_use]
    pub const fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            what,
            rest: bytes,
            position: 0,
        }
    }

    /// Bytes of the outermost input that lie before the next one.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// What has not been read yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTruncated`] when fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Rejection> {
        let Some((head, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.truncated(count));
        };
        self.rest = rest;
        self.position += count;
        Ok(head)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTruncated`] when fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Rejection> {
        let Some((head, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.truncated(N));
        };
        self.rest = rest;
        self.position += N;
        Ok(*head)
    }

    /// The next byte.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTruncated`] when none is left.
    pub fn u8(&mut self) -> Result<u8, Rejection> {
        self.array().map(u8::from_be_bytes)
    }

    /// The next 16-bit integer.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTruncated`] when fewer than 2 bytes are left.
    pub fn u16(&mut self) -> Result<u16, Rejection> {
        self.array().map(u16::from_be_bytes)
    }

    /// The next 32-bit integer.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTruncated`] when fewer than 4 bytes are left.
    pub fn u32(&mut self) -> Result<u32, Rejection> {
        self.array().map(u32::from_be_bytes)
    }

    /// The next 64-bit integer.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTruncated`] when fewer than 8 bytes are left.
    pub fn u64(&mut self) -> Result<u64, Rejection> {
        self.array().map(u64::from_be_bytes)
    }

    /// The content of the next `TPM2B`: a 16-bit length, then that many bytes.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTruncated`] when the length points beyond the data.
    pub fn sized(&mut self) -> Result<&'a [u8], Rejection> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    /// As [`Reader::sized`], for a `TPM2B` whose buffer holds `longest` bytes.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTooLong`] above that: a TPM answers `TPM_RC_SIZE`.
    pub fn sized_up_to(&mut self, longest: usize) -> Result<&'a [u8], Rejection> {
        let at = self.position;
        let bytes = self.sized()?;
        if bytes.len() <= longest {
            return Ok(bytes);
        }
        Err(self
            .refuse_at(Code::TpmTooLong, at)
            .expected(format!("at most {longest} bytes"))
            .found(format!("{} bytes", bytes.len())))
    }

    /// A cursor over the content of the next `TPM2B`, for the structure named `what` inside it.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTruncated`] when the length points beyond the data.
    pub fn sized_reader(&mut self, what: &'static str) -> Result<Self, Rejection> {
        let position = self.position + 2;
        let rest = self.sized()?;
        Ok(Self {
            what,
            rest,
            position,
        })
    }

    /// Insists that everything has been read.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTrailingBytes`] otherwise: two readers would see two objects (trap 3).
    pub fn end(&self) -> Result<(), Rejection> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(self
            .refuse(Code::TpmTrailingBytes)
            .expected("the end of the structure")
            .found(format!("{} more bytes", self.rest.len())))
    }

    /// A rejection about this structure at the next byte.
    #[must_use]
    pub fn refuse(&self, code: Code) -> Rejection {
        Rejection::new(code, Subject::field(self.what)).at(self.position)
    }

    /// A rejection about this structure at a byte that has been read already.
    #[must_use]
    pub fn refuse_at(&self, code: Code, position: usize) -> Rejection {
        Rejection::new(code, Subject::field(self.what)).at(position)
    }

    fn truncated(&self, wanted: usize) -> Rejection {
        self.refuse(Code::TpmTruncated)
            .expected(format!("{wanted} more bytes"))
            .found(format!("{}", self.rest.len()))
    }
}

/// Collects bytes in the TPM's wire format.
///
/// ```
/// use provisor_tpm::marshal::Writer;
///
/// let mut writer = Writer::new();
/// writer.u16(0x000B).sized(&[1, 2, 3])?;
/// assert_eq!(writer.finish(), [0, 0x0B, 0, 3, 1, 2, 3]);
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Starts empty.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Starts empty, with room for that many bytes: a secret that fits is written once.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// Appends bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Appends one byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes(&[value])
    }

    /// Appends a 16-bit integer.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends a 32-bit integer.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends a 64-bit integer.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends a `TPM2B`: a 16-bit length, then the bytes.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTooLong`] above 65,535 bytes.
    pub fn sized(&mut self, bytes: &[u8]) -> Result<&mut Self, Rejection> {
        let Ok(length) = u16::try_from(bytes.len()) else {
            return Err(Rejection::new(Code::TpmTooLong, Subject::field("TPM2B"))
                .expected("at most 65535 bytes")
                .found(format!("{} bytes", bytes.len())));
        };
        Ok(self.u16(length).bytes(bytes))
    }

    /// What has been written.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// These bytes as a `TPM2B`.
pub(crate) fn tpm2b(bytes: &[u8]) -> Result<Vec<u8>, Rejection> {
    let mut writer = Writer(Vec::with_capacity(bytes.len() + 2));
    writer.sized(bytes)?;
    Ok(writer.finish())
}

/// Refuses an input above the bound that `limits` sets for it, before anything looks at it.
pub(crate) fn check_input(
    what: &'static str,
    bytes: &[u8],
    longest: usize,
) -> Result<(), Rejection> {
    if bytes.len() <= longest {
        return Ok(());
    }
    Err(Rejection::new(Code::TpmTooLong, Subject::field(what))
        .expected(format!("at most {longest} bytes"))
        .found(format!("{} bytes", bytes.len())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn positions_count_from_the_outermost_byte() {
        let mut outer = Reader::new("outer", &[0, 4, 0, 9, 1, 2]);
        let mut inner = outer.sized_reader("inner").unwrap();
        assert_eq!(inner.position(), 2);
        let rejection = inner.sized().unwrap_err();
        assert_eq!(rejection.code(), Code::TpmTruncated);
        assert_eq!(rejection.position(), Some(4));
        assert_eq!(rejection.subject(), &Subject::field("inner"));
    }

    #[test]
    fn a_byte_too_many_is_refused() {
        let mut reader = Reader::new("x", &[0, 0, 0]);
        assert!(reader.sized().is_ok());
        let rejection = reader.end().unwrap_err();
        assert_eq!(rejection.code(), Code::TpmTrailingBytes);
        assert_eq!(rejection.position(), Some(2));
    }

    #[test]
    fn a_sized_field_has_sixteen_bits_of_length() {
        assert!(tpm2b(&[0; 0xFFFF]).is_ok());
        assert_eq!(tpm2b(&[0; 0x1_0000]).unwrap_err().code(), Code::TpmTooLong);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(a: u8, b: u16, c: u32, d: u64, e: Vec<u8>) {
            let mut writer = Writer::new();
            writer.u8(a).u16(b).u32(c).u64(d).sized(&e).unwrap();
            let bytes = writer.finish();
            let mut reader = Reader::new("test", &bytes);
            prop_assert_eq!(reader.u8().unwrap(), a);
            prop_assert_eq!(reader.u16().unwrap(), b);
            prop_assert_eq!(reader.u32().unwrap(), c);
            prop_assert_eq!(reader.u64().unwrap(), d);
            prop_assert_eq!(reader.sized().unwrap(), &e[..]);
            prop_assert!(reader.end().is_ok());
        }
    }
}
