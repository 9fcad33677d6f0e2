//! A TPM as the SDKs find it, for whoever runs them.

use std::path::Path;

use super::bridge::Bridge;
use crate::install::{self, SWTPM, TPM2_TOOLS};
use crate::test::swtpm::rig::{Rig, free_ports};

/// `swtpm` behind the protocol of Microsoft's simulator, until it is dropped.
#[derive(Debug)]
pub(in crate::test) struct Simulator {
    bridge: Bridge,
    /// Ends when the bridge is gone.
    _rig: Rig,
}

impl Simulator {
    /// Starts one with its state in that folder.
    pub(in crate::test) fn start(dir: &Path) -> Result<Self, String> {
        install::tools(&[SWTPM, TPM2_TOOLS])?;
        let rig = Rig::start(dir)?;
        Ok(Self {
            bridge: Bridge::start(free_ports()?, rig.port())?,
            _rig: rig,
        })
    }

    /// Where commands are sent.
    pub(in crate::test) const fn port(&self) -> u16 {
        self.bridge.port()
    }
}
