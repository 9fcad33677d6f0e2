//! HTTP: paths, and whole heads for firmware that writes its requests itself.
//!
//! ```
//! use provisor_device::{Writer, message::{Body, http}};
//!
//! let body = Body::new("line-7");
//! let mut buffer = [0; 512];
//! let mut writer = Writer::new(&mut buffer);
//! let head = http::Head::new("dps.example.net").with_user_agent("pump/1.0");
//! head.write_register("0ne0A1B2C3D", "line-7", &body, &mut writer)?;
//! body.write(&mut writer);
//! assert!(writer.finish()?.starts_with(
//!     "PUT /0ne0A1B2C3D/registrations/line-7/register?api-version=2021-06-01 HTTP/1.1\r\nHost: dps.example.net\r\n"
//! ));
//! # Ok::<(), provisor_device::Error>(())
//! ```

pub use super::http_response::Response;

use super::body::Body;
use super::check;
use super::names::{API_VERSION, API_VERSION_QUERY, JSON, REGISTRATIONS};
use crate::reason::Error;
use crate::write::Writer;

/// The port, which is fixed in most clients.
pub const PORT: u16 = 443;

/// The header that says how long to wait, in lower case, as the service sends it.
pub const RETRY_AFTER: &str = "retry-after";

/// The header with the error's code, which the body repeats.
pub const ERROR_CODE: &str = "x-ms-error-code";

/// The header with the tracking ID, which the body of an error repeats.
pub const REQUEST_ID: &str = "x-ms-request-id";

/// The header with the SAS token.
pub const AUTHORIZATION: &str = "Authorization";

/// The method of a registration.
pub const REGISTER_METHOD: &str = "PUT";

/// The last segment of its path.
pub const REGISTER: &str = "register";

/// The method of asking for an operation.
pub const OPERATION_METHOD: &str = "GET";

/// The last segment but one of its path.
pub const OPERATIONS: &str = "operations";

/// `/{scope}/registrations/{id}`: the path of which the others are made, and by itself that of the lookup (POST) of a
/// registration's state. Each name is percent-encoded.
pub fn write_registration(scope: &str, registration_id: &str, writer: &mut Writer<'_>) {
    writer
        .text("/")
        .percent(scope)
        .text("/")
        .text(REGISTRATIONS)
        .text("/")
        .percent(registration_id);
}

/// Path and query of a registration.
pub fn write_register(
    scope: &str,
    registration_id: &str,
    api_version: &str,
    writer: &mut Writer<'_>,
) {
    write_registration(scope, registration_id, writer);
    writer.text("/").text(REGISTER);
    write_query(api_version, writer);
}

/// Path and query of asking for an operation.
pub fn write_operation(
    scope: &str,
    registration_id: &str,
    operation_id: &str,
    api_version: &str,
    writer: &mut Writer<'_>,
) {
    write_registration(scope, registration_id, writer);
    writer
        .text("/")
        .text(OPERATIONS)
        .text("/")
        .percent(operation_id);
    write_query(api_version, writer);
}

fn write_query(api_version: &str, writer: &mut Writer<'_>) {
    writer
        .text("?")
        .text(API_VERSION_QUERY)
        .text("=")
        .percent(api_version);
}

/// What every request's head has.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    host: &'a str,
    user_agent: Option<&'a str>,
    authorization: Option<&'a str>,
}

impl<'a> Head<'a> {
    /// For a host, as the `Host` header names it: with the port where it is not 443.
    #[must_use]
    pub const fn new(host: &'a str) -> Self {
        Self {
            host,
            user_agent: None,
            authorization: None,
        }
    }

    /// With the name of the firmware.
    #[must_use]
    pub const fn with_user_agent(self, name: &'a str) -> Self {
        Self {
            user_agent: Some(name),
            ..self
        }
    }

    /// With a SAS token.
    #[must_use]
    pub const fn with_authorization(self, token: &'a str) -> Self {
        Self {
            authorization: Some(token),
            ..self
        }
    }

    /// There is a token.
    #[must_use]
    pub const fn has_authorization(&self) -> bool {
        self.authorization.is_some()
    }

    /// The head of a registration with this body, to the empty line and including it.
    ///
    /// # Errors
    /// [`Reason::ArgumentLength`](crate::Reason::ArgumentLength),
    /// [`Reason::ArgumentCharacter`](crate::Reason::ArgumentCharacter): a value that does not fit on one line.
    pub fn write_register(
        &self,
        scope: &str,
        registration_id: &str,
        body: &Body<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        writer.text(REGISTER_METHOD).text(" ");
        write_register(scope, registration_id, API_VERSION, writer);
        self.write_lines(writer)?;
        writer.text("Content-Type: ").text(JSON).text("\r\n");
        writer
            .text("Content-Length: ")
            .number(body.len() as u64)
            .text("\r\n\r\n");
        Ok(())
    }

    /// The head of asking for an operation, which has no body.
    ///
    /// # Errors
    /// As [`write_register`](Self::write_register).
    pub fn write_operation(
        &self,
        scope: &str,
        registration_id: &str,
        operation_id: &str,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        writer.text(OPERATION_METHOD).text(" ");
        write_operation(scope, registration_id, operation_id, API_VERSION, writer);
        self.write_lines(writer)?;
        writer.text("\r\n");
        Ok(())
    }

    /// The rest of the first line, and the headers that every request has.
    fn write_lines(&self, writer: &mut Writer<'_>) -> Result<(), Error> {
        writer.text(" HTTP/1.1\r\n");
        for (name, value) in [
            ("Host", Some(self.host)),
            ("User-Agent", self.user_agent),
            (AUTHORIZATION, self.authorization),
            ("Accept", Some("application/json")),
        ] {
            if let Some(value) = value {
                check::plain(value)?;
                writer.text(name).text(": ").text(value).text("\r\n");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Reason;

    #[test]
    fn both_requests_as_they_are_on_the_wire() {
        let mut buffer = [0; 600];
        let head = Head::new("dps.example.net").with_authorization("SharedAccessSignature sr=a");
        let mut writer = Writer::new(&mut buffer);
        head.write_register("0ne0A1B2C3D", "a:b", &Body::new("a:b"), &mut writer)
            .unwrap();
        assert_eq!(
            writer.finish().unwrap(),
            "PUT /0ne0A1B2C3D/registrations/a%3Ab/register?api-version=2021-06-01 HTTP/1.1\r\n\
             Host: dps.example.net\r\n\
             Authorization: SharedAccessSignature sr=a\r\n\
             Accept: application/json\r\n\
             Content-Type: application/json; charset=utf-8\r\n\
             Content-Length: 24\r\n\r\n"
        );
        let head = Head::new("dps.example.net:8443").with_user_agent("pump/1.0");
        let mut writer = Writer::new(&mut buffer);
        head.write_operation("0ne0A1B2C3D", "line-7", "4/../\r\n&", &mut writer)
            .unwrap();
        assert_eq!(
            writer.finish().unwrap(),
            "GET /0ne0A1B2C3D/registrations/line-7/operations/4%2F..%2F%0D%0A%26?api-version=2021-06-01 HTTP/1.1\r\n\
             Host: dps.example.net:8443\r\n\
             User-Agent: pump/1.0\r\n\
             Accept: application/json\r\n\r\n"
        );
    }

    #[test]
    fn no_value_ends_its_line() {
        let mut writer = Writer::measure();
        for head in [
            Head::new("a\r\nX: y"),
            Head::new(""),
            Head::new("a").with_user_agent("b\n"),
            Head::new("a").with_authorization("b\0"),
        ] {
            let error = head
                .write_operation("s", "i", "o", &mut writer)
                .unwrap_err();
            assert!(matches!(
                error.reason(),
                Reason::ArgumentCharacter | Reason::ArgumentLength
            ));
        }
    }
}
