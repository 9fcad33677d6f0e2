//! Hubs and webhooks, with their time taken.

use std::sync::Arc;

use provisor::registration::{AllocationAnswer, Removal};
use tokio::time::Instant;

use super::Metrics;
use crate::app::allocate::{Allocator, Inquiry};
use crate::hub::{Hub, Put};
use crate::store::{Pending, Result};

/// Hubs, or a webhook, with the time of each call taken.
#[allow(missing_debug_implementations, reason = "hubs have none")]
pub struct Measured<T: ?Sized> {
    inner: Arc<T>,
    metrics: Arc<Metrics>,
}

impl<T: ?Sized> Measured<T> {
    /// Around these.
    #[must_use]
    pub const fn new(inner: Arc<T>, metrics: Arc<Metrics>) -> Self {
        Self { inner, metrics }
    }
}

fn outcome<A>(result: &Result<A>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(why) => why.code().name(),
    }
}

impl Hub for Measured<dyn Hub> {
    fn put(&self, put: Put) -> Pending<'_, Result<()>> {
        Box::pin(async move {
            let (hub, began) = (put.hub.to_string(), Instant::now());
            let result = self.inner.put(put).await;
            self.metrics
                .hub(hub, "put", outcome(&result), began.elapsed());
            result
        })
    }

    fn remove<'a>(&'a self, removal: &'a Removal) -> Pending<'a, Result<()>> {
        Box::pin(async move {
            let (hub, began) = (removal.hub.to_string(), Instant::now());
            let result = self.inner.remove(removal).await;
            self.metrics
                .hub(hub, "remove", outcome(&result), began.elapsed());
            result
        })
    }
}

impl Allocator for Measured<dyn Allocator> {
    fn ask<'a>(&'a self, inquiry: &'a Inquiry) -> Pending<'a, Result<AllocationAnswer>> {
        Box::pin(async move {
            let began = Instant::now();
            let result = self.inner.ask(inquiry).await;
            self.metrics.webhook(outcome(&result), began.elapsed());
            result
        })
    }
}
