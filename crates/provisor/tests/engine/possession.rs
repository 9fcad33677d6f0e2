//! Proof of possession of a CA, and what it opens.

use provisor::attestation::{VerificationCode, prove_possession};
use provisor::enrollment::{CaCertificate, CaReferences, EnrollmentGroup, GroupAttestation};
use provisor::{CaName, Code, GroupId, Rejection};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair, ToyPki,
};
use provisor_testkit::random::SeededRandom;

use super::world::*;

fn drawn(seed: u64) -> VerificationCode {
    VerificationCode::generate(&mut SeededRandom::new(seed, "codes")).unwrap()
}

fn builder(name: DistinguishedName) -> CertificateBuilder {
    CertificateBuilder::device(name, &KeyPair::new(KeyKind::P256, 7, "verification"))
}

fn issued(code: &str, by: &Authority) -> IssuedCertificate {
    builder(DistinguishedName::cn(code)).issued_by(by)
}

fn prove(
    ca: &Authority,
    code: &VerificationCode,
    shown: &IssuedCertificate,
) -> Result<(), Rejection> {
    prove_possession(&trusted(&ca.certificate), code, shown.der(), NOW).map(drop)
}

#[track_caller]
fn assert_refused(result: Result<(), Rejection>, code: Code) {
    assert_eq!(result.unwrap_err().code(), code);
}

#[test]
fn codes_are_drawn_and_read_back() {
    let code = drawn(1);
    assert_ne!(code, drawn(2));
    assert_eq!(VerificationCode::parse(code.as_str()).unwrap(), code);
    assert_eq!(code.to_string().len(), 48);
    for bad in [
        "",
        code.as_str().get(1..).unwrap(),
        &code.as_str().to_lowercase(),
        &code.as_str().replacen(char::is_alphanumeric, "G", 1),
    ] {
        let refused = VerificationCode::parse(bad).unwrap_err();
        assert_eq!(refused.code(), Code::AttestVerificationCode, "{bad}");
    }
}

#[test]
fn a_group_admits_through_a_ca_once_its_possession_is_proved() {
    let pki = ToyPki::new(7);
    let mut world = World::new();
    let name = CaName::parse("factory").unwrap();
    let references = CaReferences::new(name.clone(), None).unwrap();
    let group = GroupId::parse("line").unwrap();
    world.groups = vec![EnrollmentGroup::new(
        group,
        GroupAttestation::Ca(references),
        generation(),
    )];
    let ca = CaCertificate::new(name.clone(), trusted(&pki.root.certificate));
    world.cas = vec![ca.clone()];
    let device = device(&pki, "line-7-0001");
    let sent = [&pki.intermediate.certificate];
    let admit =
        |world: &mut World| world.with_certificate("line-7-0001", &device.certificate, &sent);
    assert_eq!(code(admit(&mut world)), Code::AttestCaUnverified);

    let code = drawn(1);
    let shown = issued(code.as_str(), &pki.root);
    let possession = prove_possession(ca.certificate(), &code, shown.der(), NOW).unwrap();
    let other = CaCertificate::new(name, trusted(&pki.intermediate.certificate));
    assert_eq!(
        other.verified_by(&possession).unwrap_err().code(),
        Code::AttestPossessionOther
    );
    world.cas = vec![ca.verified_by(&possession).unwrap()];
    assigned(admit(&mut world));
}

#[test]
fn the_code_is_exact() {
    let (pki, code) = (ToyPki::new(7), drawn(1));
    let lower = code.as_str().to_lowercase();
    let spaced = format!("{code} ");
    for wrong in [
        drawn(2).as_str(),
        &lower,
        &spaced,
        code.as_str().get(..47).unwrap(),
    ] {
        let shown = issued(wrong, &pki.root);
        assert_refused(prove(&pki.root, &code, &shown), Code::AttestPossessionCode);
    }
    let twice = DistinguishedName::cn(code.as_str()).and("2.5.4.3", code.as_str());
    let shown = builder(twice).issued_by(&pki.root);
    assert_refused(prove(&pki.root, &code, &shown), Code::IdSeveralCommonNames);
    let nameless = builder(DistinguishedName::empty()).issued_by(&pki.root);
    assert_refused(prove(&pki.root, &code, &nameless), Code::IdNoCommonName);
}

#[test]
fn only_the_ca_itself_proves() {
    let (pki, code) = (ToyPki::new(7), drawn(1));
    // A CA below, above, of the same name, and the certificate's own key.
    let namesake = Authority::root("Toy Root CA", KeyKind::P384, 8);
    for by in [&pki.intermediate, &namesake] {
        let shown = issued(code.as_str(), by);
        assert_refused(
            prove(&pki.root, &code, &shown),
            Code::AttestPossessionIssuer,
        );
    }
    let above = issued(code.as_str(), &pki.root);
    assert_refused(
        prove(&pki.intermediate, &code, &above),
        Code::AttestPossessionIssuer,
    );
    let key = KeyPair::new(KeyKind::P256, 7, "verification");
    let own = builder(DistinguishedName::cn(code.as_str())).self_signed(&key);
    assert_refused(prove(&pki.root, &code, &own), Code::AttestPossessionIssuer);
    let damaged = builder(DistinguishedName::cn(code.as_str()))
        .damaged_signature()
        .issued_by(&pki.root);
    assert_refused(
        prove(&pki.root, &code, &damaged),
        Code::AttestPossessionIssuer,
    );
}

#[test]
fn other_faults_keep_their_codes() {
    let (pki, code) = (ToyPki::new(7), drawn(1));
    let name = || DistinguishedName::cn(code.as_str());
    let expired = builder(name())
        .valid(ToyPki::VALID.0, NOW.saturating_add(-1))
        .issued_by(&pki.root);
    assert_refused(prove(&pki.root, &code, &expired), Code::X509Expired);
    let key = KeyPair::new(KeyKind::P256, 7, "verification");
    let ca = CertificateBuilder::ca(name(), &key, None).issued_by(&pki.root);
    assert_refused(prove(&pki.root, &code, &ca), Code::X509LeafIsCa);
    let cut = IssuedCertificate::from_der(&ca.der()[..100]);
    assert_refused(prove(&pki.root, &code, &cut), Code::X509Truncated);
}
