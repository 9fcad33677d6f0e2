//! Certificate policies: required, mapped, inhibited.

use provisor_testkit::asn1;
use provisor_testkit::pki::{CertificateBuilder, Extension};
use provisor_x509::{Code, Oid, PolicyInputs, Rejection};

use crate::world::{Chain, World};

const GOLD: &str = "1.3.6.1.4.1.99999.7.1";
const SILVER: &str = "1.3.6.1.4.1.99999.7.2";
const ANY: &str = "2.5.29.32.0";

fn policies(stated: &[&str]) -> Extension {
    let list: Vec<u8> = stated
        .iter()
        .flat_map(|oid| asn1::sequence(&[&asn1::oid(oid)]))
        .collect();
    Extension::new("2.5.29.32", true, asn1::tlv(asn1::SEQUENCE, &list))
}

fn mapping(issuer: &str, subject: &str) -> Extension {
    let pair = asn1::sequence(&[&asn1::oid(issuer), &asn1::oid(subject)]);
    Extension::new("2.5.29.33", true, asn1::sequence(&[&pair]))
}

/// requireExplicitPolicy after that many certificates.
fn explicit(skip: u8) -> Extension {
    Extension::new(
        "2.5.29.36",
        true,
        asn1::sequence(&[&asn1::tlv(0x80, &[skip])]),
    )
}

fn inhibit_any(skip: u8) -> Extension {
    Extension::new("2.5.29.54", true, asn1::unsigned(&[skip]))
}

fn chain(ca: &[Extension], leaf: &[Extension]) -> Chain {
    let add = |extensions: &[Extension]| {
        let extensions = extensions.to_vec();
        move |builder: CertificateBuilder| {
            extensions
                .into_iter()
                .fold(builder, CertificateBuilder::extension)
        }
    };
    World::new().with_ca_and_leaf(add(ca), add(leaf))
}

fn judge(chain: &Chain, inputs: PolicyInputs<'_>) -> Result<(), Rejection> {
    chain.with(|verifier, leaf| {
        let verifier = verifier.policies(inputs);
        assert_eq!(
            verifier.explain(leaf, chain.now).rejection(),
            verifier.verify(leaf, chain.now).as_ref().err()
        );
        verifier.verify(leaf, chain.now).map(|_| ())
    })?
}

#[test]
fn policies_decide_nothing_unless_one_is_required() {
    chain(&[policies(&[GOLD])], &[policies(&[SILVER])]).accepted();
    chain(&[policies(&[GOLD]), explicit(0)], &[policies(&[GOLD])]).accepted();
    chain(&[policies(&[GOLD]), explicit(0)], &[policies(&[SILVER])])
        .refused(Code::X509PolicyMissing);
    chain(&[policies(&[GOLD]), explicit(0)], &[]).refused(Code::X509PolicyMissing);
    // The leaf is the first certificate after the CA: it may still do without.
    chain(&[policies(&[GOLD]), explicit(2)], &[]).accepted();
    // Written into the leaf itself it counts at once (section 6.1.5 (b)).
    chain(&[], &[policies(&[GOLD]), explicit(0)]).refused(Code::X509PolicyMissing);
}

#[test]
fn the_caller_requires_and_accepts() {
    let gold = [Oid::parse(GOLD).unwrap()];
    let silver = [Oid::parse(SILVER).unwrap()];
    let required = PolicyInputs::new().require_explicit();
    let both = chain(&[policies(&[GOLD])], &[policies(&[GOLD, SILVER])]);
    assert!(judge(&both, required).is_ok());
    assert!(judge(&both, required.accepting(&gold)).is_ok());
    let refused = judge(&both, required.accepting(&silver)).unwrap_err();
    assert_eq!(refused.code(), Code::X509PolicyMissing);
    assert!(judge(&both, PolicyInputs::new().accepting(&silver)).is_ok());
    let any = chain(&[policies(&[ANY])], &[policies(&[SILVER])]);
    assert!(judge(&any, required.accepting(&silver)).is_ok());
    assert!(judge(&any, required.accepting(&gold)).is_err());
    assert!(judge(&any, required.accepting(&silver).inhibit_any()).is_err());
}

#[test]
fn mappings_are_followed_unless_inhibited() {
    let gold = [Oid::parse(GOLD).unwrap()];
    let silver = [Oid::parse(SILVER).unwrap()];
    let mapped = chain(
        &[policies(&[GOLD]), mapping(GOLD, SILVER)],
        &[policies(&[SILVER])],
    );
    let required = PolicyInputs::new().require_explicit();
    assert!(judge(&mapped, required.accepting(&gold)).is_ok());
    // The caller's list is in the anchor's domain.
    assert!(judge(&mapped, required.accepting(&silver)).is_err());
    assert!(judge(&mapped, required.inhibit_mapping()).is_err());
    for wrong in [mapping(ANY, GOLD), mapping(GOLD, ANY)] {
        chain(&[policies(&[GOLD]), wrong], &[policies(&[GOLD])]).refused(Code::X509PolicyMapping);
    }
}

#[test]
fn any_policy_can_be_inhibited_from_above() {
    let leaf = [policies(&[ANY])];
    chain(&[policies(&[GOLD]), explicit(0)], &leaf).accepted();
    chain(&[policies(&[GOLD]), explicit(0), inhibit_any(0)], &leaf)
        .refused(Code::X509PolicyMissing);
}

/// RFC 5280 section 4.2.1.4: critical policies have to be understood with their qualifiers.
#[test]
fn unknown_qualifiers_of_critical_policies() {
    let stated = |critical: bool, qualifier: &str| {
        let value = asn1::sequence(&[&asn1::sequence(&[
            &asn1::oid("1.3.6.1.4.1.99999.7.1"),
            &asn1::sequence(&[&asn1::sequence(&[
                &asn1::oid(qualifier),
                &asn1::tlv(0x16, b"https://cps.example/"),
            ])]),
        ])]);
        let extension = Extension::new("2.5.29.32", critical, value);
        World::new().with_leaf(|leaf| leaf.extension(extension))
    };
    for qualifier in ["1.3.6.1.5.5.7.2.1", "1.3.6.1.5.5.7.2.2"] {
        stated(true, qualifier).accepted();
        stated(false, qualifier).accepted();
    }
    stated(false, "1.3.6.1.5.5.7.2.9").accepted();
    stated(true, "1.3.6.1.5.5.7.2.9").refused(Code::X509UnknownCritical);
}
