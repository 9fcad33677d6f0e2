//! Every stable code, one row each: number, name, sentence, remedy, specification.
//!
//! Rust documentation, `include/provisor.h`, the Python enum and `docs/codes.md` are generated from
//! here. Keep the rows in the order of their numbers; never change what a number means; when a code
//! is retired, leave its number behind as a comment.

super::codes! {
    // --- 1000: identifiers -------------------------------------------------------------------
    IdEmpty = 1001 "ID_EMPTY" {
        meaning: "the identifier is empty",
        remedy: "give at least one character",
        spec: "DPS registration ID rules",
    }
    IdTooLong = 1002 "ID_TOO_LONG" {
        meaning: "the identifier is longer than its kind allows",
        remedy: "shorten it to the number of characters named as expected",
        spec: "DPS registration ID rules",
    }
    IdCharacter = 1003 "ID_CHARACTER" {
        meaning: "the identifier holds a character that its rule set does not allow",
        remedy: "replace the character at the position named; the 2017 rules know lowercase only",
        spec: "DPS registration ID rules",
    }
    IdLastCharacter = 1004 "ID_LAST_CHARACTER" {
        meaning: "the identifier ends with a character that may only stand inside",
        remedy: "end it with a letter, a digit or a hyphen",
        spec: "DPS registration ID rules",
    }

    // --- 2000: X.509, the encoding -----------------------------------------------------------
    X509Der = 2001 "X509_DER" {
        meaning: "the bytes are not canonical DER where the structure needs it",
        remedy: "issue the certificate again with an encoder that follows DER, or send the original bytes",
        spec: "RFC 5280 section 4.1, X.690 section 10",
    }
    X509Expired = 2103 "X509_EXPIRED" {
        meaning: "the certificate has expired",
        remedy: "renew the certificate, or set the clock if the time of the verdict is wrong",
        spec: "RFC 5280 section 6.1.3 (a)(2)",
    }

    // --- 3000: TPM 2.0, the encoding -------------------------------------------------------------
    TpmTruncated = 3001 "TPM_TRUNCATED" {
        meaning: "a size field points beyond the data, or the structure ends early",
        remedy: "send the bytes exactly as the TPM returned them, size fields included",
        spec: "TPM 2.0 Part 2 section 10.4 (TPM2B types)",
    }
    TpmTrailingBytes = 3002 "TPM_TRAILING_BYTES" {
        meaning: "bytes follow the end of the structure",
        remedy: "send the bytes exactly as the TPM returned them and nothing after them",
        spec: "TPM 2.0 Part 2 section 10.4 (TPM2B types)",
    }
    TpmEmpty = 3003 "TPM_EMPTY" {
        meaning: "the sized structure holds nothing",
        remedy: "read the public area from the TPM again; a size of 0 is no object",
        spec: "TPM 2.0 Part 2 section 12.2.5 (TPM2B_PUBLIC)",
    }
    TpmTooLong = 3004 "TPM_TOO_LONG" {
        meaning: "the data is longer than the structure or its size field can be",
        remedy: "send one structure at a time, within the length named as expected",
        spec: "TPM 2.0 Part 2 section 10.4 (TPM2B types)",
    }
    TpmObjectType = 3005 "TPM_OBJECT_TYPE" {
        meaning: "the object type is unknown, or its size bytes were left off or swapped",
        remedy: "send a TPM2B_PUBLIC: two size bytes, big-endian, then TPMT_PUBLIC",
        spec: "TPM 2.0 Part 2 section 12.2.2 (TPMI_ALG_PUBLIC)",
    }
    TpmNameAlgorithm = 3006 "TPM_NAME_ALGORITHM" {
        meaning: "the name algorithm is not a hash that this library computes",
        remedy: "create the key with nameAlg SHA-256, SHA-384 or SHA-512",
        spec: "TPM 2.0 Part 1 section 16 (Names)",
    }
    TpmReservedAttributes = 3007 "TPM_RESERVED_ATTRIBUTES" {
        meaning: "reserved bits of objectAttributes are set",
        remedy: "send the public area unchanged; no TPM makes an object with these bits",
        spec: "TPM 2.0 Part 2 section 8.3.2 (TPMA_OBJECT)",
    }
    TpmAuthPolicySize = 3008 "TPM_AUTH_POLICY_SIZE" {
        meaning: "authPolicy is neither empty nor as long as a digest of the name algorithm",
        remedy: "create the key with a policy digest of its own name algorithm",
        spec: "TPM 2.0 Part 2 section 12.2.4 (TPMT_PUBLIC)",
    }
    TpmSymmetric = 3009 "TPM_SYMMETRIC" {
        meaning: "the symmetric parameters are not AES in CFB mode with 128, 192 or 256 bits",
        remedy: "create the key with the symmetric parameters of a TCG template",
        spec: "TPM 2.0 Part 2 section 11.1.7 (TPMT_SYM_DEF_OBJECT)",
    }
    TpmScheme = 3010 "TPM_SCHEME" {
        meaning: "the scheme is not defined for this type of object",
        remedy: "send the public area unchanged",
        spec: "TPM 2.0 Part 2 section 11.2 (asymmetric schemes)",
    }
    TpmHashAlgorithm = 3011 "TPM_HASH_ALGORITHM" {
        meaning: "the hash of a scheme is not one that this library computes",
        remedy: "create the key with SHA-256, SHA-384 or SHA-512",
        spec: "TPM 2.0 Part 2 section 9.27 (TPMI_ALG_HASH)",
    }
    TpmKeyBits = 3012 "TPM_KEY_BITS" {
        meaning: "keyBits is not a size that TPMs have",
        remedy: "send the public area unchanged",
        spec: "TPM 2.0 Part 2 section 11.2.4.6 (TPMI_RSA_KEY_BITS)",
    }
    TpmUniqueSize = 3013 "TPM_UNIQUE_SIZE" {
        meaning: "the unique field is not as long as the key it should hold",
        remedy: "send the public area of the key, not the template it was made from",
        spec: "TPM 2.0 Part 2 section 12.2.3.2 (TPMU_PUBLIC_ID)",
    }
    TpmCurve = 3014 "TPM_CURVE" {
        meaning: "the curve is unknown",
        remedy: "send the public area unchanged",
        spec: "TPM 2.0 Part 2 section 6.4 (TPM_ECC_CURVE)",
    }
    TpmCoordinateSize = 3015 "TPM_COORDINATE_SIZE" {
        meaning: "a coordinate is empty or longer than the curve's field",
        remedy: "send the public area of the key, not the template it was made from",
        spec: "TPM 2.0 Part 2 section 11.2.5.2 (TPMS_ECC_POINT)",
    }
    TpmKdf = 3016 "TPM_KDF" {
        meaning: "the key derivation scheme is not defined",
        remedy: "send the public area unchanged",
        spec: "TPM 2.0 Part 2 section 11.2.3.3 (TPMT_KDF_SCHEME)",
    }
    TpmNameForm = 3017 "TPM_NAME_FORM" {
        meaning: "the Name is not an algorithm identifier followed by a digest of that algorithm",
        remedy: "take the Name from TPM2_ReadPublic, or compute it from the public area",
        spec: "TPM 2.0 Part 1 section 16 (Names)",
    }
    TpmBlobFields = 3018 "TPM_BLOB_FIELDS" {
        meaning: "the activation blob does not hold exactly six sized fields",
        remedy: "send the blob as the service made it",
        spec: "activation blob layout, docs/tpm.md",
    }

    // --- 3100: TPM 2.0, the acceptance of keys ---------------------------------------------------
    TpmKeyKind = 3101 "TPM_KEY_KIND" {
        meaning: "the object is not an asymmetric key",
        remedy: "send the public area of the endorsement or storage root key",
        spec: "TCG EK Credential Profile section B.3",
    }
    TpmNotFixedTpm = 3102 "TPM_NOT_FIXED_TPM" {
        meaning: "fixedTPM is clear: the private key may exist outside the TPM",
        remedy: "create the key inside the TPM with fixedTPM set",
        spec: "TPM 2.0 Part 2 section 8.3.3 (fixedTPM)",
    }
    TpmNotFixedParent = 3103 "TPM_NOT_FIXED_PARENT" {
        meaning: "fixedParent is clear: the key can be moved to another parent",
        remedy: "create the key with fixedParent set",
        spec: "TPM 2.0 Part 2 section 8.3.3 (fixedParent)",
    }
    TpmExternalOrigin = 3104 "TPM_EXTERNAL_ORIGIN" {
        meaning: "sensitiveDataOrigin is clear: the key was made outside the TPM",
        remedy: "create the key inside the TPM instead of importing it",
        spec: "TPM 2.0 Part 2 section 8.3.3 (sensitiveDataOrigin)",
    }
    TpmNotRestricted = 3105 "TPM_NOT_RESTRICTED" {
        meaning: "restricted is clear: the key works on data that the TPM did not make",
        remedy: "create the key with restricted set",
        spec: "TPM 2.0 Part 2 section 8.3.3 (restricted)",
    }
    TpmNotDecrypt = 3106 "TPM_NOT_DECRYPT" {
        meaning: "decrypt is clear: this is no storage key",
        remedy: "send the key made from the storage template",
        spec: "TPM 2.0 Part 2 section 8.3.3 (decrypt)",
    }
    TpmStorageKeySigns = 3107 "TPM_STORAGE_KEY_SIGNS" {
        meaning: "sign is set on a storage key",
        remedy: "send the key made from the storage template",
        spec: "TPM 2.0 Part 2 section 8.3.3 (sign)",
    }
    TpmAttributes = 3108 "TPM_ATTRIBUTES" {
        meaning: "objectAttributes differ from the template",
        remedy: "create the key from the TCG template, with exactly its attributes",
        spec: "TCG EK Credential Profile section B.3, B.4",
    }
    TpmAuthPolicy = 3109 "TPM_AUTH_POLICY" {
        meaning: "authPolicy is not the one of the template",
        remedy: "create the key from the TCG template, with exactly its policy",
        spec: "TCG EK Credential Profile section B.6",
    }
    TpmTemplate = 3110 "TPM_TEMPLATE" {
        meaning: "no TCG template has this combination of key, name algorithm and cipher",
        remedy: "create the key from one of the templates L-1, L-2, H-1 to H-4, H-6, H-7",
        spec: "TCG EK Credential Profile section B.3, B.4",
    }
    TpmWeakName = 3111 "TPM_WEAK_NAME" {
        meaning: "the name algorithm is SHA-1",
        remedy: "create the key with nameAlg SHA-256 or better",
        spec: "NIST SP 800-131A revision 2 section 9",
    }
    TpmRsaSize = 3112 "TPM_RSA_SIZE" {
        meaning: "the RSA modulus is not 2048, 3072 or 4096 bits",
        remedy: "create the key with at least 2048 bits",
        spec: "NIST SP 800-131A revision 2 section 6",
    }
    TpmRsaExponent = 3113 "TPM_RSA_EXPONENT" {
        meaning: "the RSA exponent is neither 0 (which means 65537) nor 65537",
        remedy: "create the key with the default exponent",
        spec: "TPM 2.0 Part 2 section 12.2.3.5 (TPMS_RSA_PARMS)",
    }
    TpmRsaModulus = 3114 "TPM_RSA_MODULUS" {
        meaning: "the modulus is even, or its top bit is clear",
        remedy: "do not trust this key; ask the maker of the device",
        spec: "TPM 2.0 Part 1 annex B (RSA)",
    }
    TpmRsaFactor = 3115 "TPM_RSA_FACTOR" {
        meaning: "the modulus has a small prime factor",
        remedy: "do not trust this key; ask the maker of the device",
        spec: "NIST SP 800-56B revision 2 section 6.4.2",
    }
    TpmRsaSquare = 3116 "TPM_RSA_SQUARE" {
        meaning: "the modulus is a perfect square",
        remedy: "do not trust this key; ask the maker of the device",
        spec: "NIST SP 800-56B revision 2 section 6.4.2",
    }
    TpmRsaRoca = 3117 "TPM_RSA_ROCA" {
        meaning: "the modulus has the ROCA structure: its private key can be computed",
        remedy: "update the firmware of the TPM and create a new endorsement key, or replace the TPM",
        spec: "CVE-2017-15361",
    }
    TpmCurveRefused = 3118 "TPM_CURVE_REFUSED" {
        meaning: "the curve is outside the profile",
        remedy: "create the key on P-256, P-384 or P-521",
        spec: "TCG EK Credential Profile section B.4",
    }
    TpmPoint = 3119 "TPM_POINT" {
        meaning: "the point is not on the curve, or its coordinates are not padded to the field size",
        remedy: "send the public area as the TPM returned it",
        spec: "TPM 2.0 Part 1 annex C (ECC)",
    }
    TpmNoCipher = 3120 "TPM_NO_CIPHER" {
        meaning: "the storage key has no symmetric algorithm: nothing can be protected under it",
        remedy: "create the key from the storage template",
        spec: "TPM 2.0 Part 1, protected storage (storage keys)",
    }
    TpmSchemeSet = 3121 "TPM_SCHEME_SET" {
        meaning: "a scheme or key derivation is set on a storage key",
        remedy: "create the key from the storage template",
        spec: "TPM 2.0 Part 2 section 12.2.3.5 (TPMS_RSA_PARMS)",
    }
    TpmEkAsSrk = 3122 "TPM_EK_AS_SRK" {
        meaning: "an endorsement key stands where the storage root key is expected",
        remedy: "send the storage root key (0x81000001 on most devices) as the second key",
        spec: "TCG TPM v2.0 Provisioning Guidance, storage root key",
    }
    TpmNotSign = 3123 "TPM_NOT_SIGN" {
        meaning: "sign is clear: this is no attestation key",
        remedy: "send the public area of the attestation key",
        spec: "TPM 2.0 Part 2 section 8.3.3 (sign)",
    }
    TpmSigningKeyDecrypts = 3124 "TPM_SIGNING_KEY_DECRYPTS" {
        meaning: "decrypt or a cipher is set on an attestation key",
        remedy: "create a key that only signs",
        spec: "TPM 2.0 Part 2 section 8.3.3 (decrypt)",
    }
    TpmSigningScheme = 3125 "TPM_SIGNING_SCHEME" {
        meaning: "the signing scheme is not RSASSA, RSAPSS or ECDSA with SHA-256, SHA-384 or SHA-512",
        remedy: "create the attestation key with a fixed scheme of these",
        spec: "TPM 2.0 Part 2 section 8.3.3 (restricted, sign)",
    }

    // --- 3200: TPM 2.0, credentials, challenges and activation -----------------------------------
    TpmSecretEmpty = 3201 "TPM_SECRET_EMPTY" {
        meaning: "a secret of no bytes",
        remedy: "give at least one byte; an empty secret proves nothing",
        spec: "TPM 2.0 Part 3 section 12.6 (TPM2_MakeCredential)",
    }
    TpmSecretTooLong = 3202 "TPM_SECRET_TOO_LONG" {
        meaning: "the secret is longer than its protection takes",
        remedy: "shorten it to the number of bytes named as expected",
        spec: "TPM 2.0 Part 3 section 12.6 (TPM2_MakeCredential)",
    }
    TpmRandom = 3203 "TPM_RANDOM" {
        meaning: "the source of randomness failed or gave unusable values",
        remedy: "check the random source of the machine",
        spec: "TPM 2.0 Part 1, random number generator",
    }
    TpmEncryption = 3204 "TPM_ENCRYPTION" {
        meaning: "the cryptographic backend could not encrypt to the key",
        remedy: "report the public area of the key; it passed the checks and should work",
        spec: "TPM 2.0 Part 1 annexes B.10 and C.6",
    }
    TpmInnerKey = 3205 "TPM_INNER_KEY" {
        meaning: "the key of the inner wrapper is not 16 or 32 bytes",
        remedy: "use 16 bytes, as official clients do",
        spec: "TPM 2.0 Part 1, duplication (inner wrapper)",
    }
    TpmObjectFixed = 3206 "TPM_OBJECT_FIXED" {
        meaning: "an object with fixedTPM or fixedParent cannot be imported",
        remedy: "clear both attributes of the object to wrap",
        spec: "TPM 2.0 Part 3 section 13.3 (TPM2_Import)",
    }
    TpmSensitive = 3207 "TPM_SENSITIVE" {
        meaning: "the sensitive area does not belong to the public area",
        remedy: "wrap the sensitive area from which unique was computed",
        spec: "TPM 2.0 Part 1, object creation (unique of symmetric objects)",
    }
    TpmInnerRequired = 3208 "TPM_INNER_REQUIRED" {
        meaning: "encryptedDuplication is set on the object, but no inner wrapper was asked for",
        remedy: "give an inner key, or clear the attribute",
        spec: "TPM 2.0 Part 3 section 13.3 (TPM2_Import)",
    }
    TpmChallengeExpired = 3211 "TPM_CHALLENGE_EXPIRED" {
        meaning: "the answer came after the challenge had expired",
        remedy: "register again; check the clocks if it happens often",
        spec: "TPM 2.0 Part 1 section 24 (credential protection)",
    }
    TpmChallengeAnswer = 3212 "TPM_CHALLENGE_ANSWER" {
        meaning: "the answer was not made with the secret of this challenge",
        remedy: "register again from the TPM that holds the endorsement key and the storage root key",
        spec: "TPM 2.0 Part 1 section 24 (credential protection)",
    }
    TpmChallengeStored = 3213 "TPM_CHALLENGE_STORED" {
        meaning: "the stored challenge cannot be read back",
        remedy: "issue a new challenge",
        spec: "docs/tpm.md, stored challenges",
    }
    TpmSameObject = 3214 "TPM_SAME_OBJECT" {
        meaning: "the endorsement key is also given as the object to activate",
        remedy: "send the storage root key or the attestation key as the second key",
        spec: "TPM 2.0 Part 3 section 12.5 (TPM2_ActivateCredential)",
    }
    TpmCredentialOpen = 3215 "TPM_CREDENTIAL_OPEN" {
        meaning: "the protected data cannot be opened",
        remedy: "check that the key, the Name and the data belong together",
        spec: "TPM 2.0 Part 1 section 24 (credential protection)",
    }

    // --- 3300: TPM 2.0, attestation --------------------------------------------------------------
    TpmAttestMagic = 3301 "TPM_ATTEST_MAGIC" {
        meaning: "the attestation does not begin with TPM_GENERATED_VALUE: no TPM made it",
        remedy: "send the bytes of TPMS_ATTEST that the TPM returned",
        spec: "TPM 2.0 Part 2 section 10.12.8 (TPMS_ATTEST)",
    }
    TpmAttestType = 3302 "TPM_ATTEST_TYPE" {
        meaning: "the attestation is of another kind than the one expected",
        remedy: "send the result of the command that was asked for",
        spec: "TPM 2.0 Part 2 section 6.9 (TPM_ST)",
    }
    TpmAttestNonce = 3303 "TPM_ATTEST_NONCE" {
        meaning: "extraData is not the nonce of this session",
        remedy: "ask the TPM again with the nonce of this session",
        spec: "TPM 2.0 Part 2 section 10.12.8 (extraData)",
    }
    TpmPcrSelection = 3304 "TPM_PCR_SELECTION" {
        meaning: "the quote covers other PCRs than the ones asked for",
        remedy: "quote exactly the bank and the PCRs that were asked for",
        spec: "TPM 2.0 Part 2 section 10.6.2 (TPMS_PCR_SELECTION)",
    }
    TpmPcrDigest = 3305 "TPM_PCR_DIGEST" {
        meaning: "the PCR values do not give the digest that was quoted",
        remedy: "send the values of the quoted PCRs in ascending order, read between extends",
        spec: "TPM 2.0 Part 3 section 18.4 (TPM2_Quote)",
    }
    TpmSignatureAlgorithm = 3306 "TPM_SIGNATURE_ALGORITHM" {
        meaning: "the signature's scheme or hash is not the one of the attestation key",
        remedy: "send the signature that the TPM returned with the attestation",
        spec: "TPM 2.0 Part 2 section 11.3.4 (TPMT_SIGNATURE)",
    }
    TpmSignatureForm = 3307 "TPM_SIGNATURE_FORM" {
        meaning: "the signature values are empty, zero or of the wrong length",
        remedy: "send the signature that the TPM returned with the attestation",
        spec: "TPM 2.0 Part 2 section 11.3 (signatures)",
    }
    TpmSignature = 3308 "TPM_SIGNATURE" {
        meaning: "the signature does not verify under the attestation key",
        remedy: "send attestation, signature and key of one and the same TPM command",
        spec: "TPM 2.0 Part 3 section 18 (attestation commands)",
    }
    TpmCertifiedName = 3309 "TPM_CERTIFIED_NAME" {
        meaning: "the certified Name is not the one of the object presented",
        remedy: "certify the object whose public area is presented",
        spec: "TPM 2.0 Part 3 section 18.2 (TPM2_Certify)",
    }
    TpmCreationData = 3310 "TPM_CREATION_DATA" {
        meaning: "the creation data does not have the hash that was certified",
        remedy: "send the creation data that the TPM returned when it made the object",
        spec: "TPM 2.0 Part 3 section 18.3 (TPM2_CertifyCreation)",
    }
    TpmNonceEmpty = 3311 "TPM_NONCE_EMPTY" {
        meaning: "the nonce to expect is empty: a recorded attestation would be accepted again",
        remedy: "draw a nonce of at least 16 bytes for every attestation",
        spec: "TPM 2.0 Part 2 section 10.12.8 (extraData)",
    }
}
