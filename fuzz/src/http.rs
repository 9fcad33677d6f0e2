//! Answers over HTTP/1.1, as a device reads them.

use provisor_device::limits;
use provisor_device::message::http::Response;

/// Any bytes as what came over a connection. A head is all there or not, wherever it is cut before its end; a body that
/// is all there stays what it is when more comes.
pub fn device_http(data: &[u8]) {
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
