//! `provisor explain --service`: what a service would do with a device, and why.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use provisor::allocation::AllocationPolicy;
use provisor::attestation::EkPolicy;
use provisor::enrollment::{
    CustomAllocation, EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation,
    IndividualEnrollment, ProvisioningStatus, Settings, SigningCertificates, SymmetricKeys,
    TrustedCertificate,
};
use provisor::registration::Service;
use provisor::sas::{Resource, SasKey};
use provisor::tpm::EkPublic;
use provisor::{GroupId, IdScope, RegistrationId};
use provisor_testkit::pki::{KeyKind, ToyPki, TpmVendor};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use serde_json::{Value, json};

use super::{Run, folder, provisor_in, write};

const SCOPE: &str = "0ne0A1B2C3D";

struct World {
    folder: PathBuf,
    pki: ToyPki,
    file: Value,
    random: SeededRandom,
}

impl World {
    fn new(test: &str) -> Self {
        let world = Self {
            folder: folder(test),
            pki: ToyPki::new(1),
            file: json!({
                "scope": SCOPE,
                "hubs": [
                    { "name": "hub-a.example", "weight": 1 },
                    { "name": "hub-b.example", "weight": 3 },
                ],
                "enrollments": [],
                "groups": [],
                "records": [],
            }),
            random: SeededRandom::new(1, "service file"),
        };
        let leaf = world.pki.device("line-7", KeyKind::P256).certificate;
        write(&world.folder, "leaf.pem", leaf.pem());
        write(
            &world.folder,
            "ca.pem",
            world.pki.intermediate.certificate.pem(),
        );
        world
    }

    fn generation(&mut self) -> Generation {
        Generation::draw(&mut self.random).unwrap()
    }

    fn add(&mut self, list: &str, value: impl serde::Serialize) {
        let value = serde_json::to_value(value).unwrap();
        self.file[list].as_array_mut().unwrap().push(value);
    }

    fn group(&mut self, name: &str, ca: &[u8], settings: Settings) {
        let signing = SigningCertificates::new(TrustedCertificate::from_der(ca).unwrap(), None);
        let trust = GroupAttestation::Signing(signing.unwrap());
        let generation = self.generation();
        let group = EnrollmentGroup::new(GroupId::parse(name).unwrap(), trust, generation);
        self.add("groups", group.with_settings(settings));
    }

    fn line_7(&mut self, settings: Settings) {
        let ca = self.pki.intermediate.certificate.der().to_vec();
        self.group("line-7-group", &ca, settings);
    }

    fn explain(&self, more: &[&str]) -> Run {
        write(&self.folder, "service.json", self.file.to_string());
        let at = ToyPki::NOW.to_string();
        let usual = ["explain", "--service", "service.json", "--at", &at];
        provisor_in(&self.folder, [&usual[..], more].concat())
    }
}

fn disabled() -> Settings {
    let mut settings = Settings::default();
    settings.provisioning_status = ProvisioningStatus::Disabled;
    settings
}

const CHAIN: [&str; 4] = ["--leaf", "leaf.pem", "--chain", "ca.pem"];

#[track_caller]
fn says(run: &Run, status: i32, words: &[&str]) {
    assert_eq!(run.status, status, "{}{}", run.out, run.err);
    for word in words {
        assert!(run.out.contains(word), "{word}\n{}", run.out);
    }
}

#[test]
fn a_device_of_a_group_is_told_with_all_reasons() {
    let mut world = World::new("service-group");
    let other = ToyPki::new(2).intermediate.certificate.der().to_vec();
    world.group("other", &other, Settings::default());
    world.line_7(Settings::default());
    let run = world.explain(&CHAIN);
    says(
        &run,
        0,
        &[
            "ACCEPTED  line-7: would be assigned to hub-",
            "(create)",
            "group other, enabled, by signing certificates",
            "would not\n      X509_",
            "group line-7-group, enabled",
            "would admit the device",
            "admitted by the group line-7-group",
            "allocation (hashed)",
            "hub-b.example",
            "no record -> create",
            "PutDevice: put line-7 into hub-",
            "SaveRecord: save the record, revision 1",
            "counted as a registration",
            "the certificates, for the group line-7-group:\nACCEPTED",
        ],
    );
    let object = world.explain(&[&CHAIN[..], &["--json"]].concat()).json();
    assert_eq!(object["verdict"], "accepted");
    assert_eq!(object["admittedBy"], "group line-7-group");
    assert_eq!(object["course"]["kind"], "assigned");
    assert_eq!(
        object["candidates"][0]["rejection"]["code"]
            .as_str()
            .unwrap()
            .split('_')
            .next(),
        Some("X509")
    );
    assert!(object["candidates"][1]["rejection"].is_null());
    assert_eq!(object["placement"]["hubs"].as_array().unwrap().len(), 2);
    // With the record that would be saved, it registers again and stays.
    let record = object["course"]["record"].clone();
    world.add("records", record);
    says(
        &world.explain(&CHAIN),
        0,
        &[
            "(keep)",
            "same hub -> keep",
            "revision 2",
            "counted as a registration anew",
        ],
    );
    // Its hub is not linked any more.
    let hub = object["course"]["hub"].as_str().unwrap().to_owned();
    let hubs = world.file["hubs"].as_array_mut().unwrap();
    hubs.retain(|linked| linked["name"] != hub.as_str());
    says(
        &world.explain(&CHAIN),
        0,
        &["hub no longer linked -> create"],
    );
}

#[test]
fn a_refusal_names_each_candidate() {
    let mut world = World::new("service-refused");
    says(&world.explain(&CHAIN), 1, &["REJECTED  ", "none\n"]);
    world.line_7(disabled());
    says(
        &world.explain(&CHAIN),
        1,
        &[
            "REJECTED  ATTEST_GROUP_DISABLED",
            "group line-7-group, disabled",
            "would not\n      ATTEST_GROUP_DISABLED",
        ],
    );
    let other = world.explain(&[&CHAIN[..], &["--id", "line-8"]].concat());
    assert_eq!(other.status, 1);
    let object = world.explain(&[&CHAIN[..], &["--json"]].concat()).json();
    assert_eq!(object["course"]["kind"], "refused");
    assert!(object["admittedBy"].is_null() && object["placement"].is_null());
}

#[test]
fn an_individual_enrollment_goes_before_the_group() {
    let mut world = World::new("service-individual");
    world.line_7(Settings::default());
    let generation = world.generation();
    let id = RegistrationId::try_from("line-7").unwrap();
    let key = || SasKey::from_bytes(&[7; 32]).unwrap();
    let keys = IndividualAttestation::SymmetricKey(SymmetricKeys::new(key(), key()));
    world.add(
        "enrollments",
        IndividualEnrollment::new(id.clone(), keys, generation),
    );
    says(
        &world.explain(&CHAIN),
        1,
        &[
            "individual enrollment, enabled, by symmetric keys",
            "group line-7-group, enabled",
            "would admit the device",
        ],
    );
    // The same enrollment, by its token.
    let scope = IdScope::parse(SCOPE).unwrap();
    let resource = Resource::registration(&scope, &id);
    let token = key()
        .sign(&resource, ToyPki::NOW.saturating_add(60))
        .to_string();
    write(&world.folder, "token", format!("{token}\n"));
    let run = world.explain(&["--token-file", "token"]);
    says(
        &run,
        0,
        &[
            "ACCEPTED  line-7: would be assigned",
            "known by its symmetric keys",
        ],
    );
    let secret = BASE64.encode(&[7; 32]);
    assert!(
        !run.out.contains(&secret) && !run.out.contains(&token),
        "{}",
        run.out
    );
    let wrong = SasKey::from_bytes(&[8; 32]).unwrap();
    let wrong = wrong
        .sign(&resource, ToyPki::NOW.saturating_add(60))
        .to_string();
    says(
        &world.explain(&["--token", &wrong]),
        1,
        &["REJECTED  SAS_SIGNATURE"],
    );
}

#[test]
fn a_tpm_would_be_challenged() {
    let mut world = World::new("service-tpm");
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    write(&world.folder, "ek.pub", tpm.ek_public());
    write(&world.folder, "srk.pub", tpm.srk_public());
    let keys = ["--ek", "ek.pub", "--srk", "srk.pub"];
    assert_eq!(world.explain(&keys).status, 1);
    let generation = world.generation();
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    world.add("enrollments", IndividualEnrollment::for_tpm(ek, generation));
    says(
        &world.explain(&keys),
        0,
        &[
            "the TPM would be challenged; if it answers rightly: would be assigned to hub-",
            "individual enrollment, enabled, by a TPM",
            "would challenge the TPM",
            "would be challenged for the individual enrollment",
            "1. StoreChallenge",
            "IF THE TPM ANSWERS THE CHALLENGE RIGHTLY:\n  would be assigned to hub-",
            "admitted by the individual enrollment",
            "allocation (hashed)",
            "no record -> create",
            "1. RetireChallenge",
            "known by a symmetric key made for it",
            "counted as a registration",
        ],
    );
    assert_eq!(world.explain(&["--ek", "ek.pub"]).status, 2);
    assert_eq!(world.explain(&["--srk", "srk.pub"]).status, 2);
    let object = world.explain(&[&keys[..], &["--json"]].concat()).json();
    assert_eq!(object["verdict"], "accepted");
    assert_eq!(object["course"]["kind"], "challenged");
    assert!(object["placement"].is_null() && object["lineage"].is_null());
    let answered = &object["ifAnswered"];
    assert_eq!(answered["course"]["kind"], "assigned");
    assert!(answered["rejection"].is_null());
    assert_eq!(answered["placement"]["hubs"].as_array().unwrap().len(), 2);
    assert_eq!(answered["counted"], "registration");
    // With the record that it would have, it registers again, and goes on with it.
    world.add("records", answered["course"]["record"].clone());
    says(
        &world.explain(&keys),
        0,
        &[
            "IF THE TPM ANSWERS",
            "the record (who goes on with it):\n    of the individual enrollment",
            "its own -> go on",
            "same hub -> keep",
            "revision 2",
        ],
    );
    let object = world.explain(&[&keys[..], &["--json"]].concat()).json();
    let lineage = &object["ifAnswered"]["lineage"];
    assert_eq!(lineage["lineage"], "its own");
    assert_eq!(lineage["known"], "record");
    assert!(object["lineage"].is_null());
    // No room for it, or no hub: the end is what counts.
    world.file["records"] = json!([]);
    world.file["registrationQuota"] = json!(0);
    says(
        &world.explain(&keys),
        1,
        &[
            "REJECTED  SERVICE_QUOTA",
            "the TPM would be challenged, and this is what its right answer comes to",
        ],
    );
    world.file["hubs"] = json!([{ "name": "hub-a.example", "weight": 0 }]);
    let object = world.explain(&[&keys[..], &["--json"]].concat()).json();
    assert_eq!(object["verdict"], "rejected");
    assert_eq!(object["rejection"], object["ifAnswered"]["rejection"]);
    assert!(!object["rejection"].is_null());
}

#[test]
fn whoever_goes_on_with_a_record_is_told_by_which_row() {
    let mut world = World::new("service-lineage");
    world.line_7(Settings::default());
    let first = world.explain(&[&CHAIN[..], &["--json"]].concat()).json();
    assert!(first["lineage"].is_null() && first["ifAnswered"].is_null());
    world.add("records", first["course"]["record"].clone());
    says(
        &world.explain(&CHAIN),
        0,
        &[
            "the record (who goes on with it):\n    of the group line-7-group, generation ",
            "its own -> go on",
        ],
    );
    // The group is gone, and another one admits the device.
    world.file["groups"] = json!([]);
    let ca = world.pki.intermediate.certificate.der().to_vec();
    world.group("line-8-group", &ca, Settings::default());
    let run = world.explain(&CHAIN);
    says(
        &run,
        1,
        &[
            "REJECTED  REG_OTHER_ENROLLMENT",
            "another enrollment -> REG_OTHER_ENROLLMENT",
        ],
    );
    world.file["successions"] =
        json!([{ "from": { "group": "line-7-group" }, "to": { "group": "line-8-group" } }]);
    says(
        &world.explain(&CHAIN),
        0,
        &[
            "stated heir -> go on",
            "the devices of the group line-7-group may go on under the group line-8-group",
        ],
    );
    let object = world.explain(&[&CHAIN[..], &["--json"]].concat()).json();
    let lineage = &object["lineage"];
    assert_eq!(lineage["enrollment"], "group line-7-group");
    assert_eq!(lineage["inheritance"], "go on");
    assert_eq!(lineage["succession"]["to"]["group"], "line-8-group");
    assert_eq!(lineage["policy"], "migrateData");
}

#[test]
fn a_service_that_requires_certificates_of_tpms_is_asked_with_its_vendors() {
    let mut world = World::new("service-vendors");
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    let vendor = TpmVendor::new(1);
    write(&world.folder, "ek.pub", tpm.ek_public());
    write(&world.folder, "srk.pub", tpm.srk_public());
    write(&world.folder, "root.pem", vendor.root.certificate.pem());
    write(
        &world.folder,
        "issuer.pem",
        vendor.issuing.certificate.pem(),
    );
    for (name, of) in [
        ("ek.pem", &tpm),
        ("other.pem", &SoftTpm::new(TpmKind::P256, 8, 0)),
    ] {
        write(&world.folder, name, vendor.ek_certificate(of).pem());
    }
    let generation = world.generation();
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    world.add("enrollments", IndividualEnrollment::for_tpm(ek, generation));
    let service = Service::new(IdScope::parse(SCOPE).unwrap());
    let settings = service.with_ek_policy(EkPolicy::CertificateRequired);
    world.file["settings"] = serde_json::to_value(settings).unwrap();
    world.file.as_object_mut().unwrap().remove("scope");
    let keys = [
        "--ek",
        "ek.pub",
        "--srk",
        "srk.pub",
        "--anchors",
        "root.pem",
    ];
    says(&world.explain(&keys), 1, &["ATTEST_EK_CERTIFICATE_MISSING"]);
    let shown = |certificate| {
        world.explain(&[&keys[..], &["--leaf", certificate, "--chain", "issuer.pem"]].concat())
    };
    says(&shown("ek.pem"), 0, &["the TPM would be challenged"]);
    says(&shown("other.pem"), 1, &["endorsement key"]);
    // No vendor is no reason to wave a certificate through.
    let without = ["--leaf", "ek.pem", "--chain", "issuer.pem"];
    let run = world.explain(&[&keys[..4], &without].concat());
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
}

#[test]
fn settings_stand_alone_and_a_quota_is_told() {
    let mut world = World::new("service-settings");
    world.line_7(Settings::default());
    says(&world.explain(&CHAIN), 0, &["would be assigned"]);
    world.file["registrationQuota"] = json!(1);
    says(&world.explain(&CHAIN), 0, &["there is room for the record"]);
    world.file["registrationQuota"] = json!(0);
    says(
        &world.explain(&CHAIN),
        1,
        &["SERVICE_QUOTA", "hub-b.example"],
    );
    let json = world.explain(&[&CHAIN[..], &["--json"]].concat()).json();
    assert_eq!(json["roomForRecord"], false);
    assert_eq!(json["verdict"], "rejected");
    let service = Service::new(IdScope::parse(SCOPE).unwrap());
    world.file["settings"] = serde_json::to_value(service).unwrap();
    let both = world.explain(&CHAIN);
    assert_eq!(both.status, 2, "{}{}", both.out, both.err);
    assert!(
        both.err.contains("`settings` has the scope"),
        "{}",
        both.err
    );
    let members = world.file.as_object_mut().unwrap();
    members.remove("scope");
    says(&world.explain(&CHAIN), 1, &["SERVICE_QUOTA"]);
    let members = world.file.as_object_mut().unwrap();
    members.remove("settings");
    let neither = world.explain(&CHAIN);
    assert_eq!(neither.status, 2, "{}{}", neither.out, neither.err);
    assert!(neither.err.contains("neither `scope`"), "{}", neither.err);
}

#[test]
fn a_custom_allocation_would_be_asked_and_its_secret_is_not_shown() {
    let mut world = World::new("service-custom");
    let mut settings = Settings::default();
    settings.allocation_policy = Some(AllocationPolicy::Custom);
    let webhook = CustomAllocation::new("https://fn.example.net/hub?code=s3cret", "2021-10-01");
    settings.custom_allocation = Some(webhook.unwrap());
    world.line_7(settings);
    let run = world.explain(&CHAIN);
    says(
        &run,
        0,
        &[
            "custom allocation would be asked (https://fn.example.net/hub)",
            "hub-a.example, hub-b.example",
        ],
    );
    let json = world.explain(&[&CHAIN[..], &["--json"]].concat());
    assert_eq!(json.json()["course"]["kind"], "asked");
    assert!(
        !run.out.contains("s3cret") && !json.out.contains("s3cret"),
        "{}",
        json.out
    );
}

#[test]
fn a_service_in_toml_is_the_same_and_what_cannot_be_read_is_named() {
    let mut world = World::new("service-toml");
    world.line_7(Settings::default());
    let run = world.explain(&CHAIN);
    let group = &world.file["groups"][0];
    let text = format!(
        "scope = \"{SCOPE}\"\n\n[[hubs]]\nname = \"hub-a.example\"\nweight = 1\n\n[[hubs]]\nname = \"hub-b.example\"\nweight = 3\n\n\
         [[groups]]\nversion = 1\ngroupId = \"line-7-group\"\ngeneration = {}\nattestation = {{ signing = {{ primary = {} }} }}\nsettings = {{}}\n",
        group["generation"], group["attestation"]["signing"]["primary"]
    );
    write(&world.folder, "service.toml", text);
    let at = ToyPki::NOW.to_string();
    let toml = ["explain", "--service", "service.toml", "--at", &at];
    let same = provisor_in(&world.folder, [&toml[..], &CHAIN].concat());
    assert_eq!(same.out, run.out);
    for (name, content, named) in [
        ("no.json", "{\"scope\": \"0ne0A1B2C3D\"}", "hubs"),
        (
            "odd.json",
            "{\"scope\": \"0ne0A1B2C3D\", \"hubs\": [], \"grups\": []}",
            "grups",
        ),
        ("bad.toml", "scope = ", "bad.toml"),
    ] {
        write(&world.folder, name, content);
        let run = provisor_in(
            &world.folder,
            [&["explain", "--service", name][..], &CHAIN].concat(),
        );
        assert_eq!(run.status, 2, "{}{}", run.out, run.err);
        assert!(
            run.err.contains(name) && run.err.contains(named),
            "{}",
            run.err
        );
    }
    // A key on the line at fault is not shown.
    let secret = BASE64.encode(&[7; 32]);
    let line = format!("scope = \"{SCOPE}\"\nhubs = []\nkey = \"{secret}\"\n");
    write(&world.folder, "secret.toml", line);
    let run = provisor_in(
        &world.folder,
        [&["explain", "--service", "secret.toml"][..], &CHAIN].concat(),
    );
    assert!(
        run.err.contains("at line 3") && !run.err.contains(&secret),
        "{}",
        run.err
    );
    let nothing = provisor_in(
        Path::new(&world.folder),
        ["explain", "--service", "service.json"],
    );
    assert_eq!(nothing.status, 2);
    assert!(nothing.err.contains("--leaf"), "{}", nothing.err);
}
