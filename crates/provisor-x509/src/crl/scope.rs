//! Whether a list covers a certificate, and for which reasons (RFC 5280 section 6.3.3 (b), (d)).

use super::list::Crl;
use super::point::{IssuingPoint, Point, PointName, Reasons, ResolvedName, share_a_name};
use crate::certificate::Certificate;
use crate::general_name::{GeneralNames, names_hold};
use crate::name::{Work, equality};

/// What a list says about a certificate at one of its distribution points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The list of somebody else.
    OtherIssuer,
    /// The right issuer, other certificates.
    Other(Mismatch),
    /// It covers the certificate for these reasons.
    Covers(Reasons),
}

/// Why a list of the right issuer does not cover a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// The point names another issuer of lists, and this list is for its own certificates only.
    NotIndirect,
    /// It is for certificates of CAs, or for the others, or for attribute certificates.
    Kind,
    /// It has another distribution point.
    Point,
}

/// Compares the two sides: what the certificate points at, and what the list says it is. Adds what
/// that cost to `work`.
pub(crate) fn scope(
    crl: &Crl<'_>,
    certificate: &Certificate<'_>,
    point: &Point<'_>,
    work: &mut Work,
) -> Scope {
    if !right_issuer(crl, certificate, point, work) {
        return Scope::OtherIssuer;
    }
    // (b)(1): who signs for another issuer must say that the list is indirect.
    if point.crl_issuer.is_some() && !crl.is_indirect() {
        return Scope::Other(Mismatch::NotIndirect);
    }
    let Some(issuing) = &crl.point else {
        return Scope::Covers(point.reasons);
    };
    if !right_kind(issuing, certificate) {
        Scope::Other(Mismatch::Kind)
    } else if right_point(crl, issuing, certificate, point, work) {
        Scope::Covers(issuing.reasons.and(point.reasons))
    } else {
        Scope::Other(Mismatch::Point)
    }
}

/// (b)(1)
fn right_issuer(
    crl: &Crl<'_>,
    certificate: &Certificate<'_>,
    point: &Point<'_>,
    work: &mut Work,
) -> bool {
    match point.crl_issuer {
        None => crl.issuer.is_same(&certificate.issuer, work),
        Some(names) => names_hold(GeneralNames::of(names), &crl.issuer, work),
    }
}

/// (b)(2)(ii) to (iv)
fn right_kind(issuing: &IssuingPoint<'_>, certificate: &Certificate<'_>) -> bool {
    let ca = certificate.is_ca();
    !(issuing.only_attribute || issuing.only_user && ca || issuing.only_ca && !ca)
}

/// (b)(2)(i). Names relative to the issuer of the list have the same base on both sides: the issuer
/// of the list is the one that the point names, or the certificate's.
fn right_point(
    crl: &Crl<'_>,
    issuing: &IssuingPoint<'_>,
    certificate: &Certificate<'_>,
    point: &Point<'_>,
    work: &mut Work,
) -> bool {
    let Some(name) = issuing.name else {
        return true;
    };
    let resolve = |name| ResolvedName {
        name,
        base: crl.issuer,
    };
    let ours = resolve(name);
    match (point.name, point.crl_issuer) {
        (Some(theirs), _) => ours.matches(&resolve(theirs), work),
        (None, Some(issuer)) => match name {
            PointName::Full(names) => share_a_name(names, issuer, work),
            PointName::Relative(_) => ours.matches(&resolve(PointName::Full(issuer)), work),
        },
        // The implied point has the name of the certificate's issuer.
        (None, None) => match name {
            PointName::Full(names) => {
                names_hold(GeneralNames::of(names), &certificate.issuer, work)
            }
            PointName::Relative(_) => false,
        },
    }
}

/// Whether two lists have the same issuer and cover the same certificates, as a delta and its base
/// do (RFC 5280 section 6.3.3 (c)).
pub(crate) fn same_scope(a: &Crl<'_>, b: &Crl<'_>, work: &mut Work) -> bool {
    let value = |crl: &Crl<'_>| crl.point.map(|point| point.value.len()).unwrap_or_default();
    *work = work.saturating_add(equality(value(a).min(value(b))));
    a.point.map(|point| point.value) == b.point.map(|point| point.value)
        && a.issuer.is_same(&b.issuer, work)
}

/// Whether the number `a` is greater than `b`: magnitudes without leading zeros.
pub(crate) fn greater(a: &[u8], b: &[u8]) -> bool {
    (a.len(), a) > (b.len(), b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_numbers() {
        assert!(greater(&[1, 0], &[0xff]));
        assert!(greater(&[2], &[1]));
        assert!(greater(&[1], &[]));
        assert!(!greater(&[1], &[1]));
        assert!(!greater(&[0xff], &[1, 0]));
    }
}
