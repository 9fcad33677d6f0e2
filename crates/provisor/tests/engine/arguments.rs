//! What is wrong with an argument says which one, and whether it is another one in its place.

use provisor::registration::{Evidence, SealForm, TpmAnswer, TpmKeys};
use provisor::{Code, Rejection};
use provisor_testkit::pki::TpmVendor;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const KINDS: [TpmKind; 2] = [TpmKind::P256, TpmKind::Rsa2048];

/// The refusal of these two keys, and that the device is told the same: they are its own bytes.
#[track_caller]
fn keys_refused(enrolled: &SoftTpm, ek: &[u8], srk: &[u8]) -> Rejection {
    let mut world = World::new();
    world.individuals = vec![tpm_enrollment("tpm-7", enrolled)];
    let asked = request("tpm-7", Evidence::TpmKeys(TpmKeys::new(ek, srk)));
    let rejection = refused(world.register(&asked, NOW));
    assert_eq!(rejection.public().code(), rejection.code());
    assert_eq!(rejection.public().subject(), rejection.subject());
    rejection
}

#[test]
fn the_two_keys_of_a_tpm_are_told_apart() {
    for kind in KINDS {
        let tpm = SoftTpm::new(kind, 7, 0);
        let (ek, srk) = (tpm.ek_public(), tpm.srk_public());
        let certificate = TpmVendor::new(7).ek_certificate(&tpm);
        let cut = |bytes: &[u8]| bytes[..bytes.len() - 1].to_vec();
        for (shown_ek, shown_srk, code, subject) in [
            (
                srk,
                ek,
                Code::AttestKeysSwapped,
                "endorsementKey, storageRootKey",
            ),
            (srk, srk, Code::TpmAttributes, "endorsementKey: "),
            (ek, ek, Code::TpmEkAsSrk, "storageRootKey: "),
            (
                certificate.der(),
                srk,
                Code::TpmCertificate,
                "endorsementKey: ",
            ),
            (
                ek,
                certificate.der(),
                Code::TpmCertificate,
                "storageRootKey: ",
            ),
            (&cut(ek), srk, Code::TpmTruncated, "endorsementKey: "),
            (ek, &cut(srk), Code::TpmTruncated, "storageRootKey: "),
            (&[], srk, Code::TpmTruncated, "endorsementKey: "),
        ] {
            let rejection = keys_refused(&tpm, shown_ek, shown_srk);
            assert_eq!(rejection.code(), code, "{rejection}");
            let text = rejection.subject().to_string();
            assert!(text.starts_with(subject), "{text}");
        }
    }
}

#[test]
fn a_token_given_as_the_secret_is_called_a_token() {
    let device = SoftTpm::new(TpmKind::P256, 7, 0);
    let token = "SharedAccessSignature sr=0ne0A1B2C3D%2Fregistrations%2Ftpm-7&sig=AA%3D%3D&se=1";
    for secret in [token.to_owned(), token.to_lowercase()] {
        let mut world = World::new();
        world.service = world.service.with_seal_form(SealForm::Credential);
        world.individuals = vec![tpm_enrollment("tpm-7", &device)];
        world.register(&request("tpm-7", Evidence::TpmKeys(keys(&device))), NOW);
        let answer = TpmAnswer::Secret(secret.as_bytes());
        let answered = Evidence::TpmAnswer { answer, keys: None };
        let rejection = refused(world.register(&request("tpm-7", answered), NOW));
        assert_eq!(rejection.code(), Code::AttestAnswerToken);
        assert_eq!(rejection.public().code(), Code::AttestAnswerToken);
        assert!(!rejection.to_string().contains("sig="), "{rejection}");
    }
}
