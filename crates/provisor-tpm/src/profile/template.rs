//! The templates of the TCG EK Credential Profile and of storage root keys, as data.
//!
//! A template is what a device gives to `TPM2_CreatePrimary`; with the same template and the same
//! seed a TPM makes the same key. So an endorsement key is recognised by comparing its public area
//! with the templates, and every difference can be named.

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt;

use provisor_report::{Code, Rejection};

use super::WellKnownPolicy;
use crate::key::refuse;
use crate::marshal::{Writer, tpm2b};
use crate::public::{AesCfb, AsymScheme, Kdf, Parameters, Public};
use crate::{AlgId, Curve, HashAlg, ObjectAttributes};

/// One row of the tables of templates.
///
/// ```
/// use provisor_tpm::Template;
///
/// let l1 = Template::EK.iter().find(|template| template.label() == "L-1").ok_or("no L-1")?;
/// assert_eq!(l1.to_string(), "L-1 (RSA-2048, SHA-256, AES-128-CFB, PolicyA)");
/// // What TPM2_CreatePrimary takes: 256 zero bytes stand where the modulus will be.
/// assert_eq!(l1.to_tpm2b()?.len(), 2 + 314);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    label: &'static str,
    shape: KeyShape,
    name_alg: HashAlg,
    attributes: ObjectAttributes,
    policy: Option<WellKnownPolicy>,
    cipher: AesCfb,
    unique: Unique,
}

/// Kind and size of an asymmetric key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyShape {
    /// An RSA key of that many bits.
    Rsa(u16),
    /// A key on that curve.
    Ecc(Curve),
}

/// What the template has in place of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unique {
    /// Zero bytes, as many as the key has: another length makes another key (trap 30).
    Zeros,
    /// Nothing.
    Empty,
}

/// One way in which a public area differs from a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deviation {
    /// The stable code of the rule that the difference breaks.
    pub code: Code,
    /// The field of `TPMT_PUBLIC`.
    pub field: &'static str,
    /// What the template has.
    pub expected: String,
    /// What the public area has.
    pub found: String,
}

/// fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt.
const EK_LOW: ObjectAttributes = ObjectAttributes::FIXED_TPM
    .union(ObjectAttributes::FIXED_PARENT)
    .union(ObjectAttributes::SENSITIVE_DATA_ORIGIN)
    .union(ObjectAttributes::ADMIN_WITH_POLICY)
    .union(ObjectAttributes::RESTRICTED)
    .union(ObjectAttributes::DECRYPT);

/// The same and userWithAuth.
const EK_HIGH: ObjectAttributes = EK_LOW.union(ObjectAttributes::USER_WITH_AUTH);

/// A storage root key: no policy, no dictionary-attack protection, the empty password.
const SRK: ObjectAttributes = EK_HIGH
    .without(ObjectAttributes::ADMIN_WITH_POLICY)
    .union(ObjectAttributes::NO_DA);

use KeyShape::{Ecc, Rsa};
use WellKnownPolicy::{A, B};

impl Template {
    /// The endorsement key templates (TCG EK Credential Profile sections B.3 and B.4). H-5 is
    /// missing: SM2, SM3 and SM4 are not computed here.
    pub const EK: &'static [Self] = &[
        row(
            "L-1",
            Rsa(2048),
            HashAlg::Sha256,
            EK_LOW,
            Some(A),
            AesCfb::Aes128,
            Unique::Zeros,
        ),
        row(
            "L-2",
            Ecc(Curve::P256),
            HashAlg::Sha256,
            EK_LOW,
            Some(A),
            AesCfb::Aes128,
            Unique::Zeros,
        ),
        row(
            "H-1",
            Rsa(2048),
            HashAlg::Sha256,
            EK_HIGH,
            Some(B),
            AesCfb::Aes128,
            Unique::Empty,
        ),
        row(
            "H-2",
            Ecc(Curve::P256),
            HashAlg::Sha256,
            EK_HIGH,
            Some(B),
            AesCfb::Aes128,
            Unique::Empty,
        ),
        row(
            "H-3",
            Ecc(Curve::P384),
            HashAlg::Sha384,
            EK_HIGH,
            Some(B),
            AesCfb::Aes256,
            Unique::Empty,
        ),
        row(
            "H-4",
            Ecc(Curve::P521),
            HashAlg::Sha512,
            EK_HIGH,
            Some(B),
            AesCfb::Aes256,
            Unique::Empty,
        ),
        row(
            "H-6",
            Rsa(3072),
            HashAlg::Sha384,
            EK_HIGH,
            Some(B),
            AesCfb::Aes256,
            Unique::Empty,
        ),
        row(
            "H-7",
            Rsa(4096),
            HashAlg::Sha384,
            EK_HIGH,
            Some(B),
            AesCfb::Aes256,
            Unique::Empty,
        ),
    ];

    /// The usual storage root keys (TCG TPM v2.0 Provisioning Guidance). An SRK is not refused for
    /// being another storage key: [`crate::SrkPublic`] checks what safety needs.
    pub const SRK: &'static [Self] = &[
        row(
            "SRK RSA-2048",
            Rsa(2048),
            HashAlg::Sha256,
            SRK,
            None,
            AesCfb::Aes128,
            Unique::Zeros,
        ),
        row(
            "SRK P-256",
            Ecc(Curve::P256),
            HashAlg::Sha256,
            SRK,
            None,
            AesCfb::Aes128,
            Unique::Zeros,
        ),
        row(
            "SRK RSA-3072",
            Rsa(3072),
            HashAlg::Sha384,
            SRK,
            None,
            AesCfb::Aes256,
            Unique::Empty,
        ),
        row(
            "SRK P-384",
            Ecc(Curve::P384),
            HashAlg::Sha384,
            SRK,
            None,
            AesCfb::Aes256,
            Unique::Empty,
        ),
    ];

    /// The short name, for example `L-1`.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        self.label
    }

    /// Kind and size of the key.
    #[must_use]
    pub const fn shape(&self) -> KeyShape {
        self.shape
    }

    /// The hash of Name, policy and protection.
    #[must_use]
    pub const fn name_alg(&self) -> HashAlg {
        self.name_alg
    }

    /// The attributes, all of them.
    #[must_use]
    pub const fn attributes(&self) -> ObjectAttributes {
        self.attributes
    }

    /// The policy, if there is one.
    #[must_use]
    pub const fn policy(&self) -> Option<WellKnownPolicy> {
        self.policy
    }

    /// The cipher of what the key protects.
    #[must_use]
    pub const fn cipher(&self) -> AesCfb {
        self.cipher
    }

    /// The template as the `TPM2B_PUBLIC` that `TPM2_CreatePrimary` takes.
    ///
    /// # Errors
    ///
    /// None for the tables here; the signature allows for [`Code::TpmTooLong`].
    pub fn to_tpm2b(&self) -> Result<Vec<u8>, Rejection> {
        let digest = self.policy.and_then(|policy| policy.digest(self.name_alg));
        let policy = digest.as_ref().map_or(&[][..], AsRef::as_ref);
        let mut writer = Writer::new();
        writer
            .u16(self.shape.type_id().value())
            .u16(self.name_alg.id().value())
            .u32(self.attributes.bits())
            .sized(policy)?
            .u16(AlgId::AES.value())
            .u16(self.cipher.key_bits())
            .u16(AlgId::CFB.value())
            .u16(AlgId::NULL.value());
        let zeros = |length: usize| match self.unique {
            Unique::Zeros => vec![0; length],
            Unique::Empty => Vec::new(),
        };
        match self.shape {
            Rsa(bits) => {
                writer.u16(bits).u32(0);
                writer.sized(&zeros(usize::from(bits / 8)))?;
            }
            Ecc(curve) => {
                let coordinate = zeros(curve.field_bytes());
                writer.u16(curve.id()).u16(AlgId::NULL.value());
                writer.sized(&coordinate)?.sized(&coordinate)?;
            }
        }
        tpm2b(&writer.finish())
    }

    /// Every difference between this template and a public area, in the order of the fields. The
    /// value of the key is no difference.
    #[must_use]
    pub fn deviations(&self, public: &Public<'_>) -> Vec<Deviation> {
        let mut found = Vec::new();
        let mut compare = |code, field, same: bool, expected: String, actual: String| {
            if !same {
                found.push(Deviation {
                    code,
                    field,
                    expected,
                    found: actual,
                });
            }
        };
        let shape = KeyShape::of(public);
        compare(
            Code::TpmTemplate,
            "type",
            shape == Some(self.shape),
            format!("{}", self.shape),
            shape.map_or_else(
                || format!("{}", public.parameters().type_id()),
                |s| format!("{s}"),
            ),
        );
        compare(
            Code::TpmTemplate,
            "nameAlg",
            public.name_alg() == self.name_alg,
            format!("{}", self.name_alg),
            format!("{}", public.name_alg()),
        );
        compare(
            Code::TpmAttributes,
            "objectAttributes",
            public.attributes() == self.attributes,
            format!("{}", self.attributes),
            format!("{}", public.attributes()),
        );
        compare(
            Code::TpmAuthPolicy,
            "authPolicy",
            self.has_policy(public),
            describe_policy(self.policy),
            describe_found_policy(public),
        );
        let cipher = cipher_of(public);
        compare(
            if cipher.is_none() {
                Code::TpmNoCipher
            } else {
                Code::TpmTemplate
            },
            "symmetric",
            cipher == Some(self.cipher),
            format!("{}", self.cipher),
            describe_cipher(public),
        );
        compare(
            Code::TpmSchemeSet,
            "scheme",
            has_no_scheme(public),
            "no scheme and no key derivation".into(),
            describe_scheme(public),
        );
        found
    }

    fn has_policy(&self, public: &Public<'_>) -> bool {
        match self.policy {
            None => public.auth_policy().is_empty(),
            Some(policy) => policy.matches(public.name_alg(), public.auth_policy()),
        }
    }
}

impl KeyShape {
    /// Kind and size of the key in a public area; `None` when it is no asymmetric key.
    #[must_use]
    pub const fn of(public: &Public<'_>) -> Option<Self> {
        match public.parameters() {
            Parameters::Rsa(rsa) => Some(Rsa(rsa.bits)),
            Parameters::Ecc(ecc) => Some(Ecc(ecc.curve)),
            Parameters::KeyedHash(_) | Parameters::SymCipher { .. } => None,
        }
    }

    const fn type_id(self) -> AlgId {
        match self {
            Rsa(_) => AlgId::RSA,
            Ecc(_) => AlgId::ECC,
        }
    }
}

impl fmt::Display for KeyShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rsa(bits) => write!(f, "RSA-{bits}"),
            Ecc(curve) => write!(f, "{curve}"),
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}, {}, {}, {})",
            self.label,
            self.shape,
            self.name_alg,
            self.cipher,
            describe_policy(self.policy)
        )
    }
}

impl Deviation {
    /// The difference as a rejection.
    #[must_use]
    pub fn into_rejection(self) -> Rejection {
        refuse(self.code, self.field)
            .expected(self.expected)
            .found(self.found)
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, found {}",
            self.field, self.expected, self.found
        )
    }
}

/// A storage key has neither scheme nor key derivation (trap 26).
pub(super) const fn has_no_scheme(public: &Public<'_>) -> bool {
    match public.parameters() {
        Parameters::Rsa(rsa) => matches!(rsa.scheme, AsymScheme::Null),
        Parameters::Ecc(ecc) => {
            matches!(ecc.scheme, AsymScheme::Null) && matches!(ecc.kdf, Kdf::Null)
        }
        Parameters::KeyedHash(_) | Parameters::SymCipher { .. } => false,
    }
}

/// The scheme and the key derivation, for people.
pub(super) fn describe_scheme(public: &Public<'_>) -> String {
    match public.parameters() {
        Parameters::Rsa(rsa) => format!("{}", rsa.scheme),
        Parameters::Ecc(ecc) => match ecc.kdf {
            Kdf::Null => format!("{}", ecc.scheme),
            Kdf::Hashed { scheme, hash } => format!("{}, {scheme} with {hash}", ecc.scheme),
        },
        Parameters::KeyedHash(_) | Parameters::SymCipher { .. } => "none".into(),
    }
}

/// The cipher, for people.
fn describe_cipher(public: &Public<'_>) -> String {
    match (public.parameters(), cipher_of(public)) {
        (Parameters::SymCipher { cipher, .. }, _) => format!("{cipher}"),
        (_, Some(cipher)) => format!("{cipher}"),
        (_, None) => format!("{}", AlgId::NULL),
    }
}

fn cipher_of(public: &Public<'_>) -> Option<AesCfb> {
    match public.parameters() {
        Parameters::Rsa(rsa) => rsa.cipher,
        Parameters::Ecc(ecc) => ecc.cipher,
        Parameters::KeyedHash(_) | Parameters::SymCipher { .. } => None,
    }
}

fn describe_policy(policy: Option<WellKnownPolicy>) -> String {
    policy.map_or("no policy", WellKnownPolicy::label).into()
}

fn describe_found_policy(public: &Public<'_>) -> String {
    let digest = public.auth_policy();
    if digest.is_empty() {
        return "no policy".into();
    }
    let known = [A, B, WellKnownPolicy::C];
    match known
        .into_iter()
        .find(|policy| policy.matches(public.name_alg(), digest))
    {
        Some(policy) => policy.label().into(),
        None => "a policy that the profile does not know".into(),
    }
}

/// A row, positionally, so that the tables read as tables.
const fn row(
    label: &'static str,
    shape: KeyShape,
    name_alg: HashAlg,
    attributes: ObjectAttributes,
    policy: Option<WellKnownPolicy>,
    cipher: AesCfb,
    unique: Unique,
) -> Template {
    Template {
        label,
        shape,
        name_alg,
        attributes,
        policy,
        cipher,
        unique,
    }
}
