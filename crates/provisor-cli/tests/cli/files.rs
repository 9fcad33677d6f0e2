//! Files as people have them: read and said so, or refused with the file, the block and the line;
//! nothing is lost in silence.

use std::path::PathBuf;

use provisor_testkit::pki::{CrlBuilder, IssuedCertificate, KeyKind, ToyPki};

use super::{Run, folder, provisor_in, write};

/// A folder with `leaf.pem`, `ca.pem`, `root.pem` and the lists `ca.crl` (in which the leaf is revoked)
/// and `root.crl`, all in PEM.
struct Files {
    folder: PathBuf,
    leaf: String,
    ca: String,
    root: String,
    revoked: String,
    clean: String,
}

fn files(test: &str) -> Files {
    let pki = ToyPki::new(1);
    let leaf = pki.device("line-7", KeyKind::P256).certificate;
    let files = Files {
        folder: folder(test),
        leaf: leaf.pem(),
        ca: pki.intermediate.certificate.pem(),
        root: pki.root.certificate.pem(),
        revoked: CrlBuilder::new()
            .number(2)
            .revoke(&leaf, 1)
            .signed_by(&pki.intermediate)
            .pem(),
        clean: CrlBuilder::new()
            .number(1)
            .signed_by(&pki.intermediate)
            .pem(),
    };
    files.write("leaf.pem", &files.leaf);
    files.write("ca.pem", &files.ca);
    files.write("root.pem", &files.root);
    files.write("root.crl", CrlBuilder::new().signed_by(&pki.root).pem());
    files
}

impl Files {
    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        write(&self.folder, name, content);
    }

    /// The verdict on leaf, chain and anchors, with more arguments.
    fn explain(&self, leaf: &str, chain: &str, anchors: &str, more: &[&str]) -> Run {
        let at = ToyPki::NOW.to_string();
        let arguments = [
            "explain",
            "--leaf",
            leaf,
            "--chain",
            chain,
            "--anchors",
            anchors,
        ];
        let at = ["--at", at.as_str()];
        let arguments = arguments.iter().chain(&at).chain(more);
        provisor_in(&self.folder, arguments)
    }
}

fn key() -> String {
    "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n".to_owned()
}

fn request() -> String {
    key().replace("PRIVATE KEY", "CERTIFICATE REQUEST")
}

#[track_caller]
fn assert_says(run: &Run, status: i32, words: &[&str]) {
    assert_eq!(run.status, status, "{}{}", run.out, run.err);
    for word in words {
        assert!(
            run.out.contains(word),
            "{word:?} is missing in\n{}",
            run.out
        );
    }
}

#[test]
fn what_has_one_meaning_is_read_and_said() {
    let f = files("files-read");
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(f.leaf.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for (content, word) in [
        (
            format!("\u{feff}{}", f.leaf).into_bytes(),
            "byte order mark",
        ),
        (utf16, "UTF-16"),
        (f.leaf.replace('\n', "\\n").into_bytes(), "\\n"),
        (f.leaf.replace('\n', " ").into_bytes(), "line breaks"),
        (
            format!("{}{}", f.leaf.trim_end(), f.ca).into_bytes(),
            "an END and a BEGIN",
        ),
        (
            f.leaf.replace(" CERT", " X509 CERT").into_bytes(),
            "old label",
        ),
    ] {
        f.write("odd.pem", content);
        let run = f.explain("odd.pem", "ca.pem", "root.pem", &["--id", "line-7"]);
        assert_says(&run, 0, &["ACCEPTED", "note: odd.pem: ", word]);
        let json = f
            .explain("odd.pem", "ca.pem", "root.pem", &["--json"])
            .json();
        assert_eq!(json["readAs"][0]["file"], "odd.pem");
        assert!(json["readAs"][0]["how"].as_str().unwrap().contains(word));
        // Of the anchors, too.
        let anchors = std::fs::read(f.folder.join("odd.pem")).unwrap();
        f.write("odd-anchors.pem", anchors);
        let run = f.explain("leaf.pem", "ca.pem", "odd-anchors.pem", &[]);
        assert!(run.out.contains("note: odd-anchors.pem: "), "{}", run.out);
    }
    let plain = f
        .explain("leaf.pem", "ca.pem", "root.pem", &["--json"])
        .json();
    for member in ["leftOut", "passedOver", "readAs"] {
        assert_eq!(plain[member], serde_json::json!([]), "{member}");
    }
}

#[test]
fn a_revoked_device_stays_revoked_however_its_list_is_written() {
    let f = files("files-lists");
    let mark = "\u{feff}";
    for (newer, status) in [
        (f.revoked.clone(), 1),
        (format!("{mark}{}", f.revoked), 1),
        (f.revoked.replace("X509 CRL", "CRL"), 1),
        (f.revoked.replace('\n', " ") + "\n", 1),
        (f.revoked.replace('\n', "\\n") + "\n", 1),
        (f.revoked.trim_end().to_owned(), 1),
        (f.revoked.replace("-----BEGIN", "----BEGIN"), 2),
        (f.revoked.replace("-----BEGIN", "x -----BEGIN"), 2),
        (f.revoked.to_lowercase(), 2),
        (f.revoked.replace("X509 CRL", "X509CRL"), 2),
        (f.revoked.replace("X509 CRL", "REVOCATION LIST"), 2),
        (f.revoked.replace("X509 CRL", "CERTIFICATE"), 2),
        (f.revoked.replace("X509 CRL", "TRUSTED CERTIFICATE"), 2),
        (f.revoked.replace("X509 CRL", "PKCS7"), 2),
        (f.revoked.replacen("-----BEGIN X509 CRL-----", "", 1), 2),
        (f.revoked.replace("-----END X509 CRL-----\n", ""), 2),
    ] {
        f.write("ca.crl", format!("{newer}{}", f.clean));
        let lists = ["--crl", "ca.crl", "--crl", "root.crl"];
        let run = f.explain("leaf.pem", "ca.pem", "root.pem", &lists);
        let word = if status == 1 {
            "X509_REVOKED"
        } else {
            "ca.crl"
        };
        assert_says(&run, status, &[word]);
        let json = [&lists[..], &["--json"]].concat();
        let run = f.explain("leaf.pem", "ca.pem", "root.pem", &json);
        let json = run.json();
        assert_ne!(json["verdict"], "accepted", "{newer}");
        if status == 2 {
            assert_eq!(json["verdict"], "unreadable");
            assert_eq!(json["at"]["file"], "ca.crl");
            assert!(json["at"]["line"].is_number(), "{json}");
        }
    }
}

#[test]
fn the_file_at_fault_is_named_and_no_other() {
    let f = files("files-fault");
    let odd = IssuedCertificate::from_der([0x30, 0]).pem();
    f.write("odd.pem", format!("{}{odd}", f.ca));
    f.write(
        "damaged.pem",
        format!("{}{}", f.ca, f.root.replace("-----BEGIN", "----BEGIN")),
    );
    f.write("trusted.pem", f.ca.replace(" CERT", " TRUSTED CERT"));
    f.write("both.pem", format!("{}{odd}", f.leaf));
    for (files, status, place, block) in [
        (
            ["leaf.pem", "odd.pem", "root.pem"],
            1,
            "odd.pem, certificate 2",
            2,
        ),
        (
            ["both.pem", "ca.pem", "root.pem"],
            1,
            "both.pem, certificate 2",
            2,
        ),
        (
            ["leaf.pem", "damaged.pem", "root.pem"],
            2,
            "damaged.pem, certificate 2",
            2,
        ),
        (["leaf.pem", "trusted.pem", "root.pem"], 2, "trusted.pem", 1),
        (
            ["leaf.pem", "ca.pem", "damaged.pem"],
            2,
            "damaged.pem, certificate 2",
            2,
        ),
        (["trusted.pem", "ca.pem", "root.pem"], 2, "trusted.pem", 1),
    ] {
        let [leaf, chain, anchors] = files;
        let run = f.explain(leaf, chain, anchors, &[]);
        assert_says(&run, status, &[&format!("file:     {place}\n")]);
        for other in ["leaf.pem", "ca.pem", "root.pem"] {
            assert!(!run.out.contains(other), "{other}: {}", run.out);
        }
        assert!(!run.out.contains("leaf:"), "{}", run.out);
        let json = f.explain(leaf, chain, anchors, &["--json"]).json();
        assert_eq!(json["about"], place);
        assert_eq!(json["at"]["block"], block);
        assert!(json["at"]["line"].is_number());
    }
}

#[test]
fn blocks_of_other_kinds_are_named_in_text_and_json() {
    let f = files("files-other");
    let line = f.leaf.lines().count() + 1;
    f.write("leaf.pem", format!("{}{}{}", f.leaf, request(), key()));
    f.write("ca.pem", format!("{}{}", f.ca, f.clean));
    let run = f.explain("leaf.pem", "ca.pem", "root.pem", &[]);
    let request = format!("passed over: leaf.pem, line {line}: a certificate request");
    assert_says(
        &run,
        0,
        &[&request, "passed over: ca.pem, line ", "a revocation list"],
    );
    assert!(!run.out.contains("private key"), "{}", run.out);
    let json = f
        .explain("leaf.pem", "ca.pem", "root.pem", &["--json"])
        .json();
    let passed = json["passedOver"].as_array().unwrap();
    assert_eq!(passed.len(), 2);
    assert_eq!(passed[0]["file"], "leaf.pem");
    assert_eq!(passed[0]["line"], line);
    assert_eq!(passed[0]["found"], "a certificate request");
    // Thousands are not.
    f.write(
        "ca.pem",
        format!("{}{}", f.ca, super::files::request().repeat(200)),
    );
    let run = f.explain("leaf.pem", "ca.pem", "root.pem", &[]);
    assert_says(&run, 0, &["and 151 more"]);
}

#[test]
fn a_registration_id_comes_from_the_first_certificate_or_from_none() {
    let f = files("files-id");
    let id = |content: &str| {
        f.write("x.pem", content);
        provisor_in(&f.folder, ["id", "from-cert", "x.pem"])
    };
    let marked = id(&format!("\u{feff}{}{}", f.leaf, f.ca));
    assert_eq!((marked.status, marked.out.as_str()), (0, "line-7\n"));
    assert!(marked.err.contains("byte order mark"), "{}", marked.err);
    let with_request = id(&format!("{}{}", request(), f.leaf));
    assert_eq!(
        (with_request.status, with_request.out.as_str()),
        (0, "line-7\n")
    );
    assert!(
        with_request.err.contains("passed over: x.pem, line 1"),
        "{}",
        with_request.err
    );
    for first in [
        f.leaf.replace(" CERT", " TRUSTED CERT"),
        f.leaf.replace("-----BEGIN", "----BEGIN"),
        f.leaf.replace("-----BEGIN", "x-----BEGIN"),
        f.leaf.replace("BEGIN CERTIFICATE", "BEGIN CERT"),
    ] {
        let run = id(&format!("{first}{}", f.ca));
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{}", run.err);
        assert!(
            run.err.contains("x.pem") && run.err.contains("line 1"),
            "{}",
            run.err
        );
    }
}

#[test]
fn texts_and_json_are_read_behind_a_byte_order_mark() {
    let folder = folder("files-mark");
    let mark = "\u{feff}";
    let hubs = r#"[{"name": "hub-a.example", "weight": 1}]"#;
    write(&folder, "hubs.json", format!("{mark}{hubs}"));
    write(
        &folder,
        "ids.txt",
        format!("{mark}line-1\r\n{mark}line-2\r\n"),
    );
    let arguments = ["allocate", "--hubs", "hubs.json", "--ids", "ids.txt"];
    let run = provisor_in(&folder, arguments);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert_eq!(run.out, "line-1\thub-a.example\nline-2\thub-a.example\n");
    let utf16: Vec<u8> = format!("{mark}line-1\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    write(&folder, "ids.txt", utf16);
    let run = provisor_in(&folder, arguments);
    assert_eq!(run.status, 2);
    assert!(
        run.err.contains("UTF-16") && run.err.contains("iconv"),
        "{}",
        run.err
    );
}
