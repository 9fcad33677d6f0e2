//! A device that does what official clients do: it registers, polls, comes again when the service fails, and
//! begins anew when its connection breaks.

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use provisor::sas::SasKey;
use provisor_server::ask::{Answer, What};
use provisor_testkit::soft_tpm::SoftTpm;
use provisor_wire::device::{DeviceRegistrationState, RegistrationStatus};
use tokio::time::{sleep, timeout};

use super::check;
use super::dice::Dice;
use super::trace::trace;
use super::world::World;
use crate::kit::devices::{Device, known, operation};
use crate::kit::service::{PRESS_KEY, keys, tpm};

/// What a device proves itself by.
pub(super) enum Kind {
    Certificate,
    Key(SasKey),
    Tpm(Box<SoftTpm>),
}

pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    dice: Dice,
    world: Arc<World>,
}

/// What came of a request.
#[derive(Debug)]
enum Told {
    Answer(Box<Answer>),
    /// Nothing: the process stopped, or did not answer in time.
    Nothing,
}

pub(super) const NAMES: [&str; 3] = ["line-7-0001", "press-1", "pump-1"];

impl Client {
    pub(super) fn all(world: &Arc<World>, dice: &mut Dice) -> Vec<Self> {
        let press = keys(PRESS_KEY).primary().clone();
        let kinds = [
            Kind::Certificate,
            Kind::Key(press),
            Kind::Tpm(Box::new(tpm())),
        ];
        let named = NAMES.into_iter().zip(kinds);
        named
            .map(|(name, kind)| Self {
                name,
                kind,
                dice: dice.split(),
                world: world.clone(),
            })
            .collect()
    }

    fn device(&self) -> Device {
        let until = self.world.clock.now().saturating_add(3600);
        match &self.kind {
            Kind::Certificate => self.world.certified.clone(),
            Kind::Key(key) => Device::keyed(self.name, key, until),
            Kind::Tpm(tpm) => Device::with_tpm(self.name, tpm),
        }
    }

    async fn ask(&mut self, device: &Device, what: What) -> Told {
        let asked = match &what {
            What::Register { .. } => "register",
            What::Poll(_) => "poll",
            What::LookUp(_) => "look up",
        };
        let told = self.answer(device, what).await;
        trace(|| {
            let answer: String = format!("{told:?}").chars().take(200).collect();
            format!(
                "{} {}: {asked}: {answer}",
                self.world.clock.now(),
                self.name
            )
        });
        told
    }

    async fn answer(&mut self, device: &Device, what: What) -> Told {
        let process = self.dice.below(2);
        let process = &self.world.processes[usize::try_from(process).unwrap()];
        let Some((app, line)) = process.get() else {
            return Told::Nothing;
        };
        let dies = line.died.notified();
        tokio::pin!(dies);
        dies.as_mut().enable();
        if line.is_dead() {
            return Told::Nothing;
        }
        let answer = timeout(Duration::from_secs(30), device.ask(&app, what));
        tokio::select! {
            biased;
            answer = answer => answer.map_or(Told::Nothing, |answer| Told::Answer(Box::new(answer))),
            () = dies => Told::Nothing,
        }
    }

    /// Provisions, until it is told that it has a hub.
    pub(super) async fn provision(&mut self) -> Result<DeviceRegistrationState, String> {
        for _ in 0..200 {
            if let Some(state) = self.attempt().await? {
                self.world.tally.assigned.fetch_add(1, Ordering::Relaxed);
                check::told(&self.world, self, &state)?;
                return Ok(state);
            }
        }
        Err(format!("{} is told nothing, whatever it does", self.name))
    }

    /// One registration from its beginning: `None`, and the client begins anew.
    async fn attempt(&mut self) -> Result<Option<DeviceRegistrationState>, String> {
        let mut device = self.device();
        let body = device.body.clone();
        let register = What::Register { body, force: false };
        self.world.tally.requests.fetch_add(1, Ordering::Relaxed);
        let mut told = self.ask(&device, register.clone()).await;
        if let (Told::Answer(answer), Kind::Tpm(tpm)) = (&told, &mut self.kind)
            && matches!(**answer, Answer::Challenge(_))
        {
            let until = self.world.clock.now().saturating_add(3600);
            device = device.answering(tpm, answer, until);
            told = self.ask(&device, register).await;
        }
        loop {
            let answer = match told {
                Told::Answer(answer) => *answer,
                Told::Nothing => {
                    sleep(Duration::from_secs(2)).await;
                    return Ok(None);
                }
            };
            let status = match &answer {
                Answer::Operation(_) => operation(&answer),
                Answer::Refused(cause) if cause.code().class().is_own_fault() => {
                    sleep(Duration::from_secs(30)).await;
                    return Ok(None);
                }
                // Its record was deleted since it was challenged: it asks again.
                Answer::Challenge(_) | Answer::Refused(_) if self.may_have_lost_its_answer() => {
                    self.world.tally.used.fetch_add(1, Ordering::Relaxed);
                    return Ok(None);
                }
                other => return Err(format!("{} is refused: {other:?}", self.name)),
            };
            match known(status) {
                RegistrationStatus::Assigned => return Ok(status.registration_state.clone()),
                RegistrationStatus::Assigning => {}
                RegistrationStatus::Failed if self.may_have_lost_its_answer() => {
                    self.world.tally.used.fetch_add(1, Ordering::Relaxed);
                    return Ok(None);
                }
                other => return Err(format!("{} is told {other:?}: {answer:?}", self.name)),
            }
            let operation = status.operation_id.clone().unwrap();
            sleep(Duration::from_secs(3)).await;
            if self.dice.happens(30) {
                // It is switched off, and on again.
                sleep(Duration::from_millis(self.dice.below(150_000))).await;
                return Ok(None);
            }
            // One that lost its connection polls on a new one.
            told = loop {
                match self.ask(&device, What::Poll(operation.clone())).await {
                    Told::Nothing if self.dice.happens(700) => {
                        sleep(Duration::from_secs(2)).await;
                    }
                    told => break told,
                }
            };
        }
    }

    /// What a TPM answered is for the registrations that it had: a deletion counts, too.
    fn may_have_lost_its_answer(&self) -> bool {
        matches!(self.kind, Kind::Tpm(_)) && self.world.tally.deletions(self.name) > 0
    }

    /// Lives for a while: registers now and then.
    pub(super) async fn live(mut self) -> Result<Self, String> {
        for _ in 0..=self.dice.below(3) {
            let wait = Duration::from_millis(self.dice.below(60_000));
            sleep(wait).await;
            self.provision().await?;
        }
        Ok(self)
    }
}
