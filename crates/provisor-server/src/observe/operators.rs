//! The port of operators: metrics and health, in plain HTTP, on the loopback unless it was set otherwise.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use provisor_wire::header::JSON;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Metrics;
use super::health::Health;
use crate::limits;

type Out = Full<Bytes>;

/// What the port shows.
#[allow(missing_debug_implementations, reason = "stores have none")]
pub struct Operators {
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How the server is.
    pub health: Health,
    /// That the process ends: this port is the last one to close.
    pub end: CancellationToken,
}

/// Serves the port until the process ends.
pub async fn serve(listener: TcpListener, operators: Arc<Operators>) {
    let places = Arc::new(Semaphore::new(limits::OPERATORS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            () = operators.end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let operators = Arc::clone(&operators);
                tokio::spawn(async move {
                    connection(stream, operators).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(limits::ACCEPT_PAUSE).await,
        }
    }
}

async fn connection(stream: TcpStream, operators: Arc<Operators>) {
    let service = service_fn(move |request| {
        let operators = Arc::clone(&operators);
        async move { Ok::<_, Infallible>(answer(&operators, &request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::FIRST_REQUEST)
        .max_headers(limits::HEADERS)
        .max_header_size(limits::HEADERS_BYTES)
        .half_close(true)
        // Who scrapes comes again every some seconds; who does not is not waited for.
        .serve_connection(TokioIo::new(stream), service);
    let _ = timeout(limits::OPERATOR, connection).await;
}

async fn answer(operators: &Operators, request: &Request<Incoming>) -> Response<Out> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let error = r#"{"message":"GET alone is known here"}"#;
        return written(StatusCode::METHOD_NOT_ALLOWED, JSON, error.into());
    }
    match request.uri().path().trim_end_matches('/') {
        "/health/live" => written(StatusCode::OK, JSON, r#"{"status":"live"}"#.into()),
        "/health/ready" => {
            let (ready, text) = operators.health.report().await;
            let status = match ready {
                true => StatusCode::OK,
                false => StatusCode::SERVICE_UNAVAILABLE,
            };
            written(status, JSON, text)
        }
        "/metrics" => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            written(StatusCode::OK, kind, operators.metrics.text())
        }
        _ => {
            let error = r#"{"message":"there are /health/live, /health/ready and /metrics"}"#;
            written(StatusCode::NOT_FOUND, JSON, error.into())
        }
    }
}

fn written(status: StatusCode, kind: &'static str, text: String) -> Response<Out> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
