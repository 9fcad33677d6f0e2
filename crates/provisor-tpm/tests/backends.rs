//! The vectors with listed randomness over each backend: the same bytes, wherever the randomness is
//! the caller's. Where a backend draws for itself, the rest is the same and the key opens it.
//!
//! Here the lists go in as a source of randomness, so that the order in which it is drawn is tested
//! as well.
#![cfg(feature = "software-key")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a vector that cannot be read should stop the test"
)]

use std::fs;
use std::path::PathBuf;

use provisor_tpm::activation::{ActivationBlob, ActivationFields};
use provisor_tpm::credential::{make_credential_with, open_credential};
use provisor_tpm::crypto::{Crypto, DefaultCrypto};
use provisor_tpm::software::SoftwareKey;
use provisor_tpm::{
    Curve, EkPublic, Name, PublicKey, Random, Rejection, Secret, SrkPublic, random_failed,
};
use serde_json::Value;

/// A backend, and what it draws for itself.
struct Backend {
    name: &'static str,
    crypto: &'static dyn Crypto,
    own_oaep_seeds: bool,
    /// The curves whose ephemeral keys it draws.
    own_ephemeral_keys: &'static [Curve],
}

const ALL_CURVES: &[Curve] = &[Curve::P256, Curve::P384, Curve::P521];

const BACKENDS: &[Backend] = &[
    Backend {
        name: "DefaultCrypto",
        crypto: &DefaultCrypto,
        own_oaep_seeds: false,
        own_ephemeral_keys: &[],
    },
    #[cfg(feature = "aws-lc-rs")]
    Backend {
        name: "AwsLcCrypto",
        crypto: &provisor_tpm::crypto::AwsLcCrypto,
        own_oaep_seeds: true,
        own_ephemeral_keys: &[],
    },
    #[cfg(feature = "aws-lc-rs")]
    Backend {
        name: "AwsLcOwnRandom",
        crypto: &provisor_tpm::crypto::AwsLcOwnRandom,
        own_oaep_seeds: true,
        own_ephemeral_keys: ALL_CURVES,
    },
    #[cfg(feature = "ring-own-random")]
    Backend {
        name: "RingOwnRandom",
        crypto: &provisor_tpm::crypto::RingOwnRandom,
        own_oaep_seeds: false,
        own_ephemeral_keys: &[Curve::P256, Curve::P384],
    },
];

impl Backend {
    /// Whether what it seals to this key follows from the caller's randomness alone.
    fn is_exact(&self, key: &PublicKey) -> bool {
        match key {
            PublicKey::Rsa(_) => !self.own_oaep_seeds,
            PublicKey::Ecc(key) => !self.own_ephemeral_keys.contains(&key.curve()),
        }
    }

    /// Whether the seed, and with it everything but its encryption, follows from it.
    fn takes_seed(&self, key: &PublicKey) -> bool {
        match key {
            PublicKey::Rsa(_) => true,
            PublicKey::Ecc(key) => !self.own_ephemeral_keys.contains(&key.curve()),
        }
    }

    /// What it draws to seal to this key.
    fn draws(&self, listed: &Value, ephemeral: &str, key: &PublicKey) -> Vec<u8> {
        match key {
            PublicKey::Rsa(_) if self.own_oaep_seeds => hex(listed, "seed"),
            PublicKey::Rsa(_) => [hex(listed, "seed"), hex(listed, "oaep_seed")].concat(),
            PublicKey::Ecc(key) if self.own_ephemeral_keys.contains(&key.curve()) => Vec::new(),
            PublicKey::Ecc(ecc) => {
                // The lists may be padded beyond the field.
                let scalar = hex(listed, ephemeral);
                let surplus = scalar.len().saturating_sub(ecc.curve().field_bytes());
                scalar.get(surplus..).unwrap().to_vec()
            }
        }
    }
}

/// Randomness in order; what is left over was not drawn.
struct Listed(Vec<u8>);

impl Random for Listed {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        let Some((head, rest)) = self.0.split_at_checked(out.len()) else {
            return Err(random_failed("more is drawn than is listed"));
        };
        out.copy_from_slice(head);
        self.0 = rest.to_vec();
        Ok(())
    }
}

#[test]
fn credentials() {
    let Some(file) = vectors("makecredential.json") else {
        return;
    };
    for backend in BACKENDS {
        let (mut exact, mut opened) = (0, 0);
        for entry in ["deterministic", "software_ek"]
            .map(|list| entries(&file, list))
            .concat()
        {
            let what = format!("{} {}", backend.name, entry.get("id").unwrap());
            let ek = EkPublic::from_tpm2b(&hex(entry, "ek_public")).unwrap();
            let name = Name::from_bytes(&hex(entry, "object_name")).unwrap();
            let secret = Secret::new(&hex(entry, "secret")).unwrap();
            let key = ek.public_key();
            let mut random = Listed(backend.draws(entry, "ephemeral_private", key));
            let made =
                make_credential_with(backend.crypto, &ek, &name, &secret, &mut random).unwrap();
            assert!(random.0.is_empty(), "{what}: all of it was drawn");
            let (blob, sealed) = (&made.id_object, &made.encrypted_secret);
            if backend.takes_seed(key) {
                assert_eq!(*blob, hex(entry, "credential_blob"), "{what}");
            }
            let same = *sealed == hex(entry, "encrypted_secret");
            assert_eq!(same, backend.is_exact(key), "{what}");
            exact += usize::from(same);
            if entry.get("ek_private_pkcs8").is_some() {
                let private = SoftwareKey::from_pkcs8(&hex(entry, "ek_private_pkcs8")).unwrap();
                let answer = open_credential(&private, &ek, &name, blob, sealed).unwrap();
                assert!(answer.equals(secret.expose()), "{what}");
                opened += 1;
            }
        }
        assert!(opened > 0, "{}: nothing was opened", backend.name);
        let all_its_own = backend.own_oaep_seeds && backend.own_ephemeral_keys == ALL_CURVES;
        assert_eq!(exact > 0, !all_its_own, "{}", backend.name);
        println!("{}: {exact} to the byte, {opened} opened", backend.name);
    }
}

#[test]
fn activation_blobs() {
    let Some(file) = vectors("dps_blob.json") else {
        return;
    };
    for backend in BACKENDS {
        let mut made = 0;
        for entry in entries(&file, "tpm") {
            // We issue no identity key with a policy.
            if entry.get("auth_policy").and_then(Value::as_str) == Some("none") {
                check_blob(backend, entry);
                made += 1;
            }
        }
        assert!(made > 0, "{}: no blob was made", backend.name);
    }
}

fn check_blob(backend: &Backend, entry: &Value) {
    let what = format!("{} {}", backend.name, entry.get("id").unwrap());
    let ek = EkPublic::from_tpm2b(&hex(entry, "ek_public")).unwrap();
    let srk = SrkPublic::from_tpm2b(&hex(entry, "srk_public")).unwrap();
    let identity = Secret::new(&hex(entry, "identity_key")).unwrap();
    let draws = |list: &str, key| backend.draws(entry.get(list).unwrap(), "ephemeral", key);
    let listed = [
        hex(entry, "inner_key"),
        hex(entry, "obfuscation"),
        draws("srk_random", srk.public_key()),
        draws("ek_random", ek.public_key()),
    ];
    let mut random = Listed(listed.concat());
    let made = ActivationBlob::deliver(backend.crypto, &ek, &srk, &identity, &mut random).unwrap();
    assert!(random.0.is_empty(), "{what}: all of it was drawn");

    // Field 6 stays empty here; theirs may hold a text.
    let theirs = hex(entry, "blob");
    let theirs = ActivationFields::split(&theirs).unwrap();
    let ours = ActivationFields::split(made.as_bytes()).unwrap();
    let (ek, srk) = (ek.public_key(), srk.public_key());
    assert_eq!(ours.id_key_public, theirs.id_key_public, "{what}");
    if backend.takes_seed(ek) {
        assert_eq!(ours.credential_blob, theirs.credential_blob, "{what}");
    }
    if backend.takes_seed(srk) {
        assert_eq!(ours.duplicate, theirs.duplicate, "{what}");
    }
    let same = ours.encrypted_secret == theirs.encrypted_secret;
    assert_eq!(same, backend.is_exact(ek), "{what}");
    let same = ours.in_sym_seed == theirs.in_sym_seed;
    assert_eq!(same, backend.is_exact(srk), "{what}");
}

fn entries<'a>(file: &'a Value, list: &str) -> Vec<&'a Value> {
    let list = file.get(list).and_then(Value::as_array).unwrap();
    list.iter().collect()
}

fn hex(entry: &Value, name: &str) -> Vec<u8> {
    let text = entry.get(name).and_then(Value::as_str).unwrap();
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16).unwrap()).collect();
    let (pairs, []) = digits.as_chunks::<2>() else {
        panic!("{name}: an odd number of digits");
    };
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(high * 16 + low).unwrap())
        .collect()
}

fn vectors(name: &str) -> Option<Value> {
    let folder = std::env::var_os("PROVISOR_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let Ok(text) = fs::read_to_string(folder.join("tpm").join(name)) else {
        println!("SKIPPED: no {name}; set PROVISOR_SHARED to the folder of the shared data");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}
