//! One software TPM: started on a free port of the loopback interface, stopped when dropped.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::command::{finish, output, program};

/// The kinds of endorsement key that the TCG's low-range templates give (L-1 and L-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa2048,
    P256,
}

impl Kind {
    /// The persistent handle that the TCG reserves for this EK.
    pub(super) const fn ek_handle(self) -> &'static str {
        match self {
            Self::Rsa2048 => "0x81010001",
            Self::P256 => "0x8101000a",
        }
    }

    /// Where this rig keeps the SRK beside it.
    pub(super) const fn srk_handle(self) -> &'static str {
        match self {
            Self::Rsa2048 => "0x81000001",
            Self::P256 => "0x81000002",
        }
    }

    /// What `tpm2_createek` calls it.
    pub(super) const fn ek_algorithm(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa",
            Self::P256 => "ecc",
        }
    }

    /// What `tpm2_createprimary` calls the SRK's algorithm.
    const fn srk_algorithm(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa2048:null:aes128cfb",
            Self::P256 => "ecc256:null:aes128cfb",
        }
    }
}

/// The TCG's storage root key attributes (0x00030472).
const SRK_ATTRIBUTES: &str =
    "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt";

/// What the outside sees of a TPM's keys.
#[derive(Debug)]
pub(super) struct Keys {
    /// A file with the EK's TPM2B_PUBLIC.
    pub(super) ek_public: PathBuf,
    /// A file with the SRK's.
    pub(super) srk_public: PathBuf,
    /// A file with the SRK's Name.
    pub(super) srk_name: PathBuf,
}

/// A running `swtpm` with a state of its own.
#[derive(Debug)]
pub(super) struct Rig {
    dir: PathBuf,
    port: u16,
    tcti: String,
    process: Child,
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Rig {
    /// Starts a new TPM, never used before, whose files lie in `dir`.
    pub(super) fn start(dir: &Path) -> Result<Self, String> {
        let state = dir.join("state");
        fs::create_dir_all(&state).map_err(|e| e.to_string())?;
        // Somebody may take a port between our look and swtpm's; then another pair is tried.
        let mut reason = String::new();
        for _ in 0..5 {
            match Self::try_start(dir, &state, free_ports()?) {
                Ok(rig) => return Ok(rig),
                Err(e) => reason = e,
            }
        }
        Err(reason)
    }

    fn try_start(dir: &Path, state: &Path, port: u16) -> Result<Self, String> {
        let log = fs::File::create(dir.join("swtpm.log")).map_err(|e| e.to_string())?;
        let process = program("swtpm")
            .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
            .arg("--tpmstate")
            .arg(format!("dir={}", state.display()))
            .arg("--server")
            .arg(format!("type=tcp,bindaddr=127.0.0.1,port={port}"))
            .arg("--ctrl")
            .arg(format!("type=tcp,bindaddr=127.0.0.1,port={}", port + 1))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|e| format!("cannot start swtpm: {e}"))?;
        let tcti = format!("swtpm:host=127.0.0.1,port={port}");
        let mut rig = Self {
            dir: dir.to_path_buf(),
            port,
            tcti,
            process,
        };
        rig.wait_until_ready()?;
        Ok(rig)
    }

    /// Where it takes commands; its control port is the next one.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Ten seconds at most.
    fn wait_until_ready(&mut self) -> Result<(), String> {
        for _ in 0..100 {
            if let Ok(Some(status)) = self.process.try_wait() {
                let log = fs::read_to_string(self.dir.join("swtpm.log")).unwrap_or_default();
                return Err(format!("swtpm ended with {status}: {}", log.trim()));
            }
            let answer = finish(self.tool("tpm2_getcap").arg("properties-fixed"));
            if answer.is_ok_and(|done| done.status_ok) {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        Err("swtpm does not answer".to_owned())
    }

    /// Makes the EK and an SRK of that kind, and shows what others may see.
    pub(super) fn keys(&self, kind: Kind) -> Result<Keys, String> {
        let file = |name: &str| self.dir.join(format!("{kind:?}-{name}"));
        let (ek_public, srk_name) = (file("ek.pub"), file("srk.name"));
        let srk_public = file("srk.pub");
        output(
            self.tool("tpm2_createek")
                .args(["-G", kind.ek_algorithm(), "-c", kind.ek_handle(), "-u"])
                .arg(&ek_public),
        )?;
        self.flush()?;
        let context = file("srk.ctx");
        output(
            self.tool("tpm2_createprimary")
                .args(["-Q", "-C", "o", "-g", "sha256", "-G", kind.srk_algorithm()])
                .args(["-a", SRK_ATTRIBUTES, "-c"])
                .arg(&context),
        )?;
        self.flush()?;
        let handle = kind.srk_handle();
        output(
            self.tool("tpm2_evictcontrol")
                .args(["-Q", "-C", "o", "-c"])
                .arg(&context)
                .arg(handle),
        )?;
        self.flush()?;
        output(
            self.tool("tpm2_readpublic")
                .args(["-Q", "-c", handle, "-n"])
                .arg(&srk_name)
                .arg("-o")
                .arg(&srk_public),
        )?;
        Ok(Keys {
            ek_public,
            srk_public,
            srk_name,
        })
    }

    /// The secret in hexadecimal, or `None` when the TPM refuses the credential.
    ///
    /// The EK's policy asks for the endorsement hierarchy's authorization (TCG EK Credential
    /// Profile, policy A), so a policy session comes first. That it can be had is checked apart:
    /// a rig out of order must not look like a refusal.
    pub(super) fn activate(&self, kind: Kind, credential: &Path) -> Result<Option<String>, String> {
        let session = self.dir.join("session.ctx");
        let secret = self.dir.join("secret");
        let _ = fs::remove_file(&secret);
        output(
            self.tool("tpm2_startauthsession")
                .args(["--policy-session", "-S"])
                .arg(&session),
        )?;
        output(
            self.tool("tpm2_policysecret")
                .args(["-Q", "-c", "e", "-S"])
                .arg(&session),
        )?;
        let done = finish(
            self.tool("tpm2_activatecredential")
                .args(["-Q", "-c", kind.srk_handle(), "-C", kind.ek_handle(), "-P"])
                .arg(format!("session:{}", session.display()))
                .arg("-i")
                .arg(credential)
                .arg("-o")
                .arg(&secret),
        )?;
        output(self.tool("tpm2_flushcontext").arg(&session))?;
        if done.status_ok {
            let bytes = fs::read(&secret).map_err(|e| format!("no secret was written: {e}"))?;
            return Ok(Some(bytes.iter().map(|b| format!("{b:02x}")).collect()));
        }
        // TPM_RC_INTEGRITY, TPM_RC_SIZE, TPM_RC_VALUE and the like name the TPM as their source.
        if done.stderr.contains("tpm:") {
            Ok(None)
        } else {
            Err(format!("tpm2_activatecredential: {}", done.stderr.trim()))
        }
    }

    /// Runs a tool in the folder of this rig, and empties the TPM afterwards.
    pub(super) fn run(&self, name: &str, arguments: &[&str]) -> Result<(), String> {
        output(self.tool(name).args(arguments))?;
        self.flush()
    }

    /// Where its files lie.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// There is no resource manager: what a tool leaves loaded fills one of three slots.
    fn flush(&self) -> Result<(), String> {
        output(self.tool("tpm2_flushcontext").arg("-t")).map(drop)
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = program(name);
        command
            .env("TPM2TOOLS_TCTI", &self.tcti)
            .current_dir(&self.dir);
        command
    }
}

/// The first of two neighbouring free ports: commands, and control.
pub(super) fn free_ports() -> Result<u16, String> {
    for _ in 0..100 {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| e.to_string())?;
        let port = first.local_addr().map_err(|e| e.to_string())?.port();
        if let Some(next) = port.checked_add(1)
            && TcpListener::bind((Ipv4Addr::LOCALHOST, next)).is_ok()
        {
            return Ok(port);
        }
    }
    Err("no two neighbouring ports are free".to_owned())
}
