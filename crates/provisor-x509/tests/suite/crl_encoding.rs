//! Lists as bytes: what is refused, what comes back, and a list made by somebody else.

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use provisor_testkit::pki::{CrlBuilder, CrlEntry, Extension, IssuingPoint, PointName, ToyPki};
use provisor_x509::{
    Certificate, Code, Crl, PathVerifier, RevocationPolicy, RevocationReason, TrustAnchor,
    UnixTime, crls_from_pem, profile,
};

use crate::crl_world::CrlWorld;

/// A list with something of everything.
fn rich(w: &CrlWorld) -> Vec<u8> {
    CrlBuilder::new()
        .issuing_point(&IssuingPoint {
            name: Some(PointName::uri("http://crl.example.net/")),
            only_user: true,
            indirect: true,
            ..IssuingPoint::default()
        })
        .entry(CrlEntry::new(&[7]).reason(1))
        .entry(
            CrlEntry::new(&[8])
                .certificate_issuer(&w.world.root)
                .reason(6),
        )
        .signed_by(&w.world.ca)
        .der()
        .to_vec()
}

#[track_caller]
fn refused(builder: CrlBuilder, code: Code) {
    let list = builder.signed_by(&CrlWorld::new().world.ca);
    let rejection = Crl::from_der(list.der()).expect_err("should have been refused");
    assert_eq!(rejection.code(), code, "{rejection}");
}

#[test]
fn the_fields_come_back() {
    let w = CrlWorld::new();
    let der = rich(&w);
    let list = Crl::from_der(&der).unwrap();
    assert_eq!(list.der(), der);
    assert_eq!(list.issuer().to_string(), "CN=Issuing CA");
    assert_eq!(list.number(), Some(&[1][..]));
    assert!(list.is_indirect() && !list.is_delta());
    assert!(list.this_update() < ToyPki::NOW && list.next_update() > Some(ToyPki::NOW));
    let entries: Vec<_> = list.revoked().collect();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].serial(), [7]);
    assert_eq!(entries[0].reason(), RevocationReason::KeyCompromise);
    assert_eq!(entries[1].reason(), RevocationReason::CertificateHold);
    assert!(entries[0].is_of(&list.issuer()) && !entries[1].is_of(&list.issuer()));
    // x509-parser reads the same.
    use x509_parser::prelude::{CertificateRevocationList, FromDer as _};
    let (rest, theirs) = CertificateRevocationList::from_der(&der).unwrap();
    assert!(rest.is_empty());
    assert_eq!(theirs.iter_revoked_certificates().count(), 2);
    assert_eq!(
        theirs.last_update().timestamp(),
        list.this_update().seconds()
    );
}

#[test]
fn every_truncation_is_refused() {
    let der = rich(&CrlWorld::new());
    for length in 0..der.len() {
        assert!(Crl::from_der(&der[..length]).is_err(), "{length} bytes");
    }
    let longer = [&der[..], &[0]].concat();
    assert_eq!(
        Crl::from_der(&longer).unwrap_err().code(),
        Code::X509TrailingBytes
    );
}

#[test]
fn no_flipped_byte_clears_a_certificate() {
    let w = CrlWorld::new();
    let leaf = w.leaf(|builder| builder);
    let der = CrlBuilder::new()
        .revoke(&leaf, 1)
        .signed_by(&w.world.ca)
        .der()
        .to_vec();
    let leaf = Certificate::from_der(leaf.der()).unwrap();
    let root = Certificate::from_der(w.world.root.certificate.der()).unwrap();
    let anchors = [TrustAnchor::from_certificate(&root).unwrap()];
    let sent = [Certificate::from_der(w.world.ca.certificate.der()).unwrap()];
    let root_list = Crl::from_der(w.root_list.der()).unwrap();
    for position in 0..der.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut flipped = der.clone();
            flipped[position] ^= flip;
            let Ok(list) = Crl::from_der(&flipped) else {
                continue;
            };
            let lists = [root_list, list];
            let verdict = PathVerifier::new(&profile::DEVICE, &anchors)
                .intermediates(&sent)
                .revocation(RevocationPolicy::DenyUnknown, &lists)
                .verify(&leaf, ToyPki::NOW);
            assert!(verdict.is_err(), "byte {position} ^ {flip:#04x}");
        }
    }
}

#[test]
fn rules_of_the_format() {
    let new = CrlBuilder::new;
    let odd = Extension::new("2.5.29.200", false, [5, 0]);
    refused(new().version(Some(2)), Code::X509Version);
    refused(new().version(None), Code::X509Version);
    refused(
        new()
            .without_extensions()
            .version(None)
            .entry(CrlEntry::new(&[1]).reason(1)),
        Code::X509Version,
    );
    refused(
        new().outer_algorithm(&[0x30, 0]),
        Code::X509AlgorithmMismatch,
    );
    refused(
        new().extension(odd.clone()).repeated_extension(odd.clone()),
        Code::X509DuplicateExtension,
    );
    refused(
        new().entry(CrlEntry::new(&[1]).reason(1).reason(1)),
        Code::X509DuplicateExtension,
    );
    for reason in [7, 11, 0xff] {
        refused(
            new().entry(CrlEntry::new(&[1]).reason(reason)),
            Code::X509CrlMalformed,
        );
    }
    // removeFromCRL only in deltas, certificate issuers only in indirect lists.
    refused(
        new().entry(CrlEntry::new(&[1]).reason(8)),
        Code::X509CrlMalformed,
    );
    refused(
        new().entry(CrlEntry::new(&[1]).certificate_issuer(&CrlWorld::new().world.root)),
        Code::X509CrlMalformed,
    );
    refused(
        new().extension(Extension::new("2.5.29.20", false, [2, 1, 0xff])),
        Code::X509CrlMalformed,
    );
    refused(
        new().extension(Extension::new("2.5.29.28", true, [0x30, 0])),
        Code::X509CrlMalformed,
    );
    let many = (0..20).fold(new(), |builder, number| {
        builder.extension(Extension::new(
            &format!("2.5.29.{}", 100 + number),
            false,
            [5, 0],
        ))
    });
    refused(many, Code::X509TooLarge);
}

#[test]
fn version_1_lists_are_read() {
    let list = CrlBuilder::new()
        .without_extensions()
        .version(None)
        .entry(CrlEntry::new(&[1]))
        .signed_by(&CrlWorld::new().world.ca);
    assert_eq!(Crl::from_der(list.der()).unwrap().revoked().count(), 1);
}

#[test]
fn pem_blocks_are_found() {
    let w = CrlWorld::new();
    let text = format!("{}noise\n{}", w.root_list.pem(), w.root_list.pem());
    assert_eq!(crls_from_pem(&text).unwrap(), vec![w.root_list.der(); 2]);
    let certificate = w.world.root.certificate.pem();
    assert_eq!(
        crls_from_pem(&certificate).unwrap_err().code(),
        Code::X509Pem
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Crl::from_der(&bytes);
    }

    #[test]
    fn mutated_lists_are_answered(changes in prop::collection::vec((0_usize..400, any::<u8>()), 1..6)) {
        let mut der = LIST.with(Clone::clone);
        for (position, value) in changes {
            if let Some(byte) = der.get_mut(position) {
                *byte = value;
            }
        }
        if let Ok(list) = Crl::from_der(&der) {
            prop_assert_eq!(list.der(), &der[..]);
            // Every entry that was counted can be read again.
            prop_assert!(list.revoked().count() <= der.len());
        }
    }

    /// Exactly the serial numbers on the list are refused.
    #[test]
    fn the_listed_are_refused_and_no_others(
        listed in prop::collection::btree_set(1_u16..40, 0..6),
        asked in 1_u16..40,
    ) {
        let w = CrlWorld::new();
        let leaf = w.leaf(|builder| builder.serial(&asked.to_be_bytes()));
        let list = listed
            .iter()
            .fold(CrlBuilder::new(), |builder, serial| {
                builder.entry(CrlEntry::new(&serial.to_be_bytes()).reason(4))
            })
            .signed_by(&w.world.ca);
        let verdict = w.with_leaf(&leaf, &[&list]).judge();
        prop_assert_eq!(verdict.is_err(), listed.contains(&asked));
    }
}

std::thread_local! {
    static LIST: Vec<u8> = rich(&CrlWorld::new());
}

/// A CA, two certificates and a list, all by the openssl command line.
#[test]
fn a_list_made_by_openssl_is_understood() {
    let dir = std::env::temp_dir().join(format!("provisor-crl-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let made = make_with_openssl(&dir);
    let read = |name: &str| std::fs::read(dir.join(name));
    let files = (
        read("ca.der"),
        read("good.der"),
        read("bad.der"),
        read("list.pem"),
    );
    std::fs::remove_dir_all(&dir).unwrap();
    if !made {
        println!("SKIPPED: no openssl on this machine that makes a revocation list");
        return;
    }
    let (Ok(ca), Ok(good), Ok(bad), Ok(list)) = files else {
        panic!("openssl left no files");
    };
    let lists = crls_from_pem(std::str::from_utf8(&list).unwrap()).unwrap();
    let lists = [Crl::from_der(&lists[0]).unwrap()];
    let anchors = [TrustAnchor::from_certificate(&Certificate::from_der(&ca).unwrap()).unwrap()];
    let now = UnixTime::new(lists[0].this_update().seconds() + 60);
    let judge = |der: &[u8]| {
        PathVerifier::new(&profile::IDEVID, &anchors)
            .revocation(RevocationPolicy::DenyUnknown, &lists)
            .verify(&Certificate::from_der(der).unwrap(), now)
            .map(|_| ())
    };
    judge(&good).unwrap();
    let rejection = judge(&bad).unwrap_err();
    assert_eq!(rejection.code(), Code::X509Revoked);
    assert!(rejection.found_text().contains("keyCompromise"));
}

/// Whether openssl is there and did all of it.
fn make_with_openssl(dir: &Path) -> bool {
    let config = "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\ncrlnumber=number\n\
        certificate=ca.pem\nprivate_key=ca.key\nnew_certs_dir=.\ndefault_md=sha256\n\
        default_days=30\ndefault_crl_days=7\npolicy=p\ncrl_extensions=c\nx509_extensions=x\n\
        [p]\ncommonName=supplied\n[c]\nauthorityKeyIdentifier=keyid\n\
        [x]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n\
        [req]\ndistinguished_name=n\n[n]\n";
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).is_ok();
    let files = [
        ("c.cnf", config),
        ("index.txt", ""),
        ("serial", "01\n"),
        ("number", "01\n"),
    ];
    if !files.into_iter().all(|(name, text)| write(name, text)) {
        return false;
    }
    [
        "req -config c.cnf -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
         -out ca.pem -subj /CN=ca -days 60 -addext basicConstraints=critical,CA:TRUE \
         -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash",
        "req -config c.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout good.key \
         -out good.csr -subj /CN=good",
        "req -config c.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout bad.key \
         -out bad.csr -subj /CN=bad",
        "ca -config c.cnf -batch -notext -in good.csr -out good.pem",
        "ca -config c.cnf -batch -notext -in bad.csr -out bad.pem",
        "ca -config c.cnf -revoke bad.pem -crl_reason keyCompromise",
        "ca -config c.cnf -gencrl -out list.pem",
        "x509 -in ca.pem -outform DER -out ca.der",
        "x509 -in good.pem -outform DER -out good.der",
        "x509 -in bad.pem -outform DER -out bad.der",
    ]
    .into_iter()
    .all(|line| {
        let outcome = Command::new("openssl")
            .args(line.split_whitespace())
            .current_dir(dir)
            .output();
        match outcome {
            Ok(output) if output.status.success() => true,
            Ok(output) => {
                println!("{line}: {}", String::from_utf8_lossy(&output.stderr));
                false
            }
            Err(_) => false,
        }
    })
}
