//! What operators' calls need beside the state that all requests share.

use std::sync::Arc;

use provisor::operations::ContinuationKey;
use provisor::quota::Quotas;
use provisor::{Code, Rejection, Subject};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::clock::Entropy;
use crate::store::{DocumentPut, Result, Store};

/// What operators' calls need beside the state that all requests share.
#[derive(Debug, Default)]
pub struct Desk {
    quotas: Quotas,
    key: OnceCell<Arc<ContinuationKey>>,
}

/// Where the key of continuation tokens lies, one for all replicas.
const ROOM: &str = "service";
const KEY: &str = "continuation-key";

/// How often another replica may be faster than this one in making the key: only once.
const TRIES: usize = 3;

impl Desk {
    /// With these quotas; without any by default.
    #[must_use]
    pub fn with_quotas(quotas: Quotas) -> Self {
        Self {
            quotas,
            ..Self::default()
        }
    }

    /// How much may be stored.
    #[must_use]
    pub const fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// What continuation tokens are sealed with: the first replica draws it, the others find it in the store.
    pub(super) async fn continuation_key(
        &self,
        store: &dyn Store,
        random: &Entropy,
    ) -> Result<Arc<ContinuationKey>> {
        let key = self.key.get_or_try_init(|| find_or_draw(store, random));
        key.await.cloned()
    }
}

async fn find_or_draw(store: &dyn Store, random: &Entropy) -> Result<Arc<ContinuationKey>> {
    for _ in 0..TRIES {
        let stored = store.document(ROOM, KEY).await?;
        // What has another length is not ours: it is replaced, and queries begin again.
        let bytes = stored.as_ref().and_then(|stored| {
            let bytes: Option<[u8; 32]> = stored.bytes.as_slice().try_into().ok();
            bytes
        });
        if let Some(bytes) = bytes {
            return Ok(Arc::new(ContinuationKey::new(bytes)));
        }
        let drawn = Zeroizing::new(random.draw::<32>()?);
        let put = DocumentPut {
            key: KEY.to_owned(),
            expected: stored.map(|stored| stored.version),
            becomes: Some(drawn.to_vec()),
        };
        if store.put_documents(ROOM, vec![put]).await? {
            return Ok(Arc::new(ContinuationKey::new(*drawn)));
        }
    }
    Err(Box::new(Rejection::new(
        Code::RegUnavailable,
        Subject::field(KEY),
    )))
}
