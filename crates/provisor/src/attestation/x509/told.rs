//! What can be said of certificates without asking who is enrolled.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_x509::{Certificate, PathVerifier, profile};

use super::common_name::check_common_name;
use super::shown::Shown;
use crate::id::{IdRules, RegistrationId};

/// What a device is told that showed these certificates and proved nothing by them: what is wrong
/// with them by themselves; else one sentence, with the issuers that they name. The same for every
/// registration ID, whatever is stored under it.
pub(crate) fn told(
    leaf: &[u8],
    sent: &[&[u8]],
    id: &RegistrationId,
    rules: IdRules,
    now: UnixTime,
) -> Rejection {
    let shown = match Shown::read(leaf, sent) {
        Ok(shown) => shown,
        Err(cause) => return cause,
    };
    match own_fault(&shown, id, rules, now) {
        Err(cause) => cause,
        Ok(()) => nothing_admits(&shown),
    }
}

fn own_fault(
    shown: &Shown<'_>,
    id: &RegistrationId,
    rules: IdRules,
    now: UnixTime,
) -> Result<(), Rejection> {
    check_common_name(&shown.leaf, id, rules)?;
    // A verifier judges the leaf before it looks for issuers. Without anchors that is all it does,
    // and a leaf that keeps the rules fails for their want.
    match PathVerifier::new(&profile::DEVICE, &[]).verify(&shown.leaf, now) {
        Err(cause) if cause.code() != Code::X509NoAnchors => return Err(cause),
        Ok(_) | Err(_) => {}
    }
    chain(shown).try_for_each(|(depth, issuer)| check_dates(depth, issuer, now))
}

/// The issuers that were sent, as far as the names lead; each at most once.
fn chain<'s>(shown: &'s Shown<'_>) -> impl Iterator<Item = (u8, &'s Certificate<'s>)> {
    let mut above = &shown.leaf;
    (1..).zip(&shown.sent).map_while(move |(depth, _)| {
        let name = above.issuer();
        let mut issuers = shown.sent.iter();
        let found = issuers.find(|issuer| issuer.subject() == name && !issuer.is_self_issued())?;
        above = found;
        Some((depth, found))
    })
}

/// RFC 5280 section 6.1.3 (a) (2).
fn check_dates(depth: u8, issuer: &Certificate<'_>, now: UnixTime) -> Result<(), Rejection> {
    let subject = || Subject::certificate(depth, format!("{}", issuer.subject()));
    if now > issuer.not_after() {
        return Err(Rejection::new(Code::X509Expired, subject())
            .expected(format!("notAfter at or after {now}"))
            .found(format!("{}", issuer.not_after())));
    }
    if now < issuer.not_before() {
        return Err(Rejection::new(Code::X509NotYetValid, subject())
            .expected(format!("notBefore at or before {now}"))
            .found(format!("{}", issuer.not_before())));
    }
    Ok(())
}

fn nothing_admits(shown: &Shown<'_>) -> Rejection {
    let mut issuers: Vec<String> = Vec::new();
    for certificate in core::iter::once(&shown.leaf).chain(&shown.sent) {
        let issuer = format!("{}", certificate.issuer());
        if !issuers.contains(&issuer) {
            issuers.push(issuer);
        }
    }
    let subject = Subject::certificate(0, format!("{}", shown.leaf.subject()));
    Rejection::new(Code::AttestNotAdmitted, subject)
        .expected("an enrolled certificate, or a chain to an enrolled issuer")
        .found(format!("issuers {}", issuers.join("; ")))
}
