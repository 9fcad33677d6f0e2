//! Files of certificates and lists.

use provisor::x509::file::{self, ReadAs, Wanted};
use provisor::x509::{certificates_from_pem, crls_from_pem};

/// Any bytes as a file. What is read has a place in it; every exact BEGIN that speaks of a
/// certificate or a list is read, named as passed over, or refuses the file; the two functions for
/// text read what the reader of files reads.
pub fn file(data: &[u8]) {
    for wanted in [Wanted::Certificates, Wanted::Lists] {
        match file::read(data, wanted) {
            Ok(contents) => {
                assert!(!contents.blocks().is_empty());
                assert!(
                    contents
                        .blocks()
                        .iter()
                        .all(|block| !block.der().is_empty())
                );
                let is_text = contents.blocks().iter().all(|block| block.line().is_some());
                if is_text && !contents.read_as().contains(&ReadAs::Utf16) {
                    let found = contents.blocks().len() + contents.passed_over().len();
                    assert_eq!(
                        found,
                        begins(&String::from_utf8_lossy(data)),
                        "a block is lost"
                    );
                }
            }
            Err(unreadable) => {
                let text = unreadable.to_string();
                assert!(!text.contains('\n'));
                assert!(text.len() < 1_500, "{} bytes of message", text.len());
            }
        }
    }
    if let Ok(text) = str::from_utf8(data) {
        same(text, certificates_from_pem(text).ok(), Wanted::Certificates);
        same(text, crls_from_pem(text).ok(), Wanted::Lists);
    }
}

fn same(text: &str, ders: Option<Vec<Vec<u8>>>, wanted: Wanted) {
    let Some(ders) = ders else {
        return;
    };
    let contents = file::read(text.as_bytes(), wanted).expect("text that was read before");
    assert!(contents.passed_over().is_empty());
    let blocks: Vec<&[u8]> = contents.blocks().iter().map(|block| block.der()).collect();
    assert_eq!(blocks, ders);
}

/// The BEGIN lines that speak of certificates or lists, counted as a reader of a few lines would.
fn begins(text: &str) -> usize {
    text.split("-----BEGIN ")
        .skip(1)
        .filter_map(|rest| rest.split_once("-----"))
        .filter(|(label, _)| {
            ["CERT", "CRL", "PKCS7", "CMS"]
                .iter()
                .any(|word| label.contains(word))
        })
        .count()
}
