//! The strict profile: what RFC 5280 section 4 asks of those who issue certificates. None of it is
//! part of path validation (section 6), so it is tried only where a profile is strict.

mod alt_name;
mod contents;
mod encoding;
mod flags;
mod issuer;
mod parts;
mod text;

use provisor_report::Code;

use crate::algorithm::is_compressed;
use crate::anchor::TrustAnchor;
use crate::certificate::Certificate;
use crate::der::{Malformed, Reader, only, primitive, tag};
use crate::extension::KeyUsage;
use crate::fault::{Fact, Fault};
use crate::general_name::GeneralName;
use crate::oid;
use parts::{KEY_USAGE, Outcome, SUBJECT_ALT_NAME, find};

/// Where a certificate stands in the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Leaf,
    Issuer,
    Anchor,
}

/// The rules, in the order of RFC 5280; the first one broken counts.
const RULES: [for<'a> fn(&Certificate<'a>, Role) -> Outcome<'a>; 20] = [
    |certificate, _| serial(certificate),
    |certificate, _| encoding::canonical(certificate),
    |certificate, _| encoding::no_unique_id(certificate),
    ca_subject,
    |certificate, _| name(certificate),
    |certificate, _| text::readable(certificate),
    |certificate, _| point(certificate),
    authority_key_id,
    subject_key_id,
    key_usage,
    cert_sign,
    |certificate, _| policies_once(certificate),
    |certificate, _| contents::qualifiers(certificate),
    |certificate, _| alt_name::names(certificate),
    basic_constraints,
    path_length,
    name_constraints,
    |certificate, _| flags::criticality(certificate),
    |certificate, _| contents::crl_points(certificate),
    |certificate, _| authority_info(certificate),
];

/// All rules on one certificate.
pub(super) fn certificate<'a>(certificate: &Certificate<'a>, role: Role) -> Outcome<'a> {
    RULES.iter().try_for_each(|rule| rule(certificate, role))
}

/// All rules on an issuer of `below`.
pub(super) fn issuer<'a>(issuer: &Certificate<'a>, below: &Certificate<'a>) -> Outcome<'a> {
    certificate(issuer, Role::Issuer)?;
    issuer::is_named(issuer, below)
}

/// All rules on the certificate of an anchor. One that is a name and a key has none.
pub(super) fn anchor<'a>(anchor: &TrustAnchor<'a>, below: &Certificate<'a>) -> Outcome<'a> {
    // It was read before, when the anchor was made of it; reading it again spares every anchor the
    // room for what only this profile asks.
    let Some(Ok(read)) = anchor.certificate_der().map(Certificate::from_der) else {
        return Ok(());
    };
    certificate(&read, Role::Anchor)?;
    if read.is_self_issued() {
        issuer::is_named(&read, &read)?;
    }
    issuer::is_named(&read, below)
}

fn is_ca(certificate: &Certificate<'_>, role: Role) -> bool {
    role != Role::Leaf || certificate.is_ca()
}

/// Section 4.1.2.2: positive, and 20 octets at most.
fn serial<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    let refuse = |found| {
        Err(Fault::new(
            Code::X509StrictSerial,
            Fact::Text("a positive serial number of 20 octets at most"),
            found,
        ))
    };
    match certificate.serial {
        [0x80..=0xff, ..] => refuse(Fact::Text("a negative number")),
        digits if digits.iter().all(|digit| *digit == 0) => refuse(Fact::Text("zero")),
        digits if digits.len() > 20 => refuse(Fact::Count("octets:", digits.len() as u64)),
        _ => Ok(()),
    }
}

/// Section 4.1.2.6: a CA has a name, which stands in what it issues.
fn ca_subject<'a>(certificate: &Certificate<'a>, role: Role) -> Outcome<'a> {
    if is_ca(certificate, role) && certificate.subject.is_empty() {
        return Err(Fault::new(
            Code::X509StrictCaSubject,
            Fact::Text("a CA with a subject"),
            Fact::Text("an empty name"),
        ));
    }
    Ok(())
}

/// Section 4.2.1.6: without a subject the alternative names stand for it, and are critical.
fn name<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    let names = find(certificate, SUBJECT_ALT_NAME);
    if certificate.subject.is_empty() && !names.is_some_and(|names| names.is_critical()) {
        return Err(Fault::new(
            Code::X509StrictNoName,
            Fact::Text("a subject, or a critical subject alternative name"),
            Fact::Text("neither"),
        ));
    }
    Ok(())
}

/// RFC 5480 section 2.2: everybody reads uncompressed points, few the others.
fn point<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    if is_compressed(&certificate.key) {
        return Err(Fault::new(
            Code::X509StrictPoint,
            Fact::Text("the key as an uncompressed point"),
            Fact::Text("a compressed one"),
        ));
    }
    Ok(())
}

/// Section 4.2.1.1: everything but a self-signed certificate names the key that signed it.
fn authority_key_id<'a>(certificate: &Certificate<'a>, role: Role) -> Outcome<'a> {
    let self_signed = role == Role::Anchor && certificate.is_self_issued();
    if certificate.extensions.authority_key_id.is_none() && !self_signed {
        return Err(Fault::new(
            Code::X509StrictAuthorityKeyId,
            Fact::Text("an authorityKeyIdentifier with a keyIdentifier"),
            Fact::Text("none"),
        ));
    }
    Ok(())
}

/// Section 4.2.1.2: a CA names its own key.
fn subject_key_id<'a>(certificate: &Certificate<'a>, role: Role) -> Outcome<'a> {
    if is_ca(certificate, role) && certificate.extensions.subject_key_id.is_none() {
        return Err(Fault::new(
            Code::X509StrictSubjectKeyId,
            Fact::Text("a CA with a subjectKeyIdentifier"),
            Fact::Text("none"),
        ));
    }
    Ok(())
}

/// Section 4.2.1.3: a CA states its key usage, and who states one states at least one use.
fn key_usage<'a>(certificate: &Certificate<'a>, role: Role) -> Outcome<'a> {
    let Some(stated) = find(certificate, KEY_USAGE) else {
        return if is_ca(certificate, role) {
            Err(Fault::new(
                Code::X509StrictKeyUsageMissing,
                Fact::Text("a CA with a keyUsage"),
                Fact::Text("none"),
            ))
        } else {
            Ok(())
        };
    };
    match only(stated.value(), tag::BIT_STRING, "") {
        Ok([_, bits @ ..]) if bits.iter().any(|byte| *byte != 0) => Ok(()),
        Ok(_) | Err(_) => Err(Fault::new(
            Code::X509StrictKeyUsageEmpty,
            Fact::Text("a keyUsage with at least one use"),
            Fact::Text("no use at all"),
        )),
    }
}

/// Section 4.2.1.9: who is no CA does not have keyCertSign.
fn cert_sign<'a>(certificate: &Certificate<'a>, _: Role) -> Outcome<'a> {
    match certificate.extensions.key_usage {
        Some(usage) if usage.any_of(KeyUsage::KEY_CERT_SIGN) && !certificate.is_ca() => {
            Err(Fault::new(
                Code::X509StrictCertSign,
                Fact::Text("keyCertSign only where cA is TRUE"),
                Fact::Usage(usage),
            ))
        }
        _ => Ok(()),
    }
}

/// Section 4.2.1.4: each policy once.
fn policies_once<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    let stated = certificate.extensions.policies.stated();
    // At most `limits::POLICIES_STATED` of them.
    for (index, policy) in stated.clone().enumerate() {
        if stated.clone().take(index).any(|earlier| earlier == policy) {
            return Err(Fault::new(
                Code::X509StrictPolicyTwice,
                Fact::Text("each certificate policy once"),
                Fact::Oid(policy),
            ));
        }
    }
    Ok(())
}

/// Section 4.2.1.9: a CA says that it is one. (Below the anchor section 6 asks for it too.)
fn basic_constraints<'a>(certificate: &Certificate<'a>, role: Role) -> Outcome<'a> {
    if role != Role::Leaf && !certificate.is_ca() {
        return Err(Fault::new(
            Code::X509StrictBasicConstraints,
            Fact::Text("basicConstraints with cA TRUE"),
            Fact::Text("none"),
        ));
    }
    Ok(())
}

/// Section 4.2.1.9: a path length only in a CA, and only beside keyCertSign.
fn path_length<'a>(certificate: &Certificate<'a>, _: Role) -> Outcome<'a> {
    let limit = certificate
        .basic_constraints()
        .and_then(|constraints| constraints.path_len());
    match (limit, certificate.extensions.key_usage) {
        (Some(_), _) if !certificate.is_ca() => Err(Fault::new(
            Code::X509StrictPathLength,
            Fact::Text("a pathLenConstraint only where cA is TRUE"),
            Fact::Text("cA FALSE"),
        )),
        (Some(_), Some(usage)) if !usage.any_of(KeyUsage::KEY_CERT_SIGN) => Err(Fault::new(
            Code::X509StrictPathLength,
            Fact::Text("a pathLenConstraint only beside keyCertSign"),
            Fact::Usage(usage),
        )),
        _ => Ok(()),
    }
}

/// Section 4.2.1.10: only in a CA's certificate.
fn name_constraints<'a>(certificate: &Certificate<'a>, role: Role) -> Outcome<'a> {
    if certificate.extensions.name_constraints.is_some() && !is_ca(certificate, role) {
        return Err(Fault::new(
            Code::X509StrictNameConstraints,
            Fact::Text("nameConstraints only in the certificate of a CA"),
            Fact::Text("a certificate that is no CA"),
        ));
    }
    Ok(())
}

/// Section 4.2.2.1: SEQUENCE SIZE (1..MAX) OF SEQUENCE { OBJECT IDENTIFIER, GeneralName }.
fn authority_info<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    fn read(value: &[u8]) -> Result<bool, Malformed> {
        let mut list = Reader::new(only(value, tag::SEQUENCE, "")?);
        let some = !list.is_empty();
        while !list.is_empty() {
            let mut description = Reader::new(list.contents(tag::SEQUENCE, "")?);
            primitive::oid(&mut description, "")?;
            GeneralName::read(description.element("")?, "")?;
            description.finish("")?;
        }
        Ok(some)
    }
    match find(certificate, oid::AUTHORITY_INFO_ACCESS) {
        Some(extension) if !matches!(read(extension.value()), Ok(true)) => Err(Fault::new(
            Code::X509StrictAuthorityInfo,
            Fact::Text("access descriptions of an identifier and a general name"),
            Fact::Bytes("authorityInfoAccess", extension.value()),
        )),
        _ => Ok(()),
    }
}
