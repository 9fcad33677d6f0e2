//! The leaf certificates of one device.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::enrollment::evidence::Leaves;
use crate::enrollment::thumbprint::{Sha1Thumbprint, Thumbprint};

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pair {
    primary: Leaf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secondary: Option<Leaf>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Leaf {
    sha256_thumbprint: Thumbprint,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha1_thumbprint: Option<Sha1Thumbprint>,
}

impl Serialize for Leaves {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let leaf = |thumbprint: &Thumbprint| Leaf {
            sha256_thumbprint: *thumbprint,
            sha1_thumbprint: self.sha1_of(thumbprint).copied(),
        };
        let pair = Pair {
            primary: leaf(self.primary()),
            secondary: self.secondary().map(leaf),
        };
        pair.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Leaves {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Pair { primary, secondary } = Pair::deserialize(from)?;
        let second = secondary.as_ref();
        let leaves = Self::new(
            primary.sha256_thumbprint,
            second.map(|leaf| leaf.sha256_thumbprint),
        )
        .map_err(D::Error::custom)?;
        let sha1 = second.and_then(|leaf| leaf.sha1_thumbprint);
        Ok(leaves.with_sha1(primary.sha1_thumbprint, sha1))
    }
}
