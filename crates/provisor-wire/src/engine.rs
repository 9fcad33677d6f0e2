//! Between the bodies of the wire and the engine of the crate `provisor`: methods of the bodies, behind the feature
//! `provisor`.
//!
//! | from | to |
//! |---|---|
//! | a request's body | a draft of the engine's operations: `to_draft` |
//! | a view of the engine's operations | an answer's body: `of_view` |
//! | a record, an assignment | a registration's state: `of_record`, `of_assigned` |
//! | the response to a registration | [`Registered`] |
//! | a query's text and headers | the engine's query: `to_engine` |
//! | the management API: its bodies, views of what a service has | `to_draft`, `of_view` |
//! | a question of custom allocation, an answer | `of_question`, `to_engine` |
//!
//! What the engine refuses of a body is named by its place there, as a JSON pointer.
//!
//! Members that are not known go with the draft, each under its path; they come back with the view, and so does the
//! storage root key of a TPM.

mod admin;
mod bulk;
mod draft;
mod mechanism;
mod others;
mod place;
mod query;
mod registered;
mod settings;
mod state;
mod view;
mod webhook;

pub use registered::Registered;
