//! Devices, a service that can do so much a second, and a clock made of events.

use std::cmp::Reverse;

use provisor_device::registration::{
    Credential, Registration, RequestKind, Settings, Step, Transport,
};

/// Everything is over by then.
const LAST_MS: u64 = 3_600_000;

/// Devices get their power, and start, within so much.
const BOOT_MS: u64 = 1_000;

/// What the service asks to wait for between questions, in seconds, as the real one does.
const POLL_AFTER: &str = "3";

/// What it asks for when it has too much to do.
const BUSY_AFTER: &str = "5";

const WORKING: &str = r#"{"operationId":"5.316aac5bdc130deb.b1e02da8","status":"assigning"}"#;
const ASSIGNED: &str = r#"{"operationId":"5.316aac5bdc130deb.b1e02da8","status":"assigned",
    "registrationState":{"assignedHub":"hub-1.example.net","deviceId":"line-7","status":"assigned"}}"#;

/// An outage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) devices: u32,
    /// Until then nobody takes a connection.
    pub(super) service_up_ms: u64,
    /// Requests a second that are served; the others are told to wait (429).
    pub(super) capacity: u32,
    pub(super) seed: u64,
}

/// Whose waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// The machine of `provisor-device`, in its default pace.
    Machine,
    /// As several clients in the field: at once, again after two seconds or what the service asks for, for ever.
    FixedWait,
}

/// What the service saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Requests in each second, refused ones and attempts to connect included.
    pub(super) seconds: Vec<u32>,
    /// When each device had its hub, in milliseconds, in order.
    done: Vec<u64>,
}

impl Run {
    /// The worst second from one on, and how many requests it saw.
    pub(super) fn peak(&self, from: u64) -> (usize, u32) {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let seconds = self.seconds.iter().copied().enumerate().skip(from);
        seconds
            .max_by_key(|&(second, count)| (count, Reverse(second)))
            .unwrap_or((0, 0))
    }

    pub(super) fn requests(&self) -> u64 {
        self.seconds.iter().map(|&count| u64::from(count)).sum()
    }

    /// The second in which so many percent of the devices had their hub.
    pub(super) fn done_after(&self, percent: usize) -> u64 {
        let place = (self.done.len() * percent / 100).saturating_sub(1);
        self.done
            .get(place)
            .map_or(LAST_MS / 1000, |ms| ms.div_ceil(1000))
    }
}

/// The service, as far as it is seen from the network.
struct Service {
    scenario: Scenario,
    seconds: Vec<u32>,
    served: Vec<u32>,
}

impl Service {
    /// Nothing, or a status with what it asks to wait.
    fn ask(&mut self, now_ms: u64) -> Option<(u16, &'static str)> {
        let second = usize::try_from(now_ms / 1000).unwrap_or(usize::MAX);
        *self.seconds.get_mut(second)? += 1;
        if now_ms < self.scenario.service_up_ms {
            return None;
        }
        let served = self.served.get_mut(second)?;
        if *served == self.scenario.capacity {
            return Some((429, BUSY_AFTER));
        }
        *served += 1;
        Some((202, POLL_AFTER))
    }
}

/// Who does something in which millisecond of the next seventeen minutes; no wait is longer.
struct Calendar {
    slots: Vec<Vec<u32>>,
    now: u64,
}

impl Calendar {
    fn new() -> Self {
        Self {
            slots: vec![Vec::new(); 1 << 20],
            now: 0,
        }
    }

    fn slot(&mut self, at: u64) -> Result<&mut Vec<u32>, String> {
        let slot = at % self.slots.len() as u64;
        let slot = usize::try_from(slot)
            .ok()
            .and_then(|slot| self.slots.get_mut(slot));
        slot.ok_or_else(|| "a slot is missing".into())
    }

    fn add(&mut self, wait: u64, number: u32) -> Result<(), String> {
        if wait >= self.slots.len() as u64 {
            return Err(format!("device {number} waits {wait} ms"));
        }
        self.slot(self.now + wait)?.push(number);
        Ok(())
    }
}

/// One device.
enum Device {
    Machine(Box<Registration>),
    FixedWait { asks: bool },
}

impl Scenario {
    /// From the power on to the last device's hub.
    pub(super) fn run(self, client: Client) -> Result<Run, String> {
        let seconds = vec![0; usize::try_from(LAST_MS / 1000).unwrap_or(0)];
        let mut service = Service {
            scenario: self,
            served: seconds.clone(),
            seconds,
        };
        let mut devices = Vec::new();
        let mut calendar = Calendar::new();
        for number in 0..self.devices {
            let seed = self.seed << 32 | u64::from(number);
            let boot = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % BOOT_MS;
            devices.push(match client {
                Client::Machine => machine(number, boot, seed)?,
                Client::FixedWait => Device::FixedWait { asks: false },
            });
            calendar.add(boot, number)?;
        }
        let mut done = Vec::new();
        while done.len() < devices.len() {
            let now = calendar.now;
            if now == LAST_MS {
                return Err("there are devices without a hub after an hour".into());
            }
            for number in std::mem::take(calendar.slot(now)?) {
                let device = usize::try_from(number)
                    .ok()
                    .and_then(|number| devices.get_mut(number));
                match device
                    .ok_or("a device is missing")?
                    .turn(now, &mut service)?
                {
                    Some(wait) => calendar.add(wait, number)?,
                    None => done.push(now),
                }
            }
            calendar.now += 1;
        }
        let last = service
            .seconds
            .iter()
            .rposition(|&count| count > 0)
            .unwrap_or(0);
        service.seconds.truncate(last + 1);
        Ok(Run {
            seconds: service.seconds,
            done,
        })
    }
}

fn machine(number: u32, boot: u64, seed: u64) -> Result<Device, String> {
    let id = format!("line-7-{number:06}");
    let settings = Settings::new("0ne0A1B2C3D", &id, Credential::Certificate, Transport::Http);
    let registration = Registration::begin(&settings, boot, seed).map_err(|e| e.to_string())?;
    Ok(Device::Machine(Box::new(registration)))
}

impl Device {
    /// What it does now, and how long it waits then; nothing when it has its hub.
    fn turn(&mut self, now: u64, service: &mut Service) -> Result<Option<u64>, String> {
        match self {
            Self::Machine(registration) => turn(registration, now, service),
            Self::FixedWait { asks } => Ok(match service.ask(now) {
                None => Some(2_000),
                Some((202, _)) if *asks => None,
                Some((status, wait)) => {
                    *asks |= status == 202;
                    wait.parse().ok().map(|seconds: u64| seconds * 1000)
                }
            }),
        }
    }
}

fn turn(
    registration: &mut Registration,
    now: u64,
    service: &mut Service,
) -> Result<Option<u64>, String> {
    loop {
        let told = match registration.step(now) {
            Step::Wait(ms) => return Ok(Some(u64::from(ms))),
            Step::Done => return Ok(None),
            Step::Confirm => registration.confirmed(now),
            Step::Send(request) => match service.ask(now) {
                None => registration.lost(request, now),
                Some((status, wait)) => {
                    let body = match (status, request.kind()) {
                        (202, RequestKind::Operation) => ASSIGNED,
                        (202, _) => WORKING,
                        _ => "",
                    };
                    registration.http_response(
                        request,
                        status,
                        Some(wait.as_bytes()),
                        body.as_bytes(),
                        now,
                    )
                }
            },
            step @ (Step::Activate | Step::Ended) => {
                return Err(format!("{step:?}: {:?}", registration.end()));
            }
        };
        told.map_err(|e| e.to_string())?;
    }
}
