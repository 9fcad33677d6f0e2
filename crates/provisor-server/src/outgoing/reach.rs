//! Which addresses may be called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses a request may go to.
///
/// Whoever may enroll devices may name a webhook, and so make the server call an address of his choice (server-side
/// request forgery). What he sees of the answer is little; what is harmed is what trusts whoever can reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every address: for what an operator calls himself.
    Everywhere,
    /// Every host of this machine's networks and beyond, and this machine itself.
    AndHere,
    /// Every host of this machine's networks and beyond. Neither this machine, nor what is there on the link alone
    /// (169.254.0.0/16, where clouds have the credentials of their machines; fe80::/10), nor what is no host.
    ///
    /// Private networks are among it: a factory has its functions there.
    Hosts,
}

impl Reach {
    /// Whether that address may be called.
    ///
    /// ```
    /// use provisor_server::outgoing::Reach;
    ///
    /// let allowed = |address: &str| Reach::Hosts.allows(address.parse().unwrap());
    /// assert!(allowed("192.0.2.7") && allowed("10.1.2.3") && allowed("2001:db8::1"));
    /// assert!(!allowed("127.0.0.1") && !allowed("169.254.169.254") && !allowed("::ffff:127.0.0.1"));
    /// assert!(Reach::AndHere.allows("::1".parse().unwrap()));
    /// ```
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Everywhere => true,
            Self::AndHere => address.is_loopback() || is_host(address),
            Self::Hosts => !address.is_loopback() && is_host(address),
        }
    }
}

fn is_host(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_host_v4(address),
        IpAddr::V6(address) => is_host_v6(address),
    }
}

/// RFC 6890 section 2.2.2.
const fn is_host_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    // "This network" is 0/8; 240/4 is kept back, and ends with the broadcast address.
    first != 0 && first < 240 && !address.is_link_local() && !address.is_multicast()
}

/// RFC 6890 section 2.2.3; RFC 6052 for what leads to IPv4.
fn is_host_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    if let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = segments {
        let bits = u32::from(high) << 16 | u32::from(low);
        let inside = Ipv4Addr::from_bits(bits);
        return !inside.is_loopback() && is_host_v4(inside);
    }
    !address.is_unspecified() && !address.is_unicast_link_local() && !address.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_host_is_not_called() {
        for bad in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "fe80::1",
            "ff02::1",
            "::ffff:169.254.169.254",
            "::ffff:0.0.0.0",
            "64:ff9b::169.254.169.254",
            "64:ff9b::127.0.0.1",
        ] {
            let address: IpAddr = bad.parse().unwrap();
            assert!(
                !Reach::Hosts.allows(address) && !Reach::AndHere.allows(address),
                "{bad}"
            );
            assert!(Reach::Everywhere.allows(address));
        }
        for here in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            let address: IpAddr = here.parse().unwrap();
            assert!(
                !Reach::Hosts.allows(address) && Reach::AndHere.allows(address),
                "{here}"
            );
        }
        for good in [
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "8.8.8.8",
            "fd00::1",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(Reach::Hosts.allows(good.parse().unwrap()), "{good}");
        }
    }
}
