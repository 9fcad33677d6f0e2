//! Attestations of a software attestation key, right and wrong in one place each (traps 68 to 82).

mod structures;

use alloc::vec;
use alloc::vec::Vec;

use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use proptest::prelude::*;

use super::*;
use crate::marshal::Writer;
use crate::testing::{Fixture, private_key};
use crate::{AkPublic, Code, HashAlg, Name, Public};

const NONCE: &[u8] = b"sixteen bytes of";
const MAGIC: u32 = 0xFF54_4347;
const CERTIFY: u16 = 0x8017;
const QUOTE: u16 = 0x8018;
const CREATION: u16 = 0x801A;

fn ak() -> AkPublic {
    AkPublic::from_tpm2b(&Fixture::ak_ecc()).unwrap()
}

fn nonce() -> Nonce<'static> {
    Nonce::new(NONCE).unwrap()
}

/// `TPMT_SIGNATURE` by the private half of the attestation key.
fn sign(attest: &[u8]) -> Vec<u8> {
    let signature: p256::ecdsa::Signature = SigningKey::from(private_key()).sign(attest);
    let (r, s) = signature.split_bytes();
    signature_of(0x0018, 0x000B, &r, &s)
}

fn signature_of(scheme: u16, hash: u16, r: &[u8], s: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer
        .u16(scheme)
        .u16(hash)
        .sized(r)
        .unwrap()
        .sized(s)
        .unwrap();
    writer.finish()
}

/// The common head of `TPMS_ATTEST`.
fn head(magic: u32, kind: u16, nonce: &[u8]) -> Writer {
    let mut writer = Writer::new();
    writer
        .u32(magic)
        .u16(kind)
        .sized(&[0x5A; 34])
        .unwrap()
        .sized(nonce)
        .unwrap();
    writer.u64(1).u32(2).u32(3).u8(1).u64(4);
    writer
}

fn values() -> [[u8; 32]; 3] {
    [[0xA0; 32], [0xA1; 32], [0xA7; 32]]
}

/// A quote over PCRs 0, 1 and 7 with these banks, as (hash, bit map).
fn quote_of(magic: u32, kind: u16, nonce: &[u8], banks: &[(u16, &[u8])], digest: &[u8]) -> Vec<u8> {
    let mut writer = head(magic, kind, nonce);
    writer.u32(u32::try_from(banks.len()).unwrap());
    for (bank, map) in banks {
        writer
            .u16(*bank)
            .u8(u8::try_from(map.len()).unwrap())
            .bytes(map);
    }
    writer.sized(digest).unwrap();
    writer.finish()
}

const BANK: (u16, &[u8]) = (0x000B, &[0x83, 0, 0]);

fn digest() -> Vec<u8> {
    let values = values();
    HashAlg::Sha256
        .digest(&[&values[0], &values[1], &values[2]])
        .as_ref()
        .to_vec()
}

fn good_quote() -> Vec<u8> {
    quote_of(MAGIC, QUOTE, NONCE, &[BANK], &digest())
}

fn judge_signed(attest: &[u8], signature: &[u8]) -> Result<VerifiedQuote, Code> {
    let selection = PcrSelection::new(HashAlg::Sha256, &[0, 1, 7]).unwrap();
    let values = values();
    let values: Vec<&[u8]> = values.iter().map(|value| &value[..]).collect();
    verify_quote(&ak(), attest, signature, &nonce(), selection, &values).map_err(|r| r.code())
}

fn judge(attest: &[u8]) -> Result<VerifiedQuote, Code> {
    judge_signed(attest, &sign(attest))
}

#[test]
fn a_good_quote_is_verified() {
    let quote = judge(&good_quote()).unwrap();
    assert_eq!(quote.ak_name(), ak().name());
    assert_eq!(quote.clock().reset_count, 2);
    assert_eq!(quote.firmware_version(), 4);
    let masks: Vec<u32> = quote.selections().iter().map(|one| one.mask()).collect();
    assert_eq!(masks, [0x83]);
}

#[test]
fn each_fault_of_a_quote_has_its_code() {
    let digest = digest();
    let q = |magic, kind, nonce: &[u8], banks: &[(u16, &[u8])], digest: &[u8]| {
        judge(&quote_of(magic, kind, nonce, banks, digest)).unwrap_err()
    };
    assert_eq!(q(0, QUOTE, NONCE, &[BANK], &digest), Code::TpmAttestMagic);
    assert_eq!(
        q(MAGIC, 0x8014, NONCE, &[BANK], &digest),
        Code::TpmAttestType
    );
    for wrong in [
        &[][..],
        &NONCE[..15],
        b"sixteen bytes of and more",
        &[0; 16],
    ] {
        assert_eq!(
            q(MAGIC, QUOTE, wrong, &[BANK], &digest),
            Code::TpmAttestNonce
        );
    }
    for banks in [
        &[][..],
        &[(0x000B, &[0x81, 0, 0][..])],
        &[(0x000B, &[0, 0, 0])],
        &[(0x0004, &[0x83, 0, 0])],
        &[BANK, BANK],
        &[(0x000B, &[0x83, 0, 0, 0, 0])],
    ] {
        assert_eq!(
            q(MAGIC, QUOTE, NONCE, banks, &digest),
            Code::TpmPcrSelection
        );
    }
    for wrong in [&[][..], &digest[..31], &[0; 32]] {
        assert_eq!(q(MAGIC, QUOTE, NONCE, &[BANK], wrong), Code::TpmPcrDigest);
    }
}

#[test]
fn a_count_beyond_the_data_allocates_nothing() {
    let mut writer = head(MAGIC, QUOTE, NONCE);
    writer.u32(u32::MAX);
    assert_eq!(judge(&writer.finish()).unwrap_err(), Code::TpmPcrSelection);
}

#[test]
fn values_in_another_order_or_number_are_refused() {
    let selection = PcrSelection::new(HashAlg::Sha256, &[0, 1, 7]).unwrap();
    let (attest, all) = (good_quote(), values());
    let signature = sign(&attest);
    for wrong in [
        vec![&all[1][..], &all[0], &all[2]],
        vec![&all[0], &all[1]],
        vec![],
        vec![&all[0][..16], &all[0][16..], &all[1]],
    ] {
        let refused = verify_quote(&ak(), &attest, &signature, &nonce(), selection, &wrong);
        assert_eq!(refused.unwrap_err().code(), Code::TpmPcrDigest);
    }
}

#[test]
fn each_fault_of_a_signature_has_its_code() {
    let attest = good_quote();
    let (r, s) = ([1; 32], [2; 32]);
    let code = |signature: &[u8]| judge_signed(&attest, signature).unwrap_err();
    assert_eq!(
        code(&signature_of(0x0018, 0x000B, &r, &s)),
        Code::TpmSignature
    );
    for (scheme, hash) in [(0x0018, 0x0004), (0x0018, 0x000C), (0x001A, 0x000B)] {
        let signature = signature_of(scheme, hash, &r, &s);
        assert_eq!(
            code(&signature),
            Code::TpmSignatureAlgorithm,
            "{scheme:04x} {hash:04x}"
        );
    }
    // HMAC, NULL, and an RSA scheme on this key.
    assert_eq!(code(&[0, 5, 0, 0x0B, 0, 0]), Code::TpmSignatureAlgorithm);
    assert_eq!(code(&[0, 0x10]), Code::TpmSignatureAlgorithm);
    let rsa = [&[0, 0x14, 0, 0x0B, 1, 0][..], &[7; 256]].concat();
    assert_eq!(code(&rsa), Code::TpmSignatureAlgorithm);
    for (r, s) in [
        (&[0; 32][..], &s[..]),
        (&r, &[0; 32]),
        (&[], &[]),
        (&[1; 33], &s),
        (&[1; 64], &s),
    ] {
        assert_eq!(
            code(&signature_of(0x0018, 0x000B, r, s)),
            Code::TpmSignatureForm
        );
    }
    let good = sign(&attest);
    for length in 0..good.len() {
        assert_eq!(code(&good[..length]), Code::TpmTruncated, "{length}");
    }
    assert_eq!(code(&[&good[..], &[0]].concat()), Code::TpmTrailingBytes);
    let over_other_bytes = sign(b"other bytes");
    assert_eq!(code(&over_other_bytes), Code::TpmSignature);
}

#[test]
fn cut_or_longer_attestations_are_refused() {
    let attest = good_quote();
    for length in 0..attest.len() {
        assert_eq!(
            judge(&attest[..length]).unwrap_err(),
            Code::TpmTruncated,
            "{length}"
        );
    }
    assert_eq!(
        judge(&[&attest[..], &[0]].concat()).unwrap_err(),
        Code::TpmTrailingBytes
    );
}

#[test]
fn an_empty_nonce_is_no_nonce() {
    assert_eq!(Nonce::new(&[]).unwrap_err().code(), Code::TpmNonceEmpty);
    assert_eq!(
        Nonce::new(&[7; 15]).unwrap_err().code(),
        Code::TpmNonceEmpty
    );
    assert!(Nonce::new(&[7; 16]).is_ok());
}

#[test]
fn certifications_name_their_object() {
    let object = Public::from_tpm2b(&Fixture::hmac()).unwrap().name();
    let certify = |kind, name: &[u8]| {
        let mut writer = head(MAGIC, kind, NONCE);
        writer.sized(name).unwrap().sized(&[0x5A; 34]).unwrap();
        let attest = writer.finish();
        verify_certify(&ak(), &attest, &sign(&attest), &nonce(), &object).map_err(|r| r.code())
    };
    let name = object.as_bytes();
    assert_eq!(certify(CERTIFY, name).unwrap().object_name(), &object);
    assert_eq!(certify(CREATION, name).unwrap_err(), Code::TpmAttestType);
    let mut other_algorithm = name.to_vec();
    other_algorithm[1] = 0x0C;
    let handle = 0x8100_0001_u32.to_be_bytes();
    for wrong in [
        &[][..],
        &name[..33],
        &handle,
        ak().name().as_bytes(),
        &other_algorithm,
    ] {
        assert_eq!(certify(CERTIFY, wrong).unwrap_err(), Code::TpmCertifiedName);
    }
    let quote = good_quote();
    let refused = verify_certify(&ak(), &quote, &sign(&quote), &nonce(), &object).unwrap_err();
    assert_eq!(refused.code(), Code::TpmAttestType);
}

#[test]
fn creations_carry_the_hash_of_their_data() {
    let object: Name = *ak().name();
    let create = |hash: &[u8], data: &[u8]| {
        let mut writer = head(MAGIC, CREATION, NONCE);
        writer
            .sized(object.as_bytes())
            .unwrap()
            .sized(hash)
            .unwrap();
        let attest = writer.finish();
        let signature = sign(&attest);
        verify_creation(&ak(), &attest, &signature, &nonce(), &object, data).map_err(|r| r.code())
    };
    let hash = HashAlg::Sha256.digest(&[b"creation data"]);
    assert!(create(hash.as_ref(), b"creation data").is_ok());
    assert_eq!(
        create(hash.as_ref(), b"other data").unwrap_err(),
        Code::TpmCreationData
    );
    assert_eq!(
        create(&[], b"creation data").unwrap_err(),
        Code::TpmCreationData
    );
    let long = vec![0; crate::limits::CREATION_DATA + 1];
    assert_eq!(create(hash.as_ref(), &long).unwrap_err(), Code::TpmTooLong);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(attest: Vec<u8>, signature: Vec<u8>) {
        let _ = Attest::parse(&attest);
        let _ = Signature::parse(&signature);
        prop_assert!(judge_signed(&attest, &signature).is_err());
    }

    #[test]
    fn a_changed_byte_is_refused(at: prop::sample::Index, flip in 1_u8..) {
        let mut attest = good_quote();
        let signature = sign(&attest);
        let at = at.index(attest.len());
        attest[at] ^= flip;
        prop_assert!(judge_signed(&attest, &signature).is_err());
    }
}
