//! The official SDK clients, unmodified, on a live TPM: they activate what our service sends.
//!
//! The clients are other people's programs, so they say what no test of ours can: that our bytes are
//! those of the protocol. Nothing of them is in this repository but the hashes of their packages.

mod bridge;
mod client;
mod device;
mod node;
mod ours;
mod refusals;
mod service;
mod simulator;
mod twins;

use std::env;
use std::path::Path;

use provisor::RegistrationId;
use provisor::registration::ChallengeMode;
use provisor::sas::{Resource, UnsignedToken};

use self::bridge::Bridge;
use self::client::{Client, ClientKeys, Recipe};
use self::device::{Device, Trusted, activated, check, check_signatures, fresh_key, text, trusted};
use self::node::Installed;
use self::service::Service;
use super::rig::{Kind, Rig, free_ports};
use crate::install::{self, SWTPM, TPM2_TOOLS};
use crate::test::outcome::Outcome;
use crate::workspace::Scratch;

pub(in crate::test) use self::simulator::Simulator;

/// The command of a client in place of the Node.js one. It speaks the lines of `crates/xtask/sdk/README.md`, for instance
/// around the C SDK.
const OTHER_CLIENT: &str = "PROVISOR_TPM_CLIENT";
/// Where the simulator listens when nobody says otherwise: some clients cannot be told.
const SIMULATOR_PORT: u16 = 2321;

/// Who made the endorsement key and the storage root key that the client finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    /// The client itself, on a new TPM.
    Client,
    /// `tpm2_createek` and `tpm2_createprimary`.
    Tools,
    /// Our device half, of the P-256 templates.
    OursP256,
}

/// One client on new TPMs.
pub(in crate::test) fn clients() -> Result<Outcome, String> {
    install::tools(&[SWTPM, TPM2_TOOLS])?;
    let scratch = Scratch::new("sdk-tpm")?;
    let recipe =
        match other_client().map_or_else(node::install, |recipe| Ok(Installed::Yes(recipe)))? {
            Installed::Yes(recipe) => recipe,
            Installed::Unreachable(code) => {
                return Ok(Outcome::Skipped(format!(
                    "npm's registry cannot be reached ({code}): NO official client ran"
                )));
            }
        };
    for maker in [Maker::Client, Maker::Tools, Maker::OursP256] {
        println!("  {}, keys by {maker:?}", recipe.name);
        one_tpm(&recipe, maker, &scratch.path().join(format!("{maker:?}")))
            .map_err(|reason| format!("{}, keys by {maker:?}: {reason}", recipe.name))?;
    }
    Ok(Outcome::Passed)
}

fn other_client() -> Option<Recipe> {
    let command = env::var(OTHER_CLIENT).ok()?;
    Some(Recipe {
        name: "another client".to_owned(),
        words: command.split_whitespace().map(str::to_owned).collect(),
        port: Some(SIMULATOR_PORT),
        registers: false,
        strict: false,
    })
}

/// One client on one TPM, from its first look at the keys to the last refused blob.
fn one_tpm(recipe: &Recipe, maker: Maker, dir: &Path) -> Result<(), String> {
    let rig = Rig::start(dir)?;
    if maker == Maker::Tools {
        rig.keys(Kind::Rsa2048)?;
    }
    let port = recipe.port.map_or_else(free_ports, Ok)?;
    let device = Device {
        recipe,
        bridge: Bridge::start(port, rig.port())?,
    };
    if maker == Maker::OursP256 {
        ours::make_p256_keys(&device.bridge)?;
    }
    let keys = device.client()?.keys()?;
    let trusted = trusted(&keys)?;
    let id = &keys.registration_id;
    for mode in [ChallengeMode::Stored, ChallengeMode::Stateless] {
        let mut service = Service::new(mode)?;
        service.enroll(trusted.ek.clone())?;
        let mut client = device.client()?;
        register_by_steps(&mut client, &keys, &mut service)?;
        println!("    {mode:?}: two blobs activated, token accepted, a replay refused");
        if recipe.registers {
            let (hub, device_id) = client.register(&mut service)?;
            check_signatures(&mut client, service.hub_key(id)?)?;
            println!("    {mode:?}: the SDK's own registration gave {device_id} at {hub}");
        }
    }
    meets_ours(&device, &trusted, maker)?;
    // To a TPM, and to its clients, one RSA key is like another.
    if maker == Maker::Tools {
        return Ok(());
    }
    refusals::check(&device, &trusted)
}

/// The protocol with the client's primitives: challenge, activate, sign, answer, activate, sign.
fn register_by_steps(
    client: &mut Client,
    keys: &ClientKeys,
    service: &mut Service,
) -> Result<(), String> {
    let id = &keys.registration_id;
    let challenge = service.challenge(id, &keys.ek, &keys.srk)?;
    activated(client, &challenge)?;
    let parsed = RegistrationId::try_from(id.as_str()).map_err(text)?;
    let resource = Resource::registration(service.scope(), &parsed);
    let token = UnsignedToken::new(&resource, service::now().saturating_add(300));
    let signature = client.sign(token.signed_text().as_bytes())?;
    let token = token.with_signature(&signature).to_string();
    let assigned = service.answer(id, &token, &keys.ek, &keys.srk)?;
    activated(client, &assigned.blob)?;
    check_signatures(client, service.hub_key(id)?)?;
    match service.answer(id, &token, &keys.ek, &keys.srk) {
        Err(reason) if reason.starts_with("ATTEST_CHALLENGE_USED") => Ok(()),
        other => Err(format!("a replay gave {other:?}")),
    }
}

/// Our device half finds the client's key, and the client finds ours.
fn meets_ours(device: &Device<'_>, trusted: &Trusted, maker: Maker) -> Result<(), String> {
    let identity = ours::identity(&device.bridge)?;
    let same =
        identity.ek().name() == trusted.ek.name() && identity.srk().name() == trusted.srk.name();
    check(same, "our device half reads the keys that the client reads")?;

    let own_key = ours::activate(&device.bridge, &identity)?;
    let mut client = device.client()?;
    match check_signatures(&mut client, &own_key) {
        Ok(()) => println!("    the client signs with a key that our device half activated"),
        Err(reason) if device.recipe.strict => return Err(reason),
        Err(reason) => println!("    note: a key of our device half: {reason}"),
    }
    let blob = trusted.blob(&fresh_key()?)?;
    activated(&mut client, &blob)?;
    check(
        ours::is_in_use(&device.bridge, &blob)?,
        "our device half sees the client's key in use",
    )?;
    println!("    our device half sees the client's key in use");

    let certified = ours::certified_ek(&device.bridge)? == *trusted.ek.name();
    match maker {
        Maker::Tools => check(certified, "tpm2_createek makes the key of template L-1")?,
        Maker::Client if !certified => {
            println!("    note: the client's endorsement key is not the one that makers certify");
        }
        Maker::Client | Maker::OursP256 => {}
    }
    Ok(())
}
