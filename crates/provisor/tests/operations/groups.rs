//! Enrollment groups.

use provisor::attestation::{VerificationCode, prove_possession};
use provisor::enrollment::{CaCertificate, TrustedCertificate};
use provisor::operations::{
    AttestationDraft, CertificateDraft, GroupDraft, IfMatch, MechanismView, Pair, X509Draft,
};
use provisor::quota::{Counted, Quotas};
use provisor::{CaName, Code};
use provisor_testkit::pki::{CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki};

use crate::store::{Store, ek, named, tag};

fn group(id: &str, draft: X509Draft) -> GroupDraft {
    GroupDraft::new(named(id), AttestationDraft::x509(draft))
}

fn signing(der: &[u8]) -> X509Draft {
    X509Draft::signing(Pair::new(CertificateDraft::from_der(der), None))
}

fn ca(name: &str) -> CaName {
    CaName::parse(name).unwrap()
}

/// The factory's root, registered under that name; its owner proves that he has it.
pub(crate) fn registered(store: &mut Store, name: &str, proved: bool) -> CaCertificate {
    let pki = ToyPki::new(7);
    let certificate = TrustedCertificate::from_der(pki.root.certificate.der()).unwrap();
    let root = CaCertificate::new(ca(name), certificate);
    if !proved {
        return root;
    }
    let code = VerificationCode::generate(&mut store.random).unwrap();
    let key = KeyPair::new(KeyKind::P256, 7, "verification");
    let shown =
        CertificateBuilder::device(DistinguishedName::cn(code.as_str()), &key).issued_by(&pki.root);
    let proof = prove_possession(root.certificate(), &code, shown.der(), store.now).unwrap();
    root.verified_by(&proof).unwrap()
}

#[test]
fn c2_a_group_is_made_read_replaced_and_deleted() {
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    let made = store
        .put_group(
            group("Line", signing(pki.intermediate.certificate.der())),
            &IfMatch::Any,
        )
        .unwrap();
    let MechanismView::X509Signing(infos) = &made.attestation else {
        panic!("{made:?}");
    };
    assert_eq!(infos.len(), 1);
    let generation = store.groups[&named("line")].value.generation();

    // Read, the secondary added, sent back with the info in place of the primary.
    let shown = CertificateDraft::stored(infos[0].sha256);
    let root = CertificateDraft::from_der(pki.root.certificate.der());
    let draft = X509Draft::signing(Pair::new(shown, Some(root)));
    let replaced = store
        .put_group(group("line", draft), &tag(&made.etag))
        .unwrap();
    let MechanismView::X509Signing(infos) = &replaced.attestation else {
        panic!("{replaced:?}");
    };
    assert_eq!(infos.len(), 2);
    assert_eq!(store.groups[&named("line")].value.generation(), generation);
    assert_eq!(store.read_group("LINE").unwrap().etag, replaced.etag);

    let stale = store.delete_group("line", &tag(&made.etag)).unwrap_err();
    assert_eq!(stale.code(), Code::ServiceEtag);
    store.delete_group("line", &IfMatch::Exists).unwrap();
    assert_eq!(
        store.read_group("line").unwrap_err().code(),
        Code::ServiceNotFound
    );
}

#[test]
fn c2_what_a_group_cannot_attest_by() {
    let pki = ToyPki::new(7);
    let leaf = pki.device("line-7", KeyKind::P256).certificate;
    let mut store = Store::new();
    let clients = X509Draft::clients(Pair::new(CertificateDraft::from_der(leaf.der()), None));
    for (draft, code) in [
        (AttestationDraft::tpm(ek(1)), Code::ServiceAttestationPlace),
        (
            AttestationDraft::x509(clients),
            Code::ServiceAttestationPlace,
        ),
        (AttestationDraft::default(), Code::ServiceAttestationMissing),
        (
            AttestationDraft::x509(X509Draft::signing(Pair::new(
                CertificateDraft::default(),
                None,
            ))),
            Code::ServiceCertificateMissing,
        ),
    ] {
        let refused = store.put_group(GroupDraft::new(named("line"), draft), &IfMatch::Any);
        assert_eq!(refused.unwrap_err().code(), code);
    }
    // A device's certificate vouches for nobody.
    let refused = store
        .put_group(group("line", signing(leaf.der())), &IfMatch::Any)
        .unwrap_err();
    assert_eq!(refused.subject().to_string(), "signingCertificates.primary");
    assert!(store.groups.is_empty() && store.counted.is_empty());
}

#[test]
fn c2_a_ca_is_registered_and_verified_before_a_group_refers_to_it() {
    let mut store = Store::new();
    let draft = || group("line", X509Draft::cas(Pair::new(ca("root"), None)));
    let refused = store.put_group(draft(), &IfMatch::Any).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceCaUnknown);
    store.cas = vec![registered(&mut store, "root", false)];
    let refused = store.put_group(draft(), &IfMatch::Any).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceCaUnverified);
    store.cas = vec![registered(&mut store, "root", true)];
    store.put_group(draft(), &IfMatch::Any).unwrap();
    // What was stored already can be sent back, whatever became of the CA.
    store.cas.clear();
    store.put_group(draft(), &IfMatch::Any).unwrap();
}

#[test]
fn d5_groups_of_each_kind_have_their_own_quota() {
    let pki = ToyPki::new(7);
    let mut store = Store::new();
    store.quotas = Quotas::NONE
        .with(Counted::X509Groups, Some(1))
        .with(Counted::KeyGroups, Some(1));
    let x509 = |id| group(id, signing(pki.intermediate.certificate.der()));
    let keys = |id| GroupDraft::new(named(id), AttestationDraft::symmetric_key(None, None));
    store.put_group(x509("a"), &IfMatch::Any).unwrap();
    store.put_group(keys("b"), &IfMatch::Any).unwrap();
    for draft in [x509("c"), keys("c")] {
        let refused = store.put_group(draft, &IfMatch::Any).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceQuota);
    }
    // A group that changes its kind takes room where it goes.
    let refused = store.put_group(keys("a"), &IfMatch::Any).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceQuota);
    store.put_group(x509("a"), &IfMatch::Any).unwrap();
}
