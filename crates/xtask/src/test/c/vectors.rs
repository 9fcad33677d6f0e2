//! The shared vectors as C headers, so that the C tests need no JSON parser.
//! The rows of the allocation's conformance set likewise: see `rows`.
//!
//! A vector file becomes `vectors/NAME.h` with `struct NAME_case` and the array `NAME_cases`. Which
//! members of a case become which fields is one table; members that C has no use for are left out.

mod literal;
mod rows;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use self::literal::literal;
use crate::workspace;

/// One vector file.
struct Table {
    name: &'static str,
    columns: &'static [(&'static str, Column)],
}

/// How a member of a case looks in C.
#[derive(Clone, Copy)]
enum Column {
    /// `const char *`, NULL when it is absent.
    Text,
    /// `struct octets` from hexadecimal digits; empty when it is absent.
    Octets,
    /// `int64_t`, -1 when it is absent.
    Number,
    /// An array of `struct octets`, and its length as `NAME_len`.
    OctetsList,
    /// An array of `const char *`, and its length.
    TextList,
    /// An array of `provisor_hub`, and its length.
    Hubs,
}

const TABLES: [Table; 5] = [
    Table {
        name: "ids",
        columns: &[
            ("kind", Column::Text),
            ("hex", Column::Octets),
            ("normal", Column::Text),
            ("number", Column::Number),
            ("position", Column::Number),
        ],
    },
    Table {
        name: "allocation",
        columns: &[
            ("scope", Column::Text),
            ("hubs", Column::Hubs),
            ("device", Column::Text),
            ("hub", Column::Text),
            ("number", Column::Number),
        ],
    },
    Table {
        name: "doors",
        columns: &[
            ("scope", Column::Text),
            ("hubs", Column::Hubs),
            ("device", Column::Text),
            ("policy", Column::Text),
            ("hub", Column::Text),
        ],
    },
    Table {
        name: "x509",
        columns: &[
            ("name", Column::Text),
            ("profile", Column::Text),
            ("leaf", Column::Octets),
            ("intermediates", Column::OctetsList),
            ("anchors", Column::OctetsList),
            ("at", Column::Number),
            ("path", Column::TextList),
            ("anchor", Column::Text),
            ("registration_id", Column::Text),
            ("number", Column::Number),
        ],
    },
    Table {
        name: "tpm",
        columns: &[
            ("name", Column::Text),
            ("ek", Column::Octets),
            ("srk", Column::Octets),
            ("expires", Column::Number),
            ("random", Column::Octets),
            ("ek_name", Column::Octets),
            ("srk_name", Column::Octets),
            ("registration_id", Column::Text),
            ("id_object", Column::Octets),
            ("encrypted_secret", Column::Octets),
            ("answer", Column::Octets),
            ("number", Column::Number),
        ],
    },
];

/// Writes `vectors/*.h` under `folder`.
///
/// # Errors
///
/// A vector file is missing or has another shape.
pub(super) fn write(folder: &Path) -> Result<(), String> {
    for table in &TABLES {
        let source = format!("crates/provisor-testkit/vectors/{}.json", table.name);
        let json = workspace::read(&workspace::root().join(&source))?;
        let json: Value = serde_json::from_str(&json).map_err(|e| format!("{source}: {e}"))?;
        let cases = json
            .get("cases")
            .and_then(Value::as_array)
            .filter(|cases| !cases.is_empty())
            .ok_or_else(|| format!("{source} has no cases"))?;
        let header = table.header(cases).map_err(|e| format!("{source}: {e}"))?;
        let path = folder.join("vectors").join(format!("{}.h", table.name));
        workspace::write(&path, header.as_bytes())?;
    }
    rows::write(folder)
}

impl Table {
    fn header(&self, cases: &[Value]) -> Result<String, String> {
        let name = self.name;
        let mut fields = String::new();
        for (field, column) in self.columns {
            let _ = writeln!(fields, "    {};", column.declaration(field));
        }
        // Arrays inside cases are variables of their own, in front of the cases.
        let (mut lists, mut rows) = (String::new(), String::new());
        for (number, case) in cases.iter().enumerate() {
            let mut row = Vec::new();
            for (field, column) in self.columns {
                let value = case.get(*field).filter(|value| !value.is_null());
                let list = format!("{name}_{number}_{field}");
                row.push(
                    column
                        .initializer(value, &list, &mut lists)
                        .map_err(|e| format!("case {number}, {field}: {e}"))?,
                );
            }
            let _ = writeln!(rows, "    {{{}}},", row.join(", "));
        }
        Ok(format!(
            "struct {name}_case {{\n{fields}}};\n\n{lists}\n\
             static const struct {name}_case {name}_cases[] = {{\n{rows}}};\n"
        ))
    }
}

impl Column {
    fn declaration(self, field: &str) -> String {
        match self {
            Self::Text => format!("const char *{field}"),
            Self::Octets => format!("struct octets {field}"),
            Self::Number => format!("int64_t {field}"),
            Self::OctetsList => format!("const struct octets *{field};\n    size_t {field}_len"),
            Self::TextList => format!("const char *const *{field};\n    size_t {field}_len"),
            Self::Hubs => format!("const provisor_hub *{field};\n    size_t {field}_len"),
        }
    }

    /// The value in C; arrays are added to `lists` under the name `list`.
    fn initializer(
        self,
        value: Option<&Value>,
        list: &str,
        lists: &mut String,
    ) -> Result<String, String> {
        match self {
            Self::Text => value.map_or_else(|| Ok("NULL".to_owned()), text),
            Self::Octets => value.map_or_else(|| Ok("{NULL, 0}".to_owned()), octets),
            Self::Number => match value {
                None => Ok("-1".to_owned()),
                Some(number) => number
                    .as_i64()
                    .map(|number| number.to_string())
                    .ok_or_else(|| format!("{number} is no number")),
            },
            Self::OctetsList => array(value, "struct octets", octets, list, lists),
            Self::TextList => array(value, "char *const", text, list, lists),
            Self::Hubs => array(value, "provisor_hub", hub, list, lists),
        }
    }
}

fn array(
    value: Option<&Value>,
    kind: &str,
    element: fn(&Value) -> Result<String, String>,
    list: &str,
    lists: &mut String,
) -> Result<String, String> {
    let elements = match value {
        None => &[][..],
        Some(value) => value.as_array().ok_or("no array")?,
    };
    if elements.is_empty() {
        return Ok("NULL, 0".to_owned());
    }
    let elements = elements
        .iter()
        .map(element)
        .collect::<Result<Vec<_>, _>>()?;
    let _ = writeln!(
        lists,
        "static const {kind} {list}[] = {{{}}};",
        elements.join(", ")
    );
    Ok(format!("{list}, {}", elements.len()))
}

fn hub(value: &Value) -> Result<String, String> {
    let name = value.get("name").ok_or("a hub without a name")?;
    let weight = value
        .get("weight")
        .and_then(Value::as_u64)
        .ok_or("a hub without a weight")?;
    let length = name.as_str().map_or(0, str::len);
    Ok(format!("{{{}, {length}, {weight}}}", text(name)?))
}

/// A text that C ends at its NUL, so there must be none inside.
fn text(value: &Value) -> Result<String, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("{value} is no text"))?;
    if text.contains('\0') {
        return Err(format!("{text:?} has a NUL inside; give it as hexadecimal"));
    }
    Ok(literal(text.as_bytes()))
}

fn octets(value: &Value) -> Result<String, String> {
    let digits = value
        .as_str()
        .ok_or_else(|| format!("{value} is no text"))?;
    let bytes = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect::<Option<Vec<u8>>>()
        .ok_or("no hexadecimal digits")?;
    Ok(format!("{{{}, {}}}", literal(&bytes), bytes.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bytes_are_literals_that_end_where_they_should() {
        assert_eq!(
            octets(&json!("00ff3061")),
            Ok("{\"\\000\\3770a\", 4}".to_owned())
        );
        assert!(octets(&json!("0")).is_err());
        assert!(octets(&json!("0g")).is_err());
        assert_eq!(text(&json!("a\"\\")), Ok("\"a\\042\\134\"".to_owned()));
        assert!(text(&json!("a\0")).is_err());
        // A question mark is escaped, so that no trigraph comes about.
        assert_eq!(literal(b"?"), "\"\\077\"");
    }

    #[test]
    fn a_case_is_a_row_and_its_arrays_stand_in_front() {
        let table = Table {
            name: "t",
            columns: &[
                ("a", Column::Text),
                ("n", Column::Number),
                ("l", Column::OctetsList),
            ],
        };
        let header = table
            .header(&[
                json!({"a": "x", "l": ["01", "02"], "more": 1}),
                json!({"n": 5}),
            ])
            .unwrap();
        assert!(
            header
                .contains("static const struct octets t_0_l[] = {{\"\\001\", 1}, {\"\\002\", 1}};")
        );
        assert!(header.contains("    {\"x\", -1, t_0_l, 2},\n    {NULL, 5, NULL, 0},\n"));
    }
}
