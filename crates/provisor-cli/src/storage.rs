//! `provisor store`: backup, restore, export, import and upgrade of what a server keeps.

use std::fs::OpenOptions;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use provisor::{IdScope, Rejection};
use provisor_server::clock::Clock;
use provisor_server::config::{Config, StoreKind};
use provisor_server::storage;
use provisor_server::store::postgres::schema;
use provisor_server::store::{embedded, postgres};

use crate::answer::{Answer, Unusable, Verdict};

/// Back up, restore, export, import or upgrade what a server keeps.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Copy the embedded store into a new file, also while a server runs.
    ///
    /// What is secret in it is sealed by the data key, which is not in the copy: keep it elsewhere.
    Backup(Copy),
    /// Make the embedded store of a backup, where there is none.
    Restore(Copy),
    /// Write the store as one file of JSON lines, which any kind of store imports. What is secret in it is
    /// sealed by the data key. A server may run.
    Export(Copy),
    /// Make the store of an exported file, where there is none.
    Import(Copy),
    /// Bring a database to the schema of this version. Nothing else ever does.
    Upgrade(Settings),
}

/// Which store.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// The settings of the server.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// From or to which file.
#[derive(Debug, Args)]
pub(crate) struct Copy {
    #[command(flatten)]
    settings: Settings,
    /// The file of the copy.
    file: PathBuf,
}

/// Why it was not done.
enum Failure {
    Unusable(Unusable),
    Refused(Box<Rejection>),
}

/// Does one.
pub(crate) fn run(command: &Command) -> Result<Answer, Unusable> {
    let done = match command {
        Command::Backup(copy) => backup(copy),
        Command::Restore(copy) => restore(copy),
        Command::Export(copy) => export(copy),
        Command::Import(copy) => import(copy),
        Command::Upgrade(settings) => upgrade(settings),
    };
    match done {
        Ok(text) => Ok(Answer::accepted(text)),
        Err(Failure::Refused(cause)) => Ok(Answer::new(format!("{cause}\n"), Verdict::Rejected)),
        Err(Failure::Unusable(why)) => Err(why),
    }
}

fn backup(copy: &Copy) -> Result<String, Failure> {
    let (config, _) = read(&copy.settings)?;
    let rows = embedded::backup(&file_of(&config)?, &copy.file)?;
    Ok(format!("{rows} rows in {}\n", copy.file.display()))
}

fn restore(copy: &Copy) -> Result<String, Failure> {
    let (config, _) = read(&copy.settings)?;
    let file = file_of(&config)?;
    std::fs::create_dir_all(&config.store.folder)
        .map_err(|error| Unusable::file(&config.store.folder, error))?;
    let rows = embedded::restore(&copy.file, &file)?;
    Ok(format!(
        "{rows} rows in {}\ndevices that registered since the backup register again\n",
        file.display()
    ))
}

fn export(copy: &Copy) -> Result<String, Failure> {
    let (config, scope) = read(&copy.settings)?;
    let file = Unfinished::at(&copy.file)?;
    let mut to = BufWriter::new(&file.file);
    let rows = match config.store.kind {
        StoreKind::Postgres => {
            let options = storage::postgres_options(&config.store, &scope).map_err(unusable)?;
            wait(postgres::export(&options, clock(), &mut to))??
        }
        _ => embedded::export(&file_of(&config)?, &mut to)?,
    };
    to.flush()
        .and_then(|()| file.file.sync_all())
        .map_err(|error| Unusable::file(&copy.file, error))?;
    drop(to);
    file.keep();
    Ok(format!("{rows} rows in {}\n", copy.file.display()))
}

fn import(copy: &Copy) -> Result<String, Failure> {
    let (config, scope) = read(&copy.settings)?;
    let from = std::fs::File::open(&copy.file);
    let from = BufReader::new(from.map_err(|error| Unusable::file(&copy.file, error))?);
    let rows = match config.store.kind {
        StoreKind::Postgres => {
            let options = storage::postgres_options(&config.store, &scope).map_err(unusable)?;
            wait(postgres::import(&options, clock(), from))??
        }
        _ => {
            let file = file_of(&config)?;
            let options = storage::embedded_options(&config.store, &scope).map_err(unusable)?;
            embedded::import(from, &file, &options)?
        }
    };
    Ok(format!("{rows} rows\n"))
}

fn upgrade(settings: &Settings) -> Result<String, Failure> {
    let (config, _) = read(settings)?;
    if config.store.kind != StoreKind::Postgres {
        return Ok("nothing to do: the store has the one schema that there is\n".to_owned());
    }
    let connection = storage::connection(&config.store).map_err(unusable)?;
    let before = wait(schema::upgrade(&connection))??;
    Ok(format!("from schema {before} to {}\n", schema::VERSION))
}

fn read(settings: &Settings) -> Result<(Config, IdScope), Failure> {
    let config = Config::read(&settings.config).map_err(unusable)?;
    let scope = IdScope::parse(&config.service.id_scope)
        .map_err(|why| unusable(format!("service.id_scope: {why}")))?;
    Ok((config, scope))
}

/// The file of the embedded store.
fn file_of(config: &Config) -> Result<PathBuf, Failure> {
    match config.store.kind {
        StoreKind::Embedded => Ok(storage::file(&config.store.folder)),
        StoreKind::Postgres => Err(unusable(
            "store.kind: PostgreSQL has tools of its own for that (pg_basebackup, pg_dump)",
        )),
        _ => Err(unusable("store.kind: nothing is kept")),
    }
}

fn clock() -> Arc<Clock> {
    Arc::new(Clock::system())
}

fn wait<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(unusable)?;
    Ok(runtime.block_on(work))
}

fn unusable(why: impl std::fmt::Display) -> Failure {
    Failure::Unusable(Unusable::new(why.to_string()))
}

impl From<Unusable> for Failure {
    fn from(why: Unusable) -> Self {
        Self::Unusable(why)
    }
}

impl From<Box<Rejection>> for Failure {
    fn from(cause: Box<Rejection>) -> Self {
        Self::Refused(cause)
    }
}

/// A new file that is gone again unless it is kept.
struct Unfinished<'a> {
    file: std::fs::File,
    path: Option<&'a Path>,
}

impl<'a> Unfinished<'a> {
    fn at(path: &'a Path) -> Result<Self, Unusable> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .map_err(|error| Unusable::file(path, error))?;
        Ok(Self {
            file,
            path: Some(path),
        })
    }

    fn keep(mut self) {
        self.path = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.path {
            let _ = std::fs::remove_file(path);
        }
    }
}
