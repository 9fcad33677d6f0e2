//! What a device sends.

use alloc::string::String;

use provisor_report::{Code, Rejection};

use super::tpm::TpmAttestation;
use crate::json::Value;
use crate::shape::{At, Body, Shape as _, Side, body};
use crate::{json, limits};

body! {
    /// The body of a registration, and of a look-up.
    ///
    /// ```
    /// use provisor_wire::Body as _;
    /// use provisor_wire::device::DeviceRegistration;
    ///
    /// let body = DeviceRegistration::from_request(br#"{"registrationId":"dev-1","payload":null,"x":1.0}"#)?;
    /// assert_eq!(body.registration_id.as_deref(), Some("dev-1"));
    /// assert_eq!(body.payload, None);
    /// assert_eq!(body.to_json(), r#"{"registrationId":"dev-1","x":1.0}"#);
    ///
    /// let wrong = DeviceRegistration::from_request(br#"{"registration_id":"dev-1"}"#).unwrap_err();
    /// assert_eq!(wrong.code().name(), "WIRE_MEMBER_NAME");
    /// assert_eq!(wrong.subject().to_string(), "/registration_id");
    /// assert_eq!(wrong.expected_text(), "\"registrationId\"");
    /// # Ok::<(), provisor_wire::Rejection>(())
    /// ```
    DeviceRegistration {
        /// The same as in the path, if it is there.
        registration_id: String = "registrationId";
        /// The keys of a TPM; absent with other attestations, and in the second request of one client.
        tpm: TpmAttestation = "tpm";
        /// Any JSON value for the custom allocation.
        payload: Value = "payload";
        /// A request for a certificate.
        csr: String = "csr";
        /// The same in the previews of 2021.
        client_certificate_csr: String = "clientCertificateCsr";
    }
    check judged
}

fn judged(body: &DeviceRegistration, at: &At<'_>) -> Result<(), Rejection> {
    if let Some(tpm) = &body.tpm
        && tpm.endorsement_key.is_none()
    {
        let at = at.member("tpm");
        let at = at.member("endorsementKey");
        return Err(at.rejects(Code::WireMemberMissing).expected("a value"));
    }
    no_certificates(body, at)
}

/// This service issues no certificates: a device that asks for one has to know.
fn no_certificates(body: &DeviceRegistration, at: &At<'_>) -> Result<(), Rejection> {
    if body.csr.is_some() {
        return Err(at.member("csr").rejects(Code::WireCsr));
    }
    if body.client_certificate_csr.is_some() {
        let at = at.member("clientCertificateCsr");
        return Err(at.rejects(Code::WireTrustBundle));
    }
    Ok(())
}

impl Body for DeviceRegistration {
    /// Reads a registration. No bytes, or blanks, are one without members: one official client sends
    /// nothing over MQTT, and the body of a look-up is optional.
    fn from_request(bytes: &[u8]) -> Result<Self, Rejection> {
        if bytes.iter().all(u8::is_ascii_whitespace) && bytes.len() <= limits::REQUEST_BYTES {
            return Ok(Self::default());
        }
        let value = json::parse(bytes, limits::REQUEST_BYTES)?;
        Self::read(value, &At::root(Side::Service))
    }
}

impl DeviceRegistration {
    /// That it is about the device of the path, the user name or the link. Case is not significant.
    ///
    /// # Errors
    ///
    /// `WIRE_ID_DIFFERS`.
    pub fn is_about(&self, registration_id: &str) -> Result<(), Rejection> {
        match &self.registration_id {
            Some(other) if !other.eq_ignore_ascii_case(registration_id) => {
                let at = At::root(Side::Service);
                let rejection = at.member("registrationId").rejects(Code::WireIdDiffers);
                Err(rejection
                    .expected(alloc::format!("{registration_id:?}"))
                    .found(alloc::format!("{other:?}")))
            }
            _ => Ok(()),
        }
    }
}
