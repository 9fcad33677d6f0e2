//! Public areas cut, padded, bent and put back together (traps 1 to 14).

use alloc::vec;

use proptest::prelude::*;

use super::*;
use crate::testing::Fixture;

fn code(bytes: &[u8]) -> Code {
    Public::from_tpm2b(bytes).unwrap_err().code()
}

/// `bytes` with some of them replaced, starting at `at`.
fn patched(bytes: &[u8], at: usize, patch: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at..at + patch.len()].copy_from_slice(patch);
    out
}

#[test]
fn what_is_read_is_written_to_the_same_bytes() {
    for bytes in Fixture::all() {
        let public = Public::from_tpm2b(&bytes).unwrap();
        assert_eq!(public.to_tpm2b().unwrap(), bytes);
        assert_eq!(public.tpmt(), &bytes[2..]);
        assert_eq!(Public::from_tpmt(&bytes[2..]).unwrap(), public);
    }
}

#[test]
fn the_name_is_over_the_received_bytes() {
    let bytes = Fixture::ek_ecc();
    let name = Public::from_tpm2b(&bytes).unwrap().name();
    let digest = HashAlg::Sha256.digest(&[&bytes[2..]]);
    assert_eq!(&name.as_bytes()[2..], digest.as_ref());
}

#[test]
fn cut_anywhere_it_is_refused() {
    for bytes in Fixture::all() {
        for length in 0..bytes.len() {
            let cut = &bytes[..length];
            assert_eq!(code(cut), Code::TpmTruncated, "cut to {length}");
            // With the size field corrected the structure inside ends early.
            if length > 2 {
                let size = u16::try_from(length - 2).unwrap().to_be_bytes();
                assert!(
                    Public::from_tpm2b(&patched(cut, 0, &size)).is_err(),
                    "{length}"
                );
            }
        }
    }
}

#[test]
fn bytes_after_it_are_refused() {
    for bytes in Fixture::all() {
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(code(&longer), Code::TpmTrailingBytes);
        let size = u16::try_from(longer.len() - 2).unwrap().to_be_bytes();
        assert_eq!(code(&patched(&longer, 0, &size)), Code::TpmTrailingBytes);
    }
}

#[test]
fn framing() {
    let bytes = Fixture::ek_ecc();
    assert_eq!(code(&[0, 0]), Code::TpmEmpty);
    assert_eq!(code(&bytes[2..]), Code::TpmSizeMissing);
    let twice = tpm2b(&bytes).unwrap();
    assert_eq!(code(&twice), Code::TpmSizeExtra);
    assert_eq!(
        code(&patched(&bytes, 0, &[bytes[1], bytes[0]])),
        Code::TpmByteOrder
    );
    assert_eq!(code(&vec![0; limits::PUBLIC + 1]), Code::TpmTooLong);
}

#[test]
fn every_selector_is_known() {
    let ecc = Fixture::ek_ecc();
    // Offsets in the TPM2B: type 2, nameAlg 4, attributes 6, policy 10 and 12, then 32 bytes.
    for (at, patch, expected) in [
        (2, &[0x00, 0x10][..], Code::TpmObjectType),
        (2, &[0x00, 0x01], Code::TpmKeyBits),
        (4, &[0x00, 0x10], Code::TpmNameAlgorithm),
        (4, &[0x00, 0x06], Code::TpmNameAlgorithm),
        (4, &[0x00, 0x0C], Code::TpmAuthPolicySize),
        (9, &[0xB3], Code::TpmReservedAttributes),
        (8, &[0x02], Code::TpmReservedAttributes),
        (10, &[0xFF, 0xFF], Code::TpmTruncated),
        (44, &[0x00, 0x0A], Code::TpmSymmetric),
        (44, &[0x00, 0x26], Code::TpmSymmetric),
        (46, &[0x00, 0x81], Code::TpmSymmetric),
        (48, &[0x00, 0x42], Code::TpmSymmetric),
        (50, &[0x00, 0x14], Code::TpmScheme),
        (50, &[0x00, 0x15], Code::TpmScheme),
        (50, &[0xFF, 0xFF], Code::TpmScheme),
        (52, &[0x00, 0x00], Code::TpmCurve),
        (52, &[0x00, 0x06], Code::TpmCurve),
        (54, &[0x00, 0x0B], Code::TpmKdf),
        (56, &[0x00, 0x21], Code::TpmCoordinateSize),
        (56, &[0x00, 0x00], Code::TpmCoordinateSize),
    ] {
        let rejection = Public::from_tpm2b(&patched(&ecc, at, patch)).unwrap_err();
        assert_eq!(
            rejection.code(),
            expected,
            "{patch:02x?} at {at}: {rejection}"
        );
    }
}

/// A key that encrypts for its user may have any cipher; a storage key has AES in CFB mode only.
#[test]
fn symmetric_keys_have_any_cipher_and_mode() {
    let area = |cipher: [u16; 3]| {
        let mut writer = Writer::new();
        writer.u16(0x0025).u16(0x000B).u32(0x0006_0072);
        writer.sized(&[]).unwrap();
        for field in cipher {
            writer.u16(field);
        }
        writer.sized(&[7; 32]).unwrap();
        tpm2b(&writer.finish()).unwrap()
    };
    for (algorithm, sizes) in [
        (0x0006, &[128, 192, 256][..]),
        (0x0026, &[128, 192, 256]),
        (0x0013, &[128]),
        (0x0003, &[128, 192]),
    ] {
        for bits in sizes {
            for mode in [0x0010, 0x003F, 0x0040, 0x0041, 0x0042, 0x0043, 0x0044] {
                let bytes = area([algorithm, *bits, mode]);
                let public = Public::from_tpm2b(&bytes).unwrap();
                assert_eq!(public.to_tpm2b().unwrap(), bytes);
                let Parameters::SymCipher { cipher, .. } = public.parameters() else {
                    panic!("another type");
                };
                assert_eq!(cipher.algorithm().value(), algorithm);
                assert_eq!((cipher.key_bits(), cipher.mode().value()), (*bits, mode));
            }
        }
    }
    for wrong in [
        [0x0010, 128, 0x0043],
        [0x000A, 128, 0x0043],
        [0x0006, 129, 0x0043],
        [0x0013, 256, 0x0043],
        [0x0003, 256, 0x0043],
        [0x0006, 128, 0x0000],
        [0x0006, 128, 0x0045],
        [0x0006, 128, 0x000B],
    ] {
        assert_eq!(code(&area(wrong)), Code::TpmSymmetric, "{wrong:04x?}");
    }
    for mode in [0x40, 0x41, 0x42, 0x44, 0x10] {
        let storage = patched(&Fixture::ek_ecc(), 48, &[0, mode]);
        assert_eq!(code(&storage), Code::TpmSymmetric, "{mode:02x}");
    }
}

#[test]
fn rsa_sizes_agree() {
    let rsa = Fixture::ek_rsa();
    // keyBits at 52, exponent at 54, size of the modulus at 58.
    assert_eq!(
        code(&patched(&rsa, 52, &2047_u16.to_be_bytes())),
        Code::TpmKeyBits
    );
    assert_eq!(
        code(&patched(&rsa, 52, &4096_u16.to_be_bytes())),
        Code::TpmUniqueSize
    );
    assert_eq!(code(&patched(&rsa, 58, &[0, 255])), Code::TpmUniqueSize);
    let template = [&rsa[..58], &[0, 0]].concat();
    let size = u16::try_from(template.len() - 2).unwrap().to_be_bytes();
    assert_eq!(code(&patched(&template, 0, &size)), Code::TpmUniqueSize);
}

#[test]
fn positions_point_at_the_field() {
    let bytes = patched(&Fixture::ek_ecc(), 52, &[0, 9]);
    let rejection = Public::from_tpm2b(&bytes).unwrap_err();
    assert_eq!(rejection.position(), Some(52));
    assert_eq!(rejection.found_text(), "0x0009");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        if let Ok(public) = Public::from_tpm2b(&bytes) {
            prop_assert_eq!(public.to_tpm2b().unwrap(), bytes);
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_written_back(which in 0_usize..7, at: prop::sample::Index, value: u8) {
        let mut bytes = Fixture::all()[which].clone();
        let at = at.index(bytes.len());
        bytes[at] = value;
        if let Ok(public) = Public::from_tpm2b(&bytes) {
            prop_assert_eq!(public.to_tpm2b().unwrap(), bytes);
        }
    }
}
