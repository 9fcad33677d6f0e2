//! The forms in which people have a public area, an attestation and a signature.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use alloc::{format, vec};

use proptest::prelude::*;
use provisor_report::Code;

use crate::attest::{Attest, Signature};
use crate::marshal::tpm2b;
use crate::testing::{Fixture, hex};
use crate::{AkPublic, EkPublic, Public, SrkPublic};

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 4648 section 4, for tests.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0; 4];
        group[1..=chunk.len()].copy_from_slice(chunk);
        let group = u32::from_be_bytes(group);
        for digit in 0..4 {
            let index = usize::try_from(group >> (18 - 6 * digit) & 63).unwrap();
            out.push(if digit <= chunk.len() {
                char::from(ALPHABET[index])
            } else {
                '='
            });
        }
    }
    out
}

fn wrapped(text: &str, at: usize, end: &str) -> String {
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(at)
        .map(|line| core::str::from_utf8(line).unwrap())
        .collect();
    lines.join(end) + end
}

/// SEQUENCE { SEQUENCE { OID }, BIT STRING } and the like, by their headers.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82, high, low], content].concat()
}

fn certificate() -> Vec<u8> {
    let version = [0xa0, 3, 2, 1, 2];
    let signed = der(
        0x30,
        &[&version[..], &[2, 1, 7], &der(0x30, &[5, 0])].concat(),
    );
    der(
        0x30,
        &[signed, der(0x30, &[6, 1, 42]), der(3, &[0, 1])].concat(),
    )
}

fn public_key() -> Vec<u8> {
    der(0x30, &[der(0x30, &[6, 1, 42]), der(3, &[0, 4, 1])].concat())
}

fn pem(label: &str) -> Vec<u8> {
    format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n").into_bytes()
}

#[test]
fn each_form_of_a_public_area_is_named() {
    for area in Fixture::all() {
        let hexadecimal = digits(&area);
        let text = base64(&area);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let handle = [
            &[0x81, 1, 0, 1][..],
            &tpm2b(Public::from_tpm2b(&area).unwrap().name().as_bytes()).unwrap(),
            &[0, 0, 0, 1],
            &area,
        ]
        .concat();
        let name = Public::from_tpm2b(&area).unwrap().name();
        let turned = [&[area[1], area[0]], &area[2..]].concat();
        let memory = [&turned[..2], &[area[3], area[2]], &area[4..], &[0; 300]].concat();
        for (bytes, code, named) in [
            (vec![0; 300], Code::TpmTrailingBytes, "never written"),
            (vec![0xff; 300], Code::TpmTruncated, "never written"),
            (vec![0xa5; 256], Code::TpmBareKey, "an RSA modulus alone"),
            (
                hexadecimal.clone().into_bytes(),
                Code::TpmText,
                "hexadecimal text of a TPM2B_PUBLIC",
            ),
            (
                hexadecimal.to_uppercase().into_bytes(),
                Code::TpmText,
                "hexadecimal",
            ),
            (
                format!("0x{hexadecimal}\n").into_bytes(),
                Code::TpmText,
                "hexadecimal",
            ),
            (
                wrapped(&hexadecimal, 60, "\n").into_bytes(),
                Code::TpmText,
                "hexadecimal",
            ),
            (text.clone().into_bytes(), Code::TpmText, "base64 text"),
            (
                wrapped(&text, 64, "\n").into_bytes(),
                Code::TpmText,
                "of a TPM2B_PUBLIC",
            ),
            (
                wrapped(&text, 76, "\r\n").into_bytes(),
                Code::TpmText,
                "of a TPM2B_PUBLIC",
            ),
            (
                text.replace('=', "").into_bytes(),
                Code::TpmText,
                "base64 text",
            ),
            (
                format!("\"{text}\"").into_bytes(),
                Code::TpmText,
                "quotation marks",
            ),
            (
                format!("{{\"ek\": \"{text}\"}}").into_bytes(),
                Code::TpmText,
                "JSON",
            ),
            (utf16, Code::TpmText, "UTF-16"),
            (
                b"name: 000b\nname-alg:\n  value: sha256\n".to_vec(),
                Code::TpmText,
                "YAML",
            ),
            (b"hello".to_vec(), Code::TpmText, "other text"),
            (
                area[2..].to_vec(),
                Code::TpmSizeMissing,
                "without the 2 bytes",
            ),
            (
                tpm2b(&area).unwrap(),
                Code::TpmSizeExtra,
                "size field of 2 bytes",
            ),
            (certificate(), Code::TpmCertificate, "certificate"),
            (pem("CERTIFICATE"), Code::TpmCertificate, "certificate"),
            (
                base64(&certificate()).into_bytes(),
                Code::TpmCertificate,
                "base64 text",
            ),
            (public_key(), Code::TpmBareKey, "DER"),
            (pem("PUBLIC KEY"), Code::TpmBareKey, "PEM"),
            (pem("RSA PUBLIC KEY"), Code::TpmBareKey, "PEM"),
            ([&[4][..], &[7; 64]].concat(), Code::TpmBareKey, "point"),
            (
                [&[1, 0][..], &[7; 256]].concat(),
                Code::TpmBareKey,
                "modulus",
            ),
            (pem("TSS2 PRIVATE KEY"), Code::TpmToolFile, "TSS2"),
            (
                pem("EC PRIVATE KEY"),
                Code::TpmOtherStructure,
                "private key",
            ),
            (
                b"\xba\xdc\xc0\xde\0\0\0\x01\x40\0\0\x0b".to_vec(),
                Code::TpmToolFile,
                "context",
            ),
            (handle, Code::TpmToolFile, "handle file"),
            (name.as_bytes().to_vec(), Code::TpmOtherStructure, "Name"),
            (
                tpm2b(name.as_bytes()).unwrap(),
                Code::TpmOtherStructure,
                "Name",
            ),
            (
                tpm2b(&[&[0, 32][..], &[7; 96]].concat()).unwrap(),
                Code::TpmOtherStructure,
                "private part",
            ),
            (
                b"\xffTCG\x80\x18".to_vec(),
                Code::TpmOtherStructure,
                "attestation",
            ),
            (
                b"\x80\x01\0\0\0\x0c\0\0\0\0\0\0".to_vec(),
                Code::TpmOtherStructure,
                "response",
            ),
            (turned, Code::TpmByteOrder, "little-endian"),
            (memory, Code::TpmByteOrder, "little-endian"),
            (
                [&area[..], &[0; 9]].concat(),
                Code::TpmTrailingBytes,
                "9 zero bytes of padding",
            ),
            (
                [&area[..], &[0; 1500]].concat(),
                Code::TpmTrailingBytes,
                "1500 zero bytes",
            ),
            (
                [&area[..], &[0xff; 9]].concat(),
                Code::TpmTrailingBytes,
                "bytes FF",
            ),
            (
                [&area[..], b"\n"].concat(),
                Code::TpmTrailingBytes,
                "line break",
            ),
            (
                [&area[..], &area].concat(),
                Code::TpmTrailingBytes,
                "another TPM2B_PUBLIC",
            ),
        ] {
            for refused in [
                EkPublic::from_tpm2b(&bytes).unwrap_err(),
                SrkPublic::from_tpm2b(&bytes).unwrap_err(),
                AkPublic::from_tpm2b(&bytes).unwrap_err(),
                AkPublic::lenient_sha1_from_tpm2b(&bytes).unwrap_err(),
            ] {
                assert_eq!(refused.code(), code, "{named}: {refused}");
                assert!(refused.found_text().contains(named), "{named}: {refused}");
                assert!(refused.remedy_text().contains("tpm2_"), "{refused}");
            }
        }
    }
}

#[test]
fn the_cut_and_the_size_in_a_remedy_give_the_structure_back() {
    let area = Fixture::ek_rsa();
    let refused = Public::from_tpm2b(&area[2..]).unwrap_err();
    assert!(
        refused.remedy_text().contains(r"printf '\x01\x3a'"),
        "{refused}"
    );
    let refused = Public::from_tpm2b(&[&area[..], &[0; 7]].concat()).unwrap_err();
    assert!(refused.remedy_text().contains("head -c 316"), "{refused}");
    let refused = Public::from_tpmt(&area).unwrap_err();
    assert_eq!(refused.code(), Code::TpmSizeExtra, "{refused}");
    assert!(refused.remedy_text().contains("tail -c +3"), "{refused}");
}

#[test]
fn each_form_of_an_attestation_is_named() {
    // TPM_ST_ATTEST_QUOTE over no PCR: every other field is zero.
    let quote = [&hex("ff5443478018")[..], &[0; 35]].concat();
    assert!(Attest::parse(&quote).is_ok());
    let ak = Fixture::ak_ecc();
    for (bytes, code, named) in [
        (tpm2b(&quote).unwrap(), Code::TpmSizeExtra, "TPM2B"),
        (
            [&[9, 0][..], &quote].concat(),
            Code::TpmSizeExtra,
            "size field",
        ),
        (
            digits(&quote).into_bytes(),
            Code::TpmText,
            "of a TPMS_ATTEST",
        ),
        (
            base64(&quote).into_bytes(),
            Code::TpmText,
            "of a TPMS_ATTEST",
        ),
        (
            hex("0018000b00010700010a"),
            Code::TpmOtherStructure,
            "TPMT_SIGNATURE",
        ),
        (certificate(), Code::TpmCertificate, "certificate"),
        (ak, Code::TpmAttestMagic, ""),
        // The magic is right: what is wrong stands behind it.
        (quote[..9].to_vec(), Code::TpmTruncated, ""),
        (
            [&quote[..], &[0]].concat(),
            Code::TpmTrailingBytes,
            "padding",
        ),
    ] {
        let refused = Attest::parse(&bytes).unwrap_err();
        assert_eq!(refused.code(), code, "{named}: {refused}");
        assert!(refused.found_text().contains(named), "{named}: {refused}");
    }
}

#[test]
fn each_form_of_a_signature_is_named() {
    let good = hex("0018000b00010700010a");
    assert!(Signature::parse(&good).is_ok());
    let scalar = [&[2, 32][..], &[7; 32]].concat();
    let in_der = [&[0x30, 68][..], &scalar, &scalar].concat();
    for (bytes, code, named) in [
        (vec![7; 256], Code::TpmBareSignature, "RSA-2048"),
        (vec![0xf7; 384], Code::TpmBareSignature, "RSA-3072"),
        (vec![0xf7; 512], Code::TpmBareSignature, "RSA-4096"),
        (vec![0xf7; 64], Code::TpmBareSignature, "P-256"),
        (vec![0xf7; 96], Code::TpmBareSignature, "P-384"),
        (vec![0xf7; 132], Code::TpmBareSignature, "P-521"),
        (in_der, Code::TpmBareSignature, "in DER"),
        (digits(&[7; 128]).into_bytes(), Code::TpmText, "hexadecimal"),
        (
            base64(&Fixture::ek_ecc()).into_bytes(),
            Code::TpmText,
            "base64",
        ),
        (tpm2b(&good).unwrap(), Code::TpmSizeExtra, "size field"),
        (
            b"\xffTCG\x80\x18".to_vec(),
            Code::TpmOtherStructure,
            "attestation",
        ),
        (
            [&good[..], &[0]].concat(),
            Code::TpmTrailingBytes,
            "padding",
        ),
    ] {
        let refused = Signature::parse(&bytes).unwrap_err();
        assert_eq!(refused.code(), code, "{named}: {refused}");
        assert!(refused.found_text().contains(named), "{named}: {refused}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered_on_one_line(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for refused in [
            Public::from_tpm2b(&bytes).err(),
            Public::from_tpmt(&bytes).err(),
            Attest::parse(&bytes).err(),
            Signature::parse(&bytes).err(),
        ].into_iter().flatten() {
            let text = refused.to_string();
            prop_assert!(!text.contains('\n') && text.len() < 1024, "{}", text);
        }
    }

    /// What is read does not depend on what is said of the rest.
    #[test]
    fn a_public_area_with_a_byte_changed_is_read_or_refused(at in 0_usize..316, with: u8) {
        let mut area = Fixture::ek_rsa();
        area[at] = with;
        if let Ok(public) = Public::from_tpm2b(&area) {
            prop_assert_eq!(public.to_tpm2b().unwrap(), area);
        }
    }
}
