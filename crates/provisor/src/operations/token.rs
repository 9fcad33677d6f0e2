//! The judgement of a caller's token.

use alloc::format;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::access::{Caller, Target};
use super::resource::AccessPolicy;
use crate::sas::{SasKey, SasToken, shown};

/// Who calls, by the header `Authorization`: a token that a key of one of the policies signed, for this
/// service or this part of it, and that has not ended.
///
/// `policies` are those of the service, or the one that the token names and whichever are at hand to
/// explain a mistake by.
///
/// ```
/// # use provisor::enrollment::SymmetricKeys;
/// # use provisor::{Code, UnixTime};
/// # use provisor_testkit::random::SeededRandom;
/// use provisor::operations::{AccessPolicy, PolicyName, Rights, Target, authorize};
/// # let (mut random, now) = (SeededRandom::new(1, ""), UnixTime::new(1_790_000_000));
///
/// let keys = SymmetricKeys::generate(&mut random)?;
/// let owner = PolicyName::parse(AccessPolicy::OWNER)?;
/// let policies = [AccessPolicy::new(owner, keys, Rights::ALL)];
/// let key = policies[0].keys.primary(); // the client's part
/// let header = key.sign_for_service("dps.example.net", AccessPolicy::OWNER, now.saturating_add(3600));
///
/// let target = Target::new("dps.example.net", "/enrollments/line-7");
/// let caller = authorize(Some(header.as_str()), &target, &policies, now)?;
/// assert_eq!((caller.name(), caller.rights()), (AccessPolicy::OWNER, Rights::ALL));
///
/// let other = Target::new("other.example.net", "/enrollments/line-7");
/// let refused = authorize(Some(header.as_str()), &other, &policies, now).unwrap_err();
/// assert_eq!(refused.code(), Code::ServiceTokenResource);
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// # Errors
/// [`ServiceUnauthenticated`](Code::ServiceUnauthenticated) without a header,
/// [`ServiceBearer`](Code::ServiceBearer) for a bearer token, the codes 3501 to 3508 for what is wrong
/// with the token's form, [`SasExpired`](Code::SasExpired), [`SasExpiryFar`](Code::SasExpiryFar) and
/// [`SasExpiryUnit`](Code::SasExpiryUnit), [`ServiceTokenResource`](Code::ServiceTokenResource).
///
/// What tells something of the service's policies is told as
/// [`ServiceNotAdmitted`](Code::ServiceNotAdmitted), and is for the log:
/// [`ServiceTokenPolicy`](Code::ServiceTokenPolicy),
/// [`ServiceTokenSignature`](Code::ServiceTokenSignature). Where a key of the service signed after all,
/// the mistake is told: [`ServiceTokenOtherPolicy`](Code::ServiceTokenOtherPolicy),
/// [`SasKeyNotDecoded`](Code::SasKeyNotDecoded), [`SasSignedPlain`](Code::SasSignedPlain).
pub fn authorize(
    header: Option<&str>,
    target: &Target,
    policies: &[AccessPolicy],
    now: UnixTime,
) -> Result<Caller, Rejection> {
    let Some(header) = header else {
        return Err(refused(Code::ServiceUnauthenticated, "authorization"));
    };
    if is_bearer(header) {
        return Err(refused(Code::ServiceBearer, "authorization"));
    }
    let token = SasToken::parse(header)?;
    let Some(name) = token.key_name() else {
        return Err(refused(Code::ServiceTokenPolicy, "skn")
            .expected("the name of a policy")
            .found("none"));
    };
    if !target.is_within(token.resource()) {
        return Err(refused(Code::ServiceTokenResource, "sr")
            .expected(format!("{}, or the beginning of the path", target.host()))
            .found(shown(token.resource())));
    }
    token.check_expiry(now)?;
    let policy = policies.iter().find(|policy| policy.name.as_str() == name);
    let nobody = SasKey::nobodys();
    // Both keys of nobody, where there is no such policy: what is done does not tell.
    let keys = match policy {
        Some(policy) => [policy.keys.primary(), policy.keys.secondary()],
        None => [&nobody, &nobody],
    };
    let text = token.signed_text();
    let fits = keys.map(|key| key.verifies(text.as_bytes(), token.signature()));
    match policy {
        Some(policy) if fits.contains(&true) => {
            Ok(Caller::new(policy.name.as_str(), policy.rights))
        }
        found => Err(explain(&token, found, policies)),
    }
}

/// What the maker of a token did, where one of the service's keys shows it: a stranger without a key
/// learns nothing.
fn explain(
    token: &SasToken<'_>,
    named: Option<&AccessPolicy>,
    policies: &[AccessPolicy],
) -> Rejection {
    let text = token.signed_text();
    let signed_by = |key: &SasKey, text: &str| key.verifies(text.as_bytes(), token.signature());
    let other = policies
        .iter()
        .take(POLICIES_ASKED)
        .filter(|policy| named.is_none_or(|named| named.name != policy.name))
        .find(|policy| both(policy).iter().any(|key| signed_by(key, &text)));
    if let Some(other) = other {
        return refused(Code::ServiceTokenOtherPolicy, "skn")
            .expected(format!("{}, whose key signed", other.name))
            .found(shown(token.key_name().unwrap_or_default()));
    }
    // The keys of nobody, where there is no such policy: neither the answer nor the work tells.
    let nobody = SasKey::nobodys();
    let keys = named.map_or([&nobody, &nobody], both);
    let plain = token.text_with_plain_resource();
    let mistakes = keys.map(|key| (signed_by(&key.not_decoded(), &text), signed_by(key, &plain)));
    let Some(named) = named else {
        return secret(refused(Code::ServiceTokenPolicy, "skn").found(format!(
            "{}, which there is not",
            shown(token.key_name().unwrap_or_default())
        )));
    };
    for (not_decoded, signed_plain) in mistakes {
        if not_decoded {
            return refused(Code::SasKeyNotDecoded, "sig")
                .found("a signature by the text of the policy's key");
        }
        if signed_plain {
            return refused(Code::SasSignedPlain, "sig")
                .found("a signature over the plain text of the resource");
        }
    }
    secret(
        refused(Code::ServiceTokenSignature, "sig")
            .expected(format!("a signature by a key of {}", named.name)),
    )
}

/// Policies whose keys are asked whether they signed a token that names another one. A service has a
/// handful.
const POLICIES_ASKED: usize = 16;

fn both(policy: &AccessPolicy) -> [&SasKey; 2] {
    [policy.keys.primary(), policy.keys.secondary()]
}

/// RFC 6750 section 2.1; schemes disregard case.
fn is_bearer(header: &str) -> bool {
    let scheme = header.split(' ').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("Bearer")
}

/// For the log only.
fn secret(rejection: Rejection) -> Rejection {
    rejection.telling(&refused(Code::ServiceNotAdmitted, "authorization"))
}

fn refused(code: Code, field: &'static str) -> Rejection {
    Rejection::new(code, Subject::field(field))
}
