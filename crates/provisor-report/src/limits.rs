//! Every budget of this crate, each with its reason.

/// Bytes that are looked at to tell what a text or a package is: its kind shows in the first lines. 64 KiB
/// leave room for what people paste above a PEM block, and cost some tens of microseconds.
pub const FORM_BYTES: usize = 64 * 1024;

/// Lines that may stand above the first line of a hexdump, such as the header of PowerShell's.
pub const FORM_DUMP_HEADER: usize = 8;

/// Bytes of the name in a subject. Real names have at most some hundred and fifty.
pub const SUBJECT_BYTES: usize = 192;

/// Bytes of what a rejection expected, and of what it found, where they were made of what was sent. A
/// message has both, a subject and a remedy: about a kilobyte together.
pub const TEXT_BYTES: usize = 400;

/// Bytes of a remedy that was made for the case: it names what to do, and with which of the
/// certificates.
pub const REMEDY_BYTES: usize = 512;
