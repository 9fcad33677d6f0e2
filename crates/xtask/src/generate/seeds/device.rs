//! Seeds of `tpm_device`: what an honest TPM would answer, as `fuzz/src/device.rs` reads it.

use provisor::tpm::activation::ActivationFields;
use provisor::tpm::{ActivationBlob, EkPublic, Public, SrkPublic};
use provisor::{Rejection, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::made::{Seeds, chunk};

/// How a response is framed: its first byte in the seed.
#[derive(Clone, Copy)]
enum Kind {
    Plain = 1,
    Session = 2,
    HandleAndSession = 3,
    TwoSessions = 4,
    /// Written in full.
    Raw = 0,
}

/// Nothing is at that handle.
const EMPTY: (Kind, &[u8]) = (Kind::Raw, &[0x80, 1, 0, 0, 0, 10, 0, 0, 1, 0x8B]);
/// Send it again.
const BUSY: (Kind, &[u8]) = (Kind::Raw, &[0x80, 1, 0, 0, 0, 10, 0, 0, 9, 0x22]);

pub(super) fn generate(seeds: &mut Seeds) -> Result<(), Rejection> {
    let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
    let names = [0; 4];
    let (ek, srk) = (
        [tpm.ek_public(), &names].concat(),
        [tpm.srk_public(), &names].concat(),
    );
    let mut add = |name: &str, head: &[u8], responses: &[(Kind, &[u8])]| {
        let mut bytes = head.to_vec();
        for (kind, body) in responses {
            bytes.push(*kind as u8);
            bytes.extend(chunk(body));
        }
        seeds.add("tpm_device", name, &bytes);
    };
    add(
        "identity",
        &[0],
        &[(Kind::Plain, &ek), BUSY, (Kind::Plain, &srk)],
    );

    let (ek, srk) = (
        EkPublic::from_tpm2b(tpm.ek_public())?,
        SrkPublic::from_tpm2b(tpm.srk_public())?,
    );
    let mut random = SeededRandom::new(1, "device blob");
    let (blob, _) =
        ActivationBlob::challenge(&ek, &srk, UnixTime::new(1_790_000_000), &mut random)?;
    let fields = ActivationFields::split(blob.as_bytes())?;
    let public = Public::from_tpm2b(fields.id_key_public)?;
    let name = chunk(public.name().as_bytes());
    let occupied = [fields.id_key_public, &names].concat();
    let activation: [(Kind, &[u8]); 11] = [
        EMPTY,
        EMPTY,
        EMPTY,
        (Kind::Plain, &[3, 0, 0, 0, 0, 0]),
        (Kind::Session, &[0, 0, 0x80, 0x23, 0x40, 0, 0, 7, 0, 0]),
        (Kind::TwoSessions, &chunk(&[0x11; 16])),
        (Kind::Session, &chunk(&[0x22; 80])),
        (Kind::HandleAndSession, &name),
        (Kind::Session, &chunk(&[0x33; 32])),
        (Kind::Session, &[]),
        (Kind::Plain, &[]),
    ];
    add("activate", &[2], &activation);
    let looks = [(Kind::Plain, &occupied[..]), EMPTY, EMPTY];
    add("confirm", &[5], &[&activation[..], &looks].concat());
    add("survey", &[4], &looks);

    let buffer = [0, 0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 1, 0x0D, 0, 0, 4, 0];
    let mac = chunk(&[0x33; 32]);
    let ticket = [&mac[..], &[0x80, 0x24, 0x40, 0, 0, 7, 0, 0]].concat();
    let capability = (Kind::Plain, &buffer[..]);
    add(
        "sign-short",
        &[3, 0, 100],
        &[capability, (Kind::Session, &mac)],
    );
    add(
        "sign-long",
        &[3, 6, 0],
        &[
            capability,
            (Kind::HandleAndSession, &[]),
            (Kind::Session, &[]),
            (Kind::Session, &ticket),
        ],
    );
    Ok(())
}
