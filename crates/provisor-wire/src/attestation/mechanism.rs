//! The mechanism: a type, and the member that it names.

use provisor_report::{Code, Rejection};

use super::x509::X509Attestation;
use crate::device::TpmAttestation;
use crate::secret::SecretText;
use crate::shape::{At, Body, Word, body, words};

words! {
    /// By what a device proves itself.
    AttestationType: "none, tpm, x509 or symmetricKey" {
        /// Nothing: in no enrollment.
        None = "none",
        /// A TPM.
        Tpm = "tpm",
        /// A certificate.
        X509 = "x509",
        /// A symmetric key.
        SymmetricKey = "symmetricKey",
    }
}

body! {
    /// Attestation by a symmetric key. Keys that a request leaves out are made, or kept, by the
    /// service; answers leave them out, but for that to `attestationmechanism`.
    SymmetricKeyAttestation {
        /// Base64 of 16 to 64 bytes.
        primary_key: SecretText = "primaryKey";
        /// The other one, for the time of a change.
        secondary_key: SecretText = "secondaryKey";
    }
}

impl Body for SymmetricKeyAttestation {}

body! {
    /// How a device of an enrollment proves itself.
    ///
    /// ```
    /// use provisor_wire::Body as _;
    /// use provisor_wire::service::AttestationMechanism;
    ///
    /// let mechanism = AttestationMechanism::from_request(
    ///     br#"{"type":"symmetricKey","symmetricKey":{"primaryKey":"c2VjcmV0"},"tpm":null}"#,
    /// )?;
    /// assert_eq!(mechanism.shown().to_json(), r#"{"type":"symmetricKey","symmetricKey":{}}"#);
    ///
    /// let wrong = AttestationMechanism::from_request(br#"{"type":"x509","tpm":{"endorsementKey":"AA=="}}"#);
    /// assert_eq!(wrong.unwrap_err().code().name(), "WIRE_ATTESTATION");
    /// # Ok::<(), provisor_wire::Rejection>(())
    /// ```
    AttestationMechanism {
        /// Which of the others is there.
        kind: Word<AttestationType> = "type" required;
        /// By a TPM.
        tpm: TpmAttestation = "tpm";
        /// By a certificate.
        x509: X509Attestation = "x509";
        /// By a symmetric key.
        symmetric_key: SymmetricKeyAttestation = "symmetricKey";
    }
    check fits
}

impl Body for AttestationMechanism {}

impl AttestationMechanism {
    /// By a TPM with that endorsement key, in base64.
    #[must_use]
    pub fn by_tpm(keys: TpmAttestation) -> Self {
        Self::default().kind(AttestationType::Tpm).tpm(keys)
    }

    /// By certificates.
    #[must_use]
    pub fn by_x509(certificates: X509Attestation) -> Self {
        Self::default()
            .kind(AttestationType::X509)
            .x509(certificates)
    }

    /// By a symmetric key; without keys, the service makes them.
    #[must_use]
    pub fn by_symmetric_key(keys: SymmetricKeyAttestation) -> Self {
        Self::default()
            .kind(AttestationType::SymmetricKey)
            .symmetric_key(keys)
    }

    /// As an answer shows it: without keys, but with their object, and without certificates, but with
    /// what is told of them. The answer to `attestationmechanism` is the whole.
    #[must_use]
    pub fn shown(mut self) -> Self {
        self.symmetric_key = match self.kind.as_ref().and_then(Word::known) {
            Some(AttestationType::SymmetricKey) => Some(SymmetricKeyAttestation::default()),
            _ => None,
        };
        self.x509 = self.x509.map(X509Attestation::shown);
        self
    }
}

/// The type names the one member that is there.
fn fits(body: &AttestationMechanism, at: &At<'_>) -> Result<(), Rejection> {
    let there = [
        (AttestationType::Tpm, body.tpm.is_some()),
        (AttestationType::X509, body.x509.is_some()),
        (AttestationType::SymmetricKey, body.symmetric_key.is_some()),
    ];
    let refused = |expected: &'static str| at.rejects(Code::WireAttestation).expected(expected);
    let kind = match body.kind.as_ref().and_then(Word::known) {
        None | Some(AttestationType::None) => {
            return Err(refused("tpm, x509 or symmetricKey").found("none"));
        }
        Some(kind) => kind,
    };
    if let Some((other, _)) = there.iter().find(|(other, is)| *is && *other != kind) {
        return Err(
            refused("the member that the type names, alone").found(alloc::format!(
                "type {:?} and the member {:?}",
                kind.as_str(),
                other.as_str()
            )),
        );
    }
    // A symmetric key is made where it is not given.
    let missing = there.iter().any(|(known, is)| *known == kind && !*is);
    if missing && kind != AttestationType::SymmetricKey {
        return Err(at
            .member(kind.as_str())
            .rejects(Code::WireMemberMissing)
            .expected("an object"));
    }
    match &body.x509 {
        Some(x509) => one_of_three(x509, &at.member("x509")),
        None => Ok(()),
    }
}

fn one_of_three(x509: &X509Attestation, at: &At<'_>) -> Result<(), Rejection> {
    let there = [
        x509.client_certificates.is_some(),
        x509.signing_certificates.is_some(),
        x509.ca_references.is_some(),
    ];
    match there.iter().filter(|is| **is).count() {
        1 => Ok(()),
        count => Err(at
            .rejects(Code::WireAttestation)
            .expected("one of clientCertificates, signingCertificates and caReferences")
            .found(alloc::format!("{count} of them"))),
    }
}

/// What an enrollment is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// One device.
    Individual,
    /// Every device with what the group trusts.
    Group,
}

impl AttestationMechanism {
    /// That an enrollment of that kind can have it.
    pub(crate) fn suits(&self, owner: Owner, at: &At<'_>) -> Result<(), Rejection> {
        let x509 = self.x509.as_ref();
        let refused = |member: &'static str, expected: &'static str| {
            let x509 = at.member("x509");
            let at = if member == "tpm" { at } else { &x509 };
            let rejection = at.member(member).rejects(Code::WireAttestation);
            Err(rejection.expected(expected).found(member))
        };
        match owner {
            Owner::Group if self.tpm.is_some() => {
                refused("tpm", "x509 or symmetricKey: a TPM is of one device")
            }
            Owner::Group if x509.is_some_and(|x| x.client_certificates.is_some()) => refused(
                "clientCertificates",
                "signingCertificates or caReferences: a device's certificate is of one device",
            ),
            Owner::Individual if x509.is_some_and(|x| x.signing_certificates.is_some()) => refused(
                "signingCertificates",
                "clientCertificates or caReferences: a CA's certificate is of a group",
            ),
            _ => Ok(()),
        }
    }
}
