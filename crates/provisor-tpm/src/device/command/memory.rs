//! What the TPM can do, and what its NV memory holds.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::Rejection;

use super::build::{Authorization, Command};
use super::code::CommandCode;
use crate::device::response::form;
use crate::device::{Handle, Response};

/// `TPM2_Startup` with a clean state; nothing else works before it.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn startup() -> Result<Command, Rejection> {
    // TPM_SU_CLEAR.
    Command::build(CommandCode::Startup, &[], &[], |out| {
        out.u16(0);
        Ok(())
    })
}

/// `TPM_CAP_HANDLES` and `TPM_CAP_TPM_PROPERTIES` (Part 2 section 6.12).
const CAP_HANDLES: u32 = 1;
const CAP_PROPERTIES: u32 = 6;

/// Properties that flows ask for (Part 2 section 6.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Property(u32);

impl Property {
    /// `TPM_PT_MANUFACTURER`: four letters.
    pub const MANUFACTURER: Self = Self(0x105);
    /// `TPM_PT_INPUT_BUFFER`: the longest `TPM2B_MAX_BUFFER`, in bytes.
    pub const INPUT_BUFFER: Self = Self(0x10D);
    /// `TPM_PT_NV_BUFFER_MAX`: the longest `TPM2B_MAX_NV_BUFFER`, in bytes.
    pub const NV_BUFFER_MAX: Self = Self(0x12C);

    /// The property of that number.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }
}

/// What to ask `TPM2_GetCapability` for, and what it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Properties with their values.
    Properties(Vec<(Property, u32)>),
    /// Handles that something is at.
    Handles(Vec<Handle>),
}

/// `TPM2_GetCapability`: up to `count` properties from `first` on.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn get_capability(first: Property, count: u32) -> Result<Command, Rejection> {
    capability(CAP_PROPERTIES, first.0, count)
}

impl Capability {
    /// `TPM2_GetCapability`: up to `count` handles from `first` on.
    ///
    /// # Errors
    ///
    /// None; the signature is that of all commands.
    pub fn handles_from(first: Handle, count: u32) -> Result<Command, Rejection> {
        capability(CAP_HANDLES, first.value(), count)
    }

    /// Reads the response. The flag that says there are more is the caller's to ask for again.
    ///
    /// # Errors
    ///
    /// `TPM_RESPONSE_FORM` for another kind of capability, `TPM_TRUNCATED` or `TPM_TRAILING_BYTES`.
    pub fn read(response: &Response<'_>) -> Result<Self, Rejection> {
        let mut reader = response.parameters();
        let _more = reader.u8()?;
        let kind = reader.u32()?;
        // The response is bounded, and every turn takes bytes of it: no count runs away.
        let count = reader.u32()?;
        let found = match kind {
            CAP_PROPERTIES => {
                let mut list = Vec::new();
                for _ in 0..count {
                    list.push((Property(reader.u32()?), reader.u32()?));
                }
                Self::Properties(list)
            }
            CAP_HANDLES => {
                let mut list = Vec::new();
                for _ in 0..count {
                    list.push(Handle::new(reader.u32()?));
                }
                Self::Handles(list)
            }
            other => {
                return Err(form(response.code(), 11)
                    .expected("TPM_CAP_HANDLES or TPM_CAP_TPM_PROPERTIES")
                    .found(format!("0x{other:x}")));
            }
        };
        reader.end()?;
        Ok(found)
    }

    /// The value of a property, if it is there.
    #[must_use]
    pub fn property(&self, wanted: Property) -> Option<u32> {
        match self {
            Self::Properties(list) => list
                .iter()
                .find(|(property, _)| *property == wanted)
                .map(|(_, value)| *value),
            Self::Handles(_) => None,
        }
    }
}

fn capability(kind: u32, first: u32, count: u32) -> Result<Command, Rejection> {
    Command::build(CommandCode::GetCapability, &[], &[], |out| {
        out.u32(kind).u32(first).u32(count);
        Ok(())
    })
}

/// `TPM2_NV_ReadPublic`.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn nv_read_public(index: Handle) -> Result<Command, Rejection> {
    Command::build(CommandCode::NvReadPublic, &[index], &[], |_| Ok(()))
}

/// What `TPM2_NV_ReadPublic` answers, as far as reading needs it (`TPMS_NV_PUBLIC`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NvPublic {
    index: Handle,
    attributes: u32,
    size: u16,
}

/// `TPMA_NV_OWNERREAD` and `TPMA_NV_AUTHREAD` (Part 2 section 13.4).
const OWNER_READ: u32 = 1 << 17;
const AUTH_READ: u32 = 1 << 18;

impl NvPublic {
    /// Reads the response.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED` or `TPM_TRAILING_BYTES`.
    pub fn read(response: &Response<'_>) -> Result<Self, Rejection> {
        let mut outer = response.parameters();
        let mut reader = outer.sized_reader("TPMS_NV_PUBLIC")?;
        let _name = outer.sized()?;
        outer.end()?;
        let index = Handle::new(reader.u32()?);
        let _name_alg = reader.u16()?;
        let attributes = reader.u32()?;
        let _policy = reader.sized()?;
        let size = reader.u16()?;
        reader.end()?;
        Ok(Self {
            index,
            attributes,
            size,
        })
    }

    /// Bytes of the index.
    #[must_use]
    pub const fn size(&self) -> u16 {
        self.size
    }

    /// With whose password it is read. The index itself comes first: it has no password where makers
    /// put certificates, while an owner may have set one.
    #[must_use]
    pub const fn reader(&self) -> Handle {
        if self.attributes & AUTH_READ != 0 || self.attributes & OWNER_READ == 0 {
            self.index
        } else {
            Handle::OWNER
        }
    }
}

/// `TPM2_NV_Read`: `size` bytes from `offset` on, with the password of `reader`, which is the index
/// or the owner.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn nv_read(
    reader: Handle,
    index: Handle,
    size: u16,
    offset: u16,
) -> Result<Command, Rejection> {
    let password = [Authorization::EmptyPassword];
    Command::build(CommandCode::NvRead, &[reader, index], &password, |out| {
        out.u16(size).u16(offset);
        Ok(())
    })
}

/// The bytes that `TPM2_NV_Read` answers, exactly `size` of them.
///
/// # Errors
///
/// `TPM_RESPONSE_FORM` when there are more or fewer; `TPM_TRUNCATED` or `TPM_TRAILING_BYTES`.
pub fn nv_data<'a>(response: &Response<'a>, size: u16) -> Result<&'a [u8], Rejection> {
    let mut reader = response.parameters();
    let data = reader.sized()?;
    reader.end()?;
    if data.len() == usize::from(size) {
        return Ok(data);
    }
    Err(form(response.code(), 14)
        .expected(format!("{size} bytes"))
        .found(format!("{}", data.len())))
}
