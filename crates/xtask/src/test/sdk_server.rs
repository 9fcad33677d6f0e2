//! The official SDK clients, unmodified, against `provisor serve --dev`.
//!
//! They have their ports built in, so the server has an address of its own out of 127/8, with its hubs
//! beside it. Each script is a program in `crates/xtask/sdk/server`: it prints a line for each case, and
//! its exit status says whether all were as they should be.

mod server;

use std::path::{Path, PathBuf};

use self::server::Server;
use super::build;
use super::npm::{self, Npm};
use super::outcome::Outcome;
use super::swtpm::sdk::Simulator;
use crate::command::{finish, program, run};
use crate::install;
use crate::workspace::{self, Scratch};

const NODE: &str = "crates/xtask/sdk/server/node";
const PYTHON: &str = "crates/xtask/sdk/server/python";
/// The packages whose versions are shown.
const OFFICIAL: [&str; 4] = [
    "azure-iot-provisioning-device",
    "azure-iot-provisioning-service",
    "azure-iot-device",
    "azure-iothub",
];

/// What a script is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The file with what `serve --dev --json` printed.
    Greeting,
    /// The same, and the port of a TPM.
    Tpm,
}

/// The scripts, each with what it is told.
const SCRIPTS: [(&str, Told); 9] = [
    ("device-amqp.js", Told::Greeting),
    ("device-http.js", Told::Greeting),
    ("device-mqtt.js", Told::Greeting),
    ("device-tpm.js", Told::Tpm),
    ("device_mqtt.py", Told::Greeting),
    ("service.js", Told::Greeting),
    ("service.py", Told::Greeting),
    ("hub.js", Told::Greeting),
    ("hub.py", Told::Greeting),
];

/// Where the server is, and where its hubs are: fixed ports, so nobody else may be there.
const ADDRESS: &str = "127.90.43.1";
const HUBS: [&str; 2] = ["127.90.43.2", "127.90.43.3"];

/// Every script against one server.
pub(super) fn clients() -> Result<Outcome, String> {
    let scripts = |ending: &str| -> Vec<&str> {
        let names = SCRIPTS.iter().map(|(name, _)| *name);
        names.filter(|name| name.ends_with(ending)).collect()
    };
    let node = match npm::install(NODE, "sdk-server/node", &scripts(".js"), &OFFICIAL)? {
        Npm::Installed(folder) => folder,
        Npm::Unreachable(code) => return Ok(skipped("npm", &code)),
    };
    let python = match (scripts(".py").is_empty(), pip()?) {
        (true, _) => None,
        (false, Ok(python)) => Some(python),
        (false, Err(reason)) => return Ok(skipped("PyPI", &reason)),
    };
    let scratch = Scratch::new("sdk-server-run")?;
    let provisor = build::program("provisor")?;
    let tpm = Simulator::start(&scratch.path().join("tpm"))?;
    let server = Server::start(&provisor, scratch.path(), ADDRESS, &HUBS)?;
    for (name, told) in SCRIPTS {
        println!("  {name}");
        let mut command = match &python {
            Some(python) if name.ends_with(".py") => {
                let mut command = program(python);
                command.arg(workspace::root().join(PYTHON).join(name));
                command
            }
            _ => {
                let mut command = program("node");
                command.arg("--no-deprecation").arg(node.join(name));
                command
            }
        };
        command
            .env("NODE_EXTRA_CA_CERTS", server.ca())
            .env("REQUESTS_CA_BUNDLE", server.ca());
        match told {
            Told::Greeting => command.arg(server.greeting()),
            Told::Tpm => command.arg(server.greeting()).arg(tpm.port().to_string()),
        };
        run(&mut command).map_err(|reason| format!("{reason}\n{}", server.log()))?;
    }
    server.stop()?;
    Ok(Outcome::Passed)
}

fn skipped(registry: &str, reason: &str) -> Outcome {
    Outcome::Skipped(format!(
        "{registry} cannot be reached ({reason}): NO official client ran"
    ))
}

/// A Python with the pinned clients; or why there is none.
fn pip() -> Result<Result<PathBuf, String>, String> {
    let venv = install::python("sdk-server-python", &[])?;
    let wanted = workspace::root().join(PYTHON).join("requirements.txt");
    let known = workspace::target().join("xtask/sdk-server-python/requirements.txt");
    let same = |a: &Path, b: &Path| Some(std::fs::read(a).ok()? == std::fs::read(b).ok()?);
    if same(&wanted, &known) != Some(true) {
        let done = finish(
            program(venv.python())
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .args(["--retries", "1", "--timeout", "30", "--requirement"])
                .arg(&wanted),
        )?;
        if !done.status_ok {
            let unreachable = [
                "Failed to establish",
                "timed out",
                "Temporary failure",
                "403",
                "502",
                "503",
            ];
            let text = done.stderr;
            return match unreachable.iter().find(|words| text.contains(**words)) {
                Some(words) => Ok(Err((*words).to_owned())),
                None => Err(format!("pip: {}", text.trim())),
            };
        }
        workspace::write(&known, workspace::read(&wanted)?.as_bytes())?;
    }
    Ok(Ok(venv.python()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_run() {
        for (folder, ending) in [(NODE, "js"), (PYTHON, "py")] {
            for file in std::fs::read_dir(workspace::root().join(folder)).unwrap() {
                let path = file.unwrap().path();
                if path.extension().is_some_and(|found| found == ending) {
                    let name = path.file_name().unwrap().to_str().unwrap();
                    assert!(SCRIPTS.iter().any(|(known, _)| *known == name), "{name}");
                }
            }
        }
    }
}
