//! Every stable code, one row each: number, name, class, sentence, remedy, specification.
//!
//! Rust documentation, `include/provisor.h`, the Python enum and `docs/codes.md` are generated from
//! here. Keep the rows in the order of their numbers; never change what a number means; when a code
//! is retired, leave its number behind as a comment.

use super::class::Class;

super::rows::codes! {
    // --- 1000: identifiers -------------------------------------------------------------------
    IdEmpty = 1001 "ID_EMPTY" {
        class: Device,
        meaning: "the identifier is empty",
        remedy: "give at least one character",
        spec: "DPS and IoT Hub identifier rules",
    }
    IdTooLong = 1002 "ID_TOO_LONG" {
        class: Device,
        meaning: "the identifier is longer than its kind allows",
        remedy: "shorten it to the number of characters named as expected",
        spec: "DPS and IoT Hub identifier rules",
    }
    IdCharacter = 1003 "ID_CHARACTER" {
        class: Device,
        meaning: "the identifier holds a character that its rule set does not allow",
        remedy: "replace the character at the position named",
        spec: "DPS and IoT Hub identifier rules",
    }
    IdLastCharacter = 1004 "ID_LAST_CHARACTER" {
        class: Device,
        meaning: "the identifier ends with a character that may only stand inside",
        remedy: "end it with a letter, a digit or a hyphen",
        spec: "DPS and IoT Hub identifier rules",
    }
    IdHostLabel = 1005 "ID_HOST_LABEL" {
        class: Operator,
        meaning: "a part of the host name between dots is empty, too long, or begins or ends with a hyphen",
        remedy: "give the bare host name of the hub, for example hub1.example.net",
        spec: "RFC 1123 section 2.1, RFC 1035 section 2.3.4",
    }
    IdNoCommonName = 1006 "ID_NO_COMMON_NAME" {
        class: Device,
        meaning: "the certificate subject has no common name, so there is no registration ID in it",
        remedy: "issue the certificate with the registration ID as the only CN of its subject",
        spec: "DPS X.509 attestation, X.520 section 6.2.2",
    }
    IdSeveralCommonNames = 1007 "ID_SEVERAL_COMMON_NAMES" {
        class: Device,
        meaning: "the certificate subject has more than one common name, so the registration ID is ambiguous",
        remedy: "issue the certificate with the registration ID as the only CN of its subject",
        spec: "DPS X.509 attestation, X.520 section 6.2.2",
    }
    IdCommonName = 1008 "ID_COMMON_NAME" {
        class: Device,
        meaning: "the common name of the certificate is not a legal registration ID",
        remedy: "issue the certificate with a CN that follows the registration ID rules",
        spec: "DPS X.509 attestation",
    }

    // --- 2000: X.509, the encoding -----------------------------------------------------------
    X509Der = 2001 "X509_DER" {
        class: Device,
        meaning: "the bytes are not canonical DER where the structure needs it",
        remedy: "issue the certificate again with an encoder that follows DER, or send the original bytes",
        spec: "RFC 5280 section 4.1, X.690 section 10",
    }
    X509Truncated = 2002 "X509_TRUNCATED" {
        class: Device,
        meaning: "the bytes end before the structure does",
        remedy: "send the whole certificate; copying through a terminal or a fixed-size buffer often cuts it",
        spec: "X.690 section 8.1.3",
    }
    X509TrailingBytes = 2003 "X509_TRAILING_BYTES" {
        class: Device,
        meaning: "bytes follow the end of a structure",
        remedy: "cut the padding (certificates read from TPM storage are often padded), or issue the certificate again",
        spec: "RFC 5280 section 4.1, X.690 section 8.1.3",
    }
    X509Element = 2004 "X509_ELEMENT" {
        class: Device,
        meaning: "an element has another tag than the structure needs there",
        remedy: "check that the input is one X.509 certificate in DER; if it is, issue it again with another encoder",
        spec: "RFC 5280 section 4.1",
    }
    X509TooLarge = 2005 "X509_TOO_LARGE" {
        class: Device,
        meaning: "the certificate or one of its lists is larger than any real one",
        remedy: "issue a certificate with fewer extensions or names",
        spec: "provisor limits",
    }
    X509Version = 2006 "X509_VERSION" {
        class: Device,
        meaning: "the version is unknown or does not go with the fields used",
        remedy: "issue the certificate as version 3",
        spec: "RFC 5280 section 4.1.2.1",
    }
    X509Serial = 2007 "X509_SERIAL" {
        class: Device,
        meaning: "the serial number has no digits",
        remedy: "issue the certificate again with a serial number",
        spec: "RFC 5280 section 4.1.2.2",
    }
    X509Time = 2008 "X509_TIME" {
        class: Device,
        meaning: "a date has a form that RFC 5280 does not allow",
        remedy: "issue the certificate again with UTCTime to 2049 and GeneralizedTime from 2050, in seconds and ending in Z",
        spec: "RFC 5280 section 4.1.2.5",
    }
    X509AlgorithmMismatch = 2009 "X509_ALGORITHM_MISMATCH" {
        class: Device,
        meaning: "the signature algorithm inside the signed part differs from the one outside",
        remedy: "issue the certificate again; the difference can be a sign of tampering",
        spec: "RFC 5280 section 4.1.1.2",
    }
    X509IssuerEmpty = 2010 "X509_ISSUER_EMPTY" {
        class: Device,
        meaning: "the issuer name is empty",
        remedy: "issue the certificate from a CA that has a name",
        spec: "RFC 5280 section 4.1.2.4",
    }
    X509Name = 2011 "X509_NAME" {
        class: Device,
        meaning: "a name is not a sequence of sets of attributes",
        remedy: "issue the certificate again",
        spec: "RFC 5280 section 4.1.2.4",
    }
    X509Key = 2012 "X509_KEY" {
        class: Device,
        meaning: "the public key information cannot be read",
        remedy: "issue the certificate again",
        spec: "RFC 5280 section 4.1.2.7",
    }
    X509DuplicateExtension = 2013 "X509_DUPLICATE_EXTENSION" {
        class: Device,
        meaning: "an extension is there twice",
        remedy: "issue the certificate again with each extension once",
        spec: "RFC 5280 section 4.2",
    }
    X509Extension = 2014 "X509_EXTENSION" {
        class: Device,
        meaning: "an extension cannot be read",
        remedy: "issue the certificate again with the extension as its specification defines it",
        spec: "RFC 5280 section 4.2",
    }
    X509ExtendedKeyUsageEmpty = 2015 "X509_EXTENDED_KEY_USAGE_EMPTY" {
        class: Device,
        meaning: "the extended key usage allows no purpose",
        remedy: "issue the certificate with the purposes it is for, or without the extension",
        spec: "RFC 5280 section 4.2.1.12",
    }
    X509NameConstraints = 2016 "X509_NAME_CONSTRAINTS" {
        class: Device,
        meaning: "the name constraints are malformed, so what they allow is unknown",
        remedy: "issue the CA certificate again with well-formed constraints",
        spec: "RFC 5280 section 4.2.1.10",
    }
    X509Pem = 2017 "X509_PEM" {
        class: Device,
        meaning: "the text holds no readable PEM certificate or revocation list",
        remedy: "give a file with BEGIN CERTIFICATE and END CERTIFICATE lines, or the DER file",
        spec: "RFC 7468 section 5",
    }
    X509TpmIdentity = 2018 "X509_TPM_IDENTITY" {
        class: Device,
        meaning: "the TPM manufacturer, model and version cannot be read from the subject alternative name",
        remedy: "ask the TPM vendor for a certificate that follows the profile, or use a profile that does not need them",
        spec: "TCG EK Credential Profile section 3.1.2",
    }
    X509Armour = 2019 "X509_ARMOUR" {
        class: Device,
        meaning: "a BEGIN or END line of a certificate or list is damaged, or does not go with its other",
        remedy: "write the line as -----BEGIN CERTIFICATE----- or -----END CERTIFICATE-----, by itself and with five hyphens on each side",
        spec: "RFC 7468 section 2",
    }
    X509TrustedCertificate = 2020 "X509_TRUSTED_CERTIFICATE" {
        class: Device,
        meaning: "the block is a certificate with OpenSSL's trust settings behind it",
        remedy: "strip its trust settings (openssl x509 -in FILE -out NEW)",
        spec: "RFC 7468 section 5.1, openssl-x509 -trustout",
    }
    X509Form = 2021 "X509_FORM" {
        class: Device,
        meaning: "the bytes are a text or a package in place of a certificate or list in DER or PEM",
        remedy: "give the PEM or the DER file",
        spec: "RFC 7468 section 5, RFC 5280 section 4.1",
    }
    X509Wrapped = 2022 "X509_WRAPPED" {
        class: Device,
        meaning: "other bytes stand before the certificate or list, or around it",
        remedy: "cut them off and give the structure alone",
        spec: "RFC 5280 section 4.1",
    }
    X509OtherKind = 2023 "X509_OTHER_KIND" {
        class: Device,
        meaning: "the structure is well known, and another one than the one asked for",
        remedy: "give the file that is asked for",
        spec: "RFC 5280 sections 4.1 and 5.1",
    }
    X509PassedOver = 2024 "X509_PASSED_OVER" {
        class: Device,
        meaning: "a block that speaks of a certificate or a list would have to be passed over",
        remedy: "take the block out of the file, or put what it holds into a file of its own",
        spec: "RFC 7468 section 2, provisor file rules",
    }
    X509OidTooLong = 2030 "X509_OID_TOO_LONG" {
        class: Device,
        meaning: "an object identifier is longer than any that is in use",
        remedy: "issue the certificate again without it; an identifier made of a UUID has some twenty bytes",
        spec: "provisor limits, X.690 section 8.19",
    }

    // --- 2050: X.509, algorithms and keys ----------------------------------------------------
    X509SignatureAlgorithm = 2050 "X509_SIGNATURE_ALGORITHM" {
        class: Device,
        meaning: "the signature algorithm is unknown, or has other parameters than it should",
        remedy: "have the issuer sign with ECDSA P-256, RSA with SHA-256 or Ed25519, and write the algorithm's own parameters",
        spec: "RFC 5280 section 4.1.1.2",
    }
    X509SignatureUnsupported = 2051 "X509_SIGNATURE_UNSUPPORTED" {
        class: Operator,
        meaning: "the signature algorithm is sound but this backend cannot check it",
        remedy: "trust an intermediate below this signature directly, or use a backend that has the algorithm",
        spec: "RFC 5280 section 6.1.3 (a)(1)",
    }
    X509SignatureSha1 = 2052 "X509_SIGNATURE_SHA1" {
        class: Device,
        meaning: "the certificate is signed with SHA-1, for which collisions can be bought",
        remedy: "have the certificate issued again with SHA-256",
        spec: "RFC 6194 section 2, RFC 9155",
    }
    X509SignatureMd5 = 2053 "X509_SIGNATURE_MD5" {
        class: Device,
        meaning: "the certificate is signed with MD2, MD4 or MD5, which anybody can forge",
        remedy: "have the certificate issued again with SHA-256",
        spec: "RFC 6151 section 2",
    }
    X509SignatureDsa = 2054 "X509_SIGNATURE_DSA" {
        class: Device,
        meaning: "the certificate is signed with DSA, which is no longer trusted",
        remedy: "have the certificate issued again by a CA with an ECDSA or RSA key",
        spec: "FIPS 186-5 section 4",
    }
    X509PssParameters = 2055 "X509_PSS_PARAMETERS" {
        class: Device,
        meaning: "the RSASSA-PSS parameters are not one hash throughout with a salt of its length",
        remedy: "have the certificate issued again with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes",
        spec: "RFC 4055 section 3.1",
    }
    X509KeyRsaSize = 2056 "X509_KEY_RSA_SIZE" {
        class: Device,
        meaning: "the RSA key has fewer than 2048 or more than 8192 bits",
        remedy: "make a key of 2048 to 4096 bits and have it certified",
        spec: "NIST SP 800-131A section 3",
    }
    X509KeyCurve = 2057 "X509_KEY_CURVE" {
        class: Device,
        meaning: "the elliptic curve is too small or unknown",
        remedy: "make a key on P-256 and have it certified",
        spec: "RFC 5480 section 2.1.1.1",
    }
    X509KeyCurveExplicit = 2058 "X509_KEY_CURVE_EXPLICIT" {
        class: Device,
        meaning: "the elliptic curve is written out in place of its name",
        remedy: "make the key again with a named curve (openssl: -pkeyopt ec_param_enc:named_curve)",
        spec: "RFC 5480 section 2.1.1",
    }
    X509KeyDsa = 2059 "X509_KEY_DSA" {
        class: Device,
        meaning: "the key is a DSA key, which is no longer trusted",
        remedy: "make an ECDSA or RSA key and have it certified",
        spec: "FIPS 186-5 section 4",
    }
    X509KeyAlgorithm = 2060 "X509_KEY_ALGORITHM" {
        class: Device,
        meaning: "the algorithm of the public key is unknown",
        remedy: "use an ECDSA, RSA or Ed25519 key",
        spec: "RFC 5280 section 4.1.2.7",
    }
    X509KeyMismatch = 2061 "X509_KEY_MISMATCH" {
        class: Device,
        meaning: "the signature algorithm does not go with the issuer's kind of key",
        remedy: "check that this CA certificate is really the issuer; another one may have the same name",
        spec: "RFC 5280 section 6.1.3 (a)(1)",
    }
    X509KeyPoint = 2062 "X509_KEY_POINT" {
        class: Device,
        meaning: "the public key is not a point of its elliptic curve",
        remedy: "make a new key pair and have it certified: nobody can hold the private key of this one",
        spec: "SEC 1 section 3.2.2.1",
    }
    X509SignatureForm = 2063 "X509_SIGNATURE_FORM" {
        class: Device,
        meaning: "the signature is not in the form of its algorithm, so that no key can have made it",
        remedy: "mend the software that signs, so that it writes the signature in the form named as expected, and issue the certificate again",
        spec: "RFC 3279 section 2.2, RFC 8017 section 8, RFC 8032 section 5.1.6",
    }
    X509KeyForm = 2064 "X509_KEY_FORM" {
        class: Device,
        meaning: "the public key is wrapped, or written in another form than its algorithm's",
        remedy: "mend the software that copies the key into the certificate or its request, so that it writes the form named as expected, and have the key certified again",
        spec: "RFC 5480 section 2.2, RFC 8017 section A.1.1, RFC 8410 section 4",
    }
    X509KeyUnreadable = 2065 "X509_KEY_UNREADABLE" {
        class: Operator,
        meaning: "the issuer's key is of a known kind, but this backend cannot read it, so that nothing is known of the signature",
        remedy: "trust a CA below this key directly, use a backend that reads it, or have the CA make a usual key",
        spec: "RFC 5280 section 6.1.3 (a)(1)",
    }

    // --- 2100: X.509, the path ---------------------------------------------------------------
    X509IssuerNotFound = 2101 "X509_ISSUER_NOT_FOUND" {
        class: Device,
        meaning: "no certificate sent and no trust anchor has the name of the issuer",
        remedy: "send the missing intermediate certificate, or register the issuer as trusted",
        spec: "RFC 5280 section 6.1",
    }
    X509NotYetValid = 2102 "X509_NOT_YET_VALID" {
        class: Device,
        meaning: "the certificate is not valid yet",
        remedy: "set the clock; if it is right, wait or have the certificate issued again",
        spec: "RFC 5280 section 6.1.3 (a)(2)",
    }
    X509Expired = 2103 "X509_EXPIRED" {
        class: Device,
        meaning: "the certificate has expired",
        remedy: "renew the certificate, or set the clock if the time of the verdict is wrong",
        spec: "RFC 5280 section 6.1.3 (a)(2)",
    }
    X509SignatureWrong = 2104 "X509_SIGNATURE_WRONG" {
        class: Device,
        meaning: "the signature was not made by the key of this issuer over these bytes",
        remedy: "send the certificate unchanged, with the issuer that signed it",
        spec: "RFC 5280 section 6.1.3 (a)(1)",
    }
    X509RootNotTrusted = 2105 "X509_ROOT_NOT_TRUSTED" {
        class: Device,
        meaning: "the chain ends in a self-signed certificate that is not trusted here",
        remedy: "register this root, or use a certificate of a CA that is trusted",
        spec: "RFC 5280 section 6.1.1 (d)",
    }
    X509IssuerKeyDiffers = 2106 "X509_ISSUER_KEY_DIFFERS" {
        class: Device,
        meaning: "a CA of the right name is there, but with another key than the certificate was signed with",
        remedy: "use the CA certificate that goes with the signing key; after a renewal with a new key both are needed",
        spec: "RFC 5280 section 4.2.1.1",
    }
    X509NotCa = 2107 "X509_NOT_CA" {
        class: Device,
        meaning: "the issuer is no CA certificate",
        remedy: "use a certificate with basicConstraints cA TRUE as the issuer",
        spec: "RFC 5280 section 6.1.4 (k)",
    }
    X509PathLength = 2108 "X509_PATH_LENGTH" {
        class: Device,
        meaning: "more intermediates follow the CA than its path length constraint allows",
        remedy: "issue from a CA nearer to this one, or raise pathLenConstraint when it is issued again",
        spec: "RFC 5280 section 6.1.4 (l)",
    }
    X509KeyCertSign = 2109 "X509_KEY_CERT_SIGN" {
        class: Device,
        meaning: "the issuer's key usage does not allow signing certificates",
        remedy: "issue the CA certificate again with keyCertSign",
        spec: "RFC 5280 section 6.1.4 (n)",
    }
    X509KeyUsage = 2110 "X509_KEY_USAGE" {
        class: Device,
        meaning: "the leaf's key usage does not allow what the profile needs",
        remedy: "issue the certificate again with the key usage named",
        spec: "RFC 5280 section 4.2.1.3",
    }
    X509ExtendedKeyUsage = 2111 "X509_EXTENDED_KEY_USAGE" {
        class: Device,
        meaning: "the extended key usage does not hold the purpose wanted",
        remedy: "issue the certificate again with the purpose named, or choose the profile that fits it",
        spec: "RFC 5280 section 4.2.1.12",
    }
    X509UnknownCritical = 2112 "X509_UNKNOWN_CRITICAL" {
        class: Device,
        meaning: "a critical extension is not understood",
        remedy: "issue the certificate without it, or with it marked not critical",
        spec: "RFC 5280 section 4.2",
    }
    X509LeafIsCa = 2113 "X509_LEAF_IS_CA" {
        class: Device,
        meaning: "a CA certificate stands where the device's own certificate belongs",
        remedy: "send the device certificate first and its issuers after it",
        spec: "RFC 5280 section 4.2.1.9",
    }
    X509LeafNotCa = 2114 "X509_LEAF_NOT_CA" {
        class: Device,
        meaning: "the certificate should be a CA but is none",
        remedy: "give the CA certificate",
        spec: "RFC 5280 section 4.2.1.9",
    }
    X509NameNotPermitted = 2115 "X509_NAME_NOT_PERMITTED" {
        class: Device,
        meaning: "a name lies outside what a CA above may certify",
        remedy: "issue the certificate from a CA that may certify this name, or change the name",
        spec: "RFC 5280 section 6.1.3 (b)",
    }
    X509NameExcluded = 2116 "X509_NAME_EXCLUDED" {
        class: Device,
        meaning: "a CA above is forbidden to certify a name",
        remedy: "issue the certificate from a CA that may certify this name, or change the name",
        spec: "RFC 5280 section 6.1.3 (c)",
    }
    X509NameUncheckable = 2117 "X509_NAME_UNCHECKABLE" {
        class: Device,
        meaning: "a name constraint applies to a name that cannot be compared with it",
        remedy: "issue the certificate without this name, or the CA without the constraint on its form",
        spec: "RFC 5280 section 4.2.1.10",
    }
    X509PolicyMissing = 2118 "X509_POLICY_MISSING" {
        class: Device,
        meaning: "a certificate policy is required and the path is valid for none that is accepted",
        remedy: "issue the certificates below the CA that requires a policy with that policy",
        spec: "RFC 5280 sections 6.1.3 (f) and 6.1.5 (g)",
    }
    X509KeyWeak = 2119 "X509_KEY_WEAK" {
        class: Device,
        meaning: "the leaf's key is too weak for the profile",
        remedy: "make a stronger key and have it certified",
        spec: "NIST SP 800-131A section 3",
    }
    X509PolicyMapping = 2120 "X509_POLICY_MAPPING" {
        class: Device,
        meaning: "a CA maps anyPolicy, which no mapping may do",
        remedy: "issue the CA certificate again with mappings between particular policies",
        spec: "RFC 5280 section 6.1.4 (a)",
    }
    X509BudgetDepth = 2121 "X509_BUDGET_DEPTH" {
        class: Device,
        meaning: "the path, its self-issued certificates counted, is longer than one verdict may follow",
        remedy: "send only the intermediates between the leaf and the anchor, or trust one further down",
        spec: "provisor limits",
    }
    X509CrlPointsUnchecked = 2122 "X509_CRL_POINTS_UNCHECKED" {
        class: Operator,
        meaning: "the certificate's CRL distribution points are critical, and no revocation lists were handed in",
        remedy: "hand in the revocation lists of every CA on the path (`provisor explain --crl FILE`, `PathVerifier::revocation`)",
        spec: "RFC 5280 sections 4.2, 4.2.1.13",
    }
    X509NoAnchors = 2130 "X509_NO_ANCHORS" {
        class: Operator,
        meaning: "there is no trust anchor to build a path to",
        remedy: "register a root or an issuing CA first",
        spec: "RFC 5280 section 6.1.1 (d)",
    }
    X509TooDeep = 2131 "X509_TOO_DEEP" {
        class: Device,
        meaning: "the path has more intermediates than are allowed",
        remedy: "send only the intermediates between the leaf and the anchor, or trust one further down",
        spec: "provisor limits",
    }
    X509BudgetSignatures = 2132 "X509_BUDGET_SIGNATURES" {
        class: Device,
        meaning: "more signatures would have to be checked than one verdict may cost",
        remedy: "send only the certificates of this chain",
        spec: "provisor limits",
    }
    X509BudgetCandidates = 2133 "X509_BUDGET_CANDIDATES" {
        class: Device,
        meaning: "more issuers would have to be looked at than one verdict may cost",
        remedy: "send only the certificates of this chain",
        spec: "provisor limits",
    }
    X509BudgetNames = 2134 "X509_BUDGET_NAMES" {
        class: Device,
        meaning: "more names would have to be compared with name constraints than one verdict may cost",
        remedy: "use fewer names in the certificate or fewer constraints in its CAs",
        spec: "provisor limits",
    }
    X509Loop = 2135 "X509_LOOP" {
        class: Device,
        meaning: "the issuers sent certify each other in a circle that reaches no trust anchor",
        remedy: "send the certificate that links the circle to a trusted root",
        spec: "RFC 4158 section 2.4.1",
    }
    X509BudgetPolicies = 2136 "X509_BUDGET_POLICIES" {
        class: Device,
        meaning: "more certificate policies would have to be followed than one verdict may cost",
        remedy: "use fewer policies and mappings in the CA certificates",
        spec: "provisor limits",
    }
    X509BudgetWork = 2137 "X509_BUDGET_WORK" {
        class: Device,
        meaning: "the verdict as a whole would be more work than one may cost, though no part of it alone",
        remedy: "send only the certificates of this chain; use fewer and shorter names, constraints and purposes in them",
        spec: "provisor limits",
    }
    X509AnchorUnusable = 2140 "X509_ANCHOR_UNUSABLE" {
        class: Operator,
        meaning: "the certificate cannot serve as a trust anchor",
        remedy: "register a CA certificate; a single device is enrolled by its own certificate, not as an anchor",
        spec: "RFC 5280 section 6.1.1 (d), RFC 5914",
    }

    // --- 2180: X.509, the strict profile -----------------------------------------------------
    X509StrictSerial = 2180 "X509_STRICT_SERIAL" {
        class: Device,
        meaning: "the serial number is negative, zero or longer than 20 octets",
        remedy: "issue the certificate again with a positive serial number of 20 octets at most",
        spec: "RFC 5280 section 4.1.2.2",
    }
    X509StrictDer = 2181 "X509_STRICT_DER" {
        class: Device,
        meaning: "the certificate is not canonical DER",
        remedy: "issue the certificate again with software that writes DER, or use a profile that is not strict",
        spec: "RFC 5280 section 4.1",
    }
    X509StrictUniqueId = 2182 "X509_STRICT_UNIQUE_ID" {
        class: Device,
        meaning: "the certificate has a unique identifier, which CAs must not use",
        remedy: "issue the certificate again without unique identifiers",
        spec: "RFC 5280 section 4.1.2.8",
    }
    X509StrictCaSubject = 2183 "X509_STRICT_CA_SUBJECT" {
        class: Device,
        meaning: "a CA certificate has no subject",
        remedy: "issue the CA certificate again with a name",
        spec: "RFC 5280 section 4.1.2.6",
    }
    X509StrictNoName = 2184 "X509_STRICT_NO_NAME" {
        class: Device,
        meaning: "the subject is empty and no critical subject alternative name stands for it",
        remedy: "issue the certificate again with a subject, or mark its alternative names critical",
        spec: "RFC 5280 section 4.2.1.6",
    }
    X509StrictAuthorityKeyId = 2185 "X509_STRICT_AUTHORITY_KEY_ID" {
        class: Device,
        meaning: "the certificate does not name the key that signed it",
        remedy: "issue the certificate again with an authority key identifier",
        spec: "RFC 5280 section 4.2.1.1",
    }
    X509StrictSubjectKeyId = 2186 "X509_STRICT_SUBJECT_KEY_ID" {
        class: Device,
        meaning: "a CA certificate does not name its own key",
        remedy: "issue the CA certificate again with a subject key identifier",
        spec: "RFC 5280 section 4.2.1.2",
    }
    X509StrictKeyUsageMissing = 2187 "X509_STRICT_KEY_USAGE_MISSING" {
        class: Device,
        meaning: "a CA certificate has no key usage",
        remedy: "issue the CA certificate again with keyCertSign in its key usage",
        spec: "RFC 5280 section 4.2.1.3",
    }
    X509StrictKeyUsageEmpty = 2188 "X509_STRICT_KEY_USAGE_EMPTY" {
        class: Device,
        meaning: "the key usage allows no use at all",
        remedy: "issue the certificate again with the uses that its key has",
        spec: "RFC 5280 section 4.2.1.3",
    }
    X509StrictCertSign = 2189 "X509_STRICT_CERT_SIGN" {
        class: Device,
        meaning: "a certificate that is no CA may sign certificates",
        remedy: "issue the certificate again without keyCertSign, or as a CA",
        spec: "RFC 5280 section 4.2.1.9",
    }
    X509StrictBasicConstraints = 2190 "X509_STRICT_BASIC_CONSTRAINTS" {
        class: Device,
        meaning: "a CA certificate does not say that it is a CA",
        remedy: "issue the CA certificate again with basicConstraints and cA TRUE",
        spec: "RFC 5280 section 4.2.1.9",
    }
    X509StrictPathLength = 2191 "X509_STRICT_PATH_LENGTH" {
        class: Device,
        meaning: "a path length stands in a certificate that is no CA or may not sign certificates",
        remedy: "issue the certificate again with keyCertSign, or without the path length",
        spec: "RFC 5280 section 4.2.1.9",
    }
    X509StrictNotCritical = 2192 "X509_STRICT_NOT_CRITICAL" {
        class: Device,
        meaning: "an extension that must be critical is not",
        remedy: "issue the certificate again with that extension marked critical",
        spec: "RFC 5280 section 4.2",
    }
    X509StrictCritical = 2193 "X509_STRICT_CRITICAL" {
        class: Device,
        meaning: "an extension that must not be critical is",
        remedy: "issue the certificate again with that extension not marked critical",
        spec: "RFC 5280 section 4.2",
    }
    X509StrictNameConstraints = 2194 "X509_STRICT_NAME_CONSTRAINTS" {
        class: Device,
        meaning: "a certificate that is no CA has name constraints",
        remedy: "issue the certificate again without name constraints",
        spec: "RFC 5280 section 4.2.1.10",
    }
    X509StrictAltName = 2195 "X509_STRICT_ALT_NAME" {
        class: Device,
        meaning: "a subject alternative name is not in the syntax of its form",
        remedy: "issue the certificate again with the name corrected, or in the form that it has",
        spec: "RFC 5280 section 4.2.1.6",
    }
    X509StrictPolicyTwice = 2196 "X509_STRICT_POLICY_TWICE" {
        class: Device,
        meaning: "a certificate policy is stated twice",
        remedy: "issue the certificate again with each policy once",
        spec: "RFC 5280 section 4.2.1.4",
    }
    X509StrictAuthorityInfo = 2197 "X509_STRICT_AUTHORITY_INFO" {
        class: Device,
        meaning: "the authority information access cannot be read",
        remedy: "issue the certificate again with access descriptions, or without the extension",
        spec: "RFC 5280 section 4.2.2.1",
    }
    X509StrictPoint = 2198 "X509_STRICT_POINT" {
        class: Device,
        meaning: "the public key is a compressed point, which not everybody reads",
        remedy: "issue the certificate again with the key as an uncompressed point",
        spec: "RFC 5480 section 2.2",
    }
    X509StrictIssuerNamed = 2199 "X509_STRICT_ISSUER_NAMED" {
        class: Device,
        meaning: "the certificate below names another issuer by its authority key identifier",
        remedy: "issue the certificate below again with the identifiers of the CA that signs it",
        spec: "RFC 5280 section 4.2.1.1",
    }
    X509StrictText = 2200 "X509_STRICT_TEXT" {
        class: Device,
        meaning: "a name holds a value that is no text of its string type",
        remedy: "issue the certificate again with the name in UTF8String",
        spec: "RFC 5280 section 4.1.2.4",
    }
    X509StrictCrlPoints = 2201 "X509_STRICT_CRL_POINTS" {
        class: Device,
        meaning: "the CRL distribution points cannot be read",
        remedy: "issue the certificate again with distribution points, or without the extension",
        spec: "RFC 5280 section 4.2.1.13",
    }
    X509StrictQualifier = 2202 "X509_STRICT_QUALIFIER" {
        class: Device,
        meaning: "a qualifier of a certificate policy cannot be read",
        remedy: "issue the certificate again with policy qualifiers of their types, or without them",
        spec: "RFC 5280 section 4.2.1.4",
    }

    // --- 2301: X.509, certificate revocation lists --------------------------------------------
    X509Revoked = 2301 "X509_REVOKED" {
        class: Device,
        meaning: "the certificate was revoked by its CA",
        remedy: "give the device a new certificate with a new key, or ask the CA why it revoked this one",
        spec: "RFC 5280 section 6.3.3 (i), (j)",
    }
    X509OnHold = 2302 "X509_ON_HOLD" {
        class: Operator,
        meaning: "the certificate is on hold: its CA has suspended it and may release it again",
        remedy: "ask the CA to release the certificate, then use its next revocation list",
        spec: "RFC 5280 section 5.3.1",
    }
    X509CrlMissing = 2303 "X509_CRL_MISSING" {
        class: Operator,
        meaning: "no revocation list of the certificate's CA is at hand, so it may be revoked",
        remedy: "fetch the revocation list named by the certificate's CRL distribution point and hand it in",
        spec: "RFC 5280 section 6.3.3",
    }
    X509CrlScope = 2304 "X509_CRL_SCOPE" {
        class: Operator,
        meaning: "the revocation lists at hand do not cover this certificate",
        remedy: "hand in the list for this kind of certificate and its CRL distribution point as well",
        spec: "RFC 5280 section 6.3.3 (b)",
    }
    X509CrlReasons = 2305 "X509_CRL_REASONS" {
        class: Operator,
        meaning: "the revocation lists at hand cover some reasons for revocation only",
        remedy: "hand in the lists for the other reasons as well",
        spec: "RFC 5280 section 6.3.3 (d), (l)",
    }
    X509CrlExpired = 2306 "X509_CRL_EXPIRED" {
        class: Operator,
        meaning: "the revocation list is too old, or does not say until when it is current",
        remedy: "fetch the CA's current revocation list, or set the clock if the time is wrong",
        spec: "RFC 5280 sections 5.1.2.5, 6.3.3 (a)",
    }
    X509CrlNotYetValid = 2307 "X509_CRL_NOT_YET_VALID" {
        class: Operator,
        meaning: "the revocation list was issued in the future",
        remedy: "set the clock; otherwise ask the CA about the list's date",
        spec: "RFC 5280 section 5.1.2.4",
    }
    X509CrlSignature = 2308 "X509_CRL_SIGNATURE" {
        class: Operator,
        meaning: "the revocation list was not signed by its issuer's key",
        remedy: "fetch the list again; if the CA signs lists with a key of its own, send that key's certificate along",
        spec: "RFC 5280 section 6.3.3 (g)",
    }
    X509CrlSigner = 2309 "X509_CRL_SIGNER" {
        class: Operator,
        meaning: "the key that signed the revocation list may not sign revocation lists",
        remedy: "have the CA's certificate issued again with the key usage cRLSign",
        spec: "RFC 5280 section 6.3.3 (f)",
    }
    X509CrlSignerPath = 2310 "X509_CRL_SIGNER_PATH" {
        class: Operator,
        meaning: "the revocation list's signer has no valid path to the trust anchor of the certificate",
        remedy: "send the signer's certificate and its issuers along; they must lead to the same trust anchor",
        spec: "RFC 5280 section 6.3.3 (f)",
    }
    X509CrlUnknownCritical = 2311 "X509_CRL_UNKNOWN_CRITICAL" {
        class: Operator,
        meaning: "the revocation list has a critical extension that is not processed, so it may mean more than it seems to",
        remedy: "have the CA issue its lists without that extension, or with it not critical",
        spec: "RFC 5280 sections 5.2, 5.3",
    }
    X509CrlDelta = 2312 "X509_CRL_DELTA" {
        class: Operator,
        meaning: "only a delta revocation list is at hand, which says nothing without its base",
        remedy: "hand in the complete revocation list that the delta is based on as well",
        spec: "RFC 5280 sections 5.2.4, 6.3.3 (c)",
    }
    X509CrlSignatureForm = 2313 "X509_CRL_SIGNATURE_FORM" {
        class: Operator,
        meaning: "the signature of the revocation list is not in the form of its algorithm, so that no key can have made it",
        remedy: "have the CA mend the software that signs its lists, so that it writes the form named as expected, and fetch its next list",
        spec: "RFC 3279 section 2.2, RFC 8017 section 8, RFC 8032 section 5.1.6",
    }
    X509CrlAlgorithm = 2314 "X509_CRL_ALGORITHM" {
        class: Operator,
        meaning: "the revocation list is signed with an algorithm that is not accepted, or that this backend lacks",
        remedy: "have the CA sign its lists with ECDSA P-256, RSA with SHA-256 or Ed25519, and fetch its next list",
        spec: "RFC 5280 section 5.1.1.2",
    }
    X509CrlMalformed = 2320 "X509_CRL_MALFORMED" {
        class: Operator,
        meaning: "the revocation list breaks a rule of its format",
        remedy: "fetch the list again; if it stays so, tell the CA",
        spec: "RFC 5280 section 5",
    }
    X509CrlPoints = 2321 "X509_CRL_POINTS" {
        class: Device,
        meaning: "the certificate's CRL distribution points cannot be read, so it is unknown which list covers it",
        remedy: "issue the certificate again with well-formed CRL distribution points",
        spec: "RFC 5280 section 4.2.1.13",
    }
    X509BudgetCrls = 2322 "X509_BUDGET_CRLS" {
        class: Operator,
        meaning: "more revocation list entries would have to be read than one verdict may cost",
        remedy: "hand in the lists that the path needs, only; have the CA split its lists by distribution points",
        spec: "provisor limits",
    }

    // --- 3000: TPM 2.0, the encoding -------------------------------------------------------------
    TpmTruncated = 3001 "TPM_TRUNCATED" {
        class: Device,
        meaning: "a size field points beyond the data, or the structure ends early",
        remedy: "send the bytes exactly as the TPM returned them, size fields included",
        spec: "TPM 2.0 Part 2 section 10.4 (TPM2B types)",
    }
    TpmTrailingBytes = 3002 "TPM_TRAILING_BYTES" {
        class: Device,
        meaning: "bytes follow the end of the structure",
        remedy: "send the bytes exactly as the TPM returned them and nothing after them",
        spec: "TPM 2.0 Part 2 section 10.4 (TPM2B types)",
    }
    TpmEmpty = 3003 "TPM_EMPTY" {
        class: Device,
        meaning: "the sized structure holds nothing",
        remedy: "read the public area from the TPM again; a size of 0 is no object",
        spec: "TPM 2.0 Part 2 section 12.2.5 (TPM2B_PUBLIC)",
    }
    TpmTooLong = 3004 "TPM_TOO_LONG" {
        class: Device,
        meaning: "the data is longer than the structure or its size field can be",
        remedy: "send one structure at a time, within the length named as expected",
        spec: "TPM 2.0 Part 2 section 10.4 (TPM2B types)",
    }
    TpmObjectType = 3005 "TPM_OBJECT_TYPE" {
        class: Device,
        meaning: "the object type is unknown, or its size bytes were left off or swapped",
        remedy: "send a TPM2B_PUBLIC: two size bytes, big-endian, then TPMT_PUBLIC",
        spec: "TPM 2.0 Part 2 section 12.2.2 (TPMI_ALG_PUBLIC)",
    }
    TpmNameAlgorithm = 3006 "TPM_NAME_ALGORITHM" {
        class: Device,
        meaning: "the name algorithm is not a hash that this library computes",
        remedy: "create the key with nameAlg SHA-256, SHA-384 or SHA-512",
        spec: "TPM 2.0 Part 1 section 16 (Names)",
    }
    TpmReservedAttributes = 3007 "TPM_RESERVED_ATTRIBUTES" {
        class: Device,
        meaning: "reserved bits of objectAttributes are set",
        remedy: "send the public area unchanged; no TPM makes an object with these bits",
        spec: "TPM 2.0 Part 2 section 8.3.2 (TPMA_OBJECT)",
    }
    TpmAuthPolicySize = 3008 "TPM_AUTH_POLICY_SIZE" {
        class: Device,
        meaning: "authPolicy is neither empty nor as long as a digest of the name algorithm",
        remedy: "create the key with a policy digest of its own name algorithm",
        spec: "TPM 2.0 Part 2 section 12.2.4 (TPMT_PUBLIC)",
    }
    TpmSymmetric = 3009 "TPM_SYMMETRIC" {
        class: Device,
        meaning: "the symmetric parameters are not AES in CFB mode with 128, 192 or 256 bits",
        remedy: "create the key with the symmetric parameters of a TCG template",
        spec: "TPM 2.0 Part 2 section 11.1.7 (TPMT_SYM_DEF_OBJECT)",
    }
    TpmScheme = 3010 "TPM_SCHEME" {
        class: Device,
        meaning: "the scheme is not defined for this type of object",
        remedy: "send the public area unchanged",
        spec: "TPM 2.0 Part 2 section 11.2 (asymmetric schemes)",
    }
    TpmHashAlgorithm = 3011 "TPM_HASH_ALGORITHM" {
        class: Device,
        meaning: "the hash of a scheme is not one that this library computes",
        remedy: "create the key with SHA-256, SHA-384 or SHA-512",
        spec: "TPM 2.0 Part 2 section 9.27 (TPMI_ALG_HASH)",
    }
    TpmKeyBits = 3012 "TPM_KEY_BITS" {
        class: Device,
        meaning: "keyBits is not a size that TPMs have",
        remedy: "send the public area unchanged",
        spec: "TPM 2.0 Part 2 section 11.2.4.6 (TPMI_RSA_KEY_BITS)",
    }
    TpmUniqueSize = 3013 "TPM_UNIQUE_SIZE" {
        class: Device,
        meaning: "the unique field is not as long as the key it should hold",
        remedy: "send the public area of the key, not the template it was made from",
        spec: "TPM 2.0 Part 2 section 12.2.3.2 (TPMU_PUBLIC_ID)",
    }
    TpmCurve = 3014 "TPM_CURVE" {
        class: Device,
        meaning: "the curve is unknown",
        remedy: "send the public area unchanged",
        spec: "TPM 2.0 Part 2 section 6.4 (TPM_ECC_CURVE)",
    }
    TpmCoordinateSize = 3015 "TPM_COORDINATE_SIZE" {
        class: Device,
        meaning: "a coordinate is empty or longer than the curve's field",
        remedy: "send the public area of the key, not the template it was made from",
        spec: "TPM 2.0 Part 2 section 11.2.5.2 (TPMS_ECC_POINT)",
    }
    TpmKdf = 3016 "TPM_KDF" {
        class: Device,
        meaning: "the key derivation scheme is not defined",
        remedy: "send the public area unchanged",
        spec: "TPM 2.0 Part 2 section 11.2.3.3 (TPMT_KDF_SCHEME)",
    }
    TpmNameForm = 3017 "TPM_NAME_FORM" {
        class: Device,
        meaning: "the Name is not an algorithm identifier followed by a digest of that algorithm",
        remedy: "take the Name from TPM2_ReadPublic, or compute it from the public area",
        spec: "TPM 2.0 Part 1 section 16 (Names)",
    }
    TpmBlobFields = 3018 "TPM_BLOB_FIELDS" {
        class: Device,
        meaning: "the activation blob does not hold exactly six sized fields",
        remedy: "send the blob as the service made it",
        spec: "activation blob layout, docs/tpm.md",
    }
    TpmText = 3019 "TPM_TEXT" {
        class: Device,
        meaning: "text stands where the bytes of a TPM structure belong",
        remedy: "decode the text, or have the tool write the bytes (tpm2_readpublic -o FILE)",
        spec: "TPM 2.0 Part 2 section 4 (canonical form)",
    }
    TpmSizeMissing = 3020 "TPM_SIZE_MISSING" {
        class: Device,
        meaning: "the structure came without the size field that belongs in front of it",
        remedy: "put its size in front of it: two bytes, big-endian",
        spec: "TPM 2.0 Part 2 section 10.4 (TPM2B types)",
    }
    TpmSizeExtra = 3021 "TPM_SIZE_EXTRA" {
        class: Device,
        meaning: "a size field stands in front of the structure, where none belongs or a second one",
        remedy: "cut the two bytes of the size field off",
        spec: "TPM 2.0 Part 2 section 10.4 (TPM2B types)",
    }
    TpmCertificate = 3022 "TPM_CERTIFICATE" {
        class: Device,
        meaning: "a certificate stands where a structure of the TPM belongs",
        remedy: "send the public area as tpm2_readpublic -o writes it; hand the certificate in beside it",
        spec: "TPM 2.0 Part 2 section 12.2.5 (TPM2B_PUBLIC)",
    }
    TpmBareKey = 3023 "TPM_BARE_KEY" {
        class: Device,
        meaning: "a public key without attributes and policy stands where a public area belongs",
        remedy: "send the public area as tpm2_readpublic -o writes it, without -f pem and -f der",
        spec: "TPM 2.0 Part 2 section 12.2.4 (TPMT_PUBLIC)",
    }
    TpmToolFile = 3024 "TPM_TOOL_FILE" {
        class: Device,
        meaning: "a file in which a tool keeps an object stands where a structure of the TPM belongs",
        remedy: "send the public area as tpm2_readpublic -o writes it",
        spec: "TPM 2.0 Part 2 section 12.2.5 (TPM2B_PUBLIC)",
    }
    TpmOtherStructure = 3025 "TPM_OTHER_STRUCTURE" {
        class: Device,
        meaning: "another structure stands where this one belongs",
        remedy: "check which file or argument is which",
        spec: "TPM 2.0 Part 2 (structures)",
    }
    TpmBareSignature = 3026 "TPM_BARE_SIGNATURE" {
        class: Device,
        meaning: "the signature came alone, without the scheme and the hash that a TPM names with it",
        remedy: "send the TPMT_SIGNATURE that the TPM returned (tpm2_quote and tpm2_certify without -f plain)",
        spec: "TPM 2.0 Part 2 section 11.3.4 (TPMT_SIGNATURE)",
    }
    TpmByteOrder = 3027 "TPM_BYTE_ORDER" {
        class: Device,
        meaning: "the integers are little-endian, as a program has them in memory",
        remedy: "marshal the structure before it is written: every integer is big-endian",
        spec: "TPM 2.0 Part 2 section 4 (canonical form)",
    }
    TpmPublicKey = 3028 "TPM_PUBLIC_KEY" {
        class: Device,
        meaning: "the bytes are no public key in DER of a kind that TPMs sign with",
        remedy: "write the public area (tpm2_readpublic -c KEY.ctx -o FILE), or the key with -f der",
        spec: "RFC 5280 section 4.1.2.7, RFC 3279 section 2.3.1, RFC 5480 section 2",
    }
    TpmPcrFile = 3029 "TPM_PCR_FILE" {
        class: Device,
        meaning: "the values of the PCRs cannot be read",
        remedy: "write them with tpm2_quote -o FILE or tpm2_pcrread -o FILE, over the PCRs that are quoted",
        spec: "tpm2-tools, tpm2_pcrread (pcrs_format); TPM 2.0 Part 2 sections 10.9.7 and 10.9.8",
    }
    TpmPcrMissing = 3030 "TPM_PCR_MISSING" {
        class: Device,
        meaning: "the values hold none of a PCR that is asked for",
        remedy: "read the PCRs of the quote (tpm2_pcrread -o FILE sha256:0,1,...), or ask for those that are there",
        spec: "TPM 2.0 Part 3 section 18.4 (TPM2_Quote)",
    }

    // --- 3100: TPM 2.0, the acceptance of keys ---------------------------------------------------
    TpmKeyKind = 3101 "TPM_KEY_KIND" {
        class: Device,
        meaning: "the object is not an asymmetric key",
        remedy: "send the public area of the endorsement or storage root key",
        spec: "TCG EK Credential Profile section B.3",
    }
    TpmNotFixedTpm = 3102 "TPM_NOT_FIXED_TPM" {
        class: Device,
        meaning: "fixedTPM is clear: the private key may exist outside the TPM",
        remedy: "create the key inside the TPM with fixedTPM set",
        spec: "TPM 2.0 Part 2 section 8.3.3 (fixedTPM)",
    }
    TpmNotFixedParent = 3103 "TPM_NOT_FIXED_PARENT" {
        class: Device,
        meaning: "fixedParent is clear: the key can be moved to another parent",
        remedy: "create the key with fixedParent set",
        spec: "TPM 2.0 Part 2 section 8.3.3 (fixedParent)",
    }
    TpmExternalOrigin = 3104 "TPM_EXTERNAL_ORIGIN" {
        class: Device,
        meaning: "sensitiveDataOrigin is clear: the key was made outside the TPM",
        remedy: "create the key inside the TPM instead of importing it",
        spec: "TPM 2.0 Part 2 section 8.3.3 (sensitiveDataOrigin)",
    }
    TpmNotRestricted = 3105 "TPM_NOT_RESTRICTED" {
        class: Device,
        meaning: "restricted is clear: the key works on data that the TPM did not make",
        remedy: "create the key with restricted set",
        spec: "TPM 2.0 Part 2 section 8.3.3 (restricted)",
    }
    TpmNotDecrypt = 3106 "TPM_NOT_DECRYPT" {
        class: Device,
        meaning: "decrypt is clear: this is no storage key",
        remedy: "send the key made from the storage template",
        spec: "TPM 2.0 Part 2 section 8.3.3 (decrypt)",
    }
    TpmStorageKeySigns = 3107 "TPM_STORAGE_KEY_SIGNS" {
        class: Device,
        meaning: "sign is set on a storage key",
        remedy: "send the key made from the storage template",
        spec: "TPM 2.0 Part 2 section 8.3.3 (sign)",
    }
    TpmAttributes = 3108 "TPM_ATTRIBUTES" {
        class: Device,
        meaning: "objectAttributes differ from the template",
        remedy: "create the key from the TCG template, with exactly its attributes",
        spec: "TCG EK Credential Profile section B.3, B.4",
    }
    TpmAuthPolicy = 3109 "TPM_AUTH_POLICY" {
        class: Device,
        meaning: "authPolicy is not the one of the template",
        remedy: "create the key from the TCG template, with exactly its policy",
        spec: "TCG EK Credential Profile section B.6",
    }
    TpmTemplate = 3110 "TPM_TEMPLATE" {
        class: Device,
        meaning: "no TCG template has this combination of key, name algorithm and cipher",
        remedy: "create the key from one of the templates L-1, L-2, H-1 to H-4, H-6, H-7",
        spec: "TCG EK Credential Profile section B.3, B.4",
    }
    TpmWeakName = 3111 "TPM_WEAK_NAME" {
        class: Device,
        meaning: "the name algorithm is SHA-1",
        remedy: "create the key with nameAlg SHA-256 or better",
        spec: "NIST SP 800-131A revision 2 section 9",
    }
    TpmRsaSize = 3112 "TPM_RSA_SIZE" {
        class: Device,
        meaning: "the RSA modulus is not 2048, 3072 or 4096 bits",
        remedy: "create the key with at least 2048 bits",
        spec: "NIST SP 800-131A revision 2 section 6",
    }
    TpmRsaExponent = 3113 "TPM_RSA_EXPONENT" {
        class: Device,
        meaning: "the RSA exponent is neither 0 (which means 65537) nor 65537",
        remedy: "create the key with the default exponent",
        spec: "TPM 2.0 Part 2 section 12.2.3.5 (TPMS_RSA_PARMS)",
    }
    TpmRsaModulus = 3114 "TPM_RSA_MODULUS" {
        class: Device,
        meaning: "the modulus is even, or its top bit is clear",
        remedy: "do not trust this key; ask the maker of the device",
        spec: "TPM 2.0 Part 1 annex B (RSA)",
    }
    TpmRsaFactor = 3115 "TPM_RSA_FACTOR" {
        class: Device,
        meaning: "the modulus has a small prime factor",
        remedy: "do not trust this key; ask the maker of the device",
        spec: "NIST SP 800-56B revision 2 section 6.4.2",
    }
    TpmRsaSquare = 3116 "TPM_RSA_SQUARE" {
        class: Device,
        meaning: "the modulus is a perfect square",
        remedy: "do not trust this key; ask the maker of the device",
        spec: "NIST SP 800-56B revision 2 section 6.4.2",
    }
    TpmRsaRoca = 3117 "TPM_RSA_ROCA" {
        class: Device,
        meaning: "the modulus has the ROCA structure: its private key can be computed",
        remedy: "update the firmware of the TPM and create a new endorsement key, or replace the TPM",
        spec: "CVE-2017-15361",
    }
    TpmCurveRefused = 3118 "TPM_CURVE_REFUSED" {
        class: Device,
        meaning: "the curve is outside the profile",
        remedy: "create the key on P-256, P-384 or P-521",
        spec: "TCG EK Credential Profile section B.4",
    }
    TpmPoint = 3119 "TPM_POINT" {
        class: Device,
        meaning: "the point is not on the curve, or its coordinates are not padded to the field size",
        remedy: "send the public area as the TPM returned it",
        spec: "TPM 2.0 Part 1 annex C (ECC)",
    }
    TpmNoCipher = 3120 "TPM_NO_CIPHER" {
        class: Device,
        meaning: "the storage key has no symmetric algorithm: nothing can be protected under it",
        remedy: "create the key from the storage template",
        spec: "TPM 2.0 Part 1, protected storage (storage keys)",
    }
    TpmSchemeSet = 3121 "TPM_SCHEME_SET" {
        class: Device,
        meaning: "a scheme or key derivation is set on a storage key",
        remedy: "create the key from the storage template",
        spec: "TPM 2.0 Part 2 section 12.2.3.5 (TPMS_RSA_PARMS)",
    }
    TpmEkAsSrk = 3122 "TPM_EK_AS_SRK" {
        class: Device,
        meaning: "an endorsement key stands where the storage root key is expected",
        remedy: "send the storage root key (0x81000001 on most devices) as the second key",
        spec: "TCG TPM v2.0 Provisioning Guidance, storage root key",
    }
    TpmNotSign = 3123 "TPM_NOT_SIGN" {
        class: Device,
        meaning: "sign is clear: this is no attestation key",
        remedy: "send the public area of the attestation key",
        spec: "TPM 2.0 Part 2 section 8.3.3 (sign)",
    }
    TpmSigningKeyDecrypts = 3124 "TPM_SIGNING_KEY_DECRYPTS" {
        class: Device,
        meaning: "decrypt or a cipher is set on an attestation key",
        remedy: "create a key that only signs",
        spec: "TPM 2.0 Part 2 section 8.3.3 (decrypt)",
    }
    TpmSigningScheme = 3125 "TPM_SIGNING_SCHEME" {
        class: Device,
        meaning: "the signing scheme is not RSASSA, RSAPSS or ECDSA with SHA-256, SHA-384 or SHA-512",
        remedy: "create the attestation key with a fixed scheme of these",
        spec: "TPM 2.0 Part 2 section 8.3.3 (restricted, sign)",
    }
    TpmPointPadding = 3126 "TPM_POINT_PADDING" {
        class: Device,
        meaning: "a coordinate of the point is shorter than the curve's field",
        remedy: "send both coordinates with their leading zeros",
        spec: "TPM 2.0 Part 1 annex C.8 (ECC point padding)",
    }

    // --- 3200: TPM 2.0, credentials, challenges and activation -----------------------------------
    TpmSecretEmpty = 3201 "TPM_SECRET_EMPTY" {
        class: Service,
        meaning: "a secret of no bytes",
        remedy: "give at least one byte; an empty secret proves nothing",
        spec: "TPM 2.0 Part 3 section 12.6 (TPM2_MakeCredential)",
    }
    TpmSecretTooLong = 3202 "TPM_SECRET_TOO_LONG" {
        class: Service,
        meaning: "the secret is longer than its protection takes",
        remedy: "shorten it to the number of bytes named as expected",
        spec: "TPM 2.0 Part 3 section 12.6 (TPM2_MakeCredential)",
    }
    TpmRandom = 3203 "TPM_RANDOM" {
        class: Service,
        meaning: "the source of randomness failed or gave unusable values",
        remedy: "check the random source of the machine",
        spec: "TPM 2.0 Part 1, random number generator",
    }
    TpmEncryption = 3204 "TPM_ENCRYPTION" {
        class: Service,
        meaning: "the cryptographic backend could not encrypt to the key",
        remedy: "report the public area of the key; it passed the checks and should work",
        spec: "TPM 2.0 Part 1 annexes B.10 and C.6",
    }
    TpmInnerKey = 3205 "TPM_INNER_KEY" {
        class: Service,
        meaning: "the key of the inner wrapper is not 16 or 32 bytes",
        remedy: "use 16 bytes, as official clients do",
        spec: "TPM 2.0 Part 1, duplication (inner wrapper)",
    }
    TpmObjectFixed = 3206 "TPM_OBJECT_FIXED" {
        class: Service,
        meaning: "an object with fixedTPM or fixedParent cannot be imported",
        remedy: "clear both attributes of the object to wrap",
        spec: "TPM 2.0 Part 3 section 13.3 (TPM2_Import)",
    }
    TpmSensitive = 3207 "TPM_SENSITIVE" {
        class: Service,
        meaning: "the sensitive area does not belong to the public area",
        remedy: "wrap the sensitive area from which unique was computed",
        spec: "TPM 2.0 Part 1, object creation (unique of symmetric objects)",
    }
    TpmInnerRequired = 3208 "TPM_INNER_REQUIRED" {
        class: Service,
        meaning: "encryptedDuplication is set on the object, but no inner wrapper was asked for",
        remedy: "give an inner key, or clear the attribute",
        spec: "TPM 2.0 Part 3 section 13.3 (TPM2_Import)",
    }
    TpmChallengeExpired = 3211 "TPM_CHALLENGE_EXPIRED" {
        class: Device,
        meaning: "the answer came after the challenge had expired",
        remedy: "register again; check the clocks if it happens often",
        spec: "TPM 2.0 Part 1 section 24 (credential protection)",
    }
    TpmChallengeAnswer = 3212 "TPM_CHALLENGE_ANSWER" {
        class: Device,
        meaning: "the answer was not made with the secret of this challenge",
        remedy: "register again from the TPM that holds the endorsement key and the storage root key",
        spec: "TPM 2.0 Part 1 section 24 (credential protection)",
    }
    TpmChallengeStored = 3213 "TPM_CHALLENGE_STORED" {
        class: Service,
        meaning: "the stored challenge cannot be read back",
        remedy: "issue a new challenge",
        spec: "docs/tpm.md, stored challenges",
    }
    TpmSameObject = 3214 "TPM_SAME_OBJECT" {
        class: Device,
        meaning: "the endorsement key is also given as the object to activate",
        remedy: "send the storage root key or the attestation key as the second key",
        spec: "TPM 2.0 Part 3 section 12.5 (TPM2_ActivateCredential)",
    }
    TpmCredentialOpen = 3215 "TPM_CREDENTIAL_OPEN" {
        class: Device,
        meaning: "the protected data cannot be opened",
        remedy: "check that the key, the Name and the data belong together",
        spec: "TPM 2.0 Part 1 section 24 (credential protection)",
    }
    TpmKeyringSize = 3221 "TPM_KEYRING_SIZE" {
        class: Service,
        meaning: "the service keyring has no epoch, or more than the limit",
        remedy: "keep the epoch that issues, the one before it and the one after it",
        spec: "docs/tpm.md, stateless challenges",
    }
    TpmKeyringOrder = 3222 "TPM_KEYRING_ORDER" {
        class: Service,
        meaning: "two epochs of the service keyring have one number, one secret, or begin in another order than their numbers say",
        remedy: "give each epoch a number above and a beginning after those of the epoch before it, and fresh random bytes",
        spec: "docs/tpm.md, stateless challenges",
    }
    TpmKeyringStored = 3223 "TPM_KEYRING_STORED" {
        class: Service,
        meaning: "the stored keyring cannot be read back",
        remedy: "read the whole entry, and only what this version or an older one wrote",
        spec: "docs/tpm.md, stateless challenges",
    }
    TpmEpochTimes = 3224 "TPM_EPOCH_TIMES" {
        class: Service,
        meaning: "the times of the epoch are out of order, or the epoch lives longer than the limit",
        remedy: "let it begin first, stop issuing next and stop accepting last",
        spec: "docs/tpm.md, stateless challenges",
    }
    TpmEpochSecret = 3225 "TPM_EPOCH_SECRET" {
        class: Service,
        meaning: "the secret of the epoch is shorter or longer than an epoch's secret may be",
        remedy: "draw 32 random bytes for each epoch",
        spec: "RFC 5869 section 3.3",
    }
    TpmNoEpoch = 3226 "TPM_NO_EPOCH" {
        class: Service,
        meaning: "no epoch of the service keyring issues challenges at this time",
        remedy: "add the next epoch to the keyring before the current one stops issuing; check the clock",
        spec: "docs/tpm.md, stateless challenges",
    }
    TpmEpochExpired = 3227 "TPM_EPOCH_EXPIRED" {
        class: Device,
        meaning: "the answer is right, but the epoch of its challenge is over",
        remedy: "register without an answer to get a new challenge",
        spec: "docs/tpm.md, stateless challenges",
    }
    TpmEpochEarly = 3228 "TPM_EPOCH_EARLY" {
        class: Transient,
        meaning: "the answer is right, but the epoch of its challenge has not begun here",
        remedy: "set the clocks of the service's machines",
        spec: "docs/tpm.md, stateless challenges",
    }
    TpmKeyringExposed = 3229 "TPM_KEYRING_EXPOSED" {
        class: Operator,
        meaning: "others than its owner may read or change the keyring file",
        remedy: "take the rights of group and others away (chmod 600); if anyone may have read it, rotate with --revoke",
        spec: "docs/tpm.md, stateless challenges",
    }

    // --- 3300: TPM 2.0, attestation --------------------------------------------------------------
    TpmAttestMagic = 3301 "TPM_ATTEST_MAGIC" {
        class: Device,
        meaning: "the attestation does not begin with TPM_GENERATED_VALUE: no TPM made it",
        remedy: "send the bytes of TPMS_ATTEST that the TPM returned",
        spec: "TPM 2.0 Part 2 section 10.12.8 (TPMS_ATTEST)",
    }
    TpmAttestType = 3302 "TPM_ATTEST_TYPE" {
        class: Device,
        meaning: "the attestation is of another kind than the one expected",
        remedy: "send the result of the command that was asked for",
        spec: "TPM 2.0 Part 2 section 6.9 (TPM_ST)",
    }
    TpmAttestNonce = 3303 "TPM_ATTEST_NONCE" {
        class: Device,
        meaning: "extraData is not the nonce of this session",
        remedy: "ask the TPM again with the nonce of this session",
        spec: "TPM 2.0 Part 2 section 10.12.8 (extraData)",
    }
    TpmPcrSelection = 3304 "TPM_PCR_SELECTION" {
        class: Device,
        meaning: "the quote covers other PCRs than the ones asked for",
        remedy: "quote exactly the bank and the PCRs that were asked for",
        spec: "TPM 2.0 Part 2 section 10.6.2 (TPMS_PCR_SELECTION)",
    }
    TpmPcrDigest = 3305 "TPM_PCR_DIGEST" {
        class: Device,
        meaning: "the PCR values do not give the digest that was quoted",
        remedy: "send the values of the quoted PCRs in ascending order, read between extends",
        spec: "TPM 2.0 Part 3 section 18.4 (TPM2_Quote)",
    }
    TpmSignatureAlgorithm = 3306 "TPM_SIGNATURE_ALGORITHM" {
        class: Device,
        meaning: "the signature's scheme or hash is not the one of the attestation key",
        remedy: "send the signature that the TPM returned with the attestation",
        spec: "TPM 2.0 Part 2 section 11.3.4 (TPMT_SIGNATURE)",
    }
    TpmSignatureForm = 3307 "TPM_SIGNATURE_FORM" {
        class: Device,
        meaning: "the signature values are empty, zero or of the wrong length",
        remedy: "send the signature that the TPM returned with the attestation",
        spec: "TPM 2.0 Part 2 section 11.3 (signatures)",
    }
    TpmSignature = 3308 "TPM_SIGNATURE" {
        class: Device,
        meaning: "the signature does not verify under the attestation key",
        remedy: "send attestation, signature and key of one and the same TPM command",
        spec: "TPM 2.0 Part 3 section 18 (attestation commands)",
    }
    TpmCertifiedName = 3309 "TPM_CERTIFIED_NAME" {
        class: Device,
        meaning: "the certified Name is not the one of the object presented",
        remedy: "certify the object whose public area is presented",
        spec: "TPM 2.0 Part 3 section 18.2 (TPM2_Certify)",
    }
    TpmCreationData = 3310 "TPM_CREATION_DATA" {
        class: Device,
        meaning: "the creation data does not have the hash that was certified",
        remedy: "send the creation data that the TPM returned when it made the object",
        spec: "TPM 2.0 Part 3 section 18.3 (TPM2_CertifyCreation)",
    }
    TpmNonceEmpty = 3311 "TPM_NONCE_EMPTY" {
        class: Service,
        meaning: "the nonce is empty or too short: a recorded attestation could be accepted again",
        remedy: "draw a nonce of at least 16 bytes for every attestation",
        spec: "TPM 2.0 Part 2 section 10.12.8 (extraData)",
    }
    TpmAttestValue = 3312 "TPM_ATTEST_VALUE" {
        class: Device,
        meaning: "a field of the attestation has a value that TPMs never write",
        remedy: "send the bytes of TPMS_ATTEST that the TPM returned",
        spec: "TPM 2.0 Part 2 sections 9.2 (TPMI_YES_NO), 10.12 (attestation structures)",
    }

    // --- 3400: TPM 2.0, the device's side ----------------------------------------------------------
    TpmResponseForm = 3401 "TPM_RESPONSE_FORM" {
        class: Device,
        meaning: "the bytes are not a response to the command that was sent",
        remedy: "check the transport: one whole response for each command, unchanged",
        spec: "TPM 2.0 Part 1 section 18 (command and response structure)",
    }
    TpmRefused = 3402 "TPM_REFUSED" {
        class: Device,
        meaning: "the TPM refused the command",
        remedy: "look up the response code that was found",
        spec: "TPM 2.0 Part 2 section 6.6 (TPM_RC)",
    }
    TpmNotStarted = 3403 "TPM_NOT_STARTED" {
        class: Device,
        meaning: "the TPM has not been started and does not start",
        remedy: "let the firmware send TPM2_Startup, or reset the TPM",
        spec: "TPM 2.0 Part 3 section 9.3 (TPM2_Startup)",
    }
    TpmFailureMode = 3404 "TPM_FAILURE_MODE" {
        class: Device,
        meaning: "the TPM found a fault in itself",
        remedy: "reset the device; if it happens again, replace the TPM",
        spec: "TPM 2.0 Part 1 section 12.4 (failure mode)",
    }
    TpmCommandUnknown = 3405 "TPM_COMMAND_UNKNOWN" {
        class: Device,
        meaning: "the TPM does not have this command",
        remedy: "use a TPM of the PC client or a comparable profile",
        spec: "TPM 2.0 Part 2 section 6.5.2 (TPM_CC)",
    }
    TpmHandleEmpty = 3406 "TPM_HANDLE_EMPTY" {
        class: Device,
        meaning: "nothing is at the handle that the command names",
        remedy: "read the identity first, which makes the keys that are missing",
        spec: "TPM 2.0 Part 2 section 7 (handles)",
    }
    TpmAuthorization = 3407 "TPM_AUTHORIZATION" {
        class: Device,
        meaning: "the TPM did not accept the authorization",
        remedy: "clear the passwords of the owner and endorsement hierarchies, or provision before they are set",
        spec: "TPM 2.0 Part 1 section 19 (authorizations)",
    }
    TpmBlobForeign = 3408 "TPM_BLOB_FOREIGN" {
        class: Device,
        meaning: "what was sealed was not sealed for this TPM, or was changed on the way",
        remedy: "register again with the public areas that this TPM has now",
        spec: "TPM 2.0 Part 1 section 24 (credential protection)",
    }
    TpmNoRoom = 3409 "TPM_NO_ROOM" {
        class: Device,
        meaning: "the TPM has no room for another object or session",
        remedy: "flush what other programs left in the TPM, or evict persistent keys that nobody uses",
        spec: "TPM 2.0 Part 1 section 37 (NV memory) and section 30 (context management)",
    }
    TpmLockout = 3410 "TPM_LOCKOUT" {
        class: Device,
        meaning: "the TPM is locked against guessed passwords",
        remedy: "wait for its lockout time, or reset the lockout as its administrator",
        spec: "TPM 2.0 Part 1 section 19.8 (dictionary attack protection)",
    }
    TpmBusy = 3411 "TPM_BUSY" {
        class: Transient,
        meaning: "the TPM stayed busy although the command was sent again and again",
        remedy: "wait longer between the repeats, then start the flow anew",
        spec: "TPM 2.0 Part 2 section 6.6.3 (TPM_RC_RETRY and other warnings)",
    }
    TpmDeviceOrder = 3412 "TPM_DEVICE_ORDER" {
        class: Device,
        meaning: "the flow is over, or a response came that no command asked for",
        remedy: "send each command once, hand in its response, and stop at the end",
        spec: "provisor-tpm, module device",
    }
    TpmDeviceBudget = 3413 "TPM_DEVICE_BUDGET" {
        class: Device,
        meaning: "the flow took more commands than any honest TPM makes it take",
        remedy: "check the transport and the TPM: it answers, but never to the end",
        spec: "provisor-tpm, module limits",
    }
    TpmDeviceBuffer = 3414 "TPM_DEVICE_BUFFER" {
        class: Device,
        meaning: "a buffer or an index of the TPM has a size that nobody can work with",
        remedy: "use a TPM of the PC client or a comparable profile",
        spec: "TPM 2.0 Part 2 section 6.13 (TPM_PT)",
    }
    TpmIdentityKey = 3415 "TPM_IDENTITY_KEY" {
        class: Device,
        meaning: "the key in the activation blob is not an identity key: an HMAC-SHA256 key that signs with the empty password",
        remedy: "have the service send another blob",
        spec: "activation blob layout, docs/tpm.md",
    }
    TpmLoadedName = 3416 "TPM_LOADED_NAME" {
        class: Device,
        meaning: "the TPM loaded another object than it was given",
        remedy: "check the transport; nothing was given up",
        spec: "TPM 2.0 Part 3 section 12.2 (TPM2_Load)",
    }
    TpmSlotForeign = 3417 "TPM_SLOT_FOREIGN" {
        class: Device,
        meaning: "another kind of object stands where the identity keys have their places",
        remedy: "choose other handles for the identity keys, or evict the object if nobody needs it",
        spec: "identity keys of a device, docs/tpm.md",
    }
    TpmSlotsFull = 3418 "TPM_SLOTS_FULL" {
        class: Device,
        meaning: "all three places of identity keys are taken, so that none can be called the one in use",
        remedy: "evict the two that the service does not know",
        spec: "identity keys of a device, docs/tpm.md",
    }
    TpmCandidateGone = 3419 "TPM_CANDIDATE_GONE" {
        class: Device,
        meaning: "the key to confirm is not in its place any more; the key in use was kept",
        remedy: "activate again",
        spec: "identity keys of a device, docs/tpm.md",
    }

    // --- 3500: SAS tokens --------------------------------------------------------------------------
    SasScheme = 3501 "SAS_SCHEME" {
        class: Device,
        meaning: "the token does not begin with its scheme",
        remedy: "send the text that begins with SharedAccessSignature and one space",
        spec: "DPS SAS token format",
    }
    SasTooLong = 3502 "SAS_TOO_LONG" {
        class: Device,
        meaning: "the token is longer than any legal one",
        remedy: "send only the token, not the whole header or body",
        spec: "DPS SAS token format",
    }
    SasFieldUnknown = 3503 "SAS_FIELD_UNKNOWN" {
        class: Device,
        meaning: "the token has a field that its format does not know",
        remedy: "send the fields sr, sig, se and, if wanted, skn, joined by &",
        spec: "DPS SAS token format",
    }
    SasFieldTwice = 3504 "SAS_FIELD_TWICE" {
        class: Device,
        meaning: "the token has the same field twice",
        remedy: "send each field once",
        spec: "DPS SAS token format",
    }
    SasFieldMissing = 3505 "SAS_FIELD_MISSING" {
        class: Device,
        meaning: "the token lacks a field",
        remedy: "send the fields sr, sig and se",
        spec: "DPS SAS token format",
    }
    SasEncoding = 3506 "SAS_ENCODING" {
        class: Device,
        meaning: "the field is not percent-encoded UTF-8",
        remedy: "encode the field once, as a URL component",
        spec: "RFC 3986 section 2.1",
    }
    SasSignatureForm = 3507 "SAS_SIGNATURE_FORM" {
        class: Device,
        meaning: "the signature is not the base64 text of 32 bytes",
        remedy: "sign with HMAC-SHA256 and encode all 32 bytes in base64 with its padding",
        spec: "RFC 4648 section 4",
    }
    SasExpiryForm = 3508 "SAS_EXPIRY_FORM" {
        class: Device,
        meaning: "the expiry is not a count of seconds",
        remedy: "write se as decimal digits: seconds since 1970-01-01T00:00:00Z",
        spec: "DPS SAS token format",
    }
    SasResource = 3509 "SAS_RESOURCE" {
        class: Device,
        meaning: "the token was made for another resource",
        remedy: "sign {idScope}/registrations/{registrationId} of this very request",
        spec: "DPS SAS token format",
    }
    SasKeyName = 3510 "SAS_KEY_NAME" {
        class: Device,
        meaning: "the token names a key that is not the one for registrations",
        remedy: "leave skn out or set it to registration",
        spec: "DPS SAS token format",
    }
    SasExpired = 3511 "SAS_EXPIRED" {
        class: Device,
        meaning: "the token has expired",
        remedy: "make a new token; if it was new, set the clock of the device",
        spec: "DPS SAS token format",
    }
    SasSignature = 3512 "SAS_SIGNATURE" {
        class: Device,
        meaning: "the signature was not made with the key of this enrollment over these fields",
        remedy: "check the key: the device's own and not its group's, decoded from base64; and that sr and se were signed exactly as they are sent",
        spec: "RFC 2104, FIPS 198-1",
    }
    SasKey = 3513 "SAS_KEY" {
        class: Operator,
        meaning: "the symmetric key is not usable",
        remedy: "use base64 text of 16 to 64 bytes",
        spec: "DPS symmetric key attestation",
    }
    SasExpiryFar = 3514 "SAS_EXPIRY_FAR" {
        class: Device,
        meaning: "the expiry lies further ahead than any sensible token's",
        remedy: "make tokens that live for minutes or hours, and new ones when they expire",
        spec: "provisor, limits::SAS_LIFE_SECONDS",
    }
    SasExpiryUnit = 3515 "SAS_EXPIRY_UNIT" {
        class: Device,
        meaning: "the expiry does not count seconds since 1970, but a finer unit or from another year",
        remedy: "write se in seconds since 1970-01-01T00:00:00Z, which has ten digits, and sign what is sent",
        spec: "DPS SAS token format",
    }
    SasSignedPlain = 3516 "SAS_SIGNED_PLAIN" {
        class: Device,
        meaning: "the key is right, but the signature covers the plain resource, and the resource was sent percent-encoded",
        remedy: "encode the resource first, then sign sr exactly as it is sent",
        spec: "DPS SAS token format",
    }
    SasSignedEncoded = 3517 "SAS_SIGNED_ENCODED" {
        class: Device,
        meaning: "the key is right, but the signature covers the resource in another encoding than it was sent in",
        remedy: "sign sr exactly as it is sent, and let nothing encode or decode it afterwards",
        spec: "DPS SAS token format",
    }
    SasSignedCase = 3518 "SAS_SIGNED_CASE" {
        class: Device,
        meaning: "the key is right, but the signature covers the resource in another case than it was sent in",
        remedy: "sign sr exactly as it is sent, in the same upper and lower case",
        spec: "DPS SAS token format",
    }
    SasSignedLines = 3519 "SAS_SIGNED_LINES" {
        class: Device,
        meaning: "the key is right, but the signature covers sr and se with something else than one newline between them",
        remedy: "sign sr, one newline (the byte 0A), se, and nothing after it",
        spec: "DPS SAS token format",
    }
    SasEncodedTwice = 3520 "SAS_ENCODED_TWICE" {
        class: Device,
        meaning: "the resource was percent-encoded twice or more",
        remedy: "encode the resource once, sign that, and send it as it is",
        spec: "RFC 3986 section 2.4",
    }
    SasKeyNotDecoded = 3521 "SAS_KEY_NOT_DECODED" {
        class: Device,
        meaning: "the base64 text of the key was used as the key, without decoding it",
        remedy: "decode the key from base64 and use its bytes",
        spec: "DPS symmetric key attestation",
    }
    SasGroupKey = 3522 "SAS_GROUP_KEY" {
        class: Device,
        meaning: "the key of the enrollment group was used where the device's own key belongs",
        remedy: "derive the device's key: HMAC-SHA256 of the registration ID under the group's key; give devices no more than that",
        spec: "DPS symmetric key attestation, group enrollments",
    }
    SasDerivedCase = 3523 "SAS_DERIVED_CASE" {
        class: Device,
        meaning: "the device's key was derived from its registration ID in another case",
        remedy: "derive the key from the registration ID in lower case",
        spec: "DPS symmetric key attestation, group enrollments",
    }
    SasKeyDerived = 3524 "SAS_KEY_DERIVED" {
        class: Device,
        meaning: "a key was derived from the key of an individual enrollment, as only group keys are",
        remedy: "sign with the key of the individual enrollment itself, decoded from base64",
        spec: "DPS symmetric key attestation",
    }

    // --- 4000: enrollment and attestation ----------------------------------------------------------
    AttestNotEnrolled = 4001 "ATTEST_NOT_ENROLLED" {
        class: Operator,
        meaning: "no enrollment knows this registration ID",
        remedy: "create an individual enrollment for it, or correct the ID or the ID scope of the device",
        spec: "DPS concepts, enrollment",
    }
    AttestDisabled = 4002 "ATTEST_DISABLED" {
        class: Operator,
        meaning: "the individual enrollment of this device is disabled",
        remedy: "enable the enrollment if the device may come back; no group is asked in its place",
        spec: "DPS concepts, enrollment",
    }
    AttestGroupDisabled = 4003 "ATTEST_GROUP_DISABLED" {
        class: Operator,
        meaning: "the enrollment group that answers for this device is disabled",
        remedy: "enable the group if its devices may come back; no other group is asked in its place",
        spec: "DPS concepts, enrollment",
    }
    AttestMechanism = 4004 "ATTEST_MECHANISM" {
        class: Device,
        meaning: "the enrollment expects another kind of evidence",
        remedy: "attest with the mechanism of the enrollment, or change the enrollment",
        spec: "DPS concepts, enrollment",
    }
    AttestUnsupported = 4005 "ATTEST_UNSUPPORTED" {
        class: Operator,
        meaning: "this build or this version cannot judge that evidence",
        remedy: "use a build with the feature named as expected, or another attestation",
        spec: "DPS concepts, enrollment",
    }
    AttestIdMismatch = 4006 "ATTEST_ID_MISMATCH" {
        class: Device,
        meaning: "the identity proved is not the registration ID of the request",
        remedy: "register with the ID in the certificate, or issue a certificate for this ID",
        spec: "DPS X.509 attestation",
    }
    AttestIdCase = 4007 "ATTEST_ID_CASE" {
        class: Device,
        meaning: "the common name and the registration ID differ only by upper and lower case, and the rules of 2017 regard case",
        remedy: "write both in lower case, or let the service use the current rules",
        spec: "DPS X.509 attestation",
    }
    AttestLeafUnknown = 4008 "ATTEST_LEAF_UNKNOWN" {
        class: Device,
        meaning: "the certificate is neither the primary nor the secondary one of the individual enrollment",
        remedy: "enroll this certificate, or install the enrolled one on the device",
        spec: "DPS X.509 attestation",
    }
    AttestNoGroup = 4009 "ATTEST_NO_GROUP" {
        class: Operator,
        meaning: "no enrollment group trusts an issuer of this certificate",
        remedy: "send the intermediate certificates with the leaf, or create a group for the issuer named as found",
        spec: "DPS X.509 attestation",
    }
    AttestGroupAmbiguous = 4010 "ATTEST_GROUP_AMBIGUOUS" {
        class: Operator,
        meaning: "several enrollment groups trust the same issuer at the same distance",
        remedy: "let one group only name that certificate",
        spec: "DPS X.509 attestation",
    }
    AttestCaUnknown = 4011 "ATTEST_CA_UNKNOWN" {
        class: Operator,
        meaning: "the enrollment refers to a CA certificate that is not registered",
        remedy: "register the CA certificate under that name, or correct the reference",
        spec: "DPS X.509 attestation, verified CAs",
    }
    AttestCaUnverified = 4012 "ATTEST_CA_UNVERIFIED" {
        class: Operator,
        meaning: "the CA certificate is registered, but possession of its key was never proved",
        remedy: "finish the proof of possession for the CA",
        spec: "DPS X.509 attestation, verified CAs",
    }
    AttestTooManyGroups = 4013 "ATTEST_TOO_MANY_GROUPS" {
        class: Operator,
        meaning: "more enrollment groups than the limit have to be tried for this certificate",
        remedy: "give the issuing CAs distinct names, or split the ID scope",
        spec: "budget of the verdict",
    }
    AttestEkMismatch = 4014 "ATTEST_EK_MISMATCH" {
        class: Device,
        meaning: "the endorsement key is not the enrolled one",
        remedy: "enroll the endorsement key of this TPM, or find out why the TPM was exchanged",
        spec: "DPS TPM attestation",
    }
    AttestTpmNames = 4015 "ATTEST_TPM_NAMES" {
        class: Device,
        meaning: "the answer proves another TPM or another storage root key than the request names",
        remedy: "register again from the start on one TPM",
        spec: "TPM 2.0 Part 1 section 24, credential protection",
    }
    AttestNoChallenge = 4016 "ATTEST_NO_CHALLENGE" {
        class: Device,
        meaning: "an answer came, but no challenge is outstanding for this device",
        remedy: "register without an answer first, then answer the challenge",
        spec: "DPS TPM attestation",
    }
    AttestChallengeUsed = 4017 "ATTEST_CHALLENGE_USED" {
        class: Device,
        meaning: "the challenge was already answered once",
        remedy: "register without an answer to get a new challenge; if the device did not, somebody replayed its answer",
        spec: "DPS TPM attestation",
    }
    AttestEkPolicy = 4018 "ATTEST_EK_POLICY" {
        class: Operator,
        meaning: "the endorsement key policy asks for something that neither enrollment nor device gives",
        remedy: "name the key in the enrollment, or choose the policy that fits the enrollment",
        spec: "TCG EK Credential Profile section 2",
    }
    AttestTooManyCertificates = 4019 "ATTEST_TOO_MANY_CERTIFICATES" {
        class: Device,
        meaning: "more certificates were sent with the leaf than the limit",
        remedy: "send only the intermediate certificates between the leaf and the registered CA",
        spec: "budget of the verdict",
    }
    AttestThumbprint = 4020 "ATTEST_THUMBPRINT" {
        class: Operator,
        meaning: "the text is not a SHA-256 thumbprint",
        remedy: "give 64 hexadecimal digits",
        spec: "FIPS 180-4",
    }
    AttestTwin = 4021 "ATTEST_TWIN" {
        class: Operator,
        meaning: "the initial twin is not the text of one JSON object within the size limit",
        remedy: "give one JSON object with tags and properties.desired",
        spec: "IoT Hub device twins, RFC 8259",
    }
    AttestEtag = 4022 "ATTEST_ETAG" {
        class: Operator,
        meaning: "the entity tag is not usable",
        remedy: "send the tag back exactly as the service gave it",
        spec: "RFC 9110 section 8.8.3",
    }
    AttestSameTwice = 4023 "ATTEST_SAME_TWICE" {
        class: Operator,
        meaning: "primary and secondary are the same",
        remedy: "name a different secondary, or none",
        spec: "DPS certificate rollover",
    }
    AttestEkCertificateMissing = 4024 "ATTEST_EK_CERTIFICATE_MISSING" {
        class: Device,
        meaning: "the policy asks for the endorsement key's certificate, and none came",
        remedy: "send the certificate from the TPM's memory (tpm2_getekcertificate) or from the vendor with the keys",
        spec: "TCG EK Credential Profile section 2",
    }
    AttestEkCertificateKey = 4025 "ATTEST_EK_CERTIFICATE_KEY" {
        class: Device,
        meaning: "the endorsement key certificate certifies another key than the one shown",
        remedy: "send the certificate of this very TPM, and create the key by the template that it belongs to (L-1 and L-2 have a unique field full of zeros)",
        spec: "TCG EK Credential Profile section 2",
    }
    AttestEkPurpose = 4026 "ATTEST_EK_PURPOSE" {
        class: Device,
        meaning: "the certificate does not say that it is for an endorsement key",
        remedy: "send the endorsement key certificate; if the vendor leaves the purpose out, allow that by the option named lenient",
        spec: "TCG EK Credential Profile section 3.2.16",
    }
    AttestEkVendors = 4027 "ATTEST_EK_VENDORS" {
        class: Operator,
        meaning: "the policy asks for certificates, and no TPM vendor is trusted",
        remedy: "register the roots of the TPM vendors",
        spec: "TCG EK Credential Profile section 2",
    }
    AttestEkTaken = 4028 "ATTEST_EK_TAKEN" {
        class: Operator,
        meaning: "the registration ID belongs to the device that registered with it first",
        remedy: "register under another ID; if the TPM was replaced, name its key in the enrollment or delete the record",
        spec: "DPS TPM attestation",
    }
    AttestVerificationCode = 4029 "ATTEST_VERIFICATION_CODE" {
        class: Operator,
        meaning: "the text is not a verification code",
        remedy: "copy the code as it was shown: 48 hexadecimal digits in upper case",
        spec: "DPS proof of possession",
    }
    AttestPossessionCode = 4030 "ATTEST_POSSESSION_CODE" {
        class: Operator,
        meaning: "the CN of the verification certificate is not the code that was asked for",
        remedy: "issue a certificate whose only CN is the code, letter by letter",
        spec: "DPS proof of possession",
    }
    AttestPossessionIssuer = 4031 "ATTEST_POSSESSION_ISSUER" {
        class: Operator,
        meaning: "the verification certificate was not issued by the CA whose possession is to be proved",
        remedy: "sign it with the key of that very CA, not with one above or below",
        spec: "DPS proof of possession",
    }
    AttestPossessionOther = 4032 "ATTEST_POSSESSION_OTHER" {
        class: Operator,
        meaning: "the possession that was proved is that of another CA",
        remedy: "prove possession of this CA with a code of its own",
        spec: "DPS proof of possession",
    }
    AttestThumbprintsDisagree = 4033 "ATTEST_THUMBPRINTS_DISAGREE" {
        class: Operator,
        meaning: "the enrollment's SHA-256 thumbprint is the certificate's, and its SHA-1 thumbprint is not",
        remedy: "compute both thumbprints from the same certificate, or leave SHA-1 out",
        spec: "DPS X.509 attestation",
    }
    AttestCaVersion = 4034 "ATTEST_CA_VERSION" {
        class: Operator,
        meaning: "the CA certificate is of version 1 or 2, which cannot say that it is a CA, and is not self-signed",
        remedy: "register the root above it, or have the CA's certificate issued again in version 3 with cA TRUE",
        spec: "RFC 5280 section 6.1.4 (k)",
    }
    AttestTooManyFacts = 4035 "ATTEST_TOO_MANY_FACTS" {
        class: Service,
        meaning: "more enrollment groups, CA certificates, listed hubs or latencies were handed in than are looked through for one device",
        remedy: "hand in each hub once; spread groups over several ID scopes",
        spec: "DPS quotas",
    }
    AttestChallengeOther = 4045 "ATTEST_CHALLENGE_OTHER" {
        class: Service,
        meaning: "the stored challenge was made for another registration",
        remedy: "look the challenge up by the registration ID of this very request; the device registers again",
        spec: "DPS TPM attestation",
    }
    AttestGeneration = 4046 "ATTEST_GENERATION" {
        class: Service,
        meaning: "the text is not the generation of an enrollment",
        remedy: "store and restore it as it was shown: 32 hexadecimal digits in lower case",
        spec: "provisor registration engine, who may go on as whom",
    }
    AttestCaInUse = 4047 "ATTEST_CA_IN_USE" {
        class: Operator,
        meaning: "an enrollment refers to the CA certificate, which therefore cannot be deleted",
        remedy: "delete the enrollments named as found, or let them refer to another CA, first",
        spec: "DPS X.509 attestation, verified CAs",
    }
    AttestNotAdmitted = 4048 "ATTEST_NOT_ADMITTED" {
        class: Device,
        meaning: "nothing that is enrolled admits this device by what it has shown",
        remedy: "compare the registration ID, the ID scope and the credential with what was enrolled; the operator's log names the cause",
        spec: "DPS concepts, enrollment",
    }
    AttestChallengeStale = 4049 "ATTEST_CHALLENGE_STALE" {
        class: Device,
        meaning: "the enrollment was made anew after this challenge was sent",
        remedy: "register without an answer to get a new challenge",
        spec: "DPS TPM attestation",
    }
    AttestKeysSwapped = 4050 "ATTEST_KEYS_SWAPPED" {
        class: Device,
        meaning: "the endorsement key and the storage root key stand in each other's place",
        remedy: "exchange them: the endorsement key is at 0x81010001, the storage root key at 0x81000001",
        spec: "DPS TPM attestation; TCG Provisioning Guidance section 7.8",
    }
    AttestAnswerToken = 4051 "ATTEST_ANSWER_TOKEN" {
        class: Device,
        meaning: "a SAS token stands where the secret of the challenge belongs",
        remedy: "answer with the token as a token; the secret itself is for challenges in the form of a credential",
        spec: "DPS TPM attestation",
    }
    AttestNoKeyGroup = 4060 "ATTEST_NO_KEY_GROUP" {
        class: Device,
        meaning: "no individual enrollment knows this registration ID, and the key that signed the token is derived from no enrollment group's",
        remedy: "derive the device's key from the registration ID in lower case under the key of its group; check the ID scope of the device",
        spec: "DPS symmetric key attestation, group enrollments",
    }
    AttestStoredVersion = 4080 "ATTEST_STORED_VERSION" {
        class: Service,
        meaning: "the stored form has a version that this build does not know",
        remedy: "restore it with the version of provisor that stored it, or a later one",
        spec: "provisor, stored forms",
    }
    AttestIndexFull = 4081 "ATTEST_INDEX_FULL" {
        class: Service,
        meaning: "the index holds as many enrollments as it can",
        remedy: "split the fleet into several ID scopes",
        spec: "provisor, enrollment index",
    }

    // --- 5000: allocation --------------------------------------------------------------------------
    AllocNoHubs = 5001 "ALLOC_NO_HUBS" {
        class: Operator,
        meaning: "there is no hub to choose from",
        remedy: "link a hub to the service, or name a linked hub in the enrollment",
        spec: "DPS allocation policies",
    }
    AllocNoWeight = 5002 "ALLOC_NO_WEIGHT" {
        class: Operator,
        meaning: "every hub to choose from has weight 0 and takes no new device",
        remedy: "give at least one of the hubs a weight from 1 to 1000",
        spec: "DPS allocation policies",
    }
    AllocDuplicateHub = 5003 "ALLOC_DUPLICATE_HUB" {
        class: Operator,
        meaning: "the same hub is linked twice",
        remedy: "name each hub once; case is not significant in host names",
        spec: "DPS linked hubs",
    }
    AllocWeight = 5004 "ALLOC_WEIGHT" {
        class: Operator,
        meaning: "the weight is out of range",
        remedy: "give a weight from 0 to 1000",
        spec: "DPS linked hubs, allocationWeight",
    }
    AllocTooManyHubs = 5005 "ALLOC_TOO_MANY_HUBS" {
        class: Operator,
        meaning: "more hubs are linked than the limit",
        remedy: "spread the hubs over several ID scopes",
        spec: "DPS quotas",
    }
    AllocHubNotLinked = 5006 "ALLOC_HUB_NOT_LINKED" {
        class: Operator,
        meaning: "the enrollment names a hub that is not linked to the service",
        remedy: "link the hub, or correct the enrollment",
        spec: "DPS linked hubs",
    }
    AllocNoLatency = 5007 "ALLOC_NO_LATENCY" {
        class: Operator,
        meaning: "no latency is known for any hub to choose from",
        remedy: "measure the latencies, or choose another allocation policy",
        spec: "DPS allocation policies, lowest latency",
    }
    AllocSalt = 5008 "ALLOC_SALT" {
        class: Operator,
        meaning: "the salt of the allocation has a wrong length",
        remedy: "draw 16 to 64 random bytes when the service is created, or leave the salt out",
        spec: "docs/allocation.md, inputs",
    }
    AllocVersion = 5009 "ALLOC_VERSION" {
        class: Service,
        meaning: "the service is stored with an allocation algorithm that is not known here",
        remedy: "use a release that knows the algorithm of that number; never change the number",
        spec: "docs/allocation.md, versions",
    }
    AllocCustom = 5010 "ALLOC_CUSTOM" {
        class: Operator,
        meaning: "custom allocation is an enrollment's own and is asked of the caller: it can neither be the default of a service nor be computed",
        remedy: "set another policy as the default, and custom in each enrollment that wants it",
        spec: "DPS allocation policies, custom",
    }
    AllocStaticHub = 5011 "ALLOC_STATIC_HUB" {
        class: Operator,
        meaning: "the enrollment has the static policy and lists no hub",
        remedy: "list the hub in iotHubs; of several, the first is meant",
        spec: "DPS allocation policies, static",
    }
    AllocNetwork = 5012 "ALLOC_NETWORK" {
        class: Operator,
        meaning: "the text is not a network of addresses",
        remedy: "write an address, a slash and the number of leading bits, and no bits set behind them: 10.0.0.0/8, 2001:db8::/32",
        spec: "RFC 4632 section 3.1, RFC 4291 section 2.3",
    }
    AllocNetworks = 5013 "ALLOC_NETWORKS" {
        class: Operator,
        meaning: "the table of latencies has the same network twice, or more networks than the limit",
        remedy: "give each network one row, and leave out those that a wider one covers with the same latencies",
        spec: "provisor, limits::NETWORKS",
    }
    AllocPolicy = 5014 "ALLOC_POLICY" {
        class: Operator,
        meaning: "the text is not an allocation policy",
        remedy: "write hashed, geoLatency, static or custom",
        spec: "DPS allocation policies, allocationPolicy",
    }
    AllocWebhook = 5015 "ALLOC_WEBHOOK" {
        class: Operator,
        meaning: "the enrollment has the custom policy, and does not say whom to ask in a usable way",
        remedy: "give customAllocationDefinition with an https webhookUrl and an apiVersion",
        spec: "DPS custom allocation policies, customAllocationDefinition",
    }
    AllocAnswerMissing = 5016 "ALLOC_ANSWER_MISSING" {
        class: Operator,
        meaning: "custom allocation answered without a hub",
        remedy: "answer with iotHubHostName, one of the linkedHubs of the question",
        spec: "DPS custom allocation policies",
    }
    AllocAnswerMalformed = 5017 "ALLOC_ANSWER_MALFORMED" {
        class: Operator,
        meaning: "a part of the answer of custom allocation cannot be read",
        remedy: "answer with iotHubHostName as a host name, initialTwin as a JSON object, and payload as JSON of at most the size expected",
        spec: "DPS custom allocation policies",
    }
    AllocAnswerNotLinked = 5018 "ALLOC_ANSWER_NOT_LINKED" {
        class: Operator,
        meaning: "custom allocation answered with a hub that it was not asked about: it is not linked, or the enrollment does not list it",
        remedy: "answer with one of the linkedHubs of the question",
        spec: "DPS custom allocation policies",
    }

    // --- 6000: registration ------------------------------------------------------------------------
    RegScope = 6001 "REG_SCOPE" {
        class: Device,
        meaning: "the request is for another ID scope",
        remedy: "correct the ID scope of the device, or send the request to its own service",
        spec: "DPS ID scope",
    }
    RegFacts = 6002 "REG_FACTS" {
        class: Service,
        meaning: "the facts handed to the engine are not about this request",
        remedy: "look up what the engine asked for, by the registration ID of this very request",
        spec: "provisor registration engine",
    }
    RegKeysMissing = 6003 "REG_KEYS_MISSING" {
        class: Device,
        meaning: "the answer came without the TPM's two keys, and this service keeps no challenge that would name them",
        remedy: "send endorsementKey and storageRootKey with both requests, or let the service store its challenges",
        spec: "docs/tpm.md, stateless challenges",
    }
    RegOtherEnrollment = 6004 "REG_OTHER_ENROLLMENT" {
        class: Operator,
        meaning: "the registration ID belongs to a device that another enrollment admitted",
        remedy: "find out who gave this device an ID that is in use; if it is meant to take the ID over, delete the registration record first",
        spec: "provisor registration engine, table of what happens again",
    }
    RegDeviceOwned = 6005 "REG_DEVICE_OWNED" {
        class: Operator,
        meaning: "the hub has a device of this name that belongs to another registration",
        remedy: "give one of the two enrollments another device ID, or remove the other device from the hub first",
        spec: "provisor registration engine, order of calls",
    }
    RegEnrollmentRemade = 6007 "REG_ENROLLMENT_REMADE" {
        class: Operator,
        meaning: "the group that admitted this device was deleted, and another one with other CAs or keys bears its name now",
        remedy: "if its devices may go on under the new one, state that as a succession at the service; else delete the registration record",
        spec: "provisor registration engine, who may go on as whom",
    }
    RegSuccessions = 6008 "REG_SUCCESSIONS" {
        class: Operator,
        meaning: "more successions of enrollments are stated than the limit",
        remedy: "take out those whose devices have all registered again",
        spec: "provisor registration engine, who may go on as whom",
    }
    RegMark = 6009 "REG_MARK" {
        class: Service,
        meaning: "the text is not a mark that a registration record knows a device by",
        remedy: "restore the record as it was stored",
        spec: "provisor registration engine, who may go on as whom",
    }
    RegSaveLost = 6010 "REG_SAVE_LOST" {
        class: Transient,
        meaning: "another registration or a deletion of the same ID was faster, so that the record could not be saved",
        remedy: "register again: the next decision sees what is there now",
        spec: "provisor registration (SaveRecord)",
    }
    RegFenced = 6011 "REG_FENCED" {
        class: Transient,
        meaning: "a later lease has written already: this one is over, and what it still writes is refused",
        remedy: "stop carrying out its effects, and register again",
        spec: "provisor registration (Fence)",
    }
    RegEffect = 6012 "REG_EFFECT" {
        class: Transient,
        meaning: "an effect of the decision could not be carried out",
        remedy: "register again: every effect may be carried out twice",
        spec: "provisor registration (order of effects)",
    }
    RegUnavailable = 6013 "REG_UNAVAILABLE" {
        class: Transient,
        meaning: "the service cannot decide now, for a reason that is not the device's",
        remedy: "register again later",
        spec: "DPS REST API, error codes (503 Service Unavailable)",
    }
    RegEffectUnknown = 6014 "REG_EFFECT_UNKNOWN" {
        class: Service,
        meaning: "the decision asks for an effect that the service does not know",
        remedy: "teach the program that carries effects out this one; it is named as found",
        spec: "provisor registration (Effect)",
    }
    RegEnrollmentChanged = 6015 "REG_ENROLLMENT_CHANGED" {
        class: Transient,
        meaning: "the enrollment that admits the device was deleted, made anew, disabled, or given other keys or certificates while the device registered",
        remedy: "register again: the next decision sees what is there now",
        spec: "provisor registration (Precondition)",
    }
    RegAnswerLost = 6040 "REG_ANSWER_LOST" {
        class: Transient,
        meaning: "custom allocation was asked for the hub of this device and gave no answer",
        remedy: "let the device register again; if that goes on, look at the function that is asked",
        spec: "DPS custom allocation policies",
    }
    RegAnswerLate = 6041 "REG_ANSWER_LATE" {
        class: Transient,
        meaning: "custom allocation answered after its time",
        remedy: "let the device register again; if that goes on, make the function that is asked quicker",
        spec: "provisor, limits::CUSTOM_ALLOCATION_SECONDS",
    }
    RegAnswerOther = 6042 "REG_ANSWER_OTHER" {
        class: Transient,
        meaning: "the answer of custom allocation is to another question",
        remedy: "hand each answer to the registration that asked; let the device register again",
        spec: "provisor registration engine, custom allocation",
    }
    RegPayload = 6043 "REG_PAYLOAD" {
        class: Device,
        meaning: "the payload of the registration is not one JSON value, or is too long",
        remedy: "send a JSON value of at most the size expected, or none",
        spec: "DPS device registration, payload; RFC 8259",
    }

    // --- 7000: the service's own operations --------------------------------------------------------
    ServiceRight = 7001 "SERVICE_RIGHT" {
        class: Operator,
        meaning: "the caller lacks a right that the operation needs",
        remedy: "use a policy that holds the right, or let an operator add it to this one",
        spec: "DPS service API, shared access policies",
    }
    ServiceNotFound = 7002 "SERVICE_NOT_FOUND" {
        class: Operator,
        meaning: "nothing is stored under that name",
        remedy: "check the spelling, and whether it was deleted",
        spec: "RFC 9110 section 15.5.5",
    }
    ServiceExists = 7003 "SERVICE_EXISTS" {
        class: Operator,
        meaning: "what was to be made exists already",
        remedy: "replace it with the mode `update`, or make it under another name",
        spec: "DPS service API, bulk operations",
    }
    ServiceEtag = 7004 "SERVICE_ETAG" {
        class: Operator,
        meaning: "the stored version is another one than the request was made for",
        remedy: "read it again, make the change in what was read, and send that with its entity tag",
        spec: "RFC 9110 section 13.1.1",
    }
    ServiceEtagAbsent = 7005 "SERVICE_ETAG_ABSENT" {
        class: Operator,
        meaning: "the request is for a stored version, and nothing is stored",
        remedy: "leave If-Match out to make it, if that it was deleted is no surprise",
        spec: "RFC 9110 section 13.1.1",
    }
    ServiceEtagMissing = 7006 "SERVICE_ETAG_MISSING" {
        class: Operator,
        meaning: "the mode compares entity tags, and the item has none",
        remedy: "send the item as it was read, with its etag, or use the mode `update`",
        spec: "DPS service API, bulk operations",
    }
    ServiceIdMismatch = 7007 "SERVICE_ID_MISMATCH" {
        class: Operator,
        meaning: "the body names another ID than the path",
        remedy: "send the body to the path of its own ID; an ID cannot be changed, so make it anew under the other one",
        spec: "DPS service API, models",
    }
    ServiceFacts = 7008 "SERVICE_FACTS" {
        class: Service,
        meaning: "what was looked up does not belong to the request, or was not looked up",
        remedy: "look up what the operation says under the ID of the request",
        spec: "provisor service operations, facts",
    }
    ServiceMembers = 7009 "SERVICE_MEMBERS" {
        class: Operator,
        meaning: "the members that are kept unread are more than the limit, or have no name",
        remedy: "leave out what is not needed, or store it elsewhere and keep a reference to it here",
        spec: "DPS quotas and limits, message size",
    }
    ServiceAttestationMissing = 7010 "SERVICE_ATTESTATION_MISSING" {
        class: Operator,
        meaning: "the enrollment does not say how its devices prove themselves",
        remedy: "send `attestation` with a type and the member of that type",
        spec: "DPS service API, models",
    }
    ServiceAttestationType = 7011 "SERVICE_ATTESTATION_TYPE" {
        class: Operator,
        meaning: "the type of the attestation and its members disagree",
        remedy: "send one member, and its own name as the type",
        spec: "DPS service API, models",
    }
    ServiceAttestationPlace = 7012 "SERVICE_ATTESTATION_PLACE" {
        class: Operator,
        meaning: "enrollments of this sort do not attest in this way",
        remedy: "for a TPM or client certificates make individual enrollments, for signing certificates a group",
        spec: "DPS service API, models",
    }
    ServiceX509Member = 7013 "SERVICE_X509_MEMBER" {
        class: Operator,
        meaning: "an X.509 attestation has exactly one of clientCertificates, signingCertificates and caReferences",
        remedy: "send one of them; a second certificate for rolling over goes into its `secondary`",
        spec: "DPS service API, models",
    }
    ServicePrimaryMissing = 7014 "SERVICE_PRIMARY_MISSING" {
        class: Operator,
        meaning: "there is no primary",
        remedy: "send it as `primary`; `secondary` alone is not enough",
        spec: "DPS service API, models",
    }
    ServiceCertificateMissing = 7015 "SERVICE_CERTIFICATE_MISSING" {
        class: Operator,
        meaning: "the certificate is left out, and none that is stored takes its place",
        remedy: "send the certificate; it may be left out only where the `info` of a stored one is sent back",
        spec: "DPS service API, models",
    }
    ServiceEkMissing = 7016 "SERVICE_EK_MISSING" {
        class: Operator,
        meaning: "the enrollment names no endorsement key, and the service admits only those that are enrolled",
        remedy: "send `tpm.endorsementKey`, or let the service's policy for endorsement keys ask for certificates",
        spec: "DPS service API, models",
    }
    ServiceCaUnknown = 7017 "SERVICE_CA_UNKNOWN" {
        class: Operator,
        meaning: "no CA certificate is registered under that name",
        remedy: "upload it and prove possession of its key first; names regard case",
        spec: "DPS, how to verify CA certificates",
    }
    ServiceCaUnverified = 7018 "SERVICE_CA_UNVERIFIED" {
        class: Operator,
        meaning: "possession of the CA's key was not proved",
        remedy: "draw a verification code, have the CA certify it, and send that certificate",
        spec: "DPS, how to verify CA certificates",
    }
    ServiceHubNotLinked = 7019 "SERVICE_HUB_NOT_LINKED" {
        class: Operator,
        meaning: "the enrollment lists a hub that is not linked",
        remedy: "link the hub first, or take it from the list",
        spec: "DPS service API, models, iotHubs",
    }
    ServiceHubs = 7020 "SERVICE_HUBS" {
        class: Operator,
        meaning: "the list of hubs contradicts itself",
        remedy: "name each hub once, in `iotHubs`; `iotHubHostName` can be left out",
        spec: "DPS service API, models, iotHubs",
    }
    ServiceCustom = 7022 "SERVICE_CUSTOM" {
        class: Operator,
        meaning: "of custom allocation and its definition there is only one",
        remedy: "send `customAllocationDefinition` with the policy `custom`, and only with it",
        spec: "DPS service API, models, customAllocationDefinition",
    }
    ServiceReprovision = 7023 "SERVICE_REPROVISION" {
        class: Operator,
        meaning: "the re-provisioning policy is not whole",
        remedy: "send both `updateHubAssignment` and `migrateDeviceData`, or leave `reprovisionPolicy` out",
        spec: "DPS service API, models, reprovisionPolicy",
    }
    ServiceCredentialPolicy = 7024 "SERVICE_CREDENTIAL_POLICY" {
        class: Operator,
        meaning: "the service issues no certificates to devices, so there are no credential policies",
        remedy: "leave `credentialPolicyName` out, and enroll devices with certificates that they have",
        spec: "DPS service API 2025-07-01-preview, credentialPolicyName",
    }
    ServiceBulkSize = 7025 "SERVICE_BULK_SIZE" {
        class: Operator,
        meaning: "a bulk operation has no item, or more than the limit",
        remedy: "send 1 to 10 items at a time",
        spec: "DPS service API, bulk operations",
    }
    ServiceBulkTwice = 7026 "SERVICE_BULK_TWICE" {
        class: Operator,
        meaning: "an item before this one in the same bulk operation has the same ID",
        remedy: "send one item for each ID; IDs disregard case",
        spec: "DPS service API, bulk operations",
    }
    // 7027 was SERVICE_BULK_MODE; WIRE_WORD is what is said of it.
    ServiceQueryPage = 7028 "SERVICE_QUERY_PAGE" {
        class: Operator,
        meaning: "the number of items of a page is none",
        remedy: "send a number from 1 on in x-ms-max-item-count, or leave it out",
        spec: "DPS service API, query",
    }
    ServiceContinuation = 7029 "SERVICE_CONTINUATION" {
        class: Operator,
        meaning: "the continuation token is not one of this service, or belongs to another query",
        remedy: "send the token of the last page as it came, with the same query; or begin again without one",
        spec: "DPS service API, query",
    }
    ServiceFilter = 7030 "SERVICE_FILTER" {
        class: Operator,
        meaning: "the condition of the query cannot be judged",
        remedy: "compare a member that these things have with a value of its kind, or select all and filter what comes",
        spec: "DPS service API, query",
    }
    ServiceCodeMissing = 7031 "SERVICE_CODE_MISSING" {
        class: Operator,
        meaning: "no verification code was drawn for the CA, or it was used up",
        remedy: "draw a code first, have the CA certify it, and send that certificate",
        spec: "DPS, how to verify CA certificates",
    }
    ServiceHubWeight = 7032 "SERVICE_HUB_WEIGHT" {
        class: Operator,
        meaning: "a linked hub has a weight from 1 to 1000",
        remedy: "send a weight in that range; for a hub without new devices set applyAllocationPolicy to false",
        spec: "DPS, how to manage linked IoT hubs",
    }
    ServicePolicyRights = 7033 "SERVICE_POLICY_RIGHTS" {
        class: Operator,
        meaning: "a policy without a right opens nothing",
        remedy: "give it one of the five rights, or delete it",
        spec: "DPS, how to control access",
    }
    ServiceLastPolicy = 7034 "SERVICE_LAST_POLICY" {
        class: Operator,
        meaning: "no policy with the right ServiceConfig would be left, and nobody could give it back",
        remedy: "make another policy with ServiceConfig first",
        spec: "DPS, how to control access",
    }
    ServiceImmutable = 7035 "SERVICE_IMMUTABLE" {
        class: Operator,
        meaning: "this is fixed when the service is made: another one would move nearly all devices",
        remedy: "leave it as it is; for another one make another service",
        spec: "docs/allocation.md, versions",
    }
    ServicePolicyName = 7036 "SERVICE_POLICY_NAME" {
        class: Operator,
        meaning: "the text is not the name of a policy",
        remedy: "use 1 to 64 letters, digits, '-', '.' and '_'",
        spec: "DPS, how to control access",
    }
    ServiceDefaultPolicy = 7037 "SERVICE_DEFAULT_POLICY" {
        class: Operator,
        meaning: "custom and static allocation are an enrollment's own, and cannot be the default of a service",
        remedy: "set hashed or geoLatency as the default, and the other policy in each enrollment that wants it",
        spec: "DPS, how to use allocation policies",
    }
    ServiceHubText = 7045 "SERVICE_HUB_TEXT" {
        class: Operator,
        meaning: "a text of a linked hub is longer than the limit",
        remedy: "send the location as a short name, and the connection string of one hub as its credential",
        spec: "provisor limits, HUB_LOCATION_BYTES and HUB_CREDENTIAL_BYTES",
    }
    ServiceEkTwice = 7046 "SERVICE_EK_TWICE" {
        class: Operator,
        meaning: "another enrollment has the same endorsement key: one TPM can register as both devices",
        remedy: "compare the endorsement keys of both devices, or delete the enrollment that is not meant",
        spec: "DPS, TPM attestation concepts",
    }
    ServiceOrder = 7047 "SERVICE_ORDER" {
        class: Operator,
        meaning: "the answers to a query come in the order of their IDs, and in no other",
        remedy: "leave ORDER BY out, or order by the ID; sort what comes by anything else",
        spec: "docs/wire.md, queries",
    }
    ServiceQuota = 7050 "SERVICE_QUOTA" {
        class: Operator,
        meaning: "as many are stored as the quota allows",
        remedy: "delete what is not needed any more, or raise the quota",
        spec: "DPS quotas and limits",
    }
    ServiceRate = 7051 "SERVICE_RATE" {
        class: Transient,
        meaning: "more calls than the rate allows",
        remedy: "wait as long as Retry-After says, and spread calls over time",
        spec: "DPS quotas and limits; RFC 6585 section 4",
    }
    ServiceMessageSize = 7052 "SERVICE_MESSAGE_SIZE" {
        class: Operator,
        meaning: "the message is longer than the service takes",
        remedy: "send less at a time: fewer items, a shorter twin, a shorter payload",
        spec: "DPS quotas and limits, message size",
    }
    ServiceUnauthenticated = 7070 "SERVICE_UNAUTHENTICATED" {
        class: Operator,
        meaning: "the request has no authorization",
        remedy: "send a shared access signature in the header Authorization",
        spec: "DPS service API, authentication; RFC 9110 section 11.6.2",
    }
    ServiceBearer = 7071 "SERVICE_BEARER" {
        class: Operator,
        meaning: "bearer tokens are judged by the server that knows their issuer, and this one knows none",
        remedy: "send a shared access signature by a policy of the service",
        spec: "DPS service API, authentication; RFC 6750 section 2.1",
    }
    ServiceTokenPolicy = 7072 "SERVICE_TOKEN_POLICY" {
        class: Operator,
        meaning: "the token does not name the policy whose key signed it, or names one that there is not",
        remedy: "send `skn` with the name of the policy, as SharedAccessKeyName of the connection string has it; names regard case",
        spec: "DPS service API, authentication",
    }
    ServiceTokenResource = 7073 "SERVICE_TOKEN_RESOURCE" {
        class: Operator,
        meaning: "the token is for another service, or for another part of it",
        remedy: "make `sr` the host name of the service, or the host and the beginning of the path",
        spec: "DPS service API, authentication",
    }
    ServiceTokenSignature = 7074 "SERVICE_TOKEN_SIGNATURE" {
        class: Operator,
        meaning: "neither key of the policy signed the token",
        remedy: "use the primary or the secondary key of the policy that `skn` names; it may have been replaced",
        spec: "DPS service API, authentication",
    }
    ServiceTokenOtherPolicy = 7075 "SERVICE_TOKEN_OTHER_POLICY" {
        class: Operator,
        meaning: "a key of another policy signed the token than the one that it names",
        remedy: "take name and key from the same connection string",
        spec: "DPS service API, authentication",
    }
    ServiceNotAdmitted = 7076 "SERVICE_NOT_ADMITTED" {
        class: Operator,
        meaning: "the token proves no policy of this service",
        remedy: "compare host, policy name and key with the connection string; who runs the service sees the cause in its log",
        spec: "DPS service API, authentication",
    }

    // --- 8000: the wire ----------------------------------------------------------------------------
    WireJson = 8001 "WIRE_JSON" {
        class: Device,
        meaning: "the body is not JSON",
        remedy: "send UTF-8 JSON without a byte order mark; the position named is the first byte that cannot stand there",
        spec: "RFC 8259 sections 2 to 8",
    }
    WireDepth = 8002 "WIRE_DEPTH" {
        class: Device,
        meaning: "the JSON is nested deeper than the limit",
        remedy: "flatten the payload or the twin",
        spec: "RFC 8259 section 9",
    }
    WireSize = 8003 "WIRE_SIZE" {
        class: Device,
        meaning: "the message is longer than the limit",
        remedy: "send less: a payload belongs into the twin or into telemetry",
        spec: "DPS quotas, message size",
    }
    WireMemberTwice = 8004 "WIRE_MEMBER_TWICE" {
        class: Device,
        meaning: "an object has two members of one name",
        remedy: "send each member once: readers differ in which of the two they take",
        spec: "RFC 8259 section 4",
    }
    WireMemberName = 8005 "WIRE_MEMBER_NAME" {
        class: Device,
        meaning: "a member has almost the name of one that is known, and would be passed over in silence",
        remedy: "write the name as expected: case, hyphens and underscores count",
        spec: "DPS REST API, definitions",
    }
    WireMemberType = 8006 "WIRE_MEMBER_TYPE" {
        class: Device,
        meaning: "a member has another JSON type than the one it is defined with",
        remedy: "send the type named as expected",
        spec: "DPS REST API, definitions",
    }
    WireMemberMissing = 8007 "WIRE_MEMBER_MISSING" {
        class: Device,
        meaning: "a member that is needed is absent or null",
        remedy: "add the member",
        spec: "DPS REST API, definitions",
    }
    WireMemberValue = 8008 "WIRE_MEMBER_VALUE" {
        class: Device,
        meaning: "a member has a value that its definition does not allow",
        remedy: "send a value as expected",
        spec: "DPS REST API, definitions",
    }
    WireWord = 8009 "WIRE_WORD" {
        class: Device,
        meaning: "the word is none of the choices of this member",
        remedy: "send one of the words named as expected",
        spec: "DPS REST API, definitions",
    }
    WireVersionMissing = 8010 "WIRE_VERSION_MISSING" {
        class: Device,
        meaning: "the request has no api-version",
        remedy: "add ?api-version= to the path (MQTT: to the user name; AMQP: to the properties of the link)",
        spec: "DPS REST API, api-version",
    }
    WireVersion = 8011 "WIRE_VERSION" {
        class: Device,
        meaning: "the api-version is not a date, with or without -preview",
        remedy: "send a version of the form 2021-10-01 or 2025-07-01-preview",
        spec: "DPS REST API, api-version",
    }
    WirePath = 8012 "WIRE_PATH" {
        class: Device,
        meaning: "there is no resource of that path",
        remedy: "compare the path with those of the API; an ID must be percent-encoded",
        spec: "DPS REST API, paths",
    }
    WireMethod = 8013 "WIRE_METHOD" {
        class: Device,
        meaning: "the resource does not know that method",
        remedy: "use one of the methods named as expected",
        spec: "DPS REST API, paths; RFC 9110 section 15.5.6",
    }
    WireEncoding = 8014 "WIRE_ENCODING" {
        class: Device,
        meaning: "the text is not percent-encoded UTF-8",
        remedy: "encode each byte as % and two hexadecimal digits",
        spec: "RFC 3986 section 2.1",
    }
    WireParameter = 8015 "WIRE_PARAMETER" {
        class: Device,
        meaning: "a parameter of the query or of the user name is given twice or has a value that it cannot have",
        remedy: "send each parameter once, with a value as expected",
        spec: "DPS REST API, parameters",
    }
    WireIdDiffers = 8016 "WIRE_ID_DIFFERS" {
        class: Device,
        meaning: "the registration ID in the body is not the one that the request is about",
        remedy: "send the same ID in both places, or none in the body",
        spec: "DPS REST API, paths",
    }
    WireHeader = 8017 "WIRE_HEADER" {
        class: Device,
        meaning: "a header has a value that it cannot have",
        remedy: "send a value as expected, or leave the header out",
        spec: "DPS REST API, headers",
    }
    WireAttestation = 8018 "WIRE_ATTESTATION" {
        class: Operator,
        meaning: "the attestation's type and its members do not go together",
        remedy: "give the one member that the type names, with what this kind of enrollment takes",
        spec: "DPS REST API, AttestationMechanism",
    }
    // 8019 was WIRE_BULK_COUNT; SERVICE_BULK_SIZE is what is said of it.
    WireUserName = 8020 "WIRE_USER_NAME" {
        class: Device,
        meaning: "the MQTT user name is not of the form of provisioning",
        remedy: "send {idScope}/registrations/{registrationId}/api-version={version}",
        spec: "DPS MQTT support, connect",
    }
    WireTopic = 8021 "WIRE_TOPIC" {
        class: Device,
        meaning: "the MQTT topic is none of provisioning",
        remedy: "publish to the topics of register and operation status, each with its $rid",
        spec: "DPS MQTT support, topics",
    }
    WireAddress = 8022 "WIRE_ADDRESS" {
        class: Device,
        meaning: "the AMQP address is not of the form of provisioning",
        remedy: "attach to {idScope}/registrations/{registrationId}",
        spec: "DPS over AMQP, links",
    }
    WireProperty = 8023 "WIRE_PROPERTY" {
        class: Device,
        meaning: "an AMQP message lacks an application property, or has it with a value that it cannot have",
        remedy: "set iotdps-operation-type, and what that operation needs",
        spec: "DPS over AMQP, application properties",
    }
    WireSasl = 8024 "WIRE_SASL" {
        class: Device,
        meaning: "the bytes are not those of this step of the SASL exchange",
        remedy: "follow the steps of mechanism PLAIN or TPM",
        spec: "RFC 4616 section 2; DPS over AMQP, mechanism TPM",
    }
    WireOperationId = 8025 "WIRE_OPERATION_ID" {
        class: Device,
        meaning: "the operation ID holds what none of ours does",
        remedy: "send back the operation ID as it came",
        spec: "DPS REST API, operationId; RFC 3986 section 2.3",
    }
    WireCsr = 8026 "WIRE_CSR" {
        class: Device,
        meaning: "the request asks for a certificate, and this service issues none",
        remedy: "leave the CSR out, and give the device its certificate when it is made",
        spec: "DPS REST API 2025-07-01-preview, csr",
    }
    WireTrustBundle = 8027 "WIRE_TRUST_BUNDLE" {
        class: Device,
        meaning: "the request is one of the experimental certificate management of 2021, which this service does not offer",
        remedy: "give the device its trust anchors and certificates by another way",
        spec: "DPS REST API 2021-11-01-preview",
    }
    // 8028 was WIRE_CREDENTIAL_POLICY; SERVICE_CREDENTIAL_POLICY is what is said of it.
    WireCertificate = 8029 "WIRE_CERTIFICATE" {
        class: Operator,
        meaning: "the text is a certificate neither as PEM nor as base64 of DER",
        remedy: "send the PEM block, or the base64 of the DER bytes",
        spec: "RFC 7468 section 5; RFC 4648 section 4",
    }
    WireTime = 8030 "WIRE_TIME" {
        class: Device,
        meaning: "the text is no date and time",
        remedy: "send UTC in the form 2026-10-02T08:11:04.1234567Z",
        spec: "RFC 3339 section 5.6",
    }
    WireBase64 = 8031 "WIRE_BASE64" {
        class: Device,
        meaning: "the text is not base64",
        remedy: "send standard base64 with its padding",
        spec: "RFC 4648 section 4",
    }
    WireAnswer = 8032 "WIRE_ANSWER" {
        class: Service,
        meaning: "the answer is not one that this request can get",
        remedy: "check that the endpoint is a provisioning service; its words stand in what was found",
        spec: "DPS REST API, responses",
    }
    WireWebhook = 8033 "WIRE_WEBHOOK" {
        class: Operator,
        meaning: "the answer of the custom allocation is not of the form agreed",
        remedy: "let the function answer 200 with iotHubHostName, and initialTwin and payload if it wants",
        spec: "DPS custom allocation policies, response",
    }
    // 8034 was WIRE_BEARER; SERVICE_BEARER is what is said of it.
    WireAuthorization = 8035 "WIRE_AUTHORIZATION" {
        class: Device,
        meaning: "the authorization is of no scheme that this service knows",
        remedy: "send SharedAccessSignature and the token",
        spec: "DPS REST API, authentication; RFC 9110 section 11.6.2",
    }
    WireQuery = 8036 "WIRE_QUERY" {
        class: Operator,
        meaning: "the text of the query cannot be read",
        remedy: "send SELECT *, with WHERE and conditions on members if need be",
        spec: "DPS REST API, QuerySpecification; docs/wire.md, queries",
    }
    WireHeaderTwice = 8045 "WIRE_HEADER_TWICE" {
        class: Device,
        meaning: "a header that says one thing was sent twice, or as a list",
        remedy: "send it once; a proxy in between that adds one has to replace the one there is",
        spec: "RFC 9110 section 5.3",
    }
    WireQueryPart = 8046 "WIRE_QUERY_PART" {
        class: Operator,
        meaning: "the query asks for a part of the query language that is not answered here",
        remedy: "select * with conditions of =, !=, <, <=, >, >= and IS_DEFINED, joined by AND, OR and NOT; do the rest with what comes",
        spec: "docs/wire.md, queries",
    }

    // --- 9000: misuse of a binding -----------------------------------------------------------------
    ArgNull = 9001 "ARG_NULL" {
        class: Service,
        meaning: "a pointer that is needed is NULL",
        remedy: "pass a pointer; only an empty input (length 0) may be NULL",
        spec: "docs/c.md, pointers and lengths",
    }
    ArgUtf8 = 9002 "ARG_UTF8" {
        class: Service,
        meaning: "the text is not UTF-8",
        remedy: "pass UTF-8 without a byte order mark, and its length in bytes",
        spec: "RFC 3629 section 3",
    }
    ArgLength = 9003 "ARG_LENGTH" {
        class: Service,
        meaning: "the length is larger than any object in memory",
        remedy: "check how the length was computed; a negative number may have been converted",
        spec: "docs/c.md, pointers and lengths",
    }
    ArgValue = 9004 "ARG_VALUE" {
        class: Service,
        meaning: "the number names no choice of this argument",
        remedy: "pass one of the constants that the argument's type lists",
        spec: "docs/c.md, choices",
    }
    ArgBufferTooSmall = 9005 "ARG_BUFFER_TOO_SMALL" {
        class: Service,
        meaning: "the output does not fit into the buffer, and nothing was written into it",
        remedy: "pass a buffer of at least the length that was reported",
        spec: "docs/c.md, outputs",
    }
    ArgPanic = 9006 "ARG_PANIC" {
        class: Service,
        meaning: "provisor itself failed, and stopped before it could do harm",
        remedy: "report it as a fault of provisor, with the call and its input",
        spec: "docs/c.md, panics",
    }

    // --- 9050: the server's doors --------------------------------------------------------------------
    ServerMediaType = 9050 "SERVER_MEDIA_TYPE" {
        class: Device,
        meaning: "the body says that it is of a type that is not read here",
        remedy: "send JSON and the header content-type: application/json; charset=utf-8",
        spec: "RFC 9110 sections 8.3 and 15.5.16",
    }
    ServerBodySlow = 9051 "SERVER_BODY_SLOW" {
        class: Device,
        meaning: "the body did not arrive in time",
        remedy: "send the whole body right after the headers; come again when the network is better",
        spec: "RFC 9110 section 15.5.9",
    }
    ServerBodyBroken = 9052 "SERVER_BODY_BROKEN" {
        class: Device,
        meaning: "the body ended before it was whole, or its chunks cannot be read",
        remedy: "send as many bytes as content-length says, or whole chunks",
        spec: "RFC 9112 sections 6.3 and 7.1",
    }
    ServerUpgrade = 9053 "SERVER_UPGRADE" {
        class: Device,
        meaning: "the WebSocket handshake is not one that is answered here",
        remedy: "send version 13, a key, and sec-websocket-protocol with mqtt or AMQPWSB10, over HTTP/1.1",
        spec: "RFC 6455 section 4.2.1; OASIS MQTT 3.1.1 section 6; AMQP WebSocket binding section 2.1",
    }
    ServerLate = 9054 "SERVER_LATE" {
        class: Transient,
        meaning: "the answer was not ready in the time that clients wait for one",
        remedy: "come again after Retry-After; the operator looks at the store and the hubs",
        spec: "docs/server.md, limits",
    }

    // --- 9100: connections of the server --------------------------------------------------------------
    ServerMqttPacket = 9100 "SERVER_MQTT_PACKET" {
        class: Device,
        meaning: "what a client sent is no packet of MQTT 3.1.1",
        remedy: "use a client of MQTT 3.1.1; if it is one, look for something between it and the server that changes bytes",
        spec: "MQTT 3.1.1 section 4.8",
    }
    ServerMqttUnexpected = 9101 "SERVER_MQTT_UNEXPECTED" {
        class: Device,
        meaning: "the packet of MQTT is not expected here",
        remedy: "begin with CONNECT and send it once; publish at QoS 0 or 1",
        spec: "MQTT 3.1.1 sections 2.2 and 3.1",
    }
    ServerMqttLong = 9102 "SERVER_MQTT_LONG" {
        class: Device,
        meaning: "the packet of MQTT is too long",
        remedy: "send less at once: a registration has at most 96 KiB, a message to a hub 256 KiB",
        spec: "MQTT 3.1.1 section 2.2.3",
    }
    ServerMqttSlow = 9103 "SERVER_MQTT_SLOW" {
        class: Device,
        meaning: "the client does not take what it is sent",
        remedy: "read from the connection, and acknowledge messages at QoS 1",
        spec: "MQTT 3.1.1 section 4.3.2",
    }
    ServerMqttSilent = 9104 "SERVER_MQTT_SILENT" {
        class: Device,
        meaning: "the client said nothing for too long",
        remedy: "none is needed after a lost network; else send PINGREQ within the keep-alive of the CONNECT",
        spec: "MQTT 3.1.1 section 3.1.2.10",
    }
    ServerMqttBroken = 9105 "SERVER_MQTT_BROKEN" {
        class: Device,
        meaning: "the connection of MQTT ended without DISCONNECT",
        remedy: "none is needed: networks are lost",
        spec: "MQTT 3.1.1 section 3.14",
    }
    ServerMqttOwn = 9106 "SERVER_MQTT_OWN" {
        class: Service,
        meaning: "what the server wanted to send over MQTT cannot be sent",
        remedy: "report it as a fault of provisor, with the text of found",
        spec: "MQTT 3.1.1 section 3.3",
    }

    // --- 9150: the store ---------------------------------------------------------------------------
    StoreUnavailable = 9150 "STORE_UNAVAILABLE" {
        class: Transient,
        meaning: "the store did not answer, or failed",
        remedy: "register again later; look at the log of the server for what the store said",
        spec: "docs/server.md, storage",
    }
    StoreUnreadable = 9151 "STORE_UNREADABLE" {
        class: Service,
        meaning: "something in the store cannot be read",
        remedy: "restore a backup, or start the version of provisor that wrote it",
        spec: "docs/server.md, storage",
    }
    StoreInUse = 9152 "STORE_IN_USE" {
        class: Operator,
        meaning: "another process has the store open",
        remedy: "stop the other process; a store in a file belongs to one server",
        spec: "docs/server.md, storage",
    }
    StoreScope = 9153 "STORE_SCOPE" {
        class: Operator,
        meaning: "the store belongs to another ID scope",
        remedy: "name the store of this scope, or a place where there is none yet",
        spec: "docs/server.md, storage",
    }
    StoreSchema = 9154 "STORE_SCHEMA" {
        class: Operator,
        meaning: "the store has another schema than this version of provisor",
        remedy: "run provisor store upgrade with this version, or start the version that the store was upgraded to",
        spec: "docs/server.md, storage",
    }
    StoreDataKey = 9155 "STORE_DATA_KEY" {
        class: Operator,
        meaning: "the data key that seals the secrets of the store is missing, illegal or another one",
        remedy: "give the data key that the store was written with, by its file or by the environment",
        spec: "docs/server.md, storage",
    }
    StoreSeal = 9156 "STORE_SEAL" {
        class: Service,
        meaning: "what is sealed in the store does not open: it was changed, or moved from another place",
        remedy: "restore a backup",
        spec: "docs/server.md, storage",
    }
    StoreFull = 9157 "STORE_FULL" {
        class: Transient,
        meaning: "the store has more work than it takes on",
        remedy: "register again later",
        spec: "docs/server.md, storage",
    }
    StoreFile = 9158 "STORE_FILE" {
        class: Operator,
        meaning: "the backup or export is none, is cut off, or was changed",
        remedy: "give a file that provisor store backup or provisor store export wrote, whole",
        spec: "docs/server.md, storage",
    }
    StoreNotEmpty = 9159 "STORE_NOT_EMPTY" {
        class: Operator,
        meaning: "there is something already where a store is to be made",
        remedy: "give a place where there is nothing",
        spec: "docs/server.md, storage",
    }
    StoreMissing = 9160 "STORE_MISSING" {
        class: Operator,
        meaning: "there is no store at that place",
        remedy: "give the place of the store, or let provisor serve make one",
        spec: "docs/server.md, storage",
    }

    // --- 9250: hubs, and whom the server calls ------------------------------------------------------
    HubDeviceUnknown = 9250 "HUB_DEVICE_UNKNOWN" {
        class: Device,
        meaning: "the hub has no device of that name",
        remedy: "register the device; a name in a hub regards case",
        spec: "IoT Hub identity registry",
    }
    HubDeviceDisabled = 9251 "HUB_DEVICE_DISABLED" {
        class: Operator,
        meaning: "the device may not connect to its hub",
        remedy: "enable the device in the registry of the hub, if it shall connect",
        spec: "IoT Hub identity registry, status",
    }
    HubDeviceProof = 9252 "HUB_DEVICE_PROOF" {
        class: Device,
        meaning: "what the device shows is not what its hub knows it by",
        remedy: "connect with what the device registered with last; register again after its key or certificate was changed",
        spec: "IoT Hub, control access with shared access signatures and X.509 certificates",
    }
    HubTwin = 9253 "HUB_TWIN" {
        class: Device,
        meaning: "the twin, or the patch of one, cannot be read",
        remedy: "send one JSON object, not nested too deep",
        spec: "IoT Hub device twins, format",
    }
    HubTwinSize = 9254 "HUB_TWIN_SIZE" {
        class: Device,
        meaning: "a part of the twin would be larger than it may be",
        remedy: "keep what is large elsewhere, and its address in the twin",
        spec: "IoT Hub device twins, size",
    }
    HubSubscription = 9255 "HUB_SUBSCRIPTION" {
        class: Device,
        meaning: "the device subscribes to more than can be remembered",
        remedy: "unsubscribe from what is not used",
        spec: "docs/hubs.md, sessions",
    }
    HubChase = 9256 "HUB_CHASE" {
        class: Transient,
        meaning: "connections of one device take each other's place again and again",
        remedy: "look for two devices with one identity, and give each its own",
        spec: "docs/hubs.md, sessions",
    }
    HubBusy = 9257 "HUB_BUSY" {
        class: Transient,
        meaning: "the device in the hub is written by others at the same time, each time again",
        remedy: "try again later",
        spec: "docs/hubs.md, what is kept",
    }
    HubStored = 9258 "HUB_STORED" {
        class: Service,
        meaning: "a device of the embedded hub cannot be read as it is stored",
        remedy: "look whether a later release wrote it; restore a backup",
        spec: "docs/hubs.md, what is kept",
    }
    HubExists = 9259 "HUB_EXISTS" {
        class: Operator,
        meaning: "the hub has a device of that name already",
        remedy: "update the device with if-match, or choose another name",
        spec: "IoT Hub identity registry, create or update",
    }
    HubEtag = 9260 "HUB_ETAG" {
        class: Operator,
        meaning: "what is stored in the hub is another version than if-match names",
        remedy: "read the device or twin again, and change that",
        spec: "IoT Hub registry REST API; RFC 9110 section 13.1.1",
    }
    HubRequest = 9261 "HUB_REQUEST" {
        class: Operator,
        meaning: "the request to the registry of the hub cannot be read",
        remedy: "send what the registry's REST API asks for",
        spec: "IoT Hub registry REST API",
    }
    HubLinkCredential = 9262 "HUB_LINK_CREDENTIAL" {
        class: Service,
        meaning: "the hub is not linked, or what it is linked by cannot be used",
        remedy: "link the hub with its connection string: HostName, SharedAccessKeyName and SharedAccessKey",
        spec: "docs/hubs.md, how a hub is linked",
    }
    HubRefused = 9263 "HUB_REFUSED" {
        class: Service,
        meaning: "the hub does not let the service write to its registry",
        remedy: "link the hub with a policy that may read and write the registry, and look at the quota of the hub",
        spec: "IoT Hub, control access by shared access policies",
    }
    HubThrottled = 9264 "HUB_THROTTLED" {
        class: Transient,
        meaning: "the hub asks for fewer calls",
        remedy: "wait; give the hub more units if it happens often",
        spec: "IoT Hub quotas and throttling",
    }
    HubFailed = 9265 "HUB_FAILED" {
        class: Transient,
        meaning: "the hub fails",
        remedy: "wait; look at the state of the hub",
        spec: "IoT Hub registry REST API, status codes",
    }
    HubOpen = 9266 "HUB_OPEN" {
        class: Transient,
        meaning: "the hub failed several times, and is not asked for a while",
        remedy: "wait; the log says what it failed with",
        spec: "docs/hubs.md, failures",
    }
    HubAnswer = 9267 "HUB_ANSWER" {
        class: Service,
        meaning: "what the hub answers cannot be read",
        remedy: "look whether the name is that of a hub; report it as a fault of provisor if it is",
        spec: "IoT Hub registry REST API",
    }
    HubNotOnline = 9270 "HUB_NOT_ONLINE" {
        class: Operator,
        meaning: "the device takes no calls of services: the embedded hub sends nothing to devices but twins",
        remedy: "write a desired property; the device is told, or reads it when it comes",
        spec: "docs/hubs.md, what the embedded hub is not",
    }
    OutUrl = 9280 "OUT_URL" {
        class: Operator,
        meaning: "the address cannot be called",
        remedy: "give a URL that begins with https and has a host name",
        spec: "RFC 9110 section 4.2.2; docs/hubs.md, where the server calls",
    }
    OutAddress = 9281 "OUT_ADDRESS" {
        class: Operator,
        meaning: "the host lies where the server may not call",
        remedy: "give the URL of a host in a network that the settings allow",
        spec: "docs/hubs.md, where the server calls",
    }
    OutConnect = 9282 "OUT_CONNECT" {
        class: Transient,
        meaning: "the host that is called cannot be reached, or ended the connection",
        remedy: "look whether it runs, and whether its name and port are right",
        spec: "RFC 9293 section 3.5",
    }
    OutTls = 9283 "OUT_TLS" {
        class: Service,
        meaning: "the host that is called does not prove that it is the one",
        remedy: "give the CA of its certificate in the settings, or correct its certificate",
        spec: "RFC 8446 section 4.4.2; RFC 9110 section 4.3.4",
    }
    OutTimeout = 9284 "OUT_TIMEOUT" {
        class: Transient,
        meaning: "the host that is called does not answer in time",
        remedy: "look why it is slow",
        spec: "docs/hubs.md, where the server calls",
    }
    OutSize = 9285 "OUT_SIZE" {
        class: Service,
        meaning: "the answer of the host that is called is longer than it may be",
        remedy: "look whether the URL is right",
        spec: "docs/hubs.md, where the server calls",
    }
}
