//! The TPM vectors: whatever is written in hexadecimal in them is a structure for some reader.

use std::path::Path;

use serde_json::Value;

use super::inputs::{Corpora, json};
use crate::generate::seeds::made::chunk;

const FILES: [&str; 8] = [
    "attest.json",
    "device_commands.json",
    "dps_blob.json",
    "duplicate.json",
    "ek_certs.json",
    "makecredential.json",
    "names.json",
    "negative.json",
];

/// Shorter ones are handles and codes; longer ones no reader takes.
const BYTES: std::ops::RangeInclusive<usize> = 8..=4096;

pub(super) fn read(dir: &Path, corpora: &mut Corpora) -> Result<(), String> {
    for file in FILES {
        walk(&json(&dir.join(file))?, corpora);
    }
    Ok(())
}

fn walk(value: &Value, corpora: &mut Corpora) {
    match value {
        Value::String(text) => {
            if let Some(bytes) = hex(text) {
                add(bytes, corpora);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| walk(one, corpora)),
        Value::Object(all) => all.values().for_each(|one| walk(one, corpora)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A structure for the targets that might read it.
fn add(bytes: Vec<u8>, corpora: &mut Corpora) {
    let size = bytes.first_chunk().map(|size| u16::from_be_bytes(*size));
    if bytes.starts_with(&[0x30, 0x82]) {
        corpora.add("certificate", bytes);
        return;
    }
    // A TPM2B that fills its bytes.
    if size.map(|size| usize::from(size) + 2) == Some(bytes.len()) {
        corpora.add("tpm_public", bytes.clone());
    }
    // A response, or a command, as the first response of every flow.
    if matches!(bytes.as_slice(), [0x80, 0x01 | 0x02, 0, 0, ..]) {
        for flow in 0..6 {
            corpora.add("tpm_device", [&[flow, 0][..], &chunk(&bytes)].concat());
        }
    }
    corpora.add("tpm_structures", bytes);
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !BYTES.contains(&(text.len() / 2)) {
        return None;
    }
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    let bytes = pairs.iter().map(byte).collect();
    if rest.is_empty() { bytes } else { None }
}
