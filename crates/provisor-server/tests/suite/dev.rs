//! A server for development: what it makes, and that it finds it again.

use std::net::{IpAddr, Ipv4Addr, TcpListener};

use provisor_server::config::StoreKind;
use provisor_server::dev::start::start;
use serde_json::Value;

use crate::kit::wire::Live;

#[tokio::test]
async fn a_second_start_goes_on_where_the_first_one_ended() {
    let live = Live::with(|options| options.store = StoreKind::Embedded).await;
    live.serves().await;
    let first: Value = serde_json::from_str(&live.dev.greeting.json()).unwrap();
    let options = live.options.clone();
    live.stop_and_keep().await;

    let again = Live::of(options).await;
    let second: Value = serde_json::from_str(&again.dev.greeting.json()).unwrap();
    for member in ["idScope", "host", "caFile", "samples", "folder"] {
        assert_eq!(first[member], second[member], "{member}");
        assert!(!first[member].is_null(), "{member}");
    }
    // The record is there, and the device stays where it was.
    let state = again.look_up("sample-x509-device").await;
    assert_eq!(state["status"], "assigned", "{state}");
    again.stop().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_replaced_and_it_says_who_cannot_come() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let live = Live::with(|options| {
        options.https = port;
        options.hubs = vec![IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))];
    })
    .await;
    let greeting = &live.dev.greeting;
    assert_ne!(greeting.ports.https, Some(port));
    let text = greeting.unusable.join("\n");
    assert!(
        text.contains(&format!("127.0.0.1:{port} cannot be had")),
        "{text}"
    );
    assert!(text.contains("without port 443"), "{text}");
    // What is printed for people has the port that there is.
    let there = greeting.ports.https.unwrap();
    assert!(
        greeting
            .text()
            .contains(&format!("https://127.0.0.1:{there}/"))
    );
    live.serves().await;
    live.stop().await;
}

#[tokio::test]
async fn a_certificate_is_made_anew_for_an_address_that_it_is_not_for() {
    let live = Live::start().await;
    let before = std::fs::read(live.file("server.pem")).unwrap();
    let mut options = live.options.clone();
    live.stop_and_keep().await;
    options.address = IpAddr::V4(Ipv4Addr::new(127, 8, 0, 9));
    let again = Live::of(options.clone()).await;
    let after = std::fs::read(again.file("server.pem")).unwrap();
    assert_ne!(before, after);
    again.stop_and_keep().await;
    let third = Live::of(options).await;
    assert_eq!(std::fs::read(third.file("server.pem")).unwrap(), after);
    third.stop().await;
}

#[tokio::test]
async fn a_folder_that_was_changed_is_not_guessed_at() {
    let live = Live::start().await;
    let options = live.options.clone();
    let kept = live.file("provisor-dev.json");
    live.stop_and_keep().await;
    std::fs::write(&kept, r#"{"idScope": "0ne", "more": 1}"#).unwrap();
    let why = start(&options).await.err().unwrap().to_string();
    assert!(why.contains("provisor-dev.json"), "{why}");
    let _ = std::fs::remove_dir_all(&options.folder);
}
