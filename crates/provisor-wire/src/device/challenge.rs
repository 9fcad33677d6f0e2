//! The challenge to a TPM.

use alloc::string::String;

use data_encoding::BASE64;

use crate::http::Answer;
use crate::shape::{Body, body};

body! {
    /// The body of the 401 that asks a TPM to prove itself.
    ///
    /// It has a key name, which one official client needs, and never a status, by whose absence that
    /// client knows it.
    ///
    /// ```
    /// use provisor_wire::Body as _;
    /// use provisor_wire::device::Challenge;
    ///
    /// let challenge = Challenge::of(b"blob");
    /// assert_eq!(challenge.to_http().status, 401);
    /// assert_eq!(
    ///     challenge.to_json(),
    ///     r#"{"message":"Authorization required; activate the attached nonce key and retry.","authenticationKey":"YmxvYg==","keyName":"registration"}"#,
    /// );
    /// ```
    Challenge {
        /// For people.
        message: String = "message";
        /// The activation blob in base64.
        authentication_key: String = "authenticationKey";
        /// `registration`.
        key_name: String = "keyName";
    }
}

impl Body for Challenge {}

impl Challenge {
    /// The challenge with that activation blob.
    #[must_use]
    pub fn of(blob: &[u8]) -> Self {
        Self::default()
            .message("Authorization required; activate the attached nonce key and retry.")
            .authentication_key(BASE64.encode(blob))
            .key_name("registration")
    }

    /// The HTTP answer: 401, as one official client takes nothing else.
    #[must_use]
    pub fn to_http(&self) -> Answer {
        Answer::json(401, self.to_json())
    }
}
