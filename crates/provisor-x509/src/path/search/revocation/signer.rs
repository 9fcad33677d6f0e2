//! Who signed a list, and whether that key may (RFC 5280 section 6.3.3 (f), (g)).

use alloc::boxed::Box;
use core::slice;

use provisor_report::Code;

use super::super::check::{Outcome, check, lacking};
use super::state::{CrlSignature, CrlState};
use super::{Asked, Search, Stop};
use crate::algorithm::{self, algorithm_oid, scheme};
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::crl::point::Point;
use crate::extension::KeyUsage;
use crate::fault::{Fact, Fault};
use crate::key::PublicKeyInfo;
use crate::limits;
use crate::name::{Name, equality};
use crate::path::observe::{Observer, Silent};
use crate::path::policy::PolicyInputs;
use crate::path::rank::Tier;
use crate::profile::{KeyStrength, LeafKeyUsage, LeafKind, Profile, Purpose, TpmIdentityRule};

/// What a signer has to be: the profile of the path, but for what that wants of a leaf.
const fn crl_signer(of_the_path: Profile) -> Profile {
    Profile {
        name: "crl-signer",
        leaf_kind: LeafKind::EndEntityOrCa,
        purpose: Purpose::Any,
        key_usage: LeafKeyUsage::AnyOf(KeyUsage::CRL_SIGN),
        key_strength: KeyStrength::Strong,
        tpm_identity: TpmIdentityRule::Unread,
        ..of_the_path
    }
}

impl<'a, O: Observer<'a>> Search<'_, '_, 'a, O> {
    /// The key that signed the list: of the anchor, of a CA above the certificate, or of a
    /// certificate sent along that has a path of its own to the same anchor.
    pub(super) fn crl_signer(
        &mut self,
        asked: &Asked<'_, 'a>,
        index: usize,
        crl: &Crl<'a>,
        point: &Point<'a>,
    ) -> Result<PublicKeyInfo<'a>, Stop<'a>> {
        let mut why = None;
        let anchor = asked.anchor;
        if self.is_issuer(&anchor.name, crl)? {
            match self.signed_by(index, crl, &anchor.key, anchor.key_usage) {
                Ok(()) => return Ok(anchor.key),
                Err(stop) => note(&mut why, stop)?,
            }
        }
        for depth in asked.depth.saturating_add(1)..=self.length {
            let above = self.certificate(depth);
            if self.is_issuer(&above.subject, crl)? {
                match self.signed_by(index, crl, &above.key, above.extensions.key_usage) {
                    Ok(()) => return Ok(above.key),
                    Err(stop) => note(&mut why, stop)?,
                }
            }
        }
        let sent = self.verifier.intermediates;
        for candidate in sent {
            if !self.is_issuer(&candidate.subject, crl)? {
                continue;
            }
            match self.sent_signer(asked, index, crl, point, candidate) {
                Ok(()) => return Ok(candidate.key),
                Err(stop) => note(&mut why, stop)?,
            }
        }
        Err(Stop::Unusable(why.unwrap_or_else(|| {
            Box::new(Fault::new(
                Code::X509CrlSignerPath,
                Fact::Issuer("a certificate of", crl.issuer),
                Fact::Text("none"),
            ))
        })))
    }

    /// Whether the list is one of this name, which is one more look.
    fn is_issuer(&mut self, name: &Name<'a>, crl: &Crl<'a>) -> Result<bool, Stop<'a>> {
        let mut work = 0;
        let same = name.is_same(&crl.issuer, &mut work);
        self.budget.candidate(work).map_err(Stop::spent)?;
        Ok(same)
    }

    /// A certificate sent along as the signer.
    fn sent_signer(
        &mut self,
        asked: &Asked<'_, 'a>,
        index: usize,
        crl: &Crl<'a>,
        point: &Point<'a>,
        candidate: &Certificate<'a>,
    ) -> Result<(), Stop<'a>> {
        // The signature first: it costs one check, a path can cost many.
        self.signed_by(index, crl, &candidate.key, candidate.extensions.key_usage)?;
        let compared = candidate.der.len().saturating_mul(limits::CRL_SIGNER_DEPTH);
        self.budget.work(equality(compared)).map_err(Stop::spent)?;
        if self.crls.signers.contains(&candidate.der) {
            // The signer's own status. Where its certificate names it as the signer of the list that
            // covers it (PKITS 4.14.30), its issuer wanted it so, and there is no other list.
            let names_itself = point.crl_issuer.is_some() && asked.certificate.der == candidate.der;
            return if names_itself {
                Ok(())
            } else {
                Err(no_path("lists whose signers vouch for each other"))
            };
        }
        if self.crls.signers.len() >= limits::CRL_SIGNER_DEPTH {
            return Err(no_path("too many signers above each other"));
        }
        self.signer_path(asked, candidate)
    }

    /// (f): a path to the same anchor, its certificates not revoked.
    fn signer_path(
        &mut self,
        asked: &Asked<'_, 'a>,
        candidate: &Certificate<'a>,
    ) -> Result<(), Stop<'a>> {
        let mut verifier = *self.verifier;
        verifier.anchors = slice::from_ref(&asked.anchor);
        // What the caller asks of devices is not asked of who signs lists.
        verifier.policies = PolicyInputs::new();
        verifier.name_constraints = None;
        verifier.profile = crl_signer(verifier.profile);
        let mut search = Search::new(&verifier, candidate, self.now, Silent, self.budget);
        search.known = self.known.as_deref_mut();
        search.crls = core::mem::take(&mut self.crls);
        search.crls.signers.push(candidate.der);
        let outcome = search.decide();
        self.crls = core::mem::take(&mut search.crls);
        self.crls.signers.pop();
        match outcome {
            Ok(_) => Ok(()),
            Err(failure) if failure.score.tier == Tier::Budget => Err(Stop::spent(failure.fault)),
            Err(failure) => Err(no_path(failure.fault.code.meaning())),
        }
    }

    /// Whether this key signed the list, and may.
    fn signed_by(
        &mut self,
        index: usize,
        crl: &Crl<'a>,
        key: &PublicKeyInfo<'a>,
        usage: Option<KeyUsage>,
    ) -> Result<(), Stop<'a>> {
        self.crl_signature(index, crl, key)?;
        match usage {
            Some(usage) if !usage.any_of(KeyUsage::CRL_SIGN) => Err(Stop::unusable(
                Code::X509CrlSigner,
                Fact::Usage(KeyUsage::CRL_SIGN),
                Fact::Usage(usage),
            )),
            _ => Ok(()),
        }
    }

    /// (g)
    pub(super) fn crl_signature(
        &mut self,
        index: usize,
        crl: &Crl<'a>,
        key: &PublicKeyInfo<'a>,
    ) -> Result<(), Stop<'a>> {
        let CrlState { signatures, .. } = &self.crls;
        let known = signatures
            .iter()
            .find(|known| known.crl == index && known.key.whole == key.whole);
        let outcome = match known {
            Some(known) => known.outcome,
            None => {
                let scheme = scheme(crl.signature_algorithm, key).map_err(of_a_list)?;
                let first = !self.crls.was_hashed(index);
                self.budget
                    .list_signature(key.kind, crl.tbs.len(), first)
                    .map_err(Stop::spent)?;
                // A remembered signature is paid for like a checked one, as those of issuers are.
                let outcome = if self.recalls_list(crl, key) {
                    Outcome::Right
                } else {
                    check(self.verifier.checks, scheme, key, crl.tbs, crl.signature)
                };
                self.crls.signatures.push(CrlSignature {
                    crl: index,
                    key: *key,
                    outcome,
                });
                outcome
            }
        };
        Err(Stop::Unusable(Box::new(match outcome {
            Outcome::Right => return Ok(()),
            Outcome::Wrong => wrong(crl, key),
            Outcome::Unsupported => Fault::new(
                Code::X509CrlAlgorithm,
                lacking(key),
                Fact::Oid(algorithm_oid(crl.signature_algorithm)),
            ),
            Outcome::Unreadable => algorithm::unreadable(key),
            Outcome::OffCurve => algorithm::no_point(key),
        })))
    }
}

/// As with certificates; lists name keys in too many ways to tell more.
fn wrong<'a>(crl: &Crl<'a>, key: &PublicKeyInfo<'a>) -> Fault<'a> {
    let scheme = scheme(crl.signature_algorithm, key).ok();
    let form = scheme.and_then(|scheme| algorithm::misformed(scheme, key.kind, crl.signature));
    match form {
        Some(form) if !form.fits_another_key => {
            Fault::new(Code::X509CrlSignatureForm, form.expected, form.found)
        }
        _ => Fault::new(
            Code::X509CrlSignature,
            Fact::Issuer("a signature by the key of", crl.issuer),
            Fact::Text("a signature that is wrong, or by another key of that name"),
        ),
    }
}

/// Signature algorithms have codes that speak of certificates, and remedies; a list has its own. What
/// is wrong with a key is said of the key.
fn of_a_list(fault: Fault<'_>) -> Stop<'_> {
    let code = match fault.code {
        Code::X509SignatureAlgorithm
        | Code::X509SignatureUnsupported
        | Code::X509SignatureSha1
        | Code::X509SignatureMd5
        | Code::X509SignatureDsa
        | Code::X509PssParameters => Code::X509CrlAlgorithm,
        code => code,
    };
    Stop::unusable(code, fault.expected, fault.found)
}

fn no_path<'a>(found: &'static str) -> Stop<'a> {
    Stop::unusable(
        Code::X509CrlSignerPath,
        Fact::Text("a signer with a valid path to the same trust anchor"),
        Fact::Text(found),
    )
}

/// Keeps what says most of several candidates: a wrong signature says that it was another one.
fn note<'a>(why: &mut Option<Box<Fault<'a>>>, stop: Stop<'a>) -> Result<(), Stop<'a>> {
    match stop {
        Stop::Unusable(fault) => {
            match why {
                Some(known) if known.code != Code::X509CrlSignature => {}
                _ => *why = Some(fault),
            }
            Ok(())
        }
        stop => Err(stop),
    }
}
