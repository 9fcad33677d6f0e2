//! What every connection is served with.

use std::sync::Arc;

use provisor::{Code, Rejection, Subject};
use provisor_wire::Guid;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::info;

use super::slots::Slots;
use super::tls::Tls;
use crate::app::App;
use crate::ask::{Answer, Ask, Peer};
use crate::hub::embedded::{EmbeddedHub, RegistryDoor};
use crate::limits;
use crate::observe::Metrics;
use crate::show::Show;

/// What every connection is served with.
#[allow(missing_debug_implementations, reason = "stores and hubs have none")]
pub struct Context {
    /// What answers.
    pub app: App,
    /// The hubs that lie in the store, whose devices come to the same ports.
    pub embedded: EmbeddedHub,
    /// The registry of the hubs that lie in the store.
    pub registry: RegistryDoor,
    /// The name by which devices reach us, if not the one that they say.
    pub host: Option<String>,
    /// TLS.
    pub tls: Tls,
    /// How many connections there may be.
    pub slots: Arc<Slots>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// That the server stops: nothing new is begun.
    pub stop: CancellationToken,
    /// The connections, and whatever must come to its end before the server is stopped.
    pub tasks: TaskTracker,
}

impl Context {
    /// How much of a refusal goes over the wire.
    #[must_use]
    pub const fn show(&self) -> Show {
        match self.app.candid {
            true => Show::EVERYTHING,
            false => Show::PUBLIC,
        }
    }

    /// What a request is found by. Where there is no randomness, all have the same one, and whatever needs a
    /// secret fails.
    #[must_use]
    pub fn tracking(&self) -> Guid {
        Guid::from_random(self.app.random.draw().unwrap_or_default())
    }

    /// Asks for a device, within the time that its client waits, and counts it.
    pub async fn ask(&self, peer: &Peer, ask: Ask) -> Answer {
        let (operation, began) = (ask.what.name(), Instant::now());
        let answer = match timeout(limits::ANSWER, self.app.ask(peer, ask)).await {
            Ok(answer) => answer,
            Err(_) => {
                let late = Rejection::new(Code::ServerLate, Subject::field("answer"));
                let most = limits::ANSWER.as_secs();
                Answer::Refused(Box::new(late.expected(format!("within {most} seconds"))))
            }
        };
        self.metrics
            .request(peer.transport, operation, &answer, began.elapsed());
        answer
    }

    /// Writes down that a request was refused before it became a question.
    pub fn refused_at_the_door(&self, peer: &Peer, rejection: &Rejection, tracking: Guid) {
        self.metrics.refused(rejection.code());
        info!(
            %tracking,
            address = %peer.address,
            transport = peer.transport.name(),
            code = rejection.code().name(),
            why = %rejection,
            "refused at the door",
        );
    }
}
