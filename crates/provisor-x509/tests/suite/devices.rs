//! TPM certificates: toy ones always, the vendors' own when the shared data is at hand.

use std::path::PathBuf;

use provisor_testkit::pki::extension::EK_CERTIFICATE;
use provisor_testkit::pki::{DistinguishedName, Extension, GeneralName, KeyUsage};
use provisor_x509::profile::{self, TpmIdentityRule};
use provisor_x509::{Certificate, Code, certificates_from_pem, lenient_cut_padding};

use crate::oracle::same_fields;
use crate::world::{Chain, World};

fn tpm(attributes: &[(&str, &str)]) -> Extension {
    let name = attributes
        .iter()
        .fold(DistinguishedName::empty(), |name, (oid, text)| {
            name.and(oid, text)
        });
    Extension::subject_alt_name(&[GeneralName::Directory(name)]).critical(true)
}

const WHOLE: [(&str, &str); 3] = [
    ("2.23.133.2.1", "id:54455354"),
    ("2.23.133.2.2", "Toy"),
    ("2.23.133.2.3", "id:0001"),
];

fn ek(identity: Extension, usage: KeyUsage) -> Chain {
    World::new()
        .with_leaf(|b| {
            b.extension(identity)
                .extension(Extension::key_usage(&[usage]))
                .extension(Extension::extended_key_usage(&[EK_CERTIFICATE]))
        })
        .profile(profile::EK)
}

#[test]
fn an_endorsement_key_certificate() {
    let chain = ek(tpm(&WHOLE), KeyUsage::KeyAgreement);
    chain.accepted();
    let leaf = Certificate::from_der(&chain.leaf).unwrap();
    let critical: Vec<_> = leaf
        .extensions()
        .filter(|e| e.is_critical())
        .map(|e| e.oid_bytes()[2])
        .collect();
    assert_eq!(critical, [19, 15, 17]);
    let identity = leaf.tpm_identity().unwrap().unwrap();
    assert_eq!(
        (
            identity.manufacturer(),
            identity.model(),
            identity.version()
        ),
        ("id:54455354", "Toy", "id:0001")
    );
    chain
        .profile(profile::DEVICE)
        .refused(Code::X509ExtendedKeyUsage);
}

#[test]
fn a_part_of_an_identity_or_one_twice_is_refused() {
    for attributes in [&WHOLE[..2], &[WHOLE[0], WHOLE[0], WHOLE[1], WHOLE[2]]] {
        ek(tpm(attributes), KeyUsage::KeyAgreement).refused(Code::X509TpmIdentity);
    }
    let none = ek(tpm(&[("2.5.4.3", "x")]), KeyUsage::KeyAgreement);
    none.accepted();
    none.profile(profile::EK.with_tpm_identity(TpmIdentityRule::Required))
        .refused(Code::X509TpmIdentity);
}

#[test]
fn the_key_usage_goes_with_the_kind_of_key() {
    let chain = ek(tpm(&WHOLE), KeyUsage::KeyEncipherment);
    chain.refused(Code::X509KeyUsage);
    chain
        .profile(profile::EK.lenient_endorsement_key_usage())
        .accepted();
}

/// The folder of the conformance data, if it is there.
pub(crate) fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("PROVISOR_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let folder = root.join("x509/ek");
    if folder.is_dir() {
        return Some(folder);
    }
    println!(
        "SKIPPED: no vendor certificates; set PROVISOR_SHARED to the folder of the shared data"
    );
    None
}

#[test]
fn the_certificates_of_real_tpms_are_read_as_x509_parser_reads_them() {
    let Some(folder) = shared() else { return };
    let mut read = 0;
    for file in std::fs::read_dir(folder.join("leaf")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        same_fields(lenient_cut_padding(&bytes));
        read += 1;
    }
    assert!(read > 20, "{read} leaves");
}

#[test]
fn the_vendors_ca_certificates_are_read() {
    let Some(folder) = shared() else { return };
    let text = std::fs::read_to_string(folder.join("vendor-cas.pem")).unwrap();
    let mut refused = Vec::new();
    for der in certificates_from_pem(&text).unwrap() {
        match Certificate::from_der(&der) {
            Ok(_) => same_fields(&der),
            Err(rejection) => refused.push(rejection.to_string()),
        }
    }
    // One: a test certificate of the FIDO alliance whose key identifier has the wrong tag.
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert!(refused[0].contains("authorityKeyIdentifier"));
}
