//! The condition of a query.

use alloc::boxed::Box;
use alloc::format;
use core::cmp::Ordering;
use core::fmt;

use provisor_report::{Rejection, UnixTime};

use super::field::{Field, Held, Literal, Queried, refused};
use crate::limits;
use crate::operations::kind::Kind;

/// Which things a query selects.
///
/// A member that a thing does not have compares with nothing, and what is not known to be true is not
/// selected; `NOT` of it is not known either (SQL, three values).
///
/// ```
/// use provisor::operations::{Comparison, Field, Filter, Literal};
///
/// let disabled = Literal::text("disabled")?;
/// let disabled = Filter::compare(Field::ProvisioningStatus, Comparison::Equal, disabled)?;
/// let filter = disabled.and(Filter::defined(Field::DeviceId).negated()?)?;
/// assert_eq!(
///     filter.to_string(),
///     "(ProvisioningStatus = \"disabled\" AND NOT IS_DEFINED(DeviceId))"
/// );
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    node: Node,
    parts: usize,
}

/// How a member is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `!=` or `<>`
    NotEqual,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    All,
    And(Box<Self>, Box<Self>),
    Compare(Field, Comparison, Literal),
    Defined(Field),
    Not(Box<Self>),
    Or(Box<Self>, Box<Self>),
}

impl Filter {
    /// Everything.
    pub const ALL: Self = Self {
        node: Node::All,
        parts: 1,
    };

    /// Those whose member compares so.
    ///
    /// # Errors
    /// [`ServiceFilter`](crate::Code::ServiceFilter) when the value is not of the member's kind.
    pub fn compare(
        field: Field,
        comparison: Comparison,
        literal: Literal,
    ) -> Result<Self, Rejection> {
        literal.check(field)?;
        Ok(Self {
            node: Node::Compare(field, comparison, literal),
            parts: 1,
        })
    }

    /// Those that have the member.
    #[must_use]
    pub const fn defined(field: Field) -> Self {
        Self {
            node: Node::Defined(field),
            parts: 1,
        }
    }

    /// Those that both select.
    ///
    /// # Errors
    /// [`ServiceFilter`](crate::Code::ServiceFilter) beyond
    /// [`limits::FILTER_PARTS`](crate::limits::FILTER_PARTS) parts.
    pub fn and(self, other: Self) -> Result<Self, Rejection> {
        let parts = self.parts + other.parts + 1;
        Self::of(Node::And(Box::new(self.node), Box::new(other.node)), parts)
    }

    /// Those that one of the two selects.
    ///
    /// # Errors
    /// As [`and`](Self::and).
    pub fn or(self, other: Self) -> Result<Self, Rejection> {
        let parts = self.parts + other.parts + 1;
        Self::of(Node::Or(Box::new(self.node), Box::new(other.node)), parts)
    }

    /// Those that it is known not to select.
    ///
    /// # Errors
    /// As [`and`](Self::and).
    pub fn negated(self) -> Result<Self, Rejection> {
        Self::of(Node::Not(Box::new(self.node)), self.parts + 1)
    }

    /// True when it selects everything, so that every row is an item.
    pub(super) const fn is_all(&self) -> bool {
        matches!(self.node, Node::All)
    }

    /// It speaks only of members that things of this kind have.
    pub(super) fn check(&self, kind: Kind) -> Result<(), Rejection> {
        self.node.check(kind)
    }

    pub(super) fn selects(&self, thing: &impl Queried) -> bool {
        self.node.judge(thing) == Some(true)
    }

    fn of(node: Node, parts: usize) -> Result<Self, Rejection> {
        if parts > limits::FILTER_PARTS {
            return Err(refused().expected(format!("at most {} parts", limits::FILTER_PARTS)));
        }
        Ok(Self { node, parts })
    }
}

impl Node {
    fn check(&self, kind: Kind) -> Result<(), Rejection> {
        match self {
            Self::All => Ok(()),
            Self::Compare(field, ..) | Self::Defined(field) if field.is_of(kind) => Ok(()),
            Self::Compare(field, ..) | Self::Defined(field) => {
                Err(refused().found(format!("{field:?}, which no {kind} has")))
            }
            Self::Not(node) => node.check(kind),
            Self::And(a, b) | Self::Or(a, b) => a.check(kind).and_then(|()| b.check(kind)),
        }
    }

    /// `None`: not known.
    fn judge(&self, thing: &impl Queried) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::Defined(field) => Some(thing.held(*field).is_some()),
            Self::Compare(field, comparison, literal) => {
                thing.held(*field)?.compare(*comparison, literal)
            }
            Self::Not(node) => node.judge(thing).map(|known| !known),
            Self::And(a, b) => match (a.judge(thing), b.judge(thing)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(a, b) => match (a.judge(thing), b.judge(thing)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

impl Held<'_> {
    fn compare(&self, comparison: Comparison, literal: &Literal) -> Option<bool> {
        let order = match (self, literal) {
            (Self::Bool(held), Literal::Bool(wanted)) => held.cmp(wanted),
            (Self::Exact(held), Literal::Text(wanted)) => (*held).cmp(wanted),
            (Self::Folded(held), Literal::Text(wanted)) => folded(held, wanted),
            (Self::Time(held), Literal::Text(wanted)) => {
                held.cmp(&UnixTime::parse_rfc3339(wanted)?)
            }
            (Self::AnyOf(held), Literal::Text(wanted)) => {
                return Some(match comparison {
                    // None of them is that one.
                    Comparison::NotEqual => held
                        .iter()
                        .all(|one| folded(one, wanted) != Ordering::Equal),
                    _ => held.iter().any(|one| comparison.holds(folded(one, wanted))),
                });
            }
            _ => return None,
        };
        Some(comparison.holds(order))
    }
}

impl Comparison {
    const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::NotEqual => order.is_ne(),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::NotEqual => "!=",
        }
    }
}

/// As identifiers are compared: ASCII case disregarded.
fn folded(a: &str, b: &str) -> Ordering {
    // Without a copy: a query compares for every row, and for each of its hubs.
    let [a, b] = [a, b].map(|text| text.bytes().map(|byte| byte.to_ascii_lowercase()));
    a.cmp(b)
}

impl fmt::Display for Filter {
    /// One text for one filter: continuation tokens are bound to it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::And(a, b) => write!(f, "({a} AND {b})"),
            Self::Compare(field, comparison, literal) => {
                write!(f, "{field:?} {} {literal}", comparison.as_str())
            }
            Self::Defined(field) => write!(f, "IS_DEFINED({field:?})"),
            Self::Not(node) => write!(f, "NOT {node}"),
            Self::Or(a, b) => write!(f, "({a} OR {b})"),
        }
    }
}
