//! Why a service believes that an endorsement key belongs to a TPM at all.
//!
//! ```
//! println!("{}", provisor::attestation::EkPolicy::table());
//! ```

use core::fmt;

use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::{EkPublic, Name};

/// What makes an endorsement key acceptable. A credential proves that whoever answers holds the
/// private key; only this policy says why that key should be in a TPM, and in this device's.
///
/// | policy | the enrollment names the key | the enrollment is for any TPM |
/// |---|---|---|
/// | allow-list | the key is that one | refused |
/// | certificate required | that one, and certified | certified; the record holds later ones to it |
/// | first use | that one | whichever comes first; the record holds later ones to it |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum EkPolicy {
    /// The enrollment names the key.
    ///
    /// Risk: whoever made the list vouches for each key. A key that was read from something else
    /// than a TPM is admitted like any other.
    #[default]
    AllowList,
    /// The key comes with a certificate that leads to a TPM vendor's root
    /// ([`TpmVendors`](super::TpmVendors)), and is the enrolled one where the enrollment names one.
    ///
    /// Risk: any TPM of that vendor is a TPM, but not every one is yours. Where the enrollment is
    /// for any TPM, the first genuine one that claims the registration ID gets it. Without the
    /// vendor's revocation lists ([`with_revocation`](super::TpmVendors::with_revocation)) a
    /// certificate that it took back is as good as any.
    CertificateRequired,
    /// The first key that claims a registration ID gets it: the record of the first registration
    /// decides who may come again.
    ///
    /// Risk: whoever comes first is the device, software included, and whoever deletes the record
    /// opens the ID again. Two that come at the same time are told apart by the store alone, which
    /// saves one record and refuses the other.
    DangerFirstUse,
}

/// What vouched for an endorsement key when it was challenged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum EkVouched {
    /// A vendor's certificate; where the enrollment names a key, that as well.
    Certified,
    /// Nothing but that it came first.
    DangerFirstUse,
    /// The enrollment.
    Enrolled,
}

/// What is known of the key that a registration ID belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    /// The key that the enrollment names; `None`: any TPM.
    pub(crate) enrolled: Option<&'a EkPublic>,
    /// The registration that there is, and the key that it was made with.
    pub(crate) recorded: Option<Option<&'a Name>>,
}

impl EkPolicy {
    /// The table of the documentation, as text.
    #[must_use]
    pub fn table() -> impl fmt::Display {
        "| policy | the enrollment names the key | the enrollment is for any TPM |\n\
         |---|---|---|\n\
         | allow-list | the key is that one | refused |\n\
         | certificate required | that one, and certified | certified; the record holds later ones to it |\n\
         | first use | that one | whichever comes first; the record holds later ones to it |\n"
    }

    /// Judges a key that was shown. `certified` judges its certificate, where the policy asks. No
    /// `_` arm: a new policy must not be open by accident.
    pub(crate) fn vouch(
        self,
        claim: Claim<'_>,
        shown: &Name,
        certified: impl FnOnce() -> Result<(), Rejection>,
    ) -> Result<EkVouched, Rejection> {
        claim.check(shown)?;
        match (self, claim.enrolled) {
            (Self::AllowList, None) => Err(unlisted()),
            (Self::AllowList | Self::DangerFirstUse, Some(_)) => Ok(EkVouched::Enrolled),
            (Self::CertificateRequired, _) => certified().map(|()| EkVouched::Certified),
            (Self::DangerFirstUse, None) => Ok(EkVouched::DangerFirstUse),
        }
    }

    /// Judges the same key again when it answers: enrollment, record and policy may have changed
    /// since.
    pub(crate) fn check_again(
        self,
        claim: Claim<'_>,
        proved: &Name,
        vouched: EkVouched,
    ) -> Result<(), Rejection> {
        self.vouch(claim, proved, || match vouched {
            EkVouched::Certified => Ok(()),
            EkVouched::Enrolled | EkVouched::DangerFirstUse => Err(refused()
                .expected("a challenge made after the key's certificate was verified")
                .found("one made under another policy")
                .remedy("ask for a new challenge, with the certificate")),
        })
        .map(|_| ())
    }
}

impl Claim<'_> {
    /// Names are compared: the digest of the exact public area. Public keys are public, so the
    /// comparison need not take constant time.
    fn check(self, shown: &Name) -> Result<(), Rejection> {
        match (self.enrolled, self.recorded) {
            // Who edits the enrollment may replace a TPM; the record follows.
            (Some(enrolled), _) if enrolled.name() == shown => Ok(()),
            (Some(enrolled), _) => Err(mismatch(Code::AttestEkMismatch, enrolled.name(), shown)),
            (None, None) => Ok(()),
            (None, Some(Some(first))) if first == shown => Ok(()),
            // A registration ID is not taken over by another TPM (keylime #1820).
            (None, Some(Some(first))) => Err(mismatch(Code::AttestEkTaken, first, shown)),
            (None, Some(None)) => Err(Rejection::new(
                Code::AttestEkTaken,
                Subject::field("tpm.endorsementKey"),
            )
            .expected("no registration, or one made with this key")
            .found("a registration made without a TPM")),
        }
    }
}

fn mismatch(code: Code, expected: &Name, shown: &Name) -> Rejection {
    Rejection::new(code, Subject::field("tpm.endorsementKey"))
        .expected(alloc::format!("the key with the Name {expected}"))
        .found(alloc::format!("{shown}"))
}

fn refused() -> Rejection {
    Rejection::new(Code::AttestEkPolicy, Subject::field("ekPolicy"))
}

fn unlisted() -> Rejection {
    refused()
        .expected("an enrollment that names the endorsement key")
        .found("an enrollment for any TPM")
}
