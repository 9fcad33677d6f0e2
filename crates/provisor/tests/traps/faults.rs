//! TPMs that show or answer something else than they should, of every kind of endorsement key: the
//! engine refuses each, by the code of what is wrong.

use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{Generation, IndividualAttestation, IndividualEnrollment};
use provisor::quota::RecordQuota;
use provisor::registration::{
    ChallengeFact, ChallengeMode, Effect, Evidence, Facts, Fence, OpenChallenge,
    RegistrationRequest, Response, SealForm, Sealed, Service, TpmAnswer, TpmKeys,
};
use provisor::tpm::device::ResponseCode;
use provisor::tpm::keyring::{Epoch, EpochTimes};
use provisor::tpm::{Credential, EkPublic, Keyring};
use provisor::{Code, HubName, IdScope, RegistrationId, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{Fault, Refused, SoftTpm, TpmKind};

const NOW: UnixTime = UnixTime::new(1_790_000_000);
const FIXED_TPM: u32 = 1 << 1;
const FIXED_PARENT: u32 = 1 << 4;
const SENSITIVE_DATA_ORIGIN: u32 = 1 << 5;
const RESTRICTED: u32 = 1 << 16;
const DECRYPT: u32 = 1 << 17;
const SIGN: u32 = 1 << 18;
const RESERVED: u32 = 1 << 31;

/// A service that enrolled the TPM while it was sound, with challenges in the form of a credential:
/// their secret can be answered wrongly.
struct Desk {
    service: Service,
    individual: IndividualEnrollment,
    hubs: LinkedHubs,
    ring: Option<Keyring>,
    random: SeededRandom,
}

impl Desk {
    fn new(tpm: &SoftTpm) -> Self {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        let hub = HubName::parse("hub-a.example.net").unwrap();
        let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
        let id = RegistrationId::try_from("line-7").unwrap();
        let generation = Generation::draw(&mut SeededRandom::new(1, "generation")).unwrap();
        Self {
            hubs: LinkedHubs::new(&scope, [(hub, Weight::new(1).unwrap())]).unwrap(),
            service: Service::new(scope).with_seal_form(SealForm::Credential),
            individual: IndividualEnrollment::new(
                id,
                IndividualAttestation::Tpm(Box::new(ek)),
                generation,
            ),
            ring: None,
            random: SeededRandom::new(1, "faults"),
        }
    }

    /// The same with challenges that nobody remembers.
    fn stateless(tpm: &SoftTpm) -> Self {
        let mut desk = Self::new(tpm);
        let epoch = Epoch::new(1, &[7; 32], EpochTimes::days(NOW, 7, 1)).unwrap();
        desk.service = desk.service.with_challenge_mode(ChallengeMode::Stateless);
        desk.ring = Some(Keyring::new([epoch]).unwrap());
        desk
    }

    fn decide(
        &mut self,
        evidence: Evidence<'_>,
        challenge: ChallengeFact,
    ) -> (Result<Option<Credential>, Code>, Vec<Effect>) {
        let request = RegistrationRequest::new(
            self.service.scope().clone(),
            self.individual.registration_id().clone(),
            evidence,
        );
        let mut facts = Facts::new(
            &self.hubs,
            Some(&self.individual),
            None,
            Fence::new(1),
            RecordQuota::NONE,
        )
        .with_challenge(challenge);
        if let Some(ring) = &self.ring {
            facts = facts.with_keyring(ring);
        }
        let decision = self.service.decide(&request, facts, NOW, &mut self.random);
        let mut effects = Vec::new();
        let response = decision.carry_out(|effect| {
            effects.push(effect);
            Ok(())
        });
        let result = match response {
            Response::Challenge(Sealed::Credential(credential)) => Ok(Some(credential)),
            Response::Assigned(_) => Ok(None),
            Response::Refused(rejection) => Err(rejection.code()),
            other => panic!("{other:?}"),
        };
        (result, effects)
    }

    fn ask(&mut self, tpm: &SoftTpm) -> Result<(Credential, ChallengeFact), Code> {
        let keys = TpmKeys::new(tpm.ek_public(), tpm.srk_public());
        let (asked, effects) = self.decide(Evidence::TpmKeys(keys), ChallengeFact::None);
        let open = effects.into_iter().find_map(|effect| match effect {
            Effect::StoreChallenge { open, .. } => Some(open),
            _ => None,
        });
        let open: Option<Box<OpenChallenge>> = open;
        Ok((
            asked?.expect("a challenge"),
            open.map_or(ChallengeFact::None, ChallengeFact::Open),
        ))
    }

    /// The keys go with the answer, as official clients send them.
    fn answer(&mut self, tpm: &SoftTpm, secret: &[u8], open: ChallengeFact) -> Result<(), Code> {
        let evidence = Evidence::TpmAnswer {
            answer: TpmAnswer::Secret(secret),
            keys: Some(TpmKeys::new(tpm.ek_public(), tpm.srk_public())),
        };
        self.decide(evidence, open).0.map(|_| ())
    }

    /// Both requests. The TPM's own refusal is `Err(None)`.
    fn register(&mut self, tpm: &mut SoftTpm) -> Result<(), Option<Code>> {
        let (credential, open) = self.ask(tpm)?;
        let secret = open_in(tpm, &credential).map_err(|Refused| None)?;
        self.answer(tpm, &secret, open).map_err(Some)
    }
}

fn open_in(tpm: &mut SoftTpm, credential: &Credential) -> Result<Vec<u8>, Refused> {
    tpm.activate_credential(&credential.id_object, &credential.encrypted_secret)
}

fn sound(kind: TpmKind) -> SoftTpm {
    SoftTpm::new(kind, 7, 0)
}

/// What a TPM of that kind gets with that fault, from a service with a store and from one without.
fn outcome(kind: TpmKind, fault: Fault) -> Result<(), Option<Code>> {
    let judge = |mut desk: Desk| {
        let mut tpm = sound(kind).with_fault(fault);
        // Something to be stale.
        if let Ok((before, _)) = desk.ask(&tpm) {
            let _ = open_in(&mut tpm, &before);
        }
        desk.register(&mut tpm)
    };
    let stored = judge(Desk::new(&sound(kind)));
    let stateless = judge(Desk::stateless(&sound(kind)));
    // A derived key stays the same until the device registers: within an epoch no challenge is stale.
    let expected = match fault {
        Fault::StaleSecret => Ok(()),
        _ => stored,
    };
    assert_eq!(stateless, expected, "{kind:?} {fault:?}");
    stored
}

#[track_caller]
fn refused(fault: Fault, expected: impl Fn(TpmKind) -> Code) {
    for kind in TpmKind::ALL {
        let code = expected(kind);
        assert_eq!(outcome(kind, fault), Err(Some(code)), "{kind:?} {fault:?}");
    }
}

/// Refused by the TPM itself: no answer comes, and the challenge runs out.
#[track_caller]
fn unanswered(fault: Fault) {
    for kind in TpmKind::ALL {
        assert_eq!(outcome(kind, fault), Err(None), "{kind:?} {fault:?}");
    }
}

const fn by_kind(rsa: Code, ecc: Code) -> impl Fn(TpmKind) -> Code {
    move |kind| match kind {
        TpmKind::Rsa2048 => rsa,
        TpmKind::P256 | TpmKind::P384 => ecc,
    }
}

#[test]
fn a_sound_tpm_of_every_kind_registers() {
    for kind in TpmKind::ALL {
        for mut desk in [Desk::new(&sound(kind)), Desk::stateless(&sound(kind))] {
            assert_eq!(desk.register(&mut sound(kind)), Ok(()), "{kind:?}");
        }
    }
}

#[test]
fn endorsement_keys_that_are_no_keys() {
    refused(
        Fault::BrokenEk,
        by_kind(Code::TpmRsaModulus, Code::TpmPoint),
    );
    refused(
        Fault::TemplateEk,
        by_kind(Code::TpmRsaModulus, Code::TpmPoint),
    );
    refused(
        Fault::StrippedEk,
        by_kind(Code::TpmUniqueSize, Code::TpmPointPadding),
    );
    // Too short for the curve that is claimed, or too long.
    refused(Fault::MisstatedSize, |kind| match kind {
        TpmKind::Rsa2048 => Code::TpmUniqueSize,
        TpmKind::P256 => Code::TpmPointPadding,
        TpmKind::P384 => Code::TpmCoordinateSize,
    });
    for kind in [TpmKind::P256, TpmKind::P384] {
        let swapped = outcome(kind, Fault::SwappedPoint);
        assert_eq!(swapped, Err(Some(Code::TpmPoint)), "{kind:?}");
    }
}

#[test]
fn keys_with_other_attributes() {
    for (bits, code) in [
        (FIXED_TPM, Code::TpmNotFixedTpm),
        (FIXED_PARENT, Code::TpmNotFixedParent),
        (SENSITIVE_DATA_ORIGIN, Code::TpmExternalOrigin),
        (RESTRICTED, Code::TpmNotRestricted),
        (DECRYPT, Code::TpmNotDecrypt),
        (SIGN, Code::TpmStorageKeySigns),
        (RESERVED, Code::TpmReservedAttributes),
    ] {
        refused(Fault::EkAttributes(bits), |_| code);
        refused(Fault::SrkAttributes(bits), |_| code);
    }
}

#[test]
fn keys_of_another_tpm() {
    refused(Fault::ForeignEk, |_| Code::AttestEkMismatch);
    // Both its keys are sound, but they are not in one TPM: the challenge opens nowhere.
    unanswered(Fault::ForeignSrk);
}

#[test]
fn wrong_answers() {
    for fault in [
        Fault::FlippedSecret,
        Fault::TruncatedSecret,
        Fault::StaleSeed,
    ] {
        refused(fault, |_| Code::TpmChallengeAnswer);
    }
    for kind in TpmKind::ALL {
        let stale = outcome(kind, Fault::StaleSecret);
        assert_eq!(stale, Err(Some(Code::TpmChallengeAnswer)), "{kind:?}");
    }
    for kind in [TpmKind::P256, TpmKind::P384] {
        let label = outcome(kind, Fault::WrongLabel);
        assert_eq!(label, Err(Some(Code::TpmChallengeAnswer)), "{kind:?}");
    }
    assert_eq!(outcome(TpmKind::Rsa2048, Fault::WrongLabel), Err(None));
}

#[test]
fn tpms_that_do_not_open_what_is_for_them() {
    unanswered(Fault::WrongName);
    unanswered(Fault::CutInput);
    unanswered(Fault::Lockout);
    // Their response codes, as the device half reads them.
    for kind in TpmKind::ALL {
        let mut desk = Desk::new(&sound(kind));
        let mut tpm = sound(kind).with_fault(Fault::Lockout);
        let (credential, _) = desk.ask(&tpm).unwrap();
        assert_eq!(open_in(&mut tpm, &credential), Err(Refused));
        let code = ResponseCode::new(tpm.response_code());
        assert_eq!(code.name(), Some("TPM_RC_LOCKOUT"));
        assert!(!code.is_passing(), "to repeat makes it no better");
        assert_eq!(open_in(&mut sound(kind), &credential).map(|_| ()), Ok(()));
    }
}

#[test]
fn a_busy_tpm_answers_when_it_is_asked_again() {
    for kind in TpmKind::ALL {
        let mut desk = Desk::new(&sound(kind));
        let mut tpm = sound(kind).with_fault(Fault::Busy(3));
        let (credential, open) = desk.ask(&tpm).unwrap();
        let mut opened = open_in(&mut tpm, &credential);
        for _ in 0..3 {
            assert_eq!(opened, Err(Refused));
            assert!(ResponseCode::new(tpm.response_code()).is_passing());
            opened = open_in(&mut tpm, &credential);
        }
        assert_eq!(desk.answer(&tpm, &opened.unwrap(), open), Ok(()));
        assert_eq!(tpm.response_code(), 0);
    }
}

#[test]
fn a_cleared_tpm_is_challenged_anew() {
    for kind in TpmKind::ALL {
        for (mut desk, changed) in [
            (Desk::new(&sound(kind)), Code::AttestTpmNames),
            (Desk::stateless(&sound(kind)), Code::TpmChallengeAnswer),
        ] {
            let mut tpm = sound(kind);
            let (before, open) = desk.ask(&tpm).unwrap();
            let secret = open_in(&mut tpm, &before).unwrap();
            let ek = tpm.ek_public().to_vec();
            tpm.clear(1);
            assert_eq!(tpm.ek_public(), ek);
            // What was sealed for the old storage root key opens no more.
            assert_eq!(open_in(&mut tpm, &before), Err(Refused));
            // And what was opened before says nothing about the new one.
            assert_eq!(desk.answer(&tpm, &secret, open), Err(changed), "{kind:?}");
            assert_eq!(desk.register(&mut tpm), Ok(()), "{kind:?}");
        }
    }
}
