//! What a session of the provisioning endpoint keeps to.

use std::time::Duration;

use provisor_server::ask::Answer;
use provisor_wire::device::Challenge;
use provisor_wire::{Code, Rejection, Subject};

use super::client::{
    Client, DISCONNECT, Desk, FILTER, PING, connect, hello, poll, publish, register, subscribe,
    unsubscribe,
};

async fn connected(desk: &Desk) -> Client {
    let mut client = Client::of(desk);
    client.send(&hello()).await;
    client.expect(0x20, &[0, 0]).await;
    client
}

#[tokio::test]
async fn a_refusal_is_answered_on_the_request_in_its_public_words() {
    let desk = Desk::default();
    let refusal = Rejection::new(Code::RegScope, Subject::field("scope"));
    desk.answers
        .lock()
        .unwrap()
        .push_back(Answer::Refused(Box::new(refusal)));
    let mut client = connected(&desk).await;
    client.send(&subscribe(1, FILTER, 1)).await;
    client.expect(0x90, &[0, 1, 1]).await;
    client.send(&register(Some(2), "7", b"{}")).await;
    client.expect(0x40, &[0, 2]).await;
    let (_, topic, payload) = client.message().await;
    assert_eq!(topic, "$dps/registrations/res/404/?$rid=7");
    let details = r#"{"errorCode":404202,"trackingId":"07070707-0707-4707-8707-070707070707","message":"REG_SCOPE"#;
    assert!(payload.starts_with(details), "{payload}");
    // It stays, and may ask again.
    client.send(&register(Some(3), "8", b"{}")).await;
    client.expect(0x40, &[0, 3]).await;
    assert!(client.message().await.1.contains("/res/202/"));
}

#[tokio::test]
async fn a_fault_of_the_service_says_when_to_come_again() {
    let desk = Desk::default();
    let fault = Rejection::new(Code::ServerMqttOwn, Subject::field("x")).found("secret");
    desk.answers
        .lock()
        .unwrap()
        .push_back(Answer::Refused(Box::new(fault)));
    let mut client = connected(&desk).await;
    client.send(&register(None, "7", b"{}")).await;
    let (_, topic, payload) = client.message().await;
    assert_eq!(topic, "$dps/registrations/res/500/?$rid=7&retry-after=30");
    assert!(!payload.contains("secret"), "{payload}");
}

#[tokio::test]
async fn a_challenge_has_its_form_here_too() {
    let desk = Desk::default();
    let challenge = Answer::Challenge(Challenge::of(b"blob"));
    desk.answers.lock().unwrap().push_back(challenge);
    let mut client = connected(&desk).await;
    client.send(&register(None, "7", b"{}")).await;
    let (_, topic, payload) = client.message().await;
    assert_eq!(topic, "$dps/registrations/res/401/?$rid=7");
    assert!(payload.contains(r#""authenticationKey":"YmxvYg==""#));
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_where_an_answer_can_be_told_apart() {
    for (topic, payload, status) in [
        (
            "$dps/registrations/PUT/iotdps-register/?$rid=1",
            &b"{"[..],
            400,
        ),
        (
            "$dps/registrations/PUT/iotdps-register/?$rid=1",
            br#"{"registrationId":"dev-2"}"#,
            400,
        ),
        (
            "$dps/registrations/PUT/iotdps-register/?$rid=1",
            br#"{"registrationid":"dev-1"}"#,
            400,
        ),
        (
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1",
            b" ",
            400,
        ),
        (
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId=a/b",
            b" ",
            400,
        ),
        (
            "$dps/registrations/POST/iotdps-register/?$rid=1",
            b"{}",
            400,
        ),
        ("elsewhere/?$rid=1", b"{}", 400),
    ] {
        let desk = Desk::default();
        let mut client = connected(&desk).await;
        client.send(&publish(Some(9), topic, payload)).await;
        client.expect(0x40, &[0, 9]).await;
        let (_, answered, payload) = client.message().await;
        assert_eq!(
            answered,
            format!("$dps/registrations/res/{status}/?$rid=1"),
            "{topic}"
        );
        assert!(payload.contains("trackingId"), "{payload}");
        assert_eq!(desk.count(), 0);
        client.send(&PING).await;
        client.expect(0xd0, &[]).await;
    }
}

#[tokio::test]
async fn where_nobody_could_tell_whose_the_answer_is_the_connection_ends() {
    for topic in [
        "",
        "elsewhere",
        "$dps/registrations/PUT/iotdps-register/",
        "$dps/registrations/PUT/iotdps-register/?$rid=",
        "$dps/registrations/PUT/iotdps-register/?$rid=a/b",
        "devices/dev-1/messages/events/",
    ] {
        let desk = Desk::default();
        let mut client = connected(&desk).await;
        client.send(&publish(Some(9), topic, b"{}")).await;
        client.expect(0x40, &[0, 9]).await;
        client.expect_end().await;
        assert_eq!(desk.count(), 0, "{topic}");
    }
}

#[tokio::test]
async fn a_payload_that_is_too_long_is_answered_and_one_that_is_no_payload_any_more_ends_it() {
    let desk = Desk::default();
    let mut client = connected(&desk).await;
    let most = provisor_wire::limits::REQUEST_BYTES;
    let long = format!(r#"{{"payload":"{}"}}"#, "a".repeat(most));
    client.send(&register(Some(1), "1", long.as_bytes())).await;
    client.expect(0x40, &[0, 1]).await;
    assert_eq!(
        client.message().await.1,
        "$dps/registrations/res/413/?$rid=1"
    );
    let fits = format!(r#"{{"payload":"{}"}}"#, "a".repeat(most - 14));
    assert_eq!(fits.len(), most);
    client.send(&register(Some(2), "2", fits.as_bytes())).await;
    client.expect(0x40, &[0, 2]).await;
    assert!(client.message().await.1.contains("/202/"));
    // The rest of it is never read, and its sender may see that before it has sent all of it.
    let longer = register(Some(3), "3", &vec![b'a'; most + 8 * 1024]);
    let _ = tokio::io::AsyncWriteExt::write_all(&mut client.io, &longer).await;
    client.expect_end().await;
}

#[tokio::test]
async fn nothing_but_the_answers_can_be_subscribed_to() {
    let desk = Desk::default();
    let mut client = connected(&desk).await;
    for (filter, qos, granted) in [
        ("#", 1, 0x80),
        ("$dps/#", 1, 0x80),
        ("+/registrations/res/#", 0, 0x80),
        ("$dps/registrations/res/200/#", 1, 0x80),
        ("$iothub/twin/res/#", 1, 0x80),
        (FILTER, 0, 0),
        (FILTER, 1, 1),
        (FILTER, 2, 1),
    ] {
        client.send(&subscribe(5, filter, qos)).await;
        client.expect(0x90, &[0, 5, granted]).await;
    }
    client.send(&unsubscribe(6, "#")).await;
    client.expect(0xb0, &[0, 6]).await;
}

#[tokio::test]
async fn answers_are_as_sure_as_they_were_subscribed_to_or_as_they_were_asked_for() {
    let desk = Desk::default();
    let mut client = connected(&desk).await;
    // Nobody subscribed, and nobody is left waiting.
    client.send(&poll(None, "1", b" ")).await;
    assert_eq!(client.message().await.0, 0);
    client.send(&poll(Some(1), "1", b" ")).await;
    client.expect(0x40, &[0, 1]).await;
    assert_eq!(client.message().await.0, 1);
    client.send(&subscribe(2, FILTER, 0)).await;
    client.expect(0x90, &[0, 2, 0]).await;
    client.send(&poll(Some(3), "1", b" ")).await;
    client.expect(0x40, &[0, 3]).await;
    assert_eq!(client.message().await.0, 0);
}

#[tokio::test]
async fn only_a_user_name_that_cannot_be_read_is_refused_at_connect() {
    let name = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31";
    let other = "somebody/registrations/else/api-version=1999-01-01";
    for (id, name, password, code) in [
        ("x", Some(name), None, 0),
        ("x", Some(other), Some("no token"), 0),
        ("x", None, None, 4),
        ("x", Some(""), None, 4),
        ("x", Some("dev-1"), None, 4),
        ("x", Some("0ne/registrations/dev-1"), None, 4),
        (
            "x",
            Some("0ne/registrations/dev-1/api-version=now"),
            None,
            4,
        ),
        (
            "x",
            Some("0ne/things/dev-1/api-version=2019-03-31"),
            None,
            4,
        ),
        ("", Some(name), None, 2),
    ] {
        let desk = Desk::default();
        let mut client = Client::of(&desk);
        client.send(&connect(id, name, password, false, 60)).await;
        client.expect(0x20, &[0, code]).await;
        if code == 0 {
            client.send(&DISCONNECT).await;
        }
        client.expect_end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_and_a_half_times_the_keep_alive_is_given_and_not_more() {
    let desk = Desk::default();
    let mut client = connected(&desk).await;
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_secs(89)).await;
        client.send(&PING).await;
        client.expect(0xd0, &[]).await;
    }
    let begun = tokio::time::Instant::now();
    // An acknowledgement is a sign of life, too; half a packet is none.
    tokio::time::sleep(Duration::from_secs(80)).await;
    client.send(&[0x40, 2, 0, 9]).await;
    client.expect_end().await;
    assert_eq!(begun.elapsed().as_secs(), 80 + 90);
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_say_who_it_is_has_ten_seconds() {
    for bytes in [&[][..], &hello()[..20]] {
        let begun = tokio::time::Instant::now();
        let mut client = Client::of(&Desk::default());
        client.send(bytes).await;
        client.expect_end().await;
        assert_eq!(begun.elapsed().as_secs(), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn keep_alive_has_a_limit_and_so_has_none() {
    for (asked, given) in [(0, 300), (1, 1), (65_535, 2610)] {
        let mut client = Client::of(&Desk::default());
        let name = "0ne/registrations/dev-1/api-version=2019-03-31";
        client
            .send(&connect("dev-1", Some(name), None, true, asked))
            .await;
        client.expect(0x20, &[0, 0]).await;
        let begun = tokio::time::Instant::now();
        client.expect_end().await;
        assert_eq!(begun.elapsed().as_secs(), given);
    }
}

#[tokio::test]
async fn a_server_that_stops_lets_the_answer_go_out_first() {
    let desk = Desk::assigns().taking(Duration::from_millis(50));
    let mut client = connected(&desk).await;
    client.send(&register(Some(1), "1", b"{}")).await;
    client.expect(0x40, &[0, 1]).await;
    client.stop.cancel();
    let (first, body) = client.receive().await.expect("the answer");
    assert!(first == 0x32 && body.windows(5).any(|part| part == b"/202/"));
    client.expect_end().await;
}
