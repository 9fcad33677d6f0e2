//! Challenge from one process, answer to another.

use std::io::Write as _;
use std::process::{Command, Stdio};

use data_encoding::BASE64;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::*;

#[test]
fn one_process_asks_and_another_judges() {
    for (name, kind) in [
        ("tpm-p256", TpmKind::P256),
        ("tpm-p384", TpmKind::P384),
        ("tpm-rsa", TpmKind::Rsa2048),
    ] {
        let mut bench = Bench::new(name, kind);
        bench.ask(start(), &[]);
        let object = accepted(&bench.answer(after(7, 0), &bench.token(), &[]));
        assert_eq!(object["epoch"], 1);
        assert_eq!(object["recorded"], false);
        assert_eq!(object["countsUntil"], after(8, 0).to_string());
        let ek = object["endorsementKey"].as_str().unwrap();
        let hash = if kind == TpmKind::P384 {
            "000c"
        } else {
            "000b"
        };
        assert!(ek.starts_with(hash), "{ek}");
    }
}

#[test]
fn the_text_for_people_says_the_verdict_first_and_how_long_it_counts() {
    let mut bench = Bench::new("tpm-text", TpmKind::P256);
    let arguments = |half, more: &[&'static str]| {
        let usual = [
            "tpm",
            half,
            "--keyring",
            "ring",
            "--id-scope",
            SCOPE,
            "--registration-id",
            ID,
            "--ek",
            "ek.b64",
            "--srk",
            "srk.b64",
            "--at",
            START,
        ];
        [&usual[..], more].concat()
    };
    let asked = bench.run(&arguments("challenge", &[]));
    assert_eq!(asked.status, 0);
    assert!(
        asked
            .out
            .starts_with("CHALLENGED  line-7: activation blob of "),
        "{}",
        asked.out
    );
    assert!(
        asked.out.contains("until the next registration"),
        "{}",
        asked.out
    );
    bench.ask(start(), &[]);
    // By standard input, where the list of processes does not show it.
    let mut tool = Command::new(env!("CARGO_BIN_EXE_provisor"))
        .args(arguments("answer", &["--token", "-"]))
        .current_dir(&bench.folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let token = bench.token() + "\n";
    tool.stdin
        .take()
        .unwrap()
        .write_all(token.as_bytes())
        .unwrap();
    let output = tool.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{out}");
    assert!(out.starts_with("ACCEPTED  line-7: "), "{out}");
    assert!(
        out.contains("counts again until the device's next registration is"),
        "{out}"
    );
    let refused = bench.run(&arguments("answer", &["--token", "Bearer x"]));
    assert_eq!(refused.status, 1);
    assert!(
        refused.out.starts_with("REJECTED  SAS_SCHEME (3501): "),
        "{}",
        refused.out
    );
    assert!(refused.out.contains("never registered"), "{}", refused.out);
}

#[test]
fn a_restart_and_a_move_to_another_machine_lose_nothing() {
    let mut bench = Bench::new("tpm-restart", TpmKind::P256);
    bench.ask(start(), &[]);
    std::fs::create_dir(bench.folder.join("elsewhere")).unwrap();
    copy(&bench.folder, "ring", "elsewhere/ring");
    std::fs::remove_file(bench.folder.join("ring")).unwrap();
    accepted(&bench.answer(start(), &bench.token(), &[("--keyring", "elsewhere/ring")]));
}

#[test]
fn rotation_keeps_what_was_asked_and_changes_what_is_asked() {
    let mut bench = Bench::new("tpm-rotation", TpmKind::P256);
    bench.ask(after(6, 0), &[]);
    copy(&bench.folder, "ring", "old");
    let rotated = bench.run(&["tpm", "keyring", "rotate", "ring", "--at", START]);
    assert_eq!(rotated.status, 0, "{}", rotated.err);
    // Asked before the rotation, judged after it.
    let first = bench.token();
    assert_eq!(
        accepted(&bench.answer(after(6, 60), &first, &[]))["epoch"],
        1
    );
    // Asked by a process that has the new epoch; one that was forgotten does not know it.
    bench.ask(after(6, 60), &[]);
    let second = bench.token();
    refused(
        &bench.answer(after(6, 60), &second, &[("--keyring", "old")]),
        "TPM_CHALLENGE_ANSWER",
    );
    assert_eq!(
        accepted(&bench.answer(after(6, 60), &second, &[]))["epoch"],
        2
    );
    // The ring leaked: nothing that was asked before counts.
    let at = after(6, 120).to_string();
    let revoked = bench.run(&["tpm", "keyring", "rotate", "ring", "--revoke", "--at", &at]);
    assert_eq!(revoked.status, 0, "{}", revoked.err);
    for token in [&first, &second] {
        refused(
            &bench.answer(after(6, 121), token, &[]),
            "TPM_CHALLENGE_ANSWER",
        );
    }
    bench.ask(after(6, 121), &[]);
    assert_eq!(
        accepted(&bench.answer(after(6, 121), &bench.token(), &[]))["epoch"],
        3
    );
}

#[test]
fn an_epoch_has_a_beginning_and_an_end() {
    let mut bench = Bench::new("tpm-epoch", TpmKind::P256);
    bench.ask(start(), &[]);
    let token = bench.token();
    accepted(&bench.answer(after(8, 0), &token, &[]));
    refused(&bench.answer(after(8, 1), &token, &[]), "TPM_EPOCH_EXPIRED");
    // The clock of the process that asked may be ahead by five minutes.
    accepted(&bench.answer(after(0, -300), &token, &[]));
    refused(
        &bench.answer(after(0, -301), &token, &[]),
        "TPM_EPOCH_EARLY",
    );
    // Nobody rotated.
    refused(&bench.half("challenge", after(7, 1), &[]), "TPM_NO_EPOCH");
    refused(&bench.half("challenge", after(0, -1), &[]), "TPM_NO_EPOCH");
}

#[test]
fn a_token_has_an_end_of_its_own() {
    let mut bench = Bench::new("tpm-token-end", TpmKind::P256);
    bench.ask(start(), &[]);
    let token = bench.token_for(SCOPE, ID, after(0, 60));
    let object = accepted(&bench.answer(after(0, 360), &token, &[]));
    assert_eq!(object["countsUntil"], after(0, 360).to_string());
    refused(&bench.answer(after(0, 361), &token, &[]), "SAS_EXPIRED");
}

#[test]
fn an_answer_counts_until_the_next_registration() {
    const RECORDED: [(&str, &str); 2] = [("--record", "record.json"), ("--hubs", "hubs.json")];
    let record = [RECORDED[0]];
    let mut bench = Bench::new("tpm-replay", TpmKind::P256);
    bench.ask(start(), &record);
    let first = bench.token();
    // Looked at only, as often as one likes.
    for _ in 0..2 {
        accepted(&bench.answer(start(), &first, &[]));
    }
    let registered = accepted(&bench.answer(start(), &first, &RECORDED));
    assert_eq!(registered["recorded"], true);
    assert!(registered["countsUntil"].is_null());
    assert_eq!(registered["record"]["revision"], 1);
    assert_eq!(registered["record"]["assignedHub"], "hub-a.example");
    // The second blob of a registration: the key that the hub gets.
    let blob = BASE64
        .decode(registered["authenticationKey"].as_str().unwrap().as_bytes())
        .unwrap();
    bench.tpm.clone().import_activation_blob(&blob).unwrap();

    refused(
        &bench.answer(after(0, 1), &first, &RECORDED),
        "ATTEST_CHALLENGE_USED",
    );
    bench.ask(after(0, 2), &record);
    let second = bench.token();
    assert_ne!(first, second);
    assert_eq!(
        accepted(&bench.answer(after(0, 3), &second, &RECORDED))["record"]["revision"],
        2
    );
    refused(
        &bench.answer(after(0, 4), &second, &RECORDED),
        "ATTEST_CHALLENGE_USED",
    );
    refused(
        &bench.answer(after(0, 4), &first, &RECORDED),
        "TPM_CHALLENGE_ANSWER",
    );
    // The count is in the record: whoever deletes it lets the first answer count again, as
    // docs/tpm.md says.
    std::fs::remove_file(bench.folder.join("record.json")).unwrap();
    accepted(&bench.answer(after(0, 5), &first, &RECORDED));

    unusable(
        &bench.answer(after(0, 6), &first, &record),
        "--record needs --hubs",
    );
    write(&bench.folder, "record.json", "{}");
    unusable(
        &bench.answer(after(0, 6), &first, &RECORDED),
        "no registration record",
    );
}

#[test]
fn of_many_processes_with_one_answer_one_registers_the_device() {
    let mut bench = Bench::new("tpm-race", TpmKind::P256);
    bench.ask(start(), &[]);
    let token = bench.token();
    let tools: Vec<_> = (0..8)
        .map(|_| {
            Command::new(env!("CARGO_BIN_EXE_provisor"))
                .args([
                    "tpm",
                    "answer",
                    "--json",
                    "--keyring",
                    "ring",
                    "--id-scope",
                    SCOPE,
                ])
                .args([
                    "--registration-id",
                    ID,
                    "--ek",
                    "ek.b64",
                    "--srk",
                    "srk.b64",
                ])
                .args([
                    "--at",
                    START,
                    "--record",
                    "record.json",
                    "--hubs",
                    "hubs.json",
                ])
                .args(["--token", &token])
                .current_dir(&bench.folder)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let status = |mut tool: std::process::Child| tool.wait().unwrap().code().unwrap();
    let statuses: Vec<i32> = tools.into_iter().map(status).collect();
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    // The others came later (refused) or at the same moment (the record was locked).
    assert_eq!(count(0), 1, "{statuses:?}");
    assert_eq!(count(1) + count(2), 7, "{statuses:?}");
    let record = std::fs::read_to_string(bench.folder.join("record.json")).unwrap();
    assert!(record.contains("\"revision\": 1"), "{record}");
    // What a crash would leave behind is named.
    write(&bench.folder, "record.json.lock", "");
    let options = [("--record", "record.json"), ("--hubs", "hubs.json")];
    unusable(&bench.answer(start(), &token, &options), "record.json.lock");
}

#[test]
fn another_scope_or_registration_id_is_refused() {
    let mut bench = Bench::new("tpm-other", TpmKind::P256);
    bench.ask(start(), &[]);
    let token = bench.token();
    // The token names another registration than the request.
    for other in [
        ("--id-scope", "0ne0A1B2C3E"),
        ("--registration-id", "line-8"),
    ] {
        refused(&bench.answer(start(), &token, &[other]), "SAS_RESOURCE");
    }
    // It names the right one, signed by a key that was made for another.
    let scope = bench.token_for("0ne0A1B2C3E", ID, after(1, 0));
    let at_other_scope = bench.answer(start(), &scope, &[("--id-scope", "0ne0A1B2C3E")]);
    refused(&at_other_scope, "TPM_CHALLENGE_ANSWER");
    let id = bench.token_for(SCOPE, "line-8", after(1, 0));
    let as_other_device = bench.answer(start(), &id, &[("--registration-id", "line-8")]);
    refused(&as_other_device, "TPM_CHALLENGE_ANSWER");
    // The same device in other letters is the same device.
    accepted(&bench.answer(start(), &token, &[("--registration-id", "LINE-7")]));
    // The ID that follows from the key, for both halves.
    let short = bench.token_for(SCOPE, "line-7", after(1, 0));
    refused(
        &bench.answer(start(), &short, &[("--registration-id", "line 7")]),
        "ID_CHARACTER",
    );
}

#[test]
fn other_keys_are_refused() {
    let mut bench = Bench::new("tpm-keys", TpmKind::P256);
    let stranger = SoftTpm::new(TpmKind::P256, 7, 1);
    bench.show_keys("other-", &stranger);
    bench.ask(start(), &[]);
    let token = bench.token();
    let judged = |more: &[(&str, &str)], code| refused(&bench.answer(start(), &token, more), code);
    let other_ek = ("--ek", "other-ek.b64");
    judged(&[other_ek], "TPM_CHALLENGE_ANSWER");
    judged(
        &[other_ek, ("--enrolled-ek", "ek.b64")],
        "ATTEST_EK_MISMATCH",
    );
    judged(&[("--enrolled-ek", "other-ek.b64")], "ATTEST_EK_MISMATCH");
    judged(&[("--srk", "other-srk.b64")], "TPM_CHALLENGE_ANSWER");
    judged(&[("--srk", "ek.b64")], "TPM_EK_AS_SRK");
    // A storage root key that may leave its TPM, in both halves.
    let mut movable = bench.tpm.srk_public().to_vec();
    movable[9] &= !0x02;
    write(&bench.folder, "movable.bin", &movable);
    let movable = [("--srk", "movable.bin")];
    judged(&movable, "TPM_NOT_FIXED_TPM");
    refused(
        &bench.half("challenge", start(), &movable),
        "TPM_NOT_FIXED_TPM",
    );
    // Who is not the enrolled TPM is not challenged either.
    refused(
        &bench.half("challenge", start(), &[("--enrolled-ek", "other-ek.b64")]),
        "ATTEST_EK_MISMATCH",
    );
}

#[test]
fn another_keyring_is_refused() {
    let mut bench = Bench::new("tpm-wrong-ring", TpmKind::P256);
    bench.new_ring("other");
    bench.ask(start(), &[]);
    let token = bench.token();
    let other = bench.answer(start(), &token, &[("--keyring", "other")]);
    refused(&other, "TPM_CHALLENGE_ANSWER");
    accepted(&bench.answer(start(), &token, &[]));
}

#[test]
fn a_signature_by_anything_else_is_refused() {
    let mut bench = Bench::new("tpm-signature", TpmKind::P256);
    bench.ask(start(), &[]);
    let token = bench.token();
    let end = |days| format!("se={}", after(days, 0).seconds());
    let later = token.replace(&end(365), &end(730));
    assert_ne!(token, later);
    refused(&bench.answer(start(), &later, &[]), "TPM_CHALLENGE_ANSWER");
    for (bad, code) in [
        ("", "SAS_SCHEME"),
        ("Bearer abc", "SAS_SCHEME"),
        ("SharedAccessSignature sr=x", "SAS_FIELD_MISSING"),
    ] {
        refused(&bench.answer(start(), bad, &[]), code);
    }
}

#[test]
fn a_bare_credential_is_answered_with_its_secret() {
    let mut bench = Bench::new("tpm-credential", TpmKind::P256);
    let form = ("--form", "credential");
    let asked = bench.half("challenge", start(), &[form]).json();
    let part = |name: &str| {
        BASE64
            .decode(asked["body"][name].as_str().unwrap().as_bytes())
            .unwrap()
    };
    let (id_object, sealed) = (part("idObject"), part("encryptedSecret"));
    let secret = bench.tpm.activate_credential(&id_object, &sealed).unwrap();
    write(&bench.folder, "secret", &secret);
    write(&bench.folder, "wrong", &secret[1..]);
    let answer = |file| bench.half("answer", start(), &[form, ("--secret", file)]);
    accepted(&answer("secret"));
    refused(&answer("wrong"), "TPM_CHALLENGE_ANSWER");
}

#[test]
fn the_file_for_tpm2_tools_is_a_bare_credential() {
    let mut bench = Bench::new("tpm-tools", TpmKind::Rsa2048);
    let form = ("--form", "tpm2-tools");
    let asked = bench.half("challenge", start(), &[form, ("--out", "blob")]);
    assert_eq!(asked.status, 0, "{}{}", asked.out, asked.err);
    assert_eq!(asked.json()["body"]["file"], "blob");
    let file = std::fs::read(bench.folder.join("blob")).unwrap();
    let (header, rest) = file.split_at(8);
    assert_eq!(header, [0xba, 0xdc, 0xc0, 0xde, 0, 0, 0, 1]);
    let size = usize::from(u16::from_be_bytes([rest[0], rest[1]])) + 2;
    let (id_object, sealed) = rest.split_at(size);
    let secret = bench.tpm.activate_credential(id_object, sealed).unwrap();
    write(&bench.folder, "secret", &secret);
    accepted(&bench.half("answer", start(), &[form, ("--secret", "secret")]));
    // A file that is there is not overwritten, and a form without a file has none.
    unusable(
        &bench.half("challenge", start(), &[form, ("--out", "blob")]),
        "it is there already",
    );
    unusable(&bench.half("challenge", start(), &[form]), "--out");
    unusable(
        &bench.half("challenge", start(), &[("--out", "other")]),
        "--form tpm2-tools",
    );
}

#[test]
fn a_key_that_is_none_is_named_by_its_file() {
    let bench = Bench::new("tpm-named", TpmKind::P256);
    for (option, file, code) in [
        ("--ek", "srk.b64", "TPM_"),
        ("--srk", "hubs.json", "TPM_TEXT"),
        ("--enrolled-ek", "srk.b64", "TPM_"),
    ] {
        let run = bench.half("challenge", start(), &[(option, file)]);
        assert_eq!(run.status, 1, "{}{}", run.out, run.err);
        let object = run.json();
        assert_eq!(object["at"]["file"], file);
        let found = object["rejection"]["code"].as_str().unwrap();
        assert!(found.starts_with(code), "{option}: {found}");
    }
}

#[test]
fn the_toy_opens_what_is_for_it_and_nothing_else() {
    let bench = Bench::new("tpm-toy", TpmKind::P256);
    for kind in ["p256", "p384", "rsa2048"] {
        let toy = ["--kind", kind, "--number", "3"];
        std::fs::create_dir(bench.folder.join(kind)).unwrap();
        let keys = |folder: &str| bench.run(&[&["tpm", "toy", "keys", folder][..], &toy].concat());
        assert_eq!(keys(kind).status, 0);
        unusable(&keys(kind), "it is there already");
        let (ek, srk) = (format!("{kind}/ek.b64"), format!("{kind}/srk.b64"));
        let shown = [("--ek", &*ek), ("--srk", &*srk)];
        let asked = bench.half("challenge", start(), &shown);
        write(&bench.folder, "challenge.json", &asked.out);
        let sign = |more: &[&str]| {
            let usual = [
                "tpm",
                "toy",
                "sign",
                "--challenge",
                "challenge.json",
                "--id-scope",
                SCOPE,
                "--registration-id",
                ID,
                "--expires",
                "2027-01-01T00:00:00Z",
            ];
            bench.run(&[&usual, more].concat())
        };
        let token = sign(&toy).out;
        accepted(&bench.answer(start(), token.trim(), &shown));
        unusable(&sign(&["--kind", kind, "--number", "4"]), "the toy refuses");
        write(&bench.folder, "challenge.json", "{}");
        unusable(&sign(&toy), "no body.authenticationKey");
    }
}
