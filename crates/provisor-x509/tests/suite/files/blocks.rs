//! What is read, and what is named as passed over.

use provisor_x509::file::ReadAs;
use provisor_x509::{Code, certificates_from_pem, crls_from_pem};

use super::sample::{block, certificates, der, ders, escaped, files, lists, refused, utf16};

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
            "Issuer: CN=END CERTIFICATE AUTHORITY\nsubject=O = END CERTIFICATE - BEGIN CRL, CN = x ---\nhere certificates begin\n{}{}",
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
        // Literals of C, one for each line.
        (
            both.lines()
                .map(|line| format!("    \"{line}\\n\"\n"))
                .collect::<String>()
                .into_bytes(),
            vec![ReadAs::Quoted, ReadAs::Escaped],
        ),
        (
            both.lines()
                .map(|line| format!("\"{line}\\r\\n\" +\n"))
                .collect::<String>()
                .into_bytes(),
            vec![ReadAs::Escaped],
        ),
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
