//! What every store keeps to: the contract of the engine, and a suite for the rest. Each store runs both.

mod contract;
mod desk;
mod embedded;
mod folder;
mod suite;

pub(crate) use folder::Folder;
