//! dNSName constraints: a name is within when labels can be added on its left side only.

use super::compared::{Compared, List};

/// A host name without wildcard or trailing dot; empty, which holds every name. A leading dot is
/// not allowed (RFC 5280 section 4.2.1.10 knows it for URIs and e-mail only).
pub(super) fn is_base(base: &[u8]) -> bool {
    base.is_empty() || is_host(base)
}

pub(super) fn compare(name: &[u8], base: &[u8], list: List) -> Compared {
    let (pattern, host) = match name {
        [b'*', b'.', rest @ ..] => (true, rest),
        _ => (false, name),
    };
    if !is_host(host) {
        return Compared::Impossible;
    }
    if base.is_empty() || is_at_or_below(host, base) {
        return Compared::Within;
    }
    // `*.example.com` stands for every host one label below: if one of them is excluded, so is it.
    if pattern && list == List::Excluded {
        let one_label_more = base
            .len()
            .checked_sub(host.len())
            .and_then(|at| base.split_at_checked(at));
        if let Some(([label @ .., b'.'], tail)) = one_label_more
            && !label.contains(&b'.')
            && tail.eq_ignore_ascii_case(host)
        {
            return Compared::Within;
        }
    }
    Compared::Outside
}

/// Whether `host` is `base` or ends in `.base`, case not counted.
pub(super) fn is_at_or_below(host: &[u8], base: &[u8]) -> bool {
    host.len()
        .checked_sub(base.len())
        .and_then(|at| host.split_at_checked(at))
        .is_some_and(|(head, tail)| {
            tail.eq_ignore_ascii_case(base) && (head.is_empty() || head.ends_with(b"."))
        })
}

/// Letters, digits, hyphens and underscores in labels of 1 to 63, 253 bytes at most (RFC 1034
/// section 3.5; the underscore is custom).
pub(super) fn is_host(host: &[u8]) -> bool {
    host.len() <= 253
        && host.split(|byte| *byte == b'.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_added_on_the_left_only() {
        let permitted =
            |name: &str, base: &str| compare(name.as_bytes(), base.as_bytes(), List::Permitted);
        assert_eq!(permitted("a.example.com", "example.com"), Compared::Within);
        assert_eq!(permitted("EXAMPLE.com", "example.COM"), Compared::Within);
        assert_eq!(permitted("anexample.com", "example.com"), Compared::Outside);
        assert_eq!(permitted("example.com", ""), Compared::Within);
        for malformed in [
            "",
            ".example.com",
            "example.com.",
            "a..b",
            "a b",
            "*",
            "*x.com",
            "\u{e9}.com",
        ] {
            assert_eq!(
                permitted(malformed, "com"),
                Compared::Impossible,
                "{malformed:?}"
            );
        }
    }

    #[test]
    fn a_wildcard_is_permitted_as_a_whole_and_excluded_in_part() {
        let check = |list| compare(b"*.example.com", b"bar.example.com", list);
        assert_eq!(check(List::Permitted), Compared::Outside);
        assert_eq!(check(List::Excluded), Compared::Within);
        assert_eq!(
            compare(b"*.example.com", b"example.com", List::Permitted),
            Compared::Within
        );
        assert_eq!(
            compare(b"*.example.com", b"a.b.example.com", List::Excluded),
            Compared::Outside
        );
        assert_eq!(
            compare(b"*.example.com", b"barexample.com", List::Excluded),
            Compared::Outside
        );
    }

    #[test]
    fn bases() {
        for (base, good) in [
            ("example.com", true),
            ("", true),
            ("*.example.com", false),
            (".example.com", false),
            ("example.com.", false),
        ] {
            assert_eq!(is_base(base.as_bytes()), good, "{base}");
        }
    }
}
