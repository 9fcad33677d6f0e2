//! The text in names: each value is a string of the type that it says.

use provisor_report::Code;

use super::parts::Outcome;
use crate::certificate::Certificate;
use crate::der::tag;
use crate::extension::constraints::{excluded, permitted};
use crate::fault::{Fact, Fault};
use crate::general_name::GeneralName;
use crate::name::{Attribute, Name};

/// Section 4.1.2.4, for issuer, subject, the directory names beside it and those that constrain the
/// names below.
pub(super) fn readable<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    let constraints = certificate.extensions.name_constraints.unwrap_or_default();
    let beside = certificate
        .subject_alt_names()
        .chain(permitted(constraints).filter_map(GeneralName::again))
        .chain(excluded(constraints).filter_map(GeneralName::again))
        .filter_map(|name| match name {
            GeneralName::Directory(name) => Some(name),
            _ => None,
        });
    let mut names = [certificate.issuer, certificate.subject]
        .into_iter()
        .chain(beside);
    names.try_for_each(name)
}

fn name(name: Name<'_>) -> Outcome<'_> {
    for attribute in name.attributes() {
        if !is_readable(&attribute) {
            return Err(Fault::new(
                Code::X509StrictText,
                Fact::Text("values that are strings of their type"),
                Fact::Name(name),
            ));
        }
    }
    Ok(())
}

/// Attributes of other families may be anything; if they say that they are a string, they are one.
fn is_readable(attribute: &Attribute<'_>) -> bool {
    let value = attribute.value;
    match attribute.tag {
        tag::PRINTABLE_STRING => value.iter().all(is_printable),
        tag::NUMERIC_STRING => value
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b' '),
        tag::VISIBLE_STRING => value.iter().all(|byte| matches!(byte, b' '..=b'~')),
        tag::UTF8_STRING
        | tag::IA5_STRING
        | tag::TELETEX_STRING
        | tag::BMP_STRING
        | tag::UNIVERSAL_STRING => attribute.is_text(),
        _ => !is_text_by_its_type(attribute.oid),
    }
}

/// X.680 section 41.4, table 10.
fn is_printable(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte)
}

/// The attributes of X.520 that RFC 5280 names (section 4.1.2.4 and appendix A.1), all of them text.
fn is_text_by_its_type(oid: &[u8]) -> bool {
    matches!(*oid, [0x55, 4, 3..=8 | 10..=12 | 41..=44 | 46 | 65])
}
