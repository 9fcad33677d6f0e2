//! The tables of the file.

use redb::{Key, ReadTransaction, Table, TableDefinition, Value, WriteTransaction};

use super::fault::failed;
use crate::store::Result;

/// The schema that this version reads and writes.
pub(super) const SCHEMA: u64 = 1;

/// What is stored of an enrollment: entity tag, tag, sealed.
pub(super) type Kept = (&'static str, &'static str, &'static [u8]);

/// What is stored of a shared thing: the version of the whole at which it changed last, and the same. One
/// that was deleted has no entity tag.
pub(super) type KeptShared = (u64, &'static str, &'static str, &'static [u8]);

macro_rules! tables {
    ($( $(#[$doc:meta])* $constant:ident $field:ident: $key:ty => $value:ty = $name:literal, )*) => {
        $( $(#[$doc])* pub(super) const $constant: TableDefinition<'static, $key, $value> = TableDefinition::new($name); )*

        /// All tables, open in one write transaction.
        pub(super) struct Tables<'t> {
            $( pub(super) $field: Table<'t, $key, $value>, )*
        }

        impl<'t> Tables<'t> {
            pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self> {
                Ok(Self { $( $field: transaction.open_table($constant).map_err(failed)?, )* })
            }
        }

        /// Copies every row of every table.
        pub(super) fn copy(from: &ReadTransaction, to: &redb::Database) -> Result<u64> {
            let mut rows = 0;
            $( rows += copy_table(from, to, $constant)?; )*
            Ok(rows)
        }
    };
}

tables! {
    /// Numbers: the schema, starts, versions, counters.
    META meta: &'static str => u64 = "meta",
    /// The scope, and what shows whether the data key is the right one.
    ABOUT about: &'static str => &'static [u8] = "about",
    /// Individual enrollments.
    INDIVIDUAL individual: &'static str => Kept = "individual",
    /// Records and tombstones.
    RECORD record: &'static str => &'static [u8] = "record",
    /// The records of a group: group, registration.
    MEMBER member: (&'static str, &'static str) => () = "member",
    /// Removals that are due.
    REMOVAL removal: &'static str => &'static [u8] = "removal",
    /// CAs, groups, hubs, policies, the settings: kind, ID.
    SHARED shared: (&'static str, &'static str) => KeptShared = "shared",
    /// The same by the version at which they changed last.
    CHANGED changed: (u64, &'static str, &'static str) => () = "changed",
    /// Who refers to a CA: CA, table, ID.
    CA_USE ca_use: (&'static str, &'static str, &'static str) => () = "ca_use",
    /// What was counted: the day's first second, instruction.
    COUNT count: (i64, &'static str) => u64 = "count",
    /// The audit log.
    AUDIT audit: u64 => &'static [u8] = "audit",
    /// Documents: room, key.
    DOCUMENT document: (&'static str, &'static str) => (u64, &'static [u8]) = "document",
}

/// Names of numbers in [`META`]. The counters stand there by what they count.
pub(super) mod number {
    pub(in super::super) const SCHEMA: &str = "schema";
    pub(in super::super) const START: &str = "start";
    pub(in super::super) const SHARED: &str = "shared version";
    pub(in super::super) const DOCUMENT: &str = "document version";
    pub(in super::super) const AUDIT: &str = "audit number";
}

/// Names of texts in [`ABOUT`].
pub(super) mod text {
    pub(in super::super) const SCOPE: &str = "scope";
    pub(in super::super) const PROBE: &str = "probe";
}

impl Tables<'_> {
    /// A number.
    pub(super) fn number(&self, name: &str) -> Result<u64> {
        use redb::ReadableTable as _;
        let found = self.meta.get(name).map_err(failed)?;
        Ok(found.map_or(0, |number| number.value()))
    }

    /// Sets a number.
    pub(super) fn set(&mut self, name: &str, number: u64) -> Result<()> {
        self.meta.insert(name, number).map_err(failed)?;
        Ok(())
    }

    /// The next of a number that grows.
    pub(super) fn next(&mut self, name: &str) -> Result<u64> {
        let next = self.number(name)?.saturating_add(1);
        self.set(name, next)?;
        Ok(next)
    }
}

/// How many rows are copied in one transaction, so that a copy needs memory for these and no more.
const COPIED: usize = 10_000;

fn copy_table<K: Key + 'static, V: Value + 'static>(
    from: &ReadTransaction,
    to: &redb::Database,
    definition: TableDefinition<'static, K, V>,
) -> Result<u64> {
    use redb::ReadableTable as _;
    let table = match from.open_table(definition) {
        Ok(table) => table,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(0),
        Err(error) => return Err(failed(error)),
    };
    let mut rows = table.iter().map_err(failed)?.peekable();
    let mut copied = 0;
    loop {
        let transaction = to.begin_write().map_err(failed)?;
        {
            let mut table = transaction.open_table(definition).map_err(failed)?;
            for row in rows.by_ref().take(COPIED) {
                let (key, value) = row.map_err(failed)?;
                table.insert(key.value(), value.value()).map_err(failed)?;
                copied += 1;
            }
        }
        transaction.commit().map_err(failed)?;
        if rows.peek().is_none() {
            return Ok(copied);
        }
    }
}
