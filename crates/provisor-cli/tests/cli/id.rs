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
