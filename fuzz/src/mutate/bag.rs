//! Changes of a whole question: who is in the bag, who issued whom, and what they say; signed again
//! afterwards, so that the change is judged and not only its signature.

use super::der;
use super::dictionary::{dictionary, key};
use super::rng::Rng;
use super::signed::{Field, Signed, What};
use super::tlv::Node;
use crate::bag::{Bag, Entry, Kind};

/// Changes a few things in the bag that `data` is.
#[must_use]
pub fn mutate(data: &[u8], seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut bag = Bag::read(data);
    for _ in 0..=rng.below(3) {
        change(&mut bag, &mut rng);
    }
    // Now and then the signatures stay wrong, too.
    if !rng.one_in(16) {
        sign_all(&mut bag);
    }
    bag.write()
}

/// The bag of `a` with an entry of `b`, or with a part of one.
#[must_use]
pub fn cross(a: &[u8], b: &[u8], seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let (mut bag, other) = (Bag::read(a), Bag::read(b));
    let (to, from) = (rng.below(bag.len()), rng.below(other.len()));
    if rng.one_in(2) {
        if let Some(entry) = rng.pick(&other.entries) {
            bag.entries.push(entry.clone());
        }
    } else if let (Some(mut tree), Some(other)) = (
        bag.der(to).and_then(Node::parse),
        other.der(from).and_then(Node::parse),
    ) {
        der::cross(&mut tree, &other, &mut rng);
        store(&mut bag, to, &tree);
    }
    sign_all(&mut bag);
    bag.write()
}

fn change(bag: &mut Bag, rng: &mut Rng) {
    let number = rng.below(bag.len());
    match rng.below(18) {
        0..=3 => {
            if let Some(mut tree) = bag.der(number).and_then(Node::parse) {
                // The signed part, unless the outline shall suffer.
                if rng.one_in(8) {
                    der::mutate(&mut tree, rng);
                } else if let Some(tbs) = tree.children_mut().first_mut() {
                    der::mutate(tbs, rng);
                }
                store(bag, number, &tree);
            } else if let Some(bytes) = bag.der_mut(number) {
                super::plain::change(bytes, rng);
            }
        }
        4..=6 => extend(bag, number, rng),
        7 => issue(bag, number, rng),
        8 => rename(bag, number, rng),
        9 => retime(bag, number, rng),
        10 => entries(bag, rng),
        11 => match rng.below(3) {
            0 => bag.profile = rng.byte() % 6,
            1 => bag.flags ^= 1 << rng.below(6),
            _ => bag.flags = 0,
        },
        12 => add(bag, rng),
        13 => twin(bag, number, rng),
        14 => revoke(bag, rng),
        15 | 16 => lengthen(bag, number, rng),
        _ => rekey(bag, number, rng),
    }
}

fn store(bag: &mut Bag, number: usize, tree: &Node) {
    if let Some(der) = bag.der_mut(number) {
        *der = tree.write();
    }
}

fn signed(bag: &Bag, number: usize) -> Option<Signed> {
    bag.der(number).and_then(Signed::read)
}

/// Another extension, or one less.
fn extend(bag: &mut Bag, number: usize, rng: &mut Rng) {
    let Some(mut one) = signed(bag, number) else {
        return;
    };
    let words = dictionary();
    let from = match one.what {
        What::Certificate => &words.extensions,
        What::List => &words.list_extensions,
    };
    if rng.one_in(4) {
        if let Some(all) = one.extensions_mut()
            && let Some(index) = rng.place(all)
        {
            all.remove(index);
        }
    } else if let Some(new) = rng.pick(from) {
        let mut new = new.clone();
        if rng.one_in(8) {
            turn_critical(&mut new);
        }
        one.add_extension(new, rng);
    }
    store(bag, number, &one.tree);
}

/// A critical extension that was none, and the other way round.
fn turn_critical(extension: &mut Node) {
    if let Some(nodes) = extension.nodes_mut() {
        match nodes.get(1).map(|node| node.tag) {
            Some(0x01) => {
                nodes.remove(1);
            }
            _ => nodes.insert(1, Node::bytes(0x01, vec![0xff])),
        }
    }
}

/// Contents of the identifiers of the two key identifier extensions.
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];

/// Makes another certificate the issuer of this structure: name, key identifier, signature.
fn issue(bag: &mut Bag, number: usize, rng: &mut Rng) {
    let issuer = rng.below(bag.len());
    let (Some(mut child), Some(parent)) = (signed(bag, number), signed(bag, issuer)) else {
        return;
    };
    let Some(name) = parent.field(Field::Subject) else {
        return;
    };
    child.set(Field::Issuer, name.clone());
    if let Some(id) = parent.extension(SUBJECT_KEY_ID) {
        let id = id.children().first().map(Node::value).unwrap_or_default();
        let inner = Node::of(0x30, vec![Node::bytes(0x80, id)]);
        let oid = Node::bytes(0x06, AUTHORITY_KEY_ID.to_vec());
        child.add_extension(Node::of(0x30, vec![oid, Node::of(0x04, vec![inner])]), rng);
    }
    store(bag, number, &child.tree);
}

/// Another subject, for the certificate and for all that it issued.
fn rename(bag: &mut Bag, number: usize, rng: &mut Rng) {
    let Some(old) = signed(bag, number).and_then(|one| one.field(Field::Subject).cloned()) else {
        return;
    };
    let Some(new) = rng.pick(&dictionary().names) else {
        return;
    };
    for number in 0..bag.len() {
        let Some(mut one) = signed(bag, number) else {
            continue;
        };
        for field in [Field::Issuer, Field::Subject] {
            if one.field(field) == Some(&old) {
                one.set(field, new.clone());
            }
        }
        store(bag, number, &one.tree);
    }
}

/// Another time, at the edge of what a certificate says, or in it.
fn retime(bag: &mut Bag, number: usize, rng: &mut Rng) {
    if rng.one_in(3) {
        if let Some(mut one) = signed(bag, number) {
            let times = &dictionary().times;
            let new = match one.what {
                What::List => rng.pick(times).cloned(),
                What::Certificate => {
                    let both = [rng.pick(times).cloned(), rng.pick(times).cloned()];
                    Some(Node::of(0x30, both.into_iter().flatten().collect()))
                }
            };
            if let Some(new) = new {
                one.set(Field::Validity, new);
            }
            store(bag, number, &one.tree);
        }
        return;
    }
    let edges: Vec<i64> = bag
        .der(number)
        .and_then(|der| provisor::x509::Certificate::from_der(der).ok())
        .map(|one| vec![one.not_before().seconds(), one.not_after().seconds()])
        .unwrap_or_default();
    let edge = rng.pick(&edges).copied().unwrap_or(bag.time);
    let step = rng.pick(&[0, 1, -1, 3600, -3600, 86_400 * 400]).copied();
    bag.time = edge.saturating_add(step.unwrap_or_default());
}

/// The order, the number and the kinds of what is there.
fn entries(bag: &mut Bag, rng: &mut Rng) {
    let Some(index) = rng.place(&bag.entries) else {
        return;
    };
    match rng.below(4) {
        0 => {
            bag.entries.remove(index);
        }
        1 => {
            let other = rng.below(bag.entries.len());
            bag.entries.swap(index, other);
        }
        2 => {
            if let (Some(entry), Some(kind)) = (bag.entries.get_mut(index), rng.pick(&Kind::ALL)) {
                entry.kind = *kind;
            }
        }
        _ => {
            if let Some(entry) = bag.entries.get_mut(index) {
                std::mem::swap(&mut bag.leaf, &mut entry.der);
            }
        }
    }
}

/// Something from the dictionary.
fn add(bag: &mut Bag, rng: &mut Rng) {
    let words = dictionary();
    let (kind, from) = match rng.below(4) {
        0 => (Kind::List, &words.lists),
        1 => (Kind::Anchor, &words.certificates),
        _ => (Kind::Sent, &words.certificates),
    };
    if let Some(der) = rng.pick(from) {
        let der = der.clone();
        let place = rng.below(bag.entries.len() + 1);
        bag.entries.insert(place, Entry { kind, der });
    }
}

/// A second of it that differs in one thing: a look-alike, or a cross-certificate.
fn twin(bag: &mut Bag, number: usize, rng: &mut Rng) {
    let Some(mut one) = signed(bag, number) else {
        return;
    };
    let issuer = rng.below(bag.len());
    match rng.below(3) {
        0 => one.set(Field::Serial, Node::bytes(0x02, vec![1 + rng.byte() % 127])),
        1 => one.set(Field::Key, key(rng.next())),
        _ => {
            if let Some(name) = signed(bag, issuer).and_then(|p| p.field(Field::Subject).cloned()) {
                one.set(Field::Issuer, name);
            }
        }
    }
    let kind = match (one.what, number.checked_sub(1)) {
        (What::List, _) => Kind::List,
        (What::Certificate, Some(index)) => bag
            .entries
            .get(index)
            .map_or(Kind::Sent, |entry| entry.kind),
        (What::Certificate, None) => Kind::Sent,
    };
    let der = one.tree.write();
    let place = rng.below(bag.entries.len() + 1);
    bag.entries.insert(place, Entry { kind, der });
}

/// One more CA between a certificate and its issuer.
fn lengthen(bag: &mut Bag, number: usize, rng: &mut Rng) {
    let words = dictionary();
    let Some(mut child) = signed(bag, number).filter(|one| one.what == What::Certificate) else {
        return;
    };
    let Some(mut between) = rng.pick(&words.issuers).and_then(|der| Signed::read(der)) else {
        return;
    };
    let (Some(issuer), Some(name)) = (
        child.field(Field::Issuer).cloned(),
        rng.pick(&words.issuer_names).cloned(),
    ) else {
        return;
    };
    between.set(Field::Issuer, issuer);
    between.set(Field::Subject, name.clone());
    between.set(Field::Key, key(rng.next()));
    child.set(Field::Issuer, name);
    store(bag, number, &child.tree);
    let der = between.tree.write();
    let place = rng.below(bag.entries.len() + 1);
    bag.entries.insert(
        place,
        Entry {
            kind: Kind::Sent,
            der,
        },
    );
}

/// A list names a certificate of the bag, with or without a reason.
fn revoke(bag: &mut Bag, rng: &mut Rng) {
    let lists: Vec<usize> = (0..bag.len())
        .filter(|number| signed(bag, *number).is_some_and(|one| one.what == What::List))
        .collect();
    let victim = rng.below(bag.len());
    let Some(number) = rng.pick(&lists).copied() else {
        return;
    };
    let (Some(mut list), Some(victim)) = (signed(bag, number), signed(bag, victim)) else {
        return;
    };
    let Some(serial) = victim.field(Field::Serial).cloned() else {
        return;
    };
    let time = Node::bytes(0x17, b"260101000000Z".to_vec());
    let mut entry = vec![serial, time];
    if rng.one_in(2) {
        let words = &dictionary().list_extensions;
        entry.push(Node::of(
            0x30,
            rng.pick(words).cloned().into_iter().collect(),
        ));
    }
    if let Some(all) = list.entries_mut() {
        all.push(Node::of(0x30, entry));
    }
    store(bag, number, &list.tree);
}

/// Another key; who is signed by it is signed again anyway.
fn rekey(bag: &mut Bag, number: usize, rng: &mut Rng) {
    if let Some(mut one) = signed(bag, number) {
        one.set(Field::Key, key(rng.next()));
        store(bag, number, &one.tree);
    }
}

/// Signs each structure by the first certificate with the name of its issuer; what has a right
/// signature already keeps it, as far as that can be told.
fn sign_all(bag: &mut Bag) {
    let all: Vec<Option<Signed>> = (0..bag.len()).map(|number| signed(bag, number)).collect();
    for (number, one) in all.iter().enumerate() {
        let Some(mut one) = one.clone() else { continue };
        let Some(issuer) = one.field(Field::Issuer).cloned() else {
            continue;
        };
        let named = |(index, parent): (usize, &Option<Signed>)| {
            let parent = parent.as_ref()?;
            let right = parent.field(Field::Subject) == Some(&issuer);
            right.then_some((index == number, parent.field(Field::Key)?.clone()))
        };
        // Another than itself, where there is one.
        let Some((_, key)) = all
            .iter()
            .enumerate()
            .filter_map(named)
            .min_by_key(|found| found.0)
        else {
            continue;
        };
        one.sign(&key);
        store(bag, number, &one.tree);
    }
}

/// One structure alone: the mutator of `certificate`, and of lists by themselves.
#[must_use]
pub fn mutate_alone(data: &[u8], seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let Some(mut tree) = Node::parse(data) else {
        return super::plain::mutate(data, seed);
    };
    for _ in 0..=rng.below(4) {
        let one = Signed::read(&tree.write());
        match one {
            Some(one) if rng.one_in(3) => {
                let mut bag = Bag::read(&[]);
                bag.leaf = one.tree.write();
                extend(&mut bag, 0, &mut rng);
                tree = Node::parse(&bag.leaf).unwrap_or(tree);
            }
            _ => der::mutate(&mut tree, &mut rng),
        }
    }
    // The two algorithm identifiers have to be the same for anything else to be read.
    if !rng.one_in(8)
        && let Some(mut one) = Signed::read(&tree.write())
        && let Some(inner) = one.field(Field::Algorithm).cloned()
    {
        if let Some(outer) = one.tree.children_mut().get_mut(1) {
            *outer = inner;
        }
        tree = one.tree;
    }
    tree.write()
}

/// A structure alone with a part of another.
#[must_use]
pub fn cross_alone(a: &[u8], b: &[u8], seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let (Some(mut tree), Some(other)) = (Node::parse(a), Node::parse(b)) else {
        return super::plain::mutate(a, seed);
    };
    der::cross(&mut tree, &other, &mut rng);
    tree.write()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Question;
    use crate::toy::Toy;
    use provisor::UnixTime;
    use provisor::x509::{Certificate, PathVerifier, RevocationPolicy, TrustAnchor, profile};
    use std::collections::BTreeSet;

    fn good() -> Bag {
        let words = dictionary();
        let entry = |kind, index: usize| Entry {
            kind,
            der: words.certificates[index].clone(),
        };
        Bag {
            profile: 0,
            flags: 0,
            time: 1_782_864_000,
            leaf: words.certificates[10].clone(),
            entries: vec![entry(Kind::Sent, 1), entry(Kind::Anchor, 0)],
        }
    }

    fn accepted(bag: &Bag) -> bool {
        let toy = Toy::default();
        let backend = &toy;
        let read = |der: &'_ [u8]| Certificate::from_der(der).is_ok();
        if !(0..bag.len()).all(|number| bag.der(number).is_some_and(read)) {
            return false;
        }
        let of = |kind| bag.entries.iter().filter(move |entry| entry.kind == kind);
        let certificates: Vec<_> = of(Kind::Sent)
            .flat_map(|entry| Certificate::from_der(&entry.der))
            .collect();
        let anchors: Vec<_> = of(Kind::Anchor)
            .flat_map(|entry| Certificate::from_der(&entry.der))
            .flat_map(|one| TrustAnchor::from_certificate(&one))
            .collect();
        let Ok(leaf) = Certificate::from_der(&bag.leaf) else {
            return false;
        };
        PathVerifier::new(&profile::DEVICE, &anchors)
            .intermediates(&certificates)
            .signature_checks(&backend)
            .verify(&leaf, UnixTime::new(bag.time))
            .is_ok()
    }

    #[test]
    fn signed_again_it_is_accepted_again() {
        let mut bag = good();
        assert!(accepted(&bag));
        let before = bag.leaf.clone();
        sign_all(&mut bag);
        assert_ne!(bag.leaf, before);
        assert!(accepted(&bag));
    }

    /// The point of signing again: a fair part of the changed bags still leads to an acceptance, and
    /// a fair part does not.
    #[test]
    fn changes_get_behind_the_signatures() {
        let start = good().write();
        let accepted = (0..300)
            .filter(|seed| accepted(&Bag::read(&mutate(&start, *seed))))
            .count();
        assert!((30..270).contains(&accepted), "{accepted} of 300");
    }

    /// The changes lead to many rules, not to a few again and again.
    #[test]
    fn changes_break_many_rules() {
        let seeds = [
            &include_bytes!("../../seeds/crl/judged-released")[..],
            include_bytes!("../../seeds/crl/judged-indirect"),
            include_bytes!("../../seeds/path/policy-required"),
            include_bytes!("../../seeds/path/ek"),
        ];
        let mut codes = BTreeSet::new();
        for seed in 0..2_000_u64 {
            let mut rng = Rng::new(seed);
            let mut data = rng
                .pick(&seeds)
                .map(|data| data.to_vec())
                .unwrap_or_default();
            for _ in 0..3 {
                data = mutate(&data, rng.next());
            }
            let bag = Bag::read(&data);
            if let Some(question) = Question::read(&bag) {
                codes.extend(
                    question
                        .code(RevocationPolicy::DenyUnknown)
                        .map(|code| code.name()),
                );
                codes.extend(
                    question
                        .code(RevocationPolicy::Unchecked)
                        .map(|code| code.name()),
                );
            }
        }
        assert!(codes.len() >= 38, "{} codes: {codes:?}", codes.len());
    }

    #[test]
    fn a_change_follows_from_its_seed() {
        let start = good().write();
        for seed in 0..100 {
            assert_eq!(mutate(&start, seed), mutate(&start, seed));
            assert_eq!(
                mutate_alone(&good().leaf, seed),
                mutate_alone(&good().leaf, seed)
            );
            assert_eq!(cross(&start, &start, seed), cross(&start, &start, seed));
        }
    }

    #[test]
    fn a_structure_alone_stays_well_formed() {
        for seed in 0..1000 {
            let der = mutate_alone(&good().leaf, seed);
            assert!(Node::parse(&der).is_some(), "seed {seed}");
        }
    }

    #[test]
    fn any_bytes_can_be_changed() {
        for data in [&[][..], &[0], &[0xff; 200], b"-----BEGIN CERTIFICATE-----"] {
            for seed in 0..50 {
                let _ = (
                    mutate(data, seed),
                    mutate_alone(data, seed),
                    cross(data, data, seed),
                );
            }
        }
    }
}
