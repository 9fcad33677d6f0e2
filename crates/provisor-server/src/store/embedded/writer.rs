//! The one writer: a thread that commits what has queued up during the last commit.
//!
//! No timer, no added latency: alone, a write is committed at once; under load, one sync serves many.

use std::sync::Arc;
use std::thread::JoinHandle;

use provisor::Rejection;
use redb::Database;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::apply::{Done, Failure, Order, apply};
use super::fault::failed;
use super::tables::Tables;
use crate::limits;
use crate::store::Result;
use crate::store::fault::{full, rejection, unavailable};
use crate::store::leases::Leases;
use crate::store::seal::Seal;

/// Hands writes to the thread.
#[derive(Debug)]
pub(super) struct Writer {
    /// Gone when the store is closed.
    sender: Option<mpsc::Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

struct Request {
    order: Order,
    reply: oneshot::Sender<Result<Done>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(
        database: Arc<Database>,
        leases: Arc<Leases>,
        seal: Arc<Seal>,
    ) -> Result<Self> {
        let (sender, receiver) = mpsc::channel(limits::STORE_QUEUE);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&database, &leases, &seal, receiver))
            .map_err(|error| unavailable("writer", error))?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
        })
    }

    /// Has it written, durably. What is waited for too long may still be written.
    pub(super) async fn write(&self, order: Order) -> Result<Done> {
        let sender = self.sender.as_ref().ok_or_else(closed)?;
        let (reply, answer) = oneshot::channel();
        let request = Request { order, reply };
        sender
            .send_timeout(request, limits::STORE_WRITE)
            .await
            .map_err(|error| match error {
                mpsc::error::SendTimeoutError::Timeout(_) => full("writes", limits::STORE_QUEUE),
                mpsc::error::SendTimeoutError::Closed(_) => closed(),
            })?;
        match timeout(limits::STORE_WRITE, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(closed()),
            Err(_) => Err(unavailable("commit", "no answer in time")),
        }
    }
}

impl Drop for Writer {
    /// What was handed over is written; then the file is free.
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn closed() -> Box<Rejection> {
    unavailable("writer", "the store is closed")
}

fn run(database: &Database, leases: &Leases, seal: &Seal, mut receiver: mpsc::Receiver<Request>) {
    let mut batch = Vec::new();
    // What is there, and not more than a batch; it sleeps only when nothing is.
    while receiver.blocking_recv_many(&mut batch, limits::STORE_BATCH) > 0 {
        let requests = std::mem::take(&mut batch);
        let (orders, replies): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .map(|request| (request.order, request.reply))
            .unzip();
        match commit(database, leases, seal, orders) {
            Ok(answers) => {
                for (reply, answer) in replies.into_iter().zip(answers) {
                    // Who stopped waiting finds it written when he asks again.
                    let _ = reply.send(answer);
                }
            }
            Err(cause) => {
                tracing::error!(code = cause.code().name(), "the store failed: {cause}");
                for reply in replies {
                    let _ = reply.send(Err(cause.clone()));
                }
            }
        }
    }
}

/// Commits a batch. Nobody is answered before, also not who is refused: what refused him has to last.
fn commit(
    database: &Database,
    leases: &Leases,
    seal: &Seal,
    orders: Vec<Order>,
) -> Result<Vec<Result<Done>>> {
    let mut transaction = database.begin_write().map_err(failed)?;
    // A start after a crash does not read the whole file; DESIGN.md says what that costs.
    transaction.set_quick_repair(true);
    let mut answers = Vec::with_capacity(orders.len());
    {
        let mut tables = Tables::open(&transaction)?;
        for order in orders {
            match apply(&mut tables, leases, seal, order) {
                Ok(done) => answers.push(Ok(done)),
                Err(Failure::Refused(cause)) => answers.push(Err(cause)),
                Err(Failure::Broken(cause)) => return Err(cause),
            }
        }
    }
    transaction.commit().map_err(failed)?;
    Ok(answers)
}

/// What the writer answered to something that it answers otherwise.
pub(super) fn strange(done: &Done) -> Box<Rejection> {
    rejection(provisor::Code::StoreUnavailable, "writer")
        .found(format_args!("{done:?}"))
        .boxed()
}
