//! `provisor admin`: manages a service over its REST APIs.
//!
//! What is read is printed as it came, JSON: a thing over several lines, a list with one line for each item.

mod arguments;
mod command;
mod connection;
mod device;
mod enrollment;
mod import;
mod manage;
mod registration;
mod report;
mod session;
mod show;

pub(crate) use arguments::Arguments;

use crate::answer::{Answer, Unusable};
use command::Command;
use session::{Session, Stop};

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Unusable::new(format!("no runtime: {e}")))?;
    runtime.block_on(async {
        let session = Session::open(&arguments.service)?;
        let done = carry_out(&session, &arguments.command).await;
        done.or_else(Stop::into_answer)
    })
}

async fn carry_out(session: &Session, command: &Command) -> Result<Answer, Stop> {
    match command {
        Command::Service(command) => manage::service(session, command).await,
        Command::Hub(command) => manage::hub(session, command).await,
        Command::Ca(command) => manage::ca(session, command).await,
        Command::Policy(command) => manage::policy(session, command).await,
        Command::Enrollment(command) => enrollment::individual(session, command).await,
        Command::Group(command) => enrollment::group(session, command).await,
        Command::Registration(command) => registration::run(session, command).await,
        Command::Device(command) => device::run(session, command).await,
        Command::Quotas => report::quotas(session).await,
        Command::Metering(days) => report::metering(session, days).await,
        Command::Audit(from) => report::audit(session, from).await,
        Command::Events(which) => report::events(session, which).await,
        Command::Import(from) => import::run(session, from).await,
    }
}
