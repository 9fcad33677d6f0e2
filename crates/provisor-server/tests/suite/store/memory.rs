//! The store in memory.

use std::sync::Arc;

use provisor::IdScope;
use provisor_server::store::Store;
use provisor_server::store::memory::MemoryStore;

use super::contract::{Reopen, keeps_its_promises};
use super::suite::{Fresh, run};

/// It forgets, so it is the same one after a restart.
struct Same(Arc<MemoryStore>);

impl Reopen for Same {
    async fn open(&mut self) -> Arc<dyn Store> {
        let store: Arc<MemoryStore> = Arc::clone(&self.0);
        store
    }
}

struct New;

impl Fresh for New {
    async fn fresh(&mut self, scope: &IdScope) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new(scope.clone()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_in_memory_keeps_the_contract_and_passes_the_suite() {
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let mut same = Same(Arc::new(MemoryStore::new(scope.clone())));
    keeps_its_promises(&scope, &mut same).await;
    run(&mut New).await;
}
