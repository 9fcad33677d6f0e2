//! What a provisioning service relies on in its store and in its hubs, as tests that anybody's
//! implementation can be run against.
//!
//! The engine of `provisor` decides; what keeps its decisions true is that a store and a hub do a few
//! things in one step and refuse what comes late. [`StoreTest::promises`] and [`HubTest::promises`] list these promises. A test
//! asks ([`StoreCall`], [`HubCall`]), the implementation answers, and the report says which promises
//! are broken and how:
//!
//! ```
//! use provisor_contract::{HubTest, MemoryHub, MemoryStore, Setting, StoreTest};
//!
//! let setting = Setting::new("0ne0A1B2C3D", "run-1")?;
//! let mut store = MemoryStore::new();
//! let report = StoreTest::new(setting.clone()).run(|call| store.call(call));
//! assert!(report.is_kept(), "{report}");
//!
//! let mut hub = MemoryHub::new();
//! let report = HubTest::new(setting).run(|call| hub.call(call));
//! assert!(report.is_kept(), "{report}");
//! # Ok::<(), provisor::Rejection>(())
//! ```
//!
//! An implementation that has to wait is driven step by step:
//!
//! ```
//! # use provisor_contract::{MemoryStore, Report, Setting, StoreAnswer, StoreCall, StoreTest};
//! # struct Mine(MemoryStore);
//! # impl Mine { async fn call(&mut self, call: StoreCall) -> StoreAnswer { self.0.call(call) } }
//! async fn judge(mut store: Mine, setting: Setting) -> Report {
//!     let mut test = StoreTest::new(setting);
//!     while let Some(call) = test.ask() {
//!         let answer = store.call(call).await;
//!         test.answer(answer);
//!     }
//!     test.report()
//! }
//! # let _ = judge;
//! ```
//!
//! The tests write records, notes and devices under registration IDs that begin with the label of the
//! run, in the scope that is given, and leave them there. Nothing else may write in the meantime: counts
//! are compared.
//!
//! [`MemoryStore`] and [`MemoryHub`] keep all of it, for tests and examples, and forget it when they are
//! dropped.
#![forbid(unsafe_code)]

mod hub;
mod keys;
mod memory;
mod report;
mod script;
mod setting;
mod store;
mod test;

/// The page about an example service: its code is run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/service.md")]
struct ServicePage;

pub use hub::{HubAnswer, HubCall, HubDevice, HubTest};
pub use memory::{MemoryHub, MemoryStore};
pub use report::{Broken, Report};
pub use setting::Setting;
pub use store::{Counted, StoreAnswer, StoreCall, StoreTest};
