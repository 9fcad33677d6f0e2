//! The page that says which test shows which feature of the service: whole, and true.

use std::collections::BTreeSet;

use super::tracked::Tracked;

const PAGE: &str = "docs/features.md";

/// The sections of the inventory, and how many rows each has.
const SECTIONS: [(char, u8); 5] = [('A', 19), ('B', 15), ('C', 19), ('D', 6), ('E', 10)];

/// Rows that are connections and nothing else, so that there is nothing to test without a server.
const CONNECTIONS: [&str; 2] = ["A12", "A13"];

/// Every breach, as one line.
pub(super) fn check(files: &[Tracked]) -> Vec<String> {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        return vec![format!("{PAGE} is missing")];
    };
    let sources = files.iter().filter(|file| file.is("rs"));
    let tests: BTreeSet<&str> = sources.flat_map(|file| tests(&file.text)).collect();
    let rows: Vec<_> = page.text.lines().filter_map(row).collect();
    let mut breaches = Vec::new();
    for (section, count) in SECTIONS {
        for number in 1..=count {
            let id = format!("{section}{number}");
            match rows.iter().filter(|row| row.id == id).count() {
                1 => {}
                count => breaches.push(format!("{PAGE}: {count} rows {id}")),
            }
        }
    }
    for row in &rows {
        breaches.extend(row.breaches(&tests));
    }
    breaches
}

/// The names of the tests in a source.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let mut marked = false;
    text.lines().filter_map(move |line| {
        let line = line.trim_start();
        match line.strip_prefix("fn ") {
            Some(rest) => {
                let is_test = std::mem::take(&mut marked);
                rest.split('(').next().filter(|_| is_test)
            }
            None => {
                marked |= line.starts_with("#[test]");
                None
            }
        }
    })
}

struct Row<'a> {
    id: &'a str,
    tests: Vec<&'a str>,
}

/// A line of the table: `| B1 | what it is | 1 | tests |`.
fn row(line: &str) -> Option<Row<'_>> {
    let cells: Vec<_> = line.split('|').map(str::trim).collect();
    let [_, id, _, _, tests, _] = cells.as_slice() else {
        return None;
    };
    let numbered = id.get(1..)?.parse::<u8>().is_ok();
    let tests = tests.split('`').skip(1).step_by(2).collect();
    numbered.then_some(Row { id, tests })
}

impl Row<'_> {
    fn breaches(&self, tests: &BTreeSet<&str>) -> Vec<String> {
        let mut breaches = Vec::new();
        let id = self.id.to_lowercase();
        if self.tests.is_empty() && !CONNECTIONS.contains(&self.id) {
            breaches.push(format!("{PAGE}: no test shows {}", self.id));
        }
        for named in &self.tests {
            if !tests.contains(named) {
                breaches.push(format!("{PAGE}: {}: there is no test {named}", self.id));
            }
            if !named.split('_').any(|part| part == id) {
                breaches.push(format!("{PAGE}: {named} does not name {}", self.id));
            }
        }
        breaches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Tracked {
        Tracked {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    fn page(without: &str, changed: &str) -> Vec<String> {
        let rows = SECTIONS.iter().flat_map(|(section, count)| {
            (1..=*count).map(move |number| format!("{section}{number}"))
        });
        let (mut text, mut source) = (changed.to_owned(), String::new());
        for id in rows.filter(|id| id != without) {
            let name = format!("{}_works", id.to_lowercase());
            text += &format!("\n| {id} | it | 1 | `{name}` |");
            source += &format!("#[test]\n#[cfg(unix)]\nfn {name}() {{}}\nfn helper() {{}}\n");
        }
        check(&[file(PAGE, &text), file("a.rs", &source)])
    }

    #[test]
    fn rows_without_tests_and_tests_that_are_not_there_are_found() {
        assert!(page("", "").is_empty());
        assert_eq!(check(&[]).len(), 1);
        assert_eq!(page("B7", "").len(), 1);
        assert!(page("A12", "| A12 | TLS | 1 | the server |").is_empty());
        for row in [
            "| B7 | it | 1 | |",
            "| B7 | it | 1 | `b7_is_not_there` |",
            "| B7 | it | 1 | `b6_works` |",
        ] {
            assert_eq!(page("B7", row).len(), 1, "{row}");
        }
        // Twice, and a function that is no test.
        assert_eq!(page("", "| B7 | it | 1 | `b7_works` |").len(), 1);
        assert_eq!(page("B7", "| B7 | it | 1 | `helper` |").len(), 2);
    }
}
