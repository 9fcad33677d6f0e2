//! What structures consist of.

/// A part of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// An integer of so many bytes, or bytes without a size of their own.
    Fixed(Vec<u8>),
    /// A 16-bit size, and what it counts.
    Sized {
        /// What is inside.
        parts: Vec<Part>,
        /// Added to the size that is written, so that it is wrong; mostly 0.
        off: i8,
    },
}
