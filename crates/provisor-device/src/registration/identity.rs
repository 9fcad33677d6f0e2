//! Who the device is at which hub: what is written down between two starts.

use super::name::Name;
use super::record::{Reader, Record, seal, unseal};
use crate::limits;
use crate::message::check;
use crate::reason::{Error, Reason};

/// Bytes of a stored identity.
pub const IDENTITY_BYTES: usize =
    1 + 1 + (1 + limits::HUB_BYTES) + (1 + limits::DEVICE_ID_BYTES) + 8;

/// The first byte of a stored identity.
const VERSION: u8 = 0x41;

/// A hub, and the device's name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Assignment<'a> {
    /// The hub's host name.
    pub hub: &'a str,
    /// The device's ID.
    pub device_id: &'a str,
}

/// Where the key is that the hub knows. Only a TPM has more than one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// In use.
    InUse,
    /// In the TPM beside the one that was in use before, which is to be given up now.
    Beside,
    /// Nowhere: a challenge took its place. The hub is still the device's, but it has to register to get there.
    Lost,
}

/// Where the device belongs, confirmed by that hub. It is kept through every registration until one is
/// [committed](super::Registration::commit).
///
/// ```
/// use provisor_device::registration::{IDENTITY_BYTES, Identity, KeyState};
///
/// let mut identity = Identity::of("hub-1.example.net", "line-7")?;
/// identity.lose_key();                       // before a challenge is activated in the only place there is
/// let mut bytes = [0; IDENTITY_BYTES];
/// identity.store(&mut bytes);
/// let read = Identity::restore(&bytes)?;
/// assert_eq!((read.hub(), read.key()), (Some("hub-1.example.net"), KeyState::Lost));
/// # Ok::<(), provisor_device::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    hub: Name<{ limits::HUB_BYTES }>,
    device: Name<{ limits::DEVICE_ID_BYTES }>,
    key: KeyState,
}

impl Identity {
    /// Of a device that was never registered.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            hub: Name::NONE,
            device: Name::NONE,
            key: KeyState::InUse,
        }
    }

    /// Of a device whose hub is known from elsewhere.
    ///
    /// # Errors
    /// [`Reason::ArgumentLength`], [`Reason::ArgumentCharacter`].
    pub fn of(hub: &str, device_id: &str) -> Result<Self, Error> {
        check::hub(hub)?;
        check::device_id(device_id)?;
        Ok(Self {
            hub: Name::new(hub)?,
            device: Name::new(device_id)?,
            key: KeyState::InUse,
        })
    }

    /// The hub, if there is one.
    #[must_use]
    pub fn hub(&self) -> Option<&str> {
        (!self.hub.is_none()).then(|| self.hub.as_str())
    }

    /// The device's ID there.
    #[must_use]
    pub fn device_id(&self) -> Option<&str> {
        (!self.hub.is_none()).then(|| self.device.as_str())
    }

    /// Where its key is.
    #[must_use]
    pub const fn key(&self) -> KeyState {
        self.key
    }

    /// The key is about to be replaced by that of a challenge. To be written down before the TPM is told, so that a
    /// restart in between knows that it has to register.
    pub const fn lose_key(&mut self) {
        self.key = KeyState::Lost;
    }

    /// The key that stood beside the old one is in use, and the old one is given up.
    pub fn key_confirmed(&mut self) {
        if self.key == KeyState::Beside {
            self.key = KeyState::InUse;
        }
    }

    /// Writes it down.
    pub fn store(&self, out: &mut [u8; IDENTITY_BYTES]) {
        let mut record = Record::new(out);
        record.byte(VERSION).byte(self.key as u8);
        record.name(&self.hub).name(&self.device);
        seal(out);
    }

    /// Reads what was written down.
    ///
    /// # Errors
    /// [`Reason::StateMalformed`]: another version, a torn write, names that are none.
    pub fn restore(bytes: &[u8; IDENTITY_BYTES]) -> Result<Self, Error> {
        let mut reader = Reader::new(unseal(bytes)?);
        reader.is(VERSION)?;
        let key = match reader.byte()? {
            0 => KeyState::InUse,
            1 => KeyState::Beside,
            2 => KeyState::Lost,
            _ => return Err(reader.fault()),
        };
        let hub = reader.name(|hub| hub.is_empty() || check::hub(hub).is_ok())?;
        let device = reader.name(|id| id.is_empty() || check::device_id(id).is_ok())?;
        if hub.is_none() != device.is_none() {
            return Err(Reason::StateMalformed.into());
        }
        reader.end()?;
        Ok(Self { hub, device, key })
    }

    /// What a registration found and a hub confirmed.
    pub(super) fn replace(&mut self, by: Assignment<'_>, key: KeyState) -> Result<(), Error> {
        *self = Self {
            key,
            ..Self::of(by.hub, by.device_id)?
        };
        Ok(())
    }
}

impl core::fmt::Debug for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Identity")
            .field("hub", &self.hub())
            .field("device_id", &self.device_id())
            .field("key", &self.key)
            .finish()
    }
}
