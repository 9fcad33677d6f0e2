//! Whether a server is ready: who balances load asks, and sends nothing to one that is not.
//!
//! Alive is another matter: a server whose store does not answer is not mended by killing it.

use std::time::Duration;

use provisor::x509::Certificate;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::listen::tls::Tls;

/// How long the store may take: shorter than the time-outs of those who ask, which are some seconds.
const STORE: Duration = Duration::from_secs(2);

/// How a server is.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "stores have none")]
pub struct Health {
    /// What answers.
    pub app: App,
    /// The server's certificates.
    pub tls: Tls,
    /// That the server stops.
    pub stop: CancellationToken,
}

impl Health {
    /// Whether it is ready, and each of the reasons as JSON.
    pub async fn report(&self) -> (bool, String) {
        let serving = !self.stop.is_cancelled();
        let store = self.store().await;
        let certificate = self.certificate();
        let ready = serving && store && certificate;
        let text = format!(
            r#"{{"ready":{ready},"serving":{serving},"store":{store},"certificate":{certificate}}}"#
        );
        (ready, text)
    }

    async fn store(&self) -> bool {
        let answer = timeout(STORE, self.app.store.check());
        matches!(answer.await, Ok(Ok(())))
    }

    /// At least one of the server's certificates is valid. One that cannot be read is not judged.
    fn certificate(&self) -> bool {
        let now = self.app.clock.now();
        let identity = self.tls.identity();
        let mut leaves = identity.leaves().map(Certificate::from_der);
        leaves.any(|leaf| leaf.is_ok_and(|leaf| now <= leaf.not_after()))
            || identity
                .leaves()
                .all(|leaf| Certificate::from_der(leaf).is_err())
    }
}
