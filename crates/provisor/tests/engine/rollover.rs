//! Primary and secondary: for a while both admit, and then only the new one.

use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, GroupAttestation,
    IndividualAttestation, IndividualEnrollment, Leaves, Sha1Thumbprint, SigningCertificates,
    Thumbprint,
};
use provisor::{CaName, Code, GroupId};
use provisor_testkit::pki::{Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair};

use super::world::*;

const ID: &str = "line-7-0001";

/// Two generations of one CA: the same name, another key.
fn generations() -> [Authority; 2] {
    [1, 2].map(|seed| Authority::root("Factory CA", KeyKind::P256, seed))
}

fn leaf(by: &Authority, generation: &str) -> provisor_testkit::pki::IssuedCertificate {
    let key = KeyPair::new(KeyKind::P256, 7, generation);
    CertificateBuilder::device(DistinguishedName::cn(ID), &key).issued_by(by)
}

fn name(text: &str) -> CaName {
    CaName::parse(text).unwrap()
}

fn group(attestation: GroupAttestation) -> EnrollmentGroup {
    EnrollmentGroup::new(GroupId::parse("line").unwrap(), attestation, generation())
}

#[test]
fn a_device_changes_its_leaf_certificate() {
    let [old, new] = generations();
    let (before, after) = (leaf(&old, "before"), leaf(&new, "after"));
    let prints = [&before, &after].map(|leaf| Thumbprint::of_der(leaf.der()));
    let mut world = World::new();
    // Which enrollment, whether the old leaf is admitted, whether the new one.
    for (primary, secondary, admits_old, admits_new) in [
        (prints[0], None, true, false),
        (prints[0], Some(prints[1]), true, true),
        (prints[1], Some(prints[0]), true, true),
        (prints[1], None, false, true),
    ] {
        let leaves = Leaves::new(primary, secondary).unwrap();
        world.individuals = vec![IndividualEnrollment::new(
            id(ID),
            IndividualAttestation::X509Leaf(leaves),
            generation(),
        )];
        for (leaf, admitted) in [(&before, admits_old), (&after, admits_new)] {
            let response = world.with_certificate(ID, leaf, &[]);
            let refused = response.refused().map(provisor::Rejection::code);
            assert_eq!(refused, (!admitted).then_some(Code::AttestLeafUnknown));
        }
    }
}

#[test]
fn a_sha1_thumbprint_can_refuse_and_never_admits() {
    let [old, new] = generations();
    let (before, after) = (leaf(&old, "before"), leaf(&new, "after"));
    let [(a, a1), (b, b1)] = [&before, &after].map(|leaf| {
        (
            Thumbprint::of_der(leaf.der()),
            Sha1Thumbprint::of_der(leaf.der()),
        )
    });
    let mut world = World::new();
    for (leaves, expected) in [
        (
            Leaves::new(a, None).unwrap().with_sha1(Some(a1), None),
            None,
        ),
        (
            Leaves::new(a, None).unwrap().with_sha1(Some(b1), None),
            Some(Code::AttestThumbprintsDisagree),
        ),
        // The right SHA-1 beside the SHA-256 of another certificate.
        (
            Leaves::new(b, None).unwrap().with_sha1(Some(a1), None),
            Some(Code::AttestLeafUnknown),
        ),
        (
            Leaves::new(b, Some(a))
                .unwrap()
                .with_sha1(Some(b1), Some(a1)),
            None,
        ),
        (
            Leaves::new(b, Some(a))
                .unwrap()
                .with_sha1(Some(b1), Some(b1)),
            Some(Code::AttestThumbprintsDisagree),
        ),
        // Stated for a secondary that is not there.
        (
            Leaves::new(a, None).unwrap().with_sha1(None, Some(b1)),
            None,
        ),
    ] {
        world.individuals = vec![IndividualEnrollment::new(
            id(ID),
            IndividualAttestation::X509Leaf(leaves),
            generation(),
        )];
        let response = world.with_certificate(ID, &before, &[]);
        assert_eq!(response.refused().map(provisor::Rejection::code), expected);
    }
}

#[test]
fn a_group_changes_its_signing_certificate() {
    let [old, new] = generations();
    let (before, after) = (leaf(&old, "before"), leaf(&new, "after"));
    let [old, new] = [&old, &new].map(|ca| trusted(&ca.certificate));
    let mut world = World::new();
    for (primary, secondary, admits_old, admits_new) in [
        (&old, None, true, false),
        (&old, Some(&new), true, true),
        (&new, Some(&old), true, true),
        (&new, None, false, true),
    ] {
        let signing = SigningCertificates::new(primary.clone(), secondary.cloned()).unwrap();
        world.groups = vec![group(GroupAttestation::Signing(signing))];
        for (leaf, admitted) in [(&before, admits_old), (&after, admits_new)] {
            let response = world.with_certificate(ID, leaf, &[]);
            let refused = response.refused().map(provisor::Rejection::code);
            assert_eq!(refused, (!admitted).then_some(Code::X509IssuerKeyDiffers));
        }
    }
}

#[test]
fn a_group_and_a_device_change_the_ca_they_refer_to() {
    use CaStatus::{Unverified, Verified};
    let [old, new] = generations();
    let (before, after) = (leaf(&old, "before"), leaf(&new, "after"));
    let ca = |text: &str, authority: &Authority, status| {
        CaCertificate::from_store(name(text), trusted(&authority.certificate), status)
    };
    for (primary, secondary, status_of_new, admits_old, admits_new) in [
        ("old", None, Verified, true, false),
        // The secondary may be registered before it is verified: it opens nothing yet.
        ("old", Some("new"), Unverified, true, false),
        ("old", Some("new"), Verified, true, true),
        ("new", Some("old"), Verified, true, true),
        ("new", None, Verified, false, true),
        ("new", Some("gone"), Verified, false, true),
    ] {
        let references = CaReferences::new(name(primary), secondary.map(name)).unwrap();
        let (mut by_group, mut by_individual) = (World::new(), World::new());
        by_group.groups = vec![group(GroupAttestation::Ca(references.clone()))];
        by_individual.individuals = vec![IndividualEnrollment::new(
            id(ID),
            IndividualAttestation::X509Ca(references),
            generation(),
        )];
        for mut world in [by_group, by_individual] {
            world.cas = vec![ca("old", &old, Verified), ca("new", &new, status_of_new)];
            for (leaf, admitted) in [(&before, admits_old), (&after, admits_new)] {
                let response = world.with_certificate(ID, leaf, &[]);
                assert_eq!(
                    response.assigned().is_some(),
                    admitted,
                    "{primary} {secondary:?}"
                );
            }
        }
    }
}
