//! A quote of a software attestation key: what verification is measured with.

use p256::ecdsa::Signature;
use provisor::tpm::HashAlg;
use provisor::tpm::marshal::Writer;
use provisor_testkit::pki::{KeyKind, KeyPair};

/// A quote, signed, with everything that a verifier needs.
#[derive(Debug)]
pub struct Quoted {
    /// The `TPM2B_PUBLIC` of the attestation key.
    pub ak: Vec<u8>,
    /// The public key as other libraries take it: `RSAPublicKey`, or an uncompressed point.
    pub key: Vec<u8>,
    /// The `TPMS_ATTEST`.
    pub attest: Vec<u8>,
    /// The `TPMT_SIGNATURE`.
    pub signature: Vec<u8>,
    /// The signature as other libraries take it: PKCS #1, or `Ecdsa-Sig-Value`.
    pub value: Vec<u8>,
}

impl Quoted {
    /// What the verifier asked with.
    pub const NONCE: &'static [u8] = b"sixteen bytes of";
    /// The values of PCR 0, 1 and 7.
    pub const VALUES: [[u8; 32]; 3] = [[0xA0; 32], [0xA1; 32], [0xA7; 32]];

    /// A quote by an RSA-2048 (RSASSA) or P-256 (ECDSA) key.
    ///
    /// # Panics
    ///
    /// For any other kind.
    #[must_use]
    pub fn new(kind: KeyKind) -> Self {
        let pair = match kind {
            KeyKind::Rsa2048 => KeyPair::rsa(1, 2),
            _ => KeyPair::new(kind, 1, "attestation"),
        };
        let key = pair.public_key_bits();
        let attest = attest();
        let value = pair.sign(kind.usual_signature(), &attest);
        Self {
            ak: public_area(kind, &key),
            signature: signature(kind, &value),
            key,
            attest,
            value,
        }
    }
}

/// `TPMS_ATTEST` of `TPM2_Quote` (TPM 2.0 Part 2 section 10.12).
fn attest() -> Vec<u8> {
    let digest = HashAlg::Sha256.digest(&Quoted::VALUES.each_ref().map(|value| &value[..]));
    let mut writer = Writer::new();
    writer.u32(0xFF54_4347).u16(0x8018);
    writer.sized(&[0x5A; 34]).unwrap();
    writer.sized(Quoted::NONCE).unwrap();
    writer.u64(1).u32(2).u32(3).u8(1).u64(4);
    // One bank of SHA-256: PCR 0, 1 and 7.
    writer.u32(1).u16(0x000B).u8(3).bytes(&[0x83, 0, 0]);
    writer.sized(digest.as_ref()).unwrap();
    writer.finish()
}

/// `TPM2B_PUBLIC` of a restricted signing key without a policy.
fn public_area(kind: KeyKind, key: &[u8]) -> Vec<u8> {
    let rsa = kind == KeyKind::Rsa2048;
    let mut area = Writer::new();
    area.u16(if rsa { 0x0001 } else { 0x0023 }).u16(0x000B);
    area.u32(0x0005_0072).sized(&[]).unwrap();
    area.u16(0x0010);
    if rsa {
        // RSASSA with SHA-256, 2048 bits, exponent 65537; the modulus is before 02 03 01 00 01.
        area.u16(0x0014).u16(0x000B).u16(2048).u32(0);
        let modulus = &key[key.len() - 5 - 256..key.len() - 5];
        area.sized(modulus).unwrap();
    } else {
        // ECDSA with SHA-256 on P-256, no KDF.
        area.u16(0x0018).u16(0x000B).u16(0x0003).u16(0x0010);
        area.sized(&key[1..33]).unwrap().sized(&key[33..]).unwrap();
    }
    let mut tpm2b = Writer::new();
    tpm2b.sized(&area.finish()).unwrap();
    tpm2b.finish()
}

/// `TPMT_SIGNATURE`.
fn signature(kind: KeyKind, value: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    if kind == KeyKind::Rsa2048 {
        writer.u16(0x0014).u16(0x000B).sized(value).unwrap();
    } else {
        let (r, s) = Signature::from_der(value).unwrap().split_bytes();
        writer.u16(0x0018).u16(0x000B);
        writer.sized(&r).unwrap().sized(&s).unwrap();
    }
    writer.finish()
}
