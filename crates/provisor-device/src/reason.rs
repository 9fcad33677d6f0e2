//! What went wrong, as numbers.

use core::fmt;

macro_rules! reasons {
    ($( $(#[doc = $doc:literal])+ $name:ident = $number:literal $word:literal, )+) => {
        /// Why something was not done, or how a registration ended: a stable number, and no text that
        /// firmware would have to carry.
        ///
        /// | number | name | what it says |
        /// |---:|---|---|
        $(#[doc = concat!("| ", $number, " | `", $word, "` |", $($doc),+, " |")])+
        ///
        /// Numbers are never used again. 1 to 99 are the caller's, 100 to 199 speak of an answer, 200 to
        /// 299 of how a registration ended.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Reason {
            $( $(#[doc = $doc])+ $name = $number, )+
        }

        impl Reason {
            /// Every reason, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The reason of a number, if there is one.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// Its name, for logs. Firmware that never calls this does not carry the names.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

reasons! {
    /// The caller's buffer is too small. Detail: the bytes that are needed.
    BufferTooSmall = 1 "BUFFER_TOO_SMALL",
    /// An argument is empty or longer than it may be. Detail: its length.
    ArgumentLength = 2 "ARGUMENT_LENGTH",
    /// An argument has a character that it may not have. Detail: its position.
    ArgumentCharacter = 3 "ARGUMENT_CHARACTER",
    /// A symmetric key has not 16 to 64 bytes. Detail: how many.
    KeyLength = 4 "KEY_LENGTH",
    /// A text is no base64 with padding. Detail: its length.
    Base64 = 5 "BASE64",
    /// The key did not sign: the callback, the TPM or the secure element failed.
    SignerFailed = 6 "SIGNER_FAILED",
    /// A payload is not one JSON value. Detail: the position of what is wrong.
    PayloadMalformed = 7 "PAYLOAD_MALFORMED",
    /// There is no attestation by a TPM over MQTT.
    NoTpmOverMqtt = 8 "NO_TPM_OVER_MQTT",
    /// This is not to be asked for now: there is no request under way, no challenge, no assignment.
    NotNow = 9 "NOT_NOW",
    /// Stored bytes are no state of this version. Detail: the position of what is wrong.
    StateMalformed = 10 "STATE_MALFORMED",
    /// A pace has a wait without bounds, or bounds in the wrong order.
    PaceMalformed = 11 "PACE_MALFORMED",
    /// The request needs a token and has none, or has one and must have none.
    TokenMisplaced = 12 "TOKEN_MISPLACED",

    /// It belongs to no request that is under way: it comes late, or is another's. Nothing changed.
    NotOurs = 100 "NOT_OURS",
    /// There was no answer in time, or the connection was lost.
    NoAnswer = 101 "NO_ANSWER",
    /// The answer's body is longer than is read. Detail: its length.
    AnswerTooLong = 102 "ANSWER_TOO_LONG",
    /// The answer's body is no JSON. Detail: the position of what is wrong.
    AnswerMalformed = 103 "ANSWER_MALFORMED",
    /// The answer has one member twice. Detail: the position of the second.
    AnswerTwice = 104 "ANSWER_TWICE",
    /// The answer lacks what one of its kind must have.
    AnswerIncomplete = 105 "ANSWER_INCOMPLETE",
    /// The answer speaks of another registration.
    AnswerForAnother = 106 "ANSWER_FOR_ANOTHER",
    /// A name in the answer is longer than there is room, or has characters that such a name has not.
    AnswerName = 107 "ANSWER_NAME",
    /// The service has too much to do (429, 408), or says that it is its own fault (500 and above).
    ServiceBusy = 108 "SERVICE_BUSY",
    /// The answer is a redirection, which is never followed: something else than the service answered.
    Redirected = 109 "REDIRECTED",
    /// The service does not know the operation any more, or not this device's right to ask for it.
    OperationLost = 110 "OPERATION_LOST",
    /// The operation was still going on when its time was over.
    OperationTooLong = 111 "OPERATION_TOO_LONG",
    /// Another registration of the same device was in the way (409).
    Conflict = 112 "CONFLICT",
    /// The TPM did not open what the service sealed to it.
    ActivationFailed = 113 "ACTIVATION_FAILED",
    /// The hub did not take the device yet.
    HubRefused = 114 "HUB_REFUSED",

    /// The service refused the device for good (400 to 499).
    Refused = 200 "REFUSED",
    /// The service tried and failed (`status` is `failed`), for a reason that trying again does not mend.
    Failed = 201 "FAILED",
    /// The enrollment is disabled (`status` is `disabled`).
    Disabled = 202 "DISABLED",
    /// The time for the whole registration is over. The cause is the last thing that went wrong.
    TimeOver = 203 "TIME_OVER",
    /// There were as many requests as one registration may have.
    RequestsOver = 204 "REQUESTS_OVER",
    /// The service challenged the TPM again and again.
    ChallengesOver = 205 "CHALLENGES_OVER",
    /// The assigned hub did not take the device, again and again. What was in use before is still in use.
    NotConfirmed = 206 "NOT_CONFIRMED",
    /// The caller gave it up.
    Cancelled = 207 "CANCELLED",
}

impl Reason {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The error with this reason.
    pub(crate) fn with(self, detail: usize) -> Error {
        Error {
            reason: self,
            detail: u32::try_from(detail).unwrap_or(u32::MAX),
        }
    }
}

impl From<Reason> for Error {
    fn from(reason: Reason) -> Self {
        reason.with(0)
    }
}

/// Why something was not done: a [`Reason`] and a number that says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    reason: Reason,
    detail: u32,
}

impl Error {
    /// Why.
    #[must_use]
    pub const fn reason(self) -> Reason {
        self.reason
    }

    /// What the table of [`Reason`] calls the detail: a length, a position, a code; 0 where it names none.
    #[must_use]
    pub const fn detail(self) -> u32 {
        self.detail
    }

    /// The bytes that a buffer must have, if it was too small.
    #[must_use]
    pub const fn needed(self) -> Option<usize> {
        match self.reason {
            Reason::BufferTooSmall => Some(self.detail as usize),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason.name(), self.reason.number())?;
        match self.detail {
            0 => Ok(()),
            detail => write!(f, ": {detail}"),
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was once handed out stays: a row that is changed here is a break with stored logs.
    #[test]
    fn the_numbers_stay() {
        let numbers: [(u16, &str); 35] = [
            (1, "BUFFER_TOO_SMALL"),
            (2, "ARGUMENT_LENGTH"),
            (3, "ARGUMENT_CHARACTER"),
            (4, "KEY_LENGTH"),
            (5, "BASE64"),
            (6, "SIGNER_FAILED"),
            (7, "PAYLOAD_MALFORMED"),
            (8, "NO_TPM_OVER_MQTT"),
            (9, "NOT_NOW"),
            (10, "STATE_MALFORMED"),
            (11, "PACE_MALFORMED"),
            (12, "TOKEN_MISPLACED"),
            (100, "NOT_OURS"),
            (101, "NO_ANSWER"),
            (102, "ANSWER_TOO_LONG"),
            (103, "ANSWER_MALFORMED"),
            (104, "ANSWER_TWICE"),
            (105, "ANSWER_INCOMPLETE"),
            (106, "ANSWER_FOR_ANOTHER"),
            (107, "ANSWER_NAME"),
            (108, "SERVICE_BUSY"),
            (109, "REDIRECTED"),
            (110, "OPERATION_LOST"),
            (111, "OPERATION_TOO_LONG"),
            (112, "CONFLICT"),
            (113, "ACTIVATION_FAILED"),
            (114, "HUB_REFUSED"),
            (200, "REFUSED"),
            (201, "FAILED"),
            (202, "DISABLED"),
            (203, "TIME_OVER"),
            (204, "REQUESTS_OVER"),
            (205, "CHALLENGES_OVER"),
            (206, "NOT_CONFIRMED"),
            (207, "CANCELLED"),
        ];
        assert_eq!(Reason::ALL.len(), numbers.len());
        for (&reason, (number, name)) in Reason::ALL.iter().zip(numbers) {
            assert_eq!((reason.number(), reason.name()), (number, name));
            assert_eq!(Reason::from_number(number), Some(reason));
        }
        assert_eq!(Reason::from_number(0), None);
    }
}
