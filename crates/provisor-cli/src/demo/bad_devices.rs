//! Devices that must be refused, each with the code it must get.
//!
//! They are variations of the good devices: one thing is wrong with each, so that the code has to
//! name just that.

mod certificates;
mod chains;
mod tpms;
mod workshop;

use provisor::registration::Evidence;
use provisor::{Code, IdRules, IdScope, RegistrationId, Rejection};

use super::factory::Factory;
use super::refused::Refused;
use super::service::Service;
use workshop::Workshop;

/// Every case, in the order of the report.
pub(super) fn all(factory: &Factory) -> Result<Vec<Refused>, Rejection> {
    let mut workshop = Workshop {
        factory,
        service: Service::new(factory)?,
        refused: Vec::new(),
    };
    requests(&mut workshop)?;
    certificates::add(&mut workshop)?;
    chains::add(&mut workshop)?;
    tpms::add(&mut workshop)?;
    Ok(workshop.refused)
}

/// Cases that are decided before any evidence is looked at.
fn requests(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let bad_id = RegistrationId::parse("weld 00017", IdRules::Current);
    workshop.note(
        "a registration ID with a space in it",
        Code::IdCharacter,
        bad_id,
    );

    let id = RegistrationId::try_from("weld-00017")?;
    let mut request = workshop.service.request(
        &id,
        Evidence::X509 {
            leaf: &[],
            sent: &[],
        },
    );
    request.scope = IdScope::parse("0neSOMEONEELSE")?;
    let result = workshop.service.decide(&request);
    workshop.note(
        "a device that was given the ID scope of another service",
        Code::RegScope,
        result,
    );
    Ok(())
}
