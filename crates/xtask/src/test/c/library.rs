//! The libraries: built by cargo, installed by CMake, their exports compared with the header.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::warnings::WARNINGS;
use crate::command::{cargo, line, output, program, run};
use crate::workspace;

/// The two libraries that bindings/c builds.
#[derive(Debug)]
pub(crate) struct FfiLibrary {
    /// The static library.
    pub(crate) archive: PathBuf,
    /// The dynamic library.
    pub(crate) shared: PathBuf,
}

/// Builds bindings/c in `profile` and says where its libraries are; cargo tells, nobody guesses.
///
/// # Errors
///
/// The build fails, or has no static and dynamic library.
pub(crate) fn ffi_library(profile: &str) -> Result<FfiLibrary, String> {
    let mut build = cargo();
    build.args([
        "build",
        "-p",
        "provisor-ffi",
        "--lib",
        "--message-format=json-render-diagnostics",
    ]);
    build.args([
        "--profile",
        if profile == "debug" { "dev" } else { profile },
    ]);
    println!("  $ {}", line(&build));
    let messages = output(&mut build)?;
    let files: Vec<PathBuf> = messages
        .lines()
        .filter_map(|text| serde_json::from_str::<Value>(text).ok())
        .filter(|message| {
            message
                .pointer("/reason")
                .is_some_and(|r| r == "compiler-artifact")
                && message
                    .pointer("/manifest_path")
                    .and_then(Value::as_str)
                    .is_some_and(|path| path.ends_with("bindings/c/Cargo.toml"))
        })
        .filter_map(|message| message.get("filenames").and_then(Value::as_array).cloned())
        .flatten()
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .collect();
    let with = |ending: &str| {
        files
            .iter()
            .find(|file| file.extension().is_some_and(|found| found == ending))
            .cloned()
            .ok_or(format!("bindings/c builds no .{ending}"))
    };
    Ok(FfiLibrary {
        archive: with("a")?,
        shared: with("so")?,
    })
}

/// A folder into which the library was installed.
#[derive(Debug)]
pub(super) struct Installed {
    prefix: PathBuf,
    /// Where CMake built the examples.
    pub(super) build: PathBuf,
}

/// Builds and installs the library into a folder under `scratch`, as a user does.
pub(super) fn install(scratch: &Path) -> Result<Installed, String> {
    let (build, prefix) = (scratch.join("build"), scratch.join("prefix"));
    run(cmake()
        .args(["-S", "bindings/c", "-B"])
        .arg(&build)
        .args(["-DCMAKE_BUILD_TYPE=Debug", "-DPROVISOR_EXAMPLES=ON"])
        .args(["-DCMAKE_INSTALL_LIBDIR=lib", "-Wno-dev"])
        .arg(format!("-DCMAKE_C_FLAGS={}", WARNINGS.join(" ")))
        .arg(format!(
            "-DPROVISOR_TARGET_DIR={}",
            workspace::target().display()
        )))?;
    run(cmake().arg("--build").arg(&build))?;
    run(cmake()
        .arg("--install")
        .arg(&build)
        .arg("--prefix")
        .arg(&prefix))?;
    Ok(Installed { prefix, build })
}

impl Installed {
    /// Where the libraries are.
    pub(super) fn folder(&self) -> PathBuf {
        self.prefix.join("lib")
    }

    /// What pkg-config says, word by word.
    pub(super) fn pkg_config(&self, arguments: &[&str]) -> Result<Vec<String>, String> {
        let words = output(
            program("pkg-config")
                .env("PKG_CONFIG_PATH", self.folder().join("pkgconfig"))
                .args(arguments)
                .arg("provisor"),
        )?;
        Ok(words.split_whitespace().map(str::to_owned).collect())
    }
}

/// The dynamic library exports the functions of the header, all of them and nothing else.
pub(super) fn exports(installed: &Installed) -> Result<(), String> {
    let symbols = output(
        program("nm")
            .args(["--dynamic", "--defined-only", "--format=just-symbols"])
            .arg(installed.folder().join("libprovisor.so")),
    )?;
    let exported: BTreeSet<&str> = symbols.lines().map(str::trim).collect();
    let header = workspace::read(&workspace::root().join("include/provisor.h"))?;
    let declared = functions(&header);
    println!("  {} functions are exported", exported.len());
    let difference: Vec<_> = exported.symmetric_difference(&declared).collect();
    if declared.is_empty() || !difference.is_empty() {
        return Err(format!(
            "the header and the dynamic library differ in {difference:?}"
        ));
    }
    Ok(())
}

/// The functions that a header declares: `provisor_...(` outside comments.
fn functions(header: &str) -> BTreeSet<&str> {
    header
        .lines()
        .filter(|line| !line.trim_start().starts_with(['*', '/', '#']))
        .filter_map(|line| line.split_once('('))
        .filter_map(|(before, _)| before.rsplit([' ', '*']).next())
        .filter(|word| word.starts_with("provisor_"))
        .collect()
}

/// CMake, with the environment that [`cargo`] would have: it starts cargo.
fn cmake() -> Command {
    let mut command = program("cmake");
    for (name, value) in cargo().get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_told_from_comments_types_and_macros() {
        let header = "/** provisor_version() is it. */\n#define PROVISOR_X(a) (a)\n\
                      /**\n * See provisor_other().\n */\nuint32_t provisor_version(void);\n\
                      const char *provisor_name(provisor_status status,\n    int x);\n\
                      typedef int (*provisor_fill)(void *context);\n";
        let found: Vec<_> = functions(header).into_iter().collect();
        assert_eq!(found, ["provisor_name", "provisor_version"]);
    }
}
