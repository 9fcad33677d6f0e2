//! States as bytes: fixed places, a sum at the end.

use super::name::Name;
use crate::copy::copy;
use crate::reason::{Error, Reason};

/// Bytes of the sum.
pub(super) const SUM: usize = 8;

/// Writes one value after the other.
#[derive(Debug)]
pub(super) struct Record<'b> {
    out: &'b mut [u8],
    at: usize,
}

impl<'b> Record<'b> {
    pub(super) const fn new(out: &'b mut [u8]) -> Self {
        Self { out, at: 0 }
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let end = self.at + bytes.len();
        if let Some(room) = self.out.get_mut(self.at..end) {
            copy(bytes, room);
        }
        self.at = end;
        self
    }

    pub(super) fn byte(&mut self, byte: u8) -> &mut Self {
        self.bytes(&[byte])
    }

    pub(super) fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn name<const N: usize>(&mut self, name: &Name<N>) -> &mut Self {
        let (len, bytes) = name.parts();
        self.byte(len).bytes(bytes)
    }
}

/// Reads one value after the other.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// What was read last is wrong.
    pub(super) fn fault(&self) -> Error {
        Reason::StateMalformed.with(self.at)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let found = self.bytes.get(self.at..self.at + N);
        let found = found.and_then(|found| found.try_into().ok());
        let found = found.ok_or_else(|| self.fault())?;
        self.at += N;
        Ok(found)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Error> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn is(&mut self, byte: u8) -> Result<(), Error> {
        if self.byte()? == byte {
            Ok(())
        } else {
            Err(self.fault())
        }
    }

    /// A name that is one, with nothing behind it in its place.
    pub(super) fn name<const N: usize>(
        &mut self,
        is_one: impl Fn(&str) -> bool,
    ) -> Result<Name<N>, Error> {
        let len = usize::from(self.byte()?);
        let place = self.array::<N>()?;
        let name = place.split_at_checked(len);
        let name = name.filter(|(_, rest)| rest.iter().all(|&byte| byte == 0));
        let name = name.and_then(|(name, _)| str::from_utf8(name).ok());
        match name.filter(|name| is_one(name)) {
            Some(name) => Name::new(name),
            None => Err(self.fault()),
        }
    }

    /// Nothing is left.
    pub(super) fn end(&self) -> Result<(), Error> {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(self.fault())
        }
    }
}

/// Puts the sum into the last bytes. It finds a torn write and memory that lost its charge; it stops nobody.
pub(super) fn seal(out: &mut [u8]) {
    if let Some((content, place)) = out.split_last_chunk_mut::<SUM>() {
        *place = sum(content).to_be_bytes();
    }
}

/// The content, if the sum fits.
pub(super) fn unseal(bytes: &[u8]) -> Result<&[u8], Error> {
    match bytes.split_last_chunk::<SUM>() {
        Some((content, found)) if *found == sum(content).to_be_bytes() => Ok(content),
        _ => Err(Reason::StateMalformed.with(bytes.len())),
    }
}

/// FNV-1a, 64 bits.
fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
