//! The crate graph: arrows only downwards.

use serde_json::Value;

use crate::command::{cargo, output};

/// Which of our crates a crate may depend on (normal dependencies). Tests may look anywhere.
const MAY: [(&str, &[&str]); 7] = [
    ("provisor-device", &[]),
    ("provisor-report", &[]),
    ("provisor-x509", &["provisor-report"]),
    ("provisor-tpm", &["provisor-report"]),
    (
        "provisor-wire",
        &["provisor", "provisor-device", "provisor-report"],
    ),
    ("provisor-contract", &["provisor"]),
    (
        "provisor",
        &[
            "provisor-device",
            "provisor-report",
            "provisor-x509",
            "provisor-tpm",
        ],
    ),
];

/// Every breach, as one line.
///
/// # Errors
///
/// cargo cannot read the manifests.
pub(crate) fn check() -> Result<Vec<String>, String> {
    metadata().map(|metadata| breaches(&metadata))
}

/// What cargo says of the workspace.
///
/// # Errors
///
/// cargo cannot read the manifests.
pub(super) fn metadata() -> Result<Value, String> {
    let text = output(cargo().args(["metadata", "--format-version=1", "--no-deps", "--offline"]))?;
    serde_json::from_str(&text).map_err(|e| e.to_string())
}

fn breaches(metadata: &Value) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in list(metadata, "packages") {
        let name = text(package, "name");
        let Some((_, may)) = MAY.iter().find(|(known, _)| *known == name) else {
            continue;
        };
        for dependency in list(package, "dependencies") {
            let other = text(dependency, "name");
            let ours = other.starts_with("provisor");
            // A normal dependency has no kind.
            let normal = dependency.get("kind").is_none_or(Value::is_null);
            if ours && normal && !may.contains(&other) {
                breaches.push(format!("{name} must not depend on {other}"));
            }
        }
    }
    breaches
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_sideways_is_found_and_a_test_is_free() {
        let package = |kind: Value| {
            serde_json::json!({"packages": [{"name": "provisor-x509", "dependencies": [
                {"name": "provisor-tpm", "kind": kind}, {"name": "provisor-report", "kind": null}
            ]}]})
        };
        assert_eq!(
            breaches(&package(Value::Null)),
            ["provisor-x509 must not depend on provisor-tpm"]
        );
        assert!(breaches(&package("dev".into())).is_empty());
    }
}
