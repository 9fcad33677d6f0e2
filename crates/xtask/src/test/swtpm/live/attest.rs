//! Attestations of every scheme, verified; and their twins, refused.

use provisor_tpm::attest::{
    Attest, CreationData, Nonce, PcrSelection, Signature, verify_certify, verify_creation,
    verify_quote_of_banks,
};
use provisor_tpm::{AkPublic, AlgId, Code, HashAlg, Name, Rejection};

use super::area::{ATTESTS, Area, CURVES, HASHES, Made, OUTSIDE, SIGNS, ids};
use super::wire::{ENDORSEMENT, Failed, OWNER, PASSWORD, Tpm2, Wire, sized};

/// An NV index of this test's own.
const INDEX: u32 = 0x0180_0001;
/// AUTHREAD, AUTHWRITE, OWNERREAD, OWNERWRITE: who may read and write the index.
const INDEX_ATTRIBUTES: u32 = 0x0006_0006;

/// PCRs of one or more banks, in the order in which they are quoted.
type Banks = &'static [(HashAlg, &'static [u8])];

const SELECTIONS: [Banks; 5] = [
    &[(HashAlg::Sha256, &[0, 1, 7])],
    &[(HashAlg::Sha384, &[16, 23])],
    &[(
        HashAlg::Sha256,
        &[
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
        ],
    )],
    &[(HashAlg::Sha1, &[1]), (HashAlg::Sha256, &[0, 8])],
    &[
        (HashAlg::Sha512, &[3]),
        (HashAlg::Sha256, &[2]),
        (HashAlg::Sha384, &[0]),
    ],
];

#[derive(Default)]
struct Count {
    accepted: u32,
    refused: u32,
}

/// An attestation and its signature, as a TPM returned them.
struct Signed {
    nonce: Vec<u8>,
    attest: Vec<u8>,
    signature: Vec<u8>,
}

/// Every scheme of attestation keys, each with quotes, certifications and creations.
pub(super) fn run(wire: &mut Wire) -> Result<(), String> {
    fill_pcrs(wire)?;
    define_index(wire)?;
    let mut count = Count::default();
    let areas = templates();
    for area in &areas {
        let made = area.make(wire, ENDORSEMENT, &[])?;
        let ak = accepted(area, &made)?;
        let done = one_key(wire, &ak, &made, &mut count);
        done.map_err(|reason| format!("{}: {reason}", area.label))?;
        wire.flush(made.handle)?;
    }
    println!(
        "  {} attestation keys: {} attestations verified, {} twins refused",
        areas.len(),
        count.accepted,
        count.refused
    );
    Ok(())
}

/// Keys that sign with SHA-1 come in by the lenient door, and by no other.
fn accepted(area: &Area, made: &Made) -> Result<AkPublic, String> {
    let label = &area.label;
    let strict = AkPublic::from_tpm2b(&made.public);
    if !label.contains("SHA1") {
        return strict.map_err(|e| format!("{label}: {e}"));
    }
    expect(&strict.map(drop), Code::TpmSigningScheme)?;
    AkPublic::lenient_sha1_from_tpm2b(&made.public).map_err(|e| format!("{label}: {e}"))
}

fn templates() -> Vec<Area> {
    let mut all = Vec::new();
    for hash in HASHES {
        for (scheme, bits) in [
            (AlgId::RSASSA, 2048),
            (AlgId::RSAPSS, 2048),
            (AlgId::RSAPSS, 3072),
        ] {
            let label = format!("RSA-{bits} {scheme} {hash}");
            all.push(Area::rsa(label, ATTESTS, &[], &[scheme, hash], bits));
        }
        for (curve, name) in CURVES {
            let label = format!("{name} {hash}");
            let area = Area::ecc(label, ATTESTS, &[], &[AlgId::ECDSA, hash], curve);
            all.push(area.named_by(hash));
        }
    }
    for scheme in [AlgId::RSASSA, AlgId::RSAPSS] {
        let label = format!("RSA-2048 {scheme} SHA1");
        all.push(Area::rsa(label, ATTESTS, &[], &[scheme, AlgId::SHA1], 2048));
    }
    let scheme = [AlgId::ECDSA, AlgId::SHA1];
    all.push(Area::ecc("P-256 SHA1", ATTESTS, &[], &scheme, 3));
    all
}

fn one_key(wire: &mut Wire, ak: &AkPublic, made: &Made, count: &mut Count) -> Result<(), String> {
    for (number, banks) in SELECTIONS.into_iter().enumerate() {
        // From the shortest nonce that a service draws to the longest that a TPM takes.
        let nonce = vec![0xA5; 16 + 12 * number];
        let values = read_pcrs(wire, banks)?;
        let parameters = [sized(&nonce), ids(&[AlgId::NULL]), selection(banks)].concat();
        let quote = ask(wire, Tpm2::Quote, &[made.handle], 1, nonce, &parameters)?;
        let asked = asked(banks)?;
        judge(&quote, count, |signed, nonce| {
            let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
            let (attest, signature) = (&signed.attest, &signed.signature);
            verify_quote_of_banks(ak, attest, signature, nonce, &asked, &values).map(drop)
        })?;
    }
    let object = Area::ecc("object", SIGNS, &[], &[AlgId::NULL], 4).named_by(AlgId::SHA384);
    let object = object.make(wire, OWNER, &[])?;
    for object in [made, &object] {
        certified(wire, ak, made.handle, object, count)?;
    }
    wire.flush(object.handle)?;
    others(wire, ak, made, count)
}

fn certified(
    wire: &mut Wire,
    ak: &AkPublic,
    key: u32,
    object: &Made,
    count: &mut Count,
) -> Result<(), String> {
    let name = Name::from_bytes(&object.name).map_err(|e| e.to_string())?;
    let data = CreationData::parse(&object.creation_data).map_err(|e| e.to_string())?;
    if data.to_bytes().as_deref() != Ok(&object.creation_data) || data.outside_info != OUTSIDE {
        return Err("creation data is not written back to the same bytes".to_owned());
    }
    let nonce = vec![0x5A; 32];
    let scheme = ids(&[AlgId::NULL]);
    let parameters = [sized(&nonce), scheme.clone()].concat();
    let handles = [object.handle, key];
    let signed = ask(wire, Tpm2::Certify, &handles, 2, nonce.clone(), &parameters)?;
    judge(&signed, count, |signed, nonce| {
        verify_certify(ak, &signed.attest, &signed.signature, nonce, &name).map(drop)
    })?;
    let hash = sized(&object.creation_hash);
    let parameters = [sized(&nonce), hash, scheme, object.ticket.clone()].concat();
    let handles = [key, object.handle];
    let signed = ask(wire, Tpm2::CertifyCreation, &handles, 1, nonce, &parameters)?;
    judge(&signed, count, |signed, nonce| {
        let (attest, signature) = (&signed.attest, &signed.signature);
        verify_creation(ak, attest, signature, nonce, &name, &object.creation_data).map(drop)
    })
}

/// The kinds that nothing is concluded from: read, written back, and taken for nothing else.
fn others(wire: &mut Wire, ak: &AkPublic, made: &Made, count: &mut Count) -> Result<(), String> {
    let nonce = vec![0x77; 20];
    let head = [sized(&nonce), ids(&[AlgId::NULL])].concat();
    let handles = [ENDORSEMENT, made.handle];
    let time = ask(wire, Tpm2::GetTime, &handles, 2, nonce.clone(), &head)?;
    let handles = [made.handle, OWNER, INDEX];
    let whole = [&head[..], &[0, 16, 0, 0]].concat();
    let index = ask(wire, Tpm2::NvCertify, &handles, 2, nonce.clone(), &whole)?;
    let digest = [&head[..], &[0, 0, 0, 0]].concat();
    let digest = ask(wire, Tpm2::NvCertify, &handles, 2, nonce, &digest)?;
    for signed in [time, index, digest] {
        check_round_trip(&signed)?;
        let nonce = Nonce::danger_any(&signed.nonce);
        let (attest, signature) = (&signed.attest, &signed.signature);
        let verdict = verify_certify(ak, attest, signature, &nonce, ak.name());
        expect(&verdict.map(drop), Code::TpmAttestType)?;
        count.refused += 1;
    }
    Ok(())
}

/// Accepted as it is, and refused with any of its twins.
fn judge(
    signed: &Signed,
    count: &mut Count,
    verify: impl Fn(&Signed, &Nonce<'_>) -> Result<(), Rejection>,
) -> Result<(), String> {
    check_round_trip(signed)?;
    let nonce = Nonce::new(&signed.nonce).map_err(|e| e.to_string())?;
    verify(signed, &nonce).map_err(|e| e.to_string())?;
    count.accepted += 1;
    let other = Nonce::danger_any(b"the nonce of yesterday");
    expect(&verify(signed, &other), Code::TpmAttestNonce)?;
    count.refused += 1;
    // A sample: every 13th byte of the attestation, every 23rd of the signature.
    let length = signed.signature.len();
    let attests = (0..signed.attest.len()).map(|at| (flipped(&signed.attest, at), None));
    let signatures = (0..length).step_by(23);
    let signatures =
        signatures.map(|at| (signed.attest.clone(), Some(flipped(&signed.signature, at))));
    for (attest, signature) in attests.step_by(13).chain(signatures) {
        let twin = Signed {
            nonce: signed.nonce.clone(),
            attest,
            signature: signature.unwrap_or_else(|| signed.signature.clone()),
        };
        if verify(&twin, &nonce).is_ok() {
            return Err("a changed attestation is accepted".to_owned());
        }
        count.refused += 1;
    }
    Ok(())
}

fn check_round_trip(signed: &Signed) -> Result<(), String> {
    let text = |rejection: Rejection| rejection.to_string();
    let attest = Attest::parse(&signed.attest).map_err(text)?;
    let signature = Signature::parse(&signed.signature).map_err(text)?;
    let same = attest.to_bytes().map_err(text)? == signed.attest
        && signature.to_bytes().map_err(text)? == signed.signature;
    if same {
        return Ok(());
    }
    Err("not written back to the same bytes".to_owned())
}

fn expect(verdict: &Result<(), Rejection>, code: Code) -> Result<(), String> {
    match verdict {
        Err(rejection) if rejection.code() == code => Ok(()),
        Err(other) => Err(format!("{} is expected, not: {other}", code.name())),
        Ok(()) => Err(format!("{} is expected, not acceptance", code.name())),
    }
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 0x20;
    }
    bytes
}

/// A command that answers with an attestation and its signature.
fn ask(
    wire: &mut Wire,
    code: Tpm2,
    handles: &[u32],
    passwords: usize,
    nonce: Vec<u8>,
    parameters: &[u8],
) -> Result<Signed, String> {
    let answer = wire.run(code, handles, &vec![PASSWORD; passwords], parameters)?;
    let mut reader = answer.reader();
    let attest = reader.sized().map_err(|e| e.to_string())?.to_vec();
    Ok(Signed {
        nonce,
        attest,
        signature: reader.rest().to_vec(),
    })
}

fn asked(banks: Banks) -> Result<Vec<PcrSelection>, String> {
    banks
        .iter()
        .map(|(bank, pcrs)| PcrSelection::new(*bank, pcrs).map_err(|e| e.to_string()))
        .collect()
}

/// `TPML_PCR_SELECTION` with bit maps of 24 PCRs.
fn selection(banks: &[(HashAlg, &[u8])]) -> Vec<u8> {
    let count = u32::try_from(banks.len()).unwrap_or_default();
    let mut out = count.to_be_bytes().to_vec();
    for (bank, pcrs) in banks {
        let mask = pcrs.iter().fold(0_u32, |mask, pcr| mask | 1 << pcr);
        let [a, b, c, _] = mask.to_le_bytes();
        out.extend(ids(&[bank.id()]));
        out.extend([3, a, b, c]);
    }
    out
}

/// The values, one command for each: a TPM answers eight at most at once.
fn read_pcrs(wire: &mut Wire, banks: Banks) -> Result<Vec<Vec<u8>>, Failed> {
    let mut values = Vec::new();
    for (bank, pcrs) in banks {
        for pcr in *pcrs {
            let one = selection(&[(*bank, &[*pcr])]);
            let answer = wire.run(Tpm2::PcrRead, &[], &[], &one)?;
            let mut reader = answer.reader();
            // The update counter, the selection of one bank, the count of values.
            reader.take(4 + 4 + 6 + 4)?;
            values.push(reader.sized()?.to_vec());
        }
    }
    Ok(values)
}

/// No two PCRs alike, so that an exchange of values shows.
fn fill_pcrs(wire: &mut Wire) -> Result<(), Failed> {
    const BANKS: [HashAlg; 4] = [
        HashAlg::Sha1,
        HashAlg::Sha256,
        HashAlg::Sha384,
        HashAlg::Sha512,
    ];
    for pcr in (0..=16).chain([23]) {
        let mut digests = 4_u32.to_be_bytes().to_vec();
        for bank in BANKS {
            digests.extend(ids(&[bank.id()]));
            digests.extend(vec![
                u8::try_from(pcr).unwrap_or_default() + 1;
                bank.digest_bytes()
            ]);
        }
        wire.run(Tpm2::PcrExtend, &[pcr], &[PASSWORD], &digests)?;
    }
    Ok(())
}

fn define_index(wire: &mut Wire) -> Result<(), Failed> {
    let public = [
        &INDEX.to_be_bytes()[..],
        &ids(&[AlgId::SHA256]),
        &INDEX_ATTRIBUTES.to_be_bytes(),
        &sized(&[]),
        &[0, 16],
    ]
    .concat();
    let parameters = [sized(&[]), sized(&public)].concat();
    wire.run(Tpm2::NvDefineSpace, &[OWNER], &[PASSWORD], &parameters)?;
    let contents = [sized(b"sixteen bytes of"), vec![0, 0]].concat();
    wire.run(Tpm2::NvWrite, &[OWNER, INDEX], &[PASSWORD], &contents)?;
    Ok(())
}
