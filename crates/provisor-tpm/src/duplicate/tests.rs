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
