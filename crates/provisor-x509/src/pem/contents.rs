//! What a file was found to hold.

use alloc::vec::Vec;
use core::fmt;

/// What a file of certificates or lists holds: the blocks that were asked for, what was passed over
/// although it speaks of certificates or lists, and what had to be done to read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    pub(crate) blocks: Vec<Block>,
    pub(crate) passed_over: Vec<PassedOver>,
    pub(crate) read_as: Vec<ReadAs>,
}

impl Contents {
    /// What was asked for, in the order of the file.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Blocks that speak of certificates or lists and are not what was asked for, such as a request.
    /// Keys and text are not among them.
    #[must_use]
    pub fn passed_over(&self) -> &[PassedOver] {
        &self.passed_over
    }

    /// How the file differs from DER or well-formed PEM, and was read all the same.
    #[must_use]
    pub fn read_as(&self) -> &[ReadAs] {
        &self.read_as
    }

    /// Each thing is said once.
    pub(crate) fn note(&mut self, read_as: ReadAs) {
        let same =
            |known: &ReadAs| core::mem::discriminant(known) == core::mem::discriminant(&read_as);
        if !self.read_as.iter().any(same) {
            self.read_as.push(read_as);
        }
    }
}

/// One certificate or list of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub(crate) der: Vec<u8>,
    pub(crate) line: Option<usize>,
}

impl Block {
    /// Its bytes. They are not looked at yet.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The line of its BEGIN, from 1; `None` in a file that is no text.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }
}

/// A block of another kind beside those that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassedOver {
    pub(crate) found: &'static str,
    pub(crate) line: usize,
}

impl PassedOver {
    /// What it is, with its article, for example "a certificate request".
    #[must_use]
    pub const fn found(&self) -> &'static str {
        self.found
    }

    /// The line of its BEGIN, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {}", self.found, self.line)
    }
}

/// How a file was read that is not quite as the standards have it, without a doubt about what it
/// holds. The first line of each kind is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadAs {
    /// A byte order mark was dropped.
    ByteOrderMark,
    /// The text is in UTF-16.
    Utf16,
    /// The two characters `\n` were taken for a line break.
    Escaped,
    /// Quotation marks around the whole were dropped.
    Quoted,
    /// A block, or its end, without line breaks.
    OneLine {
        /// From 1.
        line: usize,
    },
    /// An END and the next BEGIN on one line.
    Joined {
        /// From 1.
        line: usize,
    },
    /// A label that RFC 7468 knows as historical.
    OldLabel {
        /// The line of its BEGIN, from 1.
        line: usize,
    },
    /// The DER stands in an OCTET STRING.
    OctetString,
}

impl fmt::Display for ReadAs {
    /// What was there, and what was done.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByteOrderMark => f.write_str("a byte order mark (U+FEFF) was dropped"),
            Self::Utf16 => f.write_str(
                "the text is in UTF-16 and was converted; other programs want ASCII or UTF-8 (iconv -f UTF-16 -t UTF-8)",
            ),
            Self::Escaped => f.write_str(r"the two characters \n were taken for line breaks"),
            Self::Quoted => f.write_str("the quotation marks around the text were dropped"),
            Self::OneLine { line } => write!(
                f,
                "line {line} holds a whole block, or its end, on one line: the missing line breaks were added"
            ),
            Self::Joined { line } => write!(
                f,
                "line {line} holds an END and a BEGIN: the missing line break between them was added"
            ),
            Self::OldLabel { line } => write!(
                f,
                "line {line} has an old label (X509 CERTIFICATE, CRL), which was read as the usual one"
            ),
            Self::OctetString => {
                f.write_str("the DER stands in an ASN.1 OCTET STRING, which was unwrapped")
            }
        }
    }
}
