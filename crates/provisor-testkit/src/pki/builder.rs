//! Certificates with every field under control.

use provisor_report::UnixTime;
use sha2::{Digest as _, Sha256};

use super::authority::Authority;
use super::extension::CLIENT_AUTH;
use super::issued::IssuedCertificate;
use super::key::{KeyPair, SignatureAlgorithm};
use super::key_id::key_id;
use super::moment::VALID;
use super::{DistinguishedName, Extension, KeyUsage};
use crate::asn1;

/// Puts a certificate together, field by field; whatever is not set has a sane value.
///
/// ```
/// use provisor_testkit::pki::{CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki};
/// use provisor_report::UnixTime;
///
/// let pki = ToyPki::new(1);
/// let key = KeyPair::new(KeyKind::Ed25519, 1, "my device");
/// let expired = CertificateBuilder::device(DistinguishedName::cn("d"), &key)
///     .valid(UnixTime::new(0), UnixTime::new(86_400))
///     .issued_by(&pki.intermediate);
/// assert!(expired.der().len() > 200);
/// ```
#[derive(Clone, Debug)]
pub struct CertificateBuilder {
    version: Vec<u8>,
    serial: Vec<u8>,
    algorithm: Option<SignatureAlgorithm>,
    inner_identifier: Option<Vec<u8>>,
    outer_identifier: Option<Vec<u8>>,
    issuer: Option<Vec<u8>>,
    not_before: Vec<u8>,
    not_after: Vec<u8>,
    subject: Vec<u8>,
    public_key_info: Vec<u8>,
    authority_key_id: bool,
    extensions: Vec<Extension>,
    damage: Damage,
}

/// What happens to the signature after signing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Damage {
    None,
    FlippedBit,
    Replaced(Vec<u8>),
}

impl CertificateBuilder {
    /// Version 3, a serial number that follows from subject and key, valid as
    /// [`ToyPki::VALID`](super::ToyPki::VALID), subject key identifier, authority key identifier,
    /// and no other extension.
    #[must_use]
    pub fn new(subject: DistinguishedName, key: &KeyPair) -> Self {
        let public_key_info = key.public_key_info();
        let mut serial = Sha256::digest([&subject.der()[..], &public_key_info].concat()).to_vec();
        // 16 bytes, positive, not zero (RFC 5280 section 4.1.2.2).
        serial.truncate(16);
        serial[0] = serial[0] & 0x7f | 0x40;
        let (not_before, not_after) = VALID;
        Self {
            version: asn1::unsigned(&[2]),
            serial: asn1::unsigned(&serial),
            algorithm: None,
            inner_identifier: None,
            outer_identifier: None,
            issuer: None,
            not_before: asn1::time(not_before),
            not_after: asn1::time(not_after),
            subject: subject.der(),
            public_key_info,
            authority_key_id: true,
            extensions: vec![Extension::subject_key_id(&key_id(key))],
            damage: Damage::None,
        }
    }

    /// The shape of a device certificate: digitalSignature, client authentication, not a CA.
    #[must_use]
    pub fn device(subject: DistinguishedName, key: &KeyPair) -> Self {
        Self::new(subject, key)
            .extension(Extension::basic_constraints(false, None))
            .extension(Extension::key_usage(&[KeyUsage::DigitalSignature]))
            .extension(Extension::extended_key_usage(&[CLIENT_AUTH]))
    }

    /// The shape of a CA certificate: keyCertSign and cRLSign, that path length.
    #[must_use]
    pub fn ca(subject: DistinguishedName, key: &KeyPair, path_len: Option<u8>) -> Self {
        Self::new(subject, key)
            .extension(Extension::basic_constraints(true, path_len))
            .extension(Extension::key_usage(&[
                KeyUsage::KeyCertSign,
                KeyUsage::CrlSign,
            ]))
    }

    /// The version number as written: 2 is version 3. `None` leaves the field out.
    #[must_use]
    pub fn version(mut self, number: Option<u8>) -> Self {
        self.version = number.map_or_else(Vec::new, |n| asn1::unsigned(&[n]));
        self
    }

    /// The serial number's big-endian magnitude.
    #[must_use]
    pub fn serial(mut self, magnitude: &[u8]) -> Self {
        self.serial = asn1::unsigned(magnitude);
        self
    }

    /// The content of the serial's INTEGER as it stands: negative, empty, padded.
    #[must_use]
    pub fn serial_raw(mut self, value: &[u8]) -> Self {
        self.serial = asn1::tlv(asn1::INTEGER, value);
        self
    }

    /// First and last second of validity.
    #[must_use]
    pub fn valid(mut self, not_before: UnixTime, not_after: UnixTime) -> Self {
        self.not_before = asn1::time(not_before);
        self.not_after = asn1::time(not_after);
        self
    }

    /// The two times as finished DER.
    #[must_use]
    pub fn valid_raw(mut self, not_before: &[u8], not_after: &[u8]) -> Self {
        self.not_before = not_before.to_vec();
        self.not_after = not_after.to_vec();
        self
    }

    /// Another issuer name than that of the authority that signs.
    #[must_use]
    pub fn issuer(mut self, name: &DistinguishedName) -> Self {
        self.issuer = Some(name.der());
        self
    }

    /// Another SubjectPublicKeyInfo, DER, well-formed or not.
    #[must_use]
    pub fn public_key_info(mut self, der: &[u8]) -> Self {
        self.public_key_info = der.to_vec();
        self
    }

    /// Adds the extension, or puts it in the place of one with the same OID.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        match self
            .extensions
            .iter_mut()
            .find(|other| other.oid == extension.oid)
        {
            Some(other) => *other = extension,
            None => self.extensions.push(extension),
        }
        self
    }

    /// Adds the extension even when there is one with its OID already.
    #[must_use]
    pub fn repeated_extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Takes the extension with that OID away.
    #[must_use]
    pub fn without_extension(mut self, oid: &str) -> Self {
        self.extensions.retain(|extension| extension.oid != oid);
        self
    }

    /// No extension at all, not even the key identifiers.
    #[must_use]
    pub fn without_extensions(mut self) -> Self {
        self.extensions.clear();
        self.authority_key_id = false;
        self
    }

    /// No authority key identifier.
    #[must_use]
    pub fn without_authority_key_id(mut self) -> Self {
        self.authority_key_id = false;
        self
    }

    /// Signs with that algorithm instead of the usual one of the issuer's key.
    #[must_use]
    pub fn algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Writes another AlgorithmIdentifier into tbsCertificate.signature.
    #[must_use]
    pub fn inner_algorithm(mut self, identifier: &[u8]) -> Self {
        self.inner_identifier = Some(identifier.to_vec());
        self
    }

    /// Writes another AlgorithmIdentifier into signatureAlgorithm.
    #[must_use]
    pub fn outer_algorithm(mut self, identifier: &[u8]) -> Self {
        self.outer_identifier = Some(identifier.to_vec());
        self
    }

    /// Flips one bit of the finished signature. For ECDSA it is inside the number s, so the
    /// encoding stays good and only the arithmetic fails.
    #[must_use]
    pub fn damaged_signature(mut self) -> Self {
        self.damage = Damage::FlippedBit;
        self
    }

    /// Puts these bytes in the place of the signature.
    #[must_use]
    pub fn replaced_signature(mut self, signature: &[u8]) -> Self {
        self.damage = Damage::Replaced(signature.to_vec());
        self
    }

    /// Signed by the key itself, under its own name.
    #[must_use]
    pub fn self_signed(self, key: &KeyPair) -> IssuedCertificate {
        let (name, id) = (self.subject.clone(), key_id(key));
        self.finish(&name, &id, key)
    }

    /// Signed by that authority.
    #[must_use]
    pub fn issued_by(self, authority: &Authority) -> IssuedCertificate {
        let id = key_id(&authority.key);
        self.finish(&authority.name.der(), &id, &authority.key)
    }

    /// An authority of its own, with the certificate that `issuer` signs for it.
    ///
    /// # Panics
    /// Never; the name is taken on trust to be the one the builder started with.
    #[must_use]
    pub fn into_authority(
        self,
        name: DistinguishedName,
        key: KeyPair,
        issuer: &Authority,
    ) -> Authority {
        Authority {
            certificate: self.issued_by(issuer),
            name,
            key,
        }
    }

    fn finish(mut self, issuer: &[u8], issuer_key_id: &[u8], key: &KeyPair) -> IssuedCertificate {
        if self.authority_key_id && !self.extensions.iter().any(|e| e.oid == "2.5.29.35") {
            self.extensions
                .push(Extension::authority_key_id(issuer_key_id));
        }
        let algorithm = self.algorithm.unwrap_or(key.kind().usual_signature());
        let identifier = algorithm.identifier();
        let inner = self.inner_identifier.as_deref().unwrap_or(&identifier);
        let outer = self.outer_identifier.as_deref().unwrap_or(&identifier);

        let version = match self.version.is_empty() {
            true => Vec::new(),
            false => asn1::tlv(0xa0, &self.version),
        };
        let extensions = match self.extensions.is_empty() {
            true => Vec::new(),
            false => {
                let each: Vec<u8> = self.extensions.iter().flat_map(Extension::der).collect();
                asn1::tlv(0xa3, &asn1::tlv(asn1::SEQUENCE, &each))
            }
        };
        let tbs = asn1::sequence(&[
            &version,
            &self.serial,
            inner,
            self.issuer.as_deref().unwrap_or(issuer),
            &asn1::sequence(&[&self.not_before, &self.not_after]),
            &self.subject,
            &self.public_key_info,
            &extensions,
        ]);
        let mut signature = key.sign(algorithm, &tbs);
        match self.damage {
            Damage::None => {}
            Damage::FlippedBit => *signature.last_mut().unwrap() ^= 1,
            Damage::Replaced(other) => signature = other,
        }
        IssuedCertificate::from_der(asn1::sequence(&[
            &tbs,
            outer,
            &asn1::bit_string(&signature),
        ]))
    }
}
