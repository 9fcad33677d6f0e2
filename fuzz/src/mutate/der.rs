//! Changes of a tree of DER values that know nothing of what the values mean.

use super::dictionary::{Dictionary, dictionary};
use super::rng::Rng;
use super::tlv::{Body, Node, Path};

/// More bytes than this are not grown further.
const GROWN: usize = 64 * 1024;

/// Changes one thing in the tree. What comes out is well formed, and means anything.
pub fn mutate(tree: &mut Node, rng: &mut Rng) {
    let paths = tree.paths();
    // The root is changed rarely: everything hangs on it.
    let Some(path) = rng.pick(paths.get(1..).unwrap_or_default()).cloned() else {
        return value(tree, rng);
    };
    match rng.below(16) {
        0 => remove(tree, &path),
        1 => duplicate(tree, &path, 1),
        2 => {
            let times = 1 + rng.size();
            duplicate(tree, &path, times);
        }
        3 => swap(tree, &path, rng),
        4 => exchange(tree, &paths, &path, rng),
        5 => with(tree, &path, |node| retag(node, rng)),
        6 => with(tree, &path, |node| relength(node, rng)),
        7..=9 => with(tree, &path, |node| value(node, rng)),
        10..=12 => with(tree, &path, |node| by_type(node, dictionary(), rng)),
        13 => splice(tree, &path, &donor(rng), rng),
        14 => insert(tree, &path, rng),
        _ => with(tree, &path, |node| wrap(node, rng)),
    }
}

/// Puts a part of `other` into the tree: in place of one of the same tag, where there is one.
pub fn cross(tree: &mut Node, other: &Node, rng: &mut Rng) {
    let paths = tree.paths();
    if let Some(path) = rng.pick(paths.get(1..).unwrap_or_default()) {
        splice(tree, path, other, rng);
    }
}

fn with(tree: &mut Node, path: &[usize], change: impl FnOnce(&mut Node)) {
    if let Some(node) = tree.at_mut(path) {
        change(node);
    }
}

/// The list that the node at `path` stands in, and its place there.
fn siblings<'t>(tree: &'t mut Node, path: &[usize]) -> Option<(&'t mut Vec<Node>, usize)> {
    let (last, parent) = path.split_last()?;
    let nodes = tree.at_mut(parent)?.nodes_mut()?;
    (*last < nodes.len()).then_some((nodes, *last))
}

fn remove(tree: &mut Node, path: &[usize]) {
    if let Some((nodes, index)) = siblings(tree, path) {
        nodes.remove(index);
    }
}

fn duplicate(tree: &mut Node, path: &[usize], times: usize) {
    if let Some((nodes, index)) = siblings(tree, path)
        && let Some(node) = nodes.get(index).cloned()
    {
        let times = times.min(GROWN / (node.value().len() + 2)).max(1);
        let copies = std::iter::repeat_n(node, times);
        nodes.splice(index..index, copies);
    }
}

fn swap(tree: &mut Node, path: &[usize], rng: &mut Rng) {
    if let Some((nodes, index)) = siblings(tree, path) {
        let other = rng.below(nodes.len());
        nodes.swap(index, other);
    }
}

/// Two places anywhere in the tree, neither inside the other.
fn exchange(tree: &mut Node, paths: &[Path], path: &[usize], rng: &mut Rng) {
    let Some(other) = rng.pick(paths) else { return };
    if path.starts_with(other) || other.starts_with(path) {
        return;
    }
    let (Some(here), Some(there)) = (tree.at(path).cloned(), tree.at(other).cloned()) else {
        return;
    };
    with(tree, path, |node| *node = there);
    with(tree, other, |node| *node = here);
}

fn retag(node: &mut Node, rng: &mut Rng) {
    node.tag = match rng.below(4) {
        0 => node.tag ^ 0x20,
        1 => node.tag ^ (1 << rng.below(8)),
        _ => rng.pick(&dictionary().tags).copied().unwrap_or_default(),
    };
    // What is high would be read as something longer.
    if node.tag & 0x1f == 0x1f {
        node.tag ^= 1;
    }
}

fn relength(node: &mut Node, rng: &mut Rng) {
    node.octets = u8::try_from(1 + rng.below(4)).unwrap_or(1);
}

/// The bytes of a value, whatever it is.
fn value(node: &mut Node, rng: &mut Rng) {
    let mut bytes = node.value();
    super::plain::change(&mut bytes, rng);
    // A constructed value whose parts no longer fit would not be a tree.
    let is_tree = node.tag & 0x20 == 0;
    if is_tree {
        node.body = Body::Bytes(bytes);
    } else if let Some(child) = rng.place(node.children()) {
        with(node, &[child], |node| by_type(node, dictionary(), rng));
    }
}

/// A value of the same type.
fn by_type(node: &mut Node, words: &Dictionary, rng: &mut Rng) {
    let replace = |node: &mut Node, from: &[Node], rng: &mut Rng| {
        if let Some(other) = rng.pick(from) {
            *node = other.clone();
        }
    };
    match node.tag {
        0x01 => node.body = Body::Bytes(vec![*rng.pick(&[0, 0xff, 1, 0x80]).unwrap_or(&0)]),
        0x02 | 0x0a => bytes_of(node, &words.integers, rng),
        0x06 => replace(node, &words.oids, rng),
        0x17 | 0x18 => replace(node, &words.times, rng),
        0x0c | 0x13 | 0x14 | 0x16 | 0x1c | 0x1e => bytes_of(node, &words.strings, rng),
        0x80..=0x8f if rng.one_in(2) => bytes_of(node, &words.strings, rng),
        0x80..=0xaf => replace(node, &words.general_names, rng),
        0x30 => match rng.below(4) {
            0 => replace(node, &words.names, rng),
            1 => replace(node, &words.algorithms, rng),
            2 => replace(node, &words.extensions, rng),
            _ => {
                if let Some(nodes) = node.nodes_mut() {
                    nodes.clear();
                }
            }
        },
        _ => node.body = Body::Bytes(vec![rng.byte(); rng.size()]),
    }
}

fn bytes_of(node: &mut Node, from: &[Vec<u8>], rng: &mut Rng) {
    if let Some(bytes) = rng.pick(from) {
        node.body = Body::Bytes(bytes.clone());
    }
}

/// A structure of the dictionary, as a tree.
fn donor(rng: &mut Rng) -> Node {
    let words = dictionary();
    let from = if rng.one_in(3) {
        &words.lists
    } else {
        &words.certificates
    };
    rng.pick(from)
        .and_then(|der| Node::parse(der))
        .unwrap_or_else(|| Node::bytes(5, Vec::new()))
}

fn splice(tree: &mut Node, path: &[usize], donor: &Node, rng: &mut Rng) {
    let paths = donor.paths();
    let tag = tree.at(path).map(|node| node.tag);
    let same: Vec<_> = paths
        .iter()
        .filter(|path| donor.at(path).map(|node| node.tag) == tag)
        .collect();
    let chosen = rng.pick(&same).copied().or_else(|| rng.pick(&paths));
    if let Some(part) = chosen.and_then(|path| donor.at(path)) {
        with(tree, path, |node| *node = part.clone());
    }
}

fn insert(tree: &mut Node, path: &[usize], rng: &mut Rng) {
    let words = dictionary();
    let lists: [&[Node]; 6] = [
        &words.extensions,
        &words.list_extensions,
        &words.names,
        &words.general_names,
        &words.oids,
        &words.times,
    ];
    let new = rng.pick(&lists).and_then(|list| rng.pick(list)).cloned();
    if let (Some(new), Some((nodes, index))) = (new, siblings(tree, path)) {
        nodes.insert(index, new);
    }
}

/// Something more around it, or something less.
fn wrap(node: &mut Node, rng: &mut Rng) {
    match rng.pick(&[0x30, 0x31, 0x04, 0xa0, 0xa1, 0xa3, 0]) {
        Some(0) | None => {
            if let [only] = node.children() {
                *node = only.clone();
            }
        }
        Some(tag) => *node = Node::of(*tag, vec![node.clone()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A changed tree is read again, to the last byte.
    #[test]
    fn a_changed_tree_is_well_formed() {
        let words = dictionary();
        for (number, der) in words.certificates.iter().chain(&words.lists).enumerate() {
            let start = Node::parse(der).expect("DER");
            assert_eq!(start.write(), *der);
            for seed in 0..300 {
                let mut rng = Rng::new(seed * 100 + u64::try_from(number).unwrap_or_default());
                let mut tree = start.clone();
                for _ in 0..=rng.below(4) {
                    mutate(&mut tree, &mut rng);
                }
                let written = tree.write();
                let again = Node::parse(&written).expect("well formed");
                assert_eq!(again.write(), written);
            }
        }
    }

    #[test]
    fn most_changes_change_something() {
        let start = Node::parse(&dictionary().certificates[1]).expect("DER");
        let changed = (0..200)
            .filter(|seed| {
                let mut tree = start.clone();
                mutate(&mut tree, &mut Rng::new(*seed));
                tree != start
            })
            .count();
        assert!(changed > 150, "{changed}");
    }
}
