//! Identifiers: frozen values with one door each.

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::enums::Rules;
use crate::failure::{Answer, Failure};
use crate::octets::Octets;
use crate::random::Source;
use crate::tpm::{EkPublic, GivenKey};

/// An identifier argument: the value itself, or text that goes through its door now.
pub(crate) struct Given<T>(pub(crate) T);

/// What [`Given`] needs to know of an identifier.
pub(crate) trait Door: Sized {
    /// The name of the class.
    const CLASS: &'static str;
    /// A copy, if the object is of this class.
    fn of(object: &Bound<'_, PyAny>) -> Option<Self>;
    /// The class's own parser.
    fn parse(text: &str) -> Answer<Self>;
}

impl<'py, T: Door> FromPyObject<'_, 'py> for Given<T> {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        if let Some(value) = T::of(&object) {
            return Ok(Self(value));
        }
        match object.cast::<PyString>() {
            Ok(text) => Ok(Self(T::parse(&text.to_cow()?)?)),
            Err(_) => Err(Failure::wrong_type(format!(
                "expected {} or str, not {}",
                T::CLASS,
                object.get_type().name()?
            ))),
        }
    }
}

/// A class around an identifier of the core, with what all of them have.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[pyclass(module = "provisor", frozen, eq, ord, hash, str = "{0}")]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) provisor::$name);

        impl Door for $name {
            const CLASS: &'static str = stringify!($name);

            fn of(object: &Bound<'_, PyAny>) -> Option<Self> {
                object.cast::<Self>().ok().map(|value| value.get().clone())
            }

            fn parse(text: &str) -> Answer<Self> {
                Ok(Self(provisor::$name::try_from(text)?))
            }
        }

        #[pymethods]
        impl $name {
            $($own)*

            fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
                let text = PyString::new(py, self.0.as_str()).repr()?;
                Ok(format!(concat!(stringify!($name), "({})"), text))
            }

            /// Copies and pickles go through the door again.
            fn __getnewargs__(&self) -> (&str,) {
                (self.0.as_str(),)
            }
        }
    };
}

identifier! {
    /// Identifies a device within an ID scope.
    ///
    /// Compared without regard to case; ``str()`` keeps the spelling that was given. Use
    /// ``normal_form`` as the key of a store.
    ///
    /// >>> from provisor import IdRules, RegistrationId
    /// >>> RegistrationId("Line-7.Press") == RegistrationId("line-7.press")
    /// True
    /// >>> RegistrationId("Line-7", rules=IdRules.V2017)
    /// Traceback (most recent call last):
    ///     ...
    /// provisor.IdError: ID_CHARACTER (1003): registrationId: ...
    RegistrationId {
        #[new]
        #[pyo3(signature = (text, /, *, rules = Rules::default()))]
        fn new(text: &str, rules: Rules) -> Answer<Self> {
            Ok(Self(provisor::RegistrationId::parse(text, rules.0)?))
        }

        /// The ID of a TPM: SHA-256 over the whole ``TPM2B_PUBLIC`` of its endorsement key, in
        /// lowercase base32 without padding.
        ///
        /// Raises TpmError when the key is refused.
        #[staticmethod]
        #[pyo3(signature = (ek, /))]
        fn from_ek(ek: GivenKey<EkPublic>) -> Answer<Self> {
            Ok(Self(provisor::RegistrationId::from_ek(&ek.judge()?.0)))
        }

        /// The ID in a device certificate: the one CN of its subject.
        ///
        /// The certificate is read, not verified: that is what ``provisor.x509.verify`` does.
        ///
        /// Raises IdError when there is none, several, or no legal ID in it; PathError when the
        /// certificate cannot be read.
        #[staticmethod]
        #[pyo3(signature = (certificate, /, *, rules = Rules::default()))]
        fn from_certificate(certificate: Octets, rules: Rules) -> Answer<Self> {
            let certificate = provisor::x509::Certificate::from_der(&certificate)?;
            let id = provisor::RegistrationId::from_certificate(&certificate, rules.0)?;
            Ok(Self(id))
        }

        /// The ID in lower case: what is compared, hashed and stored.
        #[getter]
        fn normal_form(&self) -> &str {
            self.0.normal_form()
        }
    }
}

identifier! {
    /// The name of a device in its hub. Case is significant.
    ///
    /// >>> from provisor import DeviceId
    /// >>> DeviceId("Press#7") == DeviceId("press#7")
    /// False
    DeviceId {
        #[new]
        #[pyo3(signature = (text, /))]
        fn new(text: &str) -> Answer<Self> {
            Ok(Self(provisor::DeviceId::parse(text)?))
        }

        /// The device ID of a device whose enrollment desires none: the registration ID's normal
        /// form.
        #[staticmethod]
        #[pyo3(signature = (registration_id, /))]
        fn from_registration_id(registration_id: &RegistrationId) -> Self {
            Self(provisor::DeviceId::from(&registration_id.0))
        }
    }
}

identifier! {
    /// Identifies one provisioning service; generated once, never changed.
    ///
    /// >>> from provisor import IdScope
    /// >>> IdScope("0ne0A1B2C3D") == IdScope("0NE0a1b2c3d")
    /// True
    IdScope {
        #[new]
        #[pyo3(signature = (text, /))]
        fn new(text: &str) -> Answer<Self> {
            Ok(Self(provisor::IdScope::parse(text)?))
        }

        /// A new scope: ``0ne`` and eight hexadecimal digits.
        ///
        /// ``random`` is ``os.urandom`` unless given. Whoever creates services refuses a scope
        /// that is taken and draws again.
        #[staticmethod]
        #[pyo3(signature = (*, random = None))]
        fn generate<'py>(py: Python<'py>, random: Option<Bound<'py, PyAny>>) -> Answer<Self> {
            let mut source = Source::new(py, random)?;
            let scope = provisor::IdScope::generate(&mut source);
            Ok(Self(source.judge(scope)?))
        }

        /// The scope in lower case: what is compared, hashed and stored.
        #[getter]
        fn normal_form(&self) -> &str {
            self.0.normal_form()
        }
    }
}

identifier! {
    /// Identifies an enrollment group within an ID scope; rules of a current registration ID.
    ///
    /// >>> from provisor import GroupId
    /// >>> GroupId("Line-7") == GroupId("line-7")
    /// True
    GroupId {
        #[new]
        #[pyo3(signature = (text, /))]
        fn new(text: &str) -> Answer<Self> {
            Ok(Self(provisor::GroupId::parse(text)?))
        }

        /// The ID in lower case: what is compared, hashed and stored.
        #[getter]
        fn normal_form(&self) -> &str {
            self.0.normal_form()
        }
    }
}

identifier! {
    /// The host name of an IoT hub; compared without regard to case.
    ///
    /// >>> from provisor import HubName
    /// >>> HubName("https://hub1")
    /// Traceback (most recent call last):
    ///     ...
    /// provisor.IdError: ID_CHARACTER (1003): iotHubHostName: ...
    HubName {
        #[new]
        #[pyo3(signature = (text, /))]
        fn new(text: &str) -> Answer<Self> {
            Ok(Self(provisor::HubName::parse(text)?))
        }

        /// The name in lower case: what is compared, hashed and stored.
        #[getter]
        fn normal_form(&self) -> &str {
            self.0.normal_form()
        }
    }
}
