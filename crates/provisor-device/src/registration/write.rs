//! What the machine's requests look like.

use super::machine::{Phase, Registration};
use super::step::{Request, RequestKind};
use crate::message::http::Head;
use crate::message::{Answer, Body, mqtt};
use crate::reason::{Error, Reason};
use crate::sas::Token;
use crate::write::Writer;

impl Registration {
    /// The body without anything that the caller may add: the TPM's keys, a payload.
    #[must_use]
    pub fn body(&self) -> Body<'_> {
        Body::new(self.registration_id())
    }

    /// The token that requests are signed with, to be signed itself; valid to `expires`, in seconds since 1970.
    #[must_use]
    pub fn token(&self, expires: i64) -> Token<'_> {
        Token::registration(self.scope(), self.registration_id(), expires)
    }

    /// The whole request over HTTP, head and body.
    ///
    /// # Errors
    /// [`Reason::NotNow`] for another request than the one under way; [`Reason::TokenMisplaced`] without a token where
    /// one is needed, and with one where none may be; what [`Head::write_register`] refuses.
    pub fn write_http(
        &self,
        request: Request,
        head: &Head<'_>,
        body: &Body<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let kind = self.writes(request)?;
        if request.needs_token() != head.has_authorization() {
            return Err(Reason::TokenMisplaced.into());
        }
        let (scope, id) = (self.scope(), self.registration_id());
        match kind {
            RequestKind::Operation => head.write_operation(scope, id, self.first.as_str(), writer),
            RequestKind::Register | RequestKind::Proof => {
                head.write_register(scope, id, body, writer)?;
                body.write(writer);
                Ok(())
            }
        }
    }

    /// The user name of CONNECT; the client ID is [`registration_id`](Self::registration_id).
    pub fn write_username(&self, client: Option<&str>, writer: &mut Writer<'_>) {
        mqtt::write_username(self.scope(), self.registration_id(), client, writer);
    }

    /// The topic to publish the request to.
    ///
    /// # Errors
    /// [`Reason::NotNow`] for another request than the one under way.
    pub fn write_topic(&self, request: Request, writer: &mut Writer<'_>) -> Result<(), Error> {
        match self.writes(request)? {
            RequestKind::Operation => {
                mqtt::write_operation_topic(request.number(), self.first.as_str(), writer);
            }
            RequestKind::Register | RequestKind::Proof => {
                mqtt::write_register_topic(request.number(), writer);
            }
        }
        Ok(())
    }

    /// What to publish.
    ///
    /// # Errors
    /// [`Reason::NotNow`] for another request than the one under way.
    pub fn write_payload(
        &self,
        request: Request,
        body: &Body<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        match self.writes(request)? {
            RequestKind::Operation => {
                writer.text(mqtt::OPERATION_PAYLOAD);
            }
            RequestKind::Register | RequestKind::Proof => body.write(writer),
        }
        Ok(())
    }

    /// At [`Step::Activate`](super::Step::Activate): what the TPM is to open, from the body of the last answer. The buffer has to have room for it in
    /// base64.
    ///
    /// # Errors
    /// [`Reason::NotNow`] at another step, [`Reason::AnswerIncomplete`] for another body, [`Reason::BufferTooSmall`],
    /// [`Reason::Base64`]: then [`activation_failed`](Self::activation_failed) goes on.
    pub fn sealed<'b>(&self, body: &[u8], out: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let answer = Answer::read(body)?;
        let sealed = match self.phase {
            Phase::Challenge => answer.challenge,
            Phase::HubKey => answer.hub_key,
            _ => return Err(Reason::NotNow.into()),
        };
        sealed.ok_or(Reason::AnswerIncomplete)?.decode_base64(out)
    }

    fn writes(&self, request: Request) -> Result<RequestKind, Error> {
        self.sent(request.number())
            .map_err(|_| Reason::NotNow.into())
    }
}
