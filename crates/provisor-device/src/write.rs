//! The caller's buffer, written from its beginning.

use base64ct::{Base64, Encoding as _};

use crate::copy::copy;
use crate::percent;
use crate::reason::{Error, Reason};

/// Writes into a buffer of the caller and goes on counting where it ends, so that one call says how much
/// is needed.
///
/// ```
/// use provisor_device::Writer;
///
/// let mut buffer = [0; 16];
/// let mut writer = Writer::new(&mut buffer);
/// writer.text("id=").percent("a/b").text("&n=").number(7);
/// assert_eq!(writer.finish()?, "id=a%2Fb&n=7");
///
/// let mut short = Writer::new(&mut buffer[..4]);
/// short.text("longer");
/// assert_eq!(short.finish().unwrap_err().needed(), Some(6));
/// # Ok::<(), provisor_device::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer<'b> {
    buffer: &'b mut [u8],
    /// Also of what did not fit.
    len: usize,
}

impl<'b> Writer<'b> {
    /// Writes from the beginning of `buffer`.
    #[must_use]
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// Writes nowhere, and counts.
    #[must_use]
    pub fn measure() -> Writer<'static> {
        Writer::new(&mut [])
    }

    /// The bytes that were written, and those for which there was no room.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The text as it is.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// A number in decimal.
    pub fn number(&mut self, number: u64) -> &mut Self {
        let mut digits = [0; 20];
        let mut rest = number;
        let mut used = 0;
        for place in digits.iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
            used += 1;
            if rest == 0 {
                break;
            }
        }
        let start = digits.len() - used;
        self.bytes(digits.get(start..).unwrap_or_default())
    }

    /// The text, percent-encoded: all but the unreserved characters (RFC 3986 section 2.3), with upper-case
    /// digits.
    pub fn percent(&mut self, text: &str) -> &mut Self {
        for byte in text.bytes() {
            match percent::encode(byte) {
                None => self.byte(byte),
                Some(encoded) => self.bytes(&encoded),
            };
        }
        self
    }

    /// The bytes in base64 with padding (RFC 4648 section 4).
    pub fn base64(&mut self, bytes: &[u8]) -> &mut Self {
        for (chunk, len) in base64(bytes) {
            self.bytes(chunk.get(..len).unwrap_or_default());
        }
        self
    }

    /// The bytes in base64 and that percent-encoded, as a token has its signature.
    pub fn percent_base64(&mut self, bytes: &[u8]) -> &mut Self {
        for (chunk, len) in base64(bytes) {
            self.percent(str::from_utf8(chunk.get(..len).unwrap_or_default()).unwrap_or_default());
        }
        self
    }

    /// The text as a JSON string, in quotation marks (RFC 8259 section 7).
    pub fn json(&mut self, text: &str) -> &mut Self {
        self.byte(b'"');
        for byte in text.bytes() {
            match byte {
                b'"' | b'\\' => self.bytes(&[b'\\', byte]),
                0..0x20 => {
                    let [high, low] = percent::digits(byte);
                    self.text("\\u00").bytes(&[high, low])
                }
                _ => self.byte(byte),
            };
        }
        self.byte(b'"')
    }

    /// What was written, as text.
    ///
    /// # Errors
    /// [`Reason::BufferTooSmall`] with the length that is needed. Nothing of what was written is left then:
    /// half a token is nobody's business.
    pub fn finish(self) -> Result<&'b str, Error> {
        if self.len > self.buffer.len() {
            self.buffer.fill(0);
            return Err(Reason::BufferTooSmall.with(self.len));
        }
        // Only texts get in.
        let written: &'b [u8] = self.buffer;
        str::from_utf8(written.get(..self.len).unwrap_or_default())
            .map_err(|error| Reason::ArgumentCharacter.with(error.valid_up_to()))
    }

    /// Bytes of UTF-8.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let end = self.len.saturating_add(bytes.len());
        if let Some(room) = self.buffer.get_mut(self.len..end) {
            copy(bytes, room);
        }
        self.len = end;
        self
    }

    /// What was written so far, if it fits.
    pub(crate) fn so_far(&self) -> Option<&[u8]> {
        self.buffer.get(..self.len)
    }

    /// Begins anew.
    pub(crate) const fn clear(&mut self) {
        self.len = 0;
    }

    fn byte(&mut self, byte: u8) -> &mut Self {
        self.bytes(&[byte])
    }
}

/// Base64 of three bytes at a time.
fn base64(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], usize)> {
    bytes.chunks(3).map(|three| {
        let mut out = [0; 4];
        let len = Base64::encode(three, &mut out).map_or(0, str::len);
        (out, len)
    })
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_and_json() {
        let mut buffer = [0; 64];
        let mut writer = Writer::new(&mut buffer);
        writer
            .number(0)
            .text(" ")
            .number(u64::MAX)
            .text(" ")
            .json("a\"\\\n\u{1f}é");
        assert_eq!(
            writer.finish().unwrap(),
            "0 18446744073709551615 \"a\\\"\\\\\\u000A\\u001Fé\""
        );
    }

    proptest! {
        #[test]
        fn what_is_needed_is_what_is_written(text in ".{0,40}", number: u64, bytes: Vec<u8>, room in 0..400_usize) {
            let put = |writer: &mut Writer<'_>| {
                writer.text(&text).percent(&text).json(&text).number(number).base64(&bytes);
            };
            let mut measured = Writer::measure();
            put(&mut measured);
            let needed = measured.len();
            let mut buffer = vec![7; room];
            let mut writer = Writer::new(&mut buffer);
            put(&mut writer);
            match writer.finish() {
                Ok(written) => prop_assert_eq!(written.len(), needed),
                Err(error) => {
                    prop_assert_eq!(error.needed(), Some(needed));
                    prop_assert!(buffer.iter().all(|&byte| byte == 0));
                }
            }
        }

        #[test]
        fn json_strings_are_read_as_they_were(text in "\\PC*|[\\x00-\\x7f]*") {
            let mut buffer = vec![0; 6 * text.len() + 2];
            let mut writer = Writer::new(&mut buffer);
            writer.json(&text);
            let read: String = serde_json::from_str(writer.finish().unwrap()).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
