//! A client of MQTT at the other end of a stream of bytes: packets in and out, each with its deadline.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Duration, Instant, timeout, timeout_at};

use super::limits as own;
use super::packet::{Fault, Packet};
use super::wire::Wire;
use crate::limits;

/// A client. Packets are read one after the other: while one is worked at the next waits, in the end in the
/// client's own buffers, so that no flood of them takes more room here than one.
#[allow(missing_debug_implementations, reason = "streams have none")]
pub struct Link<S> {
    stream: S,
    /// The protocol.
    pub wire: Wire,
    buffer: Vec<u8>,
    /// The part of the buffer that was read and is not yet taken.
    unread: core::ops::Range<usize>,
    /// When the last packet came as a whole.
    heard: Instant,
    /// When the packet in progress began.
    began: Option<Instant>,
    /// How long nothing may come.
    patience: Duration,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Link<S> {
    /// A client that has said nothing yet, and has to soon.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            wire: Wire::new(),
            buffer: vec![0; own::READ_BYTES],
            unread: 0..0,
            heard: Instant::now(),
            began: None,
            patience: limits::FIRST_REQUEST,
        }
    }

    /// Gives the client the time that it asked for: one and a half times its keep-alive, MQTT 3.1.1 section
    /// 3.1.2.10, or a time of the server's own where it named none.
    pub fn keep_alive(&mut self, seconds: u16) {
        let asked = Duration::from_millis(u64::from(seconds).saturating_mul(1500));
        self.patience = match seconds {
            0 => own::IDLE,
            _ => asked.min(own::KEEP_ALIVE),
        };
        self.heard = Instant::now();
    }

    /// What it says next; `None` when it closed the connection between two packets. May be dropped while it
    /// waits: nothing is lost.
    ///
    /// # Errors
    /// What closes the connection.
    pub async fn next(&mut self) -> Result<Option<Packet>, Fault> {
        loop {
            while let Some(bytes) = self.buffer.get(self.unread.clone())
                && !bytes.is_empty()
            {
                let (taken, packet) = self.wire.feed(bytes)?;
                self.unread.start = self.unread.start.saturating_add(taken);
                if let Some(packet) = packet {
                    self.heard = Instant::now();
                    self.began = None;
                    return Ok(Some(packet));
                }
            }
            let within = self.wire.is_within_a_packet();
            let (since, given) = match within && self.wire.is_open() {
                true => (*self.began.get_or_insert_with(Instant::now), own::PACKET),
                false => (self.heard, self.patience),
            };
            let deadline = since.checked_add(given).unwrap_or(since);
            let read = timeout_at(deadline, self.stream.read(&mut self.buffer)).await;
            match read {
                Err(_) => {
                    return Err(Fault::Silent {
                        seconds: given.as_secs(),
                    });
                }
                Ok(Ok(0)) if within => {
                    return Err(Fault::Broken {
                        what: "the end of the connection within a packet".to_owned(),
                    });
                }
                Ok(Ok(0)) => return Ok(None),
                Ok(Ok(count)) => self.unread = 0..count,
                Ok(Err(error)) => return Err(broken(&error)),
            }
        }
    }

    /// Says something.
    ///
    /// # Errors
    /// The client does not read, or is gone.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let write = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(limits::WRITE, write).await {
            Err(_) => Err(Fault::Stuck),
            Ok(Err(error)) => Err(broken(&error)),
            Ok(Ok(())) => Ok(()),
        }
    }

    /// Ends the connection as the transport does it, with a bound on how long that takes.
    pub async fn close(mut self) {
        let _ = timeout(limits::WRITE, self.stream.shutdown()).await;
    }
}

fn broken(error: &std::io::Error) -> Fault {
    Fault::Broken {
        what: error.kind().to_string(),
    }
}
