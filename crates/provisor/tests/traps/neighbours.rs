//! Neighbours of the traps: what stands beside a listed one and in no list. A check that was written
//! for its example alone passes the list and fails here. Those of F and G stand in `opening` and
//! `attestations`.

use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use provisor::Code;
use provisor::attestation::TpmVendors;
use provisor::enrollment::TrustedCertificate;
use provisor::sas::{Resource, SasKey, SasToken};
use provisor::tpm::ChallengeAnswer;
use provisor::tpm::crypto::DefaultCrypto;
use provisor::tpm::keyring::{Binding, Epoch, EpochTimes, Purpose};
use provisor::tpm::{
    ActivationBlob, AkPublic, Challenge, EkPublic, HashAlg, Keyring, Random, Secret, SrkPublic,
};
use provisor::{IdScope, RegistrationId, Rejection, UnixTime};
use provisor_testkit::pki::extension::EK_CERTIFICATE;
use provisor_testkit::pki::{CertificateBuilder, Extension, KeyKind, KeyPair, ToyPki, TpmVendor};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::area::{Area, ak, ek, hex, parse, policy_a, srk};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

// --- A. Bytes ---------------------------------------------------------------------------------

#[test]
fn beside_05_sizes_off_by_one() {
    let good = Area::ek_ecc().tpm2b();
    for (at, code) in [
        // The outer size, one more and one less; the policy's; that of x.
        (1, [Code::TpmTruncated, Code::TpmTrailingBytes]),
        (11, [Code::TpmAuthPolicySize, Code::TpmAuthPolicySize]),
    ] {
        for (change, expected) in [1_i16, -1].into_iter().zip(code) {
            let mut bytes = good.clone();
            bytes[at] = u8::try_from(i16::from(bytes[at]) + change).unwrap();
            assert_eq!(parse(&bytes), expected, "byte {at} {change:+}");
        }
    }
    // x one byte longer takes it from the size of y: nothing of the structure fits any more.
    let mut longer = good.clone();
    let x = longer.len() - 67;
    longer[x] += 1;
    assert_eq!(parse(&longer), Code::TpmCoordinateSize);
}

#[test]
fn beside_07_types_that_tpms_know_for_other_things() {
    // TDES, SHA-1, HMAC, SM4, Camellia, RSASSA: algorithms, not types of objects.
    for kind in [0x0003, 0x0004, 0x0005, 0x0013, 0x0014, 0x0026] {
        let area = Area::ek_ecc().with(|area| area.kind = kind);
        assert_eq!(ek(&area), Code::TpmObjectType, "{kind:04x}");
    }
}

#[test]
fn beside_08_name_algorithms_that_are_hashes() {
    // SM3, SHA3-256, SHA3-384: nobody here computes such Names.
    for name_alg in [0x0012, 0x0027, 0x0028] {
        let area = Area::ek_ecc().with(|area| area.name_alg = name_alg);
        assert_eq!(ek(&area), Code::TpmNameAlgorithm, "{name_alg:04x}");
    }
    // SHA-1 is known, and too weak for a Name to stand on: EK, SRK and AK alike.
    let sha1 = |area: Area| {
        area.with(|area| {
            area.name_alg = 0x0004;
            area.policy.truncate(20);
        })
    };
    assert_eq!(ek(&sha1(Area::ek_ecc())), Code::TpmWeakName);
    assert_eq!(srk(&sha1(Area::srk())), Code::TpmWeakName);
    assert_eq!(ak(&sha1(Area::ak())), Code::TpmWeakName);
}

#[test]
fn beside_11_ciphers_of_other_standards() {
    // Camellia, SM4, TDES with CFB; AES with 64 and 512 bits; AES in OFB and ECB.
    for symmetric in [
        [0x0026, 128, 0x0043],
        [0x0013, 128, 0x0043],
        [0x0003, 128, 0x0043],
        [0x0006, 64, 0x0043],
        [0x0006, 512, 0x0043],
        [0x0006, 128, 0x0041],
        [0x0006, 128, 0x0044],
    ] {
        let area = Area::ek_ecc().with(|area| area.symmetric = symmetric.to_vec());
        assert_eq!(ek(&area), Code::TpmSymmetric, "{symmetric:04x?}");
    }
    // A cipher that there is, in a template that has another.
    for bits in [192, 256] {
        let area = Area::ek_ecc().with(|area| area.symmetric[1] = bits);
        let code = ek(&area);
        assert!(
            matches!(code, Code::TpmTemplate | Code::TpmSymmetric),
            "{bits}: {code:?}"
        );
    }
}

#[test]
fn beside_12_sizes_of_keys_between_the_usual_ones() {
    for bits in [0, 1, 2040, 2047, 2049, 2056, 0xFFFF] {
        let area = Area::ek_rsa().with(|area| area.shape = bits);
        assert_eq!(ek(&area), Code::TpmKeyBits, "{bits}");
    }
    // The modulus with a zero in front, as ASN.1 writes it.
    let area = Area::ek_rsa().with(|area| area.unique[0].insert(0, 0));
    assert_eq!(ek(&area), Code::TpmUniqueSize);
}

// --- B. The EK --------------------------------------------------------------------------------

#[test]
fn beside_17_attributes_of_no_template() {
    // stClear, userWithAuth, noDA, encryptedDuplication, x509sign.
    for (bit, code) in [
        (2, Code::TpmAttributes),
        (6, Code::TpmAuthPolicy),
        (10, Code::TpmAttributes),
        (11, Code::TpmAttributes),
        (19, Code::TpmAttributes),
    ] {
        for area in [Area::ek_rsa(), Area::ek_ecc()] {
            let area = area.with(|area| area.attributes |= 1 << bit);
            assert_eq!(ek(&area), code, "{bit}");
        }
    }
}

#[test]
fn beside_18_policies_that_nearly_fit() {
    let good = policy_a(HashAlg::Sha256);
    let mut flipped = good.clone();
    flipped[31] ^= 1;
    let reversed: Vec<u8> = good.iter().rev().copied().collect();
    // PolicyA of the platform hierarchy; PolicySecret without its second step.
    let zero = [0; 32];
    let command = |hierarchy| [0, 0, 1, 0x51, 0x40, 0, 0, hierarchy];
    let first = HashAlg::Sha256.digest(&[&zero, &command(0x0B)]);
    let platform = HashAlg::Sha256.digest(&[&zero, &command(0x0C)]);
    let platform = HashAlg::Sha256.digest(&[platform.as_ref()]);
    for policy in [
        flipped,
        reversed,
        first.as_ref().to_vec(),
        platform.as_ref().to_vec(),
    ] {
        let area = Area::ek_ecc().with(|area| area.policy = policy);
        assert_eq!(ek(&area), Code::TpmAuthPolicy);
    }
}

#[test]
fn beside_21_exponents_near_65537() {
    // 17, 65535, 65539, 65537 with its bytes reversed or shifted.
    for exponent in [17_u32, 65535, 65539, 0x0100_0100, 0x0101_0000, 257, 1 << 31] {
        let area = Area::ek_rsa().with(|area| area.rest = exponent.to_be_bytes().to_vec());
        assert_eq!(ek(&area), Code::TpmRsaExponent, "{exponent}");
    }
}

#[test]
fn beside_22_factors_at_the_edge_of_the_table() {
    // A cofactor that makes the product 2048 bits long, odd, and divisible by that prime.
    for prime in [3_u32, 1009, 1999] {
        let mut product = vec![0; 256];
        let mut carry = 0_u32;
        let cofactor = Area::ek_rsa().unique.remove(0);
        for (out, byte) in product.iter_mut().zip(&cofactor).rev() {
            carry += u32::from(*byte) * prime;
            *out = carry as u8;
            carry >>= 8;
        }
        // What is carried out is lost: correct the sum until the prime divides it again.
        let rest = |number: &[u8]| {
            number
                .iter()
                .fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % prime)
        };
        product[0] |= 0x80;
        while rest(&product) != 0 || product[255] & 1 == 0 {
            let low = u16::from_be_bytes([product[254], product[255]]).wrapping_add(1);
            product[254..].copy_from_slice(&low.to_be_bytes());
        }
        let area = Area::ek_rsa().with(|area| area.unique = vec![product]);
        assert_eq!(ek(&area), Code::TpmRsaFactor, "{prime}");
    }
}

#[test]
fn beside_24_points_of_other_curves() {
    // The generators of secp256k1 and brainpoolP256r1 (SEC 2 section 2.4.1, RFC 5639 section 3.4):
    // sound points, of another curve of the same size.
    for (x, y) in [
        (
            "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
            "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
        ),
        (
            "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
            "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
        ),
    ] {
        let area = Area::ek_ecc().with(|area| area.unique = vec![hex(x), hex(y)]);
        assert_eq!(ek(&area), Code::TpmPoint);
        let area = Area::srk().with(|area| area.unique = vec![hex(x), hex(y)]);
        assert_eq!(
            srk(&area),
            Code::TpmPoint,
            "the storage root key is no exception"
        );
    }
    // A coordinate equal to the prime, and one above.
    let prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    for at in [0, 1] {
        for add in [0, 1] {
            let mut value = hex(prime);
            if add == 1 {
                value = hex("ffffffff00000001000000000000000000000001000000000000000000000000");
            }
            let area = Area::ek_ecc().with(|area| area.unique[at] = value);
            assert_eq!(ek(&area), Code::TpmPoint);
        }
    }
}

#[test]
fn beside_26_schemes_that_look_harmless() {
    // RSAES, OAEP and ECDH are encryption; a storage key has none of them either.
    let rsaes = Area::ek_rsa().with(|area| area.scheme = vec![0x0015]);
    assert_eq!(ek(&rsaes), Code::TpmSchemeSet);
    let ecdh = Area::ek_ecc().with(|area| area.scheme = vec![0x0019, 0x000B]);
    assert_eq!(ek(&ecdh), Code::TpmSchemeSet);
    let srk_ecdh = Area::srk().with(|area| area.scheme = vec![0x0019, 0x000B]);
    assert_eq!(srk(&srk_ecdh), Code::TpmSchemeSet);
}

// --- C. The certificate -----------------------------------------------------------------------

fn judged(bend: impl FnOnce(CertificateBuilder) -> CertificateBuilder) -> Result<(), Code> {
    let (vendor, tpm) = (TpmVendor::new(7), SoftTpm::new(TpmKind::P256, 7, 0));
    let certificate = bend(vendor.ek_builder(&tpm)).issued_by(&vendor.issuing);
    verify(&vendor, certificate.der(), &tpm)
}

fn verify(vendor: &TpmVendor, certificate: &[u8], tpm: &SoftTpm) -> Result<(), Code> {
    let root = TrustedCertificate::from_der(vendor.root.certificate.der()).unwrap();
    let vendors = TpmVendors::new([root])
        .and_then(|vendors| vendors.with_intermediates([vendor.issuing.certificate.der()]))
        .unwrap();
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let judged = vendors.verify(certificate, &[], &ek, ToyPki::NOW);
    judged.map(|_| ()).map_err(|refused| refused.code())
}

#[test]
fn beside_29_nearly_the_same_key() {
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    // The mirror image of the point: the same x, and so the same shared secrets.
    let point = |public: &[u8]| public[public.len() - 66..].to_vec();
    let shown = point(tpm.ek_public());
    let mut mirrored = vec![4];
    mirrored.extend(&shown[..32]);
    let y = p256_minus(&shown[34..]);
    mirrored.extend(y);
    let info = |curve: &[u8], point: &[u8]| {
        let algorithm = [&[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1][..], curve].concat();
        let algorithm = [&[0x30, algorithm.len() as u8][..], &algorithm].concat();
        let bits = [&[0x03, 1 + point.len() as u8, 0][..], point].concat();
        let all = [algorithm, bits].concat();
        [&[0x30, all.len() as u8][..], &all].concat()
    };
    let p256 = [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let own = KeyPair::new(KeyKind::P256, 7, "EK of TPM 0").public_key_bits();
    let certified = |info: &[u8]| judged(|builder| builder.public_key_info(info));
    assert_eq!(certified(&info(&p256, &own)), Ok(()));
    let mirror = certified(&info(&p256, &mirrored));
    assert_eq!(mirror, Err(Code::AttestEkCertificateKey));
    // The same point, compressed: which key it is would have to be worked out.
    let compressed = [&[2 + (own[64] & 1)][..], &own[1..33]].concat();
    assert!(certified(&info(&p256, &compressed)).is_err());
    // The same bytes said to be on another curve.
    let secp256k1 = [0x06, 5, 0x2b, 0x81, 4, 0, 0x0a];
    assert!(certified(&info(&secp256k1, &own)).is_err());
}

/// The prime of P-256 minus that number.
fn p256_minus(number: &[u8]) -> Vec<u8> {
    let number = &number[number.len() - 32..];
    let prime = hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    let mut out = vec![0; 32];
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i32::from(prime[at]) - i32::from(number[at]) - borrow;
        borrow = i32::from(difference < 0);
        out[at] = difference.rem_euclid(256) as u8;
    }
    out
}

#[test]
fn beside_32_purposes_of_the_same_family() {
    let purposes = |purposes: &[&str]| {
        judged(|builder| {
            builder
                .without_extension("2.5.29.37")
                .extension(Extension::extended_key_usage(purposes))
        })
    };
    // The AIK certificate's purpose, any purpose, TLS.
    for (other, code) in [
        ("2.23.133.8.3", Code::X509ExtendedKeyUsage),
        ("1.3.6.1.5.5.7.3.1", Code::X509ExtendedKeyUsage),
        ("2.5.29.37.0", Code::AttestEkPurpose),
    ] {
        assert_eq!(purposes(&[other]), Err(code), "{other}");
    }
    assert_eq!(purposes(&[EK_CERTIFICATE]), Ok(()));
    assert_eq!(purposes(&["2.5.29.37.0", EK_CERTIFICATE]), Ok(()));
    // An OID that begins like the right one.
    assert_eq!(
        purposes(&["2.23.133.8.1.1"]),
        Err(Code::X509ExtendedKeyUsage)
    );
}

#[test]
fn beside_38_padding_before_or_inside() {
    let (vendor, tpm) = (TpmVendor::new(7), SoftTpm::new(TpmKind::P256, 7, 0));
    let certificate = vendor.ek_certificate(&tpm);
    let before = [&[0x00][..], certificate.der()].concat();
    assert!(verify(&vendor, &before, &tpm).is_err());
    // Some TPMs write a length or a TCG header in front (PC Client profile, stored certificate).
    for header in [&[0x10, 0x01, 0x00][..], &[0x03, 0x00]] {
        let headed = [header, certificate.der()].concat();
        assert!(verify(&vendor, &headed, &tpm).is_err());
    }
}

// --- D. The object ----------------------------------------------------------------------------

#[test]
fn beside_43_each_attribute_of_the_storage_root_key() {
    for (bit, code) in [
        (4, Code::TpmNotFixedParent),
        (5, Code::TpmExternalOrigin),
        (6, Code::TpmAttributes),
        (16, Code::TpmNotRestricted),
        (17, Code::TpmNotDecrypt),
    ] {
        let area = Area::srk().with(|area| area.attributes &= !(1 << bit));
        assert_eq!(srk(&area), code, "{bit} clear");
    }
    for (bit, code) in [
        (7, Code::TpmEkAsSrk),
        (11, Code::TpmAttributes),
        (18, Code::TpmStorageKeySigns),
        (31, Code::TpmReservedAttributes),
    ] {
        let area = Area::srk().with(|area| area.attributes |= 1 << bit);
        assert_eq!(srk(&area), code, "{bit} set");
    }
}

#[test]
fn beside_47_attestation_keys_of_other_kinds() {
    // A restricted HMAC key signs attestations too, and whoever verifies them can make them.
    let hmac = Area::hmac();
    let claims = [&hmac[..6], &0x0005_0072_u32.to_be_bytes(), &hmac[10..]].concat();
    let code = AkPublic::from_tpm2b(&claims).unwrap_err().code();
    assert_eq!(code, Code::TpmKeyKind);
    // A scheme of the other kind of key, SM2, Schnorr, and encryption.
    for scheme in [
        vec![0x0014, 0x000B],
        vec![0x001B, 0x000B],
        vec![0x001C, 0x000B],
        vec![0x0019, 0x000B],
    ] {
        let area = Area::ak().with(|area| area.scheme = scheme.clone());
        let code = ak(&area);
        assert!(
            matches!(code, Code::TpmSigningScheme | Code::TpmScheme),
            "{scheme:04x?}: {code:?}"
        );
    }
    // With a cipher it would be a storage key as well.
    let cipher = Area::ak().with(|area| area.symmetric = vec![0x0006, 128, 0x0043]);
    assert_eq!(ak(&cipher), Code::TpmSigningKeyDecrypts);
    // A weak key behind sound attributes.
    let even = Area::ak_rsa().with(|area| area.unique[0][255] ^= 1);
    assert_eq!(ak(&even), Code::TpmRsaModulus);
    let three = Area::ak_rsa().with(|area| area.rest = vec![0, 0, 0, 3]);
    assert_eq!(ak(&three), Code::TpmRsaExponent);
}

// --- E. Challenge and answer ------------------------------------------------------------------

#[test]
fn beside_51_an_answer_to_the_same_tpm_with_another_object() {
    // Two challenges for one TPM: the secret of one is nothing for the other.
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    let mut random = SeededRandom::new(1, "beside 51");
    let mut ask = || Challenge::new(&ek, &srk, NOW, &mut random).unwrap();
    let ((first, _), (_, second)) = (ask(), ask());
    let sent = first.credential();
    let secret = tpm
        .clone()
        .activate_credential(&sent.id_object, &sent.encrypted_secret)
        .unwrap();
    let refused = second.verify(&secret, NOW).unwrap_err();
    assert_eq!(refused.code(), Code::TpmChallengeAnswer);
}

/// How a client might write its secret.
type Spelling = &'static dyn Fn(&[u8]) -> Vec<u8>;

#[test]
fn beside_52_the_secret_in_other_spellings() {
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    let mut random = SeededRandom::new(1, "beside 52");
    let mut judge = |spell: Spelling| {
        let (asked, pending) = Challenge::new(&ek, &srk, NOW, &mut random).unwrap();
        let sent = asked.credential();
        let secret = tpm
            .clone()
            .activate_credential(&sent.id_object, &sent.encrypted_secret)
            .unwrap();
        let judged = pending.verify(&spell(&secret), NOW);
        judged.map(|_| ()).map_err(|refused| refused.code())
    };
    assert_eq!(judge(&|secret| secret.to_vec()), Ok(()));
    let spellings: [Spelling; 6] = [
        &|secret| HEXLOWER.encode(secret).into_bytes(),
        &|secret| BASE64.encode(secret).into_bytes(),
        &|secret| secret.iter().rev().copied().collect(),
        &|secret| [&[0, 32], secret].concat(),
        &|secret| [secret, secret].concat(),
        &|secret| HashAlg::Sha256.digest(&[secret]).as_ref().to_vec(),
    ];
    for spell in spellings {
        assert_eq!(judge(spell), Err(Code::TpmChallengeAnswer));
    }
}

#[test]
fn beside_53_keys_derived_for_something_else() {
    let names = [
        *SrkPublic::from_tpm2b(&Area::srk().tpm2b()).unwrap().name(),
        *EkPublic::from_tpm2b(&Area::ek_ecc().tpm2b())
            .unwrap()
            .name(),
    ];
    let epoch = || Epoch::new(1, &[7; 32], EpochTimes::days(NOW, 7, 1)).unwrap();
    let ring = Keyring::new([epoch()]).unwrap();
    let binding = Binding::new("0ne0a1b2c3d", "line-7", &names[1], &names[0]);
    let judge = |key: &[u8]| {
        let mac = HashAlg::Sha256.hmac(key, &[b"text"]);
        let answer = ChallengeAnswer::Hmac {
            message: b"text",
            mac: mac.as_ref(),
        };
        ring.judge(&binding, answer, NOW)
            .map(|_| ())
            .map_err(|refused| refused.code())
    };
    let key = |purpose| epoch().derive(&binding, purpose).unwrap();
    assert_eq!(judge(key(Purpose::Challenge).expose()), Ok(()));
    // The key for the hub; the epoch's own secret; the keys with EK and SRK exchanged.
    let swapped = Binding::new("0ne0a1b2c3d", "line-7", &names[0], &names[1]);
    let swapped = epoch().derive(&swapped, Purpose::Challenge).unwrap();
    for wrong in [
        key(Purpose::Identity).expose(),
        &[7; 32],
        swapped.expose(),
        &key(Purpose::Challenge).expose()[..31],
    ] {
        assert_eq!(judge(wrong), Err(Code::TpmChallengeAnswer));
    }
}

#[test]
fn beside_58_a_generator_that_is_stuck() {
    struct Stuck(u8);
    impl Random for Stuck {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
            out.fill(self.0);
            Ok(())
        }
    }
    for kind in TpmKind::ALL {
        let tpm = SoftTpm::new(kind, 7, 0);
        let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
        let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
        for byte in [0, 0xFF] {
            let asked = Challenge::new(&ek, &srk, NOW, &mut Stuck(byte));
            assert_eq!(asked.unwrap_err().code(), Code::TpmRandom, "{kind:?}");
            let asked = ActivationBlob::challenge(&ek, &srk, NOW, &mut Stuck(byte));
            assert_eq!(asked.unwrap_err().code(), Code::TpmRandom, "{kind:?}");
            // What a stateless challenge is sealed with, and an epoch's secret.
            let secret = Secret::new(&[7; 32]).unwrap();
            let sealed =
                ActivationBlob::deliver(&DefaultCrypto, &ek, &srk, &secret, &mut Stuck(byte));
            assert_eq!(sealed.unwrap_err().code(), Code::TpmRandom, "{kind:?}");
            let epoch = Epoch::generate(1, EpochTimes::days(NOW, 7, 1), &mut Stuck(byte));
            assert_eq!(epoch.unwrap_err().code(), Code::TpmRandom);
        }
    }
}

#[test]
fn beside_56_tokens_bent_elsewhere() {
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let id = RegistrationId::try_from("line-7").unwrap();
    let resource = Resource::registration(&scope, &id);
    let key = SasKey::from_bytes(&[7; 32]).unwrap();
    let good = key.sign(&resource, NOW).to_string();
    let judge = |text: &str| {
        SasToken::parse(text)
            .and_then(|token| token.verify(&resource, &[&key], NOW))
            .map(|_| ())
            .map_err(|refused| refused.code())
    };
    assert_eq!(judge(&good), Ok(()));
    let fields: Vec<&str> = good
        .strip_prefix("SharedAccessSignature ")
        .unwrap()
        .split('&')
        .collect();
    let field = |name: &str| *fields.iter().find(|field| field.starts_with(name)).unwrap();
    let se = field("se=");
    // A field twice, a field more, none.
    for name in ["sr=", "sig=", "se=", "skn="] {
        let twice = format!("{good}&{}", field(name));
        assert_eq!(judge(&twice), Err(Code::SasFieldTwice), "{name}");
    }
    assert_eq!(judge(&format!("{good}&x=1")), Err(Code::SasFieldUnknown));
    assert_eq!(
        judge(&good.replace(&format!("&{se}"), "")),
        Err(Code::SasFieldMissing)
    );
    // Expiries that are no number of seconds, or one beyond all numbers.
    for wrong in [
        "",
        "-1",
        "+1790000000",
        "1790000000.0",
        "0x6ab",
        "99999999999999999999",
        " 1",
    ] {
        let code = judge(&good.replace(se, &format!("se={wrong}"))).unwrap_err();
        assert!(
            matches!(
                code,
                Code::SasExpiryForm | Code::SasEncoding | Code::SasFieldMissing
            ),
            "{wrong}: {code:?}"
        );
    }
    // Base64 of the other alphabet, without padding, with a line end.
    let raw = SasToken::parse(&good).unwrap().signature().to_vec();
    let signed = |text: &str| judge(&good.replace(field("sig="), &format!("sig={text}")));
    for wrong in [
        BASE64URL.encode(&[0xFB; 32]),
        BASE64.encode(&raw).trim_end_matches('=').to_owned(),
        format!("{}%0A", BASE64.encode(&raw).replace('+', "%2B")),
    ] {
        assert_eq!(signed(&wrong), Err(Code::SasSignatureForm), "{wrong}");
    }
    // A collection beside, a path above, a scope that begins alike.
    for (from, to) in [
        ("registrations", "enrollments"),
        ("line-7", "line-7%2F..%2Fline-7"),
        ("line-7", "line-70"),
        ("0ne0A1B2C3D", "0ne0A1B2C3D4"),
    ] {
        assert_eq!(
            judge(&good.replace(from, to)),
            Err(Code::SasResource),
            "{to}"
        );
    }
}
