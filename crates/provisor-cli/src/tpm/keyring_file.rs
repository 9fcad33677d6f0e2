//! The keyring as a file. `docs/tpm.md` has its form, for programs in other languages.
//!
//! Between two lines that secret scanners know the form of, base64 of `Keyring::to_stored` and of the
//! SHA-256 digest of that. Without the digest a damaged secret would read well, and every answer
//! would be a wrong one.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};
use provisor::tpm::{Keyring, SecretBytes};
use provisor::{Code, Rejection, Subject};
use sha2::{Digest as _, Sha256};

use crate::answer::Unusable;

const BEGIN: &str = "-----BEGIN PROVISOR KEYRING-----";
const END: &str = "-----END PROVISOR KEYRING-----";

/// Characters of base64 on a line, as in PEM (RFC 7468 section 2).
const LINE: usize = 64;

/// Bytes of the digest.
const DIGEST: usize = 32;

/// 16 KiB: a ring of 8 epochs with the longest secrets takes 1,200 bytes.
const LARGEST: u64 = 16 << 10;

/// Reads a ring. Whatever is wrong with the file, nothing is judged with it.
pub(super) fn read(path: &Path) -> Result<Keyring, Unusable> {
    let mut file = File::open(path).map_err(|error| Unusable::file(path, error))?;
    let refused = |rejection| Unusable::file(path, rejection);
    // Of the open file, not of the path: nobody can change one for the other in between.
    check_rights(&file).map_err(refused)?;
    // The whole size at once: a vector that grows leaves secrets in its old memory.
    let mut text = Vec::with_capacity(usize::try_from(LARGEST).unwrap_or_default() + 1);
    file.by_ref()
        .take(LARGEST + 1)
        .read_to_end(&mut text)
        .map_err(|error| Unusable::file(path, error))?;
    let text = SecretBytes::new(text);
    from_text(&text).map_err(refused)
}

/// What goes into the file.
pub(super) fn to_text(ring: &Keyring) -> Result<SecretBytes, Rejection> {
    let stored = ring.to_stored()?;
    let content = SecretBytes::new([&stored[..], &Sha256::digest(&stored[..])].concat());
    let mut base64 = SecretBytes::new(vec![0; BASE64.encode_len(content.len())]);
    BASE64.encode_mut(&content, &mut base64);
    let lines = base64.len().div_ceil(LINE);
    let mut text = Vec::with_capacity(BEGIN.len() + END.len() + 2 + base64.len() + lines);
    text.extend_from_slice(BEGIN.as_bytes());
    text.push(b'\n');
    for line in base64.chunks(LINE) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(END.as_bytes());
    text.push(b'\n');
    Ok(SecretBytes::new(text))
}

/// By which two files are compared without showing them: the first 8 bytes of the digest. The
/// secrets in it have 256 random bits each, so that nobody guesses them from it.
pub(super) fn fingerprint(ring: &Keyring) -> Result<String, Rejection> {
    let digest = Sha256::digest(&ring.to_stored()?[..]);
    Ok(HEXLOWER.encode(digest.get(..8).unwrap_or_default()))
}

fn from_text(text: &[u8]) -> Result<Keyring, Rejection> {
    let base64 = between_the_lines(text)?;
    let mut content = SecretBytes::new(vec![0; base64.len()]);
    let room = BASE64.decode_len(base64.len()).map_err(|_| no_base64())?;
    let room = content.get_mut(..room).ok_or_else(no_base64)?;
    let length = BASE64.decode_mut(&base64, room).map_err(|_| no_base64())?;
    let (stored, digest) = content
        .get(..length)
        .and_then(|content| content.split_at_checked(content.len().checked_sub(DIGEST)?))
        .ok_or_else(|| damaged("too few bytes"))?;
    if Sha256::digest(stored)[..] != *digest {
        return Err(damaged("bytes that do not fit their digest"));
    }
    Keyring::from_stored(stored)
}

/// The characters of base64, without the ends of their lines.
fn between_the_lines(text: &[u8]) -> Result<SecretBytes, Rejection> {
    // An editor of Windows may have put its byte order mark before the first line.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut lines = text
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty());
    if lines.next() != Some(BEGIN.as_bytes()) {
        return Err(damaged("another first line").expected(BEGIN));
    }
    let mut base64 = Vec::with_capacity(text.len());
    let mut ended = false;
    for line in lines {
        if ended {
            return Err(damaged("text after the last line"));
        }
        ended = line == END.as_bytes();
        if !ended {
            base64.extend_from_slice(line);
        }
    }
    if !ended {
        return Err(damaged("no last line").expected(END));
    }
    Ok(SecretBytes::new(base64))
}

fn no_base64() -> Rejection {
    damaged("characters that are no base64")
}

fn damaged(found: &'static str) -> Rejection {
    Rejection::new(Code::TpmKeyringStored, Subject::field("keyring")).found(found)
}

/// Whoever reads the ring can answer for every TPM of the service; whoever changes it can stop it.
#[cfg(unix)]
fn check_rights(file: &File) -> Result<(), Rejection> {
    use std::os::unix::fs::PermissionsExt as _;

    let refused = || Rejection::new(Code::TpmKeyringExposed, Subject::field("keyring"));
    let mode = file
        .metadata()
        .map_err(|error| refused().found(error.to_string()))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(refused()
        .expected("mode 0600 or 0400")
        .found(format!("mode {:04o}", mode & 0o7777)))
}

/// Rights of another kind are the operator's business.
#[cfg(not(unix))]
fn check_rights(_: &File) -> Result<(), Rejection> {
    Ok(())
}
