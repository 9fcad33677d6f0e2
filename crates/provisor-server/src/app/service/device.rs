//! The removal of a device: it is kept out, it goes from its hub, and its registration is deleted.
//!
//! | step | what it leaves when the next one fails |
//! |---|---|
//! | its individual enrollment is disabled, or one is made that is: it keeps the device out of every group | the device is out, and still in its hub |
//! | under the registration's lease, it is removed from the hub that the record names | the record names a hub where it is not |
//! | the record is deleted | - |
//!
//! Each step is one transaction with its entry of the audit log, and done again it does nothing new: so the whole
//! is repeated until it is done.

use provisor::enrollment::{ProvisioningStatus as Status, Settings};
use provisor::operations::{
    AttestationDraft, Caller, IfMatch, IndividualDraft, IndividualView, KeysDraft, MechanismKind,
    Right, SettingsDraft, record,
};
use provisor::registration::{Fence, OwnerTag, Removal};
use provisor::{Code, DeviceId, HubName, RegistrationId, Rejection, Subject};
use provisor_wire::service::{IndividualEnrollment, ProvisioningStatus};

use super::decide::{Look, busy, decide, with_state};
use super::individual::record as record_of;
use super::limits;
use super::report::permit;
use crate::app::App;
use crate::store::{Acquire, Device, Result};

/// What the removal did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Removed {
    /// What became of the enrollment.
    pub enrollment: Enrollment,
    /// Where the device was.
    pub place: Option<(HubName, DeviceId)>,
    /// Why it is there still: repeat the removal later.
    pub pending: Option<Box<Rejection>>,
    /// Whether there was a registration that was deleted.
    pub registration: bool,
}

/// What became of the enrollment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrollment {
    /// It is disabled now.
    Disabled,
    /// One was made, disabled, to keep the device out of the groups.
    Made,
    /// It was disabled already.
    Unchanged,
}

/// Removes a device.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without each of [`EnrollmentWrite`](Right::EnrollmentWrite),
/// [`RegistrationStatusWrite`](Right::RegistrationStatusWrite) and [`ServiceConfig`](Right::ServiceConfig);
/// [`ServiceNotFound`](Code::ServiceNotFound) for an ID with neither an enrollment nor a registration; what the store
/// fails with.
pub async fn remove(app: &App, caller: &Caller, id: &RegistrationId) -> Result<Removed> {
    for right in [
        Right::EnrollmentWrite,
        Right::RegistrationStatusWrite,
        Right::ServiceConfig,
    ] {
        permit(caller, right)?;
    }
    let enrollment = disable(app, caller, id).await?;
    let mut removed = Removed {
        enrollment,
        place: None,
        pending: None,
        registration: false,
    };
    let now = app.clock.now();
    let want = Acquire {
        id,
        now,
        until: now.saturating_add(limits::REMOVAL_LEASE_SECONDS),
        patience: limits::REMOVAL_PATIENCE,
        take_challenge: false,
    };
    let Some(leased) = app.store.acquire(want).await? else {
        return Err(busy());
    };
    let done = take_away(
        app,
        caller,
        id,
        (leased.fence, &leased.device),
        &mut removed,
    )
    .await;
    app.store.release(id, leased.fence).await;
    done.map(|()| removed)
}

/// Nobody comes in by that ID any more.
async fn disable(app: &App, caller: &Caller, id: &RegistrationId) -> Result<Enrollment> {
    for _ in 0..limits::OPERATION_TRIES {
        let device = app.store.device(id).await?;
        let (draft, if_match, done) = match device.individual.as_deref() {
            Some(stored) if is_disabled(stored.value.settings()) => {
                return Ok(Enrollment::Unchanged);
            }
            Some(stored) => {
                // What an answer shows can be put back as it is: the rest stays.
                let shown = IndividualEnrollment::of_view(&IndividualView::of(stored, None))?;
                let draft = shown
                    .provisioning_status(ProvisioningStatus::Disabled)
                    .to_draft()?;
                let if_match = IfMatch::Tag(stored.etag.clone());
                (draft, if_match, Enrollment::Disabled)
            }
            None if device.entry.is_none() => {
                let absent = Rejection::new(Code::ServiceNotFound, Subject::field("device"))
                    .found(format!("neither an enrollment nor a registration of {id}"));
                return Err(Box::new(absent));
            }
            None => (blocking(id), IfMatch::Any, Enrollment::Made),
        };
        let put = super::individual::put(app, caller, id, draft, &if_match).await;
        match put {
            Ok(_) => return Ok(done),
            // Somebody else wrote it in the meantime.
            Err(refused) if refused.code() == Code::ServiceEtag => {}
            Err(refused) => return Err(refused),
        }
    }
    Err(busy())
}

fn is_disabled(settings: &Settings) -> bool {
    settings.provisioning_status == Status::Disabled
}

/// An enrollment that admits nobody: by keys that nobody is told, and disabled.
fn blocking(id: &RegistrationId) -> IndividualDraft {
    let mut attestation = AttestationDraft::default();
    attestation.kind = Some(MechanismKind::SymmetricKey);
    attestation.symmetric_key = Some(KeysDraft::default());
    let mut settings = SettingsDraft::default();
    settings.provisioning_status = Some(Status::Disabled);
    IndividualDraft::new(id.clone(), attestation).with_settings(settings)
}

/// Out of the hub first: the record is what says where it is.
async fn take_away(
    app: &App,
    caller: &Caller,
    id: &RegistrationId,
    (fence, device): (Fence, &Device),
    removed: &mut Removed,
) -> Result<()> {
    let Some(entry) = device.entry.as_deref() else {
        return Ok(());
    };
    let (hub, name) = entry.known().place();
    removed.place = Some((hub.clone(), name.clone()));
    let scope = with_state(app, |state| state.settings.value.scope.clone());
    let owner = OwnerTag::new(scope, id.clone(), fence);
    let removal = Removal::new(owner, hub.clone(), name.clone());
    let gone = tokio::time::timeout(limits::REMOVAL_HUB_CALL, app.hubs.remove(&removal)).await;
    match gone {
        Ok(Ok(())) => {}
        Ok(Err(failed)) => {
            removed.pending = Some(failed);
            return Ok(());
        }
        Err(_) => {
            let late = Rejection::new(Code::RegUnavailable, Subject::field("hub"))
                .found(format!("no answer of {hub} in time"));
            removed.pending = Some(Box::new(late));
            return Ok(());
        }
    }
    if entry.record().is_some() {
        decide(app, caller, Look::device(id), |seen, call| {
            record::delete(call, id, &IfMatch::Any, record_of(seen.device))
        })
        .await?;
        removed.registration = true;
    }
    Ok(())
}
