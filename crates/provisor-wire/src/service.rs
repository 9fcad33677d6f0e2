//! The service API: enrollments, groups, registration records.
//!
//! | | a client | a server |
//! |---|---|---|
//! | the request | [`ServiceClient`] makes it | [`ServiceRoute`] and the bodies read it |
//! | the answer | [`Body::from_answer`](crate::Body::from_answer), [`Page::read`], [`ErrorDetails`](crate::error::ErrorDetails) read it | [`entity`], [`no_content`], [`Page::to_http`] make it |

mod answer;
mod bulk;
mod client;
mod enrollment;
mod group;
mod page;
mod route;
mod select;
mod settings;
mod twin;
mod webhook_url;

pub use crate::attestation::{
    AttestationMechanism, AttestationType, SymmetricKeyAttestation, X509Attestation,
    X509CaReferences, X509CertificateWithInfo, X509Certificates,
};
pub use answer::{entity, no_content};
pub use bulk::{
    BulkEnrollmentGroupOperation, BulkEnrollmentOperation, BulkError, BulkMode, BulkResult,
};
pub use client::ServiceClient;
pub use enrollment::IndividualEnrollment;
pub use group::EnrollmentGroup;
pub use page::{Item, Page, PageRequest, QuerySpecification};
pub use route::{Collection, ServiceOperation, ServiceRoute};
pub use select::{Comparison, Condition, Literal, Select};
pub use settings::{
    AllocationWord, CustomAllocationDefinition, DeviceCapabilities, ProvisioningStatus,
    ReprovisionPolicy,
};
pub use twin::{InitialTwin, InitialTwinProperties, TwinCollection};
pub use webhook_url::WebhookUrl;
