//! device_commands.json: the raw bytes of device-side exchanges. From the inputs that stand in each
//! recorded command we build our own, which must be the same bytes; and we read each response.

use std::collections::BTreeMap;

use provisor_tpm::attest::{Attest, Nonce, PcrSelection, Signature};
use provisor_tpm::device::command::{
    self, Authorization, Capability, Loaded, NvPublic, Property, created_public,
};
use provisor_tpm::device::{Answer, Command, Handle, Response};
use provisor_tpm::marshal::Reader;
use provisor_tpm::{AlgId, HashAlg, Name, Public, Rejection, Secret, Template};

use super::tally::{Tally, Verdict, said, same};
use crate::conformance::entry::Entry;

pub(super) fn run(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for (flow, exchanges) in file.fields()? {
        tally.entry(&exchanges, |tally| {
            let list = exchanges.list()?;
            let mut read = Vec::new();
            for exchange in &list {
                read.push(Exchange::read(exchange)?);
            }
            tally.positive(&flow, &judge(&read));
            Ok(())
        });
    }
    Ok(())
}

struct Exchange {
    label: String,
    command: Vec<u8>,
    response: Vec<u8>,
}

impl Exchange {
    fn read(entry: &Entry) -> Result<Self, String> {
        Ok(Self {
            label: entry.text("label")?,
            command: entry.hex("command")?,
            response: entry.hex("response")?,
        })
    }
}

/// What earlier exchanges of the flow said, to hold later ones against.
#[derive(Default)]
struct Seen {
    /// Public areas that were imported, by their Name: `TPM2_Load` must answer with it.
    names: Vec<Name>,
    /// Handles that are open.
    open: BTreeMap<u32, String>,
}

fn judge(exchanges: &[Exchange]) -> Verdict {
    let mut seen = Seen::default();
    for (number, exchange) in exchanges.iter().enumerate() {
        one(exchange, &mut seen).map_err(|e| format!("{number} {}: {e}", exchange.label))?;
    }
    Ok(())
}

fn one(exchange: &Exchange, seen: &mut Seen) -> Verdict {
    let recorded = said(Recorded::cut(&exchange.command))?;
    let ours = rebuild(&exchange.label, &recorded)?;
    same("command", ours.as_bytes(), &exchange.command)?;
    match said(Answer::read(&ours, &exchange.response))? {
        Answer::Refused(_, code) => {
            // A recorded refusal has a name and becomes a rejection with it.
            let name = code.name().ok_or_else(|| format!("{code} has no name"))?;
            let rejection = code.into_rejection(ours.code());
            if rejection.found_text().contains(name) {
                return Ok(());
            }
            Err(format!("the rejection does not say {name}"))
        }
        Answer::Done(response) => read(&exchange.label, &recorded, &response, seen),
    }
}

/// A command cut into its areas, by code that our builder does not share.
struct Recorded<'a> {
    handles: Vec<Handle>,
    authorizations: Vec<Authorization>,
    parameters: &'a [u8],
}

impl<'a> Recorded<'a> {
    fn cut(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let mut reader = Reader::new("command", bytes);
        let (tag, _size, code) = (reader.u16()?, reader.u32()?, reader.u32()?);
        // Part 3: how many handles each command has.
        let handles = match code {
            0x165 | 0x17A => 0,
            0x120 | 0x147 | 0x14E | 0x151 | 0x176 => 2,
            _ => 1,
        };
        let handles: Result<Vec<_>, _> = (0..handles)
            .map(|_| reader.u32().map(Handle::new))
            .collect();
        let mut authorizations = Vec::new();
        if tag == 0x8002 {
            let length = reader.u32()?;
            let area = reader.take(usize::try_from(length).unwrap_or(usize::MAX))?;
            let mut area = Reader::new("authorizations", area);
            while !area.rest().is_empty() {
                let session = Handle::new(area.u32()?);
                let (_nonce, _attributes, _auth) = (area.sized()?, area.u8()?, area.sized()?);
                authorizations.push(if session.is_session() {
                    Authorization::Policy(session)
                } else {
                    Authorization::EmptyPassword
                });
            }
        }
        Ok(Self {
            handles: handles?,
            authorizations,
            parameters: reader.rest(),
        })
    }

    fn handle(&self, number: usize) -> Handle {
        self.handles.get(number).copied().unwrap_or(Handle::NULL)
    }

    fn reader(&self) -> Reader<'a> {
        Reader::new("parameters", self.parameters)
    }
}

fn rebuild(label: &str, recorded: &Recorded<'_>) -> Result<Command, String> {
    said(match label {
        "CreatePrimary" => {
            let mut reader = recorded.reader();
            said(reader.sized())?;
            let template = with_size(said(reader.sized())?);
            let template = Template::EK
                .iter()
                .chain(Template::SRK)
                .find(|row| row.to_tpm2b().is_ok_and(|bytes| bytes == template))
                .ok_or("no template of ours has these bytes")?;
            command::create_primary(recorded.handle(0), template)
        }
        _ => rebuild_other(label, recorded),
    })
}

fn rebuild_other(label: &str, recorded: &Recorded<'_>) -> Result<Command, Rejection> {
    let (first, second) = (recorded.handle(0), recorded.handle(1));
    let mut input = recorded.reader();
    match label {
        "FlushContext" => command::flush_context(Handle::new(input.u32()?)),
        "ReadPublic" => command::read_public(first),
        "NV_ReadPublic" => command::nv_read_public(first),
        "NV_Read" => {
            let (size, offset) = (input.u16()?, input.u16()?);
            command::nv_read(first, second, size, offset)
        }
        "StartAuthSession" => {
            let nonce = input.sized()?;
            let (_salt, _type, _cipher) = (input.sized()?, input.u8()?, input.u16()?);
            let hash = HashAlg::from_id(AlgId::new(input.u16()?)).unwrap_or(HashAlg::Sha1);
            command::start_policy_session(hash, nonce)
        }
        "PolicySecret" => command::policy_secret(second),
        "PolicyOR" => {
            input.u32()?;
            let hash = match input.sized()?.len() {
                48 => HashAlg::Sha384,
                64 => HashAlg::Sha512,
                _ => HashAlg::Sha256,
            };
            command::policy_or(first, hash)
        }
        "ActivateCredential" => {
            let (blob, secret) = (with_size(input.sized()?), with_size(input.sized()?));
            let authorization = recorded.authorizations.get(1).copied();
            let authorization = authorization.unwrap_or(Authorization::EmptyPassword);
            command::activate_credential(first, second, authorization, &blob, &secret)
        }
        "Import" => {
            let inner = Secret::new(input.sized()?)?;
            let (public, duplicate) = (with_size(input.sized()?), with_size(input.sized()?));
            let seed = with_size(input.sized()?);
            command::import(first, &inner, &public, &duplicate, &seed)
        }
        "Load" => {
            let (private, public) = (with_size(input.sized()?), with_size(input.sized()?));
            command::load(first, &private, &public)
        }
        "EvictControl" => command::evict_control(second, Handle::new(input.u32()?)),
        "HMAC" => command::hmac(first, HashAlg::Sha256, input.sized()?),
        "HMAC_Start" => command::hmac_start(first, HashAlg::Sha256),
        "SequenceUpdate" => command::sequence_update(first, input.sized()?),
        "SequenceComplete" => command::sequence_complete(first, input.sized()?),
        "Quote" => {
            // As recorded, however short.
            let nonce = Nonce::danger_any(input.sized()?);
            let (_scheme, _banks) = (input.u16()?, input.u32()?);
            let bank = HashAlg::from_id(AlgId::new(input.u16()?)).unwrap_or(HashAlg::Sha1);
            let size = input.u8()?;
            let map = input.take(usize::from(size))?;
            let pcrs: Vec<u8> = (0..size.saturating_mul(8))
                .filter(|pcr| {
                    map.get(usize::from(pcr / 8))
                        .is_some_and(|b| b >> (pcr % 8) & 1 == 1)
                })
                .collect();
            command::quote(first, &nonce, PcrSelection::new(bank, &pcrs)?)
        }
        "GetCapability" => match (input.u32()?, input.u32()?, input.u32()?) {
            (1, handle, count) => Capability::handles_from(Handle::new(handle), count),
            (_, property, count) => command::get_capability(Property::new(property), count),
        },
        // Not one of ours: the comparison says so.
        _ => command::startup(),
    }
}

fn read(label: &str, recorded: &Recorded<'_>, response: &Response<'_>, seen: &mut Seen) -> Verdict {
    if let Ok(handle) = response.handle() {
        seen.open.insert(handle.value(), label.to_owned());
    }
    match label {
        "CreatePrimary" => {
            let public = said(created_public(response))?;
            said(Public::from_tpm2b(&public))?;
        }
        "ReadPublic" => {
            let public = said(command::public_area(response))?;
            // The Name that we compute is the one that the TPM answers beside it.
            let name = said(Public::from_tpm2b(&public))?.name();
            let mut reader = response.parameters();
            said(reader.sized())?;
            same("Name", name.as_bytes(), said(reader.sized())?)?;
        }
        "NV_ReadPublic" => {
            let public = said(NvPublic::read(response))?;
            if public.size() == 0 {
                return Err("an index of no bytes".to_owned());
            }
        }
        "NV_Read" => {
            let size = said(recorded.reader().u16())?;
            said(command::nv_data(response, size))?;
        }
        "ActivateCredential" => {
            said(command::activated_secret(response))?;
        }
        "Import" => {
            said(command::imported_private(response))?;
            let mut input = recorded.reader();
            said(input.sized())?;
            let public = with_size(said(input.sized())?);
            seen.names.push(said(Public::from_tpm2b(&public))?.name());
        }
        "Load" => {
            let loaded = said(Loaded::read(response))?;
            if !seen.names.contains(&loaded.name) {
                return Err(format!("{} was not imported", loaded.name));
            }
        }
        "HMAC" | "SequenceComplete" => {
            said(command::mac(response, HashAlg::Sha256))?;
        }
        "Quote" => {
            let (attest, signature) = said(command::quoted(response))?;
            said(Attest::parse(attest))?;
            said(Signature::parse(signature))?;
        }
        "GetCapability" => {
            said(Capability::read(response))?;
        }
        // The others answer with a handle at most.
        _ => {}
    }
    Ok(())
}

fn with_size(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&size.to_be_bytes(), bytes].concat()
}
