//! Where the bad devices are made.

use provisor::enrollment::{ProvisioningStatus, Settings};
use provisor::registration::Evidence;
use provisor::{Code, RegistrationId, Rejection};

use crate::demo::factory::Factory;
use crate::demo::refused::Refused;
use crate::demo::service::Service;

/// Where the bad devices are made, and the service that they come to.
pub(super) struct Workshop<'f> {
    pub(super) factory: &'f Factory,
    pub(super) service: Service,
    pub(super) refused: Vec<Refused>,
}

impl Workshop<'_> {
    /// Puts down what became of a case.
    pub(super) fn note<T>(
        &mut self,
        case: &'static str,
        expected: Code,
        result: Result<T, Rejection>,
    ) {
        self.refused.push(Refused {
            case,
            expected,
            rejection: result.err(),
        });
    }

    /// A device registers with a certificate.
    pub(super) fn show(
        &mut self,
        case: &'static str,
        expected: Code,
        id: &str,
        leaf: &[u8],
        sent: &[&[u8]],
    ) -> Result<(), Rejection> {
        let id = RegistrationId::try_from(id)?;
        let result = self.service.register(&id, Evidence::X509 { leaf, sent });
        self.note(case, expected, result);
        Ok(())
    }
}

pub(super) fn disabled() -> Settings {
    Settings::new().with_provisioning_status(ProvisioningStatus::Disabled)
}
