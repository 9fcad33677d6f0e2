//! Threads over the shards: whichever is free takes the next one.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

/// Does it for each part, by so many threads. What a part becomes depends on that part alone, so
/// neither their number nor their pace can be told from it.
pub(super) fn each<T: Send>(parts: &mut [T], threads: NonZeroUsize, work: impl Fn(&mut T) + Sync) {
    let next = Mutex::new(parts.iter_mut());
    let one = || {
        loop {
            // The guard goes before the work begins.
            let part = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            match part {
                Some(part) => work(part),
                None => return,
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(one);
        }
        one();
    });
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::each;

    #[test]
    fn each_part_is_worked_on_once_by_however_many() {
        for threads in [1, 2, 7] {
            let mut parts: Vec<u64> = (0..64).collect();
            let threads = NonZeroUsize::new(threads).expect("not zero");
            each(&mut parts, threads, |part| *part += 1000);
            assert_eq!(parts, (1000..1064).collect::<Vec<_>>());
        }
    }
}
