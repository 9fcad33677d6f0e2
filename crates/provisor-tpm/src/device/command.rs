//! Commands as bytes (TPM 2.0 Part 1 section 18, Part 3), and what their responses hold.
//!
//! One function for each command builds its bytes; where the response holds something, a type of
//! the same file reads it. Authorizations are the empty password, which is what provisioned devices
//! have, or a policy session.

mod activation;
mod build;
mod code;
mod mac;
mod memory;
mod object;
mod session;

pub use activation::{activate_credential, activated_secret, import, imported_private};
pub use build::{Authorization, Command};
pub use code::CommandCode;
pub use mac::{hmac, hmac_start, mac, quote, quoted, sequence_complete, sequence_update};
pub use memory::{
    Capability, NvPublic, Property, get_capability, nv_data, nv_read, nv_read_public, startup,
};
pub use object::{
    Loaded, create_primary, created_public, evict_control, flush_context, load, public_area,
    read_public,
};
pub use session::{policy_or, policy_secret, start_policy_session};
