//! Twins.

use provisor_report::Rejection;

use crate::json::{Object, Value};
use crate::shape::{At, Body, Shape, body};

/// A collection of a twin: any JSON object.
///
/// Members that begin with a dollar (`$version`, `$metadata`) are the hub's. One official client sends them
/// back; they are left out of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TwinCollection(pub Object);

impl From<Object> for TwinCollection {
    fn from(object: Object) -> Self {
        Self(object)
    }
}

impl Shape for TwinCollection {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        let mut object = Object::read(value, at)?;
        if at.is_request() {
            object.retain(|name| !name.starts_with('$'));
        }
        Ok(Self(object))
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

body! {
    /// The properties of an initial twin.
    InitialTwinProperties {
        /// What the device is to become.
        desired: TwinCollection = "desired";
    }
}

body! {
    /// What a device's twin begins with.
    InitialTwin {
        /// For the service's eyes.
        tags: TwinCollection = "tags";
        /// For the device.
        properties: InitialTwinProperties = "properties";
    }
}

impl Body for InitialTwin {}
