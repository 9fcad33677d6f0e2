//! One chain and our answer.

use provisor::x509::{
    Certificate, Crl, Oid, PathVerifier, PolicyInputs, Profile, Rejection, RevocationPolicy,
    TrustAnchor, UnixTime,
};

/// One chain as a set gives it, in DER.
pub(super) struct Chain {
    pub(super) anchors: Vec<Vec<u8>>,
    pub(super) intermediates: Vec<Vec<u8>>,
    pub(super) leaf: Vec<u8>,
    pub(super) time: UnixTime,
    pub(super) profile: Profile,
    pub(super) policies: Policies,
    pub(super) revocation: RevocationPolicy,
    /// Revocation lists, DER.
    pub(super) crls: Vec<Vec<u8>>,
}

/// The policy inputs of RFC 5280 section 6.1.1.
#[derive(Default)]
pub(super) struct Policies {
    pub(super) accepted: Vec<Oid>,
    pub(super) require_explicit: bool,
    pub(super) inhibit_mapping: bool,
    pub(super) inhibit_any: bool,
}

impl Policies {
    fn inputs(&self) -> PolicyInputs<'_> {
        let mut inputs = PolicyInputs::new().accepting(&self.accepted);
        if self.require_explicit {
            inputs = inputs.require_explicit();
        }
        if self.inhibit_mapping {
            inputs = inputs.inhibit_mapping();
        }
        if self.inhibit_any {
            inputs = inputs.inhibit_any();
        }
        inputs
    }
}

impl Chain {
    /// Our answer.
    pub(super) fn judge(&self) -> Result<(), Rejection> {
        self.ask(self.profile, |verifier, leaf| {
            let verdict = verifier.verify(leaf, self.time).map(|_| ());
            // The explanation must tell the same story as the verdict, on every case of every set.
            let report = verifier.explain(leaf, self.time);
            if report.rejection().map(Rejection::code)
                != verdict.as_ref().err().map(Rejection::code)
            {
                println!(
                    "verify and explain differ: {verdict:?} / {:?}",
                    report.rejection()
                );
            }
            verdict
        })?
    }

    /// Calls `with` with what is asked. A certificate sent along or a revocation list that cannot be
    /// read is left out of
    /// the bag, as a server would; an anchor that cannot be one is left out of the anchors.
    pub(super) fn ask<T>(
        &self,
        profile: Profile,
        with: impl FnOnce(&PathVerifier<'_, '_>, &Certificate<'_>) -> T,
    ) -> Result<T, Rejection> {
        let leaf = Certificate::from_der(&self.leaf)?;
        let mut unusable = None;
        let mut anchors = Vec::new();
        for der in &self.anchors {
            match Certificate::from_der(der).and_then(|c| TrustAnchor::from_certificate(&c)) {
                Ok(anchor) => anchors.push(anchor),
                Err(rejection) => unusable = Some(rejection),
            }
        }
        if let (true, Some(rejection)) = (anchors.is_empty(), unusable) {
            return Err(rejection);
        }
        let intermediates: Vec<_> = self
            .intermediates
            .iter()
            .filter_map(|der| Certificate::from_der(der).ok())
            .collect();
        let crls: Vec<_> = self
            .crls
            .iter()
            .filter_map(|der| Crl::from_der(der).ok())
            .collect();
        let verifier = PathVerifier::new(&profile, &anchors)
            .intermediates(&intermediates)
            .policies(self.policies.inputs())
            .revocation(self.revocation, &crls);
        Ok(with(&verifier, &leaf))
    }
}
