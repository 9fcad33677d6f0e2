//! Latencies by the network that a device comes from.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use provisor_report::{Code, Rejection, Subject};

use super::policy::Latency;
use crate::limits;

/// A network of addresses: an address and how many of its leading bits count (RFC 4632 section 3.1).
///
/// ```
/// use provisor::Code;
/// use provisor::allocation::Network;
///
/// let lan = Network::parse("10.1.0.0/16")?;
/// assert!(lan.contains("10.1.2.3".parse().expect("an address")));
/// assert_eq!(Network::parse("10.1.2.3/16").unwrap_err().code(), Code::AllocNetwork);
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    family: Family,
    bits: u8,
    /// The address, with nothing set behind the bits.
    address: u128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Family {
    V4,
    V6,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone. Bits behind those that count are
    /// refused: one of the two is a mistake.
    ///
    /// # Errors
    /// [`AllocNetwork`](Code::AllocNetwork).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let refused = || {
            let shown: alloc::string::String = text.chars().take(LONGEST).collect();
            Rejection::new(Code::AllocNetwork, Subject::field("network"))
                .expected("an address, a slash and a number of bits, such as 10.0.0.0/8")
                .found(format!("\"{}\"", shown.escape_default()))
        };
        if text.len() > LONGEST {
            return Err(refused());
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| refused())?;
        let whole = Self::of(address);
        // One notation for each number: no sign, no zero in front.
        let digits = |bits: &str| bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits = match bits {
            None => whole.bits,
            Some(bits) if digits(bits) && (bits == "0" || !bits.starts_with('0')) => {
                bits.parse().map_err(|_| refused())?
            }
            Some(_) => return Err(refused()),
        };
        let network = whole.cut(bits).ok_or_else(refused)?;
        if network.address != whole.address {
            return Err(refused().expected(format!("{network}, or more bits")));
        }
        Ok(network)
    }

    /// Whether the address lies in it. An IPv4 address in IPv6 clothes (`::ffff:10.0.0.1`) is the IPv4
    /// address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let whole = Self::of(address.to_canonical());
        whole.family == self.family && whole.cut(self.bits) == Some(*self)
    }

    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self {
                family: Family::V4,
                bits: 32,
                address: u128::from(v4.to_bits()),
            },
            IpAddr::V6(v6) => Self {
                family: Family::V6,
                bits: 128,
                address: v6.to_bits(),
            },
        }
    }

    /// The network of so many leading bits; `None`: it has not so many.
    fn cut(self, bits: u8) -> Option<Self> {
        let behind = u32::from(self.bits.checked_sub(bits)?);
        let address = self.address.checked_shr(behind).unwrap_or(0);
        Some(Self {
            family: self.family,
            bits,
            address: address.checked_shl(behind).unwrap_or(0),
        })
    }
}

/// The longest text of an address with its bits.
const LONGEST: usize = 64;

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.family, u32::try_from(self.address)) {
            (Family::V4, Ok(v4)) => write!(f, "{}/{}", Ipv4Addr::from_bits(v4), self.bits),
            (Family::V4 | Family::V6, _) => {
                write!(f, "{}/{}", Ipv6Addr::from_bits(self.address), self.bits)
            }
        }
    }
}

impl core::str::FromStr for Network {
    type Err = Rejection;

    fn from_str(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

/// What `geoLatency` goes by: the latencies of the hubs as seen from each network that devices come
/// from. The longest network that an address lies in counts, whole.
///
/// A device from nowhere in the table has no latencies, and then all hubs are equally near: it is placed
/// by weights.
///
/// ```
/// use provisor::HubName;
/// use provisor::allocation::{Latency, LatencyTable, Network};
///
/// let [east, west] = ["east", "west"].map(|name| HubName::parse(name).expect("a host name"));
/// let at = |hub: &HubName, milliseconds| Latency::new(hub.clone(), milliseconds);
/// let table = LatencyTable::new([
///     (Network::parse("10.0.0.0/8")?, vec![at(&east, 10), at(&west, 80)]),
///     (Network::parse("10.2.0.0/16")?, vec![at(&east, 70), at(&west, 15)]),
/// ])?;
/// let nearest = |address: &str| {
///     let latencies = table.latencies(address.parse().expect("an address"));
///     latencies.iter().min_by_key(|latency| latency.milliseconds).map(|latency| &latency.hub)
/// };
/// assert_eq!(nearest("10.1.2.3"), Some(&east));
/// assert_eq!(nearest("::ffff:10.2.0.1"), Some(&west));
/// assert_eq!(nearest("192.0.2.1"), None);
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LatencyTable {
    rows: BTreeMap<Network, Vec<Latency>>,
}

impl LatencyTable {
    /// The table with these rows.
    ///
    /// # Errors
    /// [`AllocNetworks`](Code::AllocNetworks) for a network twice, or more than
    /// [`limits::NETWORKS`]; [`AttestTooManyFacts`](Code::AttestTooManyFacts) for a row of more than
    /// [`limits::LATENCIES`].
    pub fn new(rows: impl IntoIterator<Item = (Network, Vec<Latency>)>) -> Result<Self, Rejection> {
        let refused = || Rejection::new(Code::AllocNetworks, Subject::field("latencies"));
        let mut table = Self::default();
        for (network, latencies) in rows {
            if table.rows.len() == limits::NETWORKS {
                return Err(refused().expected(format!("at most {}", limits::NETWORKS)));
            }
            if latencies.len() > limits::LATENCIES {
                let subject = Subject::field("latencies");
                return Err(Rejection::new(Code::AttestTooManyFacts, subject)
                    .expected(format!("at most {} for {network}", limits::LATENCIES)));
            }
            if table.rows.insert(network, latencies).is_some() {
                return Err(refused().found(format!("{network} twice")));
            }
        }
        Ok(table)
    }

    /// The latencies as seen by a device with that address: a fact for the engine. None where no network
    /// of the table has it.
    #[must_use]
    pub fn latencies(&self, address: IpAddr) -> &[Latency] {
        let whole = Network::of(address.to_canonical());
        let mut networks = (0..=whole.bits).rev().filter_map(|bits| whole.cut(bits));
        networks
            .find_map(|network| self.rows.get(&network))
            .map_or(&[], Vec::as_slice)
    }

    /// Its rows.
    pub fn rows(&self) -> impl Iterator<Item = (&Network, &[Latency])> {
        self.rows.iter().map(|(at, row)| (at, row.as_slice()))
    }
}

#[cfg(feature = "serde")]
mod stored {
    use alloc::borrow::Cow;
    use alloc::vec::Vec;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Latency, LatencyTable, Network};

    impl Serialize for Network {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for Network {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let text = <Cow<'_, str>>::deserialize(from)?;
            Self::parse(&text).map_err(D::Error::custom)
        }
    }

    #[derive(Serialize)]
    struct Written<'t> {
        network: &'t Network,
        latencies: &'t [Latency],
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Read {
        network: Network,
        latencies: Vec<Latency>,
    }

    impl Serialize for LatencyTable {
        /// A list of `{"network": .., "latencies": [..]}`.
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.collect_seq(
                self.rows()
                    .map(|(network, latencies)| Written { network, latencies }),
            )
        }
    }

    impl<'de> Deserialize<'de> for LatencyTable {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let rows = <Vec<Read>>::deserialize(from)?;
            let rows = rows.into_iter().map(|row| (row.network, row.latencies));
            Self::new(rows).map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;
    use crate::id::HubName;

    fn row(milliseconds: u32) -> Vec<Latency> {
        vec![Latency::new(HubName::parse("hub").unwrap(), milliseconds)]
    }

    fn table(rows: &[(&str, u32)]) -> LatencyTable {
        let rows = rows
            .iter()
            .map(|(network, ms)| (Network::parse(network).unwrap(), row(*ms)));
        LatencyTable::new(rows).unwrap()
    }

    fn at(table: &LatencyTable, address: &str) -> Option<u32> {
        let found = table.latencies(address.parse().unwrap());
        found.first().map(|latency| latency.milliseconds)
    }

    #[test]
    fn the_longest_network_counts() {
        let table = table(&[
            ("10.0.0.0/8", 8),
            ("10.1.0.0/16", 16),
            ("10.1.2.3", 32),
            ("0.0.0.0/0", 0),
            ("2001:db8::/32", 132),
            ("2001:db8:1::/48", 148),
        ]);
        for (address, expected) in [
            ("10.2.0.0", Some(8)),
            ("10.1.2.4", Some(16)),
            ("10.1.2.3", Some(32)),
            ("::ffff:10.1.2.3", Some(32)),
            ("192.0.2.1", Some(0)),
            ("2001:db8:1::1", Some(148)),
            ("2001:db8:2::1", Some(132)),
            // The whole of IPv4 is nothing of IPv6.
            ("2001:db9::1", None),
            ("::10.1.2.3", None),
        ] {
            assert_eq!(at(&table, address), expected, "{address}");
        }
    }

    #[test]
    fn only_what_is_a_network_is_one() {
        for bad in [
            "",
            "/",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "10.0.0/8",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
            " 10.0.0.0/8",
            "2001:db8::/129",
            "2001:db8::1/64",
            "010.0.0.0/8",
            "::1%1",
        ] {
            let refused = Network::parse(bad).unwrap_err();
            assert_eq!(refused.code(), Code::AllocNetwork, "{bad}");
        }
        assert!(Network::parse(&"1".repeat(100)).is_err());
        for good in [
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0/8",
            "192.0.2.1/32",
            "2001:db8::/32",
        ] {
            assert_eq!(Network::parse(good).unwrap().to_string(), good);
        }
    }

    #[test]
    fn a_table_has_each_network_once_and_a_limit() {
        let net = |text| Network::parse(text).unwrap();
        let twice = [(net("10.0.0.0/8"), row(1)), (net("10.0.0.0/8"), row(2))];
        let refused = LatencyTable::new(twice).unwrap_err();
        assert_eq!(refused.code(), Code::AllocNetworks);
        let many = |count: u32| {
            LatencyTable::new((0..count).map(|at| {
                let address = IpAddr::from(at.to_be_bytes());
                (Network::of(address), Vec::new())
            }))
        };
        let limit = u32::try_from(limits::NETWORKS).unwrap();
        assert!(many(limit).is_ok());
        assert_eq!(many(limit + 1).unwrap_err().code(), Code::AllocNetworks);
        let long = vec![row(1).remove(0); limits::LATENCIES + 1];
        let refused = LatencyTable::new([(net("::/0"), long)]).unwrap_err();
        assert_eq!(refused.code(), Code::AttestTooManyFacts);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_table_comes_back_from_json() {
        let table = table(&[("10.0.0.0/8", 8), ("::/0", 6)]);
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(serde_json::from_str::<LatencyTable>(&json).unwrap(), table);
        let again = json.replace("::/0", "10.0.0.0/8");
        assert!(serde_json::from_str::<LatencyTable>(&again).is_err());
        let typed = json.replace("network", "net");
        assert!(serde_json::from_str::<LatencyTable>(&typed).is_err());
    }

    proptest! {
        #[test]
        fn a_lookup_is_the_longest_match_of_a_search(
            rows in proptest::collection::btree_map((any::<u32>(), 0_u8..=32), 0_u32..9, 0..20),
            near in 0_usize..20, flip in any::<u32>(), other in any::<u32>(),
        ) {
            let rows: BTreeMap<Network, u32> = rows
                .into_iter()
                .map(|((address, bits), ms)| {
                    let whole = Network::of(IpAddr::from(address.to_be_bytes()));
                    (whole.cut(bits).unwrap(), ms)
                })
                .collect();
            let table = LatencyTable::new(rows.iter().map(|(net, ms)| (*net, row(*ms)))).unwrap();
            // Somewhere in a network of the table, or anywhere.
            let base = rows.keys().nth(near).map_or(other, |net| {
                let host = u64::from(u32::MAX) >> net.bits;
                let host = u32::try_from(host).unwrap();
                u32::try_from(net.address).unwrap() | (flip & host)
            });
            let address = IpAddr::from(base.to_be_bytes());
            let longest = rows
                .iter()
                .filter(|(net, _)| net.contains(address))
                .max_by_key(|(net, _)| net.bits);
            let found = table.latencies(address).first().map(|latency| latency.milliseconds);
            prop_assert_eq!(found, longest.map(|(_, ms)| *ms));
        }

        #[test]
        fn any_text_is_answered(text in "[0-9a-f:./]{0,40}") {
            if let Ok(network) = Network::parse(&text) {
                prop_assert_eq!(Network::parse(&network.to_string()).unwrap(), network);
            }
        }
    }
}
