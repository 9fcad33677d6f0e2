//! The promises of a hub, of those that we have.

use std::sync::Arc;

use provisor::{IdScope, Rejection};
use provisor_contract::{HubAnswer, HubCall, HubDevice, HubTest, Setting};
use provisor_server::clock::Clock;
use provisor_server::hub::embedded::EmbeddedHub;
use provisor_server::hub::{Hub, Put};
use provisor_server::store::embedded::{Embedded, Options};
use provisor_server::store::seal::DataKeys;

use super::documents::Documents;
use crate::store::Folder;

/// Asks a hub; `registry` is where its devices lie.
pub(crate) async fn call(hub: &dyn Hub, registry: &EmbeddedHub, call: HubCall) -> HubAnswer {
    let answered = |result: Result<(), Box<Rejection>>| result.map_err(|it| *it).into();
    match call {
        HubCall::Put {
            owner,
            hub: name,
            device_id,
            authentication,
            capabilities,
            twin,
        } => {
            let put = Put {
                owner,
                hub: name,
                device_id,
                authentication,
                capabilities,
                twin,
            };
            answered(hub.put(put).await)
        }
        HubCall::Remove(removal) => answered(hub.remove(&removal).await),
        HubCall::ChangeTwin {
            hub,
            device_id,
            twin,
        } => {
            registry
                .replace_twin(&hub, &device_id, &twin)
                .await
                .unwrap();
            HubAnswer::Done
        }
        HubCall::Look { hub, device_id } => {
            let found = registry.device(&hub, &device_id).await.unwrap();
            HubAnswer::Device(found.map(|found| {
                let owner = found.owner.expect("an owner");
                HubDevice::new(owner, found.thumbprint, found.capabilities, found.twin)
            }))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_embedded_hub_keeps_every_promise_of_hubs() {
    let hub = EmbeddedHub::new(Arc::new(Documents::default()), Arc::new(Clock::system()));
    let mut test = HubTest::new(Setting::new("0ne0A1B2C3D", "run-1").unwrap());
    while let Some(asked) = test.ask() {
        let answer = call(&hub, &hub, asked).await;
        test.answer(answer);
    }
    let report = test.report();
    assert!(report.is_kept(), "{report}");
}

/// Another process for each call, on the same store; and each second write loses against another one.
#[tokio::test]
async fn nothing_of_it_lies_in_memory() {
    let store = Arc::new(Documents::default());
    let mut test = HubTest::new(Setting::new("0ne0A1B2C3D", "run-1").unwrap());
    let mut asked = 0;
    while let Some(next) = test.ask() {
        asked += 1;
        *store.losses.lock().unwrap() = asked % 3;
        let hub = EmbeddedHub::new(store.clone(), Arc::new(Clock::system()));
        let answer = call(&hub, &hub, next).await;
        test.answer(answer);
    }
    let report = test.report();
    assert!(report.is_kept() && asked > 50, "{report}");
}

/// The file is closed and opened again before every fifth call.
#[tokio::test]
async fn the_embedded_store_keeps_what_the_hub_promises() {
    let (folder, keys) = (Folder::new(), DataKeys::draw().unwrap());
    let options = Options::new(IdScope::parse("0ne0A1B2C3D").unwrap(), keys);
    let clock = Arc::new(Clock::system());
    let open = || {
        let store = Embedded::open(&folder.path("store"), &options, clock.clone());
        EmbeddedHub::new(Arc::new(store.unwrap()), clock.clone())
    };
    let mut hub = Some(open());
    let mut test = HubTest::new(Setting::new("0ne0A1B2C3D", "run-1").unwrap());
    let mut asked = 0;
    while let Some(next) = test.ask() {
        asked += 1;
        if asked % 5 == 0 {
            drop(hub.take());
        }
        let hub = hub.get_or_insert_with(open);
        let answer = call(&*hub, &*hub, next).await;
        test.answer(answer);
    }
    let report = test.report();
    assert!(report.is_kept() && asked > 50, "{report}");
}
