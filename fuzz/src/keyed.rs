//! Devices with symmetric keys, and the custom allocation.

use std::sync::OnceLock;

use provisor::allocation::{AllocationPolicy, LinkedHubs, Weight};
use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    ProvisioningStatus, Settings, SymmetricKeys,
};
use provisor::quota::RecordQuota;
use provisor::registration::{
    AllocationAnswer, Decision, Effect, Evidence, Facts, Fence, RegistrationRequest, Response,
    SasText, Service, Step,
};
use provisor::sas::{Resource, SasKey};
use provisor::{Class, Code, GroupId, HubName, IdScope, RegistrationId, UnixTime};
use provisor_testkit::random::SeededRandom;

use crate::bytes::Bytes;

const NOW: UnixTime = UnixTime::new(1_790_000_000);
const ID: &str = "Line-7";
const SCOPE: &str = "0ne0A1B2C3D";
const HUBS: [&str; 3] = ["hub-a", "hub-b", "hub-c"];

/// One request by any text as a token, to any of some hundred services; and any answer of the custom
/// allocation. Who is assigned has signed, with a key of an enabled enrollment, by an HMAC of our own;
/// who has none is told the same everywhere; the hub is one of the question's.
pub fn symmetric_keys(data: &[u8]) {
    let _ = run(data);
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Assigned,
    Refused,
    Failed,
}

fn run(data: &[u8]) -> Outcome {
    let mut bytes = Bytes::new(data);
    let plan = Plan::read(&mut bytes);
    let token = text(&mut bytes);
    let told = told(&plan, &token);
    let decision = plan.decide(&token, bytes.chunk());
    let response = finish(decision, &mut bytes);
    match response {
        Response::Assigned(assigned) => {
            assert!(plan.admits(&token), "{token:?} {plan:?}");
            let hub = assigned.record.assigned_hub;
            assert!(HUBS.contains(&hub.normal_form()));
            if let Some(payload) = assigned.record.payload {
                let value: serde_json::Value =
                    serde_json::from_str(payload.as_str()).expect("JSON");
                assert!(plan.custom && !value.is_null());
            }
            Outcome::Assigned
        }
        Response::Refused(rejection) => {
            let public = rejection.public();
            assert!(!public.to_string().contains('\n'));
            if !plan.knows(&token) {
                assert_eq!(public, told, "told {public}, and elsewhere {told}");
            }
            Outcome::Refused
        }
        Response::Failed(failure) => {
            // Nothing is left out here, so that it is the answer that was not given.
            assert_eq!(failure.cause().code().class(), Class::Transient);
            Outcome::Failed
        }
        Response::Challenge(_) => panic!("no TPM"),
        other => panic!("{other:?}"),
    }
}

/// What is enrolled.
#[derive(Clone, Debug)]
struct Plan {
    individual: Option<Enrolled>,
    groups: Vec<Enrolled>,
    custom: bool,
}

#[derive(Clone, Copy, Debug)]
struct Enrolled {
    key: u8,
    open: bool,
}

impl Plan {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        let flags = bytes.u8();
        let mut enrolled = || {
            let byte = bytes.u8();
            Enrolled {
                key: byte % 4,
                open: byte & 0x80 == 0,
            }
        };
        Self {
            individual: (flags & 1 == 1).then(&mut enrolled),
            groups: (0..(flags >> 1) % 4).map(|_| enrolled()).collect(),
            custom: flags & 0x80 != 0,
        }
    }

    fn decide(&self, token: &str, payload: &[u8]) -> Decision {
        let known = factory();
        let settings = |open| {
            let status = match open {
                true => ProvisioningStatus::Enabled,
                false => ProvisioningStatus::Disabled,
            };
            let settings = Settings::new().with_provisioning_status(status);
            match self.custom {
                true => settings.with_allocation_policy(AllocationPolicy::Custom),
                false => settings,
            }
        };
        let individual = self.individual.map(|of| {
            let attestation = IndividualAttestation::SymmetricKey(keys(of.key));
            IndividualEnrollment::new(known.id.clone(), attestation, generation(9))
                .with_settings(settings(of.open))
        });
        let groups: Vec<EnrollmentGroup> = (0..)
            .zip(&self.groups)
            .map(|(at, of)| {
                let name = GroupId::parse(&format!("g{at}")).expect("legal");
                let attestation = GroupAttestation::SymmetricKey(keys(of.key));
                EnrollmentGroup::new(name, attestation, generation(at))
                    .with_settings(settings(of.open))
            })
            .collect();
        let evidence = Evidence::Sas(SasText::new(token));
        let mut request = RegistrationRequest::new(known.scope.clone(), known.id.clone(), evidence);
        if !payload.is_empty() {
            request = request.with_payload(payload);
        }
        let facts = Facts::new(
            &known.hubs,
            individual.as_ref(),
            None,
            Fence::new(1),
            RecordQuota::NONE,
        )
        .with_symmetric_key_groups(&groups);
        let mut random = SeededRandom::new(1, "keyed");
        known.service.decide(&request, facts, NOW, &mut random)
    }

    /// Whether an enabled enrollment admits whoever made this token.
    fn admits(&self, token: &str) -> bool {
        let Some(signed) = Signed::read(token) else {
            return false;
        };
        if let Some(own) = self.individual {
            return own.open && signed.by(&keys(own.key));
        }
        let fits = |of: &&Enrolled| spellings().iter().any(|id| signed.by(&derived(of.key, id)));
        let fitting: Vec<&Enrolled> = self.groups.iter().filter(fits).collect();
        !fitting.is_empty() && fitting.iter().all(|of| of.open)
    }

    /// Whether whoever made this token has one of the keys.
    fn knows(&self, token: &str) -> bool {
        let lower = token.to_ascii_lowercase();
        // Whatever was changed of a token that one of the keys made, the signature is still in it.
        let mut keys = self.individual.iter().chain(&self.groups).map(|of| of.key);
        keys.any(|key| {
            let mut signatures = known_signatures(key).into_iter();
            signatures.any(|signature| lower.contains(&signature))
        })
    }
}

/// The signatures of all tokens that [`text`] makes with that key, in small letters.
fn known_signatures(key: u8) -> Vec<String> {
    let mut found = Vec::new();
    for form in 0..FORMS {
        for age in 0..AGES {
            let made = made(key, form, age);
            let signature = made
                .split("&sig=")
                .nth(1)
                .and_then(|rest| rest.split('&').next());
            found.extend(signature.map(str::to_ascii_lowercase));
        }
    }
    found
}

/// The ways in which a token is made of a key, and when it expires.
const FORMS: u8 = 8;
const AGES: u8 = 3;

/// A token: one that somebody made, and what was changed of it; or any text.
fn text(bytes: &mut Bytes<'_>) -> String {
    let kind = bytes.u8();
    if kind & 0x80 != 0 {
        return String::from_utf8_lossy(bytes.chunk()).into_owned();
    }
    let mut text = made(kind % 5, bytes.u8() % FORMS, bytes.u8() % AGES).into_bytes();
    for _ in 0..bytes.u8() % 4 {
        let at = usize::from(bytes.u16()) % text.len();
        let with = bytes.u8();
        if let Some(byte) = text.get_mut(at) {
            *byte = with;
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// By key 4, which nobody is enrolled with, or by one of the others.
fn made(key: u8, form: u8, age: u8) -> String {
    let known = factory();
    let both = keys(key);
    let own = match form & 1 {
        0 => both.primary(),
        _ => both.secondary(),
    };
    let key = match form >> 1 {
        0 => own.clone(),
        1 => own.derive(&known.id),
        2 => SasKey::from_bytes(&mac(own.expose(), ID)).expect("32 bytes"),
        _ => SasKey::from_bytes(&mac(own.expose(), &ID.to_uppercase())).expect("32 bytes"),
    };
    let expires = NOW.saturating_add([60, -300, -301][usize::from(age) % 3]);
    let resource = Resource::registration(&known.scope, &known.id);
    key.sign(&resource, expires).to_string()
}

/// Goes on to the end; where the custom allocation is asked, any answer comes.
fn finish(decision: Decision, bytes: &mut Bytes<'_>) -> Response {
    let mut decision = decision;
    let mut put = None;
    loop {
        decision = match decision.step() {
            Step::Effect(effect, pending) => {
                match effect {
                    Effect::PutDevice { hub, .. } => put = Some(hub),
                    Effect::SaveRecord(save) => {
                        assert_eq!(put.as_ref(), Some(&save.record.assigned_hub))
                    }
                    Effect::Prepare(_) => {}
                    other => panic!("{other:?}"),
                }
                pending.done()
            }
            Step::Ask(asked) => {
                assert!(put.is_none(), "put before it was asked");
                let flags = bytes.u8();
                if flags & 1 == 1 {
                    let cause = provisor::Rejection::new(
                        Code::RegEffect,
                        provisor::Subject::field("webhook"),
                    );
                    asked.lost(cause)
                } else {
                    let mut answer = AllocationAnswer::to(&asked.question().id);
                    let mut part = || String::from_utf8_lossy(bytes.chunk()).into_owned();
                    if flags & 2 != 0 {
                        answer = answer.with_hub(part());
                    }
                    if flags & 4 != 0 {
                        answer = answer.with_initial_twin(part());
                    }
                    if flags & 8 != 0 {
                        answer = answer.with_payload(part());
                    }
                    asked.answer(&answer, NOW.saturating_add(i64::from(flags >> 4)))
                }
            }
            Step::Respond(response) => return response,
        };
    }
}

/// What a stranger is told where nothing is enrolled.
fn told(plan: &Plan, token: &str) -> provisor::Rejection {
    let nothing = Plan {
        individual: None,
        groups: Vec::new(),
        custom: plan.custom,
    };
    let response = nothing
        .decide(token, &[])
        .carry_out(|effect| Err(effect.unknown()));
    response.refused().expect("nobody is enrolled").public()
}

/// A token as it has to be, read in a way of our own.
struct Signed<'a> {
    message: String,
    signature: Vec<u8>,
    resource: String,
    expires: i64,
    key_name: &'a str,
}

impl<'a> Signed<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (scheme, fields) = text.split_once(' ')?;
        let mut values: [Option<&str>; 4] = [None; 4];
        for field in fields.split('&') {
            let (name, value) = field.split_once('=')?;
            let names = ["sr", "sig", "se", "skn"];
            let at = names
                .iter()
                .position(|known| known.eq_ignore_ascii_case(name))?;
            values[at] = Some(value);
        }
        let [resource, signature, expires, key_name] = values;
        let (resource, expires) = (resource?, expires?);
        let digits = unescape(signature?)?;
        let signed = Self {
            message: format!("{resource}\n{expires}"),
            signature: base64(&digits)?,
            resource: String::from_utf8(unescape(resource)?).ok()?,
            expires: expires.parse().ok()?,
            key_name: key_name.unwrap_or_default(),
        };
        let wanted = format!("{SCOPE}/registrations/{ID}");
        let right = scheme.eq_ignore_ascii_case("SharedAccessSignature")
            && signed.resource.eq_ignore_ascii_case(&wanted)
            && signed.expires + 300 >= NOW.seconds()
            && ["", "registration"]
                .contains(&&*String::from_utf8(unescape(signed.key_name)?).ok()?);
        right.then_some(signed)
    }

    fn by(&self, keys: &SymmetricKeys) -> bool {
        [keys.primary(), keys.secondary()]
            .into_iter()
            .any(|key| mac(key.expose(), &self.message).as_slice() == self.signature)
    }
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            let digits = str::from_utf8(&digits).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            out.push(byte);
        }
    }
    Some(out)
}

/// 32 bytes: 43 characters and one of padding.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let body = text.strip_suffix(b"=")?;
    let (mut held, mut bits, mut out) = (0_u32, 0, Vec::new());
    for byte in body {
        held = held << 6 | u32::from(value(*byte)?);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    (out.len() == 32).then_some(out)
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
    ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn spellings() -> [String; 2] {
    [ID.to_owned(), ID.to_lowercase()]
}

fn derived(key: u8, id: &str) -> SymmetricKeys {
    let both = keys(key);
    let [primary, secondary] = [both.primary(), both.secondary()]
        .map(|key| SasKey::from_bytes(&mac(key.expose(), id)).expect("32 bytes"));
    SymmetricKeys::new(primary, secondary)
}

fn keys(key: u8) -> SymmetricKeys {
    let [primary, secondary] =
        [0x10 + key, 0x90 + key].map(|byte| SasKey::from_bytes(&[byte; 64]).expect("64 bytes"));
    SymmetricKeys::new(primary, secondary)
}

fn generation(number: u8) -> Generation {
    Generation::parse(&format!("{number:032x}")).expect("32 digits")
}

/// What never changes.
struct Factory {
    scope: IdScope,
    id: RegistrationId,
    hubs: LinkedHubs,
    service: Service,
}

fn factory() -> &'static Factory {
    static FACTORY: OnceLock<Factory> = OnceLock::new();
    FACTORY.get_or_init(|| {
        let scope = IdScope::parse(SCOPE).expect("legal");
        let hubs = HUBS.map(|name| (HubName::parse(name).expect("legal"), Weight::ONE));
        Factory {
            id: RegistrationId::try_from(ID).expect("legal"),
            hubs: LinkedHubs::new(&scope, hubs).expect("distinct"),
            service: Service::new(scope.clone()),
            scope,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The properties above would hold of an engine that refuses everybody.
    #[test]
    fn the_seeds_reach_what_they_are_named_for() {
        for (seed, expected) in [
            ("individual", Outcome::Assigned),
            ("group", Outcome::Assigned),
            ("custom", Outcome::Assigned),
            ("custom-elsewhere", Outcome::Refused),
            ("custom-late", Outcome::Failed),
            ("disabled", Outcome::Refused),
            ("stranger", Outcome::Refused),
            ("text", Outcome::Refused),
        ] {
            let path = format!("{}/seeds/symmetric_keys/{seed}", env!("CARGO_MANIFEST_DIR"));
            let data = std::fs::read(path).expect("a committed seed");
            assert_eq!(run(&data), expected, "{seed}");
        }
    }
}
