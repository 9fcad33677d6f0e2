//! G. Quote, Certify, CertifyCreation.

use provisor::Code;
use provisor::tpm::attest::{
    Nonce, PcrSelection, VerifiedQuote, verify_certify, verify_creation, verify_quote,
};
use provisor::tpm::{AkPublic, HashAlg, Name, SrkPublic};
use provisor_testkit::pki::{KeyKind, KeyPair, SignatureAlgorithm};

use super::area::{Area, ak, sized};

const NONCE: &[u8] = b"sixteen bytes of";
const MAGIC: u32 = 0xFF54_4347;
const CERTIFY: u16 = 0x8017;
const QUOTE: u16 = 0x8018;
const CREATION: u16 = 0x801A;
const ECDSA: u16 = 0x0018;
const RSASSA: u16 = 0x0014;
const SHA256: u16 = 0x000B;
/// PCRs 0, 1 and 7 of the SHA-256 bank.
const BANK: (u16, &[u8]) = (SHA256, &[0x83, 0, 0]);
const VALUES: [[u8; 32]; 3] = [[0xA0; 32], [0xA1; 32], [0xA7; 32]];

fn nonce() -> Nonce<'static> {
    Nonce::new(NONCE).unwrap()
}

fn ecc() -> AkPublic {
    AkPublic::from_tpm2b(&Area::ak().tpm2b()).unwrap()
}

fn rsa() -> AkPublic {
    AkPublic::from_tpm2b(&Area::ak_rsa().tpm2b()).unwrap()
}

/// r and s by the private half of the attestation key.
fn scalars(message: &[u8]) -> [Vec<u8>; 2] {
    let key = KeyPair::new(KeyKind::P256, 7, "trap");
    let der = key.sign(SignatureAlgorithm::EcdsaSha256, message);
    // SEQUENCE { INTEGER r, INTEGER s }, each shorter than 128 bytes.
    let r_end = 4 + usize::from(der[3]);
    let trim = |integer: &[u8]| match integer {
        [0, rest @ ..] => rest.to_vec(),
        all => all.to_vec(),
    };
    [trim(&der[4..r_end]), trim(&der[r_end + 2..])]
}

fn signature(scheme: u16, hash: u16, values: &[&[u8]]) -> Vec<u8> {
    let mut out = [scheme.to_be_bytes(), hash.to_be_bytes()].concat();
    for value in values {
        out.extend(sized(value));
    }
    out
}

fn sign(attest: &[u8]) -> Vec<u8> {
    let [r, s] = scalars(attest);
    signature(ECDSA, SHA256, &[&r, &s])
}

fn sign_rsa(attest: &[u8]) -> Vec<u8> {
    KeyPair::rsa(7, 0).sign(SignatureAlgorithm::RsaSha256, attest)
}

/// A `TPMS_ATTEST` with this end.
fn attest(magic: u32, kind: u16, nonce: &[u8], end: &[u8]) -> Vec<u8> {
    let mut out = magic.to_be_bytes().to_vec();
    out.extend(kind.to_be_bytes());
    out.extend(sized(&[0x5A; 34]));
    out.extend(sized(nonce));
    // clock, resetCount, restartCount, safe, firmwareVersion.
    out.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1]);
    out.extend([0, 0, 0, 0, 0, 0, 0, 4]);
    out.extend(end);
    out
}

fn quoted(banks: &[(u16, &[u8])], digest: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(banks.len()).unwrap().to_be_bytes().to_vec();
    for (bank, map) in banks {
        out.extend(bank.to_be_bytes());
        out.push(u8::try_from(map.len()).unwrap());
        out.extend(*map);
    }
    out.extend(sized(digest));
    out
}

fn digest(hash: HashAlg, order: [usize; 3]) -> Vec<u8> {
    let values = order.map(|at| &VALUES[at][..]);
    hash.digest(&values).as_ref().to_vec()
}

fn right() -> Vec<u8> {
    digest(HashAlg::Sha256, [0, 1, 2])
}

fn good() -> Vec<u8> {
    attest(MAGIC, QUOTE, NONCE, &quoted(&[BANK], &right()))
}

fn judge_by(key: &AkPublic, attest: &[u8], signature: &[u8]) -> Result<VerifiedQuote, Code> {
    let selection = PcrSelection::new(HashAlg::Sha256, &[0, 1, 7]).unwrap();
    let values = VALUES.each_ref().map(|value| &value[..]);
    verify_quote(key, attest, signature, &nonce(), selection, &values).map_err(|r| r.code())
}

#[track_caller]
fn refused(attest: &[u8]) -> Code {
    judge_by(&ecc(), attest, &sign(attest)).unwrap_err()
}

#[track_caller]
fn refused_signature(signature: &[u8]) -> Code {
    judge_by(&ecc(), &good(), signature).unwrap_err()
}

#[test]
fn the_quotes_that_are_bent_here_are_right_before() {
    let quote = good();
    assert!(judge_by(&ecc(), &quote, &sign(&quote)).is_ok());
    let signature = signature(RSASSA, SHA256, &[&sign_rsa(&quote)]);
    assert!(judge_by(&rsa(), &quote, &signature).is_ok());
}

#[test]
fn trap_68_magic() {
    for magic in [0, 0xFF54_4346, 0x4743_54FF] {
        let quote = attest(magic, QUOTE, NONCE, &quoted(&[BANK], &right()));
        assert_eq!(refused(&quote), Code::TpmAttestMagic);
    }
}

#[test]
fn trap_69_another_type() {
    let name = sized(ecc().name().as_bytes());
    let certify = attest(MAGIC, CERTIFY, NONCE, &[name.clone(), name].concat());
    assert_eq!(refused(&certify), Code::TpmAttestType);
    let unknown = attest(MAGIC, 0x8013, NONCE, &quoted(&[BANK], &right()));
    assert_eq!(refused(&unknown), Code::TpmAttestType);
    let quote = good();
    let code = verify_certify(&ecc(), &quote, &sign(&quote), &nonce(), ecc().name());
    assert_eq!(code.unwrap_err().code(), Code::TpmAttestType);
}

#[test]
fn trap_70_nonces() {
    let longer = [NONCE, b"!"].concat();
    for wrong in [
        &[][..],
        &NONCE[..15],
        &longer,
        &[0; 16],
        b"yesterday's one.",
    ] {
        let quote = attest(MAGIC, QUOTE, wrong, &quoted(&[BANK], &right()));
        assert_eq!(refused(&quote), Code::TpmAttestNonce);
    }
    assert_eq!(Nonce::new(&[]).unwrap_err().code(), Code::TpmNonceEmpty);
}

#[test]
fn trap_71_pcr_selections() {
    for banks in [
        &[(SHA256, &[0x81, 0, 0][..])][..],
        &[(SHA256, &[0, 0, 0])],
        &[],
        &[(0x0004, &[0x83, 0, 0])],
        &[BANK, BANK],
    ] {
        let quote = attest(MAGIC, QUOTE, NONCE, &quoted(banks, &right()));
        assert_eq!(refused(&quote), Code::TpmPcrSelection);
    }
}

#[test]
fn trap_72_counts_beyond_the_data() {
    let quote = attest(MAGIC, QUOTE, NONCE, &u32::MAX.to_be_bytes());
    assert_eq!(refused(&quote), Code::TpmPcrSelection);
    let long_map = quoted(&[(SHA256, &[0; 200])], &right());
    let quote = attest(MAGIC, QUOTE, NONCE, &long_map);
    assert_eq!(refused(&quote), Code::TpmPcrSelection);
}

#[test]
fn trap_73_pcr_digests() {
    for wrong in [
        vec![0; 32],
        digest(HashAlg::Sha1, [0, 1, 2]),
        digest(HashAlg::Sha384, [0, 1, 2]),
        digest(HashAlg::Sha256, [2, 1, 0]),
        vec![],
    ] {
        let quote = attest(MAGIC, QUOTE, NONCE, &quoted(&[BANK], &wrong));
        assert_eq!(refused(&quote), Code::TpmPcrDigest);
    }
}

#[test]
fn trap_74_the_algorithm_of_another_type_of_key() {
    let on_ecc = signature(RSASSA, SHA256, &[&[7; 256]]);
    assert_eq!(refused_signature(&on_ecc), Code::TpmSignatureAlgorithm);
    let on_rsa = signature(ECDSA, SHA256, &[&[7; 32], &[7; 32]]);
    let code = judge_by(&rsa(), &good(), &on_rsa).unwrap_err();
    assert_eq!(code, Code::TpmSignatureAlgorithm);
}

#[test]
fn trap_75_another_scheme_or_hash_than_the_keys() {
    let [r, s] = scalars(&good());
    for hash in [0x0004, 0x000C] {
        let signature = signature(ECDSA, hash, &[&r, &s]);
        assert_eq!(refused_signature(&signature), Code::TpmSignatureAlgorithm);
    }
    let pss = signature(0x0016, SHA256, &[&sign_rsa(&good())]);
    let code = judge_by(&rsa(), &good(), &pss).unwrap_err();
    assert_eq!(code, Code::TpmSignatureAlgorithm);
}

#[test]
fn trap_76_a_key_that_cannot_be_built_verifies_nothing() {
    let area = Area::ak().with(|area| {
        area.shape = 0x0002;
        area.unique = vec![vec![1; 28]; 2];
    });
    assert_eq!(ak(&area), Code::TpmCurveRefused);
    let area = Area::ak().with(|area| area.unique[1][31] ^= 1);
    assert_eq!(ak(&area), Code::TpmPoint);
}

#[test]
fn trap_77_sizes_and_zeros_in_signatures() {
    let [r, s] = scalars(&good());
    for values in [
        [&[0; 32][..], &s],
        [&r, &[0; 32]],
        [&[], &[]],
        [&[1; 64], &s],
    ] {
        let signature = signature(ECDSA, SHA256, &values);
        assert_eq!(refused_signature(&signature), Code::TpmSignatureForm);
    }
    let right = sign_rsa(&good());
    for wrong in [&right[1..], &[&[0], &right[..]].concat()] {
        let signature = signature(RSASSA, SHA256, &[wrong]);
        let code = judge_by(&rsa(), &good(), &signature).unwrap_err();
        assert_eq!(code, Code::TpmSignatureForm);
    }
    // A well-formed signature over something else.
    assert_eq!(refused_signature(&sign(b"other")), Code::TpmSignature);
}

#[test]
fn trap_78_hmac_and_null_signatures() {
    let hmac = [&[0, 5, 0, 0x0B][..], &[0x5A; 32]].concat();
    assert_eq!(refused_signature(&hmac), Code::TpmSignatureAlgorithm);
    assert_eq!(refused_signature(&[0, 0x10]), Code::TpmSignatureAlgorithm);
}

#[test]
fn trap_79_trailing_bytes() {
    let longer = [&good()[..], &[0]].concat();
    assert_eq!(refused(&longer), Code::TpmTrailingBytes);
    let longer = [&sign(&good())[..], &[0]].concat();
    assert_eq!(refused_signature(&longer), Code::TpmTrailingBytes);
}

/// The Name that is to be certified.
fn object() -> Name {
    *SrkPublic::from_tpm2b(&Area::srk().tpm2b()).unwrap().name()
}

#[test]
fn trap_80_the_name_of_another_object() {
    let certified = |name: &[u8]| {
        let end = [sized(name), sized(&[0x5A; 34])].concat();
        let attest = attest(MAGIC, CERTIFY, NONCE, &end);
        verify_certify(&ecc(), &attest, &sign(&attest), &nonce(), &object())
            .map(|_| ())
            .map_err(|refused| refused.code())
    };
    let name = object();
    let name = name.as_bytes();
    assert_eq!(certified(name), Ok(()));
    let mut other_algorithm = name.to_vec();
    other_algorithm[1] = 0x0C;
    for wrong in [
        ecc().name().as_bytes(),
        &name[..33],
        &[],
        &[0x81, 0, 0, 1],
        &other_algorithm,
    ] {
        assert_eq!(certified(wrong), Err(Code::TpmCertifiedName));
    }
}

#[test]
fn trap_81_clock_and_firmware_are_inputs_of_a_policy() {
    // Nothing is concluded from them: they are handed on as the TPM stated them.
    let quote = good();
    let verified = judge_by(&ecc(), &quote, &sign(&quote)).unwrap();
    assert_eq!(verified.clock().clock, 1);
    assert_eq!(verified.clock().reset_count, 2);
    assert_eq!(verified.clock().restart_count, 3);
    assert_eq!(verified.firmware_version(), 4);
}

#[test]
fn trap_82_creation_data_that_was_not_certified() {
    let hash = HashAlg::Sha256.digest(&[b"creation data"]);
    let certified = |data: &[u8], hash: &[u8]| {
        let end = [sized(object().as_bytes()), sized(hash)].concat();
        let attest = attest(MAGIC, CREATION, NONCE, &end);
        verify_creation(&ecc(), &attest, &sign(&attest), &nonce(), &object(), data)
            .map(|_| ())
            .map_err(|refused| refused.code())
    };
    assert_eq!(certified(b"creation data", hash.as_ref()), Ok(()));
    let other = certified(b"other data", hash.as_ref());
    assert_eq!(other, Err(Code::TpmCreationData));
    let none = certified(b"creation data", &[]);
    assert_eq!(none, Err(Code::TpmCreationData));
}

#[test]
fn beside_69_every_other_type_of_attestation() {
    // NV, command audit, session audit, certify, time, creation, NV digest, and what is none.
    for kind in [
        0x8014, 0x8015, 0x8016, CERTIFY, 0x8019, CREATION, 0x801C, 0x8000, 0x8001, 0,
    ] {
        let quote = attest(MAGIC, kind, NONCE, &quoted(&[BANK], &right()));
        assert_eq!(refused(&quote), Code::TpmAttestType, "{kind:04x}");
    }
}

#[test]
fn beside_71_selections_that_say_more() {
    for banks in [
        // One PCR more; the same bits moved; an empty bank of another hash; SHA-384 in its place.
        &[(SHA256, &[0x87, 0, 0][..])][..],
        &[(SHA256, &[0, 0x83, 0])],
        &[BANK, (0x0004, &[0, 0, 0])],
        &[(0x0004, &[0x83, 0, 0]), BANK],
        &[(0x000C, &[0x83, 0, 0])],
    ] {
        let quote = attest(MAGIC, QUOTE, NONCE, &quoted(banks, &right()));
        assert_eq!(refused(&quote), Code::TpmPcrSelection, "{banks:02x?}");
    }
}

#[test]
fn beside_73_digests_of_the_values_in_other_forms() {
    let values = VALUES.map(|value| value.to_vec());
    for wrong in [
        // The values themselves; the digest of digests; the digest twice, or cut.
        values.concat(),
        HashAlg::Sha256.digest(&[&right()]).as_ref().to_vec(),
        [right(), right()].concat(),
        right()[..20].to_vec(),
    ] {
        let quote = attest(MAGIC, QUOTE, NONCE, &quoted(&[BANK], &wrong));
        let code = refused(&quote);
        assert!(
            matches!(
                code,
                Code::TpmPcrDigest | Code::TpmTooLong | Code::TpmTruncated
            ),
            "{code:?}"
        );
    }
}

#[test]
fn beside_77_numbers_at_the_edge_of_the_group() {
    // The order of P-256 in place of r or s, and the right ones exchanged.
    let order =
        super::area::hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let [r, s] = scalars(&good());
    for values in [[&order, &s], [&r, &order], [&s, &r], [&r, &r]] {
        let signature = signature(ECDSA, SHA256, &values.map(|value| &value[..]));
        let code = refused_signature(&signature);
        assert!(
            matches!(code, Code::TpmSignature | Code::TpmSignatureForm),
            "{code:?}"
        );
    }
    // RSA signatures of zeros, ones and the modulus' size.
    for byte in [0, 1, 0xFF] {
        let signature = signature(RSASSA, SHA256, &[&[byte; 256]]);
        let code = judge_by(&rsa(), &good(), &signature).unwrap_err();
        assert_eq!(code, Code::TpmSignature, "{byte}");
    }
}

#[test]
fn beside_80_the_signer_certifies_itself() {
    // Sound in every way, but it is not the object that was asked about.
    let own = ecc();
    let end = [sized(own.name().as_bytes()), sized(own.name().as_bytes())].concat();
    let attest = attest(MAGIC, CERTIFY, NONCE, &end);
    let judge = |expected: &Name| {
        verify_certify(&own, &attest, &sign(&attest), &nonce(), expected)
            .map(|_| ())
            .map_err(|refused| refused.code())
    };
    assert_eq!(judge(own.name()), Ok(()));
    assert_eq!(judge(&object()), Err(Code::TpmCertifiedName));
}
