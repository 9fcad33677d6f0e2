//! Names as text, RFC 4514.

use core::fmt::{self, Write as _};

use super::distinguished::{Attribute, Name};
use super::label::label;
use super::text::characters;
use crate::text::{Dotted, Hex, write_safe};

impl fmt::Display for Name<'_> {
    /// The parts from the last to the first, as RFC 4514 section 2.1 wants them; an empty name
    /// says that it is empty.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("(empty name)");
        }
        // The parts can only be read forwards; names are short, so going back is counting again.
        let count = self.parts().count();
        for index in (0..count).rev() {
            if index + 1 != count {
                f.write_char(',')?;
            }
            let Some(part) = self.parts().nth(index) else {
                continue;
            };
            for (position, attribute) in part.attributes().enumerate() {
                if position > 0 {
                    f.write_char('+')?;
                }
                write_attribute(&attribute, f)?;
            }
        }
        Ok(())
    }
}

fn write_attribute(attribute: &Attribute<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match label(attribute.oid) {
        Some(label) => f.write_str(label)?,
        None => fmt::Display::fmt(&Dotted(attribute.oid), f)?,
    }
    match characters(attribute) {
        // Where the type has no name, RFC 4514 section 2.4 would have the value in hexadecimal; its
        // grammar reads the text as well, and so do people.
        Some(text) => {
            f.write_char('=')?;
            let last = text.clone().count().saturating_sub(1);
            text.enumerate().try_for_each(|(position, c)| {
                let at_edge = position == 0 || position == last;
                write_escaped(c, position == 0, at_edge, f)
            })
        }
        // A value that is no string is shown as the hexadecimal form of its DER bytes.
        None => write!(f, "=#{}", Hex(attribute.whole)),
    }
}

impl fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_value(self, f)
    }
}

/// The value alone, without the escapes of a name.
fn write_value(attribute: &Attribute<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match characters(attribute) {
        Some(mut text) => text.try_for_each(|c| write_safe(c, f)),
        None => write!(f, "#{}", Hex(attribute.whole)),
    }
}

/// RFC 4514 section 2.4.
fn write_escaped(c: char, first: bool, edge: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match c {
        '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{c}"),
        '#' if first => f.write_str("\\#"),
        ' ' if edge => f.write_str("\\ "),
        c => write_safe(c, f),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use crate::der::tag;
    use crate::name::compare::tests::{name, read};

    #[test]
    fn the_last_part_comes_first_and_specials_are_escaped() {
        let der = name(&[
            &[(6, tag::PRINTABLE_STRING, b"DE")],
            &[
                (10, tag::UTF8_STRING, b"A, B"),
                (11, tag::UTF8_STRING, b"#1 "),
            ],
            &[(3, tag::UTF8_STRING, b"line\n7\xe2\x80\xae")],
        ]);
        assert_eq!(
            read(&der).to_string(),
            r"CN=line\0A7\E2\80\AE,O=A\, B+OU=\#1\ ,C=DE"
        );
    }

    #[test]
    fn values_that_are_no_text_come_in_hexadecimal() {
        let der = name(&[
            &[(99, tag::UTF8_STRING, b"x")],
            &[(3, tag::OCTET_STRING, b"y")],
        ]);
        assert_eq!(read(&der).to_string(), "CN=#040179,2.5.4.99=x");
        assert_eq!(read(&name(&[])).to_string(), "(empty name)");
    }

    #[test]
    fn common_names_are_the_values_alone() {
        let der = name(&[
            &[(3, tag::UTF8_STRING, b"a,b")],
            &[(10, tag::UTF8_STRING, b"x")],
        ]);
        let values: alloc::vec::Vec<_> = read(&der).common_names().collect();
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].as_str(), Some("a,b"));
        assert_eq!(values[0].to_string(), "a,b");
    }
}
