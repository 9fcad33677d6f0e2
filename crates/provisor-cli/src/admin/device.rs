//! One device.

use provisor_wire::Body as _;
use provisor_wire::admin::{AdminClient, DeviceRemoval};

use super::command::DeviceCommand;
use super::session::{Session, Stop};
use super::show;
use crate::answer::{Answer, Verdict};

pub(super) async fn run(session: &Session, command: &DeviceCommand) -> Result<Answer, Stop> {
    let DeviceCommand::Remove { id } = command;
    let reply = session.ask(AdminClient.remove_device(id)).await?;
    let removed = DeviceRemoval::from_answer(&reply.body)
        .map_err(|why| Stop::unusable(format!("the answer: {why}")))?;
    let mut answer = show::thing(&reply)?;
    if removed.hub.as_deref() == Some("pending") {
        answer.verdict = Verdict::Rejected;
        answer.notes = "the device is kept out, and is still in its hub: repeat this\n".to_owned();
    }
    Ok(answer)
}
