//! The usual names of object identifiers, for people.

use core::fmt;

use crate::text::Dotted;

/// Contents octets shown with the usual name, where there is one: `subjectAltName (2.5.29.17)`.
pub(crate) struct Labelled<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Labelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match label(self.0) {
            Some(label) => write!(f, "{label} ({})", Dotted(self.0)),
            None => fmt::Display::fmt(&Dotted(self.0), f),
        }
    }
}

fn label(oid: &[u8]) -> Option<&'static str> {
    match oid {
        [0x55, 0x1d, standard @ ..] => extension(standard),
        [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, rest @ ..] => pkix(rest),
        [0x67, 0x81, 0x05, 0x08, 1] => Some("tcg-kp-EKCertificate"),
        [0x67, 0x81, 0x05, 0x08, 2] => Some("tcg-kp-PlatformAttributeCertificate"),
        [0x67, 0x81, 0x05, 0x08, 3] => Some("tcg-kp-AIKCertificate"),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last] => rsa(*last),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, rest @ ..] => ansi_x962(rest),
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1] => Some("DSA"),
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3] => Some("dsa-with-SHA1"),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1] => Some("dsa-with-SHA224"),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2] => Some("dsa-with-SHA256"),
        [0x2b, 0x81, 4, 0, curve] => certicom(*curve),
        [0x2b, 0x81, 4, 1, 12] => Some("ecDH"),
        [0x2b, 0x81, 4, 1, 13] => Some("ecMQV"),
        [0x2b, 0x24, 3, 3, 2, 8, 1, 1, curve] => brainpool(*curve),
        [0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d] => Some("SM2"),
        [0x2a, 0x85, 3, 7, 1, 2, 1, 1, _] | [0x2a, 0x85, 3, 2, 2, 35, _] => Some("GOST R 34.10"),
        [0x2b, 0x65, last] => edwards(*last),
        _ => None,
    }
}

/// RFC 5280 section 4.2.1.
fn extension(rest: &[u8]) -> Option<&'static str> {
    Some(match rest {
        [9] => "subjectDirectoryAttributes",
        [14] => "subjectKeyIdentifier",
        [15] => "keyUsage",
        [17] => "subjectAltName",
        [18] => "issuerAltName",
        [19] => "basicConstraints",
        [30] => "nameConstraints",
        [31] => "cRLDistributionPoints",
        [32] => "certificatePolicies",
        [32, 0] => "anyPolicy",
        [33] => "policyMappings",
        [35] => "authorityKeyIdentifier",
        [36] => "policyConstraints",
        [37] => "extKeyUsage",
        [37, 0] => "anyExtendedKeyUsage",
        [46] => "freshestCRL",
        [54] => "inhibitAnyPolicy",
        _ => return None,
    })
}

/// RFC 5280 sections 4.2.1.12 and 4.2.2.
fn pkix(rest: &[u8]) -> Option<&'static str> {
    Some(match rest {
        [1, 1] => "authorityInfoAccess",
        [3, 1] => "serverAuth",
        [3, 2] => "clientAuth",
        [3, 3] => "codeSigning",
        [3, 4] => "emailProtection",
        [3, 8] => "timeStamping",
        [3, 9] => "OCSPSigning",
        _ => return None,
    })
}

/// PKCS #1 (RFC 8017 appendix A).
const fn rsa(last: u8) -> Option<&'static str> {
    Some(match last {
        1 => "rsaEncryption",
        2 => "md2WithRSAEncryption",
        4 => "md5WithRSAEncryption",
        5 => "sha1WithRSAEncryption",
        7 => "RSAES-OAEP",
        10 => "RSASSA-PSS",
        11 => "sha256WithRSAEncryption",
        12 => "sha384WithRSAEncryption",
        13 => "sha512WithRSAEncryption",
        14 => "sha224WithRSAEncryption",
        _ => return None,
    })
}

/// RFC 5480 section 2.1 and RFC 5758 section 3.2.
fn ansi_x962(rest: &[u8]) -> Option<&'static str> {
    Some(match rest {
        [2, 1] => "ecPublicKey",
        [3, 1, 1] => "P-192",
        [3, 1, 7] => "P-256",
        [4, 1] => "ecdsa-with-SHA1",
        [4, 3, 1] => "ecdsa-with-SHA224",
        [4, 3, 2] => "ecdsa-with-SHA256",
        [4, 3, 3] => "ecdsa-with-SHA384",
        [4, 3, 4] => "ecdsa-with-SHA512",
        _ => return None,
    })
}

/// SEC 2 appendix A.2.
const fn certicom(curve: u8) -> Option<&'static str> {
    Some(match curve {
        8 => "secp160r1",
        10 => "secp256k1",
        26 => "sect233k1",
        27 => "sect233r1",
        31 => "secp192k1",
        32 => "secp224k1",
        33 => "P-224",
        34 => "P-384",
        35 => "P-521",
        _ => return None,
    })
}

/// RFC 5639 section 4.1.
const fn brainpool(curve: u8) -> Option<&'static str> {
    Some(match curve {
        3 => "brainpoolP192r1",
        5 => "brainpoolP224r1",
        7 => "brainpoolP256r1",
        8 => "brainpoolP256t1",
        9 => "brainpoolP320r1",
        11 => "brainpoolP384r1",
        12 => "brainpoolP384t1",
        13 => "brainpoolP512r1",
        14 => "brainpoolP512t1",
        _ => return None,
    })
}

/// RFC 8410 section 3.
const fn edwards(last: u8) -> Option<&'static str> {
    Some(match last {
        110 => "X25519",
        111 => "X448",
        112 => "Ed25519",
        113 => "Ed448",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::oid::{self, Oid};

    #[test]
    fn known_identifiers_have_a_name_and_unknown_ones_a_number() {
        for (bytes, text) in [
            (
                Oid::CLIENT_AUTH.as_bytes(),
                "clientAuth (1.3.6.1.5.5.7.3.2)",
            ),
            (
                Oid::EK_CERTIFICATE.as_bytes(),
                "tcg-kp-EKCertificate (2.23.133.8.1)",
            ),
            (oid::P384, "P-384 (1.3.132.0.34)"),
            (oid::RSASSA_PSS, "RSASSA-PSS (1.2.840.113549.1.1.10)"),
            (oid::ANY_POLICY, "anyPolicy (2.5.29.32.0)"),
            (&[0x55, 0x1d, 17], "subjectAltName (2.5.29.17)"),
            (&[0x2b, 0x06, 0x01], "1.3.6.1"),
        ] {
            assert_eq!(Labelled(bytes).to_string(), text);
        }
    }
}
