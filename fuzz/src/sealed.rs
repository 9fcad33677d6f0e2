//! What is sealed to a TPM: opened when it is arbitrary, and made and opened again.

use std::sync::OnceLock;

use provisor::Code;
use provisor::tpm::credential::{open_credential, open_duplicate};
use provisor::tpm::duplicate::duplicate;
use provisor::tpm::{EkPublic, HashAlg, Name, Public, Secret, SrkPublic};
use provisor_testkit::asn1;
use provisor_testkit::pki::KeyPair;
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::SoftTpm;
use provisor_tpm::software::SoftwareKey;

use crate::bytes::Bytes;

/// A byte of flags, then a public area, a sensitive area, an inner key and a Name; then what shall be
/// opened: `TPM2B_ID_OBJECT` or `TPM2B_PRIVATE`, and `TPM2B_ENCRYPTED_SECRET`, each with a 16-bit
/// length.
///
/// Arbitrary bytes never open and are refused for one reason only; what is wrapped for a parent
/// opens there as it was, and nowhere else.
pub fn tpm_sealed(data: &[u8]) {
    let _ = made(data);
}

/// Whether something was wrapped and opened again.
fn made(data: &[u8]) -> bool {
    let mut bytes = Bytes::new(data);
    let flags = bytes.u8();
    let (public, sensitive) = (bytes.chunk().to_vec(), bytes.chunk());
    let (inner, name) = (Secret::new(bytes.chunk()).ok(), bytes.chunk());
    let (wrapped, seed) = (bytes.chunk(), bytes.chunk());
    let World { private, ek, srk } = world();

    if let Ok(name) = Name::from_bytes(name) {
        let opened = open_credential(private, ek, &name, wrapped, seed);
        assert_eq!(
            opened.err().map(|why| why.code()),
            Some(Code::TpmCredentialOpen)
        );
    }
    // The digest that ties the two areas together is in nobody's dictionary.
    let public = if flags & 1 == 1 {
        tied(&public, sensitive).unwrap_or(public)
    } else {
        public
    };
    let Ok(object) = Public::from_tpm2b(&public) else {
        return false;
    };
    let parent = srk.storage_key();
    let open = |wrapped: &[u8], seed: &[u8], inner: Option<&Secret>| {
        open_duplicate(private, parent, &object, inner, wrapped, seed)
    };
    let opened = open(wrapped, seed, inner.as_ref());
    assert_eq!(
        opened.err().map(|why| why.code()),
        Some(Code::TpmCredentialOpen)
    );

    let mut random = SeededRandom::new(1, "sealed");
    match duplicate(parent, &object, sensitive, inner.as_ref(), &mut random) {
        Ok(mut made) => {
            let opened = open(&made.duplicate, &made.in_sym_seed, inner.as_ref());
            assert_eq!(opened.as_deref().ok(), Some(sensitive));
            let other = Secret::new(&[0xA5; 16]).expect("16 bytes");
            let opened = open(&made.duplicate, &made.in_sym_seed, Some(&other));
            assert!(opened.is_err() || inner.is_some_and(|inner| inner.equals(other.expose())));
            let place = usize::from(flags) % made.duplicate.len();
            made.duplicate[place] ^= 0x10;
            assert!(open(&made.duplicate, &made.in_sym_seed, None).is_err());
            true
        }
        Err(rejection) => {
            assert!(!rejection.to_string().contains('\n'));
            false
        }
    }
}

/// The public area with the digest of the sensitive area in the place of its last field, where it
/// has the form of an object without public key.
fn tied(public: &[u8], sensitive: &[u8]) -> Option<Vec<u8>> {
    let mut fields = Bytes::new(sensitive.get(2..)?);
    let (_, seed, secret) = (fields.chunk(), fields.chunk(), fields.chunk());
    let hash = Public::from_tpm2b(public).ok()?.name_alg();
    let unique = hash.digest(&[seed, secret]);
    let start = public.len().checked_sub(hash.digest_bytes())?;
    Some([public.get(..start)?, unique.as_ref()].concat())
}

struct World {
    private: SoftwareKey,
    ek: EkPublic,
    srk: SrkPublic,
}

/// The same in every run; one P-256 key for both purposes.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let scalar = HashAlg::Sha256.digest(&[b"sealed"]);
        // PrivateKeyInfo with an ECPrivateKey (RFC 5958 section 2, RFC 5915 section 3).
        let algorithm = asn1::sequence(&[
            &asn1::oid("1.2.840.10045.2.1"),
            &asn1::oid("1.2.840.10045.3.1.7"),
        ]);
        let private =
            asn1::sequence(&[&asn1::unsigned(&[1]), &asn1::octet_string(scalar.as_ref())]);
        let pkcs8 = asn1::sequence(&[
            &asn1::unsigned(&[0]),
            &algorithm,
            &asn1::octet_string(&private),
        ]);
        let key = || KeyPair::from_pkcs8(&pkcs8);
        let tpm = SoftTpm::from_keys(key(), key());
        World {
            private: SoftwareKey::from_pkcs8(&pkcs8).expect("a good key"),
            ek: EkPublic::from_tpm2b(tpm.ek_public()).expect("a good EK"),
            srk: SrkPublic::from_tpm2b(tpm.srk_public()).expect("a good SRK"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_are_wrapped_and_opened() {
        for seed in [
            &include_bytes!("../seeds/tpm_sealed/identity-key")[..],
            include_bytes!("../seeds/tpm_sealed/without-inner-key"),
            include_bytes!("../seeds/tpm_sealed/for-another"),
        ] {
            assert!(made(seed));
        }
    }

    /// Tied again, a changed secret still belongs to its public area.
    #[test]
    fn a_changed_key_is_tied_again() {
        let mut seed = include_bytes!("../seeds/tpm_sealed/identity-key").to_vec();
        let at = seed.windows(32).position(|part| part == [7; 32]);
        seed[at.expect("the key")] = 8;
        assert!(!made(&seed));
        seed[0] |= 1;
        assert!(made(&seed));
    }
}
