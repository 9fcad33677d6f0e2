//! The policy rules against the tree of RFC 5280 section 6.1 taken by the letter: nodes, expected
//! sets, pruning. The library keeps pairs in place of the tree (RFC 9618); on random chains both say
//! the same.

use std::collections::BTreeSet;

use proptest::prelude::*;
use provisor_testkit::asn1;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, KeyKind, KeyPair,
};
use provisor_x509::{Code, Oid, PolicyInputs, profile};

use crate::world::Chain;

/// A policy: 0 is anyPolicy, the others are particular ones.
type Policy = u8;
const ANY: Policy = 0;

/// What one certificate says of policies.
#[derive(Clone, Debug)]
struct Stated {
    policies: Option<Vec<Policy>>,
    mappings: Vec<(Policy, Policy)>,
    explicit: Option<u8>,
    inhibit_mapping: Option<u8>,
    inhibit_any: Option<u8>,
    self_issued: bool,
}

#[derive(Clone, Debug)]
struct Inputs {
    accepted: BTreeSet<Policy>,
    explicit: bool,
    inhibit_mapping: bool,
    inhibit_any: bool,
}

/// A node of the valid policy tree.
struct Node {
    depth: usize,
    valid: Policy,
    expected: BTreeSet<Policy>,
    parent: usize,
    gone: bool,
}

/// The root is node 0 and its own parent. An empty tree has lost its root.
struct Tree(Vec<Node>);

impl Tree {
    fn new() -> Self {
        let mut tree = Self(Vec::new());
        tree.add(0, ANY, [ANY].into(), 0);
        tree
    }

    fn add(&mut self, depth: usize, valid: Policy, expected: BTreeSet<Policy>, parent: usize) {
        self.0.push(Node {
            depth,
            valid,
            expected,
            parent,
            gone: false,
        });
    }

    fn at(&self, depth: usize) -> Vec<usize> {
        (0..self.0.len())
            .filter(|&i| !self.0[i].gone && self.0[i].depth == depth)
            .collect()
    }

    fn children(&self, of: usize) -> Vec<usize> {
        (1..self.0.len())
            .filter(|&i| !self.0[i].gone && self.0[i].parent == of)
            .collect()
    }

    fn remove(&mut self, node: usize) {
        for child in self.children(node) {
            self.remove(child);
        }
        self.0[node].gone = true;
    }

    /// Removes the nodes of less than that depth that have no child, from the lowest up.
    fn prune(&mut self, depth: usize) {
        for above in (0..depth).rev() {
            for node in self.at(above) {
                if self.children(node).is_empty() {
                    self.remove(node);
                }
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.0[0].gone
    }
}

/// RFC 5280 section 6.1.2 to 6.1.5, as far as policies go. The chain runs from the anchor down.
fn by_the_letter(chain: &[Stated], inputs: &Inputs) -> bool {
    let n = chain.len();
    let mut tree = Tree::new();
    let start = |inhibited: bool| if inhibited { 0 } else { n + 1 };
    let mut explicit = start(inputs.explicit);
    let mut mapping = start(inputs.inhibit_mapping);
    let mut inhibit_any = start(inputs.inhibit_any);
    for (i, stated) in (1..).zip(chain) {
        match &stated.policies {
            // 6.1.3 (e)
            None => tree.remove(0),
            Some(_) if tree.is_empty() => {}
            Some(policies) => {
                // (d)(1)
                for &policy in policies.iter().filter(|policy| **policy != ANY) {
                    let above = tree.at(i - 1);
                    let expecting: Vec<_> = above
                        .iter()
                        .copied()
                        .filter(|&node| tree.0[node].expected.contains(&policy))
                        .collect();
                    if expecting.is_empty() {
                        for node in above {
                            if tree.0[node].valid == ANY {
                                tree.add(i, policy, [policy].into(), node);
                            }
                        }
                    }
                    for node in expecting {
                        tree.add(i, policy, [policy].into(), node);
                    }
                }
                // (d)(2)
                if policies.contains(&ANY) && (inhibit_any > 0 || (i < n && stated.self_issued)) {
                    for node in tree.at(i - 1) {
                        for policy in tree.0[node].expected.clone() {
                            let there = tree
                                .children(node)
                                .iter()
                                .any(|&child| tree.0[child].valid == policy);
                            if !there {
                                tree.add(i, policy, [policy].into(), node);
                            }
                        }
                    }
                }
                // (d)(3)
                tree.prune(i);
            }
        }
        // (f)
        if explicit == 0 && tree.is_empty() {
            return false;
        }
        if i == n {
            break;
        }
        // 6.1.4 (a)
        if stated.mappings.iter().any(|&(a, b)| a == ANY || b == ANY) {
            return false;
        }
        // (b)
        let mapped: BTreeSet<_> = stated.mappings.iter().map(|&(from, _)| from).collect();
        for from in mapped {
            let to: BTreeSet<_> = stated
                .mappings
                .iter()
                .filter(|(a, _)| *a == from)
                .map(|&(_, b)| b)
                .collect();
            let of = |tree: &Tree, valid| {
                let mut nodes = tree.at(i);
                nodes.retain(|&node| tree.0[node].valid == valid);
                nodes
            };
            let nodes = of(&tree, from);
            if mapping == 0 {
                for node in nodes {
                    tree.remove(node);
                }
                tree.prune(i);
            } else if nodes.is_empty() {
                if let Some(&any) = of(&tree, ANY).first() {
                    let parent = tree.0[any].parent;
                    tree.add(i, from, to, parent);
                }
            } else {
                for node in nodes {
                    tree.0[node].expected = to.clone();
                }
            }
        }
        // (h), (i), (j)
        for (counter, stated_skip) in [
            (&mut explicit, stated.explicit),
            (&mut mapping, stated.inhibit_mapping),
            (&mut inhibit_any, stated.inhibit_any),
        ] {
            if !stated.self_issued {
                *counter = counter.saturating_sub(1);
            }
            *counter = stated_skip.map_or(*counter, |skip| usize::from(skip).min(*counter));
        }
    }
    // 6.1.5 (a), (b)
    explicit = explicit.saturating_sub(1);
    if chain[n - 1].explicit == Some(0) {
        explicit = 0;
    }
    explicit > 0 || intersects(tree, n, &inputs.accepted)
}

/// 6.1.5 (g): whether anything is left of the tree for the caller's policies.
fn intersects(mut tree: Tree, n: usize, accepted: &BTreeSet<Policy>) -> bool {
    if tree.is_empty() || accepted.is_empty() || accepted.contains(&ANY) {
        return !tree.is_empty();
    }
    // (iii)(1), (2): the names in the anchor's domain.
    let domain: Vec<_> = (1..tree.0.len())
        .filter(|&i| !tree.0[i].gone && tree.0[tree.0[i].parent].valid == ANY)
        .collect();
    for node in domain {
        let valid = tree.0[node].valid;
        if valid != ANY && !accepted.contains(&valid) {
            tree.remove(node);
        }
    }
    // (3): anyPolicy at the end stands for each policy accepted; (4)
    let any_left = tree.at(n).iter().any(|&node| tree.0[node].valid == ANY);
    tree.prune(n);
    any_left || !tree.at(n).is_empty()
}

fn oid(policy: Policy) -> String {
    match policy {
        ANY => "2.5.29.32.0".into(),
        particular => format!("1.3.6.1.4.1.99999.7.{particular}"),
    }
}

fn extensions(stated: &Stated) -> Vec<Extension> {
    let extension = |id: &str, value: Vec<u8>| Extension::new(id, true, value);
    let mut all = Vec::new();
    if let Some(policies) = &stated.policies {
        let list: Vec<u8> = policies
            .iter()
            .flat_map(|policy| asn1::sequence(&[&asn1::oid(&oid(*policy))]))
            .collect();
        all.push(extension("2.5.29.32", asn1::sequence(&[&list])));
    }
    if !stated.mappings.is_empty() {
        let list: Vec<u8> = stated
            .mappings
            .iter()
            .flat_map(|&(from, to)| asn1::sequence(&[&asn1::oid(&oid(from)), &asn1::oid(&oid(to))]))
            .collect();
        all.push(extension("2.5.29.33", asn1::sequence(&[&list])));
    }
    let skips: Vec<u8> = [(0x80, stated.explicit), (0x81, stated.inhibit_mapping)]
        .into_iter()
        .filter_map(|(tag, skip)| skip.map(|skip| asn1::tlv(tag, &[skip])))
        .flatten()
        .collect();
    if !skips.is_empty() {
        all.push(extension("2.5.29.36", asn1::sequence(&[&skips])));
    }
    if let Some(skip) = stated.inhibit_any {
        all.push(extension("2.5.29.54", asn1::unsigned(&[skip])));
    }
    all
}

fn build(chain: &[Stated]) -> Chain {
    let root = Authority::root("Root", KeyKind::Ed25519, 1);
    let mut authorities = vec![root];
    let (last, cas) = chain.split_last().unwrap();
    let add = |builder: CertificateBuilder, stated: &Stated| {
        extensions(stated)
            .into_iter()
            .fold(builder, CertificateBuilder::extension)
    };
    for (number, stated) in cas.iter().enumerate() {
        let issuer = authorities.last().unwrap();
        let name = if stated.self_issued {
            issuer.name.clone()
        } else {
            DistinguishedName::cn(&format!("CA {number}"))
        };
        let key = KeyPair::new(KeyKind::Ed25519, 1, &format!("CA {number}"));
        let builder = add(CertificateBuilder::ca(name.clone(), &key, None), stated);
        let authority = builder.into_authority(name, key, issuer);
        authorities.push(authority);
    }
    let issuer = authorities.last().unwrap();
    let name = if last.self_issued {
        issuer.name.clone()
    } else {
        DistinguishedName::cn("device-7")
    };
    let key = KeyPair::new(KeyKind::Ed25519, 1, "device-7");
    let leaf = add(CertificateBuilder::device(name, &key), last).issued_by(issuer);
    let sent: Vec<_> = authorities[1..].iter().map(|ca| &ca.certificate).collect();
    Chain::new(&leaf, &sent, &[&authorities[0].certificate]).profile(profile::DEVICE)
}

fn judged(chain: &[Stated], inputs: &Inputs) -> bool {
    let accepted: Vec<_> = inputs
        .accepted
        .iter()
        .map(|policy| Oid::parse(&oid(*policy)).unwrap())
        .collect();
    let mut asked = PolicyInputs::new().accepting(&accepted);
    if inputs.explicit {
        asked = asked.require_explicit();
    }
    if inputs.inhibit_mapping {
        asked = asked.inhibit_mapping();
    }
    if inputs.inhibit_any {
        asked = asked.inhibit_any();
    }
    let built = build(chain);
    let verdict = built.with(|verifier, leaf| {
        let verdict = verifier.policies(asked).verify(leaf, built.now);
        verdict.map(|_| ())
    });
    match verdict.unwrap() {
        Ok(()) => true,
        Err(rejection) => {
            let codes = [Code::X509PolicyMissing, Code::X509PolicyMapping];
            assert!(codes.contains(&rejection.code()), "{rejection}");
            false
        }
    }
}

fn skip(chance: f64) -> impl Strategy<Value = Option<u8>> {
    prop::option::weighted(chance, 0_u8..3)
}

fn stated() -> impl Strategy<Value = Stated> {
    let particular = 1_u8..=4;
    let policies = prop_oneof![
        1 => Just(None),
        2 => Just(Some(vec![ANY])),
        7 => (prop::sample::subsequence(vec![1, 2, 3, 4], 1..4), prop::bool::weighted(0.25))
            .prop_map(|(mut policies, any)| {
                if any {
                    policies.push(ANY);
                }
                Some(policies)
            }),
    ];
    // Now and then one that is forbidden.
    let pair = prop_oneof![
        40 => (particular.clone(), particular.clone()),
        1 => (Just(ANY), particular.clone()),
        1 => (particular, Just(ANY)),
    ];
    let mappings = prop_oneof![
        3 => Just(BTreeSet::new()),
        2 => prop::collection::btree_set(pair, 1..4),
    ];
    (
        policies,
        mappings,
        skip(0.35),
        skip(0.2),
        skip(0.25),
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |(policies, mappings, explicit, inhibit_mapping, inhibit_any, self_issued)| Stated {
                policies,
                mappings: mappings.into_iter().collect(),
                explicit,
                inhibit_mapping,
                inhibit_any,
                self_issued,
            },
        )
}

fn inputs() -> impl Strategy<Value = Inputs> {
    let accepted = prop_oneof![
        3 => Just(BTreeSet::new()),
        3 => prop::collection::btree_set(1_u8..=4, 1..3),
        1 => prop::collection::btree_set(0_u8..=4, 1..3),
    ];
    (
        accepted,
        prop::bool::weighted(0.6),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.15),
    )
        .prop_map(
            |(accepted, explicit, inhibit_mapping, inhibit_any)| Inputs {
                accepted,
                explicit,
                inhibit_mapping,
                inhibit_any,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn pairs_say_what_the_tree_says(
        chain in prop::collection::vec(stated(), 1..6),
        inputs in inputs(),
    ) {
        prop_assert_eq!(judged(&chain, &inputs), by_the_letter(&chain, &inputs));
    }
}

/// The random chains are worth something only if both answers come up.
#[test]
fn the_tree_has_both_answers() {
    let gold = |policies: &[Policy]| Stated {
        policies: Some(policies.to_vec()),
        mappings: Vec::new(),
        explicit: None,
        inhibit_mapping: None,
        inhibit_any: None,
        self_issued: false,
    };
    let inputs = Inputs {
        accepted: [1].into(),
        explicit: true,
        inhibit_mapping: false,
        inhibit_any: false,
    };
    for (chain, valid) in [
        ([gold(&[ANY]), gold(&[1])], true),
        ([gold(&[ANY]), gold(&[2])], false),
        ([gold(&[2]), gold(&[ANY])], false),
    ] {
        assert_eq!(by_the_letter(&chain, &inputs), valid);
        assert_eq!(judged(&chain, &inputs), valid);
    }
}
