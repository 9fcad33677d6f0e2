//! Which operation of the management API is asked for.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Rejection, Subject};

use crate::http::Target;
use crate::text::parameters::Parameters;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdminOperation {
    /// `GET /admin/service`.
    ReadService,
    /// `PUT /admin/service`.
    PutService,
    /// `GET /admin/hubs`.
    ListHubs,
    /// `GET /admin/hubs/{name}`.
    ReadHub(String),
    /// `PUT /admin/hubs/{name}`.
    PutHub(String),
    /// `DELETE /admin/hubs/{name}`.
    DeleteHub(String),
    /// `GET /admin/certificates`.
    ListCertificates,
    /// `GET /admin/certificates/{name}`.
    ReadCertificate(String),
    /// `PUT /admin/certificates/{name}`.
    PutCertificate(String),
    /// `DELETE /admin/certificates/{name}`.
    DeleteCertificate(String),
    /// `POST /admin/certificates/{name}/verificationCode`.
    DrawCode(String),
    /// `POST /admin/certificates/{name}/verify`.
    VerifyCertificate(String),
    /// `GET /admin/policies`.
    ListPolicies,
    /// `GET /admin/policies/{name}`.
    ReadPolicy(String),
    /// `PUT /admin/policies/{name}`.
    PutPolicy(String),
    /// `DELETE /admin/policies/{name}`.
    DeletePolicy(String),
    /// `POST /admin/policies/{name}/keys`.
    ReadPolicyKeys(String),
    /// `POST /admin/policies/{name}/rotate`.
    RotatePolicyKey(String),
    /// `GET /admin/quotas`.
    ReadQuotas,
    /// `GET /admin/metering`.
    ReadMetering {
        /// The first day, `YYYY-MM-DD`; absent, the first day of `to`'s month.
        from: Option<String>,
        /// The last day; absent, today.
        to: Option<String>,
    },
    /// `GET /admin/audit`.
    ReadAudit {
        /// The number of the last entry that is known; 0: from the first on.
        after: u64,
        /// How many; absent, as many as fit.
        most: Option<u64>,
    },
    /// `GET /admin/events`.
    ReadEvents {
        /// Of which registration.
        registration_id: Option<String>,
        /// Of which answer.
        tracking_id: Option<String>,
        /// How many; absent, as many as fit.
        most: Option<u64>,
    },
    /// `POST /admin/devices/{registrationId}/remove`.
    RemoveDevice(String),
}

/// A request of the management API. Paths are compared in any case, and may end in a slash.
///
/// ```
/// use provisor_wire::admin::{AdminOperation, AdminRoute};
///
/// let route = AdminRoute::parse("POST", "/admin/certificates/line-7/verificationCode")?;
/// assert_eq!(route.operation, AdminOperation::DrawCode("line-7".into()));
/// let refused = AdminRoute::parse("PATCH", "/admin/hubs").unwrap_err();
/// assert_eq!(refused.code().name(), "WIRE_METHOD");
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdminRoute {
    /// What is asked for.
    pub operation: AdminOperation,
}

const EXPECTED: &str = "/admin/service, /admin/hubs, /admin/certificates, /admin/policies, /admin/quotas, \
                        /admin/metering, /admin/audit, /admin/events or /admin/devices/{id}/remove";

impl AdminRoute {
    /// Every method of every path.
    pub const TABLE: &'static [(&'static str, &'static str)] = &[
        ("GET", "/admin/service"),
        ("PUT", "/admin/service"),
        ("GET", "/admin/hubs"),
        ("GET", "/admin/hubs/{name}"),
        ("PUT", "/admin/hubs/{name}"),
        ("DELETE", "/admin/hubs/{name}"),
        ("GET", "/admin/certificates"),
        ("GET", "/admin/certificates/{name}"),
        ("PUT", "/admin/certificates/{name}"),
        ("DELETE", "/admin/certificates/{name}"),
        ("POST", "/admin/certificates/{name}/verificationCode"),
        ("POST", "/admin/certificates/{name}/verify"),
        ("GET", "/admin/policies"),
        ("GET", "/admin/policies/{name}"),
        ("PUT", "/admin/policies/{name}"),
        ("DELETE", "/admin/policies/{name}"),
        ("POST", "/admin/policies/{name}/keys"),
        ("POST", "/admin/policies/{name}/rotate"),
        ("GET", "/admin/quotas"),
        ("GET", "/admin/metering"),
        ("GET", "/admin/audit"),
        ("GET", "/admin/events"),
        ("POST", "/admin/devices/{registrationId}/remove"),
    ];

    /// True for a target that is a path of the management API, whether there is such a one or not.
    #[must_use]
    pub fn is_for(target: &str) -> bool {
        Target::parse(target).is_ok_and(|target| {
            let first = target.segments().first().copied().unwrap_or_default();
            first.eq_ignore_ascii_case("admin")
        })
    }

    /// Reads method and target.
    ///
    /// # Errors
    ///
    /// `WIRE_PATH`, `WIRE_METHOD`, `WIRE_ENCODING`, `WIRE_PARAMETER`.
    pub fn parse(method: &str, target: &str) -> Result<Self, Rejection> {
        let target = Target::parse(target)?;
        let segments = target.segments();
        let unknown = || target.unknown(EXPECTED);
        let Some((admin, rest)) = segments.split_first() else {
            return Err(unknown());
        };
        if !admin.eq_ignore_ascii_case("admin") {
            return Err(unknown());
        }
        let (allowed, operation) = one(rest, method, target.query())?.ok_or_else(unknown)?;
        let operation = operation.ok_or_else(|| Target::not_allowed(method, allowed))?;
        Ok(Self { operation })
    }
}

/// The methods of a path, and what the given one asks for.
type Found = (&'static str, Option<AdminOperation>);

fn one(rest: &[&str], method: &str, query: Parameters<'_>) -> Result<Option<Found>, Rejection> {
    use AdminOperation as Op;
    let is = |segment: &str, word: &str| segment.eq_ignore_ascii_case(word);
    let get = |operation| Some(("GET", (method == "GET").then_some(operation)));
    let post = |operation| Some(("POST", (method == "POST").then_some(operation)));
    // What has a name is read, put and deleted.
    let named =
        |read: fn(String) -> Op, put: fn(String) -> Op, delete: fn(String) -> Op, name: &str| {
            let name = name.to_owned();
            let operation = match method {
                "GET" => Some(read(name)),
                "PUT" => Some(put(name)),
                "DELETE" => Some(delete(name)),
                _ => None,
            };
            Some(("GET, PUT, DELETE", operation))
        };
    if rest.iter().any(|segment| segment.is_empty()) {
        return Ok(None);
    }
    Ok(match rest {
        [word] if is(word, "service") => {
            let operation = match method {
                "GET" => Some(Op::ReadService),
                "PUT" => Some(Op::PutService),
                _ => None,
            };
            Some(("GET, PUT", operation))
        }
        [word] if is(word, "hubs") => get(Op::ListHubs),
        [word, name] if is(word, "hubs") => named(Op::ReadHub, Op::PutHub, Op::DeleteHub, name),
        [word] if is(word, "certificates") => get(Op::ListCertificates),
        [word, name] if is(word, "certificates") => named(
            Op::ReadCertificate,
            Op::PutCertificate,
            Op::DeleteCertificate,
            name,
        ),
        [word, name, verb] if is(word, "certificates") && is(verb, "verificationCode") => {
            post(Op::DrawCode((*name).to_owned()))
        }
        [word, name, verb] if is(word, "certificates") && is(verb, "verify") => {
            post(Op::VerifyCertificate((*name).to_owned()))
        }
        [word] if is(word, "policies") => get(Op::ListPolicies),
        [word, name] if is(word, "policies") => {
            named(Op::ReadPolicy, Op::PutPolicy, Op::DeletePolicy, name)
        }
        [word, name, verb] if is(word, "policies") && is(verb, "keys") => {
            post(Op::ReadPolicyKeys((*name).to_owned()))
        }
        [word, name, verb] if is(word, "policies") && is(verb, "rotate") => {
            post(Op::RotatePolicyKey((*name).to_owned()))
        }
        [word] if is(word, "quotas") => get(Op::ReadQuotas),
        [word] if is(word, "metering") => get(Op::ReadMetering {
            from: text(query, "from")?,
            to: text(query, "to")?,
        }),
        [word] if is(word, "audit") => get(Op::ReadAudit {
            after: number(query, "after")?.unwrap_or_default(),
            most: number(query, "most")?,
        }),
        [word] if is(word, "events") => get(Op::ReadEvents {
            registration_id: text(query, "registrationId")?,
            tracking_id: text(query, "trackingId")?,
            most: number(query, "most")?,
        }),
        [word, id, verb] if is(word, "devices") && is(verb, "remove") => {
            post(Op::RemoveDevice((*id).to_owned()))
        }
        _ => None,
    })
}

fn text(query: Parameters<'_>, name: &'static str) -> Result<Option<String>, Rejection> {
    let text = query.get(name)?.filter(|text| !text.is_empty());
    Ok(text.map(alloc::borrow::Cow::into_owned))
}

fn number(query: Parameters<'_>, name: &'static str) -> Result<Option<u64>, Rejection> {
    let Some(text) = query.get(name)? else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits => Ok(Some(number)),
        _ => Err(Rejection::new(Code::WireParameter, Subject::field(name))
            .expected("a whole number")
            .found(format!("{text:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_route_and_no_other_method_is() {
        let methods = ["GET", "PUT", "POST", "DELETE", "PATCH"];
        for (_, path) in AdminRoute::TABLE {
            for method in methods {
                let target = path
                    .replace("{name}", "a-b")
                    .replace("{registrationId}", "a-b");
                let found = AdminRoute::parse(method, &target);
                if AdminRoute::TABLE.contains(&(method, path)) {
                    assert!(found.is_ok(), "{method} {path}");
                } else {
                    assert_eq!(
                        found.unwrap_err().code(),
                        Code::WireMethod,
                        "{method} {path}"
                    );
                }
            }
        }
        for target in [
            "/admin",
            "/admin/",
            "/admin/hubs//",
            "/admin/certificates/a/other",
            "/admin/devices/a",
            "/administration/hubs",
            "/hubs",
        ] {
            let refused = AdminRoute::parse("GET", target).unwrap_err();
            assert_eq!(refused.code(), Code::WirePath, "{target}");
        }
        assert!(AdminRoute::is_for("/Admin/none") && !AdminRoute::is_for("/enrollments/admin"));
    }

    #[test]
    fn parameters_are_read() {
        let route = AdminRoute::parse("GET", "/admin/audit?after=7&most=2").unwrap();
        let wanted = AdminOperation::ReadAudit {
            after: 7,
            most: Some(2),
        };
        assert_eq!(route.operation, wanted);
        for bad in [
            "/admin/audit?after=-1",
            "/admin/audit?most=many",
            "/admin/audit?most=1&most=2",
        ] {
            let refused = AdminRoute::parse("GET", bad).unwrap_err();
            assert_eq!(refused.code(), Code::WireParameter, "{bad}");
        }
        let route = AdminRoute::parse("GET", "/admin/events?registrationId=a%3ab").unwrap();
        let wanted = AdminOperation::ReadEvents {
            registration_id: Some("a:b".into()),
            tracking_id: None,
            most: None,
        };
        assert_eq!(route.operation, wanted);
    }
}
