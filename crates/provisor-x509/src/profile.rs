//! Profiles: what a certificate has to be for its job, as data.
//!
//! The path rules of RFC 5280 section 6 hold for every profile. A profile adds what the leaf must
//! be. It can be printed and compared, and a custom one is a few lines:
//!
//! ```
//! use provisor_x509::{KeyUsage, Oid, Profile};
//! use provisor_x509::profile::{LeafKeyUsage, Purpose};
//!
//! let gateway = Profile::new("gateway")
//!     .with_purpose(Purpose::Wanted(Oid::SERVER_AUTH))
//!     .with_key_usage(LeafKeyUsage::AnyOf(KeyUsage::DIGITAL_SIGNATURE));
//! assert!(gateway.to_string().contains("1.3.6.1.5.5.7.3.1"));
//! ```

mod endorsement;

use core::fmt;

use provisor_report::Rejection;

use crate::anchor::AnchorValidity;
use crate::extension::KeyUsage;
use crate::limits;
use crate::oid::Oid;

/// A device's own certificate, as it is shown in TLS: clientAuth, digitalSignature, no CA.
pub const DEVICE: Profile = Profile::new("device")
    .with_purpose(Purpose::Wanted(Oid::CLIENT_AUTH))
    .with_key_usage(LeafKeyUsage::AnyOf(KeyUsage::DIGITAL_SIGNATURE));

/// The certificate of a CA that issues device certificates.
pub const ISSUING_CA: Profile = Profile::new("issuing-ca")
    .with_leaf_kind(LeafKind::Ca)
    .with_key_usage(LeafKeyUsage::AnyOf(KeyUsage::KEY_CERT_SIGN));

/// An initial device identifier (IEEE 802.1AR section 8): digitalSignature, any purpose. Most have
/// no expiry (9999-12-31T23:59:59Z), which needs no rule of its own.
pub const IDEVID: Profile =
    Profile::new("idevid").with_key_usage(LeafKeyUsage::AnyOf(KeyUsage::DIGITAL_SIGNATURE));

/// A TPM endorsement key certificate (TCG EK Credential Profile): tcg-kp-EKCertificate, key usage
/// by the kind of key, and a TPM identity that can be read if it is stated. Its subject is usually
/// empty and its subject alternative name critical, with a directoryName that names the TPM.
pub const EK: Profile = Profile::new("ek")
    .with_purpose(Purpose::Wanted(Oid::EK_CERTIFICATE))
    .with_key_usage(LeafKeyUsage::EndorsementKey)
    .with_tpm_identity(TpmIdentityRule::ReadableIfPresent);

/// A TPM attestation key certificate: tcg-kp-AIKCertificate, digitalSignature.
pub const AK: Profile = Profile::new("ak")
    .with_purpose(Purpose::Wanted(Oid::AK_CERTIFICATE))
    .with_key_usage(LeafKeyUsage::AnyOf(KeyUsage::DIGITAL_SIGNATURE))
    .with_tpm_identity(TpmIdentityRule::ReadableIfPresent);

/// What the leaf has to be, and how long the path may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    pub(crate) name: &'static str,
    pub(crate) leaf_kind: LeafKind,
    pub(crate) purpose: Purpose,
    pub(crate) key_usage: LeafKeyUsage,
    pub(crate) key_strength: KeyStrength,
    pub(crate) tpm_identity: TpmIdentityRule,
    pub(crate) key_usage_bits: KeyUsageBits,
    pub(crate) strictness: Strictness,
    pub(crate) max_intermediates: u8,
}

impl Profile {
    /// An end entity with a strong key, for any purpose.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            leaf_kind: LeafKind::EndEntity,
            purpose: Purpose::Any,
            key_usage: LeafKeyUsage::Unchecked,
            key_strength: KeyStrength::Strong,
            tpm_identity: TpmIdentityRule::Unread,
            key_usage_bits: KeyUsageBits::Strict,
            strictness: Strictness::Path,
            max_intermediates: limits::INTERMEDIATES_IN_PATH,
        }
    }

    /// The rejection with a remedy that the holders of such certificates can follow: a TPM's own
    /// certificate was made once, in the factory, and cannot be issued again. The verdicts and
    /// explanations of [`PathVerifier`](crate::PathVerifier) have it already; this is for what was
    /// refused before, while it was read.
    ///
    /// ```
    /// use provisor_x509::{Certificate, profile};
    ///
    /// let refused = Certificate::from_der(&[0x30, 0x03, 0x02, 0x01, 0x07]).unwrap_err();
    /// let refused = profile::EK.remedied(refused);
    /// assert!(!refused.remedy_text().contains("issue"), "{refused}");
    /// ```
    #[must_use]
    pub fn remedied(&self, rejection: Rejection) -> Rejection {
        match self.purpose {
            Purpose::Wanted(purpose) if purpose == Oid::EK_CERTIFICATE => {
                endorsement::remedied(rejection)
            }
            _ => rejection,
        }
    }

    /// The same profile with another rule on whether the leaf is a CA.
    #[must_use]
    pub const fn with_leaf_kind(mut self, kind: LeafKind) -> Self {
        self.leaf_kind = kind;
        self
    }

    /// The same profile with another purpose.
    #[must_use]
    pub const fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// The same profile with another rule on the leaf's key usage.
    #[must_use]
    pub const fn with_key_usage(mut self, usage: LeafKeyUsage) -> Self {
        self.key_usage = usage;
        self
    }

    /// The same profile with another rule on the TPM identity.
    #[must_use]
    pub const fn with_tpm_identity(mut self, rule: TpmIdentityRule) -> Self {
        self.tpm_identity = rule;
        self
    }

    /// The same profile with fewer intermediates allowed. As with a pathLenConstraint, self-issued ones
    /// are not counted (RFC 5280 section 4.2.1.9); more than [`limits::INTERMEDIATES_IN_PATH`], these
    /// counted, are never searched.
    #[must_use]
    pub const fn with_max_intermediates(mut self, count: u8) -> Self {
        self.max_intermediates = if count < limits::INTERMEDIATES_IN_PATH {
            count
        } else {
            limits::INTERMEDIATES_IN_PATH
        };
        self
    }

    /// The same profile, and every certificate of the path, the anchor's among them, keeps the
    /// rules of RFC 5280 section 4 for those who issue certificates: codes 2180 to 2202. The anchor's
    /// certificate has to be in its time too, whatever
    /// [`AnchorValidity`] says.
    ///
    /// A path can be valid without them, and much in the field is: most endorsement key certificates
    /// lack key identifiers, and some vendors' DER is not canonical. Fit for a PKI of one's own.
    ///
    /// ```
    /// use provisor_x509::profile;
    ///
    /// let strict = profile::DEVICE.strict();
    /// assert_ne!(strict, profile::DEVICE);
    /// assert!(strict.to_string().contains("RFC 5280 section 4"));
    /// ```
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strictness = Strictness::Certificates;
        self
    }

    /// Accepts elliptic-curve endorsement keys whose key usage says keyEncipherment in place of
    /// keyAgreement, as Intel's do. The key can still do nothing but ECDH.
    #[must_use]
    pub const fn lenient_endorsement_key_usage(mut self) -> Self {
        self.key_usage = LeafKeyUsage::LenientEndorsementKey;
        self
    }

    /// Accepts key usages whose set bits reach into the part said to be unused, as AMD's SEV CA
    /// certificates have it, and reads every set bit as meant. A strict reader finds fewer uses.
    #[must_use]
    pub const fn lenient_key_usage_bits(mut self) -> Self {
        self.key_usage_bits = KeyUsageBits::Lenient;
        self
    }

    /// Accepts leaf keys of any strength: who holds such a certificate may not be alone in it.
    #[must_use]
    pub const fn danger_any_leaf_key(mut self) -> Self {
        self.key_strength = KeyStrength::DangerAny;
        self
    }

    /// Whether the trust anchors of such leaves end with their certificates, as the registration
    /// service has it, and with it the command line and the bindings, so that one chain gets one
    /// verdict everywhere. [`PathVerifier`](crate::PathVerifier) leaves it to its caller.
    ///
    /// The signing certificates that operators register are renewed, and their end is meant: it
    /// counts. A TPM outlives the roots of its vendor, and nobody issues its certificate again: for
    /// profiles that read a TPM identity, the end of an anchor does not count.
    #[must_use]
    pub const fn anchor_validity(&self) -> AnchorValidity {
        match self.tpm_identity {
            TpmIdentityRule::Unread => AnchorValidity::Checked,
            TpmIdentityRule::ReadableIfPresent | TpmIdentityRule::Required => {
                AnchorValidity::Ignored
            }
        }
    }

    /// Its name, for reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for Profile {
    /// One rule on each line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "profile {}", self.name)?;
        let kind = match self.leaf_kind {
            LeafKind::EndEntity => "an end entity",
            LeafKind::Ca => "a CA",
            LeafKind::EndEntityOrCa => "an end entity or a CA",
        };
        writeln!(f, "  leaf: {kind}")?;
        match self.purpose {
            Purpose::Any => writeln!(f, "  purpose: any")?,
            Purpose::Wanted(oid) => writeln!(f, "  purpose: {oid}, where purposes are stated")?,
        }
        match self.key_usage {
            LeafKeyUsage::Unchecked => writeln!(f, "  key usage: any")?,
            LeafKeyUsage::AnyOf(usage) => writeln!(f, "  key usage: {usage}, where stated")?,
            LeafKeyUsage::EndorsementKey => writeln!(f, "  key usage: of an endorsement key")?,
            LeafKeyUsage::LenientEndorsementKey => writeln!(
                f,
                "  key usage: of an endorsement key, lenient on keyEncipherment for curves"
            )?,
        }
        if self.key_usage_bits == KeyUsageBits::Lenient {
            writeln!(f, "  key usage bits: lenient on set bits said to be unused")?;
        }
        match self.strictness {
            Strictness::Path => {}
            Strictness::Certificates => {
                writeln!(
                    f,
                    "  certificates: strict, as RFC 5280 section 4 has them issued"
                )?;
            }
        }
        match self.key_strength {
            KeyStrength::Strong => writeln!(f, "  leaf key: strong")?,
            KeyStrength::DangerAny => writeln!(f, "  leaf key: any (danger)")?,
        }
        match self.tpm_identity {
            TpmIdentityRule::Unread => {}
            TpmIdentityRule::ReadableIfPresent => {
                writeln!(f, "  TPM identity: readable where it is stated")?;
            }
            TpmIdentityRule::Required => writeln!(f, "  TPM identity: required")?,
        }
        write!(f, "  intermediates: at most {}", self.max_intermediates)
    }
}

/// Whether the leaf is a CA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafKind {
    /// No CA: it certifies nothing.
    EndEntity,
    /// A CA.
    Ca,
    /// Either, as RFC 5280 allows.
    EndEntityOrCa,
}

/// What the extended key usage must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing in particular.
    Any,
    /// This purpose or anyExtendedKeyUsage, in the leaf and in every CA above that states
    /// purposes. A certificate without the extension is not restricted.
    Wanted(Oid),
}

/// What the leaf's key usage must hold, where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafKeyUsage {
    /// Nothing in particular.
    Unchecked,
    /// At least one of these uses.
    AnyOf(KeyUsage),
    /// keyEncipherment for RSA and keyAgreement for elliptic curves, or digitalSignature for an
    /// endorsement key that signs (TCG EK Credential Profile section 3.2.12).
    EndorsementKey,
    /// The same, and keyEncipherment for elliptic curves too.
    LenientEndorsementKey,
}

/// What is done with a key usage whose encoding contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUsageBits {
    /// Refused.
    Strict,
    /// Every set bit counts.
    Lenient,
}

/// Which rules hold for each certificate beside those of path validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// None: RFC 5280 section 6 alone.
    Path,
    /// Those of RFC 5280 section 4, which bind who issues.
    Certificates,
}

/// How strong the leaf's key must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStrength {
    /// RSA of 2048 to 8192 bits, a point of a named curve of 256 bits or more, Ed25519; no DSA.
    Strong,
    /// Anything.
    DangerAny,
}

/// Whether the certificate must say which TPM it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TpmIdentityRule {
    /// Not looked at.
    Unread,
    /// Well formed where it is stated.
    ReadableIfPresent,
    /// Stated and well formed.
    Required,
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn profiles_print_and_compare() {
        assert_ne!(DEVICE, IDEVID);
        assert!(EK.to_string().contains("2.23.133.8.1"));
        assert!(
            EK.lenient_endorsement_key_usage()
                .to_string()
                .contains("lenient")
        );
        assert!(DEVICE.danger_any_leaf_key().to_string().contains("danger"));
    }

    #[test]
    fn anchors_of_operators_end_and_those_of_vendors_do_not() {
        for profile in [DEVICE, ISSUING_CA, IDEVID] {
            assert_eq!(profile.anchor_validity(), AnchorValidity::Checked);
        }
        for profile in [EK, AK] {
            assert_eq!(profile.anchor_validity(), AnchorValidity::Ignored);
        }
    }

    #[test]
    fn the_number_of_intermediates_can_only_shrink() {
        assert_eq!(
            DEVICE.with_max_intermediates(200).max_intermediates,
            limits::INTERMEDIATES_IN_PATH
        );
        assert_eq!(DEVICE.with_max_intermediates(1).max_intermediates, 1);
    }
}
