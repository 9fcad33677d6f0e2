//! The question to the custom allocation, with the enrollment and what the device showed.

use provisor::attestation::EnrollmentRef;
use provisor::operations::{GroupView, IndividualView};
use provisor::registration::{AllocationQuestion, Entry};
use provisor_wire::X509CertificateInfo;
use provisor_wire::device::TpmAttestation;
use provisor_wire::service::{EnrollmentGroup, IndividualEnrollment};
use provisor_wire::webhook::AllocationRequest;

use super::App;
use super::allocate::Inquiry;
use super::shown::Shown;
use crate::store::{Device, Result};

impl App {
    /// The question with all that a webhook gets.
    pub(super) fn inquiry(
        &self,
        shown: &Shown,
        device: &Device,
        question: &AllocationQuestion,
    ) -> Result<Inquiry> {
        let mut body = AllocationRequest::of_question(question);
        match &question.enrollment {
            EnrollmentRef::Individual => {
                if let Some(stored) = &device.individual {
                    let record = device.entry.as_deref().and_then(Entry::record);
                    let view = IndividualView::of(stored, record);
                    body.individual_enrollment = Some(IndividualEnrollment::of_view(&view)?);
                }
            }
            EnrollmentRef::Group(id) => {
                let state = self.shared();
                if let Some(stored) = state.groups.get(id.normal_form()) {
                    let view = GroupView::of(stored);
                    body.enrollment_group = Some(EnrollmentGroup::of_view(&view)?);
                }
            }
            _ => {}
        }
        if let Some(context) = &mut body.device_runtime_context {
            context.x509 = shown.leaf().map(X509CertificateInfo::of_der).transpose()?;
            context.tpm = shown
                .keys()
                .map(|keys| TpmAttestation::of(keys.endorsement_key(), keys.storage_root_key()));
        }
        Ok(Inquiry {
            question: question.clone(),
            body,
        })
    }
}
