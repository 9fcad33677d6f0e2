//! provisor for Python: the compiled half of the package `provisor`.
//!
//! This crate translates and decides nothing. What goes in: bytes-like objects (`octets`), times
//! (`time`), enums of the Python side (`enums`), functions that give random bytes (`random`). What
//! comes out: frozen value objects, or an exception with the facts of the core's rejection
//! (`failure`). The names that users import are in `python/provisor`; this module is private to it.
//!
//! The interpreter is unlocked while chains are judged: a P-384 signature takes the better part of a
//! millisecond, and the core's budgets end the worst bag of certificates after a tenth of a second.
//! Everything else is over before the lock could be handed to anyone, or calls back into Python.

mod allocation;
mod enums;
mod failure;
mod id;
mod interpreter;
mod octets;
mod policy;
mod random;
mod time;
mod tpm;
mod x509;

use pyo3::prelude::*;

/// The compiled half of the package.
#[pymodule]
mod _provisor {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::allocation::{
        Allocation, AllocationRow, Hub, LinkedHubs, allocate, explain_allocation,
    };
    #[pymodule_export]
    use crate::id::{DeviceId, GroupId, HubName, IdScope, RegistrationId};
    #[pymodule_export]
    use crate::tpm::{AkPublic, Challenge, EkPublic, Name, SrkPublic, TpmProof};
    #[pymodule_export]
    use crate::x509::{Report, VerifiedPath, explain, pem_to_der, verify};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::interpreter::only_the_first(module.py())
    }

    /// The version of package and core.
    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name is Python's")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
