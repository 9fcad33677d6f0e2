//! dps_blob.json: whole activation blobs, from listed randomness.

use provisor_tpm::activation::{ActivationBlob, ActivationFields, DangerBlobRandomness};
use provisor_tpm::credential::danger_make_credential;
use provisor_tpm::duplicate::danger_duplicate;
use provisor_tpm::{EkPublic, HashAlg, Public, Secret, SrkPublic};

use super::credential::Listed;
use super::tally::{Tally, Verdict, said, same};
use crate::conformance::entry::Entry;

pub(super) fn run(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for list in ["tpm", "software"] {
        for entry in file.list_of(list)? {
            tally.entry(&entry, |tally| {
                tally.positive(&entry.id(), &judge(&Case::read(&entry)?));
                Ok(())
            });
        }
    }
    Ok(())
}

struct Case {
    ek_public: Vec<u8>,
    srk_public: Vec<u8>,
    identity_key: Vec<u8>,
    uri: Vec<u8>,
    auth_policy: String,
    inner_key: Vec<u8>,
    obfuscation: Vec<u8>,
    ek_random: Option<Listed>,
    srk_random: Option<Listed>,
    id_public: Vec<u8>,
    sensitive: Vec<u8>,
    fields: Vec<(String, Vec<u8>)>,
    blob: Vec<u8>,
    macs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Case {
    fn read(entry: &Entry) -> Result<Self, String> {
        let fields = entry.get("fields")?.fields()?;
        let macs = entry.list_of("hmac")?;
        Ok(Self {
            ek_public: entry.hex("ek_public")?,
            srk_public: entry.hex("srk_public")?,
            identity_key: entry.hex("identity_key")?,
            uri: entry.hex("uri")?,
            auth_policy: entry.text("auth_policy")?,
            inner_key: entry.hex("inner_key")?,
            obfuscation: entry.hex("obfuscation")?,
            ek_random: Listed::read(&entry.get("ek_random")?, "ephemeral")?,
            srk_random: Listed::read(&entry.get("srk_random")?, "ephemeral")?,
            id_public: entry.hex("id_public")?,
            sensitive: entry.hex("sensitive")?,
            fields: fields
                .into_iter()
                .map(|(name, value)| Ok((name, value.as_hex()?)))
                .collect::<Result<_, String>>()?,
            blob: entry.hex("blob")?,
            macs: macs
                .into_iter()
                .map(|mac| Ok((mac.hex("data")?, mac.hex("mac")?)))
                .collect::<Result<_, String>>()?,
        })
    }
}

fn judge(case: &Case) -> Verdict {
    same("blob", &make(case)?, &case.blob)?;
    check_fields(case)?;
    for (data, mac) in &case.macs {
        let ours = HashAlg::Sha256.hmac(&case.identity_key, &[data]);
        same("HMAC under the identity key", ours.as_ref(), mac)?;
    }
    Ok(())
}

fn make(case: &Case) -> Result<Vec<u8>, String> {
    let ek = said(EkPublic::from_tpm2b(&case.ek_public))?;
    let srk = said(SrkPublic::from_tpm2b(&case.srk_public))?;
    let inner_key = said(Secret::new(&case.inner_key))?;
    let identity_key = said(Secret::new(&case.identity_key))?;
    let ek_random = case.ek_random.as_ref().ok_or("no ek_random is listed")?;
    let srk_random = case.srk_random.as_ref().ok_or("no srk_random is listed")?;
    let randomness = DangerBlobRandomness::new(
        &inner_key,
        &case.obfuscation,
        ek_random.for_key(ek.public_key()),
        srk_random.for_key(srk.public_key()),
    );
    if case.auth_policy == "none" {
        let uri = &case.uri;
        let blob = ActivationBlob::danger_deliver(&ek, &srk, &identity_key, uri, &randomness);
        return Ok(said(blob)?.as_bytes().to_vec());
    }
    // We never issue an identity key with a policy; its two wrappers are checked all the same.
    let public = said(Public::from_tpm2b(&case.id_public))?;
    let parent = srk.storage_key();
    let (inner, random) = (Some(&inner_key), &randomness.srk);
    let wrapped = said(danger_duplicate(
        parent,
        &public,
        &case.sensitive,
        inner,
        random,
    ))?;
    let credential = said(danger_make_credential(
        &ek,
        srk.name(),
        &inner_key,
        &randomness.ek,
    ))?;
    let last = case.fields.iter().find(|(name, _)| name == "enc_uri_data");
    Ok([
        &credential.id_object[..],
        &credential.encrypted_secret,
        &wrapped.duplicate,
        &wrapped.in_sym_seed,
        &case.id_public,
        last.map_or(&[][..], |(_, value)| value),
    ]
    .concat())
}

fn check_fields(case: &Case) -> Verdict {
    let cut = said(ActivationFields::split(&case.blob))?;
    for (name, theirs) in &case.fields {
        same(name, field(&cut, name)?, theirs)?;
    }
    Ok(())
}

/// The field of that name in the files.
pub(super) fn field<'a>(fields: &ActivationFields<'a>, name: &str) -> Result<&'a [u8], String> {
    match name {
        "credential_blob" => Ok(fields.credential_blob),
        "encrypted_secret" => Ok(fields.encrypted_secret),
        "duplicate" => Ok(fields.duplicate),
        "in_sym_seed" => Ok(fields.in_sym_seed),
        "id_key_public" => Ok(fields.id_key_public),
        "enc_uri_data" => Ok(fields.enc_uri_data),
        other => Err(format!("no field {other:?} in a blob")),
    }
}
