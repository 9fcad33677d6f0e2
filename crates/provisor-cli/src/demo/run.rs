//! Every good device registers; what becomes of it, and how long each step takes, is kept.

use indicatif::{ProgressBar, ProgressStyle};
use provisor::Rejection;
use sha2::{Digest as _, Sha256};

use super::clock::{Clock, Timing};
use super::device;
use super::factory::{Factory, Make};
use super::refused::Refused;
use super::service::Service;

/// What became of the good devices.
pub(super) struct Outcome {
    pub(super) assigned: Vec<Assigned>,
    /// Devices that should have been provisioned and were not, by registration ID.
    pub(super) refused: Vec<(String, Rejection)>,
    pub(super) hubs: Vec<HubShare>,
    pub(super) timings: Vec<Timing>,
}

/// A device that has its hub.
pub(super) struct Assigned {
    pub(super) id: String,
    pub(super) make: Make,
    pub(super) hub: String,
}

/// A hub's part of the devices.
pub(super) struct HubShare {
    pub(super) name: String,
    pub(super) weight: u16,
    pub(super) devices: usize,
    /// 0 to 1, by weight.
    pub(super) expected: f64,
    /// 0 to 1, as it came out.
    pub(super) found: f64,
}

impl Outcome {
    /// How many devices of that make have a hub.
    pub(super) fn made(&self, make: Make) -> usize {
        self.assigned
            .iter()
            .filter(|device| device.make == make)
            .count()
    }

    /// SHA-256 over every decision, good and bad, in order, as hexadecimal text.
    pub(super) fn digest(&self, bad: &[Refused]) -> String {
        let mut hash = Sha256::new();
        for Assigned { id, make, hub } in &self.assigned {
            hash.update(format!("{id}\t{}\t{hub}\n", make.label()));
        }
        for (id, rejection) in &self.refused {
            hash.update(format!("{id}\t{rejection}\n"));
        }
        for case in bad {
            let text = case
                .rejection
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            hash.update(format!("{}\t{text}\n", case.case));
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Makes `devices` devices, enrolls and registers them one after the other.
pub(super) fn all_devices(factory: &Factory, devices: u32) -> Result<Outcome, Rejection> {
    let mut service = Service::new(factory)?;
    let mut clock = Clock::default();
    let (mut assigned, mut refused) = (Vec::new(), Vec::new());
    let progress = progress_bar(devices);
    for number in 0..devices {
        let device = clock.time("make the device: key, certificate, TPM", || {
            factory.device(number as usize)
        });
        let make = device.make;
        let id = clock.time("enroll it", || service.enroll(&device))?;
        match device::provision(factory, &mut service, &id, device, &mut clock) {
            Ok(hub) => assigned.push(Assigned {
                id: id.to_string(),
                make,
                hub,
            }),
            Err(rejection) => refused.push((id.to_string(), rejection)),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let hubs = shares(&service, &assigned);
    Ok(Outcome {
        assigned,
        refused,
        hubs,
        timings: clock.0,
    })
}

fn shares(service: &Service, assigned: &[Assigned]) -> Vec<HubShare> {
    let total: u32 = service.hubs().map(|(_, weight)| u32::from(weight)).sum();
    service
        .hubs()
        .map(|(name, weight)| {
            let devices = assigned.iter().filter(|device| device.hub == name).count();
            HubShare {
                devices,
                weight,
                expected: f64::from(weight) / f64::from(total.max(1)),
                found: devices as f64 / assigned.len().max(1) as f64,
                name,
            }
        })
        .collect()
}

/// On standard error, and only when that is a terminal.
fn progress_bar(devices: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} devices, {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(devices.into()).with_style(style)
}
