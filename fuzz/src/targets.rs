//! The table of targets.

use crate::mutate::{self, Mutator};

/// A target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of the folder of its seeds.
    pub name: &'static str,
    /// What it does with bytes.
    pub run: fn(&[u8]),
    /// How its inputs are changed.
    pub mutate: Mutator,
}

const fn target(name: &'static str, run: fn(&[u8]), mutate: Mutator) -> Target {
    Target { name, run, mutate }
}

/// Every target there is.
pub const TARGETS: [Target; 23] = [
    target("certificate", crate::certificate, mutate::certificate),
    target("path", crate::path, mutate::path),
    target("crl", crate::crl, mutate::crl),
    target("file", crate::file, mutate::armour::mutate),
    target("tpm_public", crate::tpm_public, mutate::wire::PUBLIC),
    target("credential", crate::credential, mutate::wire::FIELDS),
    target(
        "tpm_structures",
        crate::tpm_structures,
        mutate::wire::STRUCTURES,
    ),
    target("tpm_attest", crate::tpm_attest, mutate::wire::ATTEST),
    target("tpm_sealed", crate::tpm_sealed, mutate::wire::ATTEST),
    target("tpm_device", crate::tpm_device, mutate::wire::DEVICE),
    target(
        "registration_id",
        crate::registration_id,
        mutate::plain::mutate,
    ),
    target("sas_token", crate::sas_token, mutate::plain::mutate),
    target("allocation", crate::allocation, mutate::plain::mutate),
    target("wire_json", crate::wire_json, mutate::message::mutate),
    target("wire_rest", crate::wire_rest, mutate::message::mutate),
    target("wire_mqtt", crate::wire_mqtt, mutate::message::mutate),
    target("wire_amqp", crate::wire_amqp, mutate::plain::mutate),
    target("wire_text", crate::wire_text, mutate::plain::mutate),
    target("engine", crate::engine, mutate::plain::mutate),
    target(
        "symmetric_keys",
        crate::symmetric_keys,
        mutate::plain::mutate,
    ),
    target("device_answer", crate::device_answer, mutate::json::mutate),
    target("device_http", crate::device_http, mutate::plain::mutate),
    target(
        "device_registration",
        crate::device_registration,
        mutate::plain::mutate,
    ),
];
