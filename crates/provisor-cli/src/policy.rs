//! `--policy`: how devices are spread over hubs, the same wherever a command chooses one.

use provisor::HubName;
use provisor::allocation::AllocationPolicy;

/// What follows the word of the static policy.
const STATIC: &str = "static:";

/// The options of every command that chooses a hub.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PolicyArguments {
    /// How devices are spread: `hashed` by the weights of the hubs, `evenlyWeighted` among all whose weight is not 0, `static:HUB` to that one.
    #[arg(long, value_name = "WORD", default_value = "hashed", value_parser = parse)]
    pub(crate) policy: AllocationPolicy,
}

/// The words of the wire, where they need nothing that a command line does not have.
fn parse(text: &str) -> Result<AllocationPolicy, String> {
    if let Some(hub) = text.strip_prefix(STATIC) {
        let hub = HubName::parse(hub).map_err(|rejection| rejection.to_string())?;
        return Ok(AllocationPolicy::Static(hub));
    }
    let even = AllocationPolicy::EvenlyWeighted;
    if text == even.word() {
        return Ok(even);
    }
    match AllocationPolicy::parse(text, &[]) {
        Ok(policy @ AllocationPolicy::Weighted) => Ok(policy),
        Ok(other) => Err(format!(
            "`{other}` needs what a service has, latencies or somebody who answers; expected hashed, evenlyWeighted or static:HUB"
        )),
        Err(_) => Err("expected hashed, evenlyWeighted or static:HUB".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_wire_and_no_others() {
        for word in ["hashed", "evenlyWeighted"] {
            assert_eq!(parse(word).unwrap().word(), word);
        }
        let fixed = parse("static:Hub-A.example").unwrap();
        assert_eq!(fixed.to_string(), "static Hub-A.example");
        for wrong in [
            "",
            "static",
            "static:",
            "static:a b",
            "geoLatency",
            "custom",
            "weighted",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse("hashed").unwrap(), AllocationPolicy::default());
    }
}
