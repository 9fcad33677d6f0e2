//! The commands.

use std::path::PathBuf;

use crate::hidden::Hidden;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// The settings of the service.
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Linked hubs.
    #[command(subcommand)]
    Hub(HubCommand),
    /// CA certificates that enrollments refer to by name.
    #[command(subcommand)]
    Ca(CaCommand),
    /// Shared access policies and their keys.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Individual enrollments.
    #[command(subcommand)]
    Enrollment(EnrollmentCommand),
    /// Enrollment groups.
    #[command(subcommand)]
    Group(EnrollmentCommand),
    /// Registrations.
    #[command(subcommand)]
    Registration(RegistrationCommand),
    /// One device.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Show how much is stored, and how much may be.
    Quotas,
    /// Show what was counted, by day and kind.
    Metering(Days),
    /// Export the audit log: who did what, and how it ended.
    Audit(From),
    /// Show what devices asked this server last, each refusal with its whole reason.
    Events(Which),
    /// Copy enrollments, groups and keys of another service through its REST API, and say what cannot come along.
    Import(Import),
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum ServiceCommand {
    /// Show the settings.
    Show,
    /// Change the settings.
    Set {
        /// The policy where an enrollment has none: hashed, geoLatency or evenlyWeighted.
        #[arg(long, value_name = "WORD")]
        allocation_policy: String,
    },
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum HubCommand {
    /// List the hubs.
    List,
    /// Show one.
    Show {
        /// Its host name.
        name: String,
    },
    /// Link a hub, or change its link.
    Add {
        /// Its host name.
        name: String,
        /// Its weight, 1 to 1000.
        #[arg(long, value_name = "N")]
        weight: Option<i32>,
        /// It gets new devices only from enrollments that name it.
        #[arg(long)]
        no_allocation: bool,
        /// Where it is, for people.
        #[arg(long, value_name = "TEXT")]
        location: Option<String>,
        /// A file with what the service proves itself by there: the connection string of a hub.
        #[arg(long, value_name = "F")]
        credential_file: Option<PathBuf>,
    },
    /// Give a hub another weight: devices move at their next registration.
    Reweight {
        /// Its host name.
        name: String,
        /// Its weight, 1 to 1000.
        weight: i32,
    },
    /// Unlink a hub. Its devices stay in it.
    Remove {
        /// Its host name.
        name: String,
    },
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum CaCommand {
    /// List the certificates.
    List,
    /// Show one.
    Show {
        /// Its name.
        name: String,
    },
    /// Upload a certificate, or put it in place of the stored one.
    Add {
        /// Its name.
        name: String,
        /// The certificate, PEM or DER.
        file: PathBuf,
    },
    /// Draw the code that the CA has to certify as the common name of a certificate.
    Code {
        /// The CA's name.
        name: String,
    },
    /// Prove possession of the CA's key by the certificate that it issued over the code.
    Verify {
        /// The CA's name.
        name: String,
        /// The verification certificate, PEM or DER.
        file: PathBuf,
    },
    /// Delete a certificate that no enrollment refers to.
    Delete {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum PolicyCommand {
    /// List the policies, without their keys.
    List,
    /// Show one, without its keys.
    Show {
        /// Its name.
        name: String,
    },
    /// Make a policy, whose keys are drawn, or give it other rights.
    Add {
        /// Its name.
        name: String,
        /// EnrollmentRead, EnrollmentWrite, RegistrationStatusRead, RegistrationStatusWrite or ServiceConfig; as often as
        /// there are rights.
        #[arg(long = "right", required = true, value_name = "WORD")]
        rights: Vec<String>,
    },
    /// Show the keys.
    Keys {
        /// The policy's name.
        name: String,
    },
    /// Draw one of the keys anew; the other goes on.
    Rotate {
        /// The policy's name.
        name: String,
        /// Which key.
        key: Slot,
    },
    /// Delete a policy: its tokens are good for nothing from then on.
    Delete {
        /// Its name.
        name: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Slot {
    /// The first.
    Primary,
    /// The other one.
    Secondary,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum EnrollmentCommand {
    /// List them.
    List {
        /// Only those: a query like "SELECT * FROM enrollments WHERE provisioningStatus = 'disabled'".
        #[arg(long, value_name = "TEXT")]
        query: Option<String>,
    },
    /// Show one.
    Get {
        /// Its ID.
        id: String,
    },
    /// Show how the devices prove themselves, with the keys.
    Keys {
        /// Its ID.
        id: String,
    },
    /// Make or replace those of a file: JSON as `get` shows it, one or an array. One with an etag replaces that version.
    Put {
        /// The file.
        file: PathBuf,
        /// Replace whatever there is, also where the file has an etag.
        #[arg(long)]
        force: bool,
    },
    /// Delete one.
    Delete {
        /// Its ID.
        id: String,
    },
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum RegistrationCommand {
    /// Show one.
    Get {
        /// The registration ID.
        id: String,
    },
    /// Delete one: the device is new the next time.
    Delete {
        /// The registration ID.
        id: String,
    },
    /// List those of a group.
    List {
        /// The group.
        group: String,
    },
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum DeviceCommand {
    /// Keep a device out, remove it from its hub and delete its registration. Repeated, it goes on where it stopped.
    Remove {
        /// The registration ID.
        id: String,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Days {
    /// The first day, YYYY-MM-DD in UTC; without it, the first of the last day's month.
    #[arg(long, value_name = "DAY")]
    pub(super) from: Option<String>,
    /// The last day; without it, today.
    #[arg(long, value_name = "DAY")]
    pub(super) to: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct From {
    /// The number of the last entry that is known.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(super) after: i64,
}

#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// Those of this registration.
    #[arg(long, value_name = "ID")]
    pub(super) registration_id: Option<String>,
    /// That of this tracking ID, which is in every answer to a device.
    #[arg(long, value_name = "ID")]
    pub(super) tracking_id: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(super) most: u64,
}

#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// The connection string of the service to copy from, with a policy that may read and write enrollments (its keys are
    /// shown to nobody else); "-" reads it from standard input.
    #[arg(long, value_name = "TEXT", value_parser = Hidden::parse, required_unless_present = "from_file")]
    pub(super) from: Option<Hidden>,
    /// A file with that connection string.
    #[arg(long, value_name = "F", conflicts_with = "from")]
    pub(super) from_file: Option<PathBuf>,
    /// The certificates of the CA that the other service's own is of, PEM. Without it, those of this machine.
    #[arg(long, value_name = "F")]
    pub(super) from_ca: Option<PathBuf>,
    /// A folder with the certificates of enrollments, PEM or DER: no service shows them, and they are found here by what it
    /// tells of them.
    #[arg(long, value_name = "DIR")]
    pub(super) certificates: Option<PathBuf>,
    /// Another name for a hub: OLD=NEW. As often as there are hubs.
    #[arg(long = "hub", value_name = "OLD=NEW")]
    pub(super) hubs: Vec<String>,
    /// Only say what would be done.
    #[arg(long)]
    pub(super) dry_run: bool,
}
