//! The body of an answer.

use crate::json::{Json, Text};
use crate::reason::{Error, Reason};

/// What a body says: an operation's state (`RegistrationOperationStatus`), a registration's (`DeviceRegistrationResult`),
/// an error (`ProvisioningServiceErrorDetails`), or a challenge to a TPM; whichever members it has.
///
/// It holds slices of the body. Members that are not known, that are null or of another kind are passed over; one that
/// comes twice is refused, as two readers might not read the same.
///
/// ```
/// use provisor_device::message::{Answer, Status};
///
/// let answer = Answer::read(br#"{"operationId":"5.a.b","status":"assigned","registrationState":{
///     "assignedHub":"hub-1.example.net","deviceId":"line-7","status":"assigned","payload":{"rate":9}}}"#)?;
/// assert_eq!(answer.status, Some(Status::Assigned));
/// assert!(answer.assigned_hub.is_some_and(|hub| hub.is("hub-1.example.net")));
/// assert_eq!(answer.payload.map(|payload| payload.raw()), Some(r#"{"rate":9}"#));
/// # Ok::<(), provisor_device::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// `operationId`.
    pub operation_id: Option<Text<'a>>,
    /// `status`: the operation's, or the registration's where there is no other.
    pub status: Option<Status>,
    /// `registrationId`.
    pub registration_id: Option<Text<'a>>,
    /// `assignedHub`.
    pub assigned_hub: Option<Text<'a>>,
    /// `deviceId`.
    pub device_id: Option<Text<'a>>,
    /// `substatus`.
    pub substatus: Option<Substatus>,
    /// `errorCode`: of the error, or of a registration that failed. Its first three digits are those of HTTP.
    pub error_code: Option<u32>,
    /// `message` or `errorMessage`.
    pub message: Option<Text<'a>>,
    /// `trackingId`.
    pub tracking_id: Option<Text<'a>>,
    /// `authenticationKey` of a challenge: sealed to the TPM, in base64.
    pub challenge: Option<Text<'a>>,
    /// `keyName` of a challenge.
    pub key_name: Option<Text<'a>>,
    /// `tpm.authenticationKey` of a registration: the hub's key sealed to the TPM, in base64.
    pub hub_key: Option<Text<'a>>,
    /// `payload`: what custom allocation has for the device, any JSON value.
    pub payload: Option<Json<'a>>,
    /// `issuedCertificateChain`: an array of certificates in base64.
    pub issued_certificates: Option<Json<'a>>,
    /// `etag`.
    pub etag: Option<Text<'a>>,
}

/// Where an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Nothing happened yet; some servers say so while they work.
    Unassigned,
    /// The service is at work.
    Assigning,
    /// The device has a hub.
    Assigned,
    /// The service gave up.
    Failed,
    /// The enrollment is disabled (`disabled`, in old versions `blacklisted`).
    Disabled,
    /// A word that is not known: newer than this.
    Other,
}

/// How the device came to its hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Substatus {
    /// For the first time.
    InitialAssignment,
    /// To another hub, with its data.
    DeviceDataMigrated,
    /// To another hub, or the same, with new data.
    DeviceDataReset,
    /// Back to where it was first.
    ReprovisionedToInitialAssignment,
    /// A word that is not known: newer than this.
    Other,
}

impl Status {
    const WORDS: [(&'static str, Self); 6] = [
        ("unassigned", Self::Unassigned),
        ("assigning", Self::Assigning),
        ("assigned", Self::Assigned),
        ("failed", Self::Failed),
        ("disabled", Self::Disabled),
        ("blacklisted", Self::Disabled),
    ];

    fn of(text: Text<'_>) -> Self {
        let mut words = Self::WORDS.into_iter();
        words
            .find(|(word, _)| text.is_in_any_case(word))
            .map_or(Self::Other, |(_, status)| status)
    }
}

impl Substatus {
    const WORDS: [(&'static str, Self); 4] = [
        ("initialAssignment", Self::InitialAssignment),
        ("deviceDataMigrated", Self::DeviceDataMigrated),
        ("deviceDataReset", Self::DeviceDataReset),
        (
            "reprovisionedToInitialAssignment",
            Self::ReprovisionedToInitialAssignment,
        ),
    ];

    fn of(text: Text<'_>) -> Self {
        let mut words = Self::WORDS.into_iter();
        words
            .find(|(word, _)| text.is_in_any_case(word))
            .map_or(Self::Other, |(_, substatus)| substatus)
    }
}

impl<'a> Answer<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Reason::AnswerTooLong`], [`Reason::AnswerMalformed`] also for JSON that is no object, [`Reason::AnswerTwice`].
    pub fn read(body: &'a [u8]) -> Result<Self, Error> {
        let json = Json::parse(body)?;
        if !json.is_object() {
            return Err(Reason::AnswerMalformed.into());
        }
        let mut answer = Self::default();
        let mut seen = Seen(0);
        let mut state = None;
        for (name, value) in json.members() {
            let Some(member) = Member::of(name) else {
                continue;
            };
            seen.once(member, position(body, name))?;
            match member {
                Member::RegistrationState => state = value.is_object().then_some(value),
                Member::Tpm => answer.read_tpm(body, value)?,
                _ => answer.set(member, value),
            }
        }
        if let Some(state) = state {
            answer.read_state(body, state)?;
        }
        Ok(answer)
    }

    /// The registration's own state: what the operation says already stays.
    fn read_state(&mut self, body: &[u8], state: Json<'a>) -> Result<(), Error> {
        let operation = *self;
        let mut seen = Seen(0);
        for (name, value) in state.members() {
            let Some(member) = Member::of(name) else {
                continue;
            };
            seen.once(member, position(body, name))?;
            match member {
                Member::Tpm => self.read_tpm(body, value)?,
                // Of the operation alone.
                Member::RegistrationState
                | Member::OperationId
                | Member::AuthenticationKey
                | Member::KeyName => {}
                _ => self.set(member, value),
            }
        }
        self.status = operation.status.or(self.status);
        self.error_code = operation.error_code.or(self.error_code);
        self.message = operation.message.or(self.message);
        self.tracking_id = operation.tracking_id.or(self.tracking_id);
        Ok(())
    }

    fn read_tpm(&mut self, body: &[u8], tpm: Json<'a>) -> Result<(), Error> {
        let mut seen = Seen(0);
        for (name, value) in tpm.members() {
            if let Some(member @ Member::AuthenticationKey) = Member::of(name) {
                seen.once(member, position(body, name))?;
                self.hub_key = value.text();
            }
        }
        Ok(())
    }

    fn set(&mut self, member: Member, value: Json<'a>) {
        let text = value.text();
        match member {
            Member::OperationId => self.operation_id = text,
            Member::Status => self.status = text.map(Status::of),
            Member::RegistrationId => self.registration_id = text,
            Member::AssignedHub => self.assigned_hub = text,
            Member::DeviceId => self.device_id = text,
            Member::Substatus => self.substatus = text.map(Substatus::of),
            Member::ErrorCode => {
                self.error_code = value.number().and_then(|code| u32::try_from(code).ok());
            }
            Member::Message | Member::ErrorMessage => self.message = text.or(self.message),
            Member::TrackingId => self.tracking_id = text,
            Member::AuthenticationKey => self.challenge = text,
            Member::KeyName => self.key_name = text,
            Member::Payload => self.payload = (!value.is_null()).then_some(value),
            Member::IssuedCertificateChain => {
                self.issued_certificates = (!value.is_null()).then_some(value);
            }
            Member::Etag => self.etag = text,
            Member::RegistrationState | Member::Tpm => {}
        }
    }
}

/// The members that are read, wherever they stand.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Member {
    OperationId,
    Status,
    RegistrationId,
    AssignedHub,
    DeviceId,
    Substatus,
    ErrorCode,
    Message,
    ErrorMessage,
    TrackingId,
    AuthenticationKey,
    KeyName,
    Payload,
    IssuedCertificateChain,
    Etag,
    RegistrationState,
    Tpm,
}

impl Member {
    const NAMES: [(&'static str, Self); 17] = [
        ("operationId", Self::OperationId),
        ("status", Self::Status),
        ("registrationId", Self::RegistrationId),
        ("assignedHub", Self::AssignedHub),
        ("deviceId", Self::DeviceId),
        ("substatus", Self::Substatus),
        ("errorCode", Self::ErrorCode),
        ("message", Self::Message),
        ("errorMessage", Self::ErrorMessage),
        ("trackingId", Self::TrackingId),
        ("authenticationKey", Self::AuthenticationKey),
        ("keyName", Self::KeyName),
        ("payload", Self::Payload),
        ("issuedCertificateChain", Self::IssuedCertificateChain),
        ("etag", Self::Etag),
        ("registrationState", Self::RegistrationState),
        ("tpm", Self::Tpm),
    ];

    fn of(name: Text<'_>) -> Option<Self> {
        let mut names = Self::NAMES.into_iter();
        names
            .find(|(known, _)| name.is(known))
            .map(|(_, member)| member)
    }
}

/// Which members an object had so far.
struct Seen(u32);

impl Seen {
    fn once(&mut self, member: Member, position: usize) -> Result<(), Error> {
        let bit = 1 << member as u8;
        if self.0 & bit != 0 {
            return Err(Reason::AnswerTwice.with(position));
        }
        self.0 |= bit;
        Ok(())
    }
}

/// Where in the body a part of it stands.
fn position(body: &[u8], part: Text<'_>) -> usize {
    (part.raw().as_ptr().addr()).saturating_sub(body.as_ptr().addr())
}

#[cfg(test)]
mod tests;
