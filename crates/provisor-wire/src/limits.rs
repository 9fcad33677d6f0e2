//! Every limit on foreign data, with its reason.

/// Bytes of a request's body: "message size 96 KB" in the service's quotas. Ten enrollments with twins
/// and four certificates each have about 60.
pub const REQUEST_BYTES: usize = 96 * 1024;

/// Bytes of an answer's body that a client reads. A page of 1,000 enrollments with certificates has
/// about 4 MiB, and no answer of a device is longer than a request.
pub const ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// Objects and arrays within each other. A twin may have ten levels, and seven lie around it in a bulk
/// operation; what a device says to the custom allocation is nobody's business, but a reader's stack
/// is ours. `serde_json` stops at 128.
pub const DEPTH: usize = 64;

/// Bytes of a request's path and query: scope (32), registration ID (128) and operation ID (64) with
/// every byte percent-encoded, and the words between; the longest legal one has about 800.
pub const TARGET_BYTES: usize = 2048;

/// Segments of a path, and parameters of a query. The longest path has five; clients send at most
/// three parameters.
pub const PARTS: usize = 16;

/// Bytes of an operation ID: what the device's side has room for. Those of the service that is modelled
/// have 55.
pub const OPERATION_ID_BYTES: usize = provisor_device::limits::OPERATION_ID_BYTES;

/// Bytes of an MQTT user name: the path of a target, and a client's version of some hundred bytes.
pub const USER_NAME_BYTES: usize = 2048;

/// Bytes of a `$rid`. Clients send UUIDs (36) or small numbers.
pub const RID_BYTES: usize = 128;

/// Bytes of an AMQP link address with its `amqps://` and host.
pub const ADDRESS_BYTES: usize = 2048;

/// Bytes of the answer to a SASL PLAIN challenge: an address, and a SAS token of 1,024.
pub const SASL_PLAIN_BYTES: usize = 4096;

/// Bytes that a client sends in one step of SASL TPM, put together where it split them: scope, ID and
/// a key of 3072 bits, or a SAS token. A SASL frame has 512.
pub const SASL_TPM_BYTES: usize = 4096;

/// Bytes of an activation blob in one SASL frame. A frame has 512 (AMQP 1.0 section 5.3.1); 486 of data
/// fit, and one official client sends 470 itself.
pub const SASL_TPM_SEGMENT: usize = 486;

/// Items of a bulk operation.
pub const BULK_ITEMS: usize = 10;

/// Bytes of a query's text: some twenty conditions.
pub const QUERY_BYTES: usize = 4096;

/// Parentheses and negations within each other in a query's text.
pub const QUERY_DEPTH: usize = 16;

/// Seconds of a `Retry-After` that are believed. One official client takes more than 300 for 1.
pub const RETRY_AFTER_SECONDS: u32 = 300;

/// Bytes of a header's value that are read. The longest is a SAS token or a continuation.
pub const HEADER_BYTES: usize = 8 * 1024;

/// Bytes of a certificate as text. A certificate of RSA-4096 with generous extensions has some 4 KiB,
/// a third more in base64.
pub const CERTIFICATE_TEXT_BYTES: usize = 16 * 1024;
