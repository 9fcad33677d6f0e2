//! `include/provisor.h`: cbindgen over bindings/c, with the version and the code table in front of
//! the functions.

use super::Generated;
use super::codes::c_block;
use crate::workspace;

const HEADER: &str = "include/provisor.h";

/// Major, minor and patch of the workspace, which all its crates share.
const VERSION: [&str; 3] = [
    env!("CARGO_PKG_VERSION_MAJOR"),
    env!("CARGO_PKG_VERSION_MINOR"),
    env!("CARGO_PKG_VERSION_PATCH"),
];

/// The header, by the pinned cbindgen and `bindings/c/cbindgen.toml`.
///
/// # Errors
///
/// bindings/c has no cbindgen.toml, or cbindgen cannot read the sources.
pub(crate) fn generate() -> Result<Vec<Generated>, String> {
    let crate_dir = workspace::root().join("bindings/c");
    let mut config = cbindgen::Config::from_file(crate_dir.join("cbindgen.toml"))?;
    config.after_includes = Some(format!("\n{}\n{}", version_block(), c_block()));
    let bindings = cbindgen::Builder::new()
        .with_crate(&crate_dir)
        .with_config(config)
        .generate()
        .map_err(|e| format!("cbindgen: {e}"))?;
    let mut bytes = Vec::new();
    bindings.write(&mut bytes);
    let text = String::from_utf8(bytes).map_err(|e| format!("cbindgen: {e}"))?;
    Ok(vec![Generated::text(HEADER, for_c_programmers(&text))])
}

/// The version that a program is compiled with; `provisor_version()` is the one it runs with.
fn version_block() -> String {
    let [major, minor, patch] = VERSION;
    format!(
        "/** The version of this header; provisor_version() is that of the library. */\n\
         #define PROVISOR_VERSION_MAJOR {major}\n\
         #define PROVISOR_VERSION_MINOR {minor}\n\
         #define PROVISOR_VERSION_PATCH {patch}\n\
         /** Grows with every version: major, minor and patch in bits 16 to 31, 8 to 15, 0 to 7. */\n\
         #define PROVISOR_VERSION_NUMBER \\\n    \
             (PROVISOR_VERSION_MAJOR << 16 | PROVISOR_VERSION_MINOR << 8 | PROVISOR_VERSION_PATCH)\n"
    )
}

/// Rust's heading for what an unsafe function asks of its callers, in words that C knows. Line ends
/// without spaces before them.
fn for_c_programmers(header: &str) -> String {
    let mut out = String::with_capacity(header.len());
    for line in header.lines() {
        out.push_str(
            line.replace(" * # Safety", " * The caller's part:")
                .trim_end(),
        );
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_workspace_s() {
        let block = version_block();
        let parts: Vec<_> = env!("CARGO_PKG_VERSION").split('.').collect();
        for (name, value) in ["MAJOR", "MINOR", "PATCH"].iter().zip(parts) {
            assert!(
                block.contains(&format!("#define PROVISOR_VERSION_{name} {value}\n")),
                "{block}"
            );
        }
    }

    #[test]
    fn rust_s_words_become_c_s() {
        let text = for_c_programmers("/**\n * # Safety\n * \n */\nint f(void);\n");
        assert_eq!(text, "/**\n * The caller's part:\n *\n */\nint f(void);\n");
    }
}
