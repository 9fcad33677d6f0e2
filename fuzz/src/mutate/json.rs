//! Changes of JSON: bytes, and words that mean something to a reader of the protocol.

use super::plain;
use super::rng::Rng;

const WORDS: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "-0.5e3",
    "400208",
    "\\u0041",
    "\\ud83d\\ude00",
    "\\ud800",
    "{}",
    "\"status\":\"assigned\",",
    "\"registrationState\":{",
    "\"assignedHub\":\"hub-1\",",
    "\"deviceId\":\"d\",",
    "\"operationId\":\"5.a\",",
    "\"tpm\":{\"authenticationKey\":\"AA==\"},",
    "\"payload\":[1],",
    "\"errorCode\":1,",
];

/// A few changes.
#[must_use]
pub fn mutate(data: &[u8], seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut bytes = data.to_vec();
    for _ in 0..=rng.below(4) {
        match (rng.below(2), rng.pick(&WORDS)) {
            (0, Some(word)) => {
                let place = rng.below(bytes.len() + 1);
                bytes.splice(place..place, word.bytes());
            }
            _ => plain::change(&mut bytes, &mut rng),
        }
    }
    bytes
}
