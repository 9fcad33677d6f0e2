//! The engine: decisions per second.
#![forbid(unsafe_code)]

fn main() {}
