//! A merge patch (RFC 7396).

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
        for (name, change) in changes {
            let place = members.iter().position(|(known, _)| *known == name);
            match (place, change) {
                (Some(place), Self::Null) => drop(members.remove(place)),
                (None, Self::Null) => {}
                (Some(place), change) => {
                    if let Some((_, value)) = members.get_mut(place) {
                        let before = core::mem::replace(value, Self::Null);
                        *value = before.merged(change);
                    }
                }
                // What the patch takes out of nothing is not there.
                (None, change) => members.push((name, Self::Null.merged(change))),
            }
        }
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
}
