//! The names of headers, as they are written: in lower case, as one official client looks for them so.

/// SAS token or bearer token.
pub const AUTHORIZATION: &str = "authorization";
/// What a body is.
pub const CONTENT_TYPE: &str = "content-type";
/// Which version of an entity a request is for.
pub const IF_MATCH: &str = "if-match";
/// Where the operation is.
pub const LOCATION: &str = "location";
/// Seconds to wait.
pub const RETRY_AFTER: &str = "retry-after";
/// The methods that a resource knows, with a 405.
pub const ALLOW: &str = "allow";
/// The error's code, again.
pub const ERROR_CODE: &str = "x-ms-error-code";
/// The tracking ID.
pub const REQUEST_ID: &str = "x-ms-request-id";
/// Where a query goes on.
pub const CONTINUATION: &str = "x-ms-continuation";
/// How many items a page has.
pub const MAX_ITEM_COUNT: &str = "x-ms-max-item-count";
/// What the items of a page are.
pub const ITEM_TYPE: &str = "x-ms-item-type";

/// The one content type: without it one official client takes the body for an empty text, and another
/// refuses it.
pub const JSON: &str = "application/json; charset=utf-8";
