//! What a request to the registry is for.

use std::borrow::Cow;

use provisor::{Code, DeviceId, Rejection, Subject};
use provisor_report::percent;

use crate::store::Result;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The identity of a device: get, put, delete.
    Device(DeviceId),
    /// The twin of a device: get, put, patch.
    Twin(DeviceId),
    /// All devices, at most so many; or many at once.
    Devices(Option<usize>),
    /// A query.
    Query,
    /// The modules of a device: it has none.
    Modules(DeviceId),
    /// A method of a device: it hears none.
    Methods(DeviceId),
    /// How many devices there are.
    DeviceStatistics,
    /// How many are connected.
    ServiceStatistics,
}

/// Bytes of a path and query. The longest device ID has 384 when it is escaped.
const TARGET_BYTES: usize = 2048;

impl Route {
    /// Reads path and query.
    ///
    /// # Errors
    /// [`WirePath`](Code::WirePath), [`WireEncoding`](Code::WireEncoding), the codes of device IDs.
    pub(crate) fn parse(target: &str) -> Result<Self> {
        if target.len() > TARGET_BYTES {
            return Err(unknown("a shorter path"));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let parts: Vec<Cow<'_, str>> = path.split('/').map(decoded).collect::<Result<_>>()?;
        let parts: Vec<&str> = parts.iter().map(Cow::as_ref).collect();
        let id = |text: &str| DeviceId::parse(text).map_err(Box::new);
        Ok(match parts.as_slice() {
            ["devices"] => Self::Devices(top(query)),
            ["devices", "query"] => Self::Query,
            ["devices", device] => Self::Device(id(device)?),
            ["devices", device, "modules"] => Self::Modules(id(device)?),
            ["twins", device] => Self::Twin(id(device)?),
            ["twins", device, "methods"] => Self::Methods(id(device)?),
            ["statistics", "devices"] => Self::DeviceStatistics,
            ["statistics", "service"] => Self::ServiceStatistics,
            _ => return Err(unknown("devices, twins or statistics of the registry")),
        })
    }
}

/// Whether a path is one of a registry, be it known here or not.
pub(crate) fn is_of_registry(path: &str) -> bool {
    const FIRST: [&str; 6] = [
        "devices",
        "twins",
        "statistics",
        "jobs",
        "configurations",
        "digitaltwins",
    ];
    let first = path.split('/').find(|part| !part.is_empty());
    first.is_some_and(|first| FIRST.iter().any(|known| first.eq_ignore_ascii_case(known)))
}

/// The path of a target, decoded: what a token is compared with.
pub(crate) fn path_of(target: &str) -> Result<String> {
    let path = target.split('?').next().unwrap_or_default();
    Ok(decoded(path)?.into_owned())
}

fn top(query: &str) -> Option<usize> {
    let values = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut tops = values.filter(|(name, _)| name.eq_ignore_ascii_case("top"));
    tops.next().and_then(|(_, value)| value.parse().ok())
}

/// RFC 3986 section 2.1.
fn decoded(text: &str) -> Result<Cow<'_, str>> {
    percent::decode(text).map_err(|_| {
        Rejection::new(Code::WireEncoding, Subject::field("path"))
            .expected("%XX, and UTF-8")
            .into()
    })
}

fn unknown(expected: &'static str) -> Box<Rejection> {
    Rejection::new(Code::WirePath, Subject::field("path"))
        .expected(expected)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_of_the_official_clients() {
        let id = |text: &str| DeviceId::parse(text).unwrap();
        for (target, route) in [
            (
                "/devices/a%23b?api-version=2021-04-12",
                Route::Device(id("a#b")),
            ),
            ("/devices/query?api-version=2021-04-12", Route::Query),
            ("/devices/?api-version=2021-04-12", Route::Devices(None)),
            (
                "/devices?top=7&api-version=2021-04-12",
                Route::Devices(Some(7)),
            ),
            ("/twins/Press%2b7", Route::Twin(id("Press+7"))),
            ("/devices/a/modules", Route::Modules(id("a"))),
            ("/statistics/devices", Route::DeviceStatistics),
        ] {
            assert_eq!(Route::parse(target).unwrap(), route, "{target}");
        }
        for (target, code) in [
            ("/", Code::WirePath),
            ("/jobs/v2/7", Code::WirePath),
            ("/devices/a/b/c", Code::WirePath),
            ("/devices/%", Code::WireEncoding),
            ("/devices/%4", Code::WireEncoding),
            ("/devices/%ff", Code::WireEncoding),
            ("/devices/a%2Fb", Code::IdCharacter),
            ("/devices/Press%207", Code::IdCharacter),
            ("/devices//", Code::IdEmpty),
        ] {
            assert_eq!(Route::parse(target).unwrap_err().code(), code, "{target}");
        }
        assert!(Route::parse(&"/a".repeat(TARGET_BYTES)).is_err());
    }
}
