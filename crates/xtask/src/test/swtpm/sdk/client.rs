//! An official client in a process of its own, driven by lines.
//!
//! `crates/xtask/sdk/README.md` describes the lines. Each process finds a TPM that was just switched on.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::service::Service;
use crate::generate::vectors::form::hex;

/// The longest silence of a client that works: it may have a TPM make two RSA keys.
const PATIENCE: Duration = Duration::from_secs(90);

/// How to start a client.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    /// What to call it.
    pub(super) name: String,
    /// Program and arguments; the bridge's port is added.
    pub(super) words: Vec<String>,
    /// The port that it is bound to, if it cannot be told.
    pub(super) port: Option<u16>,
    /// It knows the command `register`.
    pub(super) registers: bool,
    /// Its habits are known, and held against it: it reads the whole of field 6, signs with a key that
    /// it finds, and gives no key up for a blob that is refused. Others' habits are printed.
    pub(super) strict: bool,
}

/// The public areas of the TPM's keys, as the client gives them to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClientKeys {
    pub(super) ek: Vec<u8>,
    pub(super) srk: Vec<u8>,
    pub(super) registration_id: String,
}

/// A client that runs.
#[derive(Debug)]
pub(super) struct Client {
    process: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Client {
    pub(super) fn start(recipe: &Recipe, port: u16) -> Result<Self, String> {
        let (program, arguments) = recipe.words.split_first().ok_or("an empty command")?;
        let mut process = Command::new(program)
            .args(arguments)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("cannot start {program}: {e}"))?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("the client has no input or output".to_owned());
        };
        let (sender, lines) = channel();
        // It ends with the client's output, or when nobody listens any more.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            process,
            input,
            lines,
        })
    }

    /// Endorsement key, storage root key, registration ID.
    pub(super) fn keys(&mut self) -> Result<ClientKeys, String> {
        match &*self.ask("keys")?? {
            [ek, srk, id] => Ok(ClientKeys {
                ek: bytes(ek)?,
                srk: bytes(srk)?,
                registration_id: id.clone(),
            }),
            other => Err(format!("keys: {other:?}")),
        }
    }

    /// Activates a blob; the inner error is the client's refusal.
    pub(super) fn activate(&mut self, blob: &[u8]) -> Result<Result<(), String>, String> {
        let answer = self.ask(&format!("activate {}", hex(blob)))?;
        Ok(answer.map(|_| ()))
    }

    /// HMAC under the identity key.
    pub(super) fn sign(&mut self, data: &[u8]) -> Result<Vec<u8>, String> {
        match &*self.ask(&format!("sign {}", hex(data)))?? {
            [mac] => bytes(mac),
            other => Err(format!("sign: {other:?}")),
        }
    }

    /// The SDK's own registration from end to end, with `service` as the service. Hub, device ID.
    pub(super) fn register(&mut self, service: &mut Service) -> Result<(String, String), String> {
        self.send(&format!("register {}", service.scope()))?;
        loop {
            let words = self.hear()?;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let answer = match words.as_slice() {
                ["ok", hub, device] => return Ok(((*hub).to_owned(), (*device).to_owned())),
                ["challenge", id, ek, srk] => service.challenge(id, &bytes(ek)?, &bytes(srk)?),
                ["token", id, token, ek, srk] => {
                    let token = String::from_utf8(bytes(token)?).map_err(|e| e.to_string())?;
                    let assigned = service.answer(id, &token, &bytes(ek)?, &bytes(srk)?)?;
                    let line = format!("ok {} {} ", assigned.hub, assigned.device_id);
                    self.send(&(line + &hex(&assigned.blob)))?;
                    continue;
                }
                other => return Err(format!("register: {}", other.join(" "))),
            };
            self.send(&format!("ok {}", hex(&answer?)))?;
        }
    }

    /// One line, and the answer to it; the inner error is a refusal.
    fn ask(&mut self, line: &str) -> Result<Result<Vec<String>, String>, String> {
        self.send(line)?;
        let mut words = self.hear()?;
        let status = words.remove(0);
        match &*status {
            "ok" => Ok(Ok(words)),
            "refused" => Ok(Err(words.join(" "))),
            _ => Err(format!("the client says {status:?}")),
        }
    }

    fn send(&mut self, line: &str) -> Result<(), String> {
        writeln!(self.input, "{line}").map_err(|e| format!("the client does not listen: {e}"))
    }

    /// The words of a line, at least one.
    fn hear(&self) -> Result<Vec<String>, String> {
        let line = self.lines.recv_timeout(PATIENCE);
        let line = line.map_err(|e| format!("the client says nothing: {e}"))?;
        Ok(line.split(' ').map(str::to_owned).collect())
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    match digits.as_deref().map(<[u8]>::as_chunks::<2>) {
        Some((pairs, [])) => Ok(pairs.iter().map(|[high, low]| high * 16 + low).collect()),
        _ => Err(format!("{text:?} is not hexadecimal")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Client {
        let recipe = Recipe {
            name: String::new(),
            words: ["sh", "-c", script].map(str::to_owned).to_vec(),
            port: None,
            registers: false,
            strict: false,
        };
        Client::start(&recipe, 1).unwrap()
    }

    #[test]
    fn answers_and_refusals_are_told_apart() {
        let mut client =
            shell("read a; echo ok; read b; echo refused for a reason; read c; echo ?");
        assert_eq!(client.activate(&[1]), Ok(Ok(())));
        assert_eq!(client.activate(&[1]), Ok(Err("for a reason".to_owned())));
        assert!(client.activate(&[1]).is_err());
        assert!(client.sign(&[1]).is_err(), "it is gone");
    }

    #[test]
    fn bytes_travel_in_hexadecimal() {
        let mut client = shell("read word data; echo ok \"$data\"");
        assert_eq!(client.sign(&[0, 0xAB]), Ok(vec![0, 0xAB]));
        assert!(bytes("0").is_err() && bytes("0g").is_err());
    }
}
