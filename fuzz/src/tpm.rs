//! TPM structures and credentials.

use std::sync::OnceLock;

use provisor::UnixTime;
use provisor::tpm::activation::ActivationFields;
use provisor::tpm::attest::{Attest, CreationData, Signature};
use provisor::tpm::marshal::Writer;
use provisor::tpm::sealed::{EncryptedSecret, Sealed, Sensitive};
use provisor::tpm::{
    AkPublic, Challenge, EkPublic, Keyring, Name, PendingChallenge, Public, Secret, SrkPublic,
    limits, make_credential,
};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use crate::bytes::Bytes;

const NOW: UnixTime = UnixTime::new(1_790_000_000);

/// Any bytes as TPM2B_PUBLIC. What is accepted is encoded as the same bytes, and the profiles accept
/// nothing that the structure's own reader refuses.
pub fn tpm_public(data: &[u8]) {
    let public = Public::from_tpm2b(data);
    if let Ok(public) = &public {
        assert_eq!(public.to_tpm2b().expect("it was encoded before"), data);
        let tpmt = Public::from_tpmt(public.tpmt()).expect("the same without its size");
        assert_eq!(tpmt.name(), public.name());
    }
    let name = public.as_ref().ok().map(Public::name);
    if let Ok(ek) = EkPublic::from_tpm2b(data) {
        assert_eq!((ek.tpm2b(), Some(*ek.name())), (data, name));
        assert!(
            SrkPublic::from_tpm2b(data).is_err(),
            "one key for two purposes"
        );
    }
    if let Ok(srk) = SrkPublic::from_tpm2b(data) {
        assert_eq!((srk.tpm2b(), Some(*srk.name())), (data, name));
    }
    if let Ok(ak) = AkPublic::from_tpm2b(data) {
        assert_eq!((ak.tpm2b(), Some(*ak.name())), (data, name));
    }
    if let Err(rejection) = public {
        assert!(!rejection.to_string().contains('\n'));
    }
}

/// A Name, a secret, and an answer. A software TPM that shares no code with ours opens what we make,
/// with that Name and no other, and refuses arbitrary bytes; an answer passes when it is the secret.
pub fn credential(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let (name, secret, answer) = (bytes.chunk(), bytes.chunk(), bytes.chunk());
    let World { tpm, ek, srk, .. } = world();
    let mut tpm = tpm.clone();
    let mut random = SeededRandom::new(1, "fuzz");

    assert!(
        tpm.activate_credential_for(name, answer, bytes.rest())
            .is_err()
    );
    if let (Ok(name), Ok(secret)) = (Name::from_bytes(name), Secret::new(secret)) {
        match make_credential(ek, &name, &secret, &mut random) {
            Ok(made) => {
                let (object, seed) = (&made.id_object, &made.encrypted_secret);
                let opened = tpm.activate_credential_for(name.as_bytes(), object, seed);
                assert_eq!(opened.as_deref(), Ok(secret.expose()));
                let own = tpm.activate_credential(object, seed);
                assert_eq!(own.is_ok(), name == *srk.name());
            }
            Err(_) => assert!(secret.len() > ek.longest_secret()),
        }
    }

    let (challenge, pending) =
        Challenge::new(ek, srk, NOW, &mut random).expect("two keys, randomness");
    let credential = challenge.credential();
    let right = tpm
        .activate_credential(&credential.id_object, &credential.encrypted_secret)
        .expect("its own credential");
    assert_eq!(pending.verify(answer, NOW).is_ok(), answer == right);
}

/// Any bytes as the other structures: what is accepted is encoded as it came, or its parts are the
/// whole.
pub fn tpm_structures(data: &[u8]) {
    if let Ok(name) = Name::from_bytes(data) {
        assert_eq!(name.as_bytes(), data);
    }
    if let Ok(public) = Public::from_tpmt(data) {
        let tpm2b = public.to_tpm2b().expect("it was encoded before");
        assert_eq!(tpm2b.get(2..), Some(data));
    }
    if let Ok(pending) = PendingChallenge::from_stored(data) {
        let stored = pending.into_stored().expect("it was stored before");
        assert_eq!(&*stored, data);
    }
    if let Ok(ring) = Keyring::from_stored(data) {
        assert!((1..=limits::EPOCHS).contains(&ring.epochs().len()));
        let stored = ring.to_stored().expect("it was stored before");
        assert_eq!(&*stored, data);
    }
    if let Ok(fields) = ActivationFields::split(data) {
        let parts = [
            fields.credential_blob,
            fields.encrypted_secret,
            fields.duplicate,
            fields.in_sym_seed,
            fields.id_key_public,
            fields.enc_uri_data,
        ];
        assert_eq!(parts.concat(), data);
    }
    if let Ok(creation) = CreationData::parse(data) {
        assert_eq!(creation.to_bytes().as_deref(), Ok(data));
    }
    sealed_structures(data);
    let attest = Attest::parse(data);
    if let Ok(attest) = &attest {
        assert_eq!(attest.to_bytes().as_deref(), Ok(data));
        assert!(attest.attested.kind().starts_with("TPM_ST_ATTEST"));
    }
    let signature = Signature::parse(data);
    if let Ok(signature) = &signature {
        assert_eq!(signature.to_bytes().as_deref(), Ok(data));
    }
    assert!(
        attest.is_err() || signature.is_err(),
        "one structure as two"
    );
}

/// `TPM2B_ID_OBJECT`, `TPM2B_PRIVATE`, `TPM2B_ENCRYPTED_SECRET`, `TPMT_SENSITIVE`.
fn sealed_structures(data: &[u8]) {
    for read in [Sealed::id_object, Sealed::duplicate] {
        if let Ok(sealed) = read(data) {
            assert_eq!(sealed.to_tpm2b().as_deref(), Ok(data));
        }
    }
    let World { ek, rsa, .. } = world();
    for key in [ek.public_key(), rsa.public_key()] {
        if let Ok(secret) = EncryptedSecret::parse(data, key) {
            assert_eq!(secret.to_tpm2b().as_deref(), Ok(data));
        }
    }
    if let Ok(sensitive) = Sensitive::parse(data) {
        let mut writer = Writer::new();
        writer.u16(sensitive.object_type.value());
        for field in [sensitive.auth_value, sensitive.seed_value, sensitive.secret] {
            writer.sized(field).expect("it was sized before");
        }
        assert_eq!(writer.finish(), data);
    }
}

struct World {
    tpm: SoftTpm,
    ek: EkPublic,
    srk: SrkPublic,
    rsa: EkPublic,
}

/// The same in every run; mostly P-256, because it is the fastest.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
        let ek = EkPublic::from_tpm2b(tpm.ek_public()).expect("a good EK");
        let srk = SrkPublic::from_tpm2b(tpm.srk_public()).expect("a good SRK");
        let rsa = SoftTpm::new(TpmKind::Rsa2048, 1, 0);
        let rsa = EkPublic::from_tpm2b(rsa.ek_public()).expect("a good EK");
        World { tpm, ek, srk, rsa }
    })
}
