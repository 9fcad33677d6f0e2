//! Which status a code has.

use provisor_report::{Class, Code};

/// At which door a request came: the same code is a device's failure to prove itself at one, and a wrong
/// member of a body at the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The device API, over whatever transport.
    Device,
    /// The service API.
    Service,
}

/// A status of HTTP, and what is the matter, as a number of three digits.
///
/// # Two requests for one registration
///
/// The service that is modelled says 409203. No code has that number here: `REG_SAVE_LOST`, `REG_FENCED` and
/// `REG_ENROLLMENT_CHANGED` are 503001, with a time to wait.
///
/// | client | 409 | 503 |
/// |---|---|---|
/// | Node and Python over MQTT | final | registers again after `Retry-After` |
/// | C | final | registers again |
/// | C#, Java | final | flagged as transient; polls go on |
/// | Node over HTTP | final | final |
/// | provisor-device | registers again | registers again |
///
/// Whoever lost such a race lost it to itself: a repeated request, or one whose answer was late. It is as good a
/// device as before, and a 409 would leave it without a hub until somebody looks after it. Nor is it 429: the
/// device did not ask too often. That a lease is taken is `REG_UNAVAILABLE`, 503001 too, when waiting for it has
/// not helped.
///
/// ```
/// use provisor_wire::Code;
/// use provisor_wire::error::{Door, ErrorStatus};
///
/// let expired = ErrorStatus::of(Code::X509Expired, Door::Device);
/// assert_eq!((expired.http(), expired.error_code()), (401, 401_002));
/// assert_eq!(ErrorStatus::of(Code::X509Expired, Door::Service).http(), 400);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorStatus {
    http: u16,
    sub: u16,
}

impl ErrorStatus {
    /// The request is not right.
    pub const BAD_REQUEST: Self = Self::new(400, 4);
    /// There is no hub to assign.
    pub const NO_HUB: Self = Self::new(400, 208);
    /// The hub refuses.
    pub const HUB_REFUSED: Self = Self::new(400, 209);
    /// The token is wrong.
    pub const TOKEN: Self = Self::new(401, 0);
    /// The device, its certificate or its enrollment does not allow it.
    pub const UNAUTHORIZED: Self = Self::new(401, 2);
    /// The quota is full.
    pub const FORBIDDEN: Self = Self::new(403, 2);
    /// There is no such path.
    pub const NO_PATH: Self = Self::new(404, 0);
    /// There is no such registration or enrollment.
    pub const NOT_FOUND: Self = Self::new(404, 201);
    /// There is no such ID scope.
    pub const NO_SCOPE: Self = Self::new(404, 202);
    /// The resource does not know the method.
    pub const METHOD: Self = Self::new(405, 0);
    /// The message did not come in time.
    pub const TIMEOUT: Self = Self::new(408, 0);
    /// It exists, or belongs to another.
    pub const CONFLICT: Self = Self::new(409, 0);
    /// The version is another one.
    pub const PRECONDITION: Self = Self::new(412, 1);
    /// The message is too long.
    pub const TOO_LARGE: Self = Self::new(413, 0);
    /// The message is of a type that is not read.
    pub const MEDIA_TYPE: Self = Self::new(415, 0);
    /// More than the limit allows.
    pub const THROTTLED: Self = Self::new(429, 1);
    /// The service failed.
    pub const INTERNAL: Self = Self::new(500, 1);
    /// The service cannot answer now.
    pub const UNAVAILABLE: Self = Self::new(503, 1);

    const fn new(http: u16, sub: u16) -> Self {
        Self { http, sub }
    }

    /// The status of HTTP, and of an MQTT topic.
    #[must_use]
    pub const fn http(self) -> u16 {
        self.http
    }

    /// The `errorCode`.
    #[must_use]
    pub const fn error_code(self) -> i32 {
        self.http as i32 * 1000 + self.sub as i32
    }

    /// True for 429 and from 500 on: clients come again.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        self.http == 429 || self.http >= 500
    }

    /// The status of a code. Whoever answers a stranger asks for the code of the rejection's public part
    /// ([`Refusal::of`](super::Refusal::of) does): a status tells, too.
    #[must_use]
    pub const fn of(code: Code, door: Door) -> Self {
        if matches!(code, Code::ServiceRate) {
            return Self::THROTTLED;
        }
        match code.class() {
            Class::Service => return Self::INTERNAL,
            Class::Transient => return Self::UNAVAILABLE,
            Class::Device | Class::Operator => {}
        }
        match code {
            Code::WireAuthorization
            | Code::ServiceUnauthenticated
            | Code::ServiceBearer
            | Code::ServiceTokenPolicy
            | Code::ServiceTokenResource
            | Code::ServiceTokenSignature
            | Code::ServiceTokenOtherPolicy
            | Code::ServiceNotAdmitted => Self::TOKEN,
            Code::WireSize | Code::ServiceMessageSize | Code::HubTwinSize => Self::TOO_LARGE,
            Code::ServerMediaType => Self::MEDIA_TYPE,
            Code::ServerBodySlow => Self::TIMEOUT,
            Code::WirePath => Self::NO_PATH,
            Code::WireMethod => Self::METHOD,
            Code::WireWebhook => Self::NO_HUB,
            Code::RegScope => Self::NO_SCOPE,
            Code::RegDeviceOwned => Self::HUB_REFUSED,
            Code::RegOtherEnrollment | Code::RegEnrollmentRemade => Self::CONFLICT,
            Code::AttestNotEnrolled | Code::ServiceNotFound => Self::NOT_FOUND,
            Code::ServiceRight => Self::UNAUTHORIZED,
            Code::ServiceExists | Code::ServiceLastPolicy | Code::AttestCaInUse => Self::CONFLICT,
            Code::ServiceEtag | Code::ServiceEtagAbsent => Self::PRECONDITION,
            Code::ServiceQuota => Self::FORBIDDEN,
            // A key in a body, and not one that signed a token.
            Code::RegKeysMissing | Code::SasKey => Self::BAD_REQUEST,
            other => Self::of_range(other, door),
        }
    }

    const fn of_range(code: Code, door: Door) -> Self {
        match (code.number(), door) {
            (3500..=3999, _) => Self::TOKEN,
            (2000..=3499 | 4000..=4999, Door::Device) => Self::UNAUTHORIZED,
            (5000..=5999, Door::Device) => Self::NO_HUB,
            _ => Self::BAD_REQUEST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_that_fits_its_class() {
        for code in Code::ALL {
            for door in [Door::Device, Door::Service] {
                let status = ErrorStatus::of(*code, door);
                assert!((400..600).contains(&status.http()), "{code}");
                assert_eq!(status.is_transient(), code.class().is_own_fault(), "{code}");
                assert_eq!(status.error_code() / 1000, i32::from(status.http()));
            }
        }
    }

    #[test]
    fn whoever_lost_a_race_comes_again() {
        for code in [
            Code::RegEnrollmentChanged,
            Code::RegFenced,
            Code::RegSaveLost,
            Code::RegUnavailable,
        ] {
            let status = ErrorStatus::of(code, Door::Device);
            assert_eq!(status.error_code(), 503_001, "{code}");
            assert!(status.is_transient());
        }
        // What is final for every client is said of no race.
        let of = |code: &Code| ErrorStatus::of(*code, Door::Device).error_code();
        assert!(Code::ALL.iter().all(|code| of(code) != 409_203));
    }

    #[test]
    fn codes_with_evidence_have_their_numbers() {
        for (code, number) in [
            (Code::AllocNoHubs, 400_208),
            (Code::RegDeviceOwned, 400_209),
            (Code::SasSignature, 401_000),
            (Code::X509Expired, 401_002),
            (Code::AttestDisabled, 401_002),
            (Code::AttestNotAdmitted, 401_002),
            (Code::AttestNotEnrolled, 404_201),
            (Code::RegScope, 404_202),
            (Code::WireJson, 400_004),
            (Code::WireMethod, 405_000),
            (Code::ServiceNotFound, 404_201),
            (Code::ServiceExists, 409_000),
            (Code::ServiceEtag, 412_001),
            (Code::ServiceQuota, 403_002),
            (Code::ServiceRate, 429_001),
            (Code::ServiceNotAdmitted, 401_000),
            (Code::ServiceBearer, 401_000),
            (Code::ServiceMessageSize, 413_000),
            (Code::ServiceIdMismatch, 400_004),
            (Code::SasKey, 400_004),
        ] {
            assert_eq!(
                ErrorStatus::of(code, Door::Device).error_code(),
                number,
                "{code}"
            );
        }
    }
}
