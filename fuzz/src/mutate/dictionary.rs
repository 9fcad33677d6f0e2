//! What certificates and lists are made of, to be put where it does not belong.

use std::sync::OnceLock;

use provisor_testkit::asn1;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, DistinguishedName, Extension, GeneralName,
    IssuingPoint, KeyKind, KeyPair, KeyUsage, PointName, ToyPki, TpmVendor,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::tlv::Node;

/// Whole structures, extensions, and values of the simple types.
#[derive(Debug)]
pub struct Dictionary {
    /// Certificates, DER.
    pub certificates: Vec<Vec<u8>>,
    /// Certificates of CAs without key identifiers, DER: whoever issues them, and whoever they issue.
    pub issuers: Vec<Vec<u8>>,
    /// Names for them.
    pub issuer_names: Vec<Node>,
    /// Revocation lists, DER.
    pub lists: Vec<Vec<u8>>,
    /// Extensions of certificates.
    pub extensions: Vec<Node>,
    /// Extensions of lists and of their entries.
    pub list_extensions: Vec<Node>,
    /// Names.
    pub names: Vec<Node>,
    /// General names, each with its own tag.
    pub general_names: Vec<Node>,
    /// Object identifiers.
    pub oids: Vec<Node>,
    /// Validity times, good and odd.
    pub times: Vec<Node>,
    /// Algorithm identifiers of signatures and keys.
    pub algorithms: Vec<Node>,
    /// Contents of INTEGERs.
    pub integers: Vec<Vec<u8>>,
    /// Contents of strings.
    pub strings: Vec<Vec<u8>>,
    /// Tags that occur, and that do not.
    pub tags: Vec<u8>,
}

/// The dictionary, the same in every run.
pub fn dictionary() -> &'static Dictionary {
    static DICTIONARY: OnceLock<Dictionary> = OnceLock::new();
    DICTIONARY.get_or_init(|| {
        let (certificates, lists) = structures();
        Dictionary {
            certificates,
            issuers: issuers(),
            issuer_names: nodes(
                (0..24).map(|number| DistinguishedName::cn(&format!("CA {number}")).der()),
            ),
            lists,
            extensions: nodes(extensions().iter().map(Extension::der)),
            list_extensions: nodes(list_extensions()),
            names: nodes(names().iter().map(DistinguishedName::der)),
            general_names: nodes(general_names().iter().map(GeneralName::der)),
            oids: nodes(OIDS.iter().map(|dotted| asn1::oid(dotted))),
            times: times(),
            algorithms: nodes(algorithms()),
            integers: INTEGERS.iter().map(|bytes| bytes.to_vec()).collect(),
            strings: STRINGS.iter().map(|bytes| bytes.to_vec()).collect(),
            tags: TAGS.to_vec(),
        }
    })
}

const OIDS: [&str; 34] = [
    "2.5.4.3",
    "2.5.4.5",
    "2.5.4.6",
    "2.5.4.10",
    "2.5.4.11",
    "0.9.2342.19200300.100.1.25",
    "1.2.840.113549.1.9.1",
    "2.5.29.14",
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.18",
    "2.5.29.19",
    "2.5.29.20",
    "2.5.29.21",
    "2.5.29.24",
    "2.5.29.27",
    "2.5.29.28",
    "2.5.29.29",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.32",
    "2.5.29.32.0",
    "2.5.29.33",
    "2.5.29.35",
    "2.5.29.36",
    "2.5.29.37",
    "2.5.29.37.0",
    "2.5.29.46",
    "2.5.29.54",
    "1.3.6.1.5.5.7.3.1",
    "1.3.6.1.5.5.7.3.2",
    "2.23.133.8.1",
    "2.23.133.8.3",
    "1.3.6.1.4.1.99999.1",
];

const INTEGERS: [&[u8]; 14] = [
    &[],
    &[0],
    &[1],
    &[2],
    &[3],
    &[0x7f],
    &[0x80],
    &[0xff],
    &[0, 0x80],
    &[0, 0],
    &[0xff, 0xff],
    &[1, 0],
    &[0x7f; 20],
    &[0x7f; 21],
];

const STRINGS: [&[u8]; 18] = [
    b"",
    b" ",
    b"line-7-0001",
    b"Line-7-0001",
    b" line-7  0001 ",
    b"example.net",
    b".example.net",
    b"*.example.net",
    b"bad.example.net",
    b"a@example.net",
    b"http://a.example.net/1.crl",
    b"id:544F5900",
    b"a\0b",
    b"\0",
    b"\xc3\xa9",
    b"\xff\xfe",
    b"\0l\0i",
    &[b'a'; 65],
];

const TAGS: [u8; 30] = [
    1, 2, 3, 4, 5, 6, 0x0a, 0x0c, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1c, 0x1e, 0x30, 0x31, 0x80, 0x81,
    0x82, 0x83, 0x86, 0x87, 0x88, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x9e,
];

fn nodes(all: impl IntoIterator<Item = Vec<u8>>) -> Vec<Node> {
    all.into_iter()
        .map(|der| Node::parse(&der).expect("the test kit writes DER"))
        .collect()
}

fn structures() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let pki = ToyPki::new(1);
    let other = ToyPki::new(2);
    let vendor = TpmVendor::new(1);
    let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
    let (root, issuing) = (&pki.root, &pki.intermediate);
    // The same name and key under another root: a way around, or a loop.
    let cross =
        CertificateBuilder::ca(issuing.name.clone(), &issuing.key, None).issued_by(&other.root);
    let back = CertificateBuilder::ca(root.name.clone(), &root.key, None).issued_by(issuing);
    let twin = Authority::root("Toy Issuing CA", KeyKind::Ed25519, 3);
    let mut certificates = vec![
        root.certificate.clone(),
        issuing.certificate.clone(),
        other.root.certificate.clone(),
        vendor.root.certificate.clone(),
        vendor.issuing.certificate.clone(),
        vendor.ek_certificate(&tpm),
        cross,
        back,
        twin.certificate,
    ];
    for kind in KeyKind::ALL {
        certificates.push(pki.device("line-7-0001", kind).certificate);
    }
    let device = pki.device("line-7-0001", KeyKind::P256).certificate;
    let indirect = IssuingPoint {
        indirect: true,
        ..IssuingPoint::default()
    };
    let lists = [
        CrlBuilder::new().signed_by(root),
        CrlBuilder::new().signed_by(issuing),
        CrlBuilder::new().revoke(&device, 1).signed_by(issuing),
        CrlBuilder::new().revoke(&device, 6).signed_by(issuing),
        CrlBuilder::new()
            .number(2)
            .delta_of(1)
            .revoke(&device, 8)
            .signed_by(issuing),
        CrlBuilder::new().issuing_point(&indirect).signed_by(root),
    ];
    (
        certificates.iter().map(|one| one.der().to_vec()).collect(),
        lists.iter().map(|one| one.der().to_vec()).collect(),
    )
}

fn issuers() -> Vec<Vec<u8>> {
    let root = ToyPki::new(1).root;
    let key = KeyPair::new(KeyKind::P256, 1, "a key");
    let ca = |path_len| {
        CertificateBuilder::ca(DistinguishedName::cn("CA"), &key, path_len)
            .without_authority_key_id()
            .without_extension("2.5.29.14")
    };
    let policy = policies().into_iter().next();
    [
        Some(ca(None)),
        Some(ca(Some(0))),
        Some(ca(Some(3))),
        policy.map(|policy| ca(None).extension(policy)),
    ]
    .into_iter()
    .flatten()
    .map(|builder| builder.issued_by(&root).der().to_vec())
    .collect()
}

fn names() -> Vec<DistinguishedName> {
    vec![
        DistinguishedName::empty(),
        DistinguishedName::cn("Toy Root CA"),
        DistinguishedName::cn("Toy Issuing CA"),
        DistinguishedName::cn("toy  issuing ca"),
        DistinguishedName::cn("line-7-0001"),
        DistinguishedName::cn("line-7-0001").and("2.5.4.10", "Factory"),
        DistinguishedName::cn("a").joined_by("2.5.4.5", "1"),
        DistinguishedName::empty().and_raw("2.5.4.3", 0x1e, b"\0l\0i\0n\0e"),
        DistinguishedName::empty().and_raw("2.5.4.3", 0x14, b"line-7-0001"),
    ]
}

fn general_names() -> Vec<GeneralName> {
    let mut all = vec![
        GeneralName::Dns("example.net".into()),
        GeneralName::Dns("bad.example.net".into()),
        GeneralName::Dns(String::new()),
        GeneralName::Ip(vec![10, 0, 0, 1]),
        GeneralName::Ip(vec![10, 0, 0, 0, 255, 0, 0, 0]),
        GeneralName::Ip(vec![0; 8]),
        GeneralName::Ip(vec![0; 16]),
    ];
    all.extend(names().into_iter().map(GeneralName::Directory));
    all
}

fn extensions() -> Vec<Extension> {
    let mut all = vec![
        Extension::basic_constraints(true, None),
        Extension::basic_constraints(true, Some(0)),
        Extension::basic_constraints(true, Some(1)),
        Extension::basic_constraints(false, None),
        Extension::key_usage(&[KeyUsage::DigitalSignature]),
        Extension::key_usage(&[KeyUsage::KeyCertSign, KeyUsage::CrlSign]),
        Extension::key_usage(&[KeyUsage::CrlSign]),
        Extension::key_usage(&[KeyUsage::KeyEncipherment]),
        Extension::key_usage(&[KeyUsage::KeyAgreement]),
        Extension::extended_key_usage(&["1.3.6.1.5.5.7.3.2"]),
        Extension::extended_key_usage(&["1.3.6.1.5.5.7.3.1"]),
        Extension::extended_key_usage(&["2.5.29.37.0"]),
        Extension::extended_key_usage(&["2.23.133.8.1"]),
        Extension::extended_key_usage(&["2.23.133.8.3"]),
        Extension::subject_key_id(&[7; 20]),
        Extension::authority_key_id(&[7; 20]),
        Extension::subject_alt_name(&general_names()),
        Extension::new("1.3.6.1.4.1.99999.1", true, [5, 0]),
        Extension::new("1.3.6.1.4.1.99999.1", false, [5, 0]),
    ];
    for name in general_names() {
        all.push(Extension::subject_alt_name(std::slice::from_ref(&name)));
        all.push(Extension::name_constraints(
            std::slice::from_ref(&name),
            &[],
        ));
        all.push(Extension::name_constraints(&[], &[name]));
    }
    all.extend(policies());
    let point = Extension::crl_point(
        Some(&PointName::uri("http://a.example.net/1.crl")),
        None,
        None,
    );
    all.push(Extension::crl_distribution_points(&[point]));
    all
}

/// certificatePolicies, policyMappings, policyConstraints, inhibitAnyPolicy (RFC 5280 section
/// 4.2.1), which the test kit has no builder for.
fn policies() -> Vec<Extension> {
    const OURS: &str = "1.3.6.1.4.1.99999.7.1";
    const THEIRS: &str = "1.3.6.1.4.1.99999.7.2";
    const ANY: &str = "2.5.29.32.0";
    let stated = |all: &[&str]| {
        let each: Vec<u8> = all
            .iter()
            .flat_map(|oid| asn1::sequence(&[&asn1::oid(oid)]))
            .collect();
        Extension::new("2.5.29.32", false, asn1::tlv(asn1::SEQUENCE, &each))
    };
    let mapped = |from: &str, to: &str| {
        let pair = asn1::sequence(&[&asn1::oid(from), &asn1::oid(to)]);
        Extension::new("2.5.29.33", true, asn1::sequence(&[&pair]))
    };
    let constrained = |fields: &[&[u8]]| Extension::new("2.5.29.36", true, asn1::sequence(fields));
    vec![
        stated(&[OURS]),
        stated(&[THEIRS]),
        stated(&[OURS, THEIRS]),
        stated(&[ANY]),
        stated(&[OURS, ANY]),
        mapped(OURS, THEIRS),
        mapped(THEIRS, OURS),
        mapped(ANY, OURS),
        constrained(&[&[0x80, 1, 0]]),
        constrained(&[&[0x80, 1, 1], &[0x81, 1, 0]]),
        constrained(&[&[0x81, 1, 0]]),
        Extension::new("2.5.29.54", true, asn1::unsigned(&[0])),
        Extension::new("2.5.29.54", true, asn1::unsigned(&[1])),
    ]
}

fn list_extensions() -> Vec<Vec<u8>> {
    let point = |change: fn(&mut IssuingPoint)| {
        let mut point = IssuingPoint::default();
        change(&mut point);
        point.extension()
    };
    let all = [
        point(|point| point.indirect = true),
        point(|point| point.only_user = true),
        point(|point| point.only_ca = true),
        point(|point| point.only_attribute = true),
        point(|point| point.reasons = Some(vec![1, 2])),
        point(|point| point.name = Some(PointName::uri("http://a.example.net/1.crl"))),
        Extension::new("2.5.29.20", false, asn1::unsigned(&[1])),
        Extension::new("2.5.29.20", false, asn1::unsigned(&[2])),
        Extension::new("2.5.29.27", true, asn1::unsigned(&[1])),
        Extension::new("2.5.29.21", false, [0x0a, 1, 6]),
        Extension::new("2.5.29.21", false, [0x0a, 1, 8]),
        Extension::new(
            "2.5.29.24",
            false,
            asn1::tlv(asn1::GENERALIZED_TIME, b"20260101000000Z"),
        ),
        Extension::new(
            "2.5.29.29",
            true,
            asn1::sequence(&[&GeneralName::Directory(DistinguishedName::cn("Toy Root CA")).der()]),
        ),
        Extension::authority_key_id(&[7; 20]),
    ];
    all.iter().map(Extension::der).collect()
}

fn times() -> Vec<Node> {
    let utc: [&[u8]; 7] = [
        b"260101000000Z",
        b"260701000000Z",
        b"491231235959Z",
        b"500101000000Z",
        b"000101000000Z",
        b"260229000000Z",
        b"2601010000Z",
    ];
    let general: [&[u8]; 7] = [
        b"99991231235959Z",
        b"20500101000000Z",
        b"20260101000000Z",
        b"00000101000000Z",
        b"20000229235959Z",
        b"20260101000000.5Z",
        b"20260101000000+0100",
    ];
    let node = |tag| move |text: &&[u8]| Node::bytes(tag, text.to_vec());
    let utc = utc.iter().map(node(asn1::UTC_TIME));
    utc.chain(general.iter().map(node(asn1::GENERALIZED_TIME)))
        .collect()
}

fn algorithms() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = [
        "1.2.840.10045.4.3.2",
        "1.2.840.10045.4.3.3",
        "1.2.840.10045.4.3.4",
        "1.3.101.112",
        "1.2.840.113549.1.1.5",
        "1.2.840.113549.1.1.10",
        "1.2.840.10040.4.3",
    ]
    .iter()
    .map(|oid| asn1::sequence(&[&asn1::oid(oid)]))
    .collect();
    for rsa in [
        "1.2.840.113549.1.1.11",
        "1.2.840.113549.1.1.12",
        "1.2.840.113549.1.1.13",
    ] {
        all.push(asn1::sequence(&[&asn1::oid(rsa), &[5, 0]]));
    }
    for curve in ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"] {
        all.push(asn1::sequence(&[
            &asn1::oid("1.2.840.10045.2.1"),
            &asn1::oid(curve),
        ]));
    }
    all
}

/// Any toy key, to be put into a certificate: its SubjectPublicKeyInfo.
pub fn key(number: u64) -> Node {
    static KEYS: OnceLock<Vec<Node>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let each = KeyKind::ALL
            .iter()
            .flat_map(|kind| [1, 2].map(|seed| (*kind, seed)));
        nodes(each.map(|(kind, seed)| KeyPair::new(kind, seed, "a key").public_key_info()))
    });
    let count = u64::try_from(keys.len()).unwrap_or(1);
    let index = usize::try_from(number % count).unwrap_or_default();
    keys.get(index).cloned().expect("there are keys")
}
