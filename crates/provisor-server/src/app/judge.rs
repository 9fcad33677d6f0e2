//! The facts of a question, and what the engine makes of them. Nothing is waited for here.

use provisor::Rejection;
use provisor::attestation::EnrollmentRef;
use provisor::quota::RecordQuota;
use provisor::registration::{
    AdmissionPass, Admittance, Assigned, ChallengeFact, ChallengeMode, Decision, Entry, Facts,
    Fence, RegistrationRecord, RegistrationRequest,
};

use super::question::Question;
use super::shown::Shown;
use super::{App, State};
use crate::store::{Device, Leased};

impl App {
    /// What the question is worth, before anything is spent on it.
    pub(super) fn admit(
        &self,
        question: &Question,
        shown: &Shown,
        device: &Device,
    ) -> Result<Admittance, Rejection> {
        let now = self.clock.now();
        self.judge(
            (question, shown, device),
            None,
            None,
            |state, request, facts| state.engine.admit(request, facts, now, &mut &*self.random),
        )
    }

    /// What is decided about an admitted question under the lease.
    pub(super) fn decide(
        &self,
        question: &Question,
        shown: &Shown,
        pass: &AdmissionPass,
        leased: Leased,
        quota: RecordQuota,
    ) -> Result<Decision, Rejection> {
        let now = self.clock.now();
        let Leased {
            fence,
            device,
            challenge,
        } = leased;
        self.judge(
            (question, shown, &device),
            Some((fence, quota)),
            challenge,
            |state, request, facts| {
                let engine = &state.engine;
                engine.decide_admitted(request, pass, facts, now, &mut &*self.random)
            },
        )
    }

    /// What a TPM was given by the registration that this very answer led to.
    pub(super) fn recall(
        &self,
        question: &Question,
        shown: &Shown,
        device: &Device,
    ) -> Option<Box<Assigned>> {
        if !shown.answers_challenge() {
            return None;
        }
        let now = self.clock.now();
        let about = (question, shown, device);
        self.judge(about, None, None, |state, request, facts| {
            state.engine.recall(request, facts, now, &mut &*self.random)
        })
        .ok()
        .flatten()
    }

    /// Whether the lease takes an open challenge out.
    pub(super) fn takes_challenge(&self, shown: &Shown) -> bool {
        shown.answers_challenge() && self.shared().rules.challenges == ChallengeMode::Stored
    }

    /// Whether the record is one of the enrollment that a device which was admitted now has: whoever made
    /// the enrollment anew does not learn where another device was.
    pub(super) fn stands(&self, device: &Device, record: &RegistrationRecord) -> bool {
        let state = self.shared();
        match (&record.enrollment, &device.individual) {
            (EnrollmentRef::Individual, Some(individual)) => {
                individual.value.generation() == record.generation
            }
            (EnrollmentRef::Group(id), None) => {
                let group = state.groups.get(id.normal_form());
                group.is_some_and(|group| group.value.generation() == record.generation)
            }
            _ => false,
        }
    }

    fn judge<T>(
        &self,
        (question, shown, device): (&Question, &Shown, &Device),
        lease: Option<(Fence, RecordQuota)>,
        challenge: Option<ChallengeFact>,
        judge: impl FnOnce(&State, &RegistrationRequest<'_>, Facts<'_>) -> T,
    ) -> Result<T, Rejection> {
        let ring = self.keyring.get();
        let state = &*self.shared();
        shown.request(&question.scope, &question.id, |request| {
            let needs = state.engine.needs(request)?;
            let individual = device.individual.as_ref().map(|stored| &stored.value);
            let known = device.entry.as_deref().map(Entry::known);
            let found = state.index.find(&needs.issuers, individual);
            let table = state.rules.latencies.as_ref();
            let latencies = table.map_or(&[][..], |table| table.latencies(question.address));
            let facts = match lease {
                Some((fence, quota)) => Facts::new(&state.linked, individual, known, fence, quota),
                None => Facts::without_lease(&state.linked, individual, known),
            };
            let mut facts = facts
                .with_latencies(latencies)
                .with_sticky_client(question.sticky);
            if needs.groups {
                facts = facts.with_found_groups(&found);
            }
            if needs.symmetric_key_groups {
                facts = facts.with_symmetric_key_groups(state.index.symmetric_key_groups());
            }
            if needs.tpm_vendors {
                facts = facts.with_tpm_vendors(state.rules.tpm_vendors.as_ref());
            }
            if let Some(challenge) = challenge {
                facts = facts.with_challenge(challenge);
            }
            if needs.keyring
                && let Some(ring) = &ring
            {
                facts = facts.with_keyring(ring);
            }
            Ok(judge(state, request, facts))
        })
    }
}
