//! What once took seconds or hundreds of megabytes, each for itself; and good input near the limits.

use provisor_testkit::asn1;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, DistinguishedName, Extension, GeneralName,
    IssuedCertificate, KeyKind, KeyPair, PointName, ToyPki,
};
use provisor_x509::{
    Budget, Certificate, Code, Crl, Effort, PathVerifier, RevocationPolicy, TrustAnchor, limits,
    profile,
};

/// A root, a CA with path length 0, and a CA of the same name below it.
struct World {
    root: Authority,
    ca: Authority,
    child: Authority,
}

impl World {
    fn new(of_the_child: &[Extension]) -> Self {
        let root = Authority::root("Root", KeyKind::P256, 1);
        let ca = root.issuing_ca("Plant CA", KeyKind::P256, 1, Some(0));
        let key = KeyPair::new(KeyKind::P256, 2, "Plant CA");
        let builder = CertificateBuilder::ca(ca.name.clone(), &key, None);
        let child = of_the_child
            .iter()
            .cloned()
            .fold(builder, CertificateBuilder::extension)
            .into_authority(ca.name.clone(), key, &ca);
        Self { root, ca, child }
    }

    fn leaf(&self, extensions: &[Extension]) -> IssuedCertificate {
        let key = KeyPair::new(KeyKind::Ed25519, 1, "d");
        let builder = CertificateBuilder::device(DistinguishedName::cn("d"), &key);
        extensions
            .iter()
            .cloned()
            .fold(builder, CertificateBuilder::extension)
            .issued_by(&self.child)
    }

    /// Judges and explains: the code if it is refused, what it cost, and the message.
    fn judge(&self, leaf: &[u8], lists: &[Vec<u8>]) -> (Option<Code>, Effort, String) {
        let root = Certificate::from_der(self.root.certificate.der()).unwrap();
        let anchors = [TrustAnchor::from_certificate(&root).unwrap()];
        let sent =
            [&self.child, &self.ca].map(|ca| Certificate::from_der(ca.certificate.der()).unwrap());
        let lists: Vec<_> = lists
            .iter()
            .map(|der| Crl::from_der(der).unwrap())
            .collect();
        let policy = match lists.is_empty() {
            true => RevocationPolicy::Unchecked,
            false => RevocationPolicy::DenyUnknown,
        };
        let leaf = Certificate::from_der(leaf).unwrap();
        let verifier = PathVerifier::new(&profile::DEVICE, &anchors)
            .intermediates(&sent)
            .revocation(policy, &lists);
        let mut budget = Budget::new();
        let verdict = verifier.verify_within(&mut budget, &leaf, ToyPki::NOW);
        let report = verifier.explain(&leaf, ToyPki::NOW);
        let rejection = verdict.err();
        assert_eq!(report.rejection(), rejection.as_ref());
        assert!(report.to_string().len() < 1_000_000);
        let message = rejection.as_ref().map(ToString::to_string);
        (
            rejection.map(|rejection| rejection.code()),
            budget.effort(),
            message.unwrap_or_default(),
        )
    }
}

fn registered_id(bytes: usize) -> GeneralName {
    GeneralName::Raw(0x88, vec![0x2b; bytes])
}

#[test]
fn one_long_identifier_over_many_names() {
    let names = vec![GeneralName::Dns("a".into()); 80_000];
    for (bytes, read) in [(limits::OID_BYTES, true), (255_000, false)] {
        let constraints = Extension::name_constraints(&[], &[registered_id(bytes)]);
        let world = World::new(&[constraints]);
        let child = Certificate::from_der(world.child.certificate.der());
        if !read {
            assert_eq!(child.unwrap_err().code(), Code::X509OidTooLong);
            continue;
        }
        let leaf = world.leaf(&[Extension::subject_alt_name(&names)]);
        let (code, effort, _) = world.judge(leaf.der(), &[]);
        assert_eq!(code, None);
        // Its tag says that it does not concern them: each is passed once.
        assert!(effort.comparisons() <= 80_000 / 8 + 100, "{effort:?}");
        assert!(effort.nanoseconds() < 2_000_000, "{effort:?}");
    }
}

#[test]
fn identifiers_have_a_length_wherever_they_stand() {
    let world = World::new(&[]);
    let oid = |bytes: usize| asn1::tlv(asn1::OID, &vec![0x2b; bytes]);
    let sequence = |der: &[u8]| asn1::sequence(&[der]);
    let extensions = |bytes: usize| {
        let id = oid(bytes);
        let other_name = [id.clone(), asn1::tlv(0xa0, &[5, 0])].concat();
        let name = [&asn1::sequence(&[&id, &[12, 1, b'x']])[..]].concat();
        let name = asn1::sequence(&[&asn1::tlv(asn1::SET, &name)]);
        [
            Extension::new(
                "2.5.29.37",
                false,
                asn1::sequence(&[&id, &asn1::oid("1.3.6.1.5.5.7.3.2")]),
            ),
            Extension::new("2.5.29.32", false, sequence(&sequence(&id))),
            Extension::subject_alt_name(&[registered_id(bytes)]),
            Extension::subject_alt_name(&[GeneralName::Raw(0xa0, other_name)]),
            Extension::subject_alt_name(&[GeneralName::Raw(0xa4, name)]),
        ]
    };
    for extension in extensions(limits::OID_BYTES) {
        let leaf = world.leaf(&[extension]);
        assert_eq!(world.judge(leaf.der(), &[]).0, None);
    }
    for extension in extensions(limits::OID_BYTES + 1) {
        let leaf = world.leaf(&[extension]);
        let rejection = Certificate::from_der(leaf.der()).unwrap_err();
        assert_eq!(rejection.code(), Code::X509OidTooLong);
    }
}

#[test]
fn distribution_points_are_read_once() {
    let points: Vec<_> = (0..limits::CRL_POINTS)
        .map(|n| {
            let uri = |m| GeneralName::Uri(format!("https://p{n}-{m}.example/{}", "x".repeat(430)));
            let names = (0..limits::CRL_POINT_NAMES).map(uri).collect();
            Extension::crl_point(Some(&PointName::Full(names)), None, None)
        })
        .collect();
    let bytes = points.iter().map(Vec::len).sum::<usize>();
    assert!(bytes > 225_000);
    let world = World::new(&[Extension::crl_distribution_points(&points)]);
    let mut lists = vec![CrlBuilder::new().signed_by(&world.root).der().to_vec()];
    let list = CrlBuilder::new().signed_by(&world.ca);
    lists.extend(vec![list.der().to_vec(); 49]);
    let child = CrlBuilder::new().signed_by(&world.child);
    lists.push(child.der().to_vec());
    let (code, effort, _) = world.judge(world.leaf(&[]).der(), &lists);
    // The two CAs share their name: the lists of one are no lists of the other.
    assert!(
        code.is_none() || code == Some(Code::X509CrlSignature),
        "{code:?}"
    );
    assert!(effort.nanoseconds() < 20_000_000, "{effort:?}");
}

#[test]
fn a_serial_number_is_shortened_once() {
    let world = World::new(&[]);
    let key = KeyPair::new(KeyKind::Ed25519, 1, "d");
    let mut serial = vec![0; 200_000];
    serial.push(7);
    let leaf = CertificateBuilder::device(DistinguishedName::cn("d"), &key)
        .serial_raw(&serial)
        .issued_by(&world.child);
    let lists = |revoked: u8| {
        let list = (0..1_000_u16).fold(CrlBuilder::new(), |list, n| {
            let [high, low] = n.to_be_bytes();
            list.entry(provisor_testkit::pki::CrlEntry::new(&[1, high, low]))
        });
        let list = list.entry(provisor_testkit::pki::CrlEntry::new(&[revoked]));
        [
            CrlBuilder::new().signed_by(&world.root),
            CrlBuilder::new().signed_by(&world.ca),
            list.signed_by(&world.child),
        ]
        .map(|list| list.der().to_vec())
    };
    let (code, effort, _) = world.judge(leaf.der(), &lists(8));
    assert_eq!(code, None);
    assert!(effort.entries() < 10_000, "{effort:?}");
    assert_eq!(
        world.judge(leaf.der(), &lists(7)).0,
        Some(Code::X509Revoked)
    );
}

#[test]
fn messages_are_about_a_kilobyte() {
    let world = World::new(&[]);
    let purposes: Vec<u8> = asn1::tlv(asn1::OID, &[0x2b; 64]).repeat(3_500);
    let purposes = Extension::new("2.5.29.37", false, asn1::tlv(asn1::SEQUENCE, &purposes));
    let (code, _, message) = world.judge(world.leaf(&[purposes]).der(), &[]);
    assert_eq!(code, Some(Code::X509ExtendedKeyUsage));
    assert!(
        message.len() < 1_200 && message.contains("more"),
        "{message}"
    );
    // Every form of name, as long as a certificate can have it.
    let hostile = vec![0x1b; 240_000];
    for (tag, base) in [(0x81, "z.org"), (0x82, "z.org"), (0x86, "z.org")] {
        let base = GeneralName::Raw(tag, base.as_bytes().to_vec());
        let world = World::new(&[Extension::name_constraints(&[base], &[])]);
        let names = Extension::subject_alt_name(&[GeneralName::Raw(tag, hostile.clone())]);
        let (code, _, message) = world.judge(world.leaf(&[names]).der(), &[]);
        assert_eq!(code, Some(Code::X509NameUncheckable));
        assert!(
            message.len() < 1_200 && message.contains("more bytes"),
            "{message}"
        );
        assert!(!message.contains('\u{1b}'), "{message}");
    }
}

#[test]
fn hashing_counts() {
    // A hundred times a leaf of a quarter of a megabyte is more than one verdict hashes; the same
    // look-alikes of a usual leaf are nothing.
    let filler = |bytes: usize| Extension::new("1.3.6.1.4.1.99999.1", false, vec![7; bytes]);
    let world = World::new(&[]);
    for (bytes, wanted) in [(1_000, None), (250_000, Some(Code::X509BudgetWork))] {
        let leaf = world.leaf(&[filler(bytes)]);
        let signer = Authority::root("nobody", KeyKind::Ed25519, 1);
        let id = provisor_testkit::pki::key_id(&world.child.key);
        let mut ders: Vec<_> = (0..100_u64)
            .map(|n| {
                let key = KeyPair::new(KeyKind::P256, n, "look-alike");
                CertificateBuilder::ca(world.child.name.clone(), &key, None)
                    .extension(Extension::subject_key_id(&id))
                    .issued_by(&signer)
                    .der()
                    .to_vec()
            })
            .collect();
        ders.extend([&world.child, &world.ca].map(|ca| ca.certificate.der().to_vec()));
        let sent: Vec<_> = ders
            .iter()
            .map(|der| Certificate::from_der(der).unwrap())
            .collect();
        let root = Certificate::from_der(world.root.certificate.der()).unwrap();
        let anchors = [TrustAnchor::from_certificate(&root).unwrap()];
        let leaf = Certificate::from_der(leaf.der()).unwrap();
        let verifier = PathVerifier::new(&profile::DEVICE, &anchors).intermediates(&sent);
        let verdict = verifier.verify(&leaf, ToyPki::NOW);
        assert_eq!(verdict.err().map(|rejection| rejection.code()), wanted);
    }
}

/// What factories send is nowhere near.
#[test]
fn a_usual_chain_costs_a_thousandth() {
    let world = World::new(&[]);
    let names: Vec<_> = (0..100)
        .map(|n| GeneralName::Dns(format!("h{n}.example")))
        .collect();
    let leaf = world.leaf(&[Extension::subject_alt_name(&names)]);
    let lists = [
        CrlBuilder::new().signed_by(&world.root),
        CrlBuilder::new().signed_by(&world.ca),
        CrlBuilder::new().signed_by(&world.child),
    ]
    .map(|list| list.der().to_vec());
    let (code, effort, _) = world.judge(leaf.der(), &lists);
    assert_eq!(code, None);
    let signatures = u64::from(effort.signatures()) * 60_000;
    assert!(
        effort.nanoseconds() - signatures < limits::WORK_NANOSECONDS / 1_000,
        "{effort:?}"
    );
}
