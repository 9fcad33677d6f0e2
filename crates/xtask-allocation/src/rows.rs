//! The format of the rows: CSV with a header; lists are `name=number` with spaces, and
//! `hub-[0-99].example.net=5` stands for a hundred hubs. A subset that is empty was not given, `-` was
//! given and is empty.

use std::collections::BTreeMap;
use std::path::Path;

use data_encoding::HEXLOWER_PERMISSIVE;

/// The file of a folder.
pub const FILE: &str = "vectors.csv";

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its line in the file.
    pub line: usize,
    /// What it is about.
    pub note: String,
    /// The ID scope.
    pub scope: String,
    /// The salt; empty when there is none.
    pub salt: Vec<u8>,
    /// The policy.
    pub policy: Policy,
    /// The linked hubs and their weights.
    pub hubs: Vec<(String, u32)>,
    /// The hubs that the choice is restricted to, if it is.
    pub subset: Option<Vec<String>>,
    /// Latencies of hubs.
    pub latencies: Vec<(String, u32)>,
    /// The registration ID.
    pub id: String,
    /// What is expected.
    pub answer: Answer,
}

/// The policy of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// In proportion to the weights.
    Weighted,
    /// As if all weights were equal.
    EvenlyWeighted,
    /// The hub of the lowest latency.
    LowestLatency,
    /// This hub.
    Static(String),
}

/// What a row expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A hub, and why.
    Hub {
        /// Its name, in the normal form.
        hub: String,
        /// Cost and weight.
        score: (u128, u16),
        /// The second best, where there is one.
        second: Option<(String, (u128, u16))>,
        /// The keyed hash of the ID.
        device_digest: u64,
        /// That of the hub.
        hub_digest: u64,
    },
    /// A refusal: the name of its code.
    Code(String),
}

/// The rows of a folder.
///
/// # Errors
///
/// The file cannot be read, is not of the format, or holds no row.
pub fn read(dir: &Path) -> Result<Vec<Row>, String> {
    let path = dir.join(FILE);
    let no = |e: String| format!("{}: {e}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|e| no(e.to_string()))?;
    parse(&text).map_err(no)
}

fn parse(text: &str) -> Result<Vec<Row>, String> {
    let mut lines = (1..).zip(text.lines());
    let (_, header) = lines.next().ok_or("no header")?;
    let names = fields(header)?;
    let rows: Vec<Row> = lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| {
            let cells = fields(line)?;
            if cells.len() != names.len() {
                return Err(format!("line {number} has {} cells", cells.len()));
            }
            let cells = names.iter().map(String::as_str).zip(cells).collect();
            row(number, &cells).map_err(|e| format!("line {number}: {e}"))
        })
        .collect::<Result<_, String>>()?;
    if rows.is_empty() {
        return Err("no row".to_owned());
    }
    Ok(rows)
}

/// The cells of a line; a cell in quotes may hold commas and doubled quotes.
fn fields(line: &str) -> Result<Vec<String>, String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut rest = line.trim_end_matches('\r').chars().peekable();
    while let Some(next) = rest.next() {
        let cell = cells.last_mut().ok_or("no cell")?;
        match next {
            '"' if quoted && rest.peek() == Some(&'"') => {
                let _ = rest.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cell.push(other),
        }
    }
    if quoted {
        return Err(format!("a quote has no end: {line}"));
    }
    Ok(cells)
}

fn row(line: usize, cells: &BTreeMap<&str, String>) -> Result<Row, String> {
    let cell = |name: &str| {
        let found = cells.get(name).map(String::as_str);
        found.ok_or_else(|| format!("no column {name}"))
    };
    let salt = HEXLOWER_PERMISSIVE.decode(cell("salt")?.as_bytes());
    let subset = match cell("subset")? {
        "" => None,
        "-" => Some(Vec::new()),
        names => Some(words(names)?.into_iter().map(|(name, _)| name).collect()),
    };
    Ok(Row {
        line,
        note: cell("note")?.to_owned(),
        scope: cell("scope")?.to_owned(),
        salt: salt.map_err(|e| e.to_string())?,
        policy: policy(cell("policy")?)?,
        hubs: words(cell("hubs")?)?,
        subset,
        latencies: words(cell("latencies")?)?,
        id: cell("id")?.to_owned(),
        answer: answer(&cell)?,
    })
}

fn policy(text: &str) -> Result<Policy, String> {
    Ok(match text.split_once(':').unwrap_or((text, "")) {
        ("weighted", "") => Policy::Weighted,
        ("evenlyWeighted", "") => Policy::EvenlyWeighted,
        ("lowestLatency", "") => Policy::LowestLatency,
        ("static", hub) => Policy::Static(hub.to_owned()),
        _ => return Err(format!("no policy: {text}")),
    })
}

fn answer<'c>(cell: &impl Fn(&str) -> Result<&'c str, String>) -> Result<Answer, String> {
    let hub = cell("hub")?.to_owned();
    if hub.starts_with("ALLOC_") {
        return Ok(Answer::Code(hub));
    }
    let score = |cost: &str, weight: &str| -> Result<(u128, u16), String> {
        Ok((number(cell(cost)?)?, number(cell(weight)?)?))
    };
    let digest =
        |name: &str| u64::from_str_radix(cell(name)?, 16).map_err(|e| format!("{name}: {e}"));
    let second = match cell("second")? {
        "" => None,
        name => Some((name.to_owned(), score("second_cost", "second_weight")?)),
    };
    Ok(Answer::Hub {
        hub,
        score: score("first_cost", "first_weight")?,
        second,
        device_digest: digest("device_digest")?,
        hub_digest: digest("hub_digest")?,
    })
}

/// `a=1 b-[0-9].net=2`: a range stands for each of its numbers, a missing number is 0.
fn words(text: &str) -> Result<Vec<(String, u32)>, String> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let (name, value) = word.split_once('=').unwrap_or((word, "0"));
        let value = number(value)?;
        match name.split_once('[') {
            None => found.push((name.to_owned(), value)),
            Some((before, rest)) => {
                let (range, after) = rest.split_once(']').ok_or("a range has no end")?;
                let (from, to) = range.split_once('-').ok_or("a range has no hyphen")?;
                for place in number::<u32>(from)?..=number(to)? {
                    found.push((format!("{before}{place}{after}"), value));
                }
            }
        }
    }
    Ok(found)
}

fn number<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e| format!("{text:?}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "note,scope,salt,policy,hubs,subset,latencies,id,hub,first_cost,first_weight,\
                          second,second_cost,second_weight,device_digest,hub_digest";

    #[test]
    fn a_row_is_read() {
        let row = "\"a \"\"b\"\", c\",s,00ff,static:Hub-A,hub-[8-10].net=5 B=1,-,a=3 A=4,x,hub-8.net,5,1,b,7,2,00ff,01";
        let rows = parse(&format!("{HEADER}\n{row}\n")).unwrap();
        let row = &rows[0];
        assert_eq!((row.line, &*row.note), (2, "a \"b\", c"));
        assert_eq!(row.salt, [0, 255]);
        assert_eq!(row.policy, Policy::Static("Hub-A".to_owned()));
        let hubs: Vec<_> = row.hubs.iter().map(|(name, n)| (&**name, *n)).collect();
        let wanted = [
            ("hub-8.net", 5),
            ("hub-9.net", 5),
            ("hub-10.net", 5),
            ("B", 1),
        ];
        assert_eq!(hubs, wanted);
        assert_eq!(row.subset, Some(vec![]));
        assert_eq!(row.latencies.len(), 2);
        let Answer::Hub { second, .. } = &row.answer else {
            panic!("{row:?}")
        };
        assert_eq!(*second, Some(("b".to_owned(), (7, 2))));
    }

    #[test]
    fn what_is_not_of_the_format_is_refused() {
        for row in [
            "",
            "n,s,,weighted,a=1",
            "n,s,,weighted,a=1,,,x,a,five,1,,,,00,00",
            "n,s,zz,weighted,a=1,,,x,a,5,1,,,,00,00",
            "n,s,,guess,a=1,,,x,a,5,1,,,,00,00",
            "n,s,,weighted,a-[1=1,,,x,a,5,1,,,,00,00",
            "\"n,s,,weighted,a=1,,,x,a,5,1,,,,00,00",
        ] {
            assert!(parse(&format!("{HEADER}\n{row}\n")).is_err(), "{row}");
        }
    }
}
