//! What a certificate is judged as, and which departures pass.

use clap::ValueEnum;
use provisor::x509::{Profile, profile};

use crate::answer::Unusable;

/// The options of the profile, as the core has them.
#[derive(Debug, clap::Args)]
pub(super) struct ProfileArguments {
    /// What the certificate is judged as.
    #[arg(long, value_enum, default_value_t = ProfileName::Device)]
    pub(super) profile: ProfileName,
    /// Hold every certificate of the path to the rules for those who issue (RFC 5280 section 4): for a PKI of one's own.
    #[arg(long)]
    strict: bool,
    /// Fewer intermediates than usual between the certificate and its anchor.
    #[arg(long, value_name = "N")]
    max_intermediates: Option<u8>,
    /// With --profile ek: accept elliptic-curve keys whose key usage is keyEncipherment, as Intel's is.
    #[arg(long)]
    lenient_endorsement_key_usage: bool,
    /// Accept key usages whose set bits reach into the part said to be unused, as AMD's do.
    #[arg(long)]
    lenient_key_usage_bits: bool,
    /// With --profile ek: cut zeros or FF bytes after the certificate, as the memory of TPMs has them.
    #[arg(long)]
    pub(super) lenient_padding: bool,
    /// With --ek: accept a negative serial number, and SETs out of order, as some TPM vendors have issued them.
    #[arg(long, requires = "ek")]
    pub(super) lenient_encoding: bool,
    /// With --ek: accept a certificate that states no purpose, as a public cloud issues them for virtual TPMs.
    #[arg(long, requires = "ek")]
    pub(super) lenient_absent_purpose: bool,
    /// Accept a certificate's key of any strength: who holds such a certificate may not be alone in it.
    #[arg(long)]
    danger_any_leaf_key: bool,
}

/// The profiles as spelled on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileName {
    /// A key that attests a TPM's state.
    Ak,
    /// A device that authenticates itself.
    Device,
    /// A TPM's endorsement key.
    Ek,
    /// A device's initial identity (IEEE 802.1AR).
    Idevid,
    /// A CA that issues device certificates.
    IssuingCa,
}

impl ProfileName {
    const fn profile(self) -> Profile {
        match self {
            Self::Ak => profile::AK,
            Self::Device => profile::DEVICE,
            Self::Ek => profile::EK,
            Self::Idevid => profile::IDEVID,
            Self::IssuingCa => profile::ISSUING_CA,
        }
    }
}

impl ProfileArguments {
    /// The profile with everything that was asked for.
    pub(super) const fn chosen(&self) -> Profile {
        let mut profile = self.profile.profile();
        if self.strict {
            profile = profile.strict();
        }
        if let Some(count) = self.max_intermediates {
            profile = profile.with_max_intermediates(count);
        }
        if self.lenient_endorsement_key_usage {
            profile = profile.lenient_endorsement_key_usage();
        }
        if self.lenient_key_usage_bits {
            profile = profile.lenient_key_usage_bits();
        }
        if self.danger_any_leaf_key {
            profile = profile.danger_any_leaf_key();
        }
        profile
    }

    /// Refuses options that would change nothing, or another profile into something else.
    pub(super) fn check(&self, with_ek: bool) -> Result<(), Unusable> {
        if self.profile == ProfileName::Ek {
            return Ok(());
        }
        let option = if with_ek {
            "--ek"
        } else if self.lenient_endorsement_key_usage {
            "--lenient-endorsement-key-usage"
        } else if self.lenient_padding {
            "--lenient-padding"
        } else {
            return Ok(());
        };
        Err(Unusable::new(format!(
            "{option} is about endorsement keys: give --profile ek"
        )))
    }
}
