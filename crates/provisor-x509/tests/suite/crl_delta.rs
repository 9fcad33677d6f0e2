//! Delta lists (RFC 5280 sections 5.2.4 and 6.3.3 (c), (h), (i), (k)).

use provisor_testkit::pki::{CrlBuilder, Extension, IssuingPoint, KeyKind, KeyPair, ToyPki};
use provisor_x509::{Code, UnixTime};

use crate::crl_world::CrlWorld;

fn in_days(days: i64) -> UnixTime {
    UnixTime::new(ToyPki::NOW.seconds() + days * 86_400)
}

#[test]
fn a_delta_adds_and_releases() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    let clean = CrlBuilder::new().number(1).signed_by(&w.world.ca);
    let held = CrlBuilder::new()
        .number(1)
        .revoke(&leaf, 6)
        .signed_by(&w.world.ca);
    let delta = |reason: Option<u8>| {
        let builder = CrlBuilder::new().number(2).delta_of(1);
        match reason {
            Some(reason) => builder.revoke(&leaf, reason),
            None => builder,
        }
        .signed_by(&w.world.ca)
    };
    w.with(&[&clean, &delta(None)]).accepted();
    w.with(&[&clean, &delta(Some(1))])
        .refused(Code::X509Revoked);
    w.with(&[&delta(Some(6)), &clean]).refused(Code::X509OnHold);
    w.with(&[&held, &delta(None)]).refused(Code::X509OnHold);
    w.with(&[&held, &delta(Some(8))]).accepted();
    w.with(&[&held, &delta(Some(1))]).refused(Code::X509Revoked);
    // A later delta takes back what an earlier one said.
    let again = CrlBuilder::new()
        .number(3)
        .delta_of(1)
        .revoke(&leaf, 8)
        .signed_by(&w.world.ca);
    w.with(&[&clean, &delta(Some(6)), &again]).accepted();
}

#[test]
fn a_delta_alone_says_nothing() {
    let w = CrlWorld::new();
    let delta = CrlBuilder::new()
        .number(2)
        .delta_of(1)
        .signed_by(&w.world.ca);
    w.with(&[&delta]).refused(Code::X509CrlDelta);
}

/// Each fault makes the delta no companion of the list, so that what it says does not count.
#[test]
fn a_delta_fits_its_base() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    let held = CrlBuilder::new()
        .number(5)
        .revoke(&leaf, 6)
        .signed_by(&w.world.ca);
    let release = |builder: CrlBuilder| builder.revoke(&leaf, 8);
    let fits = release(CrlBuilder::new().number(7).delta_of(5)).signed_by(&w.world.ca);
    w.with(&[&held, &fits]).accepted();
    let earlier_base = release(CrlBuilder::new().number(7).delta_of(3)).signed_by(&w.world.ca);
    w.with(&[&held, &earlier_base]).accepted();
    let other_key = KeyPair::new(KeyKind::P256, 9, "other");
    let point = IssuingPoint {
        only_user: true,
        ..IssuingPoint::default()
    };
    for (what, delta) in [
        (
            "the base is newer than the list",
            release(CrlBuilder::new().number(7).delta_of(6)).signed_by(&w.world.ca),
        ),
        (
            "the list is newer than the delta",
            release(CrlBuilder::new().number(5).delta_of(4)).signed_by(&w.world.ca),
        ),
        (
            "another scope",
            release(CrlBuilder::new().number(7).delta_of(5))
                .issuing_point(&point)
                .signed_by(&w.world.ca),
        ),
        (
            "another key identifier",
            release(CrlBuilder::new().number(7).delta_of(5))
                .extension(Extension::authority_key_id(&[1; 20]))
                .repeated_extension(Extension::new("2.5.29.200", false, [5, 0]))
                .without_authority_key_id()
                .signed_by(&w.world.ca),
        ),
        (
            "another key",
            release(CrlBuilder::new().number(7).delta_of(5))
                .extension(Extension::authority_key_id(&provisor_testkit::pki::key_id(
                    &w.world.ca.key,
                )))
                .without_authority_key_id()
                .signed_with(&w.world.ca, &other_key),
        ),
        (
            "expired",
            release(CrlBuilder::new().number(7).delta_of(5))
                .dates(in_days(-3), Some(in_days(-1)))
                .signed_by(&w.world.ca),
        ),
        (
            "from the future",
            release(CrlBuilder::new().number(7).delta_of(5))
                .dates(in_days(1), Some(in_days(3)))
                .signed_by(&w.world.ca),
        ),
    ] {
        let rejection = w.with(&[&held, &delta]).judge().expect_err(what);
        assert_eq!(rejection.code(), Code::X509OnHold, "{what}: {rejection}");
    }
}

#[test]
fn a_current_delta_makes_up_for_an_old_list() {
    let w = CrlWorld::new();
    let old = CrlBuilder::new()
        .dates(in_days(-9), Some(in_days(-2)))
        .signed_by(&w.world.ca);
    let delta = CrlBuilder::new()
        .number(2)
        .delta_of(1)
        .signed_by(&w.world.ca);
    w.with(&[&old]).refused(Code::X509CrlExpired);
    w.with(&[&old, &delta]).accepted();
}

#[test]
fn a_delta_with_an_unknown_critical_extension_is_not_passed_over() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new().signed_by(&w.world.ca);
    let delta = CrlBuilder::new()
        .number(2)
        .delta_of(1)
        .extension(Extension::new("2.5.29.200", true, [5, 0]))
        .signed_by(&w.world.ca);
    w.with(&[&list, &delta])
        .refused(Code::X509CrlUnknownCritical);
}
