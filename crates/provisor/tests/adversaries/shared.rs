//! One budget and one memory for a request: who cannot be led around whom, and what is paid once.

use provisor::Code;
use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, GroupAttestation, ProvisioningStatus,
    Settings, TrustedCertificate,
};
use provisor::registration::Response;
use provisor::x509::ChainVerifier;
use provisor::{CaName, GroupId};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair, ToyPki,
};

use super::service::{Counting, MOST_SIGNATURES, World, group};

fn disabled(group: EnrollmentGroup) -> EnrollmentGroup {
    let mut settings = Settings::default();
    settings.provisioning_status = ProvisioningStatus::Disabled;
    group.with_settings(settings)
}

#[track_caller]
fn code(response: Response) -> Code {
    match response {
        Response::Refused(rejection) => rejection.code(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn admitted_by(response: Response) -> String {
    match response {
        Response::Assigned(assigned) => assigned.record.enrollment.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_next_device_of_a_fleet_costs_one_signature() {
    let pki = ToyPki::new(7);
    let (root, issuing) = (
        pki.root.certificate.der(),
        pki.intermediate.certificate.der(),
    );
    let world = World {
        groups: vec![
            group("far", &[root]),
            group("other", &[ToyPki::new(8).root.certificate.der()]),
        ],
        ..World::default()
    };
    let counting = Counting::default();
    let mut chains = ChainVerifier::with_backend(&counting);
    for (number, wanted) in [2, 1, 1].into_iter().enumerate() {
        let name = format!("line-{number}");
        let leaf = pki.device(&name, KeyKind::P256).certificate;
        let response = world.decide(&name, leaf.der(), &[issuing], Some(&mut chains));
        assert_eq!(admitted_by(response), "group far");
        assert!(
            counting.take().0 <= wanted + 1,
            "the other root has the same name"
        );
    }
    assert_eq!(chains.remembered(), 1);
    // Who is admitted by nobody leaves nothing behind.
    let stranger = ToyPki::new(9);
    let leaf = stranger.device("line-9", KeyKind::P256).certificate;
    let sent = [stranger.intermediate.certificate.der()];
    code(world.decide("line-9", leaf.der(), &sent, Some(&mut chains)));
    assert_eq!(chains.remembered(), 1);
}

/// The leaf of a CA whose group is disabled, and as much beside it as makes the search end early:
/// whatever is sent, no other group gets the device.
#[test]
fn a_spent_budget_leads_to_no_other_group() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let near = root.issuing_ca("Near", KeyKind::P256, 1, None);
    let key = KeyPair::new(KeyKind::P256, 1, "line-7");
    let leaf = CertificateBuilder::device(DistinguishedName::cn("line-7"), &key)
        .without_authority_key_id()
        .issued_by(&near);
    let mut world = World {
        groups: vec![
            group("far", &[root.certificate.der()]),
            disabled(group("near", &[near.certificate.der()])),
        ],
        ..World::default()
    };
    let lookalike = |number: u64| {
        let key = KeyPair::new(KeyKind::P256, 100 + number, "lookalike");
        CertificateBuilder::ca(near.name.clone(), &key, None)
            .without_extension("2.5.29.14")
            .without_authority_key_id()
            .issuer(&near.name)
            .issued_by(&root)
    };
    for count in 0..16 {
        let others: Vec<_> = (0..count).map(lookalike).collect();
        for last in [false, true] {
            let mut sent: Vec<&IssuedCertificate> = others.iter().collect();
            sent.insert(if last { sent.len() } else { 0 }, &near.certificate);
            let sent: Vec<_> = sent.iter().map(|certificate| certificate.der()).collect();
            let counting = Counting::default();
            let mut chains = ChainVerifier::with_backend(&counting);
            let response = world.decide("line-7", leaf.der(), &sent, Some(&mut chains));
            assert_eq!(code(response), Code::AttestGroupDisabled);
            assert!(counting.take().0 <= MOST_SIGNATURES);
        }
    }
    // As many groups of that name as are tried: the search may end first, and never in another group.
    world.groups.extend((0..14).map(|number| {
        let key = KeyPair::new(KeyKind::P256, 200 + number, "group");
        let ca = CertificateBuilder::ca(near.name.clone(), &key, None).self_signed(&key);
        group(&format!("lookalike-{number}"), &[ca.der()])
    }));
    let others: Vec<_> = (0..15).map(lookalike).collect();
    let mut sent: Vec<_> = others.iter().map(|certificate| certificate.der()).collect();
    sent.push(near.certificate.der());
    let response = world.decide("line-7", leaf.der(), &sent, None);
    assert!(
        [Code::AttestGroupDisabled, Code::X509BudgetSignatures].contains(&code(response)),
        "the device must not come in"
    );
}

#[test]
fn a_disabled_group_bars_by_a_ca_whose_possession_nobody_proved() {
    let pki = ToyPki::new(7);
    let leaf = pki.device("line-7", KeyKind::P256).certificate;
    let sent = [pki.intermediate.certificate.der()];
    let name = CaName::parse("issuing").unwrap();
    let by_reference = |status: CaStatus, disable: bool| {
        let references = CaReferences::new(name.clone(), None).unwrap();
        let plain = group("near", &[pki.root.certificate.der()]);
        let generation = plain.generation();
        let id = GroupId::parse("near").unwrap();
        let near = EnrollmentGroup::new(id, GroupAttestation::Ca(references), generation);
        let near = if disable { disabled(near) } else { near };
        World {
            groups: vec![group("far", &[pki.root.certificate.der()]), near],
            cas: vec![CaCertificate::from_store(
                name.clone(),
                TrustedCertificate::from_der(sent[0]).unwrap(),
                status,
            )],
        }
    };
    for (status, disable, wanted) in [
        (CaStatus::Verified, false, Ok("group near")),
        (CaStatus::Verified, true, Err(Code::AttestGroupDisabled)),
        (CaStatus::Unverified, true, Err(Code::AttestGroupDisabled)),
        // Anybody can register anybody's CA: an unverified one takes no devices away.
        (CaStatus::Unverified, false, Ok("group far")),
    ] {
        let response = by_reference(status, disable).decide("line-7", leaf.der(), &sent, None);
        match wanted {
            Ok(group) => assert_eq!(admitted_by(response), group),
            Err(wanted) => assert_eq!(code(response), wanted),
        }
    }
    // Another CA of the group was verified; the one that is the device's issuer was not.
    let other = CaName::parse("other").unwrap();
    let mut world = by_reference(CaStatus::Unverified, false);
    let references = CaReferences::new(name.clone(), Some(other.clone())).unwrap();
    let generation = world.groups[1].generation();
    let id = GroupId::parse("near").unwrap();
    world.groups = vec![EnrollmentGroup::new(
        id,
        GroupAttestation::Ca(references),
        generation,
    )];
    world.cas.push(CaCertificate::from_store(
        other,
        TrustedCertificate::from_der(
            Authority::root("Elsewhere", KeyKind::P256, 1)
                .certificate
                .der(),
        )
        .unwrap(),
        CaStatus::Verified,
    ));
    let response = world.decide("line-7", leaf.der(), &sent, None);
    assert_eq!(code(response), Code::AttestCaUnverified);
}

#[test]
fn a_version_1_certificate_is_a_ca_only_where_it_signed_itself() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let key = KeyPair::new(KeyKind::P256, 1, "old");
    let old = |name: &str| {
        CertificateBuilder::new(DistinguishedName::cn(name), &key)
            .version(None)
            .without_extensions()
    };
    let own = old("Old Root").self_signed(&key);
    let trusted = TrustedCertificate::from_der(own.der());
    assert!(trusted.is_ok(), "{trusted:?}");
    let refused = |certificate: IssuedCertificate| {
        let trusted = TrustedCertificate::from_der(certificate.der());
        assert_eq!(trusted.unwrap_err().code(), Code::AttestCaVersion);
    };
    refused(old("line-7").issued_by(&root));
    // Its own name as the issuer's makes no root of it.
    refused(
        old("line-7")
            .issuer(&DistinguishedName::cn("line-7"))
            .issued_by(&root),
    );
    refused(old("Old Root").damaged_signature().self_signed(&key));
    // The root admits devices.
    let name = DistinguishedName::cn("Old Root");
    let authority = old("Old Root").into_authority(name.clone(), key.clone(), &root);
    let device = KeyPair::new(KeyKind::P256, 2, "line-7");
    let leaf = CertificateBuilder::device(DistinguishedName::cn("line-7"), &device);
    let leaf = leaf.without_authority_key_id().issued_by(&authority);
    let world = World {
        groups: vec![group("old", &[own.der()])],
        ..World::default()
    };
    let response = world.decide("line-7", leaf.der(), &[], None);
    assert_eq!(admitted_by(response), "group old");
}

/// Stores have each name once. Where one has it twice, whoever is first is meant, as everywhere else, and
/// a second one that would admit the device does not count.
#[test]
fn of_two_cas_of_one_name_the_first_counts() {
    let pki = ToyPki::new(7);
    let leaf = pki.device("line-7", KeyKind::P256).certificate;
    let sent = [pki.intermediate.certificate.der()];
    let name = |text: &str| CaName::parse(text).unwrap();
    let elsewhere = Authority::root("Elsewhere", KeyKind::P256, 1);
    let registered = |text: &str, der: &[u8], status| {
        CaCertificate::from_store(
            name(text),
            TrustedCertificate::from_der(der).unwrap(),
            status,
        )
    };
    let (root, other) = (pki.root.certificate.der(), elsewhere.certificate.der());
    let generation = group("line", &[root]).generation();
    for (first, second, wanted) in [
        (root, other, Some("group line")),
        (other, root, None),
        (root, root, Some("group line")),
    ] {
        let references = CaReferences::new(name("spare"), Some(name("root"))).unwrap();
        let mut world = World {
            groups: vec![EnrollmentGroup::new(
                GroupId::parse("line").unwrap(),
                GroupAttestation::Ca(references),
                generation,
            )],
            cas: vec![
                registered("root", first, CaStatus::Verified),
                registered("root", second, CaStatus::Verified),
                registered("spare", other, CaStatus::Unverified),
            ],
        };
        // Others of the device's issuer, as many as are tried and more, that nobody refers to.
        world
            .cas
            .extend((0..40).map(|n| registered(&format!("unused-{n}"), root, CaStatus::Verified)));
        let response = world.decide("line-7", leaf.der(), &sent, None);
        match wanted {
            Some(group) => assert_eq!(admitted_by(response), group),
            None => _ = code(response),
        }
    }
}
