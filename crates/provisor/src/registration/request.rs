//! What a device sends.

use core::fmt;

use crate::id::{IdScope, RegistrationId};

/// A device's request to register.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RegistrationRequest<'a> {
    /// The ID scope that the device was given.
    pub scope: IdScope,
    /// The device's registration ID.
    pub registration_id: RegistrationId,
    /// What it proves itself by.
    pub evidence: Evidence<'a>,
    /// What it says about itself: the `payload` of the request, bytes of JSON as received. It is read
    /// where the custom allocation is asked ([`Payload`](super::Payload)), and nowhere else.
    pub payload: Option<&'a [u8]>,
}

impl<'a> RegistrationRequest<'a> {
    /// The request of that device.
    #[must_use]
    pub const fn new(
        scope: IdScope,
        registration_id: RegistrationId,
        evidence: Evidence<'a>,
    ) -> Self {
        Self {
            scope,
            registration_id,
            evidence,
            payload: None,
        }
    }

    /// The same with what the device says about itself.
    #[must_use]
    pub const fn with_payload(mut self, json: &'a [u8]) -> Self {
        self.payload = Some(json);
        self
    }
}

/// What a device proves itself by. Bytes and texts as received; nothing is judged yet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Evidence<'a> {
    /// A SAS token that a symmetric key signed: the key of an individual enrollment, or one that is
    /// derived from a group's.
    ///
    /// A TPM that answers its challenge by a token gives a [`TpmAnswer`](Self::TpmAnswer). The two look
    /// alike: where a challenge of this registration is open, or the request has the TPM's keys, it is
    /// an answer.
    Sas(SasText<'a>),
    /// The answer to a challenge: the second request of a TPM.
    TpmAnswer {
        /// The answer.
        answer: TpmAnswer<'a>,
        /// The keys, which most clients send again and some do not.
        keys: Option<TpmKeys<'a>>,
    },
    /// The keys of a TPM, which asks to be challenged.
    TpmKeys(TpmKeys<'a>),
    /// A TLS client certificate. **The TLS stack must have verified that the device holds its
    /// key**; everything else about it is judged here.
    #[cfg(feature = "x509")]
    X509 {
        /// The leaf, DER.
        leaf: &'a [u8],
        /// The certificates that were sent along, DER, in any order.
        sent: &'a [&'a [u8]],
    },
}

/// The text of a SAS token as received: the value of the `Authorization` header, the password of MQTT.
#[derive(Clone, Copy)]
pub struct SasText<'a>(&'a str);

impl<'a> SasText<'a> {
    /// The text.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for SasText<'_> {
    /// Nothing of it: it lets whoever reads it in time register as the device.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SasText([redacted])")
    }
}

/// The public areas of a TPM's two keys, each a `TPM2B_PUBLIC` with its size field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TpmKeys<'a> {
    /// The endorsement key.
    pub endorsement_key: &'a [u8],
    /// The storage root key.
    pub storage_root_key: &'a [u8],
    /// The endorsement key's certificate, for services that require one. It never says which key
    /// the TPM has: that is the public area's part, and the certificate is held against it.
    pub certificate: Option<EkCertificate<'a>>,
}

/// An endorsement key certificate, as the TPM's memory or its vendor has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EkCertificate<'a> {
    /// The certificate, DER.
    pub der: &'a [u8],
    /// Certificates of its issuers, DER, in any order; most devices have none.
    pub sent: &'a [&'a [u8]],
}

impl<'a> TpmKeys<'a> {
    /// The two keys, without a certificate.
    #[must_use]
    pub const fn new(endorsement_key: &'a [u8], storage_root_key: &'a [u8]) -> Self {
        Self {
            endorsement_key,
            storage_root_key,
            certificate: None,
        }
    }

    /// The same with the endorsement key's certificate and those of its issuers, if any were sent.
    #[must_use]
    pub const fn with_certificate(mut self, der: &'a [u8], sent: &'a [&'a [u8]]) -> Self {
        self.certificate = Some(EkCertificate { der, sent });
        self
    }
}

/// How a TPM answers a challenge.
#[derive(Clone, Copy)]
pub enum TpmAnswer<'a> {
    /// With the secret that it activated.
    Secret(&'a [u8]),
    /// With a SAS token signed by the secret.
    Token(&'a str),
}

impl fmt::Debug for TpmAnswer<'_> {
    /// Only the kind: either text lets whoever reads it in time register as the device.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret([redacted])",
            Self::Token(_) => "Token([redacted])",
        })
    }
}
