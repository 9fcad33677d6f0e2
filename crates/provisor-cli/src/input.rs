//! Files that people have at hand, read into bytes. Nothing is judged here.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use provisor::x509::{Certificate, certificates_from_pem, crls_from_pem};
use provisor::{Rejection, UnixTime};

use crate::answer::Unusable;

/// 16 MiB: a hundred times the largest bundle of roots. A device file or a mistyped path must not
/// fill the memory.
const LARGEST_FILE: u64 = 16 << 20;

/// 48 MiB: the largest revocation list that is read, as PEM text.
const LARGEST_LIST: u64 = 48 << 20;

/// The certificates of one file, DER, in the order of the file.
pub(crate) struct Certificates {
    path: PathBuf,
    ders: Vec<Vec<u8>>,
}

impl Certificates {
    /// PEM with any number of certificates and any text around them, or the DER of one.
    pub(crate) fn read(path: &Path) -> Result<Self, Unusable> {
        Self::read_or_say(path)?.map_err(|rejection| {
            Unusable::file(
                path,
                format!("neither PEM nor DER certificates: {rejection}"),
            )
        })
    }

    /// The same; a file that is there but holds no certificate is a rejection that says what it is.
    pub(crate) fn read_or_say(path: &Path) -> Result<Result<Self, Rejection>, Unusable> {
        let bytes = read(path)?;
        let ders = match *bytes {
            // A long-form length is no text, so `0 s:CN=...` of s_client is not taken for DER.
            [0x30, 0x80..=0xff, ..] => Ok(vec![bytes]),
            [0x30, length, ref rest @ ..] if usize::from(length) == rest.len() => Ok(vec![bytes]),
            _ => certificates_from_pem(&String::from_utf8_lossy(&bytes)),
        };
        Ok(ders.map(|ders| Self {
            path: path.to_owned(),
            ders,
        }))
    }

    /// Several files, one after the other.
    pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<Self>, Unusable> {
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// The first certificate of the file and those after it.
    pub(crate) fn split_first(&self) -> Result<(&[u8], &[Vec<u8>]), Unusable> {
        let (first, rest) = self
            .ders
            .split_first()
            .ok_or_else(|| Unusable::file(&self.path, "no certificate"))?;
        Ok((first, rest))
    }

    /// All of them.
    pub(crate) fn ders(&self) -> &[Vec<u8>] {
        &self.ders
    }

    /// The first certificate, parsed, or why it is none.
    pub(crate) fn first(&self) -> Result<Result<Certificate<'_>, Rejection>, Unusable> {
        Ok(Certificate::from_der(self.split_first()?.0))
    }

    /// Where they came from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The revocation lists of several files, DER, each with where it came from: PEM with any number of
/// lists, or the DER of one.
pub(crate) fn revocation_lists(paths: &[PathBuf]) -> Result<Vec<(&Path, Vec<u8>)>, Unusable> {
    let mut lists = Vec::new();
    for path in paths {
        let bytes = read_up_to(path, LARGEST_LIST)?;
        match *bytes {
            [0x30, 0x80..=0xff, ..] => lists.push((path.as_path(), bytes)),
            _ => {
                let text = String::from_utf8_lossy(&bytes);
                let ders = crls_from_pem(&text).map_err(|rejection| {
                    Unusable::file(
                        path,
                        format!("neither PEM nor DER revocation lists: {rejection}"),
                    )
                })?;
                lists.extend(ders.into_iter().map(|der| (path.as_path(), der)));
            }
        }
    }
    Ok(lists)
}

/// A text file.
pub(crate) fn text(path: &Path) -> Result<String, Unusable> {
    String::from_utf8(read(path)?).map_err(|_| Unusable::file(path, "not UTF-8 text"))
}

/// A TPM2B_PUBLIC: as it is, or as one line of base64, the form it has on the wire.
pub(crate) fn tpm_public(path: &Path) -> Result<Vec<u8>, Unusable> {
    let bytes = read(path)?;
    // The size field of any public area begins with a byte below 0x05, which is no base64 text.
    match std::str::from_utf8(&bytes).map(str::trim) {
        Ok(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            data_encoding::BASE64.decode(text.as_bytes()).map_err(|e| {
                Unusable::file(path, format!("neither a TPM2B_PUBLIC nor base64: {e}"))
            })
        }
        _ => Ok(bytes),
    }
}

/// A small file, whatever it holds.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Unusable> {
    read(path)
}

/// The clock of this machine. The only place that reads one.
pub(crate) fn now() -> Result<UnixTime, Unusable> {
    let since_1970 = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|duration| i64::try_from(duration.as_secs()).ok());
    since_1970
        .map(UnixTime::new)
        .ok_or_else(|| Unusable::new("the clock of this machine is before 1970; give --at"))
}

fn read(path: &Path) -> Result<Vec<u8>, Unusable> {
    read_up_to(path, LARGEST_FILE)
}

fn read_up_to(path: &Path, largest: u64) -> Result<Vec<u8>, Unusable> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(largest + 1).read_to_end(&mut bytes))
        .map_err(|e| Unusable::file(path, e))?;
    if bytes.len() as u64 > largest {
        return Err(Unusable::file(path, format!("larger than {largest} bytes")));
    }
    Ok(bytes)
}
