//! The allocation policies.

use alloc::format;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::id::HubName;

/// How a service, or one enrollment, spreads devices over hubs.
///
/// Its words are those of the wire, where [`Static`](Self::Static) names no hub: the first one that the
/// enrollment lists is meant. [`EvenlyWeighted`](Self::EvenlyWeighted) has no word there: it is a setting
/// of a service, or equal weights.
///
/// ```
/// use provisor::allocation::AllocationPolicy;
/// use provisor::{Code, HubName};
///
/// let listed = [HubName::parse("hub-a.example.net")?];
/// let policy = AllocationPolicy::parse("static", &listed)?;
/// assert_eq!(policy, AllocationPolicy::Static(listed[0].clone()));
/// assert_eq!(policy.word(), "static");
/// let refused = AllocationPolicy::parse("static", &[]).unwrap_err();
/// assert_eq!(refused.code(), Code::AllocStaticHub);
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum AllocationPolicy {
    /// The caller says where, device by device: the engine asks
    /// (`custom` on the wire). Only an enrollment can have it.
    Custom,
    /// Every hub is as likely as any other, except those of weight 0.
    EvenlyWeighted,
    /// The hub with the lowest latency that the caller measured; equal latencies are hashed by
    /// weight. A hub without a measurement is not chosen. `geoLatency` on the wire.
    #[cfg_attr(feature = "serde", serde(rename = "geoLatency"))]
    LowestLatency,
    /// This hub. The explicit word of the enrollment list: it counts even at weight 0.
    Static(HubName),
    /// In proportion to the weights of the hubs: the default, at every door. Equal weights are the even
    /// case. `hashed` on the wire.
    #[default]
    #[cfg_attr(feature = "serde", serde(rename = "hashed"))]
    Weighted,
}

impl AllocationPolicy {
    /// Reads a word of the wire: `hashed`, `geoLatency`, `static` or `custom`. `listed` are the hubs of
    /// the enrollment, of which `static` takes the first.
    ///
    /// # Errors
    /// [`AllocPolicy`](Code::AllocPolicy) for another word, [`AllocStaticHub`](Code::AllocStaticHub)
    /// for `static` without a hub.
    pub fn parse(word: &str, listed: &[HubName]) -> Result<Self, Rejection> {
        let subject = Subject::field("allocationPolicy");
        match (word, listed) {
            ("custom", _) => Ok(Self::Custom),
            ("geoLatency", _) => Ok(Self::LowestLatency),
            ("hashed", _) => Ok(Self::Weighted),
            ("static", [first, ..]) => Ok(Self::Static(first.clone())),
            ("static", []) => Err(Rejection::new(Code::AllocStaticHub, subject)),
            _ => Err(Rejection::new(Code::AllocPolicy, subject)
                .expected("hashed, geoLatency, static or custom")
                .found(format!("\"{}\"", word.escape_default()))),
        }
    }

    /// The word of the wire. `evenlyWeighted`, which the wire does not have, for the even case.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Custom => "custom",
            Self::EvenlyWeighted => "evenlyWeighted",
            Self::LowestLatency => "geoLatency",
            Self::Static(_) => "static",
            Self::Weighted => "hashed",
        }
    }
}

impl fmt::Display for AllocationPolicy {
    /// The word, and the hub of the static policy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Static(hub) => write!(f, "static {hub}"),
            other => f.write_str(other.word()),
        }
    }
}

/// What the caller measured or configured for one hub, as seen by one device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Latency {
    /// The hub.
    pub hub: HubName,
    /// Milliseconds; the unit does not matter as long as it is one unit.
    pub milliseconds: u32,
}

impl Latency {
    /// So many milliseconds to that hub.
    #[must_use]
    pub const fn new(hub: HubName, milliseconds: u32) -> Self {
        Self { hub, milliseconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_wire_and_no_others() {
        let hubs = ["hub-b", "hub-a"].map(|name| HubName::parse(name).unwrap());
        for word in ["custom", "geoLatency", "hashed", "static"] {
            let policy = AllocationPolicy::parse(word, &hubs).unwrap();
            assert_eq!(policy.word(), word);
        }
        let first = AllocationPolicy::parse("static", &hubs).unwrap();
        assert_eq!(format!("{first}"), "static hub-b");
        for bad in [
            "",
            "Hashed",
            "geolatency",
            "evenlyWeighted",
            "hashed ",
            "weighted",
        ] {
            let refused = AllocationPolicy::parse(bad, &hubs).unwrap_err();
            assert_eq!(refused.code(), Code::AllocPolicy, "{bad}");
        }
        let refused = AllocationPolicy::parse("static", &[]).unwrap_err();
        assert_eq!(refused.code(), Code::AllocStaticHub);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn what_is_stored_is_the_word_with_the_hub_of_the_static_policy() {
        let hub = HubName::parse("hub-a").unwrap();
        for (policy, json) in [
            (AllocationPolicy::Custom, r#""custom""#),
            (AllocationPolicy::EvenlyWeighted, r#""evenlyWeighted""#),
            (AllocationPolicy::LowestLatency, r#""geoLatency""#),
            (AllocationPolicy::Static(hub), r#"{"static":"hub-a"}"#),
            (AllocationPolicy::Weighted, r#""hashed""#),
        ] {
            assert_eq!(serde_json::to_string(&policy).unwrap(), json);
            assert_eq!(
                serde_json::from_str::<AllocationPolicy>(json).unwrap(),
                policy
            );
        }
        for bad in [r#""static""#, r#""weighted""#, r#""Custom""#] {
            assert!(
                serde_json::from_str::<AllocationPolicy>(bad).is_err(),
                "{bad}"
            );
        }
    }
}
