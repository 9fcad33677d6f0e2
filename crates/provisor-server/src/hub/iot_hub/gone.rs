//! The tags of devices that were removed from a hub that forgets them.

use std::sync::Arc;

use provisor::registration::OwnerTag;
use provisor::{Code, DeviceId, HubName, Rejection, Subject};
use serde::{Deserialize, Serialize};

use super::super::limits;
use crate::clock::Clock;
use crate::store::{DocumentPut, Result, Slice, Store};

/// Remembers who removed what, in the service's own store.
pub(super) struct Gone {
    hub: HubName,
    room: String,
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
}

#[derive(Serialize, Deserialize)]
struct Note {
    owner: OwnerTag,
    removed: i64,
}

impl Gone {
    pub(super) fn new(hub: &HubName, store: Arc<dyn Store>, clock: Arc<Clock>) -> Self {
        Self {
            room: format!("gone/{}", hub.normal_form()),
            hub: hub.clone(),
            store,
            clock,
        }
    }

    /// That no later lease of the same registration removed the device.
    ///
    /// # Errors
    /// [`RegFenced`](Code::RegFenced).
    pub(super) async fn check(&self, owner: &OwnerTag, device_id: &DeviceId) -> Result<()> {
        let note = self.read(device_id).await?;
        let present = note
            .map(|(_, note)| note.owner)
            .filter(|it| it.is_of(owner));
        Ok(owner.may_put(present.as_ref(), &self.hub, device_id)?)
    }

    /// Remembers a removal, unless a later one of the same registration is remembered.
    pub(super) async fn note(&self, owner: &OwnerTag, device_id: &DeviceId) -> Result<()> {
        for _ in 0..limits::TRIES {
            let found = self.read(device_id).await?;
            let is_later = |note: &Note| note.owner.is_of(owner) && note.owner.fence > owner.fence;
            if found.as_ref().is_some_and(|(_, note)| is_later(note)) {
                return Ok(());
            }
            let note = Note {
                owner: owner.clone(),
                removed: self.clock.now().seconds(),
            };
            let put = DocumentPut {
                key: device_id.as_str().to_owned(),
                expected: found.map(|(version, _)| version),
                becomes: Some(serde_json::to_vec(&note).map_err(|_| stored())?),
            };
            if self.store.put_documents(&self.room, vec![put]).await? {
                return Ok(());
            }
        }
        Err(Rejection::new(Code::HubBusy, Subject::field("deviceId")).into())
    }

    /// Forgets what is older than any call, as [`EmbeddedHub::sweep`](crate::hub::embedded::EmbeddedHub::sweep) does.
    pub(super) async fn sweep(&self, after: Option<&str>, most: usize) -> Result<Option<String>> {
        let kept = i64::try_from(limits::REMOVED_KEPT.as_secs()).unwrap_or(i64::MAX);
        let before = self.clock.now().seconds().saturating_sub(kept);
        let slice = Slice {
            after,
            descending: false,
            most,
        };
        let rows = self.store.documents(&self.room, "", slice).await?;
        let next = (rows.len() >= most).then(|| rows.last().map(|(key, _)| key.clone()));
        for (key, document) in rows {
            let note: Note = serde_json::from_slice(&document.bytes).map_err(|_| stored())?;
            if note.removed < before {
                let put = DocumentPut {
                    key,
                    expected: Some(document.version),
                    becomes: None,
                };
                self.store.put_documents(&self.room, vec![put]).await?;
            }
        }
        Ok(next.flatten())
    }

    async fn read(&self, device_id: &DeviceId) -> Result<Option<(u64, Note)>> {
        let found = self.store.document(&self.room, device_id.as_str()).await?;
        let Some(document) = found else {
            return Ok(None);
        };
        let note = serde_json::from_slice(&document.bytes).map_err(|_| stored())?;
        Ok(Some((document.version, note)))
    }
}

impl core::fmt::Debug for Gone {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Gone")
            .field("room", &self.room)
            .finish_non_exhaustive()
    }
}

fn stored() -> Box<Rejection> {
    Rejection::new(Code::HubStored, Subject::field("removal"))
        .expected("the note of a removal")
        .into()
}
