//! Seeds of the target `file`: files as people have them.

use provisor_testkit::pki::{CrlBuilder, KeyKind, ToyPki};

use super::made::Seeds;

pub(super) fn files(seeds: &mut Seeds) {
    let pki = ToyPki::new(1);
    let device = pki.device("line-7-0001", KeyKind::P256).certificate;
    let (leaf, ca) = (device.pem(), pki.intermediate.certificate.pem());
    let list = |number| {
        CrlBuilder::new()
            .number(number)
            .signed_by(&pki.intermediate)
            .pem()
    };
    let other = |label: &str| format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n");
    let hexadecimal: String = device
        .der()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let utf16: Vec<u8> = leaf.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(device.der().len()).unwrap_or_default();
    let octets = [&[4, 0x82][..], &length.to_be_bytes(), device.der()].concat();
    let mut add = |name: &str, bytes: &[u8]| seeds.add("file", name, bytes);
    add("chain", format!("{leaf}{ca}").as_bytes());
    add(
        "bundle",
        format!(
            "Bag Attributes\n{}{leaf}{}{ca}{}",
            other("PRIVATE KEY"),
            other("CERTIFICATE REQUEST"),
            list(1)
        )
        .as_bytes(),
    );
    add("lists", format!("{}{}", list(2), list(1)).as_bytes());
    add("trusted", other("TRUSTED CERTIFICATE").as_bytes());
    add("mark", format!("\u{feff}{leaf}").as_bytes());
    add(
        "escaped",
        format!("\"{}\"", leaf.replace('\n', "\\n")).as_bytes(),
    );
    add(
        "one-line",
        format!("{leaf}{ca}").replace('\n', " ").as_bytes(),
    );
    add("utf-16", &utf16);
    add("octet-string", &octets);
    add("hexadecimal", hexadecimal.as_bytes());
    add(
        "json",
        format!("{{\"certificate\": \"{}\"}}", leaf.replace('\n', "\\n")).as_bytes(),
    );
    add(
        "two-byte-size",
        &[&length.to_be_bytes()[..], device.der()].concat(),
    );
}
