//! Revocation: distribution points, entries, serial numbers, issuers and signers of lists.

use super::cast::{Cast, der};
use super::request::{Adversary, Family, Size};
use crate::asn1;
use crate::pki::{
    Authority, CertificateBuilder, CrlBuilder, CrlEntry, DistinguishedName, Extension, GeneralName,
    IssuedCrl, IssuingPoint, KeyKind, KeyPair, PointName,
};

pub(super) fn families() -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    let mut add = |name: &str, make: fn(Size) -> Adversary| {
        families.push((name.to_owned(), Box::new(make)));
    };
    add("long distribution points, 50 lists", |size| {
        points(size, &|n, m| {
            GeneralName::Uri(format!("https://p{n}-{m}.example/{}", "x".repeat(400)))
        })
    });
    add(
        "distribution points of long directory names, 50 lists",
        |size| {
            points(size, &|n, m| {
                let name = format!("{n}-{m} {}", "x ".repeat(200));
                GeneralName::Directory(DistinguishedName::cn(&name))
            })
        },
    );
    add("distribution points with many list issuers", list_issuers);
    add("a list of many entries", |size| {
        entries(size, &CrlEntry::new, false)
    });
    add("a list of many entries with reasons", |size| {
        entries(size, &|serial| CrlEntry::new(serial).reason(1), false)
    });
    add("an indirect list of many entries", |size| {
        let other = Authority::root("Another", KeyKind::Ed25519, 1);
        entries(
            size,
            &|serial| CrlEntry::new(serial).certificate_issuer(&other),
            true,
        )
    });
    add("an indirect list of issuers with many names", indirect);
    add("a serial number of zeros, many entries", padded_serial);
    add("lists of almost the issuer's name", almost);
    add("many signers of one name for a long list", signers);
    add("many lists of the issuer", many);
    families
}

/// The lists that the path needs beside those of the adversary.
fn lists(cast: &Cast, own: Vec<IssuedCrl>) -> Vec<Vec<u8>> {
    let root = CrlBuilder::new().signed_by(&cast.root);
    std::iter::once(root)
        .chain(own)
        .map(|list| list.der().to_vec())
        .collect()
}

/// A CA with as many points and names as are read, in two certificates, and fifty lists of the
/// operator for other points.
fn points(size: Size, name: &dyn Fn(usize, usize) -> GeneralName) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let points: Vec<_> = (0..size.of(32))
        .map(|n| {
            let names = (0..16).map(|m| name(n, m)).collect();
            Extension::crl_point(Some(&PointName::Full(names)), None, None)
        })
        .collect();
    let points = Extension::crl_distribution_points(&points);
    let child = cast.child(1, vec![points.clone()]);
    let twin = cast.child(
        1,
        vec![points, Extension::new("1.3.6.1.4.1.99999.1", false, [5, 0])],
    );
    let own = (0..50).map(|n| {
        let names = (0..16).map(|m| name(100 + n, m)).collect();
        let point = IssuingPoint {
            name: Some(PointName::Full(names)),
            ..IssuingPoint::default()
        };
        CrlBuilder::new().issuing_point(&point).signed_by(&cast.ca)
    });
    let leaf = Cast::leaf(&child, Vec::new());
    Adversary {
        lists: lists(&cast, own.collect()),
        ..cast.request(leaf, &[&child, &twin])
    }
}

/// Points that name sixteen issuers of lists each.
fn list_issuers(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let points: Vec<_> = (0..size.of(32))
        .map(|n| {
            let issuers: Vec<u8> = (0..16)
                .flat_map(|m| {
                    let name = format!("{n}-{m} {}", "y ".repeat(180));
                    GeneralName::Directory(DistinguishedName::cn(&name)).der()
                })
                .collect();
            asn1::sequence(&[&asn1::tlv(0xa2, &issuers)])
        })
        .collect();
    let child = cast.child(1, vec![Extension::crl_distribution_points(&points)]);
    let own = (0..50).map(|_| CrlBuilder::new().signed_by(&cast.ca));
    let leaf = Cast::leaf(&child, Vec::new());
    Adversary {
        lists: lists(&cast, own.collect()),
        ..cast.request(leaf, &[&child])
    }
}

fn entries(size: Size, entry: &dyn Fn(&[u8]) -> CrlEntry, indirect: bool) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let mut list = CrlBuilder::new();
    if indirect {
        list = list.issuing_point(&IssuingPoint {
            indirect,
            ..IssuingPoint::default()
        });
    }
    let count = u32::try_from(size.of(200_000)).unwrap();
    let list = (0..count).fold(list, |list, n| {
        list.entry(entry(&[&[1][..], &n.to_be_bytes()].concat()))
    });
    let leaf = Cast::leaf(&cast.ca, Vec::new());
    Adversary {
        lists: lists(&cast, vec![list.signed_by(&cast.ca)]),
        ..cast.request(leaf, &[])
    }
}

/// Every entry is for the serial number asked for, and names hundreds of issuers that are not the one.
fn indirect(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let names: Vec<u8> = (0..100)
        .flat_map(|n| GeneralName::Directory(DistinguishedName::cn(&format!("busy  ca {n}"))).der())
        .collect();
    let issuers = Extension::new("2.5.29.29", true, asn1::tlv(asn1::SEQUENCE, &names));
    let list = CrlBuilder::new().issuing_point(&IssuingPoint {
        indirect: true,
        ..IssuingPoint::default()
    });
    let list = (0..size.of(5_000)).fold(list, |list, _| {
        list.entry(CrlEntry::new(&[7]).extension(issuers.clone()))
    });
    let leaf = serial_7(&cast.ca, &[7]);
    Adversary {
        lists: lists(&cast, vec![list.signed_by(&cast.ca)]),
        ..cast.request(leaf, &[])
    }
}

/// A serial number with a quarter of a megabyte of zeros in front.
fn padded_serial(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let mut serial = vec![0; size.of(200_000)];
    serial.push(7);
    let list = (0..20_000_u32).fold(CrlBuilder::new(), |list, n| {
        list.entry(CrlEntry::new(&[&[1][..], &n.to_be_bytes()].concat()))
    });
    let leaf = serial_7(&cast.ca, &serial);
    Adversary {
        lists: lists(&cast, vec![list.signed_by(&cast.ca)]),
        ..cast.request(leaf, &[])
    }
}

fn serial_7(ca: &Authority, serial: &[u8]) -> Vec<u8> {
    let key = KeyPair::new(KeyKind::Ed25519, 1, "stranger");
    CertificateBuilder::device(DistinguishedName::cn("stranger"), &key)
        .serial_raw(serial)
        .issued_by(ca)
        .der()
        .to_vec()
}

/// Lists of somebody whose name is almost that of the CA, long and in another order.
fn almost(size: Size) -> Adversary {
    let mut cast = Cast::new(KeyKind::P256);
    let key = KeyPair::new(KeyKind::P256, 9, "long");
    let name = long_name("", |n| 8 - n);
    cast.ca =
        CertificateBuilder::ca(name.clone(), &key, None).into_authority(name, key, &cast.root);
    let stranger = Authority {
        name: long_name("!", |_| 0),
        ..Authority::root("x", KeyKind::Ed25519, 1)
    };
    let list = CrlBuilder::new().signed_by(&stranger);
    let leaf = Cast::leaf(&cast.ca, Vec::new());
    Adversary {
        lists: lists(&cast, vec![list; size.of(1_000)]),
        ..cast.request(leaf, &[])
    }
}

/// A part of eight long names, the names ordered so that the spaces behind them turn the order round.
pub(super) fn long_name(last: &str, spaces: impl Fn(usize) -> usize) -> DistinguishedName {
    let text = |n: usize| {
        let end = if n == 7 { last } else { "" };
        format!("{}{n}{end}{}", "x".repeat(400), " ".repeat(spaces(n)))
    };
    (1..8).fold(DistinguishedName::cn(&text(0)), |name, n| {
        name.joined_by("2.5.4.3", &text(n))
    })
}

/// A list of somebody else whom the leaf's point names, and many certificates that may be his: the list
/// is hashed for each of their keys.
fn signers(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let signer = Authority::root("List Signer", KeyKind::P256, 5);
    let list = CrlBuilder::new().issuing_point(&IssuingPoint {
        indirect: true,
        ..IssuingPoint::default()
    });
    let count = u32::try_from(size.of(50_000)).unwrap();
    let list = (0..count).fold(list, |list, n| {
        list.entry(CrlEntry::new(&[&[1][..], &n.to_be_bytes()].concat()))
    });
    let point = Extension::crl_point(None, None, Some(&signer));
    let leaf = Cast::leaf(&cast.ca, vec![Extension::crl_distribution_points(&[point])]);
    let mut request = cast.request(leaf, &[]);
    request.sent.extend(Cast::lookalikes(&signer, 100));
    request.lists = lists(&cast, vec![list.signed_by(&signer)]);
    request
}

/// Thousands of lists of the right issuer, each newer than the one before.
fn many(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let own = CrlBuilder::new().signed_by(&cast.ca);
    let leaf = Cast::leaf(&cast.ca, Vec::new());
    let mut request = cast.request(leaf, &[]);
    request.sent.push(der(&cast.root));
    request.lists = lists(&cast, vec![own; size.of(4_000)]);
    request
}
