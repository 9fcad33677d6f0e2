//! Endorsement key certificates in the shape that TPM makers give them.

use super::extension::EK_CERTIFICATE;
use super::{
    Authority, CertificateBuilder, DistinguishedName, Extension, GeneralName, IssuedCertificate,
    KeyKind, KeyPair, KeyUsage,
};
use crate::asn1;
use crate::soft_tpm::SoftTpm;

/// A maker of TPMs: a root and an issuing CA for EK certificates.
#[derive(Clone, Debug)]
pub struct TpmVendor {
    /// The maker's root.
    pub root: Authority,
    /// The CA below it that signs EK certificates.
    pub issuing: Authority,
}

impl TpmVendor {
    /// The maker of that seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_keys(seed, KeyKind::P384, KeyKind::P256)
    }

    /// The maker of that seed whose CAs have keys of those kinds: some makers sign the certificates
    /// of elliptic EKs with RSA, and the reverse.
    #[must_use]
    pub fn with_keys(seed: u64, root: KeyKind, issuing: KeyKind) -> Self {
        let root = Authority::root("Toy TPM Vendor Root CA", root, seed);
        let issuing = root.issuing_ca("Toy TPM Vendor EK CA 01", issuing, seed, Some(0));
        Self { root, issuing }
    }

    /// The certificate of that TPM's endorsement key.
    #[must_use]
    pub fn ek_certificate(&self, tpm: &SoftTpm) -> IssuedCertificate {
        self.ek_builder(tpm).issued_by(&self.issuing)
    }

    /// The same, not yet signed, for tests that want it otherwise.
    #[must_use]
    pub fn ek_builder(&self, tpm: &SoftTpm) -> CertificateBuilder {
        ek_certificate_builder(tpm.ek_key())
    }
}

/// An EK certificate (TCG EK Credential Profile 2.5, section 3.2): empty subject, and therefore a
/// critical subject alternative name whose directoryName holds the TPM's maker, model and version.
#[must_use]
pub fn ek_certificate_builder(ek: &KeyPair) -> CertificateBuilder {
    let usage = match ek.kind() {
        KeyKind::Rsa2048 => KeyUsage::KeyEncipherment,
        KeyKind::P256 | KeyKind::P384 | KeyKind::Ed25519 => KeyUsage::KeyAgreement,
    };
    let tpm = DistinguishedName::empty()
        .and("2.23.133.2.1", "id:544F5900")
        .and("2.23.133.2.2", "TOYTPM")
        .and("2.23.133.2.3", "id:00010000");
    CertificateBuilder::new(DistinguishedName::empty(), ek)
        .extension(Extension::subject_alt_name(&[GeneralName::Directory(tpm)]).critical(true))
        .extension(Extension::basic_constraints(false, None))
        .extension(Extension::key_usage(&[usage]))
        .extension(Extension::extended_key_usage(&[EK_CERTIFICATE]))
        .extension(tpm_specification())
}

/// Subject directory attributes with tPMSpecification: family "2.0", level 0, revision 138
/// (TCG EK Credential Profile 2.5, section 3.1.3).
fn tpm_specification() -> Extension {
    let specification = asn1::sequence(&[
        &asn1::tlv(asn1::UTF8_STRING, b"2.0"),
        &asn1::unsigned(&[0]),
        &asn1::unsigned(&[138]),
    ]);
    let attribute = asn1::sequence(&[
        &asn1::oid("2.23.133.2.16"),
        &asn1::tlv(asn1::SET, &specification),
    ]);
    Extension::new("2.5.29.9", false, asn1::sequence(&[&attribute]))
}
