//! What a store keeps, with the feature `serde`: a [`Stored`](super::Stored) has a version, the others
//! stand in one; nothing unknown is read. Policies and links have **secrets in clear**: a store seals them before it writes them anywhere.

mod audit;
mod resources;
mod stored;
