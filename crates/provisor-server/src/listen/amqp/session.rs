//! Sessions and links: requests come in on one link, answers go out on the other.

use std::io;

use fe2o3_amqp::acceptor::{
    ConnectionAcceptor, LinkAcceptor, LinkEndpoint, ListenerConnectionHandle,
    ListenerSessionHandle, SessionAcceptor,
};
use fe2o3_amqp::link::delivery::Delivery;
use fe2o3_amqp::{Receiver, Sender};
use fe2o3_amqp_types::definitions::{self, AmqpError, ErrorCondition, Fields, Role};
use fe2o3_amqp_types::messaging::{
    ApplicationProperties, Body, Data, Message, MessageId, Properties, TargetArchetype,
};
use fe2o3_amqp_types::performatives::Attach;
use fe2o3_amqp_types::primitives::{SimpleValue, Symbol, Value};
use provisor::Rejection;
use provisor_wire::amqp::{Condition, PropertyValue, RejectedOutcome};
use provisor_wire::error::{Door, Refusal};
use provisor_wire::{Guid, RetryAfter};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout, timeout_at};

use super::super::context::Context;
use super::super::slots::Slot;
use crate::ask::{Answer, Peer};
use crate::device::amqp::{Link, Login, Reply, ask};
use crate::limits;

use super::rewound::Rewound;

type Request = Delivery<Body<Value>>;

/// Serves what comes after the header of AMQP.
///
/// # Errors
/// Why it ended before its time.
pub(super) async fn serve<S>(
    context: &Context,
    slot: &Slot,
    peer: &Peer,
    login: &Login,
    stream: Rewound<S>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let acceptor = ConnectionAcceptor::builder()
        .container_id("provisor")
        .max_frame_size(limits::AMQP_FRAME_BYTES)
        .session_max(1)
        .idle_time_out(limits::AMQP_IDLE_MILLISECONDS)
        .build();
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    let opened = timeout(limits::AMQP_OPEN, acceptor.accept(stream)).await;
    let mut connection = opened.map_err(late)?.map_err(io::Error::other)?;
    let end = Instant::now() + limits::AMQP_CONNECTION;
    let served = timeout_at(end, sessions(context, slot, peer, login, &mut connection)).await;
    // Whoever has ended what it began closes now; a client that is left without a close waits for ever.
    let _ = timeout(limits::AMQP_CLOSE, connection.close()).await;
    served.unwrap_or(Ok(()))
}

async fn sessions(
    context: &Context,
    slot: &Slot,
    peer: &Peer,
    login: &Login,
    connection: &mut ListenerConnectionHandle,
) -> io::Result<()> {
    let acceptor = SessionAcceptor::builder().handle_max(1_u32).build();
    loop {
        let coming = tokio::select! {
            biased;
            () = context.stop.cancelled() => return Ok(()),
            coming = timeout(limits::AMQP_IDLE, connection.next_incoming_session()) => coming,
        };
        let Ok(Some(incoming)) = coming else {
            return Ok(());
        };
        let accepted = acceptor.accept_incoming_session(incoming, connection).await;
        let session = accepted.map_err(io::Error::other)?;
        Session {
            context,
            slot,
            peer,
            login,
            handle: session,
            requests: None,
            answers: None,
        }
        .serve()
        .await?;
    }
}

struct Session<'a> {
    context: &'a Context,
    slot: &'a Slot,
    peer: &'a Peer,
    login: &'a Login,
    handle: ListenerSessionHandle,
    requests: Option<(Receiver, Link)>,
    answers: Option<Sender>,
}

/// What a session waits for.
enum Next {
    Attach(Option<Box<Attach>>),
    Request(Box<Request>),
    RequestsEnded,
    AnswersEnded,
    Idle,
}

impl Session<'_> {
    async fn serve(mut self) -> io::Result<()> {
        let mut open = true;
        while open || self.requests.is_some() || self.answers.is_some() {
            match self.next(open).await {
                Next::Attach(Some(attach)) => self.attach(*attach).await?,
                Next::Attach(None) => open = false,
                Next::Request(request) => {
                    self.slot.works();
                    let answered = self.answer(&request).await;
                    self.slot.rests();
                    answered?;
                }
                Next::RequestsEnded => {
                    if let Some((receiver, _)) = self.requests.take() {
                        let _ = timeout(limits::AMQP_CLOSE, receiver.close()).await;
                    }
                }
                Next::AnswersEnded => {
                    if let Some(sender) = self.answers.take() {
                        let _ = timeout(limits::AMQP_CLOSE, sender.close()).await;
                    }
                }
                Next::Idle => break,
            }
        }
        let _ = timeout(limits::AMQP_CLOSE, self.handle.end()).await;
        Ok(())
    }

    async fn next(&mut self, open: bool) -> Next {
        let requests = async {
            match &mut self.requests {
                Some((receiver, _)) => match receiver.recv::<Body<Value>>().await {
                    Ok(request) => Next::Request(Box::new(request)),
                    Err(_) => Next::RequestsEnded,
                },
                None => std::future::pending().await,
            }
        };
        let answers = async {
            match &mut self.answers {
                Some(sender) => {
                    let _ = sender.on_detach().await;
                    Next::AnswersEnded
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            attach = self.handle.next_incoming_attach(), if open => Next::Attach(attach.map(Box::new)),
            request = requests => request,
            end = answers => end,
            () = self.context.stop.cancelled() => Next::Idle,
            () = tokio::time::sleep(limits::AMQP_IDLE) => Next::Idle,
        }
    }

    /// A link that cannot be is attached, and detached with the reason: so it comes to the developer.
    async fn attach(&mut self, attach: Attach) -> io::Result<()> {
        let link = self.link(&attach);
        let acceptor = LinkAcceptor::builder()
            .max_message_size(limits::AMQP_MESSAGE_BYTES)
            .build();
        let attached = acceptor
            .accept_incoming_attach(attach, &mut self.handle)
            .await;
        let endpoint = attached.map_err(io::Error::other)?;
        match (link, endpoint) {
            (Ok(link), LinkEndpoint::Receiver(receiver)) if self.requests.is_none() => {
                self.requests = Some((receiver, link));
            }
            (Ok(_), LinkEndpoint::Sender(sender)) if self.answers.is_none() => {
                self.answers = Some(sender);
            }
            (refused, endpoint) => {
                let error = match refused {
                    Err(cause) => {
                        let tracking = self.context.tracking();
                        self.context
                            .refused_at_the_door(self.peer, &cause, tracking);
                        error(&RejectedOutcome::from(&self.refusal(&cause, tracking)))
                    }
                    Ok(_) => definitions::Error::new(
                        AmqpError::NotAllowed,
                        "one link in each direction".to_owned(),
                        None,
                    ),
                };
                let closing = async {
                    match endpoint {
                        LinkEndpoint::Receiver(receiver) => receiver.close_with_error(error).await,
                        LinkEndpoint::Sender(sender) => sender.close_with_error(error).await,
                    }
                };
                let _ = timeout(limits::AMQP_CLOSE, closing).await;
            }
        }
        Ok(())
    }

    fn link(&self, attach: &Attach) -> Result<Link, Rejection> {
        let address = match attach.role {
            Role::Sender => match attach.target.as_deref() {
                Some(TargetArchetype::Target(target)) => target.address.as_ref(),
                None => None,
            },
            Role::Receiver => attach
                .source
                .as_deref()
                .and_then(|source| source.address.as_ref()),
        };
        let properties = attach.properties.iter().flat_map(Fields::iter);
        let properties: Vec<(&str, PropertyValue)> = properties
            .filter_map(|(name, value)| Some((name.as_str(), text(value)?)))
            .collect();
        Link::parse(address.map(String::as_str), &properties, self.login)
    }

    async fn answer(&mut self, request: &Request) -> io::Result<()> {
        let Some((receiver, link)) = &self.requests else {
            return Ok(());
        };
        let tracking = self.context.tracking();
        let message = request.message();
        let properties = message
            .application_properties
            .iter()
            .flat_map(|all| all.0.iter());
        let properties: Vec<(&str, PropertyValue)> = properties
            .filter_map(|(name, value)| Some((name.as_str(), plain(value)?)))
            .collect();
        let asked = ask(
            self.login,
            link,
            &properties,
            &bytes(&message.body),
            tracking,
        );
        let answer = match (&self.login.refused, asked) {
            (Some(cause), Ok(_)) => Answer::Refused(cause.clone()),
            (_, Ok(ask)) => self.context.ask(self.peer, ask).await,
            (_, Err(cause)) => {
                self.context
                    .refused_at_the_door(self.peer, &cause, tracking);
                Answer::Refused(Box::new(cause))
            }
        };
        match Reply::of(
            &answer,
            |cause| self.refusal(cause, tracking),
            |wait| self.throttled(tracking, wait),
        ) {
            Reply::Rejected(outcome) => {
                let rejected = receiver.reject(request, error(&outcome)).await;
                rejected.map_err(io::Error::other)
            }
            Reply::Message { body, properties } => {
                // Some clients look at the outcome before they read the answer.
                receiver.accept(request).await.map_err(io::Error::other)?;
                let correlation = message.properties.as_ref();
                let correlation = correlation.and_then(|all| all.correlation_id.clone());
                self.send(body, &properties, correlation).await
            }
        }
    }

    fn refusal(&self, cause: &Rejection, tracking: Guid) -> Refusal {
        let now = self.context.app.clock.now();
        self.context
            .show()
            .refusal(cause, Door::Device, tracking, now)
    }

    fn throttled(&self, tracking: Guid, wait: RetryAfter) -> Refusal {
        let now = self.context.app.clock.now();
        Refusal::throttled(&tracking.to_string(), now.into(), wait)
    }

    async fn send(
        &mut self,
        body: String,
        properties: &[(&'static str, PropertyValue)],
        correlation: Option<MessageId>,
    ) -> io::Result<()> {
        let Some(sender) = &mut self.answers else {
            return Ok(());
        };
        let mut all = ApplicationProperties::default();
        for (name, value) in properties {
            all.0.insert((*name).to_owned(), simple(value));
        }
        let about = Properties {
            correlation_id: correlation,
            content_type: Some(Symbol::from("application/json; charset=utf-8")),
            ..Properties::default()
        };
        let message = Message::builder()
            .properties(about)
            .application_properties(all)
            .data(body.into_bytes())
            .build();
        // The client's word that it has it changes nothing here, but that it takes none ends the connection.
        let sent = timeout(limits::AMQP_SEND, sender.send(message)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(cause)) => Err(io::Error::other(cause)),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

/// The bytes of a body in data sections; of every other body, none: what stands there says nothing.
fn bytes(body: &Body<Value>) -> Vec<u8> {
    match body {
        Body::Data(batch) => batch
            .iter()
            .flat_map(|Data(bytes)| bytes.iter().copied())
            .collect(),
        _ => Vec::new(),
    }
}

fn text(value: &Value) -> Option<PropertyValue> {
    match value {
        Value::String(text) => Some(PropertyValue::Text(text.clone())),
        Value::Symbol(text) => Some(PropertyValue::Text(text.as_str().to_owned())),
        _ => None,
    }
}

fn plain(value: &SimpleValue) -> Option<PropertyValue> {
    Some(match value {
        SimpleValue::Bool(value) => PropertyValue::Bool(*value),
        SimpleValue::String(text) => PropertyValue::Text(text.clone()),
        SimpleValue::Symbol(text) => PropertyValue::Text(text.as_str().to_owned()),
        SimpleValue::Int(number) => PropertyValue::Int((*number).into()),
        SimpleValue::Uint(number) => PropertyValue::Int((*number).into()),
        SimpleValue::Long(number) => PropertyValue::Int(*number),
        _ => return None,
    })
}

fn simple(value: &PropertyValue) -> SimpleValue {
    match value {
        PropertyValue::Bool(value) => SimpleValue::Bool(*value),
        PropertyValue::Int(number) => {
            i32::try_from(*number).map_or(SimpleValue::Long(*number), SimpleValue::Int)
        }
        PropertyValue::Text(text) => SimpleValue::String(text.clone()),
        _ => SimpleValue::Null,
    }
}

fn error(outcome: &RejectedOutcome) -> definitions::Error {
    let condition = match outcome.condition {
        Condition::UnauthorizedAccess => AmqpError::UnauthorizedAccess,
        Condition::NotFound => AmqpError::NotFound,
        Condition::NotAllowed => AmqpError::NotAllowed,
        Condition::PreconditionFailed => AmqpError::PreconditionFailed,
        Condition::ResourceLimitExceeded => AmqpError::ResourceLimitExceeded,
        _ => AmqpError::InternalError,
    };
    let mut info = Fields::default();
    for (name, value) in &outcome.info {
        info.insert(Symbol::from(*name), simple(value).into());
    }
    definitions::Error::new(
        ErrorCondition::from(condition),
        outcome.description.clone(),
        (!info.is_empty()).then_some(info),
    )
}
