//! Objects: making, reading, loading, keeping and removing them.

use alloc::vec::Vec;

use provisor_report::Rejection;

use super::build::{Authorization, Command, own_size};
use super::code::CommandCode;
use crate::device::{Handle, Response};
use crate::marshal::tpm2b;
use crate::{Name, Template};

const EMPTY: Authorization = Authorization::EmptyPassword;

/// `TPM2_CreatePrimary`: the key of a template, in the hierarchy `hierarchy`, with the empty
/// password. The same template and seed give the same key every time.
///
/// # Errors
///
/// None for the templates of this crate; the signature allows for `TPM_TOO_LONG`.
pub fn create_primary(hierarchy: Handle, template: &Template) -> Result<Command, Rejection> {
    let public = template.to_tpm2b()?;
    Command::build(CommandCode::CreatePrimary, &[hierarchy], &[EMPTY], |out| {
        // inSensitive: four bytes, empty password and no data; no outsideInfo; no PCRs.
        out.u16(4).u32(0);
        own_size(out, &public);
        out.u16(0).u32(0);
        Ok(())
    })
}

/// The `TPM2B_PUBLIC` in the response of `TPM2_CreatePrimary`. What follows it (creation data, ticket
/// and Name) says nothing about a primary key that the public area does not.
///
/// # Errors
///
/// `TPM_TRUNCATED` or `TPM_TRAILING_BYTES`.
pub fn created_public(response: &Response<'_>) -> Result<Vec<u8>, Rejection> {
    let mut reader = response.parameters();
    let public = tpm2b(reader.sized()?)?;
    let (_data, _hash) = (reader.sized()?, reader.sized()?);
    // creationTicket: tag, hierarchy, digest.
    let _ticket = (reader.u16()?, reader.u32()?, reader.sized()?);
    let _name = reader.sized()?;
    reader.end()?;
    Ok(public)
}

/// `TPM2_ReadPublic`.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn read_public(object: Handle) -> Result<Command, Rejection> {
    Command::build(CommandCode::ReadPublic, &[object], &[], |_| Ok(()))
}

/// The `TPM2B_PUBLIC` in the response of `TPM2_ReadPublic`. The Name beside it is left alone: it is
/// computed, never taken from the wire (trap 42).
///
/// # Errors
///
/// `TPM_TRUNCATED` or `TPM_TRAILING_BYTES`.
pub fn public_area(response: &Response<'_>) -> Result<Vec<u8>, Rejection> {
    let mut reader = response.parameters();
    let public = tpm2b(reader.sized()?)?;
    let (_name, _qualified_name) = (reader.sized()?, reader.sized()?);
    reader.end()?;
    Ok(public)
}

/// `TPM2_EvictControl`: a transient `object` becomes persistent at `place`; a persistent one,
/// with `place` the same handle, is removed.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn evict_control(object: Handle, place: Handle) -> Result<Command, Rejection> {
    let handles = [Handle::OWNER, object];
    Command::build(CommandCode::EvictControl, &handles, &[EMPTY], |out| {
        out.u32(place.value());
        Ok(())
    })
}

/// `TPM2_FlushContext`: a transient object or a session is removed.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn flush_context(handle: Handle) -> Result<Command, Rejection> {
    // The handle stands in the parameters (Part 3 section 28.4).
    let command = Command::build(CommandCode::FlushContext, &[], &[], |out| {
        out.u32(handle.value());
        Ok(())
    })?;
    Ok(command.closing(handle))
}

/// `TPM2_Load`: `private` and `public` bring their size fields.
///
/// # Errors
///
/// `TPM_TOO_LONG`.
pub fn load(parent: Handle, private: &[u8], public: &[u8]) -> Result<Command, Rejection> {
    Command::build(CommandCode::Load, &[parent], &[EMPTY], |out| {
        own_size(out, private);
        own_size(out, public);
        Ok(())
    })
}

/// What `TPM2_Load` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// The transient object.
    pub handle: Handle,
    /// The Name that the TPM gave it.
    pub name: Name,
}

impl Loaded {
    /// Reads the response.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES`, or the codes of a malformed Name.
    pub fn read(response: &Response<'_>) -> Result<Self, Rejection> {
        let mut reader = response.parameters();
        let name = Name::from_bytes(reader.sized()?)?;
        reader.end()?;
        Ok(Self {
            handle: response.handle()?,
            name,
        })
    }
}
