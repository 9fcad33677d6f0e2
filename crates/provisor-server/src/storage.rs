//! Opens the store that the settings name.

use std::path::Path;
use std::sync::Arc;

use provisor::{IdScope, Rejection};

use crate::clock::Clock;
use crate::config::{ConfigError, Secret, Store as Settings, StoreKind};
use crate::store::Store;
use crate::store::embedded::{self, Embedded};
use crate::store::memory::MemoryStore;
use crate::store::postgres::{self, Connection, Postgres};
use crate::store::seal::DataKeys;

/// Why a store is not opened.
#[derive(Debug)]
pub struct StorageError(String);

/// Opens the store.
///
/// # Errors
/// What the settings lack; what the store fails with.
pub async fn open(
    settings: &Settings,
    scope: &IdScope,
    clock: &Arc<Clock>,
) -> Result<Arc<dyn Store>, StorageError> {
    let clock = Arc::clone(clock);
    Ok(match settings.kind {
        StoreKind::Memory => Arc::new(MemoryStore::new(scope.clone())),
        StoreKind::Embedded => {
            let options = embedded_options(settings, scope)?;
            Arc::new(Embedded::open(&file(&settings.folder), &options, clock)?)
        }
        StoreKind::Postgres => {
            let options = postgres_options(settings, scope)?;
            Arc::new(Postgres::open(&options, clock).await?)
        }
    })
}

/// How the embedded store of those settings is opened. Its folder is made when it is missing, and its key,
/// unless the settings name one.
///
/// # Errors
/// What the settings lack.
pub fn embedded_options(
    settings: &Settings,
    scope: &IdScope,
) -> Result<embedded::Options, StorageError> {
    let folder = &settings.folder;
    std::fs::create_dir_all(folder)
        .map_err(|e| StorageError(format!("store.folder: {}: {e}", folder.display())))?;
    let keys = match keys(settings)? {
        Some(keys) => keys,
        None => DataKeys::from_file_or_draw(&folder.join("data.key"))?,
    };
    Ok(embedded::Options::new(scope.clone(), keys))
}

/// How the store in PostgreSQL of those settings is opened.
///
/// # Errors
/// What the settings lack.
pub fn postgres_options(
    settings: &Settings,
    scope: &IdScope,
) -> Result<postgres::Options, StorageError> {
    let keys = keys(settings)?.ok_or_else(|| {
        let why = "store.data_key_file: missing; all replicas need the same";
        StorageError(why.to_owned())
    })?;
    let mut options = postgres::Options::new(scope.clone(), keys, connection(settings)?);
    if let Some(connections) = settings.connections {
        options.connections = connections;
    }
    Ok(options)
}

/// Where PostgreSQL is.
///
/// # Errors
/// The settings do not say it.
pub fn connection(settings: &Settings) -> Result<Connection, StorageError> {
    let (file, variable) = (settings.url_file.as_deref(), settings.url_env.as_deref());
    let url = Secret::read("store.url", file, variable)?
        .ok_or_else(|| StorageError("store.url_file: missing".to_owned()))?;
    Ok(Connection::new(url.expose().trim()))
}

/// The file of the embedded store in its folder.
#[must_use]
pub fn file(folder: &Path) -> std::path::PathBuf {
    folder.join("provisor.redb")
}

/// The keys by which secrets are sealed, if the settings name any.
fn keys(settings: &Settings) -> Result<Option<DataKeys>, StorageError> {
    match (&settings.data_key_file, &settings.data_key_env) {
        // Whoever else may read a file is looked at, too.
        (Some(file), None) => Ok(Some(DataKeys::from_file(file)?)),
        (file, variable) => {
            let text = Secret::read("store.data_key", file.as_deref(), variable.as_deref())?;
            Ok(match text {
                Some(text) => Some(DataKeys::parse(text.expose())?),
                None => None,
            })
        }
    }
}

impl std::fmt::Display for StorageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StorageError {}

impl From<ConfigError> for StorageError {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<Box<Rejection>> for StorageError {
    fn from(rejection: Box<Rejection>) -> Self {
        Self(format!("store: {rejection}"))
    }
}
