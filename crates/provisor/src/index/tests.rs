//! The index answers as a look at everything does.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;
use provisor_report::Code;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, IssuedCertificate, KeyKind,
    KeyPair, ToyPki,
};
use provisor_testkit::random::SeededRandom;

use super::EnrollmentIndex;
use crate::attestation::Issuers;
use crate::attestation::effort::Effort;
use crate::attestation::x509::{Shown, Trust, nearest};
use crate::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, Generation, GroupAttestation,
    IndividualAttestation, IndividualEnrollment, InitialTwin, ProvisioningStatus, Settings,
    SigningCertificates, TrustedCertificate,
};
use crate::id::{CaName, GroupId, IdRules, RegistrationId};
use crate::limits;

const ID: &str = "line-7-0001";

fn empty() -> EnrollmentIndex {
    EnrollmentIndex::new(&mut SeededRandom::new(1, "index")).unwrap()
}

fn generation() -> Generation {
    Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap()
}

fn trusted(authority: &Authority) -> TrustedCertificate {
    TrustedCertificate::from_der(authority.certificate.der()).unwrap()
}

fn group(id: &str, attestation: GroupAttestation, enabled: bool) -> EnrollmentGroup {
    let status = match enabled {
        true => ProvisioningStatus::Enabled,
        false => ProvisioningStatus::Disabled,
    };
    EnrollmentGroup::new(GroupId::parse(id).unwrap(), attestation, generation())
        .with_settings(Settings::new().with_provisioning_status(status))
}

fn signing(authority: &Authority) -> GroupAttestation {
    GroupAttestation::Signing(SigningCertificates::new(trusted(authority), None).unwrap())
}

fn device(issuer: &Authority) -> IssuedCertificate {
    leaf().issued_by(issuer)
}

fn leaf() -> CertificateBuilder {
    let key = KeyPair::new(KeyKind::P256, 1, ID);
    CertificateBuilder::device(DistinguishedName::cn(ID), &key)
}

/// The group that admits the device, or why none does.
fn asked(trust: Trust<'_>, leaf: &IssuedCertificate, sent: &[&[u8]]) -> Result<String, Code> {
    let shown = Shown::read(leaf.der(), sent).unwrap();
    let id = RegistrationId::try_from(ID).unwrap();
    let mut effort = Effort::new(None);
    trust.check(&Issuers::of(leaf.der(), sent), None).unwrap();
    nearest(
        &shown,
        &id,
        trust,
        IdRules::Current,
        ToyPki::NOW,
        &mut effort,
    )
    .map(|found| found.group.id().to_string())
    .map_err(|cause| cause.code())
}

fn found(
    index: &EnrollmentIndex,
    leaf: &IssuedCertificate,
    sent: &[&[u8]],
) -> Result<String, Code> {
    let groups = index.find(&Issuers::of(leaf.der(), sent), None);
    asked(Trust::Found(&groups), leaf, sent)
}

/// CAs of different names and of one name, above and below each other.
fn pool() -> Vec<Authority> {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let issuing = root.issuing_ca("Issuing", KeyKind::P256, 1, None);
    let below = issuing.issuing_ca("Below", KeyKind::P256, 1, None);
    vec![
        root.issuing_ca("Issuing", KeyKind::P256, 2, None),
        root.issuing_ca("Root", KeyKind::P256, 2, None),
        Authority::root("Other", KeyKind::P256, 1),
        below,
        issuing,
        root,
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Group(usize, bool, usize, Option<usize>),
    Referring(usize, bool, usize, Option<usize>),
    Without(usize),
    Ca(usize, usize, bool),
    WithoutCa(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let two = || (0..6_usize, prop::option::of(0..6_usize));
    prop_oneof![
        4 => (0..8_usize, prop::bool::weighted(0.8), two())
            .prop_map(|(id, on, (a, b))| Step::Group(id, on, a, b)),
        3 => (0..8_usize, prop::bool::weighted(0.8), two())
            .prop_map(|(id, on, (a, b))| Step::Referring(id, on, a % 4, b.map(|b| b % 4))),
        1 => (0..8_usize).prop_map(Step::Without),
        3 => (0..4_usize, 0..6_usize, any::<bool>()).prop_map(|(n, a, on)| Step::Ca(n, a, on)),
        1 => (0..4_usize).prop_map(Step::WithoutCa),
    ]
}

/// The same service as two lists.
#[derive(Default)]
struct Lists {
    groups: Vec<EnrollmentGroup>,
    cas: Vec<CaCertificate>,
}

impl Lists {
    fn put_group(&mut self, group: EnrollmentGroup) {
        self.groups.retain(|other| other.id() != group.id());
        self.groups.push(group);
        self.groups.sort_by(|a, b| a.id().cmp(b.id()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(200),
    ))]

    #[test]
    fn what_is_found_decides_as_everything_does(
        steps in prop::collection::vec(step(), 1..14),
        issuer in 0..6_usize,
        sent in prop::sample::subsequence((0..6_usize).collect::<Vec<_>>(), 0..5),
    ) {
        let pool = pool();
        let name = |n: usize| CaName::parse(&format!("ca-{n}")).unwrap();
        let (mut index, mut lists) = (empty(), Lists::default());
        for step in steps {
            match step {
                Step::Group(id, enabled, a, b) => {
                    let second = b.filter(|b| *b != a).map(|b| trusted(&pool[b]));
                    let pair = SigningCertificates::new(trusted(&pool[a]), second).unwrap();
                    let made = group(&format!("g{id}"), GroupAttestation::Signing(pair), enabled);
                    index.put_group(made.clone()).unwrap();
                    lists.put_group(made);
                }
                Step::Referring(id, enabled, a, b) => {
                    let second = b.filter(|b| *b != a).map(name);
                    let pair = CaReferences::new(name(a), second).unwrap();
                    let made = group(&format!("g{id}"), GroupAttestation::Ca(pair), enabled);
                    index.put_group(made.clone()).unwrap();
                    lists.put_group(made);
                }
                Step::Without(id) => {
                    let id = GroupId::parse(&format!("G{id}")).unwrap();
                    let there = lists.groups.iter().any(|group| *group.id() == id);
                    prop_assert_eq!(index.remove_group(&id).is_some(), there);
                    lists.groups.retain(|group| *group.id() != id);
                }
                Step::Ca(n, a, verified) => {
                    let status = if verified { CaStatus::Verified } else { CaStatus::Unverified };
                    let ca = CaCertificate::from_store(name(n), trusted(&pool[a]), status);
                    lists.cas.retain(|other| other.name() != ca.name());
                    lists.cas.push(ca.clone());
                    lists.cas.sort_by(|a, b| a.name().cmp(b.name()));
                    index.put_ca(ca).unwrap();
                }
                Step::WithoutCa(n) => {
                    let used = lists.groups.iter().any(|group| group.refers_to(&name(n)));
                    let removed = index.remove_ca(&name(n));
                    match used {
                        true => prop_assert_eq!(removed.unwrap_err().code(), Code::AttestCaInUse),
                        false => {
                            let there = lists.cas.iter().any(|ca| *ca.name() == name(n));
                            prop_assert_eq!(removed.unwrap().is_some(), there);
                            lists.cas.retain(|ca| *ca.name() != name(n));
                        }
                    }
                }
            }
        }
        prop_assert_eq!(index.group_count(), lists.groups.len());
        prop_assert_eq!(index.cas().count(), lists.cas.len());
        let leaf = device(&pool[issuer]);
        let sent: Vec<&[u8]> = sent.iter().map(|n| pool[*n].certificate.der()).collect();
        let all = Trust::All { groups: &lists.groups, cas: &lists.cas };
        prop_assert_eq!(found(&index, &leaf, &sent), asked(all, &leaf, &sent));
    }
}

/// As many CAs of one name as no decision could try one by one.
fn crowd(root: &Authority) -> Vec<Authority> {
    let many = 2 * u64::try_from(limits::GROUPS_TRIED).unwrap();
    (0..many)
        .map(|seed| root.issuing_ca("Same CA", KeyKind::P256, seed, None))
        .collect()
}

#[test]
fn of_many_of_one_name_the_key_decides() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let crowd = crowd(&root);
    let mut index = empty();
    for (n, authority) in crowd.iter().enumerate() {
        index
            .put_group(group(&format!("g{n}"), signing(authority), n != 5))
            .unwrap();
    }
    for n in [0, 5, 23] {
        let group = found(&index, &device(&crowd[n]), &[]);
        assert_eq!(group, Ok(format!("g{n}")));
    }
    // Nothing says which: none is tried.
    let silent = leaf().without_authority_key_id().issued_by(&crowd[3]);
    assert_eq!(found(&index, &silent, &[]), Err(Code::AttestTooManyGroups));
    // A key of none of them.
    let stranger = root.issuing_ca("Same CA", KeyKind::P256, 999, None);
    assert_eq!(
        found(&index, &device(&stranger), &[]),
        Err(Code::AttestNoGroup)
    );
    // Fewer of the name, and all are tried again.
    for n in limits::GROUPS_TRIED..crowd.len() {
        index.remove_group(&GroupId::parse(&format!("g{n}")).unwrap());
    }
    assert_eq!(found(&index, &silent, &[]), Ok("g3".into()));
}

/// A group whose certificate states another key identifier than the device's names is not found in a
/// crowd. No group further away answers in its place.
#[test]
fn no_path_leads_past_a_name_of_which_groups_are_left_out() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let crowd = crowd(&root);
    let odd = &crowd[7];
    let other_id = Authority {
        certificate: CertificateBuilder::ca(odd.name.clone(), &odd.key, None)
            .extension(Extension::subject_key_id(b"another"))
            .issued_by(&root),
        ..odd.clone()
    };
    let mut index = empty();
    for (n, authority) in crowd.iter().enumerate() {
        let authority = if n == 7 { &other_id } else { authority };
        index
            .put_group(group(&format!("g{n}"), signing(authority), true))
            .unwrap();
    }
    index
        .put_group(group("root", signing(&root), true))
        .unwrap();
    let sent = [odd.certificate.der()];
    let refused = found(&index, &device(odd), &sent);
    assert_eq!(refused, Err(Code::AttestTooManyGroups));
    // Where the crowd is not passed, the root's group answers.
    assert_eq!(found(&index, &device(&root), &sent), Ok("root".into()));
}

/// Two groups that hold one CA by different certificates are a tie in a crowd, too.
#[test]
fn whoever_has_the_same_ca_is_found_beside_it() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let crowd = crowd(&root);
    let again = Authority {
        certificate: CertificateBuilder::ca(crowd[7].name.clone(), &crowd[7].key, None)
            .extension(Extension::subject_key_id(b"another"))
            .issued_by(&root),
        ..crowd[7].clone()
    };
    let mut index = empty();
    for (n, authority) in crowd.iter().enumerate() {
        index
            .put_group(group(&format!("g{n}"), signing(authority), true))
            .unwrap();
    }
    let leaf = device(&crowd[7]);
    assert_eq!(found(&index, &leaf, &[]), Ok("g7".into()));
    index
        .put_group(group("again", signing(&again), true))
        .unwrap();
    assert_eq!(found(&index, &leaf, &[]), Err(Code::AttestGroupAmbiguous));
    index.remove_group(&GroupId::parse("again").unwrap());
    let name = CaName::parse("again").unwrap();
    let references = CaReferences::new(name.clone(), None).unwrap();
    index
        .put_group(group("referring", GroupAttestation::Ca(references), true))
        .unwrap();
    assert_eq!(found(&index, &leaf, &[]), Ok("g7".into()));
    index
        .put_ca(CaCertificate::from_store(
            name,
            trusted(&again),
            CaStatus::Verified,
        ))
        .unwrap();
    assert_eq!(found(&index, &leaf, &[]), Err(Code::AttestGroupAmbiguous));
}

/// Groups that cannot be asked do not count among those that are too many; those that bar do.
#[test]
fn a_ca_of_many_groups_is_refused_unless_it_admits_for_none() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let name = CaName::parse("root").unwrap();
    let mut index = empty();
    let referring = || GroupAttestation::Ca(CaReferences::new(name.clone(), None).unwrap());
    for n in 0..=limits::GROUPS_TRIED {
        index
            .put_group(group(&format!("g{n}"), referring(), true))
            .unwrap();
    }
    index.put_group(group("own", signing(&root), true)).unwrap();
    let leaf = device(&root);
    let put = |index: &mut EnrollmentIndex, status| {
        index
            .put_ca(CaCertificate::from_store(
                name.clone(),
                trusted(&root),
                status,
            ))
            .unwrap()
    };
    assert!(put(&mut index, CaStatus::Unverified).is_none());
    assert_eq!(found(&index, &leaf, &[]), Ok("own".into()));
    assert!(put(&mut index, CaStatus::Verified).is_some());
    assert_eq!(found(&index, &leaf, &[]), Err(Code::AttestTooManyGroups));
}

#[test]
fn facts_for_another_request_and_facts_that_are_missing_are_refused() {
    let pool = pool();
    let name = CaName::parse("root").unwrap();
    let mut index = empty();
    let references = CaReferences::new(name.clone(), None).unwrap();
    let group = group("g", GroupAttestation::Ca(references.clone()), true);
    index.put_group(group.clone()).unwrap();
    index
        .put_ca(CaCertificate::from_store(
            name.clone(),
            trusted(&pool[5]),
            CaStatus::Verified,
        ))
        .unwrap();
    let (leaf, other) = (device(&pool[5]), device(&pool[2]));
    let issuers = Issuers::of(leaf.der(), &[]);
    let refused = |trust: Trust<'_>, issuers: &Issuers<'_>, individual| {
        trust
            .check(issuers, individual)
            .map_err(|cause| cause.code())
    };
    let found = index.find(&issuers, None);
    assert_eq!(refused(Trust::Found(&found), &issuers, None), Ok(()));
    let others = Issuers::of(other.der(), &[]);
    assert_eq!(
        refused(Trust::Found(&found), &others, None),
        Err(Code::RegFacts)
    );
    // A group without an answer for the CA that it refers to.
    let half = crate::attestation::FoundGroups::new(&issuers).with_group(&group);
    assert_eq!(
        refused(Trust::Found(&half), &issuers, None),
        Err(Code::RegFacts)
    );
    let whole = half.with_ca(&name, None);
    assert_eq!(refused(Trust::Found(&whole), &issuers, None), Ok(()));
    // An individual enrollment, likewise.
    let elsewhere = CaReferences::new(CaName::parse("elsewhere").unwrap(), None).unwrap();
    let id = RegistrationId::try_from(ID).unwrap();
    let own = IndividualEnrollment::new(id, IndividualAttestation::X509Ca(elsewhere), generation());
    assert_eq!(
        refused(Trust::Found(&found), &issuers, Some(&own)),
        Err(Code::RegFacts)
    );
    index.put_individual(own.clone()).unwrap();
    let found = index.find(&issuers, Some(&own));
    assert_eq!(refused(Trust::Found(&found), &issuers, Some(&own)), Ok(()));
}

#[test]
fn individual_enrollments_come_and_go_and_share_their_settings() {
    let mut index = empty();
    let id = |n: usize| RegistrationId::try_from(&*format!("Device-{n}")).unwrap();
    let settings = || Settings::new().with_initial_twin(InitialTwin::parse("{}").unwrap());
    for n in 0..1000 {
        let made = IndividualEnrollment::new(id(n), IndividualAttestation::TpmAny, generation());
        assert!(
            index
                .put_individual(made.with_settings(settings()))
                .unwrap()
                .is_none()
        );
    }
    let at = |index: &EnrollmentIndex, n| {
        let folded = RegistrationId::try_from(&*format!("DEVICE-{n}")).unwrap();
        index
            .individual(&folded)
            .map(|found| core::ptr::from_ref(found.settings()))
    };
    assert_eq!(at(&index, 7), at(&index, 999));
    let changed = IndividualEnrollment::new(id(7), IndividualAttestation::TpmAny, generation());
    assert!(index.put_individual(changed).unwrap().is_some());
    assert_ne!(at(&index, 7), at(&index, 999));
    for n in (0..1000).step_by(2) {
        assert!(index.remove_individual(&id(n)).is_some());
        assert!(index.remove_individual(&id(n)).is_none());
    }
    assert_eq!(
        (index.individual_count(), index.individuals().count()),
        (500, 500)
    );
    assert!((0..1000).all(|n| at(&index, n).is_some() == (n % 2 == 1)));
}

#[test]
fn groups_with_keys_come_by_name_and_a_used_ca_stays() {
    use crate::enrollment::SymmetricKeys;

    let mut index = empty();
    let keys = || {
        let keys = SymmetricKeys::generate(&mut SeededRandom::new(1, "keys")).unwrap();
        GroupAttestation::SymmetricKey(keys)
    };
    let pool = pool();
    for id in ["line-b", "Line-a", "line-c"] {
        index.put_group(group(id, keys(), true)).unwrap();
    }
    let names = |index: &EnrollmentIndex| -> Vec<String> {
        index
            .symmetric_key_groups()
            .map(|group| group.id().to_string())
            .collect()
    };
    assert_eq!(names(&index), ["Line-a", "line-b", "line-c"]);
    index
        .put_group(group("LINE-B", signing(&pool[0]), true))
        .unwrap();
    assert_eq!(names(&index), ["Line-a", "line-c"]);

    let name = CaName::parse("root").unwrap();
    let own = IndividualAttestation::X509Ca(CaReferences::new(name.clone(), None).unwrap());
    let id = RegistrationId::try_from(ID).unwrap();
    let own = IndividualEnrollment::new(id.clone(), own, generation());
    index.put_individual(own.clone()).unwrap();
    index.put_individual(own).unwrap();
    index
        .put_ca(CaCertificate::new(name.clone(), trusted(&pool[5])))
        .unwrap();
    let refused = index.remove_ca(&name).unwrap_err();
    assert_eq!(refused.code(), Code::AttestCaInUse);
    assert_eq!(refused.found_text(), "one individual enrollment");
    index.remove_individual(&id);
    assert!(index.remove_ca(&name).unwrap().is_some());
    assert!(index.remove_ca(&name).unwrap().is_none());
}
