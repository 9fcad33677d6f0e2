//! Endorsement key certificates: where `provisor-x509` and `provisor-tpm` meet.
//!
//! One input, one key: everything about a TPM follows from the `TPM2B_PUBLIC` that it showed, and the
//! certificate is held against that. Others took the key from the certificate in one place and from
//! the public area in another, and attackers sent two different ones (CVE-2021-3406).

mod encoding;
mod subject;

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::{Curve, EkPublic, Name, PublicKey};
use provisor_x509::{
    Certificate, CertificateBuf, Crl, CrlBuf, Oid, PathVerifier, Profile, PublicKeyInfo, Report,
    RevocationPolicy, TrustAnchor, lenient_cut_padding, profile,
};

use super::effort::Effort;
use super::x509::Shown;
use crate::enrollment::{Thumbprint, TrustedCertificate};
use subject::subject;

/// The TPM vendors that a service trusts: their roots, the CAs below them that devices do not send,
/// and which departures from the profile their certificates may have.
///
/// ```
/// # use provisor_testkit::{pki::{ToyPki, TpmVendor}, soft_tpm::{SoftTpm, TpmKind}};
/// use provisor::attestation::TpmVendors;
/// use provisor::enrollment::TrustedCertificate;
/// use provisor::tpm::EkPublic;
/// # let (vendor, tpm) = (TpmVendor::new(7), SoftTpm::new(TpmKind::P256, 7, 0));
/// # let (root, issuing) = (vendor.root.certificate.der(), vendor.issuing.certificate.der());
/// # let (certificate, ek_public, now) = (vendor.ek_certificate(&tpm), tpm.ek_public(), ToyPki::NOW);
///
/// let vendors = TpmVendors::new([TrustedCertificate::from_der(root)?])?
///     .with_intermediates([issuing])?;
/// let ek = EkPublic::from_tpm2b(ek_public)?;
/// let certified = vendors.verify(certificate.der(), &[], &ek, now)?;
/// assert_eq!(certified.ek(), ek.name());
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug)]
pub struct TpmVendors {
    roots: Vec<TrustedCertificate>,
    intermediates: Vec<CertificateBuf>,
    revocation: RevocationPolicy,
    lists: Vec<CrlBuf>,
    profile: Profile,
    padding: Padding,
    encoding: Encoding,
    purpose: StatedPurpose,
}

/// That a vendor certified an endorsement key. It has no public constructor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedEk {
    ek: Name,
    certificate: Thumbprint,
}

/// What is done with bytes after the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Padding {
    Refused,
    LenientlyCut,
}

/// Whether the certificate has to keep to DER where paths can be validated without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Canonical,
    LenientlyOther,
}

/// Whether the certificate has to say that it is for an endorsement key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StatedPurpose {
    Required,
    LenientlyAbsent,
}

impl TpmVendors {
    /// Trusts these roots, with [`profile::EK`] and no leniency.
    ///
    /// # Errors
    /// [`AttestEkVendors`](Code::AttestEkVendors) when there is no root.
    pub fn new(roots: impl IntoIterator<Item = TrustedCertificate>) -> Result<Self, Rejection> {
        let roots: Vec<_> = roots.into_iter().collect();
        if roots.is_empty() {
            return Err(no_vendors());
        }
        Ok(Self {
            roots,
            intermediates: Vec::new(),
            revocation: RevocationPolicy::Unchecked,
            lists: Vec::new(),
            profile: profile::EK,
            padding: Padding::Refused,
            encoding: Encoding::Canonical,
            purpose: StatedPurpose::Required,
        })
    }

    /// The vendors' CAs between root and certificate, DER. TPMs keep the EK certificate alone, so
    /// that somebody else has to know its issuers; what a device sends along is used as well.
    ///
    /// # Errors
    /// A code of 2001 to 2018 when one cannot be read.
    pub fn with_intermediates<'a>(
        mut self,
        certificates: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, Rejection> {
        for der in certificates {
            self.intermediates.push(CertificateBuf::from_der(der)?);
        }
        Ok(self)
    }

    /// Looks at these revocation lists, DER, in place of none: vendors revoke the certificates of
    /// chips whose keys became computable. Lists have dates; put new ones in their place in time.
    ///
    /// # Errors
    /// A code of 2000 to 2999 when one cannot be read: leaving it out in silence could turn
    /// "revoked" into something else.
    pub fn with_revocation<'a>(
        mut self,
        policy: RevocationPolicy,
        lists: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, Rejection> {
        self.revocation = policy;
        for der in lists {
            self.lists.push(CrlBuf::from_der(der)?);
        }
        Ok(self)
    }

    /// Another profile than [`profile::EK`], for example with its `lenient_` options.
    #[must_use]
    pub const fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Accepts certificates with a negative serial number, and with SETs out of order, as some vendors
    /// have issued them. They are judged as they are: two readers may take one such certificate for
    /// two different ones.
    #[must_use]
    pub const fn lenient_encoding(mut self) -> Self {
        self.encoding = Encoding::LenientlyOther;
        self
    }

    /// Accepts certificates followed by 00 bytes or by FF bytes, the rest of the memory that TPMs keep them
    /// in. No signature covers those bytes; they are cut before anything else looks.
    #[must_use]
    pub const fn lenient_padding(mut self) -> Self {
        self.padding = Padding::LenientlyCut;
        self
    }

    /// Accepts certificates that state no purpose at all, as a public cloud issues them for its
    /// virtual TPMs. Then a vendor's certificate for any other key that has the form of an
    /// endorsement key passes as well.
    #[must_use]
    pub const fn lenient_absent_purpose(mut self) -> Self {
        self.purpose = StatedPurpose::LenientlyAbsent;
        self
    }

    /// Judges an EK certificate, DER: a path to a root by the profile, the purpose, and that it
    /// certifies the key of `ek`. `sent` are certificates that came along, in any order.
    ///
    /// # Errors
    /// A code of 2000 to 2999 for the certificate and its path;
    /// [`AttestTooManyCertificates`](Code::AttestTooManyCertificates);
    /// [`AttestEkPurpose`](Code::AttestEkPurpose) when it states no purpose;
    /// [`AttestEkCertificateKey`](Code::AttestEkCertificateKey) when it is for another key.
    pub fn verify(
        &self,
        certificate: &[u8],
        sent: &[&[u8]],
        ek: &EkPublic,
        now: UnixTime,
    ) -> Result<CertifiedEk, Rejection> {
        self.judge(certificate, sent, ek, now, &mut Effort::default())
    }

    /// The same within the effort of a request.
    pub(crate) fn judge(
        &self,
        certificate: &[u8],
        sent: &[&[u8]],
        ek: &EkPublic,
        now: UnixTime,
        effort: &mut Effort<'_>,
    ) -> Result<CertifiedEk, Rejection> {
        self.certified(certificate, sent, ek, now, effort)
            .map_err(|rejection| profile::EK.remedied(rejection))
    }

    fn certified(
        &self,
        certificate: &[u8],
        sent: &[&[u8]],
        ek: &EkPublic,
        now: UnixTime,
        effort: &mut Effort<'_>,
    ) -> Result<CertifiedEk, Rejection> {
        self.asked(certificate, sent, |question, leaf| {
            effort.verify(question, leaf, now)?;
            self.check_purpose(leaf)?;
            check_certified_key(leaf, ek)?;
            Ok(CertifiedEk {
                ek: *ek.name(),
                certificate: Thumbprint::of_der(leaf.der()),
            })
        })?
    }

    /// Every rule that is tried on the paths of an EK certificate to these vendors, for people. Whether it
    /// states its purpose and is for the TPM's key, [`verify`](Self::verify) asks besides.
    ///
    /// # Errors
    /// As [`verify`](Self::verify) when a certificate cannot be read.
    pub fn explain(
        &self,
        certificate: &[u8],
        sent: &[&[u8]],
        now: UnixTime,
    ) -> Result<Report, Rejection> {
        self.asked(certificate, sent, |question, leaf| {
            question.explain(leaf, now)
        })
    }

    /// The question of a path to these vendors.
    fn asked<T>(
        &self,
        certificate: &[u8],
        sent: &[&[u8]],
        ask: impl FnOnce(&PathVerifier<'_, '_>, &Certificate<'_>) -> T,
    ) -> Result<T, Rejection> {
        let der = match self.padding {
            Padding::Refused => certificate,
            Padding::LenientlyCut => lenient_cut_padding(certificate),
        };
        let mut shown = Shown::read(der, sent)?;
        match self.encoding {
            Encoding::Canonical => encoding::check(&shown.leaf)?,
            Encoding::LenientlyOther => {}
        }
        for known in &self.intermediates {
            shown.sent.push(known.view());
        }
        let anchors: Vec<TrustAnchor<'_>> = self.roots.iter().map(|root| root.anchor()).collect();
        let lists: Vec<Crl<'_>> = self.lists.iter().map(CrlBuf::view).collect();
        let question = PathVerifier::new(&self.profile, &anchors)
            .intermediates(&shown.sent)
            .own_intermediates(self.intermediates.len())
            .revocation(self.revocation, &lists);
        Ok(ask(&question, &shown.leaf))
    }

    /// TCG EK Credential Profile section 3.2.16: the extended key usage holds the purpose of
    /// endorsement keys. The path was judged by RFC 5280, where a certificate without the extension,
    /// and one for any purpose, serves this one too; a vendor who says neither "endorsement key" has
    /// not said so.
    fn check_purpose(&self, leaf: &Certificate<'_>) -> Result<(), Rejection> {
        let found = match (self.purpose, leaf.purposes()) {
            (StatedPurpose::LenientlyAbsent, None) => return Ok(()),
            (StatedPurpose::Required, None) => "no extKeyUsage",
            (StatedPurpose::LenientlyAbsent | StatedPurpose::Required, Some(mut stated)) => {
                if stated.any(|purpose| purpose == Oid::EK_CERTIFICATE.as_bytes()) {
                    return Ok(());
                }
                "another purpose, or any"
            }
        };
        Err(Rejection::new(Code::AttestEkPurpose, subject(leaf))
            .expected("extKeyUsage with tcg-kp-EKCertificate (2.23.133.8.1)")
            .found(found))
    }
}

impl CertifiedEk {
    /// The Name of the key.
    #[must_use]
    pub const fn ek(&self) -> &Name {
        &self.ek
    }

    /// The thumbprint of its certificate, without padding.
    #[must_use]
    pub const fn certificate(&self) -> &Thumbprint {
        &self.certificate
    }
}

/// Whether the certificate is for this key: its algorithm, and the modulus or point. Nothing else about
/// the certificate is judged; [`TpmVendors::verify`] asks this after everything else.
///
/// ```
/// # use provisor_testkit::{pki::TpmVendor, soft_tpm::{SoftTpm, TpmKind}};
/// use provisor::attestation::check_certified_key;
/// use provisor::tpm::EkPublic;
/// use provisor::x509::Certificate;
/// # let (tpm, other) = (SoftTpm::new(TpmKind::P256, 7, 0), SoftTpm::new(TpmKind::P256, 7, 1));
/// # let issued = TpmVendor::new(7).ek_certificate(&tpm);
///
/// let certificate = Certificate::from_der(issued.der())?;
/// check_certified_key(&certificate, &EkPublic::from_tpm2b(tpm.ek_public())?)?;
/// let another = EkPublic::from_tpm2b(other.ek_public())?;
/// let refused = check_certified_key(&certificate, &another).unwrap_err();
/// assert_eq!(refused.code().name(), "ATTEST_EK_CERTIFICATE_KEY");
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// # Errors
/// [`AttestEkCertificateKey`](Code::AttestEkCertificateKey) when it is for another key.
pub fn check_certified_key(leaf: &Certificate<'_>, ek: &EkPublic) -> Result<(), Rejection> {
    let certified = leaf.key();
    let key = ek.public_key();
    if has_algorithm_of(&certified, key) && certified.key_bytes() == key.subject_public_key() {
        return Ok(());
    }
    Err(Rejection::new(Code::AttestEkCertificateKey, subject(leaf))
        .expected(format!(
            "a certificate of the key with the Name {}",
            ek.name()
        ))
        .found("a certificate of another key"))
}

/// The same point on another curve is another key. Old endorsement keys say RSAES-OAEP (RFC 4055
/// section 4.1) in place of rsaEncryption: the key is the same.
fn has_algorithm_of(certified: &PublicKeyInfo<'_>, key: &PublicKey) -> bool {
    const P256: &[u8] = &[
        0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ];
    const P384: &[u8] = &[
        0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
        0x04, 0x00, 0x22,
    ];
    const P521: &[u8] = &[
        0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
        0x04, 0x00, 0x23,
    ];
    let algorithm = certified.algorithm_der();
    match key {
        PublicKey::Ecc(ecc) => match ecc.curve() {
            Curve::P256 => algorithm == P256,
            Curve::P384 => algorithm == P384,
            Curve::P521 => algorithm == P521,
            // No endorsement key of the profile is on one of these.
            Curve::P192 | Curve::P224 | Curve::BnP256 | Curve::BnP638 | Curve::Sm2P256 => false,
        },
        // SEQUENCE { rsaEncryption or id-RSAES-OAEP, ... }; the path has judged the parameters.
        PublicKey::Rsa(_) => matches!(
            algorithm,
            [
                0x30,
                _,
                0x06,
                0x09,
                0x2a,
                0x86,
                0x48,
                0x86,
                0xf7,
                0x0d,
                1,
                1,
                1 | 7,
                ..
            ]
        ),
    }
}

/// A certificate is required, and the service knows no vendor.
pub(crate) fn no_vendors() -> Rejection {
    Rejection::new(Code::AttestEkVendors, Subject::field("tpmVendors"))
        .expected("the root of at least one TPM vendor")
        .found("none")
}
