//! A server that runs: what it is made of, and how it stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use crate::assemble::Assembled;
use crate::hub::embedded::RegistryDoor;
use crate::hub::hubs::Hubs;
use crate::limits;
use crate::listen;
use crate::listen::bind::Bound;
use crate::listen::context::Context;
use crate::listen::slots::Slots;
use crate::listen::speaks::Speaks;
use crate::listen::tls::Tls;
use crate::observe::Metrics;
use crate::observe::measured::Measured;

/// A server that does not run yet.
#[allow(missing_debug_implementations, reason = "stores and hubs have none")]
#[non_exhaustive]
pub struct Server {
    /// What answers: with its store, its hubs and its clock.
    pub assembled: Assembled,
    /// The sockets, and what is spoken over each.
    pub doors: Vec<(Speaks, Bound)>,
    /// TLS of all of them.
    pub tls: Tls,
    /// The name by which devices reach us, if not the one that they say.
    pub host: Option<String>,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_per_address: usize,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// A server that runs. It goes on when this is dropped.
#[allow(missing_debug_implementations, reason = "stores and hubs have none")]
pub struct Running {
    context: Arc<Context>,
    addresses: Vec<(Speaks, SocketAddr)>,
}

impl Server {
    /// A server with the limits of [`limits`].
    #[must_use]
    pub fn new(assembled: Assembled, tls: Tls) -> Self {
        Self {
            assembled,
            doors: Vec::new(),
            tls,
            host: None,
            connections: limits::CONNECTIONS,
            connections_per_address: limits::CONNECTIONS_PER_ADDRESS,
            metrics: Arc::new(Metrics::new()),
        }
    }

    /// Begins to serve. To be called on a runtime of tokio.
    #[must_use]
    pub fn start(self) -> Running {
        let Assembled {
            mut app,
            hubs,
            embedded,
        } = self.assembled;
        app.hubs = Arc::new(Measured::new(app.hubs, Arc::clone(&self.metrics)));
        let allocator = Measured::new(app.allocator, Arc::clone(&self.metrics));
        app.allocator = Arc::new(allocator);
        let context = Arc::new(Context {
            embedded: embedded.clone(),
            registry: RegistryDoor::new(embedded, Arc::clone(&app.state)),
            app,
            host: self.host,
            tls: self.tls,
            slots: Slots::new(self.connections, self.connections_per_address),
            metrics: self.metrics,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        let mut addresses = Vec::new();
        for (speaks, bound) in self.doors {
            info!(port = speaks.name(), address = %bound.address, "listening");
            addresses.push((speaks, bound.address));
            let serve = listen::accept(bound.listener, speaks, Arc::clone(&context));
            context.tasks.spawn(serve);
        }
        context.app.run();
        context.tasks.spawn(sweep(hubs, context.stop.clone()));
        context.metrics.ready(true);
        Running { context, addresses }
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> &[(Speaks, SocketAddr)] {
        &self.addresses
    }

    /// The first address at which that is spoken.
    #[must_use]
    pub fn address(&self, speaks: Speaks) -> Option<SocketAddr> {
        let mut all = self.addresses.iter();
        all.find_map(|(of, address)| (*of == speaks).then_some(*address))
    }

    /// What connections are served with.
    #[must_use]
    pub const fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// Stops: says that it is not ready, accepts nothing more, lets what is at work come to its end, for
    /// so long at most. True when all of it did.
    pub async fn shutdown(self, grace: Duration) -> bool {
        let context = self.context;
        info!("stopping");
        context.metrics.ready(false);
        context.stop.cancel();
        context.tasks.close();
        let ended = timeout(grace, async {
            context.tasks.wait().await;
            // What was decided is carried out before the store is closed.
            context.app.shut_down().await;
        });
        let ended = ended.await.is_ok();
        match ended {
            true => info!("stopped"),
            false => warn!(
                connections = context.slots.open(),
                "stopped before all connections had ended"
            ),
        }
        ended
    }
}

/// Forgets now and then what is kept of devices that were removed from hubs long ago.
async fn sweep(hubs: Arc<Hubs>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(limits::SWEEP) => {}
        }
        if let Err(why) = hubs.sweep().await {
            warn!(code = why.code().name(), %why, "what is left of removed devices stays for now");
        }
    }
}
