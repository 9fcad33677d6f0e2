//! PEM blocks that people hand in where a certificate is wanted.

/// What a text without a certificate holds instead, and what to do about it.
pub(super) struct Other {
    pub(super) found: &'static str,
    pub(super) remedy: &'static str,
}

/// From the BEGIN line of a block; `None` when the line is none, or of a kind unknown here.
pub(super) fn of(line: &str) -> Option<Other> {
    let label = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    let (found, remedy) = match label {
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => (
            "a certificate request and no certificate",
            "send the certificate that the CA issued for this request",
        ),
        "PRIVATE KEY"
        | "ENCRYPTED PRIVATE KEY"
        | "EC PRIVATE KEY"
        | "RSA PRIVATE KEY"
        | "DSA PRIVATE KEY" => (
            "a private key and no certificate",
            "keep the key to yourself and send the certificate that belongs to it",
        ),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => (
            "a public key and no certificate",
            "send the certificate that holds this key; a bare key says nothing about its owner",
        ),
        "PKCS7" | "CMS" => (
            "a PKCS #7 bundle and no certificate of its own",
            "take the certificates out first (openssl pkcs7 -in FILE -print_certs)",
        ),
        "X509 CRL" => (
            "a revocation list and no certificate",
            "send the certificate itself",
        ),
        "TRUSTED CERTIFICATE" => (
            "a certificate in OpenSSL's own form, with trust settings",
            "write it in the usual form first (openssl x509 -in FILE -out NEW)",
        ),
        _ => return None,
    };
    Some(Other { found, remedy })
}
