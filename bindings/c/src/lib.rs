//! provisor for C.
//!
//! `include/provisor.h` is generated from this crate by `cargo xtask header`; `docs/c.md` states the
//! conventions in words. C programs link the installed copies `libprovisor.a` and `libprovisor.so`:
//! the crate's own library name differs because the core crate is called `provisor`, and two
//! `libprovisor.rlib` in one folder would overwrite each other.
//!
//! Every exported function has the same three parts, in this order: the raw arguments become
//! promises (`input`, `output`: the only place where the caller's word is taken), the body runs
//! inside `boundary` in safe code, the outputs are written last.
#![expect(
    unsafe_code,
    reason = "pointers from C are only as good as the caller's word; each block says whose word it takes"
)]
#![expect(
    non_camel_case_types,
    reason = "the types are named as C programs see them"
)]

mod allocation;
mod boundary;
mod id;
mod input;
mod output;
mod random;
mod rejection;
mod status;
mod tpm;
mod version;
mod x509;

pub use allocation::*;
pub use id::*;
pub use input::provisor_bytes;
pub use random::provisor_fill;
pub use rejection::*;
pub use status::*;
pub use tpm::*;
pub use version::*;
pub use x509::*;
