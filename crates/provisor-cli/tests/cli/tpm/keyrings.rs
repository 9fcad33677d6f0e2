//! The keyring file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use provisor::tpm::Keyring;
use provisor_testkit::soft_tpm::TpmKind;
use sha2::{Digest as _, Sha256};

use super::*;

fn bench(test: &str) -> Bench {
    Bench::new(test, TpmKind::P256)
}

fn mode(bench: &Bench, file: &str) -> u32 {
    let metadata = fs::metadata(bench.folder.join(file)).unwrap();
    metadata.permissions().mode() & 0o7777
}

fn set_mode(bench: &Bench, file: &str, mode: u32) {
    fs::set_permissions(bench.folder.join(file), fs::Permissions::from_mode(mode)).unwrap();
}

fn show(bench: &Bench, at: UnixTime) -> serde_json::Value {
    let at = at.to_string();
    let run = bench.run(&["tpm", "keyring", "show", "ring", "--json", "--at", &at]);
    assert_eq!(run.status, 0, "{}", run.err);
    run.json()
}

fn states(bench: &Bench, at: UnixTime) -> Vec<(u64, String)> {
    let shown = show(bench, at);
    let epochs = shown["epochs"].as_array().unwrap().iter();
    epochs
        .map(|epoch| {
            let state = epoch["state"].as_str().unwrap().to_owned();
            (epoch["number"].as_u64().unwrap(), state)
        })
        .collect()
}

fn rotate(bench: &Bench, at: UnixTime, more: &[&str]) -> Run {
    let at = at.to_string();
    let usual = ["tpm", "keyring", "rotate", "ring", "--at", &at];
    bench.run(&[&usual[..], more].concat())
}

/// The file as docs/tpm.md describes it, read by other code than the tool's.
fn stored(bench: &Bench) -> Vec<u8> {
    let text = fs::read_to_string(bench.folder.join("ring")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "-----BEGIN PROVISOR KEYRING-----");
    assert_eq!(*lines.last().unwrap(), "-----END PROVISOR KEYRING-----");
    let base64 = lines[1..lines.len() - 1].concat();
    let content = BASE64.decode(base64.as_bytes()).unwrap();
    let (stored, digest) = content.split_at(content.len() - 32);
    assert_eq!(Sha256::digest(stored)[..], *digest);
    stored.to_vec()
}

#[test]
fn the_file_is_as_documented_and_its_owners_alone() {
    let bench = bench("ring-form");
    assert_eq!(mode(&bench, "ring"), 0o600);
    let ring = Keyring::from_stored(&stored(&bench)).unwrap();
    assert_eq!(ring.epochs().len(), 1);
    assert_eq!(ring.epochs()[0].times().begins, start());
    assert_eq!(rotate(&bench, start(), &[]).status, 0);
    assert_eq!(mode(&bench, "ring"), 0o600, "after a replacement too");
    let left: Vec<_> = fs::read_dir(&bench.folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("ring."))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // Two rings never have one secret, and the fingerprint tells them apart.
    let first = show(&bench, start());
    fs::remove_file(bench.folder.join("ring")).unwrap();
    bench.new_ring("ring");
    assert_ne!(first["fingerprint"], show(&bench, start())["fingerprint"]);
}

#[test]
fn no_secret_is_ever_printed() {
    let mut bench = bench("ring-quiet");
    bench.ask(start(), &[]);
    let token = bench.token();
    let text = fs::read_to_string(bench.folder.join("ring")).unwrap();
    let stored = stored(&bench);
    // Version, count, number, three times, a size; then the secret.
    let secret = &stored[2 + 4 + 24 + 2..];
    assert_eq!(secret.len(), 32);
    let hex = data_encoding::HEXLOWER.encode(secret);
    let base64 = BASE64.encode(secret);
    for run in [
        bench.run(&["tpm", "keyring", "show", "ring"]),
        bench.run(&["tpm", "keyring", "show", "ring", "--json"]),
        bench.half("challenge", start(), &[]),
        bench.answer(start(), &token, &[]),
        bench.answer(after(9, 0), &token, &[]),
        bench.run(&["tpm", "keyring", "new", "ring"]),
        rotate(&bench, start(), &[]),
    ] {
        let said = run.out + &run.err;
        assert!(!said.is_empty());
        assert!(!said.to_lowercase().contains(&hex), "{said}");
        assert!(!said.contains(base64.get(..20).unwrap()), "{said}");
        for line in text.lines().filter(|line| !line.starts_with('-')) {
            assert!(!said.contains(line.get(..20).unwrap()), "{said}");
        }
    }
}

#[test]
fn a_ring_that_is_there_is_not_overwritten() {
    let bench = bench("ring-again");
    let before = stored(&bench);
    unusable(
        &bench.run(&["tpm", "keyring", "new", "ring"]),
        "it is there already",
    );
    assert_eq!(stored(&bench), before);
    unusable(
        &rotate(&bench, start(), &["--revoke", "--begins", START]),
        "cannot be used",
    );
    write(&bench.folder, "ring.lock", "");
    unusable(&rotate(&bench, start(), &[]), "ring.lock");
    assert_eq!(stored(&bench), before);
}

#[test]
fn a_damaged_file_is_refused_wherever_the_damage_is() {
    let bench = bench("ring-damage");
    let good = fs::read(bench.folder.join("ring")).unwrap();
    let judge = |bytes: &[u8]| {
        // Written over, so that the mode stays.
        write(&bench.folder, "ring", bytes);
        bench.run(&["tpm", "keyring", "show", "ring"])
    };
    // A bit of every fifth byte: 40 processes instead of 200.
    for at in (0..good.len() - 1).step_by(5) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        unusable(&judge(&bad), "TPM_KEYRING_STORED");
    }
    for bad in [
        &[][..],
        &good[..good.len() / 2],
        &good[1..],
        b"not a ring\n",
        &[0xFF; 40],
        &[&good[..], b"more\n"].concat(),
        &[&good[..], &good[..]].concat(),
        &vec![b'A'; 20_000],
    ] {
        unusable(&judge(bad), "TPM_KEYRING_STORED");
    }
    // Ends of lines as other systems write them are no damage.
    let text = String::from_utf8(good).unwrap().replace('\n', "\r\n");
    assert_eq!(judge(text.as_bytes()).status, 0);
    // Both halves refuse to work with a damaged ring: nothing is judged.
    write(&bench.folder, "ring", "");
    unusable(&bench.half("challenge", start(), &[]), "TPM_KEYRING_STORED");
    unusable(&bench.answer(start(), "x", &[]), "TPM_KEYRING_STORED");
    fs::remove_file(bench.folder.join("ring")).unwrap();
    unusable(&bench.half("challenge", start(), &[]), "ring: ");
}

#[test]
fn a_file_that_others_may_read_or_change_is_refused() {
    let bench = bench("ring-rights");
    for exposed in [0o644, 0o640, 0o604, 0o660, 0o601, 0o620] {
        set_mode(&bench, "ring", exposed);
        unusable(
            &bench.half("challenge", start(), &[]),
            "TPM_KEYRING_EXPOSED",
        );
        unusable(&bench.answer(start(), "x", &[]), "TPM_KEYRING_EXPOSED");
        unusable(&rotate(&bench, start(), &[]), "TPM_KEYRING_EXPOSED");
    }
    for private in [0o600, 0o400] {
        set_mode(&bench, "ring", private);
        assert_eq!(bench.half("challenge", start(), &[]).status, 0);
    }
}

#[test]
fn epochs_follow_each_other_with_a_day_to_spare() {
    let bench = bench("ring-epochs");
    let state = |list: &[(u64, &str)]| -> Vec<(u64, String)> {
        list.iter()
            .map(|(number, state)| (*number, (*state).to_owned()))
            .collect()
    };
    assert_eq!(states(&bench, start()), state(&[(1, "issuing")]));
    assert_eq!(rotate(&bench, after(3, 0), &[]).status, 0);
    // The second begins a day before the first stops issuing.
    assert_eq!(
        states(&bench, after(6, -1)),
        state(&[(1, "issuing"), (2, "coming")])
    );
    assert_eq!(
        states(&bench, after(6, 0)),
        state(&[(1, "accepting"), (2, "issuing")])
    );
    assert_eq!(
        states(&bench, after(8, 1)),
        state(&[(1, "over"), (2, "issuing")])
    );
    assert_eq!(
        states(&bench, after(14, 1)),
        state(&[(1, "over"), (2, "over")])
    );
    let none = bench.run(&[
        "tpm",
        "keyring",
        "show",
        "ring",
        "--at",
        &after(14, 1).to_string(),
    ]);
    assert!(none.err.contains("TPM_NO_EPOCH"), "{}", none.err);
    // An operator who is late: the next one begins now, and the old one is kept for a week.
    let late = rotate(&bench, after(14, 1), &[]);
    assert!(late.err.contains("the new epoch has begun"), "{}", late.err);
    assert_eq!(
        states(&bench, after(14, 1)),
        state(&[(1, "over"), (2, "over"), (3, "issuing")])
    );
    assert_eq!(rotate(&bench, after(15, 1), &[]).status, 0);
    let numbers: Vec<u64> = states(&bench, after(15, 1))
        .into_iter()
        .map(|(n, _)| n)
        .collect();
    assert_eq!(numbers, [2, 3, 4], "the first is erased");
    assert_eq!(rotate(&bench, after(15, 1), &["--revoke"]).status, 0);
    assert_eq!(states(&bench, after(15, 1)), state(&[(5, "issuing")]));
}

#[test]
fn what_a_ring_cannot_be_is_refused_and_changes_nothing() {
    let bench = bench("ring-limits");
    let before = stored(&bench);
    let code = |run: &Run, code: &str| {
        assert_eq!(run.status, 1, "{}{}", run.out, run.err);
        assert!(
            run.out.starts_with(&format!("REJECTED  {code} (")),
            "{}",
            run.out
        );
    };
    code(
        &rotate(&bench, start(), &["--issue-days", "32"]),
        "TPM_EPOCH_TIMES",
    );
    let early = after(0, -1).to_string();
    code(
        &rotate(&bench, start(), &["--begins", &early]),
        "TPM_KEYRING_ORDER",
    );
    assert_eq!(stored(&bench), before);
    for _ in 0..7 {
        assert_eq!(rotate(&bench, start(), &[]).status, 0);
    }
    code(&rotate(&bench, start(), &[]), "TPM_KEYRING_SIZE");
    let made = bench.run(&["tpm", "keyring", "new", "more", "--accept-days", "40"]);
    code(&made, "TPM_EPOCH_TIMES");
    assert!(!bench.folder.join("more").exists());
}
