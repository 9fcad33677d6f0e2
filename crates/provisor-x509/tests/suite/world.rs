//! What the tests share: a chain to judge, and how it is judged.

use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair, ToyPki,
};
use provisor_x509::{
    Certificate, Code, PathVerifier, Profile, Rejection, Report, TrustAnchor, UnixTime, profile,
};

pub(crate) const NOW: UnixTime = ToyPki::NOW;

/// A leaf, what is sent with it, what is trusted, all as bytes.
#[derive(Clone)]
pub(crate) struct Chain {
    pub(crate) leaf: Vec<u8>,
    pub(crate) sent: Vec<Vec<u8>>,
    pub(crate) anchors: Vec<Vec<u8>>,
    pub(crate) profile: Profile,
    pub(crate) now: UnixTime,
}

impl Chain {
    /// Leaf, intermediates in any order, roots.
    pub(crate) fn new(
        leaf: &IssuedCertificate,
        sent: &[&IssuedCertificate],
        anchors: &[&IssuedCertificate],
    ) -> Self {
        let bytes = |certificates: &[&IssuedCertificate]| {
            certificates.iter().map(|c| c.der().to_vec()).collect()
        };
        Self {
            leaf: leaf.der().to_vec(),
            sent: bytes(sent),
            anchors: bytes(anchors),
            profile: profile::DEVICE,
            now: NOW,
        }
    }

    pub(crate) fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    pub(crate) fn at(mut self, now: UnixTime) -> Self {
        self.now = now;
        self
    }

    /// Calls `with` with the verifier and the leaf.
    pub(crate) fn with<T>(
        &self,
        with: impl FnOnce(&PathVerifier<'_, '_>, &Certificate<'_>) -> T,
    ) -> Result<T, Rejection> {
        let anchors = self
            .anchors
            .iter()
            .map(|der| TrustAnchor::from_certificate(&Certificate::from_der(der)?))
            .collect::<Result<Vec<_>, _>>()?;
        let sent = self
            .sent
            .iter()
            .map(|der| Certificate::from_der(der))
            .collect::<Result<Vec<_>, _>>()?;
        let leaf = Certificate::from_der(&self.leaf)?;
        let verifier = PathVerifier::new(&self.profile, &anchors).intermediates(&sent);
        Ok(with(&verifier, &leaf))
    }

    /// The number of certificates on the accepted path, or why there is none. Checks on the way
    /// that the explanation says the same.
    pub(crate) fn judge(&self) -> Result<usize, Rejection> {
        self.with(|verifier, leaf| {
            let verdict = verifier.verify(leaf, self.now);
            let report = verifier.explain(leaf, self.now);
            assert_eq!(
                report.rejection(),
                verdict.as_ref().err(),
                "explain and verify differ"
            );
            assert!(!report.to_string().is_empty());
            verdict.map(|path| {
                assert_eq!(path.leaf().der(), leaf.der());
                path.certificates().count()
            })
        })?
    }

    pub(crate) fn report(&self) -> Report {
        self.with(|verifier, leaf| verifier.explain(leaf, self.now))
            .unwrap()
    }

    pub(crate) fn rejection(&self) -> Rejection {
        self.judge().expect_err("should have been refused")
    }

    #[track_caller]
    pub(crate) fn accepted(&self) {
        if let Err(rejection) = self.judge() {
            panic!("{rejection}");
        }
    }

    #[track_caller]
    pub(crate) fn refused(&self, code: Code) {
        let rejection = self.rejection();
        assert_eq!(rejection.code(), code, "{rejection}");
    }
}

/// A root, an issuing CA and a device, each from a builder that a test may change.
pub(crate) struct World {
    pub(crate) root: Authority,
    pub(crate) ca: Authority,
}

impl World {
    pub(crate) fn new() -> Self {
        let root = Authority::root("Root", KeyKind::P256, 1);
        let ca = root.issuing_ca("Issuing CA", KeyKind::P256, 1, None);
        Self { root, ca }
    }

    /// The chain of an ordinary device.
    pub(crate) fn chain(&self) -> Chain {
        self.with_leaf(|builder| builder)
    }

    /// The chain of a device whose certificate is changed before it is signed.
    pub(crate) fn with_leaf(
        &self,
        change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) -> Chain {
        let leaf = change(device("device-7")).issued_by(&self.ca);
        Chain::new(&leaf, &[&self.ca.certificate], &[&self.root.certificate])
    }

    /// The chain of an ordinary device under a CA whose certificate is changed.
    pub(crate) fn with_ca(
        &self,
        change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) -> Chain {
        self.with_ca_and_leaf(change, |builder| builder)
    }

    pub(crate) fn with_ca_and_leaf(
        &self,
        change_ca: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
        change_leaf: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) -> Chain {
        let ca = change_ca(CertificateBuilder::ca(
            self.ca.name.clone(),
            &self.ca.key,
            None,
        ))
        .issued_by(&self.root);
        let leaf = change_leaf(device("device-7")).issued_by(&self.ca);
        Chain::new(&leaf, &[&ca], &[&self.root.certificate])
    }
}

pub(crate) fn device(name: &str) -> CertificateBuilder {
    let key = KeyPair::new(KeyKind::P256, 1, name);
    CertificateBuilder::device(DistinguishedName::cn(name), &key)
}
