//! The one thing that TLS asks of a device's certificate: that the device has its key.
//!
//! Trust is the engine's to judge, at the request, where it can say why. So nothing of a certificate is
//! read here but its public key: one of version 1, one that has expired, one with a critical extension that
//! nobody knows reach the engine all the same.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved,
    SignatureScheme,
};

/// Takes any certificate, or none, and verifies the signature that it is shown with.
#[derive(Debug)]
pub struct Possession {
    algorithms: WebPkiSupportedAlgorithms,
}

impl Possession {
    /// With those signature algorithms.
    #[must_use]
    pub const fn new(algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { algorithms }
    }
}

impl ClientCertVerifier for Possession {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // None: a device with one certificate sends it whoever issued it.
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = public_key(certificate).ok_or(CertificateError::BadEncoding)?;
        let mapped = self.algorithms.mapping.iter();
        let (_, candidates) = mapped
            .clone()
            .find(|(scheme, _)| *scheme == signed.scheme)
            .ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
        // In TLS 1.2 a scheme does not name the curve (RFC 8422 section 5.10); the key does.
        let fits = candidates
            .iter()
            .find(|candidate| *candidate.public_key_alg_id() == *key.algorithm)
            .ok_or(CertificateError::BadSignature)?;
        match fits.verify_signature(key.bits, message, signed.signature()) {
            Ok(()) => Ok(HandshakeSignatureValid::assertion()),
            Err(_) => Err(CertificateError::BadSignature.into()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = public_key(certificate).ok_or(CertificateError::BadEncoding)?;
        let info = SubjectPublicKeyInfoDer::from(key.info);
        verify_tls13_signature_with_raw_key(message, &info, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// A public key in a certificate.
#[derive(Debug, PartialEq, Eq)]
struct PublicKey<'a> {
    /// The whole SubjectPublicKeyInfo.
    info: &'a [u8],
    /// The AlgorithmIdentifier without its tag and length.
    algorithm: &'a [u8],
    /// The key's bytes.
    bits: &'a [u8],
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const VERSION: u8 = 0xa0;

/// The SubjectPublicKeyInfo of a certificate (RFC 5280 section 4.1), whatever the rest of it is like.
fn public_key(certificate: &[u8]) -> Option<PublicKey<'_>> {
    let (outer, _) = element(certificate, SEQUENCE)?;
    let (body, _) = element(outer.content, SEQUENCE)?;
    let mut rest = body.content;
    if let Some((_, after)) = element(rest, VERSION) {
        rest = after;
    }
    // serialNumber, signature, issuer, validity, subject.
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        (_, rest) = element(rest, tag)?;
    }
    let (info, _) = element(rest, SEQUENCE)?;
    let (algorithm, after) = element(info.content, SEQUENCE)?;
    let (key, _) = element(after, BIT_STRING)?;
    // A key has no unused bits.
    let (0, bits) = key.content.split_first()? else {
        return None;
    };
    Some(PublicKey {
        info: info.whole,
        algorithm: algorithm.content,
        bits,
    })
}

struct Element<'a> {
    whole: &'a [u8],
    content: &'a [u8],
}

/// The element that the bytes begin with, if it has that tag, and what follows it (X.690 section 10.1: a
/// definite length in the fewest bytes; a certificate in TLS has at most three of them).
fn element(bytes: &[u8], tag: u8) -> Option<(Element<'_>, &[u8])> {
    let (&found, after) = bytes.split_first()?;
    let (&first, after) = after.split_first()?;
    let (length, after) = match first {
        0..=0x7f => (usize::from(first), after),
        0x81..=0x83 => {
            let (digits, after) = after.split_at_checked(usize::from(first & 0x0f))?;
            let length = digits
                .iter()
                .fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            let least = match digits.len() {
                1 => 0x80,
                2 => 0x100,
                _ => 0x1_0000,
            };
            (length >= least).then_some((length, after))?
        }
        _ => return None,
    };
    let (content, rest) = after.split_at_checked(length)?;
    let whole = bytes.get(..bytes.len() - rest.len())?;
    (found == tag).then_some((Element { whole, content }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_and_half_a_certificate_is_no_certificate() {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["a.example".to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let der = certificate.der();
        let found = public_key(der).unwrap();
        assert_eq!(
            found.info,
            rcgen::PublicKeyData::subject_public_key_info(&key)
        );
        assert_eq!(found.bits.len(), 65);
        for cut in 0..der.len() {
            // Nothing of what follows the key is read, so only the outer lengths tell.
            assert_eq!(public_key(&der[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn lengths_are_read_strictly() {
        assert!(element(&[0x30, 0x81, 0x7f], SEQUENCE).is_none());
        assert!(element(&[0x30, 0x80, 0, 0], SEQUENCE).is_none());
        assert!(element(&[0x30, 0x84, 0, 0, 0, 0], SEQUENCE).is_none());
        assert!(element(&[0x30, 0x02, 0], SEQUENCE).is_none());
        assert!(element(&[0x31, 0x00], SEQUENCE).is_none());
        let (found, rest) = element(&[0x30, 0x01, 7, 8], SEQUENCE).unwrap();
        assert_eq!(
            (found.whole, found.content, rest),
            (&[0x30, 1, 7][..], &[7][..], &[8][..])
        );
    }
}
