//! What an answer means: the one table of it.

use super::settings::Credential;
use super::step::RequestKind;
use crate::json::Text;
use crate::message::{Answer, Status};
use crate::reason::Reason;

/// What follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    /// The service is at work: ask for this operation later, or for the one that is known.
    Working(Option<Text<'a>>),
    /// The device has a hub.
    Assigned { hub: Text<'a>, device: Text<'a> },
    /// The TPM has something to open, before the device may register.
    Challenged,
    /// The same request again, later.
    Retry(Reason),
    /// From the beginning, later.
    Again(Reason),
    /// No more.
    Final(Reason),
}

/// What was asked, by whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) kind: RequestKind,
    pub(super) credential: Credential,
    pub(super) registration_id: &'a str,
}

impl Asked<'_> {
    /// Judges a status and what could be read of the body.
    pub(super) fn judge<'a>(
        &self,
        http_status: u16,
        answer: Result<Answer<'a>, Reason>,
    ) -> Verdict<'a> {
        let operation = self.kind == RequestKind::Operation;
        match http_status {
            200..=299 => match answer {
                Ok(answer) => self.judge_success(&answer),
                Err(reason) => Verdict::Retry(reason),
            },
            // Nobody is followed to another place: not with a token.
            300..=399 => Verdict::Retry(Reason::Redirected),
            401 => self.judge_unauthorized(answer.ok().as_ref()),
            404 if operation => Verdict::Again(Reason::OperationLost),
            409 | 412 => Verdict::Again(Reason::Conflict),
            408 | 429 | 500.. => Verdict::Retry(Reason::ServiceBusy),
            400..=499 => Verdict::Final(Reason::Refused),
            // Not the last answer to anything (RFC 9110 section 15.2).
            _ => Verdict::Retry(Reason::AnswerIncomplete),
        }
    }

    fn judge_success<'a>(&self, answer: &Answer<'a>) -> Verdict<'a> {
        if let Some(id) = answer.registration_id
            && !id.is_in_any_case(self.registration_id)
        {
            return Verdict::Retry(Reason::AnswerForAnother);
        }
        match answer.status {
            Some(Status::Assigned) => self.judge_assigned(answer),
            Some(Status::Failed) => match answer.error_code.unwrap_or(0) / 1000 {
                409 | 412 => Verdict::Again(Reason::Conflict),
                408 | 429 | 500..=599 => Verdict::Again(Reason::ServiceBusy),
                _ => Verdict::Final(Reason::Failed),
            },
            Some(Status::Disabled) => Verdict::Final(Reason::Disabled),
            // A word that is not known is one of a service that is at work, until the time is over.
            Some(Status::Unassigned | Status::Assigning | Status::Other) => {
                self.judge_working(answer)
            }
            None => match answer.operation_id {
                Some(_) => self.judge_working(answer),
                None => Verdict::Retry(Reason::AnswerIncomplete),
            },
        }
    }

    fn judge_working<'a>(&self, answer: &Answer<'a>) -> Verdict<'a> {
        match (self.kind, self.credential, answer.operation_id) {
            (RequestKind::Operation, _, _) => Verdict::Working(None),
            // A TPM that was not challenged has no key to ask with.
            (RequestKind::Register, Credential::Tpm, _) | (_, _, None) => {
                Verdict::Retry(Reason::AnswerIncomplete)
            }
            (_, _, Some(id)) => Verdict::Working(Some(id)),
        }
    }

    fn judge_assigned<'a>(&self, answer: &Answer<'a>) -> Verdict<'a> {
        let sealed = self.credential != Credential::Tpm
            || self.kind != RequestKind::Register && answer.hub_key.is_some();
        match (answer.assigned_hub, answer.device_id) {
            (Some(hub), Some(device)) if sealed => Verdict::Assigned { hub, device },
            _ => Verdict::Retry(Reason::AnswerIncomplete),
        }
    }

    fn judge_unauthorized<'a>(&self, answer: Option<&Answer<'a>>) -> Verdict<'a> {
        let challenge = answer.is_some_and(|answer| answer.challenge.is_some());
        match (self.kind, self.credential) {
            (RequestKind::Operation, _) => Verdict::Again(Reason::OperationLost),
            (_, Credential::Tpm) if challenge => Verdict::Challenged,
            // The challenge may be over, or the replica that made it gone.
            (RequestKind::Proof, _) => Verdict::Again(Reason::Refused),
            (RequestKind::Register, _) => Verdict::Final(Reason::Refused),
        }
    }
}

#[cfg(test)]
mod tests;
