//! Registration IDs that are not chosen but follow from the device's key or certificate.

use data_encoding::BASE32_NOPAD;
use provisor_tpm::EkPublic;

use super::RegistrationId;
use crate::digest::sha256;

impl RegistrationId {
    /// The ID of a TPM: SHA-256 over the whole `TPM2B_PUBLIC` of its endorsement key, its two size
    /// bytes included, in lowercase base32 without padding; 52 characters.
    ///
    /// It is what the official device clients compute, so that an operator can enroll a TPM before
    /// its device ever connects. Legal under both rule sets.
    #[must_use]
    pub fn from_ek(ek: &EkPublic) -> Self {
        let text = BASE32_NOPAD.encode(&sha256(&[ek.tpm2b()]));
        Self::from_legal(&text.to_ascii_lowercase())
    }
}

#[cfg(feature = "x509")]
mod x509 {
    use alloc::borrow::Cow;
    use alloc::format;
    use alloc::string::{String, ToString as _};

    use provisor_report::{Code, Rejection, Subject};
    use provisor_x509::Certificate;

    use super::super::rule::shown;
    use super::super::{IdRules, RegistrationId};

    impl RegistrationId {
        /// The ID in a device certificate: the one CN of its subject.
        ///
        /// # Errors
        /// [`IdNoCommonName`](Code::IdNoCommonName) or
        /// [`IdSeveralCommonNames`](Code::IdSeveralCommonNames);
        /// [`IdCommonName`](Code::IdCommonName) when the one CN is no legal ID under the rules,
        /// with the position within the CN.
        pub fn from_certificate(
            certificate: &Certificate<'_>,
            rules: IdRules,
        ) -> Result<Self, Rejection> {
            Self::parse(&common_name(certificate)?, rules).map_err(|cause| {
                let rejection = refused(Code::IdCommonName, certificate)
                    .expected(cause.expected_text().to_string())
                    .found(format!(
                        "{} in the CN{}",
                        cause.found_text(),
                        of_type(certificate)
                    ))
                    .remedy(format!(
                        "issue the certificate again with a legal ID as its CN: {}",
                        cause.remedy_text()
                    ));
                match cause.position() {
                    Some(position) => rejection.at(position),
                    None => rejection,
                }
            })
        }
    }

    /// The string type of the CN, where it can be why the characters are others than were meant.
    fn of_type(certificate: &Certificate<'_>) -> String {
        match certificate.subject().common_names().next() {
            Some(name) if !matches!(name.string_type(), "UTF8String" | "PrintableString") => {
                format!(", read as {}", name.string_type())
            }
            _ => String::new(),
        }
    }

    /// The only CN of the subject. With several, which one counts would be a guess, and two
    /// programs that guess differently are a way in.
    ///
    /// Text is text in whatever string type it is written; what cannot be read for certain is refused by
    /// the name of its type.
    pub(crate) fn common_name<'a>(
        certificate: &Certificate<'a>,
    ) -> Result<Cow<'a, str>, Rejection> {
        let mut names = certificate.subject().common_names();
        let Some(first) = names.next() else {
            let found = match certificate.subject().is_empty() {
                true => "an empty subject",
                false => "a subject without a CN",
            };
            return Err(refused(Code::IdNoCommonName, certificate)
                .expected("one CN")
                .found(found));
        };
        let more = names.count();
        if more > 0 {
            return Err(refused(Code::IdSeveralCommonNames, certificate)
                .expected("one CN")
                .found(format!("{}", more + 1)));
        }
        let unusual = || refused(Code::IdCommonName, certificate);
        let text = first.text().ok_or_else(|| {
            unusual()
                .expected("a CN in UTF8String, or of ASCII characters in PrintableString, IA5String, TeletexString or BMPString")
                .found(format!(
                    "a CN in {}, and bytes that are no certain text of it",
                    first.string_type()
                ))
        })?;
        // A NUL ends the text for some programs and not for others.
        match text.find('\0') {
            Some(position) => Err(unusual().at(position).found(shown('\0'))),
            None => Ok(text),
        }
    }

    fn refused(code: Code, certificate: &Certificate<'_>) -> Rejection {
        let name = certificate.subject().to_string();
        Rejection::new(code, Subject::certificate(0, name))
    }
}

#[cfg(feature = "x509")]
pub(crate) use x509::common_name;
