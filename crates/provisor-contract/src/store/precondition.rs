//! What a decision was made from, and what became of it.

use provisor::Code;
use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    ProvisioningStatus, Settings, SymmetricKeys,
};
use provisor::registration::{Admitting, Preparation};
use provisor::sas::SasKey;

use super::story::{Script, Story, Told};
use crate::setting::Setting;

/// A lease that is over shows in one way or the other.
const STALE: [Code; 2] = [Code::RegFenced, Code::RegSaveLost];

pub(super) fn another_record(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "prepare-record")?;
    let fence = story.lease(0)?;
    let record = story.record(story.hub_a(), fence, 1);
    story.prepare(Preparation::new(story.decided(fence, 0)))?;
    story.save(&record)?;
    // Whoever did not look it up, or had it from a copy that is behind.
    let to_b = story.removal(story.hub_b(), fence);
    for revision in [0, 2] {
        let of = story.decided(fence, revision);
        let stale = Preparation::new(of).with_removal(to_b.clone());
        story.refuses_preparation(stale, &[Code::RegSaveLost])?;
        story.noted(&[])?;
    }
    let right = Preparation::new(story.decided(fence, 1)).with_removal(to_b.clone());
    story.prepare(right)?;
    story.noted(&[&to_b])?;
    story.delete()?;
    let deleted = Preparation::new(story.decided(fence, 1));
    story.refuses_preparation(deleted, &[Code::RegSaveLost])
}

pub(super) fn another_lease(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "prepare-lease")?;
    let first = story.lease(0)?;
    story.lease(60)?;
    let place = story.removal(story.hub_a(), first);
    let late = Preparation::new(story.decided(first, 0)).with_removal(place);
    story.refuses_preparation(late, &STALE)?;
    story.noted(&[])
}

pub(super) fn individual(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "changed-individual")?;
    let fence = story.lease(0)?;
    let record = story.record(story.hub_a(), fence, 1);
    let place = story.removal(story.hub_a(), fence);
    let changed = Code::RegEnrollmentChanged;
    let refused = |story: &mut Story<'_, '_>| {
        let of = story.before(&record);
        let preparation = Preparation::new(of).with_removal(place.clone());
        story.refuses_preparation(preparation, &[changed])?;
        story.refuses(&record, Some(&place), &[changed])?;
        story.noted(&[])
    };
    let enrolled = story.individual();
    let id = enrolled.registration_id();
    let other = Generation::parse("ffffffffffffffffffffffffffffffff")?;
    let disabled = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
    for edited in [
        enrolled.clone().with_settings(disabled),
        IndividualEnrollment::new(id.clone(), IndividualAttestation::TpmAny, other),
        enrolled
            .clone()
            .with_attestation(IndividualAttestation::SymmetricKey(keys(7)?)),
    ] {
        story.enroll(edited)?;
        refused(&mut story)?;
    }
    story.expel()?;
    refused(&mut story)?;
    // As it was, with other settings: who may is the same.
    let edited = Settings::new().with_iot_hubs([story.hub_b().clone()]);
    story.enroll(enrolled.with_settings(edited))?;
    story.prepare(Preparation::new(story.before(&record)))?;
    story.save(&record)?;
    story.has(&record)
}

pub(super) fn group(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "changed-group")?;
    story.expel()?;
    let fence = story.lease(0)?;
    let record = story.record(story.hub_a(), fence, 1);
    let group_id = setting.group("line")?;
    let made = |key, generation| -> Told<EnrollmentGroup> {
        let attestation = GroupAttestation::SymmetricKey(keys(key)?);
        Ok(EnrollmentGroup::new(
            group_id.clone(),
            attestation,
            generation,
        ))
    };
    let ours = made(7, setting.generation)?;
    let other = Generation::parse("ffffffffffffffffffffffffffffffff")?;
    let disabled = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
    let decided = |story: &Story<'_, '_>| story.decided_by(fence, 0, Admitting::Group(&ours));
    let refused = |story: &mut Story<'_, '_>| {
        let changed = Code::RegEnrollmentChanged;
        let preparation = Preparation::new(decided(story));
        story.refuses_preparation(preparation, &[changed])?;
        let of = decided(story);
        story.refuses_if(&record, of, changed)
    };
    for edited in [
        ours.clone().with_settings(disabled),
        made(7, other)?,
        made(9, setting.generation)?,
    ] {
        story.enroll_group(&edited)?;
        refused(&mut story)?;
    }
    story.delete_group(&ours)?;
    refused(&mut story)?;
    // It is there again, and this device has one of its own by now.
    story.enroll_group(&ours)?;
    story.enroll(story.individual())?;
    refused(&mut story)?;
    story.expel()?;
    story.prepare(Preparation::new(decided(&story)))?;
    let of = decided(&story);
    story.save_if(&record, of)?;
    story.has(&record)
}

pub(super) fn quota(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "quota-first")?;
    let most = story.records()? + 1;
    let fence = story.lease(0)?;
    let record = story.record(story.hub_a(), fence, 1);
    let of = story.before(&record).with_room(most);
    story.prepare(Preparation::new(of))?;
    {
        // Another one was decided at the same time, and is faster.
        let mut other = story.about("quota-other")?;
        let fence = other.lease(0)?;
        let record = other.record(other.hub_a(), fence, 1);
        let of = other.before(&record).with_room(most);
        other.save_if(&record, of)?;
        // The place is taken by this very save.
        let of = other.before(&record).with_room(most);
        other.save_if(&record, of)?;
    }
    let full = Code::ServiceQuota;
    let of = story.before(&record).with_room(most);
    story.refuses_preparation(Preparation::new(of), &[full])?;
    let of = story.before(&record).with_room(most);
    story.refuses_if(&record, of, full)?;
    // What is deleted makes room.
    story.about("quota-other")?.delete()?;
    let of = story.before(&record).with_room(most);
    story.save_if(&record, of)
}

fn keys(byte: u8) -> Told<SymmetricKeys> {
    let [first, second] = [byte, byte + 1].map(|byte| SasKey::from_bytes(&[byte; 32]));
    Ok(SymmetricKeys::new(first?, second?))
}
