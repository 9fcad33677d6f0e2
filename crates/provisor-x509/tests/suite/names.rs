//! Names as they are read and shown.

use provisor_testkit::asn1;
use provisor_testkit::pki::{Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair};
use provisor_x509::{Certificate, Code};

use crate::world::{Chain, device};

const UNIVERSAL_STRING: u8 = 0x1c;

fn certificate(name: DistinguishedName) -> Vec<u8> {
    let key = KeyPair::new(KeyKind::P256, 1, "d");
    CertificateBuilder::device(name, &key)
        .self_signed(&key)
        .der()
        .to_vec()
}

fn wide(text: &str, bytes: usize) -> Vec<u8> {
    text.chars()
        .flat_map(|c| u32::from(c).to_be_bytes()[4 - bytes..].to_vec())
        .collect()
}

#[test]
fn text_is_read_in_every_string_type() {
    let text = "line_7-0001";
    for (tag, value, string_type) in [
        (asn1::UTF8_STRING, text.as_bytes().to_vec(), "UTF8String"),
        (
            asn1::PRINTABLE_STRING,
            text.as_bytes().to_vec(),
            "PrintableString",
        ),
        (asn1::IA5_STRING, text.as_bytes().to_vec(), "IA5String"),
        (
            asn1::TELETEX_STRING,
            text.as_bytes().to_vec(),
            "TeletexString (T61String)",
        ),
        (0x1a, text.as_bytes().to_vec(), "VisibleString"),
        (asn1::BMP_STRING, wide(text, 2), "BMPString"),
        (UNIVERSAL_STRING, wide(text, 4), "UniversalString"),
    ] {
        let der = certificate(DistinguishedName::empty().and_raw("2.5.4.3", tag, &value));
        let read = Certificate::from_der(&der).unwrap();
        let name = read.subject().common_names().next().unwrap();
        assert_eq!(name.text().as_deref(), Some(text), "{string_type}");
        assert_eq!(name.string_type(), string_type);
        assert_eq!(read.subject().to_string(), format!("CN={text}"));
    }
    for (tag, value) in [
        // Nobody knows which character set this is in.
        (asn1::TELETEX_STRING, b"gr\xfcn".to_vec()),
        (asn1::UTF8_STRING, b"gr\xfcn".to_vec()),
        (asn1::PRINTABLE_STRING, b"gr\xfcn".to_vec()),
        // Half a character, half of a pair.
        (asn1::BMP_STRING, b"\0a\0".to_vec()),
        (asn1::BMP_STRING, vec![0xd8, 0]),
        (UNIVERSAL_STRING, vec![0, 0x11, 0, 0]),
        (asn1::OCTET_STRING, b"a".to_vec()),
    ] {
        let der = certificate(DistinguishedName::empty().and_raw("2.5.4.3", tag, &value));
        let read = Certificate::from_der(&der).unwrap();
        let name = read.subject().common_names().next().unwrap();
        assert_eq!(name.text(), None, "{tag:#x} {value:02x?}");
    }
    // Beyond ASCII the wide types are certain.
    let der = certificate(DistinguishedName::empty().and_raw(
        "2.5.4.3",
        asn1::BMP_STRING,
        &wide("grün", 2),
    ));
    let read = Certificate::from_der(&der).unwrap();
    assert_eq!(
        read.subject()
            .common_names()
            .next()
            .unwrap()
            .text()
            .as_deref(),
        Some("grün")
    );
}

#[test]
fn names_are_the_same_across_string_types_only_where_the_text_is() {
    let root = Authority::root("Line 7", KeyKind::P256, 1);
    for (tag, value, same) in [
        (asn1::TELETEX_STRING, b"LINE  7".to_vec(), true),
        (asn1::BMP_STRING, wide("Line 7", 2), true),
        (UNIVERSAL_STRING, wide("line 7", 4), true),
        (asn1::BMP_STRING, wide("Line 8", 2), false),
        // The same bytes, read as wide characters, are other text.
        (asn1::BMP_STRING, b"Line 7".to_vec(), false),
    ] {
        let issuer = DistinguishedName::empty().and_raw("2.5.4.3", tag, &value);
        let leaf = device("d").issuer(&issuer).issued_by(&root);
        let chain = Chain::new(&leaf, &[], &[&root.certificate]);
        match same {
            true => chain.accepted(),
            false => chain.refused(Code::X509IssuerNotFound),
        }
    }
}

#[test]
fn the_attributes_of_devices_are_shown_as_text() {
    let shown = |oid: &str, text: &str| {
        let der = certificate(DistinguishedName::cn("d").and(oid, text));
        Certificate::from_der(&der).unwrap().subject().to_string()
    };
    for (oid, text, expected) in [
        ("1.3.6.1.4.1.37244.2.1", "FFF1", "VID=FFF1,CN=d"),
        ("1.3.6.1.4.1.37244.2.2", "8000", "PID=8000,CN=d"),
        (
            "2.23.133.2.1",
            "id:49465800",
            "tpmManufacturer=id:49465800,CN=d",
        ),
        ("2.5.4.5", "89049032", "serialNumber=89049032,CN=d"),
        ("2.5.4.65", "x", "pseudonym=x,CN=d"),
        ("1.2.840.113549.1.9.2", "host", "unstructuredName=host,CN=d"),
        // A type that nobody knows is a number, its text is text, and specials are escaped.
        (
            "1.3.6.1.4.1.99999.1",
            "a,b",
            r"1.3.6.1.4.1.99999.1=a\,b,CN=d",
        ),
        (
            "1.3.6.1.4.1.99999.1",
            "a\nb",
            r"1.3.6.1.4.1.99999.1=a\0Ab,CN=d",
        ),
    ] {
        assert_eq!(shown(oid, text), expected);
    }
    let der = certificate(DistinguishedName::cn("d").and_raw(
        "1.3.6.1.4.1.99999.1",
        asn1::OCTET_STRING,
        &[7],
    ));
    let read = Certificate::from_der(&der).unwrap();
    assert_eq!(
        read.subject().to_string(),
        "1.3.6.1.4.1.99999.1=#040107,CN=d"
    );
}
