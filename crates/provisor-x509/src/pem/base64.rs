//! Base64 with padding (RFC 4648 section 4), line by line.

use alloc::vec::Vec;

/// Why characters are no base64 here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// A `-` or `_`, of the alphabet for URLs.
    Url,
    /// A `:`, as headers have it.
    Header,
    /// Any other character.
    Character,
    /// More after the padding, or too much of it.
    Padding,
    /// The last group is cut, or its unused bits are set.
    Incomplete,
}

impl Damage {
    /// What was found.
    pub(super) const fn found(self) -> &'static str {
        match self {
            Self::Url => "a character of base64url (- or _) in place of base64 (+ or /)",
            Self::Header => "a header line, as of encrypted keys (RFC 1421)",
            Self::Character => "a character that is no base64",
            Self::Padding => "characters after the padding (=), or too much of it",
            Self::Incomplete => "base64 that ends in the middle, or whose padding (=) is missing",
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Decoder {
    out: Vec<u8>,
    bits: u32,
    count: u8,
    padding: u8,
}

impl Decoder {
    /// White space may stand anywhere (RFC 7468 section 3, `laxbase64text`).
    pub(super) fn push(&mut self, data: &str) -> Result<(), Damage> {
        for byte in data.bytes() {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' => {
                    self.padding = self.padding.saturating_add(1);
                    if self.padding > 2 {
                        return Err(Damage::Padding);
                    }
                    continue;
                }
                b' ' | b'\t' | 0x0b | 0x0c => continue,
                b'-' | b'_' => return Err(Damage::Url),
                b':' => return Err(Damage::Header),
                _ => return Err(Damage::Character),
            };
            if self.padding > 0 {
                return Err(Damage::Padding);
            }
            self.bits = self.bits << 6 | u32::from(value);
            self.count += 1;
            if self.count == 4 {
                let [_, a, b, c] = self.bits.to_be_bytes();
                self.out.extend([a, b, c]);
                (self.bits, self.count) = (0, 0);
            }
        }
        Ok(())
    }

    /// The bytes, when the last group is whole and its unused bits are zero.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Damage> {
        match (self.count, self.padding) {
            (0, 0) => {}
            (2, 2) if self.bits & 0xf == 0 => {
                let [.., a] = (self.bits >> 4).to_be_bytes();
                self.out.push(a);
            }
            (3, 1) if self.bits & 0x3 == 0 => {
                let [.., a, b] = (self.bits >> 2).to_be_bytes();
                self.out.extend([a, b]);
            }
            _ => return Err(Damage::Incomplete),
        }
        Ok(self.out)
    }
}
