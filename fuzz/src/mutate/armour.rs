//! Changes of texts with PEM blocks: whole lines, and the lines around a block.

use super::plain;
use super::rng::Rng;

/// Lines, and parts of lines, that change what a text is.
const PARTS: [&str; 24] = [
    "-----BEGIN CERTIFICATE-----\n",
    "-----END CERTIFICATE-----\n",
    "-----BEGIN X509 CRL-----\n",
    "-----END X509 CRL-----\n",
    "-----BEGIN CRL-----\nMAA=\n-----END CRL-----\n",
    "-----BEGIN X509 CERTIFICATE-----\nMAA=\n-----END X509 CERTIFICATE-----\n",
    "-----BEGIN TRUSTED CERTIFICATE-----\nMAA=\n-----END TRUSTED CERTIFICATE-----\n",
    "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n",
    "-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n",
    "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
    "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
    "-----BEGIN PRIVATE KEY-----\n",
    "-----",
    "-",
    "BEGIN ",
    "MAA=\n",
    "\u{feff}",
    "\\n",
    "\r",
    "\"",
    " ",
    "Proc-Type: 4,ENCRYPTED\n",
    "{\"x\":\"",
    "# ",
];

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

fn change(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let mut lines: Vec<Vec<u8>> = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let Some(place) = rng.place(&lines) else {
        bytes.extend_from_slice(rng.pick(&PARTS).unwrap_or(&"-").as_bytes());
        return;
    };
    match rng.below(10) {
        0 => {
            lines.remove(place);
        }
        1 => lines.insert(place, lines[place].clone()),
        2 => {
            let to = rng.below(lines.len());
            lines.swap(place, to);
        }
        3 => lines[place].retain(|byte| *byte != b'\n'),
        4 => lines[place].make_ascii_lowercase(),
        5 | 6 => {
            let part = rng.pick(&PARTS).unwrap_or(&"-").as_bytes().to_vec();
            lines.insert(place, part);
        }
        7 => {
            let line = &mut lines[place];
            let at = rng.below(line.len());
            let part = rng.pick(&PARTS).unwrap_or(&"-").bytes();
            line.splice(at..at, part);
        }
        8 => {
            let line = &mut lines[place];
            let at = rng.below(line.len());
            line.remove(at);
        }
        _ => plain::change(&mut lines[place], rng),
    }
    *bytes = lines.concat();
}
