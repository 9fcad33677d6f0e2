//! Starts a server for development.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use provisor::HubName;
use provisor::operations::hub::HubDraft;
use tokio_util::sync::CancellationToken;

use super::folder::Folder;
use super::greeting::{Greeting, Ports};
use super::samples;
use crate::assemble::{Assembled, Ways, assemble};
use crate::clock::{Clock, Entropy};
use crate::config::{self, StoreKind};
use crate::hub::link::HubConnection;
use crate::limits;
use crate::listen::bind::{Bound, Otherwise, bind};
use crate::listen::speaks::Speaks;
use crate::listen::tls::{Identity, Tls};
use crate::run::{self, StartError};
use crate::server::{Running, Server};
use crate::setup::Setup;
use crate::storage;

/// How a server for development is started.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The folder in which everything lies.
    pub folder: PathBuf,
    /// Where it listens.
    pub address: IpAddr,
    /// Where its hubs are, which are called by their addresses.
    pub hubs: Vec<IpAddr>,
    /// The port of HTTPS, and of MQTT and AMQP over WebSocket; 0 is a free one.
    pub https: u16,
    /// The port of MQTT.
    pub mqtts: u16,
    /// The port of AMQP.
    pub amqps: u16,
    /// The port of operators.
    pub operators: u16,
    /// Whether anything but the certificates and keys outlives the process.
    pub store: StoreKind,
    /// Connections at once.
    pub connections: usize,
}

/// A server for development that runs.
#[allow(missing_debug_implementations, reason = "it has private keys")]
#[non_exhaustive]
pub struct Dev {
    /// The server.
    pub running: Running,
    /// What whoever started it is told.
    pub greeting: Greeting,
    /// Closes the operators' port.
    pub end: CancellationToken,
}

impl Options {
    /// In that folder, with the ports that clients have built in, on 127.0.0.1, with hubs on 127.0.0.2 and
    /// 127.0.0.3.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let host = |last| IpAddr::V4(Ipv4Addr::new(127, 0, 0, last));
        Self {
            folder: folder.into(),
            address: host(1),
            hubs: vec![host(2), host(3)],
            https: 443,
            mqtts: 8883,
            amqps: 5671,
            operators: 9400,
            store: StoreKind::Embedded,
            connections: limits::CONNECTIONS,
        }
    }

    /// The same with free ports.
    #[must_use]
    pub const fn with_free_ports(mut self) -> Self {
        self.https = 0;
        self.mqtts = 0;
        self.amqps = 0;
        self.operators = 0;
        self
    }
}

/// Starts a server for development. To be called on a runtime of tokio.
///
/// # Errors
/// Why it does not start.
pub async fn start(options: &Options) -> Result<Dev, StartError> {
    let random = Entropy::system();
    let mut addresses = vec![options.address];
    addresses.extend(&options.hubs);
    let folder = Folder::open(
        &options.folder,
        &names(),
        &certified(&addresses),
        &mut &random,
    )?;
    let pem = [(
        folder.server.certificates.as_bytes(),
        folder.server.key.as_bytes(),
    )];
    let tls = Tls::new(Identity::from_pem(pem)?)?;
    let assembled = assembled(options, &folder, &random).await?;
    let mut server = Server::new(assembled, tls);
    let (doors, ports) = doors(
        options.address,
        options,
        &[Speaks::Https, Speaks::Mqtts, Speaks::Amqps],
    )?;
    server.doors = doors;
    server.connections = options.connections;
    let mut hubs = Vec::new();
    for address in &options.hubs {
        let (doors, ports) = doors_of_hub(*address, options)?;
        server.doors.extend(doors);
        hubs.push((address.to_string(), ports));
    }
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let operators = open(SocketAddr::new(loopback, options.operators), "operators")?;
    let greeting = Greeting::new(&folder, options.address, ports, hubs, operators.address)?;
    let running = server.start();
    let end = run::operate(operators, &running);
    run::expiries(&running);
    Ok(Dev {
        running,
        greeting,
        end,
    })
}

async fn assembled(
    options: &Options,
    folder: &Folder,
    random: &Entropy,
) -> Result<Assembled, StartError> {
    let clock = Arc::new(Clock::system());
    let settings = config::Store {
        kind: options.store,
        folder: folder.path.clone(),
        ..config::Store::default()
    };
    let store = storage::open(&settings, &folder.scope, &clock).await?;
    let mut drawn = random;
    let mut setup = Setup::new(&*store, &folder.scope, "dev", clock.now(), &mut drawn);
    if !setup.is_done().await? {
        for address in &options.hubs {
            let name = HubName::parse(&address.to_string())?;
            let mut draft = HubDraft::new(name.clone());
            draft.credential = Some(HubConnection::embedded(&name, &folder.hubs));
            setup.hub(draft).await?;
        }
        samples::enroll(folder, &mut setup).await?;
        setup.service(folder.owner.clone()).await?;
    }
    let ways = Ways::development(folder.ca.certificates.clone().into_bytes());
    Ok(assemble(store, clock, &ways).await?)
}

type Doors = Vec<(Speaks, Bound)>;

fn doors(
    address: IpAddr,
    options: &Options,
    spoken: &[Speaks],
) -> Result<(Doors, Ports), StartError> {
    let mut doors = Vec::new();
    let mut ports = Ports::default();
    for speaks in spoken {
        let port = match speaks {
            Speaks::Https => options.https,
            Speaks::Mqtts => options.mqtts,
            Speaks::Amqps => options.amqps,
        };
        let bound = open(SocketAddr::new(address, port), speaks.name())?;
        ports.set(*speaks, &bound);
        doors.push((*speaks, bound));
    }
    Ok((doors, ports))
}

/// A hub's devices speak MQTT, over TLS and over WebSocket; its registry is HTTPS.
fn doors_of_hub(address: IpAddr, options: &Options) -> Result<(Doors, Ports), StartError> {
    doors(address, options, &[Speaks::Https, Speaks::Mqtts])
}

fn open(address: SocketAddr, what: &str) -> Result<Bound, StartError> {
    bind(address, Otherwise::AnyPort)
        .map_err(|e| StartError::new(format!("{what}: {address}: {e}")))
}

fn names() -> Vec<String> {
    vec!["localhost".to_owned()]
}

/// The addresses that the certificate is for: those that are asked for, and those that anybody may ask for.
fn certified(asked: &[IpAddr]) -> Vec<IpAddr> {
    let usual = ["127.0.0.1", "::1", "127.0.0.2", "127.0.0.3"];
    let mut all: Vec<IpAddr> = usual.iter().filter_map(|text| text.parse().ok()).collect();
    for address in asked {
        if !all.contains(address) {
            all.push(*address);
        }
    }
    all
}
