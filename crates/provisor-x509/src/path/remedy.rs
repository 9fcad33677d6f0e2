//! From a failure to a rejection that a technician can act on.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use provisor_report::{Code, Rejection, UnixTime};

use super::place::Place;
use super::rank::Failure;
use super::verifier::PathVerifier;
use crate::certificate::Certificate;
use crate::crypto::Scheme;
use crate::fault::{Fact, Fault, shown};
use crate::limits;
use crate::name::Name;

/// A clock before this (2024-01-01) was never set: no device that runs this code is older.
const CLOCK_UNSET_BEFORE: UnixTime = UnixTime::new(1_704_067_200);

/// The looks at names that the search for a remedy may still cost. Who has none left gets the general
/// remedy.
struct Looks(u32);

impl Looks {
    const fn new() -> Self {
        Self(limits::REMEDY_LOOKS)
    }

    /// Whether the two are the same, as far as that can still be paid for.
    fn same(&mut self, a: &Name<'_>, b: &Name<'_>) -> bool {
        if self.0 == 0 {
            return false;
        }
        let mut work = 0;
        let same = a.is_same(b, &mut work);
        let looks = u32::try_from(work / limits::WORK_PER_LOOK).unwrap_or(u32::MAX);
        self.0 = self.0.saturating_sub(looks.saturating_add(1));
        same
    }
}

/// The rejection, with a remedy made for this case where the code's own is too general.
pub(super) fn rejection(
    verifier: &PathVerifier<'_, '_>,
    leaf: &Certificate<'_>,
    now: UnixTime,
    failure: &Failure<'_>,
) -> Rejection {
    let fault = &failure.fault;
    let rejection = Rejection::new(fault.code, failure.place.subject())
        .expected(format!("{}", fault.expected))
        .found(format!("{}", fault.found));
    let rejection = match fault.code {
        Code::X509IssuerNotFound => issuer_not_found(rejection, verifier, failure),
        Code::X509RootNotTrusted => root_not_trusted(rejection, verifier, failure),
        Code::X509LeafIsCa => leaf_is_ca(rejection, verifier, leaf),
        Code::X509CrlExpired if by_two_digits(fault) => rejection.remedy(
            "fetch the CA's current list; if the CA meant a year from 2050 on, it has to write nextUpdate as \
             GeneralizedTime: a UTCTime of the years 50 to 99 means 1950 to 1999",
        ),
        Code::X509CrlExpired if matches!(fault.found, Fact::Text("no nextUpdate")) => rejection.remedy(
            "have the CA write nextUpdate into its lists: without it nobody can tell whether a newer list \
             was kept back",
        ),
        Code::X509NoAnchors => no_anchors(rejection, failure),
        Code::X509Loop => circle(rejection, verifier, failure),
        Code::X509NotYetValid if now < CLOCK_UNSET_BEFORE => rejection.remedy(format!(
            "set the clock: {now} is before the certificate, and before this software, was made"
        )),
        Code::X509NotYetValid => rejection.remedy(format!(
            "set the clock if {now} is not the time; otherwise wait or have the certificate issued again"
        )),
        Code::X509Expired => expired(rejection, verifier, now, failure),
        Code::X509SignatureWrong if matches!(failure.place, Place::Certificate { .. }) => rejection
            .remedy(
                "check that the certificate was not changed on its way, and that the CA \
                 certificate is the one that signed it: another CA may have the same name",
            ),
        Code::X509SignatureUnsupported | Code::X509CrlAlgorithm if lacks_aws_lc(&fault.found) => {
            rejection.remedy(
                "verify with the backend AwsLc (build with the feature aws-lc-rs), which checks ECDSA with \
                 SHA-512 on P-256 and P-384; ring does not",
            )
        }
        Code::X509IssuerKeyDiffers => rejection.remedy_beside(
            "a CA was renewed with a new key, or another CA has the same name: send or register \
             the CA certificate whose subject key identifier is the one expected",
            &trusted(verifier),
        ),
        _ => rejection,
    };
    verifier.profile.remedied(rejection)
}

/// What ring alone cannot check, and the other backend can (`crypto::AwsLc`).
fn lacks_aws_lc(found: &Fact<'_>) -> bool {
    /// ecdsa-with-SHA512 (RFC 5758 section 3.2). On P-521 every backend checks it.
    const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];
    match found {
        Fact::Text(scheme) => {
            let schemes = [Scheme::EcdsaP256Sha512, Scheme::EcdsaP384Sha512];
            schemes.iter().any(|known| known.name() == *scheme)
        }
        Fact::Oid(oid) => *oid == ECDSA_SHA512,
        _ => false,
    }
}

/// The intermediate was not sent, or the wrong CA is registered.
fn issuer_not_found(
    rejection: Rejection,
    verifier: &PathVerifier<'_, '_>,
    failure: &Failure<'_>,
) -> Rejection {
    let issuer = format!("{}", failure.fault.expected);
    let sent = match verifier.sent().len() {
        0 => Cow::Borrowed("no other certificate was sent"),
        1 => Cow::Borrowed("it is not the one other certificate that was sent"),
        count => Cow::Owned(format!(
            "it is not among the {count} other certificates sent"
        )),
    };
    let remedy = if only_roots_sent(verifier) {
        format!(
            "a root was sent in place of the intermediate: send the CA certificate whose subject \
             is {issuer}; roots need not be sent at all"
        )
    } else {
        format!(
            "send the CA certificate whose subject is {issuer} along with the leaf; if it is \
             the CA that should be trusted here, register it"
        )
    };
    // The certificate has its issuer's name.
    if !failure.fault.found.is_none() {
        return rejection
            .expected(format!(
                "the certificate or trust anchor named {issuer} that issued it"
            ))
            .found_beside(
                &format!("none: {}; {sent}", failure.fault.found),
                &trusted(verifier),
            )
            .remedy(format!(
                "{remedy}; this certificate and its issuer share a name: have it issued again under \
                 a name of its own, as many programs take such a one for a root"
            ));
    }
    rejection
        .expected(format!("a certificate or trust anchor named {issuer}"))
        .found_beside(&format!("none: {sent}"), &trusted(verifier))
        .remedy(remedy)
}

/// Nothing is trusted; who has a device certified by itself may have tried to trust that.
fn no_anchors(rejection: Rejection, failure: &Failure<'_>) -> Rejection {
    match failure.fault.found {
        Fact::Text(found) if found.contains("self-signed") => rejection.remedy(
            "enroll the device individually, by this very certificate: a certificate that is no CA is \
             no trust anchor; or register the CA that issues device certificates",
        ),
        _ => rejection,
    }
}

/// Whether all that was sent are trusted roots, which no path needs.
fn only_roots_sent(verifier: &PathVerifier<'_, '_>) -> bool {
    let mut looks = Looks::new();
    let is_anchor = |sent: &Certificate<'_>| {
        let mut anchors = verifier.anchors.iter();
        sent.is_self_issued() && anchors.any(|anchor| looks.same(&anchor.name, &sent.subject))
    };
    !verifier.sent().is_empty() && verifier.sent().iter().all(is_anchor)
}

/// CAs that certify each other, and nothing that leads out.
fn circle(
    rejection: Rejection,
    verifier: &PathVerifier<'_, '_>,
    failure: &Failure<'_>,
) -> Rejection {
    let issuer = format!("{}", failure.fault.expected);
    rejection
        .expected("an issuer that leads to a trust anchor")
        .found_beside(
            &format!("{issuer}, which is on the path already"),
            &trusted(verifier),
        )
        .remedy(format!(
            "register {issuer} if it should be trusted, or send the certificate by which a \
             trusted CA certified it"
        ))
}

/// A root was sent that nobody trusts here; or the leaf is self-signed.
fn root_not_trusted(
    rejection: Rejection,
    verifier: &PathVerifier<'_, '_>,
    failure: &Failure<'_>,
) -> Rejection {
    let root = format!("{}", failure.fault.expected);
    let remedy = if matches!(failure.place, Place::Certificate { depth: 0, .. }) {
        String::from(
            "the leaf is self-signed: enroll the device individually, by this very certificate, or \
             have it issued by a CA that is trusted",
        )
    } else {
        format!("register {root} if it should be trusted; sending a root does not make it so")
    };
    rejection
        .expected(format!("a trust anchor named {root}"))
        .found_beside("none", &trusted(verifier))
        .remedy(remedy)
}

/// The files were swapped, or the CA was sent in place of the device.
fn leaf_is_ca(
    rejection: Rejection,
    verifier: &PathVerifier<'_, '_>,
    leaf: &Certificate<'_>,
) -> Rejection {
    let mut looks = Looks::new();
    let issued = verifier
        .intermediates
        .iter()
        .find(|sent| !sent.is_ca() && looks.same(&sent.issuer, &leaf.subject));
    match issued {
        Some(device) => rejection.remedy(format!(
            "leaf and CA are swapped: present {} as the leaf and this CA certificate after it",
            shown(device.subject())
        )),
        None => rejection.remedy(
            "send the device certificate first and its issuers after it; if this is the device's \
             own, have it issued again with cA FALSE",
        ),
    }
}

/// Whether the end was written in a way that cannot say what was meant.
fn by_two_digits(fault: &Fault<'_>) -> bool {
    matches!(fault.found, Fact::Time(text, _) if text.contains("UTCTime"))
}

/// Whose certificate has expired decides who has to act.
fn expired(
    rejection: Rejection,
    verifier: &PathVerifier<'_, '_>,
    now: UnixTime,
    failure: &Failure<'_>,
) -> Rejection {
    if by_two_digits(&failure.fault) {
        return rejection.remedy(
            "if the certificate has expired, renew it; if its CA meant a year from 2050 on, have it issued \
             again with notAfter as GeneralizedTime (20501231235959Z): a UTCTime of the years 50 to 99 \
             means 1950 to 1999",
        );
    }
    let (depth, name) = match failure.place {
        Place::Certificate { depth, name } => (depth, name),
        Place::Anchor { name } => {
            return rejection.remedy(format!(
                "register the renewed certificate of {} as the secondary; devices need not \
                 change if its key stayed the same",
                shown(name)
            ));
        }
    };
    if depth == 0 {
        return rejection.remedy(format!(
            "renew the device's certificate, or set the clock if {now} is not the time"
        ));
    }
    let mut looks = Looks::new();
    let shown_name = shown(name);
    let mut sent = verifier.intermediates.iter();
    let twin = sent.clone().any(|sent| {
        sent.not_before() <= now && now <= sent.not_after() && looks.same(&sent.subject, &name)
    });
    let root = sent.any(|sent| sent.is_self_issued() && looks.same(&sent.subject, &name));
    if root && !twin {
        let own = format!(
            "{shown_name} is a root that has expired and is not trusted here either: register the \
             root that replaced it, or have the device certified by a CA that is trusted"
        );
        return rejection.remedy_beside(&own, &trusted(verifier));
    }
    rejection.remedy(if twin {
        Cow::Borrowed(
            "a newer certificate of this CA was sent too, but does not lead to a trust anchor \
             either: register the root it was issued by",
        )
    } else {
        Cow::Owned(format!(
            "get the renewed certificate of {shown_name} from its CA and send it; the device's own \
             certificate need not change if the key stayed the same"
        ))
    })
}

/// The anchors by name, a few of them.
fn trusted(verifier: &PathVerifier<'_, '_>) -> String {
    let mut text = String::from("trusted here: ");
    let mut named = 0_usize;
    for (index, anchor) in verifier
        .anchors
        .iter()
        .take(limits::ANCHORS_NAMED)
        .enumerate()
    {
        if text.len() > limits::ANCHORS_NAMED_BYTES {
            break;
        }
        let separator = if index == 0 { "" } else { "; " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{separator}{}", shown(anchor.name()));
        if let Some(id) = anchor.key_id_text() {
            let _ = write!(text, " (key {id})");
        }
        named = index.saturating_add(1);
    }
    match verifier.anchors.len().checked_sub(named) {
        Some(more @ 1..) => {
            let _ = write!(text, " and {more} more");
        }
        _ if verifier.anchors.is_empty() => text.push_str("nothing"),
        _ => {}
    }
    text
}
