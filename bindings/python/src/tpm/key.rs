//! Public areas that were accepted as one kind of key.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::Name;
use crate::failure::{Answer, Failure};
use crate::octets::Octets;

/// A key argument: the accepted key itself, or the bytes of its `TPM2B_PUBLIC`, not judged yet: the
/// key beside it may say what is wrong with it.
pub(crate) enum GivenKey<K> {
    Accepted(K),
    Bytes(Octets),
}

impl<K: Accepted> GivenKey<K> {
    /// The accepted key.
    pub(crate) fn judge(self) -> Answer<K> {
        match self {
            Self::Accepted(key) => Ok(key),
            Self::Bytes(bytes) => K::judge(bytes),
        }
    }
}

/// What [`GivenKey`] needs to know of a kind of key.
pub(crate) trait Accepted: Sized {
    /// The name of the class.
    const CLASS: &'static str;
    /// A copy, if the object is of this class.
    fn of(object: &Bound<'_, PyAny>) -> Option<Self>;
    /// The class's own checks.
    fn judge(tpm2b_public: Octets) -> Answer<Self>;
}

impl<'py, K: Accepted> FromPyObject<'_, 'py> for GivenKey<K> {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        if let Some(key) = K::of(&object) {
            return Ok(Self::Accepted(key));
        }
        match object.extract() {
            Ok(bytes) => Ok(Self::Bytes(bytes)),
            Err::<_, Failure>(_) => Err(Failure::wrong_type(format!(
                "expected {} or a bytes-like object, not {}",
                K::CLASS,
                object.get_type().name()?
            ))),
        }
    }
}

/// A class around one kind of accepted key.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[pyclass(module = "provisor.tpm", frozen, eq)]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) provisor::tpm::$name);

        #[pymethods]
        impl $name {
            #[new]
            #[pyo3(signature = (tpm2b_public, /))]
            fn new(tpm2b_public: Octets) -> Answer<Self> {
                Ok(Self(provisor::tpm::$name::from_tpm2b(&tpm2b_public)?))
            }

            /// The Name, computed from the bytes as they were received.
            #[getter]
            fn name(&self) -> Name {
                Name(*self.0.name())
            }

            fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
                PyBytes::new(py, self.0.tpm2b())
            }

            fn __hash__(&self) -> u64 {
                hash(self.0.tpm2b())
            }

            fn __repr__(&self) -> String {
                format!(concat!("<", stringify!($name), " {}>"), self.0.name())
            }

            /// Copies and pickles are judged again.
            fn __getnewargs__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyBytes>,) {
                (self.__bytes__(py),)
            }
        }

        impl Accepted for $name {
            const CLASS: &'static str = stringify!($name);

            fn of(object: &Bound<'_, PyAny>) -> Option<Self> {
                object.cast::<Self>().ok().map(|key| key.get().clone())
            }

            fn judge(tpm2b_public: Octets) -> Answer<Self> {
                Self::new(tpm2b_public)
            }
        }
    };
}

key! {
    /// The public area of an endorsement key that was accepted: resident in a TPM, a restricted
    /// storage key, made from a template of the TCG, with a sound key.
    ///
    /// Anyone can write such bytes: that a genuine TPM made them is what its certificate or the
    /// enrollment says. ``bytes()`` is the ``TPM2B_PUBLIC`` as it was received.
    ///
    /// >>> from provisor import TpmError
    /// >>> from provisor.tpm import EkPublic
    /// >>> try:
    /// ...     EkPublic(b"")
    /// ... except TpmError as refused:
    /// ...     print(refused.code.name)
    /// TPM_TRUNCATED
    EkPublic
}

key! {
    /// The public area of a storage root key that was accepted: a resident, restricted storage key
    /// with a sound key and a cipher.
    ///
    /// ``bytes()`` is the ``TPM2B_PUBLIC`` as it was received.
    SrkPublic
}

key! {
    /// The public area of an attestation key that was accepted: a resident, restricted signing key.
    ///
    /// ``bytes()`` is the ``TPM2B_PUBLIC`` as it was received.
    AkPublic
}

/// Any hash that equal keys share; within one process only, as Python wants it.
fn hash(bytes: &[u8]) -> u64 {
    use core::hash::{Hash as _, Hasher as _};
    let mut hasher = std::hash::DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
