//! `provisor allocate`.

use std::fmt::Write as _;

use super::{folder, provisor_in, write};

const HUBS: &str =
    r#"[{"name": "hub-a.example", "weight": 3}, {"name": "hub-b.example", "weight": 1}]"#;

#[test]
fn every_id_has_a_hub_and_shares_follow_the_weights() {
    let folder = folder("allocate");
    let mut ids = String::from("# line 7\n\n");
    for number in 0..1000 {
        let _ = writeln!(ids, "line-7-{number}");
    }
    write(&folder, "hubs.json", HUBS);
    write(&folder, "ids.txt", ids);
    let run = provisor_in(
        &folder,
        ["allocate", "--hubs", "hubs.json", "--ids", "ids.txt"],
    );
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(run.out.lines().count(), 1000);
    let on_a = run
        .out
        .lines()
        .filter(|line| line.ends_with("\thub-a.example"))
        .count();
    // 750 expected; 5 standard deviations are 69.
    assert!((681..=819).contains(&on_a), "{on_a}");

    let again = provisor_in(
        &folder,
        ["allocate", "--hubs", "hubs.json", "--ids", "ids.txt"],
    );
    assert_eq!(again.out, run.out);
    let other = provisor_in(
        &folder,
        [
            "allocate",
            "--hubs",
            "hubs.json",
            "--ids",
            "ids.txt",
            "--scope",
            "0neOTHER",
        ],
    );
    assert_ne!(other.out, run.out, "the scope keys the hashing");
}

#[test]
fn bad_ids_are_named_by_line_and_the_rest_goes_on() {
    let folder = folder("allocate-bad-ids");
    write(&folder, "hubs.json", HUBS);
    write(&folder, "ids.txt", "good-1\nbad id\ngood-2\n");
    let run = provisor_in(
        &folder,
        ["allocate", "--hubs", "hubs.json", "--ids", "ids.txt"],
    );
    assert_eq!(run.status, 1);
    assert_eq!(run.out.lines().count(), 2);
    assert!(run.err.contains("line 2: ID_CHARACTER"), "{}", run.err);
}

#[test]
fn files_that_make_no_sense_have_status_2() {
    let folder = folder("allocate-bad-files");
    write(&folder, "ids.txt", "a\n");
    for hubs in [
        "",
        "{}",
        r#"[{"name": "hub"}]"#,
        r#"[{"name": "hub", "weight": -1}]"#,
        r#"[{"name": "hub", "weight": 65535}]"#,
        r#"[{"name": "not a host", "weight": 1}]"#,
        r#"[{"name": "hub", "weight": 1}, {"name": "HUB", "weight": 1}]"#,
        r#"[{"name": "hub", "weight": 1, "colour": "red"}]"#,
    ] {
        write(&folder, "hubs.json", hubs);
        let run = provisor_in(
            &folder,
            ["allocate", "--hubs", "hubs.json", "--ids", "ids.txt"],
        );
        assert_eq!(run.status, 2, "{hubs}: {}", run.out);
        assert!(run.err.contains("hubs.json"), "{}", run.err);
    }
}

#[test]
fn no_hub_to_go_to_is_a_rejection() {
    let folder = folder("allocate-no-hub");
    write(&folder, "ids.txt", "a\n");
    for (hubs, code) in [
        ("[]", "ALLOC_NO_HUBS"),
        (r#"[{"name": "hub", "weight": 0}]"#, "ALLOC_NO_WEIGHT"),
    ] {
        write(&folder, "hubs.json", hubs);
        let run = provisor_in(
            &folder,
            ["allocate", "--hubs", "hubs.json", "--ids", "ids.txt"],
        );
        assert_eq!(run.status, 1);
        assert!(run.err.contains(code), "{}", run.err);
    }
}
