//! Attestations.

use alloc::format;
use alloc::string::{String, ToString as _};

use provisor::CaName;
use provisor::enrollment::{SymmetricKeys, Thumbprint};
use provisor::operations::{
    AttestationDraft, CertificateDraft, CertificateInfo, KeysDraft, Mechanism, MechanismKind,
    MechanismView, Pair, TpmDraft, X509Draft,
};
use provisor::sas::SasKey;
use provisor_report::Rejection;

use super::place::{about, missing, word};
use crate::certificate::X509CertificateInfo;
use crate::device::TpmAttestation;
use crate::secret::SecretText;
use crate::service::{
    AttestationMechanism, AttestationType, SymmetricKeyAttestation, X509Attestation,
    X509CaReferences, X509CertificateWithInfo, X509Certificates,
};
use crate::shape::Word;

impl AttestationMechanism {
    /// The draft for the engine's operations.
    ///
    /// # Errors
    ///
    /// What cannot be read of a key or a certificate, by its place below `/attestation`.
    pub fn to_draft(&self) -> Result<AttestationDraft, Rejection> {
        let mut draft = AttestationDraft::default();
        draft.kind = self.kind.as_ref().map(kind).transpose()?;
        draft.tpm = self.tpm.as_ref().map(tpm).transpose()?;
        draft.x509 = self.x509.as_ref().map(x509).transpose()?;
        draft.symmetric_key = self.symmetric_key.as_ref().map(keys).transpose()?;
        Ok(draft)
    }

    /// The body of the answer to `attestationmechanism`, with the keys.
    #[must_use]
    pub fn of_mechanism(mechanism: &Mechanism) -> Self {
        let body = Self::of_view(&mechanism.view);
        match &mechanism.keys {
            Some(keys) => body.symmetric_key(shown_keys(keys)),
            None => body,
        }
    }

    /// What a view shows: no keys, and of certificates what is told.
    #[must_use]
    pub fn of_view(view: &MechanismView) -> Self {
        match view {
            MechanismView::SymmetricKey => {
                Self::by_symmetric_key(SymmetricKeyAttestation::default())
            }
            MechanismView::Tpm(ek) => {
                let key = data_encoding::BASE64.encode(ek.tpm2b());
                Self::by_tpm(TpmAttestation::default().endorsement_key(key))
            }
            MechanismView::X509Ca(references) => {
                let mut names = references.iter().map(|name| name.to_string());
                let body = X509CaReferences {
                    primary: names.next(),
                    secondary: names.next(),
                    ..X509CaReferences::default()
                };
                Self::by_x509(X509Attestation::default().ca_references(body))
            }
            MechanismView::X509Clients(infos) => {
                Self::by_x509(X509Attestation::default().client_certificates(shown(infos)))
            }
            MechanismView::X509Signing(infos) => {
                Self::by_x509(X509Attestation::default().signing_certificates(shown(infos)))
            }
            // Any TPM: none is named.
            _ => Self::by_tpm(TpmAttestation::default()),
        }
    }
}

fn kind(sent: &Word<AttestationType>) -> Result<MechanismKind, Rejection> {
    match sent {
        Word::Known(AttestationType::None) => Ok(MechanismKind::None),
        Word::Known(AttestationType::Tpm) => Ok(MechanismKind::Tpm),
        Word::Known(AttestationType::X509) => Ok(MechanismKind::X509),
        Word::Known(AttestationType::SymmetricKey) => Ok(MechanismKind::SymmetricKey),
        Word::Other(other) => Err(word(
            "/attestation/type",
            "tpm, x509 or symmetricKey",
            other,
        )),
    }
}

fn tpm(sent: &TpmAttestation) -> Result<TpmDraft, Rejection> {
    let mut draft = TpmDraft::default();
    // Without a key it is for any TPM, as the view of such an enrollment says. Whether the service takes
    // that, the operation decides.
    if sent.endorsement_key.is_some() {
        let key = sent.endorsement_key_bytes();
        draft.endorsement_key = Some(key.map_err(about("/attestation/tpm/endorsementKey"))?);
    }
    Ok(draft)
}

fn keys(sent: &SymmetricKeyAttestation) -> Result<KeysDraft, Rejection> {
    let key = |text: &SecretText, name: &str| {
        let place = format!("/attestation/symmetricKey/{name}");
        SasKey::from_base64(text.expose()).map_err(about(place))
    };
    let (primary, secondary) = (sent.primary_key.as_ref(), sent.secondary_key.as_ref());
    let mut draft = KeysDraft::default();
    draft.primary = primary.map(|text| key(text, "primaryKey")).transpose()?;
    draft.secondary = secondary
        .map(|text| key(text, "secondaryKey"))
        .transpose()?;
    Ok(draft)
}

fn shown_keys(keys: &SymmetricKeys) -> SymmetricKeyAttestation {
    let text = |key: &SasKey| SecretText::from(key.expose_base64().to_string());
    SymmetricKeyAttestation::default()
        .primary_key(text(keys.primary()))
        .secondary_key(text(keys.secondary()))
}

fn x509(sent: &X509Attestation) -> Result<X509Draft, Rejection> {
    let mut draft = X509Draft::default();
    draft.client_certificates = sent
        .client_certificates
        .as_ref()
        .map(|both| certificates(both, "clientCertificates"))
        .transpose()?;
    draft.signing_certificates = sent
        .signing_certificates
        .as_ref()
        .map(|both| certificates(both, "signingCertificates"))
        .transpose()?;
    draft.ca_references = sent.ca_references.as_ref().map(names).transpose()?;
    Ok(draft)
}

fn certificates(
    sent: &X509Certificates,
    member: &str,
) -> Result<Pair<CertificateDraft>, Rejection> {
    let one = |sent: &X509CertificateWithInfo, name: &str| {
        certificate(sent, &format!("/attestation/x509/{member}/{name}"))
    };
    let (primary, secondary) = (sent.primary.as_ref(), sent.secondary.as_ref());
    Ok(Pair {
        primary: primary.map(|sent| one(sent, "primary")).transpose()?,
        secondary: secondary.map(|sent| one(sent, "secondary")).transpose()?,
    })
}

/// The bytes, or which of those that are stored is meant.
fn certificate(sent: &X509CertificateWithInfo, place: &str) -> Result<CertificateDraft, Rejection> {
    if sent.certificate.is_some() {
        let der = sent.der().map_err(about(format!("{place}/certificate")))?;
        return Ok(CertificateDraft::from_der(der));
    }
    let shown = sent
        .info
        .as_ref()
        .and_then(|info| info.sha256_thumbprint.as_deref());
    let Some(text) = shown else {
        return Err(missing("certificate")).map_err(about(format!("{place}/certificate")));
    };
    let thumbprint = Thumbprint::parse(text);
    thumbprint
        .map(CertificateDraft::stored)
        .map_err(about(format!("{place}/info/sha256Thumbprint")))
}

fn names(sent: &X509CaReferences) -> Result<Pair<CaName>, Rejection> {
    let name = |text: &String, member: &str| {
        let place = format!("/attestation/x509/caReferences/{member}");
        CaName::parse(text).map_err(about(place))
    };
    let (primary, secondary) = (sent.primary.as_ref(), sent.secondary.as_ref());
    Ok(Pair {
        primary: primary.map(|text| name(text, "primary")).transpose()?,
        secondary: secondary.map(|text| name(text, "secondary")).transpose()?,
    })
}

fn shown(infos: &[CertificateInfo]) -> X509Certificates {
    let mut infos = infos
        .iter()
        .map(|info| X509CertificateWithInfo::default().info(X509CertificateInfo::of_info(info)));
    X509Certificates {
        primary: infos.next(),
        secondary: infos.next(),
        ..X509Certificates::default()
    }
}

impl X509CertificateInfo {
    /// What the engine tells of a certificate: all eight members.
    #[must_use]
    pub fn of_info(info: &CertificateInfo) -> Self {
        Self::default()
            .subject_name(&*info.subject)
            .sha1_thumbprint(info.sha1.to_string().to_ascii_uppercase())
            .sha256_thumbprint(info.sha256.to_string().to_ascii_uppercase())
            .issuer_name(&*info.issuer)
            .not_before_utc(info.not_before)
            .not_after_utc(info.not_after)
            .serial_number(&*info.serial_number)
            .version(i32::from(info.version))
    }

    /// The same of a certificate's bytes, as for the webhook of custom allocation.
    ///
    /// # Errors
    ///
    /// Those of a certificate that cannot be read.
    pub fn of_der(der: &[u8]) -> Result<Self, Rejection> {
        CertificateInfo::of_der(der).map(|info| Self::of_info(&info))
    }
}
