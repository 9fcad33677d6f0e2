//! `provisor tpm verify-quote` and `verify-certify` on files that tpm2-tools wrote.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::{Run, folder, provisor_in, write};

const NONCE: &str = "00112233445566778899aabbccddeeff";
const CONSTANT: &str = "00ff55aa";

fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tpm2-tools")
}

/// A folder with a copy of the files.
fn copies(test: &str) -> PathBuf {
    let folder = folder(test);
    for entry in fs::read_dir(tools()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    folder
}

fn quote(folder: &Path, kind: &str, ak: &str, more: &[&str]) -> Run {
    let (message, signature) = (format!("{kind}.msg"), format!("{kind}.sig"));
    let usual = [
        "tpm",
        "verify-quote",
        "-m",
        &message,
        "-s",
        &signature,
        "-u",
        ak,
    ];
    provisor_in(folder, [&usual[..], more].concat())
}

fn certify(folder: &Path, kind: &str, ak: &str, object: &str, more: &[&str]) -> Run {
    let (message, signature) = (format!("{kind}.att"), format!("{kind}.sig"));
    let usual = [
        "tpm",
        "verify-certify",
        "-m",
        &message,
        "-s",
        &signature,
        "-u",
        ak,
        "-c",
        object,
    ];
    provisor_in(folder, [&usual[..], more].concat())
}

#[track_caller]
fn accepted(run: &Run) {
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.starts_with("ACCEPTED"), "{}", run.out);
}

/// By code, and by the file at fault.
#[track_caller]
fn refused(run: &Run, code: &str, file: &str) {
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(
        run.out.starts_with(&format!("REJECTED  {code} (")),
        "{}",
        run.out
    );
    assert!(
        run.out.contains(&format!("file:     {file}\n")),
        "{file}: {}",
        run.out
    );
}

#[test]
fn every_form_of_key_signature_and_values_is_read() {
    let folder = tools();
    for (kind, value) in [
        ("rsa.quote", "sha256:16 = 0000000000"),
        ("rsa.plain", "sha256:16 = ad7e0932"),
        ("ecc.quote", "sha256:16 = 34073cc8"),
        ("ecc.plain", "sha256:16 ="),
    ] {
        let (algorithm, _) = kind.split_once('.').unwrap();
        let pcr = format!("{kind}.pcr");
        for form in ["tss", "tpmt", "pem", "der"] {
            let ak = format!("{algorithm}.ak.{form}");
            let run = quote(&folder, kind, &ak, &["-q", NONCE, "-f", &pcr]);
            accepted(&run);
            assert!(run.out.contains("sha256:16 = "), "{value}: {}", run.out);
            // What a bare key does not show is not called verified.
            let whole = matches!(form, "tss" | "tpmt");
            assert_eq!(
                run.out.contains("never leaves its TPM"),
                whole,
                "{}",
                run.out
            );
            assert_eq!(
                run.out.contains("a bare key does not tell"),
                !whole,
                "{}",
                run.out
            );
            assert_eq!(
                run.out.contains("-f plain"),
                kind.ends_with("plain"),
                "{}",
                run.out
            );
        }
    }
    for file in ["ecc.quote.pcr", "ecc.quote.txt", "ecc.quote.values"] {
        let run = quote(
            &folder,
            "ecc.quote",
            "ecc.ak.tss",
            &["-q", NONCE, "-f", file, "--json"],
        );
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        let object = run.json();
        assert_eq!(object["quoted"], "sha1:0,1+sha256:0,16");
        assert_eq!(object["pcrs"][3]["pcr"], 16);
        assert!(
            object["pcrs"][3]["value"]
                .as_str()
                .unwrap()
                .starts_with("34073cc8")
        );
        assert_eq!(object["reported"]["safe"], true);
        assert_eq!(object["readAs"][0]["file"], file);
    }
}

#[test]
fn what_is_not_shown_is_said_to_be_not_verified() {
    let folder = copies("tpm-quote-parts");
    let run = quote(&folder, "ecc.quote", "ecc.ak.tss", &["-q", NONCE]);
    accepted(&run);
    assert!(
        run.out.contains("the values of the PCRs: none were given"),
        "{}",
        run.out
    );
    // The selection comes from the quote itself.
    let run = quote(
        &folder,
        "ecc.quote",
        "ecc.ak.tss",
        &["-q", NONCE, "-f", "ecc.quote.values"],
    );
    assert!(
        run.out.contains("the quote itself said which"),
        "{}",
        run.out
    );
    let list = ["-l", "sha256:0,16+sha1:0,1"];
    let run = quote(
        &folder,
        "ecc.quote",
        "ecc.ak.tss",
        &[&["-q", NONCE, "-f", "ecc.quote.values"][..], &list].concat(),
    );
    accepted(&run);
    assert!(!run.out.contains("the quote itself"), "{}", run.out);
    // More values than were quoted: refused, unless it is said which matter.
    let more = fs::read_to_string(folder.join("ecc.quote.txt")).unwrap()
        + &format!("    17: 0x{}\n", "00".repeat(32));
    write(&folder, "more.txt", more);
    let run = quote(
        &folder,
        "ecc.quote",
        "ecc.ak.tss",
        &["-q", NONCE, "-f", "more.txt"],
    );
    refused(&run, "TPM_PCR_SELECTION", "ecc.quote.msg");
    assert!(run.out.contains("--pcrs"), "{}", run.out);
    let run = quote(
        &folder,
        "ecc.quote",
        "ecc.ak.tss",
        &[&["-q", NONCE, "-f", "more.txt"][..], &list].concat(),
    );
    accepted(&run);
    assert!(
        run.out
            .contains("values in the file that are not quoted: sha256:17"),
        "{}",
        run.out
    );
    // No nonce, no freshness.
    let run = quote(&folder, "ecc.quote", "ecc.ak.tss", &[]);
    assert_eq!(run.status, 2);
    let run = quote(&folder, "ecc.quote", "ecc.ak.tss", &["--danger-any-nonce"]);
    accepted(&run);
    assert!(
        run.out.contains("danger: no nonce was asked for"),
        "{}",
        run.out
    );
}

#[test]
fn each_fault_is_named_with_its_file() {
    let folder = copies("tpm-quote-faults");
    let q = |ak: &str, more: &[&str]| quote(&folder, "ecc.quote", ak, more);
    let nonce = ["-q", NONCE];
    let with = |more: &[&'static str]| [&nonce[..], more].concat();
    refused(
        &q("ecc.ak.tss", &["-q", "00112233445566778899aabbccddeefe"]),
        "TPM_ATTEST_NONCE",
        "ecc.quote.msg",
    );
    let short = q("ecc.ak.tss", &["-q", "0011"]);
    assert!(short.out.contains("TPM_NONCE_EMPTY"), "{}", short.out);
    refused(
        &q("rsa.ak.tss", &nonce),
        "TPM_SIGNATURE_ALGORITHM",
        "ecc.quote.sig",
    );
    refused(&q("srk.pub", &nonce), "TPM_NOT_SIGN", "srk.pub");
    refused(&q("rsa.ak.ctx", &nonce), "TPM_TOOL_FILE", "rsa.ak.ctx");
    refused(
        &q("ecc.ak.tss", &with(&["-l", "sha256:0"])),
        "TPM_PCR_SELECTION",
        "ecc.quote.msg",
    );
    refused(
        &q("ecc.ak.tss", &with(&["-f", "rsa.plain.pcr"])),
        "TPM_PCR_FILE",
        "rsa.plain.pcr",
    );
    refused(
        &q("ecc.ak.tss", &with(&["-f", "rsa.quote.pcr"])),
        "TPM_PCR_DIGEST",
        "ecc.quote.msg",
    );
    refused(
        &q(
            "ecc.ak.tss",
            &with(&["-f", "ecc.quote.txt", "-l", "sha256:0,7,16"]),
        ),
        "TPM_PCR_MISSING",
        "ecc.quote.txt",
    );
    // One bit of each file.
    for (file, at, code) in [
        ("ecc.quote.msg", 60, "TPM_SIGNATURE"),
        ("ecc.quote.msg", 0, "TPM_ATTEST_MAGIC"),
        ("ecc.quote.sig", 20, "TPM_SIGNATURE"),
        ("ecc.quote.sig", 0, "TPM_SIGNATURE_ALGORITHM"),
    ] {
        let good = fs::read(tools().join(file)).unwrap();
        let mut bad = good.clone();
        bad[at] ^= 1;
        write(&folder, file, bad);
        let run = q("ecc.ak.tss", &nonce);
        assert_eq!(run.status, 1, "{}{}", run.out, run.err);
        assert!(
            run.out.starts_with(&format!("REJECTED  {code} (")),
            "{file} {at}: {}",
            run.out
        );
        write(&folder, file, good);
    }
    // One file in the place of another.
    let run = quote(&folder, "ecc.certify", "ecc.ak.tss", &nonce);
    assert_eq!(run.status, 2, "there is no such message: {}", run.out);
    let swapped = [
        "tpm",
        "verify-quote",
        "-m",
        "ecc.quote.sig",
        "-s",
        "ecc.quote.msg",
        "-u",
        "ecc.ak.tss",
        "-q",
        NONCE,
    ];
    refused(
        &provisor_in(&folder, swapped),
        "TPM_OTHER_STRUCTURE",
        "ecc.quote.sig",
    );
    let certified = [
        "tpm",
        "verify-quote",
        "-m",
        "ecc.certify.att",
        "-s",
        "ecc.certify.sig",
        "-u",
        "ecc.ak.tss",
        "-q",
        NONCE,
    ];
    refused(
        &provisor_in(&folder, certified),
        "TPM_ATTEST_TYPE",
        "ecc.certify.att",
    );
    let object = q("rsa.ak.tss", &["-q", NONCE, "--json"]).json();
    assert_eq!(object["at"]["file"], "ecc.quote.sig");
    assert_eq!(object["rejection"]["code"], "TPM_SIGNATURE_ALGORITHM");
    // The name of a file where digits belong.
    write(&folder, "nonce", [7; 16]);
    let run = q("ecc.ak.tss", &["-q", "nonce"]);
    assert!(run.err.contains("--nonce-file"), "{}", run.err);
    assert!(
        q("ecc.ak.tss", &["--nonce-file", "nonce"])
            .out
            .contains("TPM_ATTEST_NONCE")
    );
}

#[test]
fn how_a_bare_key_signs_is_the_verifiers_choice() {
    let folder = tools();
    let plain = ["-q", NONCE, "-f", "rsa.plain.pcr"];
    accepted(&quote(&folder, "rsa.plain", "rsa.ak.pem", &plain));
    for (more, code) in [
        (["--scheme", "rsapss"], "TPM_SIGNATURE ("),
        (["--hash", "sha384"], "TPM_SIGNATURE ("),
        (["--scheme", "ecdsa"], "TPM_SIGNATURE_ALGORITHM ("),
    ] {
        let run = quote(
            &folder,
            "rsa.plain",
            "rsa.ak.pem",
            &[&plain[..], &more].concat(),
        );
        assert_eq!(run.status, 1);
        assert!(
            run.out.starts_with(&format!("REJECTED  {code}")),
            "{more:?}: {}",
            run.out
        );
    }
    // The signature's own word does not count against what was stated.
    let run = quote(
        &folder,
        "rsa.quote",
        "rsa.ak.pem",
        &["-q", NONCE, "--scheme", "rsapss"],
    );
    refused(&run, "TPM_SIGNATURE_ALGORITHM", "rsa.quote.sig");
}

#[test]
fn certifications_are_for_one_object() {
    let folder = copies("tpm-certify");
    let any = ["-q", CONSTANT, "--danger-any-nonce"];
    write(
        &folder,
        "srk.hex",
        "000be51a731356060f941fa6522cef69135e27fd186fb4d333d8d540bf751c9ff060\n",
    );
    for algorithm in ["rsa", "ecc"] {
        let ak = format!("{algorithm}.ak.tss");
        for kind in ["certify", "certify-plain"] {
            let kind = format!("{algorithm}.{kind}");
            for object in ["srk.pub", "srk.name", "srk.hex"] {
                let run = certify(&folder, &kind, &ak, object, &any);
                accepted(&run);
                let promises = run.out.contains("promises  ");
                assert_eq!(promises, object == "srk.pub", "{}", run.out);
                assert!(run.out.contains("danger: a short nonce"), "{}", run.out);
            }
            let run = certify(&folder, &kind, &ak, "ecc.ak.tss", &any);
            refused(&run, "TPM_CERTIFIED_NAME", &format!("{kind}.att"));
            // The constant is no nonce, and is told what it is.
            let run = certify(&folder, &kind, &ak, "srk.pub", &["-q", NONCE]);
            refused(&run, "TPM_ATTEST_NONCE", &format!("{kind}.att"));
            assert!(
                run.out.contains("tpm2_certify of tpm2-tools gives"),
                "{}",
                run.out
            );
        }
    }
    let object = certify(
        &folder,
        "ecc.certify",
        "ecc.ak.pem",
        "srk.pub",
        &[&any[..], &["--json"]].concat(),
    )
    .json();
    assert_eq!(object["ak"]["bare"], true);
    let run = certify(&folder, "ecc.certify", "ecc.ak.pem", "srk.pub", &any);
    accepted(&run);
    assert!(!run.out.contains("loaded in the TPM"), "{}", run.out);
    assert!(
        object["object"]["attributes"]
            .as_str()
            .unwrap()
            .contains("restricted"),
        "{object}"
    );
    let run = certify(&folder, "ecc.certify", "ecc.ak.tss", "ecc.ak.pem", &any);
    refused(&run, "TPM_BARE_KEY", "ecc.ak.pem");
}
