//! What nobody should send: the connection ends, nothing is asked, nothing panics, nothing grows.

use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::client::{
    Client, Desk, FILTER, PING, connect, hello, packet, poll, publish, register, subscribe,
};

/// A device that does it, from its first byte on or after it was let in: the connection ends without a word.
async fn ends(after_hello: bool, bytes: &[u8]) {
    let desk = Desk::default();
    let mut client = Client::of(&desk);
    if after_hello {
        client.send(&hello()).await;
        client.expect(0x20, &[0, 0]).await;
    }
    client.send(bytes).await;
    client.expect_end().await;
    assert_eq!(desk.count(), 0);
}

#[tokio::test]
async fn packets_that_are_not_expected_end_it() {
    for bytes in [
        // Before CONNECT.
        &PING[..],
        &subscribe(1, FILTER, 1),
        &register(Some(1), "1", b"{}"),
        &[0xe0, 0],
        &[0, 0],
        b"GET / HTTP/1.1\r\n\r\n",
        &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3],
    ] {
        ends(false, bytes).await;
    }
    let topic = "$dps/registrations/PUT/iotdps-register/?$rid=1";
    let body = publish(Some(1), topic, b"{}").split_off(2);
    for bytes in [
        // A second one.
        hello(),
        // What only a server sends.
        packet(0x20, &[0, 0]),
        packet(0x90, &[0, 1, 1]),
        packet(0xb0, &[0, 1]),
        packet(0xd0, &[]),
        // QoS 2, and 3, which there is not, and QoS 0 again.
        packet(0x34, &body),
        packet(0x36, &body),
        packet(0x38, &body),
        packet(0x50, &[0, 1]),
        packet(0x62, &[0, 1]),
        packet(0x70, &[0, 1]),
        // Flags that these have not.
        packet(0x80, &[0, 1, 0, 1, b'#', 1]),
        packet(0xa0, &[0, 1, 0, 1, b'#']),
        packet(0xc1, &[]),
        packet(0xe2, &[]),
        packet(0xf0, &[]),
    ] {
        ends(true, &bytes).await;
    }
}

#[tokio::test]
async fn packets_that_cannot_be_read_end_it() {
    let topic = "$dps/registrations/PUT/iotdps-register/?$rid=1";
    for bytes in [
        // A length of five bytes; one of nothing in four.
        vec![0x32, 0xff, 0xff, 0xff, 0xff, 0x7f],
        vec![0x32, 0x80, 0x80, 0x80, 0x80, 0],
        // Identifier 0.
        publish(Some(0), topic, b"{}"),
        subscribe(0, FILTER, 1),
        packet(0xa2, &[0, 0, 0, 1, b'#']),
        // No filter; half a filter; no QoS; one that there is not.
        packet(0x82, &[0, 1]),
        packet(0x82, &[0, 1, 0, 9, b'#', 1]),
        packet(0x82, &[0, 1, 0, 1, b'#']),
        packet(0x82, &[0, 1, 0, 1, b'#', 3]),
        packet(0x82, &[0, 1, 0, 1, b'#', 0x81]),
        packet(0xa2, &[0, 1]),
        // No topic; half a topic; a topic that is no text; no room for the identifier.
        packet(0x32, &[]),
        packet(0x32, &[0]),
        packet(0x32, &[0, 9, b'a']),
        packet(0x32, &[0, 2, 0xc3, 0x28, 0, 1]),
        packet(0x32, &[0, 3, 0xed, 0xa0, 0x80, 0, 1]),
        packet(0x32, &[0, 1, b'a', 0]),
        // More than there should be, and less.
        packet(0xc0, &[0]),
        packet(0xe0, &[0]),
        packet(0x40, &[]),
        packet(0x40, &[0]),
        packet(0x40, &[0, 1, 0, 0]),
    ] {
        ends(true, &bytes).await;
    }
}

#[tokio::test]
async fn a_connect_that_is_none_ends_it() {
    let good = hello();
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        bytes
    };
    // The remaining length has one byte here, so the name begins at 2, and the flags are at 9.
    assert_eq!(&good[4..8], b"MQTT");
    for bytes in [
        changed(4, b'm'),
        changed(3, 5),
        // The reserved flag; QoS of a will that is not there; RETAIN of one; a will of QoS 3; a password
        // without a name.
        changed(9, good[9] | 1),
        changed(9, good[9] | 0b0000_1000),
        changed(9, good[9] | 0b0010_0000),
        changed(9, good[9] | 0b0001_1100),
        changed(9, 0b0100_0010),
        // Less than it says; more than it says.
        changed(9, good[9] | 0b0000_0100),
        changed(9, 0b0000_0010),
        packet(0x10, b"\0\x04MQTT"),
        packet(0x10, b""),
        packet(0x10, b"\0\x06MQIsdp\x03\x02\0\x3c\0\x01a"),
    ] {
        let desk = Desk::default();
        let mut client = Client::of(&desk);
        client.send(&bytes).await;
        client.expect_end().await;
    }
    for level in [3, 5, 0x84] {
        let mut client = Client::of(&Desk::default());
        client.send(&changed(8, level)).await;
        client.expect(0x20, &[0, 1]).await;
        client.expect_end().await;
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_by_its_length_before_it_comes() {
    // 268,435,455 bytes are announced, and a MiB: nothing of them is waited for.
    ends(true, &[0x32, 0xff, 0xff, 0xff, 0x7f]).await;
    ends(true, &[0x32, 0x80, 0x80, 0x40]).await;
    ends(false, &[0x10, 0xff, 0xff, 0xff, 0x7f]).await;
    // What is no message is shorter, and before CONNECT everything is.
    let name = "0ne/registrations/dev-1/api-version=2019-03-31";
    let long = "a".repeat(9000);
    let client = async |after, bytes: Vec<u8>| {
        let mut client = Client::of(&Desk::default());
        if after {
            client.send(&hello()).await;
            client.expect(0x20, &[0, 0]).await;
        }
        client.send(&bytes).await;
        client.expect_end().await;
    };
    client(false, connect("d", Some(name), Some(&long), true, 60)).await;
    client(true, subscribe(1, &long, 1)).await;
}

#[tokio::test]
async fn more_filters_than_anybody_needs_end_it() {
    let mut body = vec![0, 1];
    for _ in 0..33 {
        body.extend([0, 1, b'#', 1]);
    }
    ends(true, &packet(0x82, &body)).await;
}

#[tokio::test(start_paused = true)]
async fn a_packet_that_drags_on_has_a_minute() {
    let mut client = Client::of(&Desk::default());
    client.send(&hello()).await;
    client.expect(0x20, &[0, 0]).await;
    let bytes = register(Some(1), "1", &[b' '; 1000]);
    let begun = tokio::time::Instant::now();
    for byte in bytes {
        if client.io.write_u8(byte).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    client.expect_end().await;
    assert!((60..=62).contains(&begun.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_flood_waits_with_its_sender() {
    let desk = Desk::default().taking(Duration::from_secs(1));
    let mut client = Client::with_room(&desk, 1024);
    client.send(&hello()).await;
    client.expect(0x20, &[0, 0]).await;
    let flood = poll(None, "1", b" ").repeat(10_000);
    let sent = tokio::time::timeout(Duration::from_secs(10), client.io.write_all(&flood)).await;
    assert!(sent.is_err(), "it cannot send faster than it is served");
    assert!(desk.count() <= 11, "{} at once", desk.count());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_left() {
    let desk = Desk::default();
    let mut client = Client::with_room(&desk, 1024);
    let mut bytes = hello();
    bytes.extend(subscribe(1, FILTER, 0));
    client.send(&bytes).await;
    let begun = tokio::time::Instant::now();
    for number in 0..1000 {
        let request = poll(Some(number + 1), "1", b" ");
        if client.io.write_all(&request).await.is_err() {
            break;
        }
    }
    client.server.await.expect("no panic");
    assert!(begun.elapsed() >= Duration::from_secs(30));
    assert!(desk.count() < 20, "{}", desk.count());
}

#[tokio::test]
async fn a_client_that_acknowledges_nothing_is_left() {
    let desk = Desk::default();
    let mut client = Client::of(&desk);
    client.send(&hello()).await;
    client.send(&subscribe(1, FILTER, 1)).await;
    client.send(&poll(None, "1", b" ").repeat(100)).await;
    let mut rest = Vec::new();
    client.io.read_to_end(&mut rest).await.unwrap();
    client.server.await.expect("no panic");
    assert_eq!(desk.count(), 17);
    let answers = rest.windows(5).filter(|part| part == b"/res/");
    assert_eq!(answers.count(), 16);
}

#[tokio::test]
async fn an_acknowledgement_of_nothing_is_passed_over() {
    let mut client = Client::of(&Desk::default());
    client.send(&hello()).await;
    client.expect(0x20, &[0, 0]).await;
    client.send(&packet(0x40, &[0x12, 0x34])).await;
    client.send(&PING).await;
    client.expect(0xd0, &[]).await;
}

/// A session of one device, whole.
fn whole() -> Vec<u8> {
    let mut bytes = hello();
    bytes.extend(subscribe(1, FILTER, 1));
    bytes.extend(register(Some(2), "1", br#"{"registrationId":"dev-1"}"#));
    bytes.extend(poll(Some(3), "2", b" "));
    bytes.extend(super::client::unsubscribe(4, FILTER));
    bytes.extend(super::client::DISCONNECT);
    bytes
}

/// Everything is sent, the end of it too, and the server comes to an end by itself.
fn comes_to_an_end(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = Client::of(&Desk::default());
        let (mut read, mut write) = tokio::io::split(client.io);
        let _ = write.write_all(bytes).await;
        let _ = write.shutdown().await;
        let mut answers = Vec::new();
        let _ = read.read_to_end(&mut answers).await;
        client.server.await.expect("no panic");
    });
}

proptest! {
    #[test]
    fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..300), after: bool) {
        let mut all = if after { hello() } else { Vec::new() };
        all.extend(bytes);
        comes_to_an_end(&all);
    }

    #[test]
    fn a_session_with_changed_bytes_comes_to_an_end(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = whole();
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        comes_to_an_end(&bytes);
    }

    #[test]
    fn packets_of_any_kind_in_any_order_come_to_an_end(
        packets in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..20),
    ) {
        let mut bytes = hello();
        for (first, body) in packets {
            bytes.extend(packet(first, &body));
        }
        comes_to_an_end(&bytes);
    }
}
