//! What was written down is read again, or refused.

use proptest::prelude::*;
use provisor_device::Reason;
use provisor_device::registration::{
    Credential, IDENTITY_BYTES, Identity, Registration, STATE_BYTES, Settings, Transport,
};

fn state() -> [u8; STATE_BYTES] {
    let settings = Settings::new("0ne0A1B2C3D", "line-7", Credential::Key, Transport::Mqtt);
    let mut bytes = [0xaa; STATE_BYTES];
    Registration::begin(&settings, 5, 7)
        .unwrap()
        .store(&mut bytes);
    bytes
}

fn reseal(bytes: &mut [u8]) {
    let (content, sum) = bytes.split_at_mut(bytes.len() - 8);
    let fnv = content.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    sum.copy_from_slice(&fnv.to_be_bytes());
}

/// The layout is kept by those who updated their firmware in the field: version, credential, transport, phase, and the
/// beginning of the pace.
#[test]
fn the_layout_stays() {
    let bytes = state();
    assert_eq!(bytes.len(), 704);
    assert_eq!(
        bytes[..14],
        [0x21, 1, 1, 0, 0, 0, 0, 0, 0xea, 0x60, 0, 0, 0x75, 0x30]
    );
    assert_eq!(bytes[86 + 65..][..12], *b"\x0b0ne0A1B2C3D");
    let mut identity = [0xaa; IDENTITY_BYTES];
    Identity::of("hub-1", "d").unwrap().store(&mut identity);
    assert_eq!(identity.len(), 393);
    assert_eq!(identity[..8], *b"\x41\x00\x05hub-1");
}

#[test]
fn each_changed_bit_is_found() {
    let good = state();
    for bit in 0..good.len() * 8 {
        let mut bytes = good;
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            Registration::restore(&bytes).unwrap_err().reason(),
            Reason::StateMalformed
        );
    }
}

/// A sum that fits is no licence: what no registration can be is refused, and what is accepted is written as it was.
#[test]
fn with_a_sum_that_fits_only_a_state_is_one() {
    let good = state();
    let (mut accepted, mut refused) = (0, 0);
    for at in 0..good.len() - 8 {
        for value in [0, 1, 2, 7, 11, 12, 0x2f, 0x7f, 0x80, 0xff] {
            let mut bytes = good;
            bytes[at] = value;
            reseal(&mut bytes);
            match Registration::restore(&bytes) {
                Ok(registration) => {
                    accepted += 1;
                    let mut again = [0; STATE_BYTES];
                    registration.store(&mut again);
                    assert!(again == bytes, "{at} {value}");
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(accepted > 100 && refused > 1000, "{accepted} {refused}");
}

/// A wait that the pace does not allow would make a device wait for weeks.
#[test]
fn no_wait_and_no_count_is_beyond_its_end() {
    // What is left of the whole, of the operation, of the wait; of the requests.
    for (at, len) in [(56, 4), (60, 4), (64, 4), (72, 2)] {
        let mut bytes = state();
        for beyond in [0xff_u8, 0x7f] {
            bytes[at..at + len].fill(0xff);
            bytes[at] = beyond;
            reseal(&mut bytes);
            let error = Registration::restore(&bytes).unwrap_err();
            assert_eq!(error.reason(), Reason::StateMalformed, "{at}");
        }
        bytes[at..at + len].fill(0);
        reseal(&mut bytes);
        assert!(Registration::restore(&bytes).is_ok());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(seed: Vec<u8>, sealed: bool) {
        let mut bytes = state();
        for (place, byte) in bytes.iter_mut().zip(&seed) { *place ^= byte; }
        let mut identity = [0; IDENTITY_BYTES];
        for (place, byte) in identity.iter_mut().zip(&seed) { *place = *byte; }
        if sealed { reseal(&mut bytes); reseal(&mut identity); }
        if let Ok(mut registration) = Registration::restore(&bytes) {
            let _ = registration.step(0);
            let _ = registration.step(u64::MAX);
        }
        if let Ok(identity) = Identity::restore(&identity) {
            prop_assert_eq!(identity.hub().is_some(), identity.device_id().is_some());
        }
    }
}

/// The page has the whole table.
#[test]
fn every_reason_is_on_the_page() {
    let page = include_str!("../../../../docs/device.md");
    for reason in Reason::ALL {
        let row = format!("| {} | `{}` | ", reason.number(), reason.name());
        assert!(page.contains(&row), "{row}");
    }
    let numbers = page.lines().filter(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        cells.next().is_some_and(|cell| cell.parse::<u16>().is_ok())
            && cells.next().is_some_and(|cell| cell.starts_with('`'))
    });
    assert_eq!(numbers.count(), Reason::ALL.len());
}

/// What the page about it says; more is noticed.
#[test]
fn the_sizes_that_are_published() {
    assert!(
        size_of::<Registration>() <= 704,
        "{}",
        size_of::<Registration>()
    );
    assert!(size_of::<Identity>() <= 384, "{}", size_of::<Identity>());
}
