//! What somebody sends who wants a verdict to cost much.
//!
//! Each [`Adversary`] is what one request may hold: a leaf, the certificates sent along, and beside
//! them what the operator has: anchors and revocation lists. Most are near several budgets of the
//! verifier at once; every family comes in several sizes, as a budget is only proved by what stays
//! below it, what meets it and what goes beyond.
//!
//! The tests of `provisor-x509` count what each costs, the benches time it beside a P-256 check, and
//! both take the same bytes from here.

mod cast;
mod keys;
mod lists;
mod names;
mod policies;
mod texts;

/// The profile that a verdict is asked for, by name: the kit does not know the crate under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A device, as paths are judged.
    Device,
    /// A device, with the rules for issuers.
    StrictDevice,
    /// An endorsement key.
    EndorsementKey,
}

/// One request that is made to cost much; everything in DER.
#[derive(Clone, Debug)]
pub struct Adversary {
    /// The family and the size, for messages.
    pub name: String,
    /// Which profile it is aimed at.
    pub asked: Asked,
    /// The leaf.
    pub leaf: Vec<u8>,
    /// What is sent with it.
    pub sent: Vec<Vec<u8>>,
    /// What the operator trusts.
    pub anchors: Vec<Vec<u8>>,
    /// The revocation lists of the operator; none means that revocation is not checked.
    pub lists: Vec<Vec<u8>>,
}

impl Adversary {
    /// Bytes that a stranger sends.
    #[must_use]
    pub fn bytes_sent(&self) -> usize {
        self.leaf.len() + self.sent.iter().map(Vec::len).sum::<usize>()
    }
}

/// How large one of a family is: a quarter of what is usual for it, one half, all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A quarter.
    Quarter,
    /// One half.
    Half,
    /// All.
    Full,
}

impl Size {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Half, Self::Full];

    /// That share of `whole`, at least one.
    const fn of(self, whole: usize) -> usize {
        let part = match self {
            Self::Quarter => whole / 4,
            Self::Half => whole / 2,
            Self::Full => whole,
        };
        if part == 0 { 1 } else { part }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Quarter => "a quarter",
            Self::Half => "half",
            Self::Full => "full",
        }
    }
}

/// A family: its name, and how one of a size is made.
type Family = (String, Box<dyn Fn(Size) -> Adversary>);

/// Every adversary, each made when it is asked for: together they take more memory than a test should.
///
/// ```
/// use provisor_testkit::adversary;
///
/// let first = adversary::all().next().unwrap();
/// assert!(!first.leaf.is_empty() && !first.anchors.is_empty());
/// ```
pub fn all() -> impl Iterator<Item = Adversary> {
    families().into_iter().flat_map(|(name, make)| {
        Size::ALL.into_iter().map(move |size| Adversary {
            name: format!("{name}, {}", size.name()),
            ..make(size)
        })
    })
}

/// The largest of every family: those that a bench has the time for.
pub fn largest() -> impl Iterator<Item = Adversary> {
    families().into_iter().map(|(name, make)| Adversary {
        name,
        ..make(Size::Full)
    })
}

fn families() -> Vec<Family> {
    [
        names::families(),
        lists::families(),
        keys::families(),
        policies::families(),
        texts::families(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
