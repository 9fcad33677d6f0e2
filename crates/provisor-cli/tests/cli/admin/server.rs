//! `provisor serve --dev`, for one test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{Run, folder, provisor_in};

pub(super) struct Server {
    child: Child,
    folder: PathBuf,
    connection: String,
    ca: String,
}

impl Server {
    /// With everything in memory, on free ports.
    pub(super) fn start(test: &str) -> Self {
        let folder = folder(test);
        let mut child = Command::new(env!("CARGO_BIN_EXE_provisor"))
            .args([
                "serve", "--dev", "--json", "--memory", "--log", "error", "--folder", "dev",
            ])
            .args([
                "--https-port",
                "0",
                "--mqtt-port",
                "0",
                "--amqp-port",
                "0",
                "--operators-port",
                "0",
            ])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let greeting: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| greeting[name].as_str().unwrap().to_owned();
        let port = greeting["ports"]["https"].as_u64().unwrap();
        let mut connection = text("serviceConnectionString");
        // Whatever the greeting says of the port, the client needs it.
        let host = connection
            .split(';')
            .find_map(|part| part.strip_prefix("HostName="))
            .unwrap()
            .to_owned();
        if !host.contains(':') {
            connection = connection.replace(&host, &format!("{host}:{port}"));
        }
        Self {
            child,
            ca: text("caFile"),
            connection,
            folder,
        }
    }

    pub(super) fn connection(&self) -> &str {
        &self.connection
    }

    pub(super) fn ca(&self) -> &str {
        &self.ca
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn host(&self) -> &str {
        let mut parts = self.connection.split(';');
        parts
            .find_map(|part| part.strip_prefix("HostName="))
            .unwrap()
    }

    /// As the owner.
    pub(super) fn admin(&self, arguments: &[&str]) -> Run {
        self.admin_as(&self.connection, arguments)
    }

    pub(super) fn admin_as(&self, connection: &str, arguments: &[&str]) -> Run {
        let first = ["admin", "--ca", &self.ca, "--connection", connection];
        provisor_in(&self.folder, first.iter().chain(arguments))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
