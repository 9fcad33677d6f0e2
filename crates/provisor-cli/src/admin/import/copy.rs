//! What is sent of what was read.

use provisor_wire::service::{
    AttestationMechanism, EnrollmentGroup, IndividualEnrollment, X509CertificateWithInfo,
    X509Certificates,
};

use super::certificates::Certificates;
use super::hubs::Renamed;

/// A copy, or why there is none.
pub(super) enum Copied<T> {
    Whole(Box<T>),
    Not(String),
}

pub(super) fn individual(
    mut copy: IndividualEnrollment,
    certificates: &Certificates,
    hubs: &Renamed,
) -> Copied<IndividualEnrollment> {
    copy.etag = None;
    copy.registration_state = None;
    copy.created_date_time_utc = None;
    copy.last_updated_date_time_utc = None;
    copy.iot_hubs = renamed(copy.iot_hubs, hubs);
    copy.iot_hub_host_name = copy.iot_hub_host_name.map(|name| hubs.of(&name));
    match mechanism(copy.attestation.as_mut(), certificates) {
        Ok(()) => Copied::Whole(Box::new(copy)),
        Err(why) => Copied::Not(why),
    }
}

pub(super) fn group(
    mut copy: EnrollmentGroup,
    certificates: &Certificates,
    hubs: &Renamed,
) -> Copied<EnrollmentGroup> {
    copy.etag = None;
    copy.created_date_time_utc = None;
    copy.last_updated_date_time_utc = None;
    copy.iot_hubs = renamed(copy.iot_hubs, hubs);
    copy.iot_hub_host_name = copy.iot_hub_host_name.map(|name| hubs.of(&name));
    match mechanism(copy.attestation.as_mut(), certificates) {
        Ok(()) => Copied::Whole(Box::new(copy)),
        Err(why) => Copied::Not(why),
    }
}

fn renamed(names: Option<Vec<String>>, hubs: &Renamed) -> Option<Vec<String>> {
    names.map(|names| names.iter().map(|name| hubs.of(name)).collect())
}

/// Certificates are not shown by any service: they are put in again.
fn mechanism(
    mechanism: Option<&mut AttestationMechanism>,
    certificates: &Certificates,
) -> Result<(), String> {
    let Some(mechanism) = mechanism else {
        return Err("the other service shows no attestation of it".to_owned());
    };
    if let Some(keys) = &mechanism.symmetric_key
        && (keys.primary_key.is_none() || keys.secondary_key.is_none())
    {
        return Err("the other service does not show its keys".to_owned());
    }
    let Some(x509) = mechanism.x509.as_mut() else {
        return Ok(());
    };
    let pairs = [
        &mut x509.client_certificates,
        &mut x509.signing_certificates,
    ];
    for pair in pairs.into_iter().flatten() {
        both(pair, certificates)?;
    }
    Ok(())
}

fn both(pair: &mut X509Certificates, certificates: &Certificates) -> Result<(), String> {
    for one in [&mut pair.primary, &mut pair.secondary]
        .into_iter()
        .flatten()
    {
        put_in(one, certificates)?;
    }
    Ok(())
}

fn put_in(one: &mut X509CertificateWithInfo, certificates: &Certificates) -> Result<(), String> {
    let info = one.info.take();
    if one.certificate.is_some() {
        return Ok(());
    }
    let print = info
        .as_ref()
        .and_then(|info| info.sha256_thumbprint.as_deref());
    let print = print.unwrap_or_default();
    match certificates.find(print) {
        Some(found) => {
            one.certificate = Some(found.to_owned());
            Ok(())
        }
        None => {
            let subject = info.as_ref().and_then(|info| info.subject_name.as_deref());
            Err(format!(
                "no service shows certificates: put the one of {} (SHA-256 {print}) into a folder and name it by --certificates",
                subject.unwrap_or("an unknown subject")
            ))
        }
    }
}
