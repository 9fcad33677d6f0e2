//! The enums of the Python side (`provisor/_enums.py`), read.

use provisor::IdRules;
use provisor::x509::{Profile, profile};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::failure::{Answer, Failure};

/// `provisor.IdRules`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules(pub(crate) IdRules);

impl<'py> FromPyObject<'_, 'py> for Rules {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        match member(&object, &CLASS, "IdRules")?.as_str() {
            "current" => Ok(Self(IdRules::Current)),
            "2017" => Ok(Self(IdRules::V2017)),
            other => Err(unknown("IdRules", other)),
        }
    }
}

/// `provisor.x509.Profile`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeafProfile(pub(crate) &'static Profile);

impl Default for LeafProfile {
    fn default() -> Self {
        Self(&profile::DEVICE)
    }
}

impl LeafProfile {
    /// The member itself: its value is the profile's name.
    pub(crate) fn into_pyobject(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let class = py.import("provisor._enums")?.getattr("Profile")?;
        class.call1((self.0.name(),))
    }
}

impl<'py> FromPyObject<'_, 'py> for LeafProfile {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        match member(&object, &CLASS, "Profile")?.as_str() {
            "device" => Ok(Self(&profile::DEVICE)),
            "issuing-ca" => Ok(Self(&profile::ISSUING_CA)),
            "idevid" => Ok(Self(&profile::IDEVID)),
            "ek" => Ok(Self(&profile::EK)),
            "ak" => Ok(Self(&profile::AK)),
            other => Err(unknown("Profile", other)),
        }
    }
}

/// The value of an enum member, if it is one of that enum: a string of the same spelling is not.
pub(crate) fn member(
    object: &Bound<'_, PyAny>,
    cell: &'static PyOnceLock<Py<PyAny>>,
    class: &str,
) -> Answer<String> {
    if !object.is_instance(cell.import(object.py(), "provisor._enums", class)?)? {
        return Err(Failure::wrong_type(format!(
            "expected a member of provisor's {class}, not {}",
            object.get_type().name()?
        )));
    }
    Ok(object.getattr("value")?.extract()?)
}

/// The two halves of the package do not fit together.
pub(crate) fn unknown(class: &str, value: &str) -> Failure {
    Failure::value(format!(
        "{class} {value:?} is unknown to the compiled module"
    ))
}
