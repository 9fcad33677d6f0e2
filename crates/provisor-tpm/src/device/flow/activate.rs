//! Taking an identity key in, without giving the old one up.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::survey::{Look, Looking};
use super::{DeviceKeys, Flow, Step, answered};
use crate::activation::ActivationFields;
use crate::device::command::{Authorization, Loaded};
use crate::device::slots::{Occupancy, Slots, StoredKey, check_identity_key};
use crate::device::{Answer, Command, DeviceIdentity, Handle, command};
use crate::{HashAlg, Name, Public, Random, WellKnownPolicy};

/// What the proof of a new key is computed over; only that it can be is of interest.
const PROOF_TEXT: &[u8] = b"provisor identity key";

/// Opens an activation blob: the new identity key ends up beside the one in use.
///
/// The order, and what a power cut after each step leaves:
///
/// | step | afterwards in the TPM |
/// |---|---|
/// | look at the three places of identity keys | nothing new |
/// | policy session, `TPM2_ActivateCredential`, `TPM2_Import`, `TPM2_Load` | a transient key; a restart removes it |
/// | compare its Name with the blob's, and let it make one HMAC | the same |
/// | `TPM2_EvictControl`: an older candidate that was never confirmed is removed | the key in use |
/// | `TPM2_EvictControl`: the new key becomes the candidate | both |
/// | `TPM2_FlushContext` | both |
///
/// The key in use is never touched; [`super::super::Confirm`] gives it up. A device that has none
/// gets the new key in the first place.
#[derive(Debug)]
pub struct Activate {
    keys: DeviceKeys,
    slots: Slots,
    blob: Vec<u8>,
    name: Name,
    nonce: Vec<u8>,
    look: Look,
    occupancy: Occupancy,
    private: Vec<u8>,
    state: State,
}

/// Each state names the command whose response is waited for.
#[derive(Clone, Copy, Debug)]
enum State {
    Look,
    StartAuthSession,
    PolicySecret(Handle),
    PolicyOr(Handle),
    ActivateCredential,
    Import,
    Load,
    Hmac(Handle),
    EvictStale(Handle),
    Keep(Handle),
    Flush,
}

/// An identity key that the TPM took in and that the service has not confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub(super) key: StoredKey,
    /// `TPM2B_PRIVATE` and `TPM2B_PUBLIC`, with which it can be loaded again.
    pub(super) wrapped: Option<(Vec<u8>, Vec<u8>)>,
}

impl Candidate {
    /// Where to sign with it.
    #[must_use]
    pub const fn handle(&self) -> Handle {
        self.key.handle
    }

    /// Which key it is.
    #[must_use]
    pub const fn name(&self) -> &Name {
        &self.key.name
    }
}

impl From<StoredKey> for Candidate {
    /// A candidate that was found after a restart ([`Occupancy::candidate`]). It can be confirmed;
    /// it just stays in its place then.
    fn from(key: StoredKey) -> Self {
        Self { key, wrapped: None }
    }
}

impl Activate {
    /// Opens `blob` with the keys of `identity`. `random` gives the nonce of a session; nothing secret
    /// hangs on it.
    ///
    /// # Errors
    ///
    /// `TPM_BLOB_FIELDS` and the codes of public areas for a malformed blob, `TPM_IDENTITY_KEY` for
    /// a blob with another kind of key, and whatever the randomness answers.
    pub fn new(
        identity: &DeviceIdentity,
        slots: Slots,
        blob: &[u8],
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        let fields = ActivationFields::split(blob)?;
        let public = Public::from_tpm2b(fields.id_key_public)?;
        check_identity_key(&public)?;
        let template = identity.ek().template();
        let mut nonce = alloc::vec![0; template.name_alg().digest_bytes()];
        random.fill(&mut nonce)?;
        Ok(Self {
            keys: DeviceKeys {
                ek: identity.ek_handle(),
                srk: identity.srk_handle(),
                hash: template.name_alg(),
                policy: template.policy(),
            },
            slots,
            blob: blob.to_vec(),
            name: public.name(),
            nonce,
            look: Look::new(slots),
            occupancy: Occupancy::default(),
            private: Vec::new(),
            state: State::Look,
        })
    }

    fn place(&self) -> Handle {
        self.slots.place_for_candidate(&self.occupancy)
    }

    fn look(&mut self, answer: Option<Answer<'_>>) -> Result<Command, Rejection> {
        match self.look.next(answer)? {
            Looking::Ask(command) => Ok(command),
            Looking::Seen(occupancy) => {
                self.occupancy = occupancy;
                self.state = State::StartAuthSession;
                command::start_policy_session(self.keys.hash, &self.nonce)
            }
        }
    }

    fn activate(&mut self, session: Handle) -> Result<Command, Rejection> {
        let fields = ActivationFields::split(&self.blob)?;
        let (blob, secret) = (fields.credential_blob, fields.encrypted_secret);
        let authorization = Authorization::Policy(session);
        self.state = State::ActivateCredential;
        command::activate_credential(self.keys.srk, self.keys.ek, authorization, blob, secret)
    }

    /// The proven key goes to its place.
    fn keep(&mut self, key: Handle) -> Result<Command, Rejection> {
        self.state = State::Keep(key);
        command::evict_control(key, self.place())
    }

    fn done(&mut self) -> Result<Step<Candidate>, Rejection> {
        let public = ActivationFields::split(&self.blob)?.id_key_public.to_vec();
        let key = StoredKey {
            handle: self.place(),
            name: self.name,
        };
        Ok(Step::Done(Candidate {
            key,
            wrapped: Some((core::mem::take(&mut self.private), public)),
        }))
    }
}

impl Flow for Activate {
    type Output = Candidate;

    fn next(&mut self, answer: Option<Answer<'_>>) -> Result<Step<Candidate>, Rejection> {
        if let State::Look = self.state {
            return self.look(answer).map(Step::Send);
        }
        let response = answered(answer)?.done()?;
        let command = match self.state {
            State::Look | State::StartAuthSession => {
                let session = response.handle()?;
                self.state = State::PolicySecret(session);
                command::policy_secret(session)
            }
            State::PolicySecret(session) if self.keys.policy == Some(WellKnownPolicy::B) => {
                self.state = State::PolicyOr(session);
                command::policy_or(session, self.keys.hash)
            }
            State::PolicySecret(session) | State::PolicyOr(session) => self.activate(session),
            State::ActivateCredential => {
                let inner = command::activated_secret(&response)?;
                let fields = ActivationFields::split(&self.blob)?;
                self.state = State::Import;
                let (public, duplicate) = (fields.id_key_public, fields.duplicate);
                command::import(self.keys.srk, &inner, public, duplicate, fields.in_sym_seed)
            }
            State::Import => {
                self.private = command::imported_private(&response)?;
                self.state = State::Load;
                let public = ActivationFields::split(&self.blob)?.id_key_public;
                command::load(self.keys.srk, &self.private, public)
            }
            State::Load => {
                let loaded = check_loaded(Loaded::read(&response)?, &self.name)?;
                self.state = State::Hmac(loaded);
                command::hmac(loaded, HashAlg::Sha256, PROOF_TEXT)
            }
            State::Hmac(key) => {
                command::mac(&response, HashAlg::Sha256)?;
                match self.occupancy.candidate.take() {
                    // Never confirmed, so nobody counts on it.
                    Some(stale) => {
                        self.state = State::EvictStale(key);
                        command::evict_control(stale.handle, stale.handle)
                    }
                    None => self.keep(key),
                }
            }
            State::EvictStale(key) => self.keep(key),
            State::Keep(key) => {
                self.state = State::Flush;
                command::flush_context(key)
            }
            State::Flush => return self.done(),
        };
        command.map(Step::Send)
    }
}

/// The TPM computes the Name from what it loaded: another one is another key.
pub(super) fn check_loaded(loaded: Loaded, name: &Name) -> Result<Handle, Rejection> {
    if loaded.name == *name {
        return Ok(loaded.handle);
    }
    Err(
        Rejection::new(Code::TpmLoadedName, Subject::field("TPM2_Load.name"))
            .expected(alloc::format!("{name}"))
            .found(alloc::format!("{}", loaded.name)),
    )
}
