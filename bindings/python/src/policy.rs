//! An allocation policy as Python says it.

use provisor::allocation::AllocationPolicy;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::enums::{member, unknown};
use crate::failure::Failure;
use crate::id::HubName;

/// `provisor.AllocationPolicy`, or a `HubName` for the static policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy(pub(crate) AllocationPolicy);

impl Default for Policy {
    fn default() -> Self {
        Self(AllocationPolicy::Weighted)
    }
}

impl<'py> FromPyObject<'_, 'py> for Policy {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        if let Ok(hub) = object.cast::<HubName>() {
            return Ok(Self(AllocationPolicy::Static(hub.get().0.clone())));
        }
        match member(&object, &CLASS, "AllocationPolicy")?.as_str() {
            "weighted" => Ok(Self(AllocationPolicy::Weighted)),
            "evenlyWeighted" => Ok(Self(AllocationPolicy::EvenlyWeighted)),
            "lowestLatency" => Ok(Self(AllocationPolicy::LowestLatency)),
            other => Err(unknown("AllocationPolicy", other)),
        }
    }
}
