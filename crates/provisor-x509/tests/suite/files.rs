//! Files as people have them: read, read and said so, or refused by name; nothing is lost in silence.

use proptest::prelude::*;
use provisor_testkit::pki::CrlBuilder;
use provisor_x509::file::{self, Contents, ReadAs, Wanted};
use provisor_x509::{Certificate, Code, Crl, Rejection, certificates_from_pem, crls_from_pem};

use crate::world::World;

/// A leaf and its CA, and two lists, as PEM.
struct Files {
    leaf: String,
    ca: String,
    list: String,
    second_list: String,
}

fn files() -> Files {
    let world = World::new();
    let list = |number| CrlBuilder::new().number(number).signed_by(&world.ca);
    let pem = |der: &[u8]| block("CERTIFICATE", der);
    let chain = world.chain();
    Files {
        leaf: pem(&chain.leaf),
        ca: pem(&chain.sent[0]),
        list: list(1).pem(),
        second_list: list(2).pem(),
    }
}

fn block(label: &str, der: &[u8]) -> String {
    let base64 = data_encoding::BASE64.encode(der);
    let lines: Vec<&str> = (0..base64.len())
        .step_by(64)
        .map(|at| &base64[at..(at + 64).min(base64.len())])
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn certificates(bytes: impl AsRef<[u8]>) -> Result<Contents, Rejection> {
    Ok(file::read(bytes.as_ref(), Wanted::Certificates)?)
}

fn lists(bytes: impl AsRef<[u8]>) -> Result<Contents, Rejection> {
    Ok(file::read(bytes.as_ref(), Wanted::Lists)?)
}

fn ders(contents: &Contents) -> Vec<&[u8]> {
    contents.blocks().iter().map(|block| block.der()).collect()
}

fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    data_encoding::BASE64.decode(base64.as_bytes()).unwrap()
}

/// Refused with that code, and words of the message.
#[track_caller]
fn refused(result: Result<Contents, Rejection>, code: Code, words: &[&str]) {
    let rejection = result.unwrap_err();
    let text = rejection.to_string();
    assert_eq!(rejection.code(), code, "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in {text}");
    }
    assert!(!text.contains('\n'), "{text}");
}

fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter()
        .chain(text.encode_utf16())
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('\n', "\\n")
}

#[test]
fn well_formed_files_are_read_without_a_remark() {
    let f = files();
    let key = block("PRIVATE KEY", &[0x30, 0]);
    let parameters = block("EC PARAMETERS", &[6, 0]);
    let both = [der(&f.leaf), der(&f.ca)];
    for text in [
        format!("{}{}", f.leaf, f.ca),
        format!("{}{key}{}", f.leaf, f.ca),
        format!("{parameters}{key}{}\n\n{}", f.leaf, f.ca),
        format!(
            "Bag Attributes\n    localKeyID: 01\nsubject=CN=x\n{}# end of certificate 1\n{}",
            f.leaf, f.ca
        ),
        format!("{}{}", f.leaf, f.ca).replace('\n', "\r\n"),
        format!("{}{}", f.leaf, f.ca).replace('\n', "\r"),
        format!("{}{}", f.leaf, f.ca).replace('\n', "\n    "),
        format!("\n\n{}{}", f.leaf, f.ca.trim_end()),
        format!("{}{}\0", f.leaf, f.ca),
        format!("{}{}\u{1a}", f.leaf, f.ca),
        format!(
            "Issuer: CN=END CERTIFICATE AUTHORITY\nhere certificates begin\n{}{}",
            f.leaf, f.ca
        ),
    ] {
        let contents = certificates(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(ders(&contents), both, "{text}");
        assert!(
            contents.read_as().is_empty() && contents.passed_over().is_empty(),
            "{text}"
        );
        assert_eq!(certificates_from_pem(&text).unwrap(), both);
    }
    let latin = [b"M\xfcller\n", f.leaf.as_bytes()].concat();
    assert_eq!(ders(&certificates(latin).unwrap()), [der(&f.leaf)]);
    let contents = certificates(format!("x\n{}", f.leaf)).unwrap();
    assert_eq!(contents.blocks()[0].line(), Some(2));
    let contents = certificates(der(&f.leaf)).unwrap();
    assert_eq!(ders(&contents), [der(&f.leaf)]);
    assert_eq!(contents.blocks()[0].line(), None);
}

#[test]
fn what_has_one_meaning_is_read_and_said() {
    let f = files();
    let both = format!("{}{}", f.leaf, f.ca);
    let mark = "\u{feff}";
    for (bytes, read_as) in [
        (
            format!("{mark}{both}").into_bytes(),
            vec![ReadAs::ByteOrderMark],
        ),
        (
            format!("{mark}{mark}{}{mark}{}", f.leaf, f.ca).into_bytes(),
            vec![ReadAs::ByteOrderMark],
        ),
        (utf16(&both, true, false), vec![ReadAs::Utf16]),
        (utf16(&both, true, true), vec![ReadAs::Utf16]),
        (utf16(&both, false, false), vec![ReadAs::Utf16]),
        (
            utf16(&both.replace('\n', "\r\n"), false, true),
            vec![ReadAs::Utf16],
        ),
        (escaped(&both).into_bytes(), vec![ReadAs::Escaped]),
        (
            escaped(&both.replace('\n', "\r\n"))
                .replace('\r', "\\r")
                .into_bytes(),
            vec![ReadAs::Escaped],
        ),
        (
            escaped(&both).replace('\\', "\\\\").into_bytes(),
            vec![ReadAs::Escaped],
        ),
        (
            escaped(&both)
                .replace('/', "\\/")
                .replace('=', "\\u003d")
                .into_bytes(),
            vec![ReadAs::Escaped],
        ),
        (
            format!("{}{}", f.leaf, escaped(&f.ca)).into_bytes(),
            vec![ReadAs::Escaped],
        ),
        (
            format!("\"{}\"\n", escaped(&both)).into_bytes(),
            vec![ReadAs::Quoted, ReadAs::Escaped],
        ),
        (
            format!("{mark}\"{}\"", escaped(&both)).into_bytes(),
            vec![ReadAs::Quoted, ReadAs::Escaped],
        ),
        (
            format!("b'{}'", escaped(&both)).into_bytes(),
            vec![ReadAs::Quoted, ReadAs::Escaped],
        ),
        (format!("'{both}'").into_bytes(), vec![ReadAs::Quoted]),
        (
            both.replace('\n', " ").into_bytes(),
            vec![ReadAs::OneLine { line: 1 }, ReadAs::Joined { line: 1 }],
        ),
        (
            format!("{}\n{}", f.leaf.replace('\n', ""), f.ca).into_bytes(),
            vec![ReadAs::OneLine { line: 1 }],
        ),
        (
            format!("{}{}", f.leaf.trim_end(), f.ca).into_bytes(),
            vec![ReadAs::Joined {
                line: f.leaf.lines().count(),
            }],
        ),
        (
            format!("{}{}", f.leaf, f.ca.replace("\n-----END", "-----END")).into_bytes(),
            vec![ReadAs::OneLine {
                line: both.lines().count() - 1,
            }],
        ),
        (
            both.replace(" CERTIFICATE", " X509 CERTIFICATE")
                .into_bytes(),
            vec![ReadAs::OldLabel { line: 1 }],
        ),
    ] {
        let text = String::from_utf8_lossy(&bytes);
        let contents = certificates(&bytes).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(ders(&contents), [der(&f.leaf), der(&f.ca)], "{text}");
        assert_eq!(contents.read_as(), read_as, "{text}");
        for read_as in read_as {
            assert!(read_as.to_string().len() > 20);
        }
        if let Ok(text) = str::from_utf8(&bytes)
            && !text.contains('\0')
        {
            assert_eq!(certificates_from_pem(text).unwrap().len(), 2, "{text}");
        }
    }
    let wrapped = [
        &[4, 0x82],
        &u16::try_from(der(&f.leaf).len()).unwrap().to_be_bytes()[..],
        &der(&f.leaf),
    ]
    .concat();
    let contents = certificates(wrapped).unwrap();
    assert_eq!(ders(&contents), [der(&f.leaf)]);
    assert_eq!(contents.read_as(), [ReadAs::OctetString]);
}

#[test]
fn damaged_armour_refuses_the_file_with_its_line() {
    let f = files();
    let line = f.leaf.lines().count() + 1;
    let begin = "-----BEGIN CERTIFICATE-----";
    let end = "-----END CERTIFICATE-----";
    for (from, to) in [
        (begin, "----BEGIN CERTIFICATE-----"),
        (begin, "-----BEGIN CERTIFICATE----"),
        (begin, "------BEGIN CERTIFICATE-----"),
        (begin, "-----BEGIN CERTIFICATE------"),
        (begin, "BEGIN CERTIFICATE"),
        (begin, "BEGIN CERTIFICATE-----"),
        (begin, "-----BEGIN CERTIFICATE"),
        (begin, "-----begin certificate-----"),
        (begin, "-----Begin Certificate-----"),
        (begin, "----- BEGIN CERTIFICATE -----"),
        (begin, "-----BEGIN  CERTIFICATE-----"),
        (begin, "-----BEGIN CERTIFICATE -----"),
        (begin, "-----BEGINCERTIFICATE-----"),
        (begin, "-----BEGIN\u{a0}CERTIFICATE-----"),
        (begin, "\u{2014}\u{2013}BEGIN CERTIFICATE\u{2014}\u{2013}"),
        (begin, "=====BEGIN CERTIFICATE====="),
        (begin, "# -----BEGIN CERTIFICATE-----"),
        (begin, "leaf.pem:-----BEGIN CERTIFICATE-----"),
        (begin, "\u{200b}-----BEGIN CERTIFICATE-----"),
        (begin, "\u{ef}\u{bb}\u{bf}-----BEGIN CERTIFICATE-----"),
        (begin, "-----BEGIN CERTIFCATE-----"),
        (begin, "-----BEGIN CRETIFICATE-----"),
        (begin, "-----BEGIN CERTIFICATES-----"),
        (begin, "-----BEGIN ENCRYPTED CERTIFICATE-----"),
        (begin, "-----BEGIN X.509 CERTIFICATE CHAIN-----"),
        (begin, "-----BEGIN X509 CERTIFICATE-----"),
    ] {
        let text = format!("{}{}", f.leaf, f.ca.replace(from, to));
        let place = format!("line {line}: ");
        let result = certificates(&text);
        let rejection = result.expect_err(&text);
        assert_eq!(rejection.code(), Code::X509Armour, "{rejection}");
        let other = to == "-----BEGIN X509 CERTIFICATE-----";
        assert!(
            other || rejection.found_text().starts_with(&place),
            "{rejection}"
        );
        assert_eq!(
            certificates_from_pem(&text).unwrap_err().code(),
            Code::X509Armour
        );
    }
    for to in [
        "----END CERTIFICATE-----",
        "-----END CERTIFICATE----",
        "-----END CERTIFICATE------",
        "-----end certificate-----",
        "-----END X509 CERTIFICATE-----",
        "-----END PRIVATE KEY-----",
        "-----END CERTIFICATE-----,",
        "-----END CERTIFICATE----- \"",
    ] {
        let text = format!("{}{}", f.leaf.replace(end, to), f.ca);
        let line = f.leaf.lines().count();
        refused(
            certificates(text),
            Code::X509Armour,
            &[&format!("line {line}: ")],
        );
    }
    // Nine hyphens where ten belong.
    let text = format!("{}{}", f.leaf.trim_end(), &f.ca[1..]);
    refused(certificates(text), Code::X509Armour, &["hyphens"]);
    // A BEGIN that was lost altogether.
    let text = format!("{}{}", f.leaf, f.ca.replace(begin, ""));
    refused(
        certificates(text),
        Code::X509Armour,
        &["END CERTIFICATE without its BEGIN"],
    );
    // The end of a key's block was lost, and the certificate's was not.
    let text = format!(
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END CERTIFICATE-----\n{}",
        f.ca
    );
    refused(certificates(text), Code::X509Armour, &["line 3"]);
    // An END was lost.
    let text = format!("{}{}", f.leaf.replace(end, ""), f.ca);
    refused(certificates(text), Code::X509Armour, &["begins at line 1"]);
    let text = f.leaf.replace(end, "");
    refused(
        certificates(text),
        Code::X509Pem,
        &["line 1", "END CERTIFICATE"],
    );
}

#[test]
fn a_refusal_has_its_place_in_the_file() {
    let f = files();
    let damaged = f.ca.replace("\nMI", "\nM*");
    let unreadable = |text: &str, wanted| {
        let unreadable = file::read(text.as_bytes(), wanted).unwrap_err();
        (unreadable.block(), unreadable.line())
    };
    let line = Some(f.leaf.lines().count() + 2);
    let text = format!("{}{damaged}", f.leaf);
    assert_eq!(unreadable(&text, Wanted::Certificates), (Some(2), line));
    let text = format!("{}{}", f.list, f.list.replace("-END", "END"));
    assert_eq!(unreadable(&text, Wanted::Lists).0, Some(2));
    assert_eq!(unreadable("{}", Wanted::Lists), (None, None));
}

#[test]
fn damaged_base64_has_its_line() {
    for (data, word) in [
        ("MAA", "missing"),
        ("M=AA", "padding"),
        ("MAB=", "ends in the middle"),
        ("M*AA", "no base64"),
        ("MA_A", "base64url"),
        ("Proc-Type: 4,ENCRYPTED\n\nMAA=", "base64url"),
        ("X: y\nMAA=", "header"),
        ("", "right after"),
        ("MAA=\n----", "base64url"),
        ("MIIB...snip...AA==", "no base64"),
        ("=4D=41=41=3D", "padding"),
    ] {
        let text = format!(
            "first\n{}",
            block("CERTIFICATE", &[]).replace("\n\n", &format!("\n{data}\n"))
        );
        refused(certificates(text), Code::X509Pem, &["line ", word]);
    }
    let spaced = block("CERTIFICATE", &[]).replace("\n\n", "\n M A\tA = \n");
    assert_eq!(ders(&certificates(spaced).unwrap()), [[0x30, 0]]);
}

#[test]
fn other_blocks_are_named() {
    let f = files();
    let trusted = f.ca.replace(" CERTIFICATE", " TRUSTED CERTIFICATE");
    for text in [
        format!("{trusted}{}", f.leaf),
        format!("{}{trusted}", f.leaf),
        trusted.clone(),
    ] {
        let words = ["TRUSTED", "openssl x509 -in FILE -out"];
        refused(certificates(&text), Code::X509TrustedCertificate, &words);
        let strict = certificates_from_pem(&text).unwrap_err();
        assert_eq!(strict.code(), Code::X509TrustedCertificate);
    }
    refused(
        lists(format!("{}{trusted}", f.list)),
        Code::X509TrustedCertificate,
        &["TRUSTED"],
    );
    for (label, found) in [
        ("CERTIFICATE REQUEST", "a certificate request"),
        ("NEW CERTIFICATE REQUEST", "a certificate request"),
        ("PKCS7", "a PKCS #7 bundle"),
        ("CMS", "a PKCS #7 bundle"),
        ("ATTRIBUTE CERTIFICATE", "an attribute certificate"),
        ("X509 CRL", "a revocation list"),
        ("CRL", "a revocation list"),
    ] {
        let other = block(label, &[0x30, 0]);
        let contents = certificates(format!("{}{other}{}", f.leaf, f.ca)).unwrap();
        assert_eq!(contents.blocks().len(), 2);
        let [passed] = contents.passed_over() else {
            panic!("{label} is lost");
        };
        assert_eq!(
            (passed.found(), passed.line()),
            (found, f.leaf.lines().count() + 1)
        );
        assert_eq!(
            certificates_from_pem(&format!("{other}{}", f.leaf))
                .unwrap_err()
                .code(),
            Code::X509PassedOver
        );
        // Alone, it is told what it is.
        refused(
            certificates(&other),
            Code::X509Pem,
            &[found, "no certificate"],
        );
        if !label.ends_with("CRL") {
            refused(
                lists(format!("{}{other}", f.list)),
                Code::X509PassedOver,
                &[found],
            );
            refused(lists(&other), Code::X509Pem, &[found, "no revocation list"]);
        }
    }
    for label in ["PRIVATE KEY", "EC PRIVATE KEY", "PUBLIC KEY"] {
        refused(
            certificates(block(label, &[0x30, 0])),
            Code::X509Pem,
            &["key, no certificate"],
        );
    }
    let many = block("CERTIFICATE REQUEST", &[0x30, 0]).repeat(1_000);
    refused(
        certificates(format!("{}{many}", f.leaf)),
        Code::X509TooLarge,
        &["256"],
    );
}

#[test]
fn a_file_of_lists_holds_lists_alone() {
    let f = files();
    let both = [der(&f.list), der(&f.second_list)];
    for text in [
        format!("{}{}", f.list, f.second_list),
        format!("\u{feff}{}{}", f.list, f.second_list),
        format!("{}{}", f.list.replace("X509 CRL", "CRL"), f.second_list),
        format!("subject\n{}{}", f.list.trim_end(), f.second_list),
    ] {
        assert_eq!(ders(&lists(&text).unwrap()), both, "{text}");
        assert_eq!(crls_from_pem(&text).unwrap(), both);
    }
    for wrong in [
        "X509 CRLS",
        "x509 crl",
        "X509CRL",
        "CERTIFICATE REVOCATION LIST",
        "CLR X509",
    ] {
        let text = format!("{}{}", f.list.replace("X509 CRL", wrong), f.second_list);
        refused(lists(&text), Code::X509Armour, &["line 1"]);
        assert_eq!(crls_from_pem(&text).unwrap_err().code(), Code::X509Armour);
    }
    refused(
        lists(format!("{}{}", f.list, f.ca)),
        Code::X509PassedOver,
        &["a certificate", "line "],
    );
    refused(
        lists(&f.ca),
        Code::X509Pem,
        &["a certificate, no revocation list (line 1)"],
    );
    let rejection = lists(&f.ca).unwrap_err();
    assert!(
        !rejection.remedy_text().contains("BEGIN CERTIFICATE"),
        "{rejection}"
    );
    refused(
        certificates(&f.list),
        Code::X509Pem,
        &["a revocation list, no certificate (line 1)"],
    );
}

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

/// A block, and whether it may be lost.
#[derive(Clone, Debug)]
struct Sample {
    text: String,
    speaks: bool,
}

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let labels = prop::sample::select(vec![
        ("CERTIFICATE", true),
        ("X509 CERTIFICATE", true),
        ("TRUSTED CERTIFICATE", true),
        ("CERTIFICATE REQUEST", true),
        ("X509 CRL", true),
        ("CRL", true),
        ("PKCS7", true),
        ("CERTIFICAT", true),
        ("MY CERTS", true),
        ("PRIVATE KEY", false),
        ("EC PARAMETERS", false),
        ("SOMETHING", false),
    ]);
    let harm = prop::sample::select(vec![
        "", "", "", "", "lower", "dash", "more", "before", "begin", "end", "mark", "spaces", "line",
    ]);
    prop::collection::vec((labels, harm), 1..6).prop_map(|all| {
        all.into_iter()
            .map(|((label, speaks), harm)| {
                let text = block(label, &[0x30, 0]);
                let text = match harm {
                    "lower" => text.to_lowercase(),
                    "dash" => text.replacen("-----", "----", 1),
                    "more" => text.replacen("-----", "------", 1),
                    "before" => format!("x {text}"),
                    "begin" => text.split_once('\n').unwrap().1.to_owned(),
                    "end" => text.rsplit_once("-----END").unwrap().0.to_owned(),
                    "mark" => format!("\u{feff}{text}"),
                    "spaces" => text.replace("BEGIN ", "BEGIN   "),
                    "line" => text.replace('\n', " ") + "\n",
                    _ => text,
                };
                Sample { text, speaks }
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (certificates(&bytes), lists(&bytes));
    }

    #[test]
    fn any_text_is_answered(
        text in "(-{4,6}(BEGIN|END|begin) (CERTIFICATE|X509 CRL|PRIVATE KEY|CERT)-{4,6}|[A-Za-z+/=]{0,12}|[ \n\r\"\\\\{]){0,12}",
    ) {
        let _ = (certificates(&text), lists(&text), certificates_from_pem(&text), crls_from_pem(&text));
    }

    /// Blocks in are blocks read and passed over, or the file is refused.
    #[test]
    fn no_block_is_lost(samples in samples()) {
        let text: String = samples.iter().map(|sample| sample.text.as_str()).collect();
        let speaking = samples.iter().filter(|sample| sample.speaks).count();
        for contents in [certificates(&text), lists(&text)].into_iter().flatten() {
            prop_assert_eq!(contents.blocks().len() + contents.passed_over().len(), speaking, "{}", text);
        }
        if let Ok(ders) = certificates_from_pem(&text) {
            prop_assert_eq!(ders.len(), speaking);
        }
    }
}
