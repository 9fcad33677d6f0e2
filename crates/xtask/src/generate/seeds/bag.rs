//! A bag of certificates and lists as bytes, as `fuzz/src/bag.rs` reads it.

use provisor::UnixTime;
use provisor_testkit::pki::ToyPki;

use super::made::chunk;

/// What an entry is there for: its first byte.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate) enum Kind {
    Sent = 0,
    Anchor = 1,
    List = 2,
    NameAndKey = 3,
}

/// Profile, flags, time, leaf, entries.
pub(in crate::generate) struct Bag {
    profile: u8,
    flags: u8,
    time: UnixTime,
    leaf: Vec<u8>,
    entries: Vec<u8>,
}

impl Bag {
    /// The device profile, no flags, at the time when the toy PKI is valid.
    pub(in crate::generate) fn of(leaf: &[u8]) -> Self {
        Self {
            profile: 0,
            flags: 0,
            time: ToyPki::NOW,
            leaf: chunk(leaf),
            entries: Vec::new(),
        }
    }

    pub(in crate::generate) fn profile(mut self, profile: u8) -> Self {
        self.profile = profile;
        self
    }

    pub(in crate::generate) fn flags(mut self, flags: u8) -> Self {
        self.flags = flags;
        self
    }

    pub(in crate::generate) fn at(mut self, time: UnixTime) -> Self {
        self.time = time;
        self
    }

    pub(in crate::generate) fn with(mut self, kind: Kind, der: &[u8]) -> Self {
        self.entries.push(kind as u8);
        self.entries.extend(chunk(der));
        self
    }

    pub(in crate::generate) fn write(&self) -> Vec<u8> {
        let mut out = vec![self.profile, self.flags];
        out.extend(self.time.seconds().to_be_bytes());
        out.extend(&self.leaf);
        out.extend(&self.entries);
        out
    }
}
