//! A device provisioning service on the wire.
//!
//! It decides nothing itself: it reads bytes, asks the engine of the crate [`provisor`], carries effects
//! out in their order, answers, and lets people see why.
//!
//! ```text
//!  sockets            bytes <-> questions       use cases                the engine
//!  listen  ------->   device, service   ---->   app            ------>   provisor
//!  TLS, ports,        what came, what           lease, facts, decide,    decides
//!  budgets            is answered               effects, operations
//!                                                 |          |
//!                                               store       hub          traits, and what keeps the promises
//! ```
//!
//! | room | what | knows |
//! |---|---|---|
//! | [`run`] | a server as a process: its settings, signals | everything below |
//! | [`assemble`] | the parts, put together | stores, hubs, what is reached outside |
//! | [`server`] | what runs, and how it stops | everything below |
//! | [`config`] | the settings of a server, one file | - |
//! | [`storage`] | opens the store that the settings name | the stores |
//! | [`setup`], [`dev`] | what a new store begins with; a server for development, with its samples | the engine's operations, the traits |
//! | [`listen`] | sockets, TLS, HTTP, WebSocket: bytes in and out, and their limits | the rooms below |
//! | [`device`] | between bytes and a device's questions | the words of `provisor-wire` |
//! | [`observe`] | metrics, logs, health | - |
//! | [`ask`] | a device's question and its answer, over any transport | the words of `provisor-wire` |
//! | [`service`] | the requests of operators and their SDKs, and what they are answered | the words of `provisor-wire` |
//! | [`app`] | one registration from question to answer; the state that requests share | the engine, the traits |
//! | [`store`] | what is kept: the trait, and the stores | the engine's stored forms |
//! | [`hub`] | where devices are put: the trait, and the hubs | the engine's effects |
//! | [`outgoing`] | requests to others: hubs, webhooks | nothing of the rest |
//! | [`clock`] | the only clock and the only randomness | - |
//! | [`show`], [`limits`] | how much of a refusal is told; every limit with its reason | - |
#![forbid(unsafe_code)]

pub mod app;
pub mod ask;
pub mod assemble;
pub mod clock;
pub mod config;
pub mod dev;
pub mod device;
pub mod hub;
pub mod limits;
pub mod listen;
pub mod observe;
pub mod outgoing;
pub mod run;
pub mod server;
pub mod service;
pub mod setup;
pub mod show;
pub mod storage;
pub mod store;
