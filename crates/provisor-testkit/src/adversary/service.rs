//! What somebody sends to a whole service that has many enrollment groups: the names of his
//! certificates choose which groups have to be asked.

use super::request::Adversary;
use crate::asn1;
use crate::pki::{Authority, CertificateBuilder, DistinguishedName, Extension, KeyKind, KeyPair};

/// A request to a service, and the groups that it has; everything in DER.
#[derive(Clone, Debug)]
pub struct ServiceRequest {
    /// What it is, for messages.
    pub name: String,
    /// The leaf. Its CN is `stranger`.
    pub leaf: Vec<u8>,
    /// What is sent with it, no more than the engine takes.
    pub sent: Vec<Vec<u8>>,
    /// The signing certificates of each group, one or two.
    pub groups: Vec<Vec<Vec<u8>>>,
}

/// As many as the engine works out the trust of.
pub const GROUPS: usize = 16;

/// As many as the engine takes with a leaf.
pub const SENT: usize = 16;

/// The families that no single verdict has.
pub(super) fn own() -> Vec<Box<dyn FnOnce() -> ServiceRequest>> {
    let families: [fn(KeyKind) -> ServiceRequest; 7] = [
        self_made,
        |kind| mesh(kind, 1),
        |kind| mesh(kind, 2),
        |kind| mesh(kind, 4),
        |kind| mesh(kind, 8),
        rollover,
        long_names,
    ];
    let mut makers: Vec<Box<dyn FnOnce() -> ServiceRequest>> = Vec::new();
    for kind in KeyKind::ALL {
        for make in families {
            makers.push(Box::new(move || make(kind)));
        }
    }
    for known in [false, true] {
        makers.extend([
            Box::new(move || unlike(known, "\u{130}", 480, 4)) as Box<dyn FnOnce() -> _>,
            Box::new(move || unlike(known, "\u{1100}\u{1161}\u{11a8}", 160, 4)),
            Box::new(move || unlike(known, "\u{315}\u{300}\u{5ae}", 640, 1)),
        ]);
    }
    makers
}

fn key(kind: KeyKind, number: usize, label: &str) -> KeyPair {
    match kind {
        KeyKind::Rsa2048 => KeyPair::rsa(7, number),
        _ => KeyPair::new(kind, number as u64, label),
    }
}

/// A CA certificate under that name, signed by whom it likes, without a word on keys: only a
/// signature check tells whose it is.
fn mute(name: &DistinguishedName, key: &KeyPair, signer: &Authority) -> Vec<u8> {
    CertificateBuilder::ca(name.clone(), key, None)
        .without_extension("2.5.29.14")
        .without_authority_key_id()
        .issuer(name)
        .issued_by(signer)
        .der()
        .to_vec()
}

fn leaf(issuer: &DistinguishedName, signer: &Authority) -> Vec<u8> {
    let key = KeyPair::new(KeyKind::Ed25519, 1, "stranger");
    CertificateBuilder::device(DistinguishedName::cn("stranger"), &key)
        .without_authority_key_id()
        .issuer(issuer)
        .issued_by(signer)
        .der()
        .to_vec()
}

/// A group for each name in turn, each with a key of its own.
fn groups(kind: KeyKind, names: &[DistinguishedName], certificates: usize) -> Vec<Vec<Vec<u8>>> {
    (0..GROUPS)
        .map(|group| {
            let name = &names[group % names.len()];
            (0..certificates)
                .map(|number| {
                    let key = key(kind, 100 + 2 * group + number, "group");
                    let ca = CertificateBuilder::ca(name.clone(), &key, None);
                    ca.without_extension("2.5.29.14")
                        .self_signed(&key)
                        .der()
                        .to_vec()
                })
                .collect()
        })
        .collect()
}

/// Sixteen self-made CAs under the name that all groups' CAs have.
fn self_made(kind: KeyKind) -> ServiceRequest {
    let name = DistinguishedName::cn("Busy CA");
    let made: Vec<_> = (0..SENT)
        .map(|number| {
            let key = key(kind, number, "self-made");
            CertificateBuilder::ca(name.clone(), &key, None)
                .without_extension("2.5.29.14")
                .into_authority(name.clone(), key.clone(), &Authority::root("x", kind, 1))
        })
        .collect();
    let sent = made.iter().map(|ca| mute(&name, &ca.key, ca)).collect();
    ServiceRequest {
        name: format!("{}: self-made CAs and groups of one name", kind.name()),
        leaf: leaf(&name, &made[0]),
        sent,
        groups: groups(kind, &[name], 1),
    }
}

/// CAs of so many names that certify each other with right signatures, and groups of these names.
fn mesh(kind: KeyKind, names: usize) -> ServiceRequest {
    let cas: Vec<_> = (0..names)
        .map(|n| {
            let name = DistinguishedName::cn(&format!("Busy CA {n}"));
            let key = key(kind, n, "mesh");
            CertificateBuilder::ca(name.clone(), &key, None).into_authority(
                name,
                key.clone(),
                &Authority::root("x", kind, 1),
            )
        })
        .collect();
    let sent = (1_u8..)
        .zip(0..SENT)
        .map(|(serial, n)| {
            let (subject, issuer) = (&cas[n % names], &cas[(n / names + n + 1) % names]);
            CertificateBuilder::ca(subject.name.clone(), &subject.key, None)
                .serial(&[serial])
                .without_extension("2.5.29.14")
                .without_authority_key_id()
                .issued_by(issuer)
                .der()
                .to_vec()
        })
        .collect();
    let all: Vec<_> = cas.iter().map(|ca| ca.name.clone()).collect();
    ServiceRequest {
        name: format!("{}: a mesh of {names} names", kind.name()),
        leaf: leaf(&cas[0].name, &cas[0]),
        sent,
        groups: groups(kind, &all, 1),
    }
}

/// Groups that are rolling over, each with two certificates.
fn rollover(kind: KeyKind) -> ServiceRequest {
    ServiceRequest {
        name: format!("{}: groups with two certificates each", kind.name()),
        groups: groups(kind, &[DistinguishedName::cn("Busy CA")], 2),
        ..self_made(kind)
    }
}

/// Names as long as they may be, the stranger's in another writing than the operator's.
fn long_names(kind: KeyKind) -> ServiceRequest {
    let name = |spaces: &str| {
        (0..7).fold(DistinguishedName::empty(), |name, n| {
            let text = format!("{}{spaces}{n}", "x".repeat(500));
            name.and("2.5.4.11", &text)
        })
    };
    let (ours, theirs) = (name(" "), name("  "));
    let signer = Authority::root("x", kind, 1);
    let sent = (0..SENT)
        .map(|number| mute(&theirs, &key(kind, number, "long"), &signer))
        .collect();
    ServiceRequest {
        name: format!("{}: long names in two writings", kind.name()),
        leaf: leaf(&theirs, &signer),
        sent,
        groups: groups(kind, &[ours], 1),
    }
}

/// A chain of self-made CAs, the last first, whose names are as long as they may be, hard to fold, and
/// differ at their ends only; the certificates are long as well. The groups know these names, or none.
fn unlike(known: bool, wide: &str, times: usize, parts: usize) -> ServiceRequest {
    let name = |n: usize| {
        (1..=parts).fold(DistinguishedName::empty(), |name, part| {
            let last = if part == parts { n } else { 0 };
            let text: Vec<u8> = format!("{}{last}", wide.repeat(times))
                .encode_utf16()
                .flat_map(u16::to_be_bytes)
                .collect();
            name.and_raw("2.5.4.11", asn1::BMP_STRING, &text)
        })
    };
    let signer = Authority::root("x", KeyKind::P256, 1);
    let sent = (0..SENT).rev().map(|n| {
        let key = key(KeyKind::P256, n, "unlike");
        CertificateBuilder::ca(name(n), &key, None)
            .extension(Extension::new("1.3.6.1.4.1.99999.2", false, [0x55; 25_000]))
            .without_extension("2.5.29.14")
            .without_authority_key_id()
            .issuer(&name(n + 1))
            .issued_by(&signer)
            .der()
            .to_vec()
    });
    let names: Vec<_> = match known {
        true => (0..=SENT).map(name).collect(),
        false => vec![DistinguishedName::cn("Busy CA")],
    };
    ServiceRequest {
        name: format!("a chain of names that are hard to fold, {wide:?}, known: {known}"),
        leaf: leaf(&name(0), &signer),
        sent: sent.collect(),
        groups: groups(KeyKind::P256, &names, 2),
    }
}

/// A verdict's adversary before a service: his anchors are groups, and the other groups have CAs of
/// the same names. Of what he sends, as much as the engine takes.
pub(super) fn surrounded(adversary: Adversary) -> ServiceRequest {
    let mut sent = adversary.sent;
    if sent.len() > SENT {
        // What stands above the leaf is last in most.
        sent.drain(SENT / 2..sent.len() - SENT / 2);
    }
    let mut groups: Vec<Vec<Vec<u8>>> = adversary
        .anchors
        .into_iter()
        .take(GROUPS)
        .map(|anchor| vec![anchor])
        .collect();
    let names = ["Operator Root", "Busy CA"].map(DistinguishedName::cn);
    for number in groups.len()..GROUPS {
        let key = KeyPair::new(KeyKind::P256, number as u64, "group");
        let name = &names[number % names.len()];
        let ca = CertificateBuilder::ca(name.clone(), &key, None).self_signed(&key);
        groups.push(vec![ca.der().to_vec()]);
    }
    ServiceRequest {
        name: format!("{}, among {GROUPS} groups", adversary.name),
        leaf: adversary.leaf,
        sent,
        groups,
    }
}
