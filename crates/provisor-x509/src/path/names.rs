//! Name constraints applied to a certificate (RFC 5280 section 4.2.1.10).

use alloc::boxed::Box;

use provisor_report::Code;

use super::budget::Budget;
use crate::certificate::Certificate;
use crate::extension::constraints::{excluded, permitted};
use crate::fault::{Fact, Fault};
use crate::general_name::GeneralName;
use crate::oid::EMAIL_ADDRESS;
use crate::subtree::{Compared, List, compare};

/// Why constraints were not met.
pub(super) enum Refused<'a> {
    Budget(Box<Fault<'a>>),
    /// By the certificate at that depth.
    Certificate(usize, Box<Fault<'a>>),
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
