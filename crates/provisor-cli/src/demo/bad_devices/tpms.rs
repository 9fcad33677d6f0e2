//! TPMs that are not the enrolled one, or do not answer as it would.
//!
//! Challenges are bare credentials here: their secret can be answered wrongly, which a TPM that
//! imports a key refuses to do by itself.

use provisor::enrollment::IndividualEnrollment;
use provisor::registration::{Evidence, SealForm, Sealed, TpmAnswer, TpmKeys};
use provisor::sas::{Resource, SasKey};
use provisor::tpm::EkPublic;
use provisor::{Code, RegistrationId, Rejection};
use provisor_testkit::soft_tpm::{Fault, SoftTpm, TpmKind};

use super::super::device::{challenge, keys, unexpected};
use super::workshop::Workshop;

/// Numbers of TPMs that no good device has.
const FIRST: usize = 10_000_000;

pub(super) fn add(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    workshop
        .service
        .change_engine(|engine| engine.with_seal_form(SealForm::Credential));
    keys_shown(workshop)?;
    answers(workshop)?;
    tokens(workshop)
}

/// Refused before any challenge.
fn keys_shown(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let (tpm, id) = enrolled(workshop, 0)?;
    let stranger = tpm_of(workshop, 1);
    let result = challenge(&mut workshop.service, &id, &stranger);
    workshop.note(
        "a TPM with another endorsement key",
        Code::AttestEkMismatch,
        result,
    );

    let unknown = RegistrationId::from_ek(&EkPublic::from_tpm2b(stranger.ek_public())?);
    let result = challenge(&mut workshop.service, &unknown, &stranger);
    workshop.note(
        "a TPM that nobody enrolled",
        Code::AttestNotEnrolled,
        result,
    );

    // Byte 9 holds fixedTPM (bit 1) and fixedParent (bit 4) of the attributes, after two size bytes.
    let mut movable = tpm.srk_public().to_vec();
    if let Some(byte) = movable.get_mut(9) {
        *byte &= !0x02;
    }
    let evidence = TpmKeys::new(tpm.ek_public(), &movable);
    let result = workshop.service.register(&id, Evidence::TpmKeys(evidence));
    workshop.note(
        "a storage root key that may leave its TPM",
        Code::TpmNotFixedTpm,
        result,
    );

    let [press, _] = &workshop.factory.lines;
    let (leaf, sent) = (press.ca.certificate.der(), []);
    let result = workshop
        .service
        .register(&id, Evidence::X509 { leaf, sent: &sent });
    workshop.note(
        "a certificate where a TPM is enrolled",
        Code::AttestMechanism,
        result,
    );
    Ok(())
}

/// Answers to a challenge that do not prove what they should.
fn answers(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let (tpm, id) = enrolled(workshop, 2)?;
    let result = answer(workshop, &id, &tpm, &[0; 32]);
    workshop.note(
        "an answer that nobody asked for",
        Code::AttestNoChallenge,
        result,
    );

    let mut faulty = tpm.clone().with_fault(Fault::FlippedSecret);
    let secret = secret(workshop, &id, &mut faulty)?;
    let result = answer(workshop, &id, &tpm, &secret);
    workshop.note(
        "a wrong answer to the challenge",
        Code::TpmChallengeAnswer,
        result,
    );

    let mut good = tpm.clone();
    let secret = self::secret(workshop, &id, &mut good)?;
    answer(workshop, &id, &tpm, &secret)?;
    let result = answer(workshop, &id, &tpm, &secret);
    workshop.note(
        "a right answer, sent a second time",
        Code::AttestChallengeUsed,
        result,
    );

    let secret = self::secret(workshop, &id, &mut good)?;
    let now = workshop.service.now;
    workshop.service.now = now.saturating_add(86_400);
    let result = answer(workshop, &id, &tpm, &secret);
    workshop.service.now = now;
    workshop.note(
        "a right answer, a day late",
        Code::TpmChallengeExpired,
        result,
    );

    let secret = self::secret(workshop, &id, &mut good)?;
    let result = answer(workshop, &id, &tpm_of(workshop, 3), &secret);
    workshop.note(
        "a right answer beside the keys of another TPM",
        Code::AttestTpmNames,
        result,
    );
    Ok(())
}

/// SAS tokens signed with the right key that say the wrong thing.
fn tokens(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let (mut tpm, id) = enrolled(workshop, 4)?;
    let other = RegistrationId::try_from("tpm-of-somebody-else")?;
    let now = workshop.service.now;

    let token = token(workshop, &id, &mut tpm, &other, 3600)?;
    let result = answer_with(workshop, &id, &tpm, TpmAnswer::Token(&token));
    workshop.note(
        "a SAS token for another registration",
        Code::SasResource,
        result,
    );

    let token = self::token(workshop, &id, &mut tpm, &id, 3600)?;
    // The challenge would still be good: only the token is old.
    let old = token.replace(
        &format!("se={}", now.saturating_add(3600).seconds()),
        &format!("se={}", now.saturating_add(-86_400).seconds()),
    );
    let result = answer_with(workshop, &id, &tpm, TpmAnswer::Token(&old));
    workshop.note("a SAS token that has expired", Code::SasExpired, result);

    let _ = challenge(&mut workshop.service, &id, &tpm)?;
    let result = answer_with(workshop, &id, &tpm, TpmAnswer::Token("Bearer abcdef"));
    workshop.note("a token of another kind", Code::SasScheme, result);
    Ok(())
}

fn tpm_of(workshop: &Workshop<'_>, number: usize) -> SoftTpm {
    SoftTpm::new(TpmKind::P256, workshop.factory.seed, FIRST + number)
}

fn enrolled(
    workshop: &mut Workshop<'_>,
    number: usize,
) -> Result<(SoftTpm, RegistrationId), Rejection> {
    let tpm = tpm_of(workshop, number);
    let ek = EkPublic::from_tpm2b(tpm.ek_public())?;
    let enrollment = IndividualEnrollment::for_tpm(ek, workshop.service.generation()?);
    let id = enrollment.registration_id().clone();
    workshop.service.add_individual(enrollment);
    Ok((tpm, id))
}

/// Asks for a challenge and opens it.
fn secret(
    workshop: &mut Workshop<'_>,
    id: &RegistrationId,
    tpm: &mut SoftTpm,
) -> Result<Vec<u8>, Rejection> {
    let Sealed::Credential(credential) = challenge(&mut workshop.service, id, tpm)? else {
        return Err(unexpected("a credential"));
    };
    tpm.activate_credential(&credential.id_object, &credential.encrypted_secret)
        .map_err(|refused| unexpected("a credential that the TPM opens").found(refused.to_string()))
}

/// Asks for a challenge and signs a token for `named` with the secret.
fn token(
    workshop: &mut Workshop<'_>,
    id: &RegistrationId,
    tpm: &mut SoftTpm,
    named: &RegistrationId,
    seconds: i64,
) -> Result<String, Rejection> {
    let key = SasKey::from_bytes(&secret(workshop, id, tpm)?)?;
    let expires = workshop.service.now.saturating_add(seconds);
    Ok(key
        .sign(
            &Resource::registration(workshop.service.scope(), named),
            expires,
        )
        .to_string())
}

fn answer(
    workshop: &mut Workshop<'_>,
    id: &RegistrationId,
    tpm: &SoftTpm,
    secret: &[u8],
) -> Result<(), Rejection> {
    answer_with(workshop, id, tpm, TpmAnswer::Secret(secret))
}

fn answer_with(
    workshop: &mut Workshop<'_>,
    id: &RegistrationId,
    tpm: &SoftTpm,
    answer: TpmAnswer<'_>,
) -> Result<(), Rejection> {
    let evidence = Evidence::TpmAnswer {
        answer,
        keys: Some(keys(tpm)),
    };
    workshop.service.register(id, evidence).map(|_| ())
}
