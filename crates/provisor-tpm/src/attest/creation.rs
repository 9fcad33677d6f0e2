//! Creation data: the circumstances in which a TPM made an object (TPM 2.0 Part 2 section 15.1).

use alloc::vec::Vec;

use provisor_report::Rejection;

use super::selection::{PcrBank, read_selection, write_selection};
use super::structure::{read_digest, read_name};
use crate::marshal::{Reader, Writer, check_input};
use crate::{AlgId, limits};

const WHAT: &str = "TPMS_CREATION_DATA";

/// `TPMS_CREATION_DATA`, borrowed.
///
/// By itself it is a claim. [`verify_creation`](super::verify_creation) shows that the TPM made an
/// object in these circumstances. The specification fixes the fields, so they stay open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreationData<'a> {
    /// The PCRs that the creator chose to have noted.
    pub selection: Vec<PcrBank>,
    /// The digest of their values, made with the nameAlg of the object; empty for no PCRs.
    pub pcr_digest: &'a [u8],
    /// The localities that the creation came from (`TPMA_LOCALITY`).
    pub locality: u8,
    /// The nameAlg of the parent; `TPM_ALG_NULL` for a hierarchy.
    pub parent_name_alg: AlgId,
    /// The Name of the parent: the handle of a hierarchy has 4 bytes.
    pub parent_name: &'a [u8],
    /// The qualified Name of the parent.
    pub parent_qualified_name: &'a [u8],
    /// What the creator had noted.
    pub outside_info: &'a [u8],
}

impl<'a> CreationData<'a> {
    /// Reads the data that a TPM returned, without a size field, and nothing after it.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES` or `TPM_TOO_LONG` for the encoding,
    /// `TPM_PCR_SELECTION` for the selection.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        check_input(WHAT, bytes, limits::CREATION_DATA)?;
        let mut reader = Reader::new(WHAT, bytes);
        let data = Self {
            selection: read_selection(&mut reader)?,
            pcr_digest: read_digest(&mut reader)?,
            locality: reader.u8()?,
            parent_name_alg: AlgId::new(reader.u16()?),
            parent_name: read_name(&mut reader)?,
            parent_qualified_name: read_name(&mut reader)?,
            outside_info: reader.sized_up_to(limits::QUALIFYING_DATA)?,
        };
        reader.end()?;
        Ok(data)
    }

    /// Writes the data from its fields: the same bytes as were read.
    ///
    /// # Errors
    ///
    /// None for a value that was read; the signature allows for `TPM_TOO_LONG`.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Rejection> {
        let mut writer = Writer::new();
        write_selection(&self.selection, &mut writer);
        writer
            .sized(self.pcr_digest)?
            .u8(self.locality)
            .u16(self.parent_name_alg.value())
            .sized(self.parent_name)?
            .sized(self.parent_qualified_name)?
            .sized(self.outside_info)?;
        Ok(writer.finish())
    }
}

#[cfg(test)]
mod tests {
    use provisor_report::Code;

    use super::*;

    fn sample() -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u32(1).u16(0x000B).u8(3).bytes(&[0x81, 0, 0]);
        writer.sized(&[0x11; 32]).unwrap().u8(1).u16(0x0010);
        writer.sized(&[0x40, 0, 0, 0x0B]).unwrap();
        writer.sized(&[0x40, 0, 0, 0x0B]).unwrap();
        writer.sized(b"outside").unwrap();
        writer.finish()
    }

    #[test]
    fn what_is_read_is_written_to_the_same_bytes() {
        let bytes = sample();
        let data = CreationData::parse(&bytes).unwrap();
        assert_eq!(data.to_bytes().unwrap(), bytes);
        assert_eq!(data.selection.first().unwrap().mask, 0x81);
        assert_eq!(data.parent_name_alg, AlgId::NULL);
        assert_eq!(data.parent_name, [0x40, 0, 0, 0x0B]);
        assert_eq!(data.outside_info, b"outside");
    }

    #[test]
    fn cut_or_longer_it_is_refused() {
        let bytes = sample();
        for length in 0..bytes.len() {
            let refused = CreationData::parse(&bytes[..length]).unwrap_err();
            assert_eq!(refused.code(), Code::TpmTruncated, "{length}");
        }
        let refused = CreationData::parse(&[&bytes[..], &[0]].concat()).unwrap_err();
        assert_eq!(refused.code(), Code::TpmTrailingBytes);
        let long = alloc::vec![0; limits::CREATION_DATA + 1];
        let refused = CreationData::parse(&long).unwrap_err();
        assert_eq!(refused.code(), Code::TpmTooLong);
    }
}
