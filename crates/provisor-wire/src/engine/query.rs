//! Queries.

use provisor::operations::{self, Field, Filter, Kind, Order, Query};
use provisor_report::{Code, Rejection, Subject};

use crate::service::{
    Collection, Comparison, Condition, Literal, PageRequest, QuerySpecification, Select,
};

impl QuerySpecification {
    /// The engine's query: the text that was read, and the page that the headers ask for.
    ///
    /// # Errors
    ///
    /// `WIRE_QUERY`: the text cannot be read; `WIRE_QUERY_PART`: it asks for what is not answered here;
    /// `SERVICE_ORDER`: for another order than that of the IDs; `SERVICE_FILTER`: it speaks of members that
    /// cannot be searched for, or is too long.
    pub fn to_engine(&self, of: Collection, page: &PageRequest) -> Result<Query, Rejection> {
        let select = Select::parse(self.query.as_deref().unwrap_or_default())?;
        let kind = of.kind();
        let mut query = Query::all();
        if let Some(condition) = &select.condition {
            query = query.with_filter(filter(kind, condition)?);
        }
        if let Some(member) = &select.order_by {
            if Field::from_name(kind, member)? != Field::Id {
                return Err(Rejection::new(Code::ServiceOrder, Subject::field("query"))
                    .expected("ORDER BY the ID")
                    .found(alloc::format!("{member:?}")));
            }
            if select.descending {
                query = query.with_order(Order::Descending);
            }
        }
        if let Some(most) = page.max_item_count {
            query = query.with_max_items(most);
        }
        Ok(match &page.continuation {
            Some(token) => query.with_continuation(&**token),
            None => query,
        })
    }
}

impl Collection {
    /// What the engine calls its items.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Enrollments => Kind::IndividualEnrollment,
            Self::EnrollmentGroups => Kind::EnrollmentGroup,
            Self::Registrations => Kind::RegistrationRecord,
        }
    }
}

/// As deep as the text was, whose depth has a limit.
fn filter(kind: Kind, condition: &Condition) -> Result<Filter, Rejection> {
    match condition {
        Condition::And(a, b) => filter(kind, a)?.and(filter(kind, b)?),
        Condition::Or(a, b) => filter(kind, a)?.or(filter(kind, b)?),
        Condition::Not(inner) => filter(kind, inner)?.negated(),
        Condition::Defined(member) => Ok(Filter::defined(Field::from_name(kind, member)?)),
        Condition::Compare {
            member,
            comparison,
            value,
        } => {
            let value = match value {
                Literal::Bool(value) => operations::Literal::Bool(*value),
                Literal::Text(text) => operations::Literal::text(&**text)?,
            };
            let field = Field::from_name(kind, member)?;
            Filter::compare(field, compared(*comparison), value)
        }
    }
}

const fn compared(comparison: Comparison) -> operations::Comparison {
    match comparison {
        Comparison::Equal => operations::Comparison::Equal,
        Comparison::NotEqual => operations::Comparison::NotEqual,
        Comparison::Less => operations::Comparison::Less,
        Comparison::LessOrEqual => operations::Comparison::LessOrEqual,
        Comparison::Greater => operations::Comparison::Greater,
        Comparison::GreaterOrEqual => operations::Comparison::GreaterOrEqual,
    }
}
