//! Connection strings.

use std::path::Path;

use provisor::sas::SasKey;
use provisor_server::outgoing::Url;

use crate::answer::Unusable;
use crate::hidden::Hidden;
use crate::input;

/// Where a service is, and what proves a caller there.
pub(super) struct Connection {
    pub(super) to: Url,
    /// As the connection string has it, without a port: what tokens are for.
    pub(super) host: String,
    pub(super) policy: String,
    pub(super) key: SasKey,
}

/// More than any connection string has.
const LONGEST: u64 = 4096;

/// What the options say, or else the environment.
pub(super) fn text(
    option: Option<&Hidden>,
    file: Option<&Path>,
    variable: Option<&str>,
) -> Result<String, Unusable> {
    let bytes = match (option, file) {
        (Some(option), _) if option.is_dash() => input::stdin(LONGEST)?.to_vec(),
        (Some(option), _) => option.bytes().to_vec(),
        (None, Some(file)) => input::secret(file, LONGEST)?.to_vec(),
        (None, None) => {
            let found = variable.and_then(std::env::var_os);
            let found = found.ok_or_else(|| {
                Unusable::new(
                    "no service: give --connection, --connection-file or PROVISOR_CONNECTION",
                )
            })?;
            found.into_encoded_bytes()
        }
    };
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| Unusable::new("the connection string: not UTF-8 text"))?;
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}

impl Connection {
    /// Reads a connection string. What is wrong is said without its value: it is a password.
    pub(super) fn parse(text: &str) -> Result<Self, Unusable> {
        let wrong = |why: &str| Unusable::new(format!("the connection string: {why}"));
        let (mut host, mut policy, mut key) = (None, None, None);
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| wrong("a part without \"=\""))?;
            let place = match name.trim() {
                name if name.eq_ignore_ascii_case("HostName") => &mut host,
                name if name.eq_ignore_ascii_case("SharedAccessKeyName") => &mut policy,
                name if name.eq_ignore_ascii_case("SharedAccessKey") => &mut key,
                // Newer ones may have more.
                _ => continue,
            };
            if place.replace(value.trim()).is_some() {
                return Err(wrong("a part that is there twice"));
            }
        }
        let host = host.ok_or_else(|| wrong("no HostName"))?;
        let policy = policy.ok_or_else(|| wrong("no SharedAccessKeyName"))?;
        let key = key.ok_or_else(|| wrong("no SharedAccessKey"))?;
        let key = SasKey::from_base64(key)
            .map_err(|_| wrong("SharedAccessKey is not base64 of 16 to 64 bytes"))?;
        let to = Url::of_host(host).map_err(|_| wrong("HostName is no host"))?;
        let (name, _) = host
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap_or((host, ""));
        Ok(Self {
            to,
            host: name.to_owned(),
            policy: policy.to_owned(),
            key,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_is_read_in_any_order_and_never_shown() {
        let key = "c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==";
        let text = format!(
            "SharedAccessKey={key};hostname=dps.example.net:8443;SharedAccessKeyName=owner;"
        );
        let read = Connection::parse(&text).ok().unwrap();
        assert_eq!((&*read.host, &*read.policy), ("dps.example.net", "owner"));
        assert_eq!(read.to.to_string(), "https://dps.example.net:8443");
        for bad in [
            "",
            "dps.example.net",
            &format!("HostName=a;SharedAccessKeyName=b;SharedAccessKey={key};HostName=c"),
            &format!("HostName=a/b;SharedAccessKeyName=b;SharedAccessKey={key}"),
            "HostName=a;SharedAccessKeyName=b;SharedAccessKey=hunter2",
            &format!("HostName=a;SharedAccessKey={key}"),
        ] {
            let Err(refused) = Connection::parse(bad) else {
                panic!("{bad}");
            };
            let shown = format!("{refused:?}");
            assert!(
                !shown.contains(key) && !shown.contains("hunter2"),
                "{shown}"
            );
        }
    }
}
