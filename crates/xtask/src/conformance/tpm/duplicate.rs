//! duplicate.json: objects wrapped for a storage parent, from listed randomness.

use provisor_tpm::duplicate::danger_duplicate;
use provisor_tpm::{Public, Secret, SrkPublic};

use super::credential::Listed;
use super::tally::{Tally, Verdict, said, same};
use crate::conformance::entry::Entry;

pub(super) fn run(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for entry in file.list()? {
        tally.entry(&entry, |tally| {
            let case = Case {
                parent_public: entry.hex("parent_public")?,
                object_public: entry.hex("object_public")?,
                object_name: entry.hex("object_name")?,
                sensitive: entry.hex("sensitive")?,
                inner_key: entry.hex("inner_key")?,
                duplicate: entry.hex("duplicate")?,
                in_sym_seed: entry.hex("in_sym_seed")?,
                randomness: Listed::read(&entry, "ephemeral_private")?,
            };
            tally.positive(&entry.id(), &judge(&case));
            Ok(())
        });
    }
    Ok(())
}

struct Case {
    parent_public: Vec<u8>,
    object_public: Vec<u8>,
    object_name: Vec<u8>,
    sensitive: Vec<u8>,
    inner_key: Vec<u8>,
    duplicate: Vec<u8>,
    in_sym_seed: Vec<u8>,
    randomness: Option<Listed>,
}

fn judge(case: &Case) -> Verdict {
    let parent = said(SrkPublic::from_tpm2b(&case.parent_public))?;
    let object = said(Public::from_tpm2b(&case.object_public))?;
    same("Name", object.name().as_bytes(), &case.object_name)?;
    // An empty inner key stands for no inner wrapper.
    let inner_key = match case.inner_key.is_empty() {
        true => None,
        false => Some(said(Secret::new(&case.inner_key))?),
    };
    let randomness = case.randomness.as_ref().ok_or("no randomness is listed")?;
    let made = said(danger_duplicate(
        parent.storage_key(),
        &object,
        &case.sensitive,
        inner_key.as_ref(),
        &randomness.for_key(parent.public_key()),
    ))?;
    same("duplicate", &made.duplicate, &case.duplicate)?;
    same("in_sym_seed", &made.in_sym_seed, &case.in_sym_seed)
}
