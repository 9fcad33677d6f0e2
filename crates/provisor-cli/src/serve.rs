//! `provisor serve`: the server, for real or for development.

use std::io::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use provisor_server::config::{Config, Log, LogFormat, StoreKind};
use provisor_server::dev::start::{Options, start};
use provisor_server::observe::log;
use provisor_server::run::{Signals, StartError, serve, until_told};

use crate::answer::{Answer, Unusable};

/// Serve devices and operators over the network.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The settings.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "dev",
        conflicts_with = "dev"
    )]
    config: Option<PathBuf>,
    /// Read the settings and whatever they name, say what is wrong, and stop.
    #[arg(long, requires = "config")]
    check: bool,
    /// Serve for development, without settings: with a CA, a scope, hubs and sample enrollments of its own.
    #[arg(long)]
    dev: bool,
    #[command(flatten)]
    of_dev: Dev,
    /// What is logged, in place of the settings: error, warn, info, debug, trace, or such words for parts
    /// of the program.
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
    /// How the log is written, in place of the settings.
    #[arg(long, value_name = "FORM", value_parser = ["json", "text"])]
    log_format: Option<String>,
}

/// How a server for development is started.
#[derive(Debug, Args)]
struct Dev {
    /// Where everything lies that it makes; what is there is used again.
    #[arg(long, value_name = "DIR", default_value = "provisor-dev")]
    folder: PathBuf,
    /// Print one object for programs in place of the lines to copy.
    #[arg(long, requires = "dev")]
    json: bool,
    /// Where to listen.
    #[arg(long, value_name = "IP", default_value = "127.0.0.1", requires = "dev")]
    address: IpAddr,
    /// Where the hubs are, once for each; they are called by their addresses. Default: 127.0.0.2 and 127.0.0.3.
    #[arg(long, value_name = "IP", requires = "dev")]
    hub: Vec<IpAddr>,
    /// The port of HTTPS, and of MQTT and AMQP over WebSocket; 0 is a free one.
    #[arg(long, value_name = "PORT", default_value_t = 443)]
    https_port: u16,
    /// The port of MQTT; 0 is a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8883)]
    mqtt_port: u16,
    /// The port of AMQP; 0 is a free one.
    #[arg(long, value_name = "PORT", default_value_t = 5671)]
    amqp_port: u16,
    /// The port of operators; 0 is a free one.
    #[arg(long, value_name = "PORT", default_value_t = 9400)]
    operators_port: u16,
    /// Keep enrollments and records in memory alone.
    #[arg(long, requires = "dev")]
    memory: bool,
}

/// Serves until the process is told to end.
pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let unusable = |why: &dyn std::fmt::Display| Unusable::new(why.to_string());
    let config = match &arguments.config {
        Some(file) => Some(Config::read(file).map_err(|e| unusable(&e))?),
        None => None,
    };
    if let (Some(config), true) = (&config, arguments.check) {
        let checked = config.check().map_err(|e| unusable(&e))?;
        let mut text = format!(
            "the settings can be used; the ID scope is {}\n",
            checked.scope
        );
        for remark in checked.remarks {
            text += &format!("note: {remark}\n");
        }
        return Ok(Answer::accepted(text));
    }
    log::begin(&logged(arguments, config.as_ref())).map_err(|e| unusable(&e))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| unusable(&e))?;
    let served = runtime.block_on(async {
        match &config {
            Some(config) => serve(config).await,
            None => develop(&arguments.of_dev).await,
        }
    });
    served.map_err(|e| unusable(&e))?;
    Ok(Answer::accepted(String::new()))
}

fn logged(arguments: &Arguments, config: Option<&Config>) -> Log {
    let mut log = config.map(|config| config.log.clone()).unwrap_or_default();
    if config.is_none() {
        log.format = LogFormat::Text;
    }
    if let Some(level) = &arguments.log {
        log.level.clone_from(level);
    }
    match arguments.log_format.as_deref() {
        Some("json") => log.format = LogFormat::Json,
        Some(_) => log.format = LogFormat::Text,
        None => {}
    }
    log
}

async fn develop(dev: &Dev) -> Result<(), StartError> {
    let mut options = Options::new(&dev.folder);
    options.address = dev.address;
    if !dev.hub.is_empty() {
        options.hubs.clone_from(&dev.hub);
    }
    options.https = dev.https_port;
    options.mqtts = dev.mqtt_port;
    options.amqps = dev.amqp_port;
    options.operators = dev.operators_port;
    if dev.memory {
        options.store = StoreKind::Memory;
    }
    let signals = Signals::listen()?;
    let started = start(&options).await?;
    let text = match dev.json {
        true => started.greeting.json() + "\n",
        false => started.greeting.text(),
    };
    // Whoever started it may not read what it says.
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    until_told(signals, None, &started.running).await;
    started.running.shutdown(Duration::from_secs(5)).await;
    started.end.cancel();
    Ok(())
}
