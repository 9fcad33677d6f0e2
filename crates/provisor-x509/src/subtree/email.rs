//! rfc822Name constraints: one mailbox, every mailbox of a host, or of every host in a domain.

use super::compared::Compared;
use super::dns::{is_at_or_below, is_host};

pub(super) fn is_base(base: &[u8]) -> bool {
    match base {
        [b'.', domain @ ..] => is_host(domain),
        base if base.contains(&b'@') => mailbox(base).is_some(),
        host => is_host(host),
    }
}

pub(super) fn compare(name: &[u8], base: &[u8]) -> Compared {
    let Some((local, host)) = mailbox(name) else {
        return Compared::Impossible;
    };
    let within = match base {
        // `.example.com`: hosts below it, not itself.
        [b'.', domain @ ..] => is_at_or_below(host, domain) && !host.eq_ignore_ascii_case(domain),
        // The local part is compared exactly, every character standing for itself (RFC 5280
        // section 7.5).
        base if base.contains(&b'@') => mailbox(base).is_some_and(|(wanted_local, wanted_host)| {
            local == wanted_local && host.eq_ignore_ascii_case(wanted_host)
        }),
        wanted => host.eq_ignore_ascii_case(wanted),
    };
    if within {
        Compared::Within
    } else {
        Compared::Outside
    }
}

/// Local part and host of `local@host`: one `@`, a local part of atom characters and dots, a host
/// name. Quoted local parts and address literals are taken for malformed: they fail closed.
fn mailbox(address: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = address.iter().position(|byte| *byte == b'@')?;
    let (local, host) = (address.get(..at)?, address.get(at.checked_add(1)?..)?);
    // RFC 5321 section 4.1.2: atext.
    let atom = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(byte);
    (!local.is_empty() && local.iter().all(atom) && is_host(host)).then_some((local, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, base: &str) -> Compared {
        compare(name.as_bytes(), base.as_bytes())
    }

    #[test]
    fn a_mailbox_a_host_or_a_domain() {
        assert_eq!(check("a@example.com", "a@EXAMPLE.com"), Compared::Within);
        assert_eq!(check("A@example.com", "a@example.com"), Compared::Outside);
        assert_eq!(check("a@example.com", "example.com"), Compared::Within);
        assert_eq!(check("a@x.example.com", "example.com"), Compared::Outside);
        assert_eq!(check("a@x.example.com", ".example.com"), Compared::Within);
        assert_eq!(check("a@example.com", ".example.com"), Compared::Outside);
    }

    #[test]
    fn an_asterisk_is_a_character() {
        assert_eq!(
            check("user@example.com", "*@example.com"),
            Compared::Outside
        );
        assert_eq!(check("*@example.com", "*@example.com"), Compared::Within);
    }

    #[test]
    fn what_is_no_mailbox_cannot_be_compared() {
        for name in [
            "",
            "example.com",
            "@example.com",
            "a@",
            "a@b@example.com",
            "\"a\"@example.com",
            "a@[192.0.2.1]",
            "a b@example.com",
        ] {
            assert_eq!(check(name, "example.com"), Compared::Impossible, "{name}");
        }
        assert!(!is_base(b"a@b@example.com"));
        assert!(is_base(b".example.com") && is_base(b"a@example.com") && is_base(b"example.com"));
    }
}
