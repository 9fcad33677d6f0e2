//! Which service is managed.

use std::path::PathBuf;

use super::command::Command;
use crate::hidden::Hidden;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) service: ServiceArguments,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, clap::Args)]
pub(super) struct ServiceArguments {
    /// The service: HostName=..;SharedAccessKeyName=..;SharedAccessKey=..; "-" reads it from standard input. Without it,
    /// that of the environment variable PROVISOR_CONNECTION.
    #[arg(long, global = true, value_name = "TEXT", value_parser = Hidden::parse)]
    pub(super) connection: Option<Hidden>,
    /// A file with the connection string.
    #[arg(long, global = true, value_name = "F", conflicts_with = "connection")]
    pub(super) connection_file: Option<PathBuf>,
    /// The certificates of the CA that the service's own is of, PEM. Without it, those of this machine.
    #[arg(long, global = true, value_name = "F")]
    pub(super) ca: Option<PathBuf>,
}
