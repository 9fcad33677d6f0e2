//! Which version a program runs with; the header says which one it was compiled with.

/// The version of the library, composed like `PROVISOR_VERSION_NUMBER`: major, minor and patch in
/// the bits 16 to 31, 8 to 15 and 0 to 7.
#[unsafe(no_mangle)]
pub extern "C" fn provisor_version() -> u32 {
    NUMBER
}

const NUMBER: u32 = {
    let [major, minor, patch] = [
        part(env!("CARGO_PKG_VERSION_MAJOR")),
        part(env!("CARGO_PKG_VERSION_MINOR")),
        part(env!("CARGO_PKG_VERSION_PATCH")),
    ];
    assert!(major < 1 << 16 && minor < 1 << 8 && patch < 1 << 8);
    major << 16 | minor << 8 | patch
};

/// A decimal number, at compile time.
const fn part(text: &str) -> u32 {
    match u32::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => u32::MAX,
    }
}
