//! What whoever starts a server for development is told: for people, and as one object for programs.

use std::net::{IpAddr, SocketAddr};

use provisor::operations::AccessPolicy;
use serde::Serialize;

use super::folder::{Folder, base64};
use super::{names, samples};
use crate::listen::bind::Bound;
use crate::listen::speaks::Speaks;
use crate::run::{StartError, connection_string};

/// What a server for development is like.
///
/// `Debug` shows no keys.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Greeting {
    /// The ID scope.
    pub id_scope: String,
    /// By which name devices and operators reach it.
    pub host: String,
    /// The ports.
    pub ports: Ports,
    /// The CA of the server's certificate.
    pub ca_file: String,
    /// The folder.
    pub folder: String,
    /// For the SDKs of operators.
    pub service_connection_string: String,
    /// The hubs.
    pub hubs: Vec<Hub>,
    /// What devices of the sample enrollments show.
    pub samples: Samples,
    /// The operators' port.
    pub operators: Operators,
    /// Which clients cannot be used, as a port of theirs is not served.
    pub unusable: Vec<String>,
}

/// The ports of a host.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Ports {
    /// HTTPS.
    pub https: Option<u16>,
    /// MQTT over TLS.
    pub mqtts: Option<u16>,
    /// AMQP over TLS.
    pub amqps: Option<u16>,
    /// MQTT over WebSocket: that of HTTPS.
    pub mqtt_web_socket: Option<u16>,
    /// AMQP over WebSocket: that of HTTPS.
    pub amqp_web_socket: Option<u16>,
    /// What was said of ports that could not be had.
    #[serde(skip)]
    missed: Vec<String>,
}

/// A hub.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_debug_implementations, reason = "it has a key")]
#[non_exhaustive]
pub struct Hub {
    /// Its name.
    pub name: String,
    /// For the SDKs of hubs.
    pub connection_string: String,
    /// Its ports.
    pub ports: Ports,
}

/// The sample devices.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_debug_implementations, reason = "it has keys")]
#[non_exhaustive]
pub struct Samples {
    /// With a key of its own.
    pub symmetric_key: KeyDevice,
    /// With a key derived from a group's.
    pub symmetric_key_group: KeyDevice,
    /// With a certificate of a line.
    pub x509_group: CertificateDevice,
    /// How a TPM is enrolled.
    pub tpm: String,
}

/// A device with a key.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_debug_implementations, reason = "it has a key")]
#[non_exhaustive]
pub struct KeyDevice {
    /// Its registration ID.
    pub registration_id: String,
    /// Its key.
    pub symmetric_key: String,
    /// The group, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// The group's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_key: Option<String>,
}

/// A device with a certificate.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CertificateDevice {
    /// Its registration ID.
    pub registration_id: String,
    /// The group.
    pub group_id: String,
    /// Its certificate and the CA between it and the root.
    pub certificate_file: String,
    /// Its key.
    pub key_file: String,
    /// The CA below the root, with its key beside it.
    pub intermediate_file: String,
    /// The root, which is enrolled.
    pub root_file: String,
}

/// The operators' port.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_debug_implementations, reason = "it has a token")]
#[non_exhaustive]
pub struct Operators {
    /// Where it is.
    pub url: String,
    /// What it asks for where it asks for something.
    pub token: String,
}

impl Ports {
    pub(super) fn set(&mut self, speaks: Speaks, bound: &Bound) {
        let port = Some(bound.address.port());
        match speaks {
            Speaks::Https => {
                self.https = port;
                self.mqtt_web_socket = port;
                self.amqp_web_socket = port;
            }
            Speaks::Mqtts => self.mqtts = port,
            Speaks::Amqps => self.amqps = port,
        }
        if let Some(instead) = &bound.instead {
            let (wanted, because) = (instead.wanted, &instead.because);
            self.missed
                .push(format!("{wanted} cannot be had: {because}"));
        }
    }

    /// Which clients have another port built in.
    fn unusable(&self) -> Vec<String> {
        let mut clients = Vec::new();
        if self.https != Some(443) {
            clients.push(
                "without port 443: Node.js over HTTP and WebSocket, Python over WebSocket, \
                 the service and hub SDKs of Node.js"
                    .to_owned(),
            );
        }
        if self.mqtts != Some(8883) {
            clients
                .push("without port 8883: Python over MQTT (Node.js takes host:port)".to_owned());
        }
        if self.amqps.is_some_and(|port| port != 5671) {
            clients
                .push("without port 5671: C and C# over AMQP (Node.js takes host:port)".to_owned());
        }
        clients
    }
}

impl Greeting {
    pub(super) fn new(
        folder: &Folder,
        address: IpAddr,
        ports: Ports,
        hubs: Vec<(String, Ports)>,
        operators: SocketAddr,
    ) -> Result<Self, StartError> {
        let path = std::path::absolute(&folder.path);
        let path = path.map_err(|e| StartError::new(format!("{}: {e}", folder.path.display())))?;
        let file = |name: &str| path.join(name).display().to_string();
        let host = address.to_string();
        let https = with_port(&host, ports.https, 443);
        let mut unusable = ports.missed.clone();
        unusable.extend(ports.unusable());
        let hubs = hubs.into_iter().map(|(name, ports)| Hub {
            connection_string: connection_string(
                &with_port(&name, ports.https, 443),
                "iothubowner",
                &folder.hubs,
            ),
            name,
            ports,
        });
        let hubs: Vec<Hub> = hubs.collect();
        for hub in &hubs {
            for missed in &hub.ports.missed {
                unusable.push(format!("hub {}: {missed}", hub.name));
            }
        }
        Ok(Self {
            id_scope: folder.scope.to_string(),
            service_connection_string: connection_string(
                &https,
                AccessPolicy::OWNER,
                &folder.owner,
            ),
            ca_file: file("ca.pem"),
            folder: path.display().to_string(),
            samples: Samples {
                symmetric_key: KeyDevice {
                    registration_id: names::KEY_DEVICE.to_owned(),
                    symmetric_key: base64(folder.individual.primary()),
                    group_id: None,
                    group_key: None,
                },
                symmetric_key_group: KeyDevice {
                    registration_id: names::KEY_GROUP_DEVICE.to_owned(),
                    symmetric_key: samples::derived_key(folder)?,
                    group_id: Some(names::KEY_GROUP.to_owned()),
                    group_key: Some(base64(folder.group.primary())),
                },
                x509_group: CertificateDevice {
                    registration_id: names::X509_DEVICE.to_owned(),
                    group_id: names::X509_GROUP.to_owned(),
                    certificate_file: file("sample-x509-device.pem"),
                    key_file: file("sample-x509-device.key"),
                    intermediate_file: file("sample-x509-intermediate.pem"),
                    root_file: file("sample-x509-root.pem"),
                },
                tpm: "enroll a TPM by its endorsement key: PUT /enrollments/{id} with \
                      attestation {\"type\":\"tpm\",\"tpm\":{\"endorsementKey\":\"...\"}}"
                    .to_owned(),
            },
            operators: Operators {
                url: format!("http://{operators}"),
                token: folder.token.clone(),
            },
            host,
            ports,
            hubs,
            unusable,
        })
    }

    /// One object, on one line.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For people: what runs, and lines to copy.
    #[must_use]
    pub fn text(&self) -> String {
        let port = |port: Option<u16>| port.unwrap_or_default();
        let (host, scope, ca) = (&self.host, &self.id_scope, &self.ca_file);
        let https = with_port(host, self.ports.https, 443);
        let mqtt = with_port(host, self.ports.mqtts, 8883);
        let key = &self.samples.symmetric_key;
        let x509 = &self.samples.x509_group;
        let (id, secret) = (&key.registration_id, &key.symmetric_key);
        let (name, certificate, private) = (
            &x509.registration_id,
            &x509.certificate_file,
            &x509.key_file,
        );
        let mut text = format!(
            "provisor serves devices on {host}: HTTPS {}, MQTT {}, AMQP {} (and MQTT and AMQP over WebSocket on {})\n\
             \n\
             ID scope            {scope}\n\
             CA certificate      {ca}\n\
             service             {}\n",
            port(self.ports.https),
            port(self.ports.mqtts),
            port(self.ports.amqps),
            port(self.ports.https),
            self.service_connection_string,
        );
        for hub in &self.hubs {
            text += &format!("hub                 {}\n", hub.connection_string);
        }
        text += &format!("metrics, health     {}\n", self.operators.url);
        for line in &self.unusable {
            text += &format!("note                {line}\n");
        }
        text += &format!(
            "\n\
             # Python: pip install azure-iot-device; the device has a key\n\
             python3 - <<'END'\n\
             from azure.iot.device import ProvisioningDeviceClient\n\
             client = ProvisioningDeviceClient.create_from_symmetric_key(\n\
             \x20   provisioning_host={host:?}, registration_id={id:?}, id_scope={scope:?},\n\
             \x20   symmetric_key={secret:?},\n\
             \x20   server_verification_cert=open({ca:?}).read())\n\
             print(client.register())\n\
             END\n\
             \n\
             # Node.js: npm install azure-iot-provisioning-device azure-iot-provisioning-device-mqtt azure-iot-security-symmetric-key\n\
             NODE_EXTRA_CA_CERTS={ca} node -e '\n\
             const {{ProvisioningDeviceClient}} = require(\"azure-iot-provisioning-device\");\n\
             const {{Mqtt}} = require(\"azure-iot-provisioning-device-mqtt\");\n\
             const {{SymmetricKeySecurityClient}} = require(\"azure-iot-security-symmetric-key\");\n\
             const key = new SymmetricKeySecurityClient({id:?}, {secret:?});\n\
             ProvisioningDeviceClient.create({mqtt:?}, {scope:?}, new Mqtt(), key)\n\
             \x20 .register((error, result) => console.log(error ? error.message : result));'\n\
             \n\
             # curl; the device has a certificate. Then GET .../operations/ with the operationId that it says\n\
             curl --cacert {ca} --cert {certificate} --key {private} \\\n\
             \x20 -X PUT -H 'content-type: application/json' -d '{{}}' \\\n\
             \x20 'https://{https}/{scope}/registrations/{name}/register?api-version=2021-06-01'\n\
             \n\
             # openssl: another device of the same line\n\
             openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout my-device.key -subj /CN=my-device |\n\
             \x20 openssl x509 -req -days 365 -CA {intermediate} -CAkey {intermediate_key} -CAcreateserial -out my-device.pem &&\n\
             \x20 cat {intermediate} >> my-device.pem\n",
            intermediate = x509.intermediate_file,
            intermediate_key = x509.intermediate_file.replace(".pem", ".key"),
        );
        text
    }
}

/// A host, with its port where it is not the usual one.
fn with_port(host: &str, port: Option<u16>, usual: u16) -> String {
    let bare = match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    };
    match port {
        Some(port) if port != usual => format!("{bare}:{port}"),
        _ => bare,
    }
}

impl std::fmt::Debug for Greeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Greeting")
            .field("host", &self.host)
            .field("ports", &self.ports)
            .field("unusable", &self.unusable)
            .finish_non_exhaustive()
    }
}
