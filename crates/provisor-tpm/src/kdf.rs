//! The TPM's two key derivations (TPM 2.0 Part 1 section 11.4.9).
//!
//! `KDFa` is NIST SP 800-108 in counter mode with HMAC; `KDFe` is the one-step derivation of NIST
//! SP 800-56A with a plain hash. Both count from 1, both end the label with a NUL byte, and both
//! clear the top bits of the first byte when the length in bits is no multiple of 8.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use crate::{HashAlg, SecretBytes, limits};

/// `KDFa`: `bits` of key from `key`, for the purpose `label` and the two contexts.
///
/// `label` is given without its NUL.
///
/// # Errors
///
/// [`Code::TpmTooLong`] above 8,192 bytes of output.
///
/// ```
/// use provisor_tpm::{HashAlg, kdf};
///
/// let key = kdf::kdfa(HashAlg::Sha256, &[1; 32], b"STORAGE", b"name", b"", 128)?;
/// assert_eq!(key.len(), 16);
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
pub fn kdfa(
    hash: HashAlg,
    key: &[u8],
    label: &[u8],
    context_u: &[u8],
    context_v: &[u8],
    bits: u32,
) -> Result<SecretBytes, Rejection> {
    let length = bits.to_be_bytes();
    derive(hash, bits, |counter| {
        hash.hmac(key, &[counter, label, &[0], context_u, context_v, &length])
    })
}

/// `KDFe`: `bits` of key from the shared secret `z` of two parties, for the purpose `label`.
///
/// `z` and the parties' x coordinates are padded to the field size by the caller. `label` is given
/// without its NUL.
///
/// # Errors
///
/// [`Code::TpmTooLong`] above 8,192 bytes of output.
pub fn kdfe(
    hash: HashAlg,
    z: &[u8],
    label: &[u8],
    party_u: &[u8],
    party_v: &[u8],
    bits: u32,
) -> Result<SecretBytes, Rejection> {
    derive(hash, bits, |counter| {
        hash.digest(&[counter, z, label, &[0], party_u, party_v])
    })
}

/// The common part: blocks with a counter from 1, cut to the length.
fn derive(
    hash: HashAlg,
    bits: u32,
    block: impl Fn(&[u8]) -> crate::algorithm::Digest,
) -> Result<SecretBytes, Rejection> {
    let bytes = usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX);
    if bytes > limits::KDF_BYTES {
        return Err(Rejection::new(Code::TpmTooLong, Subject::field("KDF"))
            .expected(alloc::format!("at most {} bytes", limits::KDF_BYTES))
            .found(alloc::format!("{bytes} bytes")));
    }
    // Rounded up to whole blocks first, so that the buffer never moves and leaves a copy behind.
    let mut out = Vec::with_capacity(bytes.next_multiple_of(hash.digest_bytes()));
    let mut counter = 0_u32;
    while out.len() < bytes {
        counter += 1;
        let mut digest = block(&counter.to_be_bytes());
        out.extend_from_slice(digest.as_ref());
        digest.erase();
    }
    out.truncate(bytes);
    mask_first_byte(&mut out, bits);
    Ok(SecretBytes::new(out))
}

/// Clears the bits of the first byte that are beyond `bits` (Part 1 section 11.4.9.1).
fn mask_first_byte(out: &mut [u8], bits: u32) {
    if let (Some(first), used @ 1..) = (out.first_mut(), bits % 8) {
        *first &= (1_u8 << used) - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hex;

    // Own values, from a short Python script on hashlib and hmac.
    #[test]
    fn known_answers() {
        let a = kdfa(HashAlg::Sha256, b"key", b"LABEL", b"u", b"v", 260).unwrap();
        assert_eq!(a[..], hex(KDFA)[..]);
        let e = kdfe(HashAlg::Sha384, b"shared", b"LABEL", b"u", b"v", 401).unwrap();
        assert_eq!(e[..], hex(KDFE)[..]);
    }

    const KDFA: &str = "073d7df27c6021980905f38c974aaaaf242dbcf7f1f1c87d3c560d2e8cd9d3bbc9";
    const KDFE: &str = "005718e091cf447637eab889f58514e7db1d8c9044169a5cd607007cd51c91b759cf09471a9924ce93e406dba4d63af4e6362d";

    #[test]
    fn no_bits_give_no_bytes() {
        assert!(
            kdfa(HashAlg::Sha1, &[], b"", b"", b"", 0)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn output_is_bounded() {
        let rejection = kdfe(HashAlg::Sha256, &[], b"", b"", b"", u32::MAX).unwrap_err();
        assert_eq!(rejection.code(), Code::TpmTooLong);
    }
}
