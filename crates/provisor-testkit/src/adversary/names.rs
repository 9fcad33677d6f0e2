//! Names below name constraints: of all nine forms, as base and as name, many and long.

use super::cast::{Cast, der};
use super::request::{Adversary, Family, Size};
use crate::asn1;
use crate::pki::{DistinguishedName, Extension, GeneralName, KeyKind};

/// The nine forms of RFC 5280 section 4.2.1.6.
const FORMS: [&str; 9] = [
    "otherName",
    "rfc822Name",
    "dNSName",
    "x400Address",
    "directoryName",
    "ediPartyName",
    "uniformResourceIdentifier",
    "iPAddress",
    "registeredID",
];

/// What the extensions of one certificate may take.
const ROOM: usize = 240_000;

pub(super) fn families() -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    let mut add = |name: String, make: Box<dyn Fn(Size) -> Adversary>| families.push((name, make));
    for form in FORMS {
        // Bases that do not concern the names, which are as many as fit.
        add(
            format!("{form} excluded, many, over names of another form"),
            Box::new(move |size| below(&fill(size, |n| base(form, n)), &fill(size, other(form)))),
        );
        // One base as long as its form allows, over the same names.
        add(
            format!("{form} excluded, one and long, over names of another form"),
            Box::new(move |size| below(&[long(form, size)], &fill(Size::Full, other(form)))),
        );
        // Names as long as their form allows, below bases of another form.
        add(
            format!("{form} long as names below bases of another form"),
            Box::new(move |size| {
                let names = [long_name(form, size)];
                let other = if form == "dNSName" {
                    "iPAddress"
                } else {
                    "dNSName"
                };
                below(&fill(Size::Full, |n| base(other, n)), &names)
            }),
        );
    }
    for form in [
        "rfc822Name",
        "dNSName",
        "directoryName",
        "uniformResourceIdentifier",
        "iPAddress",
    ] {
        add(
            format!("{form} on both sides"),
            Box::new(move |size| {
                let names: Vec<_> = (0..size.of(4_000)).map(|n| name(form, n)).collect();
                below(&fill(size, |n| base(form, n)), &names)
            }),
        );
    }
    add(
        "name constraints of ten CAs on all paths".into(),
        Box::new(mesh),
    );
    add(
        "names that are hard to fold below constraints".into(),
        Box::new(folded),
    );
    families
}

/// The constraints in a CA of the busy CA's own name, the names in a device below it.
fn below(excluded: &[GeneralName], names: &[GeneralName]) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let child = cast.child(1, vec![Extension::name_constraints(&[], excluded)]);
    let leaf = Cast::leaf(&child, vec![Extension::subject_alt_name(names)]);
    cast.request(leaf, &[&child])
}

/// Each of ten CAs of one name certifies the next in two ways, and all constrain: many paths reach the
/// anchor, and every one of them is refused by the last name.
fn mesh(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let permitted = [GeneralName::Dns("x.org".into())];
    let excluded: Vec<_> = (0..size.of(40)).map(|n| base("dNSName", n)).collect();
    let mut sent = Vec::new();
    let mut parent = cast.ca.clone();
    for layer in 0..5 {
        let constraints = Extension::name_constraints(&permitted, &excluded);
        let child = cast.child_of(&parent, layer, vec![constraints.clone()]);
        // The same key again in another certificate.
        let twin = cast.child_of(
            &parent,
            layer,
            vec![
                constraints,
                Extension::new("1.3.6.1.4.1.99999.1", false, [5, 0]),
            ],
        );
        sent.extend([der(&child), der(&twin)]);
        parent = child;
    }
    let mut names: Vec<_> = (0..size.of(400))
        .map(|n| GeneralName::Dns(format!("device-{n}.x.org")))
        .collect();
    names.push(GeneralName::Dns("elsewhere.example".into()));
    let leaf = Cast::leaf(&parent, vec![Extension::subject_alt_name(&names)]);
    let mut request = cast.request(leaf, &[]);
    request.sent.extend(sent);
    request
}

/// Directory names of wide characters, which have to be folded one by one.
fn folded(size: Size) -> Adversary {
    let wide = |last: &str| {
        let text: Vec<u8> = format!("{}{last}", "\u{130}".repeat(600))
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        DistinguishedName::cn("x").and_raw("2.5.4.3", asn1::BMP_STRING, &text)
    };
    let names: Vec<_> = (0..size.of(150))
        .map(|n| GeneralName::Directory(wide(&n.to_string())))
        .collect();
    let bases: Vec<_> = (0..size.of(150))
        .map(|n| GeneralName::Directory(wide(&format!("b{n}"))))
        .collect();
    below(&bases, &names)
}

/// As many as the size leaves room for.
fn fill(size: Size, make: impl Fn(usize) -> GeneralName) -> Vec<GeneralName> {
    let (mut left, mut names) = (size.of(ROOM), Vec::new());
    for n in 0.. {
        let name = make(n);
        // In a constraint each stands in a SEQUENCE of its own.
        let length = name.der().len() + 4;
        if length > left {
            break;
        }
        left -= length;
        names.push(name);
    }
    names
}

/// A short name of another form.
fn other(form: &'static str) -> impl Fn(usize) -> GeneralName {
    move |_| match form {
        "dNSName" => GeneralName::Raw(0x86, b"a".to_vec()),
        _ => GeneralName::Dns("a".into()),
    }
}

/// A base of that form.
fn base(form: &str, n: usize) -> GeneralName {
    match form {
        "rfc822Name" => GeneralName::Rfc822(format!("m{n}.y.org")),
        "uniformResourceIdentifier" => GeneralName::Uri(format!("u{n}.y.org")),
        "iPAddress" => {
            let [.., a, b, c] = n.to_be_bytes();
            GeneralName::Ip(vec![10, a, b, c, 255, 255, 255, 255])
        }
        _ => name(form, n),
    }
}

/// A name of that form.
fn name(form: &str, n: usize) -> GeneralName {
    let digits = n.to_be_bytes();
    match form {
        "otherName" => other_name(&asn1::octet_string(&digits)),
        "rfc822Name" => GeneralName::Rfc822(format!("a@n{n}.z.org")),
        "dNSName" => GeneralName::Dns(format!("d{n}.z.org")),
        "x400Address" => GeneralName::Raw(0xa3, asn1::octet_string(&digits)),
        "directoryName" => GeneralName::Directory(DistinguishedName::cn(&format!("n{n}"))),
        "ediPartyName" => GeneralName::Raw(0xa5, asn1::octet_string(&digits)),
        "uniformResourceIdentifier" => GeneralName::Uri(format!("https://u{n}.z.org/")),
        "iPAddress" => GeneralName::Ip(vec![192, 0, 2, digits[7]]),
        "registeredID" => {
            GeneralName::Raw(0x88, asn1::oid(&format!("1.3.6.1.4.1.{n}"))[2..].to_vec())
        }
        _ => panic!("no form {form}"),
    }
}

fn other_name(value: &[u8]) -> GeneralName {
    let value = [asn1::oid("1.3.6.1.4.1.99999.9"), asn1::tlv(0xa0, value)].concat();
    GeneralName::Raw(0xa0, value)
}

/// A base as long as is read.
fn long(form: &str, size: Size) -> GeneralName {
    let bytes = vec![b'x'; size.of(ROOM)];
    match form {
        // Bases of these forms are hosts.
        "dNSName" | "rfc822Name" | "uniformResourceIdentifier" | "iPAddress" => base(form, 7),
        _ => long_bytes(form, &bytes),
    }
}

/// A name as long as is read.
fn long_name(form: &str, size: Size) -> GeneralName {
    long_bytes(form, &vec![b'x'; size.of(ROOM)])
}

fn long_bytes(form: &str, bytes: &[u8]) -> GeneralName {
    match form {
        "otherName" => other_name(&asn1::octet_string(bytes)),
        "rfc822Name" => GeneralName::Raw(0x81, [bytes, b"@z.org"].concat()),
        "dNSName" => GeneralName::Raw(0x82, bytes.to_vec()),
        "x400Address" => GeneralName::Raw(0xa3, asn1::octet_string(bytes)),
        "directoryName" => {
            let text = "x".repeat(bytes.len().min(4_000));
            GeneralName::Directory(DistinguishedName::cn(&text))
        }
        "ediPartyName" => GeneralName::Raw(0xa5, asn1::octet_string(bytes)),
        "uniformResourceIdentifier" => {
            GeneralName::Raw(0x86, [b"https://u.z.org/", bytes].concat())
        }
        "iPAddress" => GeneralName::Raw(0x87, bytes.to_vec()),
        // One arc of as many bytes.
        "registeredID" => GeneralName::Raw(0x88, vec![0x2b; bytes.len().min(64)]),
        _ => panic!("no form {form}"),
    }
}
