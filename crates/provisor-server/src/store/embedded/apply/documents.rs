//! Documents of rooms that are not the engine's.

use redb::ReadableTable as _;

use super::parts::{Failure, broken, refused};
use crate::store::embedded::fault::failed;
use crate::store::embedded::tables::{Tables, number};

/// A document that is put in place of that version, sealed already.
pub(in super::super) struct Placed {
    pub(in super::super) key: String,
    pub(in super::super) expected: Option<u64>,
    pub(in super::super) becomes: Option<Vec<u8>>,
}

/// All of them, or none where one has another version.
///
/// Versions are numbers of the whole store, so that one that is made again after its removal has a higher
/// one than ever, and nothing is kept of what was removed.
pub(super) fn apply(
    tables: &mut Tables<'_>,
    room: &str,
    puts: Vec<Placed>,
) -> Result<bool, Failure> {
    for put in &puts {
        let found = tables.document.get((room, &*put.key));
        let found = found.map_err(|error| refused(failed(error)))?;
        if found.map(|row| row.value().0) != put.expected {
            return Ok(false);
        }
    }
    for put in puts {
        let at = (room, &*put.key);
        let written = match put.becomes {
            Some(sealed) => {
                let version = tables.next(number::DOCUMENT).map_err(broken)?;
                tables.document.insert(at, (version, &*sealed)).map(drop)
            }
            None => tables.document.remove(at).map(drop),
        };
        written.map_err(|error| broken(failed(error)))?;
    }
    Ok(true)
}
