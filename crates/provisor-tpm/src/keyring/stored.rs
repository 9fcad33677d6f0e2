//! A ring as bytes, for whatever hands it to the replicas.

use provisor_report::{Code, Rejection, UnixTime};

use super::epoch::{Epoch, EpochTimes};
use super::refusal::refuse;
use super::ring::Keyring;
use crate::marshal::{Reader, Writer};
use crate::{SecretBytes, limits};

/// First byte of a stored ring; another layout gets another number.
const VERSION: u8 = 1;

/// Version, count, and for each epoch number, three times and a sized secret.
const LONGEST: usize = 2 + limits::EPOCHS * (4 + 3 * 8 + 2 + *limits::EPOCH_SECRET.end());

impl Keyring {
    /// The ring as bytes. **They are secret**: whoever reads them can answer for every TPM of the
    /// service, and knows the hub keys that its epochs gave out. They are erased when dropped.
    ///
    /// # Errors
    ///
    /// None in practice; the signature allows for [`Code::TpmTooLong`].
    pub fn to_stored(&self) -> Result<SecretBytes, Rejection> {
        // The whole size at once: a vector that grows leaves its old memory behind.
        let mut writer = Writer::with_capacity(LONGEST);
        let count = u8::try_from(self.epochs.len()).map_err(|_| refuse(Code::TpmTooLong))?;
        writer.u8(VERSION).u8(count);
        for epoch in &self.epochs {
            let times = epoch.times();
            writer.u32(epoch.number());
            for time in [times.begins, times.issues_until, times.accepts_until] {
                writer.bytes(&time.seconds().to_be_bytes());
            }
            writer.sized(epoch.secret.expose())?;
        }
        Ok(SecretBytes::new(writer.finish()))
    }

    /// Restores what [`to_stored`](Self::to_stored) gave, through the same checks as
    /// [`Keyring::new`] and [`Epoch::new`].
    ///
    /// # Errors
    ///
    /// [`Code::TpmKeyringStored`] when the bytes have another form; else the codes of those two.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, Rejection> {
        let mut reader = Reader::new("keyring", bytes);
        let stored = |_| refuse(Code::TpmKeyringStored);
        let version = reader.u8().map_err(stored)?;
        let count = usize::from(reader.u8().map_err(stored)?);
        if version != VERSION || count > limits::EPOCHS {
            return Err(refuse(Code::TpmKeyringStored));
        }
        let mut ring = Self {
            epochs: alloc::vec::Vec::with_capacity(count),
        };
        for _ in 0..count {
            let number = reader.u32().map_err(stored)?;
            let mut time = || {
                reader
                    .array()
                    .map(|at| UnixTime::new(i64::from_be_bytes(at)))
            };
            let times = EpochTimes {
                begins: time().map_err(stored)?,
                issues_until: time().map_err(stored)?,
                accepts_until: time().map_err(stored)?,
            };
            let secret = reader.sized().map_err(stored)?;
            ring.insert(Epoch::new(number, secret, times)?)?;
        }
        reader.end().map_err(stored)?;
        if ring.epochs.is_empty() {
            return Err(refuse(Code::TpmKeyringSize).found("no epoch"));
        }
        Ok(ring)
    }
}
