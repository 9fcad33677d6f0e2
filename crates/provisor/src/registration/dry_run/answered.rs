//! What would follow if the TPM answered its challenge.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};

use provisor_report::UnixTime;
use provisor_tpm::Random;

use super::super::challenge::OpenChallenge;
use super::super::facts::ChallengeFact;
use super::super::request::{Evidence, RegistrationRequest, TpmAnswer};
use super::super::service::Service;
use super::consequences::Consequences;
use super::store::DryRunStore;
use crate::limits;
use crate::sas::{Resource, SasKey};

/// What a right answer to the challenge would come to. The engine judges it as it judges any other: the one
/// thing that is different is who knew the secret.
pub(super) fn of<'a>(
    service: &Service,
    request: &RegistrationRequest<'_>,
    store: &DryRunStore<'a>,
    open: Option<OpenChallenge>,
    now: UnixTime,
    random: &mut dyn Random,
) -> Option<Consequences<'a>> {
    let Evidence::TpmKeys(keys) = request.evidence else {
        return None;
    };
    let key = match &open {
        Some(open) => open.key(),
        None => service.key_of_challenge(request, keys, &store.facts(), now),
    };
    // A challenge was made of these keys a moment ago.
    let token = answer(service, request, &key.ok()?, now);
    let answered = RegistrationRequest {
        evidence: Evidence::TpmAnswer {
            answer: TpmAnswer::Token(&token),
            keys: Some(keys),
        },
        ..request.clone()
    };
    let (then, _) = Consequences::within_quota(service, &answered, store, |facts| {
        let challenge = open.as_ref().map_or(ChallengeFact::None, |open| {
            ChallengeFact::Open(Box::new(open.copy()))
        });
        service.decide(&answered, facts.with_challenge(challenge), now, random)
    });
    Some(then)
}

/// As a device makes it.
fn answer(
    service: &Service,
    request: &RegistrationRequest<'_>,
    key: &SasKey,
    now: UnixTime,
) -> String {
    let resource = Resource::registration(service.scope(), &request.registration_id);
    // Good for a moment by whatever clock and whatever longest life.
    let expires = now.saturating_add(limits::SAS_CLOCK_SKEW_SECONDS);
    key.sign(&resource, expires).to_string()
}
