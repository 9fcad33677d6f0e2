//! Who signs.

use super::issued::IssuedCertificate;
use super::key::KeyPair;
use super::name::DistinguishedName;

/// A CA: certificate, name and key.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Its own certificate.
    pub certificate: IssuedCertificate,
    /// Its name, which goes into what it issues.
    pub name: DistinguishedName,
    /// Its key.
    pub key: KeyPair,
}
