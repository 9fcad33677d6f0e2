//! `provisor serve --dev` as a process.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::command::program;
use crate::workspace;

/// How long it may take to end, once it was told to.
const END: Duration = Duration::from_secs(20);

/// A server that runs until this is dropped.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    folder: PathBuf,
}

impl Server {
    /// Starts it in that folder, and waits until it serves.
    pub(super) fn start(
        provisor: &Path,
        folder: &Path,
        address: &str,
        hubs: &[&str],
    ) -> Result<Self, String> {
        let log = File::create(folder.join("log")).map_err(|e| format!("log: {e}"))?;
        let mut command = program(provisor);
        command
            .args(["serve", "--dev", "--json", "--operators-port", "0"])
            .args(["--address", address])
            .arg("--folder")
            .arg(folder.join("dev"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        for hub in hubs {
            command.args(["--hub", hub]);
        }
        let child = command
            .spawn()
            .map_err(|e| format!("provisor serve: {e}"))?;
        let mut server = Self {
            child,
            folder: folder.to_owned(),
        };
        let out = server.child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        BufReader::new(out)
            .read_line(&mut line)
            .map_err(|e| format!("what it prints: {e}"))?;
        let greeting: serde_json::Value = serde_json::from_str(&line)
            .map_err(|e| format!("what it prints: {e}\n{}", server.log()))?;
        let unusable = greeting.get("unusable").and_then(|list| list.as_array());
        if unusable.is_none_or(|list| !list.is_empty()) {
            return Err(format!(
                "clients have these ports built in, and they cannot be had: {unusable:?}"
            ));
        }
        workspace::write(&server.greeting(), line.as_bytes())?;
        Ok(server)
    }

    /// The file with what it printed.
    pub(super) fn greeting(&self) -> PathBuf {
        self.folder.join("greeting.json")
    }

    /// The CA of its certificate.
    pub(super) fn ca(&self) -> PathBuf {
        self.folder.join("dev/ca.pem")
    }

    /// The last lines of its log.
    pub(super) fn log(&self) -> String {
        let text = workspace::read(&self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.len().saturating_sub(40);
        lines.get(last..).unwrap_or_default().join("\n")
    }

    /// Tells it to end, and waits until it has.
    pub(super) fn stop(mut self) -> Result<(), String> {
        let id = self.child.id().to_string();
        crate::command::run(program("kill").args(["-TERM", &id]))?;
        let until = Instant::now() + END;
        while Instant::now() < until {
            let ended = self.child.try_wait().map_err(|e| e.to_string())?;
            match ended {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("it ended with {status}\n{}", self.log())),
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        }
        Err(format!("it did not end\n{}", self.log()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
