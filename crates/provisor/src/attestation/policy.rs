//! Why a service believes that an endorsement key belongs to a TPM at all.

use provisor_report::{Code, Rejection, Subject};

/// What makes an endorsement key acceptable. A credential proves that whoever answers holds the
/// private key; only this policy says why that key should be in a TPM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EkPolicy {
    /// The enrollment names the key.
    ///
    /// Risk: whoever made the list vouches for each key. A key that was read from something else
    /// than a TPM is admitted like any other.
    #[default]
    AllowList,
    /// The key comes with a certificate that leads to a TPM vendor's root.
    ///
    /// Risk: any TPM of that vendor is a TPM, but not every one is yours; combine it with the list.
    /// Not offered yet: such requests are refused, never waved through.
    CertificateRequired,
    /// The first key that claims a registration ID gets it.
    ///
    /// Risk: whoever comes first is the device, software included. Not offered: such requests are
    /// refused, never waved through.
    DangerFirstUse,
}

impl EkPolicy {
    /// Refuses the policies whose proof this version cannot judge. No `_` arm: a new policy must
    /// not be open by accident.
    pub(crate) fn check_offered(self) -> Result<(), Rejection> {
        let refused = |found| {
            Err(
                Rejection::new(Code::AttestEkPolicy, Subject::field("ekPolicy"))
                    .expected("the allow-list policy")
                    .found(found),
            )
        };
        match self {
            Self::AllowList => Ok(()),
            Self::CertificateRequired => refused("certificate required"),
            Self::DangerFirstUse => refused("first use"),
        }
    }
}
