//! Secrets at rest: sealed by a data key that is not in the store.
//!
//! A sealed value is `version (1) | key ID (8) | nonce (12) | AES-256-GCM-SIV ciphertext and tag`. What it
//! is bound to is not in it: the scope, the table and the key of its row, so that a value which is moved
//! to another row does not open there. Nonces are random, and GCM-SIV (RFC 8452) stays safe should one
//! ever come twice.

mod keys;

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use provisor::{Code, IdScope, Rejection};
use zeroize::Zeroizing;

use super::Result;
use super::fault::{rejection, unavailable};

pub(crate) use keys::sync_folder;
pub use keys::{DataKey, DataKeys, KeyId};

/// The form of a sealed value.
const VERSION: u8 = 1;

/// Seals and opens what one scope's store keeps. Cloning it costs nothing.
#[derive(Clone)]
pub struct Seal(Arc<Inner>);

struct Inner {
    scope: String,
    /// The first seals; all open.
    keys: Vec<(KeyId, LessSafeKey)>,
}

impl Seal {
    /// The seal of that scope, by those keys.
    ///
    /// # Errors
    /// [`StoreDataKey`](Code::StoreDataKey) when there is no key.
    pub fn new(scope: &IdScope, keys: &DataKeys) -> Result<Self> {
        let keys: Result<Vec<_>> = keys
            .iter()
            .map(|key| {
                let unbound = UnboundKey::new(&AES_256_GCM_SIV, key.bytes());
                let unbound = unbound.map_err(|_| data_key("not taken by AES-256-GCM-SIV"))?;
                Ok((key.id(), LessSafeKey::new(unbound)))
            })
            .collect();
        let keys = keys?;
        if keys.is_empty() {
            return Err(data_key("none"));
        }
        Ok(Self(Arc::new(Inner {
            scope: scope.normal_form().to_owned(),
            keys,
        })))
    }

    /// The key that seals now.
    #[must_use]
    pub fn current(&self) -> Option<KeyId> {
        self.0.keys.first().map(|(id, _)| *id)
    }

    /// Seals what that row of that table has.
    ///
    /// # Errors
    /// [`StoreUnavailable`](Code::StoreUnavailable) when the system gives no randomness.
    pub fn seal(&self, table: &str, row: &str, clear: &[u8]) -> Result<Vec<u8>> {
        let (id, key) = self.0.keys.first().ok_or_else(|| data_key("none"))?;
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce).map_err(|_| unavailable("seal", "no randomness"))?;
        let mut body = Zeroizing::new(clear.to_vec());
        let tag = key.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            self.bound(*id, table, row),
            &mut body,
        );
        let tag = tag.map_err(|_| unavailable("seal", "too long"))?;
        let mut sealed = Vec::with_capacity(1 + KeyId::LEN + NONCE_LEN + body.len() + 16);
        sealed.push(VERSION);
        sealed.extend(id.bytes());
        sealed.extend(nonce);
        sealed.extend_from_slice(&body);
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what that row of that table has.
    ///
    /// # Errors
    /// [`StoreDataKey`](Code::StoreDataKey) when it was sealed by a key that is not there,
    /// [`StoreSeal`](Code::StoreSeal) when it was changed or moved.
    pub fn open(&self, table: &str, row: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (id, rest) = sealed_by(sealed).ok_or_else(|| broken(table))?;
        let (nonce, body) = rest
            .split_first_chunk::<NONCE_LEN>()
            .ok_or_else(|| broken(table))?;
        let (_, key) = self
            .0
            .keys
            .iter()
            .find(|(known, _)| *known == id)
            .ok_or_else(|| {
                rejection(Code::StoreDataKey, "dataKey")
                    .expected(format_args!("the key {id}"))
                    .found(self.ids())
                    .boxed()
            })?;
        let mut body = Zeroizing::new(body.to_vec());
        let clear = key
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                self.bound(id, table, row),
                &mut body,
            )
            .map_err(|_| broken(table))?
            .len();
        body.truncate(clear);
        Ok(body)
    }

    /// What a value is bound to; none of the parts has a NUL.
    fn bound(&self, id: KeyId, table: &str, row: &str) -> Aad<Vec<u8>> {
        let mut bound = Vec::from(id.bytes());
        for part in [&*self.0.scope, table, row] {
            bound.extend_from_slice(part.as_bytes());
            bound.push(0);
        }
        Aad::from(bound)
    }

    fn ids(&self) -> String {
        let ids: Vec<_> = self.0.keys.iter().map(|(id, _)| id.to_string()).collect();
        ids.join(", ")
    }
}

impl core::fmt::Debug for Seal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Seal({})", self.ids())
    }
}

/// The key that a value was sealed by, and what follows.
fn sealed_by(sealed: &[u8]) -> Option<(KeyId, &[u8])> {
    let (version, rest) = sealed.split_first()?;
    let (id, rest) = rest.split_first_chunk::<{ KeyId::LEN }>()?;
    (*version == VERSION).then_some((KeyId::from_bytes(*id), rest))
}

fn broken(table: &str) -> Box<Rejection> {
    rejection(Code::StoreSeal, "sealed")
        .expected("what was sealed for its row")
        .found(format_args!("another thing in the table {table}"))
        .boxed()
}

fn data_key(found: &str) -> Box<Rejection> {
    rejection(Code::StoreDataKey, "dataKey")
        .found(found)
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(keys: &DataKeys) -> Seal {
        Seal::new(&IdScope::parse("0ne0A1B2C3D").unwrap(), keys).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_row_alone() {
        let keys = DataKeys::draw().unwrap();
        let ours = seal(&keys);
        let sealed = ours.seal("policy", "owner", b"a secret").unwrap();
        assert!(!sealed.windows(8).any(|bytes| bytes == b"a secret"));
        assert_eq!(
            &*ours.open("policy", "owner", &sealed).unwrap(),
            b"a secret"
        );
        for (table, row) in [("policy", "other"), ("hub", "owner"), ("policyo", "wner")] {
            let refused = ours.open(table, row, &sealed).unwrap_err();
            assert_eq!(refused.code(), Code::StoreSeal, "{table} {row}");
        }
        let scope = IdScope::parse("0ne0A1B2C3E").unwrap();
        let other = Seal::new(&scope, &keys).unwrap();
        let refused = other.open("policy", "owner", &sealed).unwrap_err();
        assert_eq!(refused.code(), Code::StoreSeal);
    }

    #[test]
    fn every_changed_byte_is_seen_and_so_is_another_key() {
        let ours = seal(&DataKeys::draw().unwrap());
        let sealed = ours.seal("policy", "owner", b"a secret").unwrap();
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            let refused = ours.open("policy", "owner", &other).unwrap_err();
            // The key ID stands in bytes 1 to 8.
            let expected = match at {
                1..=8 => Code::StoreDataKey,
                _ => Code::StoreSeal,
            };
            assert_eq!(refused.code(), expected, "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(ours.open("policy", "owner", &sealed[..length]).is_err());
        }
        let theirs = seal(&DataKeys::draw().unwrap());
        let refused = theirs.open("policy", "owner", &sealed).unwrap_err();
        assert_eq!(refused.code(), Code::StoreDataKey);
    }

    #[test]
    fn an_older_key_opens_and_the_newest_seals() {
        let old = DataKeys::draw().unwrap();
        let sealed = seal(&old).seal("hub", "h", b"x").unwrap();
        let both = old.clone().with_newer(DataKey::draw().unwrap());
        let ours = seal(&both);
        assert_eq!(&*ours.open("hub", "h", &sealed).unwrap(), b"x");
        let again = ours.seal("hub", "h", b"x").unwrap();
        assert_eq!(
            seal(&old).open("hub", "h", &again).unwrap_err().code(),
            Code::StoreDataKey
        );
        assert_eq!(ours.open("hub", "h", &again).unwrap().len(), 1);
        // The same twice is sealed by two nonces.
        assert_ne!(again, ours.seal("hub", "h", b"x").unwrap());
    }
}
