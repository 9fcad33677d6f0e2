//! Data of other projects: key derivations, sealed seeds, recorded blobs, old credentials.

use provisor_tpm::activation::ActivationFields;
use provisor_tpm::attest::{Attest, Nonce, verify_creation};
use provisor_tpm::credential::danger_make_credential;
use provisor_tpm::marshal::Writer;
use provisor_tpm::seed::{DangerRandomness, SeedLabel, danger_seal_to};
use provisor_tpm::{AkPublic, AlgId, EkPublic, HashAlg, Name, Public, Rejection, Secret, kdf};

use super::blob::field;
use super::credential::Listed;
use super::names::check_name;
use super::tally::{Tally, Verdict, said, same};
use crate::conformance::entry::Entry;

/// kdf.json: known answers of both derivations.
pub(super) fn kdf(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for (list, secret) in [("kdfa", "Key"), ("kdfe", "Z")] {
        for entry in file.list_of(list)? {
            tally.entry(&entry, |tally| {
                let id = u16::try_from(entry.number("HashAlg")?).map_err(|e| e.to_string())?;
                let bits = u32::try_from(entry.number("Bits")?).map_err(|e| e.to_string())?;
                let (key, label) = (entry.hex(secret)?, entry.text("Label")?);
                let (u, v) = (entry.hex("ContextU")?, entry.hex("ContextV")?);
                let derive = |hash| match list {
                    "kdfa" => kdf::kdfa(hash, &key, label.as_bytes(), &u, &v, bits),
                    _ => kdf::kdfe(hash, &key, label.as_bytes(), &u, &v, bits),
                };
                let expected = entry.hex("Result")?;
                let verdict = HashAlg::from_id(AlgId::new(id))
                    .ok_or_else(|| format!("hash {id} is not computed here"))
                    .and_then(|hash| said(derive(hash)))
                    .and_then(|ours| same(list, &ours, &expected));
                tally.positive(&format!("{list}/{}", entry.id()), &verdict);
                Ok(())
            });
        }
    }
    Ok(())
}

/// labeled_encaps.json: seeds sealed to keys of every kind, also ones that no profile accepts.
pub(super) fn labeled_encaps(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for list in ["rsa", "ecc"] {
        for entry in file.list_of(list)? {
            tally.entry(&entry, |tally| {
                let public = entry.hex("PublicKey")?;
                let secret = entry.hex("Secret")?;
                let expected = entry.hex("Ciphertext")?;
                let label = entry.text("Label")?;
                let (salt, scalar) = match list {
                    "rsa" => (entry.hex("OAEPSalt")?, Vec::new()),
                    _ => (Vec::new(), entry.hex("EphemeralPrivate")?),
                };
                let randomness = match list {
                    "rsa" => DangerRandomness::Rsa {
                        seed: &secret,
                        oaep_seed: &salt,
                    },
                    _ => DangerRandomness::Ecc { ephemeral: &scalar },
                };
                let verdict = judge_sealed(&public, &label, &randomness, &secret, &expected);
                tally.positive(&format!("{list}/{}", entry.id()), &verdict);
                Ok(())
            });
        }
    }
    Ok(())
}

fn judge_sealed(
    public: &[u8],
    label: &str,
    randomness: &DangerRandomness<'_>,
    secret: &[u8],
    expected: &[u8],
) -> Verdict {
    let public = said(Public::from_tpmt(public))?;
    let label = [SeedLabel::Duplicate, SeedLabel::Identity, SeedLabel::Secret]
        .into_iter()
        .find(|known| known.bytes() == label.as_bytes())
        .ok_or_else(|| format!("no label {label:?}"))?;
    let sealed = said(danger_seal_to(&public, label, randomness))?;
    same("Secret", sealed.seed(), secret)?;
    same("Ciphertext", sealed.encrypted(), expected)
}

/// dps_service_samples.json: blobs of the real service, and keys with their registration ids.
pub(super) fn service_samples(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for entry in file.list_of("challenge_blobs")? {
        tally.entry(&entry, |tally| {
            let blob = entry.hex("blob")?;
            let mut fields = Vec::new();
            for (name, value) in entry.get("fields")?.fields()? {
                fields.push((name, value.as_hex()?));
            }
            tally.positive(&entry.id(), &judge_blob(&blob, &fields));
            Ok(())
        });
    }
    for entry in file.list_of("endorsement_keys")? {
        tally.entry(&entry, |tally| {
            let public = entry.hex("ek_public")?;
            let name = entry.hex("name")?;
            let id = entry.text("registration_id")?;
            let verdict =
                check_name(&public, &name).and_then(|()| judge_registration(&public, &id));
            tally.positive(&entry.id(), &verdict);
            Ok(())
        });
    }
    Ok(())
}

fn judge_blob(blob: &[u8], fields: &[(String, Vec<u8>)]) -> Verdict {
    let cut = said(ActivationFields::split(blob))?;
    said(Public::from_tpm2b(cut.id_key_public))?;
    for (name, theirs) in fields {
        same(name, field(&cut, name)?, theirs)?;
    }
    Ok(())
}

fn judge_registration(public: &[u8], expected: &str) -> Verdict {
    let ek = said(EkPublic::from_tpm2b(public))?;
    let ours = provisor::RegistrationId::from_ek(&ek);
    same(
        "registration id",
        ours.as_str().as_bytes(),
        expected.as_bytes(),
    )
}

/// third_party.json: credentials and creations recorded by other libraries.
pub(super) fn others(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for entry in file.list_of("go_tpm_legacy_credential")? {
        tally.entry(&entry, |tally| {
            let random = entry.get("random")?;
            let case = Legacy {
                ek_public: entry.hex("ek_public")?,
                object_name: entry.hex("object_name")?,
                secret: entry.hex("secret")?,
                blob: entry.hex("blob")?,
                randomness: Listed::read(&random, "ephemeral_private")?,
            };
            tally.positive(&entry.id(), &judge_legacy(&case));
            Ok(())
        });
    }
    for entry in file.list_of("go_attestation_ak")? {
        tally.entry(&entry, |tally| {
            let case = Recorded {
                public: entry.hex("public")?,
                name: entry.hex("name")?,
                creation_data: entry.hex("create_data")?,
                attest: entry.hex("attest")?,
                signature: entry.hex("signature")?,
            };
            tally.positive(&entry.id(), &judge_recorded(&case));
            Ok(())
        });
    }
    Ok(())
}

struct Legacy {
    ek_public: Vec<u8>,
    object_name: Vec<u8>,
    secret: Vec<u8>,
    blob: Vec<u8>,
    randomness: Option<Listed>,
}

fn judge_legacy(case: &Legacy) -> Verdict {
    let ek = said(EkPublic::from_tpm2b(&case.ek_public))?;
    let name = said(Name::from_bytes(&case.object_name))?;
    let secret = said(Secret::new(&case.secret))?;
    let randomness = case.randomness.as_ref().ok_or("no randomness is listed")?;
    let randomness = randomness.for_key(ek.public_key());
    let made = said(danger_make_credential(&ek, &name, &secret, &randomness))?;
    let ours = [&made.id_object[..], &made.encrypted_secret].concat();
    same("blob", &ours, &case.blob)
}

struct Recorded {
    public: Vec<u8>,
    name: Vec<u8>,
    creation_data: Vec<u8>,
    attest: Vec<u8>,
    signature: Vec<u8>,
}

/// These keys of real TPMs sign with SHA-1: accepted through the lenient door, and only there.
fn judge_recorded(case: &Recorded) -> Verdict {
    let public = said(Public::from_tpmt(&case.public))?;
    same("Name", public.name().as_bytes(), &case.name)?;
    let sized = said(with_size(&case.public))?;
    if AkPublic::from_tpm2b(&sized).is_ok() {
        return Err("a key that signs with SHA-1 is accepted without leniency".to_owned());
    }
    let ak = said(AkPublic::lenient_sha1_from_tpm2b(&sized))?;
    // The nonce was not recorded: it is taken from the attestation, which proves nothing fresh.
    let attest = said(Attest::parse(&case.attest))?;
    let nonce = Nonce::danger_any(attest.extra_data);
    let (name, data) = (ak.name(), &case.creation_data);
    said(verify_creation(
        &ak,
        &case.attest,
        &case.signature,
        &nonce,
        name,
        data,
    ))
    .map(drop)
}

fn with_size(bytes: &[u8]) -> Result<Vec<u8>, Rejection> {
    let mut writer = Writer::new();
    writer.sized(bytes)?;
    Ok(writer.finish())
}
