//! DER as a tree that can be changed and written again: the lengths of everything around a change
//! follow it.
//!
//! Any tree writes well-formed tags and lengths. Reading keeps what is not canonical, so that bytes
//! which were read are written as they were.

/// Deeper bytes are left as they are. Certificates need about twelve levels.
const DEPTH: usize = 24;

/// One tag, length and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The identifier octet; tags above 30 are not known here.
    pub tag: u8,
    /// Length octets after the first when the length is written longer than need be; else 0.
    pub octets: u8,
    /// What is inside.
    pub body: Body,
}

/// The value of a [`Node`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// Values, one after the other.
    Nodes {
        /// Bytes in front of them: the count of unused bits in a BIT STRING.
        head: Vec<u8>,
        /// The values.
        nodes: Vec<Node>,
    },
}

/// Where a node is: which child to take, from the root down.
pub type Path = Vec<usize>;

impl Node {
    /// A value of that tag.
    #[must_use]
    pub const fn bytes(tag: u8, value: Vec<u8>) -> Self {
        Self {
            tag,
            octets: 0,
            body: Body::Bytes(value),
        }
    }

    /// Values in one of that tag.
    #[must_use]
    pub const fn of(tag: u8, nodes: Vec<Self>) -> Self {
        Self {
            tag,
            octets: 0,
            body: Body::Nodes {
                head: Vec::new(),
                nodes,
            },
        }
    }

    /// Reads one value that fills `der`.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        match one(der, 0)? {
            (node, []) => Some(node),
            _ => None,
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        out
    }

    /// The same with every length in its shortest form.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let mut node = self.clone();
        node.octets = 0;
        for child in node.children_mut() {
            *child = child.canonical();
        }
        node
    }

    /// The values inside; none in one that holds bytes.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match &self.body {
            Body::Bytes(_) => &[],
            Body::Nodes { nodes, .. } => nodes,
        }
    }

    /// The same, to be changed.
    pub fn children_mut(&mut self) -> &mut [Self] {
        self.nodes_mut().map_or(&mut [], Vec::as_mut_slice)
    }

    /// The list of values inside, if it holds values.
    pub const fn nodes_mut(&mut self) -> Option<&mut Vec<Self>> {
        match &mut self.body {
            Body::Bytes(_) => None,
            Body::Nodes { nodes, .. } => Some(nodes),
        }
    }

    /// The value as bytes, without tag and length.
    #[must_use]
    pub fn value(&self) -> Vec<u8> {
        match &self.body {
            Body::Bytes(bytes) => bytes.clone(),
            Body::Nodes { head, nodes } => {
                let mut out = head.clone();
                for node in nodes {
                    node.write_to(&mut out);
                }
                out
            }
        }
    }

    /// Every node, itself first.
    #[must_use]
    pub fn paths(&self) -> Vec<Path> {
        let mut out = Vec::new();
        self.collect(&mut Vec::new(), &mut out);
        out
    }

    /// The node at that place.
    #[must_use]
    pub fn at(&self, path: &[usize]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |node, index| node.children().get(*index))
    }

    /// The same, to be changed.
    pub fn at_mut(&mut self, path: &[usize]) -> Option<&mut Self> {
        let mut node = self;
        for index in path {
            node = node.nodes_mut()?.get_mut(*index)?;
        }
        Some(node)
    }

    fn collect(&self, here: &mut Path, out: &mut Vec<Path>) {
        out.push(here.clone());
        for (index, child) in self.children().iter().enumerate() {
            here.push(index);
            child.collect(here, out);
            here.pop();
        }
    }

    fn write_to(&self, out: &mut Vec<u8>) {
        let value = self.value();
        out.push(self.tag);
        out.extend(length(value.len(), usize::from(self.octets)));
        out.extend(value);
    }
}

/// The length octets; in the long form with at least so many.
fn length(value: usize, octets: usize) -> Vec<u8> {
    if octets == 0
        && let Ok(short @ ..0x80) = u8::try_from(value)
    {
        return vec![short];
    }
    let bytes = value.to_be_bytes();
    let needed = shortest(value).max(1);
    let count = octets.max(needed).min(bytes.len());
    let mut out = vec![0x80 | u8::try_from(count).unwrap_or_default()];
    out.extend(bytes.iter().skip(bytes.len() - count));
    out
}

/// Octets of the number without leading zeros.
fn shortest(value: usize) -> usize {
    let bytes = value.to_be_bytes();
    bytes.len() - bytes.iter().take_while(|byte| **byte == 0).count()
}

/// The first value, and what follows it.
fn one(der: &[u8], depth: usize) -> Option<(Node, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let (size, octets) = match first {
        ..0x80 => (usize::from(first), 0),
        0x80 | 0x89.. => return None,
        _ => {
            let (size, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            rest = after;
            let value = size.iter().try_fold(0_usize, |sum, byte| {
                sum.checked_mul(256)?.checked_add((*byte).into())
            })?;
            let minimal = value >= 0x80 && shortest(value) == size.len();
            (value, if minimal { 0 } else { first & 0x7f })
        }
    };
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (value, rest) = rest.split_at_checked(size)?;
    let body = inside(tag, value, depth).unwrap_or_else(|| Body::Bytes(value.to_vec()));
    Some((Node { tag, octets, body }, rest))
}

/// The values inside, where there are some: in constructed ones, and in strings that wrap one.
fn inside(tag: u8, value: &[u8], depth: usize) -> Option<Body> {
    if depth >= DEPTH {
        return None;
    }
    let list = |bytes| list(bytes, depth + 1);
    let (head, nodes): (&[u8], _) = match tag {
        0x04 => (&[], list(value).filter(|nodes| nodes.len() == 1)?),
        0x03 => match value.split_first()? {
            (0, rest) => (
                &[0],
                list(rest).filter(|nodes| matches!(nodes.as_slice(), [one] if one.tag == 0x30))?,
            ),
            _ => return None,
        },
        _ if tag & 0x20 != 0 => (&[], list(value)?),
        _ => return None,
    };
    Some(Body::Nodes {
        head: head.to_vec(),
        nodes,
    })
}

fn list(mut bytes: &[u8], depth: usize) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    while !bytes.is_empty() {
        let (node, rest) = one(bytes, depth)?;
        nodes.push(node);
        bytes = rest;
    }
    Some(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_as_it_was() {
        for der in [
            &[0x30, 0][..],
            &[0x30, 3, 2, 1, 5],
            &[0x30, 0x81, 3, 2, 1, 5],
            &[0x30, 0x83, 0, 0, 3, 2, 1, 5],
            &[4, 2, 5, 0],
            &[4, 2, 5, 1],
            &[3, 3, 0, 0x30, 0],
            &[3, 2, 7, 0x80],
            &[0xa0, 2, 2, 9],
        ] {
            assert_eq!(
                Node::parse(der).map(|node| node.write()).as_deref(),
                Some(der)
            );
        }
        for long in [127, 128, 255, 256, 70_000] {
            let der = Node::bytes(4, vec![0xff; long]).write();
            assert_eq!(Node::parse(&der).map(|node| node.write()), Some(der));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for der in [
            &[][..],
            &[0x30],
            &[0x30, 1],
            &[0x30, 0, 0],
            &[0x30, 0x80, 0, 0],
            &[0x1f, 1, 0],
        ] {
            assert_eq!(Node::parse(der), None, "{der:02x?}");
        }
    }

    #[test]
    fn lengths_follow_a_change() {
        let mut tree = Node::parse(&[0x30, 5, 4, 3, 0x30, 1, 0]).unwrap_or(Node::bytes(0, vec![]));
        // Not a whole value inside the string, so bytes.
        assert_eq!(tree.children().len(), 1);
        if let Some(node) = tree.at_mut(&[0]) {
            node.body = Body::Bytes(vec![7; 200]);
        }
        let der = tree.write();
        assert_eq!(der.get(..6), Some(&[0x30, 0x81, 203, 4, 0x81, 200][..]));
    }

    #[test]
    fn canonical_is_shortest() {
        let tree = Node::parse(&[0x30, 0x81, 4, 2, 0x81, 1, 5]);
        assert_eq!(
            tree.map(|tree| tree.canonical().write()),
            Some(vec![0x30, 3, 2, 1, 5])
        );
    }
}
