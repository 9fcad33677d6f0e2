//! C. The endorsement key's certificate.

use provisor::attestation::{CertifiedEk, TpmVendors};
use provisor::enrollment::TrustedCertificate;
use provisor::tpm::{EkPublic, Template};
use provisor::x509::{RevocationPolicy, profile};
use provisor::{Code, Rejection, UnixTime};
use provisor_testkit::pki::extension::EK_CERTIFICATE;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, CrlEntry, DistinguishedName, Extension,
    IssuedCertificate, KeyKind, KeyUsage, ToyPki, TpmVendor,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

const NOW: UnixTime = ToyPki::NOW;
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

fn tpm(number: usize) -> SoftTpm {
    SoftTpm::new(TpmKind::P256, 7, number)
}

fn ek(tpm: &SoftTpm) -> EkPublic {
    EkPublic::from_tpm2b(tpm.ek_public()).unwrap()
}

fn vendors(vendor: &TpmVendor) -> TpmVendors {
    let root = TrustedCertificate::from_der(vendor.root.certificate.der()).unwrap();
    let issuing = vendor.issuing.certificate.der();
    TpmVendors::new([root])
        .unwrap()
        .with_intermediates([issuing])
        .unwrap()
}

fn judge(vendors: &TpmVendors, der: &[u8], tpm: &SoftTpm) -> Result<CertifiedEk, Rejection> {
    vendors.verify(der, &[], &ek(tpm), NOW)
}

/// The certificate of TPM 0, bent, before its own vendor's roots.
fn bent(
    bend: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
) -> Result<CertifiedEk, Rejection> {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let certificate = bend(vendor.ek_builder(&tpm)).issued_by(&vendor.issuing);
    judge(&vendors(&vendor), certificate.der(), &tpm)
}

#[track_caller]
fn refused(judged: Result<CertifiedEk, Rejection>, code: Code) {
    assert_eq!(judged.unwrap_err().code(), code);
}

#[test]
fn the_certificate_of_the_key_is_accepted() {
    let makers = [KeyKind::P256, KeyKind::P384, KeyKind::Rsa2048]
        .map(|issuing| TpmVendor::with_keys(7, KeyKind::P384, issuing));
    let kinds = TpmKind::ALL;
    for (vendor, kind) in makers
        .iter()
        .flat_map(|maker| kinds.map(|kind| (maker, kind)))
    {
        let tpm = SoftTpm::new(kind, 7, 0);
        let certificate = vendor.ek_certificate(&tpm);
        let certified = judge(&vendors(vendor), certificate.der(), &tpm).unwrap();
        assert_eq!(certified.ek(), ek(&tpm).name());
        // The same chain, sent along in place of known beforehand.
        let root = TrustedCertificate::from_der(vendor.root.certificate.der()).unwrap();
        let alone = TpmVendors::new([root]).unwrap();
        let sent = [vendor.issuing.certificate.der()];
        assert!(
            alone
                .verify(certificate.der(), &sent, &ek(&tpm), NOW)
                .is_ok()
        );
        refused(
            judge(&alone, certificate.der(), &tpm),
            Code::X509IssuerNotFound,
        );
    }
}

#[test]
fn trap_29_certificate_of_another_key() {
    let vendor = TpmVendor::new(7);
    let rsa = SoftTpm::new(TpmKind::Rsa2048, 7, 0);
    for other in [&tpm(1), &rsa] {
        let certificate = vendor.ek_certificate(other);
        let judged = judge(&vendors(&vendor), certificate.der(), &tpm(0));
        refused(judged, Code::AttestEkCertificateKey);
    }
}

#[test]
fn trap_30_key_of_another_template_is_another_key() {
    // A template with another unique field makes the TPM derive another key from the same seed.
    let vendor = TpmVendor::new(7);
    let (certified, derived_anew) = (tpm(0), tpm(2));
    let certificate = vendor.ek_certificate(&certified);
    let refused = judge(&vendors(&vendor), certificate.der(), &derived_anew).unwrap_err();
    assert_eq!(refused.code(), Code::AttestEkCertificateKey);
    assert!(refused.remedy_text().contains("template"), "{refused}");
    // The template that our device half uses is the certified one: 256 zero bytes, not none.
    let recipe = Template::EK.iter().find(|row| row.label() == "L-1");
    let recipe = recipe.unwrap().to_tpm2b().unwrap();
    assert!(recipe.ends_with(&[&[0x01, 0x00][..], &[0; 256]].concat()));
}

#[test]
fn trap_31_issuer_of_the_right_name_and_another_key() {
    let (vendor, namesake) = (TpmVendor::new(7), TpmVendor::new(8));
    let certificate = namesake.ek_certificate(&tpm(0));
    let judged = judge(&vendors(&vendor), certificate.der(), &tpm(0));
    refused(judged, Code::X509IssuerKeyDiffers);
    // Without key identifiers only the signature tells.
    let plain = namesake.ek_builder(&tpm(0)).without_authority_key_id();
    let judged = judge(
        &vendors(&vendor),
        plain.issued_by(&namesake.issuing).der(),
        &tpm(0),
    );
    refused(judged, Code::X509SignatureWrong);
}

#[test]
fn trap_32_no_chain_self_signed_ca_or_platform_certificate() {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let vendors = vendors(&vendor);
    let stranger = Authority::root("Stranger", KeyKind::P256, 7);
    let foreign = vendor.ek_builder(&tpm).issued_by(&stranger);
    let missing = judge(&vendors, foreign.der(), &tpm).unwrap_err();
    // The vendor's CA that the service knows was not sent by the device.
    let found = missing.found_text();
    assert!(found.contains("no other certificate was sent"), "{missing}");
    refused(Err(missing), Code::X509IssuerNotFound);
    // An endorsement key cannot sign; somebody else's key under the same name can.
    let own = vendor
        .ek_builder(&tpm)
        .issuer(&DistinguishedName::cn("device"))
        .self_signed(&stranger.key);
    refused(judge(&vendors, own.der(), &tpm), Code::X509IssuerNotFound);
    let ca = vendor.issuing.certificate.der();
    refused(judge(&vendors, ca, &tpm), Code::X509LeafIsCa);
    let platform = |builder: CertificateBuilder| {
        builder
            .without_extension(EXTENDED_KEY_USAGE)
            .extension(Extension::extended_key_usage(&["2.23.133.8.2"]))
    };
    refused(bent(platform), Code::X509ExtendedKeyUsage);
}

#[test]
fn trap_33_purpose_absent_needs_an_option() {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let builder = vendor
        .ek_builder(&tpm)
        .without_extension(EXTENDED_KEY_USAGE);
    let certificate = builder.issued_by(&vendor.issuing);
    refused(
        judge(&vendors(&vendor), certificate.der(), &tpm),
        Code::AttestEkPurpose,
    );
    let lenient = vendors(&vendor).lenient_absent_purpose();
    assert!(judge(&lenient, certificate.der(), &tpm).is_ok());
}

#[test]
fn trap_34_purposes_on_a_ca_restrict_and_their_absence_does_not() {
    let tpm = tpm(0);
    let root = Authority::root("Toy TPM Vendor Root CA", KeyKind::P384, 7);
    let with_purpose = |purpose: &str| {
        let (name, key) = (
            DistinguishedName::cn("EK CA"),
            provisor_testkit::pki::KeyPair::new(KeyKind::P256, 7, "EK CA"),
        );
        let issuing = CertificateBuilder::ca(name.clone(), &key, Some(0))
            .extension(Extension::extended_key_usage(&[purpose]))
            .into_authority(name, key, &root);
        let vendor = TpmVendor {
            root: root.clone(),
            issuing,
        };
        let certificate = vendor.ek_certificate(&tpm);
        judge(&vendors(&vendor), certificate.der(), &tpm)
    };
    assert!(with_purpose(EK_CERTIFICATE).is_ok());
    refused(
        with_purpose("1.3.6.1.5.5.7.3.2"),
        Code::X509ExtendedKeyUsage,
    );
}

#[test]
fn trap_35_critical_alternative_name_and_empty_subject_are_accepted() {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let certificate = vendor.ek_certificate(&tpm);
    let parsed = provisor::x509::Certificate::from_der(certificate.der()).unwrap();
    let critical = parsed
        .extensions()
        .any(|extension| extension.is_critical() && extension.oid_bytes() == [0x55, 0x1d, 17]);
    assert!(parsed.subject().is_empty() && critical);
    assert!(judge(&vendors(&vendor), certificate.der(), &tpm).is_ok());
}

#[test]
fn trap_36_no_expiry_is_accepted() {
    let end = UnixTime::parse_rfc3339("9999-12-31T23:59:59Z").unwrap();
    assert!(bent(|builder| builder.valid(ToyPki::VALID.0, end)).is_ok());
}

#[test]
fn trap_37_padding_needs_an_option_and_is_uniform() {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let certificate = vendor.ek_certificate(&tpm);
    let (strict, lenient) = (vendors(&vendor), vendors(&vendor).lenient_padding());
    for filler in [0x00, 0xff] {
        let padded = [certificate.der(), &[filler; 300]].concat();
        refused(judge(&strict, &padded, &tpm), Code::X509TrailingBytes);
        let certified = judge(&lenient, &padded, &tpm).unwrap();
        let unpadded = judge(&strict, certificate.der(), &tpm).unwrap();
        assert_eq!(certified, unpadded, "the thumbprint is the certificate's");
    }
    let mixed = [certificate.der(), &[0x00; 9], &[0xff; 9]].concat();
    refused(judge(&lenient, &mixed, &tpm), Code::X509TrailingBytes);
}

/// TPMs, chips, services and people keep the certificate in other forms. It cannot be issued again: what was
/// found is named, and what gives the certificate.
#[test]
fn beside_37_the_certificate_in_another_form() {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let der = vendor.ek_certificate(&tpm).der().to_vec();
    let all = vendors(&vendor);
    assert!(judge(&all, &der, &tpm).is_ok());
    let length = |more: usize| u16::try_from(der.len() + more).unwrap().to_be_bytes();
    let [high, low] = length(0);
    let base64 = data_encoding::BASE64.encode(&der);
    let url = data_encoding::BASE64URL.encode(&der);
    let hex = data_encoding::HEXLOWER.encode(&der);
    let lines: Vec<_> = base64
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    );
    let optiga = [
        &[0xc0][..],
        &length(6),
        &[0],
        &length(3),
        &[0],
        &length(0),
        &der,
    ]
    .concat();
    for (bytes, named, helps) in [
        (
            [&[0x04, 0x82, high, low][..], &der].concat(),
            "OCTET STRING",
            "tail -c +5",
        ),
        (optiga, "OPTIGA", "tail -c +10"),
        (
            [&[0x10, 0x01, 0x00][..], &length(2), &[0x10, 0x02], &der].concat(),
            "TCG PC Client",
            "tail -c +8",
        ),
        ([&length(0)[..], &der].concat(), "TPM2B", "tail -c +3"),
        (
            [&der[..], &[0; 200]].concat(),
            "padding with zeros",
            "head -c",
        ),
        (
            [&der[..], &[0xff; 200]].concat(),
            "padding with 0xFF",
            "head -c",
        ),
        ([&der[..], b"\n"].concat(), "line break", "head -c"),
        (base64.clone().into_bytes(), "base64 text", "base64 -d"),
        (lines.join("\r\n").into_bytes(), "base64 text", "base64 -d"),
        (hex.clone().into_bytes(), "hexadecimal text", "xxd"),
        (
            format!("{{\"certificate\":\"{url}\"}}").into_bytes(),
            "JSON",
            "jq",
        ),
        (
            format!("\"{base64}\"").into_bytes(),
            "quotation marks",
            "jq",
        ),
        (pem.into_bytes(), "PEM", "decode"),
        (vec![0; 600], "zeros", "right place"),
        (vec![0xff; 600], "0xFF", "right place"),
    ] {
        let refused = judge(&all, &bytes, &tpm).unwrap_err();
        assert!(refused.found_text().contains(named), "{named}: {refused}");
        assert!(refused.remedy_text().contains(helps), "{helps}: {refused}");
        assert!(!refused.remedy_text().contains("issue"), "{refused}");
    }
}

#[test]
fn beside_37_no_remedy_has_a_tpms_certificate_issued_again() {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let der = vendor.ek_certificate(&tpm).der().to_vec();
    let all = vendors(&vendor);
    let late = UnixTime::parse_rfc3339("2399-01-01T00:00:00Z").unwrap();
    let mut cut = der.clone();
    cut.truncate(300);
    let mut bent = der.clone();
    *bent.last_mut().unwrap() ^= 1;
    for refused in [
        all.verify(&der, &[], &ek(&tpm), late).unwrap_err(),
        judge(&all, &cut, &tpm).unwrap_err(),
        judge(&all, &bent, &tpm).unwrap_err(),
        judge(&all, &[0x30, 0x03, 0x02, 0x01, 0x07], &tpm).unwrap_err(),
        judge(&all, vendor.root.certificate.der(), &tpm).unwrap_err(),
    ] {
        for never in ["issue it", "issued again", "issue the", "renew the"] {
            assert!(!refused.remedy_text().contains(never), "{refused}");
        }
    }
}

#[test]
fn trap_38_other_bytes_after_the_certificate() {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let certificate = vendor.ek_certificate(&tpm);
    for vendors in [vendors(&vendor), vendors(&vendor).lenient_padding()] {
        let followed = [certificate.der(), b"\0\0garbage"].concat();
        refused(judge(&vendors, &followed, &tpm), Code::X509TrailingBytes);
        let twice = [certificate.der(), certificate.der()].concat();
        refused(judge(&vendors, &twice, &tpm), Code::X509TrailingBytes);
    }
}

#[test]
fn trap_39_not_strictly_der() {
    // The outer length in more bytes than it needs.
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let der = vendor.ek_certificate(&tpm).der().to_vec();
    let [0x30, 0x82, high, low, rest @ ..] = &*der else {
        panic!("another header: {:02x?}", &der[..4]);
    };
    let longer = [&[0x30, 0x83, 0x00, *high, *low], rest].concat();
    refused(judge(&vendors(&vendor), &longer, &tpm), Code::X509Der);
    // What real EK certificates had: a negative serial number, a SET out of order.
    let lenient = vendors(&vendor).lenient_encoding();
    for serial in [&[0x80][..], &[0xff, 0x01], &[0x9c; 20]] {
        let builder = vendor.ek_builder(&tpm).serial_raw(serial);
        let odd = builder.issued_by(&vendor.issuing);
        let judged = judge(&vendors(&vendor), odd.der(), &tpm);
        refused(judged, Code::X509StrictSerial);
        assert!(judge(&lenient, odd.der(), &tpm).is_ok());
    }
    let two = DistinguishedName::cn("aaaaaaaa").joined_by("2.5.4.3", "bbbbbbbb");
    let ordered = vendor
        .ek_builder(&tpm)
        .issuer(&two)
        .issued_by(&vendor.issuing);
    let judge_der = |der: &[u8]| judge(&vendors(&vendor), der, &tpm);
    refused(judge_der(ordered.der()), Code::X509IssuerNotFound);
    let place = |text: &[u8]| ordered.der().windows(8).position(|part| part == text);
    let (a, b) = (place(b"aaaaaaaa").unwrap(), place(b"bbbbbbbb").unwrap());
    let mut unordered = ordered.der().to_vec();
    unordered[a..a + 8].fill(b'b');
    unordered[b..b + 8].fill(b'a');
    refused(judge_der(&unordered), Code::X509StrictDer);
}

#[test]
fn trap_40_text_in_place_of_der() {
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let certificate: IssuedCertificate = vendor.ek_certificate(&tpm);
    let base64 = data_encoding::BASE64URL.encode(certificate.der());
    for text in [base64, certificate.pem(), "{}".to_owned(), String::new()] {
        let judged = judge(&vendors(&vendor), text.as_bytes(), &tpm).unwrap_err();
        let code = judged.code();
        assert!(
            matches!(code, Code::X509Form | Code::X509Truncated),
            "{judged}"
        );
    }
}

#[test]
fn trap_41_expired_not_yet_valid_flipped_truncated() {
    let (start, end) = ToyPki::VALID;
    refused(
        bent(|builder| builder.valid(start, NOW.saturating_add(-1))),
        Code::X509Expired,
    );
    refused(
        bent(|builder| builder.valid(NOW.saturating_add(1), end)),
        Code::X509NotYetValid,
    );
    refused(
        bent(CertificateBuilder::damaged_signature),
        Code::X509SignatureWrong,
    );
    let usage = |builder: CertificateBuilder| {
        builder
            .without_extension("2.5.29.15")
            .extension(Extension::key_usage(&[KeyUsage::KeyEncipherment]))
    };
    refused(bent(usage), Code::X509KeyUsage);
    let (vendor, tpm) = (TpmVendor::new(7), tpm(0));
    let leaf = vendor
        .ek_builder(&tpm)
        .serial(&[7])
        .issued_by(&vendor.issuing);
    // Revoked: the chip's certificate, or the CA that signed it.
    let root_list = CrlBuilder::new().signed_by(&vendor.root);
    let good = CrlBuilder::new().signed_by(&vendor.issuing);
    let bad = CrlBuilder::new()
        .entry(CrlEntry::new(&[7]).reason(1))
        .signed_by(&vendor.issuing);
    let by = |policy, lists: &[&[u8]]| {
        let vendors = vendors(&vendor).with_revocation(policy, lists.iter().copied());
        judge(&vendors.unwrap(), leaf.der(), &tpm)
    };
    let (strict, lax) = (
        RevocationPolicy::DenyUnknown,
        RevocationPolicy::DangerAllowUnknown,
    );
    assert!(by(strict, &[good.der(), root_list.der()]).is_ok());
    refused(by(strict, &[bad.der(), root_list.der()]), Code::X509Revoked);
    refused(by(lax, &[bad.der()]), Code::X509Revoked);
    refused(by(strict, &[good.der()]), Code::X509CrlMissing);
    let der = vendor.ek_certificate(&tpm).der().to_vec();
    let judged = judge(&vendors(&vendor), &der[..der.len() - 1], &tpm);
    refused(judged, Code::X509Truncated);
    let lenient = vendors(&vendor).with_profile(profile::EK.lenient_endorsement_key_usage());
    assert!(judge(&lenient, &der, &tpm).is_ok());
}
