//! Attestations of every kind, read and written back; values that no TPM writes.

use super::*;

const KINDS: [(u16, &str); 8] = [
    (0x8014, "TPM_ST_ATTEST_NV"),
    (0x8015, "TPM_ST_ATTEST_COMMAND_AUDIT"),
    (0x8016, "TPM_ST_ATTEST_SESSION_AUDIT"),
    (0x8017, "TPM_ST_ATTEST_CERTIFY"),
    (0x8018, "TPM_ST_ATTEST_QUOTE"),
    (0x8019, "TPM_ST_ATTEST_TIME"),
    (0x801A, "TPM_ST_ATTEST_CREATION"),
    (0x801C, "TPM_ST_ATTEST_NV_DIGEST"),
];

/// An attestation of that kind as a TPM writes it.
fn sample(kind: u16) -> Vec<u8> {
    let mut writer = head(MAGIC, kind, NONCE);
    let (name, digest) = ([0x0B; 34], [0x11; 32]);
    match kind {
        0x8014 => writer.sized(&name).unwrap().u16(4).sized(b"contents"),
        0x8015 => {
            writer.u64(9).u16(0x000B).sized(&digest).unwrap();
            writer.sized(&digest)
        }
        0x8016 => writer.u8(1).sized(&digest),
        0x8017 => writer.sized(&name).unwrap().sized(&name),
        0x8018 => {
            writer.u32(2).u16(0x000B).u8(3).bytes(&[1, 2, 3]);
            writer.u16(0x0027).u8(4).bytes(&[0, 0, 0, 0x80]);
            writer.sized(&digest)
        }
        0x8019 => Ok(writer.u64(7).u64(1).u32(2).u32(3).u8(0).u64(4)),
        _ => writer.sized(&name).unwrap().sized(&digest),
    }
    .unwrap();
    writer.finish()
}

#[test]
fn every_kind_is_read_and_written_to_the_same_bytes() {
    for (kind, name) in KINDS {
        let bytes = sample(kind);
        let attest = Attest::parse(&bytes).unwrap();
        assert_eq!(attest.attested.kind(), name);
        assert_eq!(attest.extra_data, NONCE);
        assert_eq!(attest.to_bytes().unwrap(), bytes, "{name}");
        for length in 0..bytes.len() {
            let refused = Attest::parse(&bytes[..length]).unwrap_err();
            assert_eq!(refused.code(), Code::TpmTruncated, "{name} {length}");
        }
        let longer = [&bytes[..], &[0]].concat();
        let refused = Attest::parse(&longer).unwrap_err();
        assert_eq!(refused.code(), Code::TpmTrailingBytes, "{name}");
    }
    let unknown = sample(0x801B);
    assert_eq!(
        Attest::parse(&unknown).unwrap_err().code(),
        Code::TpmAttestType
    );
}

#[test]
fn another_kind_is_called_by_its_name_whatever_it_holds() {
    for (kind, name) in KINDS {
        if kind == QUOTE {
            continue;
        }
        let bytes = sample(kind);
        let selection = PcrSelection::new(HashAlg::Sha256, &[0]).unwrap();
        let refused = verify_quote(&ak(), &bytes, &sign(&bytes), &nonce(), selection, &[]);
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), Code::TpmAttestType);
        assert_eq!(refused.found_text(), name);
    }
}

#[test]
fn yes_and_no_are_one_and_zero() {
    // magic, type, the signer of 34 bytes, the nonce, clock and two counters.
    let safe = 4 + 2 + 36 + 2 + NONCE.len() + 16;
    for (at, bytes) in [
        (safe, good_quote()),
        (safe + 9, sample(0x8016)),
        (safe + 9 + 24, sample(0x8019)),
    ] {
        for value in 0..=u8::MAX {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            match Attest::parse(&bytes) {
                Ok(attest) => assert_eq!(attest.to_bytes().unwrap(), bytes),
                Err(refused) => assert_eq!(refused.code(), Code::TpmAttestValue),
            }
            assert_eq!(Attest::parse(&bytes).is_ok(), value < 2, "{value} at {at}");
        }
    }
}

#[test]
fn a_bit_map_has_three_or_four_bytes() {
    for (map, accepted) in [
        (&[][..], false),
        (&[0x83], false),
        (&[0x83, 0], false),
        (&[0x83, 0, 0], true),
        (&[0x83, 0, 0, 0], true),
        (&[0x83, 0, 0, 0x80], false),
        (&[0x83, 0, 0, 0, 0], false),
    ] {
        let quote = quote_of(MAGIC, QUOTE, NONCE, &[(0x000B, map)], &digest());
        let verdict = judge(&quote);
        assert_eq!(verdict.is_ok(), accepted, "{map:?}");
        assert!(matches!(verdict, Ok(_) | Err(Code::TpmPcrSelection)));
    }
    // A bank of no hash: nothing, AES, an unassigned number.
    for bank in [0x0010, 0x0006, 0xFFFF] {
        let quote = quote_of(MAGIC, QUOTE, NONCE, &[(bank, &[0x83, 0, 0])], &digest());
        assert_eq!(judge(&quote).unwrap_err(), Code::TpmPcrSelection);
    }
}

#[test]
fn fields_are_no_longer_than_their_type() {
    let long = quote_of(MAGIC, QUOTE, &[7; 67], &[BANK], &digest());
    assert_eq!(judge(&long).unwrap_err(), Code::TpmTooLong);
    let long = quote_of(MAGIC, QUOTE, NONCE, &[BANK], &[0; 65]);
    assert_eq!(judge(&long).unwrap_err(), Code::TpmTooLong);
}

#[test]
fn signatures_are_written_to_the_same_bytes() {
    let ecdsa = sign(b"message");
    let rsa = [&[0, 0x16, 0, 0x0C, 1, 0][..], &[7; 256]].concat();
    for bytes in [ecdsa, rsa] {
        let signature = Signature::parse(&bytes).unwrap();
        assert_eq!(signature.to_bytes().unwrap(), bytes);
    }
}

#[test]
fn quotes_over_several_banks_are_judged_bank_by_bank() {
    let (first, second) = ([0xA0; 20], [[0xB0; 32], [0xB1; 32]]);
    let values: [&[u8]; 3] = [&first, &second[0], &second[1]];
    let digest = HashAlg::Sha256.digest(&values);
    let banks: [(u16, &[u8]); 2] = [(0x0004, &[1, 0, 0]), (0x000B, &[0, 3, 0])];
    let quote = quote_of(MAGIC, QUOTE, NONCE, &banks, digest.as_ref());
    let signature = sign(&quote);
    let judge = |selections: &[PcrSelection], values: &[&[u8]]| {
        verify_quote_of_banks(&ak(), &quote, &signature, &nonce(), selections, values)
            .map_err(|r| r.code())
    };
    let sha1 = PcrSelection::new(HashAlg::Sha1, &[0]).unwrap();
    let sha256 = PcrSelection::new(HashAlg::Sha256, &[8, 9]).unwrap();
    let verified = judge(&[sha1, sha256], &values).unwrap();
    assert_eq!(verified.selections(), [sha1, sha256]);
    for wrong in [
        &[][..],
        &[sha1],
        &[sha256],
        &[sha256, sha1],
        &[sha1, sha256, sha256],
    ] {
        assert_eq!(judge(wrong, &values), Err(Code::TpmPcrSelection));
    }
    let more = [values[0], values[1], values[2], values[2]];
    // The same bytes in all, cut elsewhere.
    let joined = [&first[..], &second[0][..12]].concat();
    let moved = [&joined[..], &second[0][12..], &second[1]];
    for wrong in [&values[..2], &values[1..], &more, &moved] {
        assert_eq!(judge(&[sha1, sha256], wrong), Err(Code::TpmPcrDigest));
    }
    let swapped = [values[0], values[2], values[1]];
    assert_eq!(judge(&[sha1, sha256], &swapped), Err(Code::TpmPcrDigest));
    let empty = quote_of(
        MAGIC,
        QUOTE,
        NONCE,
        &[],
        HashAlg::Sha256.digest(&[]).as_ref(),
    );
    let signature = sign(&empty);
    let refused = verify_quote_of_banks(&ak(), &empty, &signature, &nonce(), &[], &[]);
    assert_eq!(refused.unwrap_err().code(), Code::TpmPcrSelection);
}
