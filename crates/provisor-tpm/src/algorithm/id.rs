//! The identifiers themselves.

use core::fmt;

/// A `TPM_ALG_ID` as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlgId(u16);

impl AlgId {
    /// The identifier of that number, whether it is assigned or not.
    #[must_use]
    pub const fn new(value: u16) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u16 {
        self.0
    }
}

/// Names the identifiers that this crate knows, in the order of their numbers.
macro_rules! identifiers {
    ($( $name:ident = $value:literal, $doc:literal; )*) => {
        impl AlgId {
            $(
                #[doc = $doc]
                pub const $name: Self = Self($value);
            )*

            /// The name that the specification gives it, without `TPM_ALG_`.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $( $value => Some(stringify!($name)), )*
                    _ => None,
                }
            }
        }
    };
}

identifiers! {
    RSA = 0x0001, "RSA keys.";
    TDES = 0x0003, "Triple DES.";
    SHA1 = 0x0004, "SHA-1.";
    HMAC = 0x0005, "HMAC.";
    AES = 0x0006, "AES.";
    MGF1 = 0x0007, "MGF1 as a key derivation.";
    KEYEDHASH = 0x0008, "HMAC keys and sealed data.";
    XOR = 0x000A, "XOR obfuscation.";
    SHA256 = 0x000B, "SHA-256.";
    SHA384 = 0x000C, "SHA-384.";
    SHA512 = 0x000D, "SHA-512.";
    NULL = 0x0010, "No algorithm.";
    SM3_256 = 0x0012, "SM3.";
    SM4 = 0x0013, "SM4.";
    RSASSA = 0x0014, "RSA PKCS #1 v1.5 signatures.";
    RSAES = 0x0015, "RSA PKCS #1 v1.5 encryption.";
    RSAPSS = 0x0016, "RSA PSS signatures.";
    OAEP = 0x0017, "RSA OAEP encryption.";
    ECDSA = 0x0018, "ECDSA signatures.";
    ECDH = 0x0019, "Elliptic-curve key agreement.";
    ECDAA = 0x001A, "Elliptic-curve anonymous signatures.";
    SM2 = 0x001B, "SM2 signatures.";
    ECSCHNORR = 0x001C, "Elliptic-curve Schnorr signatures.";
    ECMQV = 0x001D, "Two-phase elliptic-curve key agreement.";
    KDF1_SP800_56A = 0x0020, "The concatenation key derivation.";
    KDF2 = 0x0021, "The key derivation of IEEE 1363a.";
    KDF1_SP800_108 = 0x0022, "The counter-mode key derivation.";
    ECC = 0x0023, "Elliptic-curve keys.";
    SYMCIPHER = 0x0025, "Symmetric cipher keys.";
    CAMELLIA = 0x0026, "Camellia.";
    SHA3_256 = 0x0027, "SHA3-256.";
    SHA3_384 = 0x0028, "SHA3-384.";
    SHA3_512 = 0x0029, "SHA3-512.";
    CMAC = 0x003F, "CMAC as a mode.";
    CTR = 0x0040, "Counter mode.";
    OFB = 0x0041, "Output feedback mode.";
    CBC = 0x0042, "Cipher block chaining mode.";
    CFB = 0x0043, "Cipher feedback mode.";
    ECB = 0x0044, "Electronic codebook mode.";
}

impl fmt::Display for AlgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "TPM_ALG_{name} (0x{:04x})", self.0),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}
