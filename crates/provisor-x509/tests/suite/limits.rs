//! Hostile shapes end within their budget, with a code that says so.

use provisor_testkit::asn1;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, GeneralName, KeyKind, KeyPair,
};
use provisor_x509::{Certificate, Code, limits};

use crate::world::{Chain, World, device};

#[test]
fn ten_thousand_intermediates() {
    let world = World::new();
    let mut chain = world.chain();
    let noise = world.root.issuing_ca("Noise", KeyKind::P256, 5, None);
    chain.sent = vec![noise.certificate.der().to_vec(); 10_000];
    chain.refused(Code::X509IssuerNotFound);
    chain.sent.push(world.ca.certificate.der().to_vec());
    chain.accepted();
}

#[test]
fn a_fan_of_lookalikes_costs_a_limited_number_of_signatures() {
    let world = World::new();
    let mut chain = world.chain();
    // No key identifiers, so that only signatures tell them apart.
    chain.sent = (0..200)
        .map(|seed| {
            let key = KeyPair::new(KeyKind::P256, seed + 100, "Issuing CA");
            CertificateBuilder::ca(world.ca.name.clone(), &key, None)
                .without_extension("2.5.29.14")
                .issued_by(&world.root)
                .der()
                .to_vec()
        })
        .collect();
    chain.refused(Code::X509BudgetSignatures);
}

#[test]
fn a_mesh_of_cross_certificates_ends() {
    // Every CA certifies every other: the number of paths is factorial, none reaches an anchor.
    let cas: Vec<_> = (0..9)
        .map(|n| Authority::root(&format!("CA {n}"), KeyKind::Ed25519, 1))
        .collect();
    let mut sent = Vec::new();
    for subject in &cas {
        for issuer in &cas {
            sent.push(
                CertificateBuilder::ca(subject.name.clone(), &subject.key, None).issued_by(issuer),
            );
        }
    }
    let leaf = device("d").issued_by(&cas[0]);
    let root = Authority::root("Root", KeyKind::P256, 1);
    let rejection = Chain::new(
        &leaf,
        &sent.iter().collect::<Vec<_>>(),
        &[&root.certificate],
    )
    .rejection();
    assert!(
        [Code::X509BudgetCandidates, Code::X509BudgetSignatures].contains(&rejection.code()),
        "{rejection}"
    );
}

#[test]
fn a_product_of_names_and_constraints() {
    let names = |count: usize, domain: &str| -> Vec<_> {
        (0..count)
            .map(|n| GeneralName::Dns(format!("h{n}.{domain}")))
            .collect()
    };
    let chain = |count| {
        World::new().with_ca_and_leaf(
            |ca| {
                ca.extension(Extension::name_constraints(
                    &[],
                    &names(count, "example.org"),
                ))
            },
            |leaf| leaf.extension(Extension::subject_alt_name(&names(count, "example.com"))),
        )
    };
    chain(100).accepted();
    chain(1_000).refused(Code::X509BudgetNames);
}

/// One part of eight long names, with that many spaces behind each, the last of them another.
fn eight_long_names(last: &str, spaces: impl Fn(usize) -> usize) -> DistinguishedName {
    let text = |n: usize| {
        let end = if n == 7 { last } else { "" };
        format!("{}{n}{end}{}", "x".repeat(400), " ".repeat(spaces(n)))
    };
    (1..8).fold(DistinguishedName::cn(&text(0)), |name, n| {
        name.joined_by("2.5.4.3", &text(n))
    })
}

#[test]
fn names_that_are_hard_to_compare_count_for_more() {
    // 600 looks would be nothing; each folds some 30 KB, as sorting by length turns the order round.
    let world = World::new();
    let mut chain = world.chain();
    let ca = CertificateBuilder::ca(eight_long_names("", |_| 0), &world.ca.key, None);
    chain.sent = vec![ca.issued_by(&world.root).der().to_vec(); 600];
    chain.leaf = device("d")
        .issuer(&eight_long_names("!", |n| 8 - n))
        .issued_by(&world.ca)
        .der()
        .to_vec();
    chain.refused(Code::X509BudgetCandidates);
}

#[test]
fn policies_are_paid_for_over_all_paths() {
    let policy = |n: usize| asn1::oid(&format!("1.3.6.1.4.1.99999.7.{}", n % 32));
    let stated: Vec<u8> = (0..32)
        .flat_map(|n| asn1::sequence(&[&policy(n)]))
        .collect();
    let mapped: Vec<u8> = (0..32)
        .flat_map(|n| asn1::sequence(&[&policy(n), &policy(n + 1)]))
        .collect();
    let list = |bytes: &[u8]| asn1::tlv(asn1::SEQUENCE, bytes);
    // Four layers of four: 256 paths, none of which leads to a policy of the leaf.
    let world = World::new();
    let mut issuer = world.root;
    let root = issuer.certificate.der().to_vec();
    let mut sent = Vec::new();
    for layer in 0..4_u64 {
        let next = issuer.issuing_ca(&format!("Layer {layer}"), KeyKind::P256, layer + 50, None);
        let certificate = CertificateBuilder::ca(next.name.clone(), &next.key, None)
            .extension(Extension::new("2.5.29.32", true, list(&stated)))
            .extension(Extension::new("2.5.29.33", true, list(&mapped)))
            .extension(Extension::new("2.5.29.36", true, [0x30, 3, 0x80, 1, 0]))
            .issued_by(&issuer);
        sent.extend(vec![certificate.der().to_vec(); 4]);
        issuer = next;
    }
    let mut chain = Chain::new(&device("d").issued_by(&issuer), &[], &[]);
    chain.anchors = vec![root];
    chain.sent = sent;
    chain.refused(Code::X509BudgetPolicies);
}

#[test]
fn sizes() {
    let too_large = vec![0x30; limits::CERTIFICATE_BYTES + 1];
    assert_eq!(
        Certificate::from_der(&too_large).unwrap_err().code(),
        Code::X509TooLarge
    );
    let world = World::new();
    let many = world.with_leaf(|mut b| {
        for n in 0..=limits::EXTENSIONS {
            b = b.extension(Extension::new(
                &format!("1.3.6.1.4.1.99999.{n}"),
                false,
                [5, 0],
            ));
        }
        b
    });
    assert_eq!(
        Certificate::from_der(&many.leaf).unwrap_err().code(),
        Code::X509TooLarge
    );
    let nine = eight_long_names("", |_| 0).joined_by("2.5.4.3", "x");
    let long = DistinguishedName::cn(&"x".repeat(limits::NAME_BYTES));
    for name in [nine, long] {
        let large = CertificateBuilder::device(name, &world.ca.key).issued_by(&world.ca);
        let rejection = Certificate::from_der(large.der()).unwrap_err();
        assert_eq!(rejection.code(), Code::X509TooLarge);
    }
    let id = Extension::subject_key_id(&[7; limits::KEY_ID_BYTES + 1]);
    let long_id = world.with_leaf(|builder| builder.without_extension("2.5.29.14").extension(id));
    let rejection = Certificate::from_der(&long_id.leaf).unwrap_err();
    assert_eq!(rejection.code(), Code::X509TooLarge);
    let mut name = DistinguishedName::cn("x");
    for _ in 0..limits::NAME_PARTS {
        name = name.and("2.5.4.11", "x");
    }
    let long = CertificateBuilder::device(name, &world.ca.key).issued_by(&world.ca);
    assert_eq!(
        Certificate::from_der(long.der()).unwrap_err().code(),
        Code::X509TooLarge
    );
}

#[test]
fn a_report_costs_more_but_judges_the_same() {
    // More expired look-alikes than signatures may be checked, and then the right one.
    let world = World::new();
    let mut chain = world.chain();
    let expired = |seed: u64| {
        let key = KeyPair::new(KeyKind::P256, seed + 100, "Issuing CA");
        CertificateBuilder::ca(world.ca.name.clone(), &key, None)
            .without_extension("2.5.29.14")
            .valid(
                crate::world::NOW.saturating_add(-9),
                crate::world::NOW.saturating_add(-1),
            )
            .issued_by(&world.root)
    };
    let leaf = device("d").without_authority_key_id().issued_by(&world.ca);
    chain.leaf = leaf.der().to_vec();
    chain.sent = (0..200).map(|seed| expired(seed).der().to_vec()).collect();
    chain.sent.push(world.ca.certificate.der().to_vec());
    chain.accepted();
    // An expired leaf stays the reason, whatever the search above it runs into.
    let mut wide = world.with_leaf(|b| {
        b.valid(
            crate::world::NOW.saturating_add(-9),
            crate::world::NOW.saturating_add(-1),
        )
        .without_authority_key_id()
    });
    wide.sent = (0..200)
        .map(|seed| {
            let key = KeyPair::new(KeyKind::P256, seed + 100, "Issuing CA");
            let ca = CertificateBuilder::ca(world.ca.name.clone(), &key, None);
            ca.issued_by(&world.root).der().to_vec()
        })
        .collect();
    wide.refused(Code::X509Expired);
}
