//! negative.json: one input per entry that must be refused, and the accepted ones beside them.

use provisor_tpm::{
    AkPublic, EkPublic, Name, PendingChallenge, Public, Secret, SrkPublic, UnixTime,
};

use super::tally::{Tally, Verdict, said};
use super::{attest, certificate, credential};
use crate::conformance::entry::Entry;

pub(super) fn run(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for entry in file.list()? {
        tally.entry(&entry, |tally| {
            let kind = entry.text("kind")?;
            let (check, good) = match kind.strip_suffix("_good") {
                Some(check) => (check, true),
                None => (kind.as_str(), false),
            };
            match judge(check, &entry)? {
                Answer::Verdict(verdict) if good => tally.positive(&entry.id(), &verdict),
                Answer::Verdict(verdict) => {
                    tally.negative(&entry.id(), &entry.text("reason")?, &verdict);
                }
                Answer::NotAsked(kind) => tally.skip(kind),
            }
            Ok(())
        });
    }
    Ok(())
}

/// What came of an entry.
enum Answer {
    Verdict(Verdict),
    NotAsked(&'static str),
}

fn judge(check: &str, entry: &Entry) -> Result<Answer, String> {
    let verdict = match check {
        "public_parse" => said(Public::from_tpm2b(&entry.hex("public")?)).map(drop),
        "ek_policy" => said(EkPublic::from_tpm2b(&entry.hex("public")?)).map(drop),
        "srk_policy" => said(SrkPublic::from_tpm2b(&entry.hex("public")?)).map(drop),
        "ak_policy" => said(AkPublic::from_tpm2b(&entry.hex("public")?)).map(drop),
        "quote" => attest::quote(&entry.hex("ak_public")?, &attest::Quote::read(entry)?),
        "certify" => attest::certify(
            &entry.hex("ak_public")?,
            &attest::Signed::read(entry)?,
            &entry.hex("object_public")?,
        ),
        "proof" => proof(
            &entry.hex("secret")?,
            &entry.hex("message")?,
            &entry.hex("proof")?,
        ),
        "credential" => credential::open(
            &entry.hex("ek_private_pkcs8")?,
            &entry.hex("ek_public")?,
            &entry.hex("object_name")?,
            &entry.hex("credential_blob")?,
            &entry.hex("encrypted_secret")?,
        )
        .map(drop),
        // A padded certificate is a choice that the set leaves open; ours is to refuse it unless
        // the caller cuts the padding by name (`lenient_cut_padding`).
        "ek_cert" | "ek_cert_padded" => certificate::judge(&certificate::Case::read(entry)?),
        _ => return Ok(Answer::NotAsked("unknown negative kind")),
    };
    Ok(Answer::Verdict(verdict))
}

/// A plain secret as the answer when there is no message, an HMAC otherwise, through the challenge
/// as a service holds it.
fn proof(secret: &[u8], message: &[u8], proof: &[u8]) -> Verdict {
    let name = |byte: u8| Name::from_bytes(&[&[0x00, 0x0B][..], &[byte; 32]].concat());
    let (ek, object) = (said(name(1))?, said(name(2))?);
    let (now, secret) = (UnixTime::new(0), said(Secret::new(secret))?);
    let pending = PendingChallenge::for_delivered(secret, ek, object, now);
    if message.is_empty() {
        said(pending.verify(proof, now)).map(drop)
    } else {
        said(pending.verify_hmac(message, proof, now)).map(drop)
    }
}
