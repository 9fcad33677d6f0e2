//! The outlines of TPM structures, only as fine as a mutator needs them (TPM 2.0 Part 2).
//!
//! An outline that does not fit leaves the rest as it is.

use super::part::Part;

/// An outline: cuts what it knows; `None` where the bytes end too early or are something else.
pub type Schema = fn(&mut Cut<'_>) -> Option<()>;

/// Bytes that are being cut into parts.
#[derive(Debug)]
pub struct Cut<'a> {
    rest: &'a [u8],
    parts: Vec<Part>,
}

impl<'a> Cut<'a> {
    /// Cuts all of `data`; what the outline does not reach is one part at the end.
    pub(super) fn all(data: &'a [u8], schema: Schema) -> Vec<Part> {
        let mut cut = Self {
            rest: data,
            parts: Vec::new(),
        };
        let _ = schema(&mut cut);
        if !cut.rest.is_empty() {
            cut.parts.push(Part::Fixed(cut.rest.to_vec()));
        }
        cut.parts
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(head)
    }

    /// An integer of so many bytes.
    fn int(&mut self, bytes: usize) -> Option<u64> {
        let bytes = self.take(bytes)?;
        self.parts.push(Part::Fixed(bytes.to_vec()));
        Some(
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    }

    /// A sized field of bytes, or of what an outline says.
    fn sized(&mut self, inside: Schema) -> Option<()> {
        let size = self
            .rest
            .first_chunk()
            .map(|size| u16::from_be_bytes(*size))?;
        let content = self.rest.get(2..)?.get(..size.into())?;
        self.take(usize::from(size) + 2)?;
        self.parts.push(Part::Sized {
            parts: Self::all(content, inside),
            off: 0,
        });
        Some(())
    }

    fn bytes(&mut self) -> Option<()> {
        self.sized(|_| None)
    }
}

const NULL: u64 = 0x10;

/// `TPM2B_PUBLIC`.
pub(super) fn sized_public(cut: &mut Cut<'_>) -> Option<()> {
    cut.sized(public)
}

/// `TPMT_PUBLIC`.
fn public(cut: &mut Cut<'_>) -> Option<()> {
    let kind = cut.int(2)?;
    cut.int(2)?;
    cut.int(4)?;
    cut.bytes()?;
    match kind {
        0x01 => {
            symmetric(cut)?;
            scheme(cut)?;
            cut.int(2)?;
            cut.int(4)?;
            cut.bytes()
        }
        0x23 => {
            symmetric(cut)?;
            scheme(cut)?;
            cut.int(2)?;
            scheme(cut)?;
            cut.bytes()?;
            cut.bytes()
        }
        0x08 => {
            scheme(cut)?;
            cut.bytes()
        }
        0x25 => {
            symmetric(cut)?;
            cut.bytes()
        }
        _ => None,
    }
}

/// `TPMT_SYM_DEF_OBJECT`.
fn symmetric(cut: &mut Cut<'_>) -> Option<()> {
    if cut.int(2)? != NULL {
        cut.int(2)?;
        cut.int(2)?;
    }
    Some(())
}

/// Any scheme: an algorithm and, for most, a hash.
fn scheme(cut: &mut Cut<'_>) -> Option<()> {
    match cut.int(2)? {
        // nothing; RSAES
        NULL | 0x15 => {}
        // XOR: hash and key derivation; ECDAA: hash and count
        0x0a | 0x1a => {
            cut.int(2)?;
            cut.int(2)?;
        }
        _ => {
            cut.int(2)?;
        }
    }
    Some(())
}

/// `TPMS_ATTEST`.
fn attest(cut: &mut Cut<'_>) -> Option<()> {
    if cut.int(4)? != 0xFF54_4347 {
        return None;
    }
    let kind = cut.int(2)?;
    cut.bytes()?;
    cut.bytes()?;
    for bytes in [8, 4, 4, 1, 8] {
        cut.int(bytes)?;
    }
    match kind {
        // NV, command audit, session audit
        0x8014 => {
            cut.bytes()?;
            cut.int(2)?;
            cut.bytes()
        }
        0x8015 => {
            cut.int(8)?;
            cut.int(2)?;
            cut.bytes()?;
            cut.bytes()
        }
        0x8016 => {
            cut.int(1)?;
            cut.bytes()
        }
        // quote
        0x8018 => {
            selection(cut)?;
            cut.bytes()
        }
        // time
        0x8019 => [8, 8, 4, 4, 1, 8]
            .into_iter()
            .try_for_each(|bytes| cut.int(bytes).map(|_| ())),
        // certification, creation, digest of NV
        _ => {
            cut.bytes()?;
            cut.bytes()
        }
    }
}

/// `TPML_PCR_SELECTION`.
fn selection(cut: &mut Cut<'_>) -> Option<()> {
    for _ in 0..cut.int(4)?.min(32) {
        cut.int(2)?;
        let size = cut.int(1)?;
        cut.int(usize::try_from(size).ok()?)?;
    }
    Some(())
}

/// `TPMS_CREATION_DATA`.
fn creation(cut: &mut Cut<'_>) -> Option<()> {
    selection(cut)?;
    cut.bytes()?;
    cut.int(1)?;
    cut.int(2)?;
    cut.bytes()?;
    cut.bytes()?;
    cut.bytes()
}

/// `TPMT_SIGNATURE`.
fn signature(cut: &mut Cut<'_>) -> Option<()> {
    let scheme = cut.int(2)?;
    if !(0x14..=0x1c).contains(&scheme) {
        return None;
    }
    cut.int(2)?;
    cut.bytes()?;
    if scheme >= 0x18 {
        cut.bytes()
    } else {
        Some(())
    }
}

/// `TPMT_SENSITIVE`: type, authorisation, seed value, secret.
fn sensitive(cut: &mut Cut<'_>) -> Option<()> {
    cut.int(2)?;
    cut.bytes()?;
    cut.bytes()?;
    cut.bytes()
}

/// A Name: an algorithm and a digest.
fn name(cut: &mut Cut<'_>) -> Option<()> {
    let size = match cut.int(2)? {
        0x04 => 20,
        0x0b => 32,
        0x0c => 48,
        0x0d => 64,
        _ => return None,
    };
    cut.int(size).map(|_| ())
}

/// A stored challenge: version, time, two Names, a secret.
fn stored_challenge(cut: &mut Cut<'_>) -> Option<()> {
    cut.int(1)?;
    cut.int(8)?;
    cut.sized(name)?;
    cut.sized(name)?;
    cut.bytes()
}

/// A stored keyring: version, count, and for each epoch a number, three times, a secret.
fn keyring(cut: &mut Cut<'_>) -> Option<()> {
    cut.int(1)?;
    for _ in 0..cut.int(1)?.min(16) {
        for bytes in [4, 8, 8, 8] {
            cut.int(bytes)?;
        }
        cut.bytes()?;
    }
    Some(())
}

/// Sized fields up to the end, each with whatever outline fits it: an activation blob, a
/// `TPM2B_ID_OBJECT` inside, the input of a target.
pub(super) fn fields(cut: &mut Cut<'_>) -> Option<()> {
    while !cut.rest.is_empty() {
        cut.sized(any)?;
    }
    Some(())
}

/// A byte, and fields.
pub(super) fn kind_and_fields(cut: &mut Cut<'_>) -> Option<()> {
    cut.int(1)?;
    fields(cut)
}

/// The input of `tpm_device`: a flow, for one of them a length, and responses.
pub(super) fn device(cut: &mut Cut<'_>) -> Option<()> {
    if cut.int(1)? % 6 == 3 {
        cut.int(2)?;
    }
    while !cut.rest.is_empty() {
        cut.int(1)?;
        cut.sized(fields)?;
    }
    Some(())
}

/// The first outline that fits to the last byte.
pub(super) fn any(cut: &mut Cut<'_>) -> Option<()> {
    const KNOWN: [Schema; 10] = [
        attest,
        sized_public,
        public,
        stored_challenge,
        keyring,
        signature,
        name,
        sensitive,
        creation,
        two_fields,
    ];
    for schema in KNOWN {
        let mut attempt = Cut {
            rest: cut.rest,
            parts: Vec::new(),
        };
        if schema(&mut attempt).is_some() && attempt.rest.is_empty() {
            cut.rest = &[];
            cut.parts.append(&mut attempt.parts);
            return Some(());
        }
    }
    None
}

/// Two or more sized fields and nothing else; one is more likely chance.
fn two_fields(cut: &mut Cut<'_>) -> Option<()> {
    cut.bytes()?;
    cut.bytes()?;
    while !cut.rest.is_empty() {
        cut.bytes()?;
    }
    Some(())
}
