//! The challenge: a secret that only one TPM can read, and its one answer.

use std::sync::{Mutex, PoisonError};

use provisor::tpm::{Credential, PendingChallenge, ResidentKey};
use provisor::{Code, Rejection, Subject, UnixTime};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::{AkPublic, EkPublic, GivenKey, Name, SrkPublic};
use crate::failure::{Answer, Failure};
use crate::octets::Octets;
use crate::random::Source;
use crate::time::Moment;

/// A question that only one TPM can answer: a secret sealed to its endorsement key, readable only
/// where the second key lives, too.
///
/// Send ``id_object`` and ``encrypted_secret`` to the device, keep the object, and hand the
/// device's answer to ``verify``. ``ek`` and ``key`` are accepted keys, or the bytes of a
/// ``TPM2B_PUBLIC`` (``key`` is then read as a storage root key). ``expires`` is the last second in
/// which an answer counts. ``random`` is ``os.urandom`` unless given: a function from a number to
/// that many random bytes, on which all security rests.
///
/// The secret is in no attribute and no text, and is erased when it was answered. A challenge
/// cannot be copied or pickled: that would be a second answer.
///
/// Raises TpmError when a key is refused. Two keys that were exchanged are told apart if both come as
/// bytes (ATTEST_KEYS_SWAPPED).
#[pyclass(module = "provisor.tpm", frozen)]
#[derive(Debug)]
pub(crate) struct Challenge {
    credential: Credential,
    ek: Name,
    object: Name,
    expires: UnixTime,
    /// Gone once an answer was judged.
    pending: Mutex<Option<PendingChallenge>>,
}

#[pymethods]
impl Challenge {
    #[new]
    #[pyo3(signature = (ek, key, /, *, expires, random = None))]
    fn new<'py>(
        py: Python<'py>,
        ek: GivenKey<EkPublic>,
        key: Second,
        expires: Moment,
        random: Option<Bound<'py, PyAny>>,
    ) -> Answer<Self> {
        let (ek, key) = judge(ek, key)?;
        let key: &dyn ResidentKey = match &key {
            Judged::Attestation(ak) => &ak.0,
            Judged::StorageRoot(srk) => &srk.0,
        };
        let mut source = Source::new(py, random)?;
        let made = provisor::tpm::Challenge::new(&ek.0, key, expires.0, &mut source);
        let (challenge, pending) = source.judge(made)?;
        Ok(Self {
            credential: challenge.credential().clone(),
            ek: Name(*pending.ek_name()),
            object: Name(*pending.object_name()),
            expires: pending.expires(),
            pending: Mutex::new(Some(pending)),
        })
    }

    /// The ``TPM2B_ID_OBJECT``: the first parameter of ``TPM2_ActivateCredential``.
    #[getter]
    fn id_object<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.credential.id_object)
    }

    /// The ``TPM2B_ENCRYPTED_SECRET``: the second parameter of ``TPM2_ActivateCredential``.
    #[getter]
    fn encrypted_secret<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.credential.encrypted_secret)
    }

    /// The Name of the endorsement key that is asked.
    #[getter]
    fn ek_name(&self) -> Name {
        self.ek.clone()
    }

    /// The Name of the second key: storage root key or attestation key.
    #[getter]
    fn object_name(&self) -> Name {
        self.object.clone()
    }

    /// The last second in which an answer counts, since 1970.
    #[getter]
    fn expires(&self) -> i64 {
        self.expires.seconds()
    }

    /// Judges the device's answer: the secret that its TPM read.
    ///
    /// A challenge counts once: right, wrong or late, every further call raises TpmError
    /// (ATTEST_CHALLENGE_USED). The comparison takes the same time wherever the answer is wrong.
    ///
    /// Raises TpmError when the answer is wrong or late.
    #[pyo3(signature = (answer, /, *, at))]
    fn verify(&self, answer: Octets, at: Moment) -> Answer<TpmProof> {
        let proof = self.take()?.verify(&answer, at.0)?;
        Ok(TpmProof {
            ek: Name(*proof.ek_name()),
            object: Name(*proof.object_name()),
            answered: proof.answered(),
        })
    }

    fn __repr__(&self) -> String {
        format!("<Challenge to {} until {}>", self.ek.0, self.expires)
    }
}

impl Challenge {
    /// The secret half, once. No code that can fail runs under the lock, so a poisoned one would
    /// still hold a whole value.
    fn take(&self) -> Result<PendingChallenge, Rejection> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending
            .take()
            .ok_or_else(|| Rejection::new(Code::AttestChallengeUsed, Subject::field("challenge")))
    }
}

/// The second key of a challenge, as it was given.
enum Second {
    Attestation(AkPublic),
    StorageRoot(GivenKey<SrkPublic>),
}

/// The second key of a challenge, accepted.
enum Judged {
    Attestation(AkPublic),
    StorageRoot(SrkPublic),
}

/// Judges the two keys, together where both came as bytes: they are easily exchanged.
fn judge(ek: GivenKey<EkPublic>, key: Second) -> Answer<(EkPublic, Judged)> {
    match (ek, key) {
        (GivenKey::Bytes(ek), Second::StorageRoot(GivenKey::Bytes(srk))) => {
            let (ek, srk) = provisor::tpm::read_keys(&ek, &srk)?;
            Ok((EkPublic(ek), Judged::StorageRoot(SrkPublic(srk))))
        }
        (ek, Second::StorageRoot(srk)) => Ok((ek.judge()?, Judged::StorageRoot(srk.judge()?))),
        (ek, Second::Attestation(ak)) => Ok((ek.judge()?, Judged::Attestation(ak))),
    }
}

impl<'py> FromPyObject<'_, 'py> for Second {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        if let Ok(ak) = object.cast::<AkPublic>() {
            return Ok(Self::Attestation(ak.get().clone()));
        }
        object.extract().map(Self::StorageRoot)
    }
}

/// Proof that one TPM holds two keys: an answered challenge.
///
/// Only ``Challenge.verify`` makes one; it cannot be pickled.
#[pyclass(module = "provisor.tpm", frozen, eq, hash)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct TpmProof {
    ek: Name,
    object: Name,
    answered: UnixTime,
}

#[pymethods]
impl TpmProof {
    /// The Name of the endorsement key whose private half was used.
    #[getter]
    fn ek_name(&self) -> Name {
        self.ek.clone()
    }

    /// The Name of the second key in the same TPM.
    #[getter]
    fn object_name(&self) -> Name {
        self.object.clone()
    }

    /// When the answer was judged, in seconds since 1970.
    #[getter]
    fn answered(&self) -> i64 {
        self.answered.seconds()
    }

    fn __repr__(&self) -> String {
        format!("<TpmProof for {} at {}>", self.ek.0, self.answered)
    }
}
