//! What a token is made for.

use core::fmt;

use crate::id::{IdScope, RegistrationId};

/// The resource of a device's registration: `{idScope}/registrations/{registrationId}`.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    scope: &'a IdScope,
    id: &'a RegistrationId,
}

impl<'a> Resource<'a> {
    /// The registration of the device in the scope.
    #[must_use]
    pub const fn registration(scope: &'a IdScope, id: &'a RegistrationId) -> Self {
        Self { scope, id }
    }

    pub(super) const fn id(&self) -> &'a RegistrationId {
        self.id
    }

    /// True when `text`, already decoded, names this resource. Case does not count: IDs and scopes
    /// disregard it, and one official client sends the whole resource in lower case.
    pub(super) fn is_named_by(&self, text: &str) -> bool {
        let mut parts = text.splitn(3, '/');
        let mut next_is = |expected: &str| {
            parts
                .next()
                .is_some_and(|part| part.eq_ignore_ascii_case(expected))
        };
        next_is(self.scope.normal_form())
            && next_is("registrations")
            && next_is(self.id.normal_form())
    }
}

impl fmt::Display for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/registrations/{}", self.scope, self.id)
    }
}
