//! Commands, answered by the `provisor` that is built here.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, io};

use super::answer::Answer;
use super::expect::Verdict;
use crate::command::{cargo, run};
use crate::workspace::{self, Scratch};

/// No verdict takes longer; a command that does hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The built program, first on the PATH of every command.
pub(super) struct Program {
    path: OsString,
    scratch: Scratch,
}

impl Program {
    /// # Errors
    ///
    /// It cannot be built.
    pub(super) fn build() -> Result<Self, String> {
        run(cargo().args(["build", "-p", "provisor-cli", "--bin", "provisor"]))?;
        let folder = workspace::target().join("debug");
        let others = env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(folder).chain(env::split_paths(&others));
        Ok(Self {
            path: env::join_paths(all).map_err(|e| e.to_string())?,
            scratch: Scratch::new("reports")?,
        })
    }

    /// Runs `command` by a shell, in a copy of `folder`: the set itself stays as it is.
    ///
    /// # Errors
    ///
    /// The folder cannot be copied, or the shell cannot be started.
    pub(super) fn answer(&self, command: &str, folder: &Path) -> Result<Answer, String> {
        let no = |e: io::Error| format!("{command}: {e}");
        let copy = self.scratch.path().join("folder");
        let (out, err) = (
            self.scratch.path().join("out"),
            self.scratch.path().join("err"),
        );
        let _ = fs::remove_dir_all(&copy);
        copy_folder(folder, &copy).map_err(no)?;
        let mut child = Command::new("sh")
            .args(["-c", command])
            .current_dir(&copy)
            .env("PATH", &self.path)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            // Into files: a pipe that nobody empties would stop the program.
            .stdout(File::create(&out).map_err(no)?)
            .stderr(File::create(&err).map_err(no)?)
            .spawn()
            .map_err(no)?;
        let verdict = match wait(&mut child).map_err(no)? {
            Some(status) => verdict(status),
            None => Verdict::Other("no end within 60 s".to_owned()),
        };
        let text = |path| fs::read(path).map(|b| String::from_utf8_lossy(&b).into_owned());
        let (out, err) = (text(out).map_err(no)?, text(err).map_err(no)?);
        Ok(Answer {
            verdict,
            text: format!("{out}\n{err}"),
            out,
        })
    }
}

/// How it ended; `None` when it had to be ended.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn verdict(status: ExitStatus) -> Verdict {
    match status.code() {
        Some(0) => Verdict::Accepted,
        Some(1) => Verdict::Rejected,
        Some(2) => Verdict::RefusedInput,
        _ => Verdict::Other(status.to_string()),
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            // The bytes and not the permissions: a set may be read-only, a copy is not.
            fs::write(&to, fs::read(&from)?)?;
        }
    }
    Ok(())
}
