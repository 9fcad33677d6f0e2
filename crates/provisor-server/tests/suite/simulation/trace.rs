//! The course of a run in words: `TRACE=1`.

/// Says it, if it is to be said.
pub(super) fn trace(words: impl FnOnce() -> String) {
    if std::env::var_os("TRACE").is_some() {
        println!("{}", words());
    }
}
