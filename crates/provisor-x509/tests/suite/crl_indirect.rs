//! Distribution points and lists of other issuers (RFC 5280 sections 4.2.1.13, 5.2.5, 5.3.3).

use provisor_testkit::pki::{
    Authority, CrlBuilder, CrlEntry, DistinguishedName, Extension, GeneralName, IssuedCertificate,
    IssuingPoint, KeyKind, PointName,
};
use provisor_x509::Code;

use crate::crl_world::CrlWorld;

const HERE: &str = "http://crl.example.net/here.crl";

/// The leaf with one distribution point.
fn leaf_at(
    w: &CrlWorld,
    name: Option<&PointName>,
    bits: Option<&[u8]>,
    issuer: Option<&Authority>,
) -> IssuedCertificate {
    let point = Extension::crl_point(name, bits, issuer);
    w.leaf(|builder| builder.extension(Extension::crl_distribution_points(&[point])))
}

fn at(name: PointName) -> IssuingPoint {
    IssuingPoint {
        name: Some(name),
        ..IssuingPoint::default()
    }
}

fn directory(names: &[&str]) -> PointName {
    let name = names.iter().fold(DistinguishedName::empty(), |name, text| {
        name.and(provisor_testkit::pki::COMMON_NAME, text)
    });
    PointName::Full(vec![GeneralName::Directory(name)])
}

#[test]
fn the_name_of_the_point_matches() {
    let w = CrlWorld::new();
    let list = |name| {
        CrlBuilder::new()
            .issuing_point(&at(name))
            .signed_by(&w.world.ca)
    };
    let here = PointName::uri(HERE);
    let leaf = leaf_at(&w, Some(&here), None, None);
    w.with_leaf(&leaf, &[&list(here.clone())]).accepted();
    w.with_leaf(&leaf, &[&list(PointName::uri("http://x/"))])
        .refused(Code::X509CrlScope);
    // One name in common is enough.
    let two = PointName::Full(vec![
        GeneralName::Uri("ldap://x/".into()),
        GeneralName::Uri(HERE.into()),
    ]);
    w.with_leaf(&leaf, &[&list(two)]).accepted();
    // Without points in the certificate, the name meant is its issuer's.
    let plain = w.leaf(|builder| builder);
    w.with_leaf(&plain, &[&list(here)])
        .refused(Code::X509CrlScope);
    let issuer = PointName::Full(vec![GeneralName::Directory(w.world.ca.name.clone())]);
    w.with_leaf(&plain, &[&list(issuer)]).accepted();
}

#[test]
fn names_relative_to_the_issuer_are_completed() {
    let w = CrlWorld::new();
    let list = |name| {
        CrlBuilder::new()
            .issuing_point(&at(name))
            .signed_by(&w.world.ca)
    };
    let relative = |text| PointName::Relative(DistinguishedName::cn(text));
    let whole = directory(&["Issuing CA", "list 1"]);
    for (ours, theirs, fits) in [
        (relative("list 1"), relative("LIST  1"), true),
        (relative("list 1"), whole.clone(), true),
        (whole.clone(), relative("list 1"), true),
        (whole.clone(), whole.clone(), true),
        (relative("list 1"), relative("list 2"), false),
        (relative("list 2"), whole.clone(), false),
        (
            relative("list 1"),
            directory(&["Issuing CA", "list 1", "x"]),
            false,
        ),
        (
            relative("list 1"),
            directory(&["Other CA", "list 1"]),
            false,
        ),
    ] {
        let leaf = leaf_at(&w, Some(&ours), None, None);
        let judged = w.with_leaf(&leaf, &[&list(theirs.clone())]);
        if fits {
            judged.accepted();
        } else {
            let rejection = judged.judge().unwrap_err();
            assert_eq!(rejection.code(), Code::X509CrlScope, "{ours:?} {theirs:?}");
        }
    }
}

#[test]
fn a_point_for_some_reasons_is_not_the_whole_answer() {
    let w = CrlWorld::new();
    let here = PointName::uri(HERE);
    let leaf = leaf_at(&w, Some(&here), Some(&[1]), None);
    let list = CrlBuilder::new()
        .issuing_point(&at(here.clone()))
        .signed_by(&w.world.ca);
    w.with_leaf(&leaf, &[&list]).judge().unwrap_err();
    let full = CrlBuilder::new().number(2).signed_by(&w.world.ca);
    w.with_leaf(&leaf, &[&list, &full]).accepted();
}

#[test]
fn an_indirect_list_speaks_for_others() {
    let w = CrlWorld::new();
    let office = CrlWorld::signer(&w.world.root, "List Office", |builder| builder);
    let leaf = leaf_at(&w, None, None, Some(&office));
    let list = |indirect: bool, entries: Vec<CrlEntry>| {
        let point = IssuingPoint {
            indirect,
            only_user: true,
            ..IssuingPoint::default()
        };
        entries
            .into_iter()
            .fold(CrlBuilder::new().issuing_point(&point), CrlBuilder::entry)
            .signed_by(&office)
    };
    let judged = |list| w.with_sent(&leaf, &[&office], &[&list]);
    judged(list(true, vec![])).accepted();
    // It has to say that it is indirect.
    judged(list(false, vec![])).refused(Code::X509CrlScope);
    let serial = [0x21];
    let leaf = w.leaf(|builder| {
        let point = Extension::crl_point(None, None, Some(&office));
        builder
            .serial(&serial)
            .extension(Extension::crl_distribution_points(&[point]))
    });
    let judged = |entries| w.with_sent(&leaf, &[&office], &[&list(true, entries)]);
    // The serial number of another issuer's certificate.
    judged(vec![CrlEntry::new(&serial)]).accepted();
    judged(vec![
        CrlEntry::new(&serial).certificate_issuer(&w.world.root),
    ])
    .accepted();
    judged(vec![CrlEntry::new(&serial).certificate_issuer(&w.world.ca)]).refused(Code::X509Revoked);
    // The issuer holds for the entries that follow, until another is named.
    judged(vec![
        CrlEntry::new(&[1]).certificate_issuer(&w.world.ca),
        CrlEntry::new(&[2]),
        CrlEntry::new(&serial).reason(1),
    ])
    .refused(Code::X509Revoked);
    judged(vec![
        CrlEntry::new(&[1]).certificate_issuer(&w.world.ca),
        CrlEntry::new(&[2]).certificate_issuer(&w.world.root),
        CrlEntry::new(&serial).reason(1),
    ])
    .accepted();
    // Nobody vouches for the signer.
    w.with_sent(&leaf, &[], &[&list(true, vec![])])
        .refused(Code::X509CrlSignerPath);
}

#[test]
fn a_signer_that_its_certificate_names_for_itself_is_believed() {
    let w = CrlWorld::new();
    let bare = CrlWorld::signer(&w.world.ca, "Office", |builder| builder);
    let office = CrlWorld::signer(&w.world.ca, "Office", |builder| {
        let point = Extension::crl_point(None, None, Some(&bare));
        builder.extension(Extension::crl_distribution_points(&[point]))
    });
    let leaf = leaf_at(&w, None, None, Some(&office));
    let point = IssuingPoint {
        indirect: true,
        ..IssuingPoint::default()
    };
    let list = CrlBuilder::new().issuing_point(&point).signed_by(&office);
    w.with_sent(&leaf, &[&office], &[&list]).accepted();
    let confession = CrlBuilder::new()
        .issuing_point(&point)
        .entry(CrlEntry::new(&serial(&office)).certificate_issuer(&w.world.ca))
        .signed_by(&office);
    w.with_sent(&leaf, &[&office], &[&confession])
        .refused(Code::X509CrlSignerPath);
    // Without the distribution point the circle is none that the CA wanted.
    w.with_sent(&leaf, &[&bare], &[&list]).judge().unwrap_err();
}

fn serial(authority: &Authority) -> Vec<u8> {
    provisor_x509::Certificate::from_der(authority.certificate.der())
        .unwrap()
        .serial()
        .to_vec()
}

#[test]
fn signers_in_a_circle_end() {
    let w = CrlWorld::new();
    // Each one's status is in the list of the other.
    let names: Vec<_> = ["A", "B"]
        .map(|name| Authority::root(name, KeyKind::P256, 1))
        .into();
    let signer = |name: &str, other: &Authority| {
        CrlWorld::signer(&w.world.ca, name, |builder| {
            let point = Extension::crl_point(None, None, Some(other));
            builder.extension(Extension::crl_distribution_points(&[point]))
        })
    };
    let (a, b) = (signer("A", &names[1]), signer("B", &names[0]));
    let point = IssuingPoint {
        indirect: true,
        ..IssuingPoint::default()
    };
    let lists = [&a, &b].map(|s| CrlBuilder::new().issuing_point(&point).signed_by(s));
    let leaf = leaf_at(&w, None, None, Some(&a));
    w.with_sent(&leaf, &[&a, &b], &[&lists[0], &lists[1]])
        .refused(Code::X509CrlSignerPath);
}
