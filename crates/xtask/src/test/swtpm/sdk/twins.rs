//! The negative twins of a good blob: for other keys, with a changed byte, put together from two.

use provisor_tpm::activation::ActivationFields;
use provisor_tpm::device::CommandCode;

use super::bridge::Exchange;

/// Who has to refuse a twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refuser {
    /// The TPM, in answer to that command.
    Tpm(CommandCode),
    /// The client, which cannot read the blob, or the TPM, in answer to whatever it was sent.
    Either,
    /// The client, if it reads the whole of field 6. The TPM never sees that field.
    Reader,
}

/// A blob that no device may activate.
#[derive(Debug)]
pub(super) struct Twin {
    pub(super) name: String,
    pub(super) blob: Vec<u8>,
    pub(super) refuser: Refuser,
}

/// The commands that open a blob, in their order.
const OPENING: [CommandCode; 3] = [
    CommandCode::ActivateCredential,
    CommandCode::Import,
    CommandCode::Load,
];

/// Each field of a good blob spoiled in several places, and its fields mixed with those of `other`:
/// a blob for the same TPM with another identity key.
pub(super) fn spoiled(good: &[u8], other: &[u8]) -> Result<Vec<Twin>, String> {
    let (fields, others) = (cut(good)?, cut(other)?);
    let mut twins = Vec::new();
    for (field, bytes) in fields.iter().enumerate().take(5) {
        let refuser = match field {
            0 | 1 => Refuser::Tpm(CommandCode::ActivateCredential),
            2..5 => Refuser::Tpm(CommandCode::Import),
            _ => Refuser::Either,
        };
        let (middle, last) = (bytes.len() / 2, bytes.len() - 1);
        // The size field (that of field 5 is not read by every client, and never reaches the TPM), the
        // first byte of what it counts (often a size or a type again), and data.
        let size = (field < 4).then_some((1, "size", Refuser::Either));
        let places = [
            (2, "first byte", Refuser::Either),
            (middle, "middle", refuser),
            (last, "last byte", refuser),
        ];
        for (at, place, refuser) in size.into_iter().chain(places) {
            let mut spoiled = fields.clone();
            if let Some(byte) = spoiled.get_mut(field).and_then(|bytes| bytes.get_mut(at)) {
                *byte ^= 1;
            }
            twins.push(Twin {
                name: format!("field {}, {place} changed", field + 1),
                blob: spoiled.concat(),
                refuser,
            });
        }
    }
    let mut mixed = |name: &str, from_other: &[usize], code| {
        let mut blob = Vec::new();
        for (field, (own, foreign)) in fields.iter().zip(&others).enumerate() {
            let foreign = from_other.contains(&field).then_some(foreign);
            blob.extend(foreign.unwrap_or(own));
        }
        let name = format!("{name} of another blob");
        let refuser = Refuser::Tpm(code);
        twins.push(Twin {
            name,
            blob,
            refuser,
        });
    };
    mixed("credential", &[0, 1], CommandCode::Import);
    mixed("duplicate", &[2, 3], CommandCode::Import);
    mixed("public area", &[4], CommandCode::Import);
    mixed("half a credential", &[0], CommandCode::ActivateCredential);
    mixed("half a duplicate", &[2], CommandCode::Import);
    let all = fields.concat();
    let short = all.get(..all.len() - 2).unwrap_or_default();
    for (name, blob) in [
        ("field 6 missing", short.to_vec()),
        ("field 6 longer than the blob", [short, &[0, 1]].concat()),
    ] {
        twins.push(Twin {
            name: name.to_owned(),
            blob,
            refuser: Refuser::Reader,
        });
    }
    Ok(twins)
}

/// Checks who refused, by what went to the TPM meanwhile.
pub(super) fn check_refuser(refuser: Refuser, exchanges: &[Exchange]) -> Result<(), String> {
    let last = exchanges.iter().rev().find(|exchange| {
        let of = |code: &CommandCode| code.value() == exchange.command;
        OPENING.iter().any(of)
    });
    let said = last.map_or_else(
        || "the client reads no further".to_owned(),
        |last| format!("command {:#x} answered {:#x}", last.command, last.response),
    );
    let right = match (refuser, last) {
        (Refuser::Tpm(code), Some(last)) => last.command == code.value() && last.response != 0,
        (Refuser::Tpm(_), None) => false,
        (Refuser::Either, last) => last.is_none_or(|last| !loaded(*last)),
        (Refuser::Reader, last) => last.is_none(),
    };
    if right {
        Ok(())
    } else {
        Err(format!("{refuser:?} should have refused: {said}"))
    }
}

/// The identity key is in the TPM.
fn loaded(exchange: Exchange) -> bool {
    exchange.command == CommandCode::Load.value() && exchange.response == 0
}

/// The six fields, each with its size.
fn cut(blob: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let fields = ActivationFields::split(blob).map_err(|rejection| rejection.to_string())?;
    let fields = [
        fields.credential_blob,
        fields.encrypted_secret,
        fields.duplicate,
        fields.in_sym_seed,
        fields.id_key_public,
        fields.enc_uri_data,
    ];
    Ok(fields.map(<[u8]>::to_vec).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five fields of six bytes, and the last one empty.
    fn blob(byte: u8) -> Vec<u8> {
        let mut blob = [0, 6, byte, byte, byte, byte, byte, byte].repeat(5);
        blob.extend([0, 0]);
        blob
    }

    #[test]
    fn no_twin_is_the_blob_and_no_two_are_one() {
        let twins = spoiled(&blob(1), &blob(2)).unwrap();
        let mut blobs: Vec<_> = twins.iter().map(|twin| &twin.blob).collect();
        assert!(!blobs.contains(&&blob(1)) && !blobs.contains(&&blob(2)));
        blobs.sort();
        blobs.dedup();
        assert_eq!(blobs.len(), twins.len());
    }

    #[test]
    fn the_right_one_has_to_refuse() {
        let said = |command: CommandCode, response| Exchange {
            command: command.value(),
            response,
        };
        let activated = said(CommandCode::ActivateCredential, 0);
        let import = Refuser::Tpm(CommandCode::Import);
        let refused = [activated, said(CommandCode::Import, 0x2DF)];
        assert!(check_refuser(import, &refused).is_ok());
        assert!(check_refuser(Refuser::Either, &refused).is_ok());
        assert!(check_refuser(Refuser::Reader, &refused).is_err());
        // Sessions that ran out refuse too, and prove nothing.
        let session = said(CommandCode::StartAuthSession, 0x903);
        assert!(check_refuser(import, &[session]).is_err());
        let imported = [activated, said(CommandCode::Import, 0)];
        assert!(check_refuser(import, &imported).is_err());
        assert!(check_refuser(Refuser::Either, &imported).is_ok());
        let loaded = [activated, said(CommandCode::Load, 0)];
        assert!(check_refuser(Refuser::Either, &loaded).is_err());
        assert!(check_refuser(Refuser::Reader, &[]).is_ok());
    }
}
