//! The four policy extensions (RFC 5280 sections 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14).

use provisor_report::Code;

use crate::der::{Malformed, Reader, only, primitive, tag};
use crate::limits;
use crate::spans::Bytes;

/// What a certificate says of policies.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Policies<'a> {
    /// Contents octets of CertificatePolicies.
    pub(crate) stated: Option<&'a [u8]>,
    /// Contents octets of PolicyMappings.
    pub(crate) mappings: Option<&'a [u8]>,
    pub(crate) require_explicit: Option<u32>,
    pub(crate) inhibit_mapping: Option<u32>,
    pub(crate) inhibit_any: Option<u32>,
}

impl<'a> Policies<'a> {
    /// The same over other bytes.
    pub(crate) fn over<'b>(&self, bytes: &mut Bytes<'_, 'a, 'b>) -> Policies<'b> {
        Policies {
            stated: self.stated.map(&mut *bytes),
            mappings: self.mappings.map(&mut *bytes),
            require_explicit: self.require_explicit,
            inhibit_mapping: self.inhibit_mapping,
            inhibit_any: self.inhibit_any,
        }
    }

    /// certificatePolicies: SEQUENCE SIZE (1..MAX) OF SEQUENCE { OBJECT IDENTIFIER, qualifiers
    /// OPTIONAL }. The two kinds of qualifiers that RFC 5280 defines are for people, and decide
    /// nothing; what another kind means nobody here knows, and section 4.2.1.4 wants a critical
    /// extension understood with its qualifiers. Says whether it is.
    pub(super) fn read_stated(&mut self, value: &'a [u8]) -> Result<bool, Malformed> {
        const FIELD: &str = "extensions.certificatePolicies";
        let contents = only(value, tag::SEQUENCE, FIELD)?;
        let mut reader = not_empty(contents, FIELD)?;
        let (mut count, mut understood) = (0_usize, true);
        while !reader.is_empty() {
            count = counted(count, contents, FIELD)?;
            let mut policy = Reader::new(reader.contents(tag::SEQUENCE, FIELD)?);
            policy_id(&mut policy, FIELD)?;
            if let Some(qualifiers) = policy.optional(tag::SEQUENCE, FIELD)? {
                understood &= for_people(qualifiers);
            }
            policy.finish(FIELD)?;
        }
        self.stated = Some(contents);
        Ok(understood)
    }

    /// policyMappings: SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuer's policy, subject's policy }.
    pub(super) fn read_mappings(&mut self, value: &'a [u8]) -> Result<(), Malformed> {
        const FIELD: &str = "extensions.policyMappings";
        let contents = only(value, tag::SEQUENCE, FIELD)?;
        let mut reader = not_empty(contents, FIELD)?;
        let mut count = 0_usize;
        while !reader.is_empty() {
            count = counted(count, contents, FIELD)?;
            let mut pair = Reader::new(reader.contents(tag::SEQUENCE, FIELD)?);
            let mapping = (policy_id(&mut pair, FIELD)?, policy_id(&mut pair, FIELD)?);
            pair.finish(FIELD)?;
            if firsts(contents)
                .take(count.saturating_sub(1))
                .any(|before| before == mapping)
            {
                return Err(Malformed::new(Code::X509Extension, FIELD, contents)
                    .expected("each mapping once"));
            }
        }
        self.mappings = Some(contents);
        Ok(())
    }

    /// policyConstraints: `SEQUENCE { [0] INTEGER OPTIONAL, [1] INTEGER OPTIONAL }`, not empty.
    pub(super) fn read_constraints(&mut self, value: &'a [u8]) -> Result<(), Malformed> {
        const FIELD: &str = "extensions.policyConstraints";
        let mut reader = not_empty(only(value, tag::SEQUENCE, FIELD)?, FIELD)?;
        if let Some(skip) = reader.optional(tag::context(0), FIELD)? {
            self.require_explicit = Some(primitive::unsigned(skip, FIELD)?);
        }
        if let Some(skip) = reader.optional(tag::context(1), FIELD)? {
            self.inhibit_mapping = Some(primitive::unsigned(skip, FIELD)?);
        }
        reader.finish(FIELD)
    }

    /// inhibitAnyPolicy: INTEGER.
    pub(super) fn read_inhibit_any(&mut self, value: &'a [u8]) -> Result<(), Malformed> {
        const FIELD: &str = "extensions.inhibitAnyPolicy";
        let skip = only(value, tag::INTEGER, FIELD)?;
        self.inhibit_any = Some(primitive::unsigned(skip, FIELD)?);
        Ok(())
    }

    /// The identifiers of the policies stated.
    pub(crate) fn stated(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        firsts(self.stated.unwrap_or_default()).map(|(policy, _)| policy)
    }

    /// The mappings: the issuer's policy and the subject's.
    pub(crate) fn mappings(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone + use<'a> {
        firsts(self.mappings.unwrap_or_default())
    }
}

fn not_empty<'a>(contents: &'a [u8], field: &'static str) -> Result<Reader<'a>, Malformed> {
    if contents.is_empty() {
        return Err(Malformed::new(Code::X509Extension, field, contents)
            .expected("at least one entry (SIZE (1..MAX))"));
    }
    Ok(Reader::new(contents))
}

/// Whether all qualifiers are CPS pointers and user notices: SEQUENCE SIZE (1..MAX) OF SEQUENCE {
/// OBJECT IDENTIFIER, ANY }.
fn for_people(qualifiers: &[u8]) -> bool {
    /// id-qt without its last byte: 1 is a CPS pointer, 2 a user notice.
    const QUALIFIER: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 2];
    let mut reader = Reader::new(qualifiers);
    let mut known = !reader.is_empty();
    while known && !reader.is_empty() {
        known = reader
            .contents(tag::SEQUENCE, "")
            .and_then(|contents| {
                let mut qualifier = Reader::new(contents);
                let id = primitive::oid(&mut qualifier, "")?;
                qualifier.element("")?;
                qualifier.finish("")?;
                Ok(matches!(id.split_last(), Some((1 | 2, QUALIFIER))))
            })
            .unwrap_or(false);
    }
    known
}

fn counted(count: usize, at: &[u8], field: &'static str) -> Result<usize, Malformed> {
    if count >= limits::POLICIES_STATED {
        return Err(Malformed::new(Code::X509TooLarge, field, at).expected("at most 32 policies"));
    }
    Ok(count.saturating_add(1))
}

fn policy_id<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a [u8], Malformed> {
    primitive::oid(reader, field)
}

/// The first two elements of each SEQUENCE in a list that was read before; the second is empty
/// when there is none.
const fn firsts(contents: &[u8]) -> Firsts<'_> {
    Firsts(Reader::new(contents))
}

#[derive(Clone)]
struct Firsts<'a>(Reader<'a>);

impl<'a> Iterator for Firsts<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut inner = Reader::new(self.0.next()?.contents);
        let first = inner.next()?.contents;
        let second = inner.next().map_or(&[][..], |element| element.contents);
        Some((first, second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_extensions() {
        let mut policies = Policies::default();
        assert!(
            policies
                .read_stated(&[0x30, 5, 0x30, 3, 6, 1, 0x55])
                .unwrap()
        );
        assert!(policies.stated().eq([&[0x55][..]]));
        policies
            .read_mappings(&[0x30, 8, 0x30, 6, 6, 1, 0x55, 6, 1, 0x56])
            .unwrap();
        assert!(policies.mappings().eq([(&[0x55][..], &[0x56][..])]));
        policies
            .read_constraints(&[0x30, 6, 0x80, 1, 0, 0x81, 1, 2])
            .unwrap();
        assert_eq!(
            (policies.require_explicit, policies.inhibit_mapping),
            (Some(0), Some(2))
        );
        policies.read_inhibit_any(&[2, 1, 1]).unwrap();
        assert_eq!(policies.inhibit_any, Some(1));
    }

    #[test]
    fn what_is_malformed() {
        let mut policies = Policies::default();
        assert!(policies.read_stated(&[0x30, 0]).is_err());
        let pair = [0x30, 6, 6, 1, 0x55, 6, 1, 0x56];
        let twice = [&[0x30, 16][..], &pair, &pair].concat();
        assert!(policies.read_mappings(&twice).is_err());
        assert!(
            policies
                .read_stated(&[0x30, 5, 0x31, 3, 6, 1, 0x55])
                .is_err()
        );
        assert!(
            policies
                .read_mappings(&[0x30, 5, 0x30, 3, 6, 1, 0x55])
                .is_err()
        );
        assert!(policies.read_constraints(&[0x30, 0]).is_err());
        assert!(policies.read_constraints(&[0x30, 3, 0x82, 1, 0]).is_err());
        assert!(policies.read_inhibit_any(&[2, 1, 0xff]).is_err());
    }

    #[test]
    fn qualifiers_for_people_are_understood_and_no_others() {
        let with = |id: &[u8]| {
            let id = [&[6, u8::try_from(id.len()).unwrap()], id].concat();
            let wrap = |inner: &[u8]| [&[0x30, u8::try_from(inner.len()).unwrap()], inner].concat();
            let qualifiers = wrap(&wrap(&[&id[..], &[5, 0]].concat()));
            wrap(&wrap(&[&[6, 1, 0x55][..], &qualifiers].concat()))
        };
        let read = |value: &[u8]| Policies::default().read_stated(value).unwrap();
        assert!(read(&[0x30, 5, 0x30, 3, 6, 1, 0x55]));
        assert!(read(&with(&[0x2b, 6, 1, 5, 5, 7, 2, 1])));
        assert!(read(&with(&[0x2b, 6, 1, 5, 5, 7, 2, 2])));
        assert!(!read(&with(&[0x2b, 6, 1, 5, 5, 7, 2, 3])));
        assert!(!read(&with(&[0x2b, 6, 1, 5, 5, 7, 3, 1])));
        // None at all, where at least one has to be, and what is no SEQUENCE of two.
        assert!(!read(&[0x30, 7, 0x30, 5, 6, 1, 0x55, 0x30, 0]));
        assert!(!read(&[0x30, 9, 0x30, 7, 6, 1, 0x55, 0x30, 2, 5, 0]));
    }
}
