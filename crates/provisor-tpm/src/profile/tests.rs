//! Keys that must not be accepted, each for its own reason (traps 15 to 28 and 43 to 49).

use alloc::string::ToString as _;
use alloc::vec::Vec;

use provisor_report::Code;

use super::*;
use crate::testing::{Fixture, policy};
use crate::{HashAlg, Public, SignatureScheme};

fn ek(bytes: &[u8]) -> Code {
    EkPublic::from_tpm2b(bytes).unwrap_err().code()
}

fn srk(bytes: &[u8]) -> Code {
    SrkPublic::from_tpm2b(bytes).unwrap_err().code()
}

fn ak(bytes: &[u8]) -> Code {
    AkPublic::from_tpm2b(bytes).unwrap_err().code()
}

fn patched(bytes: &[u8], at: usize, patch: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at..at + patch.len()].copy_from_slice(patch);
    out
}

#[test]
fn the_right_keys_are_accepted_with_their_templates() {
    for (bytes, label) in [(Fixture::ek_rsa(), "L-1"), (Fixture::ek_ecc(), "L-2")] {
        let key = EkPublic::from_tpm2b(&bytes).unwrap();
        assert_eq!(key.template().label(), label);
        assert_eq!(key.tpm2b(), bytes);
        assert_eq!(key.name(), &Public::from_tpm2b(&bytes).unwrap().name());
    }
    let high = Fixture::ecc(0x0003_00F2, &policy(WellKnownPolicy::B));
    assert_eq!(
        EkPublic::from_tpm2b(&high).unwrap().template().label(),
        "H-2"
    );
    for (bytes, label) in [
        (Fixture::srk_rsa(), "SRK RSA-2048"),
        (Fixture::srk_ecc(), "SRK P-256"),
    ] {
        let key = SrkPublic::from_tpm2b(&bytes).unwrap();
        assert_eq!(key.template().unwrap().label(), label);
    }
    let key = AkPublic::from_tpm2b(&Fixture::ak_ecc()).unwrap();
    assert_eq!(
        (key.scheme(), key.hash()),
        (SignatureScheme::Ecdsa, HashAlg::Sha256)
    );
}

/// A TPM makes no object with both (Part 2 section 8.3.3).
#[test]
fn what_never_leaves_is_never_duplicated() {
    for bytes in [Fixture::srk_ecc(), Fixture::srk_rsa()] {
        assert!(SrkPublic::from_tpm2b(&bytes).is_ok());
        let both = patched(&bytes, 8, &[bytes[8] | 0x08]);
        assert_eq!(srk(&both), Code::TpmAttributes);
    }
    let bytes = Fixture::ak_ecc();
    let both = patched(&bytes, 8, &[bytes[8] | 0x08]);
    assert_eq!(ak(&both), Code::TpmAttributes);
}

#[test]
fn an_exponent_of_65537_may_be_spelled_out() {
    let policy = policy(WellKnownPolicy::A);
    assert!(EkPublic::from_tpm2b(&Fixture::rsa(0x0003_00B2, &policy, 65537)).is_ok());
    for bad in [1, 2, 3, 65536, u32::MAX] {
        assert_eq!(
            ek(&Fixture::rsa(0x0003_00B2, &policy, bad)),
            Code::TpmRsaExponent
        );
    }
}

#[test]
fn each_attribute_of_an_endorsement_key_has_its_reason() {
    let a = policy(WellKnownPolicy::A);
    for (attributes, expected) in [
        (0x0003_00B0, Code::TpmNotFixedTpm),
        (0x0003_00A2, Code::TpmNotFixedParent),
        (0x0003_0092, Code::TpmExternalOrigin),
        (0x0002_00B2, Code::TpmNotRestricted),
        (0x0001_00B2, Code::TpmNotDecrypt),
        (0x0007_00B2, Code::TpmStorageKeySigns),
        (0x0003_0032, Code::TpmAttributes),
        (0x0003_04B2, Code::TpmAttributes),
        (0x0003_08B2, Code::TpmAttributes),
        // userWithAuth makes it a high-range key, whose policy is another one.
        (0x0003_00F2, Code::TpmAuthPolicy),
    ] {
        assert_eq!(
            ek(&Fixture::rsa(attributes, &a, 0)),
            expected,
            "{attributes:08x}"
        );
        assert_eq!(
            ek(&Fixture::ecc(attributes, &a)),
            expected,
            "{attributes:08x}"
        );
    }
}

#[test]
fn only_the_policies_of_the_profile_are_known() {
    for wrong in [
        &[][..],
        &[0; 32],
        &policy(WellKnownPolicy::B),
        &policy(WellKnownPolicy::C),
    ] {
        assert_eq!(
            ek(&Fixture::rsa(0x0003_00B2, wrong, 0)),
            Code::TpmAuthPolicy
        );
    }
}

#[test]
fn other_objects_are_no_endorsement_keys() {
    assert_eq!(ek(&Fixture::hmac()), Code::TpmKeyKind);
    assert_eq!(ek(&Fixture::symmetric()), Code::TpmKeyKind);
    assert_eq!(ek(&Fixture::srk_rsa()), Code::TpmAttributes);
    assert_eq!(ek(&Fixture::ak_ecc()), Code::TpmNotDecrypt);
}

/// The codes are those of the attributes; the words say what the key is.
#[test]
fn a_key_for_another_place_is_called_what_it_is() {
    let a = policy(WellKnownPolicy::A);
    let ek = |bytes: &[u8]| EkPublic::from_tpm2b(bytes).unwrap_err();
    let srk = |bytes: &[u8]| SrkPublic::from_tpm2b(bytes).unwrap_err();
    let ak = |bytes: &[u8]| AkPublic::from_tpm2b(bytes).unwrap_err();
    for (refused, what, place, command) in [
        // tpm2_createprimary -C e, with its default template.
        (
            ek(&Fixture::rsa(0x0003_0072, &[], 0)),
            "tpm2_createprimary",
            "not an endorsement key",
            "template, here L-1 (tpm2_createek -c ek.ctx -G rsa",
        ),
        (
            ek(&Fixture::ecc(0x0003_0072, &[])),
            "storage key",
            "not an endorsement key",
            "L-2",
        ),
        (
            ek(&Fixture::srk_rsa()),
            "SRK",
            "not an endorsement key",
            "tpm2_createek",
        ),
        // A signing key with the policy of an endorsement key.
        (
            ek(&Fixture::rsa(0x0004_00B2, &a, 0)),
            "a signing key",
            "not an endorsement key",
            "tpm2_createek",
        ),
        (
            ek(&Fixture::ak_ecc()),
            "restricted signing",
            "not an endorsement",
            "-G ecc",
        ),
        (
            ek(&Fixture::ecc(0x0002_0072, &[])),
            "a decryption key",
            "not an",
            "tpm2_createek",
        ),
        (
            ek(&Fixture::hmac()),
            "an HMAC key",
            "not an endorsement",
            "tpm2_createek",
        ),
        (
            ek(&Fixture::symmetric()),
            "a symmetric key",
            "not an",
            "tpm2_createek",
        ),
        (
            srk(&Fixture::ak_ecc()),
            "restricted signing",
            "not a storage root",
            "0x81000001",
        ),
        (
            srk(&Fixture::hmac()),
            "an HMAC key",
            "not a storage root",
            "tpm2_createprimary",
        ),
        (
            ak(&Fixture::ek_rsa()),
            "an endorsement key",
            "not an attestation",
            "tpm2_createak",
        ),
        (
            ak(&Fixture::srk_ecc()),
            "a storage key",
            "not an attestation",
            "tpm2_createak",
        ),
        (
            ak(&Fixture::rsa(0x0004_0072, &[], 0)),
            "a signing key",
            "not an attestation",
            "createak",
        ),
    ] {
        let text = refused.found_text();
        assert!(
            text.contains(what) && text.contains(place),
            "{what}: {refused}"
        );
        assert!(
            refused.remedy_text().contains(command),
            "{command}: {refused}"
        );
    }
    // What is in its place keeps the words of its own fault.
    for refused in [
        ek(&Fixture::rsa(0x0003_00B0, &a, 0)),
        ek(&Fixture::rsa(0x0003_04B2, &a, 0)),
        srk(&Fixture::ecc(0x0003_0432, &[])),
        srk(&Fixture::ek_rsa()),
    ] {
        assert!(!refused.found_text().contains("not a"), "{refused}");
    }
}

#[test]
fn the_template_in_place_of_the_key_is_told() {
    for template in Template::EK {
        let Ok(bytes) = template.to_tpm2b() else {
            continue;
        };
        let refused = EkPublic::from_tpm2b(&bytes).unwrap_err();
        let told = refused.to_string().contains("template");
        assert!(told, "{template}: {refused}");
    }
}

#[test]
fn parameters_of_another_template() {
    let ecc = Fixture::ek_ecc();
    assert_eq!(
        ek(&patched(&ecc, 46, &256_u16.to_be_bytes())),
        Code::TpmTemplate
    );
    // A curve of another size takes other coordinates; a curve of the same size another equation.
    assert_eq!(ek(&patched(&ecc, 52, &[0, 0x10])), Code::TpmCurveRefused);
    assert_eq!(ek(&patched(&ecc, 52, &[0, 0x04])), Code::TpmPointPadding);
    let mut off = ecc.clone();
    *off.last_mut().unwrap() ^= 1;
    assert_eq!(ek(&off), Code::TpmPoint);
}

#[test]
fn a_scheme_or_no_cipher_makes_no_storage_key() {
    let rsa = Fixture::srk_rsa();
    // symmetric at 12, scheme at 18 when there is no policy.
    let null_cipher = [&rsa[..12], &[0, 0x10], &rsa[18..]].concat();
    let sized = |body: &[u8]| {
        let size = u16::try_from(body.len() - 2).unwrap().to_be_bytes();
        patched(body, 0, &size)
    };
    assert_eq!(srk(&sized(&null_cipher)), Code::TpmNoCipher);
    let oaep = [&rsa[..18], &[0, 0x17, 0, 0x0B], &rsa[20..]].concat();
    assert_eq!(srk(&sized(&oaep)), Code::TpmSchemeSet);
}

#[test]
fn each_attribute_of_a_storage_root_key_has_its_reason() {
    for (attributes, expected) in [
        (0x0003_0470, Code::TpmNotFixedTpm),
        (0x0003_0462, Code::TpmNotFixedParent),
        (0x0003_0452, Code::TpmExternalOrigin),
        (0x0002_0472, Code::TpmNotRestricted),
        (0x0001_0472, Code::TpmNotDecrypt),
        (0x0007_0472, Code::TpmStorageKeySigns),
        (0x0003_0432, Code::TpmAttributes),
        (0x0003_04F2, Code::TpmEkAsSrk),
    ] {
        assert_eq!(
            srk(&Fixture::rsa(attributes, &[], 0)),
            expected,
            "{attributes:08x}"
        );
    }
    assert_eq!(srk(&Fixture::ek_rsa()), Code::TpmEkAsSrk);
    assert_eq!(srk(&Fixture::hmac()), Code::TpmNotFixedTpm);
}

#[test]
fn a_software_key_that_claims_nothing_is_refused() {
    // sign | userWithAuth: what swtpm activates although it came from outside.
    assert_eq!(
        srk(&Fixture::rsa(0x0004_0040, &[], 0)),
        Code::TpmNotFixedTpm
    );
}

#[test]
fn sha1_names_are_computed_and_not_accepted() {
    let weak = patched(&Fixture::srk_ecc(), 4, &[0, 0x04]);
    assert_eq!(
        Public::from_tpm2b(&weak).unwrap().name().as_bytes().len(),
        22
    );
    assert_eq!(srk(&weak), Code::TpmWeakName);
}

#[test]
fn each_attribute_of_an_attestation_key_has_its_reason() {
    let key = Fixture::ak_ecc();
    let with = |attributes: u32| patched(&key, 6, &attributes.to_be_bytes());
    for (attributes, expected) in [
        (0x0005_0070_u32, Code::TpmNotFixedTpm),
        (0x0005_0062, Code::TpmNotFixedParent),
        (0x0005_0052, Code::TpmExternalOrigin),
        (0x0004_0072, Code::TpmNotRestricted),
        (0x0001_0072, Code::TpmNotSign),
        (0x0007_0072, Code::TpmSigningKeyDecrypts),
    ] {
        assert_eq!(ak(&with(attributes)), expected, "{attributes:08x}");
    }
    // symmetric at 12, scheme at 14, its hash at 16.
    assert_eq!(ak(&patched(&key, 16, &[0, 0x04])), Code::TpmSigningScheme);
    assert_eq!(ak(&patched(&key, 14, &[0, 0x19])), Code::TpmSigningScheme);
    let lenient = AkPublic::lenient_sha1_from_tpm2b(&patched(&key, 16, &[0, 0x04])).unwrap();
    assert_eq!(lenient.hash(), HashAlg::Sha1);
}

#[test]
fn templates_are_what_create_primary_takes() {
    for template in Template::EK.iter().chain(Template::SRK) {
        let bytes = template.to_tpm2b().unwrap();
        let size = usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
        assert_eq!(size, bytes.len() - 2, "{template}");
    }
    // A template is its own only pattern: with a key in it nothing deviates.
    let bytes = Fixture::ek_rsa();
    let public = Public::from_tpm2b(&bytes).unwrap();
    let fitting: Vec<_> = Template::EK
        .iter()
        .filter(|template| template.deviations(&public).is_empty())
        .collect();
    assert_eq!(fitting.len(), 1);
    assert_eq!(fitting[0].label(), "L-1");
}

#[test]
fn deviations_are_explained_field_by_field() {
    let bytes = Fixture::srk_rsa();
    let public = Public::from_tpm2b(&bytes).unwrap();
    let fields: Vec<_> = Template::EK[0]
        .deviations(&public)
        .into_iter()
        .map(|deviation| deviation.field)
        .collect();
    assert_eq!(fields, ["objectAttributes", "authPolicy"]);
}
