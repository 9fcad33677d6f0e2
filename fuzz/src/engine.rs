//! The engine: sequences of operations.

/// Not written yet.
pub fn engine(_data: &[u8]) {}
