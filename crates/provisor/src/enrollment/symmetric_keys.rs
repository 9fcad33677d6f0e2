//! The symmetric keys of an enrollment.

use provisor_report::Rejection;
use provisor_tpm::Random;

use crate::id::RegistrationId;
use crate::sas::SasKey;

/// The two keys of an enrollment: a primary, and a secondary for rolling over. Secret: wiped when
/// dropped, never shown.
///
/// A device of an individual enrollment has one of them. A device of a group has what is
/// [derived](Self::derive) from one of them for its registration ID, and nothing of the others'.
///
/// ```
/// # let mut random = provisor_testkit::random::SeededRandom::new(1, "");
/// use provisor::enrollment::SymmetricKeys;
/// use provisor::sas::SasKey;
///
/// // What an operator leaves out is drawn.
/// let given = SasKey::from_base64("c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==")?;
/// let keys = SymmetricKeys::complete(Some(given), None, &mut random)?;
/// assert_eq!(keys.primary().expose(), b"sixteen bytes at least");
/// assert_eq!(keys.secondary().expose().len(), 64);
/// assert_eq!(format!("{keys:?}"), "SymmetricKeys([redacted])");
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// It has no `Serialize`, so that no answer discloses keys by accident; with the feature `serde`
/// `StoredSymmetricKeys` is the form that a store keeps.
#[derive(Clone)]
pub struct SymmetricKeys {
    primary: SasKey,
    secondary: SasKey,
}

/// Which of the two keys of an enrollment, or which of the two that are derived from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum KeySlot {
    /// The first.
    Primary,
    /// The one for rolling over.
    Secondary,
}

impl SymmetricKeys {
    /// These two keys. They may be the same.
    #[must_use]
    pub const fn new(primary: SasKey, secondary: SasKey) -> Self {
        Self { primary, secondary }
    }

    /// Two fresh keys of 64 random bytes each.
    ///
    /// # Errors
    /// What `random` refuses with.
    pub fn generate(random: &mut dyn Random) -> Result<Self, Rejection> {
        Self::complete(None, None, random)
    }

    /// The keys that an operator gave; one that was left out is drawn (DPS: "if you leave them out, the
    /// service generates them"). For an enrollment that is made: one that is edited keeps the keys that
    /// it has where none are given.
    ///
    /// # Errors
    /// What `random` refuses with.
    pub fn complete(
        primary: Option<SasKey>,
        secondary: Option<SasKey>,
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        let mut or_drawn = |given: Option<SasKey>| match given {
            Some(key) => Ok(key),
            None => SasKey::generate(random),
        };
        Ok(Self {
            primary: or_drawn(primary)?,
            secondary: or_drawn(secondary)?,
        })
    }

    /// The first key.
    #[must_use]
    pub const fn primary(&self) -> &SasKey {
        &self.primary
    }

    /// The key for rolling over.
    #[must_use]
    pub const fn secondary(&self) -> &SasKey {
        &self.secondary
    }

    /// The keys of a group's device: both derived from its registration ID in the normal form.
    ///
    /// ```
    /// # use provisor::enrollment::SymmetricKeys;
    /// # use provisor::{RegistrationId, sas::SasKey};
    /// # let key = SasKey::from_bytes(&[7; 64])?;
    /// # let group = SymmetricKeys::new(key.clone(), key);
    /// let device = group.derive(&RegistrationId::try_from("Line-7")?);
    /// assert!(device.primary().equals(&group.primary().derive(&RegistrationId::try_from("line-7")?)));
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    #[must_use]
    pub fn derive(&self, id: &RegistrationId) -> Self {
        self.derive_from(id.normal_form())
    }

    /// Both derived from this very spelling of an ID.
    pub(crate) fn derive_from(&self, id: &str) -> Self {
        Self {
            primary: self.primary.derive_from(id),
            secondary: self.secondary.derive_from(id),
        }
    }

    /// Keys that nobody has, to be tried where there are none: the time shall not tell.
    pub(crate) fn nobodys() -> Self {
        let key = SasKey::nobodys();
        Self::new(key.clone(), key)
    }

    /// The primary, then the secondary.
    pub(crate) fn both(&self) -> [(KeySlot, &SasKey); 2] {
        [
            (KeySlot::Primary, &self.primary),
            (KeySlot::Secondary, &self.secondary),
        ]
    }
}

impl core::fmt::Debug for SymmetricKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SymmetricKeys([redacted])")
    }
}

#[cfg(feature = "serde")]
mod stored {
    use alloc::borrow::Cow;
    use core::fmt;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use zeroize::Zeroizing;

    use super::SymmetricKeys;
    use crate::sas::SasKey;

    /// Symmetric keys in the form that a store keeps: **both keys in clear**, base64, as
    /// `{"primaryKey": .., "secondaryKey": ..}`. A store seals it before it writes it anywhere; nothing
    /// else is made of it.
    ///
    /// ```
    /// # let mut random = provisor_testkit::random::SeededRandom::new(1, "");
    /// use provisor::enrollment::{StoredSymmetricKeys, SymmetricKeys};
    ///
    /// let keys = SymmetricKeys::generate(&mut random)?;
    /// let json = serde_json::to_string(&StoredSymmetricKeys::from(keys.clone())).expect("two texts");
    /// let back: StoredSymmetricKeys = serde_json::from_str(&json).expect("what was stored");
    /// assert!(SymmetricKeys::from(back).primary().equals(keys.primary()));
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    #[derive(Clone, Debug)]
    pub struct StoredSymmetricKeys(SymmetricKeys);

    impl From<SymmetricKeys> for StoredSymmetricKeys {
        fn from(keys: SymmetricKeys) -> Self {
            Self(keys)
        }
    }

    impl From<StoredSymmetricKeys> for SymmetricKeys {
        fn from(stored: StoredSymmetricKeys) -> Self {
            stored.0
        }
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Written<'k> {
        #[serde(serialize_with = "write_key")]
        primary_key: &'k SasKey,
        #[serde(serialize_with = "write_key")]
        secondary_key: &'k SasKey,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Read {
        #[serde(deserialize_with = "read_key")]
        primary_key: SasKey,
        #[serde(deserialize_with = "read_key")]
        secondary_key: SasKey,
    }

    impl Serialize for StoredSymmetricKeys {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let written = Written {
                primary_key: self.0.primary(),
                secondary_key: self.0.secondary(),
            };
            written.serialize(to)
        }
    }

    impl<'de> Deserialize<'de> for StoredSymmetricKeys {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let read = Read::deserialize(from)?;
            Ok(Self(SymmetricKeys::new(
                read.primary_key,
                read.secondary_key,
            )))
        }
    }

    fn write_key<S: Serializer>(key: &&SasKey, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&key.expose_base64())
    }

    fn read_key<'de, D: Deserializer<'de>>(from: D) -> Result<SasKey, D::Error> {
        let text = from.deserialize_str(Text)?;
        SasKey::from_base64(&text).map_err(D::Error::custom)
    }

    /// The text of a key. What a reader of the format had to copy is wiped.
    struct Text;

    impl serde::de::Visitor<'_> for Text {
        type Value = Zeroizing<alloc::string::String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the base64 text of a symmetric key")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Zeroizing::new(Cow::Borrowed(text).into_owned()))
        }

        fn visit_string<E: serde::de::Error>(
            self,
            text: alloc::string::String,
        ) -> Result<Self::Value, E> {
            Ok(Zeroizing::new(text))
        }
    }
}

#[cfg(feature = "serde")]
pub use stored::StoredSymmetricKeys;

#[cfg(test)]
mod tests {
    use alloc::format;

    use provisor_report::Code;

    use super::*;

    struct Stuck;

    impl Random for Stuck {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
            out.fill(0);
            Ok(())
        }
    }

    fn key(byte: u8) -> SasKey {
        SasKey::from_bytes(&[byte; 16]).unwrap()
    }

    #[test]
    fn what_is_left_out_is_drawn_and_each_anew() {
        let mut random = provisor_testkit::random::SeededRandom::new(1, "keys");
        let keys = SymmetricKeys::generate(&mut random).unwrap();
        assert_eq!(keys.primary().expose().len(), 64);
        assert!(!keys.primary().equals(keys.secondary()));
        let given = SymmetricKeys::complete(None, Some(key(7)), &mut random).unwrap();
        assert!(given.secondary().equals(&key(7)));
        assert!(!given.primary().equals(keys.primary()));
        let refused = SymmetricKeys::generate(&mut Stuck).unwrap_err();
        assert_eq!(refused.code(), Code::TpmRandom);
        // Nothing is drawn for keys that were given.
        assert!(SymmetricKeys::complete(Some(key(1)), Some(key(2)), &mut Stuck).is_ok());
    }

    #[test]
    fn nothing_shows_the_keys() {
        let keys = SymmetricKeys::new(key(b'k'), key(b'K'));
        let shown = format!("{keys:?}");
        assert!(!shown.to_lowercase().contains("kk"), "{shown}");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_store_keeps_both_and_reads_only_that() {
        let keys = SymmetricKeys::new(key(1), key(2));
        let json = serde_json::to_string(&StoredSymmetricKeys::from(keys)).unwrap();
        assert_eq!(
            json,
            r#"{"primaryKey":"AQEBAQEBAQEBAQEBAQEBAQ==","secondaryKey":"AgICAgICAgICAgICAgICAg=="}"#
        );
        let read = |json: &str| serde_json::from_str::<StoredSymmetricKeys>(json);
        let back = SymmetricKeys::from(read(&json).unwrap());
        assert!(back.primary().equals(&key(1)) && back.secondary().equals(&key(2)));
        for bad in [
            r#"{"primaryKey":"AQEBAQEBAQEBAQEBAQEBAQ=="}"#.into(),
            json.replace("secondaryKey", "secondarykey"),
            json.replace("AgICAgICAgICAgICAgICAg==", "AgIC"),
            json.replace('}', ",\"tertiaryKey\":\"\"}"),
        ] {
            let refused = read(&bad).unwrap_err();
            assert!(!format!("{refused}").contains("AQEB"), "{refused}");
        }
    }
}
