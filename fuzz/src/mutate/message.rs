//! Changes of messages: of the tokens of JSON, and of the lines before it.

use super::plain;
use super::rng::Rng;

/// Words that stand for something on the wire.
const WORDS: [&str; 44] = [
    "null",
    "true",
    "false",
    "0",
    "-1.50e3",
    "12345678901234567890123",
    "{}",
    "[]",
    "\"\"",
    "\"registrationId\"",
    "\"registrationid\"",
    "\"registration_id\"",
    "\"payload\"",
    "\"tpm\"",
    "\"endorsementKey\"",
    "\"storageRootKey\"",
    "\"AToAAQ==\"",
    "\"status\"",
    "\"assigned\"",
    "\"assigning\"",
    "\"failed\"",
    "\"registrationState\"",
    "\"assignedHub\"",
    "\"deviceId\"",
    "\"errorCode\"",
    "\"2022-08-31T22:02:50.5163352Z\"",
    "\"attestation\"",
    "\"type\"",
    "\"symmetricKey\"",
    "\"x509\"",
    "\"clientCertificates\"",
    "\"primary\"",
    "\"certificate\"",
    "\"info\"",
    "\"initialTwin\"",
    "\"properties\"",
    "\"desired\"",
    "\"$version\"",
    "\"mode\"",
    "\"enrollments\"",
    "\"iotHubs\"",
    "\"\\ud83d\\ude00\"",
    "\"csr\"",
    "\"credentialPolicyName\"",
];

/// Where the tokens of a text begin and end: texts in quotation marks, runs of letters and digits, everything
/// else by itself.
fn tokens(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = match byte {
            b'"' => text_length(rest),
            b if b.is_ascii_alphanumeric() => rest
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric())
                .count(),
            _ => 1,
        };
        tokens.push((at, at + length));
        at += length.max(1);
    }
    tokens
}

fn text_length(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

fn change(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let tokens = tokens(bytes);
    let Some(&(start, end)) = rng.pick(&tokens) else {
        plain::change(bytes, rng);
        return;
    };
    match rng.below(8) {
        0 | 1 => {
            let word = rng.pick(&WORDS).copied().unwrap_or_default();
            bytes.splice(start..end, word.bytes());
        }
        2 => {
            bytes.drain(start..end);
        }
        3 => {
            // A few tokens again, somewhere.
            let until = rng.pick(&tokens).map_or(end, |token| token.1.max(end));
            let part = bytes.get(start..until).unwrap_or_default().to_vec();
            let to = rng.pick(&tokens).map_or(0, |token| token.0);
            bytes.splice(to..to, part);
        }
        4 => {
            // In another case.
            if let Some(part) = bytes.get_mut(start..end) {
                for byte in part {
                    if rng.one_in(4) && byte.is_ascii_alphabetic() {
                        *byte ^= 0x20;
                    }
                }
            }
        }
        5 => {
            let word = rng.pick(&WORDS).copied().unwrap_or_default();
            let member = format!("{word}:{},", rng.pick(&WORDS).copied().unwrap_or_default());
            bytes.splice(start..start, member.bytes());
        }
        6 => {
            bytes.insert(start, b'[');
            bytes.insert(end + 1, b']');
        }
        _ => plain::change(bytes, rng),
    }
}

/// A few changes.
#[must_use]
pub fn mutate(data: &[u8], seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut bytes = data.to_vec();
    for _ in 0..=rng.below(4) {
        change(&mut bytes, &mut rng);
    }
    bytes
}
