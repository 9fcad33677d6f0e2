//! Who the device is: endorsement key, storage root key, certificate.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::sign::buffer;
use super::{Flow, Step, answered};
use crate::device::command::{Capability, NvPublic, Property};
use crate::device::{Answer, Command, CommandCode, Handle, Response, command};
use crate::{EkPublic, SrkPublic, Template, limits};

/// Where the keys of a device stand, and the templates of those that may have to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHandles {
    ek: Place,
    srk: Place,
    /// The NV index of the maker's certificate.
    certificate: Option<Handle>,
}

/// A persistent handle, and what to make there when nothing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    handle: Handle,
    template: Option<&'static Template>,
}

impl KeyHandles {
    /// The places of an endorsement key of that template (one of [`Template::EK`]), with the RSA-2048
    /// storage root key at 0x81000001.
    ///
    /// Low range: 0x81010001 for L-1, 0x8101000a for L-2. High range: the low byte of the certificate's
    /// NV index. The certificate is where the TCG EK Credential Profile (section 2.2.1.4) puts it.
    #[must_use]
    pub fn of(template: &'static Template) -> Self {
        let (handle, index) = match template.label() {
            "L-2" => (0x8101_000A, 0x01C0_000A),
            "H-1" => (0x8101_0012, 0x01C0_0012),
            "H-2" => (0x8101_0014, 0x01C0_0014),
            "H-3" => (0x8101_0016, 0x01C0_0016),
            "H-4" => (0x8101_0018, 0x01C0_0018),
            "H-6" => (0x8101_001C, 0x01C0_001C),
            "H-7" => (0x8101_001E, 0x01C0_001E),
            _ => (0x8101_0001, 0x01C0_0002),
        };
        Self {
            ek: Place {
                handle: Handle::new(handle),
                template: Some(template),
            },
            srk: Place {
                handle: Handle::SRK,
                template: Template::SRK.first(),
            },
            certificate: Some(Handle::new(index)),
        }
    }

    /// The endorsement key stands elsewhere.
    #[must_use]
    pub const fn ek_at(mut self, handle: Handle) -> Self {
        self.ek.handle = handle;
        self
    }

    /// The storage root key stands there, and is made from that template when it is missing. A key
    /// that stands there already is taken as it is, if it is a safe storage key.
    #[must_use]
    pub const fn srk_at(mut self, handle: Handle, template: &'static Template) -> Self {
        self.srk = Place {
            handle,
            template: Some(template),
        };
        self
    }

    /// Nothing is made: a missing key is refused with `TPM_HANDLE_EMPTY`.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.ek.template = None;
        self.srk.template = None;
        self
    }

    /// The certificate is not read.
    #[must_use]
    pub const fn without_certificate(mut self) -> Self {
        self.certificate = None;
        self
    }
}

impl Default for KeyHandles {
    /// Template L-1, the RSA-2048 key that makers certify, and the RSA-2048 storage root key: what the
    /// clients of provisioning services use.
    fn default() -> Self {
        match Template::EK.first() {
            Some(template) => Self::of(template),
            None => Self {
                ek: Place {
                    handle: Handle::new(0x8101_0001),
                    template: None,
                },
                srk: Place {
                    handle: Handle::SRK,
                    template: None,
                },
                certificate: None,
            },
        }
    }
}

/// The two keys of a device as they were read from its TPM.
#[derive(Clone, Debug)]
pub struct DeviceIdentity {
    handles: KeyHandles,
    ek: EkPublic,
    srk: SrkPublic,
    certificate: Option<Vec<u8>>,
}

impl DeviceIdentity {
    /// The endorsement key; its bytes go to the service, and the default registration ID is made
    /// of them.
    #[must_use]
    pub const fn ek(&self) -> &EkPublic {
        &self.ek
    }

    /// The storage root key; its bytes go to the service.
    #[must_use]
    pub const fn srk(&self) -> &SrkPublic {
        &self.srk
    }

    /// Where the endorsement key stands.
    #[must_use]
    pub const fn ek_handle(&self) -> Handle {
        self.handles.ek.handle
    }

    /// Where the storage root key stands.
    #[must_use]
    pub const fn srk_handle(&self) -> Handle {
        self.handles.srk.handle
    }

    /// The whole NV index of the EK certificate, if there is one. Makers pad it: what follows the DER
    /// is the reader's to cut.
    #[must_use]
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }
}

/// Reads the keys of a device, and makes those that are missing.
///
/// A key is made from its template (for L-1 with the 256 zero bytes of `unique` that the certified
/// key was made with), made persistent, and its transient copy flushed. A power cut on the way loses nothing: the same
/// template gives the same key again.
#[derive(Clone, Debug)]
pub struct ReadIdentity {
    handles: KeyHandles,
    state: State,
    ek: Option<EkPublic>,
    srk: Option<SrkPublic>,
    index: Option<NvPublic>,
    block: u16,
    /// Bytes asked for by the `TPM2_NV_Read` that is under way.
    asked: u16,
    certificate: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Ek,
    Srk,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Begin,
    Read(Key),
    Made(Key),
    Kept(Key, Handle),
    Flushed(Key),
    Index,
    Buffer,
    Block,
}

impl ReadIdentity {
    /// Reads the keys at those places.
    #[must_use]
    pub const fn new(handles: KeyHandles) -> Self {
        Self {
            handles,
            state: State::Begin,
            ek: None,
            srk: None,
            index: None,
            block: 0,
            asked: 0,
            certificate: Vec::new(),
        }
    }

    const fn place(&self, key: Key) -> Place {
        match key {
            Key::Ek => self.handles.ek,
            Key::Srk => self.handles.srk,
        }
    }

    fn read(&mut self, key: Key) -> Result<Step<DeviceIdentity>, Rejection> {
        self.state = State::Read(key);
        command::read_public(self.place(key).handle).map(Step::Send)
    }

    fn make(&mut self, key: Key) -> Result<Step<DeviceIdentity>, Rejection> {
        let place = self.place(key);
        let Some(template) = place.template else {
            let subject = Subject::field(alloc::format!("{}", place.handle));
            return Err(Rejection::new(Code::TpmHandleEmpty, subject));
        };
        self.state = State::Made(key);
        let hierarchy = match key {
            Key::Ek => Handle::ENDORSEMENT,
            Key::Srk => Handle::OWNER,
        };
        command::create_primary(hierarchy, template).map(Step::Send)
    }

    /// Checks a public area and keeps it.
    fn take(&mut self, key: Key, public: &[u8]) -> Result<(), Rejection> {
        match key {
            Key::Ek => self.ek = Some(EkPublic::from_tpm2b(public)?),
            Key::Srk => self.srk = Some(SrkPublic::from_tpm2b(public)?),
        }
        Ok(())
    }

    fn after(&mut self, key: Key) -> Result<Step<DeviceIdentity>, Rejection> {
        match (key, self.handles.certificate) {
            (Key::Ek, _) => self.read(Key::Srk),
            (Key::Srk, Some(index)) => {
                self.state = State::Index;
                command::nv_read_public(index).map(Step::Send)
            }
            (Key::Srk, None) => self.done(None),
        }
    }

    fn index(&mut self, response: &Response<'_>) -> Result<Step<DeviceIdentity>, Rejection> {
        let index = NvPublic::read(response)?;
        if index.size() > limits::NV_CERTIFICATE {
            return Err(Rejection::new(
                Code::TpmDeviceBuffer,
                Subject::field("NV index of the EK certificate"),
            )
            .expected(alloc::format!("at most {} bytes", limits::NV_CERTIFICATE))
            .found(alloc::format!("{}", index.size())));
        }
        self.index = Some(index);
        self.state = State::Buffer;
        command::get_capability(Property::NV_BUFFER_MAX, 1).map(Step::Send)
    }

    /// The next block of the certificate, or the end.
    fn block(&mut self) -> Result<Step<DeviceIdentity>, Rejection> {
        let (Some(public), Some(index)) = (self.index, self.handles.certificate) else {
            return self.done(None);
        };
        let offset = u16::try_from(self.certificate.len()).unwrap_or(u16::MAX);
        let left = public.size().saturating_sub(offset);
        if left == 0 {
            let certificate = core::mem::take(&mut self.certificate);
            return self.done((!certificate.is_empty()).then_some(certificate));
        }
        self.asked = left.min(self.block);
        self.state = State::Block;
        command::nv_read(public.reader(), index, self.asked, offset).map(Step::Send)
    }

    fn done(&mut self, certificate: Option<Vec<u8>>) -> Result<Step<DeviceIdentity>, Rejection> {
        let missing = || Rejection::new(Code::TpmDeviceOrder, Subject::field("device"));
        Ok(Step::Done(DeviceIdentity {
            handles: self.handles,
            ek: self.ek.take().ok_or_else(missing)?,
            srk: self.srk.take().ok_or_else(missing)?,
            certificate,
        }))
    }
}

impl Default for ReadIdentity {
    fn default() -> Self {
        Self::new(KeyHandles::default())
    }
}

impl Flow for ReadIdentity {
    type Output = DeviceIdentity;

    fn next(&mut self, answer: Option<Answer<'_>>) -> Result<Step<DeviceIdentity>, Rejection> {
        let send = |command: Result<Command, Rejection>| command.map(Step::Send);
        if let State::Begin = self.state {
            return self.read(Key::Ek);
        }
        let answer = answered(answer)?;
        match self.state {
            State::Begin => self.read(Key::Ek),
            State::Read(key) => match answer.occupied()? {
                Some(response) => {
                    self.take(key, &command::public_area(&response)?)?;
                    self.after(key)
                }
                None => self.make(key),
            },
            State::Made(key) => {
                let response = answer.done()?;
                self.take(key, &command::created_public(&response)?)?;
                let made = response.handle()?;
                self.state = State::Kept(key, made);
                send(command::evict_control(made, self.place(key).handle))
            }
            State::Kept(key, made) => {
                answer.done()?;
                self.state = State::Flushed(key);
                send(command::flush_context(made))
            }
            State::Flushed(key) => {
                answer.done()?;
                self.after(key)
            }
            State::Index => match answer.occupied()? {
                Some(response) => self.index(&response),
                None => self.done(None),
            },
            State::Buffer => {
                let found = Capability::read(&answer.done()?)?;
                let known = found.property(Property::NV_BUFFER_MAX).unwrap_or(NV_BLOCK);
                let size = buffer(CommandCode::NvRead, Some(known))?;
                self.block = u16::try_from(size).unwrap_or(limits::SMALLEST_BUFFER);
                self.block()
            }
            State::Block => {
                let response = answer.done()?;
                let data = command::nv_data(&response, self.asked)?;
                self.certificate.extend_from_slice(data);
                self.block()
            }
        }
    }
}

/// What every TPM of the PC client profile reads at once.
const NV_BLOCK: u32 = 512;
