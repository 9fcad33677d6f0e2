//! Sockets.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use crate::limits;

/// A socket that listens.
#[derive(Debug)]
pub struct Bound {
    /// The socket.
    pub listener: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
    /// Why it does not listen where it was wanted, if it listens elsewhere.
    pub instead: Option<Instead>,
}

/// A socket that is not where it was wanted.
#[derive(Debug)]
pub struct Instead {
    /// Where it was wanted.
    pub wanted: SocketAddr,
    /// What the system said.
    pub because: io::Error,
}

/// What is done when a port may not be bound, or is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// Nothing: that is an error.
    Fail,
    /// A free port takes its place.
    AnyPort,
}

/// Listens there; port 0 is a free one.
///
/// # Errors
/// What the system says.
pub fn bind(wanted: SocketAddr, otherwise: Otherwise) -> io::Result<Bound> {
    let because = match open(wanted) {
        Ok(listener) => return bound(listener, None),
        Err(because) => because,
    };
    let of_the_port = matches!(
        because.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::AddrInUse
    );
    if otherwise == Otherwise::Fail || !of_the_port || wanted.port() == 0 {
        return Err(because);
    }
    let listener = open(SocketAddr::new(wanted.ip(), 0))?;
    bound(listener, Some(Instead { wanted, because }))
}

fn bound(listener: TcpListener, instead: Option<Instead>) -> io::Result<Bound> {
    let address = listener.local_addr()?;
    Ok(Bound {
        listener,
        address,
        instead,
    })
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that is started again must not wait for connections of the one before to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(limits::BACKLOG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_is_taken_is_replaced_or_refused() {
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = bind(here, Otherwise::Fail).unwrap();
        assert!(first.instead.is_none() && first.address.port() != 0);
        let refused = bind(first.address, Otherwise::Fail).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        let second = bind(first.address, Otherwise::AnyPort).unwrap();
        assert_ne!(second.address, first.address);
        assert_eq!(second.instead.unwrap().wanted, first.address);
        // An address that is not this machine's is no matter of ports.
        let elsewhere = SocketAddr::from(([203, 0, 113, 1], 443));
        assert!(bind(elsewhere, Otherwise::AnyPort).is_err());
    }
}
