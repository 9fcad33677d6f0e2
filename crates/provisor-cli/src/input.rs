//! Files that people have at hand, read into bytes. Nothing is judged here.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use data_encoding::BASE64_NOPAD;
use provisor::tpm::SecretBytes;
use provisor::x509::file::Wanted;
use provisor::{Form, UnixTime};

use crate::answer::Unusable;

/// 16 MiB: a hundred times the largest bundle of roots. A device file or a mistyped path must not
/// fill the memory.
const LARGEST_FILE: u64 = 16 << 20;

/// 48 MiB: the largest revocation list that is read, as PEM text.
const LARGEST_LIST: u64 = 48 << 20;

/// A text file, without the byte order marks that Windows programs put before their text, and that
/// remain at the starts of lines where files were put together.
pub(crate) fn text(path: &Path) -> Result<String, Unusable> {
    const MARK: char = '\u{feff}';
    let bytes = read(path)?;
    if let Some(form @ Form::Utf16) = Form::of(&bytes) {
        let why = format!("{}, not UTF-8; {}", form.found(), form.remedy());
        return Err(Unusable::file(path, why));
    }
    let text = String::from_utf8(bytes).map_err(|_| Unusable::file(path, "not UTF-8 text"))?;
    if !text.contains(MARK) {
        return Ok(text);
    }
    let lines = text.split_inclusive('\n');
    Ok(lines.map(|line| line.trim_start_matches(MARK)).collect())
}

/// A TPM2B_PUBLIC: as it is, or as base64, the form that it has on the wire, on one line or on several.
/// Any other text goes to the core as it is, which says what it is and what helps.
pub(crate) fn tpm_public(path: &Path) -> Result<Vec<u8>, Unusable> {
    let bytes = read(path)?;
    if Form::of(&bytes) != Some(Form::Base64) {
        return Ok(bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    let text: String = text
        .trim_start_matches('\u{feff}')
        .split_ascii_whitespace()
        .collect();
    // The padding can be left out: the length says the same.
    BASE64_NOPAD
        .decode(text.trim_end_matches('=').as_bytes())
        .map_err(|e| Unusable::file(path, format!("base64 text that is damaged: {e}")))
}

/// Whether [`tpm_public`] decodes the file first.
pub(crate) fn is_base64(path: &Path) -> Result<bool, Unusable> {
    Ok(Form::of(&read(path)?) == Some(Form::Base64))
}

/// A small file, whatever it holds.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Unusable> {
    read(path)
}

/// A file of at most so many bytes whose content is nobody else's business.
pub(crate) fn secret(path: &Path, largest: u64) -> Result<SecretBytes, Unusable> {
    let file = File::open(path).map_err(|e| Unusable::file(path, e))?;
    secret_of(file, largest).map_err(|e| Unusable::file(path, e))
}

/// Standard input, up to so many bytes.
pub(crate) fn stdin(largest: u64) -> Result<SecretBytes, Unusable> {
    secret_of(std::io::stdin().lock(), largest)
        .map_err(|e| Unusable::new(format!("standard input: {e}")))
}

/// The whole size at once: a vector that grows leaves secrets in its old memory.
fn secret_of(source: impl Read, largest: u64) -> Result<SecretBytes, String> {
    let room = usize::try_from(largest)
        .unwrap_or_default()
        .saturating_add(1);
    let mut bytes = Vec::with_capacity(room);
    source
        .take(largest.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|e| e.to_string())?;
    let bytes = SecretBytes::new(bytes);
    if bytes.len() as u64 > largest {
        return Err(format!("larger than {largest} bytes"));
    }
    Ok(bytes)
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

/// A file of certificates or lists, whatever it holds.
pub(crate) fn bundle(path: &Path, wanted: Wanted) -> Result<Vec<u8>, Unusable> {
    match wanted {
        Wanted::Certificates => read_up_to(path, LARGEST_FILE),
        Wanted::Lists => read_up_to(path, LARGEST_LIST),
    }
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
