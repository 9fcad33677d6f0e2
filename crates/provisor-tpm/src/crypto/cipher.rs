//! AES in CFB mode with a zero IV, as the TPM protects objects (TPM 2.0 Part 1 section 11.4.6).

use aes::cipher::KeyIvInit as _;
use aes::{Aes128, Aes192, Aes256};
use cfb_mode::{Decryptor, Encryptor};
use provisor_report::Rejection;

use super::failed::encryption_failed;

/// The keys are derived freshly for each object, so the IV can be, and is, zero.
const IV: [u8; 16] = [0; 16];

/// Encrypts in place; the key is 16, 24 or 32 bytes.
pub(crate) fn cfb_encrypt(key: &[u8], data: &mut [u8]) -> Result<(), Rejection> {
    match key.len() {
        16 => Encryptor::<Aes128>::new_from_slices(key, &IV).map(|cfb| cfb.encrypt(data)),
        24 => Encryptor::<Aes192>::new_from_slices(key, &IV).map(|cfb| cfb.encrypt(data)),
        _ => Encryptor::<Aes256>::new_from_slices(key, &IV).map(|cfb| cfb.encrypt(data)),
    }
    .map_err(|_| encryption_failed("AES keys are 16, 24 or 32 bytes"))
}

/// Decrypts in place; the key is 16, 24 or 32 bytes.
pub(crate) fn cfb_decrypt(key: &[u8], data: &mut [u8]) -> Result<(), Rejection> {
    match key.len() {
        16 => Decryptor::<Aes128>::new_from_slices(key, &IV).map(|cfb| cfb.decrypt(data)),
        24 => Decryptor::<Aes192>::new_from_slices(key, &IV).map(|cfb| cfb.decrypt(data)),
        _ => Decryptor::<Aes256>::new_from_slices(key, &IV).map(|cfb| cfb.decrypt(data)),
    }
    .map_err(|_| encryption_failed("AES keys are 16, 24 or 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hex;

    // NIST SP 800-38A section F.3.13 has another IV; these are own values from `openssl enc
    // -aes-128-cfb -iv 0`, 20 bytes, so that the last block is a short one.
    #[test]
    fn known_answer_with_a_short_last_block() {
        let key: alloc::vec::Vec<u8> = (0..16).collect();
        let mut data: alloc::vec::Vec<u8> = (0..20).collect();
        cfb_encrypt(&key, &mut data).unwrap();
        assert_eq!(data, hex("c6a03934838a5d8567468b69adc5d676a59b0277"));
        cfb_decrypt(&key, &mut data).unwrap();
        assert_eq!(data, (0..20).collect::<alloc::vec::Vec<u8>>());
    }

    #[test]
    fn every_key_size_comes_back_and_others_are_refused() {
        for size in [16, 24, 32] {
            let mut data = *b"seventeen bytes!!";
            cfb_encrypt(&alloc::vec![9; size], &mut data).unwrap();
            assert_ne!(&data, b"seventeen bytes!!");
            cfb_decrypt(&alloc::vec![9; size], &mut data).unwrap();
            assert_eq!(&data, b"seventeen bytes!!");
        }
        for size in [0, 15, 17, 33] {
            assert!(cfb_encrypt(&alloc::vec![9; size], &mut [0; 4]).is_err());
        }
    }
}
