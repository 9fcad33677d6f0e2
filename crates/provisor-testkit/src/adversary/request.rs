//! One request, and how large it is.

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

/// How large one of a family is: a half of what is usual for it, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// One half.
    Half,
    /// All.
    Full,
}

impl Size {
    /// All of them, the smallest first.
    pub const ALL: [Self; 2] = [Self::Half, Self::Full];

    /// That share of `whole`, at least one.
    pub(super) const fn of(self, whole: usize) -> usize {
        let part = match self {
            Self::Half => whole / 2,
            Self::Full => whole,
        };
        if part == 0 { 1 } else { part }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Half => "half",
            Self::Full => "full",
        }
    }
}

/// A family: its name, and how one of a size is made.
pub(super) type Family = (String, Box<dyn Fn(Size) -> Adversary>);
