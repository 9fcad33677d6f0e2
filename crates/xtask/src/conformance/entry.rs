//! Entries of the JSON files. What is missing in an entry is an error of the set, never a verdict.

use std::path::Path;

use serde_json::Value;

/// A JSON value that knows where it stands.
pub(in crate::conformance) struct Entry {
    place: String,
    value: Value,
}

impl Entry {
    pub(in crate::conformance) fn read(path: &Path) -> Result<Self, String> {
        let place = path.display().to_string();
        let text = std::fs::read(path).map_err(|e| format!("{place}: {e}"))?;
        Self::parse(place, &text)
    }

    /// `place` is where the text stands.
    pub(in crate::conformance) fn parse(place: String, text: &[u8]) -> Result<Self, String> {
        let value = serde_json::from_slice(text).map_err(|e| format!("{place}: {e}"))?;
        Ok(Self { place, value })
    }

    /// The identifier for the report; entries without one are called by their place.
    pub(in crate::conformance) fn id(&self) -> String {
        ["id", "Name", "file", "source"]
            .iter()
            .find_map(|name| self.value.get(name)?.as_str())
            .map_or_else(|| self.place.clone(), str::to_owned)
    }

    pub(in crate::conformance) fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some_and(|value| !value.is_null())
    }

    /// A field that must be there.
    pub(in crate::conformance) fn get(&self, name: &str) -> Result<Self, String> {
        let value = self
            .value
            .get(name)
            .ok_or_else(|| format!("{}: no field {name:?}", self.id()))?;
        Ok(Self {
            place: format!("{}/{name}", self.place),
            value: value.clone(),
        })
    }

    pub(in crate::conformance) fn text(&self, name: &str) -> Result<String, String> {
        self.get(name)?.as_text()
    }

    pub(in crate::conformance) fn number(&self, name: &str) -> Result<u64, String> {
        let field = self.get(name)?;
        field
            .value
            .as_u64()
            .ok_or_else(|| format!("{}: not a number", field.place))
    }

    /// The bytes of a hexadecimal field.
    pub(in crate::conformance) fn hex(&self, name: &str) -> Result<Vec<u8>, String> {
        self.get(name)?.as_hex()
    }

    /// The members of an array.
    pub(in crate::conformance) fn list(&self) -> Result<Vec<Self>, String> {
        let members = self
            .value
            .as_array()
            .ok_or_else(|| format!("{}: not a list", self.place))?;
        Ok(members
            .iter()
            .enumerate()
            .map(|(index, value)| Self {
                place: format!("{}/{index}", self.place),
                value: value.clone(),
            })
            .collect())
    }

    /// The members of an array field; none when the field is absent.
    pub(in crate::conformance) fn list_of(&self, name: &str) -> Result<Vec<Self>, String> {
        if self.has(name) {
            self.get(name)?.list()
        } else {
            Ok(Vec::new())
        }
    }

    /// The fields of an object with their names.
    pub(in crate::conformance) fn fields(&self) -> Result<Vec<(String, Self)>, String> {
        let object = self
            .value
            .as_object()
            .ok_or_else(|| format!("{}: not an object", self.place))?;
        object
            .keys()
            .map(|name| Ok((name.clone(), self.get(name)?)))
            .collect()
    }

    pub(in crate::conformance) fn as_text(&self) -> Result<String, String> {
        self.value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| format!("{}: not a text", self.place))
    }

    pub(in crate::conformance) fn as_hex(&self) -> Result<Vec<u8>, String> {
        let text = self.as_text()?;
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let digits = digits.ok_or_else(|| format!("{}: not hexadecimal", self.place))?;
        let (pairs, []) = digits.as_chunks::<2>() else {
            return Err(format!("{}: an odd number of digits", self.place));
        };
        Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
    }

    pub(in crate::conformance) fn as_bool(&self) -> Result<bool, String> {
        self.value
            .as_bool()
            .ok_or_else(|| format!("{}: neither true nor false", self.place))
    }

    pub(in crate::conformance) fn as_byte(&self) -> Result<u8, String> {
        self.value
            .as_u64()
            .and_then(|number| u8::try_from(number).ok())
            .ok_or_else(|| format!("{}: not a byte", self.place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry::parse("test".to_owned(), text.as_bytes()).unwrap()
    }

    #[test]
    fn bytes_are_read_and_anything_else_is_the_sets_fault() {
        let entry =
            entry(r#"{"id": "a/b", "good": "00fF", "odd": "0", "other": "0g", "number": 7}"#);
        assert_eq!(entry.id(), "a/b");
        assert_eq!(entry.hex("good").unwrap(), [0x00, 0xFF]);
        for bad in ["odd", "other", "number", "absent"] {
            assert!(entry.hex(bad).is_err(), "{bad}");
        }
        assert_eq!(entry.number("number").unwrap(), 7);
        assert!(entry.list_of("absent").unwrap().is_empty());
    }
}
