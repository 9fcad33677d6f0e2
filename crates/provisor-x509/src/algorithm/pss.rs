//! RSASSA-PSS parameters (RFC 4055 section 3.1).

use provisor_report::Code;

use super::hash::Hash;
use crate::der::{Malformed, Reader, only, primitive, tag};
use crate::fault::{Fact, Fault};
use crate::oid;

/// The hash of a signature's AlgorithmIdentifier: the same for message and mask, with a salt of
/// its length. Nothing else is in use, and backends check nothing else.
pub(super) fn signature_hash(identifier: &[u8]) -> Result<Hash, Fault<'_>> {
    match parameters(identifier) {
        Ok(Some(Parameters {
            uniform: Some(hash),
            salt,
        })) if salt == hash.length() => Ok(hash),
        _ => Err(fault(identifier)),
    }
}

/// The hash that a key of type id-RSASSA-PSS is restricted to, `None` when it has no parameters.
///
/// Its salt is the shortest allowed (RFC 4055 section 3.3); `openssl genpkey` writes 0.
pub(super) fn key_restriction(identifier: &[u8]) -> Result<Option<Hash>, Fault<'_>> {
    match parameters(identifier) {
        Ok(None) => Ok(None),
        Ok(Some(Parameters {
            uniform: Some(hash),
            salt,
        })) if salt <= hash.length() => Ok(Some(hash)),
        _ => Err(fault(identifier)),
    }
}

fn fault(identifier: &[u8]) -> Fault<'_> {
    Fault::new(
        Code::X509PssParameters,
        Fact::Text("SHA-256, 384 or 512 for message and mask alike, and a salt of its length"),
        Fact::Bytes("AlgorithmIdentifier", identifier),
    )
}

/// RSASSA-PSS-params, as far as they are accepted.
struct Parameters {
    /// The hash, if it is accepted and message and mask have the same.
    uniform: Option<Hash>,
    /// Bytes of salt.
    salt: u32,
}

/// `None`: the AlgorithmIdentifier has no parameters.
fn parameters(identifier: &[u8]) -> Result<Option<Parameters>, Malformed> {
    let mut reader = Reader::new(only(identifier, tag::SEQUENCE, "")?);
    reader.contents(tag::OID, "")?;
    if reader.is_empty() {
        return Ok(None);
    }
    let mut fields = Reader::new(only(reader.rest(), tag::SEQUENCE, "")?);
    // Absent hashes default to SHA-1: never accepted.
    let hash = match fields.optional(tag::context_constructed(0), "")? {
        Some(algorithm) => hash(algorithm)?,
        None => None,
    };
    let mask = match fields.optional(tag::context_constructed(1), "")? {
        Some(algorithm) => mask(algorithm)?,
        None => None,
    };
    let salt = match fields.optional(tag::context_constructed(2), "")? {
        Some(explicit) => primitive::unsigned(only(explicit, tag::INTEGER, "")?, "")?,
        None => 20,
    };
    // The default, 1, is written out by AMD's signers.
    let trailer = match fields.optional(tag::context_constructed(3), "")? {
        Some(explicit) => primitive::unsigned(only(explicit, tag::INTEGER, "")?, "")?,
        None => 1,
    };
    fields.finish("")?;
    let uniform = hash.filter(|_| mask == hash && trailer == 1);
    Ok(Some(Parameters { uniform, salt }))
}

/// AlgorithmIdentifier of a hash; parameters NULL or absent (RFC 4055 section 2.1).
fn hash(algorithm: &[u8]) -> Result<Option<Hash>, Malformed> {
    let mut reader = Reader::new(only(algorithm, tag::SEQUENCE, "")?);
    let id = reader.contents(tag::OID, "")?;
    if !reader.is_empty() && reader.rest() != [tag::NULL, 0] {
        return Ok(None);
    }
    Ok(match id {
        id if id == oid::SHA256 => Some(Hash::Sha256),
        id if id == oid::SHA384 => Some(Hash::Sha384),
        id if id == oid::SHA512 => Some(Hash::Sha512),
        _ => None,
    })
}

/// AlgorithmIdentifier of MGF1, whose parameters are that of a hash.
fn mask(algorithm: &[u8]) -> Result<Option<Hash>, Malformed> {
    let mut reader = Reader::new(only(algorithm, tag::SEQUENCE, "")?);
    if reader.contents(tag::OID, "")? != oid::MGF1 {
        return Ok(None);
    }
    hash(reader.rest())
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn wrap(tag: u8, inner: &[u8]) -> Vec<u8> {
        let mut out = alloc::vec![tag, u8::try_from(inner.len()).unwrap()];
        out.extend(inner);
        out
    }

    fn identifier(hash: &[u8], mask: &[u8], salt: u8, trailer: Option<u8>) -> Vec<u8> {
        let algorithm = |id: &[u8]| wrap(0x30, &[&wrap(6, id)[..], &[5, 0]].concat());
        let mgf = wrap(0x30, &[&wrap(6, oid::MGF1)[..], &algorithm(mask)].concat());
        let mut fields = [
            wrap(0xa0, &algorithm(hash)),
            wrap(0xa1, &mgf),
            wrap(0xa2, &[2, 1, salt]),
        ]
        .concat();
        if let Some(trailer) = trailer {
            fields.extend(wrap(0xa3, &[2, 1, trailer]));
        }
        wrap(
            0x30,
            &[wrap(6, oid::RSASSA_PSS), wrap(0x30, &fields)].concat(),
        )
    }

    #[test]
    fn one_hash_throughout_with_a_salt_of_its_length() {
        let read = |id: &[u8]| signature_hash(id).ok();
        assert_eq!(
            read(&identifier(oid::SHA256, oid::SHA256, 32, None)),
            Some(Hash::Sha256)
        );
        assert_eq!(
            read(&identifier(oid::SHA384, oid::SHA384, 48, Some(1))),
            Some(Hash::Sha384)
        );
        for wrong in [
            identifier(oid::SHA256, oid::SHA256, 20, None),
            identifier(oid::SHA256, oid::SHA384, 32, None),
            identifier(oid::SHA256, oid::SHA256, 32, Some(2)),
            identifier(oid::P384, oid::P384, 32, None),
            wrap(0x30, &wrap(6, oid::RSASSA_PSS)),
        ] {
            assert_eq!(read(&wrong), None);
        }
    }

    #[test]
    fn a_key_without_parameters_is_not_restricted() {
        assert_eq!(
            key_restriction(&wrap(0x30, &wrap(6, oid::RSASSA_PSS))).unwrap(),
            None
        );
        for least in [0, 20, 32] {
            let restricted = identifier(oid::SHA256, oid::SHA256, least, None);
            assert_eq!(key_restriction(&restricted).unwrap(), Some(Hash::Sha256));
        }
        for wrong in [
            identifier(oid::SHA256, oid::SHA256, 33, None),
            identifier(oid::SHA256, oid::SHA384, 20, None),
        ] {
            assert!(key_restriction(&wrong).is_err());
        }
    }
}
