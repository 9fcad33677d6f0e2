//! What the tests of a hub say to it.

use provisor::enrollment::{Capabilities, InitialTwin, Thumbprint};
use provisor::registration::{Fence, HubAuthentication, OwnerTag, Removal, TwinSource};
use provisor::{Code, DeviceId, HubName, IdScope};

use super::call::{HubAnswer, HubCall, HubDevice};
use crate::script;
use crate::setting::Setting;

pub(super) type Script<'l> = script::Script<'l, HubAnswer>;
pub(super) type Stop = script::Stop<HubCall>;
pub(super) type Told<T = ()> = Result<T, Stop>;

/// One device in a test.
pub(super) struct Story<'s, 'l> {
    pub(super) setting: &'s Setting,
    script: &'s mut Script<'l>,
    name: String,
}

impl<'s, 'l> Story<'s, 'l> {
    pub(super) fn new(setting: &'s Setting, script: &'s mut Script<'l>, name: &str) -> Self {
        Self {
            setting,
            script,
            name: name.to_owned(),
        }
    }

    /// The registration of that name, under a lease.
    pub(super) fn owner(&self, name: &str, fence: u64) -> Told<OwnerTag> {
        let id = self.setting.id(name)?;
        Ok(OwnerTag::new(
            self.setting.scope.clone(),
            id,
            Fence::new(fence),
        ))
    }

    /// The same registration in another scope.
    pub(super) fn elsewhere(&self, name: &str, fence: u64) -> Told<OwnerTag> {
        let scope = match self.setting.scope.as_str() {
            "0neFFFFFFFF" => IdScope::parse("0neEEEEEEEE")?,
            _ => IdScope::parse("0neFFFFFFFF")?,
        };
        Ok(OwnerTag::new(
            scope,
            self.setting.id(name)?,
            Fence::new(fence),
        ))
    }

    pub(super) fn device_id(&self) -> Told<DeviceId> {
        Ok(DeviceId::parse(&self.setting.text(&self.name))?)
    }

    /// Puts the device with the certificate of that number; the twin is left.
    pub(super) fn put(&mut self, hub: &HubName, owner: &OwnerTag, certificate: u8) -> Told {
        self.put_with(hub, owner, certificate, TwinSource::Existing(None))
    }

    pub(super) fn put_with(
        &mut self,
        hub: &HubName,
        owner: &OwnerTag,
        certificate: u8,
        twin: TwinSource,
    ) -> Told {
        let call = self.putting(hub, owner, certificate, twin)?;
        self.done(call)
    }

    /// That a put is refused with that code.
    pub(super) fn refuses(
        &mut self,
        hub: &HubName,
        owner: &OwnerTag,
        certificate: u8,
        code: Code,
    ) -> Told {
        let twin = TwinSource::Initial(None);
        let call = self.putting(hub, owner, certificate, twin)?;
        match self.script.ask(call)? {
            HubAnswer::Refused(cause) if cause.code() == code => Ok(()),
            HubAnswer::Refused(cause) => Stop::broken(format!(
                "a put was refused, as it should be, but with {} and not with {}",
                cause.code().name(),
                code.name()
            )),
            other => strange(&format!("a refusal with {}", code.name()), other),
        }
    }

    fn putting(
        &self,
        hub: &HubName,
        owner: &OwnerTag,
        certificate: u8,
        twin: TwinSource,
    ) -> Told<HubCall> {
        Ok(HubCall::Put {
            owner: owner.clone(),
            hub: hub.clone(),
            device_id: self.device_id()?,
            authentication: HubAuthentication::X509Thumbprint(thumbprint(certificate)),
            capabilities: capabilities(certificate),
            twin,
        })
    }

    pub(super) fn remove(&mut self, hub: &HubName, owner: &OwnerTag) -> Told {
        let removal = Removal::new(owner.clone(), hub.clone(), self.device_id()?);
        self.done(HubCall::Remove(removal))
    }

    pub(super) fn change_twin(&mut self, hub: &HubName, twin: &InitialTwin) -> Told {
        let call = HubCall::ChangeTwin {
            hub: hub.clone(),
            device_id: self.device_id()?,
            twin: twin.clone(),
        };
        self.done(call)
    }

    pub(super) fn look(&mut self, hub: &HubName) -> Told<Option<&'l HubDevice>> {
        let call = HubCall::Look {
            hub: hub.clone(),
            device_id: self.device_id()?,
        };
        match self.script.ask(call)? {
            HubAnswer::Device(device) => Ok(device.as_ref()),
            other => strange("the device, or that there is none", other),
        }
    }

    /// That the device is there, of that owner, with the certificate of that number.
    pub(super) fn has(&mut self, hub: &HubName, owner: &OwnerTag, certificate: u8) -> Told {
        match self.look(hub)? {
            Some(device)
                if device.owner == *owner
                    && device.thumbprint == Some(thumbprint(certificate))
                    && device.capabilities == capabilities(certificate) =>
            {
                Ok(())
            }
            found => Stop::broken(format!(
                "expected a device of {owner:?} with the certificate {certificate}, found {found:?}"
            )),
        }
    }

    pub(super) fn has_none(&mut self, hub: &HubName) -> Told {
        match self.look(hub)? {
            None => Ok(()),
            Some(found) => Stop::broken(format!("expected no device, found {found:?}")),
        }
    }

    /// That the device has that twin.
    pub(super) fn has_twin(&mut self, hub: &HubName, expected: Option<&InitialTwin>) -> Told {
        let found = self.look(hub)?;
        match found.map(|device| device.twin.as_ref()) {
            Some(twin) if twin == expected => Ok(()),
            _ => Stop::broken(format!("expected the twin {expected:?}, found {found:?}")),
        }
    }

    fn done(&mut self, call: HubCall) -> Told {
        let what = format!("{call:?}");
        match self.script.ask(call)? {
            HubAnswer::Done => Ok(()),
            HubAnswer::Refused(cause) => {
                Stop::broken(format!("{what} was refused: {}", cause.code().name()))
            }
            other => strange("that it is done", other),
        }
    }
}

fn thumbprint(certificate: u8) -> Thumbprint {
    Thumbprint::of_der(&[certificate])
}

/// Every other one is an IoT Edge device.
fn capabilities(certificate: u8) -> Capabilities {
    Capabilities::new(certificate.is_multiple_of(2))
}

fn strange<T>(expected: &str, found: &HubAnswer) -> Told<T> {
    Stop::broken(format!("expected {expected}, answered {found:?}"))
}
