//! Microsoft's TPM simulator as its clients know it, with `swtpm` behind.
//!
//! The SDKs speak to a TPM in software over two ports: one for commands in an envelope, the next one
//! for the switches of the platform. `swtpm` takes bare commands on one port, and has a control port
//! of its own. The bridge translates, and remembers what the TPM said.

use std::io::{Error, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Commands of the simulator's protocol, on either port.
mod remote {
    pub(super) const POWER_ON: u32 = 1;
    pub(super) const POWER_OFF: u32 = 2;
    pub(super) const PRESENCE_ON: u32 = 3;
    pub(super) const PRESENCE_OFF: u32 = 4;
    pub(super) const SEND_COMMAND: u32 = 8;
    pub(super) const NV_ON: u32 = 11;
    pub(super) const NV_OFF: u32 = 12;
    pub(super) const HANDSHAKE: u32 = 15;
    pub(super) const SESSION_END: u32 = 20;
    pub(super) const STOP: u32 = 21;
}

/// The version of the protocol.
const VERSION: u32 = 1;
/// What the other end is: a TPM in raw mode (4) whose platform has switches (1).
const ENDPOINT: u32 = 5;
/// The control command of swtpm that resets the TPM (`CMD_INIT`), with no flags.
const SWTPM_INIT: [u8; 8] = [0, 0, 0, 2, 0, 0, 0, 0];
/// A TPM's buffers: no command and no response is longer (TPM 2.0 Part 2 section 6.13, TPM_PT_MAX_COMMAND_SIZE).
const BUFFER: u32 = 4096;

/// One command, and what the TPM answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exchange {
    /// The command code.
    pub(super) command: u32,
    /// The response code; 0 is success.
    pub(super) response: u32,
}

/// A running bridge; it takes no more connections once it is dropped.
#[derive(Debug)]
pub(super) struct Bridge {
    port: u16,
    shared: Arc<Shared>,
    listeners: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    swtpm: u16,
    stopped: AtomicBool,
    /// Held over a whole exchange: swtpm serves one connection at a time.
    exchanges: Mutex<Vec<Exchange>>,
}

impl Bridge {
    /// Listens on `port` and the one after it; `swtpm` is the first of that TPM's two ports.
    pub(super) fn start(port: u16, swtpm: u16) -> Result<Self, String> {
        let shared = Arc::new(Shared {
            swtpm,
            stopped: AtomicBool::new(false),
            exchanges: Mutex::default(),
        });
        let mut bridge = Self {
            port,
            shared,
            listeners: Vec::new(),
        };
        bridge.listen(port, Shared::commands)?;
        bridge.listen(port + 1, Shared::platform)?;
        Ok(bridge)
    }

    /// The first of the two ports.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// What went to the TPM since the last call.
    pub(super) fn take_exchanges(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.shared.lock())
    }

    /// One command past the protocol, for programs that need no simulator.
    pub(super) fn transmit(&self, command: &[u8]) -> Result<Vec<u8>, Error> {
        self.shared.exchange(command)
    }

    fn listen(
        &mut self,
        port: u16,
        serve: fn(&Shared, &mut TcpStream) -> Result<(), Error>,
    ) -> Result<(), String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .map_err(|e| format!("port {port} for the bridge: {e}"))?;
        let shared = Arc::clone(&self.shared);
        self.listeners.push(thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&shared);
                // It ends with the client's process; what went wrong is the client's to say.
                thread::spawn(move || {
                    let mut stream = stream?;
                    stream.set_nodelay(true)?;
                    serve(&shared, &mut stream)
                });
            }
        }));
        Ok(())
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        for (port, listener) in (self.port..).zip(self.listeners.drain(..)) {
            // Wakes the listener, so that it sees the flag.
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                let _ = listener.join();
            }
        }
    }
}

impl Shared {
    /// The port for commands.
    fn commands(&self, stream: &mut TcpStream) -> Result<(), Error> {
        loop {
            match read_u32(stream)? {
                remote::HANDSHAKE => {
                    let _version_of_client = read_u32(stream)?;
                    stream
                        .write_all([VERSION, ENDPOINT, 0].map(u32::to_be_bytes).as_flattened())?;
                }
                remote::SEND_COMMAND => {
                    let _locality = read(stream, 1)?;
                    let size = read_u32(stream)?;
                    let response = self.exchange(&read(stream, size)?)?;
                    let size = u32::try_from(response.len()).map_err(Error::other)?;
                    let message = [&size.to_be_bytes()[..], &response, &[0; 4]].concat();
                    stream.write_all(&message)?;
                }
                remote::SESSION_END | remote::STOP => return Ok(()),
                other => return Err(Error::other(format!("unknown command {other}"))),
            }
        }
    }

    /// The port for the platform's switches.
    fn platform(&self, stream: &mut TcpStream) -> Result<(), Error> {
        let mut off = false;
        loop {
            match read_u32(stream)? {
                // Off and on again is one reset, and so is on without off before it. It happens early:
                // the Java client does not wait for the last switches to be answered.
                remote::POWER_OFF => {
                    self.reset()?;
                    off = true;
                }
                remote::POWER_ON if off => off = false,
                remote::POWER_ON => self.reset()?,
                // The Java client puts the size of its switches (4) in front of them.
                remote::PRESENCE_ON | remote::PRESENCE_OFF | remote::NV_ON | remote::NV_OFF => {}
                remote::SESSION_END | remote::STOP => return Ok(()),
                other => return Err(Error::other(format!("unknown switch {other}"))),
            }
            stream.write_all(&[0; 4])?;
        }
    }

    /// One bare command to swtpm. Each has a connection of its own, so that nobody keeps others out.
    fn exchange(&self, command: &[u8]) -> Result<Vec<u8>, Error> {
        let mut exchanges = self.lock();
        let mut tpm = self.connect(self.swtpm)?;
        tpm.write_all(command)?;
        // Tag, size, code: TPM 2.0 Part 1 section 18.2.
        let mut response = read(&mut tpm, 10)?;
        let rest = word(&response, 2).saturating_sub(10);
        response.extend(read(&mut tpm, rest)?);
        exchanges.push(Exchange {
            command: word(command, 6),
            response: word(&response, 6),
        });
        Ok(response)
    }

    /// What switching off and on does to a machine's TPM: sessions and loaded keys are gone, persistent
    /// keys are there. The simulator's clients then start it themselves.
    fn reset(&self) -> Result<(), Error> {
        let _nobody_else = self.lock();
        let mut control = self.connect(self.swtpm + 1)?;
        control.write_all(&SWTPM_INIT)?;
        match read_u32(&mut control)? {
            0 => Ok(()),
            code => Err(Error::other(format!("swtpm: CMD_INIT gave {code:#x}"))),
        }
    }

    fn connect(&self, port: u16) -> Result<TcpStream, Error> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        // Making an RSA key takes a TPM in software seconds, not a minute.
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(stream)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Exchange>> {
        self.exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(stream: &mut TcpStream, size: u32) -> Result<Vec<u8>, Error> {
    if size > BUFFER {
        return Err(Error::other(format!("{size} bytes, no TPM takes that")));
    }
    let mut bytes = vec![0; usize::try_from(size).map_err(Error::other)?];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_u32(stream: &mut TcpStream) -> Result<u32, Error> {
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes))
}

/// The big-endian word at that place; 0 where there is none.
fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..).and_then(<[u8]>::first_chunk);
    word.map_or(0, |word| u32::from_be_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_where_they_stand() {
        assert_eq!(word(&[0x80, 1, 0, 0, 0, 10, 0, 0, 1, 0x47], 6), 0x147);
        assert_eq!(word(&[0, 0, 1], 0), 0);
        assert_eq!(word(&[], 6), 0);
    }

    #[test]
    fn a_handshake_is_answered_and_nonsense_ends_the_connection() {
        let port = super::super::super::rig::free_ports().unwrap();
        // Nobody stands behind it, and nobody is needed for that.
        let bridge = Bridge::start(port, 1).unwrap();
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, bridge.port())).unwrap();
        let words =
            |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|n| n.to_be_bytes()).collect() };
        client
            .write_all(&words(&[remote::HANDSHAKE, VERSION]))
            .unwrap();
        assert_eq!(
            read(&mut client, 12).unwrap(),
            [0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0]
        );
        let command = [
            words(&[remote::SEND_COMMAND]),
            vec![0],
            words(&[BUFFER + 1]),
        ]
        .concat();
        client.write_all(&command).unwrap();
        assert!(read(&mut client, 1).is_err());
        assert!(bridge.take_exchanges().is_empty());
    }
}
