//! Objects wrapped, unwrapped, and refused (Part 3 section 13.3).

use provisor_report::Code;

use super::*;
use crate::SrkPublic;
use crate::activation::IdentityKey;
use crate::credential::open_duplicate;
use crate::testing::{Counter, Fixture, Holder};

fn identity() -> IdentityKey {
    IdentityKey::danger_new(&Secret::new(&[0x44; 32]).unwrap(), &[0x66; 32]).unwrap()
}

fn parent() -> SrkPublic {
    SrkPublic::from_tpm2b(&Fixture::srk_ecc()).unwrap()
}

#[test]
fn what_is_wrapped_is_unwrapped_with_and_without_the_inner_wrapper() {
    let (identity, parent) = (identity(), parent());
    let (object, key) = (
        Public::from_tpm2b(identity.tpm2b()).unwrap(),
        parent.storage_key(),
    );
    for inner in [None, Some(16), Some(32)] {
        let inner = inner.map(|length| Secret::new(&alloc::vec![9; length]).unwrap());
        let sensitive = identity.sensitive();
        let made = duplicate(key, &object, sensitive, inner.as_ref(), &mut Counter(0)).unwrap();
        let (private, seed) = (&made.duplicate, &made.in_sym_seed);
        let opened = open_duplicate(&Holder, key, &object, inner.as_ref(), private, seed);
        assert_eq!(&opened.unwrap()[..], sensitive);
        // The wrong inner key, or none, or one too many.
        let wrong = Secret::new(&[8; 16]).unwrap();
        assert!(open_duplicate(&Holder, key, &object, Some(&wrong), private, seed).is_err());
    }
}

#[test]
fn inner_keys_of_other_lengths_are_refused() {
    let (identity, parent) = (identity(), parent());
    let object = Public::from_tpm2b(identity.tpm2b()).unwrap();
    for length in [1, 15, 17, 24, 33, 64] {
        let inner = Secret::new(&alloc::vec![9; length]).unwrap();
        let (key, sensitive) = (parent.storage_key(), identity.sensitive());
        let refused = duplicate(key, &object, sensitive, Some(&inner), &mut Counter(0));
        assert_eq!(refused.unwrap_err().code(), Code::TpmInnerKey, "{length}");
    }
}

#[test]
fn objects_that_no_tpm_would_import() {
    let (identity, parent) = (identity(), parent());
    let with = |attributes: u32| {
        let mut bytes = identity.tpm2b().to_vec();
        bytes[6..10].copy_from_slice(&attributes.to_be_bytes());
        bytes
    };
    for (attributes, expected) in [
        (0x0004_0442_u32, Code::TpmObjectFixed),
        (0x0004_0450, Code::TpmObjectFixed),
        (0x0004_0C40, Code::TpmInnerRequired),
    ] {
        let bytes = with(attributes);
        let object = Public::from_tpm2b(&bytes).unwrap();
        let (key, sensitive) = (parent.storage_key(), identity.sensitive());
        let refused = duplicate(key, &object, sensitive, None, &mut Counter(0));
        assert_eq!(refused.unwrap_err().code(), expected, "{attributes:08x}");
    }
}

#[test]
fn a_sensitive_area_of_another_object_is_refused() {
    let (mine, parent) = (identity(), parent());
    let other = Secret::new(&[0x45; 32]).unwrap();
    let other = IdentityKey::danger_new(&other, &[0x66; 32]).unwrap();
    let object = Public::from_tpm2b(mine.tpm2b()).unwrap();
    let refused = duplicate(
        parent.storage_key(),
        &object,
        other.sensitive(),
        None,
        &mut Counter(0),
    );
    assert_eq!(refused.unwrap_err().code(), Code::TpmSensitive);
    for length in 0..mine.sensitive().len() {
        let cut = &mine.sensitive()[..length];
        let refused = duplicate(parent.storage_key(), &object, cut, None, &mut Counter(0));
        assert_eq!(refused.unwrap_err().code(), Code::TpmTruncated, "{length}");
    }
}

/// `TPMT_SENSITIVE` of these parts.
fn sensitive_of(kind: u16, auth: usize, seed: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u16(kind).sized(&alloc::vec![1; auth]).unwrap();
    writer.sized(seed).unwrap().sized(secret).unwrap();
    writer.finish()
}

/// `TPM2B_PUBLIC` of a movable object without public key, whose unique field is right.
fn area_of(kind: u16, parameters: &[u8], seed: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    let unique = crate::HashAlg::Sha256.digest(&[seed, secret]);
    writer.u16(kind).u16(0x000B).u32(0x40).sized(&[]).unwrap();
    writer.bytes(parameters).sized(unique.as_ref()).unwrap();
    tpm2b(&writer.finish()).unwrap()
}

/// Sizes as TPMs insist on them (Part 2 section 12.3.2.4): what they would refuse is refused here.
#[test]
fn sensitive_areas_have_the_sizes_of_their_object() {
    let hmac: &[u8] = &[0, 5, 0, 0x0B];
    let (sealed, aes): (&[u8], &[u8]) = (&[0, 0x10], &[0, 6, 0, 128, 0, 0x43]);
    let parent = parent();
    let judge = |kind: u16, parameters: &[u8], auth, seed: usize, secret: usize| {
        let (seed, secret) = (alloc::vec![2; seed], alloc::vec![3; secret]);
        let area = area_of(kind, parameters, &seed, &secret);
        let object = Public::from_tpm2b(&area).unwrap();
        let sensitive = sensitive_of(kind, auth, &seed, &secret);
        let key = parent.storage_key();
        duplicate(key, &object, &sensitive, None, &mut Counter(0)).map_err(|r| r.code())
    };
    for (kind, parameters, longest) in [(8, hmac, 64), (8, sealed, 128), (0x25, aes, 16)] {
        for auth in [0, 1, 32] {
            assert!(judge(kind, parameters, auth, 32, longest).is_ok(), "{auth}");
        }
        assert_eq!(
            judge(kind, parameters, 33, 32, longest),
            Err(Code::TpmSensitive)
        );
        for seed in [0, 1, 31, 33, 64] {
            let refused = judge(kind, parameters, 0, seed, longest);
            assert_eq!(refused, Err(Code::TpmSensitive), "{seed}");
        }
        assert!(judge(kind, parameters, 0, 32, longest + 1).is_err());
        assert!(judge(kind, parameters, 0, 32, 0).is_err());
    }
    assert!(judge(8, hmac, 0, 32, 1).is_ok());
    for other in [1, 15, 24, 32] {
        assert_eq!(judge(0x25, aes, 0, 32, other), Err(Code::TpmSensitive));
    }
}

/// One prime of half the size; a scalar of at most the field.
#[test]
fn private_numbers_have_the_size_of_their_key() {
    let parent = parent();
    let movable = 0x0004_0040_u32.to_be_bytes();
    for (mut area, sizes, kind) in [
        (Fixture::ak_ecc(), 1..=32, 0x23),
        (Fixture::ek_rsa(), 128..=128, 1),
    ] {
        area[6..10].copy_from_slice(&movable);
        let object = Public::from_tpm2b(&area).unwrap();
        for length in 0..140 {
            let sensitive = sensitive_of(kind, 0, &[], &alloc::vec![3; length]);
            let made = duplicate(
                parent.storage_key(),
                &object,
                &sensitive,
                None,
                &mut Counter(0),
            );
            let code = made.map(drop).map_err(|refused| refused.code());
            let expected = match sizes.contains(&length) {
                true => Ok(()),
                false => Err(Code::TpmSensitive),
            };
            assert_eq!(code, expected, "{length}");
        }
    }
}
