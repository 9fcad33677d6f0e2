//! Where the fleet comes from: CAs, a pool of keys, and devices as they leave the line.

use provisor::sas::SasKey;
use provisor::{RegistrationId, Rejection};
use provisor_device::registration::Identity;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair, RSA_KEYS,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::kind::Kind;
use super::unit::{Proof, Unit};

/// The lines whose CAs are trusted by groups of their names.
pub(super) const LINES: [(&str, KeyKind); 4] = [
    ("assembly", KeyKind::P256),
    ("coating", KeyKind::Ed25519),
    ("drilling", KeyKind::P256),
    ("etching", KeyKind::Ed25519),
];

/// The line whose group is disabled half-way.
pub(super) const DISABLED: &str = "etching";

/// The line that is known by the root alone, and the one whose group asks a webhook.
pub(super) const UNDER_ROOT: &str = "forging";
pub(super) const BY_WEBHOOK: &str = "grinding";

/// How many keys of each kind the pool has. The certificates of a fleet share them, so that the time
/// of a run goes into the service and not into making keys.
const POOL: [(KeyKind, usize); 4] = [
    (KeyKind::P256, 24),
    (KeyKind::Ed25519, 16),
    (KeyKind::P384, 4),
    (KeyKind::Rsa2048, 8),
];

/// CAs and keys.
pub(super) struct Plant {
    seed: u64,
    pub(super) root: Authority,
    lines: Vec<Line>,
    pool: Vec<KeyPair>,
}

/// A line and the CA that certifies what leaves it.
struct Line {
    name: &'static str,
    ca: Authority,
}

impl Plant {
    pub(super) fn new(seed: u64) -> Self {
        let root = Authority::root("Demo Fleet Root CA", KeyKind::P256, seed);
        let line = |(name, kind): (&'static str, KeyKind)| Line {
            name,
            ca: root.issuing_ca(&format!("Demo Fleet CA {name}"), kind, seed, Some(0)),
        };
        let others = [
            (UNDER_ROOT, KeyKind::Ed25519),
            (BY_WEBHOOK, KeyKind::Ed25519),
        ];
        let lines = LINES.into_iter().chain(others).map(line).collect();
        let key = |(kind, keys): (KeyKind, usize)| {
            (0..keys).map(move |number| match kind {
                KeyKind::Rsa2048 => KeyPair::rsa(seed, number),
                kind => KeyPair::new(kind, seed, &format!("fleet pool {number}")),
            })
        };
        let pool = POOL.into_iter().flat_map(key).collect();
        Self {
            seed,
            root,
            lines,
            pool,
        }
    }

    /// How many keys all certificates share.
    pub(super) const fn pool_keys(&self) -> usize {
        self.pool.len()
    }

    /// The CA certificate of that line, which its devices send along.
    pub(super) fn ca(&self, line: &str) -> Option<&[u8]> {
        let mut lines = self.lines.iter();
        lines
            .find(|known| known.name == line)
            .map(|line| line.ca.certificate.der())
    }

    /// The device with that number. The same seed and number always give the same device. The keys of
    /// those that have one of their own come with their enrollment.
    pub(super) fn unit(&self, number: usize, group_key: &SasKey) -> Result<Unit, Rejection> {
        let kind = Kind::of(number);
        let (line, proof) = match kind {
            Kind::Tpm => ("tpm", Proof::Tpm(Box::new(self.tpm(number)))),
            Kind::OwnKey | Kind::GroupKey => ("key", Proof::None),
            Kind::RootCertificate | Kind::OwnRoot => (UNDER_ROOT, Proof::None),
            Kind::WebhookCertificate => (BY_WEBHOOK, Proof::None),
            Kind::OwnCertificate | Kind::LineCertificate => {
                let lines = LINES.iter().map(|(name, _)| *name);
                (
                    lines.cycle().nth(number % 4).unwrap_or(DISABLED),
                    Proof::None,
                )
            }
        };
        let name = format!("{line}-{number:07}");
        let id = RegistrationId::try_from(&*name)?;
        let proof = match kind {
            Kind::GroupKey => Proof::Key(group_key.derive(&id)),
            Kind::OwnKey | Kind::Tpm => proof,
            _ => self.certified(line, number, &name),
        };
        Ok(Unit {
            number,
            kind,
            line,
            name,
            id,
            proof,
            forgotten: false,
            identity: Identity::none(),
        })
    }

    fn certified(&self, line: &'static str, number: usize, name: &str) -> Proof {
        let found = self.lines.iter().find(|known| known.name == line);
        let key = self.pool.get(number % self.pool.len().max(1));
        match (found, key) {
            (Some(line), Some(key)) => {
                let leaf = CertificateBuilder::device(DistinguishedName::cn(name), key);
                Proof::Certificate(leaf.issued_by(&line.ca).der().to_vec())
            }
            _ => Proof::None,
        }
    }

    /// Of five TPMs one has RSA keys, as long as there are distinct ones.
    fn tpm(&self, number: usize) -> SoftTpm {
        let tpm = number / 100;
        if tpm % 5 == 4 && tpm / 5 < RSA_KEYS / 2 {
            return SoftTpm::new(TpmKind::Rsa2048, self.seed, tpm / 5);
        }
        SoftTpm::new(TpmKind::P256, self.seed, number)
    }
}
