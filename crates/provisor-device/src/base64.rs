//! Base64 with padding (RFC 4648 section 4) into the caller's buffer, in constant time.

use base64ct::{Base64, Encoding as _};

use crate::reason::{Error, Reason};

/// The bytes that a text says. White space, missing padding and bits that say nothing are refused.
///
/// # Errors
/// [`Reason::BufferTooSmall`], [`Reason::Base64`].
pub fn decode<'b>(text: &[u8], out: &'b mut [u8]) -> Result<&'b [u8], Error> {
    let padding = text
        .iter()
        .rev()
        .take(2)
        .filter(|&&byte| byte == b'=')
        .count();
    let needed = (text.len() / 4 * 3).saturating_sub(padding);
    if !text.len().is_multiple_of(4) {
        return Err(Reason::Base64.with(text.len()));
    }
    let Some(out) = out.get_mut(..needed) else {
        return Err(Reason::BufferTooSmall.with(needed));
    };
    Base64::decode(text, out).map_err(|_| Reason::Base64.with(text.len()))
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use proptest::prelude::*;

    use super::*;
    use crate::Writer;

    #[test]
    fn the_vectors_of_the_rfc() {
        // RFC 4648 section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            let mut out = [0; 8];
            assert_eq!(decode(text.as_bytes(), &mut out).unwrap(), bytes.as_bytes());
            let mut writer = Writer::new(&mut out);
            writer.base64(bytes.as_bytes());
            assert_eq!(writer.finish().unwrap(), text);
        }
        for bad in ["Zg=", "Zg", "Zh==", "Zm9v\n", "Z-9v", "====", "Zg==Zg=="] {
            let error = decode(bad.as_bytes(), &mut [0; 8]).unwrap_err();
            assert_eq!(error.reason(), Reason::Base64, "{bad}");
        }
        assert_eq!(
            decode(b"Zm9vYg==", &mut [0; 3]).unwrap_err().needed(),
            Some(4)
        );
    }

    proptest! {
        #[test]
        fn there_and_back(bytes: Vec<u8>) {
            let mut text = vec![0; bytes.len().div_ceil(3) * 4];
            let mut writer = Writer::new(&mut text);
            writer.base64(&bytes);
            let text = writer.finish().unwrap();
            let mut back = vec![0; bytes.len()];
            prop_assert_eq!(decode(text.as_bytes(), &mut back).unwrap(), &bytes[..]);
        }
    }
}
