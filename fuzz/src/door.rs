//! Mutators in the form in which libFuzzer wants them: in place, in a buffer of limited size.

use crate::mutate::{Crossover, Mutator};

/// Changes the first `size` bytes of `data` and says how many there are now. What would not fit is
/// tried again with other seeds, and in the end left as it was.
pub fn mutated(mutate: Mutator, data: &mut [u8], size: usize, longest: usize, seed: u32) -> usize {
    let start = data.get(..size).unwrap_or_default().to_vec();
    let room = longest.min(data.len());
    for again in 0..4_u64 {
        let made = mutate(&start, u64::from(seed) | again << 32);
        if made.len() <= room
            && let Some(place) = data.get_mut(..made.len())
        {
            place.copy_from_slice(&made);
            return made.len();
        }
    }
    size.min(room)
}

/// Makes one of two, in `out`, and says how many bytes it has; 0 when it does not fit.
pub fn crossed(cross: Crossover, a: &[u8], b: &[u8], out: &mut [u8], seed: u32) -> usize {
    let made = cross(a, b, u64::from(seed));
    match out.get_mut(..made.len()) {
        Some(place) => {
            place.copy_from_slice(&made);
            made.len()
        }
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_as_it_was() {
        let grow: Mutator = |data, _| [data, &[7; 8]].concat();
        let mut data = [1, 2, 3, 0];
        assert_eq!(mutated(grow, &mut data, 3, 4, 1), 3);
        assert_eq!(data, [1, 2, 3, 0]);
        let mut data = [1; 20];
        assert_eq!(mutated(grow, &mut data, 3, 20, 1), 11);
        assert_eq!(data.get(2..5), Some(&[1, 7, 7][..]));
        assert_eq!(
            crossed(|a, b, _| [a, b].concat(), &[1], &[2], &mut data, 1),
            2
        );
        assert_eq!(
            crossed(|a, b, _| [a, b].concat(), &[1], &[2], &mut [0], 1),
            0
        );
    }
}
