//! A server as a process: opened as its settings say, told by signals.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use provisor::enrollment::SymmetricKeys;
use provisor::x509::Certificate;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::assemble::{Ways, assemble};
use crate::clock::{Clock, Entropy};
use crate::config::{Config, ConfigError, StoreKind};
use crate::dev::folder;
use crate::limits;
use crate::listen::bind::{Bound, Otherwise, bind};
use crate::listen::inherited;
use crate::listen::speaks::Speaks;
use crate::listen::tls::Tls;
use crate::observe::health::Health;
use crate::observe::operators::{self, Operators};
use crate::outgoing::{Reach, Roots};
use crate::server::{Running, Server};
use crate::setup::Setup;
use crate::storage::{self, StorageError};

/// Why a server does not start.
#[derive(Debug)]
pub struct StartError(String);

/// Serves as the settings say, until the process is told to end.
///
/// # Errors
/// Why it does not start.
pub async fn serve(config: &Config) -> Result<(), StartError> {
    let signals = Signals::listen()?;
    let checked = config.check()?;
    for remark in &checked.remarks {
        warn!("{remark}");
    }
    let clock = Arc::new(Clock::system());
    let store = storage::open(&config.store, &checked.scope, &clock).await?;
    let random = Entropy::system();
    let mut drawn = &random;
    let mut setup = Setup::new(&*store, &checked.scope, "setup", clock.now(), &mut drawn);
    if !setup.is_done().await? {
        let owner = match checked.owner_key {
            Some(key) => SymmetricKeys::complete(Some(key), None, &mut &random)?,
            None => drawn_owner(config, &random)?,
        };
        setup.service(owner).await?;
        info!(scope = %checked.scope, "a new service begins in an empty store");
    }
    let mut ways = Ways::service();
    if let Some(file) = &config.outgoing.ca_file {
        let pem =
            std::fs::read(file).map_err(|e| StartError(format!("{}: {e}", file.display())))?;
        ways.roots = Roots::SystemAnd(pem);
    }
    if config.outgoing.webhooks_here {
        ways.webhooks = Reach::AndHere;
        ways.plain_here = true;
    }
    ways.quotas = config.quotas.to_engine();
    // Replicas write to the same store.
    ways.look_every = (config.store.kind == StoreKind::Postgres).then_some(limits::LOOK);
    let assembled = assemble(store, clock, &ways).await?;
    let mut server = Server::new(assembled, Tls::new(checked.identity)?);
    server.host = config.service.host_name.clone();
    server.connections = config.listen.connections;
    server.connections_per_address = config.listen.connections_per_address;
    let operators = open(config, &mut server)?;
    let running = server.start();
    let end = operators.map(|bound| operate(bound, &running));
    expiries(&running);
    until_told(signals, Some(config), &running).await;
    let ended = running
        .shutdown(Duration::from_secs(config.stop.grace_seconds))
        .await;
    if let Some(end) = end {
        end.cancel();
    }
    match ended {
        true => Ok(()),
        false => Err(StartError("not everything had come to its end".into())),
    }
}

/// Opens the sockets that the settings name, but for those kinds of which some were handed over; answers that of
/// operators.
fn open(config: &Config, server: &mut Server) -> Result<Option<Bound>, StartError> {
    let mut inherited = inherited::take().map_err(|e| StartError(format!("sockets: {e}")))?;
    for (speaks, addresses) in [
        (Speaks::Https, &config.listen.https),
        (Speaks::Mqtts, &config.listen.mqtts),
        (Speaks::Amqps, &config.listen.amqps),
    ] {
        if inherited.doors.iter().any(|(of, _)| *of == speaks) {
            continue;
        }
        for address in addresses {
            let bound = bind(*address, Otherwise::Fail)
                .map_err(|e| StartError(format!("listen.{}: {address}: {e}", speaks.name())))?;
            server.doors.push((speaks, bound));
        }
    }
    server.doors.append(&mut inherited.doors);
    match (inherited.operators, config.listen.operators) {
        (Some(bound), _) => Ok(Some(bound)),
        (None, None) => Ok(None),
        (None, Some(address)) => bind(address, Otherwise::Fail)
            .map(Some)
            .map_err(|e| StartError(format!("listen.operators: {address}: {e}"))),
    }
}

/// Draws the first key, and writes it where the operator finds it and nobody else.
fn drawn_owner(config: &Config, random: &Entropy) -> Result<SymmetricKeys, StartError> {
    let owner = SymmetricKeys::generate(&mut &*random)?;
    let host = config.service.host_name.as_deref().unwrap_or("localhost");
    let text = connection_string(host, provisor::operations::AccessPolicy::OWNER, &owner);
    let folder = &config.store.folder;
    let file = folder.join("owner-connection-string");
    let at = |e: &dyn std::fmt::Display| StartError(format!("{}: {e}", file.display()));
    std::fs::create_dir_all(folder).map_err(|e| at(&e))?;
    folder::secret(&file, text.as_bytes()).map_err(|e| at(&e))?;
    info!(file = %file.display(), "the owner's connection string was written");
    Ok(owner)
}

/// What the SDKs of operators are given.
#[must_use]
pub fn connection_string(host: &str, policy: &str, keys: &SymmetricKeys) -> String {
    let key = folder::base64(keys.primary());
    format!("HostName={host};SharedAccessKeyName={policy};SharedAccessKey={key}")
}

/// Serves the operators' port, until the token is cancelled.
pub fn operate(bound: Bound, running: &Running) -> CancellationToken {
    let context = running.context();
    let end = CancellationToken::new();
    let operators = Operators {
        metrics: Arc::clone(&context.metrics),
        health: Health {
            app: context.app.clone(),
            tls: context.tls.clone(),
            stop: context.stop.clone(),
        },
        end: end.clone(),
    };
    info!(address = %bound.address, "listening for operators");
    tokio::spawn(operators::serve(bound.listener, Arc::new(operators)));
    end
}

/// What the process is told. Made before anything listens: whoever sees that it does may tell it to end.
#[derive(Debug)]
pub struct Signals {
    end: Signal,
    interrupt: Signal,
    again: Signal,
}

impl Signals {
    /// Listens to them from now on, in place of what the system does of its own.
    ///
    /// # Errors
    /// The system has no signals.
    pub fn listen() -> Result<Self, StartError> {
        let listen = |kind| signal(kind).map_err(|e| StartError(format!("signals: {e}")));
        Ok(Self {
            end: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            again: listen(SignalKind::hangup())?,
        })
    }
}

/// Waits until the process is told to end; takes other certificates when it is told to, or when their files change.
pub async fn until_told(mut signals: Signals, config: Option<&Config>, running: &Running) {
    let mut known = config.map(changed);
    let mut look = Instant::now() + limits::CERTIFICATES;
    loop {
        tokio::select! {
            _ = signals.end.recv() => return,
            _ = signals.interrupt.recv() => return,
            _ = signals.again.recv() => {
                if let Some(config) = config {
                    known = Some(changed(config));
                    exchange(config, running);
                }
            }
            () = sleep_until(look) => {
                look = Instant::now() + limits::CERTIFICATES;
                let now = config.map(changed);
                if let Some(config) = config && now != known {
                    known = now;
                    exchange(config, running);
                }
            }
        }
    }
}

/// When the files of the certificates were changed.
fn changed(config: &Config) -> Vec<Option<SystemTime>> {
    let files = config.tls.iter();
    files
        .flat_map(|pair| [Some(&pair.certificate_file), pair.key_file.as_ref()])
        .map(|file| std::fs::metadata(file?).ok()?.modified().ok())
        .collect()
}

/// Takes the certificates that the files have now; keeps those in use when something is wrong.
fn exchange(config: &Config, running: &Running) {
    match config.identity() {
        Ok(identity) => {
            running.context().tls.exchange(identity);
            expiries(running);
            info!("the server's certificates were read again");
        }
        Err(why) => error!(%why, "the server's certificates stay as they were"),
    }
}

/// Says when the server's certificates expire.
pub fn expiries(running: &Running) {
    let context = running.context();
    for (place, leaf) in context.tls.identity().leaves().enumerate() {
        if let Ok(leaf) = Certificate::from_der(leaf) {
            context.metrics.expires(place, leaf.not_after());
        }
    }
}

impl StartError {
    /// In those words.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<crate::listen::tls::IdentityError> for StartError {
    fn from(error: crate::listen::tls::IdentityError) -> Self {
        Self(format!("tls: {error}"))
    }
}

impl From<folder::FolderError> for StartError {
    fn from(error: folder::FolderError) -> Self {
        Self(error.to_string())
    }
}

impl From<provisor::Rejection> for StartError {
    fn from(rejection: provisor::Rejection) -> Self {
        Self(rejection.to_string())
    }
}

impl From<Box<provisor::Rejection>> for StartError {
    fn from(rejection: Box<provisor::Rejection>) -> Self {
        Self(rejection.to_string())
    }
}

impl From<StorageError> for StartError {
    fn from(error: StorageError) -> Self {
        Self(error.to_string())
    }
}
