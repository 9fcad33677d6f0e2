//! What TPM certificates have of their own: the TPM's identity in the subject alternative name,
//! and the padding of the memory they are stored in.

use provisor_report::{Code, Rejection, Subject};

use crate::certificate::Certificate;
use crate::der::Reader;
use crate::fault::{Fact, Fault};
use crate::general_name::GeneralName;
use crate::name::Attribute;
use crate::oid::TCG_ATTRIBUTE;

/// The TPM that an EK or AK certificate belongs to: the attributes tpmManufacturer, tpmModel and
/// tpmVersion of a directoryName in the subject alternative name (TCG EK Credential Profile section
/// 3.1.2).
#[derive(Clone, Copy, Debug)]
pub struct TpmIdentity<'a> {
    manufacturer: Attribute<'a>,
    model: Attribute<'a>,
    version: Attribute<'a>,
}

impl<'a> TpmIdentity<'a> {
    /// The manufacturer, for example `id:49465800` (the TCG vendor ID of Infineon).
    #[must_use]
    pub fn manufacturer(&self) -> &'a str {
        self.manufacturer.as_str().unwrap_or_default()
    }

    /// The model, for example `SLB9670`.
    #[must_use]
    pub fn model(&self) -> &'a str {
        self.model.as_str().unwrap_or_default()
    }

    /// The firmware version, for example `id:0D0B`.
    #[must_use]
    pub fn version(&self) -> &'a str {
        self.version.as_str().unwrap_or_default()
    }

    pub(crate) fn of(certificate: &Certificate<'a>) -> Result<Option<Self>, Rejection> {
        Self::read(certificate).map_err(|fault| {
            let subject = Subject::field("extensions.subjectAltName");
            Rejection::new(fault.code, subject)
                .expected(alloc::format!("{}", fault.expected))
                .found(alloc::format!("{}", fault.found))
        })
    }

    /// The attributes may stand in one part of the name or in several; each must be there once.
    pub(crate) fn read(certificate: &Certificate<'a>) -> Result<Option<Self>, Fault<'a>> {
        let [mut manufacturer, mut model, mut version] = [None; 3];
        for name in certificate.subject_alt_names() {
            let GeneralName::Directory(name) = name else {
                continue;
            };
            for attribute in name.attributes() {
                let slot = match attribute.oid.strip_prefix(TCG_ATTRIBUTE) {
                    Some([1]) => &mut manufacturer,
                    Some([2]) => &mut model,
                    Some([3]) => &mut version,
                    _ => continue,
                };
                if slot.is_some() || attribute.as_str().is_none() {
                    return Err(fault("a TPM attribute twice, or not as text"));
                }
                *slot = Some(attribute);
            }
        }
        match (manufacturer, model, version) {
            (None, None, None) => Ok(None),
            (Some(manufacturer), Some(model), Some(version)) => Ok(Some(Self {
                manufacturer,
                model,
                version,
            })),
            _ => Err(fault("only a part of them")),
        }
    }
}

impl<'a> Certificate<'a> {
    /// The TPM manufacturer, model and version of an EK or AK certificate, if it states them.
    ///
    /// # Errors
    ///
    /// [`Code::X509TpmIdentity`] when they are there in part, twice,
    /// or not as text.
    pub fn tpm_identity(&self) -> Result<Option<TpmIdentity<'a>>, Rejection> {
        TpmIdentity::of(self)
    }
}

fn fault(found: &'static str) -> Fault<'static> {
    Fault::new(
        Code::X509TpmIdentity,
        Fact::Text("tpmManufacturer, tpmModel and tpmVersion, each once"),
        Fact::Text(found),
    )
}

/// Cuts what follows the certificate in TPM storage, when it is padding: zeros only, or 0xFF only.
///
/// TPMs keep the EK certificate in memory of a fixed size and some vendors hand out the whole of
/// it. The bytes after the certificate are covered by no signature, which is why cutting them is a
/// choice and not the rule. Input that is not a certificate followed by padding comes back whole.
///
/// ```
/// use provisor_x509::lenient_cut_padding;
///
/// assert_eq!(lenient_cut_padding(&[0x30, 1, 5, 0xff, 0xff]), &[0x30, 1, 5]);
/// assert_eq!(lenient_cut_padding(&[0x30, 1, 5, 0xff, 0x01]), &[0x30, 1, 5, 0xff, 0x01]);
/// ```
#[must_use]
pub fn lenient_cut_padding(bytes: &[u8]) -> &[u8] {
    let mut reader = Reader::new(bytes);
    match reader.element("") {
        Ok(certificate) if is_padding(reader.rest()) => certificate.whole,
        _ => bytes,
    }
}

/// Memory that was never written is all of one kind; mixed bytes are something else.
fn is_padding(rest: &[u8]) -> bool {
    [0, 0xff]
        .iter()
        .any(|unwritten| rest.iter().all(|byte| byte == unwritten))
}
