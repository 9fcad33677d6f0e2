//! Name constraints in a CA, names in a leaf.

use provisor_testkit::pki::{DistinguishedName, Extension, GeneralName, KeyKind};
use provisor_x509::Code;

use crate::world::{Chain, World, device};

fn dns(text: &str) -> GeneralName {
    GeneralName::Dns(text.into())
}

fn mail(text: &str) -> GeneralName {
    GeneralName::Rfc822(text.into())
}

fn uri(text: &str) -> GeneralName {
    GeneralName::Uri(text.into())
}

fn dn(text: &str) -> GeneralName {
    GeneralName::Directory(DistinguishedName::cn(text))
}

fn chain(permitted: &[GeneralName], excluded: &[GeneralName], names: &[GeneralName]) -> Chain {
    World::new().with_ca_and_leaf(
        |ca| ca.extension(Extension::name_constraints(permitted, excluded)),
        |leaf| {
            if names.is_empty() {
                leaf
            } else {
                leaf.extension(Extension::subject_alt_name(names))
            }
        },
    )
}

#[test]
fn each_form_is_permitted_and_excluded() {
    let ip = |bytes: &[u8]| GeneralName::Ip(bytes.to_vec());
    for (base, inside, outside) in [
        (dns("example.com"), dns("a.example.com"), dns("example.org")),
        (
            mail("example.com"),
            mail("a@example.com"),
            mail("a@example.org"),
        ),
        (
            uri(".example.com"),
            uri("https://a.example.com/x"),
            uri("https://example.com/"),
        ),
        (
            ip(&[192, 0, 2, 0, 255, 255, 255, 0]),
            ip(&[192, 0, 2, 9]),
            ip(&[192, 0, 3, 9]),
        ),
        // The subject is CN=device-7 throughout.
        (dn("device-7"), dn("DEVICE-7"), dn("other")),
    ] {
        let only = core::slice::from_ref;
        chain(only(&base), &[], only(&inside)).accepted();
        chain(only(&base), &[], only(&outside)).refused(Code::X509NameNotPermitted);
        chain(&[], only(&base), only(&inside)).refused(Code::X509NameExcluded);
        if !matches!(base, GeneralName::Directory(_)) {
            chain(&[], only(&base), only(&outside)).accepted();
            // Both lists: the excluded one wins.
            chain(only(&base), only(&base), only(&inside)).refused(Code::X509NameExcluded);
            // Another form is not constrained.
            chain(only(&base), &[], &[dn("device-7")]).accepted();
        }
    }
}

#[test]
fn an_excluded_name_does_not_slip_through_in_another_writing() {
    let against = |tag: u8, value: &[u8]| {
        let name = DistinguishedName::cn("x").and_raw("2.5.4.10", tag, value);
        let base = DistinguishedName::cn("x").and("2.5.4.10", "Evil");
        let (base, name) = (GeneralName::Directory(base), GeneralName::Directory(name));
        chain(&[], &[base], &[name])
    };
    // VisibleString, a soft hyphen, a zero-width space: read and recognised.
    against(0x1a, b"evil").refused(Code::X509NameExcluded);
    against(0x0c, "Ev\u{ad}il\u{200b}".as_bytes()).refused(Code::X509NameExcluded);
    // GeneralString, full width: nobody can tell.
    against(0x1b, b"Evil").refused(Code::X509NameUncheckable);
    against(0x0c, "\u{ff25}vil".as_bytes()).refused(Code::X509NameUncheckable);
    against(0x0c, b"Good").accepted();
    against(0x0c, "\u{d6}vil".as_bytes()).accepted();
}

#[test]
fn the_subject_is_constrained_without_any_alternative_name() {
    chain(&[dn("device-7")], &[], &[]).accepted();
    chain(&[dn("device-8")], &[], &[]).refused(Code::X509NameNotPermitted);
    chain(&[], &[dn("device-7")], &[]).refused(Code::X509NameExcluded);
}

#[test]
fn an_address_in_the_subject_is_constrained() {
    let world = World::new();
    let leaf = |address: &str| {
        let name =
            DistinguishedName::cn("d").and_raw("1.2.840.113549.1.9.1", 0x16, address.as_bytes());
        let key = provisor_testkit::pki::KeyPair::new(KeyKind::P256, 1, "d");
        provisor_testkit::pki::CertificateBuilder::device(name, &key).issued_by(&world.ca)
    };
    let ca = |permitted| {
        provisor_testkit::pki::CertificateBuilder::ca(world.ca.name.clone(), &world.ca.key, None)
            .extension(Extension::name_constraints(&[mail(permitted)], &[]))
            .issued_by(&world.root)
    };
    let ca = ca("example.com");
    let judge = |address| Chain::new(&leaf(address), &[&ca], &[&world.root.certificate]);
    judge("a@example.com").accepted();
    judge("a@example.org").refused(Code::X509NameNotPermitted);
}

#[test]
fn what_cannot_be_compared_is_refused_only_where_it_is_there() {
    let other = GeneralName::Raw(0xa0, [&[6, 1, 0x55][..], &[0xa0, 2, 5, 0]].concat());
    let other = core::slice::from_ref(&other);
    chain(&[], other, &[dns("example.com")]).accepted();
    chain(&[], other, other).refused(Code::X509NameUncheckable);
    chain(&[mail("example.com")], &[], &[mail("a@b@example.com")])
        .refused(Code::X509NameUncheckable);
    chain(&[], &[dns("example.com")], &[dns("a..b")]).refused(Code::X509NameUncheckable);
    chain(&[], &[mail("example.com")], &[dns("a..b")]).accepted();
}

#[test]
fn malformed_constraints_are_refused_whatever_the_names() {
    for base in [
        dns("*.example.com"),
        dns(".example.com"),
        mail("a@b@example.com"),
        uri("https://example.com"),
        GeneralName::Ip(vec![192, 0, 2, 0]),
        GeneralName::Ip(vec![192, 0, 2, 0, 255, 0, 255, 0]),
    ] {
        chain(&[], &[base], &[]).refused(Code::X509NameConstraints);
    }
    chain(&[], &[], &[]).refused(Code::X509NameConstraints);
}

#[test]
fn constraints_reach_the_leaf_through_every_level_and_only_narrow() {
    let world = World::new();
    let constrained = |names: &[GeneralName]| Extension::name_constraints(names, &[]);
    let one =
        provisor_testkit::pki::CertificateBuilder::ca(world.ca.name.clone(), &world.ca.key, None)
            .extension(constrained(&[dns("a.example.com")]))
            .issued_by(&world.root);
    let key = provisor_testkit::pki::KeyPair::new(KeyKind::P256, 1, "two");
    let name = DistinguishedName::cn("two");
    let two = provisor_testkit::pki::CertificateBuilder::ca(name.clone(), &key, None)
        .extension(constrained(&[dns("example.com")]))
        .into_authority(name, key, &world.ca);
    let judge = |host: &str| {
        let leaf = device("d")
            .extension(Extension::subject_alt_name(&[dns(host)]))
            .issued_by(&two);
        Chain::new(&leaf, &[&one, &two.certificate], &[&world.root.certificate])
    };
    judge("x.a.example.com").accepted();
    judge("b.example.com").refused(Code::X509NameNotPermitted);
}

/// RFC 5280 section 6.1.1 (h), (i): constraints of the caller hold like those of a CA at the top.
#[test]
fn the_caller_may_add_constraints() {
    use provisor_testkit::asn1;
    use provisor_x509::{Certificate, PathVerifier, TrustAnchor};

    let world = World::new();
    let subtrees = |tag: u8, names: &[GeneralName]| {
        let trees: Vec<u8> = names
            .iter()
            .flat_map(|name| asn1::sequence(&[&name.der()]))
            .collect();
        asn1::sequence(&[&asn1::tlv(tag, &trees)])
    };
    let permitted = |names: &[GeneralName]| subtrees(0xa0, names);
    let excluded = |names: &[GeneralName]| subtrees(0xa1, names);
    let leaf = |name: &str| {
        world.with_leaf(|leaf| leaf.extension(Extension::subject_alt_name(&[dns(name)])))
    };
    let judge = |chain: &Chain, der: &[u8]| {
        let root = Certificate::from_der(&chain.anchors[0]).unwrap();
        let sent = [Certificate::from_der(&chain.sent[0]).unwrap()];
        let leaf = Certificate::from_der(&chain.leaf).unwrap();
        let anchors = [TrustAnchor::from_certificate(&root).unwrap()];
        let verifier = PathVerifier::new(&chain.profile, &anchors).intermediates(&sent);
        let verifier = verifier.name_constraints(der).map_err(|e| e.code())?;
        let verdict = verifier.verify(&leaf, chain.now).map(|_| ());
        let report = verifier.explain(&leaf, chain.now);
        assert_eq!(report.rejection(), verdict.as_ref().err());
        verdict.map_err(|rejection| rejection.code())
    };
    let plant = permitted(&[dns("plant.example")]);
    assert_eq!(judge(&leaf("a.plant.example"), &plant), Ok(()));
    assert_eq!(
        judge(&leaf("a.office.example"), &plant),
        Err(Code::X509NameNotPermitted)
    );
    assert_eq!(
        judge(&leaf("a.plant.example"), &excluded(&[dns("plant.example")])),
        Err(Code::X509NameExcluded)
    );
    // They hold for the CAs as well: the issuing CA is not below the device's name.
    let ca = excluded(&[dn("Issuing CA")]);
    assert_eq!(judge(&leaf("a"), &ca), Err(Code::X509NameExcluded));
    for wrong in [&[][..], &[0x30, 0], &[&plant[..], &[0]].concat()] {
        assert!(judge(&leaf("a.plant.example"), wrong).is_err(), "{wrong:?}");
    }
}
