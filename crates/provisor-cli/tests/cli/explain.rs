//! `provisor explain` on chains made by the `openssl` command line.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use provisor::UnixTime;
use provisor_testkit::pki::{Authority, CrlBuilder, IssuedCertificate, KeyKind, ToyPki, TpmVendor};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::openssl::{OpenSsl, openssl};
use super::{Run, folder, provisor_in, write};

const CHAIN: [&str; 7] = [
    "explain",
    "--leaf",
    "device.pem",
    "--chain",
    "ca.pem",
    "--anchors",
    "root.pem",
];

/// A chain with a device `line-7` that is good for 30 days.
fn good(test: &str) -> Option<OpenSsl> {
    let pki = OpenSsl::new(test)?;
    pki.issue("device", "/CN=line-7", "ca", "device", 30);
    Some(pki)
}

/// The refusal that was expected, as text and as JSON, with words that say what to do.
fn assert_refused(pki: &OpenSsl, arguments: &[&str], code: &str, words: &[&str]) -> Run {
    let run = provisor_in(&pki.folder, arguments);
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    let first_line = run.out.lines().next().unwrap();
    assert!(first_line.starts_with("REJECTED"), "{}", run.out);
    assert!(first_line.contains(code), "{}", run.out);
    assert!(run.out.contains("to do:"), "{}", run.out);
    for word in words {
        assert!(
            run.out.contains(word),
            "{word:?} is missing in\n{}",
            run.out
        );
    }
    let json = provisor_in(&pki.folder, arguments.iter().chain(&["--json"]));
    assert_eq!(json.status, 1);
    let json = json.json();
    assert_eq!(json["verdict"], "rejected");
    assert_eq!(json["rejection"]["code"], code);
    assert!(!json["rejection"]["remedy"].as_str().unwrap().is_empty());
    run
}

#[test]
fn a_good_chain_is_accepted() {
    let Some(pki) = good("explain-good") else {
        return;
    };
    let run = provisor_in(&pki.folder, CHAIN);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.starts_with("ACCEPTED"), "{}", run.out);
    assert!(
        run.out.contains("line-7") && run.out.contains("Acme Root CA"),
        "{}",
        run.out
    );
    let json = provisor_in(
        &pki.folder,
        CHAIN.iter().chain(&["--json", "--id", "line-7"]),
    )
    .json();
    assert_eq!(json["verdict"], "accepted");
    assert!(json["rejection"].is_null());
}

#[test]
fn one_file_may_hold_the_whole_chain_and_text_around_it() {
    let Some(pki) = good("explain-bundle") else {
        return;
    };
    openssl(
        &pki.folder,
        "x509 -in device.pem -text -out with-text.pem",
        &[],
    );
    let read = |file: &str| std::fs::read_to_string(pki.folder.join(file)).unwrap();
    let bundle = format!(
        "leaf first\r\n{}then the CA\n{}",
        read("with-text.pem"),
        read("ca.pem").replace('\n', "\r\n")
    );
    write(&pki.folder, "bundle.pem", bundle);
    let run = provisor_in(
        &pki.folder,
        ["explain", "--leaf", "bundle.pem", "--anchors", "root.pem"],
    );
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
}

#[test]
fn der_is_read_as_well() {
    let Some(pki) = good("explain-der") else {
        return;
    };
    for name in ["device", "ca", "root"] {
        openssl(
            &pki.folder,
            &format!("x509 -in {name}.pem -outform DER -out {name}.der"),
            &[],
        );
    }
    let arguments = CHAIN.map(|argument| argument.replace(".pem", ".der"));
    assert_eq!(provisor_in(&pki.folder, arguments).status, 0);
}

#[test]
fn an_expired_chain_is_explained() {
    let Some(pki) = good("explain-expired") else {
        return;
    };
    let in_60_days = SystemTime::now() + Duration::from_secs(60 * 86_400);
    let seconds = in_60_days.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let at = UnixTime::new(seconds.try_into().unwrap()).to_string();
    let arguments: Vec<&str> = CHAIN.into_iter().chain(["--at", &at]).collect();
    assert_refused(&pki, &arguments, "X509_EXPIRED", &["line-7", "renew", &at]);
}

#[test]
fn a_certificate_that_is_not_valid_yet_is_explained() {
    let Some(pki) = good("explain-early") else {
        return;
    };
    let arguments: Vec<&str> = CHAIN
        .into_iter()
        .chain(["--at", "2001-02-03T04:05:06Z"])
        .collect();
    assert_refused(&pki, &arguments, "X509_NOT_YET_VALID", &["clock"]);
}

#[test]
fn a_missing_intermediate_is_explained() {
    let Some(pki) = good("explain-missing") else {
        return;
    };
    let arguments = ["explain", "--leaf", "device.pem", "--anchors", "root.pem"];
    assert_refused(
        &pki,
        &arguments,
        "X509_ISSUER_NOT_FOUND",
        &["Acme Issuing CA"],
    );
}

#[test]
fn a_certificate_of_a_foreign_ca_is_explained() {
    let Some(pki) = good("explain-foreign") else {
        return;
    };
    pki.root("other", "/O=Other/CN=Other Root CA");
    pki.issue("device", "/CN=line-7", "other", "device", 30);
    let arguments = [
        "explain",
        "--leaf",
        "device.pem",
        "--chain",
        "other.pem",
        "--anchors",
        "root.pem",
    ];
    assert_refused(
        &pki,
        &arguments,
        "X509_ROOT_NOT_TRUSTED",
        &["Other Root CA"],
    );
}

#[test]
fn another_ca_of_the_same_name_is_explained() {
    let Some(pki) = good("explain-same-name") else {
        return;
    };
    pki.root("other", "/O=Acme/CN=Acme Root CA");
    pki.issue(
        "other-ca",
        "/O=Acme/CN=Acme Issuing CA",
        "other",
        "ca",
        36_500,
    );
    pki.issue("device", "/CN=line-7", "other-ca", "device", 30);
    assert_refused(
        &pki,
        &CHAIN,
        "X509_ISSUER_KEY_DIFFERS",
        &["Acme Issuing CA", "same name"],
    );
}

#[test]
fn a_device_that_issues_certificates_is_explained() {
    let Some(pki) = good("explain-not-a-ca") else {
        return;
    };
    pki.issue("forged", "/CN=line-8", "device", "device", 30);
    let arguments = [
        "explain",
        "--leaf",
        "forged.pem",
        "--chain",
        "device.pem",
        "--chain",
        "ca.pem",
        "--anchors",
        "root.pem",
    ];
    assert_refused(&pki, &arguments, "X509_NOT_CA", &["line-7"]);
}

#[test]
fn a_common_name_that_is_not_the_id_is_explained() {
    let Some(pki) = good("explain-id") else {
        return;
    };
    let with_id = |id| CHAIN.into_iter().chain(["--id", id]).collect::<Vec<_>>();
    assert_eq!(provisor_in(&pki.folder, with_id("line-7")).status, 0);
    assert_refused(
        &pki,
        &with_id("line-8"),
        "ATTEST_ID_MISMATCH",
        &["line-7", "line-8"],
    );
    // Case is not significant under the current rules.
    assert_eq!(provisor_in(&pki.folder, with_id("LINE-7")).status, 0);
    assert_refused(&pki, &with_id("line 7"), "ID_CHARACTER", &[]);
}

#[test]
fn profiles_ask_for_their_own_shape() {
    let folder = folder("explain-profiles");
    let vendor = TpmVendor::new(1);
    for (file, certificate) in [
        ("root.pem", &vendor.root.certificate),
        ("ca.pem", &vendor.issuing.certificate),
        (
            "ek.pem",
            &vendor.ek_certificate(&SoftTpm::new(TpmKind::Rsa2048, 1, 0)),
        ),
    ] {
        write(&folder, file, certificate.pem());
    }
    for (leaf, profile, status) in [
        ("ek.pem", "ek", 0),
        ("ek.pem", "device", 1),
        ("ek.pem", "ak", 1),
        ("ca.pem", "issuing-ca", 0),
        ("ca.pem", "device", 1),
    ] {
        let arguments = [
            "explain",
            "--leaf",
            leaf,
            "--chain",
            "ca.pem",
            "--anchors",
            "root.pem",
            "--profile",
            profile,
        ];
        let run = provisor_in(
            &folder,
            arguments
                .into_iter()
                .chain(["--at", "2027-01-01T00:00:00Z"]),
        );
        assert_eq!(run.status, status, "{leaf} {profile}: {}", run.out);
    }
}

#[test]
fn names_cannot_command_the_terminal() {
    let folder = folder("explain-control");
    let pki = ToyPki::new(1);
    write(
        &folder,
        "leaf.pem",
        pki.device("line\u{1b}[2J\r\n7", KeyKind::P256)
            .certificate
            .pem(),
    );
    write(&folder, "root.pem", pki.root.certificate.pem());
    let arguments = [
        "explain",
        "--leaf",
        "leaf.pem",
        "--anchors",
        "root.pem",
        "--id",
        "line7",
    ];
    for json in [&[][..], &["--json"]] {
        let run = provisor_in(&folder, arguments.iter().chain(json));
        assert_eq!(run.status, 1);
        assert!(!run.out.contains(['\u{1b}', '\r']), "{:?}", run.out);
    }
}

#[test]
fn an_unusable_anchor_is_named_and_left_out() {
    let folder = folder("explain-odd-anchor");
    let pki = ToyPki::new(1);
    write(
        &folder,
        "leaf.pem",
        pki.device("d", KeyKind::P256).certificate.pem(),
    );
    write(&folder, "ca.pem", pki.intermediate.certificate.pem());
    let odd = IssuedCertificate::from_der([0x30, 0]).pem();
    write(
        &folder,
        "anchors.pem",
        odd.clone() + &pki.root.certificate.pem(),
    );
    write(&folder, "odd.pem", odd);
    let at = ["--at", "2027-01-01T00:00:00Z"];
    let arguments = [
        "explain",
        "--leaf",
        "leaf.pem",
        "--chain",
        "ca.pem",
        "--anchors",
    ];
    let run = provisor_in(&folder, arguments.iter().chain(&["anchors.pem"]).chain(&at));
    assert_eq!(run.status, 0, "{}", run.out);
    let left_out = "left out of the anchors: anchors.pem, certificate 1: X509_";
    assert!(run.out.contains(left_out), "{}", run.out);
    let json = ["anchors.pem", "--json"];
    let json = provisor_in(&folder, arguments.iter().chain(&json).chain(&at)).json();
    assert_eq!(json["verdict"], "accepted");
    assert_eq!(json["leftOut"].as_array().unwrap().len(), 1);
    assert_eq!(json["leftOut"][0]["file"], "anchors.pem");
    assert_eq!(json["leftOut"][0]["block"], 1);
    assert!(json["leftOut"][0]["rejection"]["code"].is_string());
    // Where all are left out, that is the reason.
    let run = provisor_in(&folder, arguments.iter().chain(&["odd.pem"]).chain(&at));
    assert_eq!(run.status, 1);
    assert!(
        run.out.starts_with("REJECTED  X509_NO_ANCHORS"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("no usable certificate in their files"),
        "{}",
        run.out
    );
    assert!(run.out.contains("odd.pem: X509_"), "{}", run.out);
    let json = ["odd.pem", "--json"];
    let json = provisor_in(&folder, arguments.iter().chain(&json).chain(&at)).json();
    assert_eq!(json["rejection"]["code"], "X509_NO_ANCHORS");
    let found = json["rejection"]["found"].as_str().unwrap();
    assert!(found.contains("odd.pem"), "{found}");
}

#[test]
fn case_counts_under_the_rules_of_2017() {
    let Some(pki) = OpenSsl::new("explain-case") else {
        return;
    };
    pki.issue("device", "/CN=Line-7", "ca", "device", 30);
    let arguments: Vec<&str> = CHAIN.into_iter().chain(["--id", "line-7"]).collect();
    assert_eq!(provisor_in(&pki.folder, &arguments).status, 0);
    let arguments: Vec<&str> = arguments.into_iter().chain(["--rules", "2017"]).collect();
    assert_refused(&pki, &arguments, "ATTEST_ID_CASE", &["line-7", "Line-7"]);
}

#[test]
fn what_cannot_be_read_or_done_has_status_2_and_says_why() {
    let folder = folder("explain-unusable");
    let pki = ToyPki::new(1);
    write(
        &folder,
        "leaf.pem",
        pki.device("d", KeyKind::P256).certificate.pem(),
    );
    write(&folder, "root.pem", pki.root.certificate.pem());
    write(&folder, "empty.pem", "");
    write(
        &folder,
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA!\n-----END CERTIFICATE-----\n",
    );
    write(&folder, "cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    write(&folder, "key.pem", pki.root.key.private_key_pem());
    write(&folder, "broken.crl", [0x30, 0x82, 0, 1, 0]);
    let base = ["explain", "--leaf", "leaf.pem", "--anchors"];
    for (more, word) in [
        (&["missing.pem"][..], "missing.pem"),
        (&["empty.pem"], "empty.pem"),
        (&["broken.pem"], "broken.pem"),
        (&["cut.pem"], "cut.pem"),
        (&["key.pem"], "key.pem"),
        (&["root.pem", "--at", "yesterday"], "yesterday"),
        (&["root.pem", "--profile", "toaster"], "toaster"),
        (&["root.pem", "--crl", "leaf.pem"], "leaf.pem"),
        (&["root.pem", "--crl", "missing.crl"], "missing.crl"),
        (&["root.pem", "--crl", "broken.crl"], "broken.crl"),
    ] {
        let run = provisor_in(&folder, base.iter().chain(more));
        assert_eq!(run.status, 2, "{more:?}: {}{}", run.out, run.err);
        let said = format!("{}{}", run.out, run.err);
        assert!(said.contains(word), "{more:?}: {said}");
    }
}

#[test]
fn revocation_lists_decide_when_they_are_given() {
    let folder = folder("explain-crl");
    let pki = ToyPki::new(1);
    let device = pki.device("line-7", KeyKind::P256).certificate;
    let list = |builder: CrlBuilder, signer: &Authority| builder.signed_by(signer);
    let root = list(CrlBuilder::new(), &pki.root);
    let clean = list(CrlBuilder::new(), &pki.intermediate);
    let revoked = list(CrlBuilder::new().revoke(&device, 1), &pki.intermediate);
    write(&folder, "device.pem", device.pem());
    write(&folder, "ca.pem", pki.intermediate.certificate.pem());
    write(&folder, "root.pem", pki.root.certificate.pem());
    // PEM with two lists in one file, and DER.
    write(
        &folder,
        "clean.pem",
        format!("{}{}", root.pem(), clean.pem()),
    );
    write(&folder, "root.crl", root.der());
    write(&folder, "revoked.crl", revoked.der());
    let at = ToyPki::NOW.to_string();
    let run = |lists: &[&str]| {
        let mut arguments = [&CHAIN[..], &["--at", &at]].concat();
        for list in lists {
            arguments.extend(["--crl", list]);
        }
        provisor_in(&folder, arguments)
    };
    let accepted = run(&["clean.pem"]);
    assert_eq!(accepted.status, 0, "{}{}", accepted.out, accepted.err);
    assert!(accepted.out.contains("revocation-list"), "{}", accepted.out);
    let refused = run(&["root.crl", "revoked.crl"]);
    assert_eq!(refused.status, 1, "{}{}", refused.out, refused.err);
    for word in ["X509_REVOKED", "keyCompromise", "to do:"] {
        assert!(refused.out.contains(word), "{word}: {}", refused.out);
    }
    let unknown = run(&["root.crl"]);
    assert_eq!(unknown.status, 1);
    assert!(unknown.out.contains("X509_CRL_MISSING"), "{}", unknown.out);
    assert_eq!(run(&[]).status, 0);
    // What weakens the verdict has a name that says so, says so again, and clears nobody.
    const DANGER: &str = "--danger-allow-unknown-revocation";
    let dangerous = |list: &str| {
        let arguments = [&CHAIN[..], &["--at", &at, "--crl", list, DANGER]].concat();
        provisor_in(&folder, arguments)
    };
    let allowed = dangerous("root.crl");
    assert_eq!(allowed.status, 0, "{}{}", allowed.out, allowed.err);
    assert!(allowed.err.contains("danger:"), "{}", allowed.err);
    let refused = dangerous("revoked.crl");
    assert_eq!(refused.status, 1, "{}{}", refused.out, refused.err);
    assert!(refused.out.contains("X509_REVOKED"), "{}", refused.out);
    // Without lists there is no status to be unknown.
    let pointless = provisor_in(&folder, [&CHAIN[..], &[DANGER]].concat());
    assert_eq!(pointless.status, 2, "{}{}", pointless.out, pointless.err);
}

#[test]
fn a_file_that_is_certificate_like_but_broken_is_a_rejection() {
    let folder = folder("explain-broken-der");
    let pki = ToyPki::new(1);
    let der = pki.device("d", KeyKind::P256).certificate.der().to_vec();
    write(&folder, "leaf.der", [&der[..], &[0]].concat());
    write(&folder, "root.pem", pki.root.certificate.pem());
    let run = provisor_in(
        &folder,
        ["explain", "--leaf", "leaf.der", "--anchors", "root.pem"],
    );
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("X509_TRAILING_BYTES"), "{}", run.out);
}
