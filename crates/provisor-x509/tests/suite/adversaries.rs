//! What somebody may send who wants a verdict to cost much. Each ends within the budget, with a code
//! that says so, and is timed for those who run it with `--nocapture`, best in a release build.

use std::cell::Cell;
use std::time::{Duration, Instant};

use provisor_testkit::asn1;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, CrlEntry, DistinguishedName, Extension, GeneralName,
    IssuedCertificate, IssuedCrl, IssuingPoint, KeyKind, KeyPair, PointName, key_id,
};
use provisor_x509::crypto::{DefaultChecks, Scheme, SignatureChecks, SignatureFault};
use provisor_x509::{Certificate, Code, Crl, PathVerifier, RevocationPolicy, TrustAnchor, limits};

use crate::world::{Chain, NOW, World, device};

/// DefaultChecks, and how often it was asked.
#[derive(Default)]
struct Counting(Cell<u32>);

impl SignatureChecks for Counting {
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

/// Judges three times: the code of the rejection, if it is one. Prints the fastest time, that of the
/// explanation, and the signatures checked, which are within the budget.
fn judge(label: &str, chain: &Chain, lists: &[&[u8]]) -> Option<Code> {
    let roots: Vec<_> = chain
        .anchors
        .iter()
        .map(|der| TrustAnchor::from_certificate(&Certificate::from_der(der).unwrap()).unwrap())
        .collect();
    let start = Instant::now();
    let sent: Vec<_> = chain
        .sent
        .iter()
        .map(|der| Certificate::from_der(der).unwrap())
        .collect();
    let lists: Vec<_> = lists
        .iter()
        .map(|der| Crl::from_der(der).unwrap())
        .collect();
    let leaf = Certificate::from_der(&chain.leaf).unwrap();
    let reading = start.elapsed();
    let policy = match lists.is_empty() {
        true => RevocationPolicy::Unchecked,
        false => RevocationPolicy::DenyUnknown,
    };
    let counting = Counting::default();
    let verifier = PathVerifier::new(&chain.profile, &roots)
        .intermediates(&sent)
        .revocation(policy, &lists)
        .signature_checks(&counting);
    let mut best = Duration::MAX;
    let mut code = None;
    for _ in 0..3 {
        counting.0.set(0);
        let start = Instant::now();
        let verdict = verifier.verify(&leaf, chain.now);
        best = best.min(start.elapsed());
        assert!(counting.0.get() <= limits::SIGNATURES);
        code = verdict.err().map(|rejection| {
            // What is said of it is for people to read.
            assert!(rejection.to_string().len() < 40_000, "{label}");
            rejection.code()
        });
    }
    let checked = counting.0.get();
    let start = Instant::now();
    let report = verifier.explain(&leaf, chain.now);
    let explained = start.elapsed();
    assert_eq!(report.rejection().map(|rejection| rejection.code()), code);
    println!(
        "{label:<48} verdict {best:>10.3?}  report {explained:>10.3?}  reading {reading:>10.3?}  signatures {checked:>3}  {}",
        code.map_or("accepted", Code::name)
    );
    code
}

fn root_of(world: &World) -> Vec<u8> {
    world.root.certificate.der().to_vec()
}

/// A part of eight long names, the names ordered so that the spaces behind them turn the order round.
fn long_name(last: &str, spaces: impl Fn(usize) -> usize) -> DistinguishedName {
    let text = |n: usize| {
        let end = if n == 7 { last } else { "" };
        format!("{}{n}{end}{}", "x".repeat(400), " ".repeat(spaces(n)))
    };
    (1..8).fold(DistinguishedName::cn(&text(0)), |name, n| {
        name.joined_by("2.5.4.3", &text(n))
    })
}

#[test]
fn names_that_cost_much() {
    let world = World::new();
    // Sixty-four names in one part are no name.
    let wide = (1..64).fold(DistinguishedName::cn("0"), |name, n| {
        name.joined_by("2.5.4.3", &n.to_string())
    });
    let ca = CertificateBuilder::ca(wide, &world.ca.key, None).issued_by(&world.root);
    let refused = Certificate::from_der(ca.der()).unwrap_err();
    assert_eq!(refused.code(), Code::X509TooLarge);
    // Eight long ones are, and sixteen CAs of them certify each other.
    let cas: Vec<_> = (0..16)
        .map(|n| {
            let label = format!("CA {n}");
            let key = KeyPair::new(KeyKind::Ed25519, 1, &label);
            let name = long_name("", |_| 0);
            CertificateBuilder::ca(name.clone(), &key, None).into_authority(name, key, &world.root)
        })
        .collect();
    let mut sent = Vec::new();
    for (subject, issuer) in (0..16).flat_map(|a| (0..16).map(move |b| (a, b))) {
        let (subject, issuer): (&Authority, &Authority) = (&cas[subject], &cas[issuer]);
        let certificate = CertificateBuilder::ca(subject.name.clone(), &subject.key, None)
            .issuer(&long_name("", |n| 8 - n))
            .without_extension("2.5.29.14")
            .without_authority_key_id()
            .issued_by(issuer);
        sent.push(certificate.der().to_vec());
    }
    for (label, last) in [
        ("names, equal in another order", ""),
        ("names, almost equal", "!"),
    ] {
        let mut chain = world.chain();
        chain.leaf = device("d")
            .issuer(&long_name(last, |n| 8 - n))
            .without_authority_key_id()
            .issued_by(&cas[0])
            .der()
            .to_vec();
        chain.sent = sent.clone();
        let code = judge(label, &chain, &[]);
        let wanted = match last {
            "" => [Code::X509BudgetCandidates, Code::X509BudgetSignatures],
            _ => [Code::X509BudgetCandidates, Code::X509IssuerNotFound],
        };
        assert!(code.is_some_and(|code| wanted.contains(&code)), "{code:?}");
    }
}

#[test]
fn policies_that_multiply() {
    let list = |items: &[Vec<u8>]| asn1::tlv(asn1::SEQUENCE, &items.concat());
    for (layers, policies) in [(8, 2), (10, 2), (10, 16), (10, 32)] {
        let policy = |n: usize| asn1::oid(&format!("1.3.6.1.4.1.99999.7.{n}"));
        let stated: Vec<_> = (0..policies)
            .map(|n| asn1::sequence(&[&policy(n)]))
            .collect();
        // Each to each, as far as a certificate may: every layer multiplies the paths of a tree.
        let mapped: Vec<_> = (0..policies)
            .flat_map(|a| (0..policies).map(move |b| (a, b)))
            .take(32)
            .map(|(a, b)| asn1::sequence(&[&policy(a), &policy(b)]))
            .collect();
        let world = World::new();
        let (mut issuer, mut sent) = (world.root, Vec::new());
        let root = issuer.certificate.der().to_vec();
        for layer in 0..layers {
            let name = format!("Layer {layer}");
            let key = KeyPair::new(KeyKind::Ed25519, 1, &name);
            let name = DistinguishedName::cn(&name);
            issuer = CertificateBuilder::ca(name.clone(), &key, None)
                .extension(Extension::new("2.5.29.32", true, list(&stated)))
                .extension(Extension::new("2.5.29.33", true, list(&mapped)))
                .extension(Extension::new("2.5.29.36", true, [0x30, 3, 0x80, 1, 0]))
                .into_authority(name, key, &issuer);
            sent.push(issuer.certificate.der().to_vec());
        }
        let leaf = |stated: &[Vec<u8>]| {
            let builder = device("d").extension(Extension::new("2.5.29.32", false, list(stated)));
            builder.issued_by(&issuer)
        };
        let mut chain = Chain::new(&leaf(&stated), &[], &[]);
        chain.anchors = vec![root];
        chain.sent = sent;
        let label = format!("policies, {layers} layers of {policies}");
        assert_eq!(judge(&label, &chain, &[]), None);
        chain.leaf = leaf(&[asn1::sequence(&[&policy(99)])]).der().to_vec();
        let missing = judge(&format!("{label}, none the leaf's"), &chain, &[]);
        assert_eq!(missing, Some(Code::X509PolicyMissing));
    }
}

/// Ten thousand certificates of one CA, all different, with this key under the key identifier of
/// another. Whoever signed them is not asked.
fn lookalikes(world: &World, key_info: &[u8]) -> Vec<Vec<u8>> {
    let signer = Authority::root("signer", KeyKind::Ed25519, 1);
    let id = Extension::subject_key_id(&key_id(&world.ca.key));
    let all = (0..10_000_u32).map(|n| {
        CertificateBuilder::ca(world.ca.name.clone(), &world.ca.key, None)
            .serial(&serial(n))
            .public_key_info(key_info)
            .extension(id.clone())
            .issuer(&world.root.name)
            .issued_by(&signer)
            .der()
            .to_vec()
    });
    all.collect()
}

#[test]
fn ten_thousand_lookalikes() {
    for kind in KeyKind::ALL {
        let mut world = World::new();
        world.ca = world.root.issuing_ca("Busy CA", kind, 1, None);
        let mut chain = world.chain();
        let other = match kind {
            KeyKind::Rsa2048 => KeyPair::rsa(9, 0),
            _ => KeyPair::new(kind, 9, "another"),
        };
        chain.sent = lookalikes(&world, &other.public_key_info());
        let code = judge(&format!("10,000 lookalikes, {kind:?}"), &chain, &[]);
        assert_eq!(code, Some(Code::X509BudgetSignatures), "{kind:?}");
    }
    // A key of another kind is not even asked.
    let world = World::new();
    let mut chain = world.chain();
    chain.sent = lookalikes(&world, &KeyPair::rsa(9, 0).public_key_info());
    let code = judge("10,000 lookalikes with keys of another kind", &chain, &[]);
    assert_eq!(code, Some(Code::X509KeyMismatch));
}

/// Of the default backend's checks on curves, those on the curve that ring has not; the keys compressed.
#[test]
fn lookalikes_on_p521() {
    let identifier = asn1::sequence(&[&asn1::oid("1.2.840.10045.4.3.4")]);
    let key = p521::ecdsa::SigningKey::from_slice(&[&[0][..], &[7; 65]].concat()).unwrap();
    let point = key.verifying_key().to_sec1_point(true);
    let curve = [asn1::oid("1.2.840.10045.2.1"), asn1::oid("1.3.132.0.35")];
    let info = asn1::sequence(&[
        &asn1::tlv(asn1::SEQUENCE, &curve.concat()),
        &asn1::bit_string(point.as_bytes()),
    ]);
    let number = asn1::unsigned(&[0x55; 65]);
    let world = World::new();
    let mut chain = world.chain();
    chain.leaf = device("d")
        .inner_algorithm(&identifier)
        .outer_algorithm(&identifier)
        .replaced_signature(&asn1::sequence(&[&number, &number]))
        .issued_by(&world.ca)
        .der()
        .to_vec();
    chain.sent = lookalikes(&world, &info);
    let code = judge("10,000 lookalikes on P-521", &chain, &[]);
    assert_eq!(code, Some(Code::X509BudgetSignatures));
}

/// The dearest keys that are taken: 8192 bits, and the largest exponent that ring reads.
#[test]
fn lookalikes_with_the_largest_keys() {
    let identifier = asn1::sequence(&[&asn1::oid("1.2.840.113549.1.1.11"), &[5, 0]]);
    let mut world = World::new();
    world.ca.name = DistinguishedName::cn("Huge CA");
    let modulus: Vec<u8> = (0..1024_u32).map(|n| (n * 167 % 251) as u8 | 1).collect();
    let modulus = [&[0xf1][..], &modulus[1..]].concat();
    let exponent = [1, 0xff, 0xff, 0xff, 0xff];
    let key = asn1::sequence(&[&asn1::unsigned(&modulus), &asn1::unsigned(&exponent)]);
    let info = asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid("1.2.840.113549.1.1.1"), &[5, 0]]),
        &asn1::bit_string(&key),
    ]);
    let mut chain = world.chain();
    chain.leaf = device("d")
        .inner_algorithm(&identifier)
        .outer_algorithm(&identifier)
        .replaced_signature(&[0x55; 1024])
        .issued_by(&world.ca)
        .der()
        .to_vec();
    chain.sent = lookalikes(&world, &info);
    let code = judge("10,000 lookalikes, RSA-8192", &chain, &[]);
    assert_eq!(code, Some(Code::X509BudgetSignatures));
}

#[test]
fn a_hundred_cas_that_all_certify_each_other() {
    let cas: Vec<_> = (0..100)
        .map(|n| Authority::root(&format!("CA {n}"), KeyKind::Ed25519, 1))
        .collect();
    let mut sent = Vec::new();
    for subject in &cas {
        for issuer in &cas {
            let ca = CertificateBuilder::ca(subject.name.clone(), &subject.key, None);
            sent.push(ca.issued_by(issuer));
        }
    }
    let world = World::new();
    let leaf = device("d").issued_by(&cas[0]);
    let mut chain = Chain::new(&leaf, &sent.iter().collect::<Vec<_>>(), &[]);
    chain.anchors = vec![root_of(&world)];
    let code = judge("10,000 cross certificates", &chain, &[]).unwrap();
    assert!(
        [Code::X509BudgetCandidates, Code::X509BudgetSignatures].contains(&code),
        "{code:?}"
    );
}

#[test]
fn purposes_by_the_thousand() {
    // Five CAs that certify each other with their own keys, each with all the purposes that fit. The
    // paths are few; each of their certificates takes long to read.
    let purposes: Vec<u8> = (0..15_000_u32)
        .flat_map(|n| asn1::oid(&format!("1.3.6.1.4.1.99999.{n}.1")))
        .chain(asn1::oid("1.3.6.1.5.5.7.3.2"))
        .collect();
    let purposes = Extension::new("2.5.29.37", false, asn1::tlv(asn1::SEQUENCE, &purposes));
    let cas: Vec<_> = (0..5)
        .map(|n| Authority::root(&format!("CA {n}"), KeyKind::Ed25519, 1))
        .collect();
    let mut sent = Vec::new();
    for (subject, issuer) in (0..5).flat_map(|a| (0..5).map(move |b| (a, b))) {
        let (subject, issuer): (&Authority, &Authority) = (&cas[subject], &cas[issuer]);
        let ca = CertificateBuilder::ca(subject.name.clone(), &subject.key, None);
        sent.push(ca.extension(purposes.clone()).issued_by(issuer));
    }
    let world = World::new();
    let leaf = device("d").issued_by(&cas[0]);
    let mut chain = Chain::new(&leaf, &sent.iter().collect::<Vec<_>>(), &[]);
    chain.anchors = vec![root_of(&world)];
    let code = judge("a mesh of CAs with 15,000 purposes", &chain, &[]);
    assert_eq!(code, Some(Code::X509BudgetWork));
    // None of them is the one that is wanted, and the message names a few.
    let others = asn1::oid("1.3.6.1.5.5.7.3.1").repeat(15_000);
    let others = Extension::new("2.5.29.37", false, asn1::tlv(asn1::SEQUENCE, &others));
    let chain = world.with_leaf(|leaf| leaf.extension(others));
    let code = judge("a leaf with 15,000 other purposes", &chain, &[]);
    assert_eq!(code, Some(Code::X509ExtendedKeyUsage));
}

#[test]
fn names_times_constraints() {
    let world = World::new();
    let hosts = |count: usize, domain: &str| -> Vec<_> {
        (0..count)
            .map(|n| GeneralName::Dns(format!("h{n}.{domain}")))
            .collect()
    };
    for count in [1_000, 10_000] {
        let constraints = [
            Extension::name_constraints(&[], &hosts(count, "x.org")),
            Extension::name_constraints(&hosts(count, "x.org"), &[]),
        ];
        for (constraints, list) in constraints.into_iter().zip(["excluded", "permitted"]) {
            let chain = world.with_ca_and_leaf(
                |ca| ca.extension(constraints),
                |leaf| leaf.extension(Extension::subject_alt_name(&hosts(1_000, "y.com"))),
            );
            let label = format!("1,000 names, {count} constraints, {list}");
            let wanted = match list {
                "excluded" => Code::X509BudgetNames,
                _ => Code::X509NameNotPermitted,
            };
            assert_eq!(judge(&label, &chain, &[]), Some(wanted), "{label}");
        }
    }
    // Of another form, none of which concerns the names: they are told apart before any is compared.
    let networks: Vec<_> = (0..10_000_u16)
        .map(|n| {
            let [high, low] = n.to_be_bytes();
            GeneralName::Ip(vec![10, high, low, 0, 255, 255, 255, 0])
        })
        .collect();
    let chain = world.with_ca_and_leaf(
        |ca| ca.extension(Extension::name_constraints(&[], &networks)),
        |leaf| leaf.extension(Extension::subject_alt_name(&hosts(8_000, "y.com"))),
    );
    assert_eq!(judge("8,000 names, 10,000 networks", &chain, &[]), None);
    // With one base that does, each network is passed over for each name.
    let mut mixed = networks;
    mixed.push(GeneralName::Dns("x.org".into()));
    let chain = world.with_ca_and_leaf(
        |ca| ca.extension(Extension::name_constraints(&[], &mixed)),
        |leaf| leaf.extension(Extension::subject_alt_name(&hosts(8_000, "y.com"))),
    );
    let code = judge("8,000 names, 10,000 networks and a host", &chain, &[]);
    assert_eq!(code, Some(Code::X509BudgetNames));
}

fn serial(n: u32) -> Vec<u8> {
    [&[1][..], &n.to_be_bytes()].concat()
}

/// The chain of the world, with the list of its root and these.
fn revocation(label: &str, world: &World, lists: &[&IssuedCrl]) -> Option<Code> {
    let root = CrlBuilder::new().signed_by(&world.root);
    let mut all = vec![root.der()];
    all.extend(lists.iter().map(|list| list.der()));
    judge(label, &world.chain(), &all)
}

#[test]
fn lists_of_a_hundred_thousand_entries() {
    let world = World::new();
    let entries = |list: CrlBuilder, entry: &dyn Fn(u32) -> CrlEntry| {
        (0..100_000).fold(list, |list, n| list.entry(entry(n)))
    };
    let plain = entries(CrlBuilder::new(), &|n| CrlEntry::new(&serial(n)));
    let plain = plain.signed_by(&world.ca);
    assert_eq!(revocation("100,000 entries", &world, &[&plain]), None);
    let reasons = entries(CrlBuilder::new(), &|n| CrlEntry::new(&serial(n)).reason(1));
    let reasons = reasons.signed_by(&world.ca);
    assert_eq!(
        revocation("100,000 entries with reasons", &world, &[&reasons]),
        None
    );
    let indirect = CrlBuilder::new().issuing_point(&IssuingPoint {
        indirect: true,
        ..IssuingPoint::default()
    });
    let indirect = entries(indirect, &|n| {
        CrlEntry::new(&serial(n)).certificate_issuer(&world.root)
    });
    let indirect = indirect.signed_by(&world.ca);
    assert_eq!(
        revocation("100,000 entries, indirect", &world, &[&indirect]),
        None
    );
}

/// Every entry has the serial number asked for, and is about certificates of somebody with a name that
/// is almost the issuer's.
#[test]
fn entries_that_are_hard_to_tell_apart() {
    let mut world = World::new();
    let key = KeyPair::new(KeyKind::P256, 9, "long");
    let name = long_name("", |n| 8 - n);
    world.ca =
        CertificateBuilder::ca(name.clone(), &key, None).into_authority(name, key, &world.root);
    let lookalike = Authority {
        name: long_name("!", |_| 0),
        ..Authority::root("x", KeyKind::Ed25519, 1)
    };
    let leaf = device("d").serial(&[7]).issued_by(&world.ca);
    let list = (0..20_000).fold(
        CrlBuilder::new()
            .issuing_point(&IssuingPoint {
                indirect: true,
                ..IssuingPoint::default()
            })
            .entry(CrlEntry::new(&[7]).certificate_issuer(&lookalike)),
        |list, _| list.entry(CrlEntry::new(&[7])),
    );
    let list = list.signed_by(&world.ca);
    let root = CrlBuilder::new().signed_by(&world.root);
    let chain = Chain::new(&leaf, &[&world.ca.certificate], &[&world.root.certificate]);
    let code = judge(
        "20,000 entries of the same serial number",
        &chain,
        &[root.der(), list.der()],
    );
    assert_eq!(code, Some(Code::X509BudgetCrls));
}

#[test]
fn ten_thousand_lists() {
    let world = World::new();
    let many = |list: &IssuedCrl| vec![list.clone(); 10_000];
    let refs = |lists: &[IssuedCrl]| -> Vec<Vec<u8>> {
        lists.iter().map(|list| list.der().to_vec()).collect()
    };
    let stranger = Authority::root("Stranger", KeyKind::Ed25519, 1);
    let list = CrlBuilder::new;
    let ask = |label: &str, lists: &[IssuedCrl]| {
        let ders = refs(lists);
        let root = CrlBuilder::new().signed_by(&world.root);
        let mut all = vec![root.der()];
        all.extend(ders.iter().map(|der| &der[..]));
        judge(label, &world.chain(), &all)
    };
    let strangers = many(&list().signed_by(&stranger));
    let code = ask("10,000 lists of a stranger", &strangers);
    assert_eq!(code, Some(Code::X509CrlMissing));
    let own = many(&list().signed_by(&world.ca));
    let code = ask("10,000 times the right list", &own);
    assert_eq!(code, Some(Code::X509BudgetCandidates));
    let forged = many(&list().damaged_signature().signed_by(&world.ca));
    let code = ask("10,000 forged lists", &forged);
    assert_eq!(code, Some(Code::X509BudgetSignatures));
    let future = list().dates(NOW.saturating_add(9), Some(NOW.saturating_add(99)));
    let code = ask(
        "10,000 lists of the future",
        &many(&future.signed_by(&world.ca)),
    );
    assert_eq!(code, Some(Code::X509CrlNotYetValid));
    // For another point: the right issuer, other certificates.
    let point = IssuingPoint {
        name: Some(PointName::uri("https://elsewhere.example/")),
        ..IssuingPoint::default()
    };
    let elsewhere = many(&list().issuing_point(&point).signed_by(&world.ca));
    let code = ask("10,000 lists for other points", &elsewhere);
    assert_eq!(code, Some(Code::X509CrlScope));
}

/// Lists of somebody whose name is almost the CA's: each comparison folds some 30 KB.
#[test]
fn lists_whose_issuers_are_hard_to_tell_apart() {
    let mut world = World::new();
    let key = KeyPair::new(KeyKind::P256, 9, "long");
    let name = long_name("", |n| 8 - n);
    world.ca =
        CertificateBuilder::ca(name.clone(), &key, None).into_authority(name, key, &world.root);
    let lookalike = Authority {
        name: long_name("!", |_| 0),
        ..Authority::root("x", KeyKind::Ed25519, 1)
    };
    let list = CrlBuilder::new().signed_by(&lookalike);
    let mut lists = vec![CrlBuilder::new().signed_by(&world.root)];
    lists.extend(vec![list; 1_000]);
    let lists: Vec<_> = lists.iter().map(IssuedCrl::der).collect();
    let leaf = device("d").issued_by(&world.ca);
    let chain = Chain::new(&leaf, &[&world.ca.certificate], &[&world.root.certificate]);
    let code = judge("1,000 lists of almost the CA", &chain, &lists);
    assert_eq!(code, Some(Code::X509BudgetCandidates));
}

/// What to do is looked for within a budget as well; who spends it is told the usual.
#[test]
fn remedies_cost_little() {
    let roots: Vec<_> = (0..200)
        .map(|n| Authority::root(&format!("Root {n}"), KeyKind::Ed25519, 1))
        .collect();
    let world = World::new();
    let leaf = device("d").issued_by(&world.ca);
    let mut chain = Chain::new(&leaf, &[], &[]);
    chain.anchors = roots
        .iter()
        .map(|root| root.certificate.der().to_vec())
        .collect();
    let last = roots.last().unwrap().certificate.der().to_vec();
    for (count, roots_are_named) in [(2, true), (200, false)] {
        chain.sent = vec![last.clone(); count];
        let code = judge(&format!("{count} roots sent"), &chain, &[]);
        assert_eq!(code, Some(Code::X509IssuerNotFound));
        let remedy = chain.rejection().to_string();
        let named = remedy.contains("a root was sent in place of the intermediate");
        assert_eq!(named, roots_are_named, "{remedy}");
    }
}

/// An element inside an element, as deep as the bytes reach.
fn nested(tag: u8, bytes: usize) -> Vec<u8> {
    // From the inside out, written backwards.
    let mut backwards = Vec::with_capacity(bytes);
    while backwards.len() < bytes {
        let length = backwards.len();
        match u8::try_from(length) {
            Ok(short @ 0..=0x7f) => backwards.push(short),
            Ok(long) => backwards.extend([long, 0x81]),
            Err(_) if length < 0x1_0000 => {
                backwards.extend(length.to_be_bytes().iter().rev().take(2));
                backwards.push(0x82);
            }
            Err(_) => {
                backwards.extend(length.to_be_bytes().iter().rev().take(3));
                backwards.push(0x83);
            }
        }
        backwards.push(tag);
    }
    backwards.reverse();
    backwards
}

#[test]
fn elements_in_elements() {
    let world = World::new();
    for (label, tag) in [("sequences", 0x30), ("sets", 0x31), ("explicit tags", 0xa0)] {
        let deep = nested(tag, 200_000);
        // In extensions that nobody knows, and in ones that everybody reads.
        let unknown = Extension::new("1.3.6.1.4.1.99999.1", false, deep.clone());
        let chain = world.with_leaf(|leaf| leaf.extension(unknown));
        assert_eq!(judge(&format!("nested {label}"), &chain, &[]), None);
        for id in [14, 15, 17, 19, 30, 32, 33, 35, 36, 37, 54] {
            let known = Extension::new(&format!("2.5.29.{id}"), false, deep.clone());
            let chain = world.with_leaf(|leaf| leaf.extension(known));
            let start = Instant::now();
            let read = Certificate::from_der(&chain.leaf);
            let elapsed = start.elapsed();
            assert!(read.is_err(), "{id}");
            assert!(elapsed < Duration::from_secs(10));
        }
        // As everything there is.
        for bytes in [deep.clone(), asn1::sequence(&[&deep])] {
            assert!(Certificate::from_der(&bytes).is_err());
            assert!(Crl::from_der(&bytes).is_err());
        }
        // Where anything may stand: the value of an attribute, an otherName.
        let name = DistinguishedName::cn("d").and_raw("2.5.4.11", tag, &nested(tag, 3_000));
        let leaf = CertificateBuilder::device(name, &world.ca.key).issued_by(&world.ca);
        let chain = Chain::new(&leaf, &[&world.ca.certificate], &[&world.root.certificate]);
        assert_eq!(
            judge(&format!("nested {label} in a name"), &chain, &[]),
            None
        );
    }
}

/// The verdict is what it would be without the noise.
#[test]
fn noise_does_not_hide_the_right_issuer() {
    let world = World::new();
    let mut chain = world.chain();
    let stranger = Authority::root("Stranger", KeyKind::Ed25519, 1);
    let noise = |n: u64| -> IssuedCertificate {
        let key = KeyPair::new(KeyKind::Ed25519, n, "noise");
        CertificateBuilder::ca(world.ca.name.clone(), &key, None).issued_by(&stranger)
    };
    // Other key identifiers come after the right one, and other names cost a look.
    chain.sent = (0..100).map(|n| noise(n).der().to_vec()).collect();
    chain
        .sent
        .extend(vec![stranger.certificate.der().to_vec(); 9_900]);
    chain.sent.push(world.ca.certificate.der().to_vec());
    assert_eq!(judge("the right issuer among 10,000", &chain, &[]), None);
}
