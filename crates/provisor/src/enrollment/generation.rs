//! What tells an enrollment from its namesakes before and after it.

use core::fmt;

use data_encoding::HEXLOWER;
use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::Random;

use super::digits::{self, digit_traits};

/// Which making of an enrollment it is: 128 random bits, drawn when the enrollment is made and kept
/// through every edit.
///
/// A name says nothing of that: delete a group and make another one of the same name, and the two
/// have nothing in common. Registration records and open challenges bear the generation of the
/// enrollment that they come from, so that the second one does not
/// [inherit](crate::registration::reprovision#who-may-go-on-as-whom) what the first one began. No
/// secret; two never meet by accident.
///
/// ```
/// # let mut random = provisor_testkit::random::SeededRandom::new(1, "");
/// use provisor::enrollment::Generation;
///
/// let generation = Generation::draw(&mut random)?;
/// assert_eq!(Generation::parse(&generation.to_string())?, generation);
/// assert_ne!(Generation::draw(&mut random)?, generation);
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation([u8; 16]);

impl Generation {
    /// Draws the generation of a new enrollment. Not for one that is edited: that one keeps its own.
    ///
    /// # Errors
    /// What `random` refuses with.
    pub fn draw(random: &mut dyn Random) -> Result<Self, Rejection> {
        let mut drawn = [0; 16];
        random.fill(&mut drawn)?;
        Ok(Self(drawn))
    }

    /// Reads a generation that was stored: 32 hexadecimal digits in lower case.
    ///
    /// # Errors
    /// [`AttestGeneration`](Code::AttestGeneration).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        digits::bytes(text, 0, &HEXLOWER, || {
            Rejection::new(Code::AttestGeneration, Subject::field("generation"))
                .expected("32 hexadecimal digits in lower case")
        })
        .map(Self)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Generation {
    /// 32 hexadecimal digits in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

digit_traits!(Generation);

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn only_what_was_shown_is_read() {
        let text = "000102030405060708090a0b0c0d0e0f";
        let read = Generation::parse(text).unwrap();
        assert_eq!(format!("{read}"), text);
        for bad in [
            "",
            &text.to_uppercase(),
            text.get(1..).unwrap(),
            &text.replace('a', "g"),
            &format!("{text}00"),
        ] {
            let refused = Generation::parse(bad).unwrap_err();
            assert_eq!(refused.code(), Code::AttestGeneration, "{bad}");
        }
    }
}
