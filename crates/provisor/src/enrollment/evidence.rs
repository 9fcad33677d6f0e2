//! What an enrollment knows of the certificates that it accepts.

use alloc::boxed::Box;

use provisor_report::{Code, Rejection, Subject};

use super::thumbprint::{Sha1Thumbprint, Thumbprint};

/// The leaf certificates of one device: the primary, and a secondary for rolling over.
///
/// A certificate is recognised by its SHA-256 thumbprint. SHA-1 thumbprints may be stated beside
/// them, as data that other tools look for; then they have to agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaves {
    primary: Thumbprint,
    /// What few enrollments have, so that millions of others need not.
    more: Option<Box<More>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct More {
    secondary: Option<Thumbprint>,
    primary_sha1: Option<Sha1Thumbprint>,
    secondary_sha1: Option<Sha1Thumbprint>,
}

impl Leaves {
    /// The device's certificates.
    ///
    /// # Errors
    /// [`AttestSameTwice`](Code::AttestSameTwice) when both are the same.
    pub fn new(primary: Thumbprint, secondary: Option<Thumbprint>) -> Result<Self, Rejection> {
        distinct(secondary == Some(primary), "clientCertificates")?;
        let more = More {
            secondary,
            ..More::default()
        };
        Ok(Self::with_more(primary, more))
    }

    /// The same with SHA-1 thumbprints of the primary and the secondary. One of a secondary that
    /// is not there says nothing.
    #[must_use]
    pub fn with_sha1(
        self,
        primary: Option<Sha1Thumbprint>,
        secondary: Option<Sha1Thumbprint>,
    ) -> Self {
        let more = More {
            secondary: self.secondary().copied(),
            primary_sha1: primary,
            secondary_sha1: secondary,
        };
        Self::with_more(self.primary, more)
    }

    /// The SHA-1 thumbprint stated for the certificate with this SHA-256 thumbprint.
    #[must_use]
    pub fn sha1_of(&self, thumbprint: &Thumbprint) -> Option<&Sha1Thumbprint> {
        let more = self.more.as_ref()?;
        if self.primary == *thumbprint {
            more.primary_sha1.as_ref()
        } else if more.secondary.as_ref() == Some(thumbprint) {
            more.secondary_sha1.as_ref()
        } else {
            None
        }
    }

    /// The primary's thumbprint.
    #[must_use]
    pub const fn primary(&self) -> &Thumbprint {
        &self.primary
    }

    /// The secondary's thumbprint.
    #[must_use]
    pub fn secondary(&self) -> Option<&Thumbprint> {
        self.more.as_ref()?.secondary.as_ref()
    }

    /// True when the certificate is one of the two. Thumbprints of certificates are public, so the
    /// comparison need not take constant time.
    #[must_use]
    pub fn contains(&self, thumbprint: &Thumbprint) -> bool {
        self.primary == *thumbprint || self.secondary() == Some(thumbprint)
    }

    /// What an enrollment is known by that accepts them.
    #[cfg(feature = "x509")]
    pub(crate) fn marks(&self) -> alloc::vec::Vec<super::mark::Mark> {
        core::iter::once(&self.primary)
            .chain(self.secondary())
            .map(super::mark::Mark::leaf)
            .collect()
    }

    fn with_more(primary: Thumbprint, more: More) -> Self {
        let more = (more != More::default()).then(|| Box::new(more));
        Self { primary, more }
    }
}

fn distinct(same: bool, field: &'static str) -> Result<(), Rejection> {
    if same {
        return Err(Rejection::new(Code::AttestSameTwice, Subject::field(field)));
    }
    Ok(())
}

#[cfg(feature = "x509")]
mod x509 {
    use alloc::boxed::Box;
    use alloc::format;

    use provisor_report::{Code, Rejection, Subject};
    use provisor_x509::crypto::DefaultChecks;
    use provisor_x509::{Certificate, Name, TrustAnchor, TrustAnchorBuf, Version};

    use super::{Thumbprint, distinct};
    use crate::enrollment::mark::Mark;
    use crate::id::CaName;

    /// A CA certificate that an operator handed in: read once when it is handed in, so that the
    /// operator and not the first device learns that it is unusable.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TrustedCertificate {
        anchor: Box<TrustAnchorBuf>,
        thumbprint: Thumbprint,
        mark: Mark,
    }

    impl TrustedCertificate {
        /// The certificate with these DER bytes, which must be usable as a trust anchor.
        ///
        /// # Errors
        /// A code of 2000 to 2999, as [`Certificate::from_der`] and
        /// [`TrustAnchor::from_certificate`] give it.
        /// [`AttestCaVersion`](crate::Code::AttestCaVersion) when it is of version 1 or 2 and not
        /// self-signed: it cannot say whether it is a CA, and what somebody else certified may as well
        /// be a device. A root of those versions is one because it signed itself.
        pub fn from_der(der: &[u8]) -> Result<Self, Rejection> {
            let certificate = Certificate::from_der(der)?;
            let anchor = Box::new(TrustAnchorBuf::from_der(der)?);
            match certificate.version() {
                Version::V3 => {}
                Version::V1 | Version::V2 if certificate.is_self_signed(&DefaultChecks) => {}
                Version::V1 | Version::V2 => {
                    let subject = format!("{}", certificate.subject());
                    return Err(Rejection::new(
                        Code::AttestCaVersion,
                        Subject::trust_anchor(subject),
                    )
                    .expected("version 3, or a signature by the certificate's own key")
                    .found(format!("issued by {}", certificate.issuer())));
                }
            }
            Ok(Self {
                anchor,
                thumbprint: Thumbprint::of_der(der),
                mark: Mark::ca(certificate.subject().der(), certificate.public_key_info()),
            })
        }

        /// The DER bytes.
        #[must_use]
        pub const fn der(&self) -> &[u8] {
            self.anchor.der()
        }

        /// The SHA-256 thumbprint.
        #[must_use]
        pub const fn thumbprint(&self) -> &Thumbprint {
            &self.thumbprint
        }

        /// What the CA is known by, whichever certificate it has: its name and its key.
        #[must_use]
        pub const fn mark(&self) -> &Mark {
            &self.mark
        }

        /// The hash of its subject, which equal names have in common; see
        /// [`Issuer::name_hash`](crate::attestation::Issuer::name_hash).
        #[must_use]
        pub const fn name_hash(&self) -> u64 {
            self.anchor.name_hash()
        }

        /// Its subject key identifier, if it states one (RFC 5280 section 4.2.1.2).
        #[must_use]
        pub fn key_id(&self) -> Option<&[u8]> {
            self.anchor().key_id()
        }

        /// The certificate as a trust anchor.
        pub(crate) fn anchor(&self) -> TrustAnchor<'_> {
            self.anchor.view()
        }

        /// Whether its subject is that name, whose [`lookup_hash`](Name::lookup_hash) is at hand:
        /// two numbers are compared, and the names only where these agree.
        pub(crate) fn is_named(&self, name: Name<'_>, hash: u64) -> bool {
            self.anchor.name_hash() == hash && self.anchor().name() == name
        }
    }

    /// The signing certificates of a group: the primary, and a secondary for rolling over.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SigningCertificates {
        primary: TrustedCertificate,
        secondary: Option<TrustedCertificate>,
    }

    impl SigningCertificates {
        /// The certificates, usually intermediates.
        ///
        /// # Errors
        /// [`AttestSameTwice`](crate::Code::AttestSameTwice) when both are the same.
        pub fn new(
            primary: TrustedCertificate,
            secondary: Option<TrustedCertificate>,
        ) -> Result<Self, Rejection> {
            distinct(secondary.as_ref() == Some(&primary), "signingCertificates")?;
            Ok(Self { primary, secondary })
        }

        /// The primary, then the secondary.
        pub fn iter(&self) -> impl Iterator<Item = &TrustedCertificate> {
            core::iter::once(&self.primary).chain(&self.secondary)
        }
    }

    /// The CAs of an enrollment, by the names under which they are registered with the service.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CaReferences {
        primary: CaName,
        secondary: Option<CaName>,
    }

    impl CaReferences {
        /// The names.
        ///
        /// # Errors
        /// [`AttestSameTwice`](crate::Code::AttestSameTwice) when both are the same.
        pub fn new(primary: CaName, secondary: Option<CaName>) -> Result<Self, Rejection> {
            distinct(secondary.as_ref() == Some(&primary), "caReferences")?;
            Ok(Self { primary, secondary })
        }

        /// The primary, then the secondary.
        pub fn iter(&self) -> impl Iterator<Item = &CaName> {
            core::iter::once(&self.primary).chain(&self.secondary)
        }

        /// The marks of the CAs whose possession was proved. The others vouch for nobody, and so
        /// say nothing about who an enrollment is.
        pub(crate) fn marks<'a>(
            &self,
            registered: impl Fn(&CaName) -> Option<&'a CaCertificate>,
        ) -> impl Iterator<Item = &'a Mark> {
            self.iter()
                .filter_map(registered)
                .filter(|ca| matches!(ca.status, CaStatus::Verified))
                .map(|ca| ca.certificate.mark())
        }
    }

    /// A CA certificate registered with the service.
    ///
    /// It vouches for devices when it is [`Verified`](CaStatus::Verified), which it becomes
    /// [by a proof](Self::verified_by) alone. What a store restores with
    /// [`from_store`](Self::from_store) was verified before it was stored.
    ///
    /// ```
    /// # use provisor_testkit::pki::ToyPki;
    /// # let der = ToyPki::new(7).root.certificate.der().to_vec();
    /// use provisor::CaName;
    /// use provisor::enrollment::{CaCertificate, CaStatus, TrustedCertificate};
    ///
    /// let ca = CaCertificate::new(CaName::parse("root")?, TrustedCertificate::from_der(&der)?);
    /// assert_eq!(ca.status(), CaStatus::Unverified);
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CaCertificate {
        name: CaName,
        certificate: TrustedCertificate,
        status: CaStatus,
    }

    impl CaCertificate {
        /// The certificate under that name, as it is handed in: [`Unverified`](CaStatus::Unverified)
        /// until its owner has [proved](crate::attestation::prove_possession) to possess its key.
        #[must_use]
        pub const fn new(name: CaName, certificate: TrustedCertificate) -> Self {
            Self::from_store(name, certificate, CaStatus::Unverified)
        }

        /// What a store kept, with the status that it had there. For nothing else: a certificate that
        /// comes from outside is [new](Self::new), whatever is said of it.
        #[must_use]
        pub const fn from_store(
            name: CaName,
            certificate: TrustedCertificate,
            status: CaStatus,
        ) -> Self {
            Self {
                name,
                certificate,
                status,
            }
        }

        /// The same CA, verified.
        ///
        /// # Errors
        /// [`AttestPossessionOther`](Code::AttestPossessionOther) when another CA was proved.
        pub fn verified_by(mut self, possession: &Possession) -> Result<Self, Rejection> {
            let (ours, proved) = (self.certificate.thumbprint(), possession.ca());
            if ours != proved {
                return Err(Rejection::new(
                    Code::AttestPossessionOther,
                    Subject::field("caCertificate"),
                )
                .expected(format!("{ours}"))
                .found(format!("{proved}")));
            }
            self.status = CaStatus::Verified;
            Ok(self)
        }

        /// The name that enrollments refer to it by.
        #[must_use]
        pub const fn name(&self) -> &CaName {
            &self.name
        }

        /// The certificate.
        #[must_use]
        pub const fn certificate(&self) -> &TrustedCertificate {
            &self.certificate
        }

        /// Whether the operator proved to possess its key.
        #[must_use]
        pub const fn status(&self) -> CaStatus {
            self.status
        }
    }

    /// That possession of one CA's key was proved. Only
    /// [`prove_possession`](crate::attestation::prove_possession) makes it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Possession {
        ca: Thumbprint,
    }

    impl Possession {
        pub(crate) const fn of(ca: Thumbprint) -> Self {
            Self { ca }
        }

        /// The thumbprint of the CA certificate.
        #[must_use]
        pub const fn ca(&self) -> &Thumbprint {
            &self.ca
        }
    }

    /// Whether possession of a CA's key was proved. Anybody can upload anybody's CA certificate;
    /// only its owner can sign with it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    #[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
    pub enum CaStatus {
        /// Not yet: no device is admitted through it.
        Unverified,
        /// It was.
        Verified,
    }
}

#[cfg(feature = "x509")]
pub use x509::{
    CaCertificate, CaReferences, CaStatus, Possession, SigningCertificates, TrustedCertificate,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secondary_is_another_certificate() {
        let [a, b] = [b"a", b"b"].map(|der| Thumbprint::of_der(der));
        assert_eq!(
            Leaves::new(a, Some(a)).unwrap_err().code(),
            Code::AttestSameTwice
        );
        let leaves = Leaves::new(a, Some(b)).unwrap();
        assert!(leaves.contains(&a) && leaves.contains(&b));
        assert!(!Leaves::new(a, None).unwrap().contains(&b));
    }
}
