//! A merge patch (RFC 7396).

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::tree::Json;

impl Json {
    /// The value with the patch applied: members of the patch take the place of those of their names,
    /// at every depth, and `null` takes one out. Both were read within limits of nesting.
    pub(crate) fn merged(self, patch: Self) -> Self {
        let Self::Object(changes) = patch else {
            return patch;
        };
        let mut members: Vec<(String, Self)> = match self {
            Self::Object(members) => members,
            _ => Vec::new(),
        };
        // Looked up by name: one after the other would be the product of the two lengths.
        let mut left: BTreeMap<String, (usize, Self)> = changes
            .into_iter()
            .enumerate()
            .map(|(place, (name, change))| (name, (place, change)))
            .collect();
        members = members
            .into_iter()
            .filter_map(|(name, value)| match left.remove(&name) {
                None => Some((name, value)),
                Some((_, Self::Null)) => None,
                Some((_, change)) => Some((name, value.merged(change))),
            })
            .collect();
        // What the patch takes out of nothing is not there.
        let mut new: Vec<(usize, String, Self)> = left
            .into_iter()
            .filter(|(_, (_, change))| *change != Self::Null)
            .map(|(name, (place, change))| (place, name, Self::Null.merged(change)))
            .collect();
        new.sort_by_key(|(place, ..)| *place);
        members.extend(new.into_iter().map(|(_, name, value)| (name, value)));
        Self::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::super::read;

    /// The examples of RFC 7396, appendix A, that a twin can have.
    #[test]
    fn the_examples_of_the_standard() {
        for (original, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (
                r#"{"a":{"b":"c"}}"#,
                r#"{"a":{"b":"d","c":null}}"#,
                r#"{"a":{"b":"d"}}"#,
            ),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
            (r#"{"a":"foo"}"#, "null", "null"),
        ] {
            let merged = read(original).unwrap().merged(read(patch).unwrap());
            assert_eq!(merged.to_string(), result, "{original} with {patch}");
        }
    }

    #[test]
    fn members_stay_in_their_order_and_new_ones_follow_in_that_of_the_patch() {
        let original = r#"{"z":1,"b":2,"a":3}"#;
        let patch = r#"{"y":9,"a":null,"c":null,"b":{"n":null,"m":1},"x":8}"#;
        let merged = read(original).unwrap().merged(read(patch).unwrap());
        assert_eq!(merged.to_string(), r#"{"z":1,"b":{"m":1},"y":9,"x":8}"#);
    }
}
