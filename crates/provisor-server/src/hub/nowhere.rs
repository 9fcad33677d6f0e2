//! A hub that is not there: it takes every device and keeps none.

use provisor::registration::Removal;

use super::{Hub, Put};
use crate::store::{Pending, Result};

/// Takes every device and keeps none: for a server whose hubs are looked after by others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

impl Hub for Nowhere {
    fn put(&self, _: Put) -> Pending<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a Removal) -> Pending<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
