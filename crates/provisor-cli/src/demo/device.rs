//! The device's side: how a good device goes from its credential to its hub.

use provisor::registration::{Assigned, Evidence, Response, Sealed, TpmAnswer, TpmKeys};
use provisor::sas::{Resource, SasKey, UnsignedToken};
use provisor::{Code, RegistrationId, Rejection, Subject};
use provisor_testkit::soft_tpm::SoftTpm;

use super::clock::Clock;
use super::factory::{Credential, Device, Factory};
use super::service::Service;

/// Registers the device; the name of its hub.
pub(super) fn provision(
    factory: &Factory,
    service: &mut Service,
    id: &RegistrationId,
    device: Device,
    clock: &mut Clock,
) -> Result<String, Rejection> {
    let response = match device.credential {
        Credential::X509 { leaf, line } => {
            let line = factory.lines.get(line);
            let sent: Vec<&[u8]> = line
                .map(|line| line.ca.certificate.der())
                .into_iter()
                .collect();
            let evidence = Evidence::X509 {
                leaf: &leaf,
                sent: &sent,
            };
            clock.time("engine: judge the chain, assign a hub", || {
                service.register(id, evidence)
            })?
        }
        Credential::Tpm(mut tpm) => provision_tpm(service, id, &mut tpm, clock)?,
    };
    response
        .assigned()
        .map(|Assigned { record, .. }| record.assigned_hub.to_string())
        .ok_or_else(|| unexpected("an assignment"))
}

/// The two requests of a TPM, as official device clients make them: the second carries a SAS token
/// that only the challenged TPM can sign.
fn provision_tpm(
    service: &mut Service,
    id: &RegistrationId,
    tpm: &mut SoftTpm,
    clock: &mut Clock,
) -> Result<Response, Rejection> {
    let challenge = clock.time("engine: challenge the TPM", || challenge(service, id, tpm))?;
    let token = clock.time("TPM: activate, import, sign a token", || {
        import(tpm, &challenge)?;
        sign(service, id, tpm)
    })?;
    let answer = TpmAnswer::Token(&token);
    let evidence = Evidence::TpmAnswer {
        answer,
        keys: Some(keys(tpm)),
    };
    let response = clock.time("engine: judge the token, assign a hub", || {
        service.register(id, evidence)
    })?;
    clock.time("TPM: import the key for the hub", || {
        import_hub_key(service, id, tpm, &response)
    })?;
    Ok(response)
}

/// The two public areas as a request holds them.
pub(super) fn keys(tpm: &SoftTpm) -> TpmKeys<'_> {
    TpmKeys::new(tpm.ek_public(), tpm.srk_public())
}

/// The first request of a TPM.
pub(super) fn challenge(
    service: &mut Service,
    id: &RegistrationId,
    tpm: &SoftTpm,
) -> Result<Sealed, Rejection> {
    match service.register(id, Evidence::TpmKeys(keys(tpm)))? {
        Response::Challenge(challenge) => Ok(challenge),
        _ => Err(unexpected("a challenge")),
    }
}

/// The text of a SAS token for that registration, good for an hour, signed inside the TPM.
fn sign(service: &Service, id: &RegistrationId, tpm: &SoftTpm) -> Result<String, Rejection> {
    let unsigned = unsigned_token(service, id);
    let signature = tpm
        .sign_with_identity(unsigned.signed_text().as_bytes())
        .map_err(|refused| unexpected("an imported key").found(refused.to_string()))?;
    Ok(unsigned.with_signature(&signature).to_string())
}

fn unsigned_token(service: &Service, id: &RegistrationId) -> UnsignedToken {
    let expires = service.now.saturating_add(3600);
    UnsignedToken::new(&Resource::registration(service.scope(), id), expires)
}

/// The key in the last response is the one that the hub was given: what the TPM signs with it is
/// what the hub's copy of the key signs.
fn import_hub_key(
    service: &Service,
    id: &RegistrationId,
    tpm: &mut SoftTpm,
    response: &Response,
) -> Result<(), Rejection> {
    let sealed = response
        .assigned()
        .and_then(|assigned| assigned.hub_key.as_ref());
    import(
        tpm,
        sealed.ok_or_else(|| unexpected("a sealed key for the hub"))?,
    )?;
    let known = service
        .hub_key(id)
        .ok_or_else(|| unexpected("a key in the hub"))?;
    let resource = Resource::registration(service.scope(), id);
    let expected =
        SasKey::from_bytes(known.expose())?.sign(&resource, service.now.saturating_add(3600));
    if sign(service, id, tpm)? == expected.as_str() {
        return Ok(());
    }
    Err(unexpected("the key that the hub was given"))
}

fn import(tpm: &mut SoftTpm, sealed: &Sealed) -> Result<(), Rejection> {
    let Sealed::ActivationBlob(blob) = sealed else {
        return Err(unexpected("an activation blob"));
    };
    tpm.import_activation_blob(blob.as_bytes())
        .map_err(|refused| unexpected("a blob that the TPM opens").found(refused.to_string()))
}

pub(super) fn unexpected(expected: &'static str) -> Rejection {
    Rejection::new(Code::TpmCredentialOpen, Subject::field("response")).expected(expected)
}
