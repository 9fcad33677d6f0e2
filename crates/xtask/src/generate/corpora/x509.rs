//! x509-limbo, PKITS and the chains of real devices, as bags.

use std::path::Path;

use provisor::UnixTime;
use provisor::x509::{certificates_from_pem, crls_from_pem};
use serde_json::Value;

use super::inputs::{Corpora, json};
use crate::generate::seeds::bag::{Bag, Kind};

/// When chains without a time of their own are valid, as far as one moment serves all.
const NOW: UnixTime = UnixTime::new(1_790_000_000);

/// Profiles as `fuzz/src/question.rs` numbers them.
const DEVICE: u8 = 0;
const EK: u8 = 3;
const ANY: u8 = 5;

pub(super) fn read(dir: &Path, corpora: &mut Corpora) -> Result<(), String> {
    for (file, profile) in [
        ("limbo.json", ANY),
        ("limbo-client.json", DEVICE),
        ("limbo-der.json", DEVICE),
        ("ek/ek-limbo.json", EK),
    ] {
        limbo(&json(&dir.join(file))?, profile, corpora);
    }
    pkits(dir, corpora)
}

fn limbo(file: &Value, profile: u8, corpora: &mut Corpora) {
    for case in list(file, "testcases") {
        let certificates = |key| texts(case, key).flat_map(certificate);
        let Some(leaf) = text(case, "peer_certificate").and_then(certificate) else {
            continue;
        };
        let time = text(case, "validation_time").and_then(UnixTime::parse_rfc3339);
        let mut bag = Bag::of(&leaf).profile(profile).at(time.unwrap_or(NOW));
        corpora.add("certificate", leaf);
        for (key, kind) in [
            ("untrusted_intermediates", Kind::Sent),
            ("trusted_certs", Kind::Anchor),
        ] {
            for der in certificates(key) {
                bag = bag.with(kind, &der);
                corpora.add("certificate", der);
            }
        }
        let lists: Vec<_> = texts(case, "crls")
            .flat_map(crls_from_pem)
            .flatten()
            .collect();
        for der in &lists {
            bag = bag.with(Kind::List, der);
            corpora.add("crl", der.clone());
        }
        let target = if lists.is_empty() { "path" } else { "crl" };
        corpora.add(target, bag.write());
    }
}

fn pkits(dir: &Path, corpora: &mut Corpora) -> Result<(), String> {
    let file = json(&dir.join("pkits.json"))?;
    let time = text(&file, "validation_time").and_then(UnixTime::parse_rfc3339);
    let read = |folder: &str, name: &str| {
        let path = dir.join("pkits").join(folder).join(name);
        std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
    };
    for test in list(&file, "tests") {
        let flag = |key: &str, bit: u8| match test.get(key) {
            Some(Value::Bool(true)) => bit,
            _ => 0,
        };
        let flags = flag("initial_explicit_policy", 2)
            | flag("initial_policy_mapping_inhibit", 4)
            | flag("initial_inhibit_any_policy", 8);
        let leaf = read("certs", text(test, "end_entity").unwrap_or_default())?;
        let mut bag = Bag::of(&leaf).profile(ANY).flags(flags);
        bag = bag.at(time.unwrap_or(NOW));
        corpora.add("certificate", leaf);
        let anchor = text(test, "trust_anchor").into_iter();
        for (kind, name) in texts(test, "intermediates")
            .map(|name| (Kind::Sent, name))
            .chain(anchor.map(|name| (Kind::Anchor, name)))
        {
            let der = read("certs", name)?;
            bag = bag.with(kind, &der);
            corpora.add("certificate", der);
        }
        corpora.add("path", bag.write());
        for name in texts(test, "crls") {
            let der = read("crls", name)?;
            bag = bag.with(Kind::List, &der);
            corpora.add("crl", der);
        }
        corpora.add("crl", bag.write());
    }
    Ok(())
}

fn certificate(pem: &str) -> Option<Vec<u8>> {
    certificates_from_pem(pem).ok()?.into_iter().next()
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    let all = value.get(key).and_then(Value::as_array);
    all.into_iter().flatten()
}

fn texts<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v str> + use<'v> {
    list(value, key).filter_map(Value::as_str)
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}
