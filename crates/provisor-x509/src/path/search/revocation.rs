//! Revocation, tried when a path is otherwise valid (RFC 5280 section 6.3.3, whose letters are
//! cited).

mod signer;
pub(super) mod state;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use provisor_report::{Code, UnixTime};

use super::{Judged, Search};
use crate::anchor::TrustAnchor;
use crate::certificate::Certificate;
use crate::crl::entry::{self, RevokedCertificate};
use crate::crl::point::{Point, PointName, Reasons};
use crate::crl::scope::{self, Mismatch, Scope};
use crate::crl::{Crl, RevocationReason};
use crate::fault::{Fact, Fault};
use crate::glance::list_ends_by_two_digits;
use crate::key::PublicKeyInfo;
use crate::name::{Work, equality};
use crate::path::observe::Observer;
use crate::path::place::Place;
use crate::path::revocation::RevocationPolicy;
use crate::report::Rule;

/// Why a list gives no good news.
enum Stop<'a> {
    /// It cannot be used.
    Unusable(Box<Fault<'a>>),
    /// It can, and the certificate is on it.
    Revoked(Box<Fault<'a>>),
    /// A budget is spent.
    Spent(Box<Fault<'a>>),
}

impl<'a> Stop<'a> {
    fn unusable(code: Code, expected: Fact<'a>, found: Fact<'a>) -> Self {
        Self::Unusable(Box::new(Fault::new(code, expected, found)))
    }

    fn spent(fault: Fault<'a>) -> Self {
        Self::Spent(Box::new(fault))
    }
}

/// What came of a list that covers the certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The certificate is not on it.
    NotListed,
    /// A newer list of the same scope is at hand, which will speak.
    Superseded,
    Unusable,
}

/// What it costs to read a byte of distribution points.
const READING: Work = 4;

/// What it costs to look for the signer of a list, and for what is newer.
const CONSULTED: Work = 500;

/// What came of the lists, by their numbers.
type Consulted = BTreeMap<usize, Outcome>;

/// The certificate whose status is asked for.
struct Asked<'s, 'a> {
    certificate: &'s Certificate<'a>,
    depth: usize,
    anchor: TrustAnchor<'a>,
}

impl<'a, O: Observer<'a>> Search<'_, '_, 'a, O> {
    /// Asks for the status of every certificate on the path, from the anchor down, as far as the
    /// first bad news. Fails only when a budget is spent.
    pub(super) fn revocation(
        &mut self,
        judged: &mut Judged<'a>,
        anchor: &TrustAnchor<'a>,
    ) -> Result<(), Box<Fault<'a>>> {
        if self.verifier.revocation == RevocationPolicy::Unchecked {
            return Ok(());
        }
        for depth in (0..=self.length).rev() {
            let place = self.place(depth);
            let asked = Asked {
                certificate: self.certificate(depth),
                depth,
                anchor: *anchor,
            };
            let status = match self.status(&asked, place) {
                Ok(()) => Ok(()),
                Err(Stop::Spent(fault)) => return Err(fault),
                Err(Stop::Unusable(fault) | Stop::Revoked(fault)) => Err(*fault),
            };
            self.rule(judged, Rule::Revocation, place, |_| status);
            if status.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// The status of one certificate: each of its distribution points, then the implied one, with
    /// each list, until every reason is covered.
    fn status(&mut self, asked: &Asked<'_, 'a>, place: Place<'a>) -> Result<(), Stop<'a>> {
        let (points, bytes) = self.crls.points(asked.certificate);
        self.budget
            .work(bytes.saturating_mul(READING))
            .map_err(Stop::spent)?;
        let points = points.ok_or_else(|| {
            let value = asked.certificate.extensions.crl_points.unwrap_or_default();
            Stop::unusable(
                Code::X509CrlPoints,
                Fact::Text("cRLDistributionPoints of RFC 5280 section 4.2.1.13"),
                Fact::Bytes("the extension", value),
            )
        })?;
        let mut covered = Reasons::NONE;
        let mut consulted: Consulted = BTreeMap::new();
        let mut why = None;
        for point in &points {
            self.point(asked, place, point, &mut covered, &mut consulted, &mut why)?;
        }
        // Lists of the certificate's issuer that no point names.
        if !covered.is_all() {
            let point = &Point::IMPLIED;
            self.point(asked, place, point, &mut covered, &mut consulted, &mut why)?;
        }
        if covered.is_all() {
            return Ok(());
        }
        match self.verifier.revocation {
            RevocationPolicy::DangerAllowUnknown => {
                // A report says what was not known.
                let fault = unknown(asked, covered, &points);
                self.observer
                    .tried(Rule::RevocationList, place, &Err(fault));
                Ok(())
            }
            RevocationPolicy::DenyUnknown | RevocationPolicy::Unchecked => {
                Err(Stop::Unusable(why.unwrap_or_else(|| {
                    Box::new(unknown(asked, covered, &points))
                })))
            }
        }
    }

    /// One distribution point: every list that may stand for it.
    fn point(
        &mut self,
        asked: &Asked<'_, 'a>,
        place: Place<'a>,
        point: &Point<'a>,
        covered: &mut Reasons,
        consulted: &mut Consulted,
        why: &mut Option<Box<Fault<'a>>>,
    ) -> Result<(), Stop<'a>> {
        let crls = self.verifier.crls;
        for (index, crl) in crls.iter().enumerate() {
            let mut work = 0;
            let scope = scope::scope(crl, asked.certificate, point, &mut work);
            self.budget.candidate(work).map_err(Stop::spent)?;
            let reasons = match scope {
                Scope::OtherIssuer => continue,
                Scope::Other(mismatch) => {
                    prefer(why, out_of_scope(mismatch, crl, asked.certificate, point));
                    continue;
                }
                Scope::Covers(reasons) => reasons,
            };
            if crl.is_delta() {
                let fault = Fault::new(
                    Code::X509CrlDelta,
                    Fact::Text("the complete list that the delta is based on"),
                    Fact::Text("the delta alone"),
                );
                prefer(why, fault);
                continue;
            }
            let outcome = match consulted.get(&index) {
                Some(outcome) => *outcome,
                None => {
                    let outcome = match self.consult(asked, index, crl, point) {
                        Ok(outcome) => {
                            if outcome == Outcome::NotListed {
                                self.observer.tried(Rule::RevocationList, place, &Ok(()));
                            }
                            outcome
                        }
                        Err(Stop::Unusable(fault)) => {
                            self.observer
                                .tried(Rule::RevocationList, place, &Err(*fault));
                            prefer(why, *fault);
                            Outcome::Unusable
                        }
                        Err(stop) => return Err(stop),
                    };
                    consulted.insert(index, outcome);
                    outcome
                }
            };
            if outcome == Outcome::NotListed {
                *covered = covered.or(reasons);
            }
        }
        Ok(())
    }

    /// One complete list that covers the certificate.
    fn consult(
        &mut self,
        asked: &Asked<'_, 'a>,
        index: usize,
        crl: &Crl<'a>,
        point: &Point<'a>,
    ) -> Result<Outcome, Stop<'a>> {
        self.budget.work(CONSULTED).map_err(Stop::spent)?;
        if crl.this_update > self.now {
            return Err(Stop::unusable(
                Code::X509CrlNotYetValid,
                Fact::Time("thisUpdate at or before", self.now),
                Fact::Time("thisUpdate", crl.this_update),
            ));
        }
        let key = self.crl_signer(asked, index, crl, point)?;
        if self.newest(crl, &key, Kind::Complete)?.is_some() {
            return Ok(Outcome::Superseded);
        }
        let delta = self.newest(crl, &key, Kind::Delta)?;
        if let Some(delta) = &delta {
            match self.find(delta, asked)? {
                // (k)
                Some(entry) if entry.reason() == RevocationReason::RemoveFromCrl => {
                    return self.usable(crl, Some(delta));
                }
                Some(entry) => return Err(revoked(&entry)),
                None => {}
            }
        }
        // (j). A list that is too old, or that is not wholly understood, is still believed where it
        // says that the certificate is revoked.
        match self.find(crl, asked)? {
            Some(entry) => Err(revoked(&entry)),
            None => self.usable(crl, delta.as_ref()),
        }
    }

    /// Whether silence of the list means anything.
    fn usable(&self, crl: &Crl<'a>, delta: Option<&Crl<'a>>) -> Result<Outcome, Stop<'a>> {
        // (a)(1): a delta that is current makes up for a complete list that is not.
        if delta.is_none() {
            current(crl, self.now)?;
        }
        let unknown = crl
            .unknown_critical
            .or(delta.and_then(|delta| delta.unknown_critical));
        match unknown {
            None => Ok(Outcome::NotListed),
            // RFC 5280 sections 5.2 and 5.3.
            Some(oid) => Err(Stop::unusable(
                Code::X509CrlUnknownCritical,
                Fact::Text("critical extensions of RFC 5280 section 5, only"),
                Fact::Oid(oid),
            )),
        }
    }

    /// Among the lists of the same scope, signed by the same key, current and newer than this one:
    /// the newest.
    fn newest(
        &mut self,
        crl: &Crl<'a>,
        key: &PublicKeyInfo<'a>,
        kind: Kind,
    ) -> Result<Option<Crl<'a>>, Stop<'a>> {
        let mut newest: Option<Crl<'a>> = None;
        let crls = self.verifier.crls;
        for (index, other) in crls.iter().enumerate() {
            let beaten = newest.as_ref().unwrap_or(crl);
            let mut work = 0;
            let fits = is_newer(other, beaten)
                && current(other, self.now).is_ok()
                && kind.follows(other, crl, &mut work);
            self.budget.candidate(work).map_err(Stop::spent)?;
            if !fits {
                continue;
            }
            match self.crl_signature(index, other, key) {
                Ok(()) => newest = Some(*other),
                Err(Stop::Spent(fault)) => return Err(Stop::Spent(fault)),
                // A list that nobody signed cannot take the place of one that somebody did.
                Err(Stop::Unusable(_) | Stop::Revoked(_)) => {}
            }
        }
        Ok(newest)
    }

    fn find(
        &mut self,
        crl: &Crl<'a>,
        asked: &Asked<'_, 'a>,
    ) -> Result<Option<RevokedCertificate<'a>>, Stop<'a>> {
        if let Some(found) = self.crls.found(crl, asked.certificate) {
            return Ok(found);
        }
        let (issuer, serial) = (asked.certificate.issuer, asked.certificate.serial);
        let all = self.budget.entries_left();
        let mut left = all;
        let found = entry::find(crl, &issuer, serial, &mut left);
        let looked_at = found.is_ok().then(|| all.saturating_sub(left));
        self.budget.entries(looked_at).map_err(Stop::spent)?;
        let found = found.ok().flatten();
        self.crls.remember_found(crl, asked.certificate, found);
        Ok(found)
    }
}

/// What is looked for beside a complete list.
#[derive(Clone, Copy)]
enum Kind {
    /// Its successors.
    Complete,
    /// What changed since.
    Delta,
}

impl Kind {
    /// Whether `other` is of this kind and goes with `crl`, whatever its date.
    fn follows(self, other: &Crl<'_>, crl: &Crl<'_>, work: &mut Work) -> bool {
        let fits = match (self, other.base, crl.number) {
            (Self::Complete, None, _) => true,
            // (c) and section 5.2.4: the base is this list or one before it.
            (Self::Delta, Some(base), Some(number)) => {
                let ids = crl.authority_key_id.map_or(0, <[u8]>::len);
                *work = work.saturating_add(equality(ids));
                !scope::greater(base, number) && other.authority_key_id == crl.authority_key_id
            }
            (Self::Complete, Some(_), _) | (Self::Delta, _, _) => false,
        };
        fits && scope::same_scope(other, crl, work)
    }
}

/// By number, as section 5.2.3 wants it; lists without one have no order.
fn is_newer(a: &Crl<'_>, b: &Crl<'_>) -> bool {
    match (a.number, b.number) {
        (Some(a), Some(b)) => scope::greater(a, b),
        _ => false,
    }
}

/// (a): not from the future, and no newer list was due. A list that does not say when the next one
/// is due breaks section 5.1.2.5 and cannot be called current.
fn current<'a>(crl: &Crl<'a>, now: UnixTime) -> Result<(), Stop<'a>> {
    match crl.next_update {
        Some(next) if crl.this_update <= now && now <= next => Ok(()),
        next => Err(Stop::unusable(
            Code::X509CrlExpired,
            Fact::Time("nextUpdate at or after", now),
            match next {
                Some(next) if list_ends_by_two_digits(crl.tbs, next) => Fact::Time(
                    "nextUpdate, as UTCTime, whose years 50 to 99 are 1950 to 1999:",
                    next,
                ),
                Some(next) => Fact::Time("nextUpdate", next),
                None => Fact::Text("no nextUpdate"),
            },
        )),
    }
}

/// (i), (j): the certificate is on the list.
fn revoked<'a>(entry: &RevokedCertificate<'_>) -> Stop<'a> {
    let code = match entry.reason() {
        RevocationReason::CertificateHold => Code::X509OnHold,
        _ => Code::X509Revoked,
    };
    Stop::Revoked(Box::new(Fault::new(
        code,
        Fact::Text("a certificate that is not revoked"),
        Fact::Revoked(entry.date(), entry.reason()),
    )))
}

/// A list of the right issuer that does not cover the certificate: both sides by their names.
fn out_of_scope<'a>(
    mismatch: Mismatch,
    crl: &Crl<'a>,
    certificate: &Certificate<'a>,
    point: &Point<'a>,
) -> Fault<'a> {
    let issuing = crl.point;
    let (expected, found) = match mismatch {
        Mismatch::NotIndirect => (
            Fact::Issuer(
                "an indirect list, as its distribution point names another issuer of lists than",
                certificate.issuer,
            ),
            Fact::Issuer("a list for its issuer's own certificates, by", crl.issuer),
        ),
        Mismatch::Kind => (
            Fact::Text(if certificate.is_ca() {
                "a list for the certificates of CAs"
            } else {
                "a list for certificates that are no CA's"
            }),
            Fact::Issuer(
                match issuing {
                    Some(point) if point.only_attribute => {
                        "a list for attribute certificates only, by"
                    }
                    Some(point) if point.only_ca => "a list for the certificates of CAs only, by",
                    _ => "a list for certificates that are no CA's only, by",
                },
                crl.issuer,
            ),
        ),
        Mismatch::Point => (
            match (point.name, point.crl_issuer) {
                (Some(name), _) => Fact::Point("a list of the distribution point", name),
                (None, Some(issuer)) => {
                    Fact::Point("a list of the distribution point", PointName::Full(issuer))
                }
                (None, None) => Fact::Issuer(
                    "a list for all certificates, as this one names no distribution point, by",
                    certificate.issuer,
                ),
            },
            match issuing.and_then(|point| point.name) {
                Some(name) => Fact::Point("a list of the distribution point", name),
                None => Fact::Issuer("a list by", crl.issuer),
            },
        ),
    };
    Fault::new(Code::X509CrlScope, expected, found)
}

/// No list was of any use, and none was at fault.
fn unknown<'a>(asked: &Asked<'_, 'a>, covered: Reasons, points: &[Point<'a>]) -> Fault<'a> {
    if covered.is_none() {
        Fault::new(
            Code::X509CrlMissing,
            Fact::Issuer("a list of the issuer", asked.certificate.issuer),
            match points.first().and_then(|point| point.name) {
                Some(name) => Fact::Point("none; the certificate names", name),
                None => Fact::Text("none"),
            },
        )
    } else {
        Fault::new(
            Code::X509CrlReasons,
            Fact::Text("lists for every reason"),
            Fact::Text("lists for some"),
        )
    }
}

/// Keeps the reason that says most: a list that covers the certificate and is at fault before one
/// that does not cover it; the first of several.
fn prefer<'a>(why: &mut Option<Box<Fault<'a>>>, fault: Fault<'a>) {
    let weight = |code| match code {
        Code::X509CrlScope => 0,
        Code::X509CrlDelta => 1,
        _ => 2,
    };
    match why {
        Some(known) if weight(known.code) >= weight(fault.code) => {}
        _ => *why = Some(Box::new(fault)),
    }
}
