//! Where the next page begins.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use data_encoding::BASE64URL_NOPAD;
use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::Random;
use zeroize::Zeroizing;

use crate::digest::hmac_sha256;
use crate::limits;

/// What continuation tokens are sealed with: one for a service, the same in all its processes. A
/// token under another one is refused, and the query begins again; nothing else is lost with it.
pub struct ContinuationKey(Zeroizing<[u8; 32]>);

/// The form of the tokens.
const VERSION: u8 = 1;

/// What separates a token's seal from everything else that is made with the key.
const LABEL: &[u8] = b"provisor continuation token 1";

/// Bytes of the seal: half of HMAC-SHA256, as RFC 2104 section 5 allows.
const SEAL: usize = 16;

impl ContinuationKey {
    /// The key with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A fresh key.
    ///
    /// # Errors
    /// What `random` refuses with.
    pub fn draw(random: &mut dyn Random) -> Result<Self, Rejection> {
        let mut drawn = Zeroizing::new([0; 32]);
        random.fill(&mut *drawn)?;
        Ok(Self(drawn))
    }

    /// A token for the rows after this one, good for that query alone.
    pub(super) fn seal(&self, query: &str, last: &str) -> String {
        let mut bytes = Vec::from([VERSION]);
        bytes.extend(self.tag(query, last));
        bytes.extend_from_slice(last.as_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The row that the token was made for.
    pub(super) fn open(&self, query: &str, token: &str) -> Result<Box<str>, Rejection> {
        let refused = || Rejection::new(Code::ServiceContinuation, Subject::field("continuation"));
        if token.len() > limits::CONTINUATION_BYTES {
            return Err(refused().found("a longer text"));
        }
        let bytes = BASE64URL_NOPAD
            .decode(token.as_bytes())
            .map_err(|error| refused().at(error.position))?;
        let (version, rest) = bytes.split_first().ok_or_else(refused)?;
        if *version != VERSION {
            return Err(refused().found("a token of another form"));
        }
        let (seal, last) = rest.split_at_checked(SEAL).ok_or_else(refused)?;
        let last = core::str::from_utf8(last).map_err(|_| refused())?;
        if !subtle_eq(seal, &self.tag(query, last).collect::<Vec<u8>>()) {
            return Err(refused());
        }
        Ok(last.to_owned().into_boxed_str())
    }

    /// The query's text has no NUL, and neither has a row's key.
    fn tag(&self, query: &str, last: &str) -> impl Iterator<Item = u8> + use<> {
        // Each with its length, so that no two pairs have the same bytes.
        let lengths = [LABEL, query.as_bytes(), last.as_bytes()]
            .map(|part| (part.len() as u64).to_be_bytes());
        let [label, query_length, last_length] = &lengths;
        let parts: [&[u8]; 6] = [
            label,
            LABEL,
            query_length,
            query.as_bytes(),
            last_length,
            last.as_bytes(),
        ];
        let tag = hmac_sha256(&*self.0, &parts);
        tag.into_iter().take(SEAL)
    }
}

/// In constant time.
fn subtle_eq(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq as _;
    a.ct_eq(b).into()
}

impl fmt::Debug for ContinuationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContinuationKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c4_a_token_is_good_for_its_key_and_its_query_alone() {
        let key = ContinuationKey::new([7; 32]);
        let token = key.seal("all", "line-7");
        assert_eq!(&*key.open("all", &token).unwrap(), "line-7");
        assert!(token.len() <= limits::CONTINUATION_BYTES);
        let other = ContinuationKey::new([8; 32]);
        for refused in [
            key.open("some", &token),
            other.open("all", &token),
            key.open("all", ""),
            key.open("all", "AQ"),
            key.open("all", "line-7"),
            key.open("all", &"A".repeat(limits::CONTINUATION_BYTES + 1)),
        ] {
            assert_eq!(refused.unwrap_err().code(), Code::ServiceContinuation);
        }
        // Every character counts.
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(key.open("all", &changed).is_err(), "{at}");
        }
        // A longest ID still fits.
        assert!(key.seal("all", &"x".repeat(128)).len() <= limits::CONTINUATION_BYTES);
    }

    #[test]
    fn the_border_between_query_and_row_is_sealed_too() {
        let key = ContinuationKey::new([7; 32]);
        let token = key.seal("ab", "c");
        let moved = [
            &[VERSION][..],
            &key.tag("ab", "c").collect::<Vec<_>>(),
            b"bc",
        ]
        .concat();
        assert!(key.open("ab", &token).is_ok());
        assert!(key.open("a", &BASE64URL_NOPAD.encode(&moved)).is_err());
    }
}
