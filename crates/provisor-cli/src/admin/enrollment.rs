//! Individual enrollments and groups: the same commands.

use std::path::Path;

use provisor_wire::http::Request;
use provisor_wire::service::{
    Collection, EnrollmentGroup, IndividualEnrollment, Item, Page, PageRequest, ServiceClient,
};

use super::command::EnrollmentCommand;
use super::session::{Session, Stop};
use super::show;
use crate::answer::{Answer, Unusable, Verdict};
use crate::input;

/// What is put.
trait Put: Item + Listed + Clone {
    /// Its ID, for messages.
    fn name(&self) -> String;

    fn without_etag(self) -> Self;

    fn request(&self) -> Request;
}

pub(super) async fn individual(
    session: &Session,
    command: &EnrollmentCommand,
) -> Result<Answer, Stop> {
    run::<IndividualEnrollment>(session, command).await
}

pub(super) async fn group(session: &Session, command: &EnrollmentCommand) -> Result<Answer, Stop> {
    run::<EnrollmentGroup>(session, command).await
}

async fn run<T: Put>(session: &Session, command: &EnrollmentCommand) -> Result<Answer, Stop> {
    let client = ServiceClient::new();
    match command {
        EnrollmentCommand::List { query } => {
            let text = query.as_deref().unwrap_or("SELECT * FROM enrollments");
            let (mut out, mut pages) = (String::new(), Pages::default());
            while let Some(items) = pages.next::<T>(session, text).await? {
                out.push_str(&show::lines(&items));
            }
            Ok(Answer::accepted(out))
        }
        EnrollmentCommand::Get { id } => show::thing(&session.ask(client.get(T::LIST, id)).await?),
        EnrollmentCommand::Keys { id } => {
            let request = client.attestation_mechanism(T::LIST, id);
            show::thing(&session.ask(request).await?)
        }
        EnrollmentCommand::Put { file, force } => put(session, &items::<T>(file)?, *force).await,
        EnrollmentCommand::Delete { id } => {
            session.ask(client.delete(T::LIST, id, None)).await?;
            Ok(show::done(format_args!("deleted {id}")))
        }
    }
}

/// One page after the other.
#[derive(Debug, Default)]
pub(super) struct Pages {
    page: PageRequest,
    ended: bool,
}

impl Pages {
    /// The next page, until there is none.
    pub(super) async fn next<T: Item + Listed>(
        &mut self,
        session: &Session,
        query: &str,
    ) -> Result<Option<Vec<T>>, Stop> {
        if self.ended {
            return Ok(None);
        }
        self.page.max_item_count = Some(PAGE);
        let request = ServiceClient::new().query(T::LIST, query, &self.page);
        let reply = session.ask(request).await?;
        let read = Page::<T>::read(&reply.headers, &reply.body)
            .map_err(|why| Stop::unusable(format!("the answer: {why}")))?;
        self.ended = read.continuation.is_none();
        self.page.continuation = read.continuation;
        Ok(Some(read.items))
    }
}

/// What can be listed without a group.
pub(super) trait Listed {
    /// Where.
    const LIST: Collection;
}

impl Listed for IndividualEnrollment {
    const LIST: Collection = Collection::Enrollments;
}

impl Listed for EnrollmentGroup {
    const LIST: Collection = Collection::EnrollmentGroups;
}

const PAGE: u32 = 100;

/// One after the other; the first that is refused does not stop the others.
async fn put<T: Put>(session: &Session, items: &[T], force: bool) -> Result<Answer, Stop> {
    let (mut text, mut refused) = (String::new(), 0);
    for item in items {
        let item = match force {
            true => item.clone().without_etag(),
            false => item.clone(),
        };
        let name = item.name();
        match session.ask(item.request()).await {
            Ok(reply) if items.len() == 1 => return show::thing(&reply),
            Ok(_) => text.push_str(&format!("put      {name}\n")),
            Err(Stop::Unusable(why)) => return Err(Stop::Unusable(why)),
            Err(stop) if items.len() == 1 => return Err(stop),
            Err(stop) => {
                refused += 1;
                text.push_str(&format!("REFUSED  {name}: {}\n", stop.words()));
            }
        }
    }
    let verdict = match refused {
        0 => Verdict::Accepted,
        _ => Verdict::Rejected,
    };
    Ok(Answer::new(text, verdict))
}

/// What a file has: one, or an array.
fn items<T: Put>(file: &Path) -> Result<Vec<T>, Unusable> {
    let text = input::text(file)?;
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|e| Unusable::file(file, e))?;
    let values = match value {
        serde_json::Value::Array(items) => items,
        one => vec![one],
    };
    values
        .iter()
        .map(|one| T::from_request(one.to_string().as_bytes()).map_err(|e| Unusable::file(file, e)))
        .collect()
}

impl Put for IndividualEnrollment {
    fn name(&self) -> String {
        self.registration_id.clone().unwrap_or_default()
    }

    fn without_etag(mut self) -> Self {
        self.etag = None;
        self
    }

    fn request(&self) -> Request {
        ServiceClient::new().put_enrollment(self)
    }
}

impl Put for EnrollmentGroup {
    fn name(&self) -> String {
        self.enrollment_group_id.clone().unwrap_or_default()
    }

    fn without_etag(mut self) -> Self {
        self.etag = None;
        self
    }

    fn request(&self) -> Request {
        ServiceClient::new().put_group(self)
    }
}
