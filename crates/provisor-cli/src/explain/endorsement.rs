//! Whether a certificate is for this endorsement key: judged as the engine judges it.

use std::path::Path;

use provisor::attestation::{TpmVendors, check_certified_key};
use provisor::enrollment::TrustedCertificate;
use provisor::tpm::{EkPublic, Name};
use provisor::x509::{Certificate, RevocationPolicy};
use provisor::{Rejection, UnixTime};

use super::rules::ProfileArguments;
use crate::answer::Unusable;
use crate::input;
use crate::place::{Fault, Place};

/// The key of a file, or what is wrong with it.
pub(super) fn key(path: &Path) -> Result<Result<EkPublic, Fault>, Unusable> {
    let bytes = input::tpm_public(path)?;
    Ok(EkPublic::from_tpm2b(&bytes).map_err(|rejection| Fault {
        place: Place::file(path),
        rejection,
    }))
}

/// What the verdict on a certificate of an endorsement key needs.
pub(super) struct Question<'a> {
    pub(super) ek: &'a EkPublic,
    /// The certificate as it was presented, and those that came along.
    pub(super) presented: &'a [&'a [u8]],
    pub(super) anchors: &'a [&'a [u8]],
    pub(super) lists: &'a [&'a [u8]],
    pub(super) revocation: RevocationPolicy,
    pub(super) now: UnixTime,
}

impl Question<'_> {
    /// Everything that [`TpmVendors`] asks, of a certificate whose path is good: the purpose and the
    /// encoding too, and last the key.
    pub(super) fn judge(&self, rules: &ProfileArguments) -> Result<Name, Rejection> {
        let (leaf, others) = match self.presented {
            [leaf, others @ ..] => (*leaf, others),
            [] => (&[][..], &[][..]),
        };
        let roots = self
            .anchors
            .iter()
            .filter_map(|der| TrustedCertificate::from_der(der).ok());
        let mut vendors = TpmVendors::new(roots)?
            .with_intermediates(others.iter().copied())?
            .with_revocation(self.revocation, self.lists.iter().copied())?
            .with_profile(rules.chosen());
        if rules.lenient_padding {
            vendors = vendors.lenient_padding();
        }
        if rules.lenient_encoding {
            vendors = vendors.lenient_encoding();
        }
        if rules.lenient_absent_purpose {
            vendors = vendors.lenient_absent_purpose();
        }
        let certified = vendors.verify(leaf, &[], self.ek, self.now)?;
        Ok(*certified.ek())
    }
}

/// The key alone, of a certificate that is refused anyway: the question has an answer all the same.
pub(super) fn key_alone(leaf: &Certificate<'_>, ek: &EkPublic) -> Result<Name, Rejection> {
    check_certified_key(leaf, ek)?;
    Ok(*ek.name())
}
