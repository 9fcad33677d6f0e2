//! The one way in and out: no panic leaves Rust, every failure becomes a status and, when the caller
//! wants one, a rejection object. A test over the sources sees to it that every exported function
//! goes through here.

mod answer;
mod run;

pub(crate) use answer::answer;
pub(crate) use run::run;
