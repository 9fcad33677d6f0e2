//! What the tests of files share: files, and how they are read.

use provisor_testkit::pki::CrlBuilder;
use provisor_x509::file::{self, Contents, Wanted};
use provisor_x509::{Code, Rejection};

use crate::world::World;

/// A leaf and its CA, and two lists, as PEM.
pub(super) struct Files {
    pub(super) leaf: String,
    pub(super) ca: String,
    pub(super) list: String,
    pub(super) second_list: String,
}

pub(super) fn files() -> Files {
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

pub(super) fn block(label: &str, der: &[u8]) -> String {
    let base64 = data_encoding::BASE64.encode(der);
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

pub(super) fn certificates(bytes: impl AsRef<[u8]>) -> Result<Contents, Rejection> {
    Ok(file::read(bytes.as_ref(), Wanted::Certificates)?)
}

pub(super) fn lists(bytes: impl AsRef<[u8]>) -> Result<Contents, Rejection> {
    Ok(file::read(bytes.as_ref(), Wanted::Lists)?)
}

pub(super) fn ders(contents: &Contents) -> Vec<&[u8]> {
    contents.blocks().iter().map(|block| block.der()).collect()
}

pub(super) fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    data_encoding::BASE64.decode(base64.as_bytes()).unwrap()
}

/// Refused with that code, and words of the message.
#[track_caller]
pub(super) fn refused(result: Result<Contents, Rejection>, code: Code, words: &[&str]) {
    let rejection = result.unwrap_err();
    let text = rejection.to_string();
    assert_eq!(rejection.code(), code, "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in {text}");
    }
    assert!(!text.contains('\n'), "{text}");
}

pub(super) fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
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

pub(super) fn escaped(text: &str) -> String {
    text.replace('\n', "\\n")
}
