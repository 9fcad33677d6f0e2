//! Numbers that somebody asks for.

/// The value of a number, if it is whole and not negative and no larger than there is room for.
pub(super) fn whole(text: &str) -> Option<u64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, after) = mantissa.split_once(['.']).unwrap_or((mantissa, ""));
    let after = after.trim_end_matches(['0']);
    let mut value: u64 = 0;
    for digit in before.bytes().chain(after.bytes()) {
        value = value.checked_mul(10)?.checked_add(u64::from(
            digit.checked_sub(b'0').filter(|&digit| digit < 10)?,
        ))?;
    }
    if value == 0 {
        return (!before.is_empty()).then_some(0);
    }
    let mut scale = exponent
        .parse::<i32>()
        .ok()?
        .checked_sub_unsigned(u32::try_from(after.len()).ok()?)?;
    // Ends by its own overflow after 20 steps.
    while scale > 0 {
        value = value.checked_mul(10)?;
        scale -= 1;
    }
    // Ends by the last digit that is none.
    while scale < 0 {
        if !value.is_multiple_of(10) {
            return None;
        }
        value /= 10;
        scale += 1;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_many_forms() {
        for text in [
            "400208",
            "4.00208e5",
            "400208.000",
            "40020800E-2",
            "4.00208e+5",
        ] {
            assert_eq!(whole(text), Some(400_208), "{text}");
        }
        for text in ["0", "0.000", "0e999999999", "0.0e-9"] {
            assert_eq!(whole(text), Some(0), "{text}");
        }
        assert_eq!(whole("18446744073709551615"), Some(u64::MAX));
        for text in [
            "-1",
            "0.5",
            "1e-1",
            "18446744073709551616",
            "1e20",
            "1e99999999999",
            "\"1\"",
            "true",
            "null",
            "{}",
            "",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
