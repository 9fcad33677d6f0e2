//! What an enrollment or a device is known by when it comes again.

use core::fmt;

use data_encoding::HEXLOWER;
use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::Name;

use super::digits::{self, digit_traits};
use super::thumbprint::Thumbprint;
use crate::digest::sha256;
use crate::id::{IdScope, RegistrationId};
use crate::sas::SasKey;

/// One thing that an enrollment accepts devices by, or that a device proved itself by, as a digest:
/// what a registration record remembers of it.
///
/// Two with the same mark have the same CA, the same certificate or the same key. Public, like what
/// it was made from; that of a symmetric key is a digest of another kind
/// ([`symmetric_key`](Self::symmetric_key)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    kind: MarkKind,
    digest: [u8; 32],
}

/// What a [`Mark`] is the digest of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MarkKind {
    /// The subject and the public key of a CA: a CA certificate that is renewed with its key is the
    /// same CA (RFC 5280 section 6.1.1 (d) makes an anchor of these two).
    Ca,
    /// The Name of an endorsement key.
    EndorsementKey,
    /// A leaf certificate, whole.
    Leaf,
    /// The public key of a leaf certificate, which a renewed one may share.
    LeafKey,
    /// The symmetric key of one device: its own, or derived from a group's.
    SymmetricKey,
}

impl Mark {
    /// The mark of an endorsement key.
    #[must_use]
    pub fn endorsement_key(name: &Name) -> Self {
        Self::new(MarkKind::EndorsementKey, &[name.as_bytes()])
    }

    /// The mark of a leaf certificate.
    #[must_use]
    pub const fn leaf(thumbprint: &Thumbprint) -> Self {
        Self {
            kind: MarkKind::Leaf,
            digest: *thumbprint.as_bytes(),
        }
    }

    /// The mark of a leaf's public key: the DER of its `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn leaf_key(public_key_info: &[u8]) -> Self {
        Self::new(MarkKind::LeafKey, &[public_key_info])
    }

    /// The mark of a CA: the DER of its subject and of its `SubjectPublicKeyInfo`. DER says where
    /// it ends, so that no two pairs have the same bytes.
    #[must_use]
    pub fn ca(subject: &[u8], public_key_info: &[u8]) -> Self {
        Self::new(MarkKind::Ca, &[subject, public_key_info])
    }

    /// The mark of the symmetric key that one device of a scope has: for a group, the one that is
    /// derived for it, so that a record says nothing of the group's key, and a device that leaves its
    /// group with its key is known.
    ///
    /// HKDF-SHA256 (RFC 5869) of the key, for this scope and registration ID: it is no token and no
    /// key, tells nobody that two devices have the same key, and leads back to no key that was drawn. A
    /// key that can be guessed can be tried against it, as against any token that was overheard.
    #[must_use]
    pub fn symmetric_key(key: &SasKey, scope: &IdScope, id: &RegistrationId) -> Self {
        let (scope, id) = (scope.normal_form(), id.normal_form());
        Self {
            kind: MarkKind::SymmetricKey,
            // No scope has a slash in it.
            digest: key.fingerprint(&[scope.as_bytes(), b"/", id.as_bytes()]),
        }
    }

    /// Reads a mark as [`Display`](fmt::Display) writes it.
    ///
    /// # Errors
    /// [`RegMark`](Code::RegMark).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let refused = || {
            Rejection::new(Code::RegMark, Subject::field("marks"))
                .expected("a kind, a colon, and 64 hexadecimal digits in lower case")
        };
        let (word, text) = text.split_once(':').ok_or_else(refused)?;
        let kind = MarkKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(refused)?;
        let digest = digits::bytes(text, word.len() + 1, &HEXLOWER, refused)?;
        Ok(Self { kind, digest })
    }

    /// What it is the digest of.
    #[must_use]
    pub const fn kind(&self) -> MarkKind {
        self.kind
    }

    fn new(kind: MarkKind, parts: &[&[u8]]) -> Self {
        Self {
            kind,
            digest: sha256(parts),
        }
    }
}

impl MarkKind {
    const ALL: [Self; 5] = [
        Self::Ca,
        Self::EndorsementKey,
        Self::Leaf,
        Self::LeafKey,
        Self::SymmetricKey,
    ];

    /// The word before the colon.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ca => "ca",
            Self::EndorsementKey => "endorsementKey",
            Self::Leaf => "leaf",
            Self::LeafKey => "leafKey",
            Self::SymmetricKey => "symmetricKey",
        }
    }
}

impl fmt::Display for Mark {
    /// The kind, a colon, the digest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}",
            self.kind.as_str(),
            HEXLOWER.encode(&self.digest)
        )
    }
}

digit_traits!(Mark);

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_symmetric_key_is_known_for_one_device_of_one_scope() {
        let mark = |key: u8, scope: &str, id: &str| {
            Mark::symmetric_key(
                &SasKey::from_bytes(&[key; 16]).unwrap(),
                &IdScope::parse(scope).unwrap(),
                &RegistrationId::try_from(id).unwrap(),
            )
        };
        let one = mark(7, "0ne0A1B2C3D", "line-7");
        // Case is no part of either name.
        assert_eq!(one, mark(7, "0NE0a1b2c3d", "LINE-7"));
        for other in [
            mark(8, "0ne0A1B2C3D", "line-7"),
            mark(7, "0ne0A1B2C3E", "line-7"),
            mark(7, "0ne0A1B2C3D", "line-8"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn marks_come_back_from_text_and_kinds_do_not_mix() {
        let key = b"key".as_slice();
        let marks = [
            Mark::ca(b"name", key),
            Mark::endorsement_key(
                &Name::from_bytes(&[[0, 0x0b].as_slice(), &[7; 32]].concat()).unwrap(),
            ),
            Mark::leaf(&Thumbprint::of_der(key)),
            Mark::leaf_key(key),
            Mark::symmetric_key(
                &SasKey::from_bytes(&[7; 16]).unwrap(),
                &IdScope::parse("0ne0A1B2C3D").unwrap(),
                &RegistrationId::try_from("line-7").unwrap(),
            ),
        ];
        for (mark, kind) in marks.iter().zip(MarkKind::ALL) {
            assert_eq!(mark.kind(), kind);
            assert_eq!(Mark::parse(&format!("{mark}")).unwrap(), *mark);
        }
        // One digest, two things.
        assert_ne!(marks[2], marks[3]);
        let text = format!("{}", marks[0]);
        for bad in [
            "",
            "ca",
            "ca:",
            &text.replace("ca:", "CA:"),
            &text.replace("ca:", "key:"),
            &format!("{text}0"),
        ] {
            assert_eq!(Mark::parse(bad).unwrap_err().code(), Code::RegMark, "{bad}");
        }
    }
}
