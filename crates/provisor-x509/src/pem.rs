//! PEM certificates and revocation lists (RFC 7468), as people have them in files.

mod other;

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

/// The lines around one kind of block, and how they are asked for.
struct Label {
    begin: &'static str,
    end: &'static str,
    no_begin: &'static str,
    no_end: &'static str,
}

const CERTIFICATE: Label = Label {
    begin: "-----BEGIN CERTIFICATE-----",
    end: "-----END CERTIFICATE-----",
    no_begin: "a BEGIN CERTIFICATE line",
    no_end: "an END CERTIFICATE line",
};

const CRL: Label = Label {
    begin: "-----BEGIN X509 CRL-----",
    end: "-----END X509 CRL-----",
    no_begin: "a BEGIN X509 CRL line",
    no_end: "an END X509 CRL line",
};

/// The DER bytes of every certificate in a PEM text, in its order. Other blocks, such as keys, and
/// text between the blocks are passed over.
///
/// # Errors
///
/// [`Code::X509Pem`] when there is no certificate, a block has no end, or its base64 is damaged.
///
/// ```
/// use provisor_x509::{Code, certificates_from_pem};
///
/// let text = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
/// assert_eq!(certificates_from_pem(text)?, [[0x30, 0x00]]);
/// assert_eq!(certificates_from_pem("").unwrap_err().code(), Code::X509Pem);
/// # Ok::<(), provisor_x509::Rejection>(())
/// ```
pub fn certificates_from_pem(text: &str) -> Result<Vec<Vec<u8>>, Rejection> {
    blocks(text, &CERTIFICATE)
}

/// The DER bytes of every certificate revocation list in a PEM text ("X509 CRL"), in its order.
/// Other blocks and text between the blocks are passed over.
///
/// # Errors
///
/// [`Code::X509Pem`] when there is no list, a block has no end, or its base64 is damaged.
///
/// ```
/// use provisor_x509::{Code, crls_from_pem};
///
/// let text = "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n";
/// assert_eq!(crls_from_pem(text)?, [[0x30, 0x00]]);
/// assert_eq!(crls_from_pem("").unwrap_err().code(), Code::X509Pem);
/// # Ok::<(), provisor_x509::Rejection>(())
/// ```
pub fn crls_from_pem(text: &str) -> Result<Vec<Vec<u8>>, Rejection> {
    blocks(text, &CRL)
}

fn blocks(text: &str, label: &Label) -> Result<Vec<Vec<u8>>, Rejection> {
    let refuse = |line: usize, expected: &'static str| {
        Rejection::new(Code::X509Pem, Subject::field("PEM"))
            .expected(expected)
            .found(alloc::format!("line {}", line + 1))
            .remedy(
                "copy the block again, from its BEGIN line to its END line: it was damaged or cut",
            )
    };
    let mut ders = Vec::new();
    let mut open: Option<Decoder> = None;
    let mut instead = None;
    let mut last = 0;
    for (number, line) in text.lines().enumerate() {
        last = number;
        match (line.trim(), &mut open) {
            (line, None) if line == label.begin => open = Some(Decoder::default()),
            (line, Some(_)) if line == label.begin => {
                return Err(refuse(number, "the end of the block before"));
            }
            (line, Some(_)) if line == label.end => {
                let decoder = open.take().unwrap_or_default();
                let der = decoder
                    .finish()
                    .ok_or_else(|| refuse(number, "base64 that is complete"))?;
                ders.push(der);
            }
            (data, Some(decoder)) => decoder
                .push(data)
                .ok_or_else(|| refuse(number, "base64 characters"))?,
            (line, None) => instead = instead.or_else(|| other::of(line)),
        }
    }
    if open.is_some() {
        return Err(refuse(last, label.no_end));
    }
    if ders.is_empty() {
        let none = refuse(last, label.no_begin).remedy(Code::X509Pem.remedy());
        return Err(match instead {
            Some(other) if label.begin == CERTIFICATE.begin => {
                none.found(other.found).remedy(other.remedy)
            }
            _ if text.trim().is_empty() => none.found("no text at all"),
            _ => none.found("none"),
        });
    }
    Ok(ders)
}

/// Base64 with padding (RFC 4648 section 4), line by line.
#[derive(Default)]
struct Decoder {
    out: Vec<u8>,
    bits: u32,
    count: u8,
    padding: u8,
}

impl Decoder {
    fn push(&mut self, data: &str) -> Option<()> {
        for byte in data.bytes() {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' => {
                    self.padding += 1;
                    if self.padding > 2 {
                        return None;
                    }
                    continue;
                }
                _ => return None,
            };
            if self.padding > 0 {
                return None;
            }
            self.bits = self.bits << 6 | u32::from(value);
            self.count += 1;
            if self.count == 4 {
                let [_, a, b, c] = self.bits.to_be_bytes();
                self.out.extend([a, b, c]);
                (self.bits, self.count) = (0, 0);
            }
        }
        Some(())
    }

    /// The bytes, when the last group is whole and its unused bits are zero.
    fn finish(mut self) -> Option<Vec<u8>> {
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
            _ => return None,
        }
        Some(self.out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(base64: &str) -> alloc::string::String {
        alloc::format!(
            "{}\r\n{base64}\r\n{}\r\n",
            CERTIFICATE.begin,
            CERTIFICATE.end
        )
    }

    #[test]
    fn several_blocks_and_the_text_around_them() {
        let text = alloc::format!(
            "subject: x\n{}noise\n{}",
            block("MAA="),
            block("MAEF\nBQ==")
        );
        let found = certificates_from_pem(&text).unwrap();
        assert_eq!(found, [alloc::vec![0x30, 0], alloc::vec![0x30, 1, 5, 5]]);
    }

    #[test]
    fn damage_is_named() {
        for wrong in [
            block("MAA"),
            block("M=AA"),
            block("MAB="),
            block("M*AA"),
            alloc::format!("{}\nMAA=", CERTIFICATE.begin),
        ] {
            assert_eq!(
                certificates_from_pem(&wrong).unwrap_err().code(),
                Code::X509Pem,
                "{wrong}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(-----BEGIN CERTIFICATE-----\n)?[A-Za-z+/=\n]{0,40}(\n-----END CERTIFICATE-----)?") {
            let _ = certificates_from_pem(&text);
        }
    }
}
