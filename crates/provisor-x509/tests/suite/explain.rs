//! The frequent mistakes, each with the advice that helps.

use provisor_testkit::pki::{Authority, CertificateBuilder, KeyKind};
use provisor_x509::{Code, Rule, UnixTime, Verdict};

use crate::world::{Chain, NOW, World, device};

#[track_caller]
fn says(chain: &Chain, code: Code, parts: &[&str]) {
    let rejection = chain.rejection();
    assert_eq!(rejection.code(), code, "{rejection}");
    let text = rejection.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
    assert!(chain.report().to_string().starts_with("REJECTED"));
}

#[test]
fn the_intermediate_was_not_sent() {
    let mut chain = World::new().chain();
    chain.sent.clear();
    says(
        &chain,
        Code::X509IssuerNotFound,
        &[
            "certificate 0 (CN=device-7)",
            "named CN=Issuing CA",
            "trusted here: CN=Root",
            "send the CA certificate",
        ],
    );
}

#[test]
fn the_root_that_was_sent_is_not_trusted() {
    let world = World::new();
    let other = Authority::root("Other Root", KeyKind::P256, 1);
    let mut chain = world.chain();
    chain.sent.push(world.root.certificate.der().to_vec());
    chain.anchors = vec![other.certificate.der().to_vec()];
    says(
        &chain,
        Code::X509RootNotTrusted,
        &[
            "certificate 2 (CN=Root)",
            "trusted here: CN=Other Root",
            "register CN=Root",
        ],
    );
}

#[test]
fn leaf_and_ca_are_swapped() {
    let mut chain = World::new().chain();
    core::mem::swap(&mut chain.leaf, &mut chain.sent[0]);
    says(
        &chain,
        Code::X509LeafIsCa,
        &["swapped", "present CN=device-7 as the leaf"],
    );
}

#[test]
fn the_clock_was_never_set() {
    says(
        &World::new().chain().at(UnixTime::new(0)),
        Code::X509NotYetValid,
        &["set the clock", "1970-01-01T00:00:00Z"],
    );
}

#[test]
fn another_ca_with_the_same_name_is_trusted() {
    let mut chain = World::new().chain();
    chain.anchors = vec![
        Authority::root("Root", KeyKind::P256, 99)
            .certificate
            .der()
            .to_vec(),
    ];
    says(
        &chain,
        Code::X509IssuerKeyDiffers,
        &[
            "certificate 1 (CN=Issuing CA)",
            "another CA has the same name",
            "trusted here: CN=Root (key ",
        ],
    );
}

#[test]
fn the_intermediate_has_expired() {
    let chain = World::new().with_ca(|b| b.valid(NOW.saturating_add(-9), NOW.saturating_add(-1)));
    says(
        &chain,
        Code::X509Expired,
        &[
            "certificate 1 (CN=Issuing CA)",
            "get the renewed certificate of CN=Issuing CA",
        ],
    );
}

#[test]
fn the_most_useful_of_several_failures_comes_first() {
    // An expired issuer with the right key, a look-alike, and a root that nobody asked for.
    let world = World::new();
    let mut chain = world.with_ca(|b| b.valid(NOW.saturating_add(-9), NOW.saturating_add(-1)));
    let lookalike = world.root.issuing_ca("Issuing CA", KeyKind::P256, 77, None);
    chain.sent.insert(0, lookalike.certificate.der().to_vec());
    let report = chain.report();
    assert_eq!(report.rejection().unwrap().code(), Code::X509Expired);
    assert_eq!(report.paths().len(), 2);
    let first = &report.paths()[0];
    assert!(
        first
            .steps()
            .iter()
            .any(|step| step.failed() == Some(Code::X509Expired))
    );
    // Thorough: the rules after the failed one were tried as well.
    assert!(
        first
            .steps()
            .iter()
            .any(|step| step.rule() == Rule::Signature && step.failed().is_none())
    );
}

#[test]
fn a_refused_leaf_still_gets_its_issuers_looked_at() {
    let chain = World::new().with_leaf(|b| b.valid(NOW.saturating_add(-9), NOW.saturating_add(-1)));
    let report = chain.report();
    assert_eq!(report.verdict(), Verdict::Rejected);
    assert_eq!(report.paths()[0].verdict(), Verdict::Accepted);
    assert!(
        report
            .leaf_steps()
            .iter()
            .any(|step| step.failed() == Some(Code::X509Expired))
    );
}

#[test]
fn an_accepted_chain_is_explained_too() {
    let report = World::new().chain().report();
    assert_eq!(report.verdict(), Verdict::Accepted);
    let text = report.to_string();
    for part in [
        "ACCEPTED  CN=device-7",
        "candidate path 1, complete",
        "name-constraints",
        "RFC 5280 section 6.1.3",
    ] {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
}

#[test]
fn hostile_names_cannot_forge_lines() {
    let world = World::new();
    let leaf = device("x\nACCEPTED  CN=x\u{1b}[2J").issued_by(&world.ca);
    let chain = Chain::new(&leaf, &[], &[&world.root.certificate]);
    let text = chain.report().to_string();
    assert!(
        !text.contains('\u{1b}') && !text.contains("\nACCEPTED"),
        "{text}"
    );
}

#[test]
fn a_tampered_leaf_is_told_from_a_missing_issuer() {
    let chain = World::new().with_leaf(CertificateBuilder::damaged_signature);
    says(
        &chain,
        Code::X509SignatureWrong,
        &["certificate 0 (CN=device-7)", "not changed on its way"],
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_report_is_json() {
    let mut chain = World::new().chain();
    chain.sent.clear();
    let json = serde_json::to_value(chain.report()).unwrap();
    assert_eq!(json["verdict"], "Rejected");
    assert_eq!(json["rejection"]["number"], 2101);
    assert_eq!(json["paths"][0]["rules"][0]["rule"], "issuer-search");
    assert_eq!(json["leaf_rules"][0]["failed"], serde_json::Value::Null);
}

#[cfg(feature = "describe")]
#[test]
fn a_certificate_is_described() {
    let chain = World::new().chain();
    let leaf = provisor_x509::Certificate::from_der(&chain.leaf).unwrap();
    let description = provisor_x509::describe::certificate(&leaf);
    assert_eq!(description.subject, "CN=device-7");
    assert_eq!(description.key, "EC 256 bits");
    assert!(
        description
            .extensions
            .iter()
            .any(|line| line == "basicConstraints (critical)" || line.contains("asic")),
        "{description:?}"
    );
}
