//! Chains: accepted with their path, or refused with their code.

use provisor::x509::{Certificate, PathVerifier, Profile, TrustAnchor, profile};
use provisor::{IdRules, RegistrationId, Rejection, UnixTime};
use provisor_testkit::asn1;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, IssuedCertificate, KeyKind,
    KeyPair, PointName, ToyPki, TpmVendor,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use serde::Serialize;

use super::form::{Refusal, hex};

pub(super) const ABOUT: &str = "Certificate chains at a time, in seconds. Certificates are DER. `path` is \
the subjects from the leaf up, `anchor` the name of the anchor that the path ends in, \
`registration_id` what the leaf's common name gives.";

#[derive(Debug, Serialize)]
pub(super) struct Case {
    name: &'static str,
    profile: &'static str,
    leaf: String,
    intermediates: Vec<String>,
    anchors: Vec<String>,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_id: Option<String>,
    #[serde(flatten)]
    refusal: Option<Refusal>,
}

/// A case before it is judged.
struct Chain {
    name: &'static str,
    profile: &'static Profile,
    leaf: Vec<u8>,
    intermediates: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    at: UnixTime,
}

/// Any number will do, but always the same.
const SEED: u64 = 2026;

pub(super) fn cases() -> Result<Vec<Case>, String> {
    let pki = ToyPki::new(SEED);
    let cases: Vec<Case> = [
        kinds(&pki),
        times(&pki),
        roles(&pki),
        damage(&pki),
        routes(&pki),
        ended_anchors(&pki),
        forms(&pki),
        namesakes(&pki),
    ]
    .into_iter()
    .flatten()
    .map(judge)
    .collect();
    let accepted = cases.iter().filter(|case| case.path.is_some()).count();
    if accepted < 8 || cases.len() - accepted < 8 {
        return Err(format!("{accepted} of {} are accepted", cases.len()));
    }
    Ok(cases)
}

fn judge(chain: Chain) -> Case {
    let outcome = verify(&chain);
    let (accepted, refusal) = match outcome {
        Ok(accepted) => (Some(accepted), None),
        Err(rejection) => (None, Some(Refusal::from(&rejection))),
    };
    let (path, anchor, registration_id) = match accepted {
        Some((path, anchor, id)) => (Some(path), Some(anchor), id),
        None => (None, None, None),
    };
    Case {
        name: chain.name,
        profile: chain.profile.name(),
        leaf: hex(&chain.leaf),
        intermediates: chain.intermediates.iter().map(|der| hex(der)).collect(),
        anchors: chain.anchors.iter().map(|der| hex(der)).collect(),
        at: chain.at.seconds(),
        path,
        anchor,
        registration_id,
        refusal,
    }
}

/// Subjects of the path, name of the anchor, registration ID.
type Accepted = (Vec<String>, String, Option<String>);

/// In the order in which the bindings read their arguments: anchors, leaf, intermediates.
fn verify(chain: &Chain) -> Result<Accepted, Rejection> {
    let anchors = chain
        .anchors
        .iter()
        .map(|der| TrustAnchor::from_certificate(&Certificate::from_der(der)?))
        .collect::<Result<Vec<_>, _>>()?;
    let leaf = Certificate::from_der(&chain.leaf)?;
    let sent = chain
        .intermediates
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()?;
    let path = PathVerifier::new(chain.profile, &anchors)
        .anchor_validity(chain.profile.anchor_validity())
        .intermediates(&sent)
        .verify(&leaf, chain.at)?;
    let subjects = path
        .certificates()
        .map(|certificate| certificate.subject().to_string());
    let id = RegistrationId::from_certificate(&leaf, IdRules::Current).ok();
    Ok((
        subjects.collect(),
        path.anchor().name().to_string(),
        id.map(|id| id.to_string()),
    ))
}

/// The usual chain: leaf, issuing CA, root.
fn usual(pki: &ToyPki, name: &'static str, leaf: &IssuedCertificate) -> Chain {
    Chain {
        name,
        profile: &profile::DEVICE,
        leaf: leaf.der().to_vec(),
        intermediates: vec![pki.intermediate.certificate.der().to_vec()],
        anchors: vec![pki.root.certificate.der().to_vec()],
        at: ToyPki::NOW,
    }
}

/// A device's key, P-256.
fn key() -> KeyPair {
    KeyPair::new(KeyKind::P256, SEED, "line-7-0001")
}

/// A device certificate that is not yet signed.
fn device() -> CertificateBuilder {
    CertificateBuilder::device(DistinguishedName::cn("Line-7-0001"), &key())
}

fn kinds(pki: &ToyPki) -> Vec<Chain> {
    let names = [
        "an Ed25519 device",
        "a P-256 device",
        "a P-384 device",
        "an RSA-2048 device",
    ];
    names
        .into_iter()
        .zip(KeyKind::ALL)
        .map(|(name, kind)| usual(pki, name, &pki.device("Line-7-0001", kind).certificate))
        .collect()
}

fn times(pki: &ToyPki) -> Vec<Chain> {
    let (first, last) = ToyPki::VALID;
    let leaf = device().issued_by(&pki.intermediate);
    [
        ("the first second", first),
        ("the last second", last),
        ("one second early", first.saturating_add(-1)),
        ("one second late", last.saturating_add(1)),
        ("an expired leaf", ToyPki::NOW),
    ]
    .into_iter()
    .map(|(name, at)| {
        let leaf = match name {
            "an expired leaf" => device()
                .valid(first, ToyPki::NOW.saturating_add(-1))
                .issued_by(&pki.intermediate),
            _ => leaf.clone(),
        };
        Chain {
            at,
            ..usual(pki, name, &leaf)
        }
    })
    .collect()
}

fn roles(pki: &ToyPki) -> Vec<Chain> {
    let ca = &pki.intermediate.certificate;
    let vendor = TpmVendor::new(SEED);
    let ek = vendor.ek_certificate(&SoftTpm::new(TpmKind::P256, SEED, 0));
    let from_vendor = |name, profile| Chain {
        profile,
        intermediates: vec![vendor.issuing.certificate.der().to_vec()],
        anchors: vec![vendor.root.certificate.der().to_vec()],
        ..usual(pki, name, &ek)
    };
    vec![
        Chain {
            profile: &profile::ISSUING_CA,
            ..usual(pki, "an issuing CA", ca)
        },
        usual(pki, "a CA as a device", ca),
        Chain {
            profile: &profile::ISSUING_CA,
            ..usual(
                pki,
                "a device as a CA",
                &device().issued_by(&pki.intermediate),
            )
        },
        from_vendor("an endorsement key", &profile::EK),
        from_vendor("an endorsement key as a device", &profile::DEVICE),
        usual(
            pki,
            "an unknown critical extension",
            &device()
                .extension(Extension::new("1.2.3.4.5", true, [5, 0]))
                .issued_by(&pki.intermediate),
        ),
    ]
}

fn damage(pki: &ToyPki) -> Vec<Chain> {
    let good = device().issued_by(&pki.intermediate);
    let with = |name, leaf: Vec<u8>| Chain {
        leaf,
        ..usual(pki, name, &good)
    };
    let der = good.der();
    vec![
        usual(
            pki,
            "a damaged signature",
            &device().damaged_signature().issued_by(&pki.intermediate),
        ),
        with("an empty leaf", Vec::new()),
        with(
            "a leaf without its last byte",
            der.get(..der.len() - 1).unwrap_or_default().to_vec(),
        ),
        with("a leaf with a byte behind it", [der, &[0]].concat()),
        Chain {
            intermediates: vec![vec![0x30, 0x00]],
            ..usual(pki, "an unreadable intermediate", &good)
        },
        Chain {
            anchors: vec![vec![0x30, 0x00]],
            ..usual(pki, "an unreadable anchor", &good)
        },
    ]
}

fn routes(pki: &ToyPki) -> Vec<Chain> {
    let leaf = device().issued_by(&pki.intermediate);
    let other = ToyPki::new(SEED + 1);
    let der = |certificate: &IssuedCertificate| certificate.der().to_vec();
    let deep = pki
        .intermediate
        .issuing_ca("One CA Too Many", KeyKind::P256, SEED, None);
    vec![
        Chain {
            intermediates: vec![],
            ..usual(
                pki,
                "straight below the root",
                &device().issued_by(&pki.root),
            )
        },
        Chain {
            intermediates: vec![],
            ..usual(pki, "a missing intermediate", &leaf)
        },
        Chain {
            anchors: vec![der(&other.root.certificate)],
            ..usual(pki, "another root", &leaf)
        },
        Chain {
            anchors: vec![],
            ..usual(pki, "no anchor", &leaf)
        },
        Chain {
            anchors: vec![der(&other.root.certificate), der(&pki.root.certificate)],
            intermediates: vec![
                der(&other.intermediate.certificate),
                der(&leaf),
                der(&pki.intermediate.certificate),
                der(&pki.root.certificate),
            ],
            ..usual(pki, "more than is needed, in disorder", &leaf)
        },
        Chain {
            intermediates: vec![der(&deep.certificate), der(&pki.intermediate.certificate)],
            ..usual(pki, "a path length exceeded", &device().issued_by(&deep))
        },
    ]
}

/// Signatures, keys and names in the forms that people write them.
fn forms(pki: &ToyPki) -> Vec<Chain> {
    let info = |bits: &[u8]| {
        let curve = asn1::oid("1.2.840.10045.3.1.7");
        asn1::sequence(&[
            &asn1::sequence(&[&asn1::oid("1.2.840.10045.2.1"), &curve]),
            &asn1::bit_string(bits),
        ])
    };
    let compressed = |key: &KeyPair| {
        let point = key.public_key_bits();
        let sign = 2 | (point.last().copied().unwrap_or_default() & 1);
        info(&[&[sign], point.get(1..33).unwrap_or_default()].concat())
    };
    let root = KeyPair::new(KeyKind::P256, SEED, "compressed root");
    let name = DistinguishedName::cn("Compressed Root");
    let root = Authority {
        certificate: CertificateBuilder::ca(name.clone(), &root, None)
            .public_key_info(&compressed(&root))
            .self_signed(&root),
        name,
        key: root,
    };
    let numbers = |r: &[u8], s: &[u8]| {
        asn1::sequence(&[&asn1::tlv(asn1::INTEGER, r), &asn1::tlv(asn1::INTEGER, s)])
    };
    let signed = |signature: &[u8]| {
        device()
            .replaced_signature(signature)
            .issued_by(&pki.intermediate)
    };
    let wide: Vec<u8> = "Line-7-0001"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let named = |tag, value: &[u8]| {
        let name = DistinguishedName::empty().and_raw("2.5.4.3", tag, value);
        CertificateBuilder::device(name, &key()).issued_by(&pki.intermediate)
    };
    let path_length = asn1::tlv(asn1::SEQUENCE, &asn1::tlv(asn1::INTEGER, &[0]));
    let utc = |text: &[u8]| asn1::tlv(asn1::UTC_TIME, text);
    vec![
        Chain {
            intermediates: vec![],
            anchors: vec![root.certificate.der().to_vec()],
            ..usual(
                pki,
                "a root with a compressed point",
                &device().issued_by(&root),
            )
        },
        usual(
            pki,
            "a point inside an OCTET STRING",
            &device()
                .public_key_info(&info(&asn1::octet_string(&key().public_key_bits())))
                .issued_by(&pki.intermediate),
        ),
        usual(
            pki,
            "a signature with a padded number",
            &signed(&numbers(&[0, 1], &[1])),
        ),
        usual(
            pki,
            "a signature with a negative number",
            &signed(&numbers(&[1], &[0x80])),
        ),
        usual(pki, "a signature of bare numbers", &signed(&[0x5a; 64])),
        usual(
            pki,
            "a path length in a leaf that is no CA",
            &device()
                .extension(Extension::new("2.5.29.19", true, path_length))
                .issued_by(&pki.intermediate),
        ),
        usual(
            pki,
            "a common name as a BMPString",
            &named(asn1::BMP_STRING, &wide),
        ),
        usual(
            pki,
            "a common name as a TeletexString",
            &named(asn1::TELETEX_STRING, b"line_7_0001"),
        ),
        usual(
            pki,
            "an end in 1950",
            &device()
                .valid_raw(&utc(b"260101000000Z"), &utc(b"501231235959Z"))
                .issued_by(&pki.intermediate),
        ),
        usual(
            pki,
            "critical distribution points without lists",
            &device()
                .extension(
                    Extension::crl_distribution_points(&[Extension::crl_point(
                        Some(&PointName::uri("http://crl.example.net/7.crl")),
                        None,
                        None,
                    )])
                    .critical(true),
                )
                .issued_by(&pki.intermediate),
        ),
    ]
}

/// Certificates that have the name of their issuer.
fn namesakes(pki: &ToyPki) -> Vec<Chain> {
    let namesake = || CertificateBuilder::device(pki.root.name.clone(), &key());
    let other = ToyPki::new(SEED + 1).intermediate.certificate;
    let leaf = namesake().issued_by(&pki.root);
    let alone = |name, leaf: &IssuedCertificate, anchor: &IssuedCertificate| Chain {
        intermediates: vec![],
        anchors: vec![anchor.der().to_vec()],
        ..usual(pki, name, leaf)
    };
    vec![
        alone(
            "a device with the name of its root",
            &leaf,
            &pki.root.certificate,
        ),
        alone(
            "a device with the name of its root, which is not trusted",
            &leaf,
            &other,
        ),
        alone(
            "a self-signed device",
            &device().self_signed(&key()),
            &other,
        ),
    ]
}

/// The end of an anchor counts for operators' certificates, and not for those of TPM vendors.
fn ended_anchors(pki: &ToyPki) -> Vec<Chain> {
    let ended = |root: &Authority| {
        CertificateBuilder::ca(root.name.clone(), &root.key, None)
            .valid(ToyPki::VALID.0, ToyPki::NOW.saturating_add(-1))
            .self_signed(&root.key)
            .der()
            .to_vec()
    };
    let vendor = TpmVendor::new(SEED);
    let ek = vendor.ek_certificate(&SoftTpm::new(TpmKind::P256, SEED, 0));
    vec![
        Chain {
            anchors: vec![ended(&pki.root)],
            ..usual(
                pki,
                "an expired root",
                &device().issued_by(&pki.intermediate),
            )
        },
        Chain {
            anchors: vec![ended(&pki.root), pki.root.certificate.der().to_vec()],
            ..usual(
                pki,
                "an expired root and the one that replaced it",
                &device().issued_by(&pki.intermediate),
            )
        },
        Chain {
            profile: &profile::EK,
            intermediates: vec![vendor.issuing.certificate.der().to_vec()],
            anchors: vec![ended(&vendor.root)],
            ..usual(pki, "an expired root of a TPM vendor", &ek)
        },
    ]
}
