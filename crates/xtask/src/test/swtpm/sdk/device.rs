//! A client's TPM and its keys, and what is asked of both.

use provisor::RegistrationId;
use provisor_tpm::crypto::DefaultCrypto;
use provisor_tpm::{ActivationBlob, EkPublic, HashAlg, Rejection, Secret, SrkPublic};

use super::bridge::Bridge;
use super::client::{Client, ClientKeys, Recipe};
use super::service::Kernel;

/// Lengths around a TPM's input buffer, and beyond it several times.
const LENGTHS: [usize; 5] = [1, 100, 1024, 1025, 5000];

/// A TPM behind the bridge, for clients of one kind.
pub(super) struct Device<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) bridge: Bridge,
}

impl Device<'_> {
    /// A new process of the client. The TPM restarts with it.
    pub(super) fn client(&self) -> Result<Client, String> {
        Client::start(self.recipe, self.bridge.port())
    }
}

/// The keys of a client, read as a service reads them.
pub(super) struct Trusted {
    pub(super) ek: EkPublic,
    pub(super) srk: SrkPublic,
}

impl Trusted {
    /// A blob for these keys.
    pub(super) fn blob(&self, key: &Secret) -> Result<Vec<u8>, String> {
        blob(&self.ek, &self.srk, key)
    }
}

pub(super) fn trusted(keys: &ClientKeys) -> Result<Trusted, String> {
    let ek = EkPublic::from_tpm2b(&keys.ek).map_err(text)?;
    let srk = SrkPublic::from_tpm2b(&keys.srk).map_err(text)?;
    let ours = RegistrationId::from_ek(&ek).to_string();
    if ours != keys.registration_id {
        return Err(format!(
            "registration ID {}, not {ours}",
            keys.registration_id
        ));
    }
    Ok(Trusted { ek, srk })
}

pub(super) fn blob(ek: &EkPublic, srk: &SrkPublic, key: &Secret) -> Result<Vec<u8>, String> {
    let blob = ActivationBlob::deliver(&DefaultCrypto, ek, srk, key, &mut Kernel::open()?);
    Ok(blob.map_err(text)?.as_bytes().to_vec())
}

pub(super) fn activated(client: &mut Client, blob: &[u8]) -> Result<(), String> {
    client
        .activate(blob)?
        .map_err(|reason| format!("a good blob was refused: {reason}"))
}

/// The client's HMACs are those of that key.
pub(super) fn check_signatures(client: &mut Client, key: &Secret) -> Result<(), String> {
    LENGTHS
        .into_iter()
        .try_for_each(|length| check_signature(client, key, length))
}

fn check_signature(client: &mut Client, key: &Secret, length: usize) -> Result<(), String> {
    let data = vec![0x5A; length];
    let expected = HashAlg::Sha256.hmac(key.expose(), &[&data]);
    let right = client.sign(&data)? == expected.as_ref();
    check(right, "the client's HMAC is that of the key it was sent")
}

pub(super) fn fresh_key() -> Result<Secret, String> {
    Secret::random(32, &mut Kernel::open()?).map_err(text)
}

pub(super) fn check(good: bool, what: &str) -> Result<(), String> {
    if good {
        Ok(())
    } else {
        Err(format!("it is not so that {what}"))
    }
}

pub(super) fn text(rejection: Rejection) -> String {
    rejection.to_string()
}
