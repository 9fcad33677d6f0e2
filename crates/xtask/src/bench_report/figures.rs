//! Which figures there are, and which benches they are made of.

/// Where a figure comes from: criterion's group and function.
pub(super) type Bench = (&'static str, &'static str);

/// A figure: its key in the report, and how it is made of benches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Figure {
    /// The first over the second; lower is better.
    Ratio(&'static str, Bench, Bench),
    /// In one group, the fastest of some functions over the fastest of others; lower is better.
    Fastest {
        key: &'static str,
        group: &'static str,
        ours: &'static [&'static str],
        others: &'static [&'static str],
    },
    /// Iterations of the bench per second; higher is better.
    PerSecond(&'static str, Bench),
}

/// The figures there are. Keys that scripts know but nothing can measure yet are left out.
pub(super) const FIGURES: [Figure; 24] = [
    Figure::Ratio(
        "x509_cold_p256_vs_limit",
        ("x509_cold_p256", "provisor"),
        ("x509_cold_p256", "limit"),
    ),
    Figure::Ratio(
        "x509_cold_p384_vs_limit",
        ("x509_cold_p384", "provisor"),
        ("x509_cold_p384", "limit"),
    ),
    Figure::Ratio(
        "x509_cold_rsa2048_vs_limit",
        ("x509_cold_rsa2048", "provisor"),
        ("x509_cold_rsa2048", "limit"),
    ),
    Figure::Ratio(
        "x509_warm_p256_vs_one_signature",
        ("x509_warm_p256", "provisor"),
        ("x509_warm_p256", "limit"),
    ),
    Figure::Ratio(
        "x509_warm_rsa2048_vs_one_signature",
        ("x509_warm_rsa2048", "provisor"),
        ("x509_warm_rsa2048", "limit"),
    ),
    Figure::Ratio(
        "x509_cold_p256_vs_webpki",
        ("x509_cold_p256", "provisor"),
        ("x509_cold_p256", "webpki"),
    ),
    Figure::Ratio(
        "x509_parse_vs_x509_parser",
        ("x509_parse", "provisor"),
        ("x509_parse", "x509_parser"),
    ),
    // The limit of the TPM figures is the fastest bare operation of any library in the run. Each
    // figure stands there with the best of the backends, with that of the feature that takes the
    // caller's ephemeral keys (with RSA there is no other), and with the default one.
    Figure::Fastest {
        key: "tpm_make_credential_rsa2048_vs_limit",
        group: "tpm_make_credential_rsa2048",
        ours: &["provisor_aws_lc"],
        others: &["rustcrypto", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_rsa2048_default_vs_limit",
        group: "tpm_make_credential_rsa2048",
        ours: &["provisor"],
        others: &["rustcrypto", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_p256_vs_limit",
        group: "tpm_make_credential_p256",
        ours: &["provisor_aws_lc", "provisor_aws_lc_own"],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_p256_callers_key_vs_limit",
        group: "tpm_make_credential_p256",
        ours: &["provisor_aws_lc"],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_p256_default_vs_limit",
        group: "tpm_make_credential_p256",
        ours: &["provisor"],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_vs_limit",
        group: "tpm_activation_blob",
        ours: &["provisor_aws_lc"],
        others: &["rustcrypto", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_default_vs_limit",
        group: "tpm_activation_blob",
        ours: &["provisor"],
        others: &["rustcrypto", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_p256_vs_limit",
        group: "tpm_activation_blob_p256",
        ours: &["provisor_aws_lc", "provisor_aws_lc_own"],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_p256_callers_key_vs_limit",
        group: "tpm_activation_blob_p256",
        ours: &["provisor_aws_lc"],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_p256_default_vs_limit",
        group: "tpm_activation_blob_p256",
        ours: &["provisor"],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_verify_answer_vs_limit",
        group: "tpm_verify_answer",
        ours: &["provisor"],
        others: &["ring"],
    },
    Figure::Fastest {
        key: "tpm_verify_keyring_vs_limit",
        group: "tpm_verify_keyring",
        ours: &["provisor"],
        others: &["ring"],
    },
    Figure::Fastest {
        key: "tpm_verify_quote_rsa2048_vs_limit",
        group: "tpm_verify_quote_rsa2048",
        ours: &["provisor"],
        others: &["ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_verify_quote_p256_vs_limit",
        group: "tpm_verify_quote_p256",
        ours: &["provisor"],
        others: &["ring", "aws_lc"],
    },
    Figure::Ratio(
        "allocation_16_vs_hash",
        ("allocation_16", "provisor"),
        ("allocation_16", "limit"),
    ),
    Figure::Ratio(
        "allocation_1024_vs_hash",
        ("allocation_1024", "provisor"),
        ("allocation_1024", "limit"),
    ),
    Figure::PerSecond("engine_decisions_per_second", ("engine", "decision")),
];

/// Beside OpenSSL, where it can be built against.
pub(super) const OPENSSL: [Figure; 2] = [
    Figure::Ratio(
        "x509_cold_p256_vs_openssl",
        ("x509_cold_p256", "provisor"),
        ("x509_cold_p256", "openssl"),
    ),
    Figure::Ratio(
        "x509_cold_rsa2048_vs_openssl",
        ("x509_cold_rsa2048", "provisor"),
        ("x509_cold_rsa2048", "openssl"),
    ),
];
