//! The file: made, looked at, opened.

use std::path::Path;

use provisor::{Code, IdScope, UnixTime};
use redb::{Builder, Database, ReadableDatabase as _};

use super::fault::failed;
use super::tables::{self, SCHEMA, Tables, number, text};
use crate::store::Result;
use crate::store::fault::{rejection, unavailable, unreadable};
use crate::store::seal::{DataKeys, Seal, sync_folder};

/// How much of the file is kept in memory, where nothing else is said.
const CACHE: usize = 64 << 20;

/// How a store is opened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Whose it is.
    pub scope: IdScope,
    /// What its secrets are sealed by.
    pub keys: DataKeys,
    /// How much of the file is kept in memory, in bytes.
    pub cache: usize,
}

impl Options {
    /// That scope, those keys, 64 MiB.
    #[must_use]
    pub const fn new(scope: IdScope, keys: DataKeys) -> Self {
        Self {
            scope,
            keys,
            cache: CACHE,
        }
    }
}

/// Makes a store. It has another name until it is whole: a power failure while redb lays out a new file
/// leaves one that nobody can open.
pub(super) fn create(path: &Path, options: &Options, now: UnixTime) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = std::path::PathBuf::from(name);
    if !make(&new)? {
        // Somebody stopped in the middle, or is at it: then it is locked, and that is said.
        if let Err(cause) = Builder::new().create(&new).map_err(failed)
            && cause.code() == Code::StoreInUse
        {
            return Err(cause);
        }
        std::fs::remove_file(&new).map_err(|error| unavailable("file", error))?;
        make(&new)?;
    }
    let database = builder(options).create(&new).map_err(failed)?;
    let seal = Seal::new(&options.scope, &options.keys)?;
    begin(&database, options, &seal, now)?;
    drop(database);
    std::fs::rename(&new, path)
        .and_then(|()| sync_folder(path))
        .map_err(|error| unavailable("file", error))
}

/// Makes the file where there is none, so that it is its owner's from its first moment.
pub(super) fn make(path: &Path) -> Result<bool> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(unavailable("file", error)),
    }
}

/// One process writes; where the system can, others may read what it has committed: a backup needs no
/// help of the server.
pub(super) const fn mode() -> redb::ConcurrencyMode {
    if cfg!(any(target_os = "linux", target_os = "macos", windows)) {
        redb::ConcurrencyMode::SingleWriter
    } else {
        redb::ConcurrencyMode::ExclusiveWriter
    }
}

pub(super) fn builder(options: &Options) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(options.cache);
    builder
}

/// Looks whether the file is what is expected, before anything is written into it.
pub(super) fn check(database: &Database, options: &Options, seal: &Seal) -> Result<()> {
    let transaction = database.begin_read().map_err(failed)?;
    let meta = match transaction.open_table(tables::META) {
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(()),
        other => other.map_err(failed)?,
    };
    let schema = meta.get(number::SCHEMA).map_err(failed)?;
    let schema = schema.map_or(0, |number| number.value());
    if schema != SCHEMA {
        return Err(rejection(Code::StoreSchema, "schema")
            .expected(SCHEMA)
            .found(schema)
            .boxed());
    }
    let about = transaction.open_table(tables::ABOUT).map_err(failed)?;
    let scope = about.get(text::SCOPE).map_err(failed)?;
    let expected = options.scope.normal_form();
    if scope.as_ref().map(redb::AccessGuard::value) != Some(expected.as_bytes()) {
        let found = scope.map(|scope| String::from_utf8_lossy(scope.value()).into_owned());
        return Err(rejection(Code::StoreScope, "idScope")
            .expected(expected)
            .found(found.unwrap_or_default())
            .boxed());
    }
    match about.get(text::PROBE).map_err(failed)? {
        None => Err(unreadable("about", "no probe of the data key")),
        Some(probe) => seal.open("about", text::PROBE, probe.value()).map(drop),
    }
}

/// Makes the tables, and counts the start: above the clock, so that a store which was restored from a
/// backup gives no lease a number that was given before.
pub(super) fn begin(
    database: &Database,
    options: &Options,
    seal: &Seal,
    now: UnixTime,
) -> Result<u32> {
    let mut transaction = database.begin_write().map_err(failed)?;
    transaction.set_quick_repair(true);
    let start;
    {
        let mut tables = Tables::open(&transaction)?;
        if tables.number(number::SCHEMA)? == 0 {
            tables.set(number::SCHEMA, SCHEMA)?;
            let scope = options.scope.normal_form().as_bytes();
            tables.about.insert(text::SCOPE, scope).map_err(failed)?;
            let probe = seal.seal("about", text::PROBE, b"provisor")?;
            tables.about.insert(text::PROBE, &*probe).map_err(failed)?;
        }
        let clock = u32::try_from(now.seconds()).unwrap_or(0);
        let before = u32::try_from(tables.number(number::START)?).unwrap_or(u32::MAX);
        start = before.saturating_add(1).max(clock);
        tables.set(number::START, u64::from(start))?;
    }
    transaction.commit().map_err(failed)?;
    Ok(start)
}
