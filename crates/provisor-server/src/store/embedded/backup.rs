//! A copy of the store while it runs.

use std::path::Path;

use provisor::Code;
use redb::ReadableDatabase as _;

use super::{Embedded, failed, tables};
use crate::store::Result;
use crate::store::fault::{rejection, unavailable};

impl Embedded {
    /// Copies the store, as it is now, into a new file. Whatever is written meanwhile is not in it, and
    /// waits for nothing. Secrets stay sealed by the same data key, which is not in the copy.
    ///
    /// # Errors
    /// [`StoreNotEmpty`](Code::StoreNotEmpty) when there is a file already,
    /// [`StoreUnavailable`](Code::StoreUnavailable).
    pub async fn backup(&self, path: &Path) -> Result<u64> {
        let path = path.to_owned();
        let database = std::sync::Arc::clone(&self.reader.database);
        let copying = tokio::task::spawn_blocking(move || {
            if !super::make(&path)? {
                return Err(rejection(Code::StoreNotEmpty, "file").boxed());
            }
            let from = database.begin_read().map_err(failed)?;
            let to = redb::Database::create(&path).map_err(failed)?;
            let rows = tables::copy(&from, &to)?;
            drop(to);
            crate::store::seal::sync_folder(&path).map_err(|error| unavailable("folder", error))?;
            Ok(rows)
        });
        copying
            .await
            .map_err(|error| unavailable("backup", error))?
    }
}
