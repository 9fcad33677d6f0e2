//! What a client and its TPM must refuse, and what a refusal may cost.

use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use provisor_tpm::device::CommandCode;
use provisor_tpm::{EkPublic, Secret, SrkPublic};

use super::device::{Device, Trusted, activated, blob, check_signatures, fresh_key, text};
use super::ours;
use super::twins::{self, Refuser, Twin};

/// Every twin is refused by whom it should be, and the key in use stays as it is.
pub(super) fn check(device: &Device<'_>, trusted: &Trusted) -> Result<(), String> {
    let (key, other_key) = (fresh_key()?, fresh_key()?);
    let good = trusted.blob(&key)?;
    let mut twins = foreign(trusted, &other_key)?;
    twins.extend(twins::spoiled(&good, &trusted.blob(&other_key)?)?);
    activated(&mut device.client()?, &good)?;
    let (mut refused, mut losses) = (0, 0);
    for twin in twins {
        if one(device, &twin)? {
            refused += 1;
        }
        if ours::is_in_use(&device.bridge, &good)? {
            continue;
        }
        if device.recipe.strict {
            return Err(format!("{}: it cost the key in use", twin.name));
        }
        losses += 1;
        activated(&mut device.client()?, &good)?;
    }
    let mut client = device.client()?;
    activated(&mut client, &trusted.blob(&other_key)?)?;
    check_signatures(&mut client, &other_key)?;
    println!("    {refused} twins of a blob refused, a good blob after them activated");
    match losses {
        0 => println!("    none of them cost the key in use"),
        _ => println!("    note: {losses} of them cost the key in use"),
    }
    Ok(())
}

/// Whether a twin was refused; an error when that was not for the client to choose.
fn one(device: &Device<'_>, twin: &Twin) -> Result<bool, String> {
    // A new process each: the clients leave their session behind when a blob is refused, and a TPM
    // without free sessions would refuse good blobs too.
    let mut client = device.client()?;
    client.keys()?;
    device.bridge.take_exchanges();
    let refusal = client.activate(&twin.blob)?.err();
    let exchanges = device.bridge.take_exchanges();
    if twin.refuser == Refuser::Reader && !device.recipe.strict {
        let said = refusal.as_deref().unwrap_or("activated");
        println!("    note: {}: {said}", twin.name);
        return Ok(refusal.is_some());
    }
    let reason = refusal.ok_or_else(|| format!("{}: activated", twin.name))?;
    twins::check_refuser(twin.refuser, &exchanges)
        .map_err(|e| format!("{}: {e}; the client: {reason}", twin.name))?;
    Ok(true)
}

/// Blobs for another endorsement key, another storage root key, another TPM.
fn foreign(trusted: &Trusted, key: &Secret) -> Result<Vec<Twin>, String> {
    let kind = match trusted.ek.tpm2b().len() {
        ..200 => TpmKind::P256,
        _ => TpmKind::Rsa2048,
    };
    let stranger = SoftTpm::new(kind, 7, 0);
    let ek = EkPublic::from_tpm2b(stranger.ek_public()).map_err(text)?;
    let srk = SrkPublic::from_tpm2b(stranger.srk_public()).map_err(text)?;
    let twin = |name: &str, ek: &EkPublic, srk: &SrkPublic| -> Result<Twin, String> {
        Ok(Twin {
            name: format!("for another {name}"),
            blob: blob(ek, srk, key)?,
            refuser: Refuser::Tpm(CommandCode::ActivateCredential),
        })
    };
    Ok(vec![
        twin("endorsement key", &ek, &trusted.srk)?,
        twin("storage root key", &trusted.ek, &srk)?,
        twin("TPM", &ek, &srk)?,
    ])
}
