//! Endorsement key certificates of software TPMs and of others' vendors, from the shared data.
#![cfg(feature = "x509")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::path::{Path, PathBuf};

use provisor::attestation::TpmVendors;
use provisor::enrollment::TrustedCertificate;
use provisor::tpm::EkPublic;
use provisor::{Code, UnixTime};
use serde_json::Value;

/// Inside the validity of all of them: 2027-01-01T00:00:00Z.
const NOW: UnixTime = UnixTime::new(1_798_761_600);

#[test]
fn the_own_set_is_accepted_for_its_own_keys_only() {
    let Some(file) = shared("tpm/ek_certs.json") else {
        return;
    };
    let certified: Vec<&Value> = file["certs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| {
            entry["ek_public"]
                .as_str()
                .is_some_and(|hex| !hex.is_empty())
        })
        .collect();
    assert!(certified.len() >= 2, "too few certificates in the set");
    for entry in &certified {
        let chain = &file["chains"][entry["chain"].as_str().unwrap()];
        let vendors = vendors(chain);
        let der = hex(&entry["der"]);
        for other in &certified {
            let ek = EkPublic::from_tpm2b(&hex(&other["ek_public"])).unwrap();
            let judged = vendors
                .verify(&der, &[], &ek, NOW)
                .map_err(|refused| refused.code());
            if entry["ek_public"] == other["ek_public"] {
                assert_eq!(judged.unwrap().ek(), ek.name(), "{}", entry["id"]);
            } else {
                assert_eq!(judged, Err(Code::AttestEkCertificateKey), "{}", entry["id"]);
            }
        }
    }
}

#[test]
fn certificates_of_a_cloud_need_the_option_that_the_set_names() {
    let Some(file) = shared("tpm/third_party/ek_certs_third_party.json") else {
        return;
    };
    for entry in file["certs"].as_array().unwrap() {
        let (vendors, der) = (vendors(entry), hex(&entry["der"]));
        let ek = EkPublic::from_tpm2b(&hex(&entry["template_ek_public"])).unwrap();
        let judged = vendors
            .verify(&der, &[], &ek, NOW)
            .map_err(|refused| refused.code());
        let states_purpose = !entry["eku"].as_array().unwrap().is_empty();
        match judged {
            Ok(_) => assert!(states_purpose, "{}", entry["id"]),
            Err(code) => {
                assert_eq!((code, states_purpose), (Code::AttestEkPurpose, false));
            }
        }
        let lenient = vendors.lenient_absent_purpose();
        assert!(
            lenient.verify(&der, &[], &ek, NOW).is_ok(),
            "{}",
            entry["id"]
        );
    }
}

fn vendors(chain: &Value) -> TpmVendors {
    let root = TrustedCertificate::from_der(&hex(&chain["root"])).unwrap();
    let issuer = hex(&chain["issuer"]);
    TpmVendors::new([root])
        .unwrap()
        .with_intermediates([&*issuer])
        .unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .unwrap()
}

/// The file, or a loud word that the test did not run.
fn shared(file: &str) -> Option<Value> {
    let folder = std::env::var_os("PROVISOR_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    match std::fs::read(folder.join(file)) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(error) => {
            eprintln!("SKIPPED: {file} cannot be read: {error}");
            None
        }
    }
}
