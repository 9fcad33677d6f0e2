//! One registration, from facts to answer, and what is done for it in between.

use provisor::enrollment::{EnrollmentGroup, ProvisioningStatus};
use provisor::registration::{
    Admittance, AllocationAnswer, Due, Effect, Entry, Evidence, Facts, RegistrationRequest,
    Response, SasText, Step, TpmAnswer, TpmKeys,
};
use provisor::{Class, Code, Rejection, Subject};

use super::actors::{Factory, Key, actors};
use super::fault::Fault;
use super::hubs::{Data, Put, Write, known_by, place};
use super::world::{Flight, World};

/// What becomes of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Done,
    /// It is carried out twice: its answer was lost.
    Twice,
    /// It is on its way, and nobody waits for it: the caller gives up.
    Late,
}

/// What a caller reads of the record before he lets the engine decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    Store,
    /// A copy that does not have the last write.
    Behind,
    /// He forgets to look.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    Admission,
    Decision(Reads),
}

impl World {
    /// A device asks, and is weighed before anything is spent on it.
    pub(crate) fn admit(&mut self, scope: usize, id: usize, key: Key) {
        self.ask(scope, id, key, Asks::Admission);
    }

    /// A device asks: lease, facts, decision. Its effects are carried out later, if ever.
    pub(crate) fn register(&mut self, scope: usize, id: usize, key: Key) {
        self.ask(scope, id, key, Asks::Decision(Reads::Store));
    }

    /// The same by a caller who does not know the record as it is.
    pub(crate) fn register_badly(&mut self, scope: usize, id: usize, key: Key, reads: Reads) {
        self.ask(scope, id, key, Asks::Decision(reads));
    }

    /// A stranger answers in the name of a device.
    pub(crate) fn answer_wrongly(&mut self, scope: usize, id: usize) {
        let open = |world: &Self| match world.stores[scope].challenges.get(Self::id(id)) {
            Some(Some(open)) => Some(open.expires()),
            _ => None,
        };
        let before = open(self);
        let answer = TpmAnswer::Secret(&[7; 32]);
        let evidence = Evidence::TpmAnswer { answer, keys: None };
        let (scope_id, name) = (actors().scopes[scope].clone(), Self::id(id).clone());
        let request = RegistrationRequest::new(scope_id, name, evidence);
        let key = Key::Tpm(Factory::Two);
        self.decide(&request, scope, id, key, Reads::Store);
        let mut next = self.flights.pop();
        while let Some(flight) = next {
            next = self.step(flight, Fate::Done);
        }
        assert_eq!(open(self), before, "a stranger spent the challenge");
        self.strangers += usize::from(before.is_some());
    }

    fn ask(&mut self, scope: usize, id: usize, key: Key, asks: Asks) {
        let admits = asks == Asks::Admission;
        let all = actors();
        let registration_id = Self::id(id);
        let secret = match admits {
            true => self.secrets.get(&(scope, id, key)).cloned(),
            false => self.secrets.remove(&(scope, id, key)),
        };
        let (token, sent): (String, [&[u8]; 1]);
        let evidence = match key {
            Key::Certificate(factory) => {
                sent = [all.issuing(factory)];
                Evidence::X509 {
                    leaf: all.leaf(factory, id),
                    sent: &sent,
                }
            }
            Key::Symmetric(factory) => {
                token = all.token(scope, id, factory);
                Evidence::Sas(SasText::new(&token))
            }
            Key::Tpm(factory) => {
                let tpm = all.tpm(factory);
                let keys = TpmKeys::new(tpm.ek_public(), tpm.srk_public());
                match &secret {
                    None => Evidence::TpmKeys(keys),
                    Some(secret) => Evidence::TpmAnswer {
                        answer: TpmAnswer::Secret(secret),
                        keys: Some(keys),
                    },
                }
            }
        };
        let request =
            RegistrationRequest::new(all.scopes[scope].clone(), registration_id.clone(), evidence);
        match asks {
            Asks::Admission => self.weigh(&request, scope, id, key),
            Asks::Decision(reads) => self.decide(&request, scope, id, key, reads),
        }
    }

    fn weigh(&mut self, request: &RegistrationRequest<'_>, scope: usize, id: usize, key: Key) {
        let hubs = self.linked_hubs(scope);
        let store = &self.stores[scope];
        let groups: Vec<EnrollmentGroup> = store.groups.values().cloned().collect();
        let facts = || {
            let individual = store.individuals.get(Self::id(id));
            Facts::without_lease(&hubs, individual, store.known(Self::id(id)))
                .with_groups(&groups, &[])
                .with_symmetric_key_groups(&groups)
        };
        let service = &self.services[scope];
        match service.admit(request, facts(), self.now(), &mut self.random) {
            // A TPM's answer comes to another request than its keys.
            Admittance::Proceed(pass) if !matches!(key, Key::Tpm(_)) => {
                self.passes.insert((scope, id, key), *pass);
            }
            Admittance::Proceed(_) => {}
            Admittance::Answer(Response::Refused(rejection)) => {
                assert!(!rejection.code().class().is_own_fault(), "{rejection}");
            }
            other => panic!("{other:?}"),
        }
    }

    fn decide(
        &mut self,
        request: &RegistrationRequest<'_>,
        scope: usize,
        id: usize,
        key: Key,
        reads: Reads,
    ) {
        let registration_id = Self::id(id);
        let needs = self.services[scope].needs(request).expect("its own scope");
        let lease = self.stores[scope].acquire(registration_id);
        let challenge = needs
            .challenge
            .then(|| self.stores[scope].challenge(registration_id));
        let (hubs, now) = (self.linked_hubs(scope), self.now());
        let store = &self.stores[scope];
        let groups: Vec<EnrollmentGroup> = store.groups.values().cloned().collect();
        let known = match reads {
            Reads::Store => store.known(registration_id),
            Reads::Behind => store.before.get(registration_id).map(Entry::known),
            Reads::Nothing => None,
        };
        let stale = known != store.known(registration_id);
        let mut facts = Facts::new(
            &hubs,
            store.individuals.get(registration_id),
            known,
            lease,
            store.quota(),
        );
        if needs.groups {
            facts = facts.with_groups(&groups, &[]);
        }
        if needs.symmetric_key_groups {
            facts = facts.with_symmetric_key_groups(&groups);
        }
        if let Some(challenge) = challenge {
            facts = facts.with_challenge(challenge);
        }
        let (service, random) = (&self.services[scope], &mut self.random);
        let decision = match self.passes.remove(&(scope, id, key)) {
            None => service.decide(request, facts, now, random),
            Some(pass) => {
                self.by_pass += 1;
                service.decide_admitted(request, &pass, facts, now, random)
            }
        };
        let flight = Flight {
            scope,
            id,
            key,
            decision,
            authentication: None,
            epoch: None,
            stale,
        };
        self.check_decided(&flight);
        self.flights.push(flight);
    }

    /// The next step of one that is under way. Gives it back unless it has ended.
    pub(crate) fn step(&mut self, mut flight: Flight, fate: Fate) -> Option<Flight> {
        match flight.decision.step() {
            Step::Effect(effect, pending) => {
                let writes = matches!(effect, Effect::PutDevice { .. });
                assert!(
                    !(writes && flight.stale),
                    "a hub is told what was decided from another record"
                );
                self.stopped += usize::from(flight.stale && fate == Fate::Done);
                let carried_out = self.carry_out(
                    flight.scope,
                    (&mut flight.authentication, &mut flight.epoch),
                    (flight.id, flight.key),
                    effect,
                    fate,
                );
                flight.decision = match carried_out {
                    Ok(()) => pending.done(),
                    Err(cause) => pending.failed(cause),
                };
                Some(flight)
            }
            Step::Respond(response) => {
                self.told(
                    (flight.scope, flight.id, flight.key),
                    flight.authentication,
                    flight.epoch,
                    response,
                );
                None
            }
            Step::Ask(asked) => {
                flight.decision = match fate {
                    Fate::Late => {
                        let cause = Rejection::new(Code::RegEffect, Subject::field("webhook"));
                        asked.lost(cause)
                    }
                    Fate::Done | Fate::Twice => {
                        let question = asked.question();
                        let mut hubs = question.linked_hubs.iter().cycle();
                        let hub = hubs.nth(self.asked).expect("some hub");
                        let answer = AllocationAnswer::to(&question.id).with_hub(hub.as_str());
                        self.asked += 1;
                        // Late, if much has happened since.
                        asked.answer(&answer, self.now())
                    }
                };
                Some(flight)
            }
        }
    }

    fn spends(&self, scope: usize) -> bool {
        self.stores[scope].has(Fault::Spends)
    }

    fn carry_out(
        &mut self,
        scope: usize,
        (authentication, epoch): (&mut Option<String>, &mut Option<u32>),
        (id, key): (usize, Key),
        effect: Effect,
        fate: Fate,
    ) -> Result<(), Rejection> {
        let times = if fate == Fate::Twice { 2 } else { 1 };
        match effect {
            Effect::StoreChallenge {
                registration_id,
                fence,
                open,
            } => {
                let put_back = key == Key::Tpm(Factory::Two) && self.spends(scope);
                match put_back {
                    true => Ok(()),
                    false => self.stores[scope].keep_challenge(registration_id, fence, Some(open)),
                }
            }
            Effect::RetireChallenge {
                registration_id,
                fence,
                ..
            } => self.stores[scope].keep_challenge(registration_id, fence, None),
            Effect::Prepare(preparation) => {
                for _ in 0..times {
                    self.stores[scope].prepare(&preparation)?;
                }
                Ok(())
            }
            Effect::PutDevice {
                owner,
                hub,
                device_id,
                authentication: known,
                twin,
                ..
            } => {
                let known = known_by(&known);
                *authentication = Some(known.clone());
                let put = Put {
                    owner,
                    hub,
                    device_id,
                    authentication: known,
                    twin,
                };
                if fate == Fate::Late {
                    self.network.push(Write::Put(put));
                    return Err(Rejection::new(Code::RegEffect, Subject::field("hub")));
                }
                for _ in 0..times {
                    self.hubs.put(&put)?;
                }
                Ok(())
            }
            Effect::SaveRecord(save) => {
                for _ in 0..times {
                    if self.stores[scope].save(&save)? {
                        self.saves += 1;
                        self.by_tpm += usize::from(matches!(key, Key::Tpm(_)));
                        self.moved += usize::from(save.removal.is_some());
                        *epoch = Some(self.stores[scope].epoch(Self::id(id)));
                        self.check_saved((scope, id, key), authentication.as_deref(), &save);
                    }
                }
                Ok(())
            }
            Effect::RemoveDevice(removal) => {
                if fate == Fate::Late {
                    self.network.push(Write::Remove(removal));
                    return Err(Rejection::new(Code::RegEffect, Subject::field("hub")));
                }
                for _ in 0..times {
                    self.hubs.remove(&removal);
                }
                self.stores[scope].forget(&removal)
            }
            other => Err(other.unknown()),
        }
    }

    /// The device hears the answer, and begins to work where it is.
    fn told(
        &mut self,
        (scope, id, key): (usize, usize, Key),
        authentication: Option<String>,
        epoch: Option<u32>,
        response: Response,
    ) {
        match response {
            Response::Assigned(assigned) => {
                self.assigned += 1;
                let at = place(&assigned.record.assigned_hub, &assigned.record.device_id);
                // Unless it has registered again in the meantime, and works as that one.
                let own = self.hubs.get(&at).is_some_and(|live| {
                    Some(&live.authentication) == authentication.as_ref()
                        && live.owner.fence == assigned.record.fence
                });
                if own {
                    let epoch = epoch.expect("it was saved");
                    self.hubs.write(&at, Data { key, epoch });
                }
            }
            Response::Challenge(sealed) => {
                let Key::Tpm(factory) = key else {
                    panic!("only TPMs are challenged");
                };
                self.activate(scope, id, factory, &sealed);
            }
            Response::Refused(rejection) => {
                assert!(!rejection.code().class().is_own_fault(), "{rejection}");
                self.full += usize::from(rejection.code() == Code::ServiceQuota);
            }
            Response::Failed(failure) => {
                let code = failure.cause().code();
                // All that is asked for is looked up, and belongs together.
                assert_ne!(code.class(), Class::Service, "{}", failure.cause());
                self.failures.push(code);
            }
            other => panic!("{other:?}"),
        }
    }

    /// Looks after the notes of one service. With `stops`, it stops before it forgets.
    pub(crate) fn sweep(&mut self, scope: usize, stops: bool) {
        let notes: Vec<_> = self.stores[scope].notes.clone().into_iter().collect();
        for (key, noted) in notes {
            let lease = self.stores[scope].acquire(&key.0);
            let due = noted.due(self.stores[scope].known(&key.0), lease);
            match due.expect("a fresh lease, and facts about this registration") {
                Due::Cancelled => {}
                Due::Remove(removal) => {
                    // Out of reach: it stays noted.
                    if !self.is_linked(scope, removal.hub.as_str()) {
                        continue;
                    }
                    self.hubs.remove(&removal);
                }
            }
            if !stops {
                self.stores[scope].notes.remove(&key);
            }
        }
    }

    pub(crate) fn is_enabled(status: ProvisioningStatus) -> bool {
        matches!(status, ProvisioningStatus::Enabled)
    }
}
