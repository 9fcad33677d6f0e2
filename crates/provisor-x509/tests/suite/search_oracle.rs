//! Path building against brute force: CAs that certify each other at random, each certificate with
//! at most one fault. The search finds a path exactly when there is one, whatever the order of what
//! was sent and whatever the key identifiers say; and where the nearest roots are asked for, it finds
//! all of those and none other.

use std::collections::BTreeSet;

use proptest::prelude::*;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, Extension, GeneralName, IssuedCertificate, KeyKind, KeyUsage,
    ToyPki,
};
use provisor_x509::{Budget, ChainVerifier, UnixTime};

use crate::world::{Chain, device};

/// A CA: its name and its key, by number.
type Ca = (usize, usize);

const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    Expired,
    NotCa,
    NoCertSign,
    Servers,
    Critical,
    Damaged,
    /// The device's name is excluded.
    Excluded,
    /// No fault by itself.
    PathLength(u8),
    /// None, though it looks like one.
    Clients,
    Permitted,
}

/// What is written about keys.
#[derive(Clone, Copy, Debug)]
enum Ids {
    Right,
    NoAuthority,
    WrongAuthority,
    NoSubject,
}

#[derive(Clone, Debug)]
struct Edge {
    subject: Ca,
    issuer: Ca,
    fault: Fault,
    ids: Ids,
}

impl Edge {
    fn is_usable(&self) -> bool {
        matches!(
            self.fault,
            Fault::None
                | Fault::PathLength(_)
                | Fault::Clients
                | Fault::Permitted
                | Fault::Excluded
        )
    }

    fn is_self_issued(&self) -> bool {
        self.subject.0 == self.issuer.0
    }

    fn certificate(&self, authorities: &[[Authority; 2]]) -> IssuedCertificate {
        let [subject, issuer] = [self.subject, self.issuer].map(|(n, k)| &authorities[n][k]);
        let path_length = match self.fault {
            Fault::PathLength(limit) => Some(limit),
            _ => None,
        };
        let mut ca = CertificateBuilder::ca(subject.name.clone(), &subject.key, path_length);
        let dns = |name: &str| [GeneralName::Dns(name.into())];
        ca = match self.fault {
            Fault::None | Fault::PathLength(_) => ca,
            Fault::Expired => {
                let yesterday = UnixTime::new(ToyPki::NOW.seconds() - 86_400);
                ca.valid(yesterday, yesterday)
            }
            Fault::NotCa => ca.extension(Extension::basic_constraints(false, None)),
            Fault::NoCertSign => ca.extension(Extension::key_usage(&[KeyUsage::CrlSign])),
            Fault::Servers => ca.extension(Extension::extended_key_usage(&[SERVER_AUTH])),
            Fault::Clients => ca.extension(Extension::extended_key_usage(&[CLIENT_AUTH])),
            Fault::Critical => ca.extension(Extension::new("1.3.6.1.4.1.99999.1", true, [5, 0])),
            Fault::Damaged => ca.damaged_signature(),
            Fault::Excluded => {
                ca.extension(Extension::name_constraints(&[], &dns("plant.example")))
            }
            Fault::Permitted => ca.extension(Extension::name_constraints(&dns("example"), &[])),
        };
        ca = match self.ids {
            Ids::Right => ca,
            Ids::NoAuthority => ca.without_authority_key_id(),
            Ids::WrongAuthority => ca.extension(Extension::authority_key_id(&[7; 20])),
            Ids::NoSubject => ca.without_extension("2.5.29.14"),
        };
        ca.issued_by(issuer)
    }
}

#[derive(Clone, Debug)]
struct Graph {
    edges: Vec<Edge>,
    /// Trusted, with the path length that their certificates state.
    roots: Vec<(Ca, Option<u8>)>,
    /// Who issued the device's certificate.
    issuer: Ca,
}

impl Graph {
    /// Every path from that CA up to a root, these being below it, the lowest first: the root's
    /// number and the certificates.
    fn paths(&self, ca: Ca, below: &mut Vec<usize>, found: &mut Vec<(usize, Vec<usize>)>) {
        let count = |path: &[usize]| {
            let named = path.iter().filter(|i| !self.edges[**i].is_self_issued());
            named.count()
        };
        let within = |limit: Option<u8>, path: &[usize]| {
            limit.is_none_or(|limit| count(path) <= usize::from(limit))
        };
        let is_valid = |path: &[usize]| {
            path.iter()
                .enumerate()
                .all(|(depth, i)| match self.edges[*i].fault {
                    Fault::Excluded => false,
                    Fault::PathLength(limit) => within(Some(limit), &path[..depth]),
                    _ => true,
                })
        };
        for (number, (root, limit)) in self.roots.iter().enumerate() {
            if *root == ca && is_valid(below) && within(*limit, below) {
                found.push((number, below.clone()));
            }
        }
        for (number, edge) in self.edges.iter().enumerate() {
            // The same name with the same key does not come twice.
            let again = below.iter().any(|i| self.edges[*i].subject == edge.subject);
            if edge.subject == ca && edge.is_usable() && !again {
                below.push(number);
                self.paths(edge.issuer, below, found);
                below.pop();
            }
        }
    }

    /// The length of the shortest paths, the roots at their ends, and the roots that stand on them.
    fn nearest(&self) -> Option<(usize, BTreeSet<usize>, BTreeSet<usize>)> {
        let mut paths = Vec::new();
        self.paths(self.issuer, &mut Vec::new(), &mut paths);
        let least = paths.iter().map(|(_, path)| path.len()).min()?;
        paths.retain(|(_, path)| path.len() == least);
        let stands_on = |root: &Ca| {
            let mut edges = paths.iter().flat_map(|(_, path)| path);
            edges.any(|edge| self.edges[*edge].subject == *root)
        };
        let roots = self.roots.iter().enumerate();
        let passed = roots.filter(|(_, (root, _))| stands_on(root));
        let passed = passed.map(|(number, _)| number).collect();
        Some((least, paths.iter().map(|(root, _)| *root).collect(), passed))
    }

    fn chain(&self) -> Chain {
        let authorities: Vec<_> = (0..NAMES)
            .map(|n| [1, 2].map(|seed| Authority::root(&format!("CA {n}"), KeyKind::Ed25519, seed)))
            .collect();
        let roots: Vec<_> = self
            .roots
            .iter()
            .map(|((n, k), limit)| {
                let root = &authorities[*n][*k];
                CertificateBuilder::ca(root.name.clone(), &root.key, *limit).self_signed(&root.key)
            })
            .collect();
        let sent: Vec<_> = self
            .edges
            .iter()
            .map(|edge| edge.certificate(&authorities))
            .collect();
        let leaf = device("device-7")
            .extension(Extension::subject_alt_name(&[GeneralName::Dns(
                "device-7.plant.example".into(),
            )]))
            .issued_by(&authorities[self.issuer.0][self.issuer.1]);
        Chain::new(
            &leaf,
            &sent.iter().collect::<Vec<_>>(),
            &roots.iter().collect::<Vec<_>>(),
        )
    }
}

const NAMES: usize = 4;

fn ca() -> impl Strategy<Value = Ca> {
    (0..NAMES, prop_oneof![3 => Just(0), 1 => Just(1)])
}

fn edge() -> impl Strategy<Value = Edge> {
    let fault = prop_oneof![
        12 => Just(Fault::None),
        1 => Just(Fault::Expired),
        1 => Just(Fault::NotCa),
        1 => Just(Fault::NoCertSign),
        1 => Just(Fault::Servers),
        1 => Just(Fault::Critical),
        1 => Just(Fault::Damaged),
        1 => Just(Fault::Excluded),
        3 => (0_u8..2).prop_map(Fault::PathLength),
        1 => Just(Fault::Clients),
        1 => Just(Fault::Permitted),
    ];
    let ids = prop_oneof![
        4 => Just(Ids::Right),
        1 => Just(Ids::NoAuthority),
        1 => Just(Ids::WrongAuthority),
        1 => Just(Ids::NoSubject),
    ];
    (ca(), ca(), fault, ids).prop_map(|(subject, issuer, fault, ids)| Edge {
        subject,
        issuer,
        fault,
        ids,
    })
}

fn graph(roots: usize) -> impl Strategy<Value = Graph> {
    let root = (ca(), prop::option::weighted(0.3, 0_u8..2));
    (
        prop::collection::vec(edge(), 0..10),
        prop::collection::vec(root, 1..=roots),
        ca(),
    )
        .prop_map(|(edges, roots, issuer)| Graph {
            edges,
            roots,
            issuer,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_path_is_found_exactly_when_there_is_one(graph in graph(2)) {
        let found = graph.chain().judge();
        prop_assert_eq!(found.is_ok(), graph.nearest().is_some(), "{:?}", found);
    }

    #[test]
    fn the_nearest_roots_are_found_and_none_other(graph in graph(4)) {
        let chain = graph.chain();
        let found = chain.with(|verifier, leaf| {
            let mut chains = ChainVerifier::new();
            let alone = verifier.nearest_within(&mut Budget::new(), leaf, chain.now);
            for _ in 0..2 {
                // What is remembered changes nothing.
                let again = chains.nearest_within(verifier, &mut Budget::new(), leaf, chain.now);
                assert_eq!(format!("{alone:?}"), format!("{again:?}"));
            }
            let found = alone.ok()?;
            let lengths: BTreeSet<_> = found
                .accepted()
                .map(|(_, path)| path.certificates().count())
                .collect();
            assert_eq!(lengths.len(), 1);
            for (number, path) in found.accepted() {
                let anchor = path.anchor().certificate_der();
                assert_eq!(anchor, Some(&*chain.anchors[number]));
            }
            Some((
                lengths.first().unwrap() - 1,
                found.accepted().map(|(root, _)| root).collect(),
                found.passed().map(|(root, _)| root).collect(),
            ))
        }).unwrap();
        prop_assert_eq!(found, graph.nearest());
    }
}
