//! A service through its days: what is linked and enrolled, what devices send, and what comes of it.

// What tests run is what answers the challenges here.
#[path = "../../../../provisor-contract/tests/scenario/runner.rs"]
mod runner;

use provisor::allocation::AllocationPolicy;
use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, Generation, GroupAttestation,
    IndividualAttestation, IndividualEnrollment, InitialTwin, Leaves, ProvisioningStatus,
    ReprovisionPolicy, Settings, SigningCertificates, SymmetricKeys, Thumbprint,
    TrustedCertificate,
};
use provisor::sas::{Resource, SasKey, UnsignedToken};
use provisor::tpm::EkPublic;
use provisor::{CaName, GroupId, IdScope, RegistrationId, UnixTime};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair, ToyPki,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use serde::Serialize;
use serde_json::{Value, json};

use super::form::{hex, unexpected};
use runner::Scene;

pub(super) const ABOUT: &str = "One service through its days. A case begins with `scope` and `hubs`; each of its `steps` happens \
at a time, `at` in seconds since 1970, and does one thing. Edits: `hubs` replaces what is linked, `individual`, `group` and `ca` put \
a stored enrollment or CA (their stored form) in place of the one of their name, `removeIndividual`, `removeGroup` and `deleteRecord` take out what they \
name. `register` is a request of the device `id`, with `evidence`: `x509` (`leaf`, `sent`: DER), `sas` (`token`), `tpmKeys` or `tpmAnswer` (`token`, \
and the keys if they are sent again); `payload` is what the device says, `answer` what a custom allocation says when it is asked. All that is drawn \
at random in a step comes, in order, from the blocks SHA-256(`random` in ASCII || counter of 8 bytes, most significant first, from 0). The lease of a request is one more than \
the last of its ID, from 1. `expect` is the outcome with all effects, carried out in that order; of a refusal `code` is for the log and `told` for the device. Bytes are hexadecimal.";

const SCOPE: &str = "0ne0A1B2C3D";
const DAY: i64 = 86_400;

#[derive(Serialize)]
pub(super) struct Case {
    note: &'static str,
    scope: &'static str,
    hubs: Value,
    steps: Vec<Value>,
}

/// The file as it is written.
struct Story {
    scene: Scene,
    now: i64,
    making: u8,
    steps: Vec<Value>,
}

pub(super) fn cases() -> Result<Vec<Case>, String> {
    let hubs = linked(&[("hub-a", 3), ("hub-b", 1)]);
    let begin = json!({"scope": SCOPE, "hubs": hubs});
    let mut story = Story {
        scene: Scene::new(&begin)?,
        now: ToyPki::NOW.seconds(),
        making: 0,
        steps: Vec::new(),
    };
    certificates(&mut story)?;
    keys(&mut story)?;
    tpms(&mut story)?;
    custom(&mut story)?;
    moves(&mut story)?;
    ends(&mut story)?;
    Ok(vec![Case {
        note: "every mechanism, and what operators change",
        scope: SCOPE,
        hubs,
        steps: story.steps,
    }])
}

fn linked(hubs: &[(&str, u16)]) -> Value {
    hubs.iter()
        .map(|(name, weight)| json!({"name": format!("{name}.example.net"), "weight": weight}))
        .collect()
}

fn id(text: &str) -> Result<RegistrationId, String> {
    RegistrationId::try_from(text).map_err(|e| unexpected(&e))
}

fn x509(leaf: &IssuedCertificate, sent: &[&IssuedCertificate]) -> Value {
    let sent: Vec<_> = sent.iter().map(|sent| hex(sent.der())).collect();
    json!({"x509": {"leaf": hex(leaf.der()), "sent": sent}})
}

fn trusted(certificate: &IssuedCertificate) -> Result<TrustedCertificate, String> {
    TrustedCertificate::from_der(certificate.der()).map_err(|e| unexpected(&e))
}

fn resource<T>(name: &str, with: impl FnOnce(&Resource<'_>) -> T) -> Result<T, String> {
    let (scope, id) = (
        IdScope::parse(SCOPE).map_err(|e| unexpected(&e))?,
        id(name)?,
    );
    Ok(with(&Resource::registration(&scope, &id)))
}

fn key(byte: u8) -> Result<SasKey, String> {
    SasKey::from_bytes(&[byte; 32]).map_err(|e| unexpected(&e))
}

fn key_pair(byte: u8) -> Result<SymmetricKeys, String> {
    Ok(SymmetricKeys::new(key(byte)?, key(byte + 1)?))
}

impl Story {
    fn edit(&mut self, note: &str, what: &str, value: impl Serialize) -> Result<(), String> {
        self.now += 60;
        let value = serde_json::to_value(value).map_err(|e| e.to_string())?;
        let step = json!({"note": note, "at": self.now, what: value});
        if !self.scene.step(&step)?.is_null() {
            return Err(format!("no edit: {step}"));
        }
        self.steps.push(step);
        Ok(())
    }

    fn hubs(&mut self, note: &str, hubs: &[(&str, u16)]) -> Result<(), String> {
        self.edit(note, "hubs", linked(hubs))
    }

    /// A request, and what came of it, which ends as `outcome` says, or with that code.
    fn request(&mut self, note: &str, about: Value, outcome: &str) -> Result<Value, String> {
        self.now += 60;
        let random = format!("step {}", self.steps.len());
        let mut step = json!({"note": note, "at": self.now, "random": random, "register": about});
        let came = self.scene.step(&step)?;
        let is = |member| came.get(member).and_then(Value::as_str) == Some(outcome);
        if !is("outcome") && !is("code") {
            return Err(format!(
                "{note}: {outcome} was meant, and it came to {came}"
            ));
        }
        if let Some(members) = step.as_object_mut() {
            members.insert("expect".into(), came.clone());
        }
        self.steps.push(step);
        Ok(came)
    }

    fn register(
        &mut self,
        note: &str,
        id: &str,
        by: Value,
        outcome: &str,
    ) -> Result<Value, String> {
        self.request(note, json!({"id": id, "evidence": by}), outcome)
    }

    fn generation(&mut self) -> Result<Generation, String> {
        self.making += 1;
        Generation::parse(&hex(&[self.making; 16])).map_err(|e| unexpected(&e))
    }

    fn individual(
        &mut self,
        name: &str,
        by: IndividualAttestation,
    ) -> Result<IndividualEnrollment, String> {
        let generation = self.generation()?;
        Ok(IndividualEnrollment::new(id(name)?, by, generation))
    }

    fn group(&mut self, name: &str, by: GroupAttestation) -> Result<EnrollmentGroup, String> {
        let name = GroupId::parse(name).map_err(|e| unexpected(&e))?;
        let generation = self.generation()?;
        Ok(EnrollmentGroup::new(name, by, generation))
    }

    fn token(&self, id: &str, key: &SasKey) -> Result<Value, String> {
        let until = UnixTime::new(self.now + 3600);
        let token = resource(id, |resource| key.sign(resource, until).to_string())?;
        Ok(json!({"sas": {"token": token}}))
    }

    fn with_key(
        &mut self,
        note: &str,
        id: &str,
        key: &SasKey,
        outcome: &str,
    ) -> Result<(), String> {
        let token = self.token(id, key)?;
        self.register(note, id, token, outcome).map(drop)
    }
}

fn disabled() -> Settings {
    Settings::new().with_provisioning_status(ProvisioningStatus::Disabled)
}

fn signing(by: &IssuedCertificate) -> Result<GroupAttestation, String> {
    let signing = SigningCertificates::new(trusted(by)?, None);
    Ok(GroupAttestation::Signing(
        signing.map_err(|e| unexpected(&e))?,
    ))
}

fn certificates(story: &mut Story) -> Result<(), String> {
    let pki = ToyPki::new(7);
    let leaf = |name: &str| pki.device(name, KeyKind::P256).certificate;
    let first = leaf("line-7-0001");
    let by = || x509(&first, &[]);
    story.register("nobody is enrolled", "line-7-0001", by(), "ATTEST_NO_GROUP")?;
    let line = story.group("line-7", signing(&pki.intermediate.certificate)?)?;
    story.edit("a group by its issuing CA", "group", &line)?;
    story.register("a device of the group", "Line-7-0001", by(), "assigned")?;
    story.register("again: nothing moves", "line-7-0001", by(), "assigned")?;
    let other = "the certificate of another device";
    story.register(other, "line-7-0002", by(), "ATTEST_ID_MISMATCH")?;
    let barred = line.clone().with_settings(disabled());
    story.edit("the group is disabled", "group", barred)?;
    story.register(
        "and bars its device",
        "line-7-0001",
        by(),
        "ATTEST_GROUP_DISABLED",
    )?;
    story.edit("and enabled", "group", &line)?;
    let second = leaf("line-7-0002");
    let print = |leaf: &IssuedCertificate| Thumbprint::of_der(leaf.der());
    let leaves = Leaves::new(print(&second), None).map_err(|e| unexpected(&e))?;
    let alone = story.individual("line-7-0002", IndividualAttestation::X509Leaf(leaves))?;
    let twin = InitialTwin::parse(r#"{"tags":{"line":7}}"#).map_err(|e| unexpected(&e))?;
    let alone = alone.with_settings(Settings::new().with_initial_twin(twin));
    story.edit("one device of it by its leaf", "individual", &alone)?;
    let by = x509(&second, &[]);
    story.register("goes by its own enrollment", "line-7-0002", by, "assigned")?;

    // A group by a CA: possession is proved on the way.
    let root = Authority::root("Factory 8 Root CA", KeyKind::P256, 8);
    let issuing = root.issuing_ca("Factory 8 Issuing CA", KeyKind::P256, 8, None);
    let name = CaName::parse("factory-8").map_err(|e| unexpected(&e))?;
    let references = CaReferences::new(name.clone(), None).map_err(|e| unexpected(&e))?;
    let group = story.group("factory-8", GroupAttestation::Ca(references))?;
    story.edit("a group by a registered CA", "group", group)?;
    let ca = |status| -> Result<CaCertificate, String> {
        let root = trusted(&root.certificate)?;
        Ok(CaCertificate::from_store(name.clone(), root, status))
    };
    story.edit("the CA, not proved yet", "ca", ca(CaStatus::Unverified)?)?;
    let id = "line-8-0001";
    let key = KeyPair::new(KeyKind::P256, 8, id);
    let leaf = CertificateBuilder::device(DistinguishedName::cn(id), &key).issued_by(&issuing);
    let by = || x509(&leaf, &[&issuing.certificate]);
    story.register("is no reason to admit", id, by(), "ATTEST_CA_UNVERIFIED")?;
    story.edit("the CA, proved", "ca", ca(CaStatus::Verified)?)?;
    story.register("admits", id, by(), "assigned").map(drop)
}

fn keys(story: &mut Story) -> Result<(), String> {
    let own = IndividualAttestation::SymmetricKey(key_pair(0x11)?);
    let own = story.individual("press-1", own)?;
    story.edit("a device with keys", "individual", own)?;
    story.with_key("by another key", "press-1", &key(0x55)?, "SAS_SIGNATURE")?;
    story.with_key("by the primary", "press-1", &key(0x11)?, "assigned")?;
    story.with_key("by the secondary", "PRESS-1", &key(0x12)?, "assigned")?;
    let old = story.token("press-1", &key(0x11)?)?;
    story.now += DAY;
    story.register("a token of yesterday", "press-1", old, "SAS_EXPIRED")?;
    let group = GroupAttestation::SymmetricKey(key_pair(0x21)?);
    let group = story.group("presses", group)?;
    story.edit("a group with keys", "group", group)?;
    let derived = key(0x21)?.derive(&id("press-2")?);
    story.with_key(
        "by the group's own key",
        "press-2",
        &key(0x21)?,
        "SAS_GROUP_KEY",
    )?;
    story.with_key("by the derived key", "press-2", &derived, "assigned")?;
    let other = "by the key of another device";
    story.with_key(other, "press-3", &derived, "ATTEST_NO_KEY_GROUP")
}

fn tpms(story: &mut Story) -> Result<(), String> {
    let mut device = SoftTpm::new(TpmKind::P256, 7, 1);
    let foreign = SoftTpm::new(TpmKind::P256, 7, 2);
    let ek = EkPublic::from_tpm2b(device.ek_public()).map_err(|e| unexpected(&e))?;
    let own = story.individual("pump-1", IndividualAttestation::Tpm(Box::new(ek)))?;
    story.edit("a device with a TPM", "individual", own)?;
    let keys = |tpm: &SoftTpm| {
        let (ek, srk) = (hex(tpm.ek_public()), hex(tpm.srk_public()));
        json!({"endorsementKey": ek, "storageRootKey": srk})
    };
    let by = |tpm: &SoftTpm| json!({"tpmKeys": keys(tpm)});
    let other = "the TPM of another device";
    story.register(other, "pump-1", by(&foreign), "ATTEST_EK_MISMATCH")?;
    for (note, wait, sent_again, outcome, again) in [
        (
            "answered in time",
            0,
            true,
            "assigned",
            "ATTEST_CHALLENGE_USED",
        ),
        (
            "without its keys",
            0,
            false,
            "assigned",
            "ATTEST_CHALLENGE_USED",
        ),
        (
            "answered too late",
            600,
            false,
            "TPM_CHALLENGE_EXPIRED",
            "ATTEST_NO_CHALLENGE",
        ),
    ] {
        let came = story.register("asks to be challenged", "pump-1", by(&device), "challenge")?;
        let blob = came.get("blob").and_then(Value::as_str).ok_or("no blob")?;
        let blob = data_encoding::HEXLOWER.decode(blob.as_bytes());
        let blob = blob.map_err(|e| e.to_string())?;
        let opened = device.import_activation_blob(&blob);
        opened.map_err(|e| format!("{e:?}"))?;
        let Value::Object(by_nobody) = story.token("pump-1", &key(0x77)?)? else {
            return Err("no token".into());
        };
        story.register(
            "a stranger answers, and spends nothing",
            "pump-1",
            json!({"tpmAnswer": by_nobody.get("sas")}),
            "TPM_CHALLENGE_ANSWER",
        )?;
        story.now += wait;
        let until = UnixTime::new(story.now + 3600);
        let unsigned = resource("pump-1", |resource| UnsignedToken::new(resource, until))?;
        let signature = device.sign_with_identity(unsigned.signed_text().as_bytes());
        let signature = signature.map_err(|e| format!("{e:?}"))?;
        let token = unsigned.with_signature(&signature).to_string();
        let mut answer = match sent_again {
            true => keys(&device),
            false => json!({}),
        };
        if let Some(members) = answer.as_object_mut() {
            members.insert("token".into(), token.into());
        }
        let answer = json!({"tpmAnswer": answer});
        story.register(note, "pump-1", answer.clone(), outcome)?;
        story.register("the same again", "pump-1", answer, again)?;
    }
    Ok(())
}

fn custom(story: &mut Story) -> Result<(), String> {
    let own = IndividualAttestation::SymmetricKey(key_pair(0x31)?);
    let settings = Settings::new().with_allocation_policy(AllocationPolicy::Custom);
    let own = story.individual("press-4", own)?.with_settings(settings);
    story.edit("a device that a function places", "individual", own)?;
    for (note, hub, outcome) in [
        (
            "to a hub that is not linked",
            "hub-z",
            "ALLOC_ANSWER_NOT_LINKED",
        ),
        ("to one that is", "hub-b", "assigned"),
    ] {
        let about = json!({
            "id": "press-4",
            "evidence": story.token("press-4", &key(0x31)?)?,
            "payload": {"site": "west"},
            "answer": {"hub": format!("{hub}.example.net"), "payload": {"welcome": true}},
        });
        story.request(note, about, outcome)?;
    }
    Ok(())
}

fn moves(story: &mut Story) -> Result<(), String> {
    let twin = || InitialTwin::parse(r#"{"tags":{"new":true}}"#);
    let policies = [
        ("press-5", ReprovisionPolicy::MigrateData),
        ("press-6", ReprovisionPolicy::ResetData),
        ("press-7", ReprovisionPolicy::Never),
    ];
    story.hubs("one hub takes new devices", &[("hub-a", 1), ("hub-b", 0)])?;
    for (name, policy) in policies {
        let own = IndividualAttestation::SymmetricKey(key_pair(0x41)?);
        let settings = Settings::new()
            .with_reprovision_policy(policy)
            .with_initial_twin(twin().map_err(|e| unexpected(&e))?);
        let own = story.individual(name, own)?.with_settings(settings);
        story.edit("a policy for moving", "individual", own)?;
        story.with_key("begins at hub-a", name, &key(0x41)?, "assigned")?;
    }
    for (note, hubs) in [
        ("the other takes them", &[("hub-a", 0), ("hub-b", 5)][..]),
        ("and back", &[("hub-a", 5), ("hub-b", 0)]),
        ("hub-a is unlinked", &[("hub-b", 5)]),
        ("three hubs", &[("hub-a", 1), ("hub-b", 1), ("hub-c", 998)]),
    ] {
        story.hubs(note, hubs)?;
        for (name, _) in policies {
            story.with_key("registers again", name, &key(0x41)?, "assigned")?;
        }
    }
    Ok(())
}

fn ends(story: &mut Story) -> Result<(), String> {
    story.edit("a record is deleted", "deleteRecord", "press-5")?;
    story.with_key("and its device new", "press-5", &key(0x41)?, "assigned")?;
    story.edit("an enrollment is deleted", "removeIndividual", "press-6")?;
    story.with_key(
        "and admits nobody",
        "press-6",
        &key(0x41)?,
        "ATTEST_NO_KEY_GROUP",
    )?;
    let pki = ToyPki::new(9);
    story.edit("a group is deleted", "removeGroup", "line-7")?;
    let heir = story.group("line-7", signing(&pki.intermediate.certificate)?)?;
    story.edit("and made anew by another CA", "group", heir)?;
    let leaf = pki.device("line-7-0001", KeyKind::P256).certificate;
    let by = || x509(&leaf, &[]);
    let note = "which inherits nothing";
    story.register(note, "line-7-0001", by(), "REG_ENROLLMENT_REMADE")?;
    story.hubs("no hub is linked", &[])?;
    let new = pki.device("line-7-0009", KeyKind::P256).certificate;
    let by = x509(&new, &[]);
    story.register("no place for a new one", "line-7-0009", by, "ALLOC_NO_HUBS")?;
    Ok(())
}
