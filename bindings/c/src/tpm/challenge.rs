//! The challenge: a secret that only one TPM can read, and its one answer.

use core::ffi::c_void;
use core::ptr;

use provisor::tpm::{Challenge, Credential, PendingChallenge, read_keys};
use provisor::{Code, Rejection, Subject, UnixTime};

use crate::boundary;
use crate::input::{self, Bytes, Object};
use crate::output::{Out, RejectionOut, lend_bytes};
use crate::random::{Promised, provisor_fill};
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// A challenge to one TPM, and what its answer must be. The secret never leaves it, and is wiped
/// when it is answered or freed.
///
/// One thread at a time may call `provisor_challenge_verify`, and none may use the challenge
/// meanwhile.
#[derive(Debug)]
pub struct provisor_challenge {
    credential: Credential,
    /// Gone once an answer was judged.
    pending: Option<PendingChallenge>,
}

/// Makes a challenge for the TPM that says it holds these two keys.
///
/// `ek` and `srk` are the `TPM2B_PUBLIC` of endorsement key and storage root key, their size bytes
/// included; both are judged first. `expires` is the last second, since 1970-01-01T00:00:00Z, in
/// which an answer counts. `fill` gives the secret and the key material their randomness: all
/// security rests on it.
///
/// # Safety
///
/// `ek` and `srk` have `ek_len` and `srk_len` readable bytes, or are NULL when that is 0; `fill` keeps
/// what `provisor_fill` says and may be called with `context`; `challenge` is writable; `rejection`
/// is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_challenge_new(
    ek: *const u8,
    ek_len: usize,
    srk: *const u8,
    srk_len: usize,
    expires: i64,
    fill: provisor_fill,
    context: *mut c_void,
    challenge: *mut *mut provisor_challenge,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (ek, srk, random, challenge, rejection) = unsafe {
        (
            Bytes::new(ek, ek_len, "ek"),
            Bytes::new(srk, srk_len, "srk"),
            Promised::new(fill, context),
            Out::new(challenge, "challenge"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let out = challenge.required()?;
        let mut random = random.read()?;
        let (ek, srk) = read_keys(ek.read()?, srk.read()?)?;
        let (challenge, pending) = Challenge::new(&ek, &srk, UnixTime::new(expires), &mut random)?;
        out.give(provisor_challenge {
            credential: challenge.credential().clone(),
            pending: Some(pending),
        });
        Ok(())
    })
}

/// Frees a challenge and wipes its secret. NULL is fine.
///
/// # Safety
///
/// `challenge` is NULL or came from `provisor_challenge_new`, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_challenge_free(challenge: *mut provisor_challenge) {
    // SAFETY: the caller's word, as above.
    unsafe { input::free(challenge) }
}

/// The `TPM2B_ID_OBJECT` for the device, its size bytes included: the first parameter of
/// `TPM2_ActivateCredential`. Valid until the challenge is freed; NULL with the length 0 for NULL.
///
/// # Safety
///
/// `challenge` is NULL or a challenge that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_challenge_id_object(
    challenge: *const provisor_challenge,
    len: *mut usize,
) -> *const u8 {
    // SAFETY: the caller's word, as above.
    let (challenge, len) = unsafe { (Object::new(challenge), Out::new(len, "len")) };
    lend(challenge, len, |credential| &credential.id_object)
}

/// The `TPM2B_ENCRYPTED_SECRET` for the device, its size bytes included: the second parameter of
/// `TPM2_ActivateCredential`. Valid until the challenge is freed; NULL with the length 0 for NULL.
///
/// # Safety
///
/// `challenge` is NULL or a challenge that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_challenge_encrypted_secret(
    challenge: *const provisor_challenge,
    len: *mut usize,
) -> *const u8 {
    // SAFETY: the caller's word, as above.
    let (challenge, len) = unsafe { (Object::new(challenge), Out::new(len, "len")) };
    lend(challenge, len, |credential| &credential.encrypted_secret)
}

/// Judges the answer of the device: the secret that its TPM read. `PROVISOR_OK` proves that one TPM
/// holds both keys.
///
/// A challenge counts once: right, wrong or late, every further call is
/// `PROVISOR_ATTEST_CHALLENGE_USED`. Only a call whose arguments are at fault (9000 to 9999) leaves
/// it unused. The comparison takes the same time wherever the answer is wrong.
///
/// # Safety
///
/// `challenge` is not freed, and no other thread uses it; `answer` has `answer_len` readable bytes,
/// or is NULL when that is 0; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_challenge_verify(
    challenge: *mut provisor_challenge,
    answer: *const u8,
    answer_len: usize,
    now: i64,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above: nobody else uses the challenge during this call.
    let (challenge, answer, rejection) = unsafe {
        (
            challenge.as_mut(),
            Bytes::new(answer, answer_len, "answer"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let challenge = challenge.ok_or_else(|| input::null("challenge"))?;
        let answer = answer.read()?;
        let pending = challenge.pending.take().ok_or_else(|| {
            Rejection::new(Code::AttestChallengeUsed, Subject::field("challenge"))
        })?;
        pending.verify(answer, UnixTime::new(now)).map(drop)
    })
}

fn lend(
    challenge: Object<'_, provisor_challenge>,
    len: Out<usize>,
    which: impl FnOnce(&Credential) -> &Vec<u8>,
) -> *const u8 {
    boundary::answer(ptr::null(), || match challenge.get() {
        Some(challenge) => lend_bytes(which(&challenge.credential), len),
        None => {
            len.set(0);
            ptr::null()
        }
    })
}
