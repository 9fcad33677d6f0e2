//! What the tests of revocation share: a chain, lists, and how they are judged.

use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, DistinguishedName, IssuedCertificate, IssuedCrl,
    KeyKind, KeyPair,
};
use provisor_x509::{Code, Crl, Rejection, RevocationPolicy};

use crate::world::{Chain, World, device};

/// A chain of root, issuing CA and device, and lists to judge it with.
#[derive(Clone)]
pub(crate) struct Revocation {
    pub(crate) chain: Chain,
    pub(crate) lists: Vec<Vec<u8>>,
    pub(crate) policy: RevocationPolicy,
}

impl Revocation {
    pub(crate) fn new(chain: Chain, lists: &[&IssuedCrl]) -> Self {
        Self {
            chain,
            lists: lists.iter().map(|list| list.der().to_vec()).collect(),
            policy: RevocationPolicy::DenyUnknown,
        }
    }

    pub(crate) fn policy(mut self, policy: RevocationPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The verdict; checks on the way that the explanation says the same.
    pub(crate) fn judge(&self) -> Result<(), Rejection> {
        let lists = self
            .lists
            .iter()
            .map(|der| Crl::from_der(der))
            .collect::<Result<Vec<_>, _>>()?;
        self.chain.with(|verifier, leaf| {
            let verifier = verifier.revocation(self.policy, &lists);
            let verdict = verifier.verify(leaf, self.chain.now).map(|_| ());
            let report = verifier.explain(leaf, self.chain.now);
            assert_eq!(
                report.rejection(),
                verdict.as_ref().err(),
                "explain and verify differ"
            );
            assert!(
                self.policy == RevocationPolicy::Unchecked
                    || report.to_string().contains("revocation"),
                "{report}"
            );
            verdict
        })?
    }

    #[track_caller]
    pub(crate) fn accepted(&self) {
        if let Err(rejection) = self.judge() {
            panic!("{rejection}");
        }
    }

    #[track_caller]
    pub(crate) fn refused(&self, code: Code) -> Rejection {
        let rejection = self.judge().expect_err("should have been refused");
        assert_eq!(rejection.code(), code, "{rejection}");
        rejection
    }
}

/// The PKI of these tests.
pub(crate) struct CrlWorld {
    pub(crate) world: World,
    /// The root's list, which clears the issuing CA.
    pub(crate) root_list: IssuedCrl,
}

impl CrlWorld {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let root_list = CrlBuilder::new().signed_by(&world.root);
        Self { world, root_list }
    }

    pub(crate) fn leaf(
        &self,
        change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) -> IssuedCertificate {
        change(device("device-7")).issued_by(&self.world.ca)
    }

    /// The ordinary leaf judged with the root's list and these of the issuing CA.
    pub(crate) fn with(&self, lists: &[&IssuedCrl]) -> Revocation {
        self.with_leaf(&self.leaf(|builder| builder), lists)
    }

    pub(crate) fn with_leaf(&self, leaf: &IssuedCertificate, lists: &[&IssuedCrl]) -> Revocation {
        self.with_sent(leaf, &[], lists)
    }

    /// With certificates of signers sent along.
    pub(crate) fn with_sent(
        &self,
        leaf: &IssuedCertificate,
        sent: &[&Authority],
        lists: &[&IssuedCrl],
    ) -> Revocation {
        let mut all = vec![&self.world.ca.certificate];
        all.extend(sent.iter().map(|authority| &authority.certificate));
        let chain = Chain::new(leaf, &all, &[&self.world.root.certificate]);
        let mut with_root = vec![&self.root_list];
        with_root.extend(lists);
        Revocation::new(chain, &with_root)
    }

    /// An end entity certified by `issuer` that signs lists.
    pub(crate) fn signer(
        issuer: &Authority,
        name: &str,
        change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) -> Authority {
        use provisor_testkit::pki::{Extension, KeyUsage};
        let key = KeyPair::new(KeyKind::P256, 1, name);
        let subject = DistinguishedName::cn(name);
        let builder = CertificateBuilder::new(subject.clone(), &key)
            .extension(Extension::key_usage(&[KeyUsage::CrlSign]));
        change(builder).into_authority(subject, key, issuer)
    }
}
