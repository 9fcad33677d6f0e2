//! What is said where lists are missing, are for something else, or are no lists.

use provisor_testkit::asn1;
use provisor_testkit::pki::{CrlBuilder, CrlEntry, Extension, IssuedCrl, IssuingPoint, PointName};
use provisor_x509::{Certificate, Code, Crl, RevocationPolicy};

use crate::crl_world::{CrlWorld, Revocation};
use crate::world::{NOW, World};

fn pointing_at(name: &PointName) -> Extension {
    Extension::crl_distribution_points(&[Extension::crl_point(Some(name), None, None)])
}

fn list_of(w: &CrlWorld, point: IssuingPoint) -> IssuedCrl {
    CrlBuilder::new()
        .issuing_point(&point)
        .signed_by(&w.world.ca)
}

#[test]
fn critical_points_without_lists_ask_for_lists() {
    let w = CrlWorld::new();
    let points = pointing_at(&PointName::uri("http://crl.example.net/1.crl"));
    let leaf = w.leaf(|builder| builder.extension(points.critical(true)));
    let judge = w.with_leaf(&leaf, &[]).policy(RevocationPolicy::Unchecked);
    let rejection = judge.refused(Code::X509CrlPointsUnchecked);
    assert!(
        rejection
            .remedy_text()
            .contains("hand in the revocation lists"),
        "{rejection}"
    );
    assert!(rejection.remedy_text().contains("--crl"), "{rejection}");
    // What is not understood at all stays that.
    let private = Extension::new("1.3.6.1.4.1.99999.1", true, [5, 0]);
    let points = pointing_at(&PointName::uri("http://crl.example.net/1.crl"));
    let both = w.leaf(|builder| builder.extension(points.critical(true)).extension(private));
    w.with_leaf(&both, &[])
        .policy(RevocationPolicy::Unchecked)
        .refused(Code::X509UnknownCritical);
}

#[test]
fn a_missing_list_is_named_as_the_certificate_names_it() {
    let w = CrlWorld::new();
    let points = pointing_at(&PointName::uri("http://crl.example.net/7.crl"));
    let leaf = w.leaf(|builder| builder.extension(points));
    let rejection = w.with_leaf(&leaf, &[]).refused(Code::X509CrlMissing);
    assert!(
        rejection
            .found_text()
            .contains("http://crl.example.net/7.crl"),
        "{rejection}"
    );
    let rejection = w.with(&[]).refused(Code::X509CrlMissing);
    assert_eq!(rejection.found_text(), "none");
}

#[test]
fn a_mismatch_of_scope_shows_both_sides() {
    let w = CrlWorld::new();
    let seven = PointName::uri("http://crl.example.net/7.crl");
    let eight = PointName::uri("http://crl.example.net/8.crl");
    let named = |name: &PointName| IssuingPoint {
        name: Some(name.clone()),
        ..IssuingPoint::default()
    };
    let seven_points = pointing_at(&seven);
    let leaf = w.leaf(|builder| builder.extension(seven_points));
    w.with_leaf(&leaf, &[&list_of(&w, named(&seven))])
        .accepted();
    let both = |judge: Revocation, expected: &str, found: &str| {
        let rejection = judge.refused(Code::X509CrlScope);
        assert!(rejection.expected_text().contains(expected), "{rejection}");
        assert!(rejection.found_text().contains(found), "{rejection}");
    };
    let other = list_of(&w, named(&eight));
    both(w.with_leaf(&leaf, &[&other]), "/7.crl", "/8.crl");
    // The certificate names none.
    both(w.with(&[&other]), "names no distribution point", "/8.crl");
    // Lists of another kind.
    let only = |user, ca, attribute| IssuingPoint {
        only_user: user,
        only_ca: ca,
        only_attribute: attribute,
        ..IssuingPoint::default()
    };
    both(
        w.with(&[&list_of(&w, only(false, true, false))]),
        "no CA's",
        "CAs only",
    );
    both(
        w.with(&[&list_of(&w, only(false, false, true))]),
        "no CA's",
        "attribute certificates",
    );
    let root_list = CrlBuilder::new()
        .issuing_point(&only(true, false, false))
        .signed_by(&w.world.root);
    let chain = w.with(&[&CrlBuilder::new().signed_by(&w.world.ca)]).chain;
    let lists = [&root_list, &CrlBuilder::new().signed_by(&w.world.ca)];
    both(
        Revocation::new(chain, &lists),
        "certificates of CAs",
        "no CA's only",
    );
    // Many names stay few in a message.
    let names = (0..9)
        .map(|number| provisor_testkit::pki::GeneralName::Uri(format!("http://a.example/{number}")))
        .collect();
    let many = list_of(&w, named(&PointName::Full(names)));
    both(w.with_leaf(&leaf, &[&many]), "/7.crl", "and 5 more");
}

#[test]
fn certificates_and_lists_are_told_apart() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new().signed_by(&w.world.ca);
    let certificate = &w.world.ca.certificate;
    let refused = Crl::from_der(certificate.der()).unwrap_err();
    assert_eq!(refused.code(), Code::X509OtherKind, "{refused}");
    assert!(refused.found_text().contains("a certificate"), "{refused}");
    for list in [
        list.der().to_vec(),
        CrlBuilder::new()
            .version(None)
            .without_extensions()
            .signed_by(&w.world.ca)
            .der()
            .to_vec(),
    ] {
        let refused = Certificate::from_der(&list).unwrap_err();
        assert_eq!(refused.code(), Code::X509OtherKind, "{refused}");
        assert!(
            refused.found_text().contains("revocation list"),
            "{refused}"
        );
    }
}

#[test]
fn a_malformed_list_has_the_remedy_of_a_list() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new()
        .entry(CrlEntry::new(&[7]))
        .signed_by(&w.world.ca)
        .der()
        .to_vec();
    let replaced = |from: &[u8], to: &[u8]| {
        let at = list
            .windows(from.len())
            .position(|part| part == from)
            .unwrap();
        let mut changed = list.clone();
        changed[at..at + to.len()].copy_from_slice(to);
        changed
    };
    let time = [&[asn1::UTC_TIME, 13][..], b"26"].concat();
    let mut flawed = vec![
        list[..list.len() - 5].to_vec(),
        replaced(&time, &[asn1::GENERALIZED_TIME]),
        replaced(&time, &[asn1::IA5_STRING]),
        replaced(&[2, 1, 7], &[3]),
    ];
    let other = asn1::sequence(&[&asn1::oid("1.2.840.10045.4.3.3")]);
    flawed.push(
        CrlBuilder::new()
            .outer_algorithm(&other)
            .signed_by(&w.world.ca)
            .der()
            .to_vec(),
    );
    flawed.push(
        CrlBuilder::new()
            .version(Some(2))
            .signed_by(&w.world.ca)
            .der()
            .to_vec(),
    );
    for der in flawed {
        let refused = Crl::from_der(&der).unwrap_err();
        let remedy = refused.remedy_text();
        assert!(remedy.contains("list"), "{refused}");
        assert!(!remedy.contains("issue the certificate"), "{refused}");
    }
}

#[test]
fn an_algorithm_that_is_not_accepted_is_said_of_the_list() {
    let w = CrlWorld::new();
    let sha1 = asn1::sequence(&[&asn1::oid("1.2.840.10045.4.1")]);
    // The algorithm inside and outside is the same: rewritten after signing.
    let der = CrlBuilder::new().signed_by(&w.world.ca).der().to_vec();
    let sha256 = asn1::sequence(&[&asn1::oid("1.2.840.10045.4.3.2")]);
    let parts: Vec<_> = split(&der, &sha256);
    let list = asn1::sequence(&[
        &asn1::sequence(&[&parts[0][tbs_header(&parts[0])..], &sha1, &parts[1]]),
        &sha1,
        &parts[2],
    ]);
    let rejection = w
        .with(&[&IssuedCrl::from_der(list)])
        .refused(Code::X509CrlAlgorithm);
    assert!(rejection.remedy_text().contains("lists"), "{rejection}");
    assert!(rejection.found_text().contains("SHA1"), "{rejection}");
}

/// What stands before, between and after two occurrences; without the outermost header.
fn split(der: &[u8], by: &[u8]) -> Vec<Vec<u8>> {
    let header = if der[1] < 0x80 {
        2
    } else {
        2 + usize::from(der[1] & 0x7f)
    };
    let mut parts = Vec::new();
    let mut rest = &der[header..];
    while let Some(at) = rest.windows(by.len()).position(|part| part == by) {
        parts.push(rest[..at].to_vec());
        rest = &rest[at + by.len()..];
    }
    parts.push(rest.to_vec());
    parts
}

fn tbs_header(tbs: &[u8]) -> usize {
    if tbs[1] < 0x80 {
        2
    } else {
        2 + usize::from(tbs[1] & 0x7f)
    }
}

#[test]
fn an_end_of_two_digits_is_said_to_mean_the_last_century() {
    let utc = |text: &str| asn1::tlv(asn1::UTC_TIME, text.as_bytes());
    let general = |text: &str| asn1::tlv(asn1::GENERALIZED_TIME, text.as_bytes());
    let world = World::new();
    let from = utc("260101000000Z");
    for (until, said) in [
        (utc("501231235959Z"), true),
        (utc("991231235959Z"), true),
        (general("19501231235959Z"), false),
        (utc("260102000000Z"), false),
    ] {
        for chain in [
            world.with_leaf(|b| b.valid_raw(&from, &until)),
            world.with_ca(|b| b.valid_raw(&from, &until)),
        ] {
            let rejection = chain.rejection();
            assert_eq!(rejection.code(), Code::X509Expired, "{rejection}");
            assert_eq!(
                rejection.found_text().contains("UTCTime"),
                said,
                "{rejection}"
            );
            assert_eq!(
                rejection.remedy_text().contains("GeneralizedTime"),
                said,
                "{rejection}"
            );
        }
    }
    world
        .with_leaf(|b| b.valid_raw(&from, &utc("491231235959Z")))
        .accepted();
    // The same of a list.
    let w = CrlWorld::new();
    let ends = |until: i64| {
        let until = provisor_x509::UnixTime::new(until);
        CrlBuilder::new()
            .dates(NOW, Some(until))
            .signed_by(&w.world.ca)
    };
    // 1999-12-31, which the test kit writes as UTCTime.
    let rejection = w.with(&[&ends(946_598_400)]).refused(Code::X509CrlExpired);
    assert!(rejection.found_text().contains("UTCTime"), "{rejection}");
    assert!(
        rejection.remedy_text().contains("GeneralizedTime"),
        "{rejection}"
    );
    let rejection = w
        .with(&[&ends(NOW.seconds() - 1)])
        .refused(Code::X509CrlExpired);
    assert!(!rejection.found_text().contains("UTCTime"), "{rejection}");
}

#[test]
fn a_list_without_next_update_is_the_cas_to_mend() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new().dates(NOW, None).signed_by(&w.world.ca);
    let rejection = w.with(&[&list]).refused(Code::X509CrlExpired);
    assert_eq!(rejection.found_text(), "no nextUpdate");
    assert!(
        rejection.remedy_text().contains("write nextUpdate"),
        "{rejection}"
    );
}
