//! How redb says that it failed.

use provisor::{Code, Rejection};

use crate::store::fault::{rejection, unavailable, unreadable};

/// What the database says.
pub(super) fn failed(error: impl Into<redb::Error>) -> Box<Rejection> {
    match error.into() {
        redb::Error::DatabaseAlreadyOpen => rejection(Code::StoreInUse, "file").boxed(),
        redb::Error::Corrupted(what) => unreadable("file", what),
        redb::Error::UpgradeRequired(version) => {
            unreadable("file", format_args!("the file format {version}"))
        }
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            unreadable("file", error)
        }
        error => unavailable("file", error),
    }
}
