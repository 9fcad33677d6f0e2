//! The keys that a token is judged or made with.

use std::path::PathBuf;

use provisor::sas::SasKey;
use provisor::tpm::SecretBytes;
use provisor::{Form, Rejection, Subject};

use crate::answer::Unusable;
use crate::hidden::Hidden;
use crate::input;
use crate::place::Place;

/// Where a key is looked for: more than any has, so that what is too long is named as that.
const LONGEST_KEY: u64 = 64 << 10;

#[derive(Debug, clap::Args)]
#[group(id = "keys", required = true, multiple = true)]
pub(super) struct KeyArguments {
    /// A key of the device's enrollment, base64; "-" reads it from standard input, where other users do not see it.
    #[arg(long, value_name = "TEXT", value_parser = Hidden::parse, conflicts_with_all = ["group_key", "group_key_file"])]
    key: Vec<Hidden>,
    /// A file with such a key, base64. Give both options as often as there are keys.
    #[arg(long, value_name = "F", conflicts_with_all = ["group_key", "group_key_file"])]
    key_file: Vec<PathBuf>,
    /// A key of an enrollment group, base64, or "-": the device's key is derived from it and the registration ID.
    #[arg(long, value_name = "TEXT", value_parser = Hidden::parse)]
    group_key: Vec<Hidden>,
    /// A file with the key of a group, base64.
    #[arg(long, value_name = "F")]
    group_key_file: Vec<PathBuf>,
}

/// A key, and how messages name it.
pub(super) struct NamedKey {
    pub(super) key: SasKey,
    pub(super) name: String,
}

/// All keys that were given, of one kind.
pub(super) struct Keys {
    pub(super) keys: Vec<NamedKey>,
    /// Whether they are keys of groups.
    pub(super) of_groups: bool,
}

/// A key that cannot be read: nothing was judged.
pub(super) struct Unreadable {
    /// Of a file.
    pub(super) place: Option<Place>,
    pub(super) rejection: Rejection,
}

impl KeyArguments {
    /// How many of them are to come from standard input.
    pub(super) fn dashes(&self) -> usize {
        let texts = self.key.iter().chain(&self.group_key);
        texts.filter(|text| text.is_dash()).count()
    }

    /// Reads them all, in the order of the options: texts first, then files.
    pub(super) fn read(&self) -> Result<Result<Keys, Unreadable>, Unusable> {
        let of_groups = !(self.group_key.is_empty() && self.group_key_file.is_empty());
        let (texts, files, option) = if of_groups {
            (&self.group_key, &self.group_key_file, "--group-key")
        } else {
            (&self.key, &self.key_file, "--key")
        };
        let mut keys = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let name = match texts.len() {
                1 => option.to_owned(),
                _ => format!("{option}, number {}", index + 1),
            };
            let read;
            let bytes = if text.is_dash() {
                read = input::stdin(LONGEST_KEY)?;
                &read[..]
            } else {
                text.bytes()
            };
            match key_of(bytes) {
                Ok(key) => keys.push(NamedKey { key, name }),
                Err(rejection) => {
                    return Ok(Err(Unreadable {
                        rejection: of_a_path(rejection, text, option).about(Subject::field(name)),
                        place: None,
                    }));
                }
            }
        }
        for path in files {
            let bytes = input::secret(path, LONGEST_KEY)?;
            let place = Place::file(path);
            match key_of(&bytes) {
                Ok(key) => keys.push(NamedKey {
                    key,
                    name: place.to_string(),
                }),
                Err(rejection) => {
                    return Ok(Err(Unreadable {
                        rejection: rejection.about(Subject::field(place.to_string())),
                        place: Some(place),
                    }));
                }
            }
        }
        Ok(Ok(Keys { keys, of_groups }))
    }
}

/// The key in a text as it is typed or stored: the line break after it is the file's, not the key's.
fn key_of(bytes: &[u8]) -> Result<SasKey, Rejection> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = bytes
        .strip_suffix(b"\n")
        .map_or(bytes, |line| line.strip_suffix(b"\r").unwrap_or(line));
    match std::str::from_utf8(bytes) {
        Ok(text) if Form::of(bytes) != Some(Form::Utf16) => SasKey::from_base64(text),
        _ => {
            // The refusal of the core, so that the code and what is expected are its own.
            let refused = SasKey::from_base64("").map(drop).err();
            let (found, remedy) = match Form::of(bytes) {
                Some(form) => (form.found(), form.remedy()),
                None => (
                    "bytes that are no text",
                    "give the bytes in base64 (base64 -w0 FILE)",
                ),
            };
            Err(refused.map_or_else(
                || Rejection::new(provisor::Code::SasKey, Subject::field("symmetricKey")),
                |refused| refused.found(found).remedy(remedy),
            ))
        }
    }
}

/// A path where the text of a key belongs.
fn of_a_path(rejection: Rejection, text: &Hidden, option: &'static str) -> Rejection {
    let is_file = std::str::from_utf8(text.bytes())
        .is_ok_and(|text| !text.is_empty() && std::path::Path::new(text).is_file());
    if !is_file || text.is_dash() {
        return rejection;
    }
    rejection
        .found("the name of a file")
        .remedy(format!("give the file as {option}-file"))
}

/// The text of a token, which is as good as a password until it ends.
pub(super) fn token_text(bytes: &[u8]) -> Result<String, Unusable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match (std::str::from_utf8(bytes), Form::of(bytes)) {
        (_, Some(form @ Form::Utf16)) => Err(Unusable::new(format!(
            "the token: {}; {}",
            form.found(),
            form.remedy()
        ))),
        (Ok(text), _) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
        (Err(_), _) => Err(Unusable::new("the token: not UTF-8 text")),
    }
}

/// What was read of standard input or of a file.
pub(super) type Bytes = SecretBytes;
