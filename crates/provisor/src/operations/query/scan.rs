//! One page.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::continuation::ContinuationKey;
use super::field::Queried;
use super::filter::Filter;
use crate::id::IdScope;
use crate::limits;
use crate::operations::kind::Kind;

/// What is asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Query {
    /// Which things.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// How many on a page, at most; `None`:
    /// [`limits::QUERY_ITEMS_DEFAULT`](crate::limits::QUERY_ITEMS_DEFAULT).
    pub max_items: Option<u32>,
    /// The token of the page before.
    pub continuation: Option<Box<str>>,
}

/// The order of a query: that of the IDs in their normal form, byte by byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The smallest first.
    #[default]
    Ascending,
    /// The greatest first.
    Descending,
}

/// What to read for a page: so many rows, from that key on.
#[derive(Clone, Debug)]
#[must_use = "read the rows, then make the page of them"]
pub struct Scan {
    kind: Kind,
    /// What a continuation token is bound to.
    bound: String,
    filter: Filter,
    order: Order,
    after: Option<Box<str>>,
    items: usize,
    rows: usize,
}

/// A page, and where the next one begins.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<V> {
    /// The items. There can be none where more follow.
    pub items: Vec<V>,
    /// The token for the next page; `None`: this is the last one.
    pub continuation: Option<String>,
    /// How many items a page has at most.
    pub max_items: usize,
}

impl Query {
    /// Everything, in ascending order, from the beginning.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            filter: Filter::ALL,
            order: Order::Ascending,
            max_items: None,
            continuation: None,
        }
    }

    /// Those that the filter selects.
    #[must_use]
    pub fn with_filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Another order.
    #[must_use]
    pub const fn with_order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// So many on a page at most.
    #[must_use]
    pub const fn with_max_items(mut self, most: u32) -> Self {
        self.max_items = Some(most);
        self
    }

    /// The page after the one with this token.
    #[must_use]
    pub fn with_continuation(mut self, token: impl Into<Box<str>>) -> Self {
        self.continuation = Some(token.into());
        self
    }
}

impl Scan {
    /// Judges a query over the things of that kind; `within` narrows them down to those of a group.
    pub(in crate::operations) fn new(
        scope: &IdScope,
        kind: Kind,
        within: &str,
        query: &Query,
        key: &ContinuationKey,
    ) -> Result<Self, Rejection> {
        query.filter.check(kind)?;
        let items = match query.max_items {
            None => limits::QUERY_ITEMS_DEFAULT,
            Some(0) => {
                return Err(
                    Rejection::new(Code::ServiceQueryPage, Subject::field("maxItemCount"))
                        .found("0"),
                );
            }
            Some(most) => usize::try_from(most)
                .map_or(limits::QUERY_ITEMS, |most| most.min(limits::QUERY_ITEMS)),
        };
        let rows = if query.filter.is_all() {
            items
        } else {
            limits::QUERY_ROWS
        };
        let (filter, order) = (&query.filter, query.order);
        let bound = format!("{}{order:?}\n{filter}", searched(scope, kind, within));
        let token = query.continuation.as_deref();
        let after = token.map(|token| key.open(&bound, token)).transpose()?;
        Ok(Self {
            kind,
            bound,
            filter: query.filter.clone(),
            order,
            after,
            items,
            rows,
        })
    }

    /// What is searched through.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The key (an ID in its normal form) that the rows begin behind; `None`: from the beginning. What
    /// had that key may be gone by now.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// The order of the rows.
    #[must_use]
    pub const fn order(&self) -> Order {
        self.order
    }

    /// How many rows to read; fewer say that there are no more. It is one more than are looked at, to
    /// see whether another page follows.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.rows.saturating_add(1)
    }

    /// It is a scan of those things, and no other one's: its token would go on in theirs.
    pub(in crate::operations) fn check(
        &self,
        scope: &IdScope,
        kind: Kind,
        within: &str,
    ) -> Result<(), Rejection> {
        if self.bound.starts_with(&searched(scope, kind, within)) {
            return Ok(());
        }
        Err(Rejection::new(Code::ServiceFacts, Subject::field("scan"))
            .expected(format!("a scan of each {kind} in the scope {scope}"))
            .found("the scan of another query"))
    }

    /// The page that these rows make.
    pub(in crate::operations) fn page<R: Queried, V>(
        &self,
        key: &ContinuationKey,
        rows: &[R],
        view: impl Fn(&R) -> V,
    ) -> Result<Page<V>, Rejection> {
        let mut items = Vec::new();
        let mut last: Option<String> = self.after.as_deref().map(str::to_owned);
        let mut looked = 0;
        for row in rows.iter().take(self.rows) {
            if items.len() == self.items {
                break;
            }
            let row_key = row.key();
            if last
                .as_deref()
                .is_some_and(|last| !self.follows(last, row_key))
            {
                return Err(Rejection::new(Code::ServiceFacts, Subject::field("rows"))
                    .expected("rows in the order of the scan, after its key")
                    .found(row_key.to_owned()));
            }
            if self.filter.selects(row) {
                items.push(view(row));
            }
            last = Some(row_key.to_owned());
            looked += 1;
        }
        let more = rows.len() > looked;
        let next = last
            .filter(|_| more)
            .map(|last| key.seal(&self.bound, &last));
        Ok(Page {
            items,
            continuation: next,
            max_items: self.items,
        })
    }

    fn follows(&self, last: &str, row: &str) -> bool {
        match self.order {
            Order::Ascending => row > last,
            Order::Descending => row < last,
        }
    }
}

/// What is searched through; none of the three has a line break in it.
fn searched(scope: &IdScope, kind: Kind, within: &str) -> String {
    format!("{}\n{kind}\n{within}\n", scope.normal_form())
}
