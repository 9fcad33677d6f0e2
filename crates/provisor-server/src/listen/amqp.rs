//! AMQP 1.0, over any stream of bytes.
//!
//! ```text
//!  AMQP.3 header -> sasl: who it says it is      \
//!                                                 session: two links, requests in, answers out
//!  AMQP.0 header: who its certificate says it is /
//! ```

mod rewound;
mod sasl;
mod session;

use std::io;

use provisor_wire::amqp::ProtocolHeader;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::context::Context;
use super::slots::Slot;
use crate::ask::Peer;
use crate::device::amqp::Login;
use crate::limits;

use rewound::Rewound;

/// Serves one connection to its end.
///
/// # Errors
/// Why it ended before its time; for the log.
pub(super) async fn serve<S>(
    context: &Context,
    slot: &Slot,
    peer: &Peer,
    mut stream: S,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let begun = timeout(limits::AMQP_LOGIN, begin(context, peer, &mut stream)).await;
    let login = begun.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    let header = ProtocolHeader::Amqp.to_bytes().to_vec();
    session::serve(context, slot, peer, &login, Rewound::new(header, stream)).await
}

/// What comes before the header of AMQP, and that header.
async fn begin<S>(context: &Context, peer: &Peer, stream: &mut S) -> io::Result<Login>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    match header(stream).await? {
        ProtocolHeader::Amqp => Ok(Login::default()),
        ProtocolHeader::Sasl => {
            stream.write_all(&ProtocolHeader::Sasl.to_bytes()).await?;
            let login = sasl::log_in(context, peer, stream).await?;
            match header(stream).await? {
                ProtocolHeader::Amqp => Ok(login),
                ProtocolHeader::Sasl => Err(io::Error::other("SASL within SASL")),
            }
        }
    }
}

/// A header; one that is none is answered with the one that is expected, and the connection ends (AMQP 1.0,
/// part 2, section 2.2).
async fn header<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<ProtocolHeader> {
    let mut bytes = [0; 8];
    stream.read_exact(&mut bytes).await?;
    match ProtocolHeader::parse(bytes) {
        Some(header) => Ok(header),
        None => {
            stream.write_all(&ProtocolHeader::Sasl.to_bytes()).await?;
            Err(io::Error::other("no AMQP"))
        }
    }
}
