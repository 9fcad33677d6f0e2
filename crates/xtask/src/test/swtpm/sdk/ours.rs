//! Our device half on the TPM that an official client uses: each finds what the other one left.

use std::error::Error;

use provisor_tpm::activation::{ActivationBlob, ActivationFields};
use provisor_tpm::crypto::DefaultCrypto;
use provisor_tpm::device::slots::Slots;
use provisor_tpm::device::{
    Activate, Confirm, DeviceIdentity, Flow, Handle, KeyHandles, Machine, ReadIdentity, Survey,
};
use provisor_tpm::{Name, Public, Secret, Template};

use super::bridge::Bridge;
use super::service::Kernel;

/// Where every client keeps the endorsement key, whatever its kind.
const EK: Handle = Handle::new(0x8101_0001);
/// A place where no client looks.
const ELSEWHERE: Handle = Handle::new(0x8101_0002);

/// Makes keys of the P-256 templates, and puts them where the clients look.
pub(super) fn make_p256_keys(bridge: &Bridge) -> Result<(), String> {
    let (ek, srk) = (
        template(Template::EK, "L-2")?,
        template(Template::SRK, "SRK P-256")?,
    );
    let handles = KeyHandles::of(ek).ek_at(EK).srk_at(Handle::SRK, srk);
    run(bridge, ReadIdentity::new(handles.without_certificate())).map(drop)
}

/// The keys that stand where the clients look.
pub(super) fn identity(bridge: &Bridge) -> Result<DeviceIdentity, String> {
    let handles = KeyHandles::default().read_only().without_certificate();
    run(bridge, ReadIdentity::new(handles))
}

/// The Name of this TPM's endorsement key of template L-1, which makers certify.
pub(super) fn certified_ek(bridge: &Bridge) -> Result<Name, String> {
    let handles = KeyHandles::default().ek_at(ELSEWHERE).without_certificate();
    let identity = run(bridge, ReadIdentity::new(handles))?;
    Ok(*identity.ek().name())
}

/// The TPM holds the identity key of that blob and no other, where the clients look.
pub(super) fn is_in_use(bridge: &Bridge, blob: &[u8]) -> Result<bool, String> {
    let found = run(bridge, Survey::default())?;
    let in_use = found.in_use.map(|key| (key.handle, key.name));
    let expected = (Handle::IDENTITY, name_in(blob)?);
    Ok(in_use == Some(expected) && found.candidate.is_none())
}

/// Activates and confirms an identity key of its own.
pub(super) fn activate(bridge: &Bridge, identity: &DeviceIdentity) -> Result<Secret, String> {
    let mut random = Kernel::open()?;
    let key = Secret::random(32, &mut random).map_err(|e| e.to_string())?;
    let (ek, srk) = (identity.ek(), identity.srk());
    let blob = ActivationBlob::deliver(&DefaultCrypto, ek, srk, &key, &mut random)
        .map_err(|e| e.to_string())?;
    let flow = Activate::new(identity, Slots::default(), blob.as_bytes(), &mut random)
        .map_err(|e| e.to_string())?;
    let candidate = run(bridge, flow)?;
    let confirmed = run(bridge, Confirm::new(identity, Slots::default(), candidate))?;
    if confirmed.handle() == Handle::IDENTITY {
        return Ok(key);
    }
    Err(format!(
        "confirmed at {}, where no client looks",
        confirmed.handle()
    ))
}

/// The Name of the identity key that a blob brings.
fn name_in(blob: &[u8]) -> Result<Name, String> {
    let name = || Ok(Public::from_tpm2b(ActivationFields::split(blob)?.id_key_public)?.name());
    name().map_err(|e: provisor_tpm::Rejection| e.to_string())
}

fn run<F: Flow>(bridge: &Bridge, flow: F) -> Result<F::Output, String> {
    Machine::new(flow)
        .run(|command| bridge.transmit(command).map_err(Box::<dyn Error>::from))
        .map_err(|e| e.to_string())
}

fn template(rows: &'static [Template], label: &str) -> Result<&'static Template, String> {
    let found = rows.iter().find(|row| row.label() == label);
    found.ok_or_else(|| format!("no template {label}"))
}
