use alloc::vec;

use proptest::prelude::*;

use super::*;
use crate::AlgId;

const SHA256: PcrBank = PcrBank {
    bank: AlgId::SHA256,
    mask: 0x0001_0001,
    map_bytes: 3,
};
const SHA1: PcrBank = PcrBank {
    bank: AlgId::SHA1,
    mask: 0b11,
    map_bytes: 3,
};

fn digests() -> [Vec<u8>; 4] {
    [vec![1; 20], vec![2; 20], vec![3; 32], vec![4; 32]]
}

/// As tpm2_quote writes them, with that many digests in each list.
fn serialized(per_list: usize) -> Vec<u8> {
    let mut out = 2_u32.to_le_bytes().to_vec();
    for bank in [SHA1, SHA256] {
        out.extend(bank.bank.value().to_le_bytes());
        out.push(3);
        out.extend(bank.mask.to_le_bytes());
        out.push(0);
    }
    out.resize(132, 0);
    let digests = digests();
    let lists: Vec<_> = digests.chunks(per_list).collect();
    out.extend(u32::try_from(lists.len()).unwrap().to_le_bytes());
    for list in lists {
        let end = out.len() + 532;
        out.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
        for digest in list {
            let start = out.len();
            out.extend(u16::try_from(digest.len()).unwrap().to_le_bytes());
            out.extend(digest);
            out.resize(start + 66, 0);
        }
        out.resize(end, 0);
    }
    out
}

fn wanted() -> [PcrSelection; 2] {
    [SHA1, SHA256].map(|bank| PcrSelection::of_bank(bank).unwrap())
}

fn text() -> String {
    let hex = |digest: &Vec<u8>| -> String { digest.iter().map(|b| format!("{b:02X}")).collect() };
    let [a, b, c, d] = &digests();
    format!(
        "quoted: ff54\r\npcrs:\n  sha1:\n    0 : 0x{}\n    1 : {}\n  sha256:\n    0 : 0x{}\n    16: 0x{}\ncalcDigest: 00\n",
        hex(a),
        hex(b).to_lowercase(),
        hex(c),
        hex(d)
    )
}

#[test]
fn the_three_forms_hold_the_same_values() {
    let concatenated = digests().concat();
    for (bytes, form) in [
        (serialized(8), PcrValuesForm::Serialized),
        (serialized(1), PcrValuesForm::Serialized),
        (concatenated, PcrValuesForm::Values),
        (text().into_bytes(), PcrValuesForm::Text),
    ] {
        let values = PcrValues::parse(&bytes, &[SHA1, SHA256]).unwrap();
        assert_eq!(values.form(), form);
        assert_eq!(values.of(&wanted()).unwrap(), digests());
        let own = values.selection();
        match form {
            PcrValuesForm::Values => assert_eq!(own, None),
            _ => assert_eq!(own.unwrap(), [SHA1, SHA256]),
        }
        let seven = PcrSelection::new(HashAlg::Sha256, &[0, 7, 8]).unwrap();
        let refused = values.of(&[seven]).unwrap_err();
        assert_eq!(refused.code(), Code::TpmPcrMissing);
        assert_eq!(refused.found_text(), "none of sha256:7,8");
    }
    // All zero, as after a reset: memory that was never written looks the same.
    let zero = PcrValues::parse(&[0; 104], &[SHA1, SHA256]).unwrap();
    assert_eq!(zero.form(), PcrValuesForm::Values);
}

#[test]
fn what_cannot_be_read_is_named() {
    let mut many = serialized(8);
    many[136] = 3;
    let mut twice = serialized(8);
    twice[12] = 4;
    let mut long = serialized(8);
    long[140] = 99;
    let odd = text().replace("16: 0x04", "16: 0x4");
    for (bytes, named) in [
        (many, "too few digests"),
        (twice, "twice"),
        (long, "more than 64 bytes"),
        (odd.into_bytes(), "not hexadecimal on line 8"),
        (text().replace("16:", "0:").into_bytes(), "second time"),
        (text().replace("16:", "32:").into_bytes(), "above 31"),
        (text().replace("0x04", "0x").into_bytes(), "another length"),
        (b"hello: you\n".to_vec(), "without a bank"),
        (b"{\"sha256\": {}}".to_vec(), "JSON"),
        (vec![7; 103], "103 bytes of another form"),
        (vec![0; 103], "103 bytes of another form"),
        (vec![], "nothing"),
        (vec![7; limits::PCR_FILE + 1], "bytes"),
    ] {
        let refused = PcrValues::parse(&bytes, &[SHA1, SHA256]).unwrap_err();
        assert_eq!(refused.code(), Code::TpmPcrFile);
        assert!(refused.found_text().contains(named), "{named}: {refused}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..1300)) {
        let _ = PcrValues::parse(&bytes, &[SHA1, SHA256]);
    }

    #[test]
    fn a_changed_byte_is_answered(at in 0_usize..668, with: u8) {
        let mut bytes = serialized(8);
        bytes[at] = with;
        if let Ok(values) = PcrValues::parse(&bytes, &[]) {
            prop_assert!(values.values.len() <= limits::PCR_VALUES);
        }
    }

    #[test]
    fn any_text_is_answered(text in "((sha1|sha256|x) ?:|[0-9]{1,2} ?: (0x)?[0-9a-fg]{0,64}|\\n| ){0,20}") {
        let _ = PcrValues::parse(text.as_bytes(), &[]);
    }
}
