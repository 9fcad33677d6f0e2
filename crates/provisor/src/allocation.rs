//! Which hub a device goes to.
//!
//! The default is **weighted rendezvous hashing**: every hub draws a number for the device, the
//! draw is weighed, the best draw wins. Nothing is stored, no hub knows of the others, and so
//!
//! * the same device, hubs and ID scope give the same hub on every platform (integers only);
//! * when a hub is added, a device stays or goes to the new hub, nowhere else;
//! * when a hub's weight rises, devices only move to it; when it falls, they only move away;
//! * shares follow the weights; weight 0 takes no new device;
//! * the draws are keyed by the ID scope with SipHash-2-4, so that nobody who picks device names
//!   can aim them at a hub without knowing the scope.
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
mod hubs;
mod key;
mod log;
mod policy;
mod rendezvous;
mod trace;

pub use allocator::{Allocator, allocate};
pub use hubs::{LinkedHubs, Weight};
pub use policy::{AllocationPolicy, Latency};
pub use trace::{Standing, Trace, TraceRow};
