//! The stored forms of enrollments and CA certificates.
//!
//! Everything goes through the doors that it went through when it was made: an illegal identifier, an
//! unusable certificate or the same certificate twice is refused here as there. Unknown members and
//! versions are refused; none may be missing but those that are optional by themselves.

#[cfg(feature = "x509")]
mod authority;
#[cfg(feature = "x509")]
mod group;
mod individual;
mod leaves;
#[cfg(feature = "x509")]
mod references;
