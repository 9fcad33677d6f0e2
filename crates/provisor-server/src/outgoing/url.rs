//! Whom a request is for.

use core::fmt;

use provisor::{Code, Rejection, Subject};

use crate::store::Result;

/// The scheme, host and port of a URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Url {
    pub(super) tls: bool,
    pub(super) host: Box<str>,
    pub(super) port: u16,
}

impl Url {
    /// The host over HTTPS: `dps.example.net`, `127.0.0.1:8443`, `[::1]`.
    ///
    /// # Errors
    /// [`OutUrl`](Code::OutUrl): it is no host.
    pub fn of_host(authority: &str) -> Result<Self> {
        let (host, port) = split(authority).ok_or_else(|| refused(authority))?;
        Ok(Self {
            tls: true,
            host: host.into(),
            port: port.unwrap_or(443),
        })
    }

    /// Splits a URL into whom it is for, and its target.
    ///
    /// ```
    /// use provisor_server::outgoing::Url;
    ///
    /// let (to, target) = Url::split("https://hooks.example.net/allocate?code=x")?;
    /// assert_eq!((to.to_string().as_str(), target), ("https://hooks.example.net", "/allocate?code=x"));
    /// assert!(Url::split("ftp://hooks.example.net/").is_err());
    /// # Ok::<(), Box<provisor::Rejection>>(())
    /// ```
    ///
    /// # Errors
    /// [`OutUrl`](Code::OutUrl): it is neither `https:` nor `http:`, or has no host.
    pub fn split(url: &str) -> Result<(Self, &str)> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| refused(url))?;
        let tls = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => true,
            _ if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err(refused(scheme)),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(at).ok_or_else(|| refused(scheme))?;
        let (host, port) = split(authority).ok_or_else(|| refused(authority))?;
        let to = Self {
            tls,
            host: host.into(),
            port: port.unwrap_or(if tls { 443 } else { 80 }),
        };
        Ok((to, if target.is_empty() { "/" } else { target }))
    }

    /// The value of `host`: without the scheme's own port.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = &self.host;
        let own = if self.tls { 443 } else { 80 };
        match (host.contains(':'), self.port == own) {
            (false, true) => host.to_string(),
            (false, false) => format!("{host}:{}", self.port),
            (true, true) => format!("[{host}]"),
            (true, false) => format!("[{host}]:{}", self.port),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

/// Host and port (RFC 3986 section 3.2); users have no place here.
fn split(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            match rest.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if rest.is_empty() => (host, None),
                None => return None,
            }
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if host.is_empty() || !host.bytes().all(legal) {
        return None;
    }
    let port = match port {
        None | Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port > 0)?)
        }
        Some(_) => return None,
    };
    Some((host, port))
}

/// Without the rest of the URL, which can have keys.
fn refused(found: &str) -> Box<Rejection> {
    let shown: String = found.chars().take(64).collect();
    Box::new(
        Rejection::new(Code::OutUrl, Subject::field("url"))
            .expected("https:// and a host")
            .found(format!("{shown:?}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_ports_and_targets() {
        for (url, to, target) in [
            ("https://a.example", "https://a.example", "/"),
            ("HTTPS://a.example:443/b?c#d", "https://a.example", "/b?c"),
            ("https://a.example:8443?x", "https://a.example:8443", "?x"),
            ("http://[::1]:80/a", "http://[::1]", "/a"),
            ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080", "/a"),
        ] {
            let (found, rest) = Url::split(url).unwrap();
            assert_eq!((found.to_string().as_str(), rest), (to, target), "{url}");
        }
        for bad in [
            "a.example",
            "ftp://a.example",
            "https://",
            "https:///a",
            "https://user@a.example/",
            "https://a.example:0/",
            "https://a.example:65536/",
            "https://a.example:+1/",
            "https://[::1/",
            "https://[a]/",
            "https://a b/",
        ] {
            assert!(Url::split(bad).is_err(), "{bad}");
        }
        assert_eq!(
            Url::of_host("127.0.0.2").unwrap().to_string(),
            "https://127.0.0.2"
        );
        assert!(Url::of_host("a/b").is_err());
    }
}
