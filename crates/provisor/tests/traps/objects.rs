//! D. The object whose Name is activated: storage root key or attestation key.

use provisor::tpm::{AkPublic, Challenge, EkPublic, Name, SrkPublic};
use provisor::{Code, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{Fault, Refused, SoftTpm, TpmKind};

use super::area::{AK_ATTRIBUTES, Area, NULL, SRK_ATTRIBUTES, ak, srk};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

#[test]
fn trap_42_a_claimed_name() {
    // `Challenge::new` and `ActivationBlob` take checked keys, not Names: see the example that does
    // not compile at `Challenge::new`. The Name is the one of the bytes.
    let srk = SrkPublic::from_tpm2b(&Area::srk().tpm2b()).unwrap();
    let other = Area::srk().with(|area| area.attributes ^= 0x400);
    let other = SrkPublic::from_tpm2b(&other.tpm2b()).unwrap();
    assert_ne!(srk.name(), other.name());
    // A device that shows another public area than it has loaded names another object, whatever it
    // says: what is sealed for that Name opens nowhere.
    let mut tpm = SoftTpm::new(TpmKind::P256, 7, 0).with_fault(Fault::SrkAttributes(0x400));
    let shown = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    assert_ne!(shown.name().as_bytes(), tpm.srk_name());
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let mut random = SeededRandom::new(1, "trap 42");
    let (challenge, _) = Challenge::new(&ek, &shown, NOW, &mut random).unwrap();
    let sent = challenge.credential();
    let opened = tpm.activate_credential(&sent.id_object, &sent.encrypted_secret);
    assert_eq!(opened, Err(Refused));
}

#[test]
fn trap_43_a_software_key_as_srk() {
    // sign and userWithAuth: what swtpm activates although it came from outside.
    for attributes in [0x0004_0040, SRK_ATTRIBUTES & !0x02] {
        let area = Area::srk().with(|area| area.attributes = attributes);
        assert_eq!(srk(&area), Code::TpmNotFixedTpm);
    }
}

#[test]
fn trap_44_an_ak_that_signs_anything() {
    let area = Area::ak().with(|area| area.attributes &= !0x0001_0000);
    assert_eq!(ak(&area), Code::TpmNotRestricted);
}

#[test]
fn trap_45_an_ak_that_can_be_imported() {
    let area = Area::ak().with(|area| area.attributes &= !0x02);
    assert_eq!(ak(&area), Code::TpmNotFixedTpm);
    let area = Area::ak().with(|area| area.attributes &= !0x10);
    assert_eq!(ak(&area), Code::TpmNotFixedParent);
}

#[test]
fn trap_46_an_ak_made_outside() {
    let area = Area::ak().with(|area| area.attributes &= !0x20);
    assert_eq!(ak(&area), Code::TpmExternalOrigin);
}

#[test]
fn trap_47_no_restricted_signing_key() {
    assert!(AkPublic::from_tpm2b(&Area::ak().tpm2b()).is_ok());
    assert!(AkPublic::from_tpm2b(&Area::ak_rsa().tpm2b()).is_ok());
    let decrypts = Area::ak().with(|area| area.attributes = AK_ATTRIBUTES | 0x0002_0000);
    assert_eq!(ak(&decrypts), Code::TpmSigningKeyDecrypts);
    for scheme in [vec![NULL], vec![0x0018, 0x0004], vec![0x001A, 0x000B, 1]] {
        let area = Area::ak().with(|area| area.scheme = scheme.clone());
        assert_eq!(ak(&area), Code::TpmSigningScheme, "{scheme:04x?}");
    }
    assert_eq!(ak(&Area::srk()), Code::TpmNotSign);
}

#[test]
fn trap_48_no_safe_parent() {
    let area = Area::srk().with(|area| area.symmetric = vec![NULL]);
    assert_eq!(srk(&area), Code::TpmNoCipher);
    let short = Area::rsa(SRK_ATTRIBUTES, &[]).with(|area| {
        area.shape = 1024;
        area.unique[0].truncate(128);
    });
    assert_eq!(srk(&short), Code::TpmRsaSize);
    let hmac = SrkPublic::from_tpm2b(&Area::hmac()).unwrap_err();
    assert_eq!(hmac.code(), Code::TpmNotFixedTpm);
    let claims = Area::hmac();
    let claims = [&claims[..6], &SRK_ATTRIBUTES.to_be_bytes(), &claims[10..]].concat();
    let code = SrkPublic::from_tpm2b(&claims).unwrap_err().code();
    assert_eq!(code, Code::TpmKeyKind);
}

#[test]
fn trap_49_an_ek_as_srk() {
    for area in [Area::ek_rsa(), Area::ek_ecc()] {
        assert!(EkPublic::from_tpm2b(&area.tpm2b()).is_ok());
        assert_eq!(srk(&area), Code::TpmEkAsSrk);
    }
}

#[test]
fn trap_50_the_name_says_another_hash() {
    let name = *SrkPublic::from_tpm2b(&Area::srk().tpm2b()).unwrap().name();
    let mut bytes = name.as_bytes().to_vec();
    bytes[1] = 0x0C;
    let refused = Name::from_bytes(&bytes).unwrap_err();
    assert_eq!(refused.code(), Code::TpmNameForm);
    bytes[1] = 0x06;
    let refused = Name::from_bytes(&bytes).unwrap_err();
    assert_eq!(refused.code(), Code::TpmNameAlgorithm);
    // A credential for one Name opens with no other, though the digest be the same.
    let mut tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let secret = provisor::tpm::Secret::new(&[7; 32]).unwrap();
    let mut random = SeededRandom::new(1, "trap 50");
    let made = provisor::tpm::make_credential(&ek, &name, &secret, &mut random).unwrap();
    let (blob, sealed) = (&made.id_object, &made.encrypted_secret);
    let mut open = |name: &[u8]| tpm.activate_credential_for(name, blob, sealed).is_ok();
    assert!(open(name.as_bytes()));
    assert!(!open(&bytes));
}
