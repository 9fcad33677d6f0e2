//! Sensitive areas: the secret half of an object that a service makes (Part 2 section 12.3.2.4).

use alloc::format;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use provisor_report::{Code, Rejection, Subject};

use crate::marshal::Writer;
use crate::public::{KeyedHash, KeyedHashScheme, Parameters};
use crate::sealed::Sensitive;
use crate::{AlgId, Public, Secret, SecretBytes, limits};

/// Room for a `TPMT_SENSITIVE` and its size fields, so that the buffer never moves.
const CAPACITY: usize = 16 + 2 * 128;

/// `TPMT_SENSITIVE` of an HMAC key: no password, the obfuscation value, the key.
pub(crate) fn keyed_hash(seed_value: &[u8], key: &Secret) -> Result<SecretBytes, Rejection> {
    let mut writer = Writer::with_capacity(CAPACITY);
    writer
        .u16(AlgId::KEYEDHASH.value())
        .sized(&[])?
        .sized(seed_value)?
        .sized(key.expose())?;
    Ok(SecretBytes::new(writer.finish()))
}

/// Insists that a sensitive area is the secret half of `public`, as a TPM does before it imports it:
/// same type, sizes that the object has, and for objects without a public key the unique field is
/// the digest of seed value and secret. Whether the private number of an asymmetric key belongs to
/// its public one is left to the TPM.
pub(crate) fn check_belongs(public: &Public<'_>, sensitive: &[u8]) -> Result<(), Rejection> {
    let Sensitive {
        object_type,
        auth_value,
        seed_value,
        secret,
    } = Sensitive::parse(sensitive)?;
    if object_type != public.parameters().type_id() {
        return Err(refuse("sensitiveType")
            .expected(format!("{}", public.parameters().type_id()))
            .found(format!("{object_type}")));
    }
    // Part 2 section 12.3.2.4: no authorization value is longer than a digest of the nameAlg.
    let digest = public.name_alg().digest_bytes();
    check_size("authValue", auth_value, 0..=digest)?;
    let unique = match public.parameters() {
        Parameters::KeyedHash(keyed) => {
            check_keyed_hash(keyed, secret)?;
            keyed.unique
        }
        Parameters::SymCipher { cipher, unique } => {
            check_size("sensitive", secret, cipher.key_bytes()..=cipher.key_bytes())?;
            unique
        }
        Parameters::Rsa(rsa) => {
            // One prime (Part 2 section 12.3.2.3).
            let prime = usize::from(rsa.bits / 16);
            check_size("seedValue", seed_value, 0..=digest)?;
            return check_size("sensitive", secret, prime..=prime);
        }
        Parameters::Ecc(ecc) => {
            check_size("seedValue", seed_value, 0..=digest)?;
            return check_size("sensitive", secret, 1..=ecc.curve.field_bytes());
        }
    };
    // The obfuscation value of an object without public key (Part 2 section 12.3.2.4).
    check_size("seedValue", seed_value, digest..=digest)?;
    if public.name_alg().digest(&[seed_value, secret]).as_ref() == unique {
        return Ok(());
    }
    Err(refuse("unique").expected("the digest of seedValue and key"))
}

/// An HMAC key is at most one block of its hash, sealed data at most `MAX_SYM_DATA`. An empty HMAC
/// key is taken by TPMs without complaint (trap 59).
fn check_keyed_hash(keyed: &KeyedHash<'_>, secret: &[u8]) -> Result<(), Rejection> {
    let longest = match keyed.scheme {
        KeyedHashScheme::Hmac(hash) | KeyedHashScheme::Xor { hash, .. } => hash.block_bytes(),
        KeyedHashScheme::Null => limits::SEALED,
    };
    crate::secret::check_length(secret.len(), longest)
}

fn check_size(
    field: &'static str,
    value: &[u8],
    allowed: RangeInclusive<usize>,
) -> Result<(), Rejection> {
    if allowed.contains(&value.len()) {
        return Ok(());
    }
    let (least, most) = allowed.into_inner();
    let expected = match least == most {
        true => format!("{least} bytes"),
        false => format!("{least} to {most} bytes"),
    };
    Err(refuse(field)
        .expected(expected)
        .found(format!("{} bytes", value.len())))
}

/// `unique` of an HMAC key: the obfuscation value first, then the key.
pub(crate) fn unique(hash: crate::HashAlg, seed_value: &[u8], key: &Secret) -> Vec<u8> {
    hash.digest(&[seed_value, key.expose()]).as_ref().to_vec()
}

fn refuse(field: &'static str) -> Rejection {
    Rejection::new(
        Code::TpmSensitive,
        Subject::field(format!("TPMT_SENSITIVE.{field}")),
    )
}
