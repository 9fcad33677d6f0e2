//! URI constraints: on the host, exactly or by domain.

use super::compared::Compared;
use super::dns::{is_at_or_below, is_host};

/// A host name, or a domain with a leading dot.
pub(super) fn is_base(base: &[u8]) -> bool {
    match base {
        [b'.', domain @ ..] => is_host(domain),
        host => is_host(host),
    }
}

pub(super) fn compare(name: &[u8], base: &[u8]) -> Compared {
    // RFC 5280 section 4.2.1.10: without a host name in it, a constrained URI is refused.
    let Some(host) = host(name) else {
        return Compared::Impossible;
    };
    let within = match base {
        [b'.', domain @ ..] => is_at_or_below(host, domain) && !host.eq_ignore_ascii_case(domain),
        wanted => host.eq_ignore_ascii_case(wanted),
    };
    if within {
        Compared::Within
    } else {
        Compared::Outside
    }
}

/// The host of `scheme://[user@]host[:port][/...]` (RFC 3986 section 3.2), if it is a name. A
/// number is an address, not a name.
fn host(uri: &[u8]) -> Option<&[u8]> {
    let colon = uri.iter().position(|byte| *byte == b':')?;
    let (scheme, rest) = uri.split_at_checked(colon)?;
    let scheme_is_legal = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    if !scheme_is_legal {
        return None;
    }
    let rest = rest.strip_prefix(b"://")?;
    let authority = rest
        .split(|byte| matches!(byte, b'/' | b'?' | b'#'))
        .next()?;
    // The last `@` ends the user information; a second one is not legal, and is taken for an
    // attempt to confuse.
    let mut parts = authority.split(|byte| *byte == b'@');
    let ((Some(host_and_port), None, None) | (Some(_), Some(host_and_port), None)) =
        (parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let mut parts = host_and_port.split(|byte| *byte == b':');
    let (host, port, more) = (parts.next()?, parts.next(), parts.next());
    let port_is_legal = port.is_none_or(|port| port.iter().all(u8::is_ascii_digit));
    let top = host.rsplit(|byte| *byte == b'.').next()?;
    let is_name = is_host(host) && !top.iter().all(u8::is_ascii_digit);
    (is_name && port_is_legal && more.is_none()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, base: &str) -> Compared {
        compare(name.as_bytes(), base.as_bytes())
    }

    #[test]
    fn the_host_decides() {
        assert_eq!(
            check("https://u:p@Example.com:8080/a@b?c", "example.com"),
            Compared::Within
        );
        assert_eq!(
            check("https://x.example.com", "example.com"),
            Compared::Outside
        );
        assert_eq!(
            check("https://x.example.com", ".example.com"),
            Compared::Within
        );
        assert_eq!(
            check("https://example.com", ".example.com"),
            Compared::Outside
        );
        assert_eq!(
            check("https://example.com.evil.org/", "example.com"),
            Compared::Outside
        );
    }

    #[test]
    fn what_has_no_host_name_cannot_be_compared() {
        for name in [
            "urn:uuid:1",
            "https://192.0.2.1/",
            "https://[2001:db8::1]/",
            "example.com",
            "https:///x",
            "https://a@b@c",
            "1https://x",
        ] {
            assert_eq!(check(name, "example.com"), Compared::Impossible, "{name}");
        }
    }
}
