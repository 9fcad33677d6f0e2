//! What every store keeps to: the contract of the engine, and a suite for the rest. Each store runs both.

#[cfg(unix)]
mod cluster;
mod contract;
mod copies;
mod desk;
mod embedded;
mod folder;
mod memory;
#[cfg(unix)]
mod postgres;
mod suite;

pub(crate) use folder::Folder;
