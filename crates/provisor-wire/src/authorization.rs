//! What proves who asks.

use provisor_report::{Code, Rejection, Subject};

use crate::limits;

/// The SAS token of a request, from the value of its `authorization`: the whole value, as whoever judges
/// tokens takes it. Without the header there is none, as with a certificate, or in the first request of
/// a TPM.
///
/// ```
/// use provisor_wire::sas_token;
///
/// let value = "SharedAccessSignature sr=0ne&sig=a%3d&se=1";
/// assert_eq!(sas_token(Some(value))?, Some(value));
/// assert_eq!(sas_token(None)?, None);
/// assert_eq!(sas_token(Some("Bearer eyJ0")).unwrap_err().code().name(), "SERVICE_BEARER");
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
///
/// # Errors
///
/// `SERVICE_BEARER`: a token of another authority, which this service does not ask.
/// `WIRE_AUTHORIZATION`: another scheme. Neither shows the value.
pub fn sas_token(authorization: Option<&str>) -> Result<Option<&str>, Rejection> {
    let Some(value) = authorization.map(str::trim).filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    let refused = |code| {
        Rejection::new(code, Subject::field("authorization")).expected("SharedAccessSignature")
    };
    if value.len() > limits::HEADER_BYTES {
        return Err(refused(Code::WireAuthorization).found("more bytes than a token has"));
    }
    let scheme = value.split_once(' ').map_or(value, |(scheme, _)| scheme);
    if scheme.eq_ignore_ascii_case("SharedAccessSignature") {
        Ok(Some(value))
    } else if scheme.eq_ignore_ascii_case("Bearer") {
        Err(refused(Code::ServiceBearer).found("Bearer"))
    } else {
        Err(refused(Code::WireAuthorization).found("another scheme"))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn a_scheme_is_read_in_any_case_and_no_value_is_shown() {
        let value = "sharedaccesssignature sr=a";
        assert_eq!(sas_token(Some(value)).unwrap(), Some(value));
        assert_eq!(sas_token(Some("  ")).unwrap(), None);
        let long = "SharedAccessSignature ".to_string() + &"x".repeat(limits::HEADER_BYTES);
        for (value, code) in [
            ("bearer c2VjcmV0", Code::ServiceBearer),
            ("Basic c2VjcmV0", Code::WireAuthorization),
            ("c2VjcmV0", Code::WireAuthorization),
            (&long, Code::WireAuthorization),
        ] {
            let refused = sas_token(Some(value)).unwrap_err();
            assert_eq!(refused.code(), code);
            assert!(!refused.to_string().contains("c2VjcmV0"), "{refused}");
        }
    }
}
