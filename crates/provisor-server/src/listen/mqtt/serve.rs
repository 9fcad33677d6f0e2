//! One connection of MQTT, from CONNECT to its end.

use provisor_wire::hub::HubUserName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::answers::Answers;
use super::link::Link;
use super::packet::{Connect, Fault, Packet, Refusal};
use super::{hub, provisioning};
use crate::ask::Peer;
use crate::hub::embedded::EmbeddedHub;

/// Serves one client of MQTT, from CONNECT to its end; ends early, between two requests, when the server stops.
///
/// Devices of the embedded hubs come to the same port; the user name tells them apart.
pub async fn serve<S>(
    app: &dyn Answers,
    hubs: Option<&EmbeddedHub>,
    peer: &Peer,
    stream: S,
    stop: &CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut link = Link::new(stream);
    let end = match first(&mut link).await {
        Ok(None) => Ok(()),
        Err(fault) => Err(fault),
        Ok(Some(connect)) => {
            let name = connect.user_name.as_deref().unwrap_or_default();
            match (hubs, HubUserName::parse(name)) {
                (Some(hubs), Ok(name)) => {
                    hub::serve(hubs, app, peer, &mut link, &name, connect, stop).await
                }
                _ => provisioning::serve(app, peer, &mut link, connect, stop).await,
            }
        }
    };
    if let Err(fault) = end {
        let rejection = fault.rejection();
        let (address, code) = (peer.address, rejection.code().name());
        match fault {
            // Devices lose their network every day.
            Fault::Broken { .. } | Fault::Silent { .. } => {
                debug!(%address, code, why = %rejection, "a connection of MQTT ended");
            }
            _ => info!(%address, code, why = %rejection, "a connection of MQTT was closed"),
        }
    }
    link.close().await;
}

/// Reads the CONNECT; `None` when the client left without one, or was refused already.
async fn first<S>(link: &mut Link<S>) -> Result<Option<Connect>, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match link.next().await {
        Ok(Some(Packet::Connect(connect))) => {
            // Section 3.1.3.1: a client without a name has nothing to come back to.
            if connect.client_id.is_empty() && !connect.clean_session {
                let refusal = link.wire.refuse(Refusal::Identifier)?;
                link.send(&refusal).await?;
                return Ok(None);
            }
            Ok(Some(connect))
        }
        // The wire lets nothing else through before it.
        Ok(_) => Ok(None),
        Err(Fault::Version) => {
            let refusal = link.wire.refuse(Refusal::Version)?;
            link.send(&refusal).await?;
            Err(Fault::Version)
        }
        Err(fault) => Err(fault),
    }
}
