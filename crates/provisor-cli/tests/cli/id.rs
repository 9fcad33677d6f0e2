//! `provisor id`.

use provisor_testkit::pki::{
    COMMON_NAME, CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::{folder, provisor_in, write};

#[test]
fn check_follows_the_rules_asked_for() {
    let folder = folder("id-check");
    for (id, rules, status, code) in [
        ("line-7", "current", 0, ""),
        ("line-7", "2017", 0, ""),
        ("Line_7", "current", 0, ""),
        ("Line_7", "2017", 1, "ID_CHARACTER"),
        ("", "current", 1, "ID_EMPTY"),
        ("line 7", "current", 1, "ID_CHARACTER"),
        ("line7.", "current", 1, "ID_LAST_CHARACTER"),
        ("-", "current", 0, ""),
    ] {
        let run = provisor_in(&folder, ["id", "check", id, "--rules", rules]);
        assert_eq!(run.status, status, "{id} {rules}: {}", run.err);
        assert!(run.err.contains(code));
        assert_eq!(
            run.out,
            if status == 0 {
                format!("{id}\n")
            } else {
                String::new()
            }
        );
    }
}

#[test]
fn from_cert_wants_exactly_one_common_name() {
    let folder = folder("id-from-cert");
    let pki = ToyPki::new(1);
    let key = KeyPair::new(KeyKind::P256, 1, "d");
    let two = DistinguishedName::cn("line-7").and(COMMON_NAME, "line-8");
    for (name, status, expected) in [
        (DistinguishedName::cn("line-7"), 0, "line-7"),
        (two, 1, "ID_SEVERAL_COMMON_NAMES"),
        (
            DistinguishedName::empty().and("2.5.4.10", "Acme"),
            1,
            "ID_NO_COMMON_NAME",
        ),
    ] {
        let certificate = CertificateBuilder::device(name, &key).issued_by(&pki.intermediate);
        write(&folder, "leaf.pem", certificate.pem());
        write(&folder, "leaf.der", certificate.der());
        for file in ["leaf.pem", "leaf.der"] {
            let run = provisor_in(&folder, ["id", "from-cert", file]);
            assert_eq!(run.status, status, "{file} {}", run.err);
            assert!(
                run.out.contains(expected) || run.err.contains(expected),
                "{}",
                run.err
            );
        }
    }
    assert_eq!(
        provisor_in(&folder, ["id", "from-cert", "missing.pem"]).status,
        2
    );
    write(&folder, "no.pem", "hello");
    assert_eq!(
        provisor_in(&folder, ["id", "from-cert", "no.pem"]).status,
        2
    );
}

#[test]
fn from_ek_takes_raw_bytes_and_base64() {
    let folder = folder("id-from-ek");
    let tpm = SoftTpm::new(TpmKind::Rsa2048, 1, 0);
    write(&folder, "ek.pub", tpm.ek_public());
    let raw = provisor_in(&folder, ["id", "from-ek", "ek.pub"]);
    assert_eq!(raw.status, 0, "{}", raw.err);
    // 32 bytes of SHA-256 are 52 characters of base32 without padding.
    assert_eq!(raw.out.trim().len(), 52);
    assert!(
        raw.out
            .trim()
            .bytes()
            .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b))
    );

    write(
        &folder,
        "ek.b64",
        data_encoding::BASE64.encode(tpm.ek_public()) + "\n",
    );
    let text = provisor_in(&folder, ["id", "from-ek", "ek.b64"]);
    assert_eq!((text.status, text.out), (0, raw.out));

    // A storage root key is not an endorsement key.
    write(&folder, "srk.pub", tpm.srk_public());
    let srk = provisor_in(&folder, ["id", "from-ek", "srk.pub"]);
    assert_eq!(srk.status, 1);
    assert!(srk.err.contains("TPM_"), "{}", srk.err);
}

/// As `base64`, `openssl`, editors of Windows and careless copies leave it.
#[test]
fn from_ek_reads_base64_however_it_is_wrapped() {
    let folder = folder("id-from-ek-base64");
    for kind in [TpmKind::Rsa2048, TpmKind::P256, TpmKind::P384] {
        let tpm = SoftTpm::new(kind, 1, 0);
        write(&folder, "ek.pub", tpm.ek_public());
        let raw = provisor_in(&folder, ["id", "from-ek", "ek.pub"]);
        assert_eq!(raw.status, 0, "{}", raw.err);
        let text = data_encoding::BASE64.encode(tpm.ek_public());
        let wrapped = |at: usize, end: &str| {
            let lines: Vec<_> = text
                .as_bytes()
                .chunks(at)
                .map(|line| String::from_utf8_lossy(line).into_owned())
                .collect();
            lines.join(end) + end
        };
        for text in [
            wrapped(64, "\n"),
            wrapped(76, "\n"),
            wrapped(76, "\r\n"),
            wrapped(76, "\n").trim_end().to_owned(),
            text.trim_end_matches('=').to_owned(),
            format!("\u{feff}{text}\r\n"),
            format!("  {text}  \n\n"),
        ] {
            write(&folder, "ek.b64", &text);
            let read = provisor_in(&folder, ["id", "from-ek", "ek.b64"]);
            assert_eq!(
                (read.status, &read.out),
                (0, &raw.out),
                "{text:?}: {}",
                read.err
            );
        }
        // The command of the remedy works on the bytes and not on their text.
        let without_size = data_encoding::BASE64.encode(&tpm.ek_public()[2..]);
        write(&folder, "ek.b64", &without_size);
        let refused = provisor_in(&folder, ["id", "from-ek", "ek.b64"]);
        assert_eq!(refused.status, 1, "{}", refused.err);
        for words in ["TPM_SIZE_MISSING", "the file is base64 text"] {
            assert!(refused.err.contains(words), "{words}: {}", refused.err);
        }
    }
}

#[test]
fn from_ek_names_the_other_forms_and_the_command_that_helps() {
    let folder = folder("id-from-ek-forms");
    let tpm = SoftTpm::new(TpmKind::Rsa2048, 1, 0);
    let ek = tpm.ek_public();
    let text = data_encoding::BASE64.encode(ek);
    let hex = data_encoding::HEXLOWER.encode(ek);
    for (bytes, code, named) in [
        (
            hex.clone().into_bytes(),
            "TPM_TEXT",
            "hexadecimal text of a TPM2B_PUBLIC",
        ),
        (format!("0x{hex}").into_bytes(), "TPM_TEXT", "hexadecimal"),
        (
            data_encoding::BASE64URL_NOPAD.encode(ek).into_bytes(),
            "TPM_TEXT",
            "base64url text of a TPM2B_PUBLIC",
        ),
        (
            format!("\"{text}\"\n").into_bytes(),
            "TPM_TEXT",
            "quotation marks",
        ),
        (ek[2..].to_vec(), "TPM_SIZE_MISSING", "printf '\\x01\\x3a'"),
        (
            [ek, &[0; 20]].concat(),
            "TPM_TRAILING_BYTES",
            "20 zero bytes",
        ),
        (
            b"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n".to_vec(),
            "TPM_BARE_KEY",
            "PEM",
        ),
        (
            tpm.srk_public().to_vec(),
            "TPM_ATTRIBUTES",
            "not an endorsement key",
        ),
    ] {
        write(&folder, "ek", &bytes);
        let refused = provisor_in(&folder, ["id", "from-ek", "ek"]);
        assert_eq!(refused.status, 1, "{named}: {}", refused.err);
        for word in [code, named, "tpm2_"] {
            assert!(refused.err.contains(word), "{word}: {}", refused.err);
        }
    }
    // A character lost in the middle of the text: nothing was judged.
    let (first_half, _) = text.split_at(text.len() / 2 + 1);
    write(&folder, "ek", first_half);
    let damaged = provisor_in(&folder, ["id", "from-ek", "ek"]);
    assert!(
        damaged.status == 1 || damaged.status == 2,
        "{}",
        damaged.err
    );
}
