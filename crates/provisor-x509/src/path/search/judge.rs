//! The rules tried on one certificate, and the signature between two.

use provisor_report::Code;

use super::check::{Outcome, lacking};
use super::key_ids::{KeyIds, wrong_signature};
use super::memo::Edge;
use super::{Judged, Search};
use crate::algorithm::{self, scheme};
use crate::certificate::Certificate;
use crate::fault::{Fact, Fault};
use crate::key::PublicKeyInfo;
use crate::path::observe::Observer;
use crate::path::place::Place;
use crate::path::rules;
use crate::path::strict::{self, Role};
use crate::profile::Strictness;
use crate::report::Rule;

impl<'s, 'a, O: Observer<'a>> Search<'s, '_, 'a, O> {
    /// What the leaf has to be, whatever its issuers.
    pub(super) fn judge_leaf(&mut self, place: Place<'a>) -> Judged<'a> {
        let mut judged = Judged(None);
        let (leaf, now, profile) = (self.leaf, self.now, &self.verifier.profile);
        let revocation = self.verifier.revocation;
        self.rule(&mut judged, Rule::KnownCritical, place, |_| {
            rules::known_critical(leaf, revocation)
        });
        self.rule(&mut judged, Rule::LeafKind, place, |_| {
            rules::leaf_kind(leaf, profile)
        });
        self.rule(&mut judged, Rule::Validity, place, |_| {
            rules::validity(leaf, now)
        });
        self.rule(&mut judged, Rule::Purpose, place, |_| {
            rules::purpose(leaf.extensions.purposes, profile)
        });
        self.rule(&mut judged, Rule::KeyUsageBits, place, |_| {
            rules::key_usage_bits(leaf, profile)
        });
        self.rule(&mut judged, Rule::KeyUsage, place, |_| {
            rules::leaf_key_usage(leaf, profile)
        });
        self.rule(&mut judged, Rule::KeyStrength, place, |_| {
            rules::leaf_key_strength(leaf, profile)
        });
        self.rule(&mut judged, Rule::TpmIdentity, place, |_| {
            rules::tpm_identity(leaf, profile)
        });
        self.strict(&mut judged, place, |_| {
            strict::certificate(leaf, Role::Leaf)
        });
        judged
    }

    /// What an issuer has to be, whatever the signature.
    pub(super) fn judge_issuer(
        &mut self,
        candidate: &Certificate<'a>,
        place: Place<'a>,
    ) -> Judged<'a> {
        let mut judged = Judged(None);
        let (now, profile) = (self.now, &self.verifier.profile);
        let revocation = self.verifier.revocation;
        let extensions = &candidate.extensions;
        self.rule(&mut judged, Rule::KnownCritical, place, |_| {
            rules::known_critical(candidate, revocation)
        });
        self.rule(&mut judged, Rule::Validity, place, |_| {
            rules::validity(candidate, now)
        });
        self.rule(&mut judged, Rule::IssuerIsCa, place, |_| {
            rules::is_ca(candidate)
        });
        self.rule(&mut judged, Rule::KeyUsageBits, place, |_| {
            rules::key_usage_bits(candidate, profile)
        });
        self.rule(&mut judged, Rule::KeyCertSign, place, |_| {
            rules::key_cert_sign(candidate)
        });
        self.rule(&mut judged, Rule::PathLength, place, |search| {
            rules::path_length(
                extensions.basic_constraints.and_then(|bc| bc.path_len()),
                || search.not_self_issued(),
            )
        });
        self.rule(&mut judged, Rule::Purpose, place, |_| {
            rules::purpose(extensions.purposes, profile)
        });
        self.strict(&mut judged, place, |search| {
            strict::issuer(candidate, search.certificate(search.length))
        });
        judged
    }

    /// The rules that only a strict profile has; others do not mention them.
    pub(super) fn strict(
        &mut self,
        judged: &mut Judged<'a>,
        place: Place<'a>,
        check: impl FnOnce(&Self) -> Result<(), Fault<'a>>,
    ) {
        if self.verifier.profile.strictness == Strictness::Certificates {
            self.rule(judged, Rule::StrictCertificate, place, check);
        }
    }

    /// RFC 5280 section 6.1.3 (a)(1). Fails only when the budget is spent; a wrong signature is a
    /// judgement like the others.
    pub(super) fn signature(
        &mut self,
        judged: &mut Judged<'a>,
        child: &'s Certificate<'a>,
        key_number: usize,
        key: &PublicKeyInfo<'a>,
        issuer: Place<'a>,
        ids: KeyIds,
    ) -> Result<(), Fault<'a>> {
        if judged.0.is_some() && !O::THOROUGH {
            return Ok(());
        }
        let child_place = self.place(self.length);
        let scheme = match scheme(child.signature_algorithm, key) {
            Ok(scheme) => scheme,
            Err(fault) => {
                // What is wrong with the key is said of the issuer, the rest of what it signed.
                let place =
                    if algorithm::weakness(key).is_some() || fault.code == Code::X509KeyAlgorithm {
                        issuer
                    } else {
                        child_place
                    };
                self.rule(judged, Rule::Algorithm, place, |_| Err(fault));
                return Ok(());
            }
        };
        self.rule(judged, Rule::Algorithm, child_place, |_| Ok(()));
        // Checks made only for the report's sake have an allowance of their own and leave no memory,
        // so that the report's budget runs out exactly when the verdict's does.
        let courtesy = judged.0.is_some();
        let child_number = self.number(self.length);
        let outcome = match self.memo.find(child_number, key_number) {
            Some(edge) => edge.outcome,
            None => {
                let bytes = child.tbs.len();
                if !courtesy {
                    self.budget.signature(key.kind, bytes)?;
                } else if !self.budget.courtesy(key.kind, bytes) {
                    return Ok(());
                }
                // A remembered signature is paid for like a checked one, so that the memory cannot
                // change where a budget ends.
                let recalled = self.recalls(child, key);
                let outcome = if recalled {
                    Outcome::Right
                } else {
                    self.check(scheme, key, child)
                };
                if !courtesy {
                    self.memo.push(Edge {
                        child: child_number,
                        key: key_number,
                        outcome,
                        recalled,
                    });
                }
                outcome
            }
        };
        let (place, outcome) = match outcome {
            Outcome::Right => (child_place, Ok(())),
            // Of another form it is right by no key: that is said, and not that another key made it.
            Outcome::Wrong => (
                child_place,
                Err(
                    match algorithm::misformed(scheme, key.kind, child.signature) {
                        Some(form) if !form.fits_another_key || ids == KeyIds::Same => {
                            Fault::new(Code::X509SignatureForm, form.expected, form.found)
                        }
                        _ => wrong_signature(child, ids),
                    },
                ),
            ),
            Outcome::Unsupported => (
                child_place,
                Err(Fault::new(
                    Code::X509SignatureUnsupported,
                    lacking(key),
                    Fact::Text(scheme.name()),
                )),
            ),
            Outcome::Unreadable => (issuer, Err(algorithm::unreadable(key))),
            Outcome::OffCurve => (issuer, Err(algorithm::no_point(key))),
        };
        self.rule(judged, Rule::Signature, place, |_| outcome);
        Ok(())
    }

    /// The number of the certificate at `depth` of the path among those of edges.
    pub(super) fn number(&self, depth: usize) -> usize {
        match depth.checked_sub(1) {
            None => 0,
            Some(below) => self
                .path
                .get(below)
                .map_or(0, |index| index.saturating_add(1)),
        }
    }
}
