//! Library cases: the call that `case.json` describes.

use provisor::attestation::TpmVendors;
use provisor::enrollment::TrustedCertificate;
use provisor::sas::{Resource, SasKey, SasToken};
use provisor::{IdScope, RegistrationId, Rejection, UnixTime};
use provisor_tpm::attest::{Nonce, PcrSelection, verify_certify, verify_quote};
use provisor_tpm::{AkPublic, EkPublic, HashAlg, Public};

use super::answer::Answer;
use super::expect::Verdict;
use crate::conformance::entry::Entry;

/// Certificates are judged at 2026-11-28T00:00:00Z.
const NOW: UnixTime = UnixTime::new(1_795_824_000);

/// Why a case did not end well.
enum Fault {
    /// The case is not of its kind.
    Case(String),
    /// The library refused.
    Rejected(Rejection),
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self::Case(reason)
    }
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

/// What the library answers.
///
/// # Errors
///
/// The case is not of the format.
pub(super) fn answer(case: &Entry) -> Result<Answer, String> {
    let (verdict, text) = match call(case) {
        Ok(()) => (Verdict::Accepted, String::new()),
        Err(Fault::Rejected(rejection)) => (Verdict::Rejected, rejection.to_string()),
        Err(Fault::Case(reason)) => return Err(reason),
    };
    Ok(Answer {
        verdict,
        out: String::new(),
        text,
    })
}

fn call(case: &Entry) -> Result<(), Fault> {
    match case.text("kind")?.as_str() {
        "sas" => sas(case),
        "quote" => quote(case),
        "certify" => certify(case),
        "ek" => {
            EkPublic::from_tpm2b(&case.hex("public")?)?;
            Ok(())
        }
        "ak" => {
            AkPublic::from_tpm2b(&case.hex("public")?)?;
            Ok(())
        }
        "ekcert" => ek_certificate(case),
        other => Err(Fault::Case(format!("case.json: no kind {other:?}"))),
    }
}

fn sas(case: &Entry) -> Result<(), Fault> {
    let scope = IdScope::parse(&case.text("scope")?)?;
    let id = RegistrationId::try_from(case.text("id")?.as_str())?;
    let key = SasKey::from_base64(&case.text("key")?)?;
    let group = case.has("group") && case.get("group")?.as_bool()?;
    let now = case.text("now")?;
    let now = UnixTime::parse_rfc3339(&now).ok_or_else(|| format!("no time {now:?}"))?;
    let token = case.text("token")?;
    let resource = Resource::registration(&scope, &id);
    let token = SasToken::parse(&token)?;
    match group {
        true => token.verify_group(&resource, &[&key], now)?,
        false => token.verify(&resource, &[&key], now)?,
    };
    Ok(())
}

fn quote(case: &Entry) -> Result<(), Fault> {
    let bank = match case.text("bank")?.as_str() {
        "sha1" => HashAlg::Sha1,
        "sha256" => HashAlg::Sha256,
        "sha384" => HashAlg::Sha384,
        "sha512" => HashAlg::Sha512,
        other => return Err(Fault::Case(format!("no bank {other:?}"))),
    };
    let pcrs: Vec<u8> = case
        .list_of("pcrs")?
        .iter()
        .map(Entry::as_byte)
        .collect::<Result<_, _>>()?;
    let values: Vec<Vec<u8>> = case
        .list_of("values")?
        .iter()
        .map(Entry::as_hex)
        .collect::<Result<_, _>>()?;
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    let ak = AkPublic::from_tpm2b(&case.hex("ak")?)?;
    let signed = Signed::read(case)?;
    let (attest, signature, nonce) = (&signed.attest, &signed.signature, signed.nonce());
    let selection = PcrSelection::new(bank, &pcrs)?;
    verify_quote(&ak, attest, signature, &nonce, selection, &values)?;
    Ok(())
}

fn certify(case: &Entry) -> Result<(), Fault> {
    let ak = AkPublic::from_tpm2b(&case.hex("ak")?)?;
    let signed = Signed::read(case)?;
    let (attest, signature, nonce) = (&signed.attest, &signed.signature, signed.nonce());
    let object = Public::from_tpm2b(&case.hex("object")?)?.name();
    verify_certify(&ak, attest, signature, &nonce, &object)?;
    Ok(())
}

/// What every attestation comes with.
struct Signed {
    attest: Vec<u8>,
    signature: Vec<u8>,
    nonce: Vec<u8>,
}

impl Signed {
    fn read(case: &Entry) -> Result<Self, String> {
        Ok(Self {
            attest: case.hex("attest")?,
            signature: case.hex("signature")?,
            nonce: case.hex("nonce")?,
        })
    }

    /// Of any length: what the case asks, not what a service should.
    const fn nonce(&self) -> Nonce<'_> {
        Nonce::danger_any(self.nonce.as_slice())
    }
}

fn ek_certificate(case: &Entry) -> Result<(), Fault> {
    let ek = EkPublic::from_tpm2b(&case.hex("public")?)?;
    let vendors = TpmVendors::new([TrustedCertificate::from_der(&case.hex("root")?)?])?;
    let ica = if case.has("ica") {
        Some(case.hex("ica")?)
    } else {
        None
    };
    let vendors = vendors.with_intermediates(ica.as_deref())?;
    vendors.verify(&case.hex("cert")?, &[], &ek, NOW)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

    use super::*;

    fn answer_to(text: &str) -> Result<Answer, String> {
        answer(&Entry::parse("test".to_owned(), text.as_bytes())?)
    }

    #[test]
    fn success_is_accepted_a_rejection_is_its_text_and_another_kind_is_the_sets_fault() {
        let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
        let hex: String = tpm.ek_public().iter().map(|b| format!("{b:02x}")).collect();
        let case = |kind: &str| answer_to(&format!(r#"{{"kind": "{kind}", "public": "{hex}"}}"#));
        assert_eq!(case("ek").unwrap().verdict, Verdict::Accepted);
        let refused = case("ak").unwrap();
        assert_eq!(refused.verdict, Verdict::Rejected);
        assert!(refused.text.contains("TPM_"), "{}", refused.text);
        assert!(case("surprise").is_err());
        assert!(answer_to(r#"{"kind": "ek"}"#).is_err());
    }

    #[test]
    fn a_token_is_verified_with_the_key_or_with_what_is_derived_from_the_groups() {
        let (scope, id) = ("0ne0A1B2C3D", RegistrationId::try_from("line-7").unwrap());
        let group = SasKey::from_bytes(&[7; 32]).unwrap();
        let scoped = IdScope::parse(scope).unwrap();
        let resource = Resource::registration(&scoped, &id);
        let token = group.derive(&id).sign(&resource, NOW.saturating_add(60));
        for (group, verdict) in [(true, Verdict::Accepted), (false, Verdict::Rejected)] {
            let case = serde_json::json!({
                "kind": "sas", "scope": scope, "id": "line-7", "token": token.to_string(),
                "key": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "group": group,
                "now": "2026-11-28T00:00:00Z",
            });
            assert_eq!(answer_to(&case.to_string()).unwrap().verdict, verdict);
        }
    }
}
