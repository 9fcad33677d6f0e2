//! makecredential.json: credentials of tools, of a TPM, and from listed randomness.

use provisor_tpm::credential::{danger_make_credential, open_credential};
use provisor_tpm::sealed::{EncryptedSecret, Sealed};
use provisor_tpm::seed::DangerRandomness;
use provisor_tpm::software::SoftwareKey;
use provisor_tpm::{EkPublic, Name, PublicKey, Secret};

use super::tally::{Tally, Verdict, said, same};
use crate::conformance::entry::Entry;

/// Magic and version of the files that tpm2-tools exchange.
const FILE_HEADER: [u8; 8] = [0xBA, 0xDC, 0xC0, 0xDE, 0, 0, 0, 1];

pub(super) fn run(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for list in ["tool", "tpm_command"] {
        for entry in file.list_of(list)? {
            tally.entry(&entry, |tally| {
                tally.positive(&entry.id(), &judge_foreign(&Case::read(&entry)?));
                Ok(())
            });
        }
    }
    for entry in file.list_of("deterministic")? {
        tally.entry(&entry, |tally| {
            tally.positive(&entry.id(), &judge_exact(&Case::read(&entry)?));
            Ok(())
        });
    }
    for entry in file.list_of("software_ek")? {
        tally.entry(&entry, |tally| {
            let case = Case::read(&entry)?;
            let private = entry.hex("ek_private_pkcs8")?;
            let verdict = judge_exact(&case).and_then(|()| judge_opened(&case, &private));
            tally.positive(&entry.id(), &verdict);
            Ok(())
        });
    }
    Ok(())
}

/// The fields that all four lists share.
struct Case {
    ek_public: Vec<u8>,
    object_name: Vec<u8>,
    secret: Vec<u8>,
    credential_blob: Vec<u8>,
    encrypted_secret: Vec<u8>,
    file: Option<Vec<u8>>,
    randomness: Option<Listed>,
}

impl Case {
    fn read(entry: &Entry) -> Result<Self, String> {
        Ok(Self {
            ek_public: entry.hex("ek_public")?,
            object_name: entry.hex("object_name")?,
            secret: entry.hex("secret")?,
            credential_blob: entry.hex("credential_blob")?,
            encrypted_secret: entry.hex("encrypted_secret")?,
            file: match entry.has("file") {
                true => Some(entry.hex("file")?),
                false => None,
            },
            randomness: Listed::read(entry, "ephemeral_private")?,
        })
    }
}

/// Randomness as the files list it.
pub(super) struct Listed {
    seed: Vec<u8>,
    oaep_seed: Vec<u8>,
    ephemeral: Vec<u8>,
}

impl Listed {
    /// `None` when the entry lists none.
    pub(super) fn read(entry: &Entry, ephemeral: &str) -> Result<Option<Self>, String> {
        let optional = |name: &str| match entry.has(name) {
            true => entry.hex(name),
            false => Ok(Vec::new()),
        };
        let listed = Self {
            seed: optional("seed")?,
            oaep_seed: optional("oaep_seed")?,
            ephemeral: optional(ephemeral)?,
        };
        Ok((!listed.oaep_seed.is_empty() || !listed.ephemeral.is_empty()).then_some(listed))
    }

    /// For this key; an ephemeral scalar may be padded beyond the field.
    pub(super) fn for_key(&self, key: &PublicKey) -> DangerRandomness<'_> {
        match key {
            PublicKey::Rsa(_) => DangerRandomness::Rsa {
                seed: &self.seed,
                oaep_seed: &self.oaep_seed,
            },
            PublicKey::Ecc(ecc) => {
                let surplus = self
                    .ephemeral
                    .len()
                    .saturating_sub(ecc.curve().field_bytes());
                DangerRandomness::Ecc {
                    ephemeral: self.ephemeral.get(surplus..).unwrap_or_default(),
                }
            }
        }
    }
}

/// Made by others from randomness that nobody wrote down: the inputs must be acceptable and the
/// outputs of the form and the sizes that ours have.
fn judge_foreign(case: &Case) -> Verdict {
    let ek = said(EkPublic::from_tpm2b(&case.ek_public))?;
    said(Name::from_bytes(&case.object_name))?;
    said(Secret::new(&case.secret))?;
    check_id_object(&ek, case)?;
    check_encrypted_secret(&ek, &case.encrypted_secret)?;
    match &case.file {
        Some(file) => {
            let ours = [
                &FILE_HEADER[..],
                &case.credential_blob,
                &case.encrypted_secret,
            ]
            .concat();
            same("file", &ours, file)
        }
        None => Ok(()),
    }
}

/// An HMAC of the key's hash, and the secret with its size.
fn check_id_object(ek: &EkPublic, case: &Case) -> Verdict {
    let sealed = said(Sealed::id_object(&case.credential_blob))?;
    let digest = ek.template().name_alg().digest_bytes();
    if sealed.integrity.len() != digest || sealed.encrypted.len() != case.secret.len() + 2 {
        return Err("credential_blob: other sizes than ours".to_owned());
    }
    same(
        "TPM2B_ID_OBJECT",
        &said(sealed.to_tpm2b())?,
        &case.credential_blob,
    )
}

fn check_encrypted_secret(ek: &EkPublic, bytes: &[u8]) -> Verdict {
    let secret = said(EncryptedSecret::parse(bytes, ek.public_key()))?;
    same("TPM2B_ENCRYPTED_SECRET", &said(secret.to_tpm2b())?, bytes)
}

/// The bytes from the listed randomness.
fn judge_exact(case: &Case) -> Verdict {
    let ek = said(EkPublic::from_tpm2b(&case.ek_public))?;
    let name = said(Name::from_bytes(&case.object_name))?;
    let secret = said(Secret::new(&case.secret))?;
    let randomness = case.randomness.as_ref().ok_or("no randomness is listed")?;
    let randomness = randomness.for_key(ek.public_key());
    let made = said(danger_make_credential(&ek, &name, &secret, &randomness))?;
    same("credential_blob", &made.id_object, &case.credential_blob)?;
    same(
        "encrypted_secret",
        &made.encrypted_secret,
        &case.encrypted_secret,
    )
}

/// The private half opens it again.
fn judge_opened(case: &Case, private: &[u8]) -> Verdict {
    let opened = open(
        private,
        &case.ek_public,
        &case.object_name,
        &case.credential_blob,
        &case.encrypted_secret,
    )?;
    same("opened secret", opened.expose(), &case.secret)
}

/// Opens a credential with the private key of a software TPM.
pub(super) fn open(
    private: &[u8],
    ek_public: &[u8],
    object_name: &[u8],
    credential_blob: &[u8],
    encrypted_secret: &[u8],
) -> Result<Secret, String> {
    let ek = said(EkPublic::from_tpm2b(ek_public))?;
    let private = said(SoftwareKey::from_pkcs8(private))?;
    let name = said(Name::from_bytes(object_name))?;
    said(open_credential(
        &private,
        &ek,
        &name,
        credential_blob,
        encrypted_secret,
    ))
}
