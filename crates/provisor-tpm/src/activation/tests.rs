//! Activation blobs as a device takes them apart.

use proptest::prelude::*;
use provisor_report::{Code, UnixTime};

use super::*;
use crate::HashAlg;
use crate::credential::{open_credential, open_duplicate};
use crate::marshal::Reader;
use crate::testing::{Counter, Fixture, Holder, hex};

const LATER: UnixTime = UnixTime::new(1_000);

fn ek() -> EkPublic {
    EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap()
}

fn srk() -> SrkPublic {
    SrkPublic::from_tpm2b(&Fixture::srk_ecc()).unwrap()
}

/// What the device's TPM does with a blob: activate, import, and then it holds the key.
fn identity_key_in_the_tpm(blob: &[u8]) -> Vec<u8> {
    let (ek, srk) = (ek(), srk());
    let fields = ActivationFields::split(blob).unwrap();
    let (credential, seed) = (fields.credential_blob, fields.encrypted_secret);
    let inner = open_credential(&Holder, &ek, srk.name(), credential, seed).unwrap();
    let object = Public::from_tpm2b(fields.id_key_public).unwrap();
    let (private, seed) = (fields.duplicate, fields.in_sym_seed);
    let key = srk.storage_key();
    let sensitive = open_duplicate(&Holder, key, &object, Some(&inner), private, seed).unwrap();
    let mut reader = Reader::new("TPMT_SENSITIVE", &sensitive);
    reader.u16().unwrap();
    assert_eq!(reader.sized().unwrap(), [], "the password is empty");
    assert_eq!(reader.sized().unwrap().len(), 32);
    reader.sized().unwrap().to_vec()
}

#[test]
fn the_device_holds_the_key_and_its_hmac_is_the_answer() {
    let (blob, pending) = ActivationBlob::challenge(&ek(), &srk(), LATER, &mut Counter(0)).unwrap();
    let key = identity_key_in_the_tpm(blob.as_bytes());
    assert_eq!(key.len(), 32);
    let mac = HashAlg::Sha256.hmac(&key, &[b"text to sign"]);
    let proof = pending
        .verify_hmac(b"text to sign", mac.as_ref(), LATER)
        .unwrap();
    assert_eq!(
        (proof.ek_name(), proof.object_name()),
        (ek().name(), srk().name())
    );
}

#[test]
fn the_layout_is_the_documented_one() {
    let (blob, _) = ActivationBlob::challenge(&ek(), &srk(), LATER, &mut Counter(0)).unwrap();
    let fields = ActivationFields::split(blob.as_bytes()).unwrap();
    assert_eq!(fields.credential_blob.len(), 54);
    assert_eq!(fields.duplicate.len(), 144);
    assert_eq!(fields.id_key_public.len(), 50);
    assert_eq!(fields.enc_uri_data, [0, 0]);
    // P-256 for both keys: a sealed seed is a point of 70 bytes with its three size fields.
    assert_eq!(
        (fields.encrypted_secret.len(), fields.in_sym_seed.len()),
        (70, 70)
    );
    assert_eq!(blob.as_bytes().len(), 54 + 70 + 144 + 70 + 50 + 2);
}

/// Own values from a Python script on our own keys.
#[test]
fn known_answer() {
    let srk = SrkPublic::from_tpm2b(&Fixture::srk_rsa()).unwrap();
    let (inner_key, key) = (
        Secret::new(&[0x55; 16]).unwrap(),
        Secret::new(&[0x44; 32]).unwrap(),
    );
    let randomness = DangerBlobRandomness {
        inner_key: &inner_key,
        obfuscation: &[0x66; 32],
        ek: DangerRandomness::Ecc {
            ephemeral: &[0x33; 32],
        },
        srk: DangerRandomness::Rsa {
            seed: &[0x11; 32],
            oaep_seed: &[0x22; 32],
        },
    };
    let blob = ActivationBlob::danger_deliver(&ek(), &srk, &key, b"text", &randomness).unwrap();
    assert_eq!(blob.as_bytes().len(), 582);
    assert_eq!(
        HashAlg::Sha256.digest(&[blob.as_bytes()]).as_ref(),
        hex("beebd482441289d4e7cda3c559d6b1d924ffb6f4e0087ea596af2ff81d1058f6")
    );
}

#[test]
fn a_blob_cut_anywhere_or_followed_by_anything_is_refused() {
    let (blob, _) = ActivationBlob::challenge(&ek(), &srk(), LATER, &mut Counter(0)).unwrap();
    for length in 0..blob.as_bytes().len() {
        let refused = ActivationFields::split(&blob.as_bytes()[..length]).unwrap_err();
        assert_eq!(refused.code(), Code::TpmBlobFields, "{length}");
    }
    let longer = [blob.as_bytes(), &[0]].concat();
    assert_eq!(
        ActivationFields::split(&longer).unwrap_err().code(),
        Code::TpmBlobFields
    );
}

#[test]
fn an_obfuscation_value_of_another_length_is_refused() {
    let key = Secret::new(&[0x44; 32]).unwrap();
    for length in [0, 20, 31, 33, 64] {
        let refused = IdentityKey::danger_new(&key, &alloc::vec![1; length]).unwrap_err();
        assert_eq!(refused.code(), Code::TpmSensitive, "{length}");
    }
}

proptest! {
    #[test]
    fn arbitrary_blobs_never_panic(bytes: Vec<u8>) {
        if let Ok(fields) = ActivationFields::split(&bytes) {
            let parts = [
                fields.credential_blob,
                fields.encrypted_secret,
                fields.duplicate,
                fields.in_sym_seed,
                fields.id_key_public,
                fields.enc_uri_data,
            ];
            prop_assert_eq!(parts.concat(), bytes);
        }
    }
}
