//! Data keys: from a file, or from a variable.

use core::fmt;
use std::io::Write as _;
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};
use provisor::{Code, Rejection};
use zeroize::Zeroizing;

use crate::store::Result;
use crate::store::fault::{rejection, unavailable};

/// A key of 32 bytes, which seals. Wiped when dropped, never shown.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; 32]>);

/// The keys of a store: the first seals, all of them open what they sealed. In text one a line, base64,
/// the newest first; empty lines and those that begin with `#` say nothing.
#[derive(Clone)]
pub struct DataKeys(Vec<DataKey>);

/// What a key is told from others by: the first bytes of a digest of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyId([u8; Self::LEN]);

impl DataKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`StoreUnavailable`](Code::StoreUnavailable) when the system gives no randomness.
    pub fn draw() -> Result<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        aws_lc_rs::rand::fill(&mut *bytes).map_err(|_| unavailable("dataKey", "no randomness"))?;
        Ok(Self(bytes))
    }

    /// What it is known by.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        context.update(b"provisor data key 1\0");
        context.update(&*self.0);
        let digest = context.finish();
        let mut id = [0; KeyId::LEN];
        for (to, from) in id.iter_mut().zip(digest.as_ref()) {
            *to = *from;
        }
        KeyId(id)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &*self.0
    }
}

impl DataKeys {
    /// One fresh key.
    ///
    /// # Errors
    /// As [`DataKey::draw`].
    pub fn draw() -> Result<Self> {
        Ok(Self(vec![DataKey::draw()?]))
    }

    /// The same with a newer key, which seals from now on.
    #[must_use]
    pub fn with_newer(mut self, key: DataKey) -> Self {
        self.0.insert(0, key);
        self
    }

    /// Reads keys from text.
    ///
    /// # Errors
    /// [`StoreDataKey`](Code::StoreDataKey) for a line that is no key of 32 bytes, naming the line; and
    /// for a text without any.
    pub fn parse(text: &str) -> Result<Self> {
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bytes = BASE64.decode(line.as_bytes()).map(Zeroizing::new);
            let bytes = bytes.ok().and_then(|bytes| {
                let mut key = Zeroizing::new([0; 32]);
                (bytes.len() == key.len()).then(|| key.copy_from_slice(&bytes))?;
                Some(key)
            });
            let bytes = bytes.ok_or_else(|| refused(format_args!("line {}", number + 1)))?;
            keys.push(DataKey(bytes));
        }
        match keys.is_empty() {
            true => Err(refused(format_args!("no key"))),
            false => Ok(Self(keys)),
        }
    }

    /// Reads keys from a file. On Unix neither others may read it nor its group change it.
    ///
    /// # Errors
    /// [`StoreDataKey`](Code::StoreDataKey).
    pub fn from_file(path: &Path) -> Result<Self> {
        let failed =
            |cause: &dyn fmt::Display| refused(format_args!("{}: {cause}", path.display()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let metadata = std::fs::metadata(path).map_err(|error| failed(&error))?;
            let mode = metadata.permissions().mode() & 0o777;
            if mode & 0o027 != 0 {
                return Err(failed(&format_args!(
                    "its mode is {mode:o}: make it 600, or 640"
                )));
            }
        }
        let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
        Self::parse(&Zeroizing::new(text))
    }

    /// Reads keys from a file, or makes the file with one fresh key, for its owner alone (0600), when
    /// there is none.
    ///
    /// # Errors
    /// As [`from_file`](Self::from_file).
    pub fn from_file_or_draw(path: &Path) -> Result<Self> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = match options.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Self::from_file(path);
            }
            Err(error) => return Err(refused(format_args!("{}: {error}", path.display()))),
        };
        let keys = Self::draw()?;
        // Whoever seals by a key that the disk has not kept seals for ever.
        let kept = file
            .write_all(keys.to_text().as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| sync_folder(path));
        kept.map_err(|error| refused(format_args!("{}: {error}", path.display())))?;
        Ok(keys)
    }

    /// The text that [`parse`](Self::parse) reads. Secret.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.0.len() * 45));
        for key in &self.0 {
            BASE64.encode_append(&*key.0, &mut text);
            text.push('\n');
        }
        text
    }

    /// The keys, the one that seals first.
    pub fn iter(&self) -> impl Iterator<Item = &DataKey> {
        self.0.iter()
    }
}

impl KeyId {
    /// How many bytes it has.
    pub const LEN: usize = 8;

    /// Its bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; Self::LEN] {
        self.0
    }

    pub(super) const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({}, [redacted])", self.id())
    }
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

/// A file's name is durable when its folder is.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::File::open(folder)?.sync_all(),
        _ => std::fs::File::open(".")?.sync_all(),
    }
}

fn refused(found: impl fmt::Display) -> Box<Rejection> {
    rejection(Code::StoreDataKey, "dataKey")
        .expected("lines of 44 characters, base64 of 32 bytes, in a file that others cannot read")
        .found(found)
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_text_and_nothing_else_does() {
        let keys = DataKeys::draw()
            .unwrap()
            .with_newer(DataKey::draw().unwrap());
        let text = format!("# newest first\n\n{}", &*keys.to_text());
        let read = DataKeys::parse(&text).unwrap();
        let ids = |keys: &DataKeys| keys.iter().map(DataKey::id).collect::<Vec<_>>();
        assert_eq!(ids(&read), ids(&keys));
        assert_ne!(ids(&read)[0], ids(&read)[1]);
        for bad in ["", "# none\n", "AAAA\n", "x\n", text.get(20..).unwrap()] {
            let refused = DataKeys::parse(bad).unwrap_err();
            assert_eq!(refused.code(), Code::StoreDataKey, "{bad}");
            assert!(bad.len() < 20 || !refused.to_string().contains(bad.trim()));
        }
        let shown = format!("{keys:?}");
        assert!(shown.contains("redacted") && !shown.contains(text.lines().last().unwrap()));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_made_once_and_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = std::env::temp_dir().join(format!("provisor-key-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("data.key");
        let _ = std::fs::remove_file(&path);
        assert!(DataKeys::from_file(&path).is_err());
        let made = DataKeys::from_file_or_draw(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let read = DataKeys::from_file_or_draw(&path).unwrap();
        assert_eq!(read.to_text(), made.to_text());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let refused = DataKeys::from_file(&path).unwrap_err();
        assert!(refused.found_text().contains("644"), "{refused}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
