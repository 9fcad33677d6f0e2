//! Where things are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder with the root manifest.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The build folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The reference data of other projects, which is never committed: `PROVISOR_SHARED`, or a folder
/// `shared` beside the clone.
pub(crate) fn shared() -> Option<PathBuf> {
    let dir =
        env::var_os("PROVISOR_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    dir.is_dir().then_some(dir)
}

/// A file as text, with its path in the error.
///
/// # Errors
///
/// The file cannot be read, or is no UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
}

/// Writes a file and the folders above it.
///
/// # Errors
///
/// The file cannot be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
    }
    fs::write(path, bytes).map_err(|e| format!("cannot write {}: {e}", path.display()))
}

/// A folder that is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// A new, empty folder under the build folder's `xtask`.
    ///
    /// # Errors
    ///
    /// The folder cannot be created.
    pub(crate) fn new(name: &str) -> Result<Self, String> {
        let dir = target()
            .join("xtask")
            .join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).map_err(|e| format!("cannot create {}: {e}", dir.display()))?;
        Ok(Self(dir))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder left behind costs some disk, nothing else.
        let _ = fs::remove_dir_all(&self.0);
    }
}
