//! Certificates of a server for development, and of its sample devices.

use std::net::IpAddr;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, Error, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};

/// A certificate and its key in PEM.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it has a private key")]
pub struct Pem {
    /// The certificate, and what lies between it and its root.
    pub certificates: String,
    /// The key.
    pub key: String,
}

/// A line of devices: what is enrolled, and one device of it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it has private keys")]
pub struct Line {
    /// The root, which is enrolled.
    pub root: Pem,
    /// The CA that issued the device's certificate.
    pub intermediate: Pem,
    /// The device: its certificate and the intermediate, leaf first.
    pub device: Pem,
}

/// The name of the CA.
const CA: &str = "provisor CA for development";

/// A CA for servers' certificates.
///
/// # Errors
/// What the library fails with.
pub fn ca() -> Result<Pem, Error> {
    let key = KeyPair::generate()?;
    let certificate = authority(CA, None)?.self_signed(&key)?;
    Ok(pem(&[&certificate], &key))
}

/// A server's certificate for these names and addresses.
///
/// # Errors
/// The CA's key cannot be read; what the library fails with.
pub fn server(ca: &Pem, names: &[String], addresses: &[IpAddr]) -> Result<Pem, Error> {
    // An issuer is its name and its key; both are those of the file.
    let issuer = Issuer::new(authority(CA, None)?, KeyPair::from_pem(&ca.key)?);
    let key = KeyPair::generate()?;
    let mut parameters = CertificateParams::new(names.to_vec())?;
    let mut sans: Vec<SanType> = addresses.iter().copied().map(SanType::IpAddress).collect();
    // A client that is told an address as a name of its hub looks for a name (Node.js, Python).
    for address in addresses {
        sans.push(SanType::DnsName(address.to_string().try_into()?));
    }
    parameters.subject_alt_names.extend(sans);
    common(&mut parameters, "provisor for development");
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let certificate = parameters.signed_by(&key, &issuer)?;
    let mut server = pem(&[&certificate], &key);
    server.certificates += &ca.certificates;
    Ok(server)
}

/// A root, a CA below it, and a device of that name.
///
/// # Errors
/// What the library fails with.
pub fn line(name: &str, device: &str) -> Result<Line, Error> {
    let root_key = KeyPair::generate()?;
    let root_parameters = authority(&format!("{name} root"), Some(1))?;
    let root_certificate = root_parameters.self_signed(&root_key)?;
    let root = pem(&[&root_certificate], &root_key);
    let root_issuer = Issuer::new(root_parameters, root_key);

    let key = KeyPair::generate()?;
    let mut parameters = authority(&format!("{name} issuing CA"), Some(0))?;
    parameters.use_authority_key_identifier_extension = true;
    let certificate = parameters.signed_by(&key, &root_issuer)?;
    let intermediate = pem(&[&certificate], &key);
    let issuer = Issuer::new(parameters, key);

    let device_key = KeyPair::generate()?;
    let mut leaf = CertificateParams::new(Vec::new())?;
    common(&mut leaf, device);
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    leaf.use_authority_key_identifier_extension = true;
    let leaf = leaf.signed_by(&device_key, &issuer)?;
    Ok(Line {
        root,
        intermediate,
        device: pem(&[&leaf, &certificate], &device_key),
    })
}

fn authority(name: &str, below: Option<u8>) -> Result<CertificateParams, Error> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    common(&mut parameters, name);
    parameters.is_ca = IsCa::Ca(match below {
        Some(most) => BasicConstraints::Constrained(most),
        None => BasicConstraints::Unconstrained,
    });
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(parameters)
}

/// For development: valid from long ago, so that no clock is in the way, and for longer than it is used.
fn common(parameters: &mut CertificateParams, name: &str) {
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.not_before = date_time_ymd(2025, 1, 1);
    parameters.not_after = date_time_ymd(2049, 12, 31);
}

fn pem(chain: &[&Certificate], key: &KeyPair) -> Pem {
    Pem {
        certificates: chain.iter().map(|certificate| certificate.pem()).collect(),
        key: key.serialize_pem(),
    }
}
