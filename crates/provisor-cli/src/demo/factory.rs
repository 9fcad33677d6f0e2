//! The factory: CAs, a maker of TPMs, and devices as they leave the line.

use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair, RSA_KEYS,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

/// A root, and one issuing CA for each of two production lines.
pub(super) struct Factory {
    pub(super) seed: u64,
    pub(super) root: Authority,
    pub(super) lines: [Line; 2],
}

/// A production line: its name is the prefix of the registration IDs.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) ca: Authority,
}

/// A device, ready to register.
pub(super) struct Device {
    pub(super) number: usize,
    /// What is written on it: of certified devices also their registration ID.
    pub(super) name: String,
    pub(super) make: Make,
    pub(super) credential: Credential,
}

/// What a device proves itself with.
pub(super) enum Credential {
    Tpm(Box<SoftTpm>),
    X509 {
        leaf: Vec<u8>,
        /// Which of the factory's lines issued it, and whose CA certificate it sends along.
        line: usize,
    },
}

/// The makes of device, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Make {
    CertificateP256,
    CertificateP384,
    CertificateRsa,
    CertificateEd25519,
    TpmP256,
    TpmRsa,
}

impl Make {
    pub(super) const ALL: [Self; 6] = [
        Self::CertificateP256,
        Self::CertificateP384,
        Self::CertificateRsa,
        Self::CertificateEd25519,
        Self::TpmP256,
        Self::TpmRsa,
    ];

    /// Of 20 devices in a row: 6, 3, 3, 4, 3, 1 of the six makes.
    const fn of(number: usize) -> Self {
        match number % 20 {
            0 | 3 | 6 | 9 | 12 | 15 => Self::CertificateP256,
            1 | 7 | 13 => Self::CertificateP384,
            2 | 8 | 14 => Self::CertificateRsa,
            4 | 10 | 16 | 18 => Self::CertificateEd25519,
            5 | 11 | 17 => Self::TpmP256,
            _ => Self::TpmRsa,
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::CertificateP256 => "certificate, P-256",
            Self::CertificateP384 => "certificate, P-384",
            Self::CertificateRsa => "certificate, RSA-2048",
            Self::CertificateEd25519 => "certificate, Ed25519",
            Self::TpmP256 => "TPM, P-256 endorsement key",
            Self::TpmRsa => "TPM, RSA-2048 endorsement key",
        }
    }
}

impl Factory {
    pub(super) fn new(seed: u64) -> Self {
        let root = Authority::root("Demo Factory Root CA", KeyKind::P384, seed);
        let line = |name, common_name, kind| Line {
            name,
            ca: root.issuing_ca(common_name, kind, seed, Some(0)),
        };
        let lines = [
            line("press", "Demo Press Line CA", KeyKind::P256),
            line("weld", "Demo Weld Line CA", KeyKind::Rsa2048),
        ];
        Self { seed, root, lines }
    }

    /// The device with that number. The same seed and number always give the same device.
    pub(super) fn device(&self, number: usize) -> Device {
        let make = Make::of(number);
        match make {
            Make::CertificateP256 => self.certified(number, make, KeyKind::P256),
            Make::CertificateP384 => self.certified(number, make, KeyKind::P384),
            Make::CertificateRsa => self.certified(number, make, KeyKind::Rsa2048),
            Make::CertificateEd25519 => self.certified(number, make, KeyKind::Ed25519),
            Make::TpmP256 => self.with_tpm(number, make, TpmKind::P256),
            // Each toy RSA key serves one TPM only, and each TPM takes two: beyond that many, P-256.
            Make::TpmRsa if number / 20 < RSA_KEYS / 2 => {
                self.with_tpm(number, make, TpmKind::Rsa2048)
            }
            Make::TpmRsa => self.with_tpm(number, Make::TpmP256, TpmKind::P256),
        }
    }

    fn certified(&self, number: usize, make: Make, kind: KeyKind) -> Device {
        let index = usize::from(number % 3 == 2);
        let [press, weld] = &self.lines;
        let line = if index == 0 { press } else { weld };
        let name = format!("{}-{number:05}", line.name);
        let key = match kind {
            KeyKind::Rsa2048 => KeyPair::rsa(self.seed, number),
            kind => KeyPair::new(kind, self.seed, &name),
        };
        let leaf =
            CertificateBuilder::device(DistinguishedName::cn(&name), &key).issued_by(&line.ca);
        let credential = Credential::X509 {
            leaf: leaf.der().to_vec(),
            line: index,
        };
        Device {
            number,
            name,
            make,
            credential,
        }
    }

    fn with_tpm(&self, number: usize, make: Make, kind: TpmKind) -> Device {
        let within_kind = match kind {
            TpmKind::P256 | TpmKind::P384 => number,
            TpmKind::Rsa2048 => number / 20,
        };
        let tpm = SoftTpm::new(kind, self.seed, within_kind);
        let credential = Credential::Tpm(Box::new(tpm));
        Device {
            number,
            name: format!("tpm-{number:05}"),
            make,
            credential,
        }
    }
}
