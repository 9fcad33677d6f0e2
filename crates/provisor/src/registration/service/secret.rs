//! The secret that answers a challenge, and what is given in its place.

use provisor_report::{Code, Rejection, Subject};

/// How a token begins, in whatever case.
const SCHEME: &str = "SharedAccessSignature ";

/// A token that is given as the secret would be called a wrong secret, and use the challenge up.
pub(super) fn check_secret(secret: &[u8]) -> Result<(), Rejection> {
    let scheme = secret.get(..SCHEME.len());
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME.as_bytes())) {
        let subject = Subject::field("answer");
        return Err(Rejection::new(Code::AttestAnswerToken, subject));
    }
    Ok(())
}
