//! Hostile shapes end within their budget, with a code that says so.

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
