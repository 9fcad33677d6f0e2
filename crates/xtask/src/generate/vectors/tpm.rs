//! TPM challenges: what is sent for given randomness, and the one right answer.

use provisor::tpm::{Challenge, EkPublic, Random, SrkPublic, read_keys};
use provisor::{RegistrationId, Rejection, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use serde::Serialize;

use super::form::{Refusal, hex, unexpected};

pub(super) const ABOUT: &str = "Challenges to a TPM with endorsement key `ek` and storage root key `srk` \
(TPM2B_PUBLIC). `random` is what the source of randomness gives, from its first byte on, each \
request taking the next bytes. `answer` is what a software TPM found in `id_object` and \
`encrypted_secret` (both with their size bytes); it counts until the second `expires`.";

#[derive(Debug, Serialize)]
pub(super) struct Case {
    name: &'static str,
    ek: String,
    srk: String,
    expires: i64,
    #[serde(flatten)]
    made: Option<Made>,
    #[serde(flatten)]
    refusal: Option<Refusal>,
}

#[derive(Debug, Serialize)]
struct Made {
    random: String,
    ek_name: String,
    srk_name: String,
    registration_id: String,
    id_object: String,
    encrypted_secret: String,
    answer: String,
}

/// Any numbers will do, but always the same.
const SEED: u64 = 2026;
const EXPIRES: UnixTime = UnixTime::new(1_782_864_300);

pub(super) fn cases() -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for (name, kind, number) in [
        ("P-256", TpmKind::P256, 0),
        ("another P-256", TpmKind::P256, 1),
        ("RSA-2048", TpmKind::Rsa2048, 0),
        ("another RSA-2048", TpmKind::Rsa2048, 1),
    ] {
        let mut tpm = SoftTpm::new(kind, SEED, number);
        let made = challenge(&mut tpm, name)?;
        cases.push(Case {
            made: Some(made),
            ..case(name, tpm.ek_public(), tpm.srk_public())
        });
    }
    let tpm = SoftTpm::new(TpmKind::P256, SEED, 0);
    let (ek, srk) = (tpm.ek_public(), tpm.srk_public());
    for (name, ek, srk) in [
        ("no endorsement key", &[][..], srk),
        ("no storage root key", ek, &[][..]),
        ("an endorsement key cut short", cut(ek), srk),
        ("a storage root key cut short", ek, cut(srk)),
        ("a byte too many", &[ek, &[0]].concat(), srk),
        ("the keys exchanged", srk, ek),
        ("the endorsement key as storage root key", ek, ek),
        ("the storage root key as endorsement key", srk, srk),
        (
            "the endorsement key as hexadecimal text",
            hex(ek).as_bytes(),
            srk,
        ),
        (
            "the endorsement key without its size",
            ek.get(2..).unwrap_or_default(),
            srk,
        ),
        ("the endorsement key with two sizes", &sized(ek)?, srk),
        (
            "a key in PEM as endorsement key",
            b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
            srk,
        ),
        (
            "the storage root key with padding",
            ek,
            &[srk, &[0; 64]].concat(),
        ),
    ] {
        cases.push(refused(name, ek, srk)?);
    }
    Ok(cases)
}

fn case(name: &'static str, ek: &[u8], srk: &[u8]) -> Case {
    Case {
        name,
        ek: hex(ek),
        srk: hex(srk),
        expires: EXPIRES.seconds(),
        made: None,
        refusal: None,
    }
}

fn challenge(tpm: &mut SoftTpm, name: &str) -> Result<Made, String> {
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).map_err(|e| unexpected(&e))?;
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).map_err(|e| unexpected(&e))?;
    let mut random = Recorder {
        source: SeededRandom::new(SEED, name),
        given: Vec::new(),
    };
    let (challenge, pending) =
        Challenge::new(&ek, &srk, EXPIRES, &mut random).map_err(|e| unexpected(&e))?;
    let credential = challenge.credential();
    let answer = tpm
        .activate_credential(&credential.id_object, &credential.encrypted_secret)
        .map_err(|e| format!("{name}: {e}"))?;
    pending
        .verify(&answer, EXPIRES)
        .map_err(|e| unexpected(&e))?;
    Ok(Made {
        random: hex(&random.given),
        ek_name: hex(ek.name().as_bytes()),
        srk_name: hex(srk.name().as_bytes()),
        registration_id: RegistrationId::from_ek(&ek).to_string(),
        id_object: hex(&credential.id_object),
        encrypted_secret: hex(&credential.encrypted_secret),
        answer: hex(&answer),
    })
}

fn refused(name: &'static str, ek: &[u8], srk: &[u8]) -> Result<Case, String> {
    let mut random = SeededRandom::new(SEED, name);
    let judged =
        read_keys(ek, srk).and_then(|(ek, srk)| Challenge::new(&ek, &srk, EXPIRES, &mut random));
    let rejection = judged.err().ok_or_else(|| format!("{name} was accepted"))?;
    Ok(Case {
        refusal: Some(Refusal::from(&rejection)),
        ..case(name, ek, srk)
    })
}

/// With its size in front of it.
fn sized(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let size = u16::try_from(bytes.len()).map_err(|e| e.to_string())?;
    Ok([&size.to_be_bytes()[..], bytes].concat())
}

/// Without the last byte.
fn cut(bytes: &[u8]) -> &[u8] {
    bytes.split_last().map_or(&[], |(_, rest)| rest)
}

/// Writes down what it gives.
struct Recorder {
    source: SeededRandom,
    given: Vec<u8>,
}

impl Random for Recorder {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        self.source.fill(out)?;
        self.given.extend_from_slice(out);
        Ok(())
    }
}
