//! What a decision leaves behind on its way: what is to be done, and what was found out about the
//! record.

use alloc::vec::Vec;

use super::effects::Effect;
use super::lineage::LineageRow;

/// Filled on the way to a decision, whatever that comes to.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// In order.
    pub(super) effects: Vec<Effect>,
    /// What the device has to do with the one on record; `None` where there is none, or the way ended before.
    pub(super) lineage: Option<LineageRow>,
}
