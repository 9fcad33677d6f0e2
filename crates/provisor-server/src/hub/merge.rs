//! JSON that is merged, as twins are (RFC 7396).

use serde_json::{Map, Value};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// Applies a patch: members take the place of those of the same names, at every depth; null removes.
///
/// Goes down as deep as the patch, which is limited where it is read.
pub(crate) fn apply(target: &mut Object, patch: &Object) {
    for (name, new) in patch {
        match new {
            Value::Null => {
                target.remove(name);
            }
            Value::Object(new) => match target.get_mut(name) {
                Some(Value::Object(present)) => apply(present, new),
                _ => {
                    let mut fresh = Object::new();
                    apply(&mut fresh, new);
                    target.insert(name.clone(), Value::Object(fresh));
                }
            },
            other => {
                target.insert(name.clone(), other.clone());
            }
        }
    }
}

/// The patch that makes `new` of `old`.
pub(crate) fn difference(old: &Object, new: &Object) -> Object {
    let mut patch = Object::new();
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    for (name, value) in new {
        match (old.get(name), value) {
            (Some(present), value) if present == value => {}
            (Some(Value::Object(present)), Value::Object(value)) => {
                patch.insert(name.clone(), Value::Object(difference(present, value)));
            }
            (_, value) => {
                patch.insert(name.clone(), value.clone());
            }
        }
    }
    patch
}

/// True when no object or array is nested deeper than that.
pub(crate) fn is_within(object: &Object, depth: usize) -> bool {
    fn value_is_within(value: &Value, depth: usize) -> bool {
        match value {
            Value::Object(object) => is_within(object, depth),
            Value::Array(items) => {
                depth > 0 && items.iter().all(|item| value_is_within(item, depth - 1))
            }
            _ => true,
        }
    }
    depth > 0
        && object
            .values()
            .all(|value| value_is_within(value, depth - 1))
}

/// The object without the members that the hub adds: those that begin with a dollar.
pub(crate) fn without_marks(mut object: Object) -> Object {
    object.retain(|name, _| !name.starts_with('$'));
    object
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn objects_are_merged_and_the_rest_replaced() {
        let mut target = object(json!({"a": {"b": 1, "c": [1, 2]}, "d": 1, "e": 2}));
        let patch =
            object(json!({"a": {"c": [3], "x": {"y": null, "z": 1}}, "d": null, "e": {"f": null}}));
        apply(&mut target, &patch);
        assert_eq!(
            Value::Object(target),
            json!({"a": {"b": 1, "c": [3], "x": {"z": 1}}, "e": {}})
        );
    }

    #[test]
    fn depth_counts_objects_and_arrays() {
        assert!(is_within(&object(json!({"a": [[1]]})), 3));
        assert!(!is_within(&object(json!({"a": [[1]]})), 2));
        assert!(!is_within(&object(json!({"a": {"b": {}}})), 2));
    }

    fn any_object() -> impl Strategy<Value = Object> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
        ];
        let value = leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[a-c]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        });
        proptest::collection::btree_map("[a-c]", value, 0..4)
            .prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_difference_leads_from_one_to_the_other(old in any_object(), new in any_object()) {
            let mut target = old.clone();
            apply(&mut target, &difference(&old, &new));
            prop_assert_eq!(target, new);
        }
    }
}
