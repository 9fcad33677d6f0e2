//! Look-ups: where a registration stands, for the device that has it.

use provisor::registration::Entry;
use provisor::{Code, Rejection, Subject};
use provisor_wire::device::{DeviceRegistration, DeviceRegistrationState};

use super::App;
use super::poll::state_of;
use super::question::Question;
use super::register::{Told, refused};
use crate::ask::{Answer, Ask, Peer};

impl App {
    pub(super) async fn look_up(
        &self,
        peer: &Peer,
        ask: &Ask,
        question: Question,
        body: &DeviceRegistration,
    ) -> Told {
        let (device, shown) = self
            .show(peer, ask, &question, Some(body))
            .await
            .map_err(refused)?;
        if let Some(assigned) = self.recall(&question, &shown, &device) {
            return Ok(Answer::State(DeviceRegistrationState::of_assigned(
                &assigned,
            )));
        }
        self.pass(&question, &shown, &device)?;
        let record = device.entry.as_deref().and_then(Entry::record);
        match record.filter(|record| self.stands(&device, record)) {
            Some(record) => Ok(Answer::State(state_of(record, &shown))),
            None => Err(refused(Box::new(
                Rejection::new(Code::ServiceNotFound, Subject::field("registrationId"))
                    .expected("a device that has registered")
                    .found("one that has not"),
            ))),
        }
    }
}
