//! Queries, and their pages.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::enrollment::IndividualEnrollment;
use super::group::EnrollmentGroup;
use crate::device::DeviceRegistrationState;
use crate::http::{Answer, Headers};
use crate::json::Value;
use crate::shape::{At, Body, Shape as _, Side, body};
use crate::{header, json, limits};

body! {
    /// A query. The collection is that of the path; [`Select`](super::Select) reads the text.
    QuerySpecification {
        /// Like `SELECT * FROM enrollments`.
        query: String = "query";
    }
}

impl Body for QuerySpecification {
    /// Reads a query. No bytes are one without a text: the registrations of a group are asked for so.
    fn from_request(bytes: &[u8]) -> Result<Self, Rejection> {
        if bytes.iter().all(u8::is_ascii_whitespace) && bytes.len() <= limits::REQUEST_BYTES {
            return Ok(Self::default());
        }
        let value = json::parse(bytes, limits::REQUEST_BYTES)?;
        Self::read(value, &At::root(Side::Service))
    }
}

/// What a page can be of.
pub trait Item: Body {
    /// The value of `x-ms-item-type`, exactly so.
    const TYPE: &'static str;
}

impl Item for IndividualEnrollment {
    const TYPE: &'static str = "Enrollment";
}

impl Item for EnrollmentGroup {
    const TYPE: &'static str = "EnrollmentGroup";
}

impl Item for DeviceRegistrationState {
    const TYPE: &'static str = "DeviceRegistration";
}

/// What the headers of a query ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageRequest {
    /// The most items of a page.
    pub max_item_count: Option<u32>,
    /// Where to go on: what the page before said.
    pub continuation: Option<String>,
}

impl PageRequest {
    /// Reads the headers of a query.
    ///
    /// # Errors
    ///
    /// `WIRE_HEADER`; `WIRE_HEADER_TWICE`.
    pub fn from_headers(headers: &(impl Headers + ?Sized)) -> Result<Self, Rejection> {
        Ok(Self {
            max_item_count: count(headers)?,
            continuation: continuation(headers)?,
        })
    }
}

fn count(headers: &(impl Headers + ?Sized)) -> Result<Option<u32>, Rejection> {
    let Some(text) = headers.only(header::MAX_ITEM_COUNT)?.map(str::trim) else {
        return Ok(None);
    };
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(count) if digits && count > 0 => Ok(Some(count)),
        _ => Err(refused(header::MAX_ITEM_COUNT)
            .expected("a whole number from 1 on")
            .found(format!("{text:?}"))),
    }
}

/// One that is empty is as good as none, whichever side says it.
fn continuation(headers: &(impl Headers + ?Sized)) -> Result<Option<String>, Rejection> {
    let text = headers.only(header::CONTINUATION)?.map(str::trim);
    match text.filter(|text| !text.is_empty()) {
        Some(text) if text.len() > limits::HEADER_BYTES => Err(refused(header::CONTINUATION)
            .expected(format!("at most {} bytes", limits::HEADER_BYTES))
            .found(format!("{} bytes", text.len()))),
        text => Ok(text.map(String::from)),
    }
}

fn refused(name: &'static str) -> Rejection {
    Rejection::new(Code::WireHeader, Subject::field(name))
}

/// A page of a query's answer.
///
/// ```
/// use provisor_wire::http::Headers as _;
/// use provisor_wire::service::{EnrollmentGroup, Page};
///
/// let page = Page { items: vec![EnrollmentGroup::default().enrollment_group_id("line-7")], continuation: None };
/// let answer = page.to_http();
/// assert_eq!(answer.body, r#"[{"enrollmentGroupId":"line-7"}]"#);
/// assert_eq!(answer.header("x-ms-item-type"), Some("EnrollmentGroup"));
/// // At the end it is not there at all: an empty one would be asked for again and again.
/// assert_eq!(answer.header("x-ms-continuation"), None);
/// assert_eq!(Page::read(&answer, answer.body.as_bytes())?, page);
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Where to go on, if there is more.
    pub continuation: Option<String>,
}

impl<T: Item> Page<T> {
    /// The answer. An empty page is `[]`.
    #[must_use]
    pub fn to_http(&self) -> Answer {
        let items = Value::Array(self.items.iter().map(Body::to_value).collect());
        let answer = Answer::json(200, items.to_string())
            .with_header(header::ITEM_TYPE, T::TYPE)
            .with_header(header::MAX_ITEM_COUNT, self.items.len().to_string());
        match self.continuation.as_deref() {
            None | Some("") => answer,
            Some(text) => answer.with_header(header::CONTINUATION, text.to_string()),
        }
    }

    /// Reads an answer, as a client does.
    ///
    /// # Errors
    ///
    /// `WIRE_ANSWER`: the items are of another type. Those of [`Body::from_answer`].
    pub fn read(headers: &(impl Headers + ?Sized), body: &[u8]) -> Result<Self, Rejection> {
        if let Some(other) = headers.header(header::ITEM_TYPE)
            && !other.trim().eq_ignore_ascii_case(T::TYPE)
        {
            let subject = Subject::field(header::ITEM_TYPE);
            return Err(Rejection::new(Code::WireAnswer, subject)
                .expected(T::TYPE)
                .found(format!("{other:?}")));
        }
        let value = json::parse(body, limits::ANSWER_BYTES)?;
        Ok(Self {
            items: Vec::read(value, &At::root(Side::Client))?,
            continuation: continuation(headers)?,
        })
    }
}
