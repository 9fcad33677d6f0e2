//! Signatures that are not in the form of their algorithm: refused as that, with what was found.

use provisor_testkit::asn1;
use provisor_testkit::pki::{Authority, CrlBuilder, IssuedCertificate, IssuedCrl, KeyKind};
use provisor_x509::Code;

use crate::crl_world::{CrlWorld, Revocation};
use crate::world::{Chain, device};

/// The next element of DER: header, contents, the whole, what follows.
fn element(der: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (header, length) = match der[1] {
        short @ ..=0x7f => (2, usize::from(short)),
        0x81 => (3, usize::from(der[2])),
        _ => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
    };
    let end = header + length;
    (&der[header..end], &der[..end], &der[end..])
}

/// What a CA signed, with another BIT STRING as its signature, made from the signature's bytes.
fn with_bits(der: &[u8], change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (_, tbs, rest) = element(element(der).0);
    let (_, algorithm, rest) = element(rest);
    let signature = &element(rest).0[1..];
    asn1::sequence(&[tbs, algorithm, &change(signature)])
}

fn with_signature(der: &[u8], change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    with_bits(der, |signature| asn1::bit_string(&change(signature)))
}

/// r and s as an ECDSA-Sig-Value has them.
fn numbers(signature: &[u8]) -> [Vec<u8>; 2] {
    let (r, _, rest) = element(element(signature).0);
    [r.to_vec(), element(rest).0.to_vec()]
}

fn value(r: &[u8], s: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::tlv(asn1::INTEGER, r), &asn1::tlv(asn1::INTEGER, s)])
}

/// The number in as many bytes as the curve has.
fn padded(number: &[u8], bytes: usize) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = &number[zeros..];
    [&vec![0; bytes - digits.len()][..], digits].concat()
}

/// Another signature, made of the one that is right.
type Change = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// The same where it lives no longer than the test.
type ChangeRef<'c> = &'c dyn Fn(&[u8]) -> Vec<u8>;

/// Ways of miswriting an ECDSA signature, with words of what is said about each.
fn misformed_ecdsa(bytes: usize) -> Vec<(Change, &'static str)> {
    vec![
        (
            Box::new(|signature| {
                let [r, s] = numbers(signature);
                value(&[&[0][..], &r].concat(), &s)
            }),
            "an r with leading zero bytes",
        ),
        (
            Box::new(|signature| {
                let [r, s] = numbers(signature);
                value(&r, &[&[0, 0][..], &s].concat())
            }),
            "an s with leading zero bytes",
        ),
        (
            Box::new(|signature| {
                let [_, s] = numbers(signature);
                value(&[0x80, 1], &s)
            }),
            "a negative r",
        ),
        (
            Box::new(|signature| value(&numbers(signature)[0], &[0xff])),
            "a negative s",
        ),
        (
            Box::new(|signature| value(&[0], &numbers(signature)[1])),
            "an r of zero",
        ),
        (
            Box::new(|signature| value(&numbers(signature)[0], &[])),
            "an s without a byte",
        ),
        (
            Box::new(move |signature| {
                let [r, s] = numbers(signature);
                [padded(&r, bytes), padded(&s, bytes)].concat()
            }),
            "r and s bare",
        ),
        (
            Box::new(|signature| [signature, &[0]].concat()),
            "bytes after the end",
        ),
        (
            Box::new(|signature| {
                let (inside, _, _) = element(signature);
                asn1::sequence(&[inside, &[5, 0]])
            }),
            "something else than r and s",
        ),
        (Box::new(asn1::octet_string), "inside an OCTET STRING"),
        (Box::new(asn1::bit_string), "inside a second BIT STRING"),
        (Box::new(|_| Vec::new()), "no byte"),
        (
            Box::new(|signature| {
                signature
                    .iter()
                    .flat_map(|b| format!("{b:02x}").into_bytes())
                    .collect()
            }),
            "text",
        ),
    ]
}

#[track_caller]
fn refused(chain: &Chain, words: &str) {
    let rejection = chain.rejection();
    assert_eq!(
        rejection.code(),
        Code::X509SignatureForm,
        "{words}: {rejection}"
    );
    assert!(
        rejection.found_text().contains(words),
        "{words}: {rejection}"
    );
    let text = rejection.to_string();
    assert!(text.contains("certificate 0 (CN=d)"), "{text}");
    assert!(
        !text.contains("changed") && !text.contains("did not make"),
        "{text}"
    );
}

#[test]
fn ecdsa_signatures_are_ecdsa_sig_value() {
    for (kind, bytes) in [(KeyKind::P256, 32), (KeyKind::P384, 48)] {
        let root = Authority::root("Root", kind, 1);
        for leaf in [
            device("d").issued_by(&root),
            device("d").without_authority_key_id().issued_by(&root),
        ] {
            let mut chain = Chain::new(&leaf, &[], &[&root.certificate]);
            chain.accepted();
            for (change, words) in misformed_ecdsa(bytes) {
                chain.leaf = with_signature(leaf.der(), change);
                refused(&chain, words);
            }
        }
    }
}

#[test]
fn the_form_of_an_issuers_signature_is_said_of_the_issuer() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let ca = root.issuing_ca("CA", KeyKind::P256, 1, None);
    let leaf = device("d").issued_by(&ca);
    let bare = with_signature(ca.certificate.der(), |signature| {
        let [r, s] = numbers(signature);
        [padded(&r, 32), padded(&s, 32)].concat()
    });
    let bare = IssuedCertificate::from_der(bare);
    let rejection = Chain::new(&leaf, &[&bare], &[&root.certificate]).rejection();
    assert_eq!(rejection.code(), Code::X509SignatureForm, "{rejection}");
    assert!(rejection.to_string().contains("certificate 1 (CN=CA)"));
}

#[test]
fn rsa_signatures_are_as_long_as_the_modulus() {
    let root = Authority::root("Root", KeyKind::Rsa2048, 1);
    let leaf = device("d").issued_by(&root);
    let mut chain = Chain::new(&leaf, &[], &[&root.certificate]);
    chain.accepted();
    let cases: [(ChangeRef<'_>, &str); 7] = [
        (
            &|signature| [&[0][..], signature].concat(),
            "one zero byte more",
        ),
        (&|signature| signature[1..].to_vec(), "too few bytes"),
        (&|signature| signature[2..].to_vec(), "too few bytes"),
        (&|signature| signature[..250].to_vec(), "so many bytes: 250"),
        (
            &|signature| [signature, &[0]].concat(),
            "so many bytes: 257",
        ),
        (&|signature| asn1::octet_string(signature), "OCTET STRING"),
        (&|signature| asn1::unsigned(signature), "as an INTEGER"),
    ];
    for (change, words) in cases {
        chain.leaf = with_signature(leaf.der(), change);
        refused(&chain, words);
    }
    // As long as another CA's modulus: that one's signature, unless the key identifiers say no.
    let longer = |leaf: &IssuedCertificate| {
        let der = with_signature(leaf.der(), |signature| signature.repeat(2));
        Chain::new(&IssuedCertificate::from_der(der), &[], &[&root.certificate])
    };
    refused(&longer(&leaf), "so many bytes: 512");
    let without = device("d").without_authority_key_id().issued_by(&root);
    longer(&without).refused(Code::X509SignatureWrong);
    // A signature of the right length that is wrong is just that.
    chain.leaf = with_signature(leaf.der(), |signature| vec![signature[0] & 0x7f; 256]);
    chain.refused(Code::X509SignatureWrong);
}

#[test]
fn ed25519_signatures_are_64_bytes_and_reduced() {
    let root = Authority::root("Root", KeyKind::Ed25519, 1);
    let leaf = device("d").issued_by(&root);
    let mut chain = Chain::new(&leaf, &[], &[&root.certificate]);
    chain.accepted();
    let cases: [(ChangeRef<'_>, &str); 5] = [
        (&|signature| signature[..63].to_vec(), "so many bytes: 63"),
        (&|signature| [signature, &[0]].concat(), "so many bytes: 65"),
        (&|signature| asn1::octet_string(signature), "OCTET STRING"),
        (&|_| Vec::new(), "so many bytes: 0"),
        // The same number plus the order: the signature that malleability would make.
        (
            &|signature| [&signature[..32], &[0xff; 32]].concat(),
            "not below the order",
        ),
    ];
    for (change, words) in cases {
        chain.leaf = with_signature(leaf.der(), change);
        refused(&chain, words);
    }
}

#[test]
fn the_bits_of_a_signature_are_whole_bytes() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let leaf = device("d").issued_by(&root);
    let mut chain = Chain::new(&leaf, &[], &[&root.certificate]);
    for (bits, words) in [
        (4_u8, "4 unused bits"),
        // The first byte was forgotten.
        (0x30, "without the first byte"),
    ] {
        chain.leaf = with_bits(leaf.der(), |signature| {
            let first: &[u8] = if bits == 0x30 { &[] } else { &[4] };
            asn1::tlv(asn1::BIT_STRING, &[first, signature].concat())
        });
        let rejection = chain.rejection();
        assert_eq!(rejection.code(), Code::X509SignatureForm, "{rejection}");
        assert!(rejection.found_text().contains(words), "{rejection}");
    }
}

#[test]
fn lists_have_a_code_of_their_own_for_it() {
    let w = CrlWorld::new();
    let list = CrlBuilder::new().signed_by(&w.world.ca);
    let judge = |der: Vec<u8>| -> Revocation { w.with(&[&IssuedCrl::from_der(der)]) };
    judge(list.der().to_vec()).accepted();
    for (change, words) in misformed_ecdsa(32) {
        let rejection =
            judge(with_signature(list.der(), change)).refused(Code::X509CrlSignatureForm);
        assert!(
            rejection.found_text().contains(words),
            "{words}: {rejection}"
        );
        assert!(rejection.remedy_text().contains("next list"), "{rejection}");
    }
    // One that has its form and is wrong stays what it was.
    let wrong = with_signature(list.der(), |signature| {
        let [r, _] = numbers(signature);
        value(&r, &[1])
    });
    judge(wrong).refused(Code::X509CrlSignature);
}
