//! Objects that move: ours imported by the TPM, the TPM's opened by ours.

use data_encoding::BASE64;
use provisor_testkit::pki::{KeyKind, KeyPair};
use provisor_testkit::soft_tpm::SoftTpm;
use provisor_tpm::credential::open_duplicate;
use provisor_tpm::duplicate::duplicate;
use provisor_tpm::software::SoftwareKey;
use provisor_tpm::{
    AlgId, HashAlg, ObjectAttributes, Public, Random, Rejection, Secret, SrkPublic,
};

use super::area::{Area, CURVES, STORES, aes, ids};
use super::wire::{Failed, NULL_HIERARCHY, OWNER, PASSWORD, Tpm2, Wire, sized};

const POLICY_SESSION: u8 = 1;

/// The same bytes in every run: nothing here is secret.
struct Counter(u8);

impl Random for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        for byte in out {
            self.0 = self.0.wrapping_mul(5).wrapping_add(41);
            *byte = self.0;
        }
        Ok(())
    }
}

/// An object that a service made, with its secret half.
struct Object {
    label: String,
    /// `TPM2B_PUBLIC`.
    public: Vec<u8>,
    /// `TPMT_SENSITIVE`.
    sensitive: Vec<u8>,
    /// The key and the hash that it makes HMACs with.
    hmac: Option<(Vec<u8>, HashAlg)>,
}

/// Both directions, every parent.
pub(super) fn run(wire: &mut Wire) -> Result<(), String> {
    let (imported, refused) = import_ours(wire)?;
    println!("  {imported} of our duplicates imported and loaded, {refused} twins refused");
    let opened = open_theirs(wire)?;
    println!("  {opened} duplicates of the TPM opened");
    Ok(())
}

fn import_ours(wire: &mut Wire) -> Result<(u32, u32), String> {
    let (mut imported, mut refused) = (0, 0);
    for area in parents() {
        let parent = area.make(wire, OWNER, &[])?;
        let srk = SrkPublic::from_tpm2b(&parent.public).map_err(|e| e.to_string())?;
        for object in objects()? {
            for inner in [0, 16, 32] {
                let place = format!("{} under {}, inner key {inner}", object.label, area.label);
                let done = one_import(wire, parent.handle, &srk, &object, inner);
                refused += done.map_err(|reason| format!("{place}: {reason}"))?;
                imported += 1;
            }
        }
        wire.flush(parent.handle)?;
    }
    Ok((imported, refused))
}

fn parents() -> Vec<Area> {
    let (small, large) = (aes(128, AlgId::CFB), aes(256, AlgId::CFB));
    let mut all = vec![
        Area::rsa("RSA-2048", STORES, &small, &[AlgId::NULL], 2048),
        Area::rsa("RSA-3072", STORES, &large, &[AlgId::NULL], 3072).named_by(AlgId::SHA384),
    ];
    let hashes = [AlgId::SHA256, AlgId::SHA384, AlgId::SHA512];
    for ((curve, name), hash) in CURVES.into_iter().zip(hashes) {
        let cipher = if curve == 3 { &small } else { &large };
        all.push(Area::ecc(name, STORES, cipher, &[AlgId::NULL], curve).named_by(hash));
    }
    all
}

/// HMAC keys, sealed data and AES keys.
fn objects() -> Result<Vec<Object>, String> {
    const MOVABLE: ObjectAttributes = ObjectAttributes::USER_WITH_AUTH;
    let mut all = Vec::new();
    for hash in [HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512] {
        let signs = MOVABLE.union(ObjectAttributes::SIGN);
        let scheme = [AlgId::HMAC, hash.id()];
        let area = Area::keyed_hash(format!("HMAC {hash}"), signs, &scheme).named_by(hash.id());
        all.push(object(area, hash, &[0x21; 64], true));
        let area = Area::keyed_hash(format!("sealed {hash}"), MOVABLE, &[AlgId::NULL]);
        all.push(object(area.named_by(hash.id()), hash, &[0x22; 128], false));
        for mode in [AlgId::CFB, AlgId::CTR] {
            let both = signs.union(ObjectAttributes::DECRYPT);
            let area = Area::cipher(format!("AES {mode} {hash}"), both, &aes(128, mode));
            all.push(object(area.named_by(hash.id()), hash, &[0x23; 16], false));
        }
    }
    Ok(all)
}

fn object(area: Area, hash: HashAlg, key: &[u8], hmac: bool) -> Object {
    let seed = vec![0x5E; hash.digest_bytes()];
    let unique = hash.digest(&[&seed, key]).as_ref().to_vec();
    let sensitive = [ids(&[area.kind]), sized(&[]), sized(&seed), sized(key)].concat();
    let public = Area {
        unique: sized(&unique),
        ..area.clone()
    };
    Object {
        label: area.label,
        public: public.tpm2b(),
        sensitive,
        hmac: hmac.then(|| (key.to_vec(), hash)),
    }
}

/// Imported, loaded, used; and a twin with one bit changed, which is refused. The answer is the
/// number of twins.
fn one_import(
    wire: &mut Wire,
    parent: u32,
    srk: &SrkPublic,
    object: &Object,
    inner: u8,
) -> Result<u32, String> {
    let text = |rejection: Rejection| rejection.to_string();
    let public = Public::from_tpm2b(&object.public).map_err(text)?;
    let key = vec![0x4B; usize::from(inner)];
    let secret = match inner {
        0 => None,
        _ => Some(Secret::new(&key).map_err(text)?),
    };
    let mut random = Counter(inner);
    let made = duplicate(
        srk.storage_key(),
        &public,
        &object.sensitive,
        secret.as_ref(),
        &mut random,
    )
    .map_err(text)?;
    let parameters = |wrapped: &[u8]| {
        [
            &sized(&key)[..],
            &object.public,
            wrapped,
            &made.in_sym_seed,
            &inner_cipher(inner),
        ]
        .concat()
    };
    let mut twin = made.duplicate.clone();
    if let Some(last) = twin.last_mut() {
        *last ^= 1;
    }
    match wire.run(Tpm2::Import, &[parent], &[PASSWORD], &parameters(&twin)) {
        Err(Failed::Refused(..)) => {}
        Err(broken) => return Err(broken.into()),
        Ok(_) => return Err("the TPM imports a changed duplicate".to_owned()),
    }
    let answer = wire.run(
        Tpm2::Import,
        &[parent],
        &[PASSWORD],
        &parameters(&made.duplicate),
    )?;
    let private = answer.reader().rest().to_vec();
    let load = [private, object.public.clone()].concat();
    let loaded = wire.run(Tpm2::Load, &[parent], &[PASSWORD], &load)?;
    let name = loaded.reader().sized().map_err(text)?.to_vec();
    if public.name().as_bytes() != name {
        return Err("loaded by another Name".to_owned());
    }
    if let Some((key, hash)) = &object.hmac {
        let parameters = [sized(b"data"), ids(&[hash.id()])].concat();
        let answer = wire.run(Tpm2::Hmac, &[loaded.handle], &[PASSWORD], &parameters)?;
        if answer.reader().sized().map_err(text)? != hash.hmac(key, &[b"data"]).as_ref() {
            return Err("another HMAC than ours".to_owned());
        }
    }
    wire.flush(loaded.handle)?;
    Ok(1)
}

fn inner_cipher(bytes: u8) -> Vec<u8> {
    match bytes {
        0 => ids(&[AlgId::NULL]),
        _ => ids(&aes(8 * u16::from(bytes), AlgId::CFB)),
    }
}

/// Objects that the TPM made, duplicated to a parent whose private key is here.
fn open_theirs(wire: &mut Wire) -> Result<u32, String> {
    let mut opened = 0;
    let area = Area::ecc("parent", STORES, &aes(128, AlgId::CFB), &[AlgId::NULL], 3);
    let parent = area.make(wire, OWNER, &[])?;
    for kind in [KeyKind::Rsa2048, KeyKind::P256, KeyKind::P384] {
        let (public, private) = software_parent(kind)?;
        let external = [
            sized(&[]),
            public.clone(),
            NULL_HIERARCHY.to_be_bytes().to_vec(),
        ]
        .concat();
        let target = wire.run(Tpm2::LoadExternal, &[], &[], &external)?.handle;
        let srk = SrkPublic::from_tpm2b(&public).map_err(|e| e.to_string())?;
        for hash in [HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512] {
            for inner in [0, 16, 32] {
                let moved = move_one(wire, parent.handle, target, hash, inner)?;
                let secret = match moved.inner_key.as_slice() {
                    [] => None,
                    key => Some(Secret::new(key).map_err(|e| e.to_string())?),
                };
                let object = Public::from_tpm2b(&moved.public).map_err(|e| e.to_string())?;
                let plain = open_duplicate(
                    &private,
                    srk.storage_key(),
                    &object,
                    secret.as_ref(),
                    &moved.duplicate,
                    &moved.seed,
                )
                .map_err(|e| format!("{} {hash} {inner}: {e}", kind.name()))?;
                // What was opened belongs to the object: it can be wrapped again.
                let key = srk.storage_key();
                duplicate(key, &object, &plain, None, &mut Counter(1))
                    .map_err(|e| e.to_string())?;
                opened += 1;
            }
        }
        wire.flush(target)?;
    }
    wire.flush(parent.handle)?;
    Ok(opened)
}

struct Moved {
    public: Vec<u8>,
    inner_key: Vec<u8>,
    duplicate: Vec<u8>,
    seed: Vec<u8>,
}

/// `TPM2_Create`, `TPM2_Load` and `TPM2_Duplicate` of an HMAC key whose policy allows it.
fn move_one(
    wire: &mut Wire,
    parent: u32,
    target: u32,
    hash: HashAlg,
    inner: u8,
) -> Result<Moved, Failed> {
    let allowed = (Tpm2::Duplicate as u32).to_be_bytes();
    let command = (Tpm2::PolicyCommandCode as u32).to_be_bytes();
    let policy = hash.digest(&[&vec![0; hash.digest_bytes()], &command, &allowed]);
    let attributes = ObjectAttributes::SENSITIVE_DATA_ORIGIN
        | ObjectAttributes::USER_WITH_AUTH
        | ObjectAttributes::ADMIN_WITH_POLICY
        | ObjectAttributes::SIGN;
    let area = Area::keyed_hash("moved", attributes, &[AlgId::HMAC, hash.id()])
        .named_by(hash.id())
        .with_policy(policy.as_ref().to_vec());
    let sensitive = sized(&[sized(&[]), sized(&[])].concat());
    let create = [sensitive, area.tpm2b(), sized(&[]), vec![0; 4]].concat();
    let created = wire.run(Tpm2::Create, &[parent], &[PASSWORD], &create)?;
    let mut reader = created.reader();
    let private = sized(reader.sized()?);
    let public = sized(reader.sized()?);
    let load = [private, public.clone()].concat();
    let object = wire.run(Tpm2::Load, &[parent], &[PASSWORD], &load)?.handle;
    // No key, no bind; a nonce; no salt; a policy session without cipher.
    let session = [
        sized(&[0x33; 16]),
        sized(&[]),
        vec![POLICY_SESSION],
        ids(&[AlgId::NULL, hash.id()]),
    ]
    .concat();
    let nobody = [NULL_HIERARCHY; 2];
    let session = wire
        .run(Tpm2::StartAuthSession, &nobody, &[], &session)?
        .handle;
    wire.run(Tpm2::PolicyCommandCode, &[session], &[], &allowed)?;
    // The TPM draws the inner key.
    let parameters = [sized(&[]), inner_cipher(inner)].concat();
    let moved = wire.run(Tpm2::Duplicate, &[object, target], &[session], &parameters)?;
    wire.flush(object)?;
    let mut reader = moved.reader();
    Ok(Moved {
        public,
        inner_key: reader.sized()?.to_vec(),
        duplicate: sized(reader.sized()?),
        seed: sized(reader.sized()?),
    })
}

fn software_parent(kind: KeyKind) -> Result<(Vec<u8>, SoftwareKey), String> {
    let (ek, srk) = match kind {
        KeyKind::Rsa2048 => (KeyPair::rsa(5, 0), KeyPair::rsa(5, 1)),
        kind => (KeyPair::new(kind, 5, "EK"), KeyPair::new(kind, 5, "SRK")),
    };
    let pem = srk.private_key_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = BASE64.decode(body.as_bytes()).map_err(|e| e.to_string())?;
    let private = SoftwareKey::from_pkcs8(&der).map_err(|e| e.to_string())?;
    let public = SoftTpm::from_keys(ek, srk).srk_public().to_vec();
    Ok((public, private))
}
