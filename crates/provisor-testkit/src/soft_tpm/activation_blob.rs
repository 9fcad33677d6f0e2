//! The activation blob of a DPS-style service, as the device's TPM takes it apart.
//!
//! Six sized fields: credential, its encrypted seed, the wrapped identity key, its encrypted seed,
//! the identity key's public area, and text under the inner key that no TPM ever sees.

use sha2::{Digest as _, Sha256};

use super::SoftTpm;
use super::reader::{Reader, sized};
use super::refused::Refused;
use super::suite::{Suite, cfb_decrypt};

impl SoftTpm {
    /// Imports the identity key of a DPS-style activation blob and keeps it, as the device does
    /// before it signs its SAS token.
    ///
    /// # Errors
    /// [`Refused`] when the blob is for another TPM, is damaged, or holds a key that no TPM imports.
    pub fn import_activation_blob(&mut self, blob: &[u8]) -> Result<(), Refused> {
        self.identity = Some(open(self, blob)?);
        Ok(())
    }
}

/// The identity key inside: TPM2_ActivateCredential, TPM2_Import, TPM2_Load, in that order.
fn open(tpm: &mut SoftTpm, blob: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut fields = Reader::new(blob);
    let id_object = fields.sized()?;
    let credential_seed = fields.sized()?;
    let duplicate = fields.sized()?;
    let import_seed = fields.sized()?;
    let public = fields.sized()?;
    let _application_data = fields.sized()?;
    fields.finish()?;

    let inner_key = tpm.activate_credential(&sized(id_object), &sized(credential_seed))?;
    if inner_key.len() != 16 {
        // Every client hard-codes AES-128 for the inner wrapper.
        return Err(Refused);
    }
    let unique = hmac_key_public(public)?;
    // The identity key has hash and Name of its own; the wrapper around it is the SRK's.
    let name = Suite::Sha256.name(public);
    let seed = tpm.srk.recover_seed("DUPLICATE", import_seed)?;
    let inner = tpm.srk.unprotect(&seed, &name, duplicate)?;
    let key = open_inner(&cfb_decrypt(&inner_key, &inner), &name, unique)?;
    Ok(key)
}

/// Reads the public area as that of an HMAC-SHA256 key that a TPM imports and lets sign;
/// returns its `unique`.
fn hmac_key_public(public: &[u8]) -> Result<&[u8], Refused> {
    let mut reader = Reader::new(public);
    let (kind, name_alg, attributes) = (reader.u16()?, reader.u16()?, reader.u32()?);
    let _policy = reader.sized()?;
    let (scheme, hash) = (reader.u16()?, reader.u16()?);
    let unique = reader.sized()?;
    reader.finish()?;

    // TPM2_Import refuses fixedTPM and fixedParent (Part 3 section 13.3.1); a restricted key does
    // not sign data from outside; without userWithAuth the clients' empty password does not work.
    const FIXED_TPM: u32 = 1 << 1;
    const FIXED_PARENT: u32 = 1 << 4;
    const USER_WITH_AUTH: u32 = 1 << 6;
    const RESTRICTED: u32 = 1 << 16;
    const SIGN: u32 = 1 << 18;
    let fits = (kind, name_alg, scheme, hash) == (0x0008, 0x000b, 0x0005, 0x000b)
        && attributes & (FIXED_TPM | FIXED_PARENT | RESTRICTED) == 0
        && attributes & (USER_WITH_AUTH | SIGN) == USER_WITH_AUTH | SIGN;
    if fits { Ok(unique) } else { Err(Refused) }
}

/// `2B(hash) || 2B(TPMT_SENSITIVE)` of the inner wrapper: the key's bytes.
fn open_inner(inner: &[u8], name: &[u8], unique: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut inner = Reader::new(inner);
    let integrity = inner.sized()?;
    let body = inner.rest();
    if Sha256::digest([body, name].concat())[..] != *integrity {
        return Err(Refused);
    }
    let mut body = Reader::new(body);
    let sensitive = body.sized()?;
    body.finish()?;

    let mut sensitive = Reader::new(sensitive);
    let kind = sensitive.u16()?;
    let (auth, seed_value, key) = (sensitive.sized()?, sensitive.sized()?, sensitive.sized()?);
    sensitive.finish()?;
    // The seed value is as long as the nameAlg's digest, the key at most one block, and both are
    // bound to the public area (Part 1 section 27.5.3.2).
    let fits = kind == 0x0008
        && auth.is_empty()
        && seed_value.len() == 32
        && !key.is_empty()
        && key.len() <= 64
        && Sha256::digest([seed_value, key].concat())[..] == *unique;
    if fits { Ok(key.to_vec()) } else { Err(Refused) }
}
