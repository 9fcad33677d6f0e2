//! An operator who works on a store.
