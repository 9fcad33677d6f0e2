//! The rows of the clients' differences that are about tokens and activation blobs: what travels here is
//! judged and made by the engine.

use provisor::sas::{Resource, SasKey, SasToken};
use provisor::tpm::{ActivationBlob, EkPublic, Secret, SrkPublic};
use provisor::{IdScope, RegistrationId};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use provisor_wire::device::{Challenge, DeviceAnswer};
use provisor_wire::{Body as _, UnixTime, sas_token};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

fn key() -> SasKey {
    SasKey::from_bytes(&[7; 32]).unwrap()
}

/// A token over that `sr`, with these members before and after it.
fn token(sr: &str, expires: UnixTime, order: &str, skn: &str) -> String {
    let expires = expires.seconds().to_string();
    let mac = provisor_wire::Key::from_bytes(&[7; 32])
        .unwrap()
        .mac(format!("{sr}\n{expires}").as_bytes());
    let mut base64 = [0; 64];
    let mut writer = provisor_device::Writer::new(&mut base64);
    writer.percent_base64(&mac);
    let sig = writer.finish().unwrap();
    let members: Vec<String> = order
        .split(' ')
        .map(|name| match name {
            "sr" => format!("sr={sr}"),
            "sig" => format!("sig={sig}"),
            "se" => format!("se={expires}"),
            _ => skn.to_owned(),
        })
        .collect();
    format!("SharedAccessSignature {}", members.join("&"))
}

/// The header of a request, judged.
fn verify(header: &str, now: UnixTime) -> bool {
    let scope = IdScope::parse("0ne000ABCDE").unwrap();
    let id = RegistrationId::try_from("dev-1").unwrap();
    let resource = Resource::registration(&scope, &id);
    let text = sas_token(Some(header)).unwrap().unwrap();
    let token = SasToken::parse(text).unwrap();
    token.verify(&resource, &[&key()], now).is_ok()
}

#[test]
fn row_10_the_resource_of_a_token_is_raw_or_encoded_or_in_lower_case() {
    for sr in [
        "0ne000ABCDE/registrations/dev-1",
        "0ne000ABCDE%2Fregistrations%2Fdev-1",
        "0ne000ABCDE%2fregistrations%2fdev-1",
        "0ne000abcde%2Fregistrations%2Fdev-1",
    ] {
        let header = token(sr, NOW.saturating_add(60), "sr sig se", "");
        assert!(verify(&header, NOW), "{sr}");
    }
    let other = token(
        "0ne000ABCDE/registrations/dev-2",
        NOW.saturating_add(60),
        "sr sig se",
        "",
    );
    assert!(!verify(&other, NOW));
}

#[test]
fn row_11_a_key_name_is_absent_or_empty_and_the_order_is_free() {
    for (order, skn) in [
        ("sr sig se", ""),
        ("sr sig se skn", "skn="),
        ("sr sig skn se", "skn=registration"),
        ("skn se sig sr", "skn=registration"),
    ] {
        let sr = "0ne000ABCDE/registrations/dev-1";
        assert!(
            verify(&token(sr, NOW.saturating_add(60), order, skn), NOW),
            "{order}"
        );
    }
}

#[test]
fn row_12_and_15_a_token_of_thirty_seconds_lasts_for_the_polls() {
    let sr = "0ne000ABCDE/registrations/dev-1";
    let header = token(sr, NOW.saturating_add(30), "sr sig se", "");
    for later in [0, 30, 60, 300] {
        assert!(verify(&header, NOW.saturating_add(later)), "{later}");
    }
    assert!(!verify(&header, NOW.saturating_add(1_000)));
}

#[test]
fn row_16_a_blob_has_six_fields_and_an_inner_key_of_sixteen_bytes() {
    let tpm = SoftTpm::new(TpmKind::Rsa2048, 1, 1);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    let mut random = SeededRandom::new(1, "blob");
    let key = Secret::new(&[5; 32]).unwrap();
    let crypto = provisor::tpm::crypto::DefaultCrypto;
    let blob = ActivationBlob::deliver(&crypto, &ek, &srk, &key, &mut random).unwrap();
    let body = Challenge::of(blob.as_bytes()).to_json();
    let read = DeviceAnswer::read(401, None, body.as_bytes()).unwrap();
    let DeviceAnswer::Challenge(bytes) = read else {
        panic!("a challenge");
    };
    let (mut rest, mut fields) = (&bytes[..], Vec::new());
    while let Some((size, tail)) = rest.split_at_checked(2) {
        let (field, tail) = tail.split_at(usize::from(u16::from_be_bytes([size[0], size[1]])));
        fields.push(field.len());
        rest = tail;
    }
    // The identity object seals a size and 16 bytes; the last field is there, although it is empty.
    assert_eq!(fields[0], 2 + 32 + 2 + 16);
    assert_eq!((fields.len(), fields[5]), (6, 0));
}
