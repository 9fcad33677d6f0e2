//! Seeds that are made.

use crate::generate::Generated;

pub(super) struct Seeds(pub(super) Vec<Generated>);

impl Seeds {
    pub(super) fn add(&mut self, target: &str, name: &str, bytes: &[u8]) {
        let path = format!("fuzz/seeds/{target}/{name}");
        self.0.push(Generated {
            path,
            bytes: bytes.to_vec(),
        });
    }
}

/// Bytes behind their 16-bit length.
pub(in crate::generate) fn chunk(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let mut out = length.to_be_bytes().to_vec();
    out.extend_from_slice(bytes.get(..usize::from(length)).unwrap_or_default());
    out
}
