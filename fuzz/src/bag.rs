//! What a verdict is asked about, as bytes: the input of `path` and of `crl`.

use crate::bytes::Bytes;

/// A leaf, what was sent and trusted with it, and under which rules it is judged.
///
/// As bytes: profile, flags, time (seconds, 64 bits), leaf; then kind and content of each entry in
/// turn. Certificates and lists stand behind their 16-bit length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bag {
    /// Which profile.
    pub profile: u8,
    /// Which inputs besides; see the constants.
    pub flags: u8,
    /// Seconds since 1970.
    pub time: i64,
    /// The certificate that is judged.
    pub leaf: Vec<u8>,
    /// Everything else.
    pub entries: Vec<Entry>,
}

/// One entry of a [`Bag`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is there for.
    pub kind: Kind,
    /// A certificate or a list, DER.
    pub der: Vec<u8>,
}

/// What an entry is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A certificate that was sent along.
    Sent,
    /// A certificate that is trusted.
    Anchor,
    /// A revocation list.
    List,
    /// A certificate of which name and key are trusted, and nothing else counts.
    NameAndKey,
}

/// Anchors end with their certificates.
pub const ANCHORS_EXPIRE: u8 = 1;
/// A policy is required.
pub const EXPLICIT_POLICY: u8 = 2;
/// Policies are not mapped.
pub const NO_MAPPING: u8 = 4;
/// anyPolicy stands for nothing.
pub const NO_ANY_POLICY: u8 = 8;
/// Only one policy is accepted.
pub const ONE_POLICY: u8 = 16;
/// The strict profile.
pub const STRICT: u8 = 32;

/// More entries than this tell a fuzzer nothing new.
const ENTRIES: usize = 24;

impl Kind {
    /// All of them; the place is the byte.
    pub const ALL: [Self; 4] = [Self::Sent, Self::Anchor, Self::List, Self::NameAndKey];

    fn of(byte: u8) -> Self {
        Self::ALL[usize::from(byte % 4)]
    }
}

impl Bag {
    /// Reads any bytes.
    #[must_use]
    pub fn read(data: &[u8]) -> Self {
        let mut bytes = Bytes::new(data);
        let (profile, flags) = (bytes.u8(), bytes.u8());
        let time = i64::from_be_bytes(std::array::from_fn(|_| bytes.u8()));
        let leaf = bytes.chunk().to_vec();
        let mut entries = Vec::new();
        while !bytes.is_empty() && entries.len() < ENTRIES {
            let kind = Kind::of(bytes.u8());
            let der = bytes.chunk().to_vec();
            entries.push(Entry { kind, der });
        }
        Self {
            profile,
            flags,
            time,
            leaf,
            entries,
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = vec![self.profile, self.flags];
        out.extend(self.time.to_be_bytes());
        chunk(&self.leaf, &mut out);
        for entry in &self.entries {
            let kind = Kind::ALL.iter().position(|kind| *kind == entry.kind);
            out.push(
                kind.and_then(|kind| u8::try_from(kind).ok())
                    .unwrap_or_default(),
            );
            chunk(&entry.der, &mut out);
        }
        out
    }

    /// How many structures there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        1 + self.entries.len()
    }

    /// Never: there is a leaf.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// The structure of that number, the leaf being 0.
    #[must_use]
    pub fn der(&self, number: usize) -> Option<&[u8]> {
        match number.checked_sub(1) {
            None => Some(&self.leaf),
            Some(index) => self.entries.get(index).map(|entry| entry.der.as_slice()),
        }
    }

    /// The same, to be changed.
    pub fn der_mut(&mut self, number: usize) -> Option<&mut Vec<u8>> {
        match number.checked_sub(1) {
            None => Some(&mut self.leaf),
            Some(index) => self.entries.get_mut(index).map(|entry| &mut entry.der),
        }
    }

    /// Whether a flag is set.
    #[must_use]
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Bytes behind their 16-bit length.
fn chunk(bytes: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    out.extend(length.to_be_bytes());
    out.extend(bytes.iter().take(length.into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bag_is_read_as_it_was_written() {
        let entries = Kind::ALL.map(|kind| Entry {
            kind,
            der: vec![7; 300],
        });
        let bag = Bag {
            profile: 3,
            flags: STRICT,
            time: -1,
            leaf: vec![0x30, 0],
            entries: entries.to_vec(),
        };
        assert_eq!(Bag::read(&bag.write()), bag);
    }

    #[test]
    fn any_bytes_are_a_bag() {
        for data in [&[][..], &[1], &[0; 11], &[0xff; 40]] {
            let bag = Bag::read(data);
            assert_eq!(Bag::read(&bag.write()), bag);
        }
    }
}
