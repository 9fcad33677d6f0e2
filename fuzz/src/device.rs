//! The device half, spoken to by anything.

use std::sync::OnceLock;

use provisor::Rejection;
use provisor::tpm::device::slots::Slots;
use provisor::tpm::device::{
    Activate, Candidate, Confirm, DeviceIdentity, Flow, Handle, KeyHandles, Machine, ReadIdentity,
    Sign, Survey,
};
use provisor::tpm::{ActivationBlob, Template, UnixTime, limits};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use crate::bytes::Bytes;

/// Any bytes as a TPM's responses. The first chooses the flow; then, for each response, one byte says
/// how it is framed, and its content has a 16-bit length. What is missing is a refusal.
///
/// No flow panics, and every flow ends: within its budget, and what it takes to clean up.
pub fn tpm_device(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let World { identity, blob } = world();
    let mut random = SeededRandom::new(1, "device");
    match bytes.u8() % 6 {
        0 => run(ReadIdentity::new(handles()), &mut bytes),
        1 => run(ReadIdentity::default(), &mut bytes),
        2 => {
            let flow = Activate::new(identity, Slots::default(), blob, &mut random);
            run(flow.expect("a good blob"), &mut bytes);
        }
        3 => {
            let text = vec![0x5A; usize::from(bytes.u16() % 4096)];
            let flow = Sign::new(Handle::IDENTITY, &text);
            run(flow.expect("not too long"), &mut bytes);
        }
        4 => run(Survey::default(), &mut bytes),
        _ => {
            // The candidate is what an activation made of the first half of the input.
            let flow = Activate::new(identity, Slots::default(), blob, &mut random);
            let made = Machine::new(flow.expect("a good blob")).run(|_| answer(&mut bytes));
            if let Ok(candidate) = made {
                confirm(identity, candidate, &mut bytes);
            }
        }
    }
}

fn confirm(identity: &DeviceIdentity, candidate: Candidate, bytes: &mut Bytes<'_>) {
    run(Confirm::new(identity, Slots::default(), candidate), bytes);
}

fn run<F: Flow>(flow: F, bytes: &mut Bytes<'_>) {
    let mut commands = 0;
    let _ = Machine::new(flow).run(|command| {
        commands += 1;
        let size = command.get(2..6).and_then(|size| size.try_into().ok());
        let size = size.map(u32::from_be_bytes);
        assert_eq!(size, u32::try_from(command.len()).ok(), "commandSize");
        answer(bytes)
    });
    // A flow has three things open at most; each is flushed, and repeated while the TPM is busy.
    let cleaning = 3 * (limits::DEVICE_REPEATS + 1);
    assert!(commands <= limits::DEVICE_COMMANDS + cleaning);
}

/// The next response.
fn answer(bytes: &mut Bytes<'_>) -> Result<Vec<u8>, Rejection> {
    if bytes.is_empty() {
        return Ok(frame(0x8001, 0x101, &[]));
    }
    let kind = bytes.u8();
    let body = bytes.chunk();
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
    let session = [0, 0, 1, 0, 0];
    Ok(match kind {
        0 => body.to_vec(),
        1 => frame(0x8001, 0, body),
        2 => frame(0x8002, 0, &[&length, body, &session].concat()),
        3 => frame(
            0x8002,
            0,
            &[&[0x80, 0, 0, 0], &length, body, &session].concat(),
        ),
        4 => frame(0x8002, 0, &[&length, body, &session, &session].concat()),
        _ => frame(0x8001, u32::from(kind) << 8 | 0x8B, &[]),
    })
}

fn frame(tag: u16, rc: u32, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(10 + body.len()).unwrap_or(u32::MAX);
    [
        &tag.to_be_bytes()[..],
        &size.to_be_bytes(),
        &rc.to_be_bytes(),
        body,
    ]
    .concat()
}

struct World {
    identity: DeviceIdentity,
    blob: Vec<u8>,
}

fn handles() -> KeyHandles {
    KeyHandles::of(&Template::EK[1]).without_certificate()
}

/// The same in every run, and the same as the seeds are made for.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
        let mut keys = [tpm.ek_public(), tpm.srk_public()].into_iter();
        let identity = Machine::new(ReadIdentity::new(handles())).run(|_| {
            let key = keys.next().unwrap_or_default();
            Ok::<_, Rejection>(frame(0x8001, 0, &[key, &[0, 0, 0, 0]].concat()))
        });
        let identity = identity.expect("two good keys");
        let mut random = SeededRandom::new(1, "device blob");
        let (ek, srk) = (identity.ek(), identity.srk());
        let blob = ActivationBlob::challenge(ek, srk, UnixTime::new(1_790_000_000), &mut random);
        let blob = blob.expect("a good blob").0.as_bytes().to_vec();
        World { identity, blob }
    })
}
