//! Who holds a CA certificate, by what the certificates below it say of it.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::hash::Hashing;
use super::lists::Lists;
use super::slots::Place;
use crate::attestation::Issuer;
use crate::enrollment::TrustedCertificate;
use crate::limits;

/// The holders of CA certificates: by the name, by the name and the key identifier, and by the CA
/// itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Anchors {
    by_name: Lists,
    by_key_id: Lists,
    by_ca: Lists,
}

/// The holders that a chain may lead to.
#[derive(Debug)]
pub(super) struct Candidates {
    places: Vec<Place>,
    narrowed: bool,
}

/// As many of one name as may be tried, and one that says that there are more.
const MOST: usize = limits::GROUPS_TRIED + 1;

impl Anchors {
    /// Adds a holder of these certificates, once to each list. False when there is no room.
    pub(super) fn insert<'c>(
        &mut self,
        hashing: &Hashing,
        cas: impl Iterator<Item = &'c TrustedCertificate>,
        of: Place,
    ) -> bool {
        let numbers = Numbers::of(hashing, cas);
        numbers.names.iter().all(|at| self.by_name.insert(*at, of))
            && numbers.keys.iter().all(|at| self.by_key_id.insert(*at, of))
            && numbers.cas.iter().all(|at| self.by_ca.insert(*at, of))
    }

    pub(super) fn remove<'c>(
        &mut self,
        hashing: &Hashing,
        cas: impl Iterator<Item = &'c TrustedCertificate>,
        of: Place,
    ) {
        let numbers = Numbers::of(hashing, cas);
        for at in numbers.names {
            self.by_name.remove(at, of);
        }
        for at in numbers.keys {
            self.by_key_id.remove(at, of);
        }
        for at in numbers.cas {
            self.by_ca.remove(at, of);
        }
    }

    /// All of the issuer's name; or, where these are more than may be tried, those whose key has the
    /// identifier that the certificate below names, or none.
    pub(super) fn candidates(&self, hashing: &Hashing, issuer: &Issuer<'_>) -> Candidates {
        let hash = issuer.name_hash();
        let named = name(hashing, hash);
        match issuer.key_id() {
            Some(key_id) if self.by_name.exceeds(named, limits::GROUPS_TRIED) => {
                let stated = self.by_key_id.get(named_key(hashing, hash, Some(key_id)));
                let silent = self.by_key_id.get(named_key(hashing, hash, None));
                Candidates {
                    places: stated.chain(silent).take(MOST).collect(),
                    narrowed: true,
                }
            }
            Some(_) | None => Candidates::of(self.by_name.get(named)),
        }
    }

    /// Those that hold this very CA, by whichever certificate.
    pub(super) fn same(&self, hashing: &Hashing, ca: &TrustedCertificate) -> Candidates {
        Candidates::of(self.by_ca.get(hashing.of(ca.mark())))
    }
}

/// Under which numbers the certificates of one holder stand, each once.
#[derive(Default)]
struct Numbers {
    names: BTreeSet<u64>,
    keys: BTreeSet<u64>,
    cas: BTreeSet<u64>,
}

impl Numbers {
    fn of<'c>(hashing: &Hashing, cas: impl Iterator<Item = &'c TrustedCertificate>) -> Self {
        let mut numbers = Self::default();
        for ca in cas {
            let hash = ca.name_hash();
            numbers.names.insert(name(hashing, hash));
            numbers.keys.insert(named_key(hashing, hash, ca.key_id()));
            numbers.cas.insert(hashing.of(ca.mark()));
        }
        numbers
    }
}

impl Candidates {
    fn of(places: impl Iterator<Item = Place>) -> Self {
        Self {
            places: places.take(MOST).collect(),
            narrowed: false,
        }
    }

    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.places.iter().copied()
    }

    /// Whether others of the name are left out whose key is another one.
    pub(super) const fn is_narrowed(&self) -> bool {
        self.narrowed
    }

    /// Whether there are more than may be tried.
    pub(super) const fn more(&self) -> bool {
        self.places.len() >= MOST
    }
}

fn name(hashing: &Hashing, name_hash: u64) -> u64 {
    hashing.of(&name_hash)
}

fn named_key(hashing: &Hashing, name_hash: u64, key_id: Option<&[u8]>) -> u64 {
    hashing.of(&(name_hash, key_id))
}
