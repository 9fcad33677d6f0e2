//! One signature by itself.

use crate::algorithm::scheme;
use crate::certificate::Certificate;
use crate::crypto::SignatureChecks;

impl Certificate<'_> {
    /// Whether it is self-signed (RFC 5280 section 3.2): issued under its own name, and the
    /// signature right under its own key. Says nothing about trust.
    #[must_use]
    pub fn is_self_signed(&self, checks: &dyn SignatureChecks) -> bool {
        self.self_issued
            && scheme(self.signature_algorithm, &self.key).is_ok_and(|scheme| {
                let right = checks.check(scheme, self.key.key, self.tbs, self.signature);
                right.is_ok()
            })
    }
}
