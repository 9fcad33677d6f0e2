//! `provisor sas`: what the maker of a token did is named, and no key is ever printed.

use provisor::sas::{Resource, SasKey};
use provisor::{IdScope, RegistrationId, UnixTime};

use super::{Run, folder, provisor_in, write};

const SCOPE: &str = "0ne0A1B2C3D";
const KEY: &str = "N3YUmPTQG756CwgmD1gz9AArNlKfcJZFX9V+b4e8xTI=";
const OTHER: &str = "c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==";
const NOW: &str = "2026-11-28T00:00:00Z";

fn now() -> UnixTime {
    UnixTime::parse_rfc3339(NOW).unwrap()
}

fn token(key: &SasKey, id: &str, seconds: i64) -> String {
    let scope = IdScope::parse(SCOPE).unwrap();
    let id = RegistrationId::try_from(id).unwrap();
    let resource = Resource::registration(&scope, &id);
    key.sign(&resource, now().saturating_add(seconds))
        .to_string()
}

fn check(folder: &std::path::Path, token: &str, more: &[&str]) -> Run {
    let arguments = [&["sas", "check", "--now", NOW, "--token", token][..], more].concat();
    let run = provisor_in(folder, arguments);
    for part in ["N3YUmPTQ", "c2l4dGVl"] {
        assert!(!run.out.contains(part), "{}", run.out);
        assert!(!run.err.contains(part), "{}", run.err);
    }
    run
}

#[test]
fn a_right_token_is_accepted_by_each_way_to_give_a_key() {
    let folder = folder("sas-accepted");
    let key = SasKey::from_base64(KEY).unwrap();
    let good = token(&key, "Line-7", 60);
    write(&folder, "key", format!("{KEY}\n"));
    write(&folder, "windows", format!("\u{feff}{KEY}\r\n"));
    write(&folder, "other", OTHER);
    for keys in [
        &["--key", KEY][..],
        &["--key-file", "key"],
        &["--key-file", "windows"],
        &["--key", OTHER, "--key-file", "key"],
        &["--key-file", "other", "--key-file", "key"],
    ] {
        let asked = ["--scope", SCOPE, "--id", "line-7"];
        let run = check(&folder, &good, &[keys, &asked].concat());
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        assert!(
            run.out
                .starts_with("ACCEPTED  0ne0A1B2C3D/registrations/line-7"),
            "{}",
            run.out
        );
        // What is not asked for is taken from the token, and said so.
        let run = check(&folder, &good, keys);
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        assert!(
            run.out.contains("ID scope was taken from the token"),
            "{}",
            run.out
        );
    }
    let object = check(&folder, &good, &["--key-file", "key", "--json"]).json();
    assert_eq!(object["verdict"], "accepted");
    assert_eq!(object["takenFromToken"][1], "registration ID");
    assert!(object["signedWith"].as_str().unwrap().contains("key"));
}

#[test]
fn a_device_of_a_group_signs_with_the_derived_key() {
    let folder = folder("sas-group");
    let group = SasKey::from_base64(KEY).unwrap();
    let id = RegistrationId::try_from("Line-7").unwrap();
    let good = token(&group.derive(&id), "Line-7", 60);
    write(&folder, "group", KEY);
    for keys in [["--group-key", KEY], ["--group-key-file", "group"]] {
        let run = check(&folder, &good, &keys);
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        assert!(
            run.out.contains("derived from the group's key"),
            "{}",
            run.out
        );
        let run = check(&folder, &token(&group, "Line-7", 60), &keys);
        assert_eq!(run.status, 1);
        assert!(
            run.out.starts_with("REJECTED  SAS_GROUP_KEY (3522)"),
            "{}",
            run.out
        );
    }
    let run = check(&folder, &good, &["--key", KEY]);
    assert!(run.out.contains("SAS_KEY_DERIVED"), "{}", run.out);
    // One kind of key or the other.
    let run = check(&folder, &good, &["--key", KEY, "--group-key", KEY]);
    assert_eq!(run.status, 2);
}

#[test]
fn each_mistake_is_named_and_what_else_is_wrong_too() {
    let folder = folder("sas-mistakes");
    let key = SasKey::from_base64(KEY).unwrap();
    let text_as_key = SasKey::from_bytes(KEY.as_bytes()).unwrap();
    for (token, code) in [
        (token(&text_as_key, "line-7", 60), "SAS_KEY_NOT_DECODED"),
        (token(&key, "line-7", -600), "SAS_EXPIRED"),
        (token(&key, "line-8", 60), "SAS_RESOURCE"),
        (
            token(&key, "line-7", 60).replace("&skn", "&SharedAccessKeyName"),
            "SAS_FIELD_UNKNOWN",
        ),
        (format!("HostName=x;SharedAccessKey={KEY}"), "SAS_SCHEME"),
        (KEY.to_owned(), "SAS_SCHEME"),
        (
            token(&key, "line-7", 60).replace("sr=", "sr=%2"),
            "SAS_RESOURCE",
        ),
    ] {
        let more = ["--key", KEY, "--scope", SCOPE, "--id", "line-7"];
        let run = check(&folder, &token, &more);
        assert_eq!(run.status, 1, "{}{}", run.out, run.err);
        let first = run.out.lines().next().unwrap();
        assert!(first.starts_with(&format!("REJECTED  {code} (")), "{first}");
        let object = check(&folder, &token, &[&more[..], &["--json"]].concat()).json();
        assert_eq!(object["rejection"]["code"], code);
        assert_eq!(object["verdict"], "rejected");
    }
    // Two faults: the time, and the key.
    let expired = token(&text_as_key, "line-7", -600);
    let run = check(&folder, &expired, &["--key", KEY]);
    assert!(run.out.starts_with("REJECTED  SAS_EXPIRED"), "{}", run.out);
    assert!(
        run.out.contains("wrong as well:\n    SAS_KEY_NOT_DECODED"),
        "{}",
        run.out
    );
    let expired = token(&key, "line-7", -600);
    let run = check(&folder, &expired, &["--key", KEY]);
    assert!(
        run.out.contains("signature by itself is right"),
        "{}",
        run.out
    );
    let other = token(&key, "line-8", 60);
    let object = check(
        &folder,
        &other,
        &["--key", KEY, "--scope", SCOPE, "--id", "line-7", "--json"],
    )
    .json();
    assert_eq!(object["signature"]["verdict"], "accepted");
}

#[test]
fn a_key_that_cannot_be_read_is_named_by_its_file() {
    let folder = folder("sas-keys");
    let token = token(&SasKey::from_base64(KEY).unwrap(), "line-7", 60);
    let utf16: Vec<u8> = KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (content, named) in [
        (KEY.replace('=', "").into_bytes(), "without its padding"),
        (format!("\"{KEY}\"\n").into_bytes(), "quotation marks"),
        (
            format!("HostName=x;SharedAccessKey={KEY}").into_bytes(),
            "connection string",
        ),
        (format!("{KEY}\n{KEY}\n").into_bytes(), "white space"),
        ([&[0xff, 0xfe][..], &utf16].concat(), "UTF-16"),
        (vec![0x80; 32], "no text"),
        (Vec::new(), "no text"),
    ] {
        write(&folder, "bad.key", content);
        let run = check(&folder, &token, &["--key-file", "bad.key"]);
        assert_eq!(run.status, 2, "{}{}", run.out, run.err);
        assert!(
            run.out.contains("bad.key") && run.out.contains(named),
            "{named}: {}",
            run.out
        );
        let object = check(&folder, &token, &["--key-file", "bad.key", "--json"]).json();
        assert_eq!(object["verdict"], "unreadable");
        assert_eq!(object["at"]["file"], "bad.key");
        assert_eq!(object["rejection"]["code"], "SAS_KEY");
    }
    let run = check(&folder, &token, &["--key-file", "none.key"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("none.key"), "{}", run.err);
    write(&folder, "right.key", KEY);
    let run = check(&folder, &token, &["--key", "right.key"]);
    assert!(run.out.contains("--key-file"), "{}", run.out);
    let run = check(&folder, "-", &["--key", "-"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("--token-file"), "{}", run.err);
}

#[test]
fn what_is_made_is_accepted_and_what_is_refused_is_not_made() {
    let folder = folder("sas-make");
    write(&folder, "key", format!("{KEY}\n"));
    let make = |more: &[&str]| {
        let usual = [
            "sas", "make", "--scope", SCOPE, "--id", "Line-7", "--now", NOW,
        ];
        let run = provisor_in(&folder, [&usual, more].concat());
        assert!(!run.out.contains("N3YUmPTQ"), "{}", run.out);
        run
    };
    for (keys, option) in [
        ("--key-file", "--key-file"),
        ("--group-key-file", "--group-key-file"),
    ] {
        let made = make(&[keys, "key"]);
        assert_eq!(made.status, 0, "{}{}", made.out, made.err);
        let token = made.out.trim_end();
        assert!(
            token.starts_with("SharedAccessSignature sr=") && token.ends_with("skn=registration")
        );
        assert_eq!(check(&folder, token, &[option, "key"]).status, 0);
    }
    let key = SasKey::from_base64(KEY).unwrap();
    let made = make(&["--key", KEY, "--life", "60"]);
    assert_eq!(made.out, token(&key, "Line-7", 60) + "\n");
    for times in [
        ["--expires", "2026-11-27T00:00:00Z"],
        ["--expires", "2099-01-01T00:00:00Z"],
    ] {
        let run = make(&["--key", KEY, times[0], times[1]]);
        assert_eq!(run.status, 1, "{}", run.out);
        assert!(run.out.contains("REJECTED  SAS_EXP"), "{}", run.out);
    }
    let object = make(&["--key", KEY, "--json"]).json();
    assert_eq!(object["expires"], "2026-11-28T01:00:00Z");
    assert!(object["token"].as_str().unwrap().contains("&se=1795827600"));
    let object = make(&["--key", KEY, "--json", "--out", "token"]).json();
    assert!(object["token"].is_null());
    let run = provisor_in(
        &folder,
        [
            "sas",
            "check",
            "--now",
            NOW,
            "--token-file",
            "token",
            "--key-file",
            "key",
        ],
    );
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert_eq!(make(&["--key", KEY, "--out", "token"]).status, 2);
}
