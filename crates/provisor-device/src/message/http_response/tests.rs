use std::string::{String, ToString as _};
use std::vec::Vec;

use proptest::prelude::*;

use super::*;

/// Status, retry-after, body, of what is all there.
fn read(text: &str, closed: bool) -> Result<Option<(u16, Option<u32>, String)>, Reason> {
    let mut received = text.as_bytes().to_vec();
    let Some(response) = Response::read(&received).map_err(Error::reason)? else {
        return Ok(None);
    };
    let body = response
        .body(&mut received, closed)
        .map_err(Error::reason)?;
    Ok(body.map(|body| {
        (
            response.status,
            response.retry_after,
            str::from_utf8(body).unwrap().to_string(),
        )
    }))
}

#[test]
fn the_forms_that_a_body_has() {
    let whole = |status, retry, body: &str| Ok(Some((status, retry, body.to_string())));
    assert_eq!(
        read(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: y\r\n\r\nabcdef",
            false
        ),
        whole(200, None, "abc")
    );
    assert_eq!(
        read(
            "HTTP/1.0 202\r\nRETRY-AFTER:3\r\ncontent-length:0\r\n\r\n",
            false
        ),
        whole(202, Some(3), "")
    );
    assert_eq!(
        read("HTTP/1.1 204 \r\n\r\nabc", false),
        whole(204, None, "")
    );
    assert_eq!(
        read(
            "HTTP/1.1 429 Too Many\r\nRetry-After: Wed, 21 Oct\r\n\r\n{}",
            true
        ),
        whole(429, None, "{}")
    );
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0a ;x=y\r\n0123456789\r\n0\r\nT: r\r\n\r\nrest";
    assert_eq!(read(chunked, false), whole(200, None, "abc0123456789"));
    // The same length twice is one length.
    assert_eq!(
        read(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            false
        ),
        whole(200, None, "a")
    );
}

#[test]
fn what_is_not_there_yet_and_what_never_will_be() {
    for text in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        "HTTP/1.1 200 OK\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: r\r\n",
    ] {
        assert_eq!(read(text, false), Ok(None), "{text:?}");
    }
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab";
    assert_eq!(read(half, true), Err(Reason::AnswerIncomplete));
    let half = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab";
    assert_eq!(read(half, true), Err(Reason::AnswerIncomplete));
}

#[test]
fn what_is_no_head_is_refused() {
    let field = |line: &str| std::format!("HTTP/1.1 200 OK\r\n{line}\r\n\r\n");
    for text in [
        "HTTP/2 200 OK\r\n\r\n".to_string(),
        "HTTP/1.1 20 OK\r\n\r\n".into(),
        "HTTP/1.1 2000 OK\r\n\r\n".into(),
        "HTTP/1.1  200 OK\r\n\r\n".into(),
        "SSH-2.0\r\n".into(),
        "HTTP/1.1 200 OK\n\n".into(),
        field(" folded"),
        field("no colon"),
        field("Name : value"),
        field(": value"),
        field("a\rb: c"),
        field("Content-Length: -1"),
        field("Content-Length: 1, 1"),
        field("Content-Length:"),
        field("Content-Length: 1\r\nContent-Length: 2"),
        field("Content-Length: 1\r\nTransfer-Encoding: chunked"),
        field("Transfer-Encoding: gzip, chunked"),
        field("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        field("Transfer-Encoding: chunked\r\n\r\nx\r\n"),
        field("Transfer-Encoding: chunked\r\n\r\n\r\n"),
        field("Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"),
    ] {
        assert_eq!(read(&text, false), Err(Reason::AnswerMalformed), "{text:?}");
    }
    let endless = std::format!("HTTP/1.1 200 OK\r\n{}", "a: b\r\n".repeat(2000));
    for text in [
        endless,
        "x".repeat(limits::HEAD_BYTES),
        field(&std::format!("a: {}", "b".repeat(limits::HEAD_BYTES))),
        field("Content-Length: 65537"),
        field("Transfer-Encoding: chunked\r\n\r\n10001\r\n"),
        field(&std::format!(
            "Transfer-Encoding: chunked\r\n\r\n{}",
            std::format!("8000\r\n{}\r\n", "x".repeat(0x8000)).repeat(3)
        )),
        std::format!(
            "HTTP/1.1 200 OK\r\n\r\n{}",
            "x".repeat(limits::ANSWER_BYTES + 1)
        ),
    ] {
        assert_eq!(
            read(&text, false),
            Err(Reason::AnswerTooLong),
            "{} bytes",
            text.len()
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>, head in "(HTTP/1\\.1 200 OK\r\n)?(Transfer-Encoding: chunked\r\n)?(\r\n)?[0-9a-f;\r\n]{0,30}", closed: bool) {
        for mut received in [bytes, head.into_bytes()] {
            if let Ok(Some(response)) = Response::read(&received) {
                prop_assert!(response.head_len <= received.len());
                let _ = response.body(&mut received, closed);
            }
        }
    }

    #[test]
    fn however_it_is_cut_it_is_the_same(body in "[a-z]{0,60}", cuts in prop::collection::vec(1..20_usize, 0..6), chunked: bool, retry in proptest::option::of(0..999_u32)) {
        let mut text = "HTTP/1.1 200 OK\r\n".to_string();
        if let Some(retry) = retry { text += &std::format!("Retry-After: {retry}\r\n"); }
        if chunked {
            text += "Transfer-Encoding: chunked\r\n\r\n";
            let mut rest = body.as_str();
            for cut in cuts {
                let (part, more) = rest.split_at(cut.min(rest.len()));
                if !part.is_empty() { text += &std::format!("{:x}\r\n{part}\r\n", part.len()); }
                rest = more;
            }
            if !rest.is_empty() { text += &std::format!("{:X}\r\n{rest}\r\n", rest.len()); }
            text += "0\r\n\r\n";
        } else {
            text += &std::format!("Content-Length: {}\r\n\r\n{body}", body.len());
        }
        for end in 0..text.len() {
            prop_assert_eq!(read(text.split_at(end).0, false), Ok(None));
        }
        prop_assert_eq!(read(&text, false), Ok(Some((200, retry, body))));
    }
}
