//! What a fresh machine lacks: programs by apt, Python packages into a private environment.

use std::path::PathBuf;

use crate::command::{find, finish, output, program, run};
use crate::workspace;

/// A program that a step needs, and the Debian package that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tool {
    /// The program.
    pub(crate) program: &'static str,
    /// The packages, `apt-get install` order.
    pub(crate) packages: &'static [&'static str],
}

/// The C compilers, with the sanitizers' libraries.
pub(crate) const CC: Tool = Tool {
    program: "gcc",
    packages: &["gcc", "libc6-dev"],
};
/// The header has to be good C++ too.
pub(crate) const CXX: Tool = Tool {
    program: "g++",
    packages: &["g++"],
};
/// Memory checks of the C tests, without help from the compiler.
pub(crate) const VALGRIND: Tool = Tool {
    program: "valgrind",
    packages: &["valgrind"],
};
/// Chains as other people make them.
pub(crate) const OPENSSL: Tool = Tool {
    program: "openssl",
    packages: &["openssl"],
};
/// A TPM in software; it makes its own state when it has none.
pub(crate) const SWTPM: Tool = Tool {
    program: "swtpm",
    packages: &["swtpm"],
};
/// Manufactures the state of such a TPM, with certificates of a CA of its own.
pub(crate) const SWTPM_SETUP: Tool = Tool {
    program: "swtpm_setup",
    packages: &["swtpm-tools"],
};
/// The TPM's command line; the TCTI library lets it speak to swtpm.
pub(crate) const TPM2_TOOLS: Tool = Tool {
    program: "tpm2_activatecredential",
    packages: &["tpm2-tools", "libtss2-tcti-swtpm0"],
};
/// Python, for the wheel and its tests.
pub(crate) const PYTHON: Tool = Tool {
    program: "python3",
    packages: &["python3", "python3-venv"],
};
/// Runs the official Node.js clients.
pub(crate) const NODE: Tool = Tool {
    program: "node",
    packages: &["nodejs"],
};
/// Installs them.
pub(crate) const NPM: Tool = Tool {
    program: "npm",
    packages: &["npm"],
};

/// Runs programs of a big-endian processor.
pub(crate) const QEMU_S390X: Tool = Tool {
    program: "qemu-s390x",
    packages: &["qemu-user"],
};
/// Links them, and compiles the C of dependencies.
pub(crate) const CC_S390X: Tool = Tool {
    program: "s390x-linux-gnu-gcc",
    packages: &["gcc-s390x-linux-gnu", "libc6-dev-s390x-cross"],
};
/// Debian's compiler with the sources of the standard library, where rustup's has none.
pub(crate) const RUST_SOURCE: Tool = Tool {
    program: "/usr/lib/rustlib/src/rust/library/Cargo.toml",
    packages: &["rustc-web", "cargo-web", "rust-web-src"],
};
/// The programs of those packages: rustup's have the same names.
pub(crate) const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// Its cargo.
pub(crate) const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// Installs the packages of those tools that are missing.
///
/// # Errors
///
/// Something is missing and cannot be installed; the message says what a person has to install.
pub(crate) fn tools(needed: &[Tool]) -> Result<(), String> {
    let mut packages: Vec<&str> = Vec::new();
    for tool in needed.iter().filter(|tool| find(tool.program).is_none()) {
        for package in tool.packages {
            if !packages.contains(package) {
                packages.push(package);
            }
        }
    }
    if packages.is_empty() {
        return Ok(());
    }
    apt(&packages)?;
    match needed.iter().find(|tool| find(tool.program).is_none()) {
        None => Ok(()),
        Some(tool) => Err(format!(
            "{} is still missing after the installation",
            tool.program
        )),
    }
}

/// Installs Debian packages, as root or by a `sudo` that asks nothing.
fn apt(packages: &[&str]) -> Result<(), String> {
    let wanted = packages.join(" ");
    let by_hand = format!("please install: {wanted} (Debian: sudo apt-get install {wanted})");
    if find("apt-get").is_none() {
        return Err(format!("this machine has no apt; {by_hand}"));
    }
    let root = output(program("id").arg("-u"))?.trim() == "0";
    if !root && !finish(program("sudo").args(["-n", "true"])).is_ok_and(|done| done.status_ok) {
        return Err(format!(
            "neither root nor a sudo without password; {by_hand}"
        ));
    }
    let apt_get = || {
        let mut command = program(if root { "env" } else { "sudo" });
        if !root {
            command.args(["-n", "env"]);
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]);
        command
    };
    println!("  missing here, installed now: {wanted}");
    run(apt_get().arg("update"))?;
    run(apt_get()
        .args(["install", "--no-install-recommends"])
        .args(packages))
    .map_err(|reason| format!("{reason}; {by_hand}"))
}

/// The components of the Rust toolchain that the steps need.
///
/// # Errors
///
/// `cargo fmt` or `cargo clippy` is missing and rustup cannot add it.
pub(crate) fn rust_component(subcommand: &str, component: &str) -> Result<(), String> {
    if output(crate::command::cargo().args([subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    if find("rustup").is_none() {
        return Err(format!(
            "cargo {subcommand} is missing: add the {component} component"
        ));
    }
    run(program("rustup").args(["component", "add", component]))
}

/// The private Python environment under the build folder, with those packages.
///
/// # Errors
///
/// Python, its `venv` or a package cannot be installed.
pub(crate) fn python(name: &str, packages: &[&str]) -> Result<Venv, String> {
    tools(&[PYTHON])?;
    let venv = Venv {
        dir: workspace::target().join("xtask").join(name),
    };
    if !venv.python().is_file() {
        venv.create()?;
    }
    if !packages.is_empty() {
        venv.install(packages)?;
    }
    Ok(venv)
}

/// A Python environment of our own.
#[derive(Debug)]
pub(crate) struct Venv {
    dir: PathBuf,
}

impl Venv {
    /// Its interpreter.
    pub(crate) fn python(&self) -> PathBuf {
        self.dir.join("bin/python")
    }

    /// Installs packages (names, or paths of wheels) into it.
    ///
    /// # Errors
    ///
    /// pip failed.
    pub(crate) fn install(&self, packages: &[&str]) -> Result<(), String> {
        run(program(self.python())
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(packages))
    }

    /// Debian splits `venv` from Python; whoever has pip but not `venv` gets the package.
    fn create(&self) -> Result<(), String> {
        let make = || {
            let mut command = program("python3");
            command.args(["-m", "venv", "--clear"]).arg(&self.dir);
            command
        };
        if finish(&mut make())?.status_ok {
            return Ok(());
        }
        apt(&["python3-venv"])?;
        run(&mut make())
    }
}
