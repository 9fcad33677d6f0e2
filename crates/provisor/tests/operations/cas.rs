//! CA certificates with proof of possession.

use provisor::attestation::VerificationCode;
use provisor::enrollment::CaStatus;
use provisor::metering::Instruction;
use provisor::operations::ca::{self, CaView};
use provisor::operations::{
    AttestationDraft, Caller, GroupDraft, IfMatch, Pair, Right, Rights, ServiceFacts, X509Draft,
};
use provisor::quota::{Counted, Quotas};
use provisor::{CaName, Code, Rejection};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki,
};

use crate::store::{Store, named, tag};

fn name(text: &str) -> CaName {
    CaName::parse(text).unwrap()
}

fn upload(store: &mut Store, id: &str, der: &[u8]) -> Result<CaView, Rejection> {
    store.with(|call, store| {
        let counts = store.counts();
        let facts = ServiceFacts::new(&store.hubs, &store.ek_policy, &store.quotas, &counts);
        let groups = store.groups.values().map(|stored| &stored.value);
        let individuals = store.individuals.values().map(|stored| &stored.value);
        ca::put(
            call,
            &name(id),
            der,
            &IfMatch::Any,
            store.registered.get(&name(id)),
            individuals,
            groups,
            &facts,
        )
    })
}

fn draw(store: &mut Store, id: &str) -> Result<VerificationCode, Rejection> {
    let view = store.with(|call, store| {
        ca::draw_code(
            call,
            &name(id),
            &IfMatch::Any,
            store.registered.get(&name(id)),
        )
    })?;
    Ok(view.code.expect("a code"))
}

fn verify(store: &mut Store, id: &str, der: &[u8]) -> Result<CaView, Rejection> {
    store.with(|call, store| {
        ca::verify(
            call,
            &name(id),
            der,
            &IfMatch::Any,
            store.registered.get(&name(id)),
        )
    })
}

fn delete(store: &mut Store, id: &str) -> Result<(), Rejection> {
    store.with(|call, store| {
        let groups = store.groups.values().map(|stored| &stored.value);
        let individuals = store.individuals.values().map(|stored| &stored.value);
        let stored = store.registered.get(&name(id));
        ca::delete(call, &name(id), &IfMatch::Any, stored, individuals, groups)
    })
}

/// The certificate that the CA issues over the code.
fn certified(by: &Authority, code: &VerificationCode) -> Vec<u8> {
    let key = KeyPair::new(KeyKind::P256, 7, "verification");
    let subject = DistinguishedName::cn(code.as_str());
    CertificateBuilder::device(subject, &key)
        .issued_by(by)
        .der()
        .to_vec()
}

#[test]
fn d3_a_ca_is_uploaded_proved_and_its_code_used_up() {
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    let view = upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    assert_eq!((view.status, view.code), (CaStatus::Unverified, None));
    assert!(view.certificate.unwrap().subject.starts_with("CN="));
    let code = draw(&mut store, "root").unwrap();
    let shown = certified(&pki.root, &code);
    let view = verify(&mut store, "root", &shown).unwrap();
    assert_eq!((view.status, view.code), (CaStatus::Verified, None));
    let again = verify(&mut store, "root", &shown).unwrap_err();
    assert_eq!(again.code(), Code::ServiceCodeMissing);

    // The very certificate again: nothing is lost. Another one: it is unverified.
    let view = upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    assert_eq!(view.status, CaStatus::Verified);
    let view = upload(&mut store, "root", pki.intermediate.certificate.der()).unwrap();
    assert_eq!(view.status, CaStatus::Unverified);
    let kinds: Vec<_> = store
        .counted
        .iter()
        .map(|entry| entry.instruction())
        .collect();
    assert_eq!(kinds, [Instruction::CaWrite; 5]);
}

#[test]
fn d3_what_proves_nothing() {
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    let refused = verify(&mut store, "root", b"certificate").unwrap_err();
    assert_eq!(refused.code(), Code::ServiceCodeMissing);
    let first = draw(&mut store, "root").unwrap();
    let second = draw(&mut store, "root").unwrap();
    for (shown, code) in [
        (certified(&pki.root, &first), Code::AttestPossessionCode),
        (
            certified(&pki.intermediate, &second),
            Code::AttestPossessionIssuer,
        ),
    ] {
        assert_eq!(verify(&mut store, "root", &shown).unwrap_err().code(), code);
    }
    // A refusal does not use the code up.
    assert!(verify(&mut store, "root", &certified(&pki.root, &second)).is_ok());
    for result in [
        draw(&mut store, "other").map(drop),
        verify(&mut store, "other", b"").map(drop),
        delete(&mut store, "other"),
    ] {
        assert_eq!(result.unwrap_err().code(), Code::ServiceNotFound);
    }
}

#[test]
fn d3_a_ca_that_an_enrollment_refers_to_stays() {
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    let code = draw(&mut store, "root").unwrap();
    verify(&mut store, "root", &certified(&pki.root, &code)).unwrap();
    store.cas = vec![store.registered[&name("root")].value.certificate.clone()];
    let draft = AttestationDraft::x509(X509Draft::cas(Pair::new(name("root"), None)));
    store
        .put_group(GroupDraft::new(named("line"), draft), &IfMatch::Any)
        .unwrap();
    let refused = delete(&mut store, "root").unwrap_err();
    assert_eq!(refused.code(), Code::AttestCaInUse);
    assert_eq!(refused.found_text(), "group line");
    // Another certificate in its place would silence the group as well; the very same one does not.
    let other = pki.intermediate.certificate.der();
    let refused = upload(&mut store, "root", other).unwrap_err();
    assert_eq!(refused.code(), Code::AttestCaInUse);
    let view = upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    assert_eq!(view.status, CaStatus::Verified);
    store.delete_group("line", &IfMatch::Any).unwrap();
    delete(&mut store, "root").unwrap();
    assert!(store.registered.is_empty());
}

#[test]
fn d3_a_group_that_is_made_meanwhile_stops_the_deletion() {
    use provisor::operations::Call;
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    let mut random = store.random.clone();
    let mut call = Call::new(&store.scope, &store.caller, store.now, &mut random);
    let stored = store.registered.get(&name("root"));
    let outcome = ca::delete(&mut call, &name("root"), &IfMatch::Any, stored, [], []);
    let (transaction, _) = outcome.begin();
    store.cas = vec![crate::groups::registered(&mut store, "root", true)];
    let draft = AttestationDraft::x509(X509Draft::cas(Pair::new(name("root"), None)));
    store
        .put_group(GroupDraft::new(named("line"), draft), &IfMatch::Any)
        .unwrap();
    assert!(store.commit(transaction).is_err());
    assert_eq!(store.registered.len(), 1);
}

#[test]
fn d3_a_group_that_is_made_meanwhile_stops_another_certificate_under_the_name() {
    use provisor::operations::Call;
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    let mut random = store.random.clone();
    let mut call = Call::new(&store.scope, &store.caller, store.now, &mut random);
    let counts = store.counts();
    let facts = ServiceFacts::new(&store.hubs, &store.ek_policy, &store.quotas, &counts);
    let (other, stored) = (
        pki.intermediate.certificate.der(),
        store.registered.get(&name("root")),
    );
    let any = &IfMatch::Any;
    let outcome = ca::put(&mut call, &name("root"), other, any, stored, [], [], &facts);
    let (transaction, _) = outcome.begin();
    store.cas = vec![crate::groups::registered(&mut store, "root", true)];
    let draft = AttestationDraft::x509(X509Draft::cas(Pair::new(name("root"), None)));
    store
        .put_group(GroupDraft::new(named("line"), draft), &IfMatch::Any)
        .unwrap();
    let version = store.registered[&name("root")].etag.clone();
    assert!(store.commit(transaction).is_err());
    assert_eq!(store.registered[&name("root")].etag, version);
}

#[test]
fn d5_cas_have_a_quota_and_versions() {
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    store.quotas = Quotas::NONE.with(Counted::CaCertificates, Some(1));
    let first = upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    let refused = upload(&mut store, "other", pki.root.certificate.der()).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceQuota);
    draw(&mut store, "root").unwrap();
    let stale = store.with(|call, store| {
        let stored = store.registered.get(&name("root"));
        ca::draw_code(call, &name("root"), &tag(&first.etag), stored)
    });
    assert_eq!(stale.unwrap_err().code(), Code::ServiceEtag);
    let bad = upload(&mut store, "root", b"certificate").unwrap_err();
    assert!((2000..3000).contains(&bad.code().number()));
}

#[test]
fn c9_cas_are_for_those_who_configure_the_service() {
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    upload(&mut store, "root", pki.root.certificate.der()).unwrap();
    let without = Rights::ALL
        .iter()
        .filter(|right| *right != Right::ServiceConfig);
    store.caller = Caller::new("writer", without.collect());
    let read = |store: &mut Store| {
        store.with(|call, store| ca::read(call, &name("root"), store.registered.get(&name("root"))))
    };
    let list = |store: &mut Store| {
        store.with(|call, store| ca::list(call, &store.registered.values().collect::<Vec<_>>()))
    };
    for result in [
        upload(&mut store, "root", pki.root.certificate.der()).map(drop),
        draw(&mut store, "root").map(drop),
        verify(&mut store, "root", b"").map(drop),
        delete(&mut store, "root"),
        read(&mut store).map(drop),
        list(&mut store).map(drop),
    ] {
        assert_eq!(result.unwrap_err().code(), Code::ServiceRight);
    }
    store.caller = Caller::new("owner", Rights::ALL);
    assert_eq!(read(&mut store).unwrap().name, name("root"));
    assert_eq!(list(&mut store).unwrap().len(), 1);
}
