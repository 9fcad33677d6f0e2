//! What a [`ChainVerifier`] remembers saves signatures, and never changes a verdict.

use std::cell::Cell;
use std::sync::LazyLock;

use proptest::prelude::*;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair,
};
use provisor_x509::crypto::{Ring, Scheme, SignatureChecks, SignatureFault};
use provisor_x509::{
    Certificate, ChainVerifier, Code, PathVerifier, Rejection, TrustAnchor, UnixTime, limits,
    profile,
};

use crate::world::NOW;

/// Ring, and how often it was asked.
#[derive(Default)]
struct Counting(Cell<u32>);

impl SignatureChecks for &Counting {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        self.0.set(self.0.get() + 1);
        Ring.check(scheme, key, message, signature)
    }
}

/// Says yes to everything.
struct Gullible;

impl SignatureChecks for Gullible {
    fn check(&self, _: Scheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), SignatureFault> {
        Ok(())
    }
}

fn ca(name: &str) -> (DistinguishedName, KeyPair) {
    let key = KeyPair::new(KeyKind::Ed25519, 1, name);
    (DistinguishedName::cn(name), key)
}

fn device(name: &str) -> CertificateBuilder {
    let key = KeyPair::new(KeyKind::Ed25519, 1, name);
    CertificateBuilder::device(DistinguishedName::cn(name), &key)
}

/// A question as bytes, and what a verifier answers: the path, or why there is none.
struct Question<'q> {
    leaf: &'q [u8],
    sent: Vec<&'q [u8]>,
    anchors: Vec<&'q [u8]>,
    now: UnixTime,
}

type Answer = Result<Vec<Vec<u8>>, Rejection>;

impl<'q> Question<'q> {
    fn ask(&self, with: impl FnOnce(&PathVerifier<'_, '_>, &Certificate<'_>) -> Answer) -> Answer {
        let read = |ders: &[&'q [u8]]| -> Vec<Certificate<'q>> {
            ders.iter()
                .map(|der| Certificate::from_der(der).unwrap())
                .collect()
        };
        let sent = read(&self.sent);
        let anchors: Vec<_> = read(&self.anchors)
            .iter()
            .map(|certificate| TrustAnchor::from_certificate(certificate).unwrap())
            .collect();
        let question = PathVerifier::new(&profile::DEVICE, &anchors).intermediates(&sent);
        with(&question, &Certificate::from_der(self.leaf).unwrap())
    }

    fn without(&self) -> Answer {
        self.ask(|question, leaf| bytes(question.verify(leaf, self.now)))
    }

    fn with<C: SignatureChecks>(&self, chains: &mut ChainVerifier<C>) -> Answer {
        self.ask(|question, leaf| bytes(chains.verify(question, leaf, self.now)))
    }
}

fn bytes(verdict: Result<provisor_x509::VerifiedPath<'_>, Rejection>) -> Answer {
    let path = verdict?;
    let anchor = path.anchor().public_key_info().to_vec();
    let certificates = path.certificates().iter().map(|c| c.der().to_vec());
    Ok(certificates.chain([anchor]).collect())
}

/// A fleet of two devices under two levels of CAs.
struct Fleet {
    root: Authority,
    upper: Authority,
    lower: Authority,
    devices: [IssuedCertificate; 2],
}

impl Fleet {
    fn new() -> Self {
        let root = Authority::root("Root", KeyKind::Ed25519, 1);
        let upper = root.issuing_ca("Upper", KeyKind::Ed25519, 1, None);
        let lower = upper.issuing_ca("Lower", KeyKind::Ed25519, 1, None);
        let devices = ["a", "b"].map(|name| device(name).issued_by(&lower));
        Self {
            root,
            upper,
            lower,
            devices,
        }
    }

    fn question(&self, number: usize) -> Question<'_> {
        Question {
            leaf: self.devices[number].der(),
            sent: vec![self.upper.certificate.der(), self.lower.certificate.der()],
            anchors: vec![self.root.certificate.der()],
            now: NOW,
        }
    }
}

#[test]
fn the_next_device_of_a_fleet_costs_one_signature() {
    let (fleet, count) = (Fleet::new(), Counting::default());
    let mut chains = ChainVerifier::with_backend(&count);
    let cost = |chains: &mut ChainVerifier<_>, number| {
        let before = count.0.get();
        fleet.question(number).with(chains).unwrap();
        count.0.get() - before
    };
    assert_eq!(cost(&mut chains, 0), 3);
    assert_eq!(chains.remembered(), 2);
    assert_eq!(cost(&mut chains, 1), 1);
    // The leaf itself is checked each time.
    assert_eq!(cost(&mut chains, 1), 1);
    chains.forget();
    assert_eq!(cost(&mut chains, 1), 3);
    // Room for one of the two: the first CA makes room for the second each time.
    let mut small = ChainVerifier::with_backend(&count).with_capacity(1);
    assert_eq!(cost(&mut small, 0), 3);
    assert_eq!(small.remembered(), 1);
    assert_eq!(cost(&mut small, 1), 2);
    let mut none = ChainVerifier::with_backend(&count).with_capacity(0);
    assert_eq!(cost(&mut none, 0), 3);
    assert_eq!(cost(&mut none, 0), 3);
    assert_eq!(none.remembered(), 0);
}

#[test]
fn who_is_refused_leaves_nothing_behind() {
    let fleet = Fleet::new();
    let stranger = Authority::root("Stranger", KeyKind::Ed25519, 1);
    let mut chains = ChainVerifier::new();
    let damaged = device("a").damaged_signature().issued_by(&fleet.lower);
    let mut question = fleet.question(0);
    question.leaf = damaged.der();
    assert!(question.with(&mut chains).is_err());
    let mut question = fleet.question(0);
    question.anchors = vec![stranger.certificate.der()];
    assert!(question.with(&mut chains).is_err());
    let mut question = fleet.question(0);
    question.now = UnixTime::new(0);
    assert!(question.with(&mut chains).is_err());
    assert_eq!(chains.remembered(), 0);
}

#[test]
fn rules_are_applied_to_what_is_remembered() {
    let fleet = Fleet::new();
    let mut chains = ChainVerifier::new();
    fleet.question(0).with(&mut chains).unwrap();
    let code = |question: Question<'_>, chains: &mut ChainVerifier| {
        let verdict = question.with(chains);
        assert_eq!(verdict, question.without());
        verdict.map_err(|rejection| rejection.code())
    };
    let stranger = Authority::root("Stranger", KeyKind::Ed25519, 1);
    let mut question = fleet.question(1);
    question.anchors = vec![stranger.certificate.der()];
    assert_eq!(code(question, &mut chains), Err(Code::X509IssuerNotFound));
    let mut question = fleet.question(1);
    question.now = UnixTime::new(4_000_000_000);
    assert_eq!(code(question, &mut chains), Err(Code::X509Expired));
    // The same name with another key: the signature remembered is not one by this key.
    let (name, key) = (DistinguishedName::cn("Root"), ca("Other").1);
    let namesake = CertificateBuilder::ca(name, &key, None).self_signed(&key);
    let mut question = fleet.question(1);
    question.anchors = vec![namesake.der()];
    assert_eq!(code(question, &mut chains), Err(Code::X509IssuerKeyDiffers));
}

#[test]
fn one_backend_does_not_answer_for_another() {
    let fleet = Fleet::new();
    let forged = CertificateBuilder::ca(fleet.upper.name.clone(), &fleet.upper.key, None)
        .damaged_signature()
        .issued_by(&fleet.root);
    let mut question = fleet.question(0);
    question.sent[0] = forged.der();
    // It belongs to the chain verifier, whatever the question says.
    let mut gullible = ChainVerifier::with_backend(Gullible);
    assert!(question.with(&mut gullible).is_ok());
    let mut honest = ChainVerifier::new();
    let asked = question
        .ask(|path, leaf| bytes(honest.verify(&path.signature_checks(&Gullible), leaf, NOW)));
    assert_eq!(asked.unwrap_err().code(), Code::X509SignatureWrong);
    assert_eq!(honest.remembered(), 0);
}

#[test]
fn the_memory_is_bounded() {
    let fleet = Fleet::new();
    let mut chains = ChainVerifier::new().with_capacity(usize::MAX);
    for number in 0..limits::REMEMBERED_EDGES + 8 {
        let name = format!("CA {number}");
        let issuer = fleet.root.issuing_ca(&name, KeyKind::Ed25519, 1, None);
        let leaf = device("a").issued_by(&issuer);
        let question = Question {
            leaf: leaf.der(),
            sent: vec![issuer.certificate.der()],
            anchors: vec![fleet.root.certificate.der()],
            now: NOW,
        };
        question.with(&mut chains).unwrap();
    }
    assert_eq!(chains.remembered(), limits::REMEMBERED_EDGES);
    assert!(format!("{chains:?}").contains("256"));
}

/// Leaves, CAs good and broken, and anchors, all entangled by few names.
struct Bag {
    leaves: Vec<Vec<u8>>,
    sent: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
}

/// When the short-lived CA of the bag ends.
const END: UnixTime = UnixTime::new(NOW.seconds() + 1_000);

static BAG: LazyLock<Bag> = LazyLock::new(|| {
    let roots = ["A", "B"].map(|name| Authority::root(name, KeyKind::Ed25519, 1));
    let [a, b] = &roots;
    // Another key under the name of A.
    let (name, key) = (DistinguishedName::cn("A"), ca("other A").1);
    let namesake = Authority {
        certificate: CertificateBuilder::ca(name.clone(), &key, None).self_signed(&key),
        name,
        key,
    };
    let (one, one_key) = ca("One");
    let build = || CertificateBuilder::ca(one.clone(), &one_key, None);
    let issuing = build().into_authority(one.clone(), one_key.clone(), a);
    let second = issuing.issuing_ca("Two", KeyKind::Ed25519, 1, None);
    let other_key = ca("other One").1;
    let other = CertificateBuilder::ca(one.clone(), &other_key, None).into_authority(
        one.clone(),
        other_key.clone(),
        a,
    );
    let sent = [
        &issuing.certificate,
        &second.certificate,
        &other.certificate,
        &build().issued_by(b),
        &build().issued_by(&namesake),
        &build()
            .valid(UnixTime::new(NOW.seconds() - 1), END)
            .issued_by(a),
        &build().damaged_signature().issued_by(a),
        &build().without_authority_key_id().issued_by(b),
        &build().issued_by(&second),
        &CertificateBuilder::device(one.clone(), &one_key).issued_by(a),
        &CertificateBuilder::ca(a.name.clone(), &a.key, None).issued_by(b),
        &CertificateBuilder::ca(b.name.clone(), &b.key, Some(0)).issued_by(a),
        &a.certificate,
    ]
    .map(|certificate| certificate.der().to_vec());
    let leaves = [
        device("d").issued_by(&issuing),
        device("e").issued_by(&issuing),
        device("f").without_authority_key_id().issued_by(&issuing),
        device("g").issued_by(&second),
        device("h").issued_by(&other),
        device("i").issued_by(a),
        device("j").damaged_signature().issued_by(&issuing),
        CertificateBuilder::ca(second.name.clone(), &second.key, None).issued_by(&issuing),
    ]
    .map(|certificate| certificate.der().to_vec());
    let anchors = [
        &a.certificate,
        &b.certificate,
        &namesake.certificate,
        &issuing.certificate,
    ]
    .map(|certificate| certificate.der().to_vec());
    Bag {
        leaves: leaves.into(),
        sent: sent.into(),
        anchors: anchors.into(),
    }
});

/// One question by numbers: the leaf, what is sent in that order, the anchors, the time.
fn numbers() -> impl Strategy<Value = (usize, Vec<usize>, Vec<usize>, i64)> {
    (
        0..BAG.leaves.len(),
        prop::collection::vec(0..BAG.sent.len(), 0..9),
        prop::collection::vec(0..BAG.anchors.len(), 0..4),
        prop::sample::select(vec![-2, 0, 0, 0, 1_000, 1_001, 900_000_000]),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Any bag, any order, any time, and so little room that it is always too small: with memory
    /// and without, the same path or the same rejection.
    #[test]
    fn memory_never_changes_a_verdict(
        questions in prop::collection::vec(numbers(), 1..14),
        capacity in 0..4_usize,
    ) {
        let mut chains = ChainVerifier::new().with_capacity(capacity);
        for (leaf, sent, anchors, offset) in questions {
            let question = Question {
                leaf: &BAG.leaves[leaf],
                sent: sent.iter().map(|index| &BAG.sent[*index][..]).collect(),
                anchors: anchors.iter().map(|index| &BAG.anchors[*index][..]).collect(),
                now: UnixTime::new(NOW.seconds() + offset),
            };
            prop_assert_eq!(question.with(&mut chains), question.without());
            prop_assert!(chains.remembered() <= capacity);
        }
    }
}

/// The property above means something: bags are accepted, and memory is used.
#[test]
fn the_bag_holds_paths_and_dead_ends() {
    let count = Counting::default();
    let mut chains = ChainVerifier::with_backend(&count);
    let (mut accepted, mut refused) = (0, 0);
    for leaf in &BAG.leaves {
        for anchor in &BAG.anchors {
            let question = Question {
                leaf,
                sent: BAG.sent.iter().map(|der| &der[..]).collect(),
                anchors: vec![anchor],
                now: NOW,
            };
            let verdict = question.with(&mut chains);
            assert_eq!(verdict, question.without());
            match verdict {
                Ok(_) => accepted += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(accepted > 8 && refused > 4, "{accepted} {refused}");
    assert!(chains.remembered() > 4);
}
