//! Challenges.

use provisor::registration::ChallengeFact;

use super::story::{Script, Stop, Story, Told};
use crate::setting::Setting;

pub(super) fn is_taken_once(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "challenge-once")?;
    let fence = story.lease(0)?;
    story.keep_challenge(fence, 1)?;
    story.takes_challenge(fence, 1)?;
    for _ in 0..2 {
        if let ChallengeFact::Open(_) = story.take_challenge(fence)? {
            return Stop::broken("one challenge was taken twice");
        }
    }
    // Nor is it there for the next one, whoever took it is gone or not.
    let next = story.lease(60)?;
    match story.take_challenge(next)? {
        ChallengeFact::Open(_) => Stop::broken("one challenge was taken by two leases"),
        _ => Ok(()),
    }
}

pub(super) fn is_put_back(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "challenge-back")?;
    let fence = story.lease(0)?;
    story.keep_challenge(fence, 1)?;
    // Strangers answer wrongly.
    story.release(fence)?;
    for from in [1, 2] {
        let stranger = story.lease(from)?;
        story.takes_challenge(stranger, 1)?;
        story.keep_challenge(stranger, 1)?;
        story.release(stranger)?;
    }
    let next = story.lease(3)?;
    story.takes_challenge(next, 1)
}

pub(super) fn the_latest_counts(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "challenge-latest")?;
    let first = story.lease(0)?;
    story.keep_challenge(first, 1)?;
    story.keep_challenge(first, 2)?;
    let second = story.lease(60)?;
    story.keep_challenge(second, 3)?;
    story.refuses_challenge(first, 4)?;
    story.takes_challenge(second, 3)
}

pub(super) fn is_retired(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "challenge-retired")?;
    let fence = story.lease(0)?;
    story.keep_challenge(fence, 1)?;
    let elsewhere = story.about("challenge-other")?.lease(0)?;
    story
        .about("challenge-other")?
        .keep_challenge(elsewhere, 2)?;
    story.takes_challenge(fence, 1)?;
    story.retire_challenge(fence)?;
    match story.take_challenge(fence)? {
        ChallengeFact::Retired => {}
        other => {
            return Stop::broken(format!(
                "expected the memory of an answered challenge, found {other:?}"
            ));
        }
    }
    story
        .about("challenge-other")?
        .takes_challenge(elsewhere, 2)?;
    // A new challenge ends the memory.
    story.keep_challenge(fence, 3)?;
    story.takes_challenge(fence, 3)
}
