//! Files that are written for good: each appears whole or not at all, for its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::answer::Unusable;

/// The right to replace one file, against other processes of this tool. Given back when dropped.
///
/// The lock is a file beside it: what a crash leaves behind has to be removed by hand, and the
/// message says so.
#[derive(Debug)]
pub(crate) struct Lock {
    target: PathBuf,
    lock: PathBuf,
}

impl Lock {
    pub(crate) fn take(target: &Path) -> Result<Self, Unusable> {
        let lock = beside(target, ".lock");
        match private().create_new(true).open(&lock) {
            Ok(_) => Ok(Self {
                target: target.to_owned(),
                lock,
            }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Unusable::file(
                target,
                format!(
                    "another process is changing it; if none is, remove {}",
                    lock.display()
                ),
            )),
            Err(error) => Err(Unusable::file(&lock, error)),
        }
    }

    /// Puts these bytes in the place of the file, or of none.
    pub(crate) fn replace(&self, bytes: &[u8]) -> Result<(), Unusable> {
        let next = beside(&self.target, ".new");
        // Left over from a crash: nobody else writes it while the lock is held.
        let _ = fs::remove_file(&next);
        write_new(&next, bytes)
            .and_then(|()| fs::rename(&next, &self.target))
            .and_then(|()| sync_folder(&self.target))
            .map_err(|error| Unusable::file(&self.target, error))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.lock);
    }
}

/// Writes a file that must not be there yet.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), Unusable> {
    let lock = Lock::take(path)?;
    if path.symlink_metadata().is_ok() {
        return Err(Unusable::file(path, "it is there already"));
    }
    lock.replace(bytes)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A file with a new name survives a power cut only once its folder was written.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new("."))).and_then(|folder| folder.sync_all())
}

/// Folders of other systems cannot be opened as files.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// For the owner alone, from the moment that the file is there.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
