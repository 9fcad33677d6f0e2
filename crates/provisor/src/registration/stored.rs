//! The stored forms of what is known of registrations, and of challenges. Each has a version inside; an
//! unknown version, an unknown member and one that is missing are refused, and so is what is illegal.

mod keys;
mod record;
mod removal;
mod tombstone;
