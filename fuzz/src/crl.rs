//! Revocation lists, by themselves and in a verdict.

use provisor::UnixTime;
use provisor::x509::{
    Certificate, Crl, PathVerifier, RevocationPolicy, TrustAnchor, crls_from_pem, profile,
};

use crate::bytes::Bytes;

/// When the seeds are valid: 2026-07-01T00:00:00Z.
const NOW: i64 = 1_782_864_000;

/// More than this tell a fuzzer nothing new.
const PARTS: usize = 12;

/// Any bytes as a list, and as PEM; and a leaf with intermediates, anchors and lists. What is
/// accepted gives back its own bytes, verdict and explanation agree, and without lists no status is
/// known.
pub fn crl(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data) {
        let _ = crls_from_pem(text);
    }
    alone(data);
    let mut bytes = Bytes::new(data);
    let now = UnixTime::new(NOW + (i64::from(bytes.u16()) - 32_768) * 3600);
    let Ok(leaf) = Certificate::from_der(bytes.chunk()) else {
        return;
    };
    let (mut sent, mut anchors, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    while !bytes.is_empty() && sent.len() + anchors.len() + lists.len() < PARTS {
        let kind = bytes.u8() % 3;
        let der = bytes.chunk();
        if kind == 2 {
            alone(der);
            lists.extend(Crl::from_der(der));
        } else if let Ok(certificate) = Certificate::from_der(der) {
            if kind == 0 {
                sent.push(certificate);
            } else {
                anchors.extend(TrustAnchor::from_certificate(&certificate));
            }
        }
    }
    let accepts = |policy, lists: &[Crl<'_>]| {
        let verifier = PathVerifier::new(&profile::DEVICE, &anchors)
            .intermediates(&sent)
            .revocation(policy, lists);
        let verdict = verifier.verify(&leaf, now);
        let report = verifier.explain(&leaf, now);
        let _ = report.to_string();
        assert_eq!(report.rejection(), verdict.as_ref().err());
        verdict.is_ok()
    };
    for policy in [
        RevocationPolicy::Unchecked,
        RevocationPolicy::DenyUnknown,
        RevocationPolicy::DangerAllowUnknown,
    ] {
        let _ = accepts(policy, &lists);
    }
    assert!(!accepts(RevocationPolicy::DenyUnknown, &[]));
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
