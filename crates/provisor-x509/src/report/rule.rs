//! The rules, as a report names them.

/// A rule of path validation or of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// Critical extensions are all understood.
    KnownCritical,
    /// The path is valid for a certificate policy, where one is required.
    Policies,
    /// The leaf is, or is not, a CA, as the profile wants.
    LeafKind,
    /// The time lies within the validity period.
    Validity,
    /// The extended key usage holds the purpose wanted.
    Purpose,
    /// The leaf's key usage holds what the profile wants.
    KeyUsage,
    /// The key usage does not contradict its own encoding.
    KeyUsageBits,
    /// The leaf's key is strong enough.
    KeyStrength,
    /// The TPM's identity can be read.
    TpmIdentity,
    /// There is a certificate or an anchor with the issuer's name.
    IssuerSearch,
    /// The issuer is a CA.
    IssuerIsCa,
    /// The issuer's key usage allows signing certificates.
    KeyCertSign,
    /// The path length constraint is kept.
    PathLength,
    /// The signature algorithm is acceptable and goes with the issuer's key.
    Algorithm,
    /// The signature is right.
    Signature,
    /// The certificate is as RFC 5280 section 4 wants it, where the profile is strict.
    StrictCertificate,
    /// The names lie within the name constraints above.
    NameConstraints,
    /// A revocation list covers the certificate, is current and rightly signed.
    RevocationList,
    /// The certificate is known not to be revoked.
    Revocation,
    /// The work stays within the limits.
    Budget,
}

impl Rule {
    /// A short name, stable, for programs and people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KnownCritical => "critical-extensions",
            Self::Policies => "policies",
            Self::LeafKind => "leaf-kind",
            Self::Validity => "validity",
            Self::Purpose => "extended-key-usage",
            Self::KeyUsage => "key-usage",
            Self::KeyUsageBits => "key-usage-bits",
            Self::KeyStrength => "key-strength",
            Self::TpmIdentity => "tpm-identity",
            Self::IssuerSearch => "issuer-search",
            Self::IssuerIsCa => "issuer-is-ca",
            Self::KeyCertSign => "key-cert-sign",
            Self::PathLength => "path-length",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::StrictCertificate => "strict-certificate",
            Self::NameConstraints => "name-constraints",
            Self::RevocationList => "revocation-list",
            Self::Revocation => "revocation",
            Self::Budget => "budget",
        }
    }

    /// Where it is written.
    #[must_use]
    pub const fn spec(self) -> &'static str {
        match self {
            Self::KnownCritical => "RFC 5280 section 4.2",
            Self::Policies => "RFC 5280 sections 6.1.3 (d) to (f), 6.1.5 (g)",
            Self::LeafKind => "RFC 5280 section 4.2.1.9",
            Self::Validity => "RFC 5280 section 6.1.3 (a)(2)",
            Self::Purpose => "RFC 5280 section 4.2.1.12",
            Self::KeyUsage => "RFC 5280 section 4.2.1.3",
            Self::KeyUsageBits => "X.690 section 11.2.1",
            Self::KeyStrength => "NIST SP 800-131A section 3",
            Self::TpmIdentity => "TCG EK Credential Profile section 3.1.2",
            Self::IssuerSearch => "RFC 5280 section 6.1.3 (a)(4)",
            Self::IssuerIsCa => "RFC 5280 section 6.1.4 (k)",
            Self::KeyCertSign => "RFC 5280 section 6.1.4 (n)",
            Self::PathLength => "RFC 5280 section 6.1.4 (l), (m)",
            Self::Algorithm => "RFC 5280 section 4.1.1.2",
            Self::Signature => "RFC 5280 section 6.1.3 (a)(1)",
            Self::StrictCertificate => "RFC 5280 section 4",
            Self::NameConstraints => "RFC 5280 section 6.1.3 (b), (c)",
            Self::RevocationList => "RFC 5280 section 6.3.3 (a) to (h)",
            Self::Revocation => "RFC 5280 section 6.3.3",
            Self::Budget => "provisor limits",
        }
    }
}
