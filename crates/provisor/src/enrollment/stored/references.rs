//! CAs by their names.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::enrollment::evidence::CaReferences;
use crate::id::CaName;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    primary: Option<&'a CaName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secondary: Option<&'a CaName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    primary: CaName,
    secondary: Option<CaName>,
}

impl Serialize for CaReferences {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut names = self.iter();
        let write = Write {
            primary: names.next(),
            secondary: names.next(),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for CaReferences {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Read { primary, secondary } = Read::deserialize(from)?;
        Self::new(primary, secondary).map_err(D::Error::custom)
    }
}
