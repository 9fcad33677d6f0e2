//! Registrations.

use provisor_wire::device::DeviceRegistrationState;
use provisor_wire::service::{Collection, Page, PageRequest, ServiceClient};

use super::command::RegistrationCommand;
use super::session::{Session, Stop};
use super::show;
use crate::answer::Answer;

pub(super) async fn run(session: &Session, command: &RegistrationCommand) -> Result<Answer, Stop> {
    let client = ServiceClient::new();
    match command {
        RegistrationCommand::Get { id } => {
            let request = client.get(Collection::Registrations, id);
            show::thing(&session.ask(request).await?)
        }
        RegistrationCommand::Delete { id } => {
            let request = client.delete(Collection::Registrations, id, None);
            session.ask(request).await?;
            Ok(show::done(format_args!("deleted {id}")))
        }
        RegistrationCommand::List { group } => {
            let (mut page, mut out) = (PageRequest::default(), String::new());
            loop {
                let reply = session
                    .ask(client.query_registrations(group, &page))
                    .await?;
                let read = Page::<DeviceRegistrationState>::read(&reply.headers, &reply.body)
                    .map_err(|why| Stop::unusable(format!("the answer: {why}")))?;
                out.push_str(&show::lines(&read.items));
                match read.continuation {
                    Some(next) => page.continuation = Some(next),
                    None => return Ok(Answer::accepted(out)),
                }
            }
        }
    }
}
