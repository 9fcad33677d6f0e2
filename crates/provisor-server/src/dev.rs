//! A server for development: it makes whatever it needs in a folder, and finds it there the next time.
//!
//! | file | what |
//! |---|---|
//! | [`pki`] | a CA for the server's certificate, and a line of devices with an intermediate |
//! | [`folder`] | what lies in the folder: scope, keys, certificates |
//! | [`names`], [`samples`] | what the samples are called; the enrollments, and what a device of each shows |
//! | [`start`], [`greeting`] | its start; what whoever started it is told |

pub mod folder;
pub mod greeting;
pub mod names;
pub mod pki;
pub mod samples;
pub mod start;

pub use folder::Folder;
