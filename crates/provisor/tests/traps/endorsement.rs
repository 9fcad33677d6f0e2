//! B. The endorsement key.

use provisor::Code;
use provisor::tpm::{EkPublic, HashAlg};
use provisor_testkit::pki::{KeyKind, KeyPair};

use super::area::{Area, EK_ATTRIBUTES, NULL, POLICY_B, SRK_ATTRIBUTES, ek, hex, policy_a};

#[track_caller]
fn attributes(bits: u32, expected: Code) {
    for area in [Area::ek_rsa(), Area::ek_ecc()] {
        let area = area.with(|area| area.attributes = bits);
        assert_eq!(ek(&area), expected, "{bits:08x}");
    }
}

#[test]
fn trap_15_fixed_tpm_clear() {
    attributes(EK_ATTRIBUTES & !0x02, Code::TpmNotFixedTpm);
}

#[test]
fn trap_16_fixed_parent_or_sensitive_data_origin_clear() {
    attributes(EK_ATTRIBUTES & !0x10, Code::TpmNotFixedParent);
    attributes(EK_ATTRIBUTES & !0x20, Code::TpmExternalOrigin);
}

#[test]
fn trap_17_not_a_storage_key() {
    attributes(EK_ATTRIBUTES & !0x0001_0000, Code::TpmNotRestricted);
    attributes(EK_ATTRIBUTES & !0x0002_0000, Code::TpmNotDecrypt);
    attributes(EK_ATTRIBUTES | 0x0004_0000, Code::TpmStorageKeySigns);
}

#[test]
fn trap_18_not_the_policy_of_the_profile() {
    attributes(EK_ATTRIBUTES & !0x80, Code::TpmAttributes);
    for wrong in [vec![], vec![0; 32], vec![7; 32], hex(POLICY_B)] {
        let area = Area::ek_ecc().with(|area| area.policy = wrong);
        assert_eq!(ek(&area), Code::TpmAuthPolicy);
    }
}

#[test]
fn trap_19_another_kind_of_key() {
    assert_eq!(ek(&Area::srk()), Code::TpmAttributes);
    assert_eq!(ek(&Area::ak()), Code::TpmNotDecrypt);
    for bytes in [Area::hmac(), Area::symmetric()] {
        let refused = EkPublic::from_tpm2b(&bytes).unwrap_err();
        assert_eq!(refused.code(), Code::TpmKeyKind);
    }
}

#[test]
fn trap_20_short_rsa_keys() {
    for bits in [512_u16, 1024] {
        let area = Area::ek_rsa().with(|area| {
            area.shape = bits;
            area.unique[0].truncate(usize::from(bits) / 8);
        });
        assert_eq!(ek(&area), Code::TpmRsaSize, "{bits}");
    }
}

#[test]
fn trap_21_exponents() {
    for exponent in [1_u32, 2, 3, 65536, u32::MAX] {
        let area = Area::ek_rsa().with(|area| area.rest = exponent.to_be_bytes().to_vec());
        assert_eq!(ek(&area), Code::TpmRsaExponent, "{exponent}");
    }
}

#[test]
fn trap_22_numbers_that_are_no_modulus() {
    let code = |modulus: Vec<u8>| ek(&Area::ek_rsa().with(|area| area.unique = vec![modulus]));
    let good = Area::ek_rsa().unique.remove(0);
    let mut even = good.clone();
    even[255] ^= 1;
    let mut short = good;
    short[0] &= 0x7F;
    let mut one = vec![0; 256];
    one[255] = 1;
    for wrong in [even, short, vec![0; 256], one] {
        assert_eq!(code(wrong), Code::TpmRsaModulus);
    }
    // 2^2048 - 1 is divisible by 3.
    assert_eq!(code(vec![0xFF; 256]), Code::TpmRsaFactor);
    assert_eq!(code(hex(SQUARE)), Code::TpmRsaSquare);
}

#[test]
fn trap_23_the_structure_of_cve_2017_15361() {
    let area = Area::ek_rsa().with(|area| area.unique = vec![hex(ROCA)]);
    assert_eq!(ek(&area), Code::TpmRsaRoca);
}

#[test]
fn trap_24_points_off_the_curve() {
    let good = Area::ek_ecc().unique;
    let mut off = good[1].clone();
    off[31] ^= 1;
    for unique in [
        vec![good[0].clone(), off],
        vec![vec![0; 32], vec![0; 32]],
        vec![vec![0xFF; 32], good[1].clone()],
    ] {
        let area = Area::ek_ecc().with(|area| area.unique = unique);
        assert_eq!(ek(&area), Code::TpmPoint);
    }
}

#[test]
fn trap_25_curves_outside_the_profile() {
    for (curve, length) in [(0x0001, 24), (0x0002, 28), (0x0010, 32), (0x0020, 32)] {
        let area = Area::ek_ecc().with(|area| {
            area.shape = curve;
            area.unique = vec![vec![1; length]; 2];
        });
        assert_eq!(ek(&area), Code::TpmCurveRefused, "{curve:04x}");
    }
    // P-384 with the coordinates of P-256, and a curve that nobody assigned.
    let area = Area::ek_ecc().with(|area| area.shape = 0x0004);
    assert_eq!(ek(&area), Code::TpmPointPadding);
    let area = Area::ek_ecc().with(|area| area.shape = 0);
    assert_eq!(ek(&area), Code::TpmCurve);
}

#[test]
fn trap_26_no_cipher_or_a_scheme() {
    for area in [Area::ek_rsa(), Area::ek_ecc()] {
        let without = area.clone().with(|area| area.symmetric = vec![NULL]);
        assert_eq!(ek(&without), Code::TpmNoCipher);
        let scheme = if area.kind == 1 { 0x0017 } else { 0x0018 };
        let with = area.with(|area| area.scheme = vec![scheme, 0x000B]);
        assert_eq!(ek(&with), Code::TpmSchemeSet);
    }
    let kdf = Area::ek_ecc().with(|area| area.rest = vec![0, 0x20, 0, 0x0B]);
    assert_eq!(ek(&kdf), Code::TpmSchemeSet);
}

#[test]
fn trap_27_mixtures_of_templates() {
    // P-384 with SHA-256 and the low-range policy: there is no such template.
    let key = KeyPair::new(KeyKind::P384, 7, "trap");
    let point = key.public_key_bits();
    let h3 = Area::ek_ecc().with(|area| {
        area.shape = 0x0004;
        area.unique = vec![point[1..49].to_vec(), point[49..].to_vec()];
    });
    assert_eq!(ek(&h3), Code::TpmTemplate);
    let sha384 = policy_a(HashAlg::Sha384);
    let p256 = Area::ek_ecc().with(|area| {
        area.name_alg = 0x000C;
        area.policy = sha384;
    });
    assert_eq!(ek(&p256), Code::TpmTemplate);
    // userWithAuth belongs to the high range, whose policy is another.
    let area = Area::ek_ecc().with(|area| area.attributes |= 0x40);
    assert_eq!(ek(&area), Code::TpmAuthPolicy);
    let area = Area::ek_ecc().with(|area| area.attributes |= SRK_ATTRIBUTES & 0x400);
    assert_eq!(ek(&area), Code::TpmAttributes);
}

#[test]
fn trap_28_stripped_coordinates() {
    for index in [0, 1] {
        let padded = Area::ek_ecc().with(|area| area.unique = leading_zero(index));
        assert!(EkPublic::from_tpm2b(&padded.tpm2b()).is_ok());
        let stripped = padded.with(|area| {
            assert_eq!(area.unique[index].remove(0), 0);
        });
        assert_eq!(ek(&stripped), Code::TpmPointPadding);
    }
}

/// A point whose first or second coordinate begins with a zero byte: one in 256 does.
fn leading_zero(index: usize) -> Vec<Vec<u8>> {
    let points = (0..10_000_u32).map(|number| {
        let key = KeyPair::new(KeyKind::P256, 7, &format!("trap 28, {number}"));
        let point = key.public_key_bits();
        vec![point[1..33].to_vec(), point[33..].to_vec()]
    });
    points
        .into_iter()
        .find(|point| point[index][0] == 0)
        .unwrap()
}

/// A power of 65537 modulo every prime up to 167, with no prime factor below 2000; made for this
/// test by a short Python script, and nobody's key.
const ROCA: &str = "\
c00000000000000000000000000000000000000000000000000000000000000000000000000000000000\
000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
00000000000000000000000000000000000000031e15246d8358a66cb7bea7716ba23707a94737de9e61\
5663cf739db452d7e8b2711e9d7c814b5d3e2a7dd3ebefbd1ac5e1bc14f70c9c519c9af75ee5520c67f8\
e9ad08199cbcc2d3194889c10e4ae5058330042addc866754885de3cc7d61ad01069bad2b74f93e8dd4e\
6f3567ca0578f945b6ef1174dc16fa2b2ea88ac46054f878ed3a6ec27b63882da139ed2c7a4a59e500fb\
1f45b08f";

/// The square of a number with no prime factor below 2000, made likewise.
const SQUARE: &str = "\
fea7bce9e873cbcccfa81fd48664a44da48e2ef23c3c6dfb1fd12347d31d12093a491c3d558db5d4ca91\
a2cbefe4ef7041b3a3c71af019e6b5d5f9334f3a14f910e4907fc34a34a608be266d73f2f72a4fc2dfa9\
e2a8128dabe9eeb5e994808c1feb653ca7c32bed63bbb45222b23a272682e84c11d552c23b5bdc88bf5e\
26e954a46f0309b69e8869ed5177741e3226439f9518f64fd9e117162d62f10a8d5c90f880fb63ece78d\
92809c75bab2b24fb1e32aa86ca92e1fb62687dffebdb9018e38cd4b37094e0dbecb793ee23c57b3e40a\
55031c494195a0a54ce2676b0211dd9b4bcd0583c53170df76a2666dd0b06a43fc4de48266947be7ae91\
da3a97e9";
