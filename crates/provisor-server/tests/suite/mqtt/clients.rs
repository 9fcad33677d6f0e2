//! What each official client sends, in its order, in its forms: rows 17 to 23 of the differences that a
//! service must tolerate.

use provisor_server::ask::What;

use super::client::{
    Client, DISCONNECT, Desk, FILTER, OPERATION, connect, poll, register, subscribe, unsubscribe,
};

const ACCEPTED: &str = r#"{"operationId":"5.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550","status":"assigning"}"#;

async fn accepted(client: &mut Client, rid: &str) {
    let (qos, topic, payload) = client.message().await;
    assert_eq!(qos, 1);
    assert_eq!(
        topic,
        format!("$dps/registrations/res/202/?$rid={rid}&retry-after=3")
    );
    assert_eq!(payload, ACCEPTED);
}

async fn assigned(client: &mut Client, rid: &str) {
    let (qos, topic, payload) = client.message().await;
    assert_eq!(qos, 1);
    assert_eq!(
        topic,
        format!("$dps/registrations/res/200/?$rid={rid}&retry-after=3")
    );
    assert!(
        payload.contains(r#""assignedHub":"hub1.example.net""#),
        "{payload}"
    );
}

#[tokio::test]
async fn node_registers_polls_and_takes_its_leave() {
    let desk = Desk::assigns();
    let mut client = Client::of(&desk);
    let name = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31&ClientVersion=azure-iot-provisioning-device%2F1.9.1";
    let token = "SharedAccessSignature sr=0ne000ABCDE/registrations/dev-1&sig=c2ln&skn=registration&se=1790003600";
    client
        .send(&connect("dev-1", Some(name), Some(token), true, 180))
        .await;
    client.expect(0x20, &[0, 0]).await;
    client.send(&subscribe(42, FILTER, 1)).await;
    client.expect(0x90, &[0, 42, 1]).await;
    let rid = "3f9c2c0b-6a7e-4d0e-8c56-6f3c7b2c0a11";
    client
        .send(&register(
            Some(43),
            rid,
            br#"{"registrationId":"dev-1","payload":{"a":1}}"#,
        ))
        .await;
    client.expect(0x40, &[0, 43]).await;
    accepted(&mut client, rid).await;
    let ask = desk.last();
    assert_eq!(
        (&*ask.scope, &*ask.registration_id),
        ("0ne000ABCDE", "dev-1")
    );
    assert_eq!(ask.token.as_deref(), Some(token));
    assert_eq!(ask.api_version.to_string(), "2019-03-31");
    let What::Register { body, force: false } = ask.what else {
        panic!("a registration")
    };
    assert!(body.payload.is_some());
    let rid = "0d9b5a1e-0000-4d0e-8c56-6f3c7b2c0a12";
    client.send(&poll(Some(44), rid, b" ")).await;
    client.expect(0x40, &[0, 44]).await;
    assigned(&mut client, rid).await;
    let What::Poll(operation) = desk.last().what else {
        panic!("a poll")
    };
    assert_eq!(operation.as_str(), OPERATION);
    client.send(&unsubscribe(45, FILTER)).await;
    client.expect(0xb0, &[0, 45]).await;
    client.send(&DISCONNECT).await;
    client.expect_end().await;
}

#[tokio::test]
async fn python_asks_for_its_session_and_sends_null_for_no_payload() {
    let desk = Desk::assigns();
    let mut client = Client::of(&desk);
    let name = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31&ClientVersion=azure-iot-device-provisioning-py%2F2.14.0%28Python%203.11%3B%20%23%29";
    let token =
        "SharedAccessSignature sr=0ne000ABCDE%2Fregistrations%2Fdev-1&sig=c2ln&se=1790003600";
    client
        .send(&connect("dev-1", Some(name), Some(token), false, 60))
        .await;
    // There is no session that would be there still.
    client.expect(0x20, &[0, 0]).await;
    client.send(&subscribe(1, FILTER, 1)).await;
    client.expect(0x90, &[0, 1, 1]).await;
    client
        .send(&register(
            Some(2),
            "r-1",
            br#"{"payload": null, "registrationId": "dev-1"}"#,
        ))
        .await;
    client.expect(0x40, &[0, 2]).await;
    accepted(&mut client, "r-1").await;
    let What::Register { body, .. } = desk.last().what else {
        panic!("a registration")
    };
    assert_eq!(body.payload, None);
    client.send(&poll(Some(3), "r-2", b" ")).await;
    client.expect(0x40, &[0, 3]).await;
    assigned(&mut client, "r-2").await;
    client.send(&DISCONNECT).await;
    client.expect_end().await;
}

#[tokio::test]
async fn c_publishes_at_qos_0_and_sends_its_registration_again_to_poll() {
    let desk = Desk::assigns();
    let mut client = Client::of(&desk);
    let name = "0ne000ABCDE/registrations/dev-1/api-version=2021-06-01&ClientVersion=1.15.0";
    let token = "SharedAccessSignature sr=0ne000ABCDE%2fregistrations%2fdev-1&sig=c2ln&se=1790002400&skn=registration";
    client
        .send(&connect("dev-1", Some(name), Some(token), true, 0))
        .await;
    client.expect(0x20, &[0, 0]).await;
    client.send(&subscribe(1, FILTER, 1)).await;
    client.expect(0x90, &[0, 1, 1]).await;
    let body = br#"{"registrationId":"dev-1"}"#;
    // No PUBACK to what is at QoS 0; the answer is at QoS 1, as it subscribed.
    client.send(&register(None, "1", body)).await;
    accepted(&mut client, "1").await;
    assert_eq!(desk.last().api_version.to_string(), "2021-06-01");
    client.send(&poll(None, "2", body)).await;
    assigned(&mut client, "2").await;
    client.send(&DISCONNECT).await;
    client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn csharp_sends_nothing_and_reads_puback_then_the_answer_however_long_that_takes() {
    let desk = Desk::assigns().taking(std::time::Duration::from_secs(5));
    let mut client = Client::of(&desk);
    let name = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31&ClientVersion=Microsoft.Azure.Devices.Provisioning.Client%2F1.0";
    client
        .send(&connect("dev-1", Some(name), None, true, 0))
        .await;
    client.expect(0x20, &[0, 0]).await;
    client.send(&subscribe(1, FILTER, 1)).await;
    client.expect(0x90, &[0, 1, 1]).await;
    // It fails at anything between these two, so a ping that came meanwhile is answered after them.
    let mut bytes = register(Some(2), "1", b"");
    bytes.extend(super::client::PING);
    client.send(&bytes).await;
    client.expect(0x40, &[0, 2]).await;
    accepted(&mut client, "1").await;
    client.expect(0xd0, &[]).await;
    let ask = desk.last();
    assert_eq!((&*ask.registration_id, ask.token), ("dev-1", None));
    // It says nothing while it waits, and asked for no keep-alive.
    tokio::time::sleep(std::time::Duration::from_secs(120)).await;
    client.send(&poll(Some(3), "2", b"")).await;
    client.expect(0x40, &[0, 3]).await;
    assigned(&mut client, "2").await;
    client.send(&DISCONNECT).await;
    client.expect_end().await;
}

#[tokio::test]
async fn java_publishes_at_qos_0_polls_with_nothing_and_puts_the_version_in_two_places() {
    let desk = Desk::assigns();
    let mut client = Client::of(&desk);
    let name = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31&ClientVersion=2019-03-31";
    let token =
        "SharedAccessSignature sr=0ne000ABCDE/registrations/dev-1&sig=c2ln&se=1790003600&skn=";
    client
        .send(&connect("dev-1", Some(name), Some(token), false, 230))
        .await;
    client.expect(0x20, &[0, 0]).await;
    client.send(&subscribe(1, FILTER, 1)).await;
    client.expect(0x90, &[0, 1, 1]).await;
    client
        .send(&register(None, "1", br#"{"registrationId":"dev-1"}"#))
        .await;
    accepted(&mut client, "1").await;
    client.send(&poll(None, "2", b"")).await;
    assigned(&mut client, "2").await;
    client.send(&DISCONNECT).await;
    client.expect_end().await;
}

#[tokio::test]
async fn bytes_may_come_one_at_a_time_and_packets_several_at_once() {
    let desk = Desk::assigns();
    let mut client = Client::of(&desk);
    let mut all = super::client::hello();
    all.extend(subscribe(1, FILTER, 1));
    let last = register(Some(2), "1", b"{}");
    all.extend(&last[..5]);
    client.send(&all).await;
    client.expect(0x20, &[0, 0]).await;
    client.expect(0x90, &[0, 1, 1]).await;
    for byte in &last[5..] {
        client.send(&[*byte]).await;
        tokio::task::yield_now().await;
    }
    client.expect(0x40, &[0, 2]).await;
    accepted(&mut client, "1").await;
    drop(client.io);
    client.server.await.unwrap();
}
