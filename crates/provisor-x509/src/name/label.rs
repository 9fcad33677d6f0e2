//! The short names of attribute types, for people.

use crate::oid::EMAIL_ADDRESS;

/// The names of RFC 4514 section 3 and RFC 4519, and those of what device certificates have beside.
pub(super) fn label(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        [0x55, 0x04, kind] => return standard(*kind),
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, kind] => match kind {
            1 => "UID",
            3 => "mail",
            25 => "DC",
            44 => "uniqueIdentifier",
            _ => return None,
        },
        oid if oid == EMAIL_ADDRESS => "emailAddress",
        // PKCS #9 (RFC 2985 section 5.4).
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, kind] => match kind {
            2 => "unstructuredName",
            8 => "unstructuredAddress",
            _ => return None,
        },
        // Matter Core Specification section 6.1: operational and attestation certificates.
        [0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0xa2, 0x7c, group, kind] => match (group, kind) {
            (1, 1) => "matterNodeId",
            (1, 2) => "matterFirmwareSigningId",
            (1, 3) => "matterIcacId",
            (1, 4) => "matterRcacId",
            (1, 5) => "matterFabricId",
            (1, 6) => "matterNocCat",
            (1, 7) => "matterVvsId",
            (2, 1) => "VID",
            (2, 2) => "PID",
            _ => return None,
        },
        // TCG EK Credential Profile section 3.1.2, TCG Platform Certificate Profile section 3.1.
        [0x67, 0x81, 0x05, 0x02, kind] => match kind {
            1 => "tpmManufacturer",
            2 => "tpmModel",
            3 => "tpmVersion",
            4 => "platformManufacturer",
            5 => "platformModel",
            6 => "platformVersion",
            _ => return None,
        },
        [0x67, 0x81, 0x05, 0x05, 0x01, kind] => match kind {
            1 => "platformManufacturerStr",
            2 => "platformManufacturerId",
            4 => "platformModel",
            5 => "platformVersion",
            6 => "platformSerial",
            _ => return None,
        },
        // CA/Browser Forum EV Guidelines section 9.2.4.
        [
            0x2b,
            0x06,
            0x01,
            0x04,
            0x01,
            0x82,
            0x37,
            0x3c,
            0x02,
            0x01,
            kind,
        ] => match kind {
            1 => "jurisdictionL",
            2 => "jurisdictionST",
            3 => "jurisdictionC",
            _ => return None,
        },
        _ => return None,
    })
}

/// X.520 and RFC 4519: 2.5.4.x.
const fn standard(kind: u8) -> Option<&'static str> {
    Some(match kind {
        2 => "knowledgeInformation",
        3 => "CN",
        4 => "SN",
        5 => "serialNumber",
        6 => "C",
        7 => "L",
        8 => "ST",
        9 => "STREET",
        10 => "O",
        11 => "OU",
        12 => "title",
        13 => "description",
        15 => "businessCategory",
        16 => "postalAddress",
        17 => "postalCode",
        18 => "postOfficeBox",
        19 => "physicalDeliveryOfficeName",
        20 => "telephoneNumber",
        41 => "name",
        42 => "GN",
        43 => "initials",
        44 => "generationQualifier",
        45 => "x500UniqueIdentifier",
        46 => "dnQualifier",
        51 => "houseIdentifier",
        54 => "dmdName",
        65 => "pseudonym",
        72 => "role",
        97 => "organizationIdentifier",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oid::Oid;

    #[test]
    fn the_attributes_of_devices_have_names() {
        for (dotted, name) in [
            ("2.5.4.3", "CN"),
            ("2.5.4.5", "serialNumber"),
            ("2.5.4.46", "dnQualifier"),
            ("2.5.4.65", "pseudonym"),
            ("0.9.2342.19200300.100.1.1", "UID"),
            ("0.9.2342.19200300.100.1.25", "DC"),
            ("1.2.840.113549.1.9.1", "emailAddress"),
            ("1.2.840.113549.1.9.2", "unstructuredName"),
            ("1.3.6.1.4.1.37244.1.1", "matterNodeId"),
            ("1.3.6.1.4.1.37244.2.1", "VID"),
            ("1.3.6.1.4.1.37244.2.2", "PID"),
            ("2.23.133.2.1", "tpmManufacturer"),
            ("2.23.133.2.3", "tpmVersion"),
            ("2.23.133.5.1.4", "platformModel"),
            ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
        ] {
            let oid = Oid::parse(dotted).unwrap();
            assert_eq!(label(oid.as_bytes()), Some(name), "{dotted}");
        }
        for dotted in [
            "2.5.4.99",
            "1.3.6.1.4.1.37244.2.3",
            "2.23.133.2.16",
            "1.2.3",
        ] {
            assert_eq!(
                label(Oid::parse(dotted).unwrap().as_bytes()),
                None,
                "{dotted}"
            );
        }
    }
}
