//! A disabled group keeps its devices out, whatever became of its CA.

use provisor::Code;
use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, GroupAttestation,
};
use provisor::{CaName, GroupId, UnixTime};
use provisor_testkit::pki::{CertificateBuilder, IssuedCertificate, ToyPki};

use super::world::*;

fn name(text: &str) -> CaName {
    CaName::parse(text).unwrap()
}

fn near(primary: &str, secondary: Option<&str>) -> EnrollmentGroup {
    let references = CaReferences::new(name(primary), secondary.map(name)).unwrap();
    let id = GroupId::parse("near").unwrap();
    EnrollmentGroup::new(id, GroupAttestation::Ca(references), generation())
}

fn registered(text: &str, certificate: &IssuedCertificate, status: CaStatus) -> CaCertificate {
    CaCertificate::from_store(name(text), trusted(certificate), status)
}

/// The intermediate of the PKI, certified until then.
fn intermediate(pki: &ToyPki, until: UnixTime) -> IssuedCertificate {
    let ca = &pki.intermediate;
    CertificateBuilder::ca(ca.name.clone(), &ca.key, Some(0))
        .valid(ToyPki::VALID.0, until)
        .issued_by(&pki.root)
}

#[test]
fn unverified_or_expired_its_ca_bars_them_from_a_group_further_up() {
    let pki = ToyPki::new(7);
    let other = ToyPki::new(8);
    let leaf = device(&pki, "line-7").certificate;
    let sent = [&pki.intermediate.certificate];
    let valid = pki.intermediate.certificate.clone();
    let expired = intermediate(&pki, NOW.saturating_add(-1));
    for status in [CaStatus::Unverified, CaStatus::Verified] {
        for certificate in [&valid, &expired] {
            for secondary in [None, Some("other")] {
                let mut world = World::new();
                world.cas = vec![
                    registered("line", certificate, status),
                    // The other CA of the group is in order, and not the device's.
                    registered("other", &other.intermediate.certificate, CaStatus::Verified),
                ];
                let far = || group("far", &pki.root.certificate);
                let near = || near("line", secondary).with_settings(disabled());
                for groups in [vec![near(), far()], vec![far(), near()]] {
                    world.groups = groups;
                    let rejection = refused(world.with_certificate("line-7", &leaf, &sent));
                    let code = rejection.code();
                    assert!(
                        matches!(code, Code::AttestGroupDisabled | Code::X509Expired),
                        "{status:?} {secondary:?}: {rejection}"
                    );
                    assert!(world.records.is_empty());
                }
                // Without the disabled group it is the one further up.
                world.groups = vec![far()];
                assigned(world.with_certificate("line-7", &leaf, &sent));
            }
        }
    }
}
