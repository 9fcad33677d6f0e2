//! A place for a value.

use provisor::Rejection;

use crate::input::null;

/// A place for a value or for a pointer to a new object.
pub(crate) struct Out<T> {
    pointer: *mut T,
    name: &'static str,
}

impl<T> Out<T> {
    /// # Safety
    ///
    /// `pointer` is NULL or writable for the length of the call.
    pub(crate) const unsafe fn new(pointer: *mut T, name: &'static str) -> Self {
        Self { pointer, name }
    }

    /// A place that the function cannot do without.
    pub(crate) fn required(self) -> Result<Self, Rejection> {
        if self.pointer.is_null() {
            return Err(null(self.name));
        }
        Ok(self)
    }

    /// Writes, unless the caller does not want it.
    pub(crate) fn set(self, value: T) {
        if !self.pointer.is_null() {
            // SAFETY: writable by the promise of `new`; what it held before is no object of ours.
            unsafe { self.pointer.write(value) };
        }
    }
}

impl<T> Out<*mut T> {
    /// Hands a new object over to the caller, who frees it.
    pub(crate) fn give(self, object: T) {
        self.give_with(|| object);
    }

    /// [`give`](Self::give) for an object that is only made when the caller wants it.
    pub(crate) fn give_with(self, object: impl FnOnce() -> T) {
        if !self.pointer.is_null() {
            self.set(Box::into_raw(Box::new(object())));
        }
    }
}
