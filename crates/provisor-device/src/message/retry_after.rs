//! How long the service asks to wait.

/// The seconds of a `Retry-After` (RFC 9110 section 10.2.3), of a header or of a topic. The service sends seconds
/// only; a date, or whatever else, says nothing, and so does no number at all. Larger numbers than there are stay the
/// largest.
#[must_use]
pub fn retry_after(text: &[u8]) -> Option<u32> {
    let digits = text.trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |seconds, byte| {
        let digit = byte.checked_sub(b'0').filter(|&digit| digit < 10)?;
        Some(seconds.saturating_mul(10).saturating_add(u32::from(digit)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_nothing_else() {
        assert_eq!(retry_after(b"3"), Some(3));
        assert_eq!(retry_after(b" 030 "), Some(30));
        assert_eq!(retry_after(b"99999999999999"), Some(u32::MAX));
        for text in [
            "",
            " ",
            "-1",
            "1.5",
            "3s",
            "Wed, 21 Oct 2015 07:28:00 GMT",
            "+3",
        ] {
            assert_eq!(retry_after(text.as_bytes()), None, "{text}");
        }
    }
}
