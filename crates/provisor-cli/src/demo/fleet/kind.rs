//! What devices prove themselves with, and how many of each there are.

/// The kinds of device, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// By a certificate of a line whose CA a group trusts.
    LineCertificate,
    /// The same, and the group asks a webhook for the hub.
    WebhookCertificate,
    /// By a certificate under the registered root, which a group refers to.
    RootCertificate,
    /// By a certificate that is enrolled itself.
    OwnCertificate,
    /// By a certificate under the registered root, which the device's own enrollment refers to.
    OwnRoot,
    /// By a key derived from a group's.
    GroupKey,
    /// By a key of its own.
    OwnKey,
    /// By a TPM.
    Tpm,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::LineCertificate,
        Self::WebhookCertificate,
        Self::RootCertificate,
        Self::OwnCertificate,
        Self::OwnRoot,
        Self::GroupKey,
        Self::OwnKey,
        Self::Tpm,
    ];

    /// Of 100 devices in a row: 1 TPM, 5 and 5 by keys, 3 and 1 by certificates of their own, 5 under
    /// the root, 2 by the webhook, the rest by the certificates of their lines.
    pub(super) const fn of(number: usize) -> Self {
        match number % 100 {
            9 => Self::Tpm,
            1 | 21 | 41 | 61 | 81 => Self::OwnKey,
            2 | 22 | 42 | 62 | 82 => Self::GroupKey,
            3 | 33 | 63 => Self::OwnCertificate,
            13 => Self::OwnRoot,
            5 | 25 | 45 | 65 | 85 => Self::RootCertificate,
            4 | 54 => Self::WebhookCertificate,
            _ => Self::LineCertificate,
        }
    }

    /// Whether it has an enrollment of its own.
    pub(super) const fn is_individual(self) -> bool {
        matches!(
            self,
            Self::OwnCertificate | Self::OwnRoot | Self::OwnKey | Self::Tpm
        )
    }

    /// Whether its hub follows from the weights, and not from what a webhook says.
    pub(super) const fn goes_by_weights(self) -> bool {
        !matches!(self, Self::WebhookCertificate)
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::LineCertificate => "certificate, group of its line",
            Self::WebhookCertificate => "certificate, group with a webhook",
            Self::RootCertificate => "certificate, group of a verified CA",
            Self::OwnCertificate => "certificate, enrolled itself",
            Self::OwnRoot => "certificate, enrolled with a CA",
            Self::GroupKey => "symmetric key, derived",
            Self::OwnKey => "symmetric key, enrolled itself",
            Self::Tpm => "TPM",
        }
    }
}
