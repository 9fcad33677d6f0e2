//! Name constraints applied to a certificate (RFC 5280 section 4.2.1.10).

use alloc::boxed::Box;

use provisor_report::Code;

use super::budget::Budget;
use crate::certificate::Certificate;
use crate::der::Element;
use crate::extension::constraints::{excluded, permitted};
use crate::fault::{Fact, Fault};
use crate::general_name::{GeneralName, GeneralNames};
use crate::limits;
use crate::oid::EMAIL_ADDRESS;
use crate::subtree::{Compared, List, compare};

/// Why constraints were not met.
pub(super) enum Refused<'a> {
    Budget(Box<Fault<'a>>),
    /// By the certificate at that depth.
    Certificate(usize, Box<Fault<'a>>),
}

/// The constraints of one issuer, their bases told apart by form.
pub(super) struct Constraints<'a> {
    contents: &'a [u8],
    /// One bit for each tag of a form that has a base.
    forms: u16,
}

impl<'a> Constraints<'a> {
    /// Looks once at every base's tag, so that names of other forms need not.
    pub(super) fn new(contents: &'a [u8], budget: &mut Budget) -> Result<Self, Refused<'a>> {
        let mut forms = 0;
        let mut count = 0_usize;
        for base in excluded(contents).chain(permitted(contents)) {
            forms |= bit(base.tag);
            count = count.saturating_add(1);
        }
        budget.passed(count).map_err(spent)?;
        Ok(Self { contents, forms })
    }

    /// Applies them to every name of one certificate.
    pub(super) fn check(
        &self,
        certificate: &Certificate<'a>,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<(), Refused<'a>> {
        let subject = certificate.subject;
        if !subject.is_empty() {
            // "MUST be applied to the subject field" when it is not empty.
            self.check_name(GeneralName::Directory(subject), depth, budget)?;
            // An e-mail address in the subject is constrained too. RFC 5280 asks for it only where
            // there is no subject alternative name; as an address is an address wherever it stands,
            // it is done always, which can only refuse more.
            for attribute in subject.attributes() {
                if attribute.oid == EMAIL_ADDRESS {
                    self.check_name(GeneralName::Rfc822(attribute.value), depth, budget)?;
                }
            }
            budget.passed(limits::NAME_PARTS).map_err(spent)?;
        }
        let names = GeneralNames::of(certificate.extensions.alt_names.unwrap_or_default());
        let mut passed = 0_usize;
        for element in names.elements() {
            passed = passed.saturating_add(1);
            // Another form has no base here; the tag tells.
            if self.forms & bit(element.tag) == 0 {
                continue;
            }
            let Some(name) = GeneralName::again(element) else {
                // Cannot come up, as it was read before.
                let name = GeneralName::Directory(subject);
                return Err(refuse(Code::X509NameUncheckable, depth, name, name));
            };
            budget.passed(core::mem::take(&mut passed)).map_err(spent)?;
            self.check_name(name, depth, budget)?;
        }
        budget.passed(passed).map_err(spent)
    }

    fn check_name(
        &self,
        name: GeneralName<'a>,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<(), Refused<'a>> {
        if self.forms & bit(name.tag()) == 0 {
            return Ok(());
        }
        let mut passed = 0_usize;
        let mut judge = |base: Element<'a>, list| {
            passed = passed.saturating_add(1);
            // The tag before anything is read.
            if base.tag != name.tag() {
                return Ok(None);
            }
            let Some(base) = GeneralName::again(base) else {
                // Cannot come up, as it was read before.
                return Err(refuse(Code::X509NameUncheckable, depth, name, name));
            };
            let (compared, work) = compare(&name, &base, list);
            budget.passed(core::mem::take(&mut passed)).map_err(spent)?;
            budget.comparison(work).map_err(spent)?;
            match compared {
                // Fails closed: what cannot be compared cannot be said to be allowed.
                Compared::Impossible => Err(refuse(Code::X509NameUncheckable, depth, base, name)),
                Compared::Within | Compared::Outside => Ok(Some((base, compared))),
            }
        };
        for base in excluded(self.contents) {
            if let Some((base, Compared::Within)) = judge(base, List::Excluded)? {
                return Err(refuse(Code::X509NameExcluded, depth, base, name));
            }
        }
        let mut first = None;
        for base in permitted(self.contents) {
            match judge(base, List::Permitted)? {
                Some((_, Compared::Within)) => return Ok(()),
                Some((base, Compared::Outside)) => _ = first.get_or_insert(base),
                Some((_, Compared::Impossible)) | None => {}
            }
        }
        budget.passed(passed).map_err(spent)?;
        match first {
            // No permitted subtree of this form: the form is not constrained.
            None => Ok(()),
            Some(base) => Err(refuse(Code::X509NameNotPermitted, depth, base, name)),
        }
    }
}

/// The bit of a form, by its tag: context-specific, numbers 0 to 8.
const fn bit(tag: u8) -> u16 {
    1 << (tag & 0x0f)
}

fn spent<'a>(fault: Fault<'static>) -> Refused<'a> {
    Refused::Budget(Box::new(fault))
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
