//! nameConstraints: what a CA above may certify (RFC 5280 section 4.2.1.10).

use provisor_report::Code;

use crate::der::{Element, Malformed, Reader, only, tag};
use crate::general_name::GeneralName;
use crate::subtree;

const FIELD: &str = "extensions.nameConstraints";

/// Reads and checks the extension: `SEQUENCE { [0] permitted OPTIONAL, [1] excluded OPTIONAL }`, at
/// least one of them, none of them empty. Every base must be well formed for its form: a
/// constraint that cannot be read could mean anything. The contents.
pub(crate) fn read(value: &[u8]) -> Result<&[u8], Malformed> {
    let contents = only(value, tag::SEQUENCE, FIELD)?;
    let mut reader = Reader::new(contents);
    let permitted = reader.optional(tag::context_constructed(0), FIELD)?;
    let excluded = reader.optional(tag::context_constructed(1), FIELD)?;
    reader.finish(FIELD)?;
    if permitted.is_none() && excluded.is_none() {
        return Err(Malformed::new(Code::X509NameConstraints, FIELD, value)
            .expected("permitted or excluded subtrees")
            .found("neither"));
    }
    for subtrees in [permitted, excluded].into_iter().flatten() {
        let mut reader = Reader::new(subtrees);
        if reader.is_empty() {
            return Err(Malformed::new(Code::X509NameConstraints, FIELD, subtrees)
                .expected("at least one subtree (SIZE (1..MAX))"));
        }
        while !reader.is_empty() {
            let base = subtree(&mut reader)?;
            if !subtree::well_formed_base(&base) {
                return Err(Malformed::new(Code::X509NameConstraints, FIELD, subtrees)
                    .expected("a constraint in the form RFC 5280 section 4.2.1.10 defines")
                    .found(alloc::string::ToString::to_string(&base)));
            }
        }
    }
    Ok(contents)
}

/// GeneralSubtree: the base alone; minimum must be 0, its default, and maximum absent.
fn subtree<'a>(reader: &mut Reader<'a>) -> Result<GeneralName<'a>, Malformed> {
    let mut inner = Reader::new(reader.contents(tag::SEQUENCE, FIELD)?);
    let base = GeneralName::read(inner.element(FIELD)?, FIELD)?;
    inner.finish(FIELD)?;
    Ok(base)
}

/// The permitted bases of an extension that was read before, each as it stands: its tag tells the form.
pub(crate) fn permitted(contents: &[u8]) -> Bases<'_> {
    bases(contents, tag::context_constructed(0))
}

/// The excluded bases of an extension that was read before.
pub(crate) fn excluded(contents: &[u8]) -> Bases<'_> {
    bases(contents, tag::context_constructed(1))
}

/// The bases of one list of subtrees.

#[derive(Clone)]
pub(crate) struct Bases<'a>(Reader<'a>);

impl<'a> Iterator for Bases<'a> {
    type Item = Element<'a>;

    #[inline]
    fn next(&mut self) -> Option<Element<'a>> {
        Reader::new(self.0.next()?.contents).next()
    }
}

fn bases(contents: &[u8], wanted: u8) -> Bases<'_> {
    let mut reader = Reader::new(contents);
    while let Some(element) = reader.next() {
        if element.tag == wanted {
            return Bases(Reader::new(element.contents));
        }
    }
    Bases(Reader::new(&[]))
}
