//! Connections.

use std::net::IpAddr;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use provisor::Code;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::failed::failed;
use super::limits;
use super::reach::Reach;
use super::url::Url;
use crate::store::Result;

/// A connection that a request can be written to.
pub(super) type Connection = SendRequest<Full<Bytes>>;

/// Opens a connection, and lets it run.
pub(super) async fn open(
    tls: &Arc<ClientConfig>,
    allowed: (bool, Reach),
    to: &Url,
) -> Result<Connection> {
    let opened = timeout(limits::OUTGOING_CONNECT, connect(tls, allowed, to));
    opened
        .await
        .unwrap_or_else(|_| Err(failed(Code::OutTimeout, to, "no connection in time")))
}

async fn connect(
    tls: &Arc<ClientConfig>,
    (plain_here, reach): (bool, Reach),
    to: &Url,
) -> Result<Connection> {
    let socket = reached(reach, to).await?;
    // Requests are small, and nothing follows that they could wait for.
    let _ = socket.set_nodelay(true);
    if to.tls {
        let name = name_of(to)?;
        let connector = TlsConnector::from(Arc::clone(tls));
        let stream = connector.connect(name, socket).await;
        return speak(to, stream.map_err(|e| failed(Code::OutTls, to, e))?).await;
    }
    let here = socket.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
    if !plain_here || !here {
        return Err(failed(
            Code::OutAddress,
            to,
            "plain HTTP, which is sent to this machine alone, where it is allowed",
        ));
    }
    speak(to, socket).await
}

/// A socket to one of the host's addresses: what is judged is what is connected to, so that a name cannot lead
/// elsewhere the second time that it is asked for.
async fn reached(reach: Reach, to: &Url) -> Result<TcpStream> {
    let found = tokio::net::lookup_host((&*to.host, to.port)).await;
    let found = found.map_err(|e| failed(Code::OutConnect, to, e))?;
    let (allowed, others): (Vec<_>, Vec<_>) = found.partition(|address| reach.allows(address.ip()));
    if let (true, Some(other)) = (allowed.is_empty(), others.first()) {
        return Err(failed(Code::OutAddress, to, other.ip()));
    }
    TcpStream::connect(&*allowed)
        .await
        .map_err(|e| failed(Code::OutConnect, to, e))
}

/// The name that the certificate has to have.
fn name_of(to: &Url) -> Result<ServerName<'static>> {
    if let Ok(address) = to.host.parse::<IpAddr>() {
        return Ok(ServerName::from(address));
    }
    ServerName::try_from(to.host.to_string()).map_err(|e| failed(Code::OutUrl, to, e))
}

async fn speak<S>(to: &Url, stream: S) -> Result<Connection>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let spoken = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (sender, connection) = spoken.map_err(|e| failed(Code::OutConnect, to, e))?;
    // It ends with the last sender, or when the other side hangs up.
    tokio::spawn(connection);
    Ok(sender)
}
