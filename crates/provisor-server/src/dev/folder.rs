//! What lies in the folder of a server for development. What is there is used again.

use std::fs;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use data_encoding::BASE32_NOPAD;
use provisor::enrollment::SymmetricKeys;
use provisor::sas::SasKey;
use provisor::tpm::Random;
use provisor::{IdScope, Rejection};
use serde::{Deserialize, Serialize};

use super::names;
use super::pki::{self, Line, Pem};

/// Why a folder cannot be used.
#[derive(Debug)]
pub struct FolderError(String);

/// The folder, with everything that a server for development needs.
#[allow(missing_debug_implementations, reason = "it has private keys")]
#[non_exhaustive]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// The ID scope.
    pub scope: IdScope,
    /// The keys of the service's owner.
    pub owner: SymmetricKeys,
    /// The keys of the hubs' owner.
    pub hubs: SymmetricKeys,
    /// The keys of the individual enrollment.
    pub individual: SymmetricKeys,
    /// The keys of the group.
    pub group: SymmetricKeys,
    /// What the operators' port asks for.
    pub token: String,
    /// The CA of the server's certificate.
    pub ca: Pem,
    /// The server's certificate.
    pub server: Pem,
    /// The line of devices.
    pub line: Line,
}

/// What the file `provisor-dev.json` has.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kept {
    id_scope: String,
    owner: [String; 2],
    hubs: [String; 2],
    individual: [String; 2],
    group: [String; 2],
    token: String,
    /// The names for which the server's certificate is.
    names: Vec<String>,
}

impl Folder {
    /// Opens the folder, and makes what is missing. The server's certificate is made anew when it is not
    /// for all of these names and addresses.
    ///
    /// # Errors
    /// What the system says; a file that is not what was written there.
    pub fn open(
        path: &Path,
        names: &[String],
        addresses: &[IpAddr],
        random: &mut dyn Random,
    ) -> Result<Self, FolderError> {
        let at =
            |file: &Path, error: io::Error| FolderError(format!("{}: {error}", file.display()));
        fs::create_dir_all(path).map_err(|e| at(path, e))?;
        let file = path.join("provisor-dev.json");
        let kept = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|e| FolderError(format!("{}: {e}", file.display())))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::draw(random)?,
            Err(error) => return Err(at(&file, error)),
        };
        let ca = pem(path, "ca", pki::ca)?;
        let line = line(path)?;
        let wanted: Vec<String> = names
            .iter()
            .cloned()
            .chain(addresses.iter().map(ToString::to_string))
            .collect();
        let fresh = wanted.iter().all(|name| kept.names.contains(name));
        if !fresh {
            let server = pki::server(&ca, names, addresses).map_err(making)?;
            store(path, "server", &server)?;
        }
        let server = pem(path, "server", || pki::server(&ca, names, addresses))?;
        let folder = Self {
            path: path.to_owned(),
            scope: IdScope::parse(&kept.id_scope)?,
            owner: keys(&kept.owner)?,
            hubs: keys(&kept.hubs)?,
            individual: keys(&kept.individual)?,
            group: keys(&kept.group)?,
            token: kept.token.clone(),
            ca,
            server,
            line,
        };
        if !fresh {
            let kept = Kept {
                names: wanted,
                ..kept
            };
            let text = serde_json::to_vec_pretty(&kept).map_err(|e| FolderError(e.to_string()))?;
            secret(&file, &text)?;
        }
        Ok(folder)
    }

    /// A file in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Kept {
    fn draw(random: &mut dyn Random) -> Result<Self, Rejection> {
        let mut bytes = [0; 20];
        random.fill(&mut bytes)?;
        let text = BASE32_NOPAD.encode(&bytes);
        let mut pair = || {
            let drawn = SymmetricKeys::generate(random)?;
            Ok::<_, Rejection>([drawn.primary(), drawn.secondary()].map(base64))
        };
        Ok(Self {
            id_scope: format!("0ne{}", text.get(..8).unwrap_or_default()),
            token: text.get(8..).unwrap_or_default().to_ascii_lowercase(),
            owner: pair()?,
            hubs: pair()?,
            individual: pair()?,
            group: pair()?,
            names: Vec::new(),
        })
    }
}

/// A key as text.
#[must_use]
pub fn base64(key: &SasKey) -> String {
    key.expose_base64().to_string()
}

fn keys([primary, secondary]: &[String; 2]) -> Result<SymmetricKeys, FolderError> {
    let primary = SasKey::from_base64(primary)?;
    Ok(SymmetricKeys::new(primary, SasKey::from_base64(secondary)?))
}

fn line(path: &Path) -> Result<Line, FolderError> {
    let files = [names::ROOT, names::INTERMEDIATE, names::DEVICE];
    let found = files.map(|name| read(path, name));
    if let [Some(root), Some(intermediate), Some(device)] = found {
        return Ok(Line {
            root,
            intermediate,
            device,
        });
    }
    let line = pki::line("provisor sample", names::X509_DEVICE).map_err(making)?;
    for (name, pem) in files
        .iter()
        .zip([&line.root, &line.intermediate, &line.device])
    {
        store(path, name, pem)?;
    }
    Ok(line)
}

fn pem(
    path: &Path,
    name: &str,
    make: impl FnOnce() -> Result<Pem, rcgen::Error>,
) -> Result<Pem, FolderError> {
    if let Some(found) = read(path, name) {
        return Ok(found);
    }
    let made = make().map_err(making)?;
    store(path, name, &made)?;
    Ok(made)
}

fn read(path: &Path, name: &str) -> Option<Pem> {
    Some(Pem {
        certificates: fs::read_to_string(path.join(format!("{name}.pem"))).ok()?,
        key: fs::read_to_string(path.join(format!("{name}.key"))).ok()?,
    })
}

fn store(path: &Path, name: &str, pem: &Pem) -> Result<(), FolderError> {
    let file = path.join(format!("{name}.pem"));
    fs::write(&file, &pem.certificates)
        .map_err(|e| FolderError(format!("{}: {e}", file.display())))?;
    secret(&path.join(format!("{name}.key")), pem.key.as_bytes())
}

/// Writes a file that nobody else may read.
pub(crate) fn secret(file: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .and_then(|mut open| open.write_all(bytes))
        .map_err(|e| FolderError(format!("{}: {e}", file.display())))
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn making(error: rcgen::Error) -> FolderError {
    FolderError(format!("a certificate cannot be made: {error}"))
}

impl From<Rejection> for FolderError {
    fn from(rejection: Rejection) -> Self {
        Self(rejection.to_string())
    }
}

impl std::fmt::Display for FolderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FolderError {}
