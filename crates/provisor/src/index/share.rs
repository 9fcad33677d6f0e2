//! Equal settings, kept once.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use super::hash::Hashing;
use crate::enrollment::Settings;

/// Different settings that are remembered. Fleets have a few; where each enrollment has its own,
/// remembering them would only take room.
const REMEMBERED: usize = 1024;

#[derive(Clone, Debug, Default)]
pub(super) struct Shared(BTreeMap<u64, Arc<Settings>>);

impl Shared {
    /// These settings, or equal ones that are there already.
    pub(super) fn settings(
        &mut self,
        hashing: &Hashing,
        settings: &Arc<Settings>,
    ) -> Arc<Settings> {
        if self.0.len() >= REMEMBERED {
            // Those in use stay with their enrollments.
            self.0.retain(|_, known| Arc::strong_count(known) > 2);
            if self.0.len() >= REMEMBERED {
                self.0.clear();
            }
        }
        let known = self.0.entry(hashing.of(&**settings));
        let known = known.or_insert_with(|| Arc::clone(settings));
        if **known != **settings {
            *known = Arc::clone(settings);
        }
        Arc::clone(known)
    }
}
