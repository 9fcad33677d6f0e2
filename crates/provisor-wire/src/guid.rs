//! UUIDs from randomness that is handed in.

use core::fmt;

/// A UUID of version 4 (RFC 9562 section 5.4), as tracking IDs and parts of operation IDs are.
///
/// ```
/// use provisor_wire::Guid;
///
/// let guid = Guid::from_random([0xff; 16]);
/// assert_eq!(guid.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Guid([u8; 16]);

impl Guid {
    /// The UUID of 16 random bytes; six of their bits say which version it is.
    #[must_use]
    pub const fn from_random(mut random: [u8; 16]) -> Self {
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut random;
        *version = *version & 0x0f | 0x40;
        *variant = *variant & 0x3f | 0x80;
        Self(random)
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}
