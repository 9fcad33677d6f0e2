//! Good leaf certificates whose chain leads nowhere.

use provisor::enrollment::{IndividualAttestation, IndividualEnrollment};
use provisor::{Code, RegistrationId, Rejection};
use provisor_testkit::pki::{Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair};

use super::super::service::signing_group;
use super::workshop::{Workshop, disabled};

/// These devices are enrolled one by one, through the root: a group that does not know an issuer
/// could only say that, not what is wrong with the chain.
const ENROLLED: [&str; 6] = [
    "weld-09101",
    "weld-09102",
    "weld-09103",
    "weld-09104",
    "weld-09105",
    "weld-09106",
];

pub(super) fn add(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    for id in ENROLLED {
        let attestation = IndividualAttestation::X509Ca(workshop.service.root_reference()?);
        let enrollment = IndividualEnrollment::new(
            RegistrationId::try_from(id)?,
            attestation,
            workshop.service.generation()?,
        );
        workshop.service.add_individual(enrollment);
    }
    strangers(workshop)?;
    issuers(workshop)?;
    groups(workshop)
}

/// Chains of another factory.
fn strangers(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let seed = workshop.factory.seed.wrapping_add(1);
    let other = Authority::root("Other Factory Root CA", KeyKind::P256, seed);
    let device = leaf(workshop, "weld-09101", &other);
    let root = other.certificate.der();
    workshop.show(
        "a certificate of another factory",
        Code::X509RootNotTrusted,
        "weld-09101",
        &device,
        &[root],
    )?;

    // Names can be chosen; keys cannot.
    let same_name = Authority::root("Demo Factory Root CA", KeyKind::P256, seed);
    let ca = same_name.issuing_ca("Demo Weld Line CA", KeyKind::P256, seed, Some(0));
    let device = leaf(workshop, "weld-09102", &ca);
    let sent = [ca.certificate.der()];
    workshop.show(
        "another CA under the name of ours",
        Code::X509IssuerKeyDiffers,
        "weld-09102",
        &device,
        &sent,
    )?;

    let device = leaf(workshop, "weld-09107", &other);
    workshop.show(
        "an issuer that no enrollment group knows",
        Code::AttestNoGroup,
        "weld-09107",
        &device,
        &[],
    )
}

/// Chains of our factory that are incomplete, or longer than allowed.
fn issuers(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let seed = workshop.factory.seed;
    let [_, weld] = &workshop.factory.lines;
    let weld_der = weld.ca.certificate.der();

    let device = leaf(workshop, "weld-09103", &weld.ca);
    workshop.show(
        "a device that does not send its CA's certificate",
        Code::X509IssuerNotFound,
        "weld-09103",
        &device,
        &[],
    )?;

    let (name, key) = (
        DistinguishedName::cn("weld-09104"),
        KeyPair::new(KeyKind::P256, seed, "issuing device"),
    );
    let issuing_device =
        CertificateBuilder::device(name.clone(), &key).into_authority(name, key, &weld.ca);
    let device = leaf(workshop, "weld-09104", &issuing_device);
    let sent = [issuing_device.certificate.der(), weld_der];
    workshop.show(
        "a certificate issued by a device",
        Code::X509NotCa,
        "weld-09104",
        &device,
        &sent,
    )?;

    let below = weld
        .ca
        .issuing_ca("Demo Weld Cell CA", KeyKind::P256, seed, None);
    let device = leaf(workshop, "weld-09105", &below);
    let sent = [below.certificate.der(), weld_der];
    workshop.show(
        "a CA below one that may have none below",
        Code::X509PathLength,
        "weld-09105",
        &device,
        &sent,
    )?;

    let (name, key) = (
        DistinguishedName::cn("Demo Mute CA"),
        KeyPair::new(KeyKind::P256, seed, "mute"),
    );
    let mute = CertificateBuilder::ca(name.clone(), &key, Some(0))
        .extension(provisor_testkit::pki::Extension::key_usage(&[
            provisor_testkit::pki::KeyUsage::CrlSign,
        ]))
        .into_authority(name, key, &workshop.factory.root);
    let device = leaf(workshop, "weld-09106", &mute);
    let sent = [mute.certificate.der()];
    workshop.show(
        "a CA whose key may not sign certificates",
        Code::X509KeyCertSign,
        "weld-09106",
        &device,
        &sent,
    )
}

/// The nearest group decides, even when it is disabled and one further up is not.
fn groups(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let seed = workshop.factory.seed;
    let retired =
        workshop
            .factory
            .root
            .issuing_ca("Demo Retired Line CA", KeyKind::P256, seed, Some(0));
    let generation = workshop.service.generation()?;
    workshop
        .service
        .add_group(signing_group("retired", &retired, generation)?.with_settings(disabled()));
    let device = leaf(workshop, "retired-09108", &retired);
    let sent = [retired.certificate.der()];
    workshop.show(
        "a device of a line that was disabled",
        Code::AttestGroupDisabled,
        "retired-09108",
        &device,
        &sent,
    )
}

fn leaf(workshop: &Workshop<'_>, common_name: &str, issuer: &Authority) -> Vec<u8> {
    let key = KeyPair::new(KeyKind::P256, workshop.factory.seed, common_name);
    CertificateBuilder::device(DistinguishedName::cn(common_name), &key)
        .issued_by(issuer)
        .der()
        .to_vec()
}
