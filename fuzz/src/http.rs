//! Answers over HTTP/1.1, and the topics of answers over MQTT, as a device reads them.

use provisor_device::limits;
use provisor_device::message::http::Response;
use provisor_device::message::{mqtt, retry_after};

/// Any bytes as what came over a connection, as a topic, and as the seconds to wait. A head is all there or not, wherever it is cut before its end; a body that
/// is all there stays what it is when more comes.
pub fn device_http(data: &[u8]) {
    topic(data);
    let Ok(Some(response)) = Response::read(data) else {
        return;
    };
    assert!(response.head_len <= data.len() && response.head_len <= limits::HEAD_BYTES);
    for end in 0..response.head_len {
        let head = data.get(..end).unwrap_or_default();
        assert_eq!(Response::read(head), Ok(None));
    }
    let (mut now, mut later) = (data.to_vec(), data.to_vec());
    later.extend_from_slice(b"more");
    assert_eq!(Response::read(&later), Ok(Some(response)));
    match response.body(&mut now, false) {
        Ok(Some(body)) => {
            assert!(body.len() <= limits::ANSWER_BYTES);
            assert_eq!(response.body(&mut later, false), Ok(Some(body)));
        }
        // Nothing is moved before all is there.
        Ok(None) => assert_eq!(now, data),
        Err(_) => assert!(response.body(&mut later, false).is_err()),
    }
}

/// The number of a topic is the one that was sent, digit by digit; seconds are those that the library reads.
fn topic(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Some(response) = mqtt::Response::parse(text) {
        assert!(text.starts_with(mqtt::RESPONSE_TOPIC) && text.len() <= limits::TOPIC_BYTES);
        assert!(response.status < 1000);
        if let Some(number) = response.number() {
            assert_eq!(response.rid, Some(&*number.to_string()));
        }
    }
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\x0c']);
    let digits = !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit());
    let theirs = digits.then(|| trimmed.parse().unwrap_or(u32::MAX));
    assert_eq!(retry_after(data), theirs);
}
