//! A. Bytes: `TPM2B_PUBLIC` and its parts.

use provisor::Code;
use provisor::tpm::{EkPublic, HashAlg, Public, SrkPublic};

use super::area::{Area, NULL, ek, parse, sized};

#[test]
fn the_areas_that_are_bent_here_are_right_before() {
    for area in [Area::ek_rsa(), Area::ek_ecc()] {
        assert!(EkPublic::from_tpm2b(&area.tpm2b()).is_ok());
    }
    assert!(SrkPublic::from_tpm2b(&Area::srk().tpm2b()).is_ok());
    assert!(Public::from_tpm2b(&Area::hmac()).is_ok());
    assert!(Public::from_tpm2b(&Area::symmetric()).is_ok());
}

#[test]
fn trap_01_empty_input_one_byte_size_zero() {
    assert_eq!(parse(&[]), Code::TpmTruncated);
    assert_eq!(parse(&[0]), Code::TpmTruncated);
    assert_eq!(parse(&[0, 0]), Code::TpmEmpty);
}

#[test]
fn trap_02_truncated_anywhere() {
    for area in [Area::ek_rsa(), Area::ek_ecc()] {
        let bytes = area.tpm2b();
        for length in 0..bytes.len() {
            assert_eq!(parse(&bytes[..length]), Code::TpmTruncated, "{length}");
        }
    }
}

#[test]
fn trap_03_bytes_after_the_tpm2b() {
    let bytes = [Area::ek_ecc().tpm2b(), vec![0]].concat();
    assert_eq!(parse(&bytes), Code::TpmTrailingBytes);
}

#[test]
fn trap_04_bytes_after_tpmt_public_inside_the_tpm2b() {
    let bytes = sized(&[Area::ek_ecc().tpmt(), vec![0]].concat());
    assert_eq!(parse(&bytes), Code::TpmTrailingBytes);
}

#[test]
fn trap_05_sizes_beyond_the_data() {
    let bytes = Area::ek_ecc().tpm2b();
    // The outer size, the policy's, and that of x.
    for at in [0, 10, bytes.len() - 68] {
        let mut bytes = bytes.clone();
        bytes[at..at + 2].copy_from_slice(&[0xFF, 0xFF]);
        assert_eq!(parse(&bytes), Code::TpmTruncated, "{at}");
    }
}

#[test]
fn trap_06_framing() {
    let area = Area::ek_ecc();
    let bytes = area.tpm2b();
    assert_eq!(parse(&area.tpmt()), Code::TpmSizeMissing);
    assert_eq!(parse(&sized(&bytes)), Code::TpmSizeExtra);
    let mut little_endian = bytes;
    little_endian.swap(0, 1);
    assert_eq!(parse(&little_endian), Code::TpmByteOrder);
}

#[test]
fn trap_07_types() {
    for kind in [0, NULL, 0x0006, 0xFFFF] {
        let area = Area::ek_ecc().with(|area| area.kind = kind);
        assert_eq!(ek(&area), Code::TpmObjectType, "{kind:04x}");
    }
    // The type changed, the rest kept: a curve is read as a number of bits, and the reverse.
    let area = Area::ek_ecc().with(|area| area.kind = 0x0001);
    assert_eq!(ek(&area), Code::TpmKeyBits);
    let area = Area::ek_rsa().with(|area| area.kind = 0x0023);
    assert_eq!(ek(&area), Code::TpmCurve);
}

#[test]
fn trap_08_name_algorithms() {
    for name_alg in [NULL, 0x0006, 0x7777] {
        let area = Area::ek_ecc().with(|area| area.name_alg = name_alg);
        assert_eq!(ek(&area), Code::TpmNameAlgorithm, "{name_alg:04x}");
    }
}

#[test]
fn trap_09_reserved_attribute_bits() {
    // All that TPM 2.0 Part 2 section 8.3 (version 1.59) leaves without a meaning.
    let reserved = [0, 3, 8, 9, 12, 13, 14, 15].into_iter().chain(20..=31);
    for bit in reserved {
        let area = Area::ek_ecc().with(|area| area.attributes |= 1 << bit);
        assert_eq!(ek(&area), Code::TpmReservedAttributes, "{bit}");
    }
}

#[test]
fn trap_10_policies_of_another_length() {
    for length in [1, 20, 31, 33, 48] {
        let area = Area::ek_ecc().with(|area| area.policy = vec![7; length]);
        assert_eq!(ek(&area), Code::TpmAuthPolicySize, "{length}");
    }
}

#[test]
fn trap_11_symmetric_algorithms() {
    for symmetric in [
        [0x0006, 129, 0x0043],
        [0x0006, 128, 0x0042],
        [0x000A, 0x000B, 0x0043],
    ] {
        let area = Area::ek_ecc().with(|area| area.symmetric = symmetric.to_vec());
        assert_eq!(ek(&area), Code::TpmSymmetric, "{symmetric:?}");
    }
}

#[test]
fn trap_12_modulus_of_another_length() {
    for length in [0, 1, 255, 257, 512] {
        let area = Area::ek_rsa().with(|area| area.unique[0].resize(length, 1));
        assert_eq!(ek(&area), Code::TpmUniqueSize, "{length}");
    }
    let area = Area::ek_rsa().with(|area| area.shape = 4096);
    assert_eq!(ek(&area), Code::TpmUniqueSize);
}

#[test]
fn trap_13_coordinates_longer_empty_or_missing() {
    for length in [0, 33, 64] {
        let area = Area::ek_ecc().with(|area| area.unique[0].resize(length, 1));
        assert_eq!(ek(&area), Code::TpmCoordinateSize, "{length}");
    }
    let area = Area::ek_ecc().with(|area| area.unique.truncate(1));
    assert_eq!(ek(&area), Code::TpmTruncated);
}

#[test]
fn trap_14_the_name_is_over_the_bytes_received() {
    // 65537 spelled out is the same key, and another object.
    let short = Area::ek_rsa();
    let long = Area::ek_rsa().with(|area| area.rest = vec![0, 1, 0, 1]);
    let name = |area: &Area| *EkPublic::from_tpm2b(&area.tpm2b()).unwrap().name();
    assert_ne!(name(&short), name(&long));
    for area in [short, long] {
        let digest = HashAlg::Sha256.digest(&[&area.tpmt()]);
        assert_eq!(name(&area).as_bytes()[2..], *digest.as_ref());
    }
}
