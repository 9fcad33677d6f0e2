//! Whom the certificates of a request name as their issuers.

use alloc::vec::Vec;
use core::fmt;

use provisor_x509::{Certificate, Name};

use crate::limits;

/// The issuers that the certificates of a request name: what a store looks for to find the groups that
/// may admit the device. Each different one once, so that there are at most as many as certificates.
///
/// A store that indexes its CA certificates by
/// [`TrustedCertificate::name_hash`](crate::enrollment::TrustedCertificate::name_hash) finds them by
/// [`Issuer::name_hash`]; the engine compares the names themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issuers<'a>(Vec<Issuer<'a>>);

/// One of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Issuer<'a> {
    name: Name<'a>,
    hash: u64,
    key_id: Option<&'a [u8]>,
}

impl<'a> Issuers<'a> {
    /// Those of a leaf and of the certificates that came with it. Without regard to what cannot be
    /// read: the decision refuses that before it looks for anybody.
    #[must_use]
    pub fn of(leaf: &'a [u8], sent: &[&'a [u8]]) -> Self {
        let chain = core::iter::once(&leaf).chain(sent);
        let read = chain
            .take(1 + limits::CERTIFICATES_SENT)
            .map(|der| Certificate::from_der(der));
        match read.collect::<Result<Vec<_>, _>>() {
            Ok(certificates) => Self::named(certificates.iter()),
            Err(_) => Self::default(),
        }
    }

    pub(crate) fn named<'c>(certificates: impl Iterator<Item = &'c Certificate<'a>>) -> Self
    where
        'a: 'c,
    {
        let mut issuers: Vec<Issuer<'a>> = Vec::new();
        for certificate in certificates {
            let same = issuers.iter().any(|known| {
                known.key_id == certificate.authority_key_id()
                    && known.name.der() == certificate.issuer().der()
            });
            if !same {
                issuers.push(Issuer::of(certificate));
            }
        }
        Self(issuers)
    }

    /// Each of them.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Issuer<'a>> {
        self.0.iter()
    }

    /// A name that one of them has, and its hash.
    pub(crate) fn name(&self, is_named: impl Fn(Name<'a>, u64) -> bool) -> bool {
        self.0
            .iter()
            .any(|issuer| is_named(issuer.name, issuer.hash))
    }
}

impl<'a> Issuer<'a> {
    fn of(certificate: &Certificate<'a>) -> Self {
        let name = certificate.issuer();
        Self {
            name,
            hash: name.lookup_hash(),
            key_id: certificate.authority_key_id(),
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> Name<'a> {
        self.name
    }

    /// The hash of its name, which names that are equal have in common. It says where to look and
    /// proves nothing: others may have it too. It may change with the version of this crate, so that
    /// an index that outlives the program is built anew from the certificates.
    #[must_use]
    pub const fn name_hash(&self) -> u64 {
        self.hash
    }

    /// The identifier of its key, as the certificate that names it says (RFC 5280 section 4.2.1.1).
    /// A hint: the certificate of an issuer may state another one, or none.
    #[must_use]
    pub const fn key_id(&self) -> Option<&'a [u8]> {
        self.key_id
    }
}

impl fmt::Debug for Issuer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Issuer").field(&self.name).finish()
    }
}
