//! A device of the fleet: what it proves itself with, and the identity that it keeps.

use provisor::RegistrationId;
use provisor::sas::SasKey;
use provisor_device::registration::{Credential, Identity, Transport};
use provisor_testkit::soft_tpm::SoftTpm;

use super::kind::Kind;

pub(super) struct Unit {
    pub(super) number: usize,
    pub(super) kind: Kind,
    /// Where it was made: a group of that name may know its CA.
    pub(super) line: &'static str,
    pub(super) name: String,
    pub(super) id: RegistrationId,
    pub(super) proof: Proof,
    /// Its record was deleted since it registered last, so that it is new to the service.
    pub(super) forgotten: bool,
    /// Its hub and its name there, as it knows them.
    pub(super) identity: Identity,
}

/// What a device shows.
pub(super) enum Proof {
    /// Nothing yet: its key is made when it is enrolled.
    None,
    Certificate(Vec<u8>),
    Key(SasKey),
    Tpm(Box<SoftTpm>),
}

impl Unit {
    pub(super) const fn credential(&self) -> Credential {
        match self.proof {
            Proof::Certificate(_) => Credential::Certificate,
            Proof::None | Proof::Key(_) => Credential::Key,
            Proof::Tpm(_) => Credential::Tpm,
        }
    }

    /// Half of the devices speak MQTT. TPMs do not: the protocol has no challenge there.
    pub(super) const fn transport(&self) -> Transport {
        match self.proof {
            Proof::Tpm(_) => Transport::Http,
            _ if (self.number / 2).is_multiple_of(2) => Transport::Http,
            _ => Transport::Mqtt,
        }
    }

    /// Its hub does not answer at first.
    pub(super) const fn finds_its_hub_down(&self) -> bool {
        self.number % 89 == 11
    }

    /// An operator deletes its record half-way.
    pub(super) const fn is_forgotten_half_way(&self) -> bool {
        self.number % 50 == 17
    }

    /// The answer of the store is lost when this device is saved, so that it is saved twice.
    pub(super) const fn is_saved_twice(&self) -> bool {
        self.number % 97 == 7
    }
}
