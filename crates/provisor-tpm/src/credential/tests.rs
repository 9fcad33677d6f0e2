//! Credentials made, opened, cut and bent (traps 54, 55 and 62 to 67).

use alloc::vec;

use proptest::prelude::*;
use provisor_report::Code;

use super::*;
use crate::testing::{Counter, Fixture, Holder, hex};

fn ek_ecc() -> EkPublic {
    EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap()
}

fn ek_rsa() -> EkPublic {
    EkPublic::from_tpm2b(&Fixture::ek_rsa()).unwrap()
}

fn name_of(public: &[u8]) -> Name {
    crate::Public::from_tpm2b(public).unwrap().name()
}

/// Own values from a Python script on our own keys: seed 11.., OAEP seed 22.., ephemeral key 33...
#[test]
fn known_answers() {
    let secret = Secret::new(b"secret of sixtee").unwrap();
    let ephemeral = [0x33; 32];
    let randomness = DangerRandomness::Ecc {
        ephemeral: &ephemeral,
    };
    let name = name_of(&Fixture::srk_rsa());
    let made = danger_make_credential(&ek_ecc(), &name, &secret, &randomness).unwrap();
    assert_eq!(
        made.id_object,
        hex(
            "003400204310499c87b7ee2bf8ccd8a6daddc2b435d4cda60afb68dd8219a9134354\
             25fa89d65786e7191e3ececb4f0360b1bb56fbe9"
        )
    );
    assert_eq!(
        made.encrypted_secret,
        hex(
            "0044002051a7580833898ea1b183cbd7350a4099078c6ef1c1e18e970cd7683035f25e7d\
             00200110522712b0b5a7cff081685486984a94e6831edac46e7360fa9d834a7a81a1"
        )
    );

    let randomness = DangerRandomness::Rsa {
        seed: &[0x11; 32],
        oaep_seed: &[0x22; 32],
    };
    let name = name_of(&Fixture::srk_ecc());
    let made = danger_make_credential(&ek_rsa(), &name, &secret, &randomness).unwrap();
    assert_eq!(
        made.id_object,
        hex(
            "0034002023980c40c8c75a70e110065631591d4574ab6abc11f2800d04cf1695b59e6e61\
             95ceeb31116ffbb307e70d0bb205d04353b0"
        )
    );
    assert_eq!(made.encrypted_secret.len(), 258);
    assert_eq!(
        crate::HashAlg::Sha256
            .digest(&[&made.encrypted_secret])
            .as_ref(),
        hex("ce993ef6ffb06c47fc66928c6700dbc3d6c86c912ecacd8a9050a6c8935a5e6f")
    );
}

#[test]
fn what_is_sealed_is_opened() {
    let (ek, name) = (ek_ecc(), name_of(&Fixture::srk_rsa()));
    for length in [1, 16, 32] {
        let secret = Secret::new(&vec![7; length]).unwrap();
        let made = make_credential(&ek, &name, &secret, &mut Counter(0)).unwrap();
        let (blob, sealed) = (&made.id_object, &made.encrypted_secret);
        let opened = open_credential(&Holder, &ek, &name, blob, sealed).unwrap();
        assert!(opened.equals(secret.expose()));
    }
}

#[test]
fn a_secret_longer_than_the_digest_is_refused() {
    let name = name_of(&Fixture::srk_rsa());
    let secret = Secret::new(&[7; 33]).unwrap();
    let refused = make_credential(&ek_ecc(), &name, &secret, &mut Counter(0)).unwrap_err();
    assert_eq!(refused.code(), Code::TpmSecretTooLong);
    assert_eq!(refused.expected_text(), "at most 32 bytes");
}

#[test]
fn two_credentials_share_nothing() {
    let (ek, name) = (ek_rsa(), name_of(&Fixture::srk_ecc()));
    let secret = Secret::new(&[7; 32]).unwrap();
    let mut random = Counter(0);
    let a = make_credential(&ek, &name, &secret, &mut random).unwrap();
    let b = make_credential(&ek, &name, &secret, &mut random).unwrap();
    assert_ne!(a.id_object, b.id_object);
    assert_ne!(a.encrypted_secret, b.encrypted_secret);
}

#[test]
fn a_failing_source_of_randomness_seals_nothing() {
    let name = name_of(&Fixture::srk_ecc());
    let secret = Secret::new(&[7; 32]).unwrap();
    let mut broken = crate::random::Verbatim(&[]);
    for ek in [ek_rsa(), ek_ecc()] {
        let refused = make_credential(&ek, &name, &secret, &mut broken).unwrap_err();
        assert_eq!(refused.code(), Code::TpmRandom);
    }
    // Zero is no scalar, however often it is drawn.
    let zeros = vec![0; 32 * crate::limits::SCALAR_DRAWS];
    let mut stuck = crate::random::Verbatim(&zeros);
    let refused = make_credential(&ek_ecc(), &name, &secret, &mut stuck).unwrap_err();
    assert_eq!(refused.code(), Code::TpmRandom);
}

#[test]
fn another_name_or_key_opens_nothing() {
    let (ek, name) = (ek_ecc(), name_of(&Fixture::srk_rsa()));
    let secret = Secret::new(&[7; 32]).unwrap();
    let made = make_credential(&ek, &name, &secret, &mut Counter(0)).unwrap();
    let other = name_of(&Fixture::srk_ecc());
    let refused = open_credential(
        &Holder,
        &ek,
        &other,
        &made.id_object,
        &made.encrypted_secret,
    );
    assert_eq!(refused.unwrap_err().code(), Code::TpmCredentialOpen);
}

proptest! {
    #[test]
    fn no_changed_byte_opens(at: prop::sample::Index, flip in 1_u8.., in_secret: bool) {
        let (ek, name) = (ek_ecc(), name_of(&Fixture::srk_rsa()));
        let secret = Secret::new(&[7; 32]).unwrap();
        let mut made = make_credential(&ek, &name, &secret, &mut Counter(0)).unwrap();
        let bytes = if in_secret { &mut made.encrypted_secret } else { &mut made.id_object };
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let opened = open_credential(&Holder, &ek, &name, &made.id_object, &made.encrypted_secret);
        prop_assert_eq!(opened.unwrap_err().code(), Code::TpmCredentialOpen);
    }

    #[test]
    fn cut_or_longer_it_does_not_open(cut in 0_usize..70, more in 1_usize..3) {
        let (ek, name) = (ek_ecc(), name_of(&Fixture::srk_rsa()));
        let secret = Secret::new(&[7; 32]).unwrap();
        let made = make_credential(&ek, &name, &secret, &mut Counter(0)).unwrap();
        let (blob, sealed) = (made.id_object, made.encrypted_secret);
        let (short_blob, short_sealed) = (&blob[..cut], &sealed[..cut]);
        prop_assert!(open_credential(&Holder, &ek, &name, short_blob, &sealed).is_err());
        prop_assert!(open_credential(&Holder, &ek, &name, &blob, short_sealed).is_err());
        let long_blob = [&blob[..], &vec![0; more]].concat();
        let long_sealed = [&sealed[..], &vec![0; more]].concat();
        prop_assert!(open_credential(&Holder, &ek, &name, &long_blob, &sealed).is_err());
        prop_assert!(open_credential(&Holder, &ek, &name, &blob, &long_sealed).is_err());
    }
}
