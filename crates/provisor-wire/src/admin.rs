//! The management API: what concerns a service as a whole, and what happened in it.
//!
//! It is this project's own: the service that is modelled has these things in another API, which no device and no
//! service SDK speaks. The style is that of the [service API](crate::service): JSON, the same tokens, the same errors,
//! entity tags. There is no `api-version`: members are added, and none changes its meaning.
//!
//! | method and path | body | answer | right |
//! |---|---|---|---|
//! | `GET`, `PUT /admin/service` | [`ServiceInfo`] | [`ServiceInfo`] | `ServiceConfig` |
//! | `GET /admin/hubs` | | array of [`LinkedHub`] | `ServiceConfig` |
//! | `GET`, `PUT`, `DELETE /admin/hubs/{name}` | [`LinkedHub`] | [`LinkedHub`] | `ServiceConfig` |
//! | `GET /admin/certificates` | | array of [`CaCertificate`] | `ServiceConfig` |
//! | `GET`, `PUT`, `DELETE /admin/certificates/{name}` | [`CaCertificate`] | [`CaCertificate`] | `ServiceConfig` |
//! | `POST /admin/certificates/{name}/verificationCode` | | [`CaCertificate`] | `ServiceConfig` |
//! | `POST /admin/certificates/{name}/verify` | [`CertificateVerification`] | [`CaCertificate`] | `ServiceConfig` |
//! | `GET /admin/policies` | | array of [`AccessPolicy`] | `ServiceConfig` |
//! | `GET`, `PUT`, `DELETE /admin/policies/{name}` | [`AccessPolicy`] | [`AccessPolicy`] | `ServiceConfig`, and the rights of the policy |
//! | `POST /admin/policies/{name}/keys` | | [`AccessPolicy`], with the keys | the same |
//! | `POST /admin/policies/{name}/rotate` | [`KeyRotation`] | [`AccessPolicy`], with the keys | the same |
//! | `GET /admin/quotas` | | array of [`Quota`] | `ServiceConfig` |
//! | `GET /admin/metering?from=YYYY-MM-DD&to=YYYY-MM-DD` | | [`MeteringReport`] | `ServiceConfig` |
//! | `GET /admin/audit?after={number}&most={number}` | | array of [`AuditRow`] | `ServiceConfig` |
//! | `GET /admin/events?registrationId={id}&trackingId={id}&most={number}` | | array of [`EventRow`] | `RegistrationStatusRead` |
//! | `POST /admin/devices/{registrationId}/remove` | | [`DeviceRemoval`] | `EnrollmentWrite`, `RegistrationStatusWrite` and `ServiceConfig` |

mod certificate;
mod client;
mod device;
mod hub;
mod policy;
mod report;
mod route;
mod service;

pub use certificate::{CaCertificate, CertificateVerification};
pub use client::{AdminClient, list, read_list};
pub use device::{DeviceRemoval, EventRow};
pub use hub::LinkedHub;
pub use policy::{AccessPolicy, KeyRotation, KeyWord};
pub use report::{AuditRow, MeteringReport, MeteringRow, Quota};
pub use route::{AdminOperation, AdminRoute};
pub use service::ServiceInfo;
