//! What a [`ChainVerifier`] remembers saves signatures, and never changes a verdict.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, DistinguishedName, Extension, IssuedCertificate,
    KeyKind, KeyPair, KeyUsage,
};
use provisor_x509::crypto::{DefaultChecks, PreparedKey, Scheme, SignatureChecks, SignatureFault};
use provisor_x509::{
    Certificate, ChainVerifier, Code, Crl, PathVerifier, Rejection, RevocationPolicy, TrustAnchor,
    UnixTime, limits, profile,
};

use crate::world::NOW;

/// DefaultChecks, and how often it was asked.
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
        DefaultChecks.check(scheme, key, message, signature)
    }
}

/// DefaultChecks, which it gives keys read before, and how often each of its two ways was asked.
#[derive(Default)]
struct Preparing {
    by_bytes: Cell<u32>,
    by_key: Arc<AtomicU32>,
}

struct Prepared {
    scheme: Scheme,
    bytes: Vec<u8>,
    asked: Arc<AtomicU32>,
}

impl Preparing {
    /// Since the last time.
    fn asked(&self) -> (u32, u32) {
        (self.by_bytes.take(), self.by_key.swap(0, Ordering::Relaxed))
    }
}

impl SignatureChecks for &Preparing {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        self.by_bytes.set(self.by_bytes.get() + 1);
        DefaultChecks.check(scheme, key, message, signature)
    }

    fn prepare(&self, scheme: Scheme, key: &[u8]) -> Option<Box<dyn PreparedKey>> {
        Some(Box::new(Prepared {
            scheme,
            bytes: key.to_vec(),
            asked: Arc::clone(&self.by_key),
        }))
    }
}

impl PreparedKey for Prepared {
    fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureFault> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        DefaultChecks.check(self.scheme, &self.bytes, message, signature)
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
    policy: RevocationPolicy,
    lists: Vec<&'q [u8]>,
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
        let lists: Vec<_> = self
            .lists
            .iter()
            .map(|der| Crl::from_der(der).unwrap())
            .collect();
        let question = PathVerifier::new(&profile::DEVICE, &anchors)
            .intermediates(&sent)
            .revocation(self.policy, &lists);
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
    let certificates = path.certificates().map(|c| c.der().to_vec());
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
            policy: RevocationPolicy::Unchecked,
            lists: vec![],
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
fn the_key_of_the_leafs_issuer_is_read_once() {
    let (fleet, backend) = (Fleet::new(), Preparing::default());
    let mut chains = ChainVerifier::with_backend(&backend);
    fleet.question(0).with(&mut chains).unwrap();
    assert_eq!((backend.asked(), chains.remembered_keys()), ((3, 0), 1));
    for number in [0, 1] {
        fleet.question(number).with(&mut chains).unwrap();
        assert_eq!(backend.asked(), (0, 1));
    }
    // It still checks: another issuer's signature, and one that was damaged.
    let damaged = device("a").damaged_signature().issued_by(&fleet.lower);
    let (name, key) = (fleet.lower.name.clone(), ca("Other").1);
    let namesake =
        CertificateBuilder::ca(name.clone(), &key, None).into_authority(name, key, &fleet.upper);
    let other = device("a").without_authority_key_id().issued_by(&namesake);
    for leaf in [&damaged, &other] {
        let mut question = fleet.question(0);
        question.leaf = leaf.der();
        let refused = question.with(&mut chains);
        assert_eq!(refused, question.without());
        assert_eq!(refused.unwrap_err().code(), Code::X509SignatureWrong);
        assert_eq!((backend.asked(), chains.remembered_keys()), ((0, 1), 1));
    }
    // The namesake has its own key, and the memory of the first stays what it was.
    let mut question = fleet.question(0);
    question.leaf = other.der();
    question.sent = vec![fleet.upper.certificate.der(), namesake.certificate.der()];
    question.with(&mut chains).unwrap();
    assert_eq!((backend.asked(), chains.remembered_keys()), ((2, 0), 2));
    question.with(&mut chains).unwrap();
    assert_eq!(backend.asked(), (0, 1));
    fleet.question(0).with(&mut chains).unwrap();
    assert_eq!(backend.asked(), (0, 1));
    chains.forget();
    assert_eq!(chains.remembered_keys(), 0);
    // Nothing remembered, nothing prepared.
    let mut none = ChainVerifier::with_backend(&backend).with_capacity(0);
    for _ in 0..2 {
        fleet.question(0).with(&mut none).unwrap();
        assert_eq!((backend.asked(), none.remembered_keys()), ((3, 0), 0));
    }
}

#[test]
fn the_key_of_an_anchor_is_read_once_too() {
    let (fleet, backend) = (Fleet::new(), Preparing::default());
    let mut chains = ChainVerifier::with_backend(&backend);
    let mut question = fleet.question(0);
    question.sent = vec![];
    question.anchors = vec![fleet.lower.certificate.der()];
    question.with(&mut chains).unwrap();
    assert_eq!((chains.remembered(), chains.remembered_keys()), (0, 1));
    assert_eq!(backend.asked(), (1, 0));
    question.with(&mut chains).unwrap();
    assert_eq!(backend.asked(), (0, 1));
    // A key vouches for nothing: without its anchor nobody is accepted.
    question.anchors = vec![fleet.root.certificate.der()];
    let refused = question.with(&mut chains).unwrap_err();
    assert_eq!(refused.code(), Code::X509IssuerNotFound);
    assert_eq!(backend.asked(), (0, 0));
}

#[test]
fn who_is_refused_leaves_nothing_behind() {
    let (fleet, backend) = (Fleet::new(), Preparing::default());
    let stranger = Authority::root("Stranger", KeyKind::Ed25519, 1);
    let mut chains = ChainVerifier::with_backend(&backend);
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
    assert_eq!((chains.remembered(), chains.remembered_keys()), (0, 0));
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
            policy: RevocationPolicy::Unchecked,
            lists: vec![],
        };
        question.with(&mut chains).unwrap();
    }
    assert_eq!(chains.remembered(), limits::REMEMBERED_EDGES);
    assert!(format!("{chains:?}").contains("256"));
}

/// The lists of the root and of both CAs.
fn lists_of(fleet: &Fleet) -> [Vec<u8>; 3] {
    [&fleet.root, &fleet.upper, &fleet.lower]
        .map(|signer| CrlBuilder::new().signed_by(signer).der().to_vec())
}

#[test]
fn lists_are_checked_once() {
    let (fleet, count) = (Fleet::new(), Counting::default());
    let lists = lists_of(&fleet);
    let mut chains = ChainVerifier::with_backend(&count);
    let cost = |chains: &mut ChainVerifier<_>, number, now: UnixTime| {
        let before = count.0.get();
        let mut question = fleet.question(number);
        question.policy = RevocationPolicy::DenyUnknown;
        question.lists = lists.iter().map(|der| &der[..]).collect();
        question.now = now;
        question.with(chains).unwrap();
        count.0.get() - before
    };
    assert_eq!(cost(&mut chains, 0, NOW), 6);
    assert_eq!((chains.remembered(), chains.remembered_lists()), (2, 3));
    assert_eq!(cost(&mut chains, 1, NOW), 1);
    chains.forget();
    assert_eq!(chains.remembered_lists(), 0);
    assert_eq!(cost(&mut chains, 1, NOW), 6);
    let mut none = ChainVerifier::with_backend(&count).with_capacity(0);
    assert_eq!(cost(&mut none, 0, NOW), 6);
    assert_eq!(none.remembered_lists(), 0);
}

#[test]
fn what_a_list_says_counts_however_well_it_is_known() {
    let fleet = Fleet::new();
    let lists = lists_of(&fleet);
    let mut chains = ChainVerifier::new();
    let mut ask = |number: usize, lists: &[&[u8]], now: UnixTime| {
        let mut question = fleet.question(number);
        question.policy = RevocationPolicy::DenyUnknown;
        question.lists = lists.to_vec();
        question.now = now;
        let verdict = question.with(&mut chains);
        assert_eq!(verdict, question.without());
        (
            verdict.map(|_| ()).map_err(|rejection| rejection.code()),
            chains.remembered_lists(),
        )
    };
    let [root, upper, lower] = lists.each_ref().map(|der| &der[..]);
    assert_eq!(ask(0, &[root, upper, lower], NOW), (Ok(()), 3));
    // Too old; taken away; from the future.
    let week = NOW.saturating_add(8 * 86_400);
    let (before, after) = (NOW.saturating_add(-3 * 86_400), week);
    let all = [root, upper, lower];
    assert_eq!(ask(0, &all, after).0, Err(Code::X509CrlExpired));
    assert_eq!(ask(0, &all, before).0, Err(Code::X509CrlNotYetValid));
    assert_eq!(ask(0, &[root, upper], NOW).0, Err(Code::X509CrlMissing));
    // A newer one that revokes the first device, and not the second.
    let newer = CrlBuilder::new()
        .number(2)
        .revoke(&fleet.devices[0], 1)
        .signed_by(&fleet.lower);
    let with_newer = [root, upper, lower, newer.der()];
    assert_eq!(ask(0, &with_newer, NOW), (Err(Code::X509Revoked), 3));
    assert_eq!(ask(1, &with_newer, NOW), (Ok(()), 4));
    assert_eq!(ask(0, &with_newer, NOW).0, Err(Code::X509Revoked));
    // The same signature over other bytes.
    let mut forged = lower.to_vec();
    let at = forged.windows(5).position(|bytes| bytes == b"Lower");
    forged[at.unwrap()] = b'l';
    assert_eq!(
        ask(0, &[root, upper, &forged], NOW).0,
        Err(Code::X509CrlSignature)
    );
}

/// Leaves, CAs good and broken, and anchors, all entangled by few names.
struct Bag {
    leaves: Vec<Vec<u8>>,
    sent: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    /// The first three clear everything that A, One and Two issued.
    lists: Vec<Vec<u8>>,
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
    // Who signs the lists of One beside it, under the same name.
    let signer_key = KeyPair::new(KeyKind::Ed25519, 1, "signer of One");
    let signer = CertificateBuilder::new(one.clone(), &signer_key)
        .extension(Extension::key_usage(&[KeyUsage::CrlSign]))
        .into_authority(one.clone(), signer_key, a);
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
        &signer.certificate,
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
    let list = CrlBuilder::new;
    let revoked = IssuedCertificate::from_der(leaves[1].clone());
    let lists = [
        list().signed_by(a),
        list().signed_by(&issuing),
        list().signed_by(&second),
        list().signed_by(b),
        list().number(2).signed_by(a),
        list().number(3).revoke(&revoked, 1).signed_by(&issuing),
        list().damaged_signature().signed_by(&issuing),
        list().dates(NOW, Some(END)).signed_by(&issuing),
        list().dates(NOW, None).signed_by(&issuing),
        list().delta_of(1).number(4).signed_by(&issuing),
        list().signed_by(&namesake),
        list().signed_by(&other),
        list().signed_by(&signer),
    ]
    .map(|list| list.der().to_vec());
    Bag {
        leaves: leaves.into(),
        sent: sent.into(),
        anchors: anchors.into(),
        lists: lists.into(),
    }
});

/// One question by numbers: the leaf, what is sent in that order, the anchors, the time, the policy
/// on revocation and the lists.
type Numbers = (
    usize,
    Vec<usize>,
    Vec<usize>,
    i64,
    RevocationPolicy,
    Vec<usize>,
);

fn numbers() -> impl Strategy<Value = Numbers> {
    let clear = Just(vec![0, 1, 2, 3]);
    let some = prop::collection::vec(0..BAG.lists.len(), 0..9);
    (
        0..BAG.leaves.len(),
        prop::collection::vec(0..BAG.sent.len(), 0..9),
        prop::collection::vec(0..BAG.anchors.len(), 0..4),
        prop::sample::select(vec![-2, 0, 0, 0, 1_000, 1_001, 900_000_000]),
        prop::sample::select(vec![
            RevocationPolicy::Unchecked,
            RevocationPolicy::DenyUnknown,
            RevocationPolicy::DenyUnknown,
            RevocationPolicy::DangerAllowUnknown,
        ]),
        prop_oneof![clear, some],
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
        let backend = Preparing::default();
        let mut preparing = ChainVerifier::with_backend(&backend).with_capacity(capacity);
        for (leaf, sent, anchors, offset, policy, lists) in questions {
            let question = Question {
                leaf: &BAG.leaves[leaf],
                sent: sent.iter().map(|index| &BAG.sent[*index][..]).collect(),
                anchors: anchors.iter().map(|index| &BAG.anchors[*index][..]).collect(),
                now: UnixTime::new(NOW.seconds() + offset),
                policy,
                lists: lists.iter().map(|index| &BAG.lists[*index][..]).collect(),
            };
            prop_assert_eq!(question.with(&mut chains), question.without());
            prop_assert_eq!(question.with(&mut preparing), question.without());
            prop_assert!(preparing.remembered_keys() <= capacity);
            prop_assert!(chains.remembered() <= capacity);
            prop_assert!(chains.remembered_lists() <= capacity);
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
                policy: RevocationPolicy::Unchecked,
                lists: vec![],
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

/// And so do the lists: some paths are cleared, some are not, and lists are remembered.
#[test]
fn the_bag_holds_lists_that_clear_and_lists_that_do_not() {
    let mut chains = ChainVerifier::new();
    let (mut accepted, mut refused) = (0, 0);
    for leaf in &BAG.leaves {
        for lists in [&[0, 1, 2, 3][..], &[0, 1, 2, 3, 5], &[0, 12], &[0, 1, 7, 9]] {
            let question = Question {
                leaf,
                sent: BAG.sent.iter().map(|der| &der[..]).collect(),
                anchors: vec![&BAG.anchors[0]],
                now: NOW,
                policy: RevocationPolicy::DenyUnknown,
                lists: lists.iter().map(|index| &BAG.lists[*index][..]).collect(),
            };
            let verdict = question.with(&mut chains);
            assert_eq!(verdict, question.without());
            match verdict {
                Ok(_) => accepted += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(accepted > 8 && refused > 8, "{accepted} {refused}");
    // Also the one whose signer has a path of its own.
    assert!(chains.remembered_lists() > 4, "{chains:?}");
}
