//! Certificates and paths.

use provisor::x509::{
    Certificate, ChainVerifier, PathVerifier, Profile, TrustAnchor, Verdict, certificates_from_pem,
    profile,
};
use provisor::{IdRules, RegistrationId, UnixTime};

use crate::bytes::Bytes;

/// When the seeds are valid: 2026-07-01T00:00:00Z.
const NOW: i64 = 1_782_864_000;

/// More certificates than this tell a fuzzer nothing new.
const CERTIFICATES: usize = 12;

/// Any bytes as a certificate, and as PEM. What is accepted gives back its own bytes, and everything
/// that can be asked of it has an answer.
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
        }
        Err(rejection) => assert!(!rejection.to_string().contains('\n')),
    }
}

/// A leaf, and a bag of intermediates and anchors. Verdict and explanation agree, a verified path
/// begins with the leaf and is made of what was sent, and what a verifier remembers changes nothing.
pub fn path(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let profile = profile_of(bytes.u8());
    let now = UnixTime::new(NOW + (i64::from(bytes.u16()) - 32_768) * 3600);
    let Ok(leaf) = Certificate::from_der(bytes.chunk()) else {
        return;
    };
    let (mut intermediates, mut anchors) = (Vec::new(), Vec::new());
    while !bytes.is_empty() && intermediates.len() + anchors.len() < CERTIFICATES {
        let is_anchor = bytes.u8() & 1 == 1;
        let Ok(certificate) = Certificate::from_der(bytes.chunk()) else {
            continue;
        };
        if !is_anchor {
            intermediates.push(certificate);
        } else if let Ok(anchor) = TrustAnchor::from_certificate(&certificate) {
            anchors.push(anchor);
        }
    }
    let verifier = PathVerifier::new(&profile, &anchors).intermediates(&intermediates);
    let report = verifier.explain(&leaf, now);
    let _ = report.to_string();
    remembered(&verifier, &leaf, &intermediates, now);
    match verifier.verify(&leaf, now) {
        Ok(path) => {
            assert_eq!(report.verdict(), Verdict::Accepted);
            assert!(report.rejection().is_none());
            let (first, rest) = path.certificates().split_first().expect("the leaf");
            assert_eq!(first.der(), leaf.der());
            for certificate in rest {
                assert!(
                    intermediates
                        .iter()
                        .any(|sent| sent.der() == certificate.der())
                );
            }
        }
        Err(rejection) => {
            assert_eq!(report.verdict(), Verdict::Rejected);
            assert_eq!(
                report.rejection().map(|why| why.code()),
                Some(rejection.code())
            );
        }
    }
}

/// Asks a verifier with memory, cold, filled by other leaves, and warm; with room for one issuer, so
/// that they push each other out, and with room for all.
fn remembered<'a>(
    verifier: &PathVerifier<'_, 'a>,
    leaf: &Certificate<'a>,
    others: &[Certificate<'a>],
    now: UnixTime,
) {
    let wanted = verifier.verify(leaf, now);
    for capacity in [1, CERTIFICATES] {
        let mut chains = ChainVerifier::new().with_capacity(capacity);
        for _ in 0..2 {
            let found = chains.verify(verifier, leaf, now);
            match (&wanted, &found) {
                (Ok(wanted), Ok(found)) => {
                    assert_eq!(wanted.certificates(), found.certificates());
                }
                (wanted, found) => assert_eq!(wanted.as_ref().err(), found.as_ref().err()),
            }
            assert!(chains.remembered() <= capacity);
            for other in others.iter().take(3) {
                let _ = chains.verify(verifier, other, now);
            }
        }
    }
}

fn profile_of(byte: u8) -> Profile {
    match byte % 5 {
        0 => profile::DEVICE,
        1 => profile::ISSUING_CA,
        2 => profile::IDEVID,
        3 => profile::EK,
        _ => profile::AK,
    }
}
