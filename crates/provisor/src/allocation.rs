//! Which hub a device goes to.
//!
//! **Weighted rendezvous hashing**, the algorithm of number 1: each hub lets the device wait a random
//! time, a hub of weight w is w times as quick, and the first one gets it. Nothing is stored, no hub
//! knows of the others, and so
//!
//! * the same device, hubs, ID scope and salt give the same hub on every platform (integers only);
//! * when a hub is added, a device stays or goes to the new hub, nowhere else;
//! * when a hub's weight rises, devices only move to it; when it falls, they only move away;
//! * shares are those of the weights, exactly; weight 0 takes no new device;
//! * whoever knows the scope knows the mapping, unless the service has a [`Salt`].
//!
//! `docs/allocation.md` has the guarantees and the specification, which is frozen.
//!
//! [`allocate`] is that function. [`Allocator`] puts the other policies, a subset of the hubs, and
//! the answer to "why this hub" around it.
//!
//! ```
//! use provisor::allocation::{LinkedHubs, Weight, allocate};
//! use provisor::{HubName, IdScope, RegistrationId};
//!
//! let hubs = LinkedHubs::new(
//!     &IdScope::parse("0ne0A1B2C3D")?,
//!     [
//!         (HubName::parse("hub-a.example.net")?, Weight::new(3)?),
//!         (HubName::parse("hub-b.example.net")?, Weight::new(1)?),
//!     ],
//! )?;
//! let hub = allocate(&hubs, &RegistrationId::try_from("line-7")?)?;
//! assert!(hubs.contains(hub));
//! # Ok::<(), provisor::Rejection>(())
//! ```

mod allocator;
mod basis;
mod draws;
mod hubs;
mod key;
mod latency_table;
mod policy;
mod prepared;
mod rendezvous;
mod resolved;
mod score;
#[cfg(feature = "serde")]
mod stored;
mod trace;

pub use allocator::{Allocator, allocate};
pub use basis::{AllocationBasis, AllocationVersion, Salt};
pub use hubs::{LinkedHubs, Weight};
pub use latency_table::{LatencyTable, Network};
pub use policy::{AllocationPolicy, Latency};
pub use prepared::Prepared;
pub use trace::{Standing, Trace, TraceRow};
