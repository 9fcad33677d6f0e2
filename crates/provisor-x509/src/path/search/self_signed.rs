//! Where a path ends for want of an issuer, and whether that is because a root is not trusted.

use provisor_report::Code;

use super::Search;
use super::check::Outcome;
use super::own_key::{OwnKey, SelfSigned};
use crate::algorithm::scheme;
use crate::certificate::Certificate;
use crate::fault::{Fact, Fault};
use crate::path::observe::Observer;
use crate::path::rank::Tier;
use crate::report::Rule;

impl<'s, 'a, O: Observer<'a>> Search<'s, '_, 'a, O> {
    /// Nobody has the name of the issuer of `child`, the topmost certificate of the path.
    #[cold]
    pub(super) fn no_issuer(&mut self, child: &'s Certificate<'a>, looped: bool) {
        let own = self.signed_by_itself(child);
        let (code, found) = match own {
            SelfSigned::Yes => (Code::X509RootNotTrusted, Fact::None),
            _ if looped => (Code::X509Loop, Fact::None),
            _ if !child.is_self_issued() => (Code::X509IssuerNotFound, Fact::None),
            SelfSigned::No => (
                Code::X509IssuerNotFound,
                Fact::Text(
                    "only the certificate itself has that name, and its own key did not sign it",
                ),
            ),
            SelfSigned::Unknown => (
                Code::X509IssuerNotFound,
                Fact::Text(
                    "only the certificate itself has that name; whether its own key signed it was \
                     not checked",
                ),
            ),
        };
        let fault = Fault::new(code, Fact::Name(child.issuer), found);
        let place = self.place(self.length);
        self.observer.tried(Rule::IssuerSearch, place, &Err(fault));
        self.fail(Tier::Missing, fault, place);
    }

    /// Whether the topmost certificate of the path was signed by its own key. It decides what is said
    /// and never what is accepted.
    ///
    /// Asked where the answer may come to be the verdict's reason: each time that is deeper in a path
    /// than before, so that there are at most as many checks as certificates in the longest path
    /// ([`limits::OWN_KEY_MICROSECONDS`](crate::limits::OWN_KEY_MICROSECONDS)). Elsewhere only a report
    /// asks, out of its own allowance.
    pub(super) fn signed_by_itself(&mut self, child: &Certificate<'a>) -> SelfSigned {
        if !child.is_self_issued() {
            return SelfSigned::No;
        }
        let (number, score) = (self.number(self.length), self.score(Tier::Missing));
        let is_reason = self.best.is_none_or(|best| score > best.score);
        let asked = is_reason && !self.crls.is_for_a_signer();
        let known = self.own_keys.iter().find(|known| known.number == number);
        let known = known.copied();
        if let Some(known) = known
            && (known.asked || !asked)
        {
            return known.own;
        }
        let (kind, bytes) = (child.key.kind, child.tbs.len());
        let may = if asked {
            // Also where a report knows it already: the verdict does not.
            self.budget.own_key(kind, bytes)
        } else {
            O::THOROUGH && self.budget.courtesy(kind, bytes)
        };
        let own = match known {
            _ if !may => return SelfSigned::Unknown,
            Some(known) => known.own,
            None => self.check_own(child),
        };
        self.own_keys.retain(|known| known.number != number);
        self.own_keys.push(OwnKey { number, own, asked });
        own
    }

    fn check_own(&mut self, child: &Certificate<'a>) -> SelfSigned {
        let scheme = match scheme(child.signature_algorithm, &child.key) {
            Ok(scheme) => scheme,
            // Of two kinds of keys, it is not its own.
            Err(fault) if fault.code == Code::X509KeyMismatch => return SelfSigned::No,
            Err(_) => return SelfSigned::Unknown,
        };
        match self.check(scheme, &child.key, child) {
            Outcome::Right => SelfSigned::Yes,
            Outcome::Wrong | Outcome::OffCurve => SelfSigned::No,
            Outcome::Unsupported | Outcome::Unreadable => SelfSigned::Unknown,
        }
    }
}
