//! Times as Python has them.

use provisor::UnixTime;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDateTime, PyInt};

use crate::failure::{Answer, Failure};

/// A time argument: an aware `datetime`, or whole seconds since 1970 as an `int`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(pub(crate) UnixTime);

impl<'py> FromPyObject<'_, 'py> for Moment {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        if object.is_instance_of::<PyDateTime>() {
            return from_datetime(&object);
        }
        // bool is a subclass of int; nobody means one second after 1970.
        if object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>() {
            let seconds = object
                .extract()
                .map_err(|_| Failure::value("the number of seconds does not fit into 64 bits"))?;
            return Ok(Self(UnixTime::new(seconds)));
        }
        Err(Failure::wrong_type(format!(
            "expected an aware datetime, or seconds since 1970 as an int, not {}",
            object.get_type().name()?
        )))
    }
}

/// Whole seconds, rounded down, by Python's own integer arithmetic: `timestamp()` is a float and
/// rounds up when the year is far enough away.
fn from_datetime(object: &Bound<'_, PyAny>) -> Answer<Moment> {
    if object.call_method0("utcoffset")?.is_none() {
        return Err(Failure::value(
            "the datetime is naive, so it names no moment: give it a time zone, \
             for example datetime.now(timezone.utc) or moment.replace(tzinfo=timezone.utc)",
        ));
    }
    let since = object.sub(epoch(object.py())?)?;
    let days: i64 = since.getattr("days")?.extract()?;
    let seconds: i64 = since.getattr("seconds")?.extract()?;
    // Years 1 to 9999, so nothing can overflow.
    Ok(Moment(UnixTime::new(
        days.saturating_mul(86_400).saturating_add(seconds),
    )))
}

/// `datetime.fromtimestamp(0, timezone.utc)`.
fn epoch(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static EPOCH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    EPOCH
        .get_or_try_init(py, || {
            let datetime = py.import("datetime")?;
            let utc = datetime.getattr("timezone")?.getattr("utc")?;
            let epoch = datetime
                .getattr("datetime")?
                .call_method1("fromtimestamp", (0, utc))?;
            Ok(epoch.unbind())
        })
        .map(|epoch| epoch.bind(py))
}
