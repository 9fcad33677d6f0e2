//! The values of a signature without scheme and hash.

use provisor_report::{Code, Rejection, Subject};

use crate::crypto::SignatureValue;

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// Whether such an RSA signature fits its key shows later.
pub(super) fn rsa(bytes: &[u8]) -> Result<SignatureValue<'_>, Rejection> {
    match bytes.len() {
        256 | 384 | 512 => Ok(SignatureValue::Rsa(bytes)),
        other => Err(refuse()
            .expected("256, 384 or 512 bytes, as many as the modulus has")
            .found(alloc::format!("{other} bytes"))),
    }
}

/// SEQUENCE { INTEGER r, INTEGER s } in DER: one number has one encoding (X.690 section 8.3).
pub(super) fn ecdsa(bytes: &[u8]) -> Result<SignatureValue<'_>, Rejection> {
    let expected = "SEQUENCE { INTEGER r, INTEGER s } in DER";
    let not_so = || {
        refuse()
            .expected(expected)
            .found("another structure, or bytes after it")
    };
    let (content, rest) = element(SEQUENCE, bytes).ok_or_else(not_so)?;
    let (r, s) = element(INTEGER, content).ok_or_else(not_so)?;
    let (s, after) = element(INTEGER, s).ok_or_else(not_so)?;
    if !rest.is_empty() || !after.is_empty() {
        return Err(not_so());
    }
    Ok(SignatureValue::Ecdsa {
        r: magnitude(r)?,
        s: magnitude(s)?,
    })
}

/// The number without the zero byte that keeps it positive.
fn magnitude(integer: &[u8]) -> Result<&[u8], Rejection> {
    let found = match integer {
        [] => "an INTEGER without content",
        [0x80..=0xff, ..] => "a negative INTEGER: a zero byte is missing in front of it",
        [0, 0..=0x7f, ..] => "an INTEGER padded with zero bytes",
        [0, magnitude @ ..] if !magnitude.is_empty() => return Ok(magnitude),
        magnitude => return Ok(magnitude),
    };
    Err(refuse()
        .expected("INTEGERs in DER, without padding")
        .found(found))
}

/// The content, and what follows. A signature on P-521 has 139 bytes at most: one byte of length, or two.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (length, rest) = match rest {
        [length @ 0..=0x7f, rest @ ..] => (*length, rest),
        [0x81, length @ 0x80..=0xff, rest @ ..] => (*length, rest),
        _ => return None,
    };
    (*found == tag)
        .then(|| rest.split_at_checked(usize::from(length)))
        .flatten()
}

fn refuse() -> Rejection {
    Rejection::new(Code::TpmSignatureForm, Subject::field("signature")).remedy(
        "send the file as tpm2_quote -s or tpm2_certify -s wrote it, with -f plain or without",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_encoding() {
        let good = [0x30, 7, 2, 2, 0, 0x80, 2, 1, 0x7f];
        assert_eq!(
            ecdsa(&good).unwrap(),
            SignatureValue::Ecdsa {
                r: &[0x80],
                s: &[0x7f]
            }
        );
        for bad in [
            &[0x30, 6, 2, 1, 0x80, 2, 1, 0x7f][..],
            &[0x30, 7, 2, 2, 0, 0x7f, 2, 1, 0x7f],
            &[0x30, 7, 2, 2, 0, 0, 2, 1, 0x7f],
            &[0x30, 5, 2, 0, 2, 1, 0x7f],
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],
            &[0x30, 7, 2, 1, 1, 2, 1, 1, 0],
            &[0x30, 3, 2, 1, 1],
            &[0x30, 6, 2, 1, 1, 4, 1, 1],
            &[7; 64],
            &[],
        ] {
            assert_eq!(
                ecdsa(bad).unwrap_err().code(),
                Code::TpmSignatureForm,
                "{bad:02x?}"
            );
        }
        // Zero is refused where the key is known.
        assert!(ecdsa(&[0x30, 6, 2, 1, 0, 2, 1, 1]).is_ok());
        assert!(rsa(&[7; 256]).is_ok() && rsa(&[7; 255]).is_err() && rsa(&[]).is_err());
    }
}
