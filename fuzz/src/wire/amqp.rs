//! What stands in the frames of AMQP.

use provisor_wire::amqp::{
    Address, AmqpOperation, PropertyValue, SaslPlain, SaslTpmBlob, SaslTpmInit, SaslTpmMessage,
    segments,
};

/// Bytes of SASL, and texts of properties.
pub fn wire_amqp(data: &[u8]) {
    if let Ok(plain) = SaslPlain::parse(data) {
        let again = SaslPlain::parse(&plain.to_bytes());
        assert!(again == Ok(plain) || data.len() > 1000);
    }
    if let Ok(init) = SaslTpmInit::parse(data) {
        assert_eq!(init.to_bytes(), data);
    }
    // Parts, each with its length before it.
    let (mut message, mut blob, mut rest) = (SaslTpmMessage::new(), SaslTpmBlob::new(), data);
    while let Some((length, tail)) = rest.split_first() {
        let (part, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        let (ours, theirs) = (message.push(part), blob.push(part));
        if let (Ok(Some(ours)), Ok(Some(theirs))) = (&ours, &theirs) {
            assert_eq!(ours, theirs);
        }
        if ours.is_err() {
            break;
        }
    }
    if let Ok([first, last]) = segments(data) {
        let mut blob = SaslTpmBlob::new();
        assert_eq!(blob.push(&first), Ok(None));
        assert_eq!(blob.push(&last), Ok(Some(data.to_vec())));
    }
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Ok(address) = Address::parse(text) {
        let again = Address::parse(&address.to_string());
        assert!(again.is_ok_and(|again| again.is_about(&address)) || text.len() > 600);
    }
    let properties: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name, PropertyValue::Text(value.into())))
        .collect();
    if let Ok(operation) = AmqpOperation::parse(&properties) {
        assert_eq!(
            AmqpOperation::parse(&operation.to_properties()),
            Ok(operation)
        );
    }
}
