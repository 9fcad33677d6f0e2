//! Every budget of this crate, each with its reason.

/// Bytes that are looked at to tell what a text or a package is: its kind shows in the first lines. 64 KiB
/// leave room for what people paste above a PEM block, and cost some tens of microseconds.
pub const FORM_BYTES: usize = 64 * 1024;

/// Lines that may stand above the first line of a hexdump, such as the header of PowerShell's.
pub const FORM_DUMP_HEADER: usize = 8;
