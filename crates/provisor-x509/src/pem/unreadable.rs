//! A file that is refused as a whole, and the place in it.

use alloc::borrow::Cow;

use provisor_report::Rejection;

/// Why a file of certificates or lists was refused, and where in it.
///
/// ```
/// use provisor_x509::file::{self, Wanted};
/// use provisor_x509::{Code, Rejection};
///
/// let text = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n----BEGIN CERTIFICATE-----\n";
/// let unreadable = file::read(text, Wanted::Certificates).unwrap_err();
/// assert_eq!((unreadable.block(), unreadable.line()), (Some(2), Some(4)));
/// assert_eq!(Rejection::from(unreadable).code(), Code::X509Armour);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub(crate) rejection: Rejection,
    pub(crate) block: Option<usize>,
    pub(crate) line: Option<usize>,
}

impl Unreadable {
    /// The reason. It has the line in what was found.
    #[must_use]
    pub const fn rejection(&self) -> &Rejection {
        &self.rejection
    }

    /// Which of the certificates or lists of the file is at fault, from 1; `None` where there is none.
    #[must_use]
    pub const fn block(&self) -> Option<usize> {
        self.block
    }

    /// The line, from 1; `None` where the whole file is at fault.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    pub(crate) const fn whole(rejection: Rejection) -> Self {
        Self {
            rejection,
            block: None,
            line: None,
        }
    }

    pub(crate) fn expected(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.rejection = self.rejection.expected(text);
        self
    }

    pub(crate) fn remedy(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.rejection = self.rejection.remedy(text);
        self
    }
}

impl From<Unreadable> for Rejection {
    fn from(unreadable: Unreadable) -> Self {
        unreadable.rejection
    }
}

impl core::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.rejection.fmt(f)
    }
}

impl core::error::Error for Unreadable {}
