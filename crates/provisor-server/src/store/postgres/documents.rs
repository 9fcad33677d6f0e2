//! Documents of other rooms.

use tokio_postgres::Row;

use super::args::args;
use super::base::{Postgres, number};
use super::device::get;
use super::run::{attempt, change, row, rows as select};
use super::sql;
use crate::store::fault::unreadable;
use crate::store::rows;
use crate::store::{Document, DocumentPut, Result, Slice};

/// What stands between a room and a key: in neither.
const BETWEEN: char = '\u{1f}';

/// A document that is put, sealed already.
struct Placed {
    id: String,
    expected: Option<i64>,
    sealed: Option<Vec<u8>>,
}

impl Postgres {
    pub(super) async fn read_document(&self, room: &str, key: &str) -> Result<Option<Document>> {
        let id = id(room, key);
        let found: Result<Option<Row>> = attempt!(self, "document", |client, _again| {
            row(client, sql::DOCUMENT, &args![self.scope(), &*id]).await
        });
        let Some(found) = found? else {
            return Ok(None);
        };
        self.opened(room, key, get(&found, 0)?, get(&found, 1)?)
            .map(Some)
    }

    fn opened(&self, room: &str, key: &str, version: i64, sealed: &[u8]) -> Result<Document> {
        Ok(Document {
            version: version.unsigned_abs(),
            bytes: self.seal.open(&rows::room(room), key, sealed)?.to_vec(),
        })
    }

    pub(super) async fn write_documents(&self, room: &str, puts: Vec<DocumentPut>) -> Result<bool> {
        let table = rows::room(room);
        let mut placed = Vec::new();
        for put in puts {
            let sealed = put
                .becomes
                .map(|clear| self.seal.seal(&table, &put.key, &clear));
            placed.push(Placed {
                id: id(room, &put.key),
                expected: put.expected.map(number).transpose()?,
                sealed: sealed.transpose()?,
            });
        }
        // In one order, so that two do not wait for each other.
        placed.sort_by(|one, other| one.id.cmp(&other.id));
        let version = self.next_number();
        let alone = placed.len() == 1;
        attempt!(self, "documents", |client, _again| {
            if !alone {
                client.batch_execute("BEGIN").await?;
            }
            for put in &placed {
                let (id, sealed) = (&*put.id, put.sealed.as_deref());
                let written = match (put.expected, sealed) {
                    (Some(expected), _) => {
                        let args = args![self.scope(), id, version, sealed, expected];
                        change(client, sql::PUT_DOCUMENT, &args).await?
                    }
                    (None, Some(_)) => {
                        let args = args![self.scope(), id, version, sealed];
                        change(client, sql::MAKE_DOCUMENT, &args).await?
                    }
                    // Nothing is there and nothing becomes of it: so it has to be.
                    (None, None) => {
                        let args = args![self.scope(), id];
                        u64::from(row(client, sql::DOCUMENT, &args).await?.is_none())
                    }
                };
                if written != 1 {
                    if !alone {
                        client.batch_execute("ROLLBACK").await?;
                    }
                    return Ok(false);
                }
            }
            if !alone {
                client.batch_execute("COMMIT").await?;
            }
            Ok(true)
        })
    }

    pub(super) async fn read_documents(
        &self,
        room: &str,
        prefix: &str,
        page: Slice<'_>,
    ) -> Result<Vec<(String, Document)>> {
        let first = id(room, prefix);
        // No key has a character after this one.
        let last = format!("{first}\u{10ffff}");
        let most = i64::try_from(page.most).unwrap_or(i64::MAX);
        let after = page.after.map(|after| id(room, after));
        let (statement, after) = match page.descending {
            true => (sql::DOCUMENTS_DOWN, after.unwrap_or_else(|| last.clone())),
            false => (sql::DOCUMENTS, after.unwrap_or_default()),
        };
        let found: Result<Vec<Row>> = attempt!(self, "documents", |client, _again| {
            let args = args![self.scope(), &*first, &*after, &*last, most];
            select(client, statement, &args).await
        });
        let begin = room.len() + BETWEEN.len_utf8();
        let mut documents = Vec::new();
        for found in found? {
            let id: &str = get(&found, 0)?;
            let key = id.get(begin..).unwrap_or_default().to_owned();
            let document = self.opened(room, &key, get(&found, 1)?, get(&found, 2)?)?;
            documents.push((key, document));
        }
        Ok(documents)
    }
}

/// The ID of a document's row.
pub(super) fn id(room: &str, key: &str) -> String {
    format!("{room}{BETWEEN}{key}")
}

/// The room and the key of a document's row.
pub(super) fn parts(id: &str) -> Result<(&str, &str)> {
    id.split_once(BETWEEN)
        .ok_or_else(|| unreadable("document", "an ID without a room"))
}
