//! F. Opening what a service sealed: device helpers and test tools.

use data_encoding::BASE64;
use provisor::Code;
use provisor::tpm::credential::open_credential;
use provisor::tpm::software::SoftwareKey;
use provisor::tpm::{Credential, EkPublic, Name, Secret, SrkPublic, make_credential};
use provisor_testkit::pki::{KeyKind, KeyPair};
use provisor_testkit::random::SeededRandom;

use super::area::{Area, sized};

/// A credential, and everything that opens it.
struct Sealed {
    ek: EkPublic,
    name: Name,
    key: SoftwareKey,
    made: Credential,
}

impl Sealed {
    fn new(area: &Area, key: &KeyPair) -> Self {
        let ek = EkPublic::from_tpm2b(&area.tpm2b()).unwrap();
        let name = *SrkPublic::from_tpm2b(&Area::srk().tpm2b()).unwrap().name();
        let secret = Secret::new(&[7; 16]).unwrap();
        let mut random = SeededRandom::new(1, "traps");
        let made = make_credential(&ek, &name, &secret, &mut random).unwrap();
        let key = SoftwareKey::from_pkcs8(&der(key)).unwrap();
        let sealed = Self {
            ek,
            name,
            key,
            made,
        };
        assert!(sealed.open(&sealed.name, &sealed.made).is_ok());
        sealed
    }

    fn all() -> [Self; 2] {
        [
            Self::new(&Area::ek_rsa(), &KeyPair::rsa(7, 0)),
            Self::new(&Area::ek_ecc(), &KeyPair::new(KeyKind::P256, 7, "trap")),
        ]
    }

    fn open(&self, name: &Name, made: &Credential) -> Result<Secret, Code> {
        let (blob, sealed) = (&made.id_object, &made.encrypted_secret);
        open_credential(&self.key, &self.ek, name, blob, sealed).map_err(|refused| {
            // One reason, one text, whatever failed (trap 67).
            assert_eq!(refused.expected_text(), "");
            assert_eq!(refused.found_text(), "");
            refused.code()
        })
    }

    #[track_caller]
    fn refuses(&self, bend: impl FnOnce(&mut Credential)) {
        let mut made = self.made.clone();
        bend(&mut made);
        assert_ne!(made, self.made);
        let code = self.open(&self.name, &made).unwrap_err();
        assert_eq!(code, Code::TpmCredentialOpen);
    }
}

fn der(key: &KeyPair) -> Vec<u8> {
    let pem = key.private_key_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    BASE64.decode(body.as_bytes()).unwrap()
}

/// The integrity, and what is behind it, of a TPM2B_ID_OBJECT: 2 + (2 + 32) + rest.
fn with_integrity(made: &mut Credential, integrity: &[u8]) {
    let rest = made.id_object[36..].to_vec();
    made.id_object = sized(&[sized(integrity), rest].concat());
}

#[test]
fn trap_62_integrity_changed_cut_or_empty() {
    for sealed in Sealed::all() {
        sealed.refuses(|made| made.id_object[4] ^= 1);
        let integrity = sealed.made.id_object[4..36].to_vec();
        sealed.refuses(|made| with_integrity(made, &integrity[..16]));
        sealed.refuses(|made| with_integrity(made, &[]));
    }
}

#[test]
fn trap_63_encrypted_parts_changed() {
    for sealed in Sealed::all() {
        sealed.refuses(|made| *made.id_object.last_mut().unwrap() ^= 1);
        sealed.refuses(|made| *made.encrypted_secret.last_mut().unwrap() ^= 1);
    }
}

#[test]
fn trap_64_trailing_or_missing_bytes() {
    for sealed in Sealed::all() {
        sealed.refuses(|made| made.id_object.push(0));
        sealed.refuses(|made| made.encrypted_secret.push(0));
        sealed.refuses(|made| made.id_object.truncate(made.id_object.len() - 1));
        sealed.refuses(|made| {
            made.encrypted_secret
                .truncate(made.encrypted_secret.len() - 1);
        });
        sealed.refuses(|made| made.encrypted_secret.clear());
        // A byte after the point, inside the TPM2B: libtpms accepts it.
        sealed.refuses(|made| {
            let inside = [&made.encrypted_secret[2..], &[0]].concat();
            made.encrypted_secret = sized(&inside);
        });
    }
}

#[test]
fn trap_65_an_ephemeral_point_off_the_curve() {
    let [_, ecc] = Sealed::all();
    for (x, y) in [
        ([0; 32], [0; 32]),
        ([1; 32], [1; 32]),
        ([0xFF; 32], [1; 32]),
    ] {
        ecc.refuses(|made| made.encrypted_secret = sized(&[sized(&x), sized(&y)].concat()));
    }
}

#[test]
fn trap_66_another_name() {
    for sealed in Sealed::all() {
        let code = sealed.open(sealed.ek.name(), &sealed.made).unwrap_err();
        assert_eq!(code, Code::TpmCredentialOpen);
        // The same digest under another algorithm of its length (SM3, SHA3-256): such a Name is not
        // even one that can be asked for.
        for algorithm in [0x12, 0x27] {
            let mut other = sealed.name.as_bytes().to_vec();
            other[1] = algorithm;
            let refused = Name::from_bytes(&other).unwrap_err();
            assert_eq!(refused.code(), Code::TpmNameAlgorithm);
        }
    }
}

#[test]
fn trap_67_one_error_for_every_reason() {
    // `Sealed::open` asserts that nothing but the code is said; here is one input for each layer:
    // OAEP or the point, the integrity, the framing, the key.
    let [rsa, ecc] = Sealed::all();
    for sealed in [&rsa, &ecc] {
        sealed.refuses(|made| made.encrypted_secret[2] ^= 1);
        sealed.refuses(|made| made.id_object[4] ^= 1);
        sealed.refuses(|made| made.id_object.truncate(1));
    }
    let other = rsa.open(&rsa.name, &ecc.made).unwrap_err();
    assert_eq!(other, Code::TpmCredentialOpen);
}

#[test]
fn beside_64_seeds_in_other_forms() {
    let [rsa, ecc] = Sealed::all();
    // RSA: a number above the modulus, and the right one with a zero more or a byte less.
    rsa.refuses(|made| made.encrypted_secret = sized(&[0xFF; 256]));
    rsa.refuses(|made| made.encrypted_secret = sized(&[0; 256]));
    rsa.refuses(|made| {
        made.encrypted_secret = sized(&[&[0], &made.encrypted_secret[2..]].concat());
    });
    rsa.refuses(|made| made.encrypted_secret = sized(&made.encrypted_secret[3..]));
    // A point as other standards write it: SEC 1, both forms; x alone; one coordinate a byte short.
    let sealed = ecc.made.encrypted_secret.clone();
    let (x, y) = (sealed[4..36].to_vec(), sealed[38..].to_vec());
    for form in [
        [&[4][..], &x, &y].concat(),
        [&[2 + (y[31] & 1)][..], &x].concat(),
        sized(&x),
        [sized(&x[1..]), sized(&y)].concat(),
        [sized(&x), sized(&[&[0][..], &y].concat())].concat(),
        [sized(&y), sized(&x)].concat(),
    ] {
        ecc.refuses(|made| made.encrypted_secret = sized(&form));
    }
}

#[test]
fn beside_62_integrity_of_another_hash_or_object() {
    for sealed in Sealed::all() {
        let integrity = sealed.made.id_object[4..36].to_vec();
        sealed.refuses(|made| with_integrity(made, &[&integrity[..], &[0; 16]].concat()));
        // The integrity of another credential for the same object.
        let secret = Secret::new(&[8; 16]).unwrap();
        let mut random = SeededRandom::new(2, "traps");
        let other = make_credential(&sealed.ek, &sealed.name, &secret, &mut random).unwrap();
        sealed.refuses(|made| with_integrity(made, &other.id_object[4..36]));
        // One half of each.
        sealed.refuses(|made| made.encrypted_secret.clone_from(&other.encrypted_secret));
        sealed.refuses(|made| made.id_object.clone_from(&other.id_object));
    }
}
