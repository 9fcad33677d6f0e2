//! Commands and responses of TPM 2.0 as bytes (Part 1 section 18).

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use provisor_tpm::Rejection;
use provisor_tpm::marshal::{Reader, Writer};

/// `TPM_RS_PW`: an authorization by password, empty here.
pub(super) const PASSWORD: u32 = 0x4000_0009;
pub(super) const OWNER: u32 = 0x4000_0001;
pub(super) const NULL_HIERARCHY: u32 = 0x4000_0007;
pub(super) const ENDORSEMENT: u32 = 0x4000_000B;

const NO_SESSIONS: u16 = 0x8001;
const SESSIONS: u16 = 0x8002;
/// `TPM_RC_RETRY`: the first use of a key that a dictionary attack may be made on.
const RETRY: u32 = 0x922;

/// The commands that are sent here, and whether a handle comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tpm2 {
    NvDefineSpace = 0x12A,
    CreatePrimary = 0x131,
    NvWrite = 0x137,
    Certify = 0x148,
    CertifyCreation = 0x14A,
    Duplicate = 0x14B,
    GetTime = 0x14C,
    Create = 0x153,
    Hmac = 0x155,
    Import = 0x156,
    Load = 0x157,
    Quote = 0x158,
    FlushContext = 0x165,
    LoadExternal = 0x167,
    PolicyCommandCode = 0x16C,
    StartAuthSession = 0x176,
    PcrRead = 0x17E,
    PcrExtend = 0x182,
    NvCertify = 0x184,
}

/// A TPM at the other end of a socket.
pub(super) struct Wire(TcpStream);

/// A response that says yes: its handle, if the command gives one, and its parameters.
pub(super) struct Answer {
    pub(super) handle: u32,
    parameters: Vec<u8>,
}

/// Why a command was not done.
#[derive(Debug)]
pub(super) enum Failed {
    /// The TPM says no.
    Refused(Tpm2, u32),
    /// The wire is broken, or the response cannot be read.
    Broken(String),
}

impl From<Failed> for String {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Refused(code, rc) => format!("{code:?}: the TPM answers 0x{rc:x}"),
            Failed::Broken(reason) => reason,
        }
    }
}

impl From<Rejection> for Failed {
    fn from(rejection: Rejection) -> Self {
        Self::Broken(rejection.to_string())
    }
}

impl Wire {
    pub(super) fn connect(port: u16) -> Result<Self, String> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(|e| e.to_string())?;
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .map_err(|e| e.to_string())?;
        Ok(Self(stream))
    }

    /// One command; `sessions` authorise the first handles in their order.
    pub(super) fn run(
        &mut self,
        code: Tpm2,
        handles: &[u32],
        sessions: &[u32],
        parameters: &[u8],
    ) -> Result<Answer, Failed> {
        let command = command(code, handles, sessions, parameters)?;
        // Ten times at most: one is enough for TPM_RC_RETRY.
        for _ in 0..10 {
            let response = self.exchange(&command).map_err(Failed::Broken)?;
            match read(code, &response)? {
                Ok(answer) => return Ok(answer),
                Err(RETRY) => {}
                Err(rc) => return Err(Failed::Refused(code, rc)),
            }
        }
        Err(Failed::Refused(code, RETRY))
    }

    pub(super) fn flush(&mut self, handle: u32) -> Result<(), Failed> {
        self.run(Tpm2::FlushContext, &[], &[], &handle.to_be_bytes())
            .map(drop)
    }

    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, String> {
        let broken = |e: std::io::Error| format!("the TPM's socket: {e}");
        self.0.write_all(command).map_err(broken)?;
        let mut head = [0; 10];
        self.0.read_exact(&mut head).map_err(broken)?;
        let [_, _, a, b, c, d, ..] = head;
        let size = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let rest = size.checked_sub(head.len()).filter(|rest| *rest <= 4096);
        let rest = rest.ok_or_else(|| format!("a response of {size} bytes"))?;
        let mut response = head.to_vec();
        response.resize(size, 0);
        let body = response.split_at_mut(size - rest).1;
        self.0.read_exact(body).map_err(broken)?;
        Ok(response)
    }
}

impl Answer {
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader::new("response", &self.parameters)
    }
}

/// These bytes as a TPM2B.
pub(super) fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], bytes].concat()
}

fn command(
    code: Tpm2,
    handles: &[u32],
    sessions: &[u32],
    parameters: &[u8],
) -> Result<Vec<u8>, Rejection> {
    let mut body = Writer::new();
    body.u32(code as u32);
    for handle in handles {
        body.u32(*handle);
    }
    if !sessions.is_empty() {
        let mut area = Writer::new();
        for session in sessions {
            // No nonce; a password's session goes on, a policy's ends; no password.
            area.u32(*session).sized(&[])?;
            area.u8((*session == PASSWORD).into()).sized(&[])?;
        }
        let area = area.finish();
        body.u32(u32::try_from(area.len()).unwrap_or(u32::MAX))
            .bytes(&area);
    }
    let body = body.bytes(parameters).clone().finish();
    let mut all = Writer::new();
    let size = u32::try_from(body.len() + 6).unwrap_or(u32::MAX);
    all.u16(if sessions.is_empty() {
        NO_SESSIONS
    } else {
        SESSIONS
    });
    all.u32(size).bytes(&body);
    Ok(all.finish())
}

/// The answer, or the response code that says no.
fn read(code: Tpm2, response: &[u8]) -> Result<Result<Answer, u32>, Rejection> {
    let mut reader = Reader::new("response", response);
    let tag = reader.u16()?;
    reader.u32()?;
    let rc = reader.u32()?;
    if rc != 0 {
        return Ok(Err(rc));
    }
    let gives_handle = matches!(
        code,
        Tpm2::CreatePrimary | Tpm2::Load | Tpm2::LoadExternal | Tpm2::StartAuthSession
    );
    let handle = if gives_handle { reader.u32()? } else { 0 };
    let parameters = if tag == SESSIONS {
        let size = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
        reader.take(size)?
    } else {
        reader.rest()
    };
    Ok(Ok(Answer {
        handle,
        parameters: parameters.to_vec(),
    }))
}
