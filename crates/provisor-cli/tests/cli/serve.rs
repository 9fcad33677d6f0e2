//! `provisor serve` as a process: settings, signals, what it writes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{Run, folder, provisor_in};

const FREE: [&str; 8] = [
    "--https-port",
    "0",
    "--mqtt-port",
    "0",
    "--amqp-port",
    "0",
    "--operators-port",
    "0",
];

fn spawn(folder: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_provisor"))
        .arg("serve")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([name, &id])
            .status()
            .unwrap()
            .success()
    );
}

/// A folder with the certificates of a server for development, and settings beside them.
fn settings(test: &str, more: &str) -> (PathBuf, Run) {
    let folder = folder(test);
    let mut child = spawn(
        &folder,
        &[&["--dev", "--json", "--memory", "--folder", "."], &FREE[..]].concat(),
    );
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    signal(&child, "-INT");
    assert!(child.wait().unwrap().success());
    let text = format!(
        "[service]\nid_scope = \"0ne000ABCDE\"\nhost_name = \"dps.example.net\"\n\
         [[tls]]\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\n\
         [listen]\nhttps = [\"127.0.0.1:0\"]\nmqtts = []\namqps = []\noperators = \"127.0.0.1:0\"\n{more}"
    );
    std::fs::write(folder.join("provisor.toml"), text).unwrap();
    let checked = check(&folder);
    (folder, checked)
}

fn check(folder: &Path) -> Run {
    provisor_in(folder, ["serve", "--config", "provisor.toml", "--check"])
}

#[test]
fn settings_are_checked_before_anything_listens() {
    let (folder, good) = settings("serve-check", "");
    assert_eq!(good.status, 0, "{}", good.err);
    assert!(good.out.contains("0ne000ABCDE"), "{}", good.out);
    let file = folder.join("provisor.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    for (from, to, told) in [
        ("id_scope", "idScope", "unknown field `idScope`"),
        ("0ne000ABCDE", "0ne 000", "service.id_scope"),
        ("server.key", "ca.key", "certificate and its key"),
        ("server.key", "nothing.key", "nothing.key"),
        ("key_file", "key_env", "server.key"),
        (
            "https = [\"127.0.0.1:0\"]",
            "https = []",
            "no address at all",
        ),
    ] {
        std::fs::write(&file, text.replace(from, to)).unwrap();
        let refused = check(&folder);
        assert_eq!(refused.status, 2, "{from}");
        assert!(refused.err.contains(told), "{from}: {}", refused.err);
        assert!(
            refused.err.contains("provisor.toml") || !told.contains("unknown"),
            "{}",
            refused.err
        );
    }
    std::fs::write(
        &file,
        text.replace("operators = \"127.0.0.1:0\"", "operators = \"0.0.0.0:0\""),
    )
    .unwrap();
    assert!(
        check(&folder).out.contains("note: listen.operators"),
        "it can be reached by others"
    );
    assert_eq!(provisor_in(&folder, ["serve"]).status, 2);
    assert_eq!(
        provisor_in(&folder, ["serve", "--config", "a", "--dev"]).status,
        2
    );
}

#[test]
fn a_service_begins_reads_its_certificates_again_and_ends_when_it_is_told() {
    let (folder, _) = settings("serve-config", "");
    for begins in [true, false] {
        let mut child = spawn(&folder, &["--config", "provisor.toml"]);
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let mut until = |words: &str| {
            while !seen.lines().any(|line| line.contains(words)) {
                assert_ne!(log.read_line(&mut seen).unwrap(), 0, "{words}: {seen}");
            }
        };
        until("listening for operators");
        signal(&child, "-HUP");
        until("the server's certificates were read again");
        // What cannot be used is not used.
        let key = folder.join("server.key");
        let good = std::fs::read(&key).unwrap();
        std::fs::write(&key, "nonsense").unwrap();
        signal(&child, "-HUP");
        until("the server's certificates stay as they were");
        std::fs::write(&key, good).unwrap();
        signal(&child, "-TERM");
        log.read_to_string(&mut seen).unwrap();
        assert!(child.wait().unwrap().success(), "{seen}");
        assert_eq!(seen.contains("a new service begins"), begins, "{seen}");
        // Every line is an object.
        for line in seen.lines() {
            let _: serde_json::Value = serde_json::from_str(line).unwrap();
        }
        let owner = std::fs::read_to_string(folder.join("data/owner-connection-string")).unwrap();
        assert!(
            owner.starts_with(
                "HostName=dps.example.net;SharedAccessKeyName=provisioningserviceowner;"
            )
        );
        let (_, secret) = owner.split_once("SharedAccessKey=").unwrap();
        assert!(!seen.contains(secret));
    }
    // A store is of one scope.
    let file = folder.join("provisor.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("0ne000ABCDE", "0ne000FFFFF")).unwrap();
    let refused = provisor_in(
        &folder,
        ["serve", "--config", "provisor.toml", "--log", "off"],
    );
    assert_eq!(refused.status, 2);
    assert!(
        refused.err.contains("0ne000ABCDE") || refused.err.contains("SCOPE"),
        "{}",
        refused.err
    );
}

#[test]
fn for_development_it_prints_lines_that_can_be_copied() {
    let folder = folder("serve-dev");
    let arguments = [&["--dev", "--memory", "--log", "off"], &FREE[..]].concat();
    let mut child = spawn(&folder, &arguments);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("openssl x509 -req") {
        assert_ne!(out.read_line(&mut text).unwrap(), 0, "{text}");
    }
    for words in [
        "ID scope",
        "ProvisioningDeviceClient.create_from_symmetric_key",
        "azure-iot-provisioning-device-mqtt",
        "curl --cacert",
        "without port 443",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
    assert!(folder.join("provisor-dev/ca.pem").is_file());
}

/// What systemd does: sockets from descriptor 3 on, and two variables.
const HAND_OVER: &str = r#"
import os, socket, sys
names = sys.argv[1].split(":")
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in names]
print(sockets[0].getsockname()[1], flush=True)
for number, one in enumerate(sockets):
    os.dup2(one.fileno(), 13 + number)
for number, _ in enumerate(sockets):
    os.dup2(13 + number, 3 + number)
    os.close(13 + number)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(names)), LISTEN_FDNAMES=sys.argv[1])
os.execv(sys.argv[2], sys.argv[2:])
"#;

#[test]
fn sockets_are_taken_over_by_their_names() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no python3, which does as systemd does");
        return;
    }
    let (folder, _) = settings("serve-sockets", "");
    let start = |names: &str| {
        Command::new("python3")
            .args(["-c", HAND_OVER, names, env!("CARGO_BIN_EXE_provisor")])
            .args(["serve", "--config", "provisor.toml"])
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut child = start("https:operators");
    let mut port = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut port)
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut seen = String::new();
    while !seen.contains("listening for operators") {
        assert_ne!(log.read_line(&mut seen).unwrap(), 0, "{seen}");
    }
    let address = format!("127.0.0.1:{}", port.trim());
    assert!(seen.contains(&address), "{seen}");
    // That kind is not opened once more.
    assert_eq!(seen.matches("\"listening\"").count(), 1, "{seen}");
    assert!(std::net::TcpStream::connect(address).is_ok());
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());

    let output = start("web").wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("\"web\""), "{told}");
}
