//! Custom allocation by webhooks.

use std::sync::Arc;

use provisor::registration::AllocationAnswer;
use provisor::{Code, Rejection, Subject};
use provisor_wire::webhook::AllocationAnswer as Answered;

use super::limits;
use crate::app::allocate::{Allocator, Inquiry};
use crate::outgoing::{Outgoing, Send, Url};
use crate::store::{Pending, Result};

/// Asks the webhook that the enrollment names: a POST with the device and the hubs to choose from.
///
/// No redirect is followed, and nothing is asked twice: a function may count.
///
/// | it answers | the device |
/// |---|---|
/// | 200 with a hub of those that it was asked with | goes there |
/// | 200 with anything else, or a status below 500 | is refused: the same again would be answered the same |
/// | 429, 5xx, not in time, not at all | comes again |
#[derive(Clone, Debug)]
pub struct Webhook {
    outgoing: Arc<Outgoing>,
}

impl Webhook {
    /// By these connections. Their [`Reach`](crate::outgoing::Reach) says where a webhook may be.
    #[must_use]
    pub const fn new(outgoing: Arc<Outgoing>) -> Self {
        Self { outgoing }
    }

    async fn asked(&self, inquiry: &Inquiry) -> Result<AllocationAnswer> {
        let question = &inquiry.question;
        let Some(webhook) = &question.webhook else {
            return Err(Rejection::new(
                Code::AllocWebhook,
                Subject::field("customAllocationDefinition"),
            )
            .expected("a webhook")
            .into());
        };
        // In the text of a URL is the key of the function: only its host is told.
        let (to, target) = Url::split(webhook.webhook_url())?;
        let request = inquiry.body.to_http(target);
        let headers: Vec<(&str, &str)> = request
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_ref()))
            .collect();
        let reply = self.outgoing.send(Send {
            to: &to,
            method: request.method,
            target,
            headers: &headers,
            body: request.body.as_bytes(),
            within: limits::WEBHOOK_WITHIN,
            most: limits::WEBHOOK_ANSWER,
        });
        let reply = reply.await?;
        match Answered::read(reply.status, &reply.body) {
            Ok(answer) => Ok(answer.to_engine(&question.id)),
            // The function fails, or is not there for a moment: the device comes again.
            Err(refusal) if reply.status >= 500 || reply.status == 429 => Err(refusal.into()),
            // It would answer the same again: no hub is an answer, and the engine refuses the device.
            Err(refusal) => {
                tracing::warn!(
                    webhook = %webhook,
                    registration_id = %question.registration_id,
                    code = refusal.code().name(),
                    "the webhook's answer names no hub: {refusal}"
                );
                Ok(AllocationAnswer::to(&question.id))
            }
        }
    }
}

impl Allocator for Webhook {
    fn ask<'a>(&'a self, inquiry: &'a Inquiry) -> Pending<'a, Result<AllocationAnswer>> {
        Box::pin(self.asked(inquiry))
    }
}
