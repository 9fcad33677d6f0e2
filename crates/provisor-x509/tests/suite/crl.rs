//! Complete lists: each rule of RFC 5280 section 6.3.3 by itself.

use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, CrlEntry, Extension, GeneralName, IssuingPoint,
    KeyKind, KeyPair, KeyUsage, PointName, ToyPki,
};
use provisor_x509::{Code, Crl, RevocationPolicy, UnixTime, Verdict};

use crate::crl_world::CrlWorld;

const DAY: i64 = 86_400;

fn in_days(days: i64) -> UnixTime {
    UnixTime::new(ToyPki::NOW.seconds() + days * DAY)
}

#[test]
fn a_good_list_clears_the_certificate() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new()
        .entry(CrlEntry::new(&[1]))
        .entry(CrlEntry::new(&[2]).reason(4))
        .signed_by(&w.world.ca);
    w.with(&[&list]).accepted();
    // The order and what nobody asked for do not matter.
    let other = CrlBuilder::new().signed_by(&Authority::root("Other", KeyKind::P256, 1));
    let mut several = w.with(&[&list, &other]);
    several.lists.reverse();
    several.accepted();
}

#[test]
fn a_revoked_certificate_is_refused_with_reason_and_date() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    let list = CrlBuilder::new().revoke(&leaf, 1).signed_by(&w.world.ca);
    let rejection = w.with(&[&list]).refused(Code::X509Revoked);
    let found = rejection.found_text();
    assert!(found.contains("keyCompromise"), "{found}");
    assert!(found.contains("2026-01-01T00:00:00Z"), "{found}");
    // Without a reason as well, and in the last place.
    let serial = [0x11];
    let leaf = w.leaf(|builder| builder.serial(&serial));
    let list = CrlBuilder::new()
        .entry(CrlEntry::new(&[1]).reason(1))
        .entry(CrlEntry::new(&serial))
        .signed_by(&w.world.ca);
    let rejection = w.with_leaf(&leaf, &[&list]).refused(Code::X509Revoked);
    assert!(rejection.found_text().contains("unspecified"));
    w.with_leaf(&leaf, &[&list])
        .policy(RevocationPolicy::DangerAllowUnknown)
        .refused(Code::X509Revoked);
    w.with_leaf(&leaf, &[&list])
        .policy(RevocationPolicy::Unchecked)
        .accepted();
}

#[test]
fn a_certificate_on_hold_has_its_own_code() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    let list = CrlBuilder::new().revoke(&leaf, 6).signed_by(&w.world.ca);
    w.with(&[&list]).refused(Code::X509OnHold);
}

#[test]
fn a_revoked_issuer_is_refused() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new().signed_by(&w.world.ca);
    let mut judged = w.with(&[&list]);
    let root_list = CrlBuilder::new()
        .revoke(&w.world.ca.certificate, 2)
        .signed_by(&w.world.root);
    judged.lists[0] = root_list.der().to_vec();
    let rejection = judged.refused(Code::X509Revoked);
    assert!(rejection.subject().to_string().contains("Issuing CA"));
}

#[test]
fn without_a_list_the_policy_decides() {
    let w = CrlWorld::new();
    let none = w.with(&[]);
    let rejection = none.refused(Code::X509CrlMissing);
    assert!(rejection.expected_text().contains("Issuing CA"));
    none.clone()
        .policy(RevocationPolicy::DangerAllowUnknown)
        .accepted();
    none.policy(RevocationPolicy::Unchecked).accepted();
}

#[test]
fn dates_of_lists_count_with_both_ends() {
    let w = CrlWorld::new();
    let dated = |this, next| {
        let list = CrlBuilder::new().dates(this, next).signed_by(&w.world.ca);
        w.with(&[&list])
    };
    dated(in_days(0), Some(in_days(0))).accepted();
    dated(in_days(-2), Some(UnixTime::new(in_days(0).seconds() - 1))).refused(Code::X509CrlExpired);
    dated(UnixTime::new(in_days(0).seconds() + 1), Some(in_days(2)))
        .refused(Code::X509CrlNotYetValid);
    // RFC 5280 section 5.1.2.5: it has to say when the next one is due.
    dated(in_days(-2), None).refused(Code::X509CrlExpired);
    dated(in_days(-2), Some(in_days(-1)))
        .policy(RevocationPolicy::DangerAllowUnknown)
        .accepted();
}

#[test]
fn what_an_old_list_revoked_stays_revoked() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    let list = CrlBuilder::new()
        .dates(in_days(-9), Some(in_days(-2)))
        .revoke(&leaf, 1)
        .signed_by(&w.world.ca);
    w.with(&[&list])
        .policy(RevocationPolicy::DangerAllowUnknown)
        .refused(Code::X509Revoked);
}

#[test]
fn the_newer_list_of_two_speaks() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    let held = CrlBuilder::new().revoke(&leaf, 6).signed_by(&w.world.ca);
    let released = CrlBuilder::new().number(2).signed_by(&w.world.ca);
    w.with(&[&held, &released]).accepted();
    w.with(&[&released, &held]).accepted();
    // A newer list that is not signed, or not current, does not count.
    let forged = CrlBuilder::new()
        .number(2)
        .damaged_signature()
        .signed_by(&w.world.ca);
    w.with(&[&held, &forged]).refused(Code::X509OnHold);
    let future = CrlBuilder::new()
        .number(2)
        .dates(in_days(1), Some(in_days(2)))
        .signed_by(&w.world.ca);
    w.with(&[&held, &future]).refused(Code::X509OnHold);
}

#[test]
fn the_signature_is_checked() {
    let w = CrlWorld::new();
    let damaged = CrlBuilder::new().damaged_signature().signed_by(&w.world.ca);
    w.with(&[&damaged]).refused(Code::X509CrlSignature);
    let other = KeyPair::new(KeyKind::P256, 2, "other");
    let foreign = CrlBuilder::new().signed_with(&w.world.ca, &other);
    w.with(&[&foreign]).refused(Code::X509CrlSignature);
    // Beside a good list a bad one does no harm.
    let leaf = w.leaf(|builder| builder);
    let slander = CrlBuilder::new()
        .revoke(&leaf, 1)
        .signed_with(&w.world.ca, &other);
    let good = CrlBuilder::new().signed_by(&w.world.ca);
    w.with(&[&slander, &good]).accepted();
}

#[test]
fn the_signer_may_sign_lists() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new().signed_by(&w.world.ca);
    let ca = CertificateBuilder::ca(w.world.ca.name.clone(), &w.world.ca.key, None)
        .extension(Extension::key_usage(&[KeyUsage::KeyCertSign]))
        .issued_by(&w.world.root);
    let mut judged = w.with(&[&list]);
    judged.chain.sent = vec![ca.der().to_vec()];
    judged.refused(Code::X509CrlSigner);
    // The same for the anchor.
    let root = CertificateBuilder::ca(w.world.root.name.clone(), &w.world.root.key, None)
        .extension(Extension::key_usage(&[KeyUsage::KeyCertSign]))
        .self_signed(&w.world.root.key);
    let mut judged = w.with(&[&list]);
    judged.chain.anchors = vec![root.der().to_vec()];
    let rejection = judged.refused(Code::X509CrlSigner);
    assert!(rejection.found_text().contains("keyCertSign"));
}

#[test]
fn a_separate_signer_of_the_same_name_needs_a_path_and_a_clean_record() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    // Same name as the issuing CA, another key, cRLSign only, issued by the root.
    let key = KeyPair::new(KeyKind::P256, 3, "list key");
    let certificate = |issuer: &Authority| {
        CertificateBuilder::new(w.world.ca.name.clone(), &key)
            .extension(Extension::key_usage(&[KeyUsage::CrlSign]))
            .into_authority(w.world.ca.name.clone(), key.clone(), issuer)
    };
    let signer = certificate(&w.world.root);
    let list = CrlBuilder::new().signed_by(&signer);
    w.with_sent(&leaf, &[&signer], &[&list]).accepted();
    w.with_sent(&leaf, &[], &[&list])
        .refused(Code::X509CrlSignature);
    // Its certificate was revoked by the root.
    let mut judged = w.with_sent(&leaf, &[&signer], &[&list]);
    judged.lists[0] = CrlBuilder::new()
        .revoke(&signer.certificate, 1)
        .signed_by(&w.world.root)
        .der()
        .to_vec();
    let rejection = judged.refused(Code::X509CrlSignerPath);
    assert!(rejection.found_text().contains("revoked"), "{rejection}");
    // Another anchor vouches for it.
    let stranger = Authority::root("Stranger", KeyKind::P256, 1);
    let impostor = certificate(&stranger);
    let mut judged = w.with_sent(&leaf, &[&impostor], &[&list]);
    judged.refused(Code::X509CrlSignerPath);
    judged
        .chain
        .anchors
        .push(stranger.certificate.der().to_vec());
    judged.refused(Code::X509CrlSignerPath);
    // It cannot clear itself: its own status is nowhere but in its own list.
    let own = certificate(&w.world.ca);
    w.with_sent(&leaf, &[&own], &[&list])
        .refused(Code::X509CrlSignerPath);
}

#[test]
fn unknown_critical_extensions_make_silence_worthless() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    let odd = |critical| Extension::new("2.5.29.200", critical, [5, 0]);
    let list = |builder: CrlBuilder| builder.signed_by(&w.world.ca);
    let in_list = list(CrlBuilder::new().extension(odd(true)));
    w.with(&[&in_list]).refused(Code::X509CrlUnknownCritical);
    let in_entry = list(CrlBuilder::new().entry(CrlEntry::new(&[1]).extension(odd(true))));
    w.with(&[&in_entry]).refused(Code::X509CrlUnknownCritical);
    let harmless = list(
        CrlBuilder::new()
            .extension(odd(false))
            .entry(CrlEntry::new(&[1]).extension(odd(false))),
    );
    w.with(&[&harmless]).accepted();
    // What such a list does say is believed.
    let revoked = list(CrlBuilder::new().extension(odd(true)).revoke(&leaf, 1));
    w.with(&[&revoked]).refused(Code::X509Revoked);
}

#[test]
fn critical_distribution_points_are_understood_when_they_are_processed() {
    let w = CrlWorld::new();
    let name = PointName::uri("http://crl.example.net/1.crl");
    let points =
        Extension::crl_distribution_points(&[Extension::crl_point(Some(&name), None, None)]);
    let leaf = w.leaf(|builder| builder.extension(points.critical(true)));
    let list = CrlBuilder::new().signed_by(&w.world.ca);
    w.with_leaf(&leaf, &[&list]).accepted();
    w.with_leaf(&leaf, &[&list])
        .policy(RevocationPolicy::Unchecked)
        .refused(Code::X509CrlPointsUnchecked);
}

#[test]
fn unreadable_distribution_points_are_refused() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new().signed_by(&w.world.ca);
    let reasons_alone = Extension::crl_point(None, Some(&[1]), None);
    let names = |count| {
        let names = vec![GeneralName::Uri("http://x/".into()); count];
        Extension::crl_point(Some(&PointName::Full(names)), None, None)
    };
    let leaf = w.leaf(|builder| {
        builder.extension(Extension::crl_distribution_points(&vec![names(16); 32]))
    });
    w.with_leaf(&leaf, &[&list]).accepted();
    for value in [
        Extension::crl_distribution_points(&[]),
        Extension::crl_distribution_points(&[reasons_alone]),
        Extension::crl_distribution_points(&[names(17)]),
        Extension::crl_distribution_points(&vec![names(1); 33]),
        Extension::new("2.5.29.31", false, [0x30, 2, 5, 0]),
    ] {
        let leaf = w.leaf(|builder| builder.extension(value));
        w.with_leaf(&leaf, &[&list]).refused(Code::X509CrlPoints);
    }
}

#[test]
fn padded_serial_numbers_are_the_same_numbers() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder.serial_raw(&[0, 0, 5]));
    let list = CrlBuilder::new()
        .entry(CrlEntry::new(&[5]))
        .signed_by(&w.world.ca);
    w.with_leaf(&leaf, &[&list]).refused(Code::X509Revoked);
}

#[test]
fn lists_for_some_reasons_add_up() {
    let w = CrlWorld::new();
    let for_reasons = |bits: &[u8], number: u8| {
        let point = IssuingPoint {
            reasons: Some(bits.to_vec()),
            ..IssuingPoint::default()
        };
        CrlBuilder::new()
            .number(number)
            .issuing_point(&point)
            .signed_by(&w.world.ca)
    };
    let (first, second) = (for_reasons(&[1, 2], 1), for_reasons(&[3, 4, 5, 6, 7, 8], 2));
    w.with(&[&first, &second]).accepted();
    w.with(&[&first]).refused(Code::X509CrlReasons);
    w.with(&[&second]).refused(Code::X509CrlReasons);
}

#[test]
fn lists_for_another_kind_of_certificate_do_not_count() {
    let w = CrlWorld::new();
    let with = |point: IssuingPoint| {
        let list = CrlBuilder::new()
            .issuing_point(&point)
            .signed_by(&w.world.ca);
        w.with(&[&list])
    };
    with(IssuingPoint {
        only_user: true,
        ..IssuingPoint::default()
    })
    .accepted();
    with(IssuingPoint {
        only_ca: true,
        ..IssuingPoint::default()
    })
    .refused(Code::X509CrlScope);
    with(IssuingPoint {
        only_attribute: true,
        ..IssuingPoint::default()
    })
    .refused(Code::X509CrlScope);
}

#[test]
fn a_budget_of_signatures_covers_lists() {
    let w = CrlWorld::new();
    let other = KeyPair::new(KeyKind::P256, 2, "other");
    let wrong = CrlBuilder::new().signed_with(&w.world.ca, &other);
    let lists = vec![&wrong; 200];
    w.with(&lists).refused(Code::X509BudgetSignatures);
}

/// RFC 5280 sections 4.2.1.15, 5.2.2, 5.2.6: not critical; where they are, more is wanted than is done.
#[test]
fn pointers_to_newer_lists_must_not_be_critical() {
    let w = CrlWorld::new();
    // One distribution point with a URI.
    let points = [
        0x30, 11, 0x30, 9, 0xa0, 7, 0xa0, 5, 0x86, 3, b'a', b':', b'b',
    ];
    let freshest = |critical| Extension::new("2.5.29.46", critical, points);
    let clean = CrlBuilder::new().signed_by(&w.world.ca);
    let leaf = w.leaf(|leaf| leaf.extension(freshest(false)));
    w.with_leaf(&leaf, &[&clean]).accepted();
    let leaf = w.leaf(|leaf| leaf.extension(freshest(true)));
    for policy in [RevocationPolicy::DenyUnknown, RevocationPolicy::Unchecked] {
        w.with_leaf(&leaf, &[&clean])
            .policy(policy)
            .refused(Code::X509UnknownCritical);
    }
    let names = Extension::new("2.5.29.18", false, [0x30, 3, 0x82, 1, b'a']);
    for (extension, critical) in [
        (freshest(false), false),
        (freshest(true), true),
        (names.clone(), false),
        (names.critical(true), true),
    ] {
        let list = CrlBuilder::new()
            .extension(extension)
            .signed_by(&w.world.ca);
        if critical {
            w.with(&[&list]).refused(Code::X509CrlUnknownCritical);
        } else {
            w.with(&[&list]).accepted();
        }
    }
}

#[test]
fn a_report_says_whose_status_is_unknown() {
    let w = CrlWorld::new();
    let lenient = w.with(&[]).policy(RevocationPolicy::DangerAllowUnknown);
    let report = lenient
        .chain
        .with(|verifier, leaf| {
            let root = Crl::from_der(&lenient.lists[0]).unwrap();
            let lists = [root];
            let verifier = verifier.revocation(lenient.policy, &lists);
            verifier.explain(leaf, lenient.chain.now)
        })
        .unwrap();
    assert_eq!(report.verdict(), Verdict::Accepted);
    let text = report.to_string();
    assert!(text.contains("X509_CRL_MISSING"), "{text}");
}
