//! Requests to others, to a server on this machine.

use core::time::Duration;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use provisor_server::outgoing::{Outgoing, Reply, Roots, Send, Url};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A server that answers what the path says, and its certificate.
struct Other {
    address: SocketAddr,
    pem: String,
    connections: Arc<AtomicUsize>,
}

async fn other(names: &[&str], tls: bool) -> Other {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![made.cert.der().clone()], PrivateKeyDer::Pkcs8(key))
    .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if !tls {
                    return serve(socket).await;
                }
                if let Ok(stream) = acceptor.accept(socket).await {
                    serve(stream).await;
                }
            });
        }
    });
    Other {
        address,
        pem: made.cert.pem(),
        connections,
    }
}

/// One request after the other; none has a body.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut bytes = Vec::new();
    loop {
        while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let text = String::from_utf8(std::mem::take(&mut bytes)).unwrap();
        let target = text.split(' ').nth(1).unwrap();
        let body = match target {
            "/long" => "x".repeat(2000),
            "/never" => return std::future::pending().await,
            "/no-http" => {
                let _ = stream.write_all(b"220 mail.example.net\r\n\r\n").await;
                return;
            }
            _ => text.clone(),
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\nX-Seen: {}\r\nContent-Length: {}\r\n\r\n{body}",
            target.len(),
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        if target == "/last" {
            return;
        }
    }
}

async fn get(outgoing: &Outgoing, to: &Url, target: &str) -> Result<Reply, String> {
    let send = Send {
        to,
        method: "GET",
        target,
        headers: &[("authorization", "token")],
        body: b"",
        within: Duration::from_secs(if target == "/never" { 1 } else { 20 }),
        most: 1000,
    };
    outgoing
        .send(send)
        .await
        .map_err(|refused| refused.to_string())
}

fn trusting(other: &Other) -> Outgoing {
    Outgoing::new(&Roots::Pem(other.pem.clone().into_bytes())).unwrap()
}

#[tokio::test]
async fn a_request_is_answered_and_the_connection_used_again() {
    let other = other(&["localhost"], true).await;
    let outgoing = trusting(&other);
    let to = Url::of_host(&format!("localhost:{}", other.address.port())).unwrap();
    for _ in 0..3 {
        let reply = get(&outgoing, &to, "/a?b=c").await.unwrap();
        assert_eq!((reply.status, reply.header("x-seen")), (200, Some("6")));
        let seen = String::from_utf8(reply.body).unwrap().to_lowercase();
        assert!(
            seen.contains(&format!("host: localhost:{}\r\n", other.address.port())),
            "{seen}"
        );
        assert!(seen.contains("authorization: token\r\n"));
    }
    assert_eq!(other.connections.load(Ordering::Relaxed), 1);
    // One that the other side closed meanwhile is no fault.
    get(&outgoing, &to, "/last").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    get(&outgoing, &to, "/a").await.unwrap();
    assert_eq!(other.connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn nobody_else_is_spoken_to() {
    let there = other(&["localhost"], true).await;
    let port = there.address.port();
    // Another name than that of the certificate; other roots.
    let by_address = Url::of_host(&format!("127.0.0.1:{port}")).unwrap();
    let refused = get(&trusting(&there), &by_address, "/a").await.unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
    let stranger = other(&["localhost"], true).await;
    let to = Url::of_host(&format!("localhost:{port}")).unwrap();
    let refused = get(&trusting(&stranger), &to, "/a").await.unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
    // Plain HTTP, and where nobody listens.
    let plain = other(&["localhost"], false).await;
    let (to, _) = Url::split(&format!("http://{}/", plain.address))
        .map(|(to, _)| (to, ()))
        .unwrap();
    let refused = get(&trusting(&there), &to, "/a").await.unwrap_err();
    assert!(refused.contains("plain HTTP"), "{refused}");
    let allowed = trusting(&there).with_plain_here();
    assert_eq!(get(&allowed, &to, "/a").await.unwrap().status, 200);
    let nobody = Url::of_host("localhost:1").unwrap();
    assert!(get(&trusting(&there), &nobody, "/a").await.is_err());
    for roots in [Roots::Pem(Vec::new()), Roots::Pem(b"no PEM".to_vec())] {
        assert!(Outgoing::new(&roots).is_err());
    }
}

#[tokio::test]
async fn an_answer_has_an_end() {
    let there = other(&["localhost"], true).await;
    let outgoing = trusting(&there);
    let to = Url::of_host(&format!("localhost:{}", there.address.port())).unwrap();
    for (target, words) in [
        ("/long", "limit"),
        ("/never", "in time"),
        ("/no-http", "HTTP"),
    ] {
        let refused = get(&outgoing, &to, target).await.unwrap_err();
        assert!(refused.contains(words), "{target}: {refused}");
    }
    assert_eq!(get(&outgoing, &to, "/a").await.unwrap().status, 200);
}

#[tokio::test]
async fn without_roots_nothing_is_trusted() {
    let there = other(&["localhost"], true).await;
    let nobody = Outgoing::new(&Roots::Nobody).unwrap();
    let to = Url::of_host(&format!("localhost:{}", there.address.port())).unwrap();
    let refused = get(&nobody, &to, "/a").await.unwrap_err();
    assert!(refused.contains("OUT_TLS"), "{refused}");
    // Plain HTTP to this machine needs none.
    let plain = other(&["localhost"], false).await;
    let (to, _) = Url::split(&format!("http://{}/", plain.address)).unwrap();
    let here = nobody.with_plain_here();
    assert_eq!(get(&here, &to, "/a").await.unwrap().status, 200);
}
