//! Revocation lists, by themselves and in a verdict.

use provisor::x509::{Crl, RevocationPolicy, crls_from_pem};

use crate::bag::{Bag, Kind};
use crate::question::Question;

/// Any bytes as a list, and as PEM; and a leaf with intermediates, anchors and lists. What is
/// accepted gives back its own bytes; verdict and explanation agree; memory and order change
/// nothing; without lists no status is known; who passes although every status must be known passes
/// also where it need not.
pub fn crl(data: &[u8]) {
    match data.first() {
        // A bag begins with the number of a profile.
        Some(b'-') => {
            let _ = str::from_utf8(data).map(crls_from_pem);
        }
        Some(0x30) => alone(data),
        _ => judged(data),
    }
}

fn judged(data: &[u8]) {
    let bag = Bag::read(data);
    for entry in &bag.entries {
        if entry.kind == Kind::List {
            alone(&entry.der);
        }
    }
    let Some(question) = Question::read(&bag) else {
        return;
    };
    question.judge(RevocationPolicy::Unchecked);
    let known = question.judge(RevocationPolicy::DenyUnknown);
    let allowed = question.judge(RevocationPolicy::DangerAllowUnknown);
    assert!(allowed || !known, "known not to be revoked, and refused");
    question.without_lists();
}

/// One list, and everything that can be asked of it.
fn alone(der: &[u8]) {
    match Crl::from_der(der) {
        Ok(list) => {
            assert_eq!(list.der(), der);
            assert!(!list.issuer().to_string().contains('\n'));
            let _ = (list.number(), list.is_delta(), list.next_update());
            for entry in list.revoked() {
                assert!(!entry.serial().is_empty());
                let _ = (entry.is_of(&list.issuer()), entry.reason().name());
            }
        }
        Err(rejection) => assert!(!rejection.to_string().contains('\n')),
    }
}
