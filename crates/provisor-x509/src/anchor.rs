//! Trust anchors: what the caller trusts.

use provisor_report::{Code, Rejection, Subject, UnixTime};

use crate::algorithm;
use crate::certificate::Certificate;
use crate::der::{Malformed, Reader};
use crate::extension::KeyUsage;
use crate::extension::policy::Policies;
use crate::fault::{Fact, shown};
use crate::key::PublicKeyInfo;
use crate::name::Name;
use crate::oid::Labelled;
use crate::spans::Bytes;
use crate::text::Hex;
use crate::version::Version;

/// A name and a key that the caller trusts to issue certificates, with the constraints that its
/// certificate states (RFC 5280 section 6.1.1 (d), RFC 5937).
///
/// Any CA certificate can be one, a root or an intermediate, such as the signing certificate of an
/// enrollment group. Its validity period is looked at on request only ([`AnchorValidity`]): in RFC
/// 5280 trust ends when the anchor is taken away. Its path length, name constraints, policy
/// constraints and extended key usage count always; the policies it states do not, as they are the
/// caller's to accept.
#[derive(Clone, Copy, Debug)]
pub struct TrustAnchor<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) key: PublicKeyInfo<'a>,
    pub(crate) key_id: Option<&'a [u8]>,
    /// Both ends of its certificate's validity period.
    pub(crate) validity: Option<(UnixTime, UnixTime)>,
    pub(crate) path_len: Option<u32>,
    pub(crate) purposes: Option<&'a [u8]>,
    /// What its key may do, where its certificate says so.
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) name_constraints: Option<&'a [u8]>,
    pub(crate) policies: Policies<'a>,
    certificate: Option<&'a [u8]>,
}

/// Whether a trust anchor ends with its certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AnchorValidity {
    /// No: it is trusted until the caller takes it away. RFC 5280 section 6.1.1 (d) makes an anchor
    /// of a name and a key, without a validity period. (A strict profile looks at it all the same.)
    #[default]
    Ignored,
    /// Yes: outside of the validity period of the certificate that it was made from, it is no
    /// issuer, and the search goes on to the next. For anchors that are renewed like any other
    /// certificate, such as the signing certificates of enrollment groups. An anchor made from a
    /// name and a key has no period.
    Checked,
}

impl<'a> TrustAnchor<'a> {
    /// Trusts the subject of a CA certificate. Its signature is not checked: the caller vouches.
    ///
    /// Version 1 certificates, which cannot say whether they are a CA, are taken at the caller's
    /// word.
    ///
    /// # Errors
    ///
    /// [`Code::X509AnchorUnusable`] when the certificate says that it is no CA or may not sign
    /// certificates, has a critical extension that is not understood, or has no subject; the code
    /// of the key's weakness when nobody should trust its signatures.
    pub fn from_certificate(certificate: &Certificate<'a>) -> Result<Self, Rejection> {
        let extensions = &certificate.extensions;
        let refuse = |expected: &'static str, found: alloc::string::String| {
            Rejection::new(Code::X509AnchorUnusable, subject(certificate.subject))
                .expected(expected)
                .found(found)
        };
        if certificate.subject.is_empty() {
            return Err(refuse("a subject name", "an empty name".into()));
        }
        if certificate.version == Version::V3 && !certificate.is_ca() {
            return Err(refuse(
                "basicConstraints with cA TRUE",
                "a certificate that is no CA".into(),
            ));
        }
        if let Some(usage) = extensions.key_usage
            && !usage.any_of(KeyUsage::KEY_CERT_SIGN)
        {
            return Err(refuse(
                "keyUsage with keyCertSign",
                alloc::format!("{usage}"),
            ));
        }
        // RFC 5937 section 3.3: an extension that cannot be enforced is refused where it is critical.
        if let Some(oid) = extensions
            .unknown_critical
            .or(extensions.critical_crl_points)
        {
            return Err(refuse(
                "no critical extension that is not processed",
                alloc::format!("{}", Labelled(oid)),
            ));
        }
        Self {
            name: certificate.subject,
            key: certificate.key,
            key_id: extensions.subject_key_id,
            validity: Some((certificate.not_before, certificate.not_after)),
            path_len: extensions
                .basic_constraints
                .and_then(|constraints| constraints.path_len()),
            purposes: extensions.purposes,
            key_usage: extensions.key_usage,
            name_constraints: extensions.name_constraints,
            policies: extensions.policies,
            certificate: Some(certificate.der),
        }
        .strong()
    }

    /// Trusts a name and a key without a certificate: the DER of the Name and of the
    /// SubjectPublicKeyInfo.
    ///
    /// # Errors
    ///
    /// A code from 2001 to 2018 when one of them cannot be read, the code of the key's weakness
    /// when nobody should trust its signatures.
    pub fn from_name_and_key(name_der: &'a [u8], spki_der: &'a [u8]) -> Result<Self, Rejection> {
        let read_name = || -> Result<Name<'a>, Malformed> {
            let mut reader = Reader::new(name_der);
            let name = Name::read(&mut reader, "anchor.name")?;
            reader.finish("anchor.name")?;
            Ok(name)
        };
        let read_key = || -> Result<PublicKeyInfo<'a>, Malformed> {
            let mut reader = Reader::new(spki_der);
            let key = PublicKeyInfo::read(&mut reader)?;
            reader.finish("anchor.key")?;
            Ok(key)
        };
        let name = read_name().map_err(|flaw| flaw.into_rejection(name_der))?;
        let key = read_key().map_err(|flaw| flaw.into_rejection(spki_der))?;
        if name.is_empty() {
            return Err(Rejection::new(Code::X509AnchorUnusable, subject(name))
                .expected("a name")
                .found("an empty name"));
        }
        Self {
            name,
            key,
            key_id: None,
            validity: None,
            path_len: None,
            purposes: None,
            key_usage: None,
            name_constraints: None,
            policies: Policies::default(),
            certificate: None,
        }
        .strong()
    }

    /// The same anchor over other bytes.
    pub(crate) fn over<'b>(&self, bytes: &mut Bytes<'_, 'a, 'b>) -> TrustAnchor<'b> {
        TrustAnchor {
            name: self.name.over(bytes),
            key: self.key.over(bytes),
            key_id: self.key_id.map(&mut *bytes),
            validity: self.validity,
            path_len: self.path_len,
            purposes: self.purposes.map(&mut *bytes),
            key_usage: self.key_usage,
            name_constraints: self.name_constraints.map(&mut *bytes),
            policies: self.policies.over(bytes),
            certificate: self.certificate.map(&mut *bytes),
        }
    }

    /// The name that certificates below have as their issuer.
    #[must_use]
    pub const fn name(&self) -> Name<'a> {
        self.name
    }

    /// The DER of the SubjectPublicKeyInfo.
    #[must_use]
    pub const fn public_key_info(&self) -> &'a [u8] {
        self.key.whole
    }

    /// The DER of the certificate it was made from, if it was.
    #[must_use]
    pub const fn certificate_der(&self) -> Option<&'a [u8]> {
        self.certificate
    }

    /// The subject key identifier of its certificate, if it states one.
    #[must_use]
    pub const fn key_id(&self) -> Option<&'a [u8]> {
        self.key_id
    }

    /// The subject key identifier of its certificate, in hexadecimal, for people.
    #[must_use]
    pub fn key_id_text(&self) -> Option<alloc::string::String> {
        self.key_id.map(|id| alloc::format!("{}", Hex(id)))
    }

    /// A weak key makes every signature below it worthless.
    fn strong(self) -> Result<Self, Rejection> {
        match algorithm::weakness(&self.key) {
            None => Ok(self),
            Some(fault) => {
                let text = |fact: Fact<'_>| alloc::format!("{fact}");
                Err(Rejection::new(fault.code, subject(self.name))
                    .expected(text(fault.expected))
                    .found(text(fault.found)))
            }
        }
    }
}

fn subject(name: Name<'_>) -> Subject {
    Subject::trust_anchor(alloc::format!("{}", shown(name)))
}
