//! Subtrees of names: which bases are well formed, and which names lie within one (RFC 5280 section
//! 4.2.1.10). Both the reader of constraints and the rule that applies them stand above.

mod compared;
mod dns;
mod email;
mod ip;
mod uri;

use crate::general_name::GeneralName;
use crate::name::{Likeness, Work};

pub(crate) use compared::{Compared, List};

/// Exhaustive over the forms, so that a new one cannot fail open. The answer, and what it cost.
pub(crate) fn compare(
    name: &GeneralName<'_>,
    base: &GeneralName<'_>,
    list: List,
) -> (Compared, Work) {
    // Two nanoseconds for each byte of text that is looked at.
    let size = |name: &[u8], base: &[u8]| name.len().saturating_add(base.len()).saturating_mul(2);
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
