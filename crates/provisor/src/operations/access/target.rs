//! What a token has to be for.

use alloc::boxed::Box;

/// The host and the path of a request, as the server routed it.
///
/// A token is for a host, or for the beginning of a path: whole segments, case disregarded.
#[derive(Clone, Debug)]
pub struct Target {
    host: Box<str>,
    path: Box<str>,
}

impl Target {
    /// The name by which the service is reached (a port behind it is passed over), and the path without
    /// its query, decoded.
    #[must_use]
    pub fn new(host: &str, path: &str) -> Self {
        Self {
            host: without_port(host).to_ascii_lowercase().into_boxed_str(),
            path: path.to_ascii_lowercase().into_boxed_str(),
        }
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// True when that resource, decoded, is the host or leads to the path. One official client signs the
    /// address of the service with its scheme.
    pub(in crate::operations) fn is_within(&self, resource: &str) -> bool {
        let resource = resource.to_ascii_lowercase();
        let resource = resource.strip_prefix("https://").unwrap_or(&resource);
        let mut wanted = resource.trim_end_matches('/').split('/');
        if without_port(wanted.next().unwrap_or_default()) != &*self.host {
            return false;
        }
        let mut path = self.path.trim_start_matches('/').split('/');
        wanted.all(|segment| !segment.is_empty() && path.next() == Some(segment))
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c9_a_token_is_for_the_host_or_the_beginning_of_the_path() {
        let target = Target::new("DPS.example.net:443", "/enrollments/Line-7");
        for good in [
            "dps.example.net",
            "DPS.EXAMPLE.NET",
            "https://dps.example.net",
            "HTTPS://dps.example.net:443/",
            "dps.example.net/enrollments",
            "dps.example.net/Enrollments/line-7",
            "dps.example.net/enrollments/line-7/",
        ] {
            assert!(target.is_within(good), "{good}");
        }
        for bad in [
            "",
            "/",
            "example.net",
            "dps.example.net.evil.example",
            "dps.example.netx",
            "http://dps.example.net",
            "https://https://dps.example.net",
            "dps.example.net/enroll",
            "dps.example.net/enrollments/line-70",
            "dps.example.net/enrollments/line-7/attestationmechanism",
            "dps.example.net//enrollments",
            "dps.example.net/registrations",
            "dps.example.net/..",
        ] {
            assert!(!target.is_within(bad), "{bad}");
        }
        assert!(Target::new("dps.example.net", "").is_within("dps.example.net"));
        assert!(!Target::new("dps.example.net", "").is_within("dps.example.net/enrollments"));
    }
}
