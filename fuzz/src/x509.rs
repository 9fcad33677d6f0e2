//! Certificates and paths.

use provisor::x509::{Certificate, RevocationPolicy, TrustAnchor, certificates_from_pem};
use provisor::{IdRules, RegistrationId};

use crate::bag::Bag;
use crate::model;
use crate::mutate::tlv::Node;
use crate::question::Question;

/// Any bytes as a certificate, and as PEM. What is accepted gives back its own bytes, everything
/// that can be asked of it has an answer, x509-parser reads the same fields, and the lengths are as
/// DER has them.
pub fn certificate(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data) {
        let _ = certificates_from_pem(text);
    }
    match Certificate::from_der(data) {
        Ok(certificate) => {
            assert_eq!(certificate.der(), data);
            assert!(certificate.der().len() >= certificate.tbs().len());
            for name in [certificate.subject(), certificate.issuer()] {
                assert!(!name.to_string().contains('\n'));
                assert!(name.common_names().count() <= name.attributes().count());
            }
            assert!(certificate.subject() == certificate.subject());
            let _ = (
                certificate.is_self_issued(),
                certificate.is_ca(),
                certificate.tpm_identity(),
            );
            let _ = TrustAnchor::from_certificate(&certificate);
            let _ = RegistrationId::from_certificate(&certificate, IdRules::Current);
            let _ = provisor::x509::describe::certificate(&certificate);
            model::same_fields(&certificate);
            encoding(&certificate);
        }
        Err(rejection) => assert!(!rejection.to_string().contains('\n')),
    }
}

/// One tree, with the shortest lengths wherever the verifier looks; strings are opaque to it.
fn encoding(certificate: &Certificate<'_>) {
    let tree = Node::parse(certificate.der()).expect("a tree of values");
    assert_eq!(tree.write(), certificate.der());
    // The contents of an extension that nobody knows may be anything.
    let outline = |node: &Node| node.octets == 0;
    let tbs = tree.children().first().expect("the signed part");
    assert!(outline(&tree) && tree.children().iter().all(outline));
    assert!(
        tbs.children().iter().all(outline),
        "a length that is no DER"
    );
}

/// A leaf, a bag of intermediates and anchors. Verdict and explanation agree, a verified path begins
/// with the leaf and is made of what was sent, memory, order and plenty change nothing, and another
/// reader finds the path right.
pub fn path(data: &[u8]) {
    let bag = Bag::read(data);
    if let Some(question) = Question::read(&bag) {
        question.judge(RevocationPolicy::Unchecked);
        question.with_less();
    }
}
