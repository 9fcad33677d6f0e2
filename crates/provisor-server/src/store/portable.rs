//! A store as one file: what is exported from one store is imported into another, of whatever kind.
//!
//! Lines of JSON: a head with the scope, a line for each row, and an end with their number, so that a file
//! which is cut off is seen. What is sealed stays sealed, by the same data key and bound to its row: the
//! file is no secret without the key, and cannot be changed there.

use std::io::{BufRead, Write};

use data_encoding::BASE64;
use provisor::{Code, IdScope, Rejection};
use serde::{Deserialize, Serialize};

use super::Result;
use super::fault::rejection;
use super::rows::{self, SharedKind};
use super::seal::Seal;

/// The form of the file.
const VERSION: u32 = 1;

/// The longest line: an enrollment with all that it may have, or a document, in base64.
const LINE: u64 = 4 << 20;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Head {
    provisor_export: u32,
    scope: String,
}

/// One row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "table", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Item {
    Individual {
        key: String,
        etag: String,
        tag: String,
        #[serde(with = "base64")]
        sealed: Vec<u8>,
    },
    /// A record or tombstone.
    Record {
        key: String,
        json: String,
    },
    Removals {
        key: String,
        json: String,
    },
    Shared {
        kind: String,
        key: String,
        etag: String,
        tag: String,
        #[serde(with = "base64")]
        sealed: Vec<u8>,
    },
    Count {
        day: i64,
        instruction: String,
        number: u64,
    },
    Audit {
        number: u64,
        json: String,
    },
    Document {
        room: String,
        key: String,
        #[serde(with = "base64")]
        sealed: Vec<u8>,
    },
    End {
        rows: u64,
    },
}

mod base64 {
    use super::BASE64;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        BASE64.decode(text.as_bytes()).map_err(D::Error::custom)
    }
}

/// Writes the file.
pub(crate) struct Writer<W> {
    to: W,
    rows: u64,
}

impl<W: Write> Writer<W> {
    pub(crate) fn begin(to: W, scope: &str) -> Result<Self> {
        let mut writer = Self { to, rows: 0 };
        writer.line(&Head {
            provisor_export: VERSION,
            scope: scope.to_owned(),
        })?;
        Ok(writer)
    }

    pub(crate) fn put(&mut self, item: &Item) -> Result<()> {
        self.rows = self.rows.saturating_add(1);
        self.line(item)
    }

    /// Says that it is whole. Answers how many rows it has.
    pub(crate) fn end(mut self) -> Result<u64> {
        let rows = self.rows;
        self.line(&Item::End { rows })?;
        self.to.flush().map_err(refused)?;
        Ok(rows)
    }

    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.to, line).map_err(refused)?;
        self.to.write_all(b"\n").map_err(refused)
    }
}

/// Reads the file.
pub(crate) struct Reader<R> {
    from: R,
    line: u64,
    rows: u64,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// A file of that scope.
    pub(crate) fn begin(from: R, scope: &IdScope) -> Result<Self> {
        let mut reader = Self {
            from,
            line: 0,
            rows: 0,
            ended: false,
        };
        let head = reader.line()?.ok_or_else(|| refused("an empty file"))?;
        let head: Head = serde_json::from_slice(&head).map_err(|_| refused("another head"))?;
        if head.provisor_export != VERSION {
            return Err(refused(format_args!("the form {}", head.provisor_export)));
        }
        if head.scope != scope.normal_form() {
            return Err(rejection(Code::StoreScope, "idScope")
                .expected(scope.normal_form())
                .found(head.scope)
                .boxed());
        }
        Ok(reader)
    }

    /// So many rows at most; none at the end. What is sealed is opened, to see that it is what was sealed
    /// there.
    pub(crate) fn next(&mut self, most: usize, seal: &Seal) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        while items.len() < most && !self.ended {
            let line = self.line()?.ok_or_else(|| refused("it is cut off"))?;
            let at = self.line;
            let item: Item = serde_json::from_slice(&line)
                .map_err(|_| refused(format_args!("line {at} is no row")))?;
            if let Item::End { rows } = item {
                if rows != self.rows {
                    return Err(refused(format_args!("{} rows of {rows}", self.rows)));
                }
                self.ended = true;
                if self.line()?.is_some() {
                    return Err(refused("something behind its end"));
                }
                break;
            }
            item.check(seal)?;
            self.rows = self.rows.saturating_add(1);
            items.push(item);
        }
        Ok(items)
    }

    fn line(&mut self) -> Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = std::io::Read::take(&mut self.from, LINE);
        let read = limited.read_until(b'\n', &mut line);
        read.map_err(refused)?;
        self.line = self.line.saturating_add(1);
        if line.is_empty() {
            return Ok(None);
        }
        match line.pop() {
            Some(b'\n') => Ok(Some(line)),
            _ => Err(refused(format_args!("line {} has no end", self.line))),
        }
    }
}

impl Item {
    /// Whether everything in it can be read, with the keys that are there.
    fn check(&self, seal: &Seal) -> Result<()> {
        match self {
            Self::Individual { key, sealed, .. } => {
                rows::individual(seal, key, sealed)?;
            }
            Self::Shared {
                kind, key, sealed, ..
            } => {
                SharedKind::from_name(kind)?.read(seal, key, Some(sealed))?;
            }
            Self::Document { room, key, sealed } => {
                seal.open(&rows::room(room), key, sealed)?;
            }
            Self::Record { key, json } => {
                let entry: provisor::registration::Entry = rows::decode("record", json.as_bytes())?;
                if entry.known().registration_id().normal_form() != key {
                    return Err(refused(format_args!(
                        "another registration's record at {key}"
                    )));
                }
            }
            Self::Removals { json, .. } => {
                rows::Removals::decode(Some(json.as_bytes()))?;
            }
            Self::Audit { json, .. } => {
                rows::decode::<provisor::operations::AuditEntry>("audit", json.as_bytes())?;
            }
            Self::Count { .. } | Self::End { .. } => {}
        }
        Ok(())
    }
}

/// JSON that is stored, as text.
pub(crate) fn text(table: &'static str, bytes: &[u8]) -> Result<String> {
    let text = str::from_utf8(bytes).map_err(|_| super::fault::unreadable(table, "no text"))?;
    Ok(text.to_owned())
}

pub(crate) fn refused(found: impl core::fmt::Display) -> Box<Rejection> {
    rejection(Code::StoreFile, "file").found(found).boxed()
}
