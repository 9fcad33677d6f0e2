//! Which rejections speak of what the sender sent, and which of what the service has.

use crate::Code;

/// How much of a rejection its sender may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disclosure {
    /// All of it: it speaks of the sender's own bytes.
    All,
    /// What was found, which is the sender's, but not what was expected, which is the service's.
    Found,
    /// The code and what it says about itself.
    Code,
}

/// What may be read of a rejection with that code.
///
/// By range, with the exceptions named: certificates, TPM structures, tokens and messages come from the
/// sender, while enrollments, records and hubs are the service's. A new code from 4000 to 7999 is
/// disclosed only when it is put down here.
pub(super) const fn of(code: Code) -> Disclosure {
    use Disclosure::{All, Found};
    match code {
        // The anchor of that name is the service's, and so is its key.
        Code::X509IssuerKeyDiffers | Code::X509NoAnchors | Code::X509AnchorUnusable => {
            Disclosure::Code
        }
        // Names that the anchor's certificate permits; policies that the service wants.
        Code::X509NameNotPermitted | Code::X509NameExcluded | Code::X509PolicyMissing => Found,
        // The epochs of the service's keyring, and the bytes of its store.
        Code::TpmChallengeStored
        | Code::TpmKeyringSize
        | Code::TpmKeyringOrder
        | Code::TpmKeyringStored
        | Code::TpmEpochTimes
        | Code::TpmEpochSecret
        | Code::TpmNoEpoch
        | Code::TpmEpochExpired
        | Code::TpmEpochEarly
        | Code::TpmKeyringExposed => Disclosure::Code,
        // The key is the service's.
        Code::SasKey => Disclosure::Code,
        // Evidence against evidence of the same request, or against the request itself.
        Code::AttestIdMismatch
        | Code::AttestIdCase
        | Code::AttestTpmNames
        | Code::AttestTooManyCertificates
        | Code::AttestEkCertificateMissing
        | Code::AttestEkCertificateKey
        | Code::AttestEkPurpose
        | Code::AttestNotAdmitted
        | Code::AttestKeysSwapped
        | Code::AttestAnswerToken
        | Code::RegKeysMissing
        | Code::RegPayload => All,
        // Texts that an operator sends.
        Code::AttestThumbprint
        | Code::AttestTwin
        | Code::AttestEtag
        | Code::AttestSameTwice
        | Code::AttestVerificationCode => All,
        Code::RegScope => Found,
        other => match other.number() {
            // Revocation: the lists are the service's.
            2300..=2399 => Disclosure::Code,
            // About the caller's own request, and given only after the caller's rights were judged.
            7000..=7069 => All,
            // The hubs and webhooks that the service calls, and what they say to it.
            9257..=9258 | 9262..=9269 | 9280..=9299 => Disclosure::Code,
            1000..=3999 | 8000..=9999 => All,
            _ => Disclosure::Code,
        },
    }
}
