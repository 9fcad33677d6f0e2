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
    /// A function over the fastest of others, of which the last ones are measured only where they can
    /// be built and run; lower is better.
    FastestPeer {
        key: &'static str,
        group: &'static str,
        ours: &'static str,
        others: &'static [&'static str],
        peers: &'static [&'static str],
    },
    /// Iterations of the bench per second; higher is better.
    PerSecond(&'static str, Bench),
    /// What a bench reports as nanoseconds and is none: bytes; lower is better.
    Amount(&'static str, Bench),
}

/// The figures there are. Keys that scripts know but nothing can measure yet are left out.
pub(super) const FIGURES: [Figure; 44] = [
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
        ("x509_warm_p256", "ring"),
    ),
    Figure::Ratio(
        "x509_warm_rsa2048_vs_one_signature",
        ("x509_warm_rsa2048", "provisor"),
        ("x509_warm_rsa2048", "ring"),
    ),
    warm("x509_warm_p256_vs_ring", "x509_warm_p256"),
    warm("x509_warm_p384_vs_ring", "x509_warm_p384"),
    warm("x509_warm_rsa2048_vs_ring", "x509_warm_rsa2048"),
    warm("x509_warm_rsa4096_vs_ring", "x509_warm_rsa4096"),
    warm("x509_warm_ed25519_vs_ring", "x509_warm_ed25519"),
    warm_fastest("x509_warm_p256_vs_fastest", "x509_warm_p256"),
    warm_fastest("x509_warm_p384_vs_fastest", "x509_warm_p384"),
    warm_fastest("x509_warm_rsa2048_vs_fastest", "x509_warm_rsa2048"),
    warm_fastest("x509_warm_rsa4096_vs_fastest", "x509_warm_rsa4096"),
    warm_fastest("x509_warm_ed25519_vs_fastest", "x509_warm_ed25519"),
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
    // The dearest of the test kit's adversaries in checks of P-256; 2,000 at most.
    Figure::Ratio(
        "x509_worst_verdict_in_checks",
        ("x509_worst_verdict", "provisor"),
        ("x509_worst_verdict", "limit"),
    ),
    Figure::Ratio(
        "x509_worst_explanation_in_checks",
        ("x509_worst_explanation", "provisor"),
        ("x509_worst_explanation", "limit"),
    ),
    // The limit of the TPM figures is the fastest bare operation of any library in the run. Each
    // figure stands there with the best of the backends, with that of the feature that takes the
    // caller's ephemeral keys (with RSA there is no other), with that on ring alone that draws its
    // own, and with the default one.
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
        ours: &[
            "provisor_ring_own",
            "provisor_aws_lc",
            "provisor_aws_lc_own",
        ],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_p256_callers_key_vs_limit",
        group: "tpm_make_credential_p256",
        ours: &["provisor_aws_lc"],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_p256_ring_own_vs_limit",
        group: "tpm_make_credential_p256",
        ours: &["provisor_ring_own"],
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
        ours: &[
            "provisor_ring_own",
            "provisor_aws_lc",
            "provisor_aws_lc_own",
        ],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_p256_callers_key_vs_limit",
        group: "tpm_activation_blob_p256",
        ours: &["provisor_aws_lc"],
        others: &["rustcrypto", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_p256_ring_own_vs_limit",
        group: "tpm_activation_blob_p256",
        ours: &["provisor_ring_own"],
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
    Figure::Ratio(
        "allocation_16_vs_hrw_hash",
        ("allocation_16", "provisor"),
        ("allocation_16", "hrw_hash"),
    ),
    Figure::Ratio(
        "allocation_1024_vs_hrw_hash",
        ("allocation_1024", "provisor"),
        ("allocation_1024", "hrw_hash"),
    ),
    // A first registration with the one signature that it has to check.
    Figure::Ratio(
        "engine_decision_vs_one_signature",
        ("engine", "provisor"),
        ("engine", "limit"),
    ),
    // Of devices that are attested, among a million individual enrollments and a hundred thousand groups.
    Figure::PerSecond("engine_decisions_per_second", ("engine_fleet", "decision")),
    Figure::Amount(
        "engine_individual_bytes",
        ("engine_fleet", "individual_bytes"),
    ),
    Figure::Amount("engine_group_bytes", ("engine_fleet", "group_bytes")),
    // The dearest of the test kit's requests among sixteen groups in checks of P-256; 2,000 at most.
    Figure::Ratio(
        "engine_worst_decision_in_checks",
        ("engine_worst_decision", "provisor"),
        ("engine_worst_decision", "limit"),
    ),
];

/// A warm verdict by the default backend over one check by ring, which reads the key each time.
const fn warm(key: &'static str, group: &'static str) -> Figure {
    Figure::Ratio(key, (group, "provisor"), (group, "ring"))
}

/// A warm verdict by the backend of the feature `aws-lc-rs` over the fastest bare check of any library.
const fn warm_fastest(key: &'static str, group: &'static str) -> Figure {
    Figure::FastestPeer {
        key,
        group,
        ours: "provisor_aws_lc",
        others: &["ring", "aws_lc"],
        peers: &["openssl", "graviola", "dalek"],
    }
}

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
