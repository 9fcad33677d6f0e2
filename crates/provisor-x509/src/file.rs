//! Files of certificates or revocation lists, from their bytes: PEM with any number of blocks, the DER
//! of one, and the variants of both that people have and that leave no doubt.
//!
//! A file is never read in part without a word: each block that speaks of a certificate or a list is
//! among [`Contents::blocks`], named by [`Contents::passed_over`], or refuses the file with its line.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use provisor_report::{Code, Form, Rejection, Subject};

use crate::glance::{Answer, octet_string, of_bytes};
use crate::limits;
use crate::pem::{der_in_text, scan};

pub use crate::glance::Wanted;
pub use crate::pem::{Block, Contents, PassedOver, ReadAs, Unreadable};

/// Reads the certificates or lists of a file. Their DER is not looked at yet: that is what
/// [`Certificate::from_der`](crate::Certificate::from_der) and [`Crl::from_der`](crate::Crl::from_der)
/// are for.
///
/// In a file of certificates, blocks of other kinds are passed over and named in
/// [`Contents::passed_over`]; in a file of lists they refuse it, since a list that is lost undoes a
/// revocation.
///
/// # Errors
///
/// [`Code::X509Pem`], [`Code::X509Armour`], [`Code::X509TrustedCertificate`], [`Code::X509Form`],
/// [`Code::X509Wrapped`], [`Code::X509OtherKind`], [`Code::X509PassedOver`] and
/// [`Code::X509TooLarge`], each with what was found, where, and what helps; as an [`Unreadable`], which
/// is a [`Rejection`] and its place in the file.
///
/// ```
/// use provisor_x509::file::{self, ReadAs, Wanted};
///
/// let text = b"\xef\xbb\xbf-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
/// let contents = file::read(text, Wanted::Certificates)?;
/// assert_eq!(contents.blocks()[0].der(), [0x30, 0x00]);
/// assert_eq!(contents.blocks()[0].line(), Some(1));
/// assert_eq!(contents.read_as(), [ReadAs::ByteOrderMark]);
///
/// let hexadecimal = file::read(b"3082 02a6 3082 024c a003 0201", Wanted::Certificates);
/// assert!(hexadecimal.unwrap_err().to_string().contains("hexadecimal text"));
/// # Ok::<(), file::Unreadable>(())
/// ```
pub fn read(bytes: &[u8], wanted: Wanted) -> Result<Contents, Unreadable> {
    if bytes.len() > limits::FILE_BYTES {
        let rejection = Rejection::new(Code::X509TooLarge, Subject::field("file"))
            .expected(format!("at most {} bytes", limits::FILE_BYTES));
        return Err(Unreadable::whole(rejection));
    }
    match bytes {
        // A long-form length is no text, so `0 s:CN=...` of s_client is not taken for DER.
        [0x30, 0x80..=0xff, ..] => return Ok(der(bytes.to_vec(), vec![])),
        [0x30, length, rest @ ..] if usize::from(*length) == rest.len() => {
            return Ok(der(bytes.to_vec(), vec![]));
        }
        _ => {}
    }
    if let Some(inside) = octet_string(bytes) {
        return Ok(der(inside.to_vec(), vec![ReadAs::OctetString]));
    }
    let form = Form::of(bytes);
    if form.is_some_and(Form::is_text)
        && let Some((line, kind)) = der_in_text(bytes)
    {
        let answer = Answer::new(
            Code::X509Form,
            format!("text, and from line {line} on DER, which begins as {kind}"),
            "give each in a file of its own: a file is all PEM, or one structure in DER",
        );
        return Err(Unreadable::whole(answer.into_rejection(wanted)));
    }
    match form {
        Some(Form::Utf16) => {
            let text = Form::utf16_text(bytes).unwrap_or_default();
            if is_mixed(bytes, &text) {
                let answer = Answer::new(
                    Code::X509Form,
                    "text in UTF-16 and text in another encoding, put together",
                    "convert each part for itself (iconv -f UTF-16 -t UTF-8), then put them together",
                );
                return Err(Unreadable::whole(answer.into_rejection(wanted)));
            }
            let mut contents = scan(&text, wanted)?;
            contents
                .read_as
                .retain(|known| *known != ReadAs::ByteOrderMark);
            contents.read_as.insert(0, ReadAs::Utf16);
            Ok(contents)
        }
        // What stands around the blocks may be in any encoding; the blocks are ASCII.
        Some(form) if form.is_text() => scan(&String::from_utf8_lossy(bytes), wanted),
        _ => {
            let answer = of_bytes(bytes, wanted).unwrap_or_else(|| {
                Answer::new(
                    Code::X509Form,
                    "bytes that begin as neither",
                    "give the PEM or the DER file itself",
                )
            });
            Err(Unreadable::whole(answer.into_rejection(wanted)))
        }
    }
}

/// Whether a part of a text in UTF-16 is in ASCII, or in UTF-16 of the other order or shifted by a byte:
/// read as the rest, its blocks would be other characters, and lost.
fn is_mixed(bytes: &[u8], text: &str) -> bool {
    let ascii = |part: &[u8]| {
        bytes
            .windows(part.len())
            .any(|window| window.eq_ignore_ascii_case(part))
    };
    // The hyphen with its two bytes exchanged.
    ascii(b"-----") || ascii(b"BEGIN") || text.contains('\u{2d00}')
}

fn der(der: Vec<u8>, read_as: Vec<ReadAs>) -> Contents {
    Contents {
        blocks: vec![Block { der, line: None }],
        passed_over: vec![],
        read_as,
    }
}
