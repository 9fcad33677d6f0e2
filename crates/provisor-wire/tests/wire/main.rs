//! Bytes of the wire, read and written.

mod device;
mod json;
mod rows;
