//! What a request shows of who the device is.

pub mod keys;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA256};
use provisor::enrollment::IndividualAttestation;
use provisor::registration::{Evidence, RegistrationRequest, SasText, TpmAnswer, TpmKeys};
use provisor::{Code, IdScope, RegistrationId, Rejection, Subject};
use provisor_wire::device::DeviceRegistration;
use zeroize::Zeroizing;

use self::keys::Keys;
use crate::ask::Peer;
use crate::store::Device;

/// What a request shows, kept for as long as it is at work: longer than its connection may live.
pub struct Shown {
    evidence: Kind,
    payload: Option<Vec<u8>>,
}

enum Kind {
    Certificate(Vec<Vec<u8>>),
    Token(Zeroizing<String>),
    TpmKeys(Keys),
    TpmAnswer(Zeroizing<String>, Option<Keys>),
}

/// What tells one device's evidence from another's: a digest of the certificate, the token or the keys.
#[derive(Clone, Copy, Debug)]
pub struct Mark([u8; 32]);

impl Shown {
    /// What a request shows: the table in `docs/service.md`.
    ///
    /// # Errors
    /// Keys that are no base64; and nothing shown at all.
    pub fn of(
        peer: &Peer,
        token: Option<&str>,
        body: Option<&DeviceRegistration>,
        device: &Device,
    ) -> Result<Self, Rejection> {
        let keys = body.and_then(|body| body.tpm.as_ref());
        let keys = keys.map(Keys::of);
        let token = token.map(|token| Zeroizing::new(token.to_owned()));
        let evidence = match (peer.chain.is_empty(), keys, token) {
            (false, _, _) => Kind::Certificate(peer.chain.clone()),
            (true, Some(keys), None) => Kind::TpmKeys(keys?),
            (true, Some(keys), Some(token)) => Kind::TpmAnswer(token, Some(keys?)),
            (true, None, Some(token)) if is_by_tpm(device) => Kind::TpmAnswer(token, None),
            (true, None, Some(token)) => Kind::Token(token),
            (true, None, None) => return Err(nothing()),
        };
        let payload = body.and_then(|body| body.payload.as_ref());
        Ok(Self {
            evidence,
            payload: payload.map(|payload| payload.to_string().into_bytes()),
        })
    }

    /// The keys of a TPM, where they were sent.
    #[must_use]
    pub const fn keys(&self) -> Option<&Keys> {
        match &self.evidence {
            Kind::TpmKeys(keys) | Kind::TpmAnswer(_, Some(keys)) => Some(keys),
            Kind::Certificate(_) | Kind::Token(_) | Kind::TpmAnswer(_, None) => None,
        }
    }

    /// True for the answer of a TPM that did not send its keys again.
    #[must_use]
    pub const fn lacks_keys(&self) -> bool {
        matches!(self.evidence, Kind::TpmAnswer(_, None))
    }

    /// True for whoever asks to be challenged.
    #[must_use]
    pub const fn asks_for_challenge(&self) -> bool {
        matches!(self.evidence, Kind::TpmKeys(_))
    }

    /// True for the answer of a TPM.
    #[must_use]
    pub const fn answers_challenge(&self) -> bool {
        matches!(self.evidence, Kind::TpmAnswer(..))
    }

    /// The same with the keys of an earlier request.
    #[must_use]
    pub fn with_keys(mut self, keys: Keys) -> Self {
        if let Kind::TpmAnswer(_, sent @ None) = &mut self.evidence {
            *sent = Some(keys);
        }
        self
    }

    /// The leaf certificate.
    #[must_use]
    pub fn leaf(&self) -> Option<&[u8]> {
        match &self.evidence {
            Kind::Certificate(chain) => chain.first().map(Vec::as_slice),
            Kind::Token(_) | Kind::TpmKeys(_) | Kind::TpmAnswer(..) => None,
        }
    }

    /// Hands the request to whoever judges it.
    pub fn request<T>(
        &self,
        scope: &IdScope,
        id: &RegistrationId,
        judge: impl FnOnce(&RegistrationRequest<'_>) -> T,
    ) -> T {
        let sent: Vec<&[u8]>;
        let evidence = match &self.evidence {
            Kind::Certificate(chain) => {
                let (leaf, others) = match chain.split_first() {
                    Some((leaf, others)) => (leaf.as_slice(), others),
                    None => (&[][..], &[][..]),
                };
                sent = others.iter().map(Vec::as_slice).collect();
                Evidence::X509 { leaf, sent: &sent }
            }
            Kind::Token(token) => Evidence::Sas(SasText::new(token)),
            Kind::TpmKeys(keys) => Evidence::TpmKeys(keys.borrowed()),
            Kind::TpmAnswer(token, keys) => Evidence::TpmAnswer {
                answer: TpmAnswer::Token(token),
                keys: keys.as_ref().map(Keys::borrowed),
            },
        };
        let request = RegistrationRequest::new(scope.clone(), id.clone(), evidence);
        match &self.payload {
            Some(payload) => judge(&request.with_payload(payload)),
            None => judge(&request),
        }
    }

    /// What tells it from another device's. Of a chain the leaf counts: a connection that is resumed may
    /// have no more.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let mut context = Context::new(&SHA256);
        let (kind, bytes): (&[u8], &[u8]) = match &self.evidence {
            Kind::Certificate(_) => (b"leaf", self.leaf().unwrap_or_default()),
            // A poll sends the token without the keys.
            Kind::Token(token) | Kind::TpmAnswer(token, _) => (b"token", token.as_bytes()),
            Kind::TpmKeys(keys) => (b"keys", keys.endorsement_key()),
        };
        context.update(kind);
        context.update(bytes);
        let mut mark = [0; 32];
        mark.copy_from_slice(context.finish().as_ref());
        Mark(mark)
    }
}

impl Mark {
    /// Whether two requests showed the same, in a time that tells nothing.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl std::fmt::Debug for Shown {
    /// Only the kind: a token lets whoever reads it in time register as the device.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.evidence {
            Kind::Certificate(_) => "Shown(certificate)",
            Kind::Token(_) => "Shown(token)",
            Kind::TpmKeys(_) => "Shown(TPM keys)",
            Kind::TpmAnswer(..) => "Shown(TPM answer)",
        })
    }
}

fn is_by_tpm(device: &Device) -> bool {
    let individual = device.individual.as_ref();
    individual.is_some_and(|stored| {
        matches!(
            stored.value.attestation(),
            IndividualAttestation::Tpm(_) | IndividualAttestation::TpmAny
        )
    })
}

/// Nobody is anybody by nothing.
fn nothing() -> Rejection {
    Rejection::new(Code::WireAuthorization, Subject::field("authorization"))
        .expected("a client certificate, a SAS token, or the keys of a TPM")
        .found("none of them")
}

impl Keys {
    fn borrowed(&self) -> TpmKeys<'_> {
        TpmKeys::new(self.endorsement_key(), self.storage_root_key())
    }
}
