//! Every linked hub behind one way to reach them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use provisor::enrollment::Etag;
use provisor::registration::{OwnerTag, Removal};
use provisor::{DeviceId, HubName};

use super::content::{Content, plan};
use super::embedded::EmbeddedHub;
use super::iot_hub::IotHub;
use super::link::HubConnection;
use super::{Hub, Put};
use crate::app::State;
use crate::clock::Clock;
use crate::outgoing::{Outgoing, Url};
use crate::store::{Pending, Result, Store};

/// The hubs that are linked: which connector a hub has says the connection string of its link
/// ([`HubConnection`]).
#[allow(missing_debug_implementations, reason = "stores have none")]
pub struct Hubs {
    state: Arc<RwLock<State>>,
    embedded: EmbeddedHub,
    outgoing: Arc<Outgoing>,
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    /// Where a hub is reached, if not by its name.
    addresses: HashMap<HubName, Url>,
    /// Connectors with what their links were when they were made.
    remote: Mutex<HashMap<HubName, (Etag, Arc<IotHub>)>>,
}

/// Where a hub is.
enum Reached {
    Embedded,
    Remote(Arc<IotHub>),
}

impl Hubs {
    /// The hubs that are linked in that state: those in the store, and those that are reached by these
    /// connections.
    #[must_use]
    pub fn new(
        state: Arc<RwLock<State>>,
        embedded: EmbeddedHub,
        outgoing: Arc<Outgoing>,
        (store, clock): (Arc<dyn Store>, Arc<Clock>),
    ) -> Self {
        Self {
            state,
            embedded,
            outgoing,
            store,
            clock,
            addresses: HashMap::new(),
            remote: Mutex::default(),
        }
    }

    /// The same, where that hub is reached at another address than its name: by a private endpoint, or in a
    /// test. The certificate has to have the name of the address.
    #[must_use]
    pub fn with_address(mut self, hub: HubName, address: Url) -> Self {
        self.addresses.insert(hub, address);
        self
    }

    /// The hubs that lie in the store.
    #[must_use]
    pub const fn embedded(&self) -> &EmbeddedHub {
        &self.embedded
    }

    /// The names of the embedded hubs that are linked.
    #[must_use]
    pub fn embedded_names(&self) -> Vec<HubName> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let links = state.hubs.values();
        links
            .filter(|link| HubConnection::of(&link.value).is_ok_and(|it| it.is_embedded()))
            .map(|link| link.value.name.clone())
            .collect()
    }

    /// Forgets what is kept of devices that were removed long ago; to be called now and then.
    ///
    /// # Errors
    /// What the store fails with.
    pub async fn sweep(&self) -> Result<()> {
        const ROWS: usize = 1000;
        let names: Vec<HubName> = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            state.hubs.keys().cloned().collect()
        };
        for hub in names {
            let Ok(reached) = self.reached(&hub) else {
                continue;
            };
            let mut after = None;
            loop {
                after = match &reached {
                    Reached::Embedded => self.embedded.sweep(&hub, after.as_deref(), ROWS).await?,
                    Reached::Remote(remote) => remote.sweep(after.as_deref(), ROWS).await?,
                };
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn reached(&self, hub: &HubName) -> Result<Reached> {
        let (etag, connection) = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            let link = state
                .hubs
                .get(hub)
                .ok_or_else(|| HubConnection::not_linked(hub))?;
            (link.etag.clone(), HubConnection::of(&link.value)?)
        };
        let (access, adopt) = match connection {
            HubConnection::Embedded(_) => return Ok(Reached::Embedded),
            HubConnection::Remote { access, adopt } => (access, adopt),
        };
        let mut remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made_of, connector)) = remote.get(hub)
            && *made_of == etag
        {
            return Ok(Reached::Remote(Arc::clone(connector)));
        }
        let to = match self.addresses.get(hub) {
            Some(address) => address.clone(),
            None => Url::of_host(hub.as_str())?,
        };
        let connector = Arc::new(IotHub::new(
            hub.clone(),
            (to, access),
            adopt,
            Arc::clone(&self.outgoing),
            (Arc::clone(&self.store), Arc::clone(&self.clock)),
        ));
        remote.insert(hub.clone(), (etag, Arc::clone(&connector)));
        Ok(Reached::Remote(connector))
    }

    /// What is in the twin of a device, wherever it is.
    async fn content(
        &self,
        hub: &HubName,
        device_id: &DeviceId,
        owner: &OwnerTag,
    ) -> Result<Option<Content>> {
        match self.reached(hub) {
            Ok(Reached::Remote(remote)) => remote.content(device_id, owner).await,
            Ok(Reached::Embedded) => self.embedded.content(hub, device_id, owner).await,
            // It was unlinked. An embedded one can be read all the same; of another one nothing is left to copy.
            Err(unlinked) => {
                let found = self.embedded.content(hub, device_id, owner).await?;
                if found.is_none() {
                    tracing::warn!(%hub, code = unlinked.code().name(), "no twin is copied from a hub that cannot be reached");
                }
                Ok(found)
            }
        }
    }

    async fn put_device(&self, put: Put) -> Result<()> {
        let reached = self.reached(&put.hub)?;
        let Put {
            owner,
            hub,
            device_id,
            authentication,
            capabilities,
            twin,
        } = put;
        let look = |hub: HubName, device_id: DeviceId| -> Pending<'_, Result<Option<Content>>> {
            let owner = &owner;
            Box::pin(async move { self.content(&hub, &device_id, owner).await })
        };
        let plan = plan(twin, look).await?;
        match reached {
            Reached::Embedded => {
                let kind = (&authentication, capabilities);
                self.embedded
                    .place_as(&owner, (&hub, &device_id), kind, plan)
                    .await
            }
            Reached::Remote(remote) => {
                let kind = (&authentication, capabilities);
                remote.place(&owner, &device_id, kind, &plan).await
            }
        }
    }

    async fn remove_device(&self, removal: &Removal) -> Result<()> {
        match self.reached(&removal.hub) {
            Ok(Reached::Embedded) => self.embedded.remove(removal).await,
            Ok(Reached::Remote(remote)) => remote.remove(removal).await,
            Err(unlinked) => {
                let (hub, device_id) = (&removal.hub, &removal.device_id);
                if self.embedded.device(hub, device_id).await?.is_some() {
                    return self.embedded.remove(removal).await;
                }
                // It stays noted, and is done when the hub is linked again.
                Err(unlinked)
            }
        }
    }
}

impl Hub for Hubs {
    fn put(&self, put: Put) -> Pending<'_, Result<()>> {
        Box::pin(self.put_device(put))
    }

    fn remove<'a>(&'a self, removal: &'a Removal) -> Pending<'a, Result<()>> {
        Box::pin(self.remove_device(removal))
    }
}
