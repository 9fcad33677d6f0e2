//! Changes of bytes that know of no structure.

use super::rng::Rng;

/// Bytes where something often ends or begins.
const EDGES: [u8; 8] = [0, 1, 0x7f, 0x80, 0xff, b'-', b'.', b' '];

/// Changes one thing.
pub fn change(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let Some(place) = rng.place(bytes) else {
        bytes.extend(std::iter::repeat_n(rng.byte(), rng.size()));
        return;
    };
    match rng.below(8) {
        0 | 1 => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1 << rng.below(8);
            }
        }
        2 => {
            if let (Some(byte), Some(edge)) = (bytes.get_mut(place), rng.pick(&EDGES)) {
                *byte = *edge;
            }
        }
        3 => {
            bytes.remove(place);
        }
        4 => bytes.insert(place, rng.byte()),
        5 => bytes.truncate(place),
        6 => bytes.extend(std::iter::repeat_n(rng.byte(), rng.size())),
        _ => {
            let end = (place + rng.size()).min(bytes.len());
            let part = bytes.get(place..end).unwrap_or_default().to_vec();
            let to = rng.below(bytes.len());
            bytes.splice(to..to, part);
        }
    }
}

/// A few changes: the mutator of targets that read text or operations.
#[must_use]
pub fn mutate(data: &[u8], seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut bytes = data.to_vec();
    for _ in 0..=rng.below(4) {
        change(&mut bytes, &mut rng);
    }
    bytes
}
