//! Name constraints applied to a certificate (RFC 5280 section 4.2.1.10).

mod dns;
mod email;
mod ip;
mod uri;

use alloc::boxed::Box;

use provisor_report::Code;

use super::budget::Budget;
use crate::certificate::Certificate;
use crate::extension::constraints::{excluded, permitted};
use crate::fault::{Fact, Fault};
use crate::general_name::GeneralName;
use crate::name::{Likeness, Work};
use crate::oid::EMAIL_ADDRESS;

/// Why constraints were not met.
pub(super) enum Refused<'a> {
    Budget(Box<Fault<'a>>),
    /// By the certificate at that depth.
    Certificate(usize, Box<Fault<'a>>),
}

/// How a name and the base of a subtree compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compared {
    Within,
    Outside,
    /// Of another form, which does not concern the name.
    OtherForm,
    /// The name is malformed, or its form has no comparison.
    Impossible,
}

/// Which list a base stands in: a pattern such as `*.example.com` may lie within a permitted
/// subtree only as a whole, but is caught by an excluded one in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Permitted,
    Excluded,
}

/// Applies the constraints of one issuer to every name of one certificate.
pub(super) fn check<'a>(
    certificate: &Certificate<'a>,
    depth: usize,
    constraints: &'a [u8],
    budget: &mut Budget,
) -> Result<(), Refused<'a>> {
    if !certificate.subject.is_empty() {
        // "MUST be applied to the subject field" when it is not empty.
        let subject = GeneralName::Directory(certificate.subject);
        check_name(subject, depth, constraints, budget)?;
        // An e-mail address in the subject is constrained too. RFC 5280 asks for it only where
        // there is no subject alternative name; as an address is an address wherever it stands,
        // it is done always, which can only refuse more.
        for attribute in certificate.subject.attributes() {
            if attribute.oid == EMAIL_ADDRESS {
                let address = GeneralName::Rfc822(attribute.value);
                check_name(address, depth, constraints, budget)?;
            }
        }
    }
    for name in certificate.subject_alt_names() {
        check_name(name, depth, constraints, budget)?;
    }
    Ok(())
}

fn check_name<'a>(
    name: GeneralName<'a>,
    depth: usize,
    constraints: &'a [u8],
    budget: &mut Budget,
) -> Result<(), Refused<'a>> {
    // A name costs something even where no constraint is of its form.
    budget
        .comparison(0)
        .map_err(|fault| Refused::Budget(Box::new(fault)))?;
    // One of eight constraints of another form counts: it costs a look at its tag.
    let mut passed = 0_u8;
    let mut judge = |base: &GeneralName<'a>, list| {
        let (compared, work) = if base.same_form(&name) {
            compare(&name, base, list)
        } else {
            passed = (passed + 1) % 8;
            if passed != 0 {
                return Ok(Compared::OtherForm);
            }
            (Compared::OtherForm, 0)
        };
        budget
            .comparison(work)
            .map_err(|fault| Refused::Budget(Box::new(fault)))?;
        match compared {
            // Fails closed: what cannot be compared cannot be said to be allowed.
            Compared::Impossible => Err(refuse(Code::X509NameUncheckable, depth, *base, name)),
            Compared::Within | Compared::Outside | Compared::OtherForm => Ok(compared),
        }
    };
    for base in excluded(constraints) {
        if judge(&base, List::Excluded)? == Compared::Within {
            return Err(refuse(Code::X509NameExcluded, depth, base, name));
        }
    }
    let mut first = None;
    for base in permitted(constraints) {
        match judge(&base, List::Permitted)? {
            Compared::Within => return Ok(()),
            Compared::Outside => _ = first.get_or_insert(base),
            Compared::OtherForm | Compared::Impossible => {}
        }
    }
    match first {
        // No permitted subtree of this form: the form is not constrained.
        None => Ok(()),
        Some(base) => Err(refuse(Code::X509NameNotPermitted, depth, base, name)),
    }
}

fn refuse<'a>(
    code: Code,
    depth: usize,
    base: GeneralName<'a>,
    name: GeneralName<'a>,
) -> Refused<'a> {
    let text = match code {
        Code::X509NameExcluded => "a name outside the excluded ",
        Code::X509NameNotPermitted => "a name within a permitted subtree such as ",
        _ => "a name that can be compared with ",
    };
    Refused::Certificate(
        depth,
        Box::new(Fault::new(
            code,
            Fact::General(text, base),
            Fact::General("", name),
        )),
    )
}

/// Exhaustive over the forms, so that a new one cannot fail open. The answer, and what it cost.
fn compare(name: &GeneralName<'_>, base: &GeneralName<'_>, list: List) -> (Compared, Work) {
    let size = |name: &[u8], base: &[u8]| name.len().saturating_add(base.len());
    match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            (dns::compare(name, base, list), size(name, base))
        }
        (GeneralName::Rfc822(name), GeneralName::Rfc822(base)) => {
            (email::compare(name, base), size(name, base))
        }
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            (uri::compare(name, base), size(name, base))
        }
        (GeneralName::Ip(name), GeneralName::Ip(base)) => (ip::compare(name, base), 0),
        (GeneralName::Directory(name), GeneralName::Directory(base)) => {
            let mut work = 0;
            let compared = match (name.is_within(base, &mut work), list) {
                (Likeness::Same, _) => Compared::Within,
                (Likeness::Unclear, List::Excluded) => Compared::Impossible,
                // Another permitted subtree may hold it; if none does, it is refused.
                (Likeness::Unclear, List::Permitted) | (Likeness::Different, _) => {
                    Compared::Outside
                }
            };
            (compared, work)
        }
        // RFC 5280 defines no comparison for these.
        (
            GeneralName::Other { .. }
            | GeneralName::X400(_)
            | GeneralName::EdiParty(_)
            | GeneralName::RegisteredId(_)
            | GeneralName::Dns(_)
            | GeneralName::Rfc822(_)
            | GeneralName::Uri(_)
            | GeneralName::Ip(_)
            | GeneralName::Directory(_),
            _,
        ) => (Compared::Impossible, 0),
    }
}

/// Whether the base of a subtree is well formed for its form.
pub(crate) fn well_formed_base(base: &GeneralName<'_>) -> bool {
    match base {
        GeneralName::Dns(base) => dns::is_base(base),
        GeneralName::Rfc822(base) => email::is_base(base),
        GeneralName::Uri(base) => uri::is_base(base),
        GeneralName::Ip(base) => ip::is_base(base),
        // Read before; or without a comparison, so that nothing can be said of it.
        GeneralName::Directory(_)
        | GeneralName::Other { .. }
        | GeneralName::X400(_)
        | GeneralName::EdiParty(_)
        | GeneralName::RegisteredId(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is within an excluded base is refused there, and any bytes get an answer.
        #[test]
        fn any_bytes_are_answered(
            name in prop::collection::vec(any::<u8>(), 0..40),
            base in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let pairs = [
                (GeneralName::Dns(&name), GeneralName::Dns(&base)),
                (GeneralName::Rfc822(&name), GeneralName::Rfc822(&base)),
                (GeneralName::Uri(&name), GeneralName::Uri(&base)),
                (GeneralName::Ip(&name), GeneralName::Ip(&base)),
            ];
            for (name, base) in pairs {
                let _ = well_formed_base(&base);
                for list in [List::Permitted, List::Excluded] {
                    let _ = compare(&name, &base, list);
                }
            }
        }

        #[test]
        fn a_host_is_within_itself_and_within_its_domain(
            labels in prop::collection::vec("[a-z0-9]{1,8}", 2..5),
        ) {
            let host = labels.join(".");
            let domain = labels[1..].join(".");
            for list in [List::Permitted, List::Excluded] {
                let upper = host.to_uppercase();
                prop_assert_eq!(dns::compare(upper.as_bytes(), host.as_bytes(), list), Compared::Within);
                prop_assert_eq!(dns::compare(host.as_bytes(), domain.as_bytes(), list), Compared::Within);
                prop_assert_eq!(dns::compare(domain.as_bytes(), host.as_bytes(), list), Compared::Outside);
            }
        }
    }
}
