//! Every door that chooses a hub is asked from one list, `vectors/doors.json`: each test reads it, and
//! asks what it is there to ask.

use super::tracked::Tracked;

const LIST: &str = "crates/provisor-testkit/vectors/doors.json";

/// A test, and what it cannot do without.
struct Door {
    path: &'static str,
    needs: &'static [&'static str],
}

const DOORS: [Door; 3] = [
    // The library and the commands: `allocate`, `Allocator`, `Service`, and four of the tool.
    Door {
        path: "crates/provisor-cli/tests/cli/tpm/doors.rs",
        needs: &[
            "cases(\"doors\")",
            "allocate(&",
            "Allocator::new(",
            ".decide(",
            "\"allocate\"",
            "\"answer\"",
            "\"--service\"",
        ],
    },
    Door {
        path: "bindings/c/tests/doors.c",
        needs: &[
            "\"vectors/doors.h\"",
            "doors_cases[",
            "provisor_hubs_allocate(",
            "provisor_hubs_allocate_by(",
        ],
    },
    Door {
        path: "bindings/python/tests/test_doors.py",
        needs: &["cases(\"doors\")", "allocate(", "LinkedHubs("],
    },
];

/// Every breach, as one line.
pub(super) fn check(files: &[Tracked]) -> Vec<String> {
    let text_of = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.map(|file| file.text.as_str())
    };
    let mut breaches = Vec::new();
    let list = text_of(LIST).unwrap_or_default();
    for weight in ["\"weight\": 999", "\"weight\": 1\n"] {
        if !list.contains(weight) {
            breaches.push(format!("{LIST}: no hub of {}", weight.trim()));
        }
    }
    for door in &DOORS {
        let Some(text) = text_of(door.path) else {
            breaches.push(format!("{} is missing: it reads {LIST}", door.path));
            continue;
        };
        for need in door.needs.iter().filter(|need| !text.contains(**need)) {
            breaches.push(format!("{}: no {need}, which asks by {LIST}", door.path));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<Tracked> {
        let file = |path: &str, text: String| Tracked {
            path: path.to_owned(),
            text,
        };
        let doors = DOORS
            .iter()
            .map(|door| file(door.path, door.needs.join("\n")));
        let list = "{ \"weight\": 999\n} { \"weight\": 1\n}".to_owned();
        doors.chain([file(LIST, list)]).collect()
    }

    #[test]
    fn a_door_that_is_not_asked_is_named() {
        assert!(check(&files()).is_empty());
        for lost in 0..=DOORS.len() {
            let mut files = files();
            files.remove(lost);
            assert!(!check(&files).is_empty(), "{lost}");
        }
        for (at, door) in DOORS.iter().enumerate() {
            for need in door.needs {
                let mut files = files();
                files[at].text = files[at].text.replace(need, "");
                assert!(!check(&files).is_empty(), "{need}");
            }
        }
    }
}
