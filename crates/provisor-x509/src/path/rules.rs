//! The rules, one function each. What is not here: signatures and the order of things
//! (`search.rs`), name constraints (`names.rs`).

use provisor_report::{Code, UnixTime};

use crate::algorithm;
use crate::anchor::TrustAnchor;
use crate::certificate::Certificate;
use crate::extension::{KeyUsage, oids};
use crate::fault::{Fact, Fault};
use crate::glance;
use crate::key::KeyKind;
use crate::oid::ANY_EXTENDED_KEY_USAGE;
use crate::path::revocation::RevocationPolicy;
use crate::profile::{
    KeyStrength, KeyUsageBits, LeafKeyUsage, LeafKind, Profile, Purpose, TpmIdentityRule,
};
use crate::tpm::TpmIdentity;

type Outcome<'a> = Result<(), Fault<'a>>;

/// RFC 5280 section 4.2: a critical extension that is not processed is refused. CRL distribution
/// points are processed when revocation is checked.
///
/// A critical freshestCRL is refused always. Section 4.2.1.15 forbids CAs to mark it so; one that did
/// wants the certificate accepted only by who looks at the newest delta lists, and as nothing is
/// fetched here, nobody knows whether those at hand are the newest. (Not critical, it is passed over,
/// and the delta lists that are handed in are used.) The same holds for lists, in `crl/extension.rs`.
#[inline]
pub(super) fn known_critical<'a>(
    certificate: &Certificate<'a>,
    revocation: RevocationPolicy,
) -> Outcome<'a> {
    let extensions = &certificate.extensions;
    if let Some(oid) = extensions.unknown_critical {
        return Err(Fault::new(
            Code::X509UnknownCritical,
            Fact::Text("critical extensions that RFC 5280 section 6.1 processes, only"),
            Fact::Oid(oid),
        ));
    }
    match (revocation, extensions.critical_crl_points) {
        (RevocationPolicy::Unchecked, Some(oid)) => Err(Fault::new(
            Code::X509CrlPointsUnchecked,
            Fact::Text("revocation lists for a certificate that must not be used without"),
            Fact::Oid(oid),
        )),
        (RevocationPolicy::Unchecked, None)
        | (RevocationPolicy::DenyUnknown | RevocationPolicy::DangerAllowUnknown, _) => Ok(()),
    }
}

/// RFC 5280 section 6.1.3 (a)(2): both ends of the period belong to it (section 4.1.2.5).
#[inline]
pub(super) fn validity<'a>(certificate: &Certificate<'a>, now: UnixTime) -> Outcome<'a> {
    period(
        (certificate.not_before, certificate.not_after),
        now,
        certificate.der,
    )
}

/// The same for a trust anchor. One without a certificate has no period.
#[inline]
pub(super) fn anchor_validity<'a>(anchor: &TrustAnchor<'a>, now: UnixTime) -> Outcome<'a> {
    anchor.validity.map_or(Ok(()), |validity| {
        period(validity, now, anchor.certificate_der().unwrap_or_default())
    })
}

#[inline]
fn period<'a>(
    (start, end): (UnixTime, UnixTime),
    now: UnixTime,
    certificate: &[u8],
) -> Outcome<'a> {
    if now < start {
        return Err(Fault::new(
            Code::X509NotYetValid,
            Fact::Time("notBefore at or before", now),
            Fact::Time("notBefore", start),
        ));
    }
    if now > end {
        return Err(Fault::new(
            Code::X509Expired,
            Fact::Time("notAfter at or after", now),
            Fact::Time(
                if glance::ends_by_two_digits(certificate, end) {
                    "notAfter, as UTCTime, whose years 50 to 99 are 1950 to 1999:"
                } else {
                    "notAfter"
                },
                end,
            ),
        ));
    }
    Ok(())
}

/// RFC 5280 section 6.1.4 (k): version 3 with basicConstraints and cA TRUE.
#[inline]
pub(super) fn is_ca<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    if certificate.is_ca() {
        return Ok(());
    }
    let found = match certificate.extensions.basic_constraints {
        Some(_) => "cA FALSE",
        None => "no basicConstraints",
    };
    Err(Fault::new(
        Code::X509NotCa,
        Fact::Text("basicConstraints with cA TRUE"),
        Fact::Text(found),
    ))
}

/// RFC 5280 section 6.1.4 (n): if there is a keyUsage, it has keyCertSign.
#[inline]
pub(super) fn key_cert_sign<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    match certificate.extensions.key_usage {
        Some(usage) if !usage.any_of(KeyUsage::KEY_CERT_SIGN) => Err(Fault::new(
            Code::X509KeyCertSign,
            Fact::Usage(KeyUsage::KEY_CERT_SIGN),
            Fact::Usage(usage),
        )),
        _ => Ok(()),
    }
}

/// X.690 section 11.2.1: bits said to be unused are zero. Readers differ on what set ones mean, so
/// such a key usage allows nothing, unless the profile is lenient.
#[inline]
pub(super) fn key_usage_bits<'a>(certificate: &Certificate<'a>, profile: &Profile) -> Outcome<'a> {
    match (certificate.extensions.key_usage, profile.key_usage_bits) {
        (Some(usage), KeyUsageBits::Strict) if usage.is_ambiguous() => Err(Fault::new(
            Code::X509Extension,
            Fact::Text("a keyUsage whose unused bits are zero"),
            Fact::Usage(usage),
        )),
        _ => Ok(()),
    }
}

/// RFC 5280 section 6.1.4 (l) and (m): `below` counts the intermediates between the CA and the
/// leaf that are not self-issued.
#[inline]
pub(super) fn path_length(limit: Option<u32>, below: impl FnOnce() -> u32) -> Outcome<'static> {
    // Counting compares names, so it is done only where there is a limit.
    match limit.map(|limit| (limit, below())) {
        Some((limit, below)) if below > limit => Err(Fault::new(
            Code::X509PathLength,
            Fact::Count("intermediates below at most", u64::from(limit)),
            Fact::Count("intermediates below:", u64::from(below)),
        )),
        _ => Ok(()),
    }
}

/// RFC 5280 section 4.2.1.12 for the leaf; for CAs the custom of every verifier: a CA that states
/// purposes certifies for those only. No extension is no restriction.
#[inline]
pub(super) fn purpose<'a>(purposes: Option<&'a [u8]>, profile: &Profile) -> Outcome<'a> {
    match (profile.purpose, purposes) {
        (Purpose::Any, _) | (Purpose::Wanted(_), None) => Ok(()),
        (Purpose::Wanted(wanted), Some(stated)) => {
            if oids(stated).any(|oid| oid == wanted.as_bytes() || oid == ANY_EXTENDED_KEY_USAGE) {
                return Ok(());
            }
            Err(Fault::new(
                Code::X509ExtendedKeyUsage,
                Fact::Purpose(wanted),
                Fact::Oids(stated),
            ))
        }
    }
}

/// RFC 5280 section 4.2.1.9: whether the leaf is a CA decides what it is for.
#[inline]
pub(super) fn leaf_kind<'a>(leaf: &Certificate<'a>, profile: &Profile) -> Outcome<'a> {
    match (profile.leaf_kind, leaf.is_ca()) {
        (LeafKind::EndEntityOrCa, _) | (LeafKind::EndEntity, false) | (LeafKind::Ca, true) => {
            Ok(())
        }
        (LeafKind::EndEntity, true) => Err(Fault::new(
            Code::X509LeafIsCa,
            Fact::Text("the device's own certificate (cA FALSE)"),
            Fact::Text("cA TRUE"),
        )),
        (LeafKind::Ca, false) => Err(Fault::new(
            Code::X509LeafNotCa,
            Fact::Text("basicConstraints with cA TRUE"),
            Fact::Text("no CA"),
        )),
    }
}

/// RFC 5280 section 4.2.1.3; for endorsement keys the TCG EK Credential Profile section 3.2.12.
/// No extension is no restriction.
#[inline]
pub(super) fn leaf_key_usage<'a>(leaf: &Certificate<'a>, profile: &Profile) -> Outcome<'a> {
    let Some(stated) = leaf.extensions.key_usage else {
        return Ok(());
    };
    let wanted = match profile.key_usage {
        LeafKeyUsage::Unchecked => return Ok(()),
        LeafKeyUsage::AnyOf(usage) => usage,
        LeafKeyUsage::EndorsementKey => endorsement_uses(leaf.key.kind),
        LeafKeyUsage::LenientEndorsementKey => {
            endorsement_uses(leaf.key.kind).or(KeyUsage::KEY_ENCIPHERMENT)
        }
    };
    if stated.any_of(wanted) {
        return Ok(());
    }
    Err(Fault::new(
        Code::X509KeyUsage,
        Fact::Usage(wanted),
        Fact::Usage(stated),
    ))
}

const fn endorsement_uses(kind: KeyKind) -> KeyUsage {
    let decrypts = match kind {
        KeyKind::Rsa(_) | KeyKind::RsaPss(_) | KeyKind::RsaOaep(_) => KeyUsage::KEY_ENCIPHERMENT,
        KeyKind::P256
        | KeyKind::P384
        | KeyKind::P521
        | KeyKind::Ed25519
        | KeyKind::OtherCurve
        | KeyKind::ExplicitCurve
        | KeyKind::Dsa
        | KeyKind::Malformed
        | KeyKind::Unknown => KeyUsage::KEY_AGREEMENT,
    };
    decrypts.or(KeyUsage::DIGITAL_SIGNATURE)
}

/// A weak key can be in anybody's hands, so it identifies nobody; one that is no point of its curve
/// can be in nobody's.
#[inline]
pub(super) fn leaf_key_strength<'a>(leaf: &Certificate<'a>, profile: &Profile) -> Outcome<'a> {
    match profile.key_strength {
        KeyStrength::DangerAny => Ok(()),
        // What is not known cannot be said to be strong.
        KeyStrength::Strong if leaf.key.kind == KeyKind::Unknown => {
            Err(algorithm::unknown_key(&leaf.key))
        }
        KeyStrength::Strong => {
            let weakness = algorithm::weakness(&leaf.key);
            match weakness.or_else(|| algorithm::off_curve(&leaf.key)) {
                Some(fault) => Err(fault),
                None => Ok(()),
            }
        }
    }
}

/// TCG EK Credential Profile section 3.1.2.
#[inline]
pub(super) fn tpm_identity<'a>(leaf: &Certificate<'a>, profile: &Profile) -> Outcome<'a> {
    match profile.tpm_identity {
        TpmIdentityRule::Unread => Ok(()),
        TpmIdentityRule::ReadableIfPresent => TpmIdentity::read(leaf).map(|_| ()),
        TpmIdentityRule::Required => match TpmIdentity::read(leaf)? {
            Some(_) => Ok(()),
            None => Err(Fault::new(
                Code::X509TpmIdentity,
                Fact::Text("tpmManufacturer, tpmModel and tpmVersion"),
                Fact::Text("none of them"),
            )),
        },
    }
}
