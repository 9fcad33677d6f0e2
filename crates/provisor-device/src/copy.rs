//! Bytes from one place to another.

/// Copies as many as both have. The library's own copying panics where lengths differ, and the compiler does not see
/// that they never do: firmware would carry that panic and its words.
pub(crate) fn copy(from: &[u8], to: &mut [u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}
