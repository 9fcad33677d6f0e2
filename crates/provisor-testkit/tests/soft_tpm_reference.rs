//! The software TPM against credentials that a real TPM accepted.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::path::{Path, PathBuf};

use provisor_testkit::pki::{KeyKind, KeyPair};
use provisor_testkit::soft_tpm::{Fault, Refused, SoftTpm};
use provisor_testkit::vectors::hex;

/// The reference data that is not part of the project, where it is at hand.
fn shared(file: &str) -> Option<serde_json::Value> {
    let folder = std::env::var_os("PROVISOR_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: there is no {}", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// The entries with a private key that this TPM can hold.
fn software_keys(file: &serde_json::Value) -> Vec<(SoftTpm, [Vec<u8>; 4], String)> {
    let text = |case: &serde_json::Value, field: &str| hex(case[field].as_str().unwrap());
    file["software_ek"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| {
            let id = case["id"].as_str().unwrap();
            ["eccp256", "eccp384", "rsa2048"]
                .iter()
                .any(|kind| id.contains(kind))
        })
        .map(|case| {
            let ek = KeyPair::from_pkcs8(&text(case, "ek_private_pkcs8"));
            let tpm = SoftTpm::from_keys(ek, KeyPair::new(KeyKind::P256, 1, "srk"));
            let fields = [
                "object_name",
                "credential_blob",
                "encrypted_secret",
                "secret",
            ];
            (
                tpm,
                fields.map(|field| text(case, field)),
                case["id"].to_string(),
            )
        })
        .collect()
}

#[test]
fn credentials_that_a_tpm_accepted_give_their_secret() {
    let Some(file) = shared("tpm/makecredential.json") else {
        return;
    };
    let cases = software_keys(&file);
    assert!(cases.len() >= 9, "{}", cases.len());
    for (mut tpm, [name, id_object, encrypted, secret], id) in cases {
        assert_eq!(
            tpm.activate_credential_for(&name, &id_object, &encrypted)
                .unwrap(),
            secret,
            "{id}"
        );
    }
}

#[test]
fn everything_else_is_refused_in_one_way() {
    let Some(file) = shared("tpm/makecredential.json") else {
        return;
    };
    for (mut tpm, [name, id_object, encrypted, _], id) in software_keys(&file) {
        for (field, length) in [(0, name.len()), (1, id_object.len()), (2, encrypted.len())] {
            // The last byte of a field and one in its middle: structure and content.
            for position in [length / 2, length - 1] {
                let mut fields = [name.clone(), id_object.clone(), encrypted.clone()];
                fields[field][position] ^= 1;
                let [name, id_object, encrypted] = &fields;
                let answer = tpm.activate_credential_for(name, id_object, encrypted);
                assert_eq!(answer, Err(Refused), "{id} field {field} byte {position}");
            }
        }
        let own_srk = tpm.activate_credential(&id_object, &encrypted);
        assert_eq!(
            own_srk,
            Err(Refused),
            "the credential is for another object"
        );
    }
}

#[test]
fn faults_change_the_answer_and_nothing_else() {
    let Some(file) = shared("tpm/makecredential.json") else {
        return;
    };
    for (tpm, [name, id_object, encrypted, secret], id) in software_keys(&file) {
        let answer = |fault| {
            tpm.clone()
                .with_fault(fault)
                .activate_credential_for(&name, &id_object, &encrypted)
        };
        assert_eq!(answer(Fault::WrongName), Err(Refused), "{id}");
        assert_eq!(
            answer(Fault::TruncatedSecret).unwrap(),
            secret[..secret.len() - 1]
        );
        let flipped = answer(Fault::FlippedSecret).unwrap();
        assert!(flipped.len() == secret.len() && flipped != secret);
        assert_eq!(
            answer(Fault::StaleSecret).unwrap(),
            secret,
            "nothing stale yet"
        );
    }
}
