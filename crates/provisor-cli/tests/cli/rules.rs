//! `provisor explain`: whose key a certificate is for, and what each switch lets pass.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use provisor_testkit::pki::{
    CertificateBuilder, DistinguishedName, Extension, IssuedCertificate, KeyKind, KeyPair,
    KeyUsage, ToyPki, TpmVendor,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::{Run, folder, provisor_in, write};

const KEY_USAGE: &str = "2.5.29.15";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

struct Maker {
    folder: PathBuf,
    vendor: TpmVendor,
    tpm: SoftTpm,
}

impl Maker {
    fn new(test: &str) -> Self {
        let maker = Self {
            folder: folder(test),
            vendor: TpmVendor::new(7),
            tpm: SoftTpm::new(TpmKind::P256, 7, 0),
        };
        let other = SoftTpm::new(TpmKind::P256, 7, 1);
        write(&maker.folder, "ek.pub", maker.tpm.ek_public());
        write(
            &maker.folder,
            "ek.b64",
            BASE64.encode(maker.tpm.ek_public()),
        );
        write(&maker.folder, "other.pub", other.ek_public());
        write(&maker.folder, "srk.pub", maker.tpm.srk_public());
        write(
            &maker.folder,
            "root.pem",
            maker.vendor.root.certificate.pem(),
        );
        write(
            &maker.folder,
            "ca.pem",
            maker.vendor.issuing.certificate.pem(),
        );
        maker.certificate(&maker.vendor.ek_certificate(&maker.tpm));
        maker
    }

    fn certificate(&self, certificate: &IssuedCertificate) {
        write(&self.folder, "ek.crt", certificate.der());
    }

    fn explain(&self, more: &[&str]) -> Run {
        let usual = [
            "--leaf",
            "ek.crt",
            "--chain",
            "ca.pem",
            "--anchors",
            "root.pem",
            "--profile",
            "ek",
        ];
        explain(&self.folder, &[&usual[..], more].concat())
    }
}

fn explain(folder: &Path, more: &[&str]) -> Run {
    let at = ToyPki::NOW.to_string();
    provisor_in(folder, [&["explain", "--at", &at][..], more].concat())
}

#[track_caller]
fn refused(run: &Run, code: &str) {
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(
        run.out.starts_with(&format!("REJECTED  {code}")),
        "{}",
        run.out
    );
}

#[track_caller]
fn accepted(run: &Run) {
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.starts_with("ACCEPTED"), "{}", run.out);
}

#[test]
fn whose_key_an_endorsement_certificate_is_for() {
    let maker = Maker::new("rules-ek");
    for file in ["ek.pub", "ek.b64"] {
        let run = maker.explain(&["--ek", file]);
        accepted(&run);
        assert!(
            run.out
                .contains("the certificate is for the key with the Name 000b"),
            "{}",
            run.out
        );
    }
    let run = maker.explain(&["--ek", "other.pub"]);
    refused(&run, "ATTEST_EK_CERTIFICATE_KEY");
    assert!(
        run.out.contains("The chain by itself is good"),
        "{}",
        run.out
    );
    let object = maker.explain(&["--ek", "other.pub", "--json"]).json();
    assert_eq!(
        object["endorsementKey"]["rejection"]["code"],
        "ATTEST_EK_CERTIFICATE_KEY"
    );
    assert_eq!(object["rejection"]["code"], "ATTEST_EK_CERTIFICATE_KEY");
    assert!(object["report"].is_object() && object["registrationId"].is_null());
    let object = maker.explain(&["--ek", "ek.pub", "--json"]).json();
    assert!(
        object["endorsementKey"]["name"]
            .as_str()
            .unwrap()
            .starts_with("000b")
    );
    // A file that is no endorsement key is named.
    let run = maker.explain(&["--ek", "srk.pub"]);
    assert_eq!(run.status, 1);
    assert!(run.out.contains("srk.pub"), "{}", run.out);
    let run = maker.explain(&["--ek", "root.pem"]);
    assert!(
        run.out.contains("TPM_CERTIFICATE") && run.out.contains("root.pem"),
        "{}",
        run.out
    );
    assert_eq!(maker.explain(&["--ek", "none.pub"]).status, 2);
}

#[test]
fn the_question_has_an_answer_without_anybody_to_trust() {
    let maker = Maker::new("rules-no-anchors");
    let leaf = ["--leaf", "ek.crt", "--profile", "ek"];
    for (file, answer) in [
        ("ek.pub", "ok    the certificate is for the key"),
        (
            "other.pub",
            "refused as well:\n    ATTEST_EK_CERTIFICATE_KEY",
        ),
    ] {
        let run = explain(&maker.folder, &[&leaf[..], &["--ek", file]].concat());
        refused(&run, "X509_NO_ANCHORS");
        assert!(run.out.contains(answer), "{}", run.out);
    }
    assert_eq!(explain(&maker.folder, &leaf).status, 2);
    // It is about endorsement keys.
    let device = [
        "--leaf",
        "ek.crt",
        "--anchors",
        "root.pem",
        "--ek",
        "ek.pub",
    ];
    let run = explain(&maker.folder, &device);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("--profile ek"), "{}", run.err);
}

#[test]
fn each_switch_lets_its_departure_pass_and_no_other() {
    let maker = Maker::new("rules-lenient");
    let builder = || maker.vendor.ek_builder(&maker.tpm);
    let issue =
        |builder: CertificateBuilder| builder.issued_by(&maker.vendor.issuing).der().to_vec();
    let good = issue(builder());
    let intel = builder()
        .without_extension(KEY_USAGE)
        .extension(Extension::key_usage(&[KeyUsage::KeyEncipherment]));
    let cases = [
        (
            "--lenient-padding",
            [&good[..], &[0; 40]].concat(),
            "X509_TRAILING_BYTES",
        ),
        (
            "--lenient-padding",
            [&good[..], &[0xff; 40]].concat(),
            "X509_TRAILING_BYTES",
        ),
        (
            "--lenient-encoding",
            issue(builder().serial_raw(&[0x9c; 20])),
            "X509_STRICT_SERIAL",
        ),
        (
            "--lenient-absent-purpose",
            issue(builder().without_extension(EXTENDED_KEY_USAGE)),
            "ATTEST_EK_PURPOSE",
        ),
        (
            "--lenient-endorsement-key-usage",
            issue(intel),
            "X509_KEY_USAGE",
        ),
    ];
    let switches = [
        "--lenient-padding",
        "--lenient-encoding",
        "--lenient-absent-purpose",
        "--lenient-endorsement-key-usage",
    ];
    for (switch, certificate, code) in cases {
        write(&maker.folder, "ek.crt", certificate);
        let run = maker.explain(&["--ek", "ek.pub"]);
        assert_eq!(run.status, 1, "{switch}: {}", run.out);
        assert!(
            run.out.lines().next().unwrap().contains(code),
            "{switch}: {}",
            run.out
        );
        for tried in switches {
            let run = maker.explain(&["--ek", "ek.pub", tried]);
            assert_eq!(
                run.status == 0,
                tried == switch,
                "{switch}, {tried}: {}",
                run.out
            );
        }
    }
}

#[test]
fn the_strict_profile_and_a_short_path_refuse_more() {
    let folder = folder("rules-strict");
    let pki = ToyPki::new(1);
    let device = pki.device("line-7", KeyKind::P256).certificate;
    for (file, certificate) in [
        ("leaf.pem", &device),
        ("ca.pem", &pki.intermediate.certificate),
        ("root.pem", &pki.root.certificate),
    ] {
        write(&folder, file, certificate.pem());
    }
    let usual = [
        "--leaf",
        "leaf.pem",
        "--chain",
        "ca.pem",
        "--anchors",
        "root.pem",
    ];
    let run = |more: &[&str]| explain(&folder, &[&usual[..], more].concat());
    accepted(&run(&[]));
    accepted(&run(&["--max-intermediates", "1"]));
    refused(&run(&["--max-intermediates", "0"]), "X509_");
    accepted(&run(&["--lenient-key-usage-bits", "--danger-any-leaf-key"]));
    accepted(&run(&["--strict"]));
    let key = KeyPair::new(KeyKind::P256, 1, "line-7");
    let bare = CertificateBuilder::device(DistinguishedName::cn("line-7"), &key)
        .without_authority_key_id()
        .issued_by(&pki.intermediate);
    write(&folder, "leaf.pem", bare.pem());
    accepted(&run(&[]));
    refused(&run(&["--strict"]), "X509_STRICT_");
    for switch in [
        "--lenient-padding",
        "--lenient-endorsement-key-usage",
        "--lenient-encoding",
    ] {
        assert_eq!(run(&[switch]).status, 2, "{switch}");
    }
}
