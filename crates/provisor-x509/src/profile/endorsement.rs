//! Remedies for the certificates of TPMs. The vendor issued them once, in the factory: nobody can have one
//! issued again, and a remedy that says so sends a technician on a walk.

use provisor_report::{Code, Rejection, Subject};

/// What the remedies say that help only where certificates are issued at will.
const ISSUED_AT_WILL: [&str; 12] = [
    "issue the ",
    "issue a ",
    "issue it ",
    "issue from ",
    "issue certificates",
    "issued again",
    "renew the ",
    "new certificate",
    "certified again",
    "have the issuer sign",
    "have the CA make",
    "make the key again",
];

/// The rejection with a remedy that can be followed, whatever its code's own says.
pub(super) fn remedied(rejection: Rejection) -> Rejection {
    let remedy = rejection.remedy_text();
    if !ISSUED_AT_WILL.iter().any(|words| remedy.contains(words)) {
        return rejection;
    }
    let of_vendor = match rejection.subject() {
        Subject::Certificate { depth, .. } => *depth > 0,
        Subject::TrustAnchor { .. } => true,
        _ => false,
    };
    let remedy = match rejection.code() {
        Code::X509NotYetValid => {
            "set the clock: the certificate of a TPM is valid from its making on"
        }
        Code::X509Expired if of_vendor => {
            "set the clock if the time of the verdict is wrong; else ask the TPM's vendor for the CA certificate that is valid now"
        }
        Code::X509Expired => {
            "set the clock if the time of the verdict is wrong; the certificate of a TPM gets no successor: enroll its endorsement key itself, or ask the vendor"
        }
        Code::X509Revoked | Code::X509OnHold => {
            "do not trust this key: update the firmware of the TPM or replace it, as its vendor says"
        }
        Code::X509TrailingBytes => {
            "cut what follows the certificate: memory of TPMs is often padded (lenient padding accepts zeros and FF by name)"
        }
        Code::X509ExtendedKeyUsage | Code::X509KeyUsage => {
            "check that this is the certificate of the endorsement key, and not of another key; if its vendor issues them so, choose the lenient profile that accepts it by name"
        }
        _ if of_vendor => {
            "ask the TPM's vendor for the CA certificates that go with this TPM; if they are so, enroll its endorsement key itself"
        }
        _ => {
            "read the certificate from the TPM once more, byte for byte (tpm2_getekcertificate -o FILE): it was made once, in the factory, and there is no other; if it is so there, enroll the endorsement key itself, or choose what accepts the departure by name (a lenient option)"
        }
    };
    rejection.remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::super::{AK, DEVICE, EK};
    use super::*;

    /// No code of certificates and lists has a remedy that a TPM's owner cannot follow.
    #[test]
    fn nothing_is_issued_again_for_a_tpm() {
        for code in Code::ALL {
            if !(2000..3000).contains(&code.number()) {
                continue;
            }
            for subject in [
                Subject::certificate(0, ""),
                Subject::certificate(1, "CN=Vendor CA"),
                Subject::trust_anchor("CN=Vendor"),
                Subject::field("certificate"),
            ] {
                let plain = Rejection::new(*code, subject);
                let told = EK.remedied(plain.clone());
                let text = told.remedy_text();
                for never in [
                    "again with",
                    "issued again",
                    "issue the ",
                    "issue a ",
                    "issue it ",
                    "renew the",
                ] {
                    assert!(!text.contains(never), "{never}: {told}");
                }
                assert!(!text.is_empty() && told.code() == *code);
                // Others can have theirs made anew.
                assert_eq!(DEVICE.remedied(plain.clone()), plain);
                assert_eq!(AK.remedied(plain.clone()), plain);
            }
        }
    }
}
