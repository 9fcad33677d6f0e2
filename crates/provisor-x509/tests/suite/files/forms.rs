//! Files that are no PEM, and bytes that are no certificate, are told what they are.

use provisor_x509::file::Contents;
use provisor_x509::{Certificate, Code, Crl};

use super::sample::{certificates, der, escaped, files, lists, refused};

#[test]
fn files_that_are_no_pem_are_told_what_they_are() {
    let f = files();
    let bytes = der(&f.leaf);
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    let base64 = data_encoding::BASE64.encode(&bytes);
    let url = data_encoding::BASE64URL_NOPAD.encode(&[&bytes[..], &[0xfb, 0xff]].concat());
    let dump: String = bytes
        .chunks(16)
        .enumerate()
        .map(|(row, bytes)| {
            let groups: Vec<String> = bytes
                .chunks(2)
                .map(|pair| data_encoding::HEXLOWER.encode(pair))
                .collect();
            format!("{:08x}: {}  ................\n", row * 16, groups.join(" "))
        })
        .collect();
    for (text, words) in [
        (
            hex.clone(),
            &["hexadecimal text, of a certificate", "xxd -r -p"][..],
        ),
        (hex.to_uppercase(), &["hexadecimal"]),
        (format!("0x{hex}\n"), &["hexadecimal"]),
        (dump, &["hexdump, of a certificate", "xxd -r"]),
        (
            base64.clone(),
            &["base64 text", "of a certificate", "base64 -d"],
        ),
        (
            data_encoding::BASE64.encode(base64.as_bytes()),
            &["base64 text", "of base64 text", "of a certificate"],
        ),
        (
            data_encoding::BASE64.encode(f.leaf.as_bytes()),
            &["base64 text", "of PEM text"],
        ),
        (url, &["base64url text, of a certificate"]),
        (
            format!("{{\"pubhash\":\"AAAA\",\"certificate\":\"{base64}\"}}"),
            &["JSON", "\"certificate\"?", "base64 -d"],
        ),
        (
            format!("{{\"certificatePem\": \"{}\"}}", escaped(&f.leaf)),
            &["JSON", "certificatePem"],
        ),
        (
            format!("{{\"certificate\": \"{hex}\"}}"),
            &["JSON", "xxd -r -p"],
        ),
        (format!("{bytes:?}"), &["decimal numbers", "python3"]),
        (
            format!("[{{\"x5c\": [\"{base64}\"]}}]"),
            &["JSON", "x5c", "[]?"],
        ),
        ("{\"error\":\"not found\"}".to_owned(), &["JSON"]),
        (
            f.leaf.replace(' ', "%20").replace('\n', "%0A"),
            &["percent-encoding"],
        ),
        (
            "<!DOCTYPE html><title>Sign in</title>".to_owned(),
            &["web page"],
        ),
        (
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me".to_owned(),
            &["SSH"],
        ),
        ("PuTTY-User-Key-File-2: ssh-rsa".to_owned(), &["PuTTY"]),
    ] {
        refused(certificates(&text), Code::X509Form, words);
        let alone = Certificate::from_der(text.as_bytes()).unwrap_err();
        assert_eq!(alone.code(), Code::X509Form, "{alone}");
    }
    for text in ["", " \n", "no certificate", "0 s:CN=x"] {
        refused(certificates(text), Code::X509Pem, &["BEGIN CERTIFICATE"]);
        refused(lists(text), Code::X509Pem, &["BEGIN X509 CRL"]);
    }
    for (text, words) in [
        (
            format!("# EK certificate\n{base64}\n"),
            [
                "base64 in line 2, which begins as a certificate",
                "base64 -d",
            ],
        ),
        (
            format!("data:application/pkix-cert;base64,{base64}"),
            ["base64 in line 1", "base64 -d"],
        ),
        (
            format!("cert: {hex}\n"),
            [
                "hexadecimal text in line 1, which begins as a certificate",
                "xxd -r -p",
            ],
        ),
        (
            "    0:d=0  hl=4 l= 674 cons: SEQUENCE\n".to_owned(),
            ["asn1parse", "was described"],
        ),
    ] {
        refused(certificates(&text), Code::X509Pem, &words);
    }
    let bundle = f.list.replace("X509 CRL", "PKCS7");
    refused(
        lists(bundle),
        Code::X509Pem,
        &["PKCS #7", "take the lists out first"],
    );
    let words = "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Signature Algorithm: ecdsa-with-SHA256\n";
    refused(certificates(words), Code::X509Pem, &["-text -noout"]);
    let converted: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    refused(
        Certificate::from_der(converted.as_bytes()).map(|_| Contents::default()),
        Code::X509Form,
        &["UTF-8"],
    );
    let lossy = String::from_utf8_lossy(&bytes);
    refused(
        Certificate::from_der(lossy.as_bytes()).map(|_| Contents::default()),
        Code::X509Form,
        &["UTF-8"],
    );
    let packed = [&[0x1f, 0x8b, 8, 0][..], &bytes].concat();
    for (bytes, word) in [
        (&packed[..], "gzip"),
        (b"PK\x03\x04\x14\0\0\0", "ZIP"),
        (&[0xfe, 0xed, 0xfe, 0xed, 0, 0], "keytool"),
    ] {
        refused(certificates(bytes), Code::X509Form, &[word]);
    }
    refused(certificates([0xff; 32]), Code::X509Form, &["never written"]);
}

#[test]
fn bytes_before_a_certificate_are_named_with_the_cut() {
    let bytes = der(&files().leaf);
    let length = u16::try_from(bytes.len()).unwrap();
    let sized = |more: u16| (length + more).to_be_bytes();
    let tag = [&[0xc0], &sized(6)[..], &[0], &sized(3), &[0], &sized(0)].concat();
    let tcg = [&[0x10, 0x01, 0], &sized(2)[..], &[0x10, 0x02]].concat();
    for (before, words) in [
        (&tag[..], &["9 bytes", "OPTIGA", "tail -c +10 FILE"][..]),
        (&tcg, &["7 bytes", "TCG PC Client", "tail -c +8 FILE"]),
        (&sized(0), &["2 bytes", "TPM2B", "tail -c +3 FILE"]),
        (&[0, sized(0)[0], sized(0)[1]], &["3 bytes", "TLS"]),
        (&[1, 2, 3, 4, 5], &["5 bytes", "tail -c +6 FILE"]),
        (&[0xef, 0xbb, 0xbf], &["byte order mark"]),
    ] {
        let whole = [before, &bytes].concat();
        refused(certificates(&whole), Code::X509Wrapped, words);
        let alone = Certificate::from_der(&whole).unwrap_err();
        assert_eq!(alone.code(), Code::X509Wrapped, "{alone}");
        let padded = [&whole[..], &[0; 7]].concat();
        let cut = format!("head -c {length}");
        refused(certificates(&padded), Code::X509Wrapped, &[&cut]);
    }
    let octets = [&[4, 0x82], &sized(0)[..], &bytes].concat();
    let alone = Certificate::from_der(&octets).unwrap_err();
    assert_eq!(alone.code(), Code::X509Wrapped);
    assert!(alone.to_string().contains("OCTET STRING"), "{alone}");
}

#[test]
fn bytes_after_a_certificate_are_named_with_the_cut() {
    let bytes = der(&files().leaf);
    let cut = format!("head -c {} FILE", bytes.len());
    let list = der(&files().list);
    for (after, word) in [
        (&[0; 5][..], "padding with zeros"),
        (&[0xff; 5], "padding with 0xFF"),
        (b"\n", "line break"),
        (&bytes, "another structure, a certificate"),
        (&list, "another structure, a certificate revocation list"),
        (&[0x30, 0], "another structure"),
        (&[1, 2, 3], "3 more bytes"),
    ] {
        let whole = [&bytes, after].concat();
        let rejection = Certificate::from_der(&whole).unwrap_err();
        assert_eq!(rejection.code(), Code::X509TrailingBytes);
        assert_eq!(rejection.position(), Some(bytes.len()));
        let text = rejection.to_string();
        assert!(text.contains(word) && text.contains(&cut), "{text}");
    }
}

#[test]
fn der_that_was_copied_as_text_is_named() {
    let mut bytes = der(&files().leaf);
    bytes.extend(b"\n\n");
    let length = u16::try_from(bytes.len() - 4).unwrap();
    bytes.splice(2..4, length.to_be_bytes());
    let mut copied = Vec::new();
    for byte in bytes {
        if byte == b'\n' {
            copied.push(b'\r');
        }
        copied.push(byte);
    }
    let rejection = Certificate::from_der(&copied).unwrap_err();
    assert_eq!(rejection.code(), Code::X509TrailingBytes, "{rejection}");
    assert!(rejection.to_string().contains("as binary"), "{rejection}");
}

#[test]
fn structures_of_other_kinds_are_named() {
    let f = files();
    let (certificate, list) = (der(&f.leaf), der(&f.list));
    let rejection = Certificate::from_der(&list).unwrap_err();
    assert_eq!(rejection.code(), Code::X509OtherKind);
    assert!(
        rejection.to_string().contains("revocation list"),
        "{rejection}"
    );
    let rejection = Crl::from_der(&certificate).unwrap_err();
    assert_eq!(rejection.code(), Code::X509OtherKind);
    assert!(
        rejection.to_string().contains("found a certificate"),
        "{rejection}"
    );
    let oid = [6, 3, 0x2b, 0x65, 0x70];
    let sequence = |parts: &[&[u8]]| {
        let contents = parts.concat();
        [
            &[0x30, u8::try_from(contents.len()).unwrap()],
            &contents[..],
        ]
        .concat()
    };
    let algorithm = sequence(&[&oid]);
    for (der, word) in [
        (sequence(&[&algorithm, &[3, 2, 0, 1]]), "a public key"),
        (
            sequence(&[&algorithm, &[4, 1, 1]]),
            "an encrypted private key",
        ),
        (
            sequence(&[&[2, 1, 0], &algorithm, &[4, 1, 1]]),
            "a private key",
        ),
        (sequence(&[&[2, 1, 1], &[4, 1, 1]]), "a private key"),
        (sequence(&[&[2, 1, 3], &algorithm]), "PKCS #12"),
        (sequence(&[&oid, &[0xa0, 0]]), "PKCS #7"),
        (
            sequence(&[&[2, 2, 1, 1], &[2, 1, 3]]),
            "a bare key or signature",
        ),
        (sequence(&[&[10, 1, 0], &[0xa0, 0]]), "OCSP"),
        (
            sequence(&[
                &sequence(&[&[2, 1, 0], &algorithm, &algorithm, &[0xa0, 0]]),
                &algorithm,
            ]),
            "request",
        ),
        (
            sequence(&[
                &sequence(&[&[2, 1, 1], &algorithm, &[0xa0, 0], &algorithm]),
                &algorithm,
            ]),
            "attribute certificate",
        ),
    ] {
        for rejection in [
            Certificate::from_der(&der).unwrap_err(),
            Crl::from_der(&der).unwrap_err(),
        ] {
            assert_eq!(rejection.code(), Code::X509OtherKind, "{rejection}");
            assert!(rejection.to_string().contains(word), "{rejection}");
        }
    }
}
