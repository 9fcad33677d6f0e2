//! Path validation of chains of three, beside the two signature checks that nobody can avoid,
//! beside rustls-webpki and, with the feature `openssl-peer`, beside OpenSSL; a warm verdict beside the
//! one signature check by every library at hand; parsing beside x509-parser. All in turns, so that the ratios hold on a busy machine.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a bench that cannot be set up should stop"
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use provisor::x509::crypto::{Ring, SignatureChecks};
use provisor::x509::{Certificate, ChainVerifier, PathVerifier, TrustAnchor, profile};
use provisor_benches::chain::Chain;
use provisor_benches::common::settings;
use provisor_benches::peers::signatures::Checked;
use provisor_benches::turns::{Turn, in_turns};
use provisor_testkit::pki::{KeyKind, ToyPki};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use x509_parser::parse_x509_certificate;

/// One kind of chain and what the others need to know of it.
struct Kind {
    group: &'static str,
    key: KeyKind,
    ring: &'static dyn VerificationAlgorithm,
    webpki: &'static dyn SignatureVerificationAlgorithm,
}

fn kinds() -> [Kind; 3] {
    [
        Kind {
            group: "x509_cold_p256",
            key: KeyKind::P256,
            ring: &ECDSA_P256_SHA256_ASN1,
            webpki: webpki::ring::ECDSA_P256_SHA256,
        },
        Kind {
            group: "x509_cold_p384",
            key: KeyKind::P384,
            ring: &ECDSA_P384_SHA384_ASN1,
            webpki: webpki::ring::ECDSA_P384_SHA384,
        },
        Kind {
            group: "x509_cold_rsa2048",
            key: KeyKind::Rsa2048,
            ring: &RSA_PKCS1_2048_8192_SHA256,
            webpki: webpki::ring::RSA_PKCS1_2048_8192_SHA256,
        },
    ]
}

/// From the bytes of all three certificates to the verdict, nothing remembered.
fn cold(c: &mut Criterion) {
    for kind in kinds() {
        let chain = Chain::new(kind.key);
        let signed =
            [&chain.leaf, &chain.issuing.certificate].map(|issued| Signed::of(issued.der()));
        let keys = [&chain.issuing, &chain.root].map(|issuer| issuer.key.public_key_bits());
        ours(&chain);
        theirs(&chain, &kind);

        let limit = || {
            for (signed, key) in signed.iter().zip(&keys) {
                UnparsedPublicKey::new(kind.ring, key)
                    .verify(black_box(&signed.tbs), &signed.signature)
                    .unwrap();
            }
        };
        let turns: Vec<Turn<'_>> = vec![
            ("provisor", Box::new(|| ours(black_box(&chain)))),
            ("limit", Box::new(limit)),
            ("webpki", Box::new(|| theirs(black_box(&chain), &kind))),
            #[cfg(feature = "openssl-peer")]
            (
                "openssl",
                Box::new(|| openssl_peer::judge(black_box(&chain))),
            ),
        ];
        in_turns(c, kind.group, turns);
    }
}

fn ours(chain: &Chain) {
    let root = Certificate::from_der(chain.root.certificate.der()).unwrap();
    let anchors = [TrustAnchor::from_certificate(&root).unwrap()];
    let issuing = [Certificate::from_der(chain.issuing.certificate.der()).unwrap()];
    let leaf = Certificate::from_der(chain.leaf.der()).unwrap();
    let path = PathVerifier::new(&profile::DEVICE, &anchors)
        .intermediates(&issuing)
        .verify(&leaf, ToyPki::NOW)
        .unwrap();
    black_box(&path);
}

fn theirs(chain: &Chain, kind: &Kind) {
    let [root, issuing, leaf] = [
        chain.root.certificate.der(),
        chain.issuing.certificate.der(),
        chain.leaf.der(),
    ]
    .map(CertificateDer::from);
    let anchors = [webpki::anchor_from_trusted_cert(&root).unwrap()];
    let leaf = webpki::EndEntityCert::try_from(&leaf).unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(
        ToyPki::NOW.seconds().try_into().unwrap(),
    ));
    let sent = [issuing];
    let path = leaf
        .verify_for_usage(
            &[kind.webpki],
            &anchors,
            &sent,
            now,
            webpki::KeyUsage::client_auth(),
            None,
            None,
        )
        .unwrap();
    black_box(&path);
}

/// The signed bytes of a certificate, and the signature over them.
struct Signed {
    tbs: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    fn of(der: &[u8]) -> Self {
        let (_, certificate) = parse_x509_certificate(der).unwrap();
        Self {
            tbs: certificate.tbs_certificate.as_ref().to_vec(),
            signature: certificate.signature_value.data.to_vec(),
        }
    }
}

/// The next device of a fleet: its issuer was seen before, beside the one signature that is new, by
/// each library with the issuer's key read before. The device's bytes and its issuer's are read each
/// time; the anchors were read when they were registered.
fn warm(c: &mut Criterion) {
    for (group, kind, chain) in [
        ("x509_warm_p256", KeyKind::P256, Chain::new(KeyKind::P256)),
        ("x509_warm_p384", KeyKind::P384, Chain::new(KeyKind::P384)),
        (
            "x509_warm_rsa2048",
            KeyKind::Rsa2048,
            Chain::new(KeyKind::Rsa2048),
        ),
        ("x509_warm_rsa4096", KeyKind::Rsa2048, Chain::rsa_4096()),
        (
            "x509_warm_ed25519",
            KeyKind::Ed25519,
            Chain::new(KeyKind::Ed25519),
        ),
    ] {
        let Signed { tbs, signature } = Signed::of(chain.leaf.der());
        let bare = Checked {
            kind,
            key: chain.issuing.key.public_key_bits(),
            message: tbs,
            signature,
        };
        let root = Certificate::from_der(chain.root.certificate.der()).unwrap();
        let anchors = [TrustAnchor::from_certificate(&root).unwrap()];
        let mut turns = vec![("provisor", next_device(&chain, &anchors, Ring))];
        #[cfg(feature = "aws-lc-rs")]
        turns.push((
            "provisor_aws_lc",
            next_device(&chain, &anchors, provisor::x509::crypto::AwsLc),
        ));
        turns.extend(bare.turns());
        in_turns(c, group, turns);
    }
}

fn next_device<'t>(
    chain: &'t Chain,
    anchors: &'t [TrustAnchor<'_>],
    backend: impl SignatureChecks + 't,
) -> Box<dyn FnMut() + 't> {
    let mut chains = ChainVerifier::with_backend(backend);
    let mut judge = move || {
        let issuing = [Certificate::from_der(chain.issuing.certificate.der()).unwrap()];
        let leaf = Certificate::from_der(black_box(chain.leaf.der())).unwrap();
        let question = PathVerifier::new(&profile::DEVICE, anchors).intermediates(&issuing);
        let path = chains.verify(&question, &leaf, ToyPki::NOW).unwrap();
        black_box(&path);
    };
    judge();
    Box::new(judge)
}

/// One certificate from bytes to a typed view.
fn parse(c: &mut Criterion) {
    let chain = Chain::new(KeyKind::P256);
    let der = chain.leaf.der();
    let ours = || {
        black_box(Certificate::from_der(black_box(der)).unwrap());
    };
    let theirs = || {
        black_box(parse_x509_certificate(black_box(der)).unwrap());
    };
    let turns: Vec<Turn<'_>> = vec![
        ("provisor", Box::new(ours)),
        ("x509_parser", Box::new(theirs)),
    ];
    in_turns(c, "x509_parse", turns);
}

/// OpenSSL by its crate: X509StoreContext, a store made for the chain, for TLS clients.
#[cfg(feature = "openssl-peer")]
mod openssl_peer {
    use openssl::stack::Stack;
    use openssl::x509::store::X509StoreBuilder;
    use openssl::x509::verify::X509VerifyParam;
    use openssl::x509::{X509, X509PurposeId, X509StoreContext};
    use provisor_benches::chain::Chain;
    use provisor_testkit::pki::ToyPki;

    pub(super) fn judge(chain: &Chain) {
        let read = |der: &[u8]| X509::from_der(der).unwrap();
        let leaf = read(chain.leaf.der());
        let mut store = X509StoreBuilder::new().unwrap();
        store.add_cert(read(chain.root.certificate.der())).unwrap();
        store.set_purpose(X509PurposeId::SSL_CLIENT).unwrap();
        let mut param = X509VerifyParam::new().unwrap();
        param.set_time(ToyPki::NOW.seconds());
        store.set_param(&param).unwrap();
        let mut sent = Stack::new().unwrap();
        sent.push(read(chain.issuing.certificate.der())).unwrap();
        let right = X509StoreContext::new()
            .unwrap()
            .init(&store.build(), &leaf, &sent, |context| {
                context.verify_cert()
            })
            .unwrap();
        assert!(right);
    }
}

criterion_group! { name = benches; config = settings(); targets = cold, warm, parse }
criterion_main!(benches);
