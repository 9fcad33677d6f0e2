//! Damage refuses a file with its place, and no block is lost.

use proptest::prelude::*;
use provisor_x509::file::{self, Wanted};
use provisor_x509::{Code, certificates_from_pem, crls_from_pem};

use super::sample::{block, certificates, der, ders, files, lists, refused, utf16};

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
        (begin, "-----BEGIN"),
        (begin, "-----BEGIN \nCERTIFICATE-----"),
        (begin, "-----BEGIN CERTI\nFICATE-----"),
        (begin, "-----BEGIN X50\n9 CERTIFICATE-----"),
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
    let text = format!("{}{}", f.leaf.trim_end(), f.ca.strip_prefix('-').unwrap());
    refused(certificates(text), Code::X509Armour, &["hyphens"]);
    // Both lines lost, or a label of one's own.
    let bare: String =
        f.ca.lines()
            .filter(|line| !line.starts_with('-'))
            .map(|line| format!("{line}\n"))
            .collect();
    refused(
        certificates(format!("{}\n{bare}", f.leaf)),
        Code::X509Armour,
        &["outside of a block"],
    );
    refused(
        lists(format!("{}\n{bare}", f.list)),
        Code::X509Armour,
        &["outside of a block"],
    );
    let own = f.ca.replace("CERTIFICATE", "INTERMEDIATE");
    refused(
        certificates(format!("{}{own}", f.leaf)),
        Code::X509Armour,
        &["a certificate under the label INTERMEDIATE"],
    );
    let own = f.list.replace("X509 CRL", "REVOKED");
    refused(
        lists(format!("{}{own}", f.list)),
        Code::X509Armour,
        &["under the label REVOKED"],
    );
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

/// What stands beside the blocks in another form is a certificate or a list all the same: a newer list,
/// or the device's own certificate, would be lost.
#[test]
fn what_is_in_no_block_is_not_lost() {
    let f = files();
    let url = |text: &str| text.replace('+', "-").replace('/', "_").replace('=', "");
    let hexadecimal = |der: &[u8], between: &str| {
        let digits: Vec<_> = der.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.join(between)
    };
    let dump = |der: &[u8]| {
        let line = |(index, bytes): (usize, &[u8])| {
            let offset = index * 16;
            format!("{offset:08x}: {}  ....\n", hexadecimal(bytes, " "))
        };
        der.chunks(16).enumerate().map(line).collect::<String>()
    };
    let base64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
    for (block, beside, read) in [
        (&f.list, &f.second_list, lists as fn(String) -> _),
        (&f.leaf, &f.ca, certificates),
    ] {
        let bytes = der(beside);
        for form in [
            format!("{}\n", base64(&bytes)),
            format!("{}\n", base64(beside.as_bytes())),
            format!("crl: {}\n", base64(&bytes)),
            format!("json {{\"crl\": \"{}\"}}\n", url(&base64(&bytes))),
            format!("xml <X509CRL>{}</X509CRL>\n", base64(&bytes)),
            format!("{}\n", hexadecimal(&bytes, "")),
            format!("{}\n", hexadecimal(&bytes, ":").to_uppercase()),
            format!("0x{}\n", hexadecimal(&bytes, ", 0x")),
            dump(&bytes),
        ] {
            let words = ["outside of a block, which begins as"];
            refused(read(format!("{form}{block}")), Code::X509Armour, &words);
            refused(read(format!("{block}{form}")), Code::X509Armour, &words);
        }
        for label in ["PRIVATE KEY", "PUBLIC KEY", "EC PARAMETERS", "DELTA", ""] {
            let own = beside
                .replace("X509 CRL", label)
                .replace("CERTIFICATE", label);
            for own in [own.clone(), url(&own).replace("_____", "-----")] {
                let words = [&*format!("under the label {label}")];
                refused(read(format!("{own}{block}")), Code::X509Armour, &words);
                refused(read(format!("{block}{own}")), Code::X509Armour, &words);
            }
        }
    }
    let both = [f.list.as_bytes(), &der(&f.second_list)].concat();
    refused(lists(&both), Code::X509Form, &["from line", "DER", "list"]);
    let both = [&der(&f.second_list), f.list.as_bytes()].concat();
    let rejection = provisor_x509::Crl::from_der(&both).unwrap_err();
    assert_eq!(rejection.code(), Code::X509TrailingBytes, "{rejection}");
    assert!(rejection.found_text().contains("PEM text"), "{rejection}");
}

/// Files put together that were saved in different ways.
#[test]
fn encodings_put_together_lose_no_block() {
    let f = files();
    let (leaf, ca) = (f.leaf.as_bytes(), f.ca.as_bytes());
    for mark in [true, false] {
        for big in [true, false] {
            let wide = utf16(&f.ca, mark, big);
            refused(
                certificates([leaf, &wide].concat()),
                Code::X509Armour,
                &["UTF-16"],
            );
            refused(
                certificates([&wide, leaf].concat()),
                Code::X509Form,
                &["put together"],
            );
            let damaged = f.leaf.replace("-----", "----");
            refused(
                certificates([&wide, damaged.as_bytes()].concat()),
                Code::X509Form,
                &["put together"],
            );
            let shifted = [&wide[..], b"\n", &utf16(&f.leaf, false, big)].concat();
            refused(certificates(shifted), Code::X509Form, &["put together"]);
            let other = [&wide[..], &utf16(&f.leaf, false, !big)].concat();
            refused(certificates(other), Code::X509Form, &["put together"]);
            // Two of one kind are one.
            let both = [&wide[..], &utf16(f.leaf.trim_end(), mark, big), &wide].concat();
            assert_eq!(certificates(both).unwrap().blocks().len(), 3);
        }
    }
    let wide = String::from_utf8(utf16(&f.ca, false, false)).unwrap();
    let alone = certificates_from_pem(&wide).unwrap_err();
    assert!(alone.to_string().contains("UTF-16"), "{alone}");
    let before = certificates_from_pem(&format!("{wide}{}", f.leaf)).unwrap_err();
    assert_eq!(before.code(), Code::X509Form);
    let marked = [leaf, b"\xef\xbb\xbf", ca].concat();
    assert_eq!(certificates(marked).unwrap().blocks().len(), 2);
    let joined = [f.leaf.trim_end().as_bytes(), b"\xef\xbb\xbf", ca].concat();
    assert_eq!(certificates(joined).unwrap().blocks().len(), 2);
    let text = String::from_utf8([leaf, &utf16(&f.ca, false, false)].concat()).unwrap();
    assert_eq!(
        certificates_from_pem(&text).unwrap_err().code(),
        Code::X509Armour
    );
    for hidden in [
        "\u{200b}",
        "\0",
        "\u{7f}",
        "\u{ad}",
        "\u{2060}",
        "\u{1b}[0m",
    ] {
        let text = format!(
            "{}{}",
            f.leaf,
            f.ca.replace("BEGIN CERT", &format!("BE{hidden}GIN CERT"))
        );
        assert_eq!(
            certificates(&text).unwrap_err().code(),
            Code::X509Armour,
            "{hidden:?}"
        );
    }
    // A letter of another alphabet that looks the same.
    let text = f.ca.replace("BEGIN C", "BEGIN \u{421}");
    assert_eq!(
        certificates(format!("{}{text}", f.leaf))
            .unwrap_err()
            .code(),
        Code::X509Armour
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

#[test]
fn a_block_of_a_quoted_mail_is_refused_with_the_command_that_strips_it() {
    let block = files().leaf;
    for mark in ["> ", ">", "> > ", "| ", ">>"] {
        let quoted: String = block
            .lines()
            .map(|line| format!("{mark}{line}\n"))
            .collect();
        for text in [
            quoted.clone(),
            format!("On Monday somebody wrote:\n{quoted}"),
        ] {
            refused(
                certificates(text),
                Code::X509Armour,
                &["quoted mail", r"sed 's/^[>| ]*//'"],
            );
        }
        let stripped: String = quoted
            .lines()
            .map(|line| format!("{}\n", line.trim_start_matches(['>', '|', ' '])))
            .collect();
        assert_eq!(certificates(stripped).unwrap().blocks().len(), 1);
    }
}
