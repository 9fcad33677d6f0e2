//! The labels of PEM blocks (RFC 7468 section 4), and what is done with each.

use crate::glance::Wanted;
use crate::limits;

/// What a label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// What can be asked for, by its label or by an old one.
    Wanted(Wanted),
    /// A certificate with OpenSSL's trust settings behind it.
    Trusted,
    /// Speaks of certificates or lists, and is neither.
    Beside(Other),
    /// Speaks of neither: a key, parameters.
    Silent(Option<Other>),
    /// Speaks of certificates or lists, and nobody knows the label.
    Odd,
}

/// A block of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Other {
    pub(super) found: &'static str,
    pub(super) remedy: &'static str,
}

const fn other(found: &'static str, remedy: &'static str) -> Other {
    Other { found, remedy }
}

pub(super) const PKCS7: &str = "a PKCS #7 bundle";

impl From<Wanted> for Other {
    /// What can be asked for, where the other one is.
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Certificates => other("a certificate", "give the revocation list of the CA"),
            Wanted::Lists => other("a revocation list", "send the certificate itself"),
        }
    }
}

impl Class {
    /// Whether the block is about a certificate or a list, so that it must not be lost in silence.
    pub(super) const fn speaks(self) -> bool {
        !matches!(self, Self::Silent(_))
    }

    pub(super) fn of(label: &str) -> Self {
        match label {
            // RFC 7468 section 5.1 knows the two other labels as historical.
            "CERTIFICATE" | "X509 CERTIFICATE" | "X.509 CERTIFICATE" => {
                Self::Wanted(Wanted::Certificates)
            }
            // Section 6: "CRL" is historical.
            "X509 CRL" | "X.509 CRL" | "CRL" => Self::Wanted(Wanted::Lists),
            "TRUSTED CERTIFICATE" => Self::Trusted,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Self::Beside(other(
                "a certificate request",
                "send the certificate that the CA issued for this request",
            )),
            "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => Self::Beside(other(
                PKCS7,
                "take the certificates out first (openssl pkcs7 -in FILE -print_certs)",
            )),
            "PKCS12" => Self::Beside(other(
                "a PKCS #12 file",
                "take the certificates out first (openssl pkcs12 -in FILE -nokeys -clcerts)",
            )),
            "ATTRIBUTE CERTIFICATE" => Self::Beside(other(
                "an attribute certificate",
                "send the public key certificate that it belongs to",
            )),
            "PRIVATE KEY"
            | "ENCRYPTED PRIVATE KEY"
            | "EC PRIVATE KEY"
            | "RSA PRIVATE KEY"
            | "DSA PRIVATE KEY"
            | "OPENSSH PRIVATE KEY"
            | "TSS2 PRIVATE KEY" => Self::Silent(Some(other(
                "a private key",
                "keep the key to yourself and send the certificate that belongs to it",
            ))),
            "PUBLIC KEY" | "RSA PUBLIC KEY" => Self::Silent(Some(other(
                "a public key",
                "send the certificate that holds this key; a bare key says nothing about its owner",
            ))),
            label if speaks_of_either(label) => Self::Odd,
            _ => Self::Silent(None),
        }
    }
}

/// Whether a label that nobody knows is about a certificate or a list: also in small letters, with
/// spaces inside, or with a letter wrong.
pub(super) fn speaks_of_either(label: &str) -> bool {
    let label: alloc::string::String = label
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    ["CERT", "CRL", "X509", "REVOC", "PKCS7", "PKCS12"]
        .iter()
        .any(|part| label.contains(part))
        || label == "CMS"
        || is_misspelled(&label)
}

/// All but three letters of the word, in any order.
fn is_misspelled(label: &str) -> bool {
    const WORD: &str = "CERTIFICATE";
    let count = |text: &str, letter: char| text.matches(letter).count();
    let differ: usize = ('A'..='Z')
        .map(|letter| count(WORD, letter).abs_diff(count(label, letter)))
        .sum();
    differ <= 3
}

/// A label as messages show it: a foreign text, so only if it is short and plain.
pub(super) fn shown(label: &str) -> &str {
    let plain = label.len() <= limits::PEM_LABEL_SHOWN
        && label
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if plain {
        label
    } else {
        "(a long or odd label)"
    }
}
