//! Operations.

use alloc::format;
use alloc::string::{String, ToString as _};

use provisor_device::message::http;
use provisor_report::Rejection;

use super::state::{DeviceRegistrationState, RegistrationStatus};
use crate::error::{Door, ErrorStatus};
use crate::header;
use crate::http::Answer;
use crate::operation::OperationId;
use crate::retry_after::RetryAfter;
use crate::shape::{Body, Word, body};
use crate::text::percent;

body! {
    /// An operation and where it stands: the answer to a registration and to each poll.
    ///
    /// The constructors make the forms that every official client understands; [`http_status`](Self::http_status) and
    /// [`to_http`](Self::to_http) say how they travel.
    ///
    /// ```
    /// use provisor_wire::device::{DeviceRegistrationState, RegistrationOperationStatus};
    /// use provisor_wire::{Body as _, OperationId, RetryAfter};
    ///
    /// let id = OperationId::parse("5.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550")?;
    /// let accepted = RegistrationOperationStatus::accepted(id.clone());
    /// assert_eq!(
    ///     accepted.to_json(),
    ///     r#"{"operationId":"5.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550","status":"assigning"}"#,
    /// );
    /// assert_eq!(accepted.to_http(RetryAfter::POLL).status, 202);
    ///
    /// let state = DeviceRegistrationState::default().registration_id("dev-1").device_id("dev-1");
    /// let done = RegistrationOperationStatus::assigned(id, state.assigned_hub("hub1.example.net"));
    /// assert_eq!(done.to_http(RetryAfter::POLL).status, 200);
    /// # Ok::<(), provisor_wire::Rejection>(())
    /// ```
    RegistrationOperationStatus {
        /// The operation.
        operation_id: OperationId = "operationId";
        /// Where it stands.
        status: Word<RegistrationStatus> = "status";
        /// The registration; present whenever the operation ended.
        registration_state: DeviceRegistrationState = "registrationState";
    }
}

impl Body for RegistrationOperationStatus {}

impl RegistrationOperationStatus {
    /// The answer to a registration, always, even when its end is known: two official clients take
    /// nothing else. There is no state in it, as a half of one breaks a third.
    #[must_use]
    pub fn accepted(operation: OperationId) -> Self {
        Self::default()
            .operation_id(operation)
            .status(RegistrationStatus::Assigning)
    }

    /// The answer to a poll while the operation is at work: with a state of ID and status, which one
    /// official client needs.
    #[must_use]
    pub fn assigning(operation: OperationId, registration_id: impl Into<String>) -> Self {
        let state = DeviceRegistrationState::default()
            .registration_id(registration_id)
            .status(RegistrationStatus::Assigning);
        Self::accepted(operation).registration_state(state)
    }

    /// The end of an operation that found a hub.
    #[must_use]
    pub fn assigned(operation: OperationId, state: DeviceRegistrationState) -> Self {
        Self::ended(operation, RegistrationStatus::Assigned, state)
    }

    /// The end of an operation that failed: with the code and the words, both of which clients need,
    /// and nothing else of the kind: one takes `message` and `errorMessage` for the same.
    #[must_use]
    pub fn failed(
        operation: OperationId,
        state: DeviceRegistrationState,
        code: i32,
        message: impl Into<String>,
    ) -> Self {
        let mut state = state.error_code(code).error_message(message);
        state.other.remove("message");
        Self::ended(operation, RegistrationStatus::Failed, state)
    }

    /// The end of an operation that was refused: with the code and the words that the device may read, as
    /// in [`Refusal::of`](crate::error::Refusal::of).
    #[must_use]
    pub fn refused(
        operation: OperationId,
        state: DeviceRegistrationState,
        rejection: &Rejection,
    ) -> Self {
        let public = rejection.public();
        let status = ErrorStatus::of(public.code(), Door::Device);
        let words = match public.code().class().is_own_fault() {
            true => String::from("the service cannot answer this request now; it is not at fault"),
            false => public.to_string(),
        };
        Self::failed(operation, state, status.error_code(), words)
    }

    /// The end of an operation whose enrollment was disabled meanwhile.
    #[must_use]
    pub fn disabled(
        operation: OperationId,
        state: DeviceRegistrationState,
        code: i32,
        message: impl Into<String>,
    ) -> Self {
        let mut state = state.error_code(code).error_message(message);
        state.other.remove("message");
        Self::ended(operation, RegistrationStatus::Disabled, state)
    }

    fn ended(
        operation: OperationId,
        status: RegistrationStatus,
        state: DeviceRegistrationState,
    ) -> Self {
        Self::default()
            .operation_id(operation)
            .status(status)
            .registration_state(state.status(status))
    }

    /// 202 while the operation is at work, 200 when it has ended. The same over MQTT.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self.status.as_ref().and_then(Word::known) {
            Some(
                RegistrationStatus::Assigned
                | RegistrationStatus::Failed
                | RegistrationStatus::Disabled,
            ) => 200,
            _ => 202,
        }
    }

    /// The HTTP answer: with the time to wait while the operation is at work.
    #[must_use]
    pub fn to_http(&self, wait: RetryAfter) -> Answer {
        let status = self.http_status();
        let answer = Answer::json(status, self.to_json());
        match status {
            202 => answer.retry_after(wait),
            _ => answer,
        }
    }

    /// The HTTP answer to a registration, which is 202 whatever this is, with its location.
    #[must_use]
    pub fn to_http_register(
        &self,
        wait: RetryAfter,
        host: &str,
        id_scope: &str,
        registration_id: &str,
    ) -> Answer {
        let mut answer = self.to_http(wait);
        if answer.status != 202 {
            answer.status = 202;
            answer = answer.retry_after(wait);
        }
        let path = percent::written(|writer| {
            http::write_registration(id_scope, registration_id, writer);
        });
        let location = format!("https://{host}{path}/{}", http::REGISTER);
        answer.with_header(header::LOCATION, location)
    }
}
