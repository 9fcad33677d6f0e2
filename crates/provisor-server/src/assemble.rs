//! The parts of a server, put together.

use std::sync::Arc;
use std::time::Duration;

use provisor::quota::Quotas;
use tracing::warn;

use crate::app::allocate::Allocator;
use crate::app::{App, Parts};
use crate::clock::Clock;
use crate::hub::embedded::EmbeddedHub;
use crate::hub::hubs::Hubs;
use crate::hub::webhook::Webhook;
use crate::outgoing::{Outgoing, Reach, Roots};
use crate::store::{Result, Store};

/// What a server is made of, beside its sockets.
#[allow(missing_debug_implementations, reason = "stores and hubs have none")]
#[non_exhaustive]
pub struct Assembled {
    /// What answers devices and operators.
    pub app: App,
    /// All linked hubs.
    pub hubs: Arc<Hubs>,
    /// Those that lie in the store.
    pub embedded: EmbeddedHub,
}

/// How far a server reaches.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ways {
    /// Whom other hosts have to be certified by.
    pub roots: Roots,
    /// Which hosts a webhook may be on.
    pub webhooks: Reach,
    /// Whether a webhook on this machine may be plain HTTP.
    pub plain_here: bool,
    /// Whether devices are told whole reasons.
    pub candid: bool,
    /// How much may be stored.
    pub quotas: Quotas,
    /// How often the embedded hubs look whether another process has changed a device that is connected here.
    pub look_every: Option<Duration>,
}

impl Ways {
    /// For a service: hosts that the system's roots certify, no webhook on this machine, reasons in public.
    #[must_use]
    pub const fn service() -> Self {
        Self {
            roots: Roots::System,
            webhooks: Reach::Hosts,
            plain_here: false,
            candid: false,
            quotas: Quotas::NONE,
            look_every: None,
        }
    }

    /// For development: what the CA in PEM certified, too; webhooks on this machine in plain HTTP; whole
    /// reasons.
    #[must_use]
    pub const fn development(ca: Vec<u8>) -> Self {
        Self {
            roots: Roots::SystemAnd(ca),
            webhooks: Reach::AndHere,
            plain_here: true,
            candid: true,
            quotas: Quotas::NONE,
            look_every: None,
        }
    }

    fn outgoing(&self) -> Result<Outgoing> {
        match (&self.roots, Outgoing::new(&self.roots)) {
            // A machine without roots of its own: a container with nothing but the server.
            (Roots::SystemAnd(ca), Err(_)) => Outgoing::new(&Roots::Pem(ca.clone())),
            (Roots::System, Err(why)) => {
                warn!(%why, "no hub elsewhere and no webhook can be called over TLS");
                Outgoing::new(&Roots::Nobody)
            }
            (_, made) => made,
        }
    }
}

/// Puts a server together around a store that has a service.
///
/// # Errors
/// What the store fails with; there are no roots.
pub async fn assemble(store: Arc<dyn Store>, clock: Arc<Clock>, ways: &Ways) -> Result<Assembled> {
    let mut embedded = EmbeddedHub::new(Arc::clone(&store), Arc::clone(&clock));
    if let Some(period) = ways.look_every {
        embedded = embedded.with_look_every(period);
    }
    let mut webhooks = ways.outgoing()?.with_reach(ways.webhooks);
    if ways.plain_here {
        webhooks = webhooks.with_plain_here();
    }
    let mut parts = Parts::new(Arc::clone(&store), Arc::new(embedded.clone()));
    parts.allocator = Arc::new(Webhook::new(Arc::new(webhooks))) as Arc<dyn Allocator>;
    parts.clock = Arc::clone(&clock);
    parts.candid = ways.candid;
    parts.quotas = ways.quotas;
    let mut app = App::open(parts).await?;
    // Which hubs there are says the state, which is the application's.
    let hubs = Arc::new(Hubs::new(
        Arc::clone(&app.state),
        embedded.clone(),
        Arc::new(ways.outgoing()?),
        (store, clock),
    ));
    app.hubs = Arc::clone(&hubs) as Arc<dyn crate::hub::Hub>;
    Ok(Assembled {
        app,
        hubs,
        embedded,
    })
}
