//! What a request is worth, before anything is spent on it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::UnixTime;

use super::request::{Evidence, RegistrationRequest, TpmAnswer};
use super::response::Response;
#[cfg(feature = "x509")]
use crate::attestation::Attested;
use crate::digest::sha256;
use crate::id::{IdScope, RegistrationId};

/// What comes of [`Service::admit`](super::Service::admit).
#[derive(Debug)]
#[must_use = "answer it, or decide"]
pub enum Admittance {
    /// Tell the device this: a refusal, a failure, or a challenge that nobody has to remember. No lease is
    /// taken for it, and nothing is written.
    Answer(Response),
    /// Take the lease, look the facts up under it, and
    /// [decide](super::Service::decide_admitted).
    Proceed(Box<AdmissionPass>),
}

/// That a request was admitted, and what was proved by it. It has no public constructor, and is good
/// for that very request, for [`limits::ADMISSION_SECONDS`](crate::limits::ADMISSION_SECONDS).
pub struct AdmissionPass {
    pub(super) scope: IdScope,
    pub(super) registration_id: RegistrationId,
    /// SHA-256 of the evidence.
    pub(super) evidence: [u8; 32],
    pub(super) admitted: UnixTime,
    /// Need not be judged again as long as the enrollment accepts what it accepted.
    #[cfg(feature = "x509")]
    pub(super) attested: Option<Attested>,
}

impl AdmissionPass {
    pub(super) fn new(
        request: &RegistrationRequest<'_>,
        #[cfg(feature = "x509")] attested: Option<Attested>,
        now: UnixTime,
    ) -> Self {
        Self {
            scope: request.scope.clone(),
            registration_id: request.registration_id.clone(),
            evidence: digest(&request.evidence),
            admitted: now,
            #[cfg(feature = "x509")]
            attested,
        }
    }

    /// The registration that was admitted.
    #[must_use]
    pub const fn registration_id(&self) -> &RegistrationId {
        &self.registration_id
    }

    /// Which device showed its certificate, and the enrollment that admits it; none for other evidence,
    /// which the decision judges.
    #[cfg(feature = "x509")]
    #[must_use]
    pub const fn attested(&self) -> Option<&Attested> {
        self.attested.as_ref()
    }

    pub(super) fn is_for(&self, request: &RegistrationRequest<'_>) -> bool {
        self.scope == request.scope
            && self.registration_id == request.registration_id
            && self.evidence == digest(&request.evidence)
    }
}

impl fmt::Debug for AdmissionPass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdmissionPass")
            .field("scope", &self.scope)
            .field("registration_id", &self.registration_id)
            .field("admitted", &self.admitted)
            .finish_non_exhaustive()
    }
}

/// Each part with its length in front, so that no two pieces of evidence are one text.
fn digest(evidence: &Evidence<'_>) -> [u8; 32] {
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut push = |part| parts.push(part);
    match evidence {
        Evidence::Sas(token) => {
            push(b"sas".as_slice());
            push(token.as_str().as_bytes());
        }
        Evidence::TpmKeys(keys) => {
            push(b"keys".as_slice());
            push(keys.endorsement_key);
            push(keys.storage_root_key);
        }
        Evidence::TpmAnswer { answer, keys } => {
            push(match answer {
                TpmAnswer::Secret(_) => b"secret".as_slice(),
                TpmAnswer::Token(_) => b"token".as_slice(),
            });
            push(match answer {
                TpmAnswer::Secret(secret) => secret,
                TpmAnswer::Token(text) => text.as_bytes(),
            });
            if let Some(keys) = keys {
                push(keys.endorsement_key);
                push(keys.storage_root_key);
            }
        }
        #[cfg(feature = "x509")]
        Evidence::X509 { leaf, sent } => {
            push(b"x509".as_slice());
            push(leaf);
            for certificate in *sent {
                push(certificate);
            }
        }
    }
    let lengths: Vec<[u8; 8]> = parts
        .iter()
        .map(|part| u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes())
        .collect();
    let framed: Vec<&[u8]> = lengths
        .iter()
        .zip(parts)
        .flat_map(|(length, part)| [length.as_slice(), part])
        .collect();
    sha256(&framed)
}
