//! Proof of possession: that whoever registers a CA certificate holds the CA's key.
//!
//! CA certificates are public, so that uploading one proves nothing; trusting one on somebody's word
//! would hand over the devices of its real owner. The service draws a code, the operator has the CA
//! issue a certificate whose CN is the code, and only the holder of the key can do that. DPS does it
//! so.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use core::fmt;

use data_encoding::HEXUPPER;
use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::Random;
use provisor_x509::{Certificate, PathVerifier, Profile};

use crate::enrollment::{Possession, TrustedCertificate};
use crate::id::derive::common_name;

/// The code that a CA has to certify: 48 hexadecimal digits in upper case, 192 random bits.
///
/// It is kept with the CA that it was drawn for, until possession is proved. It is no secret:
/// nobody but the CA can make use of it, and whoever reads it learns nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VerificationCode(Box<str>);

/// As many as DPS uses: nobody meets a code that a CA certified for another reason.
const CODE_BYTES: usize = 24;

/// What the verification certificate has to be beside issued by the CA: nothing but no CA itself.
const VERIFICATION: Profile = Profile::new("proof-of-possession");

impl VerificationCode {
    /// Draws a code from the caller's randomness.
    ///
    /// # Errors
    /// What `random` refuses with.
    pub fn generate(random: &mut dyn Random) -> Result<Self, Rejection> {
        let mut drawn = [0; CODE_BYTES];
        random.fill(&mut drawn)?;
        Ok(Self(HEXUPPER.encode(&drawn).into_boxed_str()))
    }

    /// Reads a code that was stored.
    ///
    /// # Errors
    /// [`AttestVerificationCode`](Code::AttestVerificationCode).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let refused = || {
            Rejection::new(
                Code::AttestVerificationCode,
                Subject::field("verificationCode"),
            )
            .expected("48 hexadecimal digits in upper case")
        };
        if text.len() != 2 * CODE_BYTES {
            return Err(refused().found(format!("{} bytes", text.len())));
        }
        match HEXUPPER.decode(text.as_bytes()) {
            Ok(_) => Ok(Self(text.to_owned().into_boxed_str())),
            Err(error) => Err(refused().found("another character").at(error.position)),
        }
    }

    /// The code, as the CN has to be.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Judges the verification certificate, DER: issued by that very CA, valid now, no CA itself, its
/// only CN the code, letter by letter.
///
/// ```
/// # use provisor_testkit::{pki::{CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki}, random::SeededRandom};
/// use provisor::attestation::{VerificationCode, prove_possession};
/// use provisor::enrollment::TrustedCertificate;
/// # let (pki, mut random, now) = (ToyPki::new(7), SeededRandom::new(1, ""), ToyPki::NOW);
///
/// let ca = TrustedCertificate::from_der(pki.root.certificate.der())?;
/// let code = VerificationCode::generate(&mut random)?;
/// // The operator's part, with the CA's key.
/// let key = KeyPair::new(KeyKind::P256, 7, "verification");
/// let issued = CertificateBuilder::device(DistinguishedName::cn(code.as_str()), &key)
///     .issued_by(&pki.root);
///
/// let possession = prove_possession(&ca, &code, issued.der(), now)?;
/// assert_eq!(possession.ca(), ca.thumbprint());
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// # Errors
/// [`AttestPossessionCode`](Code::AttestPossessionCode),
/// [`AttestPossessionIssuer`](Code::AttestPossessionIssuer),
/// [`IdNoCommonName`](Code::IdNoCommonName) or
/// [`IdSeveralCommonNames`](Code::IdSeveralCommonNames), and codes of 2000 to 2999 for what else is
/// wrong with the certificate.
pub fn prove_possession(
    ca: &TrustedCertificate,
    code: &VerificationCode,
    certificate: &[u8],
    now: UnixTime,
) -> Result<Possession, Rejection> {
    let leaf = Certificate::from_der_at(0, certificate)?;
    check_code(&leaf, code)?;
    // Only the CA itself, and nothing between: a CA below it may belong to somebody else.
    let anchors = [ca.anchor()];
    PathVerifier::new(&VERIFICATION, &anchors)
        .verify(&leaf, now)
        .map_err(|cause| by_another(&leaf, ca, cause))?;
    Ok(Possession::of(*ca.thumbprint()))
}

fn check_code(leaf: &Certificate<'_>, code: &VerificationCode) -> Result<(), Rejection> {
    let found = common_name(leaf)?;
    if found == code.as_str() {
        return Ok(());
    }
    Err(Rejection::new(Code::AttestPossessionCode, subject(leaf))
        .expected(format!("CN={code}"))
        .found(format!("{}", leaf.subject())))
}

/// That somebody else signed has a code of its own; what else is wrong keeps the one it has.
fn by_another(leaf: &Certificate<'_>, ca: &TrustedCertificate, cause: Rejection) -> Rejection {
    match cause.code() {
        Code::X509IssuerNotFound
        | Code::X509RootNotTrusted
        | Code::X509IssuerKeyDiffers
        | Code::X509SignatureWrong
        | Code::X509KeyMismatch => Rejection::new(Code::AttestPossessionIssuer, subject(leaf))
            .expected(format!("a signature by the CA {}", ca.thumbprint()))
            .found(format!("{}: {}", cause.code().name(), cause.found_text())),
        _ => cause,
    }
}

fn subject(leaf: &Certificate<'_>) -> Subject {
    Subject::certificate(0, format!("{}", leaf.subject()))
}
