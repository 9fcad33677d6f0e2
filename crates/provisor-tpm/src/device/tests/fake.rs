//! A TPM of a few commands, which reads them with code of its own and keeps account of what is open.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::credential::{open_credential, open_duplicate};
use crate::device::Handle;
use crate::testing::{Fixture, Holder};
use crate::{EkPublic, HashAlg, Public, Rejection, Secret, SrkPublic};

#[derive(Clone, Debug)]
struct Object {
    tpm2b: Vec<u8>,
    /// Of an identity key.
    key: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(super) struct FakeTpm {
    persistent: BTreeMap<u32, Object>,
    transient: BTreeMap<u32, Object>,
    sessions: BTreeSet<u32>,
    sequences: BTreeMap<u32, (u32, Vec<u8>)>,
    pub(super) nv: BTreeMap<u32, Vec<u8>>,
    pub(super) input_buffer: u32,
    pub(super) started: bool,
    /// Every command is refused that often with TPM_RC_RETRY before it is done.
    pub(super) retries: u32,
    refused: u32,
    /// The command of that number, from 0, is refused with this code.
    pub(super) refuse: Option<(usize, u32)>,
    /// The codes of all commands that came.
    pub(super) log: Vec<u32>,
}

/// A refusal.
struct Rc(u32);

impl From<Rejection> for Rc {
    fn from(rejection: Rejection) -> Self {
        std::eprintln!("a command that cannot be read: {rejection}");
        Self(0xC4)
    }
}

type Parts = (Option<u32>, Vec<u8>);

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// What a response said comes back in later commands, so a changed response can make any of
    /// them too short: TPM_RC_INSUFFICIENT.
    fn take(&mut self, count: usize) -> Result<&'a [u8], Rc> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Rc(0x9A))?;
        self.0 = rest;
        Ok(head)
    }

    fn u16(&mut self) -> Result<u16, Rc> {
        Ok(u16::from_be_bytes(self.take(2)?.try_into().unwrap()))
    }

    fn u32(&mut self) -> Result<u32, Rc> {
        Ok(u32::from_be_bytes(self.take(4)?.try_into().unwrap()))
    }

    fn sized(&mut self) -> Result<&'a [u8], Rc> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

impl FakeTpm {
    pub(super) fn new() -> Self {
        Self {
            persistent: BTreeMap::new(),
            transient: BTreeMap::new(),
            sessions: BTreeSet::new(),
            sequences: BTreeMap::new(),
            nv: BTreeMap::new(),
            input_buffer: 1024,
            started: true,
            retries: 0,
            refused: 0,
            refuse: None,
            log: Vec::new(),
        }
    }

    /// Sessions, sequences and transient objects.
    pub(super) fn open(&self) -> usize {
        self.transient.len() + self.sessions.len() + self.sequences.len()
    }

    /// What a restart leaves.
    pub(super) fn restart(&mut self) {
        self.transient.clear();
        self.sessions.clear();
        self.sequences.clear();
        self.started = false;
    }

    pub(super) fn put(&mut self, handle: Handle, tpm2b: Vec<u8>) {
        let key = Vec::new();
        self.persistent
            .insert(handle.value(), Object { tpm2b, key });
    }

    /// The identity key at a handle.
    pub(super) fn key_at(&self, handle: Handle) -> Option<&[u8]> {
        self.persistent
            .get(&handle.value())
            .map(|object| object.key.as_slice())
    }

    pub(super) fn execute(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut input = Input(bytes);
        let header = (input.u16(), input.u32(), input.u32());
        let (Ok(tag), Ok(size), Ok(code)) = header else {
            panic!("no header: {bytes:02X?}");
        };
        assert_eq!(usize::try_from(size), Ok(bytes.len()));
        self.log.push(code);
        let number = self.log.len() - 1;
        let done = if self.refused < self.retries {
            self.refused += 1;
            Err(Rc(0x922))
        } else if let Some((_, rc)) = self.refuse.filter(|(at, _)| *at == number) {
            Err(Rc(rc))
        } else if !self.started && code != 0x144 {
            Err(Rc(0x100))
        } else {
            self.refused = 0;
            self.run(code, tag == 0x8002, &mut input)
        };
        match done {
            Ok((handle, parameters)) => {
                let mut body = handle.map_or(Vec::new(), |handle| handle.to_be_bytes().to_vec());
                if tag == 0x8002 {
                    let length = u32::try_from(parameters.len()).unwrap();
                    body.extend(length.to_be_bytes());
                    body.extend(parameters);
                    let sessions = if code == 0x147 { 2 } else { 1 };
                    (0..sessions).for_each(|_| body.extend([0, 0, 1, 0, 0]));
                } else {
                    body.extend(parameters);
                }
                response(tag, 0, &body)
            }
            Err(Rc(rc)) => response(0x8001, rc, &[]),
        }
    }

    fn run(&mut self, code: u32, sessions: bool, input: &mut Input<'_>) -> Result<Parts, Rc> {
        let handles = match code {
            0x144 | 0x165 | 0x17A => 0,
            0x120 | 0x147 | 0x14E | 0x151 | 0x176 => 2,
            _ => 1,
        };
        let handles: Vec<u32> = (0..handles)
            .map(|_| input.u32())
            .collect::<Result<_, _>>()?;
        let mut used = None;
        if sessions {
            let length = input.u32()?;
            let mut area = Input(input.take(usize::try_from(length).unwrap())?);
            while !area.0.is_empty() {
                let (session, nonce) = (area.u32()?, area.sized()?);
                let (keep, auth) = (area.take(1)?[0], area.sized()?);
                assert!(nonce.is_empty() && auth.is_empty());
                if session != 0x4000_0009 {
                    assert_eq!(keep, 0);
                    used = Some(self.session(session)?);
                }
            }
        }
        let done = self.command(code, &handles, input)?;
        assert!(
            input.0.is_empty() || code == 0x131,
            "bytes after the parameters"
        );
        if let Some(session) = used {
            self.sessions.remove(&session);
        }
        Ok(done)
    }

    fn command(&mut self, code: u32, handles: &[u32], input: &mut Input<'_>) -> Result<Parts, Rc> {
        let none = Ok((None, Vec::new()));
        match (code, handles) {
            (0x144, _) => {
                input.u16()?;
                self.started = true;
                none
            }
            (0x173, [handle]) => {
                let object = self.object(*handle)?;
                let name = Public::from_tpm2b(&object.tpm2b)?.name();
                let name = sized(name.as_bytes());
                Ok((None, [&object.tpm2b[..], &name, &name].concat()))
            }
            (0x131, [hierarchy]) => {
                assert_eq!(input.take(6)?, [0, 4, 0, 0, 0, 0]);
                let ek = *hierarchy == 0x4000_000B;
                let tpm2b = if ek {
                    Fixture::ek_ecc()
                } else {
                    Fixture::srk_ecc()
                };
                input.0 = &[];
                let rest = [
                    &tpm2b[..],
                    &[0, 0, 0, 0, 0x80, 0x21],
                    &hierarchy.to_be_bytes(),
                    &[0; 4],
                ];
                let rest = rest.concat();
                let handle = self.hold(Object {
                    tpm2b,
                    key: Vec::new(),
                });
                Ok((Some(handle), rest))
            }
            (0x120, [0x4000_0001, handle]) => {
                let place = input.u32()?;
                if *handle == place {
                    self.persistent.remove(handle).ok_or(Rc(0x28B))?;
                } else {
                    let object = self.object(*handle)?.clone();
                    if self.persistent.contains_key(&place) {
                        return Err(Rc(0x14C));
                    }
                    self.persistent.insert(place, object);
                }
                none
            }
            (0x165, _) => {
                let handle = input.u32()?;
                let known = self.transient.remove(&handle).is_some()
                    || self.sessions.remove(&handle)
                    || self.sequences.remove(&handle).is_some();
                if known { none } else { Err(Rc(0x1CB)) }
            }
            (0x176, _) => {
                let nonce = input.sized()?;
                assert!(nonce.len() >= 16);
                assert_eq!(input.take(7)?, [0, 0, 1, 0, 0x10, 0, 0x0B]);
                let session = 0x0300_0000 + u32::try_from(self.sessions.len()).unwrap();
                self.sessions.insert(session);
                Ok((Some(session), sized(nonce)))
            }
            (0x151, [0x4000_000B, session]) => {
                self.session(*session)?;
                input.take(10)?;
                Ok((
                    None,
                    [&[0, 0, 0x80, 0x23][..], &[0x40, 0, 0, 7, 0, 0]].concat(),
                ))
            }
            (0x147, [srk, ek]) => {
                let (ek, srk) = (self.object(*ek)?.clone(), self.object(*srk)?.clone());
                let (blob, secret) = (sized(input.sized()?), sized(input.sized()?));
                let ek = EkPublic::from_tpm2b(&ek.tpm2b)?;
                let name = Public::from_tpm2b(&srk.tpm2b)?.name();
                let secret = open_credential(&Holder, &ek, &name, &blob, &secret);
                let secret = secret.map_err(|_| Rc(0x1DF))?;
                Ok((None, sized(secret.expose())))
            }
            (0x156, [srk]) => {
                let srk = SrkPublic::from_tpm2b(&self.object(*srk)?.tpm2b.clone())?;
                let inner = Secret::new(input.sized()?)?;
                let (public, duplicate) = (sized(input.sized()?), sized(input.sized()?));
                let seed = sized(input.sized()?);
                assert_eq!(input.take(6)?, [0, 6, 0, 128, 0, 0x43]);
                let object = Public::from_tpm2b(&public)?;
                let key = srk.storage_key();
                let opened = open_duplicate(&Holder, key, &object, Some(&inner), &duplicate, &seed);
                let sensitive = opened.map_err(|_| Rc(0x3DF))?;
                Ok((None, sized(&sensitive)))
            }
            (0x157, [_srk]) => {
                let (mut private, tpm2b) = (Input(input.sized()?), sized(input.sized()?));
                let _type = private.u16()?;
                let (_auth, _seed, key) = (private.sized()?, private.sized()?, private.sized()?);
                let name = Public::from_tpm2b(&tpm2b)?.name();
                let handle = self.hold(Object {
                    tpm2b,
                    key: key.to_vec(),
                });
                Ok((Some(handle), sized(name.as_bytes())))
            }
            (0x155, [key]) => {
                let data = input.sized()?;
                self.fits(data)?;
                assert_eq!(input.u16()?, 0x0B);
                Ok((None, sized(self.mac(*key, data)?.as_ref())))
            }
            (0x15B, [key]) => {
                assert_eq!(input.take(4)?, [0, 0, 0, 0x0B]);
                self.object(*key)?;
                self.sequences.insert(0x8000_0080, (*key, Vec::new()));
                Ok((Some(0x8000_0080), Vec::new()))
            }
            (0x15C | 0x13E, [sequence]) => {
                let part = input.sized()?;
                self.fits(part)?;
                let (key, data) = self.sequences.get_mut(sequence).ok_or(Rc(0x18B))?;
                data.extend_from_slice(part);
                if code == 0x15C {
                    return none;
                }
                assert_eq!(input.u32()?, 0x4000_0007);
                let (key, data) = (*key, data.clone());
                self.sequences.remove(sequence);
                let ticket = [0x80, 0x24, 0x40, 0, 0, 7, 0, 0];
                let mac = sized(self.mac(key, &data)?.as_ref());
                Ok((None, [&mac[..], &ticket].concat()))
            }
            (0x17A, _) => {
                let (kind, property, count) = (input.u32()?, input.u32()?, input.u32()?);
                assert_eq!((kind, count), (6, 1));
                let value = if property == 0x10D {
                    self.input_buffer
                } else {
                    100
                };
                let parts = [kind, 1, property, value].map(u32::to_be_bytes).concat();
                Ok((None, [&[0][..], &parts].concat()))
            }
            (0x169, [index]) => {
                let size = self.nv.get(index).ok_or(Rc(0x18B))?.len();
                let mut public = [
                    &index.to_be_bytes()[..],
                    &[0, 0x0B],
                    &[0x62, 0x07, 0x20, 0x01, 0, 0],
                ]
                .concat();
                public.extend(u16::try_from(size).unwrap().to_be_bytes());
                Ok((None, [sized(&public), sized(&[0, 0x0B, 1])].concat()))
            }
            (0x14E, [reader, index]) => {
                assert_eq!(reader, index, "authread is set");
                let (size, offset) = (input.u16()?, input.u16()?);
                let (size, offset) = (usize::from(size), usize::from(offset));
                let bytes = self.nv.get(index).ok_or(Rc(0x18B))?;
                let part = bytes.get(offset..offset + size).ok_or(Rc(0x146))?;
                Ok((None, sized(part)))
            }
            _ => Err(Rc(0x143)),
        }
    }

    fn object(&self, handle: u32) -> Result<&Object, Rc> {
        let found = self.persistent.get(&handle);
        found
            .or_else(|| self.transient.get(&handle))
            .ok_or(Rc(0x18B))
    }

    /// A session that is open. A device that was told another handle names one that is not, and
    /// so this is an answer, not an assertion.
    fn session(&self, handle: u32) -> Result<u32, Rc> {
        let open = self.sessions.contains(&handle);
        open.then_some(handle).ok_or(Rc(0x918))
    }

    /// A device that was told another size of the input buffer sends too much.
    fn fits(&self, part: &[u8]) -> Result<(), Rc> {
        let fits = part.len() <= usize::try_from(self.input_buffer).unwrap();
        fits.then_some(()).ok_or(Rc(0x1D5))
    }

    /// Three places, as in the usual TPM.
    fn hold(&mut self, object: Object) -> u32 {
        let free = (0x8000_0000..0x8000_0003).find(|handle| !self.transient.contains_key(handle));
        let handle = free.expect("a transient object was left behind");
        self.transient.insert(handle, object);
        handle
    }

    fn mac(&self, key: u32, data: &[u8]) -> Result<crate::Mac, Rc> {
        Ok(HashAlg::Sha256.hmac(&self.object(key)?.key, &[data]))
    }
}

pub(super) fn response(tag: u16, rc: u32, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(10 + body.len()).unwrap();
    [
        &tag.to_be_bytes()[..],
        &size.to_be_bytes(),
        &rc.to_be_bytes(),
        body,
    ]
    .concat()
}
