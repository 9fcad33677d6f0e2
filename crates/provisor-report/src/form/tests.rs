use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::Form;

const BYTES: [u8; 20] = [
    0x30, 0x82, 0x02, 0xa6, 0x30, 0x82, 0x02, 0x4c, 0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x10, 0x40,
    0xfb, 0xff, 0x00, 0x7f,
];
const BASE64: &str = "MIICpjCCAkygAwIBAgIQQPv/AH8=";

fn hex(between: &str) -> String {
    let digits: Vec<String> = BYTES.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(between)
}

fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn texts_of_bytes_are_told_and_read() {
    for (text, form) in [
        (hex(""), Form::Hexadecimal),
        (hex("").to_uppercase(), Form::Hexadecimal),
        (hex(":"), Form::Hexadecimal),
        (hex(" "), Form::Hexadecimal),
        (hex("-"), Form::Hexadecimal),
        (format!("0x{}\n", hex("")), Form::Hexadecimal),
        (format!("0x{}", hex(", 0x")), Form::Hexadecimal),
        (format!("\\x{}", hex("\\x")), Form::Hexadecimal),
        (format!("\u{feff}{}", hex("")), Form::Hexadecimal),
        (format!("uint8_t cert[] = {{ 0x{} }};\n", hex(", 0x")), Form::ByteArray),
        (format!("{{0x{}}}", hex(",0x")), Form::ByteArray),
        (
            "00000000: 3082 02a6 3082 024c a003 0201 0202 1040  0...0..L.......@\n00000010: fbff 007f                                ....\n".into(),
            Form::Hexdump,
        ),
        (
            "00000000  30 82 02 a6 30 82 02 4c  a0 03 02 01 02 02 10 40  |0...0..L.......@|\n00000010  fb ff 00 7f                                       |....|\n00000014\n".into(),
            Form::Hexdump,
        ),
        (
            "0000000 30 82 02 a6 30 82 02 4c a0 03 02 01 02 02 10 40\n0000020 fb ff 00 7f\n0000024\n".into(),
            Form::Hexdump,
        ),
        (
            "   Label: leaf.der\n\n          Offset Bytes                                           Ascii\n                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n          ------ ----------------------------------------------- -----\n0000000000000000 30 82 02 A6 30 82 02 4C A0 03 02 01 02 02 10 40 0...\n0000000000000010 FB FF 00 7F ....\n".into(),
            Form::Hexdump,
        ),
        (
            "0000000 8230 a602 8230 4c02 03a0 0102 0202 4010\n0000010 fffb 7f00\n0000014\n".into(),
            Form::WordDump,
        ),
        (format!("[{}]", hex(" ")), Form::Hexadecimal),
        (format!("<{}>", hex(" ")), Form::Hexadecimal),
        (format!("[]byte{{0x{}}}", hex(", 0x")), Form::ByteArray),
        (
            format!("{BYTES:?}"),
            Form::NumberArray,
        ),
        (
            BYTES.map(|byte| format!("{}", byte.cast_signed())).join(", "),
            Form::NumberArray,
        ),
        (
            format!("b'\\x{}'\n", hex("\\x")),
            Form::PythonBytes,
        ),
        (BASE64.into(), Form::Base64),
        (format!("{BASE64}\n"), Form::Base64),
        (BASE64.replace('/', "_"), Form::Base64Url),
        (BASE64.replace('/', "_").replace('=', ""), Form::Base64Url),
        (format!("\"{BASE64}\""), Form::Quoted),
    ] {
        assert_eq!(Form::of(text.as_bytes()), Some(form), "{text}");
        let content = form.content(text.as_bytes()).unwrap();
        match form {
            Form::Quoted => assert_eq!(content, BASE64.as_bytes()),
            _ => assert_eq!(content, BYTES, "{text}"),
        }
    }
}

#[test]
fn pem_is_told_in_every_wrapping() {
    let pem = format!("-----BEGIN CERTIFICATE-----\n{BASE64}\n-----END CERTIFICATE-----\n");
    let escaped = pem.replace('\n', "\\n");
    let plus = pem
        .replace('+', "%2B")
        .replace(' ', "+")
        .replace('\n', "%0A");
    let percent = pem
        .replace(' ', "%20")
        .replace('\n', "%0A")
        .replace('=', "%3D");
    for (bytes, form, content) in [
        (pem.clone().into_bytes(), Form::Pem, None),
        (
            format!("\u{feff}Bag Attributes\r\n{pem}").into_bytes(),
            Form::Pem,
            None,
        ),
        (
            [b"subject=CN=M\xfcller\n", pem.as_bytes()].concat(),
            Form::Pem,
            None,
        ),
        ([pem.as_bytes(), b"\0"].concat(), Form::Pem, None),
        (escaped.clone().into_bytes(), Form::Escaped, Some(&pem)),
        (
            format!("\"{escaped}\"").into_bytes(),
            Form::Quoted,
            Some(&pem),
        ),
        (
            format!("b'{escaped}'\n").into_bytes(),
            Form::Quoted,
            Some(&pem),
        ),
        (percent.into_bytes(), Form::PercentEncoded, Some(&pem)),
        (plus.into_bytes(), Form::PercentEncoded, Some(&pem)),
        (utf16(&pem, true, false), Form::Utf16, Some(&pem)),
        (utf16(&pem, true, true), Form::Utf16, Some(&pem)),
        (utf16(&pem, false, false), Form::Utf16, Some(&pem)),
        (utf16(&pem, false, true), Form::Utf16, Some(&pem)),
    ] {
        assert_eq!(
            Form::of(&bytes),
            Some(form),
            "{:?}",
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(
            form.content(&bytes).as_deref(),
            content.map(String::as_bytes)
        );
    }
}

#[test]
fn other_files_are_told() {
    for (bytes, form) in [
        (&b""[..], Form::Empty),
        (b" \r\n", Form::Empty),
        (&[0; 40], Form::Unwritten),
        (&[0xff; 40], Form::Unwritten),
        (
            b"{\"pubhash\":\"AAAA\",\"certificate\":\"MIIC\"}",
            Form::Json,
        ),
        (b"\xef\xbb\xbf[\n {\"certificate\":\"MIIC\"}]", Form::Json),
        (b"[48, 130, 2, 166]", Form::NumberArray),
        (b"[[1, 2], 3]", Form::Json),
        (b"[]", Form::Json),
        (
            b"0000000 101060 124402 101060 046002\n0000010\n",
            Form::DigitDump,
        ),
        (b"0000000 060 202 002 246 060\n", Form::DigitDump),
        (
            b"00000000: 00110000 10000010 00000010 10100110  0...\n",
            Form::DigitDump,
        ),
        (b"<3 you", Form::Text),
        (b"<!DOCTYPE html>\n<title>Sign in</title>", Form::Html),
        (
            b"<?xml version=\"1.0\"?><X509Certificate>MIIC</X509Certificate>",
            Form::Xml,
        ),
        (b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ me@here", Form::Ssh),
        (b"PuTTY-User-Key-File-3: ssh-ed25519\n", Form::Putty),
        (b"\x1f\x8b\x08\0\0\0\0\0", Form::Gzip),
        (b"PK\x03\x04\x14\0", Form::Zip),
        (b"BZh91AY&SY", Form::Bzip2),
        (b"\xfd7zXZ\0", Form::Xz),
        (b"hello", Form::Text),
        (b"deadbeef", Form::Text),
        (b"subject: this is no certificate at all", Form::Text),
        (b"404: Not Found", Form::Text),
    ] {
        assert_eq!(
            Form::of(bytes),
            Some(form),
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn structures_are_no_text() {
    let tpm2b = [
        0x00, 0x5a, 0x00, 0x23, 0x00, 0x0b, 0x00, 0x03, 0x00, 0xb2, 0x00, 0x20,
    ];
    for bytes in [
        &BYTES[..],
        &tpm2b,
        &[0x30, 0x03, 0x02, 0x01, 0x05],
        &[0x30, 0x80, 0, 0],
    ] {
        assert_eq!(Form::of(bytes), None, "{bytes:02x?}");
    }
}

#[test]
fn every_form_says_what_helps() {
    let forms = [
        Form::Empty,
        Form::Unwritten,
        Form::Utf16,
        Form::Pem,
        Form::Escaped,
        Form::PercentEncoded,
        Form::Quoted,
        Form::Json,
        Form::Html,
        Form::Xml,
        Form::Ssh,
        Form::Putty,
        Form::Hexdump,
        Form::WordDump,
        Form::DigitDump,
        Form::NumberArray,
        Form::PythonBytes,
        Form::ByteArray,
        Form::Hexadecimal,
        Form::Base64,
        Form::Base64Url,
        Form::Gzip,
        Form::Bzip2,
        Form::Xz,
        Form::Zip,
        Form::Text,
    ];
    for form in forms {
        for text in [form.found(), form.remedy()] {
            assert!(
                text.len() >= 8 && !text.contains('\n') && !text.ends_with('.'),
                "{form:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Some(form) = Form::of(&bytes) {
            let _ = form.content(&bytes);
        }
    }

    #[test]
    fn any_text_has_a_form(text in "[-0-9a-fxA-F+/=_:,\\\\ \n{}\"]{1,80}") {
        let form = Form::of(text.as_bytes()).unwrap();
        let _ = form.content(text.as_bytes());
    }

    #[test]
    fn bytes_come_back_from_their_texts(bytes in proptest::collection::vec(any::<u8>(), 24..80)) {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        prop_assert_eq!(Form::Hexadecimal.content(digits.as_bytes()), Some(bytes.clone()));
        prop_assert!(matches!(
            Form::of(digits.as_bytes()),
            Some(Form::Hexadecimal)
        ));
    }
}
