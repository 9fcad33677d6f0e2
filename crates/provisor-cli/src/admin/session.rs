//! The service that is spoken to.

use core::time::Duration;

use provisor::system::SystemClock;
use provisor_server::outgoing::{Outgoing, Reply, Roots, Send};
use provisor_wire::error::ErrorDetails;
use provisor_wire::http::Request;
use provisor_wire::{Body as _, RetryAfter, limits};

use super::arguments::ServiceArguments;
use super::connection::{Connection, text};
use crate::answer::{Answer, Unusable, Verdict};
use crate::input;

/// A service, and who asks it.
pub(super) struct Session {
    connection: Connection,
    outgoing: Outgoing,
}

/// Why a command ends.
#[derive(Debug)]
pub(super) enum Stop {
    /// The service cannot be asked, or a file cannot be read.
    Unusable(Unusable),
    /// It refuses.
    Refused {
        status: u16,
        message: String,
        tracking: Option<String>,
    },
}

/// The longest answer is a page of a thousand enrollments; a removal waits for a hub.
const WITHIN: Duration = Duration::from_secs(60);

/// A token is for one request.
const TOKEN_SECONDS: i64 = 600;

/// How often a request is sent that was throttled, and how long is waited at most between.
const TRIES: usize = 5;
const LONGEST_WAIT: u32 = 30;

impl Session {
    /// The service that the options name.
    pub(super) fn open(arguments: &ServiceArguments) -> Result<Self, Unusable> {
        let text = text(
            arguments.connection.as_ref(),
            arguments.connection_file.as_deref(),
            Some("PROVISOR_CONNECTION"),
        )?;
        let roots = match &arguments.ca {
            Some(file) => Roots::Pem(input::bytes(file)?),
            None => Roots::System,
        };
        Self::with(&text, &roots)
    }

    /// That service.
    pub(super) fn with(connection: &str, roots: &Roots) -> Result<Self, Unusable> {
        Ok(Self {
            connection: Connection::parse(connection)?,
            outgoing: Outgoing::new(roots).map_err(|e| Unusable::new(e.to_string()))?,
        })
    }

    /// Where it is, for messages.
    pub(super) fn host(&self) -> &str {
        &self.connection.host
    }

    /// Asks, and answers what is no refusal. What is throttled is sent again.
    pub(super) async fn ask(&self, request: Request) -> Result<Reply, Stop> {
        for _ in 1..TRIES {
            let reply = self.send(&request).await?;
            let wait = reply.header("retry-after").and_then(RetryAfter::parse);
            let Some(wait) = wait.filter(|_| reply.status == 429) else {
                return judge(reply);
            };
            let seconds = wait.seconds().min(LONGEST_WAIT);
            tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
        }
        judge(self.send(&request).await?)
    }

    async fn send(&self, request: &Request) -> Result<Reply, Stop> {
        let connection = &self.connection;
        let until = SystemClock::now().saturating_add(TOKEN_SECONDS);
        let token = connection
            .key
            .sign_for_service(&connection.host, &connection.policy, until);
        let mut headers = vec![
            ("authorization", token.as_str()),
            ("accept", "application/json"),
        ];
        headers.extend(
            request
                .headers
                .iter()
                .map(|(name, value)| (*name, &**value)),
        );
        let send = Send {
            to: &connection.to,
            method: request.method,
            target: &request.target,
            headers: &headers,
            body: request.body.as_bytes(),
            within: WITHIN,
            most: limits::ANSWER_BYTES,
        };
        let reply = self.outgoing.send(send).await;
        reply.map_err(|failed| Stop::Unusable(Unusable::new(failed.to_string())))
    }
}

fn judge(reply: Reply) -> Result<Reply, Stop> {
    if (200..300).contains(&reply.status) {
        return Ok(reply);
    }
    let details = ErrorDetails::from_answer(&reply.body).unwrap_or_default();
    Err(Stop::Refused {
        status: reply.status,
        message: details
            .message
            .unwrap_or_else(|| String::from_utf8_lossy(&reply.body).into_owned()),
        tracking: details.tracking_id,
    })
}

impl Stop {
    /// That a file or an answer cannot be read.
    pub(super) fn unusable(why: impl Into<String>) -> Self {
        Self::Unusable(Unusable::new(why))
    }

    /// In one line.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Unusable(why) => format!("{why}"),
            Self::Refused {
                status, message, ..
            } => format!("{status}: {message}"),
        }
    }

    /// A refusal is an answer.
    pub(super) fn into_answer(self) -> Result<Answer, Unusable> {
        match self {
            Self::Unusable(why) => Err(why),
            Self::Refused {
                status,
                message,
                tracking,
            } => {
                let mut text = format!("REFUSED  {status}: {message}\n");
                if let Some(tracking) = tracking {
                    text.push_str(&format!("  tracking ID: {tracking}\n"));
                }
                Ok(Answer::new(text, Verdict::Rejected))
            }
        }
    }
}

impl From<Unusable> for Stop {
    fn from(why: Unusable) -> Self {
        Self::Unusable(why)
    }
}
