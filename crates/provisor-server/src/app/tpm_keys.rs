//! The keys of TPMs that have answered their challenge: in the store, for polls after a restart.

use provisor::{RegistrationId, Rejection};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::App;
use super::register::unavailable;
use super::shown::Shown;
use super::shown::keys::Keys;
use crate::limits;
use crate::store::{Document, DocumentPut, Result};

/// Where the store has them, by registration ID.
const ROOM: &str = "tpm-keys";

impl App {
    /// Keeps the keys of a TPM whose answer is right, before it is told to poll: its polls have none, and
    /// after a restart nothing else would say what its answer was derived for. They are public.
    pub(super) async fn keep_keys(&self, id: &RegistrationId, shown: &Shown) -> Result<()> {
        let Some(keys) = shown.keys().filter(|_| shown.answers_challenge()) else {
            return Ok(());
        };
        let bytes = keys.to_bytes();
        for _ in 0..4 {
            let kept = self.read_keys(id).await?;
            if kept.as_ref().is_some_and(|kept| kept.bytes == bytes) {
                return Ok(());
            }
            let put = DocumentPut {
                key: id.normal_form().to_owned(),
                expected: kept.map(|kept| kept.version),
                becomes: Some(bytes.clone()),
            };
            let put = self.store.put_documents(ROOM, vec![put]);
            // Another request of the same device may keep them at the same time.
            if timeout(limits::STORE_CALL, put).await.map_err(late)?? {
                return Ok(());
            }
        }
        Err(unavailable("tpm", "others that keep its keys"))
    }

    async fn read_keys(&self, id: &RegistrationId) -> Result<Option<Document>> {
        let kept = self.store.document(ROOM, id.normal_form());
        timeout(limits::STORE_CALL, kept).await.map_err(late)?
    }

    /// The keys of a TPM that does not send them again.
    pub(super) async fn known_keys(&self, id: &RegistrationId) -> Result<Option<Keys>> {
        if let Some(keys) = self.remembered.get(id) {
            return Ok(Some(keys));
        }
        let kept = self.read_keys(id).await?;
        Ok(kept.and_then(|kept| Keys::from_bytes(&kept.bytes)))
    }
}

fn late(_: Elapsed) -> Box<Rejection> {
    unavailable("store", "no answer in time")
}
