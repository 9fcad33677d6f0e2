//! The TPM's wire format as a tree that can be changed and written again: the size in front of a
//! sized field follows its content.

mod part;
mod schema;

use super::rng::Rng;
use super::{Mutator, plain};
pub use part::Part;
use schema::Cut;
pub use schema::Schema;

/// Integers that mean something: algorithms, curves, key sizes, kinds of attestation, edges.
const WORDS: [u16; 48] = [
    0x0000, 0x0001, 0x0004, 0x0005, 0x0006, 0x0008, 0x000a, 0x000b, 0x000c, 0x000d, 0x0010, 0x0014,
    0x0015, 0x0016, 0x0017, 0x0018, 0x0019, 0x001a, 0x0020, 0x0022, 0x0023, 0x0025, 0x0027, 0x0042,
    0x0043, 0x0044, 0x0003, 0x0002, 0x0080, 0x00c0, 0x0100, 0x0200, 0x0400, 0x0800, 0x0c00, 0x1000,
    0x8014, 0x8015, 0x8016, 0x8017, 0x8018, 0x8019, 0x801a, 0x801c, 0x8001, 0x8002, 0x7fff, 0xffff,
];

/// Sizes of digests, keys, and around limits.
const SIZES: [usize; 16] = [
    0, 1, 2, 15, 16, 20, 32, 33, 34, 48, 64, 65, 128, 255, 256, 513,
];

/// Changes a few things in a structure of that outline.
#[must_use]
pub fn mutate(data: &[u8], schema: Schema, seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut parts = Cut::all(data, schema);
    for _ in 0..=rng.below(3) {
        change(&mut parts, &mut rng);
    }
    write(&parts)
}

/// The bytes of those parts.
#[must_use]
pub fn write(parts: &[Part]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        match part {
            Part::Fixed(bytes) => out.extend(bytes),
            Part::Sized { parts, off } => {
                let content = write(parts);
                let size = u16::try_from(content.len()).unwrap_or(u16::MAX);
                out.extend(size.saturating_add_signed((*off).into()).to_be_bytes());
                out.extend(content.iter().take(size.into()));
            }
        }
    }
    out
}

/// How deep the change goes is drawn at each level.
fn change(parts: &mut Vec<Part>, rng: &mut Rng) {
    let Some(index) = rng.place(parts) else {
        parts.push(Part::Fixed(vec![rng.byte(); rng.size()]));
        return;
    };
    if let Some(Part::Sized { parts: inner, .. }) = parts.get_mut(index)
        && !rng.one_in(4)
    {
        return change(inner, rng);
    }
    match rng.below(24) {
        0 => {
            parts.remove(index);
        }
        1 => {
            if let Some(part) = parts.get(index).cloned() {
                parts.insert(index, part);
            }
        }
        2 => {
            let other = rng.below(parts.len());
            parts.swap(index, other);
        }
        _ => {
            if let Some(part) = parts.get_mut(index) {
                change_one(part, rng);
            }
        }
    }
}

fn change_one(part: &mut Part, rng: &mut Rng) {
    match part {
        Part::Fixed(bytes) => match rng.below(8) {
            0 => plain::change(bytes, rng),
            1 | 2 if bytes.len() <= 8 => {
                let edge = *rng.pick(&[0, 1, 0x7f, 0x80, 0xff]).unwrap_or(&0);
                bytes.fill(edge);
            }
            3 | 4 => {
                let place = rng.place(bytes);
                if let Some(byte) = place.and_then(|place| bytes.get_mut(place)) {
                    *byte ^= 1 << rng.below(8);
                }
            }
            _ => {
                let word = rng.pick(&WORDS).copied().unwrap_or_default().to_be_bytes();
                let length = bytes.len();
                for (place, byte) in bytes.iter_mut().skip(length.saturating_sub(2)).zip(word) {
                    *place = byte;
                }
            }
        },
        Part::Sized { parts, off } => match rng.below(4) {
            0 => *off = *rng.pick(&[1, -1, 2, 127]).unwrap_or(&1),
            1 => parts.clear(),
            2 => {
                // Inside itself: one more size.
                let inner = std::mem::take(parts);
                *parts = vec![Part::Sized {
                    parts: inner,
                    off: 0,
                }];
            }
            _ => {
                let size = rng.pick(&SIZES).copied().unwrap_or_default();
                let mut bytes = write(parts);
                bytes.resize(size, rng.byte());
                *parts = vec![Part::Fixed(bytes)];
            }
        },
    }
}

/// The mutator of `tpm_public`.
pub const PUBLIC: Mutator = |data, seed| mutate(data, schema::sized_public, seed);
/// The mutator of `tpm_structures`: the outline is guessed.
pub const STRUCTURES: Mutator = |data, seed| mutate(data, schema::any, seed);
/// The mutator of targets that read fields behind their 16-bit length.
pub const FIELDS: Mutator = |data, seed| mutate(data, schema::fields, seed);
/// The mutator of `tpm_attest` and `tpm_sealed`.
pub const ATTEST: Mutator = |data, seed| mutate(data, schema::kind_and_fields, seed);
/// The mutator of `tpm_device`.
pub const DEVICE: Mutator = |data, seed| mutate(data, schema::device, seed);

#[cfg(test)]
mod tests {
    use super::*;
    use provisor::tpm::Public;
    use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

    #[test]
    fn what_is_cut_is_written_as_it_was() {
        let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
        let schemas: [Schema; 5] = [
            schema::sized_public,
            schema::any,
            schema::fields,
            schema::kind_and_fields,
            schema::device,
        ];
        for data in [
            tpm.ek_public(),
            tpm.srk_public(),
            &[],
            &[1, 2, 3],
            &[0xff; 70],
        ] {
            for schema in schemas {
                assert_eq!(write(&Cut::all(data, schema)), data);
            }
        }
    }

    /// The outline is the one that the reader has: nothing of a good key is left over.
    #[test]
    fn a_public_area_is_cut_to_the_end() {
        for kind in [TpmKind::P256, TpmKind::Rsa2048] {
            let tpm = SoftTpm::new(kind, 1, 0);
            for key in [tpm.ek_public(), tpm.srk_public()] {
                let parts = Cut::all(key, schema::sized_public);
                let [Part::Sized { parts, .. }] = parts.as_slice() else {
                    panic!("one sized structure");
                };
                assert!(matches!(parts.last(), Some(Part::Sized { .. })));
            }
        }
    }

    /// A fair part of the changes gives something that is still read, and a fair part does not.
    #[test]
    fn changes_get_behind_the_sizes() {
        let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
        let read = (0..500)
            .filter(|seed| Public::from_tpm2b(&PUBLIC(tpm.ek_public(), *seed)).is_ok())
            .count();
        assert!((25..475).contains(&read), "{read} of 500");
    }

    #[test]
    fn a_change_follows_from_its_seed() {
        let data = [0, 4, 0, 2, 7, 7, 0, 0];
        for seed in 0..200 {
            for mutate in [PUBLIC, STRUCTURES, FIELDS, ATTEST, DEVICE] {
                assert_eq!(mutate(&data, seed), mutate(&data, seed));
            }
        }
    }
}
