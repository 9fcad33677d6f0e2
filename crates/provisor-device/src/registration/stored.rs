//! A registration as bytes: across a deep sleep, or a restart.

use super::jitter::Jitter;
use super::machine::{Phase, Registration, Trouble};
use super::pace::Pace;
use super::record::{Reader, Record, SUM, seal, unseal};
use super::settings::{Credential, Transport};
use super::step::RequestKind;
use crate::limits;
use crate::message::check;
use crate::reason::{Error, Reason};

/// Bytes of a stored registration: its names in full, whatever their length, and 86 bytes of numbers.
pub const STATE_BYTES: usize = (1 + limits::SCOPE_BYTES)
    + (1 + limits::REGISTRATION_ID_BYTES)
    + (1 + limits::HUB_BYTES)
    + (1 + limits::DEVICE_ID_BYTES)
    + (1 + limits::TRACKING_ID_BYTES)
    + NUMBERS
    + SUM;

/// Version, credential, transport, phase, its reason; the pace; jitter and clock; what is left of waits; counts; trouble.
const NUMBERS: usize = (4 + 2) + (8 * 4 + 2) + 16 + 12 + (4 + 2 + 2 + 1 + 1) + (2 + 2 + 4);

/// The first byte of a stored registration.
const VERSION: u8 = 0x21;

/// The phases by their numbers.
const PHASES: [Phase; 11] = [
    Phase::Later(RequestKind::Register),
    Phase::Later(RequestKind::Proof),
    Phase::Later(RequestKind::Operation),
    Phase::Sent(RequestKind::Register),
    Phase::Sent(RequestKind::Proof),
    Phase::Sent(RequestKind::Operation),
    Phase::Challenge,
    Phase::HubKey,
    Phase::ConfirmLater,
    Phase::Confirm,
    Phase::Done,
];

/// The number of [`Phase::Ended`], whose reason follows.
const ENDED: u8 = 11;

impl Registration {
    /// Writes it down, with what is left of each wait. It holds no secret.
    ///
    /// ```
    /// use provisor_device::registration::{Credential, Registration, STATE_BYTES, Settings, Transport};
    ///
    /// let settings = Settings::new("0ne0A1B2C3D", "line-7", Credential::Certificate, Transport::Http);
    /// let registration = Registration::begin(&settings, 0, 7)?;
    /// let mut bytes = [0; STATE_BYTES];
    /// registration.store(&mut bytes);
    /// assert_eq!(Registration::restore(&bytes)?, registration);
    /// # Ok::<(), provisor_device::Error>(())
    /// ```
    pub fn store(&self, out: &mut [u8; STATE_BYTES]) {
        let (phase, reason) = match self.phase {
            Phase::Ended(reason) => (ENDED, reason.number()),
            phase => {
                let place = PHASES.iter().position(|&known| known == phase);
                (
                    place
                        .and_then(|place| u8::try_from(place).ok())
                        .unwrap_or(ENDED),
                    0,
                )
            }
        };
        let pace = &self.pace;
        let mut record = Record::new(out);
        record
            .byte(VERSION)
            .byte(self.credential as u8)
            .byte(self.transport as u8)
            .byte(phase)
            .u16(reason);
        for wait in [
            pace.spread_ms,
            pace.answer_ms,
            pace.poll_ms,
            pace.retry_ms,
            pace.retry_cap_ms,
            pace.asked_cap_ms,
            pace.operation_ms,
            pace.total_ms,
        ] {
            record.u32(wait);
        }
        record
            .u16(pace.requests)
            .u64(self.jitter.state())
            .u64(self.seen_ms)
            .u32(self.total_left)
            .u32(self.operation_left)
            .u32(self.left)
            .u32(self.number)
            .u16(self.requests_left)
            .u16(self.failures)
            .byte(self.challenges)
            .byte(self.confirmations)
            .u16(self.trouble.reason.map_or(0, Reason::number))
            .u16(self.trouble.http_status)
            .u32(self.trouble.error_code)
            .name(&self.trouble.tracking)
            .name(&self.scope)
            .name(&self.id)
            .name(&self.first)
            .name(&self.second);
        seal(out);
    }

    /// Reads what was written down. The clock may have begun anew in the meantime: what was left of the waits is
    /// left then. A request that was under way still is; its answer, if it comes, is taken, and
    /// [`lost`](Self::lost) or the time ends the wait for it.
    ///
    /// # Errors
    /// [`Reason::StateMalformed`]: another version, a torn write, what no registration can be.
    pub fn restore(bytes: &[u8; STATE_BYTES]) -> Result<Self, Error> {
        let mut reader = Reader::new(unseal(bytes)?);
        reader.is(VERSION)?;
        let credential = match reader.byte()? {
            0 => Credential::Certificate,
            1 => Credential::Key,
            2 => Credential::Tpm,
            _ => return Err(reader.fault()),
        };
        let transport = match reader.byte()? {
            0 => Transport::Http,
            1 if credential != Credential::Tpm => Transport::Mqtt,
            _ => return Err(reader.fault()),
        };
        let phase = match (reader.byte()?, reader.u16()?) {
            (ENDED, number) => Reason::from_number(number).map(Phase::Ended),
            (phase, 0) => PHASES.get(usize::from(phase)).copied(),
            _ => None,
        };
        let phase = phase.ok_or_else(|| reader.fault())?;
        let pace = Pace {
            spread_ms: reader.u32()?,
            answer_ms: reader.u32()?,
            poll_ms: reader.u32()?,
            retry_ms: reader.u32()?,
            retry_cap_ms: reader.u32()?,
            asked_cap_ms: reader.u32()?,
            operation_ms: reader.u32()?,
            total_ms: reader.u32()?,
            requests: reader.u16()?,
        };
        pace.check().map_err(|_| reader.fault())?;
        let registration = Self {
            credential,
            transport,
            phase,
            pace,
            jitter: Jitter::resumed(reader.u64()?),
            seen_ms: reader.u64()?,
            total_left: reader.u32()?,
            operation_left: reader.u32()?,
            left: reader.u32()?,
            number: reader.u32()?,
            requests_left: reader.u16()?,
            failures: reader.u16()?,
            challenges: reader.byte()?,
            confirmations: reader.byte()?,
            trouble: Trouble {
                reason: match reader.u16()? {
                    0 => None,
                    number => Some(Reason::from_number(number).ok_or_else(|| reader.fault())?),
                },
                http_status: reader.u16()?,
                error_code: reader.u32()?,
                tracking: reader.name(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))?,
            },
            scope: reader.name(|scope| check::scope(scope).is_ok())?,
            id: reader.name(|id| check::registration_id(id).is_ok())?,
            first: reader.name(|name| is_first(phase, name))?,
            second: reader.name(|name| is_second(phase, name))?,
        };
        reader.end()?;
        if !registration.is_within_bounds() {
            return Err(reader.fault());
        }
        Ok(registration)
    }

    /// No wait is longer than the pace allows, and no count is beyond its end.
    fn is_within_bounds(&self) -> bool {
        let pace = &self.pace;
        let pause = 2 * pace.poll_ms.max(pace.retry_cap_ms).max(pace.asked_cap_ms);
        let longest = pause.max(pace.spread_ms).max(pace.answer_ms);
        self.total_left <= pace.total_ms.saturating_add(pace.spread_ms)
            && self.operation_left <= pace.operation_ms + pause
            && self.left <= longest
            && self.requests_left <= pace.requests
            && self.confirmations <= limits::CONFIRMATIONS
    }
}

/// What the first name is in a phase: an operation's ID, a hub's name, or nothing.
fn is_first(phase: Phase, name: &str) -> bool {
    match phase {
        Phase::HubKey | Phase::ConfirmLater | Phase::Confirm | Phase::Done => {
            check::hub(name).is_ok()
        }
        Phase::Later(RequestKind::Operation) | Phase::Sent(RequestKind::Operation) => {
            check::operation_id(name).is_ok()
        }
        // Left over from before.
        Phase::Ended(_) | Phase::Later(_) | Phase::Sent(_) | Phase::Challenge => true,
    }
}

/// What the second name is in a phase: the device's ID, or nothing.
fn is_second(phase: Phase, name: &str) -> bool {
    match phase {
        Phase::HubKey | Phase::ConfirmLater | Phase::Confirm | Phase::Done => {
            check::device_id(name).is_ok()
        }
        _ => name.is_empty() || check::device_id(name).is_ok(),
    }
}
