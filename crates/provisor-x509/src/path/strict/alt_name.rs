//! Subject alternative names in the syntax of RFC 5280 section 4.2.1.6.

use provisor_report::Code;

use super::parts::Outcome;
use crate::certificate::Certificate;
use crate::fault::{Fact, Fault};
use crate::general_name::GeneralName;

/// Every name is well formed for its form.
pub(super) fn names<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    for name in certificate.subject_alt_names() {
        let wanted = match name {
            GeneralName::Dns(host) if !is_preferred(host) => {
                "a host name of letters, digits and hyphens"
            }
            GeneralName::Rfc822(mailbox) if !is_mailbox(mailbox) => "local@domain in ASCII",
            GeneralName::Uri(uri) if !is_absolute(uri) => "an absolute URI in ASCII",
            GeneralName::Ip(address) if !matches!(address.len(), 4 | 16) => {
                "an IP address of 4 or 16 octets"
            }
            GeneralName::Directory(name) if name.is_empty() => "a directoryName that is not empty",
            GeneralName::Dns(_)
            | GeneralName::Rfc822(_)
            | GeneralName::Uri(_)
            | GeneralName::Ip(_)
            | GeneralName::Directory(_)
            | GeneralName::Other { .. }
            | GeneralName::X400(_)
            | GeneralName::EdiParty(_)
            | GeneralName::RegisteredId(_) => continue,
        };
        return Err(Fault::new(
            Code::X509StrictAltName,
            Fact::Text(wanted),
            Fact::General("", name),
        ));
    }
    Ok(())
}

/// The preferred name syntax of RFC 1034 section 3.5 with the digits of RFC 1123 section 2.1; a
/// wildcard as the first label, which RFC 5280 leaves to others; no address in the place of a name:
/// the last label is not a number (RFC 3696 section 2).
fn is_preferred(name: &[u8]) -> bool {
    let host = match name {
        [b'*', b'.', rest @ ..] => rest,
        _ => name,
    };
    let is_label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
    };
    let mut labels = host.rsplit(|byte| *byte == b'.');
    let is_number = |label: &[u8]| label.iter().all(u8::is_ascii_digit);
    host.len() <= 253
        && labels
            .next()
            .is_some_and(|last| is_label(last) && !is_number(last))
        && labels.all(is_label)
}

/// Local part and domain of RFC 2821 section 4.1.2, as far as trust needs it.
fn is_mailbox(text: &[u8]) -> bool {
    let mut halves = text.rsplitn(2, |byte| *byte == b'@');
    let (domain, local) = (halves.next(), halves.next());
    text.iter().all(u8::is_ascii_graphic)
        && domain.is_some_and(is_preferred)
        && local.is_some_and(|local| !local.is_empty())
}

/// RFC 3986: a scheme, a colon, and something.
fn is_absolute(uri: &[u8]) -> bool {
    let mut halves = uri.splitn(2, |byte| *byte == b':');
    let (scheme, rest) = (halves.next(), halves.next());
    uri.iter().all(u8::is_ascii_graphic)
        && scheme.is_some_and(|scheme| {
            scheme.first().is_some_and(u8::is_ascii_alphabetic)
                && scheme
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        })
        && rest.is_some_and(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        for (name, good) in [
            ("device-7.example.com", true),
            ("*.example.com", true),
            ("7.example", true),
            ("", false),
            ("*", false),
            ("a_b.example", false),
            ("-a.example", false),
            ("a-.example", false),
            ("a..example", false),
            ("127.0.0.1", false),
            ("example.com.", false),
            ("\u{1f600}.example", false),
        ] {
            assert_eq!(is_preferred(name.as_bytes()), good, "{name}");
        }
    }

    #[test]
    fn mailboxes_and_uris() {
        for (text, good) in [
            ("a@example.com", true),
            ("a@", false),
            ("@b.c", false),
            ("a b@c.d", false),
            ("ab", false),
        ] {
            assert_eq!(is_mailbox(text.as_bytes()), good, "{text}");
        }
        for (text, good) in [
            ("https://a/b", true),
            ("urn:x", true),
            ("/a", false),
            (":a", false),
            ("a:", false),
            ("1a:b", false),
        ] {
            assert_eq!(is_absolute(text.as_bytes()), good, "{text}");
        }
    }
}
