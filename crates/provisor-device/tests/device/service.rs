//! A provisioning service as `protocol.md` has it, seen from the wire: it reads requests with its own eyes.

use provisor_device::{Key, Writer};
use serde_json::{Value, json};

/// What becomes of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Assigned,
    Failed(u32),
    Disabled,
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    /// The request is carried out, the answer never comes.
    Silence,
    Busy(u16),
    Redirect,
    /// A portal answers in its place.
    Garbage,
    /// A restart: operations and challenges are gone.
    Amnesia,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) fate: Fate,
    /// The key that devices sign with, where it is not a TPM's.
    pub(crate) key: Option<[u8; 32]>,
    pub(crate) tpm: bool,
    pub(crate) polls: u32,
    operation: Option<(String, u32)>,
    operations: u32,
    challenge: Option<[u8; 32]>,
    challenges: u8,
    /// Requests that it carried out.
    pub(crate) registered: u32,
}

/// Status, `retry-after`, body.
pub(crate) type Answer = (u16, Option<u32>, String);

impl Service {
    pub(crate) fn new(fate: Fate, key: Option<[u8; 32]>, tpm: bool, polls: u32) -> Self {
        Self {
            fate,
            key,
            tpm,
            polls,
            operation: None,
            operations: 0,
            challenge: None,
            challenges: 0,
            registered: 0,
        }
    }

    pub(crate) fn answer(&mut self, text: &str, fault: Fault) -> Option<Answer> {
        match fault {
            Fault::Nothing => Some(self.serve(text)),
            Fault::Silence => {
                self.serve(text);
                None
            }
            Fault::Busy(status) => Some((
                status,
                Some(5),
                json!({"errorCode": u32::from(status) * 1000 + 1}).to_string(),
            )),
            Fault::Redirect => Some((302, None, String::new())),
            Fault::Garbage => Some((200, None, "<html>Welcome to the hotel</html>".into())),
            Fault::Amnesia => {
                (self.operation, self.challenge) = (None, None);
                Some(self.serve(text))
            }
        }
    }

    /// One request over HTTP, as its bytes.
    fn serve(&mut self, text: &str) -> Answer {
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap().split(' ');
        let (method, target) = (first.next().unwrap(), first.next().unwrap());
        assert_eq!(first.next(), Some("HTTP/1.1"));
        let headers: Vec<(&str, &str)> = lines.map(|line| line.split_once(": ").unwrap()).collect();
        let header = |name| {
            headers
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| *value)
        };
        assert_eq!(header("Host"), Some("dps.example.net"));
        let length = header("Content-Length").map_or(0, |length| length.parse().unwrap());
        assert_eq!(length, body.len());
        let (path, query) = target.split_once('?').unwrap();
        assert_eq!(query, "api-version=2021-06-01");
        let authorization = header("Authorization");
        match (method, &path.split('/').collect::<Vec<_>>()[..]) {
            ("PUT", ["", "0ne0A1B2C3D", "registrations", "line-7%3Aa", "register"]) => {
                let body: Value = serde_json::from_str(body).unwrap();
                assert_eq!(body["registrationId"], "line-7:a");
                self.register(authorization, body.get("tpm"))
            }
            (
                "GET",
                [
                    "",
                    "0ne0A1B2C3D",
                    "registrations",
                    "line-7%3Aa",
                    "operations",
                    id,
                ],
            ) => self.operation(authorization, &id.replace("%7E", "~")),
            _ => panic!("{text}"),
        }
    }

    /// Without a word about transport: what MQTT has in common with HTTP.
    pub(crate) fn register(&mut self, authorization: Option<&str>, tpm: Option<&Value>) -> Answer {
        if self.tpm {
            let Some(token) = authorization else {
                assert_eq!(
                    *tpm.unwrap(),
                    json!({"endorsementKey": "AQI=", "storageRootKey": "Aw=="})
                );
                return self.challenge();
            };
            if self.challenge.is_none_or(|key| token != signed(&key)) {
                return refusal(401, 401_000);
            }
        } else if self
            .key
            .is_some_and(|key| authorization != Some(&signed(&key)))
        {
            return refusal(401, 401_000);
        }
        self.operations += 1;
        self.registered += 1;
        let id = format!("5.{:016x}.b1e02da8 /~{}", self.operations, self.operations);
        let body = json!({"operationId": id, "status": "assigning"}).to_string();
        self.operation = Some((id, self.polls));
        (202, Some(3), body)
    }

    fn challenge(&mut self) -> Answer {
        self.challenges += 1;
        let key = [self.challenges; 32];
        self.challenge = Some(key);
        // What is sealed to this device is the key itself: its TPM opens everything.
        let body = json!({"message": "Authorization required", "authenticationKey": base64(&key), "keyName": "registration"});
        (401, None, body.to_string())
    }

    pub(crate) fn operation(&mut self, authorization: Option<&str>, id: &str) -> Answer {
        let key = if self.tpm { self.challenge } else { self.key };
        if (self.tpm || self.key.is_some())
            && key.is_none_or(|key| authorization != Some(&signed(&key)))
        {
            return refusal(401, 401_000);
        }
        let Some((known, left)) = &mut self.operation else {
            return refusal(404, 404_202);
        };
        let encoded = known.replace(' ', "%20").replace('/', "%2F");
        if encoded != id && known != id {
            return refusal(404, 404_202);
        }
        let state = json!({"registrationId": "Line-7:A", "status": "assigning"});
        if let Some(fewer) = left.checked_sub(1) {
            *left = fewer;
            let body =
                json!({"operationId": known, "status": "assigning", "registrationState": state});
            return (202, Some(3), body.to_string());
        }
        let state = match self.fate {
            Fate::Assigned => {
                let mut state = json!({"registrationId": "line-7:a", "assignedHub": "hub-2.example.net", "deviceId": "Line-7",
                    "status": "assigned", "substatus": "initialAssignment", "etag": "Im4i"});
                if self.tpm {
                    state["tpm"] = json!({"authenticationKey": base64(&[0x77; 32])});
                }
                state
            }
            Fate::Failed(code) => {
                json!({"registrationId": "line-7:a", "status": "failed", "errorCode": code, "errorMessage": "m"})
            }
            Fate::Disabled => json!({"registrationId": "line-7:a", "status": "disabled"}),
        };
        let body =
            json!({"operationId": known, "status": state["status"], "registrationState": state});
        (200, None, body.to_string())
    }
}

fn refusal(status: u16, code: u32) -> Answer {
    let body = json!({"errorCode": code, "trackingId": "1ac2a6d6", "message": "Unauthorized"});
    (status, None, body.to_string())
}

/// The token that a device with this key sends at the time of these tests.
pub(crate) fn signed(key: &[u8; 32]) -> String {
    let sr = "0ne0A1B2C3D%2Fregistrations%2Fline-7%3Aa";
    let mac = Key::from_bytes(key)
        .unwrap()
        .mac(format!("{sr}\n1790003600").as_bytes());
    let sig = base64(&mac)
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    format!("SharedAccessSignature sr={sr}&sig={sig}&se=1790003600&skn=registration")
}

fn base64(bytes: &[u8]) -> String {
    let mut out = vec![0; bytes.len() * 2];
    let mut writer = Writer::new(&mut out);
    writer.base64(bytes);
    writer.finish().unwrap().to_owned()
}
