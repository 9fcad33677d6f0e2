//! AMQP: what stands in frames.

use proptest::prelude::*;
use provisor_wire::amqp::{
    Address, AmqpOperation, Condition, PropertyValue, RejectedOutcome, SaslPlain, SaslTpmBlob,
    SaslTpmInit, SaslTpmMessage, client, segments,
};
use provisor_wire::error::{Door, ErrorDetails, Refusal};
use provisor_wire::{Body as _, Code, OperationId, Rejection, SecretText, Subject, UnixTime};

fn text(text: &str) -> PropertyValue {
    PropertyValue::Text(text.into())
}

#[test]
fn addresses_that_are_none_are_refused() {
    let long = "a".repeat(3_000);
    for address in [
        "",
        "/",
        "s/registrations",
        "s/registrations/",
        "/registrations/d",
        "s/devices/d",
        "s/registrations/d/x",
        "amqps://s/registrations/d",
        &long,
    ] {
        let refused = Address::parse(address).unwrap_err();
        assert_eq!(refused.code(), Code::WireAddress, "{address}");
    }
    assert_eq!(
        Address::parse("s/registrations/%").unwrap_err().code(),
        Code::WireEncoding
    );
}

#[test]
fn properties_that_ask_for_nothing_are_refused() {
    for (properties, name, subject) in [
        (vec![], "WIRE_PROPERTY", "iotdps-operation-type"),
        (
            vec![("iotdps-operation-type", text("iotdps-renew"))],
            "WIRE_PROPERTY",
            "iotdps-operation-type",
        ),
        (
            vec![("iotdps-operation-type", PropertyValue::Int(1))],
            "WIRE_PROPERTY",
            "iotdps-operation-type",
        ),
        (
            vec![("iotdps-operation-type", text("iotdps-get-operationstatus"))],
            "WIRE_PROPERTY",
            "iotdps-operation-id",
        ),
        (
            vec![
                ("iotdps-operation-type", text("iotdps-get-operationstatus")),
                ("iotdps-operation-id", text("a b")),
            ],
            "WIRE_OPERATION_ID",
            "operationId",
        ),
        (
            vec![
                ("iotdps-operation-type", text("iotdps-register")),
                ("iotdps-forceRegistration", PropertyValue::Int(1)),
            ],
            "WIRE_PROPERTY",
            "iotdps-forceRegistration",
        ),
    ] {
        let refused = AmqpOperation::parse(&properties).unwrap_err();
        assert_eq!(
            (
                refused.code().name(),
                refused.subject().to_string().as_str()
            ),
            (name, subject)
        );
    }
    for value in [PropertyValue::Bool(true), text("True")] {
        let properties = [
            ("iotdps-operation-type", text("iotdps-register")),
            ("iotdps-forceRegistration", value),
        ];
        assert_eq!(
            AmqpOperation::parse(&properties).unwrap(),
            AmqpOperation::Register { force: true }
        );
    }
}

#[test]
fn a_link_says_in_which_version_its_client_speaks() {
    let properties = [
        ("com.microsoft:api-version", text("2019-03-31")),
        ("com.microsoft:client-version", text("c/1")),
    ];
    let (version, words) = client(&properties).unwrap();
    assert_eq!(
        (version.to_string().as_str(), words),
        ("2019-03-31", Some("c/1"))
    );
    assert_eq!(
        client(&[("a", text("b"))]).unwrap_err().code(),
        Code::WireVersionMissing
    );
    assert_eq!(
        client(&[("com.microsoft:api-version", text("v1"))])
            .unwrap_err()
            .code(),
        Code::WireVersion
    );
}

#[test]
fn each_status_has_the_condition_that_clients_treat_as_it_is_meant() {
    for (code, condition) in [
        (Code::SasSignature, "amqp:unauthorized-access"),
        (Code::RegScope, "amqp:not-found"),
        (Code::WireJson, "amqp:not-allowed"),
        (Code::RegOtherEnrollment, "amqp:not-allowed"),
        (Code::ServiceEtag, "amqp:precondition-failed"),
        (Code::RegFacts, "amqp:internal-error"),
        (Code::RegUnavailable, "amqp:internal-error"),
    ] {
        let rejection = Rejection::new(code, Subject::field("x"));
        let refusal = Refusal::of(&rejection, Door::Device, "t", UnixTime::new(0).into());
        let outcome = RejectedOutcome::from(&refusal);
        assert_eq!(outcome.condition.as_str(), condition, "{code}");
        // Temporary by its condition, and nothing that is final.
        assert_eq!(
            outcome.condition == Condition::InternalError,
            refusal.status.http() >= 500
        );
        let details = ErrorDetails::from_answer(outcome.description.as_bytes()).unwrap();
        assert_eq!(details, refusal.details);
        assert_eq!(
            outcome.info.len(),
            if refusal.retry_after.is_some() { 2 } else { 0 }
        );
    }
    let throttled = Refusal::throttled(
        "t",
        UnixTime::new(0).into(),
        provisor_wire::RetryAfter::POLL,
    );
    let outcome = RejectedOutcome::from(&throttled);
    assert_eq!(outcome.condition.as_str(), "amqp:resource-limit-exceeded");
}

#[test]
fn sasl_bytes_of_another_form_are_refused() {
    for bytes in [
        &b""[..],
        b"\0",
        b"\0s/registrations/d",
        b"\0s/registrations/d\0",
        b"\0s/registrations/d\0t\0",
        b"\0s/registrations/d\0\xff",
        &[b'x'; 5_000],
    ] {
        assert_eq!(
            SaslPlain::parse(bytes).unwrap_err().code(),
            Code::WireSasl,
            "{bytes:?}"
        );
    }
    assert_eq!(
        SaslPlain::parse(b"\0d\0t").unwrap_err().code(),
        Code::WireAddress
    );
    SaslPlain::parse(b"somebody\0s/registrations/d\0t").unwrap();
    for bytes in [
        &b""[..],
        b"\0",
        b"s\0d\0e",
        b"\0s\0d",
        b"\0\0d\0e",
        b"\0s\0\0e",
        b"\0s\0d\0",
        b"\0\xff\0d\0e",
        &[0; 5_000],
    ] {
        assert_eq!(
            SaslTpmInit::parse(bytes).unwrap_err().code(),
            Code::WireSasl,
            "{bytes:?}"
        );
    }
}

#[test]
fn parts_come_in_order_and_end() {
    let push = |parts: &[&[u8]]| {
        let mut message = SaslTpmMessage::new();
        parts
            .iter()
            .map(|part| message.push(part))
            .collect::<Result<Vec<_>, _>>()
    };
    assert_eq!(push(&[b"\0"]).unwrap(), [Some(vec![])]);
    assert_eq!(push(&[b"\xc0a"]).unwrap(), [Some(b"a".to_vec())]);
    assert_eq!(
        push(&[b"\x80a", b"\x81b", b"\x82c", b"\xc3d"]).unwrap()[3],
        Some(b"abcd".to_vec())
    );
    for parts in [
        &[&b""[..]][..],
        &[b"\x40a"],
        &[b"\x90a"],
        &[b"\x81a"],
        &[b"\x80a", b"\x80b"],
        &[b"\x80a", b"\0b"],
        &[b"\x80a", b"\x81b", b"\x82c", b"\x83d", b"\x80e"],
        &[&[0x80; 3_000], &[0x81; 3_000]],
    ] {
        assert_eq!(push(parts).unwrap_err().code(), Code::WireSasl, "{parts:?}");
    }
    let mut blob = SaslTpmBlob::new();
    assert_eq!(blob.push(b"\0").unwrap_err().code(), Code::WireSasl);
}

proptest! {
    #[test]
    fn what_one_side_writes_the_other_reads(
        scope in "[ -~]{1,20}", id in "[ -~\u{e9}]{1,20}", token in "[!-~]{1,60}",
        key in prop::collection::vec(any::<u8>(), 1..400), blob in prop::collection::vec(any::<u8>(), 0..972),
        random: [u8; 24], force: bool,
    ) {
        let address = Address::of(&scope, &id);
        prop_assert_eq!(Address::parse(&address.to_string()).unwrap(), address.clone());
        let plain = SaslPlain::new(address.clone(), SecretText::from(&*token));
        prop_assert_eq!(SaslPlain::parse(&plain.to_bytes()).unwrap(), plain);
        let init = SaslTpmInit { device: address, endorsement_key: key };
        prop_assert_eq!(SaslTpmInit::parse(&init.to_bytes()).unwrap(), init);
        let [first, last] = segments(&blob).unwrap();
        let mut read = SaslTpmBlob::new();
        prop_assert_eq!(read.push(&first).unwrap(), None);
        prop_assert_eq!(read.push(&last).unwrap(), Some(blob));
        for operation in [
            AmqpOperation::Register { force },
            AmqpOperation::OperationStatus(OperationId::from_random(random)),
            AmqpOperation::Lookup,
        ] {
            prop_assert_eq!(AmqpOperation::parse(&operation.to_properties()).unwrap(), operation);
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = SaslPlain::parse(&bytes);
        let _ = SaslTpmInit::parse(&bytes);
        let _ = SaslTpmMessage::new().push(&bytes);
        let _ = SaslTpmBlob::new().push(&bytes);
        let _ = Address::parse(&String::from_utf8_lossy(&bytes));
    }
}
