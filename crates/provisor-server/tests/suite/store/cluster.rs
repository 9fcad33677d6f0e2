//! A PostgreSQL of one's own: a cluster in a folder, on a socket there, stopped at the end.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use provisor_server::store::postgres::Connection;

use super::Folder;

/// A running server.
pub(crate) struct Cluster {
    folder: Folder,
    server: Child,
    programs: PathBuf,
}

/// How long it may take to start, on a machine that is busy.
const START: Duration = Duration::from_secs(60);

/// Nobody: PostgreSQL does not run as root.
const NOBODY: u32 = 65534;

impl Cluster {
    /// Starts one; `None`, loudly, where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("SKIPPED: no PostgreSQL below /usr/lib/postgresql (Debian: postgresql-15)");
            return None;
        };
        let folder = Folder::new();
        let data = folder.path("data");
        std::fs::create_dir(&data).unwrap();
        if is_root() {
            for path in [folder.as_ref(), &data] {
                std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
        let made = command(&programs.join("initdb"))
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=provisor",
                "--encoding=UTF8",
            ])
            // Not the order of bytes, so that the schema has to ask for it.
            .args(["--locale=C.UTF-8", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let mut cluster = Self {
            server: serve(&programs, &folder, &data),
            folder,
            programs,
        };
        cluster.wait();
        Some(cluster)
    }

    /// Where it is.
    pub(crate) fn connection(&self) -> Connection {
        let socket = self.folder.as_ref().display();
        Connection::new(format!("host={socket} user=provisor dbname=postgres"))
    }

    /// Kills it as a failure of the machine would, and starts it again.
    pub(crate) fn crash_and_restart(&mut self) {
        let data = self.folder.path("data");
        let stopped = command(&self.programs.join("pg_ctl"))
            .args(["stop", "-m", "immediate", "-t", "30", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(stopped.status.success(), "{stopped:?}");
        let _ = self.server.wait();
        self.server = serve(&self.programs, &self.folder, &data);
        self.wait();
    }

    fn wait(&mut self) {
        let began = Instant::now();
        let ready = self.programs.join("pg_isready");
        loop {
            let answer = Command::new(&ready)
                .arg("-q")
                .args(["-t", "2", "-h"])
                .arg(self.folder.as_ref())
                .status()
                .unwrap();
            if answer.success() {
                return;
            }
            let ended = self.server.try_wait().unwrap();
            assert!(ended.is_none(), "PostgreSQL ended: {ended:?}");
            assert!(began.elapsed() < START, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = command(&self.programs.join("pg_ctl"))
            .args(["stop", "-m", "immediate", "-t", "30", "-D"])
            .arg(self.folder.path("data"))
            .output();
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn serve(programs: &Path, folder: &Folder, data: &Path) -> Child {
    command(&programs.join("postgres"))
        .arg("-D")
        .arg(data)
        .arg("-k")
        .arg(folder.as_ref())
        .args(["-h", "", "-c", "max_connections=60"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

/// The newest one that is installed.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|path| path.join("postgres").exists())
        .collect();
    found.sort();
    found.pop()
}
