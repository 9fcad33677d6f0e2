//! The two keys of a TPM, and those that were shown lately.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use provisor::{RegistrationId, Rejection};
use provisor_wire::device::TpmAttestation;
use tokio::time::Instant;

use crate::limits;

/// The public areas of the two keys of a TPM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys(Arc<(Vec<u8>, Vec<u8>)>);

impl Keys {
    /// Reads them from a request.
    ///
    /// # Errors
    /// `WIRE_MEMBER_MISSING`, `WIRE_BASE64`.
    pub fn of(sent: &TpmAttestation) -> Result<Self, Rejection> {
        let keys = (
            sent.endorsement_key_bytes()?,
            sent.storage_root_key_bytes()?,
        );
        Ok(Self(Arc::new(keys)))
    }

    /// As the store keeps them: the length of the first one in front.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (ek, srk) = (self.endorsement_key(), self.storage_root_key());
        let length = u32::try_from(ek.len()).unwrap_or(u32::MAX).to_be_bytes();
        [&length, ek, srk].concat()
    }

    /// What was stored.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, keys) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (ek, srk) = keys.split_at_checked(length)?;
        Some(Self(Arc::new((ek.to_vec(), srk.to_vec()))))
    }

    /// The endorsement key.
    #[must_use]
    pub fn endorsement_key(&self) -> &[u8] {
        &self.0.0
    }

    /// The storage root key.
    #[must_use]
    pub fn storage_root_key(&self) -> &[u8] {
        &self.0.1
    }
}

/// Keys that devices showed when they were challenged: one official client does not send them with its
/// answer. They are public. Whoever knows a device's endorsement key can put another storage root key in
/// place of its own here, and the device then has to ask again: nothing else follows from it.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    known: HashMap<RegistrationId, (Instant, Keys)>,
    order: VecDeque<(Instant, RegistrationId)>,
}

impl Remembered {
    /// Remembers the keys of a device that is challenged.
    pub fn put(&self, id: &RegistrationId, keys: Keys) {
        let now = Instant::now();
        let mut table = self.table();
        while table.order.len() >= limits::TPM_KEYS
            && let Some((at, oldest)) = table.order.pop_front()
        {
            // One that came again stands further back, too.
            if table
                .known
                .get(&oldest)
                .is_some_and(|(known, _)| *known == at)
            {
                table.known.remove(&oldest);
            }
        }
        table.order.push_back((now, id.clone()));
        table.known.insert(id.clone(), (now, keys));
    }

    /// The keys of that device.
    pub fn get(&self, id: &RegistrationId) -> Option<Keys> {
        self.table().known.get(id).map(|(_, keys)| keys.clone())
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_their_bytes() {
        let keys = Keys(Arc::new((vec![1, 2, 3], vec![4, 5])));
        assert_eq!(Keys::from_bytes(&keys.to_bytes()), Some(keys));
        for bytes in [&[][..], &[0, 0, 0], &[0, 0, 0, 2, 1]] {
            assert_eq!(Keys::from_bytes(bytes), None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_go_and_what_came_again_stays() {
        let remembered = Remembered::default();
        let id =
            |number: usize| RegistrationId::try_from(format!("tpm-{number}").as_str()).unwrap();
        let keys = |number: usize| Keys(Arc::new((number.to_be_bytes().to_vec(), Vec::new())));
        let second = core::time::Duration::from_millis(1);
        for number in 0..limits::TPM_KEYS - 1 {
            remembered.put(&id(number), keys(number));
            tokio::time::advance(second).await;
        }
        remembered.put(&id(0), keys(7));
        tokio::time::advance(second).await;
        assert_eq!(remembered.get(&id(0)), Some(keys(7)));
        remembered.put(&id(limits::TPM_KEYS), keys(1));
        remembered.put(&id(limits::TPM_KEYS + 1), keys(1));
        assert_eq!(remembered.get(&id(0)), Some(keys(7)));
        assert_eq!(remembered.get(&id(1)), None);
        assert!(remembered.get(&id(2)).is_some());
        assert!(remembered.table().order.len() <= limits::TPM_KEYS);
    }
}
