//! Leaf certificates with one thing wrong; their chain is that of the weld line.

use provisor::enrollment::{IndividualAttestation, IndividualEnrollment, Leaves, Thumbprint};
use provisor::{Code, IdRules, RegistrationId, Rejection};
use provisor_testkit::pki::extension::SERVER_AUTH;
use provisor_testkit::pki::{
    COMMON_NAME, CertificateBuilder, DistinguishedName, Extension, KeyKind, KeyPair, KeyUsage,
    SignatureAlgorithm, ToyPki,
};

use super::workshop::{Workshop, disabled};

/// A change to the builder of a good leaf.
type Change = fn(CertificateBuilder) -> CertificateBuilder;

const YEAR: i64 = 365 * 86_400;

/// What is wrong, the code, and the change that makes it so.
const CHANGES: [(&str, Code, Change); 9] = [
    ("an expired certificate", Code::X509Expired, |leaf| {
        leaf.valid(
            ToyPki::NOW.saturating_add(-2 * YEAR),
            ToyPki::NOW.saturating_add(-86_400),
        )
    }),
    (
        "a certificate that is not valid yet",
        Code::X509NotYetValid,
        |leaf| {
            leaf.valid(
                ToyPki::NOW.saturating_add(86_400),
                ToyPki::NOW.saturating_add(YEAR),
            )
        },
    ),
    (
        "a signature in which one bit was changed",
        Code::X509SignatureWrong,
        |leaf| leaf.damaged_signature(),
    ),
    (
        "two signature algorithms in one certificate",
        Code::X509AlgorithmMismatch,
        |leaf| leaf.inner_algorithm(&SignatureAlgorithm::RsaSha384.identifier()),
    ),
    (
        "a critical extension that nobody knows",
        Code::X509UnknownCritical,
        |leaf| leaf.extension(Extension::new("1.3.6.1.4.1.99999.1", true, [5, 0])),
    ),
    (
        "the same extension twice",
        Code::X509DuplicateExtension,
        |leaf| leaf.repeated_extension(Extension::basic_constraints(false, None)),
    ),
    (
        "a CA certificate in the place of a device's",
        Code::X509LeafIsCa,
        |leaf| {
            leaf.extension(Extension::basic_constraints(true, None))
                .extension(Extension::key_usage(&[
                    KeyUsage::DigitalSignature,
                    KeyUsage::KeyCertSign,
                ]))
        },
    ),
    (
        "a certificate for servers only",
        Code::X509ExtendedKeyUsage,
        |leaf| leaf.extension(Extension::extended_key_usage(&[SERVER_AUTH])),
    ),
    ("a key that may not sign", Code::X509KeyUsage, |leaf| {
        leaf.extension(Extension::key_usage(&[KeyUsage::KeyAgreement]))
    }),
];

pub(super) fn add(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    for (case, code, change) in CHANGES {
        let leaf = leaf(workshop, DistinguishedName::cn("weld-09001"), change);
        show(workshop, case, code, "weld-09001", &leaf)?;
    }
    let mut cut = good(workshop, "weld-09001");
    cut.truncate(cut.len() - 1);
    show(
        workshop,
        "a certificate short of its last byte",
        Code::X509Truncated,
        "weld-09001",
        &cut,
    )?;
    names(workshop)?;
    enrollments(workshop)
}

/// Certificates that name another device, several, or none.
fn names(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let device = good(workshop, "weld-09002");
    show(
        workshop,
        "a device that registers as another one",
        Code::AttestIdMismatch,
        "weld-09003",
        &device,
    )?;

    let two = DistinguishedName::cn("weld-09002").and(COMMON_NAME, "weld-09003");
    let two = leaf(workshop, two, |leaf| leaf);
    show(
        workshop,
        "a certificate with two common names",
        Code::IdSeveralCommonNames,
        "weld-09003",
        &two,
    )?;

    let none = DistinguishedName::empty().and("2.5.4.5", "09004");
    let none = leaf(workshop, none, |leaf| leaf);
    show(
        workshop,
        "a certificate without a common name",
        Code::IdNoCommonName,
        "weld-09004",
        &none,
    )?;

    let device = good(workshop, "weld 09005");
    show(
        workshop,
        "a common name that is no registration ID",
        Code::IdCommonName,
        "weld-09005",
        &device,
    )?;

    // Case counts under the rules of 2017 only.
    let device = good(workshop, "Weld-09006");
    workshop
        .service
        .change_engine(|engine| engine.with_id_rules(IdRules::V2017));
    show(
        workshop,
        "upper case in the certificate, lower case in the ID (rules of 2017)",
        Code::AttestIdCase,
        "weld-09006",
        &device,
    )?;
    workshop
        .service
        .change_engine(|engine| engine.with_id_rules(IdRules::Current));
    Ok(())
}

/// Good certificates that their individual enrollment does not admit.
fn enrollments(workshop: &mut Workshop<'_>) -> Result<(), Rejection> {
    let device = good(workshop, "weld-09007");
    let by_leaf = |der: &[u8]| {
        Leaves::new(Thumbprint::of_der(der), None).map(IndividualAttestation::X509Leaf)
    };
    let generation = workshop.service.generation()?;
    let enrollment = |id: &str, attestation| {
        Ok::<_, Rejection>(IndividualEnrollment::new(
            RegistrationId::try_from(id)?,
            attestation,
            generation,
        ))
    };

    let disabled = enrollment("weld-09007", by_leaf(&device)?)?.with_settings(disabled());
    workshop.service.add_individual(disabled);
    show(
        workshop,
        "a device whose enrollment was disabled",
        Code::AttestDisabled,
        "weld-09007",
        &device,
    )?;

    workshop
        .service
        .add_individual(enrollment("weld-09007", by_leaf(b"another certificate")?)?);
    show(
        workshop,
        "another certificate than the enrolled one",
        Code::AttestLeafUnknown,
        "weld-09007",
        &device,
    )
}

fn good(workshop: &Workshop<'_>, common_name: &str) -> Vec<u8> {
    leaf(workshop, DistinguishedName::cn(common_name), |leaf| leaf)
}

fn leaf(workshop: &Workshop<'_>, name: DistinguishedName, change: Change) -> Vec<u8> {
    let [_, weld] = &workshop.factory.lines;
    let key = KeyPair::new(KeyKind::P256, workshop.factory.seed, "bad device");
    change(CertificateBuilder::device(name, &key))
        .issued_by(&weld.ca)
        .der()
        .to_vec()
}

/// Registers with the leaf and the CA certificate of the weld line.
fn show(
    workshop: &mut Workshop<'_>,
    case: &'static str,
    code: Code,
    id: &str,
    leaf: &[u8],
) -> Result<(), Rejection> {
    let [_, weld] = &workshop.factory.lines;
    workshop.show(case, code, id, leaf, &[weld.ca.certificate.der()])
}
