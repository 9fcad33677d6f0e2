//! Which anchor is nearest, and what several searches cost together.

use provisor_testkit::pki::{Authority, CertificateBuilder, KeyKind, KeyPair};
use provisor_x509::{Budget, Code, limits};

use crate::world::{Chain, NOW, World, device};

type Nearest = (Vec<usize>, Vec<(usize, Code)>);

/// The numbers of the anchors that accepted, and of those on their paths with the codes of why they
/// refused.
fn nearest(chain: &Chain) -> Result<Nearest, Code> {
    chain
        .with(|verifier, leaf| {
            let found = verifier.nearest_within(&mut Budget::new(), leaf, chain.now);
            let found = found.map_err(|rejection| rejection.code())?;
            let refused = found.passed().map(|(number, cause)| (number, cause.code()));
            Ok((
                found.accepted().map(|(number, _)| number).collect(),
                refused.collect(),
            ))
        })
        .unwrap()
}

#[test]
fn the_shortest_path_wins_whatever_the_order() {
    let world = World::new();
    let (root, ca) = (&world.root.certificate, &world.ca.certificate);
    let leaf = device("d").issued_by(&world.ca);
    for (anchors, wanted) in [
        (&[root][..], &[0][..]),
        (&[ca], &[0]),
        (&[root, ca], &[1]),
        (&[ca, root], &[0]),
        (&[ca, root, ca], &[0, 2]),
    ] {
        let found = nearest(&Chain::new(&leaf, &[ca, root], anchors));
        assert_eq!(found, Ok((wanted.to_vec(), vec![])));
    }
    let stranger = Authority::root("Stranger", KeyKind::P256, 1).certificate;
    let none = nearest(&Chain::new(&leaf, &[ca], &[&stranger]));
    assert_eq!(none, Err(Code::X509IssuerNotFound));
    assert_eq!(
        nearest(&Chain::new(&leaf, &[], &[])),
        Err(Code::X509NoAnchors)
    );
    let device = nearest(&Chain::new(ca, &[], &[root]));
    assert_eq!(device, Err(Code::X509LeafIsCa));
}

#[test]
fn an_anchor_that_is_passed_says_why_it_refused() {
    let world = World::new();
    let narrow = CertificateBuilder::ca(world.ca.name.clone(), &world.ca.key, Some(0));
    let narrow = narrow.issued_by(&world.root);
    let below = world.ca.issuing_ca("Below", KeyKind::P256, 1, None);
    let leaf = device("d").issued_by(&below);
    let sent = [&below.certificate, &world.ca.certificate];
    let anchors = [&world.root.certificate, &narrow];
    let found = nearest(&Chain::new(&leaf, &sent, &anchors));
    assert_eq!(found, Ok((vec![0], vec![(1, Code::X509PathLength)])));
    // Another key under the same name is another CA.
    let other = KeyPair::new(KeyKind::P256, 9, "other");
    let other = CertificateBuilder::ca(world.ca.name.clone(), &other, Some(0)).self_signed(&other);
    let anchors = [&world.root.certificate, &other];
    let found = nearest(&Chain::new(&leaf, &sent, &anchors));
    assert_eq!(found, Ok((vec![0], vec![])));
}

#[test]
fn a_spent_budget_refuses_even_where_an_anchor_was_found() {
    let world = World::new();
    let leaf = device("d").issued_by(&world.ca);
    let mut chain = Chain::new(
        &leaf,
        &[&world.ca.certificate],
        &[&world.root.certificate, &world.root.certificate],
    );
    assert_eq!(nearest(&chain), Ok((vec![0, 1], vec![])));
    // Look-alikes without key identifiers: each costs a signature, in the round of the good path.
    chain.sent.extend((0..limits::SIGNATURES).map(|n| {
        let key = KeyPair::new(KeyKind::P256, 100 + u64::from(n), "lookalike");
        let ca = CertificateBuilder::ca(world.ca.name.clone(), &key, None);
        ca.issued_by(&world.root).der().to_vec()
    }));
    chain.accepted();
    assert_eq!(nearest(&chain), Err(Code::X509BudgetSignatures));
}

#[test]
fn searches_share_a_budget() {
    let world = World::new();
    let chain = world.chain();
    chain
        .with(|verifier, leaf| {
            let mut budget = Budget::new();
            // Two signatures each.
            for _ in 0..limits::SIGNATURES / 4 {
                verifier.verify_within(&mut budget, leaf, NOW).unwrap();
                verifier.nearest_within(&mut budget, leaf, NOW).unwrap();
            }
            let spent = verifier.verify_within(&mut budget, leaf, NOW);
            assert_eq!(spent.unwrap_err().code(), Code::X509BudgetSignatures);
            let spent = verifier.nearest_within(&mut budget, leaf, NOW);
            assert_eq!(spent.unwrap_err().code(), Code::X509BudgetSignatures);
        })
        .unwrap();
}
