//! Public keys as other software has them: `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::{EccPublicKey, PublicKey, RsaPublicKey, ecc, rsa};
use crate::form;
use crate::public::{AsymScheme, EccParameters, Kdf, RsaParameters};
use crate::{Curve, limits};

/// SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING, with the lengths left out (RFC 3279 section
/// 2.3.1).
const RSA_ALGORITHM: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// All that comes before the point on the three curves (RFC 5480 section 2).
const CURVES: [(Curve, &[u8]); 3] = [
    (
        Curve::P256,
        &[
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
            0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ],
    ),
    (
        Curve::P384,
        &[
            0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
            0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
        ],
    ),
    (
        Curve::P521,
        &[
            0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
            0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00,
        ],
    ),
];

/// Bytes of the moduli that are accepted, and their bits.
const MODULI: [(usize, u16); 3] = [(256, 2048), (384, 3072), (512, 4096)];

/// INTEGER 65537, with which both forms of an RSA key end.
const EXPONENT_BYTES: usize = 5;

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` in DER, or the `RSAPublicKey` inside of one, with the checks that a
    /// public area's key passes. The one encoding of each key is read, and no other.
    ///
    /// ```
    /// use provisor_tpm::PublicKey;
    ///
    /// let refused = PublicKey::from_spki(&[0x30, 0x03, 0x02, 0x01, 0x07]).unwrap_err();
    /// assert_eq!(refused.code().name(), "TPM_PUBLIC_KEY");
    /// ```
    ///
    /// # Errors
    ///
    /// [`Code::TpmPublicKey`] for anything but an RSA key of 2048, 3072 or 4096 bits with exponent 65537
    /// or an uncompressed point of P-256, P-384 or P-521, with what it seems to be; 3111 to 3126 for a
    /// key that nobody should use.
    pub fn from_spki(der: &[u8]) -> Result<Self, Rejection> {
        for (curve, start) in CURVES {
            if let Some(point) = der.strip_prefix(start) {
                return from_point(curve, point);
            }
        }
        for (length, bits) in MODULI {
            let Some(at) = der.len().checked_sub(EXPONENT_BYTES + length) else {
                continue;
            };
            let modulus = der.get(at..at + length).unwrap_or_default();
            let key = RsaPublicKey {
                modulus: modulus.to_vec(),
            };
            // One key has one encoding: whatever differs from it in a bit is another input.
            let bare = key.to_pkcs1();
            if bare == der || in_bit_string(&bare) == der {
                rsa::check(&RsaParameters {
                    cipher: None,
                    scheme: AsymScheme::Null,
                    bits,
                    exponent: super::EXPONENT,
                    modulus,
                })?;
                return Ok(Self::Rsa(key));
            }
        }
        Err(refused(der))
    }
}

fn from_point(curve: Curve, point: &[u8]) -> Result<PublicKey, Rejection> {
    let size = curve.field_bytes();
    let coordinates = match point {
        [4, coordinates @ ..] if coordinates.len() == 2 * size => coordinates,
        _ => {
            return Err(
                Rejection::new(Code::TpmPublicKey, Subject::field("subjectPublicKey"))
                    .expected(alloc::format!("04 and two coordinates of {size} bytes"))
                    .found(alloc::format!("{} bytes of another form", point.len())),
            );
        }
    };
    let (x, y) = coordinates.split_at(size);
    ecc::check(&EccParameters {
        cipher: None,
        scheme: AsymScheme::Null,
        curve,
        kdf: Kdf::Null,
        x,
        y,
    })?;
    Ok(PublicKey::Ecc(EccPublicKey {
        curve,
        x: x.to_vec(),
        y: y.to_vec(),
    }))
}

/// The `SubjectPublicKeyInfo` around an `RSAPublicKey`: its lengths always take two bytes.
fn in_bit_string(key: &[u8]) -> Vec<u8> {
    let two_bytes = |length: usize| u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
    let [high, low] = two_bytes(key.len() + 1);
    let [outer_high, outer_low] = two_bytes(RSA_ALGORITHM.len() + 4 + key.len() + 1);
    [
        &[0x30, 0x82, outer_high, outer_low][..],
        RSA_ALGORITHM,
        &[0x03, 0x82, high, low, 0x00],
        key,
    ]
    .concat()
}

fn refused(der: &[u8]) -> Rejection {
    let start = der.get(..limits::FORM).unwrap_or(der);
    Rejection::new(Code::TpmPublicKey, Subject::field("SubjectPublicKeyInfo"))
        .expected("RSA of 2048, 3072 or 4096 bits with exponent 65537, or an uncompressed point of P-256, P-384 or P-521, in DER")
        .found(form::of_public_key(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;
    use crate::{AkPublic, EkPublic};

    fn spki(key: &PublicKey) -> Vec<u8> {
        match key {
            PublicKey::Rsa(rsa) => in_bit_string(&rsa.to_pkcs1()),
            PublicKey::Ecc(ecc) => {
                let (_, start) = CURVES.into_iter().find(|(c, _)| *c == ecc.curve).unwrap();
                [start, &ecc.to_sec1()].concat()
            }
        }
    }

    #[test]
    fn a_key_comes_back_from_its_encodings() {
        let rsa = EkPublic::from_tpm2b(&Fixture::ek_rsa()).unwrap();
        let ecc = AkPublic::from_tpm2b(&Fixture::ak_ecc()).unwrap();
        for key in [rsa.public_key(), ecc.public_key()] {
            assert_eq!(&PublicKey::from_spki(&spki(key)).unwrap(), key);
        }
        let bare = rsa.public_key().subject_public_key();
        assert_eq!(&PublicKey::from_spki(&bare).unwrap(), rsa.public_key());
    }

    #[test]
    fn a_changed_byte_is_another_key_or_refused() {
        for key in [
            EkPublic::from_tpm2b(&Fixture::ek_rsa())
                .unwrap()
                .public_key()
                .clone(),
            AkPublic::from_tpm2b(&Fixture::ak_ecc())
                .unwrap()
                .public_key()
                .clone(),
        ] {
            let good = spki(&key);
            for position in 0..good.len() {
                let mut bad = good.clone();
                bad[position] ^= 1;
                match PublicKey::from_spki(&bad) {
                    Ok(other) => assert_ne!(other, key, "{position}"),
                    Err(refused) => {
                        let number = refused.code().number();
                        assert!(
                            refused.code() == Code::TpmPublicKey || (3111..=3126).contains(&number),
                            "{refused}"
                        );
                    }
                }
                assert!(PublicKey::from_spki(&good[..position]).is_err());
            }
        }
    }

    #[test]
    fn what_stands_in_place_of_a_key_is_named() {
        for (bytes, named) in [
            (&b"-----BEGIN PUBLIC KEY-----\nMAA=\n"[..], "PEM"),
            (b"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", "base64"),
            (b"", "nothing"),
            (
                &[0x30, 0x0a, 0x30, 0x03, 6, 1, 42, 3, 3, 0, 4, 1],
                "another algorithm",
            ),
            (&[1, 2, 3], "no DER"),
        ] {
            let refused = PublicKey::from_spki(bytes).unwrap_err();
            assert_eq!(refused.code(), Code::TpmPublicKey);
            assert!(refused.found_text().contains(named), "{refused}");
        }
    }
}
