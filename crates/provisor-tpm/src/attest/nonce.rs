//! The nonce that makes an attestation fresh.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use provisor_report::{Code, Form, Rejection, Subject};
use subtle::ConstantTimeEq as _;

use crate::HashAlg;

/// The nonce that a session expects in `extraData`.
///
/// Drawn by the verifier for one attestation and never used again; 16 bytes or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce<'a>(&'a [u8]);

impl<'a> Nonce<'a> {
    /// Fewest bytes: 128 bits, so that no two sessions of a verifier ever draw the same.
    pub const BYTES_MIN: usize = 16;

    /// The nonce of a session.
    ///
    /// # Errors
    ///
    /// [`Code::TpmNonceEmpty`] for none or fewer than [`BYTES_MIN`](Self::BYTES_MIN): without a
    /// nonce every recorded attestation passes again, and one that can be drawn again is little
    /// better.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Rejection> {
        if bytes.len() < Self::BYTES_MIN {
            return Err(Rejection::new(Code::TpmNonceEmpty, Subject::field("nonce"))
                .expected(format!("{} bytes or more", Self::BYTES_MIN))
                .found(format!("{} bytes", bytes.len())));
        }
        Ok(Self(bytes))
    }

    /// Any bytes, also none. With none or few, replays are accepted: for recorded vectors only.
    #[must_use]
    pub const fn danger_any(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

/// An old, empty, cut or longer nonce is a replay (trap 70).
pub(super) fn check(extra_data: &[u8], nonce: &Nonce<'_>) -> Result<(), Rejection> {
    let same: bool = extra_data.ct_eq(nonce.as_bytes()).into();
    if same {
        return Ok(());
    }
    let rejection = Rejection::new(
        Code::TpmAttestNonce,
        Subject::field("TPMS_ATTEST.extraData"),
    )
    .expected(format!(
        "the nonce of this session, {} bytes",
        nonce.as_bytes().len()
    ));
    let mut shown = String::new();
    for byte in extra_data {
        // Writing to a String cannot fail.
        let _ = write!(shown, "{byte:02x}");
    }
    Err(match derived(extra_data, nonce.as_bytes()) {
        Some((what, remedy)) => rejection.found(format!("{what}, {shown}")).remedy(remedy),
        None if extra_data.is_empty() => rejection
            .found("no bytes")
            .remedy("give the TPM the nonce of this session as qualifying data (tpm2_quote -q)"),
        None => rejection.found(format!("another {} bytes, {shown}", extra_data.len())),
    })
}

/// What `tpm2_certify` (tpm2-tools 4 and 5) hands over as qualifyingData: it has no option for a nonce.
const TOOLS_CONSTANT: [u8; 4] = [0x00, 0xff, 0x55, 0xaa];

/// What was made of the nonce on its way. Neither is a secret: one is signed data, the other was sent.
fn derived(extra_data: &[u8], nonce: &[u8]) -> Option<(String, &'static str)> {
    const HASHED: &str = "have the device give the nonce itself to the TPM, or make a nonce of 16 to 64 bytes and compare the hash of what was sent";
    const TEXT: &str = "have the device decode the text of the nonce before it gives it to the TPM (tpm2_quote -q takes hexadecimal text)";
    if extra_data == TOOLS_CONSTANT {
        return Some((
            "the four bytes that tpm2_certify of tpm2-tools gives to the TPM in place of a nonce"
                .into(),
            "certify with a nonce (qualifyingData of TPM2_Certify, by a program of your own): with this constant, an old certification cannot be told from a new one",
        ));
    }
    // A hash of nothing says nothing about this session.
    if nonce.is_empty() {
        return None;
    }
    let hashes = [
        HashAlg::Sha256,
        HashAlg::Sha384,
        HashAlg::Sha512,
        HashAlg::Sha1,
    ];
    if let Some(hash) = hashes
        .into_iter()
        .find(|hash| hash.digest(&[nonce]).as_ref() == extra_data)
    {
        return Some((format!("the {hash} digest of the nonce"), HASHED));
    }
    // A text that does not fit in qualifyingData is cut.
    if let Some((form, bytes)) = read_as_text(extra_data)
        && nonce.starts_with(&bytes)
    {
        return Some((format!("the nonce as {}", form.found()), TEXT));
    }
    if let Some((form, bytes)) = read_as_text(nonce)
        && bytes == extra_data
    {
        return Some((
            format!(
                "the bytes of which the nonce of this session is {}",
                form.found()
            ),
            "compare with the bytes that the device gave to the TPM, not with their text",
        ));
    }
    let cut = extra_data.len() >= 8 && extra_data.len() < nonce.len();
    if cut && nonce.starts_with(extra_data) {
        return Some((
            format!("only the first {} bytes of the nonce", extra_data.len()),
            "make a nonce that the TPM takes whole: 16 to 64 bytes",
        ));
    }
    if extra_data.len() == nonce.len() && extra_data.iter().eq(nonce.iter().rev()) {
        return Some((
            "the bytes of the nonce in reverse order".into(),
            "have the device give the nonce to the TPM byte by byte as it came",
        ));
    }
    None
}

/// The form and the bytes of a text, if it is one.
fn read_as_text(text: &[u8]) -> Option<(Form, Vec<u8>)> {
    let form = Form::of(text)?;
    let bytes = match form {
        Form::Hexadecimal | Form::Base64 | Form::Base64Url => form.content(text)?,
        _ => return None,
    };
    (!bytes.is_empty()).then_some((form, bytes))
}
