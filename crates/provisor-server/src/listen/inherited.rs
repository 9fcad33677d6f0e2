//! Sockets that whoever started the process has opened for it, by the protocol of systemd (sd_listen_fds(3)).
//!
//! They are told apart by their names (`LISTEN_FDNAMES`, in a unit `FileDescriptorName=`): `https`, `mqtts`, `amqps`,
//! `operators`.

use std::io;

use listenfd::ListenFd;
use tokio::net::TcpListener;

use super::bind::Bound;
use super::speaks::Speaks;

/// The sockets that were handed over.
#[derive(Debug, Default)]
pub struct Inherited {
    /// For devices and operators' SDKs.
    pub doors: Vec<(Speaks, Bound)>,
    /// For operators.
    pub operators: Option<Bound>,
}

/// Takes them. Where nothing was handed over, there are none.
///
/// # Errors
/// A socket is no listener of TCP, or has a name that is not known.
pub fn take() -> io::Result<Inherited> {
    let mut handed = ListenFd::from_env();
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':');
    let mut inherited = Inherited::default();
    for number in 0..handed.len() {
        let name = names.next().unwrap_or_default();
        let Some(listener) = handed.take_tcp_listener(number)? else {
            continue;
        };
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let bound = Bound {
            address: listener.local_addr()?,
            listener,
            instead: None,
        };
        match Speaks::named(name) {
            Some(speaks) => inherited.doors.push((speaks, bound)),
            None if name == "operators" => inherited.operators = Some(bound),
            None => {
                let why = format!(
                    "a socket is called {name:?}: name it https, mqtts, amqps or operators"
                );
                return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
            }
        }
    }
    Ok(inherited)
}
