//! A bag, read: what the verifier is asked, in every way that must have the same answer.

use provisor::UnixTime;
use provisor::x509::{
    AnchorValidity, Certificate, ChainVerifier, Code, Crl, Oid, PathVerifier, PolicyInputs,
    Profile, Rejection, RevocationPolicy, TrustAnchor, Verdict, VerifiedPath, limits, profile,
};

use crate::bag::{
    ANCHORS_EXPIRE, Bag, EXPLICIT_POLICY, Kind, NO_ANY_POLICY, NO_MAPPING, ONE_POLICY, STRICT,
};
use crate::model;
use crate::toy::Toy;

/// The policy that is accepted where only one is; the dictionary's certificates state it.
const POLICY: &str = "1.3.6.1.4.1.99999.7.1";

/// A bag whose leaf can be read.
pub(crate) struct Question<'a> {
    bag: &'a Bag,
    now: UnixTime,
    leaf: Certificate<'a>,
    sent: Vec<Certificate<'a>>,
    anchors: Vec<TrustAnchor<'a>>,
    lists: Vec<Crl<'a>>,
    toy: Toy,
}

type Answer<'a> = Result<VerifiedPath<'a>, Rejection>;

impl<'a> Question<'a> {
    /// Reads a bag; what cannot be read is not in it.
    pub(crate) fn read(bag: &'a Bag) -> Option<Self> {
        let leaf = Certificate::from_der(&bag.leaf).ok()?;
        let (mut sent, mut anchors, mut lists) = (Vec::new(), Vec::new(), Vec::new());
        for entry in &bag.entries {
            let certificate = || Certificate::from_der(&entry.der);
            match entry.kind {
                Kind::Sent => sent.extend(certificate()),
                Kind::List => lists.extend(Crl::from_der(&entry.der)),
                Kind::Anchor => {
                    anchors
                        .extend(certificate().and_then(|one| TrustAnchor::from_certificate(&one)));
                }
                Kind::NameAndKey => anchors.extend(certificate().and_then(|one| {
                    TrustAnchor::from_name_and_key(one.subject().der(), one.public_key_info())
                })),
            }
        }
        Some(Self {
            bag,
            now: UnixTime::new(bag.time),
            leaf,
            sent,
            anchors,
            lists,
            toy: Toy::default(),
        })
    }

    /// Asks in every way, under one revocation policy, and whether it was accepted.
    pub(crate) fn judge(&self, policy: RevocationPolicy) -> bool {
        let answer = self.verify(policy);
        self.explained(policy, &answer);
        self.remembered(policy, &answer);
        self.in_another_order(policy, &answer);
        self.less_strictly(policy, &answer);
        match &answer {
            Ok(path) => {
                assert_eq!(path.leaf(), &self.leaf);
                for one in path.issuers() {
                    assert!(self.sent.contains(one), "a certificate that was not sent");
                }
                model::check(path, self.now);
                if policy != RevocationPolicy::Unchecked {
                    model::not_listed(path, &self.lists, self.now);
                }
            }
            Err(rejection) => assert!(!rejection.to_string().contains('\n')),
        }
        answer.is_ok()
    }

    /// Nobody's status is known without a list.
    pub(crate) fn without_lists(&self) {
        self.ask(|verifier| {
            let answer = verifier
                .revocation(RevocationPolicy::DenyUnknown, &[])
                .verify(&self.leaf, self.now);
            assert!(answer.is_err(), "accepted without any list");
        });
    }

    /// What is accepted with some of the certificates and anchors is accepted with all of them.
    /// Only without lists: they can name what was accepted before.
    pub(crate) fn with_less(&self) {
        let whole = self.verify(RevocationPolicy::Unchecked);
        let Err(why) = whole else { return };
        let halves = |length: usize| [(0, length / 2), (length / 2, length)];
        for (start, end) in halves(self.sent.len()) {
            let some = self.sent.get(start..end).unwrap_or_default();
            let answer =
                self.ask(|verifier| verifier.intermediates(some).verify(&self.leaf, self.now));
            assert!(
                answer.is_err() || spent(&why),
                "{why}: not with {start}..{end} sent"
            );
        }
        for (start, end) in halves(self.anchors.len()) {
            let some = self.anchors.get(start..end).unwrap_or_default();
            let answer = self.ask_with(some, self.profile(), |verifier| {
                verifier.verify(&self.leaf, self.now)
            });
            assert!(
                answer.is_err() || spent(&why),
                "{why}: not with anchors {start}..{end}"
            );
        }
    }

    /// Why it is refused, if it is.
    #[cfg(test)]
    pub(crate) fn code(&self, policy: RevocationPolicy) -> Option<Code> {
        self.verify(policy).err().map(|why| why.code())
    }

    fn verify(&self, policy: RevocationPolicy) -> Answer<'a> {
        self.toy.asked();
        let answer = self.ask(|verifier| {
            verifier
                .revocation(policy, &self.lists)
                .verify(&self.leaf, self.now)
        });
        assert!(
            self.toy.asked() <= limits::SIGNATURES,
            "more signatures than the budget"
        );
        answer
    }

    /// The report comes to the same verdict for the same reason, and at a bounded cost.
    fn explained(&self, policy: RevocationPolicy, answer: &Answer<'a>) {
        let report = self.ask(|verifier| {
            verifier
                .revocation(policy, &self.lists)
                .explain(&self.leaf, self.now)
        });
        let asked = self.toy.asked();
        assert!(asked <= limits::SIGNATURES + limits::REPORT_SIGNATURES);
        assert_eq!(report.rejection(), answer.as_ref().err());
        let accepted = report.verdict() == Verdict::Accepted;
        assert_eq!(accepted, answer.is_ok());
        assert!(report.paths().len() <= limits::REPORT_PATHS);
        assert!(!report.to_string().is_empty());
    }

    /// A verifier with memory, cold, warm, and filled by other leaves; with room for one issuer, so
    /// that they push each other out, and with room for all.
    fn remembered(&self, policy: RevocationPolicy, wanted: &Answer<'a>) {
        for capacity in [1, 64] {
            let mut chains = ChainVerifier::with_backend(&self.toy).with_capacity(capacity);
            for _ in 0..2 {
                let answer = self.ask(|verifier| {
                    let verifier = verifier.revocation(policy, &self.lists);
                    let answer = chains.verify(&verifier, &self.leaf, self.now);
                    for other in self.sent.iter().take(3) {
                        let _ = chains.verify(&verifier, other, self.now);
                    }
                    answer
                });
                match (wanted, &answer) {
                    (Ok(wanted), Ok(found)) => {
                        assert!(wanted.certificates().eq(found.certificates()));
                    }
                    (wanted, found) => assert_eq!(wanted.as_ref().err(), found.as_ref().err()),
                }
                assert!(chains.remembered() <= capacity);
            }
        }
    }

    /// The order of what was sent decides nothing, unless a budget ends the search.
    fn in_another_order(&self, policy: RevocationPolicy, wanted: &Answer<'a>) {
        let (mut sent, mut lists) = (self.sent.clone(), self.lists.clone());
        for turn in 0..2 {
            if turn == 0 {
                sent.reverse();
                lists.reverse();
            } else {
                let middle = sent.len() / 2;
                sent.rotate_left(middle);
            }
            let answer = self.ask(|verifier| {
                verifier
                    .intermediates(&sent)
                    .revocation(policy, &lists)
                    .verify(&self.leaf, self.now)
            });
            match (wanted, &answer) {
                (Ok(_), Err(why)) | (Err(why), Ok(_)) => {
                    assert!(spent(why), "another order, another verdict: {why}");
                }
                _ => {}
            }
        }
    }

    /// What the strict profile accepts, the usual one does.
    fn less_strictly(&self, policy: RevocationPolicy, answer: &Answer<'a>) {
        let Err(why) = answer else { return };
        if self.bag.has(STRICT) {
            return;
        }
        let strictly = self.ask_with(&self.anchors, self.profile().strict(), |verifier| {
            verifier
                .revocation(policy, &self.lists)
                .verify(&self.leaf, self.now)
        });
        assert!(
            strictly.is_err() || spent(why),
            "accepted only strictly: {why}"
        );
    }

    fn profile(&self) -> Profile {
        let profile = match self.bag.profile % 6 {
            0 => profile::DEVICE,
            1 => profile::ISSUING_CA,
            2 => profile::IDEVID,
            3 => profile::EK,
            4 => profile::AK,
            // Whatever the leaf is for.
            _ => Profile::new("any").with_leaf_kind(profile::LeafKind::EndEntityOrCa),
        };
        if self.bag.has(STRICT) {
            profile.strict()
        } else {
            profile
        }
    }

    fn ask<T>(&self, question: impl FnOnce(PathVerifier<'_, 'a>) -> T) -> T {
        self.ask_with(&self.anchors, self.profile(), question)
    }

    fn ask_with<T>(
        &self,
        anchors: &[TrustAnchor<'a>],
        profile: Profile,
        question: impl FnOnce(PathVerifier<'_, 'a>) -> T,
    ) -> T {
        let accepted = [Oid::parse(POLICY).expect("an OID")];
        let mut policies = PolicyInputs::new();
        for (flag, change) in [
            (
                EXPLICIT_POLICY,
                PolicyInputs::require_explicit as fn(_) -> _,
            ),
            (NO_MAPPING, PolicyInputs::inhibit_mapping),
            (NO_ANY_POLICY, PolicyInputs::inhibit_any),
        ] {
            if self.bag.has(flag) {
                policies = change(policies);
            }
        }
        if self.bag.has(ONE_POLICY) {
            policies = policies.accepting(&accepted);
        }
        let validity = if self.bag.has(ANCHORS_EXPIRE) {
            AnchorValidity::Checked
        } else {
            AnchorValidity::Ignored
        };
        let backend = &self.toy;
        let verifier = PathVerifier::new(&profile, anchors)
            .intermediates(&self.sent)
            .anchor_validity(validity)
            .policies(policies)
            .signature_checks(&backend);
        question(verifier)
    }
}

/// Whether a search ended because it had cost enough.
fn spent(why: &Rejection) -> bool {
    matches!(
        why.code(),
        Code::X509BudgetSignatures
            | Code::X509BudgetCandidates
            | Code::X509BudgetNames
            | Code::X509BudgetPolicies
            | Code::X509BudgetCrls
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_reach_what_they_are_named_for() {
        let judge = |seed: &[u8], policy| {
            let bag = Bag::read(seed);
            let question = Question::read(&bag).expect("a leaf");
            question.judge(policy)
        };
        use RevocationPolicy::{DangerAllowUnknown, DenyUnknown, Unchecked};
        const MUTE: &[u8] = include_bytes!("../seeds/crl/judged-by-a-mute-ca");
        for (seed, policy, wanted) in [
            (&include_bytes!("../seeds/path/good")[..], Unchecked, true),
            (include_bytes!("../seeds/path/ek"), Unchecked, true),
            (include_bytes!("../seeds/path/impostor"), Unchecked, true),
            (include_bytes!("../seeds/path/issuing-ca"), Unchecked, true),
            (
                include_bytes!("../seeds/path/name-and-key"),
                Unchecked,
                true,
            ),
            (
                include_bytes!("../seeds/path/policy-required"),
                Unchecked,
                false,
            ),
            (include_bytes!("../seeds/path/too-late"), Unchecked, false),
            (
                include_bytes!("../seeds/crl/judged-clean"),
                DenyUnknown,
                true,
            ),
            (
                include_bytes!("../seeds/crl/judged-on-hold"),
                DenyUnknown,
                false,
            ),
            (
                include_bytes!("../seeds/crl/judged-released"),
                DenyUnknown,
                true,
            ),
            (
                include_bytes!("../seeds/crl/judged-indirect"),
                DenyUnknown,
                true,
            ),
            (
                include_bytes!("../seeds/crl/judged-without-list"),
                DenyUnknown,
                false,
            ),
            (MUTE, DenyUnknown, false),
            (MUTE, DangerAllowUnknown, true),
        ] {
            assert_eq!(judge(seed, policy), wanted);
        }
    }

    #[test]
    fn look_alikes_spend_the_budget() {
        let bag = Bag::read(include_bytes!("../seeds/path/look-alikes"));
        let question = Question::read(&bag).expect("a leaf");
        assert!(!question.judge(RevocationPolicy::Unchecked));
        let code = question.code(RevocationPolicy::Unchecked);
        assert_eq!(code, Some(Code::X509BudgetSignatures));
    }
}
