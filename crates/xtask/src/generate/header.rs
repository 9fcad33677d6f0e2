//! `include/provisor.h`: cbindgen over bindings/c, with the code table in front of the functions.

use super::Generated;
use super::codes::c_block;
use crate::workspace;

const HEADER: &str = "include/provisor.h";

/// The header, by the pinned cbindgen and `bindings/c/cbindgen.toml`.
///
/// # Errors
///
/// bindings/c has no cbindgen.toml, or cbindgen cannot read the sources.
pub(crate) fn generate() -> Result<Vec<Generated>, String> {
    let crate_dir = workspace::root().join("bindings/c");
    let mut config = cbindgen::Config::from_file(crate_dir.join("cbindgen.toml"))?;
    let fixed = config.after_includes.take().unwrap_or_default();
    config.after_includes = Some(format!("{fixed}\n{}", c_block()));
    let bindings = cbindgen::Builder::new()
        .with_crate(&crate_dir)
        .with_config(config)
        .generate()
        .map_err(|e| format!("cbindgen: {e}"))?;
    let mut bytes = Vec::new();
    bindings.write(&mut bytes);
    Ok(vec![Generated {
        path: HEADER.to_owned(),
        bytes,
    }])
}
