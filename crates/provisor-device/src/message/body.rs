//! The body of a registration.

use crate::json::Json;
use crate::reason::{Error, Reason};
use crate::write::Writer;

/// What a device says of itself: `DeviceRegistration` of the service's interface.
///
/// ```
/// use provisor_device::{Writer, message::Body};
///
/// let body = Body::new("line-7").with_payload(br#"{"rack": 3}"#)?;
/// let mut buffer = [0; 80];
/// let mut writer = Writer::new(&mut buffer);
/// body.write(&mut writer);
/// assert_eq!(writer.finish()?, r#"{"registrationId":"line-7","payload":{"rack": 3}}"#);
/// # Ok::<(), provisor_device::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    registration_id: &'a str,
    tpm: Option<(&'a [u8], &'a [u8])>,
    payload: Option<&'a str>,
}

impl<'a> Body<'a> {
    /// Only the registration ID.
    #[must_use]
    pub const fn new(registration_id: &'a str) -> Self {
        Self {
            registration_id,
            tpm: None,
            payload: None,
        }
    }

    /// With the TPM's endorsement key and its storage root key, each as TPM2B_PUBLIC.
    #[must_use]
    pub const fn with_tpm(self, endorsement_key: &'a [u8], storage_root_key: &'a [u8]) -> Self {
        Self {
            tpm: Some((endorsement_key, storage_root_key)),
            ..self
        }
    }

    /// With a payload for custom allocation: any JSON value.
    ///
    /// # Errors
    /// [`Reason::PayloadMalformed`] with the position of what is wrong, also for one longer than is read of an
    /// answer.
    pub fn with_payload(self, json: &'a [u8]) -> Result<Self, Error> {
        match Json::parse(json) {
            Ok(json) => Ok(Self {
                payload: Some(json.raw()),
                ..self
            }),
            Err(error) => Err(Reason::PayloadMalformed.with(error.detail() as usize)),
        }
    }

    /// The JSON text.
    pub fn write(&self, writer: &mut Writer<'_>) {
        writer
            .text("{\"registrationId\":")
            .json(self.registration_id);
        if let Some((endorsement_key, storage_root_key)) = self.tpm {
            writer
                .text(",\"tpm\":{\"endorsementKey\":\"")
                .base64(endorsement_key)
                .text("\",\"storageRootKey\":\"")
                .base64(storage_root_key)
                .text("\"}");
        }
        if let Some(payload) = self.payload {
            writer.text(",\"payload\":").text(payload);
        }
        writer.text("}");
    }

    /// How long the text is, for `Content-Length`.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut writer = Writer::measure();
        self.write(&mut writer);
        writer.len()
    }

    /// Never: there are braces at least.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_its_members() {
        let body = Body::new("a\"b").with_tpm(&[1, 2, 3], &[4]);
        let body = body.with_payload(b" [1, null]\n").unwrap();
        let mut buffer = [0; 200];
        let mut writer = Writer::new(&mut buffer);
        body.write(&mut writer);
        let text = writer.finish().unwrap();
        assert_eq!(
            text,
            "{\"registrationId\":\"a\\\"b\",\"tpm\":{\"endorsementKey\":\"AQID\",\"storageRootKey\":\"BA==\"},\
             \"payload\":[1, null]}"
        );
        assert_eq!(body.len(), text.len());
        assert!(Json::parse(text.as_bytes()).is_ok());
    }

    #[test]
    fn a_payload_cannot_break_out() {
        for (bad, at) in [("1}", 1), ("1,\"x\":2", 1), ("", 0), ("{", 1)] {
            let error = Body::new("a").with_payload(bad.as_bytes()).unwrap_err();
            assert_eq!(
                (error.reason(), error.detail()),
                (Reason::PayloadMalformed, at),
                "{bad}"
            );
        }
    }
}
